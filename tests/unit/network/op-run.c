/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "op-run.h"

#include "base/error.h"
#include "network/ops.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct OpRun {
  const SacOp *op;
  SacNode node;
  int input_values[OP_INPUTS_MAX]; /* numbers that stand for values */
  int output_values[OP_OUTPUTS_MAX];
  SacInfer infer;
  SacValueInfo input_infos[OP_INPUTS_MAX];
  const SacValueInfo *input_pointers[OP_INPUTS_MAX];
  SacValueInfo output_infos[OP_OUTPUTS_MAX];
  SacTensor *inputs[OP_INPUTS_MAX];
  SacTensor *outputs[OP_OUTPUTS_MAX];
  void *saved; /* what the last forward call left for gradient */
};

static void
fill_floats (
  float *values, size_t count, const OpInput *input, size_t index, GRand *rand)
{
  for (size_t i = 0; i < count; i++) {
    switch (input->fill) {
    case OP_FILL_SIGNED:
      values[i] = (float)g_rand_double_range (rand, -1, 1);
      break;
    case OP_FILL_POSITIVE:
      values[i] = (float)g_rand_double_range (rand, 0.5, 1.5);
      break;
    case OP_FILL_DISTINCT:
      values[i] = 0.1f * (float)(2 * (gint64)i - (gint64)(count / 2 * 2) + 1);
      break;
    case OP_FILL_WAVE:
      values[i] = (float)sin (1.7 * (double)i + (double)index);
      break;
    }
  }
  if (input->fill != OP_FILL_DISTINCT)
    return;
  for (size_t i = count; i > 1; i--) {
    size_t other = (size_t)g_rand_int_range (rand, 0, (gint32)i);
    float kept = values[i - 1];

    values[i - 1] = values[other];
    values[other] = kept;
  }
}

static SacTensor *
make_input (const OpInput *input, size_t index, GRand *rand)
{
  g_autoptr (GError) error = NULL;
  SacTensor *tensor = sac_tensor_new (input->type, &input->shape, &error);

  g_assert_no_error (error);
  size_t count = (size_t)sac_tensor_get_count (tensor);

  switch (sac_tensor_get_kind (tensor)) {
  case SAC_KIND_F32:
    if (input->floats != NULL)
      memcpy (tensor->data, input->floats, count * sizeof (float));
    else
      fill_floats (tensor->data, count, input, index, rand);
    break;
  case SAC_KIND_F64:
    for (size_t i = 0; i < count; i++)
      ((double *)tensor->data)[i] = input->floats != NULL
                                      ? (double)input->floats[i]
                                      : g_rand_double_range (rand, -1, 1);
    break;
  case SAC_KIND_I64:
    for (size_t i = 0; i < count; i++)
      ((int64_t *)tensor->data)[i] = input->ints != NULL ? input->ints[i] : 0;
    break;
  case SAC_KIND_BOOL:
    for (size_t i = 0; i < count; i++)
      ((uint8_t *)tensor->data)[i] =
        input->ints != NULL ? input->ints[i] != 0 : g_rand_boolean (rand);
    break;
  case SAC_KIND_NONE:
    g_assert_not_reached ();
  }
  return tensor;
}

static void
make_inputs (OpRun *run, const OpCase *op_case, guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);

  for (size_t i = 0; i < OP_INPUTS_MAX; i++) {
    const OpInput *input = &op_case->inputs[i];

    run->input_values[i] = -1;
    if (input->type == SAC_TYPE_UNKNOWN)
      continue;
    run->node.input_count = i + 1;
    run->input_values[i] = (int)i;
    run->inputs[i] = make_input (input, i, rand);
    run->input_infos[i] = (SacValueInfo){
      .type = input->type,
      .shape = input->shape,
      .constant = input->constant ? run->inputs[i] : NULL,
    };
    run->input_pointers[i] = &run->input_infos[i];
  }
}

static void
make_node (OpRun *run, const OpCase *op_case)
{
  run->node.name = "case";
  run->node.op_type = op_case->op;
  run->node.domain = op_case->domain != NULL ? op_case->domain : "";
  run->node.opset = op_case->opset;
  run->node.op = run->op;
  run->node.inputs = run->input_values;
  run->node.outputs = run->output_values;
  run->node.output_count = MAX (1, op_case->output_count);
  g_assert (run->node.output_count <= OP_OUTPUTS_MAX);
  for (size_t i = 0; i < run->node.output_count; i++)
    run->output_values[i] = (int)(100 + i);
  run->node.attributes = op_case->attributes;
  while (run->node.attribute_count < OP_ATTRIBUTES_MAX &&
         op_case->attributes[run->node.attribute_count].name != NULL)
    run->node.attribute_count++;
}

