/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Whether a map names what the score depends on: what becomes of the score when
 * pixels of the input are taken away in the map's order.
 *
 * Pixels of the network's input are ranked by the map's shown values, enlarged
 * bilinearly; always exactly as many are taken as a step says, equal values in
 * their own order.  Beside the map stand two controls on the same grid, a hill
 * in the centre and random cells; beside one baseline stands another, because
 * the choice of it can choose the winner. */
#ifndef SAC_EXPLAIN_FAITHFULNESS_H
#define SAC_EXPLAIN_FAITHFULNESS_H

#include "explain/faithfulness-math.h"
#include "explain/method.h"

/* A method's descriptor without `make`, so that settings are checked and
 * described as methods' parameters are. */
extern const SacMethod sac_faithfulness_settings;

#define SAC_FAITHFULNESS_BASELINES 2
#define SAC_FAITHFULNESS_STEPS_MAX 200
#define SAC_FAITHFULNESS_ROAD_COUNT 5
extern const double sac_faithfulness_road_shares[SAC_FAITHFULNESS_ROAD_COUNT];

/* With one baseline.  Scores are those of the request. */
typedef struct {
  /* One a point: with the most relevant pixels taken; with only them there. */
  double deletion[SAC_FAITHFULNESS_STEPS_MAX + 1];
  double insertion[SAC_FAITHFULNESS_STEPS_MAX + 1];
  double deletion_area, insertion_area;
  double aopc; /* mean loss along the deletion */
  double abpc; /* area between taking the least and the most relevant first,
                  which is insertion_area - deletion_area */
  double seen; /* the score of the image seen through the map, scaled to 0 .. 1
                  by its largest value; NaN: it has no positive value */
  double drop, increase; /* share lost so; 1 where the score rises, else 0 */
  SacInfidelity infidelity;
} SacFaithfulnessFigures;

/* A flat map ranks nothing: everything of it is NaN. */
typedef struct {
  bool is_flat;
  double tied_share;
  SacFaithfulnessFigures figures[SAC_FAITHFULNESS_BASELINES];
  /* ROAD: the score with a share of the pixels imputed. */
  double road_most[SAC_FAITHFULNESS_ROAD_COUNT];  /* most relevant first */
  double road_least[SAC_FAITHFULNESS_ROAD_COUNT]; /* least relevant first */
  double road; /* mean of (least - most) / 2: above 0 is faithful */
} SacFaithfulnessSubject;

typedef struct {
  size_t point_count;
  double taken[SAC_FAITHFULNESS_STEPS_MAX + 1]; /* share of pixels, 0 to 1 */
  double score;                                 /* of the image */
  char *baselines[SAC_FAITHFULNESS_BASELINES];  /* as asked for */
  double baseline_scores[SAC_FAITHFULNESS_BASELINES];
  SacFaithfulnessSubject *map, *centre;
  SacFaithfulnessSubject *random; /* random_count of them */
  size_t random_count;
  JsonObject *settings; /* every setting */
} SacFaithfulnessReport;

/* Returns: a new report with parts of its own. */
SacFaithfulnessReport *
sac_faithfulness_report_copy (const SacFaithfulnessReport *report);
void sac_faithfulness_report_free (SacFaithfulnessReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacFaithfulnessReport,
                               sac_faithfulness_report_free)

/* One image and score, for maps that are measured one after another: what does
 * not depend on the map is run once. */
typedef struct SacFaithfulness SacFaithfulness;

/* request: of an image input; its params are the settings, and it must outlive
 * the result.  Errors: UNDEFINED (no image, a score that is not finite),
 * MISMATCH (settings), those of sac_explain_run_new and of running. */
SacFaithfulness *sac_faithfulness_new (const SacExplainRequest *request,
                                       SacJob *job,
                                       GError **error);
void sac_faithfulness_free (SacFaithfulness *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacFaithfulness, sac_faithfulness_free)

/* Told what there is after each map and control that is measured, on the thread
 * that measures: a report without the controls still to come, which the callee
 * copies to keep. */
typedef void (*SacFaithfulnessPartial) (const SacFaithfulnessReport *report,
                                        void *data);
void sac_faithfulness_set_partial (SacFaithfulness *self,
                                   SacFaithfulnessPartial partial,
                                   void *data);

/* map: over the request's input.  Sets spans of the job's progress.
 * Errors: UNDEFINED (the map is not finite), those of running. */
SacFaithfulnessReport *sac_faithfulness_measure (SacFaithfulness *self,
                                                 const SacMap *map,
                                                 SacJob *job,
                                                 GError **error);

/* Numbers that are not defined are null.  Returns: a new object. */
JsonObject *sac_faithfulness_to_json (const SacFaithfulnessReport *report);

#endif
