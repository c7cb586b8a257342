/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/error.h"
#include "compute/vector-math.h"
#include "network/op.h"
#include "network/ops/broadcast.h"
#include "network/ops/elements.h"

typedef struct {
  size_t element_size;
  SacBroadcast broadcast; /* of condition, x, y */
} Params;

#define LOOP(x_at, y_at)                                                       \
  SAC_INDEPENDENT                                                              \
  for (int64_t i = 0; i < run->count; i++) {                                   \
    value_x = x[x_at], value_y = y[y_at]; /* both: no branch */                \
    to[i] = condition[i] != 0 ? value_x : value_y;                             \
  }

/* With a condition that stands still, only one of x and y is read. */
#define CHOOSE(type)                                                           \
  {                                                                            \
    type *to = (type *)call->outputs[0]->data + run->at;                       \
    const type *x = (const type *)call->inputs[1]->data + run->offsets[1];     \
    const type *y = (const type *)call->inputs[2]->data + run->offsets[2];     \
    type value_x, value_y;                                                     \
                                                                               \
    if (run->steps[0] == 0) {                                                  \
      const type *from = *condition != 0 ? x : y;                              \
      int step = *condition != 0 ? run->steps[1] : run->steps[2];              \
                                                                               \
      for (int64_t i = 0; i < run->count; i++)                                 \
        to[i] = from[i * step];                                                \
    } else if (run->steps[1] != 0 && run->steps[2] != 0) {                     \
      LOOP (i, i)                                                              \
    } else if (run->steps[1] != 0) {                                           \
      LOOP (i, 0)                                                              \
    } else if (run->steps[2] != 0) {                                           \
      LOOP (0, i)                                                              \
    } else {                                                                   \
      LOOP (0, 0)                                                              \
    }                                                                          \
  }

static SAC_WIDE void
run_forward (const SacBroadcastRun *run, void *data)
{
  const SacCall *call = data;
  const Params *params = call->params;
  const uint8_t *condition =
    (const uint8_t *)call->inputs[0]->data + run->offsets[0];

  if (params->element_size == 8)
    CHOOSE (uint64_t)
  else if (params->element_size == 4)
    CHOOSE (uint32_t)
  else
    CHOOSE (uint8_t)
}

static void
forward_range (int64_t from, int64_t to, void *data)
{
  const SacCall *call = data;
  const Params *params = call->params;

  sac_broadcast_walk (&params->broadcast, from, to, INT64_MAX, run_forward,
                      data);
}

static void
forward (const SacCall *call)
{
  const Params *params = call->params;

  sac_elements_run (params->broadcast.count, SAC_ELEMENTS_CHUNK, forward_range,
                    (void *)call);
}

typedef struct {
  const SacGradientCall *call;
  bool wanted; /* the condition's value that lets the gradient through */
} Reverse;

#define MASK(type)                                                             \
  {                                                                            \
    const type *g = (const type *)call->output_gradients[0]->data + run->at;   \
    type *t = terms;                                                           \
                                                                               \
    for (int64_t i = 0; i < run->count; i++)                                   \
      t[i] =                                                                   \
        (condition[i * run->steps[0]] != 0) == reverse->wanted ? g[i] : 0;     \
  }

static void
mask_terms (const SacBroadcastRun *run, void *terms, void *data)
{
  const Reverse *reverse = data;
  const SacGradientCall *call = reverse->call;
  const uint8_t *condition =
    (const uint8_t *)call->inputs[0]->data + run->offsets[0];

  if (sac_tensor_get_kind (call->output_gradients[0]) == SAC_KIND_F64)
    MASK (double)
  else
    MASK (float)
}

static void
gradient (const SacGradientCall *call)
{
  const Params *params = call->params;

  if (call->output_gradients[0] == NULL)
    return;
  for (int operand = 1; operand < 3; operand++) {
    Reverse reverse = {.call = call, .wanted = operand == 1};

    if (call->input_gradients[operand] != NULL)
      sac_broadcast_gradient (&params->broadcast, operand, mask_terms, &reverse,
                              call->workspace, call->input_gradients[operand]);
  }
}

static bool
infer (SacInfer *infer, GError **error)
{
  const SacValueInfo *condition = infer->inputs[0], *x = infer->inputs[1],
                     *y = infer->inputs[2];
  SacShape shape;

  if (condition->type != SAC_TYPE_BOOL)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "its condition is %s, not bool",
                           sac_type_get_name (condition->type));
  if (x->type != y->type)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "its choices differ in type: %s and %s",
                           sac_type_get_name (x->type),
                           sac_type_get_name (y->type));
  if (!sac_broadcast_shapes (infer, &shape, error) ||
      !sac_infer_output (infer, 0, x->type, &shape, error))
    return false;

  Params *params = sac_infer_alloc (infer, sizeof *params);
  const SacShape *operands[] = {&condition->shape, &x->shape, &y->shape};
  size_t space_x = sac_broadcast_workspace (&shape, &x->shape);
  size_t space_y = sac_broadcast_workspace (&shape, &y->shape);

  params->element_size = sac_kind_get_size (sac_type_get_kind (x->type));
  sac_broadcast_init (&params->broadcast, &shape, operands, 3);
  infer->params = params;
  infer->gradient_workspace_bytes = MAX (space_x, space_y);
  return true;
}

const SacOp sac_op_where = {
  .name = "Where",
  .opset_min = 9,
  .inputs_min = 3,
  .inputs_max = 3,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = infer,
  .forward = forward,
  .gradient = gradient,
  .saves_inputs = SAC_SAVE (0),
  .gradient_inputs = SAC_SAVE (1) | SAC_SAVE (2),
};