OpRun *
op_run_new (const OpCase *op_case, guint32 seed, GError **error)
{
  g_autoptr (OpRun) run = g_new0 (OpRun, 1);

  run->op = sac_ops_find (op_case->domain, op_case->op);
  if (run->op == NULL)
    g_error ("there is no op %s", op_case->op);
  make_node (run, op_case);
  make_inputs (run, op_case, seed);
  g_assert (run->node.input_count >= run->op->inputs_min);
  g_assert (run->node.input_count <= run->op->inputs_max);
  g_assert (run->node.output_count <= run->op->outputs_max);
  run->infer = (SacInfer){
    .node = &run->node,
    .opset = op_case->opset,
    .input_count = run->node.input_count,
    .inputs = run->input_pointers,
    .output_count = run->node.output_count,
    .outputs = run->output_infos,
    .owned = g_ptr_array_new_with_free_func (g_free),
  };

  bool good = run->op->infer (&run->infer, error);

  g_assert (good == (*error == NULL));
  if (!good)
    return NULL;
  for (size_t i = 0; i < run->node.output_count; i++)
    g_assert (run->output_infos[i].type != SAC_TYPE_UNKNOWN);
  return g_steal_pointer (&run);
}

void
op_run_free (OpRun *run)
{
  if (run == NULL)
    return;
  for (size_t i = 0; i < OP_INPUTS_MAX; i++)
    g_clear_pointer (&run->inputs[i], sac_tensor_unref);
  for (size_t i = 0; i < OP_OUTPUTS_MAX; i++)
    g_clear_pointer (&run->outputs[i], sac_tensor_unref);
  g_clear_pointer (&run->infer.owned, g_ptr_array_unref);
  free (run->saved);
  g_free (run);
}

const SacOp *
op_run_get_op (const OpRun *run)
{
  return run->op;
}

size_t
op_run_get_input_count (const OpRun *run)
{
  return run->node.input_count;
}

size_t
op_run_get_output_count (const OpRun *run)
{
  return run->node.output_count;
}

size_t
op_run_get_workspace_bytes (const OpRun *run)
{
  return run->infer.workspace_bytes;
}

SacTensor *
op_run_get_input (OpRun *run, size_t index)
{
  return run->inputs[index];
}

SacTensor *
op_run_get_output (OpRun *run, size_t index)
{
  return run->outputs[index];
}

/* Bytes of 0xff are NaN in both floating types and -1 in integers: a kernel
 * that reads what it did not write is found out. */
static void *
new_memory (size_t bytes)
{
  void *workspace = NULL;

  if (bytes == 0)
    return NULL;
  if (posix_memalign (&workspace, 64, bytes) != 0)
    g_error ("no memory for %zu bytes", bytes);
  memset (workspace, 0xff, bytes);
  return workspace;
}

const char *
op_run_forward (OpRun *run)
{
  const char *fault = NULL;
  void *workspace = new_memory (run->infer.workspace_bytes);

  for (size_t i = 0; i < run->node.output_count; i++) {
    g_autoptr (GError) error = NULL;

    g_clear_pointer (&run->outputs[i], sac_tensor_unref);
    run->outputs[i] = sac_tensor_new (run->output_infos[i].type,
                                      &run->output_infos[i].shape, &error);
    g_assert_no_error (error);
    memset (run->outputs[i]->data, 0xff,
            sac_tensor_get_bytes (run->outputs[i]));
  }

  free (run->saved);
  run->saved = new_memory (run->infer.saved_bytes);

  SacCall call = {
    .params = run->infer.params,
    .input_count = run->node.input_count,
    .inputs = (const SacTensor *const *)run->inputs,
    .output_count = run->node.output_count,
    .outputs = run->outputs,
    .workspace = workspace,
    .saved = run->saved,
    .fault = &fault,
  };

  run->op->forward (&call);
  free (workspace);
  return fault;
}

bool
op_run_has_gradient (const OpRun *run, size_t index)
{
  uint32_t allowed = run->op->gradient_inputs;

  return index < run->node.input_count && run->inputs[index] != NULL &&
         run->op->gradient != NULL &&
         sac_type_is_float (run->inputs[index]->type) &&
         (allowed == 0 || (index < 32 && (allowed >> index & 1) != 0));
}

