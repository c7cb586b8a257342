/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Ops that are taken apart while a network is loaded: their outputs and
 * gradients against PyTorch's, the names of what is inside, and what they
 * refuse. */
#include "network/decompose.h"

#include "base/error.h"
#include "network/plan.h"
#include "onnx-writer.h"
#include "support.h"
#include "value-run.h"

#include <string.h>

#define QKV3                                                                   \
  "input q float 2,3,4\n"                                                      \
  "input k float 2,5,4\n"                                                      \
  "input v float 2,5,6\n"
#define QKV4                                                                   \
  "input q float 2,2,3,2\n"                                                    \
  "input k float 2,2,5,2\n"                                                    \
  "input v float 2,2,5,3\n"
#define MASK "init mask bool 3,5 1 0 1 1 0 0 1 1 0 1 1 1 1 1 1\n"
#define ATTENTION "opset 23\n"
#define RUNTIME "opset 17\nopset com.microsoft 1\n"
#define STAGE(number)                                                          \
  ATTENTION QKV4 MASK                                                          \
    "node attn Attention q,k,v,mask -> y,_,_,stage softcap=f:0.4 "             \
    "qk_matmul_output_mode=i:" number "\noutput y\noutput stage\n"
#define CONV "input x float 1,2,4,5\ninput w float 3,2,3,3\n"
#define NHWC "input x float 1,4,5,2\ninput w float 3,2,3,3\ninput wb float 3\n"
#define GROUPED                                                                \
  "input q float 1,4,3,2\n"                                                    \
  "input k float 1,2,5,2\n"                                                    \
  "input v float 1,2,5,3\n"

