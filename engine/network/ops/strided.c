/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A copy is cut into rows: what lies along the innermost axis.  When rows can
 * only be gathered, but another axis is contiguous in the source, both axes
 * are walked in square blocks, so that each cache line is used whole while it
 * is there. */
#include "network/ops/strided.h"

#include "compute/vector-math.h"
#include "network/ops/elements.h"

#include <string.h>

#define BLOCK 16

void
sac_strided_append (SacStrided *strided, int64_t size, int64_t to, int64_t from)
{
  int last = strided->rank - 1;

  if (size == 1)
    return;
  if (last >= 0 && strided->to[last] == to * size &&
      strided->from[last] == from * size) {
    strided->dims[last] *= size;
    strided->to[last] = to;
    strided->from[last] = from;
    return;
  }
  g_assert (strided->rank < SAC_STRIDED_RANK);
  strided->dims[strided->rank] = size;
  strided->to[strided->rank] = to;
  strided->from[strided->rank] = from;
  strided->rank++;
}

/* A loop over all axes but the innermost `kept` ones. */
typedef struct {
  const SacStrided *strided;
  int outer_rank;
  int64_t outer_count;
} Outer;

static Outer
make_outer (const SacStrided *strided, int kept)
{
  Outer outer = {.strided = strided,
                 .outer_rank = strided->rank - kept,
                 .outer_count = 1};

  for (int axis = 0; axis < outer.outer_rank; axis++)
    outer.outer_count *= strided->dims[axis];
  return outer;
}

static void
find_starts (const Outer *outer,
             int64_t index,
             int64_t *ret_to,
             int64_t *ret_from)
{
  const SacStrided *strided = outer->strided;

  *ret_to = strided->to_start;
  *ret_from = strided->from_start;
  for (int axis = outer->outer_rank - 1; axis >= 0; axis--) {
    int64_t place = index % strided->dims[axis];

    index /= strided->dims[axis];
    *ret_to += place * strided->to[axis];
    *ret_from += place * strided->from[axis];
  }
}

typedef struct {
  Outer outer;
  char *to;
  const char *from;
  size_t element_size;
  int64_t piece;  /* elements of a row that are done at once */
  int64_t pieces; /* in a row */
} Copy;

#define COPY_ROW(type)                                                         \
  {                                                                            \
    type *y = (type *)copy->to + to;                                           \
    const type *x = (const type *)copy->from + from;                           \
                                                                               \
    if (from_step == 0) {                                                      \
      for (int64_t i = 0; i < count; i++)                                      \
        y[i * to_step] = *x;                                                   \
    } else {                                                                   \
      SAC_INDEPENDENT                                                          \
      for (int64_t i = 0; i < count; i++)                                      \
        y[i * to_step] = x[i * from_step];                                     \
    }                                                                          \
  }

static void
copy_row (const Copy *copy, int64_t to, int64_t from, int64_t count)
{
  const SacStrided *strided = copy->outer.strided;
  int last = strided->rank - 1;
  int64_t to_step = strided->to[last], from_step = strided->from[last];
  size_t size = copy->element_size;

  if (to_step == 1 && from_step == 1)
    memcpy (copy->to + to * (int64_t)size, copy->from + from * (int64_t)size,
            (size_t)count * size);
  else if (size == 8)
    COPY_ROW (uint64_t)
  else if (size == 4)
    COPY_ROW (uint32_t)
  else
    COPY_ROW (uint8_t)
}

static void
copy_rows (int64_t first, int64_t end, void *data)
{
  const Copy *copy = data;
  const SacStrided *strided = copy->outer.strided;
  int last = strided->rank - 1;

  for (int64_t index = first; index < end; index++) {
    int64_t start = index % copy->pieces * copy->piece;
    int64_t count = MIN (copy->piece, strided->dims[last] - start);
    int64_t to, from;

    find_starts (&copy->outer, index / copy->pieces, &to, &from);
    copy_row (copy, to + start * strided->to[last],
              from + start * strided->from[last], count);
  }
}

