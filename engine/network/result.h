/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a run leaves behind; plan.h has the part that callers see. */
#ifndef SAC_NETWORK_RESULT_H
#define SAC_NETWORK_RESULT_H

#include "network/plan.h"

SacResult *sac_result_new (SacPlan *plan);

/* Allocates what the plan computes straight into results.  Errors: TOO_LARGE.
 */
bool
sac_result_reserve (SacResult *result, bool with_gradients, GError **error);

/* The tensor behind a RESULT buffer; NULL when it was not reserved. */
const SacTensor *sac_result_get_owner (const SacResult *result, int index);

/* After the run: everything asked for, from the run's tensors, one per slot.
 * What was not computed into the result is copied. */
bool sac_result_fill (SacResult *result,
                      const SacTensor *tensors,
                      bool with_gradients,
                      GError **error);

#endif
