/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/ops/checks.h"

#include "base/error.h"

#include <inttypes.h>

bool
sac_checks_float32 (const SacInfer *infer, GError **error)
{
  if (!sac_infer_need_float (infer, 0, error) ||
      !sac_infer_same_types (infer, error))
    return false;
  if (sac_type_get_kind (infer->inputs[0]->type) != SAC_KIND_F32)
    return sac_infer_fail (infer, SAC_ERROR_UNSUPPORTED, error,
                           "%s is not supported here; convert the model to "
                           "float32",
                           sac_type_get_name (infer->inputs[0]->type));
  return true;
}

bool
sac_checks_shape (const SacInfer *infer,
                  size_t input,
                  const SacShape *shape,
                  const char *noun,
                  GError **error)
{
  if (!sac_infer_has (infer, input) ||
      sac_shape_equal (&infer->inputs[input]->shape, shape))
    return true;

  g_autofree char *got = sac_shape_to_string (&infer->inputs[input]->shape);
  g_autofree char *wanted = sac_shape_to_string (shape);

  return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                         "the %s has shape %s, not %s", noun, got, wanted);
}

bool
sac_checks_axis (const SacInfer *infer,
                 const char *name,
                 int64_t fallback,
                 const SacShape *shape,
                 int *ret_axis,
                 GError **error)
{
  int64_t axis;

  if (!sac_infer_int (infer, name, fallback, &axis, error))
    return false;
  if (!sac_shape_axis (shape, axis, ret_axis))
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "%s %" PRId64
                           " is out of range for an input of rank %d",
                           name, axis, shape->rank);
  return true;
}
