/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What the checks of one method's sanity share while they run. */
#ifndef SAC_EXPLAIN_SANITY_PRIVATE_H
#define SAC_EXPLAIN_SANITY_PRIVATE_H

#include "explain/sanity.h"

enum {
  SANITY_STAGES,
  SANITY_SEEDS,
  SANITY_SAMPLES,
  SANITY_RADIUS,
  SANITY_SEED,
};

enum {
  SANITY_RULE_RANDOMISATION,
  SANITY_RULE_ONE_STAGE,
  SANITY_RULE_ENTROPY,
  SANITY_RULE_CLASS,
  SANITY_RULE_SENSITIVITY,
  SANITY_RULE_COMPLETENESS,
};

typedef struct {
  const SacMethod *method;
  SacExplainRequest request; /* of the class that is explained */
  SacExplainRequest asked;   /* whose params are the settings */
  const SacSanityAsked *question;
  SacMap *map;   /* of the network as it is */
  float *scores; /* of the classes */
  int64_t classes;
  GArray *weights;
  SacSanityReport *report;
  int done, total; /* maps */
} SanityWork;

int64_t sanity_setting (const SanityWork *work, int index);

/* Judges one figure by its rule.  figures: taken over. */
void sanity_conclude (SanityWork *work,
                      int rule,
                      double figure,
                      JsonObject *figures);

/* One of the maps that are counted.  Returns: NULL with an error. */
SacMap *sanity_make_map (SanityWork *work,
                         const SacExplainRequest *request,
                         SacJob *job,
                         GError **error);

/* All weights random, several times, at the end of a cascade, and what becomes
 * of the entropy; and each stage by itself. */
bool sanity_check_random (SanityWork *work, SacJob *job, GError **error);
bool sanity_check_stages (SanityWork *work, SacJob *job, GError **error);

#endif