/* The last two axes: rows of the result lie along the last one, rows of the
 * source along the one before. */
#define COPY_BLOCK(type)                                                       \
  {                                                                            \
    type *y = (type *)copy->to + to;                                           \
    const type *x = (const type *)copy->from + from;                           \
                                                                               \
    for (int64_t j = 0; j < columns; j += BLOCK) {                             \
      int64_t width = MIN (BLOCK, columns - j);                                \
                                                                               \
      for (int64_t i = 0; i < rows; i++) {                                     \
        for (int64_t k = j; k < j + width; k++)                                \
          y[i * to_row + k * to_column] = x[i + k * from_column];              \
      }                                                                        \
    }                                                                          \
  }

static void
copy_blocks (int64_t first, int64_t end, void *data)
{
  const Copy *copy = data;
  const SacStrided *strided = copy->outer.strided;
  int last = strided->rank - 1;
  int64_t columns = strided->dims[last];
  int64_t to_row = strided->to[last - 1], to_column = strided->to[last];
  int64_t from_column = strided->from[last];

  for (int64_t index = first; index < end; index++) {
    int64_t start = index % copy->pieces * copy->piece;
    int64_t rows = MIN (copy->piece, strided->dims[last - 1] - start);
    int64_t to, from;

    find_starts (&copy->outer, index / copy->pieces, &to, &from);
    to += start * to_row;
    from += start;
    if (copy->element_size == 8)
      COPY_BLOCK (uint64_t)
    else if (copy->element_size == 4)
      COPY_BLOCK (uint32_t)
    else
      COPY_BLOCK (uint8_t)
  }
}

static void
swap_axes (SacStrided *strided, int a, int b)
{
  int64_t *lists[] = {strided->dims, strided->to, strided->from};

  for (size_t i = 0; i < G_N_ELEMENTS (lists); i++) {
    int64_t kept = lists[i][a];

    lists[i][a] = lists[i][b];
    lists[i][b] = kept;
  }
}

/* The axis along which the source is contiguous, when rows have to be gathered
 * and both are long enough for blocks; -1 for none. */
static int
find_source_axis (const SacStrided *strided)
{
  int last = strided->rank - 1;

  if (strided->from[last] == 1 || strided->from[last] == 0 ||
      strided->dims[last] < 4)
    return -1;
  for (int axis = 0; axis < last; axis++) {
    if (strided->from[axis] == 1 && strided->dims[axis] >= 4)
      return axis;
  }
  return -1;
}

void
sac_strided_copy (const SacStrided *strided,
                  void *to,
                  const void *from,
                  size_t element_size)
{
  SacStrided order = *strided;

  for (int axis = 0; axis < order.rank; axis++) {
    if (order.dims[axis] == 0)
      return;
  }
  if (order.rank == 0) { /* one element: a row of it */
    order.dims[0] = order.to[0] = order.from[0] = 1;
    order.rank = 1;
  }

  int last = order.rank - 1;
  int source = find_source_axis (&order);
  int kept = source >= 0 ? 2 : 1;

  if (source >= 0)
    swap_axes (&order, source, last - 1);

  Copy copy = {.outer = make_outer (&order, kept),
               .to = to,
               .from = from,
               .element_size = element_size};
  int64_t length = order.dims[order.rank - kept];
  int64_t in_piece;

  copy.piece = source >= 0 ? BLOCK : SAC_ELEMENTS_CHUNK;
  copy.pieces = (length - 1) / copy.piece + 1;
  in_piece = MIN (copy.piece, length) * (source >= 0 ? order.dims[last] : 1);
  sac_elements_run (copy.outer.outer_count * copy.pieces,
                    SAC_ELEMENTS_CHUNK / MAX (1, in_piece),
                    source >= 0 ? copy_blocks : copy_rows, &copy);
}

typedef struct {
  Outer outer;                /* over the elements that are added to */
  const SacStrided *repeated; /* the axes along which they were repeated */
  int64_t repeats;
  SacTensor *from;
  const SacTensor *to;
} Add;

