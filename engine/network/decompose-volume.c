/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Convolutions and pools of volumes, [N, C, D, H, W], from those of planes.
 * They are rare beside images; this makes them right, not fast.
 *
 * Pools go over rows and columns first and over the depth then: largest values
 * and sums can be taken in any order, and how many places of the padding count
 * is decided for each axis alone.  Convolutions are summed over the weights'
 * planes, each with the slices of the input that it meets. */
#include "base/error.h"
#include "network/decompose.h"

#include <inttypes.h>
#include <string.h>

/* Planes of the weights: each is a few nodes. */
#define PLANES_MAX 64

static bool
has_volume_weights (const SacBody *body)
{
  return sac_body_rank (body, 1) == 5;
}

static bool
has_volume_kernel (const SacBody *body)
{
  for (size_t i = 0; i < body->attribute_count; i++) {
    const SacAttribute *attribute = &body->attributes[i].attribute;

    if (strcmp (attribute->name, "kernel_shape") == 0)
      return attribute->kind == SAC_ATTRIBUTE_INTS && attribute->count == 3;
  }
  return false;
}

/* A list of `count` integers, or of the fallback. */
static void
read_list (SacBody *body,
           const char *name,
           size_t count,
           int64_t fallback,
           int64_t *ret_values)
{
  size_t given;
  const int64_t *values = sac_body_int_list (body, name, &given);

  for (size_t i = 0; i < count; i++)
    ret_values[i] = values != NULL && i < given ? values[i] : fallback;
  if (values != NULL && given != count)
    sac_body_refuse (body, SAC_ERROR_DAMAGED,
                     "its attribute %s has %zu entries, not %zu", name, given,
                     count);
}

typedef struct {
  int64_t kernel[3];
  int64_t strides[3];
  int64_t dilations[3];
  int64_t pads[6];  /* all begins, then all ends */
  bool pads_itself; /* auto_pad says how */
} Geometry;

/* kernel is 0 where the weights say it. */
static Geometry
read_geometry (SacBody *body)
{
  const char *auto_pad = sac_body_string (body, "auto_pad", "NOTSET");
  Geometry geometry = {.pads_itself = strcmp (auto_pad, "NOTSET") != 0};

  read_list (body, "kernel_shape", 3, 0, geometry.kernel);
  read_list (body, "strides", 3, 1, geometry.strides);
  read_list (body, "dilations", 3, 1, geometry.dilations);
  read_list (body, "pads", 6, 0, geometry.pads);
  for (size_t i = 0; i < 3; i++) {
    if (geometry.strides[i] < 1 || geometry.dilations[i] < 1 ||
        geometry.dilations[i] > INT32_MAX || geometry.pads[i] < 0 ||
        geometry.pads[i + 3] < 0)
      sac_body_refuse (body, SAC_ERROR_DAMAGED,
                       "its strides, dilations or pads are out of range");
  }
  return geometry;
}

/* Rows and columns of the geometry, for the node added last. */
static void
set_plane (SacBody *body, const Geometry *g)
{
  sac_body_set_ints (body, "strides", g->strides + 1, 2);
  sac_body_set_ints (body, "dilations", g->dilations + 1, 2);
  if (!g->pads_itself)
    sac_body_set_int_list (body, "pads", g->pads[1], g->pads[2], g->pads[4],
                           g->pads[5]);
}

/* The depth, as rows of a plane whose columns stay as they are. */
static void
set_depth (SacBody *body, const Geometry *g)
{
  sac_body_set_int_list (body, "strides", g->strides[0], 1);
  sac_body_set_int_list (body, "dilations", g->dilations[0], 1);
  if (!g->pads_itself)
    sac_body_set_int_list (body, "pads", g->pads[0], 0, g->pads[3], 0);
}

/* Sizes [from, to) of a value. */
static void
add_sizes (SacBody *body, const char *edges, int64_t from, int64_t to)
{
  sac_body_node (body, "Shape", edges);
  sac_body_set_int (body, "start", from);
  if (to >= 0)
    sac_body_set_int (body, "end", to);
}

