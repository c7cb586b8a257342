/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Gemm: Y = alpha op(A) op(B) + beta C, C broadcast to Y's shape. */
#include "tensor/gemm.h"

#include "base/error.h"
#include "network/ops/checks.h"

#include <inttypes.h>

typedef struct {
  bool transpose_a, transpose_b;
  int64_t m, n, k;
  float alpha, beta;
  int64_t c_row_step, c_column_step; /* 0 where C stands still */
} Params;

static bool
read_attributes (SacInfer *infer, Params *params, GError **error)
{
  int64_t transpose_a, transpose_b;

  if (!sac_infer_int (infer, "transA", 0, &transpose_a, error) ||
      !sac_infer_int (infer, "transB", 0, &transpose_b, error) ||
      !sac_infer_float (infer, "alpha", 1, &params->alpha, error) ||
      !sac_infer_float (infer, "beta", 1, &params->beta, error))
    return false;
  params->transpose_a = transpose_a != 0;
  params->transpose_b = transpose_b != 0;
  return true;
}

static bool
read_c (SacInfer *infer, Params *params, const SacShape *y, GError **error)
{
  const SacShape *c = &infer->inputs[2]->shape;
  SacShape both;

  if (!sac_shape_broadcast (c, y, &both) || !sac_shape_equal (&both, y)) {
    g_autofree char *c_text = sac_shape_to_string (c);
    g_autofree char *y_text = sac_shape_to_string (y);

    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "C of shape %s does not broadcast to %s", c_text,
                           y_text);
  }
  if (c->rank >= 1 && c->dims[c->rank - 1] != 1)
    params->c_column_step = 1;
  if (c->rank == 2 && c->dims[0] != 1)
    params->c_row_step = c->dims[1];
  return true;
}

static bool
gemm_infer (SacInfer *infer, GError **error)
{
  Params *params = sac_infer_alloc (infer, sizeof *params);

  if (!sac_checks_float32 (infer, error) ||
      !sac_infer_need_float (infer, 1, error) ||
      !read_attributes (infer, params, error))
    return false;

  const SacShape *a = &infer->inputs[0]->shape;
  const SacShape *b = &infer->inputs[1]->shape;

  if (a->rank != 2 || b->rank != 2)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "A and B have ranks %d and %d, not 2", a->rank,
                           b->rank);
  params->m = a->dims[params->transpose_a ? 1 : 0];
  params->k = a->dims[params->transpose_a ? 0 : 1];
  params->n = b->dims[params->transpose_b ? 0 : 1];
  if (b->dims[params->transpose_b ? 1 : 0] != params->k)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "the inner sizes of A and B differ: "
                           "%" PRId64 " and %" PRId64,
                           params->k, b->dims[params->transpose_b ? 1 : 0]);

  SacShape y = {2, {params->m, params->n}};

  if (sac_infer_has (infer, 2) && !read_c (infer, params, &y, error))
    return false;
  infer->params = params;
  infer->cost = (double)params->m * params->n * params->k;
  return sac_infer_output (infer, 0, infer->inputs[0]->type, &y, error);
}

static void
place_c (const Params *params, const float *c, float *y)
{
  for (int64_t row = 0; row < params->m; row++) {
    for (int64_t column = 0; column < params->n; column++)
      y[row * params->n + column] =
        params->beta *
        c[row * params->c_row_step + column * params->c_column_step];
  }
}

static void
gemm_forward (const SacCall *call)
{
  const Params *params = call->params;
  bool has_c =
    call->input_count > 2 && call->inputs[2] != NULL && params->beta != 0;
  float *y = sac_tensor_f32 (call->outputs[0]);

  if (params->m == 0 || params->n == 0)
    return;
  if (has_c)
    place_c (params, sac_tensor_f32 (call->inputs[2]), y);
  sac_gemm_parallel (&(SacGemm){
    .transpose_a = params->transpose_a,
    .transpose_b = params->transpose_b,
    .m = params->m,
    .n = params->n,
    .k = params->k,
    .alpha = params->alpha,
    .a = sac_tensor_f32 (call->inputs[0]),
    .lda = params->transpose_a ? params->m : params->k,
    .b = sac_tensor_f32 (call->inputs[1]),
    .ldb = params->transpose_b ? params->k : params->n,
    .beta = has_c ? 1 : 0,
    .c = y,
    .ldc = params->n,
    .job = call->job,
  });
}

