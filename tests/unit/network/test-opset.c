/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Ops whose meaning changed after opset 17, which is where the standard's own
 * tests that can be had end: see opset-values.py for the formulas. */
#include "base/error.h"
#include "onnx-writer.h"
#include "support.h"
#include "value-run.h"

#include <string.h>

#define IMAGE "input x float 1,1,4,5\n"
#define POOL "input x float 1,1,5,4\n"
#define SCATTER "input x float 3,2\ninput d float 4,2\ninit i int64 3,1 0 2 0\n"
#define NORM "input x float 2,4,2,2\n"
#define GRID "input x float 1,1,4,5\ninput g float 1,2,3,2\n"

static const struct {
  const char *name;
  const char *text;
} networks[] = {
  {"reduce_mean_axes", "opset 18\ninput x float 2,3,4\ninit a int64 2 0 -1\n"
                       "node r ReduceMean x,a -> y keepdims=i:0\noutput y\n"},
  {"reduce_mean_all", "opset 18\ninput x float 2,3\n"
                      "node r ReduceMean x -> y\noutput y\n"},
  {"reduce_mean_noop",
   "opset 18\ninput x float 2,3\ninit a int64 0\n"
   "node r ReduceMean x,a -> y noop_with_empty_axes=i:1\noutput y\n"},
  {"reduce_l2_axes", "opset 18\ninput x float 2,3\ninit a int64 1 1\n"
                     "node r ReduceL2 x,a -> y keepdims=i:0\noutput y\n"},
  {"reduce_max_axes", "opset 20\ninput x float 2,3\ninit a int64 1 0\n"
                      "node r ReduceMax x,a -> y\noutput y\n"},
  {"reduce_log_sum_exp_axes",
   "opset 18\ninput x float 2,3\ninit a int64 1 -1\n"
   "node r ReduceLogSumExp x,a -> y keepdims=i:0\noutput y\n"},
  {"reduce_sum_square_empty", "opset 18\ninput x float 2,3\ninit a int64 0\n"
                              "node r ReduceSumSquare x,a -> y\noutput y\n"},
  {"split_uneven", "opset 18\ninput x float 2,5\n"
                   "node s Split x -> a,b,y num_outputs=i:3 axis=i:1\n"
                   "output y\noutput a\noutput b\n"},
  {"pad_axes", "opset 18\ninput x float 2,3,4\ninit p int64 4 1 0 -1 2\n"
               "init v float - 0.5\ninit a int64 2 -1 0\n"
               "node p Pad x,p,v,a -> y\noutput y\n"},
  {"pad_wrap", "opset 19\ninput x float 2,3\ninit p int64 4 1 2 1 1\n"
               "node p Pad x,p -> y mode=s:wrap\noutput y\n"},
  {"resize_antialias",
   "opset 18\n" IMAGE "init s int64 4 1 1 2 3\n"
   "node r Resize x,_,_,s -> y mode=s:linear antialias=i:1\noutput y\n"},
  {"resize_antialias_cubic",
   "opset 18\n" IMAGE "init s int64 4 1 1 2 3\n"
   "node r Resize x,_,_,s -> y mode=s:cubic antialias=i:1\noutput y\n"},
  {"resize_antialias_exclude",
   "opset 18\n" IMAGE "init s int64 4 1 1 2 3\n"
   "node r Resize x,_,_,s -> y mode=s:linear antialias=i:1 "
   "exclude_outside=i:1\noutput y\n"},
  {"resize_axes",
   "opset 18\n" IMAGE "init s int64 2 2 6\n"
   "node r Resize x,_,_,s -> y mode=s:linear axes=is:3,2\noutput y\n"},
  {"resize_not_larger", "opset 18\n" IMAGE "init s int64 2 7 6\n"
                        "node r Resize x,_,_,s -> y mode=s:linear axes=is:2,3 "
                        "keep_aspect_ratio_policy=s:not_larger\noutput y\n"},
  {"resize_not_smaller", "opset 18\n" IMAGE "init s int64 2 7 6\n"
                         "node r Resize x,_,_,s -> y mode=s:linear axes=is:2,3 "
                         "keep_aspect_ratio_policy=s:not_smaller\noutput y\n"},
  {"resize_symmetric",
   "opset 19\n" IMAGE "init s float 4 1 1 1 0.7\n"
   "node r Resize x,_,s -> y mode=s:linear "
   "coordinate_transformation_mode=s:half_pixel_symmetric\noutput y\n"},
  {"resize_exclude_outside",
   "opset 18\n" IMAGE "init s float 4 1 1 1 1.6\n"
   "node r Resize x,_,s -> y mode=s:cubic exclude_outside=i:1\noutput y\n"},
  {"resize_crop", "opset 18\n" IMAGE "init s int64 1 3\n"
                  "init roi float 2 0.25 1.5\n"
                  "node r Resize x,roi,_,s -> y mode=s:linear axes=is:2 "
                  "coordinate_transformation_mode=s:tf_crop_and_resize "
                  "extrapolation_value=f:9\noutput y\n"},
  {"average_pool_dilations",
   "opset 19\n" POOL "node p AveragePool x -> y kernel_shape=is:3,2 "
   "pads=is:1,0,1,0 dilations=is:2,1\noutput y\n"},
  {"average_pool_dilations_padding",
   "opset 22\n" POOL "node p AveragePool x -> y kernel_shape=is:3,2 "
   "pads=is:1,0,1,0 dilations=is:2,1 count_include_pad=i:1\noutput y\n"},
  {"average_pool_ceil",
   "opset 19\ninput x float 1,1,5,5\n"
   "node p AveragePool x -> y kernel_shape=is:3,3 strides=is:2,2 "
   "pads=is:1,1,1,1 ceil_mode=i:1 count_include_pad=i:1\noutput y\n"},
  {"lp_pool_dilations",
   "opset 18\n" POOL "node p LpPool x -> y kernel_shape=is:2,2 "
   "dilations=is:2,2\noutput y\n"},
  {"group_norm_18",
   "opset 18\n" NORM "input ws float 2\ninput wb float 2\n"
   "node g GroupNormalization x,ws,wb -> y num_groups=i:2\noutput y\n"},
  {"group_norm_21",
   "opset 21\n" NORM "input ws float 4\ninput wb float 4\n"
   "node g GroupNormalization x,ws,wb -> y num_groups=i:2\noutput y\n"},
  {"rms_norm", "opset 23\ninput x float 2,3,4\ninput ws float 3,4\n"
               "node g RMSNormalization x,ws -> y axis=i:1\noutput y\n"},
  {"gelu", "opset 20\ninput x float 2,5\nnode g Gelu x -> y\noutput y\n"},
  {"gelu_tanh", "opset 20\ninput x float 2,5\n"
                "node g Gelu x -> y approximate=s:tanh\noutput y\n"},
  {"mish", "opset 22\ninput x float 2,5\nnode g Mish x -> y\noutput y\n"},
  {"swish", "opset 24\ninput x float 2,5\n"
            "node g Swish x -> y alpha=f:0.7\noutput y\n"},
  {"grid_sample_linear",
   "opset 20\n" GRID "node s GridSample x,g -> y mode=s:linear "
   "padding_mode=s:border align_corners=i:1\noutput y\n"},
  {"grid_sample_cubic",
   "opset 22\n" GRID "node s GridSample x,g -> y mode=s:cubic\noutput y\n"},
  {"scatter_elements_max",
   "opset 18\ninput x float 2,3\ninput d float 4,3\n"
   "init i int64 2,3 2 2 2 0 0 0\n"
   "node s ScatterElements d,i,x -> y reduction=s:max\noutput y\n"},
  {"scatter_nd_min", "opset 18\n" SCATTER
                     "node s ScatterND d,i,x -> y reduction=s:min\noutput y\n"},
  {"scatter_nd_add", "opset 18\n" SCATTER
                     "node s ScatterND d,i,x -> y reduction=s:add\noutput y\n"},
  {"attention_24",
   "opset 24\ninput q float 1,2,3,4\ninput k float 1,2,3,4\n"
   "input v float 1,2,3,2\ninput m float 3,3\n"
   "node a Attention q,k,v,m -> y is_causal=i:1 softcap=f:2\noutput y\n"},
  {"shape_ends", "opset 21\ninput x float 2,3,4\n"
                 "node _ Shape x -> last start=i:-1\n"
                 "node _ Shape x -> first end=i:1\n"
                 "node _ Constant -> rest value_ints=is:-1\n"
                 "node _ Concat first,rest -> shape axis=i:0\n"
                 "node _ Reshape x,shape -> flat allowzero=i:1\n"
                 "node _ CastLike last,x -> factor\n"
                 "node _ Mul flat,factor -> y\noutput y\n"},
  {"conv_22", "opset 22\ninput x float 1,2,4,4\ninput w float 3,2,3,3\n"
              "node c Conv x,w -> y pads=is:1,1,1,1 strides=is:2,2\n"
              "output y\n"},
  {"softmax_25", "opset 25\ninput x float 2,3,2\n"
                 "node s Softmax x -> y axis=i:1\noutput y\n"},
};