/* to = from in the shape of the lists that stand behind each other. */
static void
add_reshape (SacBody *body, const char *from, const char *lists, const char *to)
{
  g_autofree char *join = g_strdup_printf ("%s -> %s_shape", lists, to);
  g_autofree char *reshape =
    g_strdup_printf ("%s,%s_shape -> %s", from, to, to);

  sac_body_node (body, "Concat", join);
  sac_body_set_int (body, "axis", 0);
  sac_body_node (body, "Reshape", reshape);
}

static void
turn (SacBody *body, const char *edges)
{
  sac_body_node (body, "Transpose", edges);
  sac_body_set_int_list (body, "perm", 0, 2, 1, 3, 4);
}

static const char *const pool_attributes[] = {"auto_pad", "ceil_mode",
                                              "count_include_pad", "p"};

static void
pass_pool (SacBody *body)
{
  for (size_t i = 0; i < G_N_ELEMENTS (pool_attributes); i++)
    sac_body_pass (body, pool_attributes[i]);
}

static void
write_pool (SacBody *body)
{
  const char *op_type = body->call->op_type;
  Geometry g = read_geometry (body);

  sac_body_refuse_output (body, 1, "Indices with three axes");
  sac_body_int_constants (body, "rest", -1);
  add_sizes (body, "x -> images", 0, 1);
  add_sizes (body, "x -> outer", 0, 2);
  add_sizes (body, "x -> stacks", 0, 3);
  add_sizes (body, "x -> sides", 3, -1);
  add_reshape (body, "x", "images,rest,sides", "planes");
  sac_body_node (body, op_type, "planes -> planes_pooled");
  sac_body_set_ints (body, "kernel_shape", g.kernel + 1, 2);
  set_plane (body, &g);
  pass_pool (body);
  add_sizes (body, "planes_pooled -> pooled_sides", 2, -1);
  add_reshape (body, "planes_pooled", "stacks,rest", "columns");
  sac_body_node (body, op_type, "columns -> columns_pooled");
  sac_body_set_int_list (body, "kernel_shape", g.kernel[0], 1);
  set_depth (body, &g);
  pass_pool (body);
  add_reshape (body, "columns_pooled", "outer,rest,pooled_sides", "y");
}

/* Planes of the weights; w_0, w_1, ... are made from them. */
static int64_t
cut_weights (SacBody *body, const Geometry *g)
{
  const SacShape *shape = sac_body_shape (body, 1);
  int64_t count = g->kernel[0];

  if (shape != NULL && shape->rank == 5 && shape->dims[2] >= 0) {
    if (count != 0 && count != shape->dims[2])
      sac_body_refuse (body, SAC_ERROR_DAMAGED,
                       "its kernel_shape is not that of its weights");
    count = shape->dims[2];
  }
  if (count < 1 || count > PLANES_MAX)
    sac_body_refuse (body, SAC_ERROR_UNSUPPORTED,
                     "weights with %" PRId64
                     " planes are not supported; 1 to %d are",
                     count, PLANES_MAX);
  for (int64_t i = 0; i < count && !body->failed; i++) {
    g_autofree char *index = g_strdup_printf (" -> at_%" PRId64, i);
    g_autofree char *cut =
      g_strdup_printf ("w,at_%" PRId64 " -> w_%" PRId64, i, i);

    sac_body_node (body, "Constant", index);
    sac_body_set_int (body, "value_int", i);
    sac_body_node (body, "Gather", cut);
    sac_body_set_int (body, "axis", 2);
  }
  return body->failed ? 0 : count;
}

/* As much as SAME wants along the depth, the odd one behind or before. */
static void
add_same_pads (SacBody *body, const Geometry *g, int64_t count, bool behind)
{
  sac_body_int_constants (body, "nothing", 0);
  sac_body_int_constants (body, "one", 1);
  sac_body_int_constants (body, "two", 2);
  sac_body_int_constants (body, "stride_less", g->strides[0] - 1);
  sac_body_int_constants (body, "reach", (count - 1) * g->dilations[0] + 1);
  add_sizes (body, "x -> depth_size", 2, 3);
  sac_body_node (body, "Add", "depth_size,stride_less -> depth_above");
  sac_body_node (body, "Div", "depth_above,step -> depth_steps");
  sac_body_node (body, "Sub", "depth_steps,one -> depth_last");
  sac_body_node (body, "Mul", "depth_last,step -> depth_span");
  sac_body_node (body, "Add", "depth_span,reach -> depth_needed");
  sac_body_node (body, "Sub", "depth_needed,depth_size -> depth_missing");
  sac_body_node (body, "Max", "depth_missing,nothing -> depth_total");
  sac_body_node (body, "Div", "depth_total,two -> depth_half");
  sac_body_node (body, "Sub", "depth_total,depth_half -> depth_rest");
  sac_body_node (body, "Concat",
                 behind ? "depth_half,depth_rest -> depth_pads"
                        : "depth_rest,depth_half -> depth_pads");
  sac_body_set_int (body, "axis", 0);
}

