/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Arithmetic on attention that pools instances.  Sums are in double, in order
 * of the index. */
#ifndef SAC_EXPLAIN_MIL_MATH_H
#define SAC_EXPLAIN_MIL_MATH_H

#include <stdbool.h>
#include <stdint.h>

/* Adds one branch's class evidence to `evidence`: a_i (w . h_i), the weight of
 * an instance times the score that its features alone have.  slopes: w . h_i,
 * which is the score's gradient along a_i where the score is linear in what is
 * pooled. */
void sac_mil_add_evidence (const float *weights,
                           const float *slopes,
                           int64_t count,
                           double *evidence);

/* 1 / sum a^2: how many instances of equal weight would be as concentrated. */
double sac_mil_effective_count (const float *weights, int64_t count);

/* True when the class has anything to do with the branch. */
bool sac_mil_is_used (const float *slopes, int64_t count);

#endif
