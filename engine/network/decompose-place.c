/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Ops that put elements in other places, from those that do the same more
 * simply: AffineGrid, CenterCropPad, Col2Im, MaxUnpool, ReverseSequence. */
#include "base/error.h"
#include "network/decompose.h"

#include <string.h>

static void G_GNUC_PRINTF (3, 4)
  node (SacBody *body, const char *op_type, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *edges = g_strdup_vprintf (format, arguments);

  va_end (arguments);
  sac_body_node (body, op_type, edges);
}

static void
join (SacBody *body, const char *edges)
{
  sac_body_node (body, "Concat", edges);
  sac_body_set_int (body, "axis", 0);
}

static void
add_scalar (SacBody *body, const char *name, int64_t value)
{
  node (body, "Constant", " -> %s", name);
  sac_body_set_int (body, "value_int", value);
}

/* Sizes [from, to) of a value; to < 0: to the last. */
static void
add_sizes (SacBody *body, const char *edges, int64_t from, int64_t to)
{
  sac_body_node (body, "Shape", edges);
  sac_body_set_int (body, "start", from);
  if (to >= 0)
    sac_body_set_int (body, "end", to);
}

/* Where the places of axis `axis` of `size` lie in [-1, 1], as `to`: the outer
 * ones on the ends when corners are aligned (a single one in the middle), else
 * half a step inside.  Place i of n is 2 i - (n - 1) steps from the middle. */
static void
add_positions (SacBody *body, int64_t axis, bool align, const char *to)
{
  node (body, "Constant", " -> %s_axis", to);
  sac_body_set_int (body, "value_int", axis);
  node (body, "Gather", "size,%s_axis -> %s_count", to, to);
  node (body, "Range", "zero,%s_count,one -> %s_index", to, to);
  node (body, "Mul", "%s_index,two -> %s_twice", to, to);
  node (body, "Sub", "%s_count,one -> %s_last", to, to);
  node (body, "Sub", "%s_twice,%s_last -> %s_steps", to, to, to);
  if (align)
    node (body, "Max", "%s_last,one -> %s_most", to, to);
  else
    node (body, "Identity", "%s_count -> %s_most", to, to);
  node (body, "CastLike", "%s_steps,theta -> %s_above", to, to);
  node (body, "CastLike", "%s_most,theta -> %s_below", to, to);
  node (body, "Div", "%s_above,%s_below -> %s", to, to, to);
}

/* grid = theta (x, y, 1). */
static void
write_affine_grid (SacBody *body)
{
  const SacShape *size = sac_body_shape (body, 1);
  bool align = sac_body_int (body, "align_corners", 0) != 0;

  if (size != NULL && size->rank == 1 && size->dims[0] == 5)
    sac_body_refuse (body, SAC_ERROR_UNSUPPORTED,
                     "three spatial axes are not supported");
  add_scalar (body, "zero", 0);
  add_scalar (body, "one", 1);
  add_scalar (body, "two", 2);
  add_positions (body, 3, align, "x");
  add_positions (body, 2, align, "y");
  sac_body_int_constants (body, "columns", 1, -1, 1);
  sac_body_int_constants (body, "rows", -1, 1, 1);
  sac_body_int_constants (body, "points", -1, 3);
  sac_body_node (body, "Reshape", "x,columns -> x_row");
  sac_body_node (body, "Reshape", "y,rows -> y_column");
  sac_body_number (body, "nought", 0, "theta");
  sac_body_number (body, "unit", 1, "theta");
  sac_body_node (body, "Mul", "y_column,nought -> y_nought");
  sac_body_node (body, "Mul", "x_row,nought -> x_nought");
  sac_body_node (body, "Add", "x_row,y_nought -> x_plane");
  sac_body_node (body, "Add", "y_column,x_nought -> y_plane");
  sac_body_node (body, "Mul", "x_plane,nought -> plane_nought");
  sac_body_node (body, "Add", "plane_nought,unit -> ones_plane");
  sac_body_node (body, "Concat", "x_plane,y_plane,ones_plane -> planes");
  sac_body_set_int (body, "axis", 2);
  sac_body_node (body, "Reshape", "planes,points -> base");
  sac_body_node (body, "Transpose", "theta -> theta_turned");
  sac_body_set_int_list (body, "perm", 0, 2, 1);
  sac_body_node (body, "MatMul", "base,theta_turned -> flat");
  sac_body_int_constants (body, "pair", 2);
  add_sizes (body, "planes -> sides", 0, 2);
  add_sizes (body, "theta -> images", 0, 1);
  join (body, "images,sides,pair -> shape");
  sac_body_node (body, "Reshape", "flat,shape -> grid");
}