static void
refuse_auto_pad (SacBody *body, Geometry *g)
{
  const char *auto_pad = sac_body_string (body, "auto_pad", "NOTSET");

  if (strcmp (auto_pad, "VALID") == 0)
    memset (g->pads, 0, sizeof g->pads);
  else if (g->pads_itself)
    sac_body_refuse (body, SAC_ERROR_UNSUPPORTED,
                     "auto_pad is not supported with three axes");
  g->pads_itself = false;
}

/* The slices of the depth that plane i of `count` meets, convolved with it. */
static void
add_plane (SacBody *body, const Geometry *g, int64_t i, int64_t count)
{
  int64_t behind = (count - 1 - i) * g->dilations[0];
  g_autofree char *n = g_strdup_printf ("%" PRId64, i);
  g_autofree char *start = g_strdup_printf ("start_%s", n);
  g_autofree char *end = g_strdup_printf ("end_%s", n);
  g_autofree char *slice =
    g_strdup_printf ("stack,start_%s,end_%s,depth,step -> slices_%s", n, n, n);
  g_autofree char *slices = g_strdup_printf ("slices_%s", n);
  g_autofree char *planes = g_strdup_printf ("planes_%s", n);
  g_autofree char *conv = g_strdup_printf ("planes_%s,w_%s,%s -> part_%s", n, n,
                                           i == 0 ? "b" : "_", n);
  g_autofree char *add = g_strdup_printf ("%s_%" PRId64 ",part_%s -> sum_%s",
                                          i == 1 ? "part" : "sum", i - 1, n, n);

  sac_body_int_constants (body, start, i * g->dilations[0]);
  sac_body_int_constants (body, end, behind > 0 ? -behind : INT64_MAX);
  sac_body_node (body, "Slice", slice);
  add_reshape (body, slices, "rest,image", planes);
  sac_body_node (body, "Conv", conv);
  set_plane (body, g);
  if (g->pads_itself)
    sac_body_pass (body, "auto_pad");
  sac_body_pass (body, "group");
  if (i > 0)
    sac_body_node (body, "Add", add);
}

static void
write_conv (SacBody *body)
{
  Geometry g = read_geometry (body);
  const char *auto_pad = sac_body_string (body, "auto_pad", "NOTSET");
  bool behind = strcmp (auto_pad, "SAME_UPPER") == 0;
  bool same = behind || strcmp (auto_pad, "SAME_LOWER") == 0;

  if (!same)
    refuse_auto_pad (body, &g);

  int64_t count = cut_weights (body, &g);
  g_autofree char *sum =
    g_strdup_printf ("%s_%" PRId64, count > 1 ? "sum" : "part", count - 1);
  g_autofree char *sizes = g_strdup_printf ("%s -> sizes", sum);

  sac_body_int_constants (body, "rest", -1);
  sac_body_int_constants (body, "depth", 1);
  sac_body_int_constants (body, "depth_axis", 2);
  sac_body_int_constants (body, "step", g.strides[0]);
  if (same)
    add_same_pads (body, &g, count, behind);
  else
    sac_body_int_constants (body, "depth_pads", g.pads[0], g.pads[3]);
  sac_body_node (body, "Pad", "x,depth_pads,_,depth_axis -> padded");
  turn (body, "padded -> stack");
  add_sizes (body, "stack -> image", 2, -1);
  for (int64_t i = 0; i < count; i++)
    add_plane (body, &g, i, count);
  add_sizes (body, "x -> images", 0, 1);
  add_sizes (body, sizes, 1, -1);
  add_reshape (body, sum, "images,rest,sizes", "stack_out");
  turn (body, "stack_out -> y");
}