/* A network for each entry of decompose_values. */
static const struct {
  const char *name;
  const char *text;
} networks[] = {
  {"attention", ATTENTION QKV3 "node attn Attention q,k,v -> y "
                               "q_num_heads=i:2 kv_num_heads=i:2\noutput y\n"},
  {"attention_float_mask",
   ATTENTION QKV4 "input m float 3,5\nnode attn Attention q,k,v,m -> y\n"
                  "output y\n"},
  /* Counts of heads with four axes, as PyTorch writes them. */
  {"attention_bool_mask",
   ATTENTION QKV4 MASK "node attn Attention q,k,v,mask -> y q_num_heads=i:2 "
                       "kv_num_heads=i:2\noutput y\n"},
  {"attention_causal",
   ATTENTION QKV4 "node attn Attention q,k,v -> y is_causal=i:1\noutput y\n"},
  {"attention_causal_mask", ATTENTION QKV4
   "init mask bool 1,1,1,5 1 1 1 1 1\n"
   "node attn Attention q,k,v,mask -> y is_causal=i:1 softcap=f:0.4\n"
   "output y\n"},
  {"attention_grouped",
   ATTENTION GROUPED "node attn Attention q,k,v -> y scale=f:0.3\noutput y\n"},
  {"attention_grouped_tokens",
   ATTENTION "input q float 1,3,8\ninput k float 1,5,4\ninput v float 1,5,6\n"
             "node attn Attention q,k,v -> y scale=f:0.3 q_num_heads=i:4 "
             "kv_num_heads=i:2\noutput y\n"},
  {"attention_stage_0", STAGE ("0")},
  {"attention_stage_1", STAGE ("1")},
  {"attention_stage_3", STAGE ("3")},
  {"runtime_attention",
   RUNTIME "input x float 2,3,4\ninput m float 4,12\ninput b float 12\n"
           "node attn com.microsoft:Attention x,m,b -> y num_heads=i:2\n"
           "output y\n"},
  {"runtime_attention_sizes",
   RUNTIME "input x float 2,3,4\ninput p float 4,14\ninput b float 14\n"
           "input m float 1,2,3,3\n"
           "node attn com.microsoft:Attention x,p,b,_,_,m -> y num_heads=i:2 "
           "scale=f:0.3 qkv_hidden_sizes=is:4,4,6\noutput y\n"},
  {"runtime_attention_causal",
   RUNTIME "input x float 2,3,4\ninput m float 4,12\ninput b float 12\n"
           "node attn com.microsoft:Attention x,m,b -> y num_heads=i:2 "
           "unidirectional=i:1\noutput y\n"},
  {"multi_head_attention",
   RUNTIME "input q float 2,3,4\ninput k float 2,5,4\ninput v float 2,5,4\n"
           "input b float 12\ninput m float 2,1,3,5\n"
           "node attn com.microsoft:MultiHeadAttention q,k,v,b,_,m -> y "
           "num_heads=i:2 scale=f:0.7\noutput y\n"},
  {"runtime_attention_mask",
   RUNTIME "input x float 2,3,4\ninput m float 4,12\ninput b float 12\n"
           "init k int32 2,3 1 1 0 1 0 0\n"
           "node attn com.microsoft:Attention x,m,b,k -> y num_heads=i:2\n"
           "output y\n"},
  {"multi_head_attention_packed",
   RUNTIME "input q float 2,3,2,3,2\ninput m float 2,1,3,3\n"
           "init k int32 2,3,3 1 1 0 1 0 1 1 1 1 0 1 0 1 1 1 0 0 1\n"
           "node attn com.microsoft:MultiHeadAttention q,_,_,_,k,m -> y "
           "num_heads=i:2\noutput y\n"},
  {"multi_head_attention_packed_keys",
   RUNTIME "input q float 2,3,4\ninput k float 2,5,2,2,2\n"
           "node attn com.microsoft:MultiHeadAttention q,k -> y num_heads=i:2\n"
           "output y\n"},
  {"rotary", "opset 23\ninput x float 1,2,3,6\ninput c float 1,3,3\n"
             "input s float 1,3,3\n"
             "node r RotaryEmbedding x,c,s -> y\noutput y\n"},
  {"rotary_tokens",
   "opset 23\ninput x float 2,3,8\ninput c float 6,1\ninput s float 6,1\n"
   "init ids int64 2,3 0 1 4 5 2 2\n"
   "node r RotaryEmbedding x,c,s,ids -> y num_heads=i:2 interleaved=i:1 "
   "rotary_embedding_dim=i:2\noutput y\n"},
  {"affine_grid", "opset 20\ninput t float 2,2,3\ninit size int64 4 2 1 3 4\n"
                  "node g AffineGrid t,size -> y\noutput y\n"},
  {"affine_grid_aligned",
   "opset 20\ninput t float 1,2,3\ninit size int64 4 1 1 3 1\n"
   "node g AffineGrid t,size -> y align_corners=i:1\noutput y\n"},
  {"center_crop_pad", "opset 18\ninput x float 3,5,4\ninit s int64 3 4 2 4\n"
                      "node c CenterCropPad x,s -> y\noutput y\n"},
  {"center_crop_pad_axes",
   "opset 18\ninput x float 3,5,4\ninit s int64 2 2 8\n"
   "node c CenterCropPad x,s -> y axes=is:-1,1\noutput y\n"},
  {"col2im", "opset 18\ninput x float 2,12,6\ninit image int64 2 5 6\n"
             "init block int64 2 2 3\n"
             "node c Col2Im x,image,block -> y strides=is:2,1 "
             "dilations=is:1,2 pads=is:1,0,1,0\noutput y\n"},
  {"max_unpool", "input x float 1,2,2,2\n"
                 "init at int64 1,2,2,2 1 2 12 15 16 23 25 26\n"
                 "node u MaxUnpool x,at -> y kernel_shape=is:2,2 "
                 "strides=is:2,2\noutput y\n"},
  {"max_unpool_shape", "input x float 1,2,2,2\n"
                       "init at int64 1,2,2,2 1 2 12 15 16 23 25 26\n"
                       "init size int64 4 1 2 6 5\n"
                       "node u MaxUnpool x,at,size -> y kernel_shape=is:2,2 "
                       "strides=is:2,2\noutput y\n"},
  {"reverse_sequence", "input x float 4,3,2\ninit n int64 3 4 2 1\n"
                       "node r ReverseSequence x,n -> y\noutput y\n"},
  {"reverse_sequence_batch",
   "input x float 3,4\ninit n int64 3 4 2 1\n"
   "node r ReverseSequence x,n -> y time_axis=i:1 batch_axis=i:0\noutput y\n"},
  {"shrink", "input x float 2,5\n"
             "node s Shrink x -> y lambd=f:0.3 bias=f:0.1\noutput y\n"},
  {"dequantize", "input x float 2,3\n"
                 "init q int8 3,2 -128 127 5 -6 0 100\n"
                 "init scale float 2 0.5 0.25\ninit zero int8 2 3 -4\n"
                 "node d DequantizeLinear q,scale,zero -> w\n"
                 "node m MatMul x,w -> y\noutput y\n"},
  {"dequantize_whole", "input x float 2,3\ninit q uint8 3,2 255 0 128 1 7 100\n"
                       "init scale float - 0.125\ninit zero uint8 - 128\n"
                       "node d DequantizeLinear q,scale,zero -> w\n"
                       "node m MatMul x,w -> y\noutput y\n"},
  {"gelu", RUNTIME "input x float 2,5\nnode a com.microsoft:Gelu x -> y\n"
                   "output y\n"},
  {"bias_gelu", RUNTIME "input x float 2,5\ninput b float 5\n"
                        "node a com.microsoft:BiasGelu x,b -> y\noutput y\n"},
  {"fast_gelu", RUNTIME "input x float 2,5\n"
                        "node a com.microsoft:FastGelu x -> y\noutput y\n"},
  {"fast_gelu_bias",
   RUNTIME "input x float 2,5\ninput b float 5\n"
           "node a com.microsoft:FastGelu x,b -> y\noutput y\n"},
  {"quick_gelu", RUNTIME "input x float 2,5\n"
                         "node a com.microsoft:QuickGelu x -> y\noutput y\n"},
  {"quick_gelu_alpha",
   RUNTIME "input x float 2,5\n"
           "node a com.microsoft:QuickGelu x -> y alpha=f:0.5\noutput y\n"},
  {"layer_norm",
   "opset 11\ninput x float 2,3,4\ninput wg float 4\ninput wb float 4\n"
   "node a LayerNormalization x,wg,wb -> y epsilon=f:0.001\noutput y\n"},
  {"layer_norm_axis",
   RUNTIME "input x float 2,3,4\ninput wg float 3,4\n"
           "node a com.microsoft:LayerNormalization x,wg -> y,mean,inverse "
           "axis=i:1\noutput y\n"},
  {"simplified_norm",
   "opset 12\ninput x float 2,3,4\ninput wg float 4\n"
   "node a SimplifiedLayerNormalization x,wg -> y epsilon=f:1e-6\noutput y\n"},
  {"skip_layer_norm",
   RUNTIME "input x float 2,3,4\ninput s float 2,3,4\ninput wg float 4\n"
           "input wc float 4\ninput b float 4\n"
           "node a com.microsoft:SkipLayerNormalization x,s,wg,wc,b -> "
           "y,_,_,sum epsilon=f:1e-12\noutput y\noutput sum\n"},
  {"skip_layer_norm_plain",
   RUNTIME "input x float 2,3,4\ninput s float 3,4\ninput wg float 4\n"
           "node a com.microsoft:SkipLayerNormalization x,s,wg -> y\n"
           "output y\n"},
  {"skip_simplified_norm",
   RUNTIME "input x float 2,3,4\ninput s float 2,3,4\ninput wg float 4\n"
           "input b float 4\n"
           "node a com.microsoft:SkipSimplifiedLayerNormalization x,s,wg,b -> "
           "y,_,_,sum epsilon=f:1e-6\noutput y\noutput sum\n"},
  {"fused_mat_mul",
   RUNTIME "input a float 2,4,3\ninput b float 2,5,4\n"
           "init one int64 1 1\n"
           "node u Unsqueeze b,one -> b4\nnode s Squeeze b4,one -> b3\n"
           "node m com.microsoft:FusedMatMul a,b3 -> y transA=i:1 transB=i:1 "
           "alpha=f:0.25\noutput y\n"},
  {"fused_mat_mul_plain",
   RUNTIME "input a float 2,3,4\ninput b float 4,5\n"
           "node m com.microsoft:FusedMatMul a,b -> y\noutput y\n"},
  {"fused_mat_mul_batch",
   RUNTIME "input a float 3,2,4\ninput b float 4,2,5\n"
           "node m com.microsoft:FusedMatMul a,b -> y transBatchA=i:1 "
           "transBatchB=i:1 alpha=f:0.5\noutput y\n"},
  {"fused_mat_mul_both",
   RUNTIME "input a float 4,2,2,3\ninput b float 5,2,2,4\n"
           "node m com.microsoft:FusedMatMul a,b -> y transBatchA=i:1 "
           "transA=i:1 transBatchB=i:1 transB=i:1\noutput y\n"},
  {"fused_mat_mul_vector",
   RUNTIME "input a float 4\ninput b float 2,3,4\n"
           "node m com.microsoft:FusedMatMul a,b -> y transA=i:1 transB=i:1\n"
           "output y\n"},
  {"fused_gemm",
   RUNTIME "input a float 4,3\ninput b float 5,4\ninput c float 5\n"
           "node m com.microsoft:FusedGemm a,b,c -> y transA=i:1 transB=i:1 "
           "alpha=f:0.5 beta=f:2 activation=s:LeakyRelu "
           "activation_alpha=f:0.2\noutput y\n"},
  {"fused_conv_sum",
   RUNTIME CONV "input wb float 3\ninput z float 1,3,4,5\n"
                "node c com.microsoft:FusedConv x,w,wb,z -> y pads=is:1,1,1,1 "
                "activation=s:Relu\noutput y\n"},
  {"fused_conv_clip",
   RUNTIME CONV "input wb float 3\n"
                "node c com.microsoft:FusedConv x,w,wb -> y strides=is:2,2 "
                "activation=s:Clip activation_params=fs:-0.5,1.5\noutput y\n"},
  {"fused_conv_sigmoid",
   RUNTIME CONV "node c com.microsoft:FusedConv x,w -> y "
                "activation=s:HardSigmoid activation_params=fs:0.3,0.4\n"
                "output y\n"},
  {"nhwc_conv", RUNTIME NHWC "node c com.microsoft:NhwcConv x,w,wb -> y "
                             "pads=is:1,1,1,1\noutput y\n"},
  {"nhwc_fused_conv",
   RUNTIME NHWC "input z float 1,4,5,3\n"
                "node c com.microsoft:NhwcFusedConv x,w,wb,z -> y "
                "pads=is:1,1,1,1 activation=s:Tanh\noutput y\n"},
  {"conv_volume",
   "input x float 1,2,4,5,3\ninput w float 2,1,2,3,2\ninput wb float 2\n"
   "node c Conv x,w,wb -> y strides=is:2,1,1 dilations=is:1,2,1 group=i:2 "
   "pads=is:1,1,0,0,1,0\noutput y\n"},
  {"conv_volume_same", "input x float 1,2,5,6,7\ninput w float 3,2,3,3,2\n"
                       "node c Conv x,w -> y strides=is:3,1,2 "
                       "auto_pad=s:SAME_UPPER\noutput y\n"},
  {"conv_volume_same_lower",
   "input x float 1,2,4,3,3\ninput w float 2,2,2,2,2\n"
   "node c Conv x,w -> y auto_pad=s:SAME_LOWER\noutput y\n"},
  {"conv_transpose_volume",
   "input x float 2,2,3,2,2\ninput w float 2,1,3,2,2\ninput wb float 2\n"
   "node c ConvTranspose x,w,wb -> y strides=is:2,1,1 group=i:2 "
   "pads=is:1,1,0,1,1,0 output_padding=is:1,0,0\noutput y\n"},
  {"max_pool_volume",
   "input x float 1,2,4,5,3\n"
   "node p MaxPool x -> y kernel_shape=is:2,3,2 strides=is:2,2,1 "
   "pads=is:1,1,0,1,1,0\noutput y\n"},
  {"average_pool_volume",
   "input x float 1,2,4,5,3\n"
   "node p AveragePool x -> y kernel_shape=is:3,2,2 strides=is:2,2,1 "
   "pads=is:1,1,0,1,1,0 ceil_mode=i:1\noutput y\n"},
};