/* Half of what is missing before, the rest after; a negative pad crops. */
static void
write_center_crop_pad (SacBody *body)
{
  size_t count;
  const int64_t *axes = sac_body_int_list (body, "axes", &count);

  sac_body_node (body, "Shape", "x -> sizes");
  if (axes != NULL) {
    sac_body_ints (body, "axes", axes, count);
    sac_body_node (body, "Gather", "sizes,axes -> present");
  } else {
    sac_body_node (body, "Identity", "sizes -> present");
  }
  sac_body_int_constants (body, "two", 2);
  sac_body_node (body, "Sub", "shape,present -> missing");
  sac_body_node (body, "Div", "missing,two -> before");
  sac_body_node (body, "Sub", "missing,before -> after");
  join (body, "before,after -> pads");
  sac_body_node (body, "Pad",
                 axes != NULL ? "x,pads,_,axes -> y" : "x,pads -> y");
}

/* The attribute, or `count` times the fallback. */
static void
add_list (SacBody *body, const char *name, size_t count, int64_t fallback)
{
  int64_t values[2 * SAC_LIMIT_RANK];
  size_t given;
  const int64_t *list = sac_body_int_list (body, name, &given);

  if (list != NULL && given != count)
    sac_body_refuse (body, SAC_ERROR_DAMAGED,
                     "its attribute %s has %zu entries, not %zu", name, given,
                     count);
  for (size_t i = 0; i < count; i++)
    values[i] = list != NULL && i < given ? list[i] : fallback;
  sac_body_ints (body, name, values, count);
}

/* pads_begin and pads_end: `count` each. */
static void
add_pads (SacBody *body, size_t count)
{
  sac_body_int_constants (body, "halves", (int64_t)count, (int64_t)count);
  add_list (body, "pads", 2 * count, 0);
  sac_body_node (body, "Split", "pads,halves -> pads_begin,pads_end");
}

/* A transposed convolution whose weights put element k of a column at place k
 * of its block, on a canvas that is then cut to the image. */
static void
write_col2im (SacBody *body)
{
  const SacShape *block = sac_body_shape (body, 2);
  int64_t strides[2] = {1, 1}, dilations[2] = {1, 1};
  size_t count;
  const int64_t *list;

  if (block == NULL || block->rank != 1 || block->dims[0] != 2)
    sac_body_refuse (body, SAC_ERROR_UNSUPPORTED,
                     "only blocks with two axes are supported");
  list = sac_body_int_list (body, "strides", &count);
  if (list != NULL && count == 2)
    memcpy (strides, list, sizeof strides);
  list = sac_body_int_list (body, "dilations", &count);
  if (list != NULL && count == 2)
    memcpy (dilations, list, sizeof dilations);
  sac_body_int_constants (body, "one", 1);
  sac_body_int_constants (body, "rest", -1);
  sac_body_int_constants (body, "spatial", 2, 3);
  add_list (body, "strides", 2, 1);
  add_list (body, "dilations", 2, 1);
  add_pads (body, 2);
  /* Blocks along each axis: (image + pads - dilations (block - 1) - 1) /
     strides
     + 1. */
  sac_body_node (body, "Sub", "block,one -> block_last");
  sac_body_node (body, "Mul", "block_last,dilations -> block_span");
  sac_body_node (body, "Add", "image,pads_begin -> image_begun");
  sac_body_node (body, "Add", "image_begun,pads_end -> padded");
  sac_body_node (body, "Sub", "padded,block_span -> reach");
  sac_body_node (body, "Sub", "reach,one -> reach_last");
  sac_body_node (body, "Div", "reach_last,strides -> steps");
  sac_body_node (body, "Add", "steps,one -> blocks");
  sac_body_node (body, "ReduceProd", "block -> places");
  sac_body_set_int (body, "keepdims", 1);
  join (body, "rest,places,blocks -> columns_shape");
  sac_body_node (body, "Reshape", "x,columns_shape -> columns");
  join (body, "places,places -> square");
  sac_body_node (body, "ConstantOfShape", "square -> noughts");
  sac_body_node (body, "EyeLike", "noughts -> diagonal");
  join (body, "places,one,block -> weights_shape");
  sac_body_node (body, "Reshape", "diagonal,weights_shape -> weights_float");
  sac_body_node (body, "CastLike", "weights_float,x -> weights");
  sac_body_node (body, "ConvTranspose", "columns,weights -> canvas");
  sac_body_set_ints (body, "strides", strides, 2);
  sac_body_set_ints (body, "dilations", dilations, 2);
  add_sizes (body, "canvas -> canvas_size", 2, -1);
  sac_body_node (body, "Sub", "image_begun,canvas_size -> cut_end");
  sac_body_node (body, "Neg", "pads_begin -> cut_begin");
  join (body, "cut_begin,cut_end -> cut");
  sac_body_node (body, "Pad", "canvas,cut,_,spatial -> planes");
  add_sizes (body, "x -> images", 0, 1);
  join (body, "images,rest,image -> shape");
  sac_body_node (body, "Reshape", "planes,shape -> y");
}

/* Indices count through the whole tensor as it was before MaxPool, which is
 * kernel + (n - 1) strides - pads; output_shape may add places behind. */
