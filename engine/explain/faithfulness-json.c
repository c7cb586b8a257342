/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/json.h"
#include "explain/faithfulness.h"

#include <math.h>

/* Mean of one number over several subjects; offset: of it in the struct. */
static double
mean_at (const SacFaithfulnessSubject *subjects, size_t count, size_t offset)
{
  double sum = 0;

  for (size_t i = 0; i < count; i++)
    sum += *(const double *)((const char *)&subjects[i] + offset);
  return count > 0 ? sum / count : NAN;
}

/* What is printed of a subject with one baseline: scalars by name. */
#define FIGURE(name, field)                                                    \
  {                                                                            \
    name, offsetof (SacFaithfulnessFigures, field)                             \
  }
static const struct {
  const char *name;
  size_t offset;
} figure_names[] = {
  FIGURE ("deletion_auc", deletion_area),
  FIGURE ("insertion_auc", insertion_area),
  FIGURE ("aopc", aopc),
  FIGURE ("abpc", abpc),
  FIGURE ("score_seen", seen),
  FIGURE ("average_drop", drop),
  FIGURE ("increase", increase),
  FIGURE ("infidelity", infidelity.plain),
  FIGURE ("infidelity_scaled", infidelity.scaled),
  FIGURE ("infidelity_unexplained", infidelity.unexplained),
  FIGURE ("mu_fidelity", infidelity.correlation),
};

static size_t
place_of (int baseline, size_t offset)
{
  return offsetof (SacFaithfulnessSubject, figures) +
         baseline * sizeof (SacFaithfulnessFigures) + offset;
}

/* Of one subject, or the mean of several. */
static JsonObject *
figures_to_json (const SacFaithfulnessReport *report,
                 const SacFaithfulnessSubject *subjects,
                 size_t count,
                 int baseline)
{
  JsonObject *object = json_object_new ();
  double deletion[SAC_FAITHFULNESS_STEPS_MAX + 1];
  double insertion[SAC_FAITHFULNESS_STEPS_MAX + 1];

  for (size_t i = 0; i < report->point_count; i++) {
    size_t step = i * sizeof (double);

    deletion[i] =
      mean_at (subjects, count,
               place_of (baseline,
                         offsetof (SacFaithfulnessFigures, deletion) + step));
    insertion[i] =
      mean_at (subjects, count,
               place_of (baseline,
                         offsetof (SacFaithfulnessFigures, insertion) + step));
  }
  sac_json_set_numbers (object, "deletion", deletion, report->point_count);
  sac_json_set_numbers (object, "insertion", insertion, report->point_count);
  for (size_t i = 0; i < G_N_ELEMENTS (figure_names); i++)
    sac_json_set_number (object, figure_names[i].name,
                         mean_at (subjects, count,
                                  place_of (baseline, figure_names[i].offset)));
  return object;
}

/* Of how many random maps the map's figure is the better one. */
static int
count_beaten (const SacFaithfulnessReport *report, size_t offset, bool less)
{
  double own = mean_at (report->map, 1, offset);
  int beaten = 0;

  for (size_t i = 0; i < report->random_count; i++) {
    double other = mean_at (&report->random[i], 1, offset);

    beaten += less ? own < other : own > other;
  }
  return beaten;
}

static JsonObject *
baseline_to_json (const SacFaithfulnessReport *report, int baseline)
{
  JsonObject *object = json_object_new ();
  JsonObject *beaten = json_object_new ();

  json_object_set_string_member (object, "baseline",
                                 report->baselines[baseline]);
  sac_json_set_number (object, "score", report->baseline_scores[baseline]);
  json_object_set_object_member (object, "map",
                                 figures_to_json (report, report->map, 1,
                                                  baseline));
  json_object_set_object_member (object, "centre",
                                 figures_to_json (report, report->centre, 1,
                                                  baseline));
  if (report->random_count == 0) {
    json_object_unref (beaten);
    return object;
  }
  json_object_set_object_member (object, "random",
                                 figures_to_json (report, report->random,
                                                  report->random_count,
                                                  baseline));
  json_object_set_int_member (
    beaten, "deletion_auc",
    count_beaten (report,
                  place_of (baseline,
                            offsetof (SacFaithfulnessFigures, deletion_area)),
                  true));
  json_object_set_int_member (
    beaten, "insertion_auc",
    count_beaten (report,
                  place_of (baseline,
                            offsetof (SacFaithfulnessFigures, insertion_area)),
                  false));
  json_object_set_object_member (object, "random_maps_beaten", beaten);
  return object;
}

