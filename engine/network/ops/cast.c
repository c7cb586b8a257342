/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Cast and CastLike.
 *
 * To float16 and bfloat16: rounded to the nearest, then kept as float32.  From
 * a float to an integer: truncated; what is not finite or does not fit gives
 * the lowest number of a 32- or 64-bit signed type, as processors do, so that
 * it cannot pass for a good index; narrower and unsigned types take the low
 * bits of the 64-bit answer.  To bool: true for all but 0.  Between integers:
 * the low bits. */
#include "base/error.h"
#include "network/graph-build.h"
#include "network/op.h"
#include "network/ops/elements.h"

#include <inttypes.h>

typedef struct {
  SacType from, to;
} Params;

typedef struct {
  const Params *params;
  const void *from;
  void *to;
} Cast;

static inline int64_t
truncate_to (double value, SacType type)
{
  if (type == SAC_TYPE_INT32)
    return value > -0x1p31 - 1 && value < 0x1p31 ? (int64_t)value : INT32_MIN;
  if (type == SAC_TYPE_UINT64 && value >= 0x1p63 && value < 0x1p64)
    return (int64_t)(uint64_t)value;
  return value >= -0x1p63 && value < 0x1p63 ? (int64_t)value : INT64_MIN;
}

/* x: an element of the type that the macro is called with. */
#define CONVERT(type)                                                          \
  {                                                                            \
    const type *all = cast->from;                                              \
                                                                               \
    switch (sac_type_get_kind (cast->params->to)) {                            \
    case SAC_KIND_F32:                                                         \
      for (int64_t i = from; i < to; i++)                                      \
        ((float *)cast->to)[i] = (float)all[i];                                \
      break;                                                                   \
    case SAC_KIND_F64:                                                         \
      for (int64_t i = from; i < to; i++)                                      \
        ((double *)cast->to)[i] = (double)all[i];                              \
      break;                                                                   \
    case SAC_KIND_BOOL:                                                        \
      for (int64_t i = from; i < to; i++)                                      \
        ((uint8_t *)cast->to)[i] = all[i] != 0;                                \
      break;                                                                   \
    default:                                                                   \
      for (int64_t i = from; i < to; i++)                                      \
        ((int64_t *)cast->to)[i] = TO_INT (all[i]);                            \
      break;                                                                   \
    }                                                                          \
  }

#define TO_INT(x) truncate_to ((double)(x), cast->params->to)
static void
from_f32 (const Cast *cast, int64_t from, int64_t to) CONVERT (float)

  static void from_f64 (const Cast *cast, int64_t from, int64_t to)
    CONVERT (double)
#undef TO_INT

#define TO_INT(x) ((int64_t)(x))
      static void from_i64 (const Cast *cast, int64_t from, int64_t to)
        CONVERT (int64_t)

          static void from_u64 (const Cast *cast, int64_t from, int64_t to)
            CONVERT (uint64_t)

              static void from_bool (const Cast *cast, int64_t from, int64_t to)
                CONVERT (uint8_t)
#undef TO_INT

  /* Through float32, as if a double had been stored in between: double rounding
   * can differ from a direct conversion in the last bit. */
  static void round_floats (SacType type,
                            float *values,
                            int64_t from,
                            int64_t to)
{
  if (type == SAC_TYPE_FLOAT16) {
    for (int64_t i = from; i < to; i++)
      values[i] = sac_half_to_float (sac_float_to_half (values[i]));
  } else if (type == SAC_TYPE_BFLOAT16) {
    for (int64_t i = from; i < to; i++)
      values[i] = sac_bfloat_to_float (sac_float_to_bfloat (values[i]));
  }
}

static void
forward_range (int64_t from, int64_t to, void *data)
{
  static void (*const rows[]) (const Cast *, int64_t,
                               int64_t) = {from_f32, from_f64, from_i64,
                                           from_u64, from_bool};
  const Cast *cast = data;
  SacType type = cast->params->to;

  rows[sac_element_of (cast->params->from)](cast, from, to);
  if (sac_type_get_kind (type) == SAC_KIND_I64)
    sac_elements_wrap (type, (int64_t *)cast->to + from, to - from);
  else if (type != cast->params->from)
    round_floats (type, cast->to, from, to);
}