static void
write_max_unpool (SacBody *body)
{
  size_t count;
  const int64_t *kernel = sac_body_int_list (body, "kernel_shape", &count);
  g_autofree int64_t *axes = g_new (int64_t, count + 1);
  bool resizes = sac_body_has (body, 2);

  if (kernel == NULL || count < 1 || count > SAC_LIMIT_RANK - 2) {
    sac_body_refuse (body, SAC_ERROR_DAMAGED,
                     "it does not say the shape of its kernel");
    return;
  }
  for (size_t i = 0; i < count; i++)
    axes[i] = (int64_t)i + 2;
  sac_body_int_constants (body, "one", 1);
  sac_body_int_constants (body, "rest", -1);
  sac_body_ints (body, "kernel", kernel, count);
  add_list (body, "strides", count, 1);
  add_pads (body, count);
  add_sizes (body, "x -> sides", 2, -1);
  add_sizes (body, "x -> planes", 0, 2);
  sac_body_node (body, "Sub", "sides,one -> last");
  sac_body_node (body, "Mul", "last,strides -> span");
  sac_body_node (body, "Add", "span,kernel -> padded");
  sac_body_node (body, "Sub", "padded,pads_begin -> half_cut");
  sac_body_node (body, "Sub", "half_cut,pads_end -> unpooled");
  join (body, "planes,unpooled -> shape");
  sac_body_node (body, "ReduceProd", "shape -> elements");
  sac_body_set_int (body, "keepdims", 1);
  sac_body_node (body, "ConstantOfShape", "elements -> nought_float");
  sac_body_node (body, "CastLike", "nought_float,x -> nought");
  sac_body_node (body, "Reshape", "x,rest -> x_flat");
  sac_body_node (body, "Reshape", "indices,rest -> places");
  sac_body_node (body, "ScatterElements", "nought,places,x_flat -> flat");
  sac_body_node (body, "Reshape",
                 resizes ? "flat,shape -> whole" : "flat,shape -> y");
  if (!resizes)
    return;
  sac_body_ints (body, "axes", axes, count);
  sac_body_node (body, "Gather", "output_shape,axes -> wanted");
  sac_body_node (body, "Sub", "wanted,unpooled -> behind");
  sac_body_node (body, "Sub", "behind,behind -> before");
  join (body, "before,behind -> more");
  sac_body_node (body, "Pad", "whole,more,_,axes -> y");
}

/* Index of the element that comes to time t of batch b: length - 1 - t below
 * the length, t from there on. */
static void
write_reverse_sequence (SacBody *body)
{
  int64_t time = sac_body_int (body, "time_axis", 0);
  int64_t batch = sac_body_int (body, "batch_axis", 1);

  if (time + batch != 1 || (time != 0 && time != 1))
    sac_body_refuse (body, SAC_ERROR_DAMAGED,
                     "its time and batch axes are not 0 and 1");
  add_scalar (body, "zero", 0);
  add_scalar (body, "one", 1);
  sac_body_int_constants (body, "first", 0);
  sac_body_int_constants (body, "along", time == 0 ? -1 : 1, time == 0 ? 1 : -1,
                          1);
  sac_body_int_constants (body, "across", time == 0 ? 1 : -1,
                          time == 0 ? -1 : 1, 1);
  sac_body_int_constants (body, "three", 0, 0, -1);
  sac_body_node (body, "Shape", "x -> shape");
  add_sizes (body, "x -> times", time, time + 1);
  sac_body_node (body, "Squeeze", "times,first -> time_count");
  sac_body_node (body, "Range", "zero,time_count,one -> time_index");
  sac_body_node (body, "Reshape", "time_index,along -> t");
  sac_body_node (body, "Reshape", "lengths,across -> length");
  sac_body_node (body, "Sub", "length,one -> last");
  sac_body_node (body, "Sub", "last,t -> turned");
  sac_body_node (body, "Less", "t,length -> inside");
  sac_body_node (body, "Where", "inside,turned,t -> index");
  sac_body_node (body, "Reshape", "x,three -> x_flat");
  sac_body_node (body, "Shape", "x_flat -> flat_shape");
  sac_body_node (body, "Expand", "index,flat_shape -> places");
  sac_body_node (body, "GatherElements", "x_flat,places -> flat");
  sac_body_set_int (body, "axis", time);
  sac_body_node (body, "Reshape", "flat,shape -> y");
}

#define PLACE(name, version, minimum, in, out, func)                           \
  {                                                                            \
    .domain = "", .op_type = name, .opset_min = version,                       \
    .inputs_min = minimum, .inputs = in, .outputs = out, .write = func         \
  }

const SacDecomposition sac_decompose_place[] = {
  PLACE ("AffineGrid", 20, 2, "theta,size", "grid", write_affine_grid),
  PLACE ("CenterCropPad", 18, 2, "x,shape", "y", write_center_crop_pad),
  PLACE ("Col2Im", 18, 3, "x,image,block", "y", write_col2im),
  PLACE ("MaxUnpool", 9, 2, "x,indices,output_shape", "y", write_max_unpool),
  PLACE ("ReverseSequence", 10, 2, "x,lengths", "y", write_reverse_sequence),
  {NULL},
};
