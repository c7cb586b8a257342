/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Two operands a and b and a target t sort the labels:
 *
 *   in a, b, t    batch      one matrix product each
 *   in a, t       rows       of the left matrix
 *   in b, t       columns    of the right matrix
 *   in a, b       inner      summed by the product
 *   in a or in b  own        summed while the operand is packed
 *   in t          repeated   the result is added again and again
 *
 * The operands are packed to batch x rows x inner and batch x inner x columns,
 * multiplied, and the result is added to the target's places.  More than two
 * operands are taken together from the left, keeping the labels that somebody
 * still needs. */
#include "network/ops/contraction.h"

#include "base/pool.h"
#include "network/ops/strided.h"
#include "tensor/gemm.h"

#include <string.h>

typedef enum {
  CLASS_NONE,
  CLASS_BATCH,
  CLASS_ROW,
  CLASS_COLUMN,
  CLASS_INNER,
  CLASS_OWN_A,
  CLASS_OWN_B,
  CLASS_REPEATED,
} Class;

static Class
classify (bool in_a, bool in_b, bool in_t)
{
  if (in_t)
    return in_a ? (in_b ? CLASS_BATCH : CLASS_ROW)
                : (in_b ? CLASS_COLUMN : CLASS_REPEATED);
  return in_a ? (in_b ? CLASS_INNER : CLASS_OWN_A)
              : (in_b ? CLASS_OWN_B : CLASS_NONE);
}

/* A product of two operands, or of one and nothing. */
typedef struct {
  const SacContractionLabels *labels;
  const SacContractionView *a;
  const SacContractionView *b; /* NULL: 1 */
  const SacContractionView *t;
  Class classes[SAC_CONTRACTION_LABELS];
} Pair;

static Pair
make_pair (const SacContractionLabels *labels,
           const SacContractionView *a,
           const SacContractionView *b,
           const SacContractionView *t)
{
  Pair pair = {.labels = labels, .a = a, .b = b, .t = t};

  for (int i = 0; i < labels->label_count; i++) {
    if (labels->sizes[i] > 1)
      pair.classes[i] =
        classify (a->strides[i] != 0, b != NULL && b->strides[i] != 0,
                  t->strides[i] != 0);
  }
  return pair;
}

static int64_t
count_class (const Pair *pair, Class class)
{
  int64_t count = 1;

  for (int i = 0; i < pair->labels->label_count; i++) {
    if (pair->classes[i] == class)
      count *= pair->labels->sizes[i];
  }
  return count;
}

/* Lays out the labels of some classes, outermost first, as the axes of a packed
 * matrix: strides[label] is set for each. */
static void
lay_out (const Pair *pair,
         const Class *classes,
         size_t class_count,
         int64_t *strides)
{
  int64_t stride = 1;

  memset (strides, 0, SAC_CONTRACTION_LABELS * sizeof *strides);
  for (size_t i = class_count; i > 0; i--) {
    for (int label = pair->labels->label_count - 1; label >= 0; label--) {
      if (pair->classes[label] != classes[i - 1])
        continue;
      strides[label] = stride;
      stride *= pair->labels->sizes[label];
    }
  }
}

/* packed = view, the labels of class `own` summed. */
static void
pack (const Pair *pair,
      const SacContractionView *view,
      const int64_t *packed_strides,
      Class own,
      int64_t count,
      float *packed)
{
  SacShape shape = {1, {count}};
  SacStrided strided = {.rank = 0};

  for (int i = 0; i < pair->labels->label_count; i++) {
    if (packed_strides[i] != 0 || pair->classes[i] == own)
      sac_strided_append (&strided, pair->labels->sizes[i], view->strides[i],
                          packed_strides[i]);
  }
  if (count_class (pair, own) > 1) {
    SacTensor to = {.type = SAC_TYPE_FLOAT, .shape = shape, .data = packed};
    SacTensor from = {.type = SAC_TYPE_FLOAT, .data = view->data};

    memset (packed, 0, (size_t)count * sizeof (float));
    sac_strided_add_back (&strided, &to, &from);
  } else {
    SacStrided copy = {.rank = 0};

    for (int i = 0; i < pair->labels->label_count; i++) {
      if (packed_strides[i] != 0)
        sac_strided_append (&copy, pair->labels->sizes[i], packed_strides[i],
                            view->strides[i]);
    }
    sac_strided_copy (&copy, packed, view->data, sizeof (float));
  }
}

/* Adds the packed result to the target, once for each repetition. */
static void
add_result (const Pair *pair, const int64_t *strides, float *result)
{
  SacStrided strided = {.rank = 0};
  int64_t repetitions = count_class (pair, CLASS_REPEATED);
  SacTensor from = {.type = SAC_TYPE_FLOAT, .data = result};
  SacTensor to = {.type = SAC_TYPE_FLOAT, .data = pair->t->data};

  for (int i = 0; i < pair->labels->label_count; i++) {
    if (strides[i] != 0)
      sac_strided_append (&strided, pair->labels->sizes[i], strides[i],
                          pair->t->strides[i]);
  }
  for (int64_t i = 0; i < repetitions; i++) {
    int64_t rest = i;

    strided.from_start = 0;
    for (int label = 0; label < pair->labels->label_count; label++) {
      if (pair->classes[label] != CLASS_REPEATED)
        continue;
      strided.from_start +=
        rest % pair->labels->sizes[label] * pair->t->strides[label];
      rest /= pair->labels->sizes[label];
    }
    sac_strided_add_back (&strided, &to, &from);
  }
}

typedef struct {
  int64_t rows, columns, inner;
  const float *a, *b;
  float *c;
} Products;

