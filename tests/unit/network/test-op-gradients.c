/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Every op that has a gradient, on every case of op-cases.
 *
 * The gradient J' w of a random weighting w of the outputs is compared, for
 * random directions v, with the slope of <w, f> along v: <J' w, v>.  For linear
 * ops the slope is <w, f (v) - f (0)>; for others it comes from a five-point
 * difference, whose error of fourth order leaves float32 rounding as the limit.
 */
#include "base/pool.h"
#include "network/ops.h"
#include "op-run.h"
#include "support.h"

#include <math.h>
#include <string.h>

#define DIRECTIONS 4
#define STEP 0.02

static void
fill_randomly (SacTensor *tensor, GRand *rand)
{
  for (int64_t i = 0; i < sac_tensor_get_count (tensor); i++)
    sac_tensor_f32 (tensor)[i] = (float)g_rand_double_range (rand, -1, 1);
}

static SacTensor *
new_like (const SacTensor *tensor)
{
  g_autoptr (GError) error = NULL;
  SacTensor *copy = sac_tensor_new (tensor->type, &tensor->shape, &error);

  g_assert_no_error (error);
  return copy;
}

static double
dot (const SacTensor *a, const SacTensor *b)
{
  double sum = 0;

  for (int64_t i = 0; i < sac_tensor_get_count (a); i++)
    sum += (double)sac_tensor_f32 (a)[i] * sac_tensor_f32 (b)[i];
  return sum;
}

/* What one case needs: the run, a weighting of its float outputs, a direction
 * for each differentiable input, and the gradients. */
typedef struct {
  const OpCase *op_case;
  OpRun *run;
  GRand *rand;
  SacTensor *weights[OP_OUTPUTS_MAX];
  SacTensor *start[OP_INPUTS_MAX]; /* the inputs as they were made */
  SacTensor *direction[OP_INPUTS_MAX];
  SacTensor *gradient[OP_INPUTS_MAX];
} Check;

static void
open_check (Check *check, const OpCase *op_case)
{
  g_autoptr (GError) error = NULL;

  *check = (Check){.op_case = op_case};
  check->rand = g_rand_new_with_seed (7);
  check->run = op_run_new (op_case, 1, &error);
  g_assert_no_error (error);
  g_assert_null (op_run_forward (check->run));
  for (size_t i = 0; i < op_run_get_output_count (check->run); i++) {
    SacTensor *output = op_run_get_output (check->run, i);

    if (!sac_type_is_float (output->type))
      continue;
    check->weights[i] = new_like (output);
    fill_randomly (check->weights[i], check->rand);
  }
  for (size_t i = 0; i < op_run_get_input_count (check->run); i++) {
    if (!op_run_has_gradient (check->run, i))
      continue;

    SacTensor *input = op_run_get_input (check->run, i);

    check->start[i] = new_like (input);
    memcpy (check->start[i]->data, input->data, sac_tensor_get_bytes (input));
    check->direction[i] = new_like (input);
    check->gradient[i] = new_like (input);
  }
}

static void
close_check (Check *check)
{
  for (size_t i = 0; i < OP_OUTPUTS_MAX; i++)
    g_clear_pointer (&check->weights[i], sac_tensor_unref);
  for (size_t i = 0; i < OP_INPUTS_MAX; i++) {
    g_clear_pointer (&check->start[i], sac_tensor_unref);
    g_clear_pointer (&check->direction[i], sac_tensor_unref);
    g_clear_pointer (&check->gradient[i], sac_tensor_unref);
  }
  g_rand_free (check->rand);
  op_run_free (check->run);
}

/* <w, f> at scale * start + step * direction. */
static double
evaluate (Check *check, double scale, double step)
{
  double sum = 0;

  for (size_t i = 0; i < OP_INPUTS_MAX; i++) {
    if (check->start[i] == NULL)
      continue;

    SacTensor *input = op_run_get_input (check->run, i);

    for (int64_t j = 0; j < sac_tensor_get_count (input); j++)
      sac_tensor_f32 (input)[j] =
        (float)(scale * sac_tensor_f32 (check->start[i])[j] +
                step * sac_tensor_f32 (check->direction[i])[j]);
  }
  op_run_forward (check->run);
  for (size_t i = 0; i < OP_OUTPUTS_MAX; i++) {
    if (check->weights[i] != NULL)
      sum += dot (check->weights[i], op_run_get_output (check->run, i));
  }
  return sum;
}

static double
measure_slope (Check *check)
{
  if (check->op_case->linear)
    return evaluate (check, 0, 1) - evaluate (check, 0, 0);
  return (8 * (evaluate (check, 1, STEP) - evaluate (check, 1, -STEP)) -
          (evaluate (check, 1, 2 * STEP) - evaluate (check, 1, -2 * STEP))) /
         (12 * STEP);
}

/* Along random directions in input `moved` alone. */
static void
check_input (Check *check, size_t moved)
{
  double tolerance = check->op_case->tolerance;

  if (tolerance == 0)
    tolerance = check->op_case->linear ? 1e-5 : 2e-3;
  for (size_t i = 0; i < OP_INPUTS_MAX; i++) {
    if (check->direction[i] != NULL)
      memset (check->direction[i]->data, 0,
              sac_tensor_get_bytes (check->direction[i]));
  }
  for (int round = 0; round < DIRECTIONS; round++) {
    fill_randomly (check->direction[moved], check->rand);

    double slope = measure_slope (check);
    double expected = dot (check->gradient[moved], check->direction[moved]);
    /* How large such a product of random signs is by itself. */
    double size =
      sqrt (dot (check->gradient[moved], check->gradient[moved])) + 1e-3;

    if (fabs (slope - expected) <= tolerance * size)
      continue;
    g_test_message ("%s (%s): the slope along input %zu is %.9g, by the "
                    "gradient %.9g (allowed difference %.3g)",
                    check->op_case->op, check->op_case->what, moved, slope,
                    expected, tolerance * size);
    g_test_fail ();
    return;
  }
}