/* dA = alpha dY op(B)', or its transpose when A is stored transposed. */
static void
differentiate_a (const SacGradientCall *call, const float *dy)
{
  const Params *params = call->params;
  const float *b = sac_tensor_f32 (call->inputs[1]);
  int64_t ldb = params->transpose_b ? params->k : params->n;
  SacGemm g = {.alpha = params->alpha,
               .beta = 1,
               .c = sac_tensor_f32 (call->input_gradients[0]),
               .k = params->n,
               .job = call->job};

  if (params->transpose_a) {
    g.m = params->k, g.n = params->m, g.ldc = params->m;
    g.a = b, g.lda = ldb, g.transpose_a = params->transpose_b;
    g.b = dy, g.ldb = params->n, g.transpose_b = true;
  } else {
    g.m = params->m, g.n = params->k, g.ldc = params->k;
    g.a = dy, g.lda = params->n;
    g.b = b, g.ldb = ldb, g.transpose_b = !params->transpose_b;
  }
  sac_gemm_parallel (&g);
}

/* dB = alpha op(A)' dY, or its transpose when B is stored transposed. */
static void
differentiate_b (const SacGradientCall *call, const float *dy)
{
  const Params *params = call->params;
  const float *a = sac_tensor_f32 (call->inputs[0]);
  int64_t lda = params->transpose_a ? params->m : params->k;
  SacGemm g = {.alpha = params->alpha,
               .beta = 1,
               .c = sac_tensor_f32 (call->input_gradients[1]),
               .k = params->m,
               .job = call->job};

  if (params->transpose_b) {
    g.m = params->n, g.n = params->k, g.ldc = params->k;
    g.a = dy, g.lda = params->n, g.transpose_a = true;
    g.b = a, g.ldb = lda, g.transpose_b = params->transpose_a;
  } else {
    g.m = params->k, g.n = params->n, g.ldc = params->n;
    g.a = a, g.lda = lda, g.transpose_a = !params->transpose_a;
    g.b = dy, g.ldb = params->n;
  }
  sac_gemm_parallel (&g);
}

/* Sums over the rows or columns along which C was repeated: row after row. */
static void
differentiate_c (const SacGradientCall *call, const float *dy)
{
  const Params *params = call->params;
  float *dc = sac_tensor_f32 (call->input_gradients[2]);

  for (int64_t row = 0; row < params->m; row++) {
    for (int64_t column = 0; column < params->n; column++)
      dc[row * params->c_row_step + column * params->c_column_step] +=
        params->beta * dy[row * params->n + column];
  }
}

static void
gemm_gradient (const SacGradientCall *call)
{
  const Params *params = call->params;

  if (call->output_gradients[0] == NULL || params->m == 0 || params->n == 0)
    return;

  const float *dy = sac_tensor_f32 (call->output_gradients[0]);

  if (call->input_gradients[0] != NULL)
    differentiate_a (call, dy);
  if (call->input_gradients[1] != NULL)
    differentiate_b (call, dy);
  if (call->input_count > 2 && call->input_gradients[2] != NULL)
    differentiate_c (call, dy);
}

const SacOp sac_op_gemm = {
  .name = "Gemm",
  .inputs_min = 2,
  .inputs_max = 3,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = gemm_infer,
  .forward = gemm_forward,
  .gradient = gemm_gradient,
  .saves_cross = SAC_SAVE (0) | SAC_SAVE (1),
};
