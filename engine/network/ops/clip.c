/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Clip: the bounds are attributes before opset 11 and optional scalars since.
 * Where the lower bound is above the upper one, the upper one wins.  NaN goes
 * through.  At a bound the slope is 1, as in torch. */
#include "base/error.h"
#include "compute/vector-math.h"
#include "network/op.h"
#include "network/ops/elements.h"
#include "network/ops/zones.h"

#include <float.h>

typedef struct {
  SacType type;
  bool from_inputs;
  double low, high; /* used when not from inputs */
} Params;

typedef struct {
  void *to;
  const void *from;
  uint32_t *words; /* zones for the gradient, or NULL */
  bool has_low, has_high;
  double low, high; /* exact for float32 and float64 */
  int64_t low_int, high_int;
  SacElement element;
} Clip;

#define ROW(name, type, low_bound, high_bound)                                 \
  static SAC_WIDE void name (const Clip *clip, int64_t from, int64_t to)       \
  {                                                                            \
    const type *x = clip->from;                                                \
    type *y = clip->to;                                                        \
    type low = (type)clip->low_bound, high = (type)clip->high_bound;           \
    bool has_low = clip->has_low, has_high = clip->has_high;                   \
                                                                               \
    SAC_INDEPENDENT                                                            \
    for (int64_t i = from; i < to; i++) {                                      \
      type value = x[i];                                                       \
                                                                               \
      value = has_low && low > value ? low : value;                            \
      y[i] = has_high && value > high ? high : value;                          \
    }                                                                          \
  }

ROW (clip_f32, float, low, high)
ROW (clip_f64, double, low, high)
ROW (clip_i64, int64_t, low_int, high_int)
ROW (clip_u64, uint64_t, low_int, high_int)

/* Which elements lay between the bounds. */
#define MARK(name, type)                                                       \
  static inline uint32_t name##_word (const Clip *clip, const type *x,         \
                                      int length)                              \
  {                                                                            \
    type low = (type)clip->low, high = (type)clip->high;                       \
    bool any_low = !clip->has_low, any_high = !clip->has_high;                 \
    uint32_t word = 0;                                                         \
                                                                               \
    for (int i = 0; i < length; i++)                                           \
      word |=                                                                  \
        (uint32_t)((any_low | (x[i] >= low)) & (any_high | (high >= x[i])))    \
        << i;                                                                  \
    return word;                                                               \
  }                                                                            \
                                                                               \
  static SAC_WIDE void name (const Clip *clip, uint32_t *words, int64_t from,  \
                             int64_t to)                                       \
  {                                                                            \
    const int full = SAC_ZONES_IN_WORD (1);                                    \
    const type *x = clip->from;                                                \
    int64_t i = from;                                                          \
                                                                               \
    for (; to - i >= full; i += full)                                          \
      words[i / full] = name##_word (clip, x + i, full);                       \
    if (to > i)                                                                \
      words[i / full] = name##_word (clip, x + i, (int)(to - i));              \
  }

MARK (mark_f32, float)
MARK (mark_f64, double)

typedef struct {
  void *to;
  const void *back;
  const uint32_t *words;
  bool is_double;
} Reverse;

#define REVERSE(name, type)                                                    \
  static SAC_WIDE void name (const Reverse *reverse, int64_t from, int64_t to) \
  {                                                                            \
    const type *g = reverse->back;                                             \
    type *dx = reverse->to;                                                    \
                                                                               \
    SAC_INDEPENDENT                                                            \
    for (int64_t i = from; i < to; i++)                                        \
      dx[i] += sac_zones_get (reverse->words, i, 1) != 0 ? g[i] : 0;           \
  }

REVERSE (reverse_f32, float)
REVERSE (reverse_f64, double)

static void
forward_range (int64_t from, int64_t to, void *data)
{
  static void (*const rows[]) (const Clip *, int64_t,
                               int64_t) = {clip_f32, clip_f64, clip_i64,
                                           clip_u64};
  const Clip *clip = data;

  if (clip->words != NULL && clip->element == SAC_ELEMENT_F64)
    mark_f64 (clip, clip->words, from, to);
  else if (clip->words != NULL)
    mark_f32 (clip, clip->words, from, to);
  rows[clip->element](clip, from, to);
}

