/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/ops/broadcast.h"

#include "base/error.h"
#include "network/ops/elements.h"

#include <string.h>

/* Element strides of `operand` along the axes of `shape`, 0 where it has one
 * element for many. */
static void
find_strides (const SacShape *shape,
              const SacShape *operand,
              int64_t *ret_strides)
{
  int64_t own[SAC_LIMIT_RANK];
  int shift = shape->rank - operand->rank;

  sac_shape_strides (operand, own);
  for (int axis = 0; axis < shape->rank; axis++) {
    bool moves = axis >= shift && operand->dims[axis - shift] != 1;

    ret_strides[axis] = moves ? own[axis - shift] : 0;
  }
}

/* Puts an axis to the right of those there are: with the last one when every
 * operand goes on from the end of the inner axis to the next outer place. */
static void
append_axis (SacBroadcast *broadcast, int64_t size, const int64_t *strides)
{
  SacShape *shape = &broadcast->shape;
  int last = MAX (shape->rank - 1, 0);
  bool merge = shape->rank > 0;

  for (int i = 0; i < broadcast->operand_count && merge; i++)
    merge = broadcast->strides[i][last] == strides[i] * size;
  if (merge)
    shape->dims[last] *= size;
  else
    shape->dims[last = shape->rank++] = size;
  for (int i = 0; i < broadcast->operand_count; i++)
    broadcast->strides[i][last] = strides[i];
}

void
sac_broadcast_init (SacBroadcast *broadcast,
                    const SacShape *shape,
                    const SacShape *const *operands,
                    int operand_count)
{
  int64_t strides[SAC_BROADCAST_OPERANDS][SAC_LIMIT_RANK];

  g_assert (operand_count <= SAC_BROADCAST_OPERANDS);
  *broadcast = (SacBroadcast){.count = sac_shape_size (shape),
                              .operand_count = operand_count};
  for (int i = 0; i < operand_count; i++)
    find_strides (shape, operands[i], strides[i]);
  for (int axis = 0; axis < shape->rank; axis++) {
    int64_t along[SAC_BROADCAST_OPERANDS];

    if (shape->dims[axis] == 1)
      continue;
    for (int i = 0; i < operand_count; i++)
      along[i] = strides[i][axis];
    append_axis (broadcast, shape->dims[axis], along);
  }
  if (broadcast->shape.rank == 0) /* one element: a run needs an axis */
    append_axis (broadcast, 1,
                 (const int64_t[SAC_BROADCAST_OPERANDS]){0, 0, 0});
}

/* Where element `at` of the result lies. */
static void
find_place (const SacBroadcast *broadcast,
            int64_t at,
            int64_t *ret_place,
            SacBroadcastRun *run)
{
  const SacShape *shape = &broadcast->shape;

  memset (run->offsets, 0, sizeof run->offsets);
  for (int axis = shape->rank - 1; axis >= 0; axis--) {
    ret_place[axis] = at % shape->dims[axis];
    at /= shape->dims[axis];
    for (int i = 0; i < broadcast->operand_count; i++)
      run->offsets[i] += ret_place[axis] * broadcast->strides[i][axis];
  }
}

/* Moves on by a run along the last axis, and over the ends of axes. */
static void
advance (const SacBroadcast *broadcast, int64_t *place, SacBroadcastRun *run)
{
  const SacShape *shape = &broadcast->shape;
  int64_t by = run->count;

  run->at += run->count;
  for (int axis = shape->rank - 1; axis >= 0; axis--) {
    place[axis] += by;
    for (int i = 0; i < broadcast->operand_count; i++)
      run->offsets[i] += by * broadcast->strides[i][axis];
    if (place[axis] < shape->dims[axis])
      return;
    for (int i = 0; i < broadcast->operand_count; i++)
      run->offsets[i] -= place[axis] * broadcast->strides[i][axis];
    place[axis] = 0;
    by = 1;
  }
}

void
sac_broadcast_walk (const SacBroadcast *broadcast,
                    int64_t from,
                    int64_t to,
                    int64_t longest,
                    SacBroadcastFunc func,
                    void *data)
{
  int last = broadcast->shape.rank - 1;
  int64_t place[SAC_LIMIT_RANK];
  SacBroadcastRun run = {.at = from};

  if (from >= to)
    return;
  find_place (broadcast, from, place, &run);
  for (int i = 0; i < broadcast->operand_count; i++)
    run.steps[i] = broadcast->strides[i][last] != 0;
  while (run.at < to) {
    int64_t left = MIN (broadcast->shape.dims[last] - place[last], to - run.at);

    run.count = MIN (left, longest);
    func (&run, data);
    advance (broadcast, place, &run);
  }
}