static void
test_values (const void *data)
{
  const Values *values = data;

  for (size_t i = 0; i < G_N_ELEMENTS (networks); i++) {
    if (strcmp (networks[i].name, values->name) != 0)
      continue;
    value_run_check (networks[i].text, values);
    return;
  }
  g_assert_not_reached ();
}

/* What one version has and another has not. */
static const struct {
  const char *text;
  const char *part;
} refused[] = {
  {"opset 26\ninput x float 2\nnode a Abs x -> y\noutput y\n",
   "opsets 7 to 25 are supported"},
  {"opset 19\ninput x float 2\nnode a Gelu x -> y\noutput y\n",
   "from opset 20 on"},
  {"opset 22\ninput x float 2,3\ninit w float 3 1 2 3\n"
   "node a RMSNormalization x,w -> y\noutput y\n",
   "from opset 23 on"},
};

static void
test_refused (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) bytes = onnx_write (refused[i].text);
    g_autoptr (SacNetwork) network =
      sac_network_parse (bytes, "test.onnx", &error);

    g_assert_null (network);
    g_assert_nonnull (strstr (error->message, refused[i].part));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (const Values *v = opset_values; v->name != NULL; v++) {
    g_autofree char *path = g_strdup_printf ("/opset/values/%s", v->name);

    g_test_add_data_func (path, v, test_values);
  }
  g_test_add_func ("/opset/refused", test_refused);
  return g_test_run ();
}