static void
forward (const SacCall *call)
{
  Cast cast = {.params = call->params,
               .from = call->inputs[0]->data,
               .to = call->outputs[0]->data};

  sac_elements_run (sac_tensor_get_count (call->outputs[0]), SAC_ELEMENTS_CHUNK,
                    forward_range, &cast);
}

/* Rounding counts as the identity. */
#define ADD(to_type, from_type)                                                \
  for (int64_t i = 0; i < count; i++)                                          \
    ((to_type *)dx)[i] += (to_type)((const from_type *)g)[i];

static void
gradient (const SacGradientCall *call)
{
  const Params *params = call->params;

  if (call->output_gradients[0] == NULL || call->input_gradients[0] == NULL ||
      !sac_type_is_float (params->from) || !sac_type_is_float (params->to))
    return;

  const void *g = call->output_gradients[0]->data;
  void *dx = call->input_gradients[0]->data;
  int64_t count = sac_tensor_get_count (call->input_gradients[0]);

  if (params->from == SAC_TYPE_DOUBLE && params->to == SAC_TYPE_DOUBLE)
    ADD (double, double)
  else if (params->from == SAC_TYPE_DOUBLE)
    ADD (double, float)
  else if (params->to == SAC_TYPE_DOUBLE)
    ADD (float, double)
  else
    ADD (float, float)
}

/* Every element of the narrower type is one of the wider, kept the same way. */
static bool
keeps_elements (SacType from, SacType to)
{
  bool is_narrow = from == SAC_TYPE_FLOAT16 || from == SAC_TYPE_BFLOAT16;
  bool is_integer =
    sac_type_get_kind (from) == SAC_KIND_I64 && from != SAC_TYPE_UINT64;

  return from == to || (is_narrow && to == SAC_TYPE_FLOAT) ||
         (is_integer && to == SAC_TYPE_INT64);
}

static bool
infer_to (SacInfer *infer, int64_t to, GError **error)
{
  const SacValueInfo *x = infer->inputs[0];

  if (to < 0 || to > INT32_MAX ||
      sac_type_get_kind ((SacType)to) == SAC_KIND_NONE)
    return sac_infer_fail (infer, SAC_ERROR_UNSUPPORTED, error,
                           "a cast to type %" PRId64 " (%s) is not "
                           "supported",
                           to,
                           sac_type_get_name (to >= 0 && to <= INT32_MAX
                                                ? (SacType)to
                                                : SAC_TYPE_UNKNOWN));
  if (sac_type_get_kind (x->type) == SAC_KIND_NONE)
    return sac_infer_fail (infer, SAC_ERROR_UNSUPPORTED, error,
                           "a cast from type %s is not supported",
                           sac_type_get_name (x->type));

  Params *params = sac_infer_alloc (infer, sizeof *params);

  params->from = x->type;
  params->to = (SacType)to;
  infer->params = params;
  infer->alias = keeps_elements (params->from, params->to);
  return sac_infer_output (infer, 0, params->to, &x->shape, error);
}

static bool
infer_cast (SacInfer *infer, GError **error)
{
  int64_t to;

  if (sac_infer_attribute (infer, "to") == NULL)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "it has no attribute \"to\"");
  return sac_infer_int (infer, "to", 0, &to, error) &&
         infer_to (infer, to, error);
}

static bool
infer_cast_like (SacInfer *infer, GError **error)
{
  return infer_to (infer, infer->inputs[1]->type, error);
}

/* Between what shapes give, which stays double, and what an image does. */
static bool
infer_narrow (SacInfer *infer, GError **error)
{
  SacType type = infer->inputs[0]->type;

  return infer_to (infer, type == SAC_TYPE_DOUBLE ? SAC_TYPE_FLOAT : type,
                   error);
}

const SacOp sac_op_cast = {
  .name = "Cast",
  .inputs_min = 1,
  .inputs_max = 1,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = infer_cast,
  .forward = forward,
  .gradient = gradient,
};

const SacOp sac_op_cast_like = {
  .name = "CastLike",
  .opset_min = 15,
  .shape_inputs = SAC_SAVE (1),
  .inputs_min = 2,
  .inputs_max = 2,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = infer_cast_like,
  .forward = forward,
  .gradient = gradient,
};

const SacOp sac_op_narrow = {
  .name = "Narrow",
  .domain = SAC_DOMAIN_OWN,
  .inputs_min = 1,
  .inputs_max = 1,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = infer_narrow,
  .forward = forward,
  .zero_gradient = true, /* what shapes give has none */
};
