/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Random convolutional graphs, on blocked images with everything fused, against
 * the same graphs one node at a time: outputs, captures and gradients at any
 * value.  Of any number of threads to the bit. */
#include "base/pool.h"
#include "network/plan-profile.h"

#include "onnx-writer.h"
#include "support.h"

#include <math.h>
#include <string.h>

#define VALUES_MAX 256
#define PARTS 9
/* Sanitized runs, which are slow, take the first of them. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define GRAPHS 20
#else
#define GRAPHS 60
#endif

/* Convolutions in a row may differ by this, relative to the norm. */
#define BOUND 2e-4

/* A sum that lies just at a kink, or two in a window that are just the same,
 * may send a gradient another way: other numbers are drawn then. */
#define DRAWS 4
#define REDRAWN_PERCENT 5

typedef struct {
  int channels, height, width;
} Value;

typedef struct {
  GRand *random;
  GString *text;
  int images;
  Value values[VALUES_MAX]; /* v0, v1, ... */
  int count;
  int constants;
  bool kinked;
} Graph;

static int
pick (Graph *graph, int from, int to)
{
  return g_rand_int_range (graph->random, from, to + 1);
}

/* Returns: the index of the new constant, "c<index>". */
static int
add_constant (
  Graph *graph, const char *shape, int count, double low, double high)
{
  g_string_append_printf (graph->text, "init c%d float %s", graph->constants,
                          shape);
  for (int i = 0; i < count; i++)
    g_string_append_printf (graph->text, " %.6g",
                            g_rand_double_range (graph->random, low, high));
  g_string_append_c (graph->text, '\n');
  return graph->constants++;
}

static int
add_value (Graph *graph, int channels, int height, int width)
{
  graph->values[graph->count] = (Value){channels, height, width};
  return graph->count++;
}

static int
add_like (Graph *graph, int value)
{
  const Value *v = &graph->values[value];

  return add_value (graph, v->channels, v->height, v->width);
}

static int
add_conv (Graph *graph, int x, int filters, int kernel, int stride)
{
  const Value v = graph->values[x];
  int kind = pick (graph, 0, 5);
  int groups = kind == 0 ? v.channels
               : kind == 1 && v.channels % 2 == 0 && filters % 2 == 0 ? 2
                                                                      : 1;
  int dilation = stride == 1 && pick (graph, 0, 4) == 0 ? 2 : 1;
  int reach = (kernel - 1) * dilation;
  int pads[4] = {reach / 2, reach / 2, reach / 2, reach / 2};

  for (int i = 0; i < 4 && pick (graph, 0, 2) == 0; i++)
    pads[i] = pick (graph, reach > 3 ? reach - 3 : 0, reach + 1);
  filters = kind == 0 ? v.channels : filters;

  int height = (v.height + pads[0] + pads[2] - reach - 1) / stride + 1;
  int width = (v.width + pads[1] + pads[3] - reach - 1) / stride + 1;
  int depth = v.channels / groups * kernel * kernel;
  double bound = 1.7 / sqrt (depth);
  g_autofree char *shape =
    g_strdup_printf ("%d,%d,%d,%d", filters, v.channels / groups, kernel,
                     kernel);
  int w = add_constant (graph, shape, filters * depth, -bound, bound);
  int bias = -1;

  if (v.height + pads[0] + pads[2] <= reach ||
      v.width + pads[1] + pads[3] <= reach)
    return x;
  if (pick (graph, 0, 1) == 0) {
    g_autofree char *length = g_strdup_printf ("%d", filters);

    bias = add_constant (graph, length, filters, -0.5, 0.5);
  }
  g_string_append_printf (graph->text, "node _ Conv v%d,c%d", x, w);
  if (bias >= 0)
    g_string_append_printf (graph->text, ",c%d", bias);

  int y = add_value (graph, filters, height, width);

  g_string_append_printf (graph->text,
                          " -> v%d group=i:%d dilations=is:%d,%d "
                          "strides=is:%d,%d "
                          "pads=is:%d,%d,%d,%d\n",
                          y, groups, dilation, dilation, stride, stride,
                          pads[0], pads[1], pads[2], pads[3]);
  return y;
}