static SacNetwork *
parse (const char *text, GError **error)
{
  g_autoptr (GBytes) bytes = onnx_write (text);

  return sac_network_parse (bytes, "test.onnx", error);
}

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

/* What lies inside has the node's name before its own, also in a function. */
static void
test_names (void)
{
  static const char *const captures[] = {"attn/probabilities", "attn/scores",
                                         NULL};
  ValueRun run;

  value_run_open (&run, STAGE ("3"), captures);

  const SacTensor *stage = sac_result_get_value (run.result, "stage");
  const SacTensor *inside =
    sac_result_get_value (run.result, "attn/probabilities");

  g_assert_true (sac_shape_equal (&stage->shape, &inside->shape));
  g_assert_cmpmem (stage->data, sac_tensor_get_bytes (stage), inside->data,
                   sac_tensor_get_bytes (inside));
  value_run_close (&run);
}

/* A function of the file comes before ours of the same name. */
static void
test_own_function (void)
{
  ValueRun run;

  value_run_open (&run,
                  RUNTIME "function com.microsoft:QuickGelu a -> b\n"
                          "node n Neg a -> b\n"
                          "end\n"
                          "input x float 2\n"
                          "node g com.microsoft:QuickGelu x -> y\n"
                          "output y\n",
                  NULL);

  const float *y = sac_tensor_f32 (sac_result_get_value (run.result, "y"));

  g_assert_cmpfloat (y[1], ==, -sac_tensor_f32 (run.inputs[0])[1]);
  value_run_close (&run);
}

