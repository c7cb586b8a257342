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

/* Where the tokens that ask are those of the shown image: between the images
 * of a pair they may be the other one's. */
bool
sac_pane_state_can_pick (SacPaneState *pane)
{
  return find_param (pane, SAC_PARAM_QUERY) != NULL &&
         (pane->findings == NULL || pane->findings->other == NULL);
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

/* Tokens without a place on the image come before those of the grid.
 * Returns: -1 where the map is not one of tokens. */
static int64_t
count_prefix (const SacMap *map)
{
  return json_object_get_int_member_with_default (map->provenance,
                                                  "prefix_tokens", -1);
}

bool
sac_pane_state_ask_token_at (SacPaneState *pane, double x, double y)
{
  const SacMap *map = sac_pane_state_get_map (pane);
  double percentile;
  float value;
  int row, column;

  sac_pane_state_set_picking (pane, false);
  if (map == NULL || pane->run != NULL || !sac_pane_state_can_pick (pane) ||
      count_prefix (map) < 0 || !map->has_geometry ||
      !sac_map_value_at (map, x, y, &value, &percentile, &row, &column))
    return false;

  g_autofree char *token =
    g_strdup_printf ("%" G_GINT64_FORMAT,
                     count_prefix (map) + (int64_t)row * map->columns + column);

  sac_pane_state_set_param (pane, SAC_PARAM_QUERY, token);
  return true;
}

bool
sac_pane_state_get_token (SacPaneState *pane, int *ret_row, int *ret_column)
{
  const SacMap *map = sac_pane_state_get_map (pane);
  const SacMethodParam *param = find_param (pane, SAC_PARAM_QUERY);

  if (map == NULL || pane->run != NULL || !sac_pane_state_can_pick (pane) ||
      count_prefix (map) < 0)
    return false;

  int64_t token =
    g_ascii_strtoll (sac_choice_get_param (&pane->choice, param), NULL, 10) -
    count_prefix (map);

  if (token < 0 || token >= (int64_t)map->rows * map->columns)
    return false;
  *ret_row = (int)(token / map->columns);
  *ret_column = (int)(token % map->columns);
  return true;
}