static int
add_norm (Graph *graph, int x)
{
  static const double bounds[4][2] = {{0.5, 1.5},
                                      {-0.5, 0.5},
                                      {-0.5, 0.5},
                                      {0.5, 1.5}};
  int channels = graph->values[x].channels;
  g_autofree char *length = g_strdup_printf ("%d", channels);
  int first = graph->constants;
  int y = add_like (graph, x);

  for (int i = 0; i < 4; i++)
    add_constant (graph, length, channels, bounds[i][0], bounds[i][1]);
  g_string_append_printf (graph->text,
                          "node _ BatchNormalization v%d,c%d,c%d,c%d,c%d -> "
                          "v%d\n",
                          x, first, first + 1, first + 2, first + 3, y);
  return y;
}

static int
add_unary (Graph *graph, const char *op, int x, const char *rest)
{
  int y = add_like (graph, x);

  g_string_append_printf (graph->text, "node _ %s v%d%s -> v%d\n", op, x, rest,
                          y);
  return y;
}

static int
add_binary (Graph *graph, const char *op, int a, int b)
{
  int y = add_like (graph, a);

  g_string_append_printf (graph->text, "node _ %s v%d,v%d -> v%d\n", op, a, b,
                          y);
  return y;
}

static int
add_scalar (Graph *graph, double number)
{
  g_string_append_printf (graph->text, "init c%d float - %.9g\n",
                          graph->constants, number);
  return graph->constants++;
}

static int
add_hard_swish (Graph *graph, int x)
{
  int three = add_scalar (graph, 3), zero = add_scalar (graph, 0);
  int six = add_scalar (graph, 6);
  g_autofree char *add = g_strdup_printf (",c%d", three);
  g_autofree char *clip = g_strdup_printf (",c%d,c%d", zero, six);
  g_autofree char *div = g_strdup_printf (",c%d", six);
  int ramp = add_unary (graph, "Clip", add_unary (graph, "Add", x, add), clip);

  if (pick (graph, 0, 1) == 0)
    return add_binary (graph, "Mul", x, add_unary (graph, "Div", ramp, div));
  return add_unary (graph, "Div", add_binary (graph, "Mul", x, ramp), div);
}

static int
add_function (Graph *graph, int x)
{
  int kind = pick (graph, 0, graph->kinked ? 9 : 3);
  int low = -1;

  switch (kind) {
  case 0:
    return add_unary (graph, "Sigmoid", x, "");
  case 1:
    return add_unary (graph, "Tanh", x, "");
  case 2:
    return add_binary (graph, "Mul", x, add_unary (graph, "Sigmoid", x, ""));
  case 3:
    return add_binary (graph, "Mul", add_unary (graph, "Sigmoid", x, ""), x);
  case 4:
    low = add_scalar (graph, -0.4);
    add_scalar (graph, 0.7);
    {
      g_autofree char *bounds = g_strdup_printf (",c%d,c%d", low, low + 1);

      return add_unary (graph, "Clip", x, bounds);
    }
  case 5:
    return add_hard_swish (graph, x);
  case 6:
    return add_unary (graph, "HardSwish", x, "");
  case 7: {
    int y = add_like (graph, x);

    g_string_append_printf (graph->text,
                            "node _ LeakyRelu v%d -> v%d alpha=f:0.1\n", x, y);
    return y;
  }
  case 8:
    return add_unary (graph, "HardSigmoid", x, "");
  default:
    return add_unary (graph, "Relu", x, "");
  }
}

static int
add_pool (Graph *graph, int x)
{
  const Value v = graph->values[x];
  bool average = !graph->kinked || pick (graph, 0, 1) == 0;

  if (v.height < 4 || v.width < 4)
    return x;
  if (pick (graph, 0, 1) == 0)
    x = add_unary (graph, "Identity", x, "");

  int y = add_value (graph, v.channels, (v.height + 1 - 3) / 2 + 1,
                     (v.width + 2 - 3) / 2 + 1);

  g_string_append_printf (graph->text,
                          "node _ %s v%d -> v%d kernel_shape=is:3,3 "
                          "strides=is:2,2 pads=is:0,1,1,1%s\n",
                          average ? "AveragePool" : "MaxPool", x, y,
                          average && pick (graph, 0, 1) == 0
                            ? " count_include_pad=i:1"
                            : "");
  return y;
}

/* Squeeze and excite. */
static int
add_gate (Graph *graph, int x)
{
  const Value v = graph->values[x];
  int mean = add_value (graph, v.channels, 1, 1);

  g_string_append_printf (graph->text, "node _ GlobalAveragePool v%d -> v%d\n",
                          x, mean);

  int squeezed = add_function (graph, add_conv (graph, mean, 8, 1, 1));
  int gate = add_unary (graph, "Sigmoid",
                        add_conv (graph, squeezed, v.channels, 1, 1), "");
  int y;

  if (graph->values[gate].channels != v.channels ||
      graph->values[gate].height != 1 || graph->values[gate].width != 1)
    return x;
  y = add_like (graph, x);
  g_string_append_printf (graph->text, "node _ Mul v%d,v%d -> v%d\n", x, gate,
                          y);
  return y;
}