static const struct {
  const char *text;
  int code;
  const char *part;
} refused[] = {
  {ATTENTION QKV4 "input p float 2,2,1,2\n"
                  "node attn Attention q,k,v,_,p -> y\noutput y\n",
   SAC_ERROR_UNSUPPORTED,
   "node attn (Attention, opset 23): its input 4 "
   "(past_key) is not supported"},
  {ATTENTION QKV4 "node attn Attention q,k,v -> y,pk\noutput y\n",
   SAC_ERROR_UNSUPPORTED, "present_key"},
  {"opset 24\n" QKV4 "init n int64 2 5 5\n"
   "node attn Attention q,k,v,_,_,_,n -> y\noutput y\n",
   SAC_ERROR_UNSUPPORTED, "nonpad_kv_seqlen"},
  {"opset 22\n" QKV4 "node attn Attention q,k,v -> y\noutput y\n",
   SAC_ERROR_UNSUPPORTED, "this op is not supported"},
  {ATTENTION QKV3 "node attn Attention q,k,v -> y\noutput y\n",
   SAC_ERROR_DAMAGED, "how many heads"},
  {ATTENTION QKV3 "node attn Attention q,k,v -> y q_num_heads=i:3 "
                  "kv_num_heads=i:2\noutput y\n",
   SAC_ERROR_DAMAGED, "3 heads of queries do not fit 2 heads of keys"},
  {ATTENTION QKV4 "node attn Attention q,k,v -> y softcap=f:-1\noutput y\n",
   SAC_ERROR_DAMAGED, "softcap"},
  {ATTENTION QKV4 "node attn Attention q,k,v -> y scale=i:1\noutput y\n",
   SAC_ERROR_DAMAGED, "its attribute scale is of another kind"},
  {ATTENTION QKV4 "node attn Attention q,k,v -> y,_,_,s "
                  "qk_matmul_output_mode=i:4\noutput y\n",
   SAC_ERROR_DAMAGED, "qk_matmul_output_mode 4"},
  {ATTENTION QKV4 "node attn Attention q,k -> y\noutput y\n", SAC_ERROR_DAMAGED,
   "its input 2 is missing"},
  {RUNTIME "input x float 1,3,4\ninput m float 4,12\ninput b float 12\n"
           "init k int32 1 3\n"
           "node attn com.microsoft:Attention x,m,b,k -> y num_heads=i:2\n"
           "output y\n",
   SAC_ERROR_UNSUPPORTED, "mask_index"},
  {RUNTIME "input x float 1,3,4\ninput m float 4,12\ninput b float 12\n"
           "node attn com.microsoft:Attention x,m,b -> y\noutput y\n",
   SAC_ERROR_DAMAGED, "how many heads"},
  {RUNTIME "input q float 1,3,2,3,2\ninput b float 12\n"
           "node attn com.microsoft:MultiHeadAttention q,_,_,b -> y "
           "num_heads=i:2\noutput y\n",
   SAC_ERROR_UNSUPPORTED, "packed queries"},
  {"input x float 2,3\ninit s float - 0.1\n"
   "node q QuantizeLinear x,s -> z\n"
   "node d DequantizeLinear z,s -> y\noutput y\n",
   SAC_ERROR_UNSUPPORTED,
   "node q (QuantizeLinear, opset 17): it computes with quantised numbers"},
  {"input x uint8 2,3\ninit s float - 0.1\n"
   "node d DequantizeLinear x,s -> y\noutput y\n",
   SAC_ERROR_UNSUPPORTED, "quantised"},
  {"opset 21\ninput x float 2,3\ninit q int8 2,3 1 2 3 4 5 6\n"
   "init s float 2,3 1 1 1 1 1 1\n"
   "node d DequantizeLinear q,s -> w block_size=i:1\n"
   "node a Add x,w -> y\noutput y\n",
   SAC_ERROR_UNSUPPORTED, "scales for blocks"},
  {"opset 20\ninput t float 1,3,4\ninit size int64 5 1 1 2 3 4\n"
   "node g AffineGrid t,size -> y\noutput y\n",
   SAC_ERROR_UNSUPPORTED, "three spatial axes"},
  {RUNTIME CONV "node c com.microsoft:FusedConv x,w -> y activation=s:Mish\n"
                "output y\n",
   SAC_ERROR_UNSUPPORTED, "activation"},
  {RUNTIME CONV "node c com.microsoft:FusedConv x,w -> y activation=s:Clip\n"
                "output y\n",
   SAC_ERROR_DAMAGED, "Clip has 0 parameters"},
  {"input x float 1,2,4,5,3\ninput w float 2,2,2,3,2\n"
   "node c ConvTranspose x,w -> y auto_pad=s:SAME_UPPER\noutput y\n",
   SAC_ERROR_UNSUPPORTED, "auto_pad"},
  {"input x float 1,2,4,5,3\ninput w float 2,2,99,3,2\n"
   "node c Conv x,w -> y\noutput y\n",
   SAC_ERROR_UNSUPPORTED, "99 planes"},
  {"input x float 1,2,4,5,3\ninput w float 2,2,2,3,2\n"
   "node c Conv x,w -> y strides=is:1,1\noutput y\n",
   SAC_ERROR_DAMAGED, "strides has 2 entries, not 3"},
  {"input x float 1,2,4,5,3\n"
   "node p MaxPool x -> y,places kernel_shape=is:2,2,2\noutput y\n",
   SAC_ERROR_UNSUPPORTED, "Indices"},
  {"opset 17\nopset com.microsoft.nchwc 1\n" CONV
   "node c com.microsoft.nchwc:Conv x,w -> y\noutput y\n",
   SAC_ERROR_UNSUPPORTED, "ORT_ENABLE_EXTENDED"},
};