/* Whether a gradient is wanted of another input that input `index` may be
 * multiplied with. */
static bool
crosses (const OpRun *run, SacTensor *const *input_gradients, size_t index)
{
  for (size_t i = 0; i < run->node.input_count; i++) {
    if (i != index && (run->op->saves_cross >> i & 1) != 0 &&
        input_gradients[i] != NULL)
      return true;
  }
  return false;
}

void
op_run_gradient (OpRun *run,
                 SacTensor *const *output_gradients,
                 SacTensor *const *input_gradients)
{
  const SacTensor *saved_inputs[OP_INPUTS_MAX] = {NULL};
  const SacTensor *saved_outputs[OP_OUTPUTS_MAX] = {NULL};
  SacShape input_shapes[OP_INPUTS_MAX] = {0};
  SacShape output_shapes[OP_OUTPUTS_MAX] = {0};
  void *workspace = new_memory (run->infer.gradient_workspace_bytes);

  for (size_t i = 0; i < run->node.input_count; i++) {
    input_shapes[i] = run->input_infos[i].shape;
    if ((run->op->saves_inputs >> i & 1) != 0 ||
        ((run->op->saves_cross >> i & 1) != 0 &&
         crosses (run, input_gradients, i)))
      saved_inputs[i] = run->inputs[i];
  }
  for (size_t i = 0; i < run->node.output_count; i++) {
    output_shapes[i] = run->output_infos[i].shape;
    if ((run->op->saves_outputs >> i & 1) != 0)
      saved_outputs[i] = run->outputs[i];
  }

  SacGradientCall call = {
    .params = run->infer.params,
    .input_count = run->node.input_count,
    .inputs = saved_inputs,
    .input_shapes = input_shapes,
    .output_count = run->node.output_count,
    .outputs = saved_outputs,
    .output_shapes = output_shapes,
    .output_gradients = (const SacTensor *const *)output_gradients,
    .input_gradients = input_gradients,
    .saved = run->saved,
    .workspace = workspace,
  };

  run->op->gradient (&call);
  free (workspace);
}

void
op_run_assert_refused (const OpCase *op_case, int code, const char *part)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (OpRun) run = op_run_new (op_case, 0, &error);

  if (run != NULL) {
    g_test_message ("%s (%s) was not refused", op_case->op, op_case->what);
    g_test_fail ();
    return;
  }
  test_assert_error (&error, SAC_ERROR, code, part);
}

static bool
same_number (float got, float expected, double allowed)
{
  if (isnan (expected) || isnan (got))
    return isnan (expected) && isnan (got);
  if (isinf (expected) || isinf (got))
    return got == expected;
  return fabs ((double)got - expected) <= allowed;
}

static void
assert_same_shape (const OpCase *op_case,
                   const SacShape *got,
                   const SacShape *expected)
{
  g_autofree char *got_text = sac_shape_to_string (got);
  g_autofree char *expected_text = sac_shape_to_string (expected);

  if (!sac_shape_equal (got, expected))
    g_error ("%s (%s) gave %s, expected %s", op_case->op, op_case->what,
             got_text, expected_text);
}

void
op_run_assert_output (const OpCase *op_case,
                      const SacShape *shape,
                      const float *expected,
                      double tolerance)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (OpRun) run = op_run_new (op_case, 0, &error);
  double largest = 0;

  g_assert_no_error (error);
  g_assert_null (op_run_forward (run));
  assert_same_shape (op_case, &run->outputs[0]->shape, shape);
  g_assert_cmpint (sac_tensor_get_kind (run->outputs[0]), ==, SAC_KIND_F32);
  for (int64_t i = 0; i < sac_shape_size (shape); i++) {
    if (isfinite (expected[i]))
      largest = fmax (largest, fabs ((double)expected[i]));
  }
  for (int64_t i = 0; i < sac_shape_size (shape); i++) {
    float got = sac_tensor_f32 (run->outputs[0])[i];

    if (same_number (got, expected[i], tolerance * largest))
      continue;
    g_test_message ("%s (%s): element %" G_GINT64_FORMAT " is %.9g, expected "
                    "%.9g",
                    op_case->op, op_case->what, i, got, expected[i]);
    g_test_fail ();
    return;
  }
}
