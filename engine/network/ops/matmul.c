/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* MatMul, as numpy.matmul: the last two axes are matrices, the ones before are
 * broadcast; a vector is a row on the left and a column on the right. */
#include "base/error.h"
#include "base/pool.h"
#include "network/ops/checks.h"
#include "network/ops/elements.h"
#include "tensor/gemm.h"

#define BATCH_MIN 4 /* fewer products are each spread over the pool */

/* One operand's matrices. */
typedef struct {
  int64_t count;                   /* different matrices */
  int64_t strides[SAC_LIMIT_RANK]; /* elements; 0: the axis is repeated */
} Stack;

typedef struct {
  SacType type;
  int64_t m, n, k;
  int batch_rank;
  int64_t batch_dims[SAC_LIMIT_RANK];
  int64_t batch; /* products */
  Stack a, b;
} Params;

/* The axes before the matrix. */
static SacShape
get_batch_shape (const SacShape *shape)
{
  SacShape batch = *shape;

  batch.rank = MAX (0, shape->rank - 2);
  return batch;
}

static void
fill_stack (Stack *stack,
            const SacShape *own,
            const Params *params,
            int64_t size)
{
  int64_t stride = size;

  for (int i = 0; i < params->batch_rank; i++) {
    int axis = own->rank - 1 - i;

    if (axis < 0)
      break;
    if (own->dims[axis] != 1)
      stack->strides[params->batch_rank - 1 - i] = stride;
    stride *= own->dims[axis];
  }
  stack->count = sac_shape_size (own);
}

/* With one matrix on the right all rows on the left make one tall matrix. */
static void
merge_rows (Params *params)
{
  if (params->b.count == 1 && params->a.count == params->batch) {
    params->m *= params->batch;
    params->batch = 1;
    params->a.count = 1;
    params->batch_rank = 0;
  }
}

static bool
check_operands (SacInfer *infer,
                Params *params,
                SacShape *ret_y,
                GError **error)
{
  const SacShape *a = &infer->inputs[0]->shape;
  const SacShape *b = &infer->inputs[1]->shape;
  SacShape a_batch = get_batch_shape (a);
  SacShape b_batch = get_batch_shape (b);
  SacShape y;
  int64_t rows = b->rank == 0 ? -1 : b->dims[MAX (0, b->rank - 2)];

  if (a->rank == 0 || b->rank == 0)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "an operand is a scalar");
  params->m = a->rank == 1 ? 1 : a->dims[a->rank - 2];
  params->k = a->dims[a->rank - 1];
  params->n = b->rank == 1 ? 1 : b->dims[b->rank - 1];
  if (rows != params->k || !sac_shape_broadcast (&a_batch, &b_batch, &y)) {
    g_autofree char *a_text = sac_shape_to_string (a);
    g_autofree char *b_text = sac_shape_to_string (b);

    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "operands of shapes %s and %s cannot be multiplied",
                           a_text, b_text);
  }
  params->batch_rank = y.rank;
  for (int i = 0; i < y.rank; i++)
    params->batch_dims[i] = y.dims[i];
  if (a->rank > 1)
    y.dims[y.rank++] = params->m;
  if (b->rank > 1)
    y.dims[y.rank++] = params->n;
  *ret_y = y;
  return true;
}

static bool
matmul_infer (SacInfer *infer, GError **error)
{
  Params *params = sac_infer_alloc (infer, sizeof *params);
  SacShape y;

  if (!sac_infer_has (infer, 0) || !sac_infer_has (infer, 1))
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "an operand is missing");
  params->type = infer->inputs[0]->type;
  infer->params = params;
  if (sac_type_get_kind (params->type) == SAC_KIND_I64) {
    if (!sac_infer_same_types (infer, error))
      return false;
  } else if (!sac_checks_float32 (infer, error)) {
    return false;
  }
  if (!check_operands (infer, params, &y, error) ||
      !sac_infer_output (infer, 0, params->type, &y, error))
    return false;
  infer->cost = (double)sac_shape_size (&y) * params->k;
  if (sac_shape_size (&y) == 0)
    return true;

  SacShape a_batch = get_batch_shape (&infer->inputs[0]->shape);
  SacShape b_batch = get_batch_shape (&infer->inputs[1]->shape);

  params->batch = sac_shape_product (&y, 0, params->batch_rank);
  fill_stack (&params->a, &a_batch, params, params->m * params->k);
  fill_stack (&params->b, &b_batch, params, params->k * params->n);
  merge_rows (params);
  return true;
}

/* Where matrix `index` of the products lies in an operand. */
static int64_t
find_matrix (const Params *params, const Stack *stack, int64_t index)
{
  int64_t offset = 0;

  for (int axis = params->batch_rank - 1; axis >= 0; axis--) {
    offset += index % params->batch_dims[axis] * stack->strides[axis];
    index /= params->batch_dims[axis];
  }
  return offset;
}

