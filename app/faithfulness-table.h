/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The numbers beside the curves: one list, for the window and for CSV. */
#ifndef SAC_APP_FAITHFULNESS_TABLE_H
#define SAC_APP_FAITHFULNESS_TABLE_H

#include "explain/faithfulness.h"

typedef struct {
  const char *name;    /* in CSV */
  const char *label;   /* marked for translation */
  const char *meaning; /* a sentence, marked */
  /* NaN: not defined. */
  double (*get) (const SacFaithfulnessSubject *subject, int baseline);
  bool has_baseline; /* false: one number, whatever the baseline */
} SacFaithfulnessNumber;

/* What stands for nothing, in the reader's language; borrowed. */
const char *sac_faithfulness_get_baseline (const SacFaithfulnessReport *report,
                                           int baseline);

/* "steps=20 samples=100": as the command line takes them.  Returns: a new
 * string. */
char *sac_faithfulness_dup_settings (const SacFaithfulnessReport *report);

/* Ends with a NULL name. */
const SacFaithfulnessNumber *sac_faithfulness_numbers_get_all (void);

#endif