static void
test_refused (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SacNetwork) network = parse (refused[i].text, &error);

    g_assert_null (network);
    test_assert_error (&error, SAC_ERROR, refused[i].code, refused[i].part);
  }
}

static const struct {
  const char *text;
  const char *part;
} misfits[] = {
  /* A mask for three of five keys. */
  {ATTENTION QKV4 "init mask bool 3 1 1 1\n"
                  "node attn Attention q,k,v,mask -> y\noutput y\n",
   "it needs a value for each key"},
  {ATTENTION QKV4 "init mask int64 5 1 1 1 1 1\n"
                  "node attn Attention q,k,v,mask -> y\noutput y\n",
   "neither bool nor float32"},
  /* Heads do not divide the features. */
  {ATTENTION QKV3 "node attn Attention q,k,v -> y q_num_heads=i:3 "
                  "kv_num_heads=i:3\noutput y\n",
   "attn/queries"},
};

static void
test_misfits (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (misfits); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SacNetwork) network = parse (misfits[i].text, &error);

    g_assert_no_error (error);

    const SacGraph *graph = sac_network_get_graph (network);
    SacShape shapes[3];

    for (size_t k = 0; k < 3; k++)
      shapes[k] = graph->values[graph->inputs[k]].shape;

    const SacPlanRequest request = {.input_shapes = shapes};
    g_autoptr (SacPlan) plan = sac_plan_new (network, &request, NULL, &error);

    g_assert_null (plan);
    g_assert_nonnull (error);
    g_assert_nonnull (strstr (error->message, misfits[i].part));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (const Values *v = decompose_values; v->name != NULL; v++) {
    g_autofree char *path = g_strdup_printf ("/decompose/values/%s", v->name);

    g_test_add_data_func (path, v, test_values);
  }
  g_test_add_func ("/decompose/names", test_names);
  g_test_add_func ("/decompose/own-function", test_own_function);
  g_test_add_func ("/decompose/refused", test_refused);
  g_test_add_func ("/decompose/misfits", test_misfits);
  return g_test_run ();
}