static void
multiply_one (size_t index, void *data)
{
  const SacCall *call = data;
  const Params *params = call->params;
  int64_t at = (int64_t)index;

  if (call->job != NULL && sac_job_is_cancelled (call->job))
    return;
  sac_gemm_parallel (&(SacGemm){
    .m = params->m,
    .n = params->n,
    .k = params->k,
    .alpha = 1,
    .a =
      sac_tensor_f32 (call->inputs[0]) + find_matrix (params, &params->a, at),
    .lda = params->k,
    .b =
      sac_tensor_f32 (call->inputs[1]) + find_matrix (params, &params->b, at),
    .ldb = params->n,
    .beta = 0,
    .c = sac_tensor_f32 (call->outputs[0]) + at * params->m * params->n,
    .ldc = params->n,
    .job = call->job,
  });
}

static void
run_products (const Params *params,
              bool shared,
              void (*func) (size_t index, void *data),
              const void *data)
{
  if (params->batch >= BATCH_MIN && !shared) {
    sac_pool_run ((size_t)params->batch, func, (void *)data);
    return;
  }
  for (int64_t i = 0; i < params->batch; i++)
    func ((size_t)i, (void *)data);
}

/* Integers wrap around, as those of NumPy do. */
static void
multiply_integers (const SacCall *call)
{
  const Params *params = call->params;
  int64_t *y = sac_tensor_i64 (call->outputs[0]);

  for (int64_t i = 0; i < params->batch * params->m; i++) {
    const int64_t *a = sac_tensor_i64 (call->inputs[0]) +
                       find_matrix (params, &params->a, i / params->m) +
                       i % params->m * params->k;
    const int64_t *b = sac_tensor_i64 (call->inputs[1]) +
                       find_matrix (params, &params->b, i / params->m);

    for (int64_t j = 0; j < params->n; j++) {
      uint64_t sum = 0;

      for (int64_t p = 0; p < params->k; p++)
        sum += (uint64_t)a[p] * (uint64_t)b[p * params->n + j];
      y[i * params->n + j] = (int64_t)sum;
    }
  }
  sac_elements_wrap (params->type, y, params->batch * params->m * params->n);
}

static void
matmul_forward (const SacCall *call)
{
  const Params *params = call->params;

  if (sac_type_get_kind (params->type) == SAC_KIND_I64)
    multiply_integers (call);
  else
    run_products (params, false, multiply_one, call);
}

/* dA = dY B' */
static void
differentiate_a (size_t index, void *data)
{
  const SacGradientCall *call = data;
  const Params *params = call->params;
  int64_t at = (int64_t)index;

  sac_gemm_parallel (&(SacGemm){
    .transpose_b = true,
    .m = params->m,
    .n = params->k,
    .k = params->n,
    .alpha = 1,
    .a =
      sac_tensor_f32 (call->output_gradients[0]) + at * params->m * params->n,
    .lda = params->n,
    .b =
      sac_tensor_f32 (call->inputs[1]) + find_matrix (params, &params->b, at),
    .ldb = params->n,
    .beta = 1,
    .c = sac_tensor_f32 (call->input_gradients[0]) +
         find_matrix (params, &params->a, at),
    .ldc = params->k,
    .job = call->job,
  });
}

/* dB = A' dY */
static void
differentiate_b (size_t index, void *data)
{
  const SacGradientCall *call = data;
  const Params *params = call->params;
  int64_t at = (int64_t)index;

  sac_gemm_parallel (&(SacGemm){
    .transpose_a = true,
    .m = params->k,
    .n = params->n,
    .k = params->m,
    .alpha = 1,
    .a =
      sac_tensor_f32 (call->inputs[0]) + find_matrix (params, &params->a, at),
    .lda = params->k,
    .b =
      sac_tensor_f32 (call->output_gradients[0]) + at * params->m * params->n,
    .ldb = params->n,
    .beta = 1,
    .c = sac_tensor_f32 (call->input_gradients[1]) +
         find_matrix (params, &params->b, at),
    .ldc = params->n,
    .job = call->job,
  });
}

/* Products that share a matrix add to it one after the other. */
static void
matmul_gradient (const SacGradientCall *call)
{
  const Params *params = call->params;

  if (call->output_gradients[0] == NULL)
    return;
  if (call->input_gradients[0] != NULL)
    run_products (params, params->a.count != params->batch, differentiate_a,
                  call);
  if (call->input_gradients[1] != NULL)
    run_products (params, params->b.count != params->batch, differentiate_b,
                  call);
}

const SacOp sac_op_mat_mul = {
  .name = "MatMul",
  .inputs_min = 2,
  .inputs_max = 2,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = matmul_infer,
  .forward = matmul_forward,
  .gradient = matmul_gradient,
  .saves_cross = SAC_SAVE (0) | SAC_SAVE (1),
};