static int
add_concat (Graph *graph, int a, int b)
{
  const Value v = graph->values[a];
  int y = add_value (graph, v.channels + graph->values[b].channels, v.height,
                     v.width);

  g_string_append_printf (graph->text,
                          "node _ Concat v%d,v%d -> v%d axis=i:1\n", a, b, y);
  return y;
}

/* A value of the same height and width, and channels if so asked. */
static int
find_partner (Graph *graph, int x, bool channels)
{
  const Value *v = &graph->values[x];

  for (int tries = 0; tries < 10; tries++) {
    int other = pick (graph, 1, graph->count - 1);
    const Value *o = &graph->values[other];

    if (o->height == v->height && o->width == v->width &&
        (!channels || o->channels == v->channels))
      return other;
  }
  return -1;
}

/* A vector of one number a channel, of shape channels and `rest`. */
static int
add_channels (Graph *graph, int channels, const char *rest, double middle)
{
  g_autofree char *shape = g_strdup_printf ("%d%s", channels, rest);

  return add_constant (graph, shape, channels, middle - 0.5, middle + 0.5);
}

static int
add_with (Graph *graph, const char *op, int x, int constant)
{
  g_autofree char *other = g_strdup_printf (",c%d", constant);

  return add_unary (graph, op, x, other);
}

/* Takes the mean of channels; axis: where they are. */
static int
add_mean (Graph *graph, int x, int axis)
{
  const Value v = graph->values[x];
  int y = add_value (graph, 1, v.height, v.width);

  g_string_append_printf (graph->text,
                          "node _ ReduceMean v%d -> v%d axes=is:%d\n", x, y,
                          axis);
  return y;
}

/* Layer normalisation in its parts, with one difference or two. */
static int
add_norm_parts (Graph *graph, int x, int axis)
{
  const char *rest = axis == 1 ? ",1,1" : "";
  int channels = graph->values[x].channels;
  int mean = add_mean (graph, x, axis);
  int distance = add_binary (graph, "Sub", x, mean);
  int other =
    pick (graph, 0, 1) == 0 ? distance : add_binary (graph, "Sub", x, mean);
  int square = pick (graph, 0, 1) == 0
                 ? add_binary (graph, "Mul", distance, distance)
                 : add_with (graph, "Pow", distance, add_scalar (graph, 2));
  int variance = add_mean (graph, square, axis);
  int sum = add_with (graph, "Add", variance, add_scalar (graph, 0.01));
  int y = add_binary (graph, "Div", other, add_unary (graph, "Sqrt", sum, ""));

  if (pick (graph, 0, 2) > 0)
    y = add_with (graph, "Mul", y, add_channels (graph, channels, rest, 1));
  if (pick (graph, 0, 2) > 0)
    y = add_with (graph, "Add", y, add_channels (graph, channels, rest, 0));
  return y;
}

static int
add_transpose (Graph *graph, int x, const char *perm)
{
  int y = add_like (graph, x);

  g_string_append_printf (graph->text, "node _ Transpose v%d -> v%d perm=%s\n",
                          x, y, perm);
  return y;
}

static int
add_layer_norm (Graph *graph, int x)
{
  int channels = graph->values[x].channels;

  if (pick (graph, 0, 2) == 0)
    return add_norm_parts (graph, x, 3);

  int scale = add_channels (graph, channels, "", 1);
  int bias = add_channels (graph, channels, "", 0);
  int y = add_like (graph, x);

  g_string_append_printf (graph->text,
                          "node _ LayerNormalization v%d,c%d,c%d -> v%d "
                          "epsilon=f:0.01\n",
                          x, scale, bias, y);
  return y;
}

/* A product over the last axis. */
static int
add_matrix (Graph *graph, int x, int columns)
{
  Value v = graph->values[x];
  double bound = 1.7 / sqrt (v.channels);
  g_autofree char *shape = g_strdup_printf ("%d,%d", v.channels, columns);
  int w = add_constant (graph, shape, v.channels * columns, -bound, bound);
  int y = add_value (graph, columns, v.height, v.width);

  g_string_append_printf (graph->text, "node _ MatMul v%d,c%d -> v%d\n", x, w,
                          y);
  if (pick (graph, 0, 2) > 0)
    y = add_with (graph, "Add", y, add_channels (graph, columns, "", 0));
  if (pick (graph, 0, 3) == 0)
    y = add_with (graph, "Mul", y, add_channels (graph, columns, "", 1));
  return pick (graph, 0, 2) > 0 ? add_function (graph, y) : y;
}

