/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/agreement.h"

#include "base/json.h"

static const char *const readings[] = {
  [SAC_AGREEMENT_CHANCE] = "chance",
  [SAC_AGREEMENT_ABOVE] = "above",
  [SAC_AGREEMENT_BELOW] = "below",
};

static JsonObject *
moved_to_json (const SacAgreement *agreement, SacAgreementKind kind)
{
  const SacAgreementValue *value = &agreement->values[kind];
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "count", value->moved_count);
  sac_json_set_number (object, "mean", value->moved_mean);
  sac_json_set_number (object, "low", value->moved_low);
  sac_json_set_number (object, "high", value->moved_high);
  sac_json_set_number (object, "p", value->p);
  json_object_set_string_member (object, "reading",
                                 readings[sac_agreement_read (agreement,
                                                              kind)]);
  return object;
}

static void
add_undefined (const SacAgreement *agreement, JsonObject *object)
{
  g_autoptr (JsonObject) undefined = json_object_new ();
  const SacAgreementMeasure *measures = sac_agreement_measures_get_all ();

  for (int kind = 0; kind < SAC_AGREEMENT_KIND_COUNT; kind++) {
    if (agreement->values[kind].reason != NULL)
      json_object_set_string_member (undefined, measures[kind].name,
                                     agreement->values[kind].reason);
  }
  if (json_object_get_size (undefined) > 0)
    json_object_set_object_member (object, "undefined",
                                   g_steal_pointer (&undefined));
}

static void
add_moved (const SacAgreement *agreement, JsonObject *object)
{
  g_autoptr (JsonObject) moved = json_object_new ();
  const SacAgreementMeasure *measures = sac_agreement_measures_get_all ();

  for (int kind = 0; kind < SAC_AGREEMENT_KIND_COUNT; kind++) {
    if (agreement->values[kind].moved_count > 0)
      json_object_set_object_member (moved, measures[kind].name,
                                     moved_to_json (agreement,
                                                    (SacAgreementKind)kind));
  }
  if (json_object_get_size (moved) == 0)
    return;
  json_object_set_int_member (object, "moved_seed", (gint64)agreement->seed);
  json_object_set_string_member (
    object, "moved_meaning",
    "p: the share of moved maps, with the map itself, that agree no less; "
    "one-sided, at least 1 / (count + 1), not corrected for how many numbers "
    "there are");
  json_object_set_object_member (object, "moved", g_steal_pointer (&moved));
}

JsonObject *
sac_agreement_to_json (const SacAgreement *agreement)
{
  JsonObject *object = json_object_new ();
  JsonArray *grid = json_array_new ();
  const SacAgreementMeasure *measures = sac_agreement_measures_get_all ();

  json_array_add_int_element (grid, agreement->rows);
  json_array_add_int_element (grid, agreement->columns);
  json_object_set_array_member (object, "grid", grid);
  if (agreement->left_out > 0)
    json_object_set_int_member (object, "left_out",
                                (gint64)agreement->left_out);
  if (agreement->diagonal > 0)
    sac_json_set_number (object, "diagonal", agreement->diagonal);
  for (int kind = 0; kind < SAC_AGREEMENT_KIND_COUNT; kind++)
    sac_json_set_number (object, measures[kind].name,
                         agreement->values[kind].value);
  add_undefined (agreement, object);
  add_moved (agreement, object);
  return object;
}