static void
multiply_one (size_t index, void *data)
{
  const Products *p = data;
  int64_t at = (int64_t)index;

  sac_gemm_parallel (&(SacGemm){.m = p->rows,
                                .n = p->columns,
                                .k = p->inner,
                                .alpha = 1,
                                .a = p->a + at * p->rows * p->inner,
                                .lda = p->inner,
                                .b = p->b + at * p->inner * p->columns,
                                .ldb = p->columns,
                                .beta = 0,
                                .c = p->c + at * p->rows * p->columns,
                                .ldc = p->columns});
}

/* Few products are each spread over the pool. */
static void
multiply (const Products *products, int64_t batch)
{
  if (batch >= 4) {
    sac_pool_run ((size_t)batch, multiply_one, (void *)products);
    return;
  }
  for (int64_t i = 0; i < batch; i++)
    multiply_one ((size_t)i, (void *)products);
}

/* Sizes that are products of a few operands' may overflow: -1. */
static int64_t
multiply_sizes (int64_t a, int64_t b, int64_t c)
{
  int64_t product;

  if (a < 0 || __builtin_mul_overflow (a, b, &product) ||
      __builtin_mul_overflow (product, c, &product) ||
      product > (int64_t)(SAC_LIMIT_VALUE_BYTES / sizeof (float)))
    return -1;
  return product;
}

static int64_t
add_pair (const SacContractionLabels *labels,
          const SacContractionView *a,
          const SacContractionView *b,
          const SacContractionView *t,
          float *workspace)
{
  static const Class classes_a[] = {CLASS_BATCH, CLASS_ROW, CLASS_INNER};
  static const Class classes_b[] = {CLASS_BATCH, CLASS_INNER, CLASS_COLUMN};
  static const Class classes_c[] = {CLASS_BATCH, CLASS_ROW, CLASS_COLUMN};
  Pair pair = make_pair (labels, a, b, t);
  int64_t batch = count_class (&pair, CLASS_BATCH);
  int64_t rows = count_class (&pair, CLASS_ROW);
  int64_t columns = count_class (&pair, CLASS_COLUMN);
  int64_t inner = count_class (&pair, CLASS_INNER);
  int64_t a_count = multiply_sizes (batch, rows, inner);
  int64_t b_count = b != NULL ? multiply_sizes (batch, inner, columns) : 0;
  int64_t c_count = b != NULL ? multiply_sizes (batch, rows, columns) : 0;
  int64_t strides[SAC_CONTRACTION_LABELS];

  if (a_count < 0 || b_count < 0 || c_count < 0)
    return -1;
  if (workspace == NULL)
    return a_count + b_count + c_count;

  float *packed_a = workspace;
  float *packed_b = packed_a + a_count;
  float *result = b != NULL ? packed_b + b_count : packed_a;

  lay_out (&pair, classes_a, G_N_ELEMENTS (classes_a), strides);
  pack (&pair, a, strides, CLASS_OWN_A, a_count, packed_a);
  if (b != NULL) {
    Products products = {rows, columns, inner, packed_a, packed_b, result};

    lay_out (&pair, classes_b, G_N_ELEMENTS (classes_b), strides);
    pack (&pair, b, strides, CLASS_OWN_B, b_count, packed_b);
    multiply (&products, batch);
    lay_out (&pair, classes_c, G_N_ELEMENTS (classes_c), strides);
  }
  add_result (&pair, strides, result);
  return a_count + b_count + c_count;
}

/* The view of an intermediate result with the labels of a and b that a later
 * operand or the target still needs.  Returns: its floats, or -1. */
static int64_t
make_intermediate (const SacContractionLabels *labels,
                   const SacContractionView *a,
                   const SacContractionView *b,
                   const SacContractionView *later,
                   int later_count,
                   const SacContractionView *target,
                   SacContractionView *view)
{
  int64_t count = 1;

  *view = (SacContractionView){.data = NULL};
  for (int i = labels->label_count - 1; i >= 0; i--) {
    bool needed = target->strides[i] != 0;

    for (int j = 0; j < later_count; j++)
      needed |= later[j].strides[i] != 0;
    if (!needed || labels->sizes[i] == 1 ||
        (a->strides[i] == 0 && b->strides[i] == 0))
      continue;
    view->strides[i] = count;
    count = multiply_sizes (count, labels->sizes[i], 1);
    if (count < 0)
      return -1;
  }
  return count;
}

int64_t
sac_contraction_add (const SacContractionLabels *labels,
                     const SacContractionView *operands,
                     int operand_count,
                     const SacContractionView *target,
                     float *workspace)
{
  SacContractionView left = operands[0];
  int64_t used = 0; /* by intermediate results */
  int64_t most = 0; /* beside them */

  for (int i = 1; i + 1 < operand_count; i++) {
    SacContractionView next;
    int64_t count =
      make_intermediate (labels, &left, &operands[i], operands + i + 1,
                         operand_count - i - 1, target, &next);

    if (count < 0)
      return -1;
    if (workspace != NULL) {
      next.data = workspace + used;
      memset (next.data, 0, (size_t)count * sizeof (float));
    }
    used += count;

    int64_t beside = add_pair (labels, &left, &operands[i], &next,
                               workspace != NULL ? workspace + used : NULL);

    if (beside < 0)
      return -1;
    most = MAX (most, used + beside);
    left = next;
  }

  int64_t beside =
    add_pair (labels, &left,
              operand_count > 1 ? &operands[operand_count - 1] : NULL, target,
              workspace != NULL ? workspace + used : NULL);

  return beside < 0 ? -1 : MAX (most, used + beside);
}
