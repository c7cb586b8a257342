/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Plans that a network keeps. */
#include "base/limits.h"
#include "network/plan.h"

#include "onnx-writer.h"
#include "support.h"

#define NAMES(...) ((const char *const[]){__VA_ARGS__, NULL})
#define THREADS 4
#define ROUNDS 50

static SacNetwork *
make_network (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = onnx_write ("input x float ?,4\n"
                                         "node a Tanh x -> p\n"
                                         "node b Mul p,p -> q\n"
                                         "node c Sigmoid q -> y\n"
                                         "output y\n");
  SacNetwork *network = sac_network_parse (bytes, "test.onnx", &error);

  g_assert_no_error (error);
  return network;
}

static SacPlan *
get_plan (SacNetwork *network, const SacPlanRequest *request)
{
  g_autoptr (GError) error = NULL;
  SacPlan *plan = sac_plan_get (network, request, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (plan);
  return plan;
}

/* Whatever is asked for differently is another plan. */
static void
test_keys (void)
{
  g_autoptr (SacNetwork) network = make_network ();
  const SacShape one = sac_shape_of (1, 4), two = sac_shape_of (2, 4);
  static const char *const none[] = {NULL};
  const SacPlanRequest requests[] = {
    {.input_shapes = &one},
    {.input_shapes = &two},
    {.input_shapes = &one, .outputs = none, .captures = NAMES ("p")},
    {.input_shapes = &one, .outputs = NAMES ("p")},
    {.input_shapes = &one, .captures = NAMES ("p")},
    {.input_shapes = &one, .captures = NAMES ("p", "q")},
    {.input_shapes = &one, .plain = true},
    {.input_shapes = &one, .target = "y", .wrt = NAMES ("p")},
  };
  SacPlan *plans[G_N_ELEMENTS (requests)];

  for (size_t i = 0; i < G_N_ELEMENTS (requests); i++)
    plans[i] = get_plan (network, &requests[i]);
  g_assert_cmpuint (sac_plan_get_made_count (network), ==,
                    G_N_ELEMENTS (requests));
  for (size_t i = 0; i < G_N_ELEMENTS (requests); i++) {
    g_autoptr (SacPlan) again = get_plan (network, &requests[i]);

    g_assert_true (again == plans[i]);
  }
  g_assert_cmpuint (sac_plan_get_made_count (network), ==,
                    G_N_ELEMENTS (requests));
  for (size_t i = 0; i < G_N_ELEMENTS (requests); i++)
    sac_plan_unref (plans[i]);

  SacPlanRequest other = requests[7];

  other.kept_budget = 1;
  sac_plan_unref (get_plan (network, &other));
  other.kept_budget = 0;
  other.wrt = NAMES ("q");
  sac_plan_unref (get_plan (network, &other));
  other.target = "q";
  other.wrt = NAMES ("p");
  sac_plan_unref (get_plan (network, &other));
  g_assert_cmpuint (sac_plan_get_made_count (network), ==,
                    G_N_ELEMENTS (requests) + 3);
}

/* The one that was not asked for the longest goes first; who has it keeps it.
 */
static void
test_bound (void)
{
  g_autoptr (SacNetwork) network = make_network ();
  SacShape shape = sac_shape_of (1, 4);
  const SacPlanRequest request = {.input_shapes = &shape};
  g_autoptr (SacPlan) first = get_plan (network, &request);

  for (int i = 2; i <= SAC_LIMIT_PLAN_COUNT; i++) {
    shape.dims[0] = i;
    sac_plan_unref (get_plan (network, &request));
  }
  shape.dims[0] = 1;
  sac_plan_unref (get_plan (network, &request));
  shape.dims[0] = 100;
  sac_plan_unref (get_plan (network, &request));
  g_assert_cmpuint (sac_plan_get_made_count (network), ==,
                    SAC_LIMIT_PLAN_COUNT + 1);
  shape.dims[0] = 1;

  g_autoptr (SacPlan) kept = get_plan (network, &request);

  g_assert_true (kept == first);
  shape.dims[0] = 2;
  sac_plan_unref (get_plan (network, &request));
  g_assert_cmpuint (sac_plan_get_made_count (network), ==,
                    SAC_LIMIT_PLAN_COUNT + 2);
}

static int freed;

static void
count_freed (void *data)
{
  freed++;
  g_free (data);
}

/* The first of a name stays, as long as the plan. */
static void
test_findings (void)
{
  g_autoptr (SacNetwork) network = make_network ();
  const SacShape shape = sac_shape_of (1, 4);
  SacPlan *plan = get_plan (network, &(SacPlanRequest){.input_shapes = &shape});
  void *first = g_malloc (1), *second = g_malloc (1), *other = g_malloc (1);

  freed = 0;
  g_assert_null (sac_plan_get_finding (plan, "a"));
  g_assert_true (sac_plan_add_finding (plan, "a", first, count_freed) == first);
  g_assert_true (sac_plan_add_finding (plan, "a", second, count_freed) ==
                 first);
  g_assert_cmpint (freed, ==, 1);
  g_assert_true (sac_plan_add_finding (plan, "b", other, count_freed) == other);
  g_assert_true (sac_plan_get_finding (plan, "a") == first);
  g_assert_true (sac_plan_get_finding (plan, "b") == other);
  sac_plan_unref (plan);
  g_assert_cmpint (freed, ==, 1);
  g_clear_pointer (&network, sac_network_unref);
  g_assert_cmpint (freed, ==, 3);
}

static void
run_once (SacPlan *plan, int64_t rows)
{
  g_autoptr (GError) error = NULL;
  const SacShape shape = sac_shape_of (rows, 4);
  g_autoptr (SacTensor) x = sac_tensor_new (SAC_TYPE_FLOAT, &shape, NULL);
  const SacTensor *const inputs[] = {x};
  g_autoptr (SacResult) result =
    sac_plan_run (plan, &(SacRunParams){.inputs = inputs}, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpfloat (sac_tensor_f32 (sac_result_get_value (result, "y"))[0], ==,
                     0.5f);
}

/* A plan outlives the network's last other user. */
static void
test_ownership (void)
{
  SacNetwork *network = make_network ();
  const SacShape shape = sac_shape_of (1, 4);
  SacPlan *plan = get_plan (network, &(SacPlanRequest){.input_shapes = &shape});

  sac_network_unref (network);
  run_once (plan, 1);
  sac_plan_unref (plan);
}

static void *
use_plans (void *data)
{
  SacNetwork *network = data;

  for (int i = 0; i < ROUNDS; i++) {
    int64_t rows = 1 + i * 7 % (SAC_LIMIT_PLAN_COUNT + 4);
    const SacShape shape = sac_shape_of (rows, 4);
    g_autoptr (SacPlan) plan =
      get_plan (network, &(SacPlanRequest){.input_shapes = &shape});

    run_once (plan, rows);
  }
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (SacNetwork) network = make_network ();
  GThread *threads[THREADS];

  for (int i = 0; i < THREADS; i++)
    threads[i] = g_thread_new ("plans", use_plans, network);
  for (int i = 0; i < THREADS; i++)
    g_thread_join (threads[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plan-cache/keys", test_keys);
  g_test_add_func ("/plan-cache/bound", test_bound);
  g_test_add_func ("/plan-cache/findings", test_findings);
  g_test_add_func ("/plan-cache/ownership", test_ownership);
  g_test_add_func ("/plan-cache/threads", test_threads);
  return g_test_run ();
}
