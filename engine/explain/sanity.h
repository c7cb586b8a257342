/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Whether a method's map of a case deserves a look: does it depend on what the
 * network has learned, on the class, and little else.  Each check has a figure,
 * and a rule that makes it a badge. */
#ifndef SAC_EXPLAIN_SANITY_H
#define SAC_EXPLAIN_SANITY_H

#include "explain/method.h"

/* A method's descriptor without `make`: what can be set, with ranges. */
extern const SacMethod sac_sanity_settings;

typedef enum {
  SAC_BADGE_UNDEFINED, /* there is nothing to judge */
  SAC_BADGE_PASS,
  SAC_BADGE_WARN,
  SAC_BADGE_FAIL,
} SacBadge;

/* "undefined", "pass", "warn", "fail". */
const char *sac_badge_get_name (SacBadge badge);

/* At most `pass`: pass; at most `warn`: warn; else fail. */
typedef struct {
  const char *name; /* stable id */
  const char *rule; /* one sentence with both bounds, marked for translation */
  double pass, warn;
} SacSanityRule;

typedef struct {
  const SacSanityRule *rule;
  double figure; /* what the rule looks at; NaN: undefined */
  SacBadge badge;
  JsonObject *figures; /* all that was found; NULL in what a partial tells */
} SacSanityCheck;

typedef struct {
  GArray *checks; /* of SacSanityCheck */
  SacBadge badge; /* the worst of them */
  double entropy; /* of the map, nats */
} SacSanityReport;

void sac_sanity_report_free (SacSanityReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacSanityReport, sac_sanity_report_free)

/* What is checked, by which settings (char * -> char *, or NULL).  partial:
 * told what is concluded so far after each check, on the thread that checks;
 * the report is the callee's to free.  NULL: not wanted. */
typedef struct {
  const SacMethod *method;
  const SacExplainRequest *request; /* as for the method */
  GHashTable *settings;
  void (*partial) (SacSanityReport *report, void *data);
  void *partial_data;
} SacSanityAsked;

/* Checks, in this order:
 *
 * randomisation     weights are replaced from the output to the input, stage by
 *                   stage (Adebayo et al., 2018): rank correlation of the map
 *                   with what it becomes
 * one-stage         the same, each stage by itself
 * entropy           that of the map's values rises when all weights are random
 *                   (Hedstrom et al., 2024)
 * class             rank correlation with the maps of the class next in line
 *                   and of the one with the lowest score
 * max-sensitivity   largest relative change of the map under small noise (Yeh
 *                   et al., 2019)
 * completeness      of methods that promise it: cells add up to the score
 *
 * The class is that of the unaltered network throughout.  One altered network
 * is in memory at a time.  Sets spans of the job's progress.
 * Errors: those of the method and of settings. */
SacSanityReport *
sac_sanity_run (const SacSanityAsked *asked, SacJob *job, GError **error);

/* Returns: a new object. */
JsonObject *sac_sanity_to_json (const SacSanityReport *report);

/* The three read a map's signed values, also where it is shown rectified: that
 * an altered network has no positive evidence is no change by itself.
 *
 * Entropy in 100 bins from the smallest to the largest value, in nats; 0 for a
 * flat map. */
double sac_sanity_entropy (const SacMap *map);

/* Spearman's of the unaltered network's map and another; 0 where the other is
 * flat and so shares nothing with it; NaN where the first is flat, which leaves
 * nothing to compare, one is not finite or the grids differ. */
double sac_sanity_similarity (const SacMap *a, const SacMap *b);

/* |a - b| / |a|; NaN where a is 0. */
double sac_sanity_change (const SacMap *a, const SacMap *b);

#endif