#define ADD(type)                                                              \
  {                                                                            \
    type *dx = (type *)add->from->data + from;                                 \
    const type *g = (const type *)add->to->data + to;                          \
                                                                               \
    SAC_INDEPENDENT                                                            \
    for (int64_t i = 0; i < count; i++)                                        \
      dx[i * from_step] += g[i * to_step];                                     \
  }

static void
add_rows (int64_t first, int64_t end, void *data)
{
  const Add *add = data;
  const SacStrided *strided = add->outer.strided;
  int last = strided->rank - 1;
  int64_t count = strided->dims[last];
  int64_t to_step = strided->to[last], from_step = strided->from[last];

  for (int64_t index = first; index < end; index++) {
    int64_t to, from;

    find_starts (&add->outer, index, &to, &from);
    if (sac_tensor_get_kind (add->to) == SAC_KIND_F64)
      ADD (double)
    else
      ADD (float)
  }
}

static void
add_sums (int64_t first, int64_t end, void *data)
{
  const Add *add = data;
  const Outer repeated = {.strided = add->repeated,
                          .outer_rank = add->repeated->rank};
  bool is_double = sac_tensor_get_kind (add->to) == SAC_KIND_F64;

  for (int64_t index = first; index < end; index++) {
    int64_t to, from;
    double sum = 0;

    find_starts (&add->outer, index, &to, &from);
    for (int64_t i = 0; i < add->repeats; i++) {
      int64_t at, unused;

      find_starts (&repeated, i, &at, &unused);
      sum += is_double ? ((const double *)add->to->data)[to + at]
                       : (double)((const float *)add->to->data)[to + at];
    }
    if (is_double)
      ((double *)add->from->data)[from] += sum;
    else
      ((float *)add->from->data)[from] += (float)sum;
  }
}

/* The axes along which elements are repeated (wanted true), or the others. */
static SacStrided
select_axes (const SacStrided *strided, bool wanted)
{
  SacStrided selected = {0};

  for (int axis = 0; axis < strided->rank; axis++) {
    if ((strided->from[axis] == 0) == wanted)
      sac_strided_append (&selected, strided->dims[axis], strided->to[axis],
                          strided->from[axis]);
  }
  return selected;
}

void
sac_strided_add_back (const SacStrided *strided,
                      SacTensor *from,
                      const SacTensor *to)
{
  SacStrided moving = select_axes (strided, false);
  SacStrided repeated = select_axes (strided, true);
  Add add = {.from = from, .to = to, .repeated = &repeated};

  for (int axis = 0; axis < strided->rank; axis++) {
    if (strided->dims[axis] == 0)
      return;
  }
  moving.to_start = strided->to_start;
  moving.from_start = strided->from_start;
  add.repeats = make_outer (&repeated, 0).outer_count;
  if (add.repeats > 1) {
    add.outer = make_outer (&moving, 0);
    sac_elements_run (add.outer.outer_count, SAC_ELEMENTS_CHUNK / 8, add_sums,
                      &add);
    return;
  }
  if (moving.rank == 0) {
    moving.dims[0] = moving.to[0] = moving.from[0] = 1;
    moving.rank = 1;
  }
  add.outer = make_outer (&moving, 1);
  sac_elements_run (add.outer.outer_count,
                    SAC_ELEMENTS_CHUNK / moving.dims[moving.rank - 1], add_rows,
                    &add);
}

void
sac_strided_forward (const SacCall *call)
{
  const SacTensor *x = call->inputs[0];

  sac_strided_copy (call->params, call->outputs[0]->data, x->data,
                    sac_kind_get_size (sac_tensor_get_kind (x)));
}

void
sac_strided_gradient (const SacGradientCall *call)
{
  if (call->output_gradients[0] != NULL && call->input_gradients[0] != NULL)
    sac_strided_add_back (call->params, call->input_gradients[0],
                          call->output_gradients[0]);
}