/* Channels last and back, and what is done meanwhile. */
static int
add_channels_last (Graph *graph, int x)
{
  int before = x, first = graph->count;
  int count = pick (graph, 0, 2);
  int channels = graph->values[x].channels;

  x = add_transpose (graph, x, "is:0,2,3,1");
  if (count == 0 || pick (graph, 0, 3) > 0)
    x = add_layer_norm (graph, x);
  for (int i = 0; i < count; i++)
    x = add_matrix (graph, x, i == count - 1 ? channels : pick (graph, 1, 50));
  for (int i = first; i < graph->count; i++)
    graph->values[i].height *= -1; /* no partner of an image */
  x = add_transpose (graph, x, "is:0,3,1,2");
  graph->values[x].height *= -1;
  if (pick (graph, 0, 1) == 0)
    x = add_with (graph, "Mul", x, add_channels (graph, channels, ",1,1", 1));
  return pick (graph, 0, 1) == 0 ? add_binary (graph, "Add", x, before) : x;
}

static int
add_block (Graph *graph, int x)
{
  static const int kernels[] = {1, 1, 3, 3, 3, 5};
  int partner;

  switch (pick (graph, 0, 13)) {
  case 0:
    return add_pool (graph, x);
  case 1:
    return add_gate (graph, x);
  case 2:
    partner = find_partner (graph, x, false);
    return partner >= 0 ? add_concat (graph, x, partner) : x;
  case 3:
    partner = find_partner (graph, x, true);
    return partner >= 0 ? add_binary (graph, "Mul", x, partner) : x;
  case 4:
    return add_function (graph, add_norm (graph, x));
  case 5:
  case 6:
  case 7:
    return add_channels_last (graph, x);
  case 8:
    return add_norm_parts (graph, x, 1);
  default:
    x = add_conv (graph, x, pick (graph, 0, 1) == 0 ? 32 : pick (graph, 1, 40),
                  kernels[pick (graph, 0, 5)], pick (graph, 0, 3) == 0 ? 2 : 1);
    if (pick (graph, 0, 1) == 0)
      x = add_norm (graph, x);
    partner = pick (graph, 0, 1) == 0 ? find_partner (graph, x, true) : -1;
    if (partner >= 0)
      x = add_binary (graph, "Add", x, partner);
    return pick (graph, 0, 3) > 0 ? add_function (graph, x) : x;
  }
}

static void
make_graph (Graph *graph, GRand *random)
{
  *graph = (Graph){.random = random, .text = g_string_new (NULL)};
  graph->kinked = pick (graph, 0, 1) == 0;
  graph->images = pick (graph, 1, 3);

  int x = add_value (graph, pick (graph, 1, 6), pick (graph, 9, 30),
                     pick (graph, 9, 30));
  const Value v = graph->values[x];

  g_string_append_printf (graph->text, "input v0 float %d,%d,%d,%d\n",
                          graph->images, v.channels, v.height, v.width);
  x = add_conv (graph, x, 24, pick (graph, 1, 7), pick (graph, 1, 3));
  for (int i = 0; i < PARTS; i++)
    x = add_block (graph, x);
  g_string_append_printf (graph->text, "node _ Tanh v%d -> y\noutput y\n", x);
}

typedef struct {
  SacNetwork *network;
  SacTensor *x, *seed;
  const char **captures, **wrt;
} Case;

/* In all plans of a kind: it has to show that something was fused. */
static size_t steps[2];
/* Of all comparisons, those whose first draw was at a kink. */
static size_t comparisons, redrawn;

static SacResult *
run (const Case *self, bool plain, bool exact)
{
  g_autoptr (GError) error = NULL;
  const SacPlanRequest request = {
    .input_shapes = &self->x->shape,
    .captures = self->captures,
    .target = "y",
    .wrt = self->wrt,
    .plain = plain,
  };

  sac_plan_set_exact (exact);

  g_autoptr (SacPlan) plan =
    sac_plan_new (self->network, &request, NULL, &error);

  sac_plan_set_exact (false);
  g_assert_no_error (error);
  steps[plain] += sac_plan_get_step_count (plan);

  const SacTensor *const inputs[] = {self->x};
  SacResult *result =
    sac_plan_run (plan,
                  &(SacRunParams){.inputs = inputs, .cotangent = self->seed},
                  NULL, &error);

  g_assert_no_error (error);
  return result;
}