static JsonObject *
road_of (const SacFaithfulnessSubject *subjects, size_t count)
{
  JsonObject *object = json_object_new ();
  double most[SAC_FAITHFULNESS_ROAD_COUNT];
  double least[SAC_FAITHFULNESS_ROAD_COUNT];

  for (size_t i = 0; i < SAC_FAITHFULNESS_ROAD_COUNT; i++) {
    size_t step = i * sizeof (double);

    most[i] = mean_at (subjects, count,
                       offsetof (SacFaithfulnessSubject, road_most) + step);
    least[i] = mean_at (subjects, count,
                        offsetof (SacFaithfulnessSubject, road_least) + step);
  }
  sac_json_set_numbers (object, "most_relevant_first", most,
                        SAC_FAITHFULNESS_ROAD_COUNT);
  sac_json_set_numbers (object, "least_relevant_first", least,
                        SAC_FAITHFULNESS_ROAD_COUNT);
  sac_json_set_number (object, "road",
                       mean_at (subjects, count,
                                offsetof (SacFaithfulnessSubject, road)));
  return object;
}

static JsonObject *
road_to_json (const SacFaithfulnessReport *report)
{
  JsonObject *object = json_object_new ();

  sac_json_set_numbers (object, "taken", sac_faithfulness_road_shares,
                        SAC_FAITHFULNESS_ROAD_COUNT);
  json_object_set_object_member (object, "map", road_of (report->map, 1));
  json_object_set_object_member (object, "centre", road_of (report->centre, 1));
  if (report->random_count > 0) {
    json_object_set_object_member (object, "random",
                                   road_of (report->random,
                                            report->random_count));
    json_object_set_int_member (object, "random_maps_beaten",
                                count_beaten (report,
                                              offsetof (SacFaithfulnessSubject,
                                                        road),
                                              false));
  }
  return object;
}

static void
add_notes (const SacFaithfulnessReport *report, JsonObject *object)
{
  JsonArray *notes = json_array_new ();

  if (report->map->is_flat)
    json_array_add_string_element (notes,
                                   "The map is flat: it ranks no pixel before "
                                   "another, and no number of it is defined.");
  else if (report->map->tied_share > 0.25)
    json_array_add_string_element (notes,
                                   "More than a quarter of the pixels share "
                                   "their value with others: among these the "
                                   "order is that of the pixels.");
  if (json_array_get_length (notes) > 0)
    json_object_set_array_member (object, "notes", notes);
  else
    json_array_unref (notes);
}

JsonObject *
sac_faithfulness_to_json (const SacFaithfulnessReport *report)
{
  JsonObject *object = json_object_new ();
  JsonArray *baselines = json_array_new ();

  sac_json_set_number (object, "score", report->score);
  sac_json_set_numbers (object, "taken", report->taken, report->point_count);
  sac_json_set_number (object, "tied_share", report->map->tied_share);
  for (int b = 0; b < SAC_FAITHFULNESS_BASELINES; b++)
    json_array_add_object_element (baselines, baseline_to_json (report, b));
  json_object_set_array_member (object, "baselines", baselines);
  json_object_set_object_member (object, "road", road_to_json (report));
  json_object_set_object_member (object, "settings",
                                 json_object_ref (report->settings));
  json_object_set_int_member (object, "random_maps",
                              (gint64)report->random_count);
  add_notes (report, object);
  return object;
}
