/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* If, with both of its branches inlined: inputs are the condition and what the
 * branches give.  The plan replaces it as soon as it knows the condition, so
 * that it is asked only when that never happens. */
#include "base/error.h"
#include "network/op.h"

static bool
infer (SacInfer *infer, GError **error)
{
  return sac_infer_fail (infer, SAC_ERROR_UNSUPPORTED, error,
                         "its condition does not follow from shapes");
}

const SacOp sac_op_if = {
  .name = "If",
  .inputs_min = 3,
  .inputs_max = 3,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = infer,
};