static bool
is_close (const SacTensor *got, const SacTensor *expected, const char *what)
{
  double difference = 0, norm = 0;

  g_assert_nonnull (got);
  g_assert_nonnull (expected);
  g_assert_true (sac_shape_equal (&got->shape, &expected->shape));
  for (int64_t i = 0; i < sac_tensor_get_count (got); i++) {
    double a = (double)sac_tensor_f32 (got)[i];
    double b = (double)sac_tensor_f32 (expected)[i];

    difference += (a - b) * (a - b);
    norm += b * b;
  }
  if (sqrt (difference) <= BOUND * sqrt (norm) + 1e-12)
    return true;
  g_test_message ("%s is off by %g of %g", what, sqrt (difference),
                  sqrt (norm));
  return false;
}

static void
check_same (const SacTensor *a, const SacTensor *b)
{
  g_assert_cmpmem (a->data, sac_tensor_get_bytes (a), b->data,
                   sac_tensor_get_bytes (b));
}

/* Fails where a value differs.  Returns: whether the gradients agree. */
static bool
compare (const Case *self, bool exact)
{
  g_autoptr (SacResult) plain = run (self, true, false);
  g_autoptr (SacResult) fused = run (self, false, exact);
  bool good = true;

  if (!is_close (sac_result_get_value (fused, "y"),
                 sac_result_get_value (plain, "y"), "y"))
    g_test_fail ();
  for (int i = 0; self->captures[i] != NULL; i++) {
    if (!is_close (sac_result_get_value (fused, self->captures[i]),
                   sac_result_get_value (plain, self->captures[i]),
                   self->captures[i]))
      g_test_fail ();
  }
  for (int i = 0; self->wrt[i] != NULL; i++)
    good =
      is_close (sac_result_get_gradient (fused, self->wrt[i]),
                sac_result_get_gradient (plain, self->wrt[i]), self->wrt[i]) &&
      good;
  return good;
}

static void
draw (GRand *random, SacTensor *tensor)
{
  for (int64_t i = 0; i < sac_tensor_get_count (tensor); i++)
    sac_tensor_f32 (tensor)[i] = (float)g_rand_double_range (random, -1, 1);
}

static void
compare_draws (const Case *self, const Graph *graph, bool exact)
{
  int draws = graph->kinked ? DRAWS : 1;

  comparisons++;
  for (int i = 0; i < draws; i++) {
    draw (graph->random, self->x);
    draw (graph->random, self->seed);
    if (compare (self, exact))
      return;
    redrawn += i == 0;
  }
  g_test_fail ();
}

/* Whatever the threads, and again. */
static void
compare_threads (const Case *self)
{
  g_autoptr (SacResult) first = run (self, false, false);

  sac_pool_set_threads (3);

  g_autoptr (SacResult) second = run (self, false, false);

  sac_pool_set_threads (1);

  g_autoptr (SacResult) third = run (self, false, false);

  sac_pool_set_threads (0);
  check_same (sac_result_get_value (first, "y"),
              sac_result_get_value (second, "y"));
  check_same (sac_result_get_value (first, "y"),
              sac_result_get_value (third, "y"));
  for (int i = 0; self->wrt[i] != NULL; i++) {
    check_same (sac_result_get_gradient (first, self->wrt[i]),
                sac_result_get_gradient (second, self->wrt[i]));
    check_same (sac_result_get_gradient (first, self->wrt[i]),
                sac_result_get_gradient (third, self->wrt[i]));
  }
}

/* Values on the way to y: those of which a plain plan has a gradient. */
static bool
has_gradient (const Case *self, const char *name)
{
  const char *const wrt[] = {name, NULL};
  const SacPlanRequest request = {
    .input_shapes = &self->x->shape,
    .target = "y",
    .wrt = wrt,
    .plain = true,
  };
  g_autoptr (SacPlan) plan = sac_plan_new (self->network, &request, NULL, NULL);

  return plan != NULL;
}

