/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What the steps of a plan are, for those who want to see where the time of a
 * run goes (SacRunParams: step_times). */
#ifndef SAC_NETWORK_PLAN_PROFILE_H
#define SAC_NETWORK_PLAN_PROFILE_H

#include "network/plan.h"

typedef struct {
  const char *op;        /* its type; "seed" or "add" in the reverse sweep */
  const char *node;      /* label of the node that it begins with, or "" */
  const char *algorithm; /* "" when there is only one */
  bool reverse;
  SacShape shape; /* of its first output, or of that one's gradient */
  double cost;    /* multiply-adds, or elements */
} SacPlanStepInfo;

/* index: below sac_plan_get_step_count; the strings live with the plan. */
SacPlanStepInfo sac_plan_get_step (const SacPlan *plan, size_t index);

/* Which build of the kernels runs: "plain", "avx2", "avx512",
 * "amx". */
const char *sac_plan_get_kernels (void);

/* Whether plans use only algorithms that are as exact as plain sums: for
 * audits.  SACCADE_EXACT=1 in the environment, or set for what is planned from
 * now on. */
bool sac_plan_get_exact (void);
void sac_plan_set_exact (bool exact);

#endif
