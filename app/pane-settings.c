/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a pane asks of its method: parameters, the score, the token that asks.
 */
#include "explain/params.h"
#include "pane-state-parts.h"

static const SacMethodParam *
find_param (SacPaneState *pane, const char *name)
{
  const SacMethod *method =
    pane->choice.method != NULL ? sac_method_find (pane->choice.method) : NULL;

  for (const SacMethodParam *param = method != NULL ? method->params : NULL;
       param != NULL && param->name != NULL; param++)
    if (g_str_equal (param->name, name))
      return param;
  return NULL;
}

void
sac_pane_state_set_param (SacPaneState *pane,
                          const char *name,
                          const char *text)
{
  const SacMethodParam *param = find_param (pane, name);

  if (param == NULL || !sac_param_takes (param, text))
    return;
  sac_pane_state_leave_run (pane);
  if (sac_choice_set_param (&pane->choice, param, text))
    sac_pane_state_asked (pane, SAC_STAGE_EXPLAINING);
}

void
sac_pane_state_set_score (SacPaneState *pane,
                          SacScoreKind kind,
                          const char *against)
{
  sac_pane_state_leave_run (pane);
  if (pane->choice.score == kind &&
      g_strcmp0 (pane->choice.against, against) == 0)
    return;
  pane->choice.score = kind;
  g_free (pane->choice.against);
  pane->choice.against = g_strdup (against);
  sac_pane_state_asked (pane, SAC_STAGE_EXPLAINING);
}

void
sac_pane_state_reset_settings (SacPaneState *pane)
{
  SacChoice plain;

  sac_choice_copy (&pane->choice, &plain);
  sac_choice_drop_params (&plain);
  plain.score = SAC_SCORE_LOGIT;
  g_clear_pointer (&plain.against, g_free);
  sac_pane_state_set_choice (pane, &plain);
  sac_choice_clear (&plain);
}

void
sac_pane_settings_forget_token (SacPaneState *pane)
{
  const SacMethodParam *param = find_param (pane, SAC_PARAM_QUERY);

  pane->is_picking = false;
  if (param != NULL)
    sac_choice_set_param (&pane->choice, param, param->fallback);
}

/* Tokens without a place on the image come before those of the grid.
 * Returns: -1 where the map is not one of tokens. */
static int64_t
count_prefix (JsonObject *provenance)
{
  return json_object_get_int_member_with_default (provenance, "prefix_tokens",
                                                  -1);
}

/* "queries" of a map whose asking tokens are not its own; NULL: they are. */
static JsonObject *
get_queries (const SacMap *map)
{
  JsonNode *node =
    map != NULL ? json_object_get_member (map->provenance, "queries") : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node)
           ? json_node_get_object (node)
           : NULL;
}

bool
sac_pane_state_get_asking (SacPaneState *pane, SacPaneAsking *ret_asking)
{
  const SacMap *map = sac_pane_state_get_map (pane);
  const SacMethodParam *param = find_param (pane, SAC_PARAM_QUERY);
  JsonObject *queries = get_queries (map);

  if (map == NULL || pane->run != NULL || param == NULL)
    return false;

  int64_t token =
    g_ascii_strtoll (sac_choice_get_param (&pane->choice, param), NULL, 10);
  int64_t prefix = count_prefix (queries != NULL ? queries : map->provenance);

  *ret_asking =
    (SacPaneAsking){.rows = map->rows, .columns = map->columns, .token = -1};
  if (queries != NULL) {
    int64_t input =
      json_object_get_int_member_with_default (queries, "input", -1);
    JsonArray *grid =
      prefix >= 0 ? json_object_get_array_member (queries, "grid") : NULL;

    if (grid == NULL || pane->findings == NULL ||
        pane->findings->other == NULL ||
        input != (int64_t)!pane->findings->input)
      return false;
    ret_asking->is_other = true;
    ret_asking->rows = (int)json_array_get_int_element (grid, 0);
    ret_asking->columns = (int)json_array_get_int_element (grid, 1);
  }
  if (prefix >= 0 && token >= prefix &&
      token - prefix < (int64_t)ret_asking->rows * ret_asking->columns)
    ret_asking->token = (int)(token - prefix);
  ret_asking->prefix = (int)prefix;
  return prefix >= 0;
}

/* Before there is a map the places are not known, and between the images of a
 * pair they may be the other one's. */
bool
sac_pane_state_can_pick (SacPaneState *pane)
{
  SacPaneAsking asking;

  if (find_param (pane, SAC_PARAM_QUERY) == NULL)
    return false;
  if (sac_pane_state_get_map (pane) == NULL)
    return pane->findings == NULL || pane->findings->other == NULL;
  return sac_pane_state_get_asking (pane, &asking);
}

void
sac_pane_state_set_picking (SacPaneState *pane, bool is_picking)
{
  bool wanted = is_picking && sac_pane_state_can_pick (pane);

  if (pane->is_picking == wanted)
    return;
  pane->is_picking = wanted;
  sac_pane_state_emit (pane, SAC_PANE_DISPLAY);
}

bool
sac_pane_state_is_picking (SacPaneState *pane)
{
  return pane->is_picking;
}

void
sac_pane_state_ask_token (SacPaneState *pane, int row, int column)
{
  SacPaneAsking asking;

  sac_pane_state_set_picking (pane, false);
  if (!sac_pane_state_get_asking (pane, &asking) || row < 0 || column < 0 ||
      row >= asking.rows || column >= asking.columns)
    return;

  g_autofree char *token =
    g_strdup_printf ("%d", asking.prefix + row * asking.columns + column);

  sac_pane_state_set_param (pane, SAC_PARAM_QUERY, token);
}

bool
sac_pane_state_ask_token_at (SacPaneState *pane, double x, double y)
{
  const SacMap *map = sac_pane_state_get_map (pane);
  SacPaneAsking asking;
  double percentile;
  float value;
  int row, column;

  if (!sac_pane_state_get_asking (pane, &asking) || asking.is_other)
    return false;
  sac_pane_state_set_picking (pane, false);
  if (!map->has_geometry ||
      !sac_map_value_at (map, x, y, &value, &percentile, &row, &column))
    return false;
  sac_pane_state_ask_token (pane, row, column);
  return true;
}

bool
sac_pane_state_get_token (SacPaneState *pane, int *ret_row, int *ret_column)
{
  SacPaneAsking asking;

  if (!sac_pane_state_get_asking (pane, &asking) || asking.is_other ||
      asking.token < 0)
    return false;
  *ret_row = asking.token / asking.columns;
  *ret_column = asking.token % asking.columns;
  return true;
}