static void
check_graph (Graph *graph, char **names)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = onnx_write (graph->text->str);
  g_autoptr (SacNetwork) network =
    sac_network_parse (bytes, "test.onnx", &error);
  const char *captures[VALUES_MAX + 1] = {0}, *wrt[VALUES_MAX + 1] = {0};
  const Value *v = &graph->values[0];
  SacShape shape =
    sac_shape_of (graph->images, v->channels, v->height, v->width);
  Case self = {.network = network, .captures = captures, .wrt = wrt};

  g_assert_no_error (error);
  self.x = sac_tensor_new (SAC_TYPE_FLOAT, &shape, NULL);

  int capture_count = 0, wrt_count = 0;
  int density = pick (graph, 1, 12);

  for (int i = 0; i < graph->count; i++) {
    if (pick (graph, 0, density) == 0)
      captures[capture_count++] = names[i];
    if ((i == 0 || pick (graph, 0, density) == 0) &&
        has_gradient (&self, names[i]))
      wrt[wrt_count++] = names[i];
  }
  captures[capture_count] = names[0];

  g_autoptr (SacPlan) probe =
    sac_plan_new (network, &(SacPlanRequest){.input_shapes = &shape}, NULL,
                  &error);
  int y = sac_graph_find_value (sac_network_get_graph (network), "y");

  g_assert_no_error (error);
  self.seed =
    sac_tensor_new (SAC_TYPE_FLOAT, &sac_plan_get_info (probe, y)->shape, NULL);
  compare_draws (&self, graph, false);
  compare_draws (&self, graph, true);
  compare_threads (&self);
  sac_tensor_unref (self.x);
  sac_tensor_unref (self.seed);
}

static void
test_random_graphs (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (11);
  char *names[VALUES_MAX];

  for (int i = 0; i < VALUES_MAX; i++)
    names[i] = g_strdup_printf ("v%d", i);
  for (int i = 0; i < GRAPHS && !g_test_failed (); i++) {
    Graph graph;

    make_graph (&graph, random);
    check_graph (&graph, names);
    if (g_test_failed ()) {
      g_auto (GStrv) lines = g_strsplit (graph.text->str, "\n", -1);

      for (int k = 0; lines[k] != NULL; k++)
        g_test_message ("graph %d: %.160s", i, lines[k]);
    }
    g_string_free (graph.text, TRUE);
  }
  g_test_message ("%zu of %zu comparisons were drawn again", redrawn,
                  comparisons);
  g_assert_cmpuint (redrawn * 100, <=, comparisons * REDRAWN_PERCENT);
  /* For a plan that is not fused there are two and a half that are. */
  g_assert_cmpuint (steps[0], <, steps[1] * 5 / 2);
  for (int i = 0; i < VALUES_MAX; i++)
    g_free (names[i]);
}

static size_t
count_algorithm (const SacPlan *plan, const char *name)
{
  size_t count = 0;

  for (size_t i = 0; i < sac_plan_get_step_count (plan); i++)
    count += strcmp (sac_plan_get_step (plan, i).algorithm, name) == 0;
  return count;
}

/* A 3x3 convolution of 64 channels on a large image is one that F(4x4) is for,
 * in both directions. */
static void
test_exact (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  Graph graph = {.random = random, .text = g_string_new (NULL), .images = 1};
  const SacShape shape = sac_shape_of (1, 64, 56, 56);
  const char *const wrt[] = {"v0", NULL};
  SacPlanRequest request = {.input_shapes = &shape, .target = "y", .wrt = wrt};

  g_string_append (graph.text, "input v0 float 1,64,56,56\n");
  add_constant (&graph, "64,64,3,3", 64 * 64 * 9, -1, 1);
  g_string_append (graph.text, "node big Conv v0,c0 -> v1 pads=is:1,1,1,1\n"
                               "node last Relu v1 -> y\noutput y\n");

  g_autoptr (GBytes) bytes = onnx_write (graph.text->str);
  g_autoptr (SacNetwork) network =
    sac_network_parse (bytes, "test.onnx", &error);

  sac_plan_set_exact (false);

  g_autoptr (SacPlan) fast = sac_plan_get (network, &request, NULL, &error);

  sac_plan_set_exact (true);

  g_autoptr (SacPlan) exact = sac_plan_get (network, &request, NULL, &error);

  sac_plan_set_exact (false);
  g_assert_no_error (error);
  g_assert_cmpuint (count_algorithm (fast, "winograd4"), ==, 2);
  g_assert_cmpuint (count_algorithm (exact, "winograd4"), ==, 0);
  g_assert_cmpstr (sac_plan_get_step (exact, 0).node, ==, "big");
  g_string_free (graph.text, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rewrite-blocked/random-graphs", test_random_graphs);
  g_test_add_func ("/rewrite-blocked/exact", test_exact);
  return g_test_run ();
}