static void
reverse_range (int64_t from, int64_t to, void *data)
{
  const Reverse *reverse = data;

  if (reverse->is_double)
    reverse_f64 (reverse, from, to);
  else
    reverse_f32 (reverse, from, to);
}

static void
read_bound (const SacTensor *tensor,
            bool *ret_has,
            double *ret_bound,
            int64_t *ret_int)
{
  *ret_has = tensor != NULL;
  if (tensor == NULL)
    return;
  switch (sac_tensor_get_kind (tensor)) {
  case SAC_KIND_F32:
    *ret_bound = (double)*(const float *)tensor->data;
    break;
  case SAC_KIND_F64:
    *ret_bound = *(const double *)tensor->data;
    break;
  default:
    *ret_int = *(const int64_t *)tensor->data;
    break;
  }
}

static Clip
make_clip (const Params *params,
           const SacTensor *const *inputs,
           size_t input_count)
{
  Clip clip = {.from = inputs[0]->data,
               .has_low = true,
               .has_high = true,
               .low = params->low,
               .high = params->high,
               .element = sac_element_of (params->type)};

  if (params->from_inputs) {
    read_bound (input_count > 1 ? inputs[1] : NULL, &clip.has_low, &clip.low,
                &clip.low_int);
    read_bound (input_count > 2 ? inputs[2] : NULL, &clip.has_high, &clip.high,
                &clip.high_int);
  }
  return clip;
}

static void
forward (const SacCall *call)
{
  Clip clip = make_clip (call->params, call->inputs, call->input_count);

  clip.to = call->outputs[0]->data;
  clip.words = call->saved;
  sac_elements_run (sac_tensor_get_count (call->outputs[0]), SAC_ELEMENTS_CHUNK,
                    forward_range, &clip);
}

static void
gradient (const SacGradientCall *call)
{
  const Params *params = call->params;

  if (call->output_gradients[0] == NULL || call->input_gradients[0] == NULL)
    return;

  Reverse reverse = {
    .to = call->input_gradients[0]->data,
    .back = call->output_gradients[0]->data,
    .words = call->saved,
    .is_double = params->type == SAC_TYPE_DOUBLE,
  };

  sac_elements_run (sac_tensor_get_count (call->input_gradients[0]),
                    SAC_ELEMENTS_CHUNK, reverse_range, &reverse);
}

static bool
check_bounds (const SacInfer *infer, GError **error)
{
  for (size_t i = 1; i < infer->input_count; i++) {
    if (sac_infer_has (infer, i) &&
        sac_shape_size (&infer->inputs[i]->shape) != 1)
      return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                             "input %zu, a bound, is not a scalar", i);
  }
  return sac_infer_same_types (infer, error);
}

static bool
infer (SacInfer *infer, GError **error)
{
  const SacValueInfo *x = infer->inputs[0];
  SacKind kind = sac_type_get_kind (x->type);
  float low = -FLT_MAX, high = FLT_MAX;

  if (kind == SAC_KIND_NONE || kind == SAC_KIND_BOOL)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "it does not take elements of type %s",
                           sac_type_get_name (x->type));
  if (infer->opset < 11) {
    if (!sac_infer_need_float (infer, 0, error) ||
        !sac_infer_float (infer, "min", low, &low, error) ||
        !sac_infer_float (infer, "max", high, &high, error))
      return false;
  } else if (!check_bounds (infer, error)) {
    return false;
  }

  Params *params = sac_infer_alloc (infer, sizeof *params);

  params->type = x->type;
  params->from_inputs = infer->opset >= 11;
  params->low = (double)low;
  params->high = (double)high;
  infer->params = params;
  if (sac_type_is_float (x->type))
    infer->saved_bytes = sac_zones_bytes (sac_shape_size (&x->shape), 1);
  return sac_infer_output (infer, 0, x->type, &x->shape, error);
}

const SacOp sac_op_clip = {
  .name = "Clip",
  .inputs_min = 1,
  .inputs_max = 3,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = infer,
  .forward = forward,
  .gradient = gradient,
  .gradient_inputs = SAC_SAVE (0),
};