const void *
sac_broadcast_elements (const SacBroadcastRun *run,
                        int operand,
                        const SacTensor *tensor,
                        void *buffer)
{
  if (tensor == NULL)
    return NULL;

  int64_t offset = run->offsets[operand];

  if (sac_tensor_get_kind (tensor) == SAC_KIND_F64) {
    double *repeated = buffer;
    const double *first = (const double *)tensor->data + offset;

    if (run->steps[operand] != 0)
      return first;
    for (int64_t i = 0; i < run->count; i++)
      repeated[i] = *first;
  } else {
    float *repeated = buffer;
    const float *first = (const float *)tensor->data + offset;

    if (run->steps[operand] != 0)
      return first;
    for (int64_t i = 0; i < run->count; i++)
      repeated[i] = *first;
  }
  return buffer;
}

size_t
sac_broadcast_workspace (const SacShape *result, const SacShape *operand)
{
  int64_t count = sac_shape_size (operand);

  return count == sac_shape_size (result) ? 0 : (size_t)count * sizeof (double);
}

typedef struct {
  const SacBroadcast *broadcast;
  int operand;
  SacBroadcastTerms terms;
  void *data;
  double *sums; /* NULL: no element is repeated */
  SacTensor *gradient;
} Reverse;

/* to[i] += terms[i], or to[0] += their sum. */
#define ADD(type)                                                              \
  {                                                                            \
    const type *from = terms;                                                  \
    type *direct = (type *)reverse->gradient->data + offset;                   \
    double sum = 0;                                                            \
                                                                               \
    if (reverse->sums == NULL) {                                               \
      for (int64_t i = 0; i < run->count; i++)                                 \
        direct[i] += from[i];                                                  \
      return;                                                                  \
    }                                                                          \
    if (run->steps[reverse->operand] != 0) {                                   \
      for (int64_t i = 0; i < run->count; i++)                                 \
        reverse->sums[offset + i] += (double)from[i];                          \
      return;                                                                  \
    }                                                                          \
    for (int64_t i = 0; i < run->count; i++)                                   \
      sum += (double)from[i];                                                  \
    reverse->sums[offset] += sum;                                              \
  }

static void
reverse_run (const SacBroadcastRun *run, void *data)
{
  const Reverse *reverse = data;
  int64_t offset = run->offsets[reverse->operand];
  double space[SAC_BROADCAST_RUN];
  const void *terms = space;

  reverse->terms (run, space, reverse->data);
  if (sac_tensor_get_kind (reverse->gradient) == SAC_KIND_F64)
    ADD (double)
  else
    ADD (float)
}

static void
reverse_range (int64_t from, int64_t to, void *data)
{
  const Reverse *reverse = data;

  sac_broadcast_walk (reverse->broadcast, from, to, SAC_BROADCAST_RUN,
                      reverse_run, data);
}

void
sac_broadcast_gradient (const SacBroadcast *broadcast,
                        int operand,
                        SacBroadcastTerms terms,
                        void *data,
                        void *workspace,
                        SacTensor *gradient)
{
  int64_t count = sac_tensor_get_count (gradient);
  Reverse reverse = {.broadcast = broadcast,
                     .operand = operand,
                     .terms = terms,
                     .data = data,
                     .gradient = gradient};

  if (count == broadcast->count) {
    sac_elements_run (count, SAC_ELEMENTS_CHUNK, reverse_range, &reverse);
    return;
  }
  reverse.sums = workspace;
  memset (workspace, 0, (size_t)count * sizeof (double));
  reverse_range (0, broadcast->count, &reverse);
  if (sac_tensor_get_kind (gradient) == SAC_KIND_F64) {
    for (int64_t i = 0; i < count; i++)
      ((double *)gradient->data)[i] += reverse.sums[i];
  } else {
    for (int64_t i = 0; i < count; i++)
      ((float *)gradient->data)[i] += (float)reverse.sums[i];
  }
}

bool
sac_broadcast_shapes (const SacInfer *infer,
                      SacShape *ret_shape,
                      GError **error)
{
  SacShape shape = {0};

  for (size_t i = 0; i < infer->input_count; i++) {
    if (infer->inputs[i] == NULL)
      return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                             "input %zu is left out", i);

    const SacShape *other = &infer->inputs[i]->shape;

    if (!sac_shape_broadcast (&shape, other, &shape)) {
      g_autofree char *left = sac_shape_to_string (&shape);
      g_autofree char *right = sac_shape_to_string (other);

      return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                             "shapes %s and %s do not broadcast", left, right);
    }
  }
  *ret_shape = shape;
  return true;
}

bool
sac_broadcast_infer (const SacInfer *infer, SacShape *ret_shape, GError **error)
{
  return sac_infer_same_types (infer, error) &&
         sac_broadcast_shapes (infer, ret_shape, error);
}