/* Every slice with plane i: [N, 1, D, all that a slice becomes]. */
static void
add_transposed_plane (SacBody *body,
                      const Geometry *g,
                      const int64_t *output_padding,
                      int64_t i)
{
  g_autofree char *n = g_strdup_printf ("%" PRId64, i);
  g_autofree char *edges = g_strdup_printf ("slices,w_%s -> part_%s", n, n);
  g_autofree char *part = g_strdup_printf ("part_%s", n);
  g_autofree char *row = g_strdup_printf ("row_%s", n);

  sac_body_node (body, "ConvTranspose", edges);
  set_plane (body, g);
  sac_body_set_ints (body, "output_padding", output_padding + 1, 2);
  sac_body_pass (body, "group");
  add_reshape (body, part, "images,one,depth,rest", row);
}

/* rows -> columns: what the planes made of a slice goes to its places along the
 * depth, which is a transposed convolution too, with weights of ones. */
static void
spread_depth (SacBody *body,
              const Geometry *g,
              const int64_t *output_padding,
              int64_t count)
{
  sac_body_int_constants (body, "square", count, count);
  sac_body_int_constants (body, "spread_shape", count, 1, count, 1);
  sac_body_node (body, "ConstantOfShape", "square -> zeros");
  sac_body_node (body, "EyeLike", "zeros -> ones");
  sac_body_node (body, "Reshape", "ones,spread_shape -> ones_spread");
  sac_body_node (body, "CastLike", "ones_spread,w -> spread");
  sac_body_node (body, "ConvTranspose", "rows,spread -> columns");
  set_depth (body, g);
  sac_body_set_int_list (body, "output_padding", output_padding[0], 0);
}

static void
write_conv_transpose (SacBody *body)
{
  Geometry g = read_geometry (body);
  int64_t output_padding[3];
  g_autoptr (GString) rows = g_string_new (NULL);

  refuse_auto_pad (body, &g);
  read_list (body, "output_padding", 3, 0, output_padding);
  if (sac_body_has_attribute (body, "output_shape"))
    sac_body_refuse (body, SAC_ERROR_UNSUPPORTED,
                     "output_shape is not supported with three axes");

  int64_t count = cut_weights (body, &g);

  sac_body_int_constants (body, "rest", -1);
  sac_body_int_constants (body, "one", 1);
  add_sizes (body, "x -> images", 0, 1);
  add_sizes (body, "x -> depth", 2, 3);
  turn (body, "x -> stack");
  add_sizes (body, "stack -> image", 2, -1);
  add_reshape (body, "stack", "rest,image", "slices");
  for (int64_t i = 0; i < count; i++) {
    add_transposed_plane (body, &g, output_padding, i);
    g_string_append_printf (rows, "%srow_%" PRId64, i > 0 ? "," : "", i);
  }
  g_string_append (rows, " -> rows");
  sac_body_node (body, "Concat", rows->str);
  sac_body_set_int (body, "axis", 1);
  spread_depth (body, &g, output_padding, count);
  add_sizes (body, "part_0 -> sizes", 1, -1);
  add_reshape (body, "columns", "images,rest,sizes", "stack_out");
  if (!sac_body_has (body, 2)) {
    turn (body, "stack_out -> y");
    return;
  }
  turn (body, "stack_out -> unbiased");
  sac_body_int_constants (body, "bias_shape", -1, 1, 1, 1);
  sac_body_node (body, "Reshape", "b,bias_shape -> bias");
  sac_body_node (body, "Add", "unbiased,bias -> y");
}

#define CONVOLUTION(name, func)                                                \
  {                                                                            \
    .domain = "", .op_type = name, .inputs_min = 2, .inputs = "x,w,b",         \
    .outputs = "y", .applies = has_volume_weights, .write = func               \
  }
#define POOL(name)                                                             \
  {                                                                            \
    .domain = "", .op_type = name, .inputs_min = 1, .inputs = "x",             \
    .outputs = "y,indices", .applies = has_volume_kernel, .write = write_pool  \
  }

const SacDecomposition sac_decompose_volume[] = {
  CONVOLUTION ("Conv", write_conv),
  CONVOLUTION ("ConvTranspose", write_conv_transpose),
  POOL ("AveragePool"),
  POOL ("LpPool"),
  POOL ("MaxPool"),
  {NULL},
};
