/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Where a gradient is wanted for its sums alone (SacPlanRequest.gradient_sums),
 * a product need not find more than them: with the sums of its weights it costs
 * as many times less as an image has places. */
#ifndef SAC_NETWORK_REWRITE_SUMS_H
#define SAC_NETWORK_REWRITE_SUMS_H

#include "network/plan-private.h"

/* x: the input [N, C * places] of a product.  Returns: how many neighbouring
 * elements of its gradient may have their mean for a value, because everything
 * from there back to what is asked for keeps sums; 0: none. */
size_t sac_rewrite_count_run (const SacPlan *plan, int x);

#endif
