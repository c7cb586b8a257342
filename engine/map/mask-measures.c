/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The list of measures, and their numbers in JSON. */
#include "map/mask-scores.h"

#include "base/json.h"

#define N_(text) text

static const SacMaskMeasure measures[SAC_MASK_KIND_COUNT] = {
  [SAC_MASK_ENERGY] = {"energy_inside", N_ ("Energy inside"),
                       N_ ("The share of the positive values that lies inside; "
                           "a map that knows nothing of the mask has the "
                           "mask's share of the area.")},
  [SAC_MASK_MASS] = {"mass_accuracy", N_ ("Relevance mass"),
                     N_ ("The share of all magnitudes, evidence for and "
                         "against, that lies inside.")},
  [SAC_MASK_RANK] = {"rank_accuracy", N_ ("Relevance rank"),
                     N_ ("Of the highest cells, as many as the mask is large, "
                         "the share that lies inside.  Cells that tie count by "
                         "share.")},
  [SAC_MASK_AUC] = {"auc", N_ ("Ranked higher inside"),
                    N_ ("How often a cell inside has a higher value than one "
                        "outside, ties by half (area under the ROC curve); 0.5 "
                        "for a map that knows nothing of the mask.")},
  [SAC_MASK_POINTING] = {"pointing", N_ ("Pointing game"),
                         N_ ("1 when the highest cell, or one within 15 pixels "
                             "of 224 of it, meets the mask; with several "
                             "highest cells the share of them.")},
  [SAC_MASK_IOU] = {"best_iou", N_ ("Best overlap"),
                    N_ ("Intersection over union with the mask, at the "
                        "threshold where it is largest.")},
  [SAC_MASK_THRESHOLD] = {"best_threshold", N_ ("Its threshold"),
                          N_ ("Where the overlap is best, as a share of the "
                              "largest value.")},
  [SAC_MASK_HEAT_RATIO] =
    {"heat_ratio_auc", N_ ("Effective heat"),
     N_ ("Of the positive values at or above a quantile, the share inside; the "
         "mean over all quantiles (area under the curve).")},
  [SAC_MASK_DIFFERENCE] = {"inside_minus_outside", N_ ("Inside less outside"),
                           N_ ("Mean value inside less mean value outside, as "
                               "a share of the largest magnitude.")},
  [SAC_MASK_BACKGROUND] = {"background", N_ ("On background"),
                           N_ ("The share of the positive values that lies in "
                               "no annotation of any class.")},
};

const SacMaskMeasure *
sac_mask_measures_get_all (void)
{
  return measures;
}

static JsonArray *
curve_to_json (const double *curve, int count, double first, double step)
{
  JsonArray *array = json_array_new ();

  for (int i = 0; i < count; i++) {
    JsonArray *point_of = json_array_new ();

    sac_json_add_number (point_of, first + i * step);
    sac_json_add_number (point_of, curve[i]);
    json_array_add_array_element (array, point_of);
  }
  return array;
}

JsonObject *
sac_mask_scores_to_json (const SacMaskScores *scores)
{
  JsonObject *object = json_object_new ();
  g_autoptr (JsonObject) undefined = json_object_new ();

  sac_json_set_number (object, "area", scores->area);
  for (int kind = 0; kind < SAC_MASK_KIND_COUNT; kind++) {
    sac_json_set_number (object, measures[kind].name,
                         scores->values[kind].value);
    if (scores->values[kind].reason != NULL)
      json_object_set_string_member (undefined, measures[kind].name,
                                     scores->values[kind].reason);
  }
  if (json_object_get_size (undefined) > 0)
    json_object_set_object_member (object, "undefined",
                                   g_steal_pointer (&undefined));
  json_object_set_array_member (object, "iou_curve",
                                curve_to_json (scores->iou_curve,
                                               SAC_MASK_IOU_STEPS, 0.05, 0.05));
  json_object_set_array_member (object, "heat_curve",
                                curve_to_json (scores->heat_curve,
                                               SAC_MASK_HEAT_STEPS, 0, 0.1));
  return object;
}