/* Fills check->gradient on top of `start_value` everywhere. */
static void
differentiate (Check *check, float start_value)
{
  for (size_t i = 0; i < OP_INPUTS_MAX; i++) {
    if (check->gradient[i] == NULL)
      continue;
    for (int64_t j = 0; j < sac_tensor_get_count (check->gradient[i]); j++)
      sac_tensor_f32 (check->gradient[i])[j] = start_value;
  }
  op_run_gradient (check->run, check->weights, check->gradient);
}

static void
fail_case (const Check *check, const char *what)
{
  g_test_message ("%s (%s): %s", check->op_case->op, check->op_case->what,
                  what);
  g_test_fail ();
}

/* A gradient is added to what is there, may be wanted for one input only, may
 * have nothing to pass on, and must not depend on the number of threads. */
static void
check_contract (Check *check)
{
  for (size_t i = 0; i < OP_INPUTS_MAX; i++) {
    if (check->gradient[i] == NULL)
      continue;

    g_autoptr (SacTensor) alone = new_like (check->gradient[i]);
    g_autoptr (SacTensor) threaded = new_like (check->gradient[i]);
    SacTensor *wanted[OP_INPUTS_MAX] = {NULL};
    SacTensor *nothing[OP_OUTPUTS_MAX] = {NULL};
    size_t bytes = sac_tensor_get_bytes (alone);
    double size = sqrt (dot (check->gradient[i], check->gradient[i])) + 1;

    for (int64_t j = 0; j < sac_tensor_get_count (alone); j++)
      sac_tensor_f32 (alone)[j] = 1;
    wanted[i] = alone;
    op_run_gradient (check->run, nothing, wanted);
    for (int64_t j = 0; j < sac_tensor_get_count (alone); j++) {
      if (sac_tensor_f32 (alone)[j] != 1)
        fail_case (check, "a gradient came out of nothing");
    }
    op_run_gradient (check->run, check->weights, wanted);
    for (int64_t j = 0; j < sac_tensor_get_count (alone); j++) {
      double rest = sac_tensor_f32 (alone)[j] - 1.0 -
                    sac_tensor_f32 (check->gradient[i])[j];

      if (!(fabs (rest) <= 1e-5 * size))
        fail_case (check, "the gradient is not added to what is there");
    }

    wanted[i] = threaded;
    sac_pool_set_threads (3);
    op_run_gradient (check->run, check->weights, wanted);
    sac_pool_set_threads (1);
    if (memcmp (threaded->data, check->gradient[i]->data, bytes) != 0)
      fail_case (check, "the gradient depends on the number of threads");
  }
}

static void
check_forward_threads (Check *check)
{
  SacTensor *kept[OP_OUTPUTS_MAX] = {NULL};

  for (size_t i = 0; i < op_run_get_output_count (check->run); i++)
    kept[i] = sac_tensor_ref (op_run_get_output (check->run, i));
  sac_pool_set_threads (3);
  op_run_forward (check->run);
  sac_pool_set_threads (1);
  for (size_t i = 0; i < op_run_get_output_count (check->run); i++) {
    if (memcmp (kept[i]->data, op_run_get_output (check->run, i)->data,
                sac_tensor_get_bytes (kept[i])) != 0)
      fail_case (check, "an output depends on the number of threads");
    sac_tensor_unref (kept[i]);
  }
}

static void
check_case (const OpCase *op_case)
{
  Check check;

  sac_pool_set_threads (1);
  open_check (&check, op_case);
  check_forward_threads (&check);
  if (op_run_get_op (check.run)->gradient != NULL) {
    differentiate (&check, 0);
    check_contract (&check);
    for (size_t i = 0; i < OP_INPUTS_MAX; i++) {
      if (check.gradient[i] != NULL)
        check_input (&check, i);
    }
  }
  close_check (&check);
  sac_pool_set_threads (0);
}

static void
test_op (const void *data)
{
  const SacOp *op = data;
  size_t count = 0;

  for (size_t table = 0; op_cases_all[table] != NULL; table++) {
    for (const OpCase *c = op_cases_all[table]; c->op != NULL; c++) {
      if (sac_ops_find (c->domain, c->op) != op)
        continue;
      check_case (c);
      count++;
    }
  }
  if (count == 0 && op->gradient != NULL) {
    g_test_message ("%s has a gradient but no case in op-cases", op->name);
    g_test_fail ();
  }
}

/* A case for an op that does not exist would never run. */
static void
test_cases (void)
{
  for (size_t table = 0; op_cases_all[table] != NULL; table++) {
    for (const OpCase *c = op_cases_all[table]; c->op != NULL; c++) {
      if (sac_ops_find (c->domain, c->op) == NULL)
        g_error ("there is no op %s", c->op);
    }
  }
}

int
main (int argc, char **argv)
{
  const SacOp *const *ops = sac_ops_get_all ();

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/op-gradients/cases", test_cases);
  for (size_t i = 0; ops[i] != NULL; i++) {
    g_autofree char *path =
      g_strdup_printf ("/op-gradients/%s%s%s",
                       ops[i]->domain != NULL ? ops[i]->domain : "",
                       ops[i]->domain != NULL ? "." : "", ops[i]->name);

    g_test_add_data_func (path, ops[i], test_op);
  }
  return g_test_run ();
}
