/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Attention and targets in graphs that the reference networks do not have, and
 * Softmax that is no attention. */
#include "base/error.h"
#include "explain/attention-find.h"
#include "explain/attention-window.h"
#include "explain/attention.h"
#include "explain/cam-target.h"
#include "support.h"
#include "written-model.h"

#include <string.h>

/* image [1,3,8,8] -> map [1,4,4,4] */
#define STEM                                                                   \
  "opset 13\n"                                                                 \
  "input image float 1,3,8,8\n"                                                \
  "noise stem 4,3,2,2\n"                                                       \
  "node _ Conv image,stem -> map strides=is:2,2\n"

/* mixed [1,4,4,4] -> logits [1,2] */
#define HEAD                                                                   \
  "node _ GlobalAveragePool mixed -> pooled\n"                                 \
  "node _ Flatten pooled -> flat\n"                                            \
  "noise head 4,2\n"                                                           \
  "node _ MatMul flat,head -> logits\n"                                        \
  "output logits float 1,2\n"

/* x [1,16,4]: the places of the map as tokens; wq, wk, wv [4,4] */
#define TOKENS                                                                 \
  "input image float 1,3,8,8\n"                                                \
  "noise stem 4,3,2,2\n"                                                       \
  "node _ Conv image,stem -> map strides=is:2,2\n"                             \
  "init tokens int64 3 0 4 16\n"                                               \
  "init map_shape int64 4 0 4 4 4\n"                                           \
  "noise wq 4,4\n"                                                             \
  "noise wk 4,4\n"                                                             \
  "noise wv 4,4\n"                                                             \
  "node _ Reshape map,tokens -> flat_map\n"                                    \
  "node _ Transpose flat_map -> x perm=is:0,2,1\n"

/* seen [1,16,4], added to x */
#define BACK                                                                   \
  "node _ Add x,seen -> sum\n"                                                 \
  "node _ Transpose sum -> turned perm=is:0,2,1\n"                             \
  "node _ Reshape turned,map_shape -> mixed\n" HEAD

#define PROJECTIONS                                                            \
  "node _ MatMul x,wq -> q\n"                                                  \
  "node _ MatMul x,wk -> k\n"                                                  \
  "node _ MatMul x,wv -> v\n"

typedef struct {
  const char *name;
  const char *text;
  int count; /* of attention found */
  SacAttentionKind kind;
  int heads, rows, columns, prefix;
  const char *target; /* by default */
} Graph;

static const Graph graphs[] = {
  {
    .name = "non-local-turned", /* values times the transposed weights */
    .text = STEM "noise wq 2,4,1,1\n"
                 "noise wk 2,4,1,1\n"
                 "noise wv 4,4,1,1\n"
                 "init rows int64 3 0 2 16\n"
                 "init values int64 3 0 4 16\n"
                 "init map_shape int64 4 0 4 4 4\n"
                 "node _ Conv map,wq -> q\n"
                 "node _ Conv map,wk -> k\n"
                 "node _ Conv map,wv -> v\n"
                 "node _ Reshape q,rows -> q3\n"
                 "node _ Transpose q3 -> qt perm=is:0,2,1\n"
                 "node _ Reshape k,rows -> k3\n"
                 "node _ Reshape v,values -> v3\n"
                 "node _ MatMul qt,k3 -> scores\n"
                 "node _ Softmax scores -> weights axis=i:-1\n"
                 "node _ Transpose weights -> turned perm=is:0,2,1\n"
                 "node _ MatMul v3,turned -> seen\n"
                 "node _ Reshape seen,map_shape -> seen4\n"
                 "node _ Add map,seen4 -> mixed\n" HEAD,
    .count = 1,
    .kind = SAC_ATTENTION_GLOBAL,
    .heads = 1,
    .rows = 4,
    .columns = 4,
    .target = "mixed",
  },
  {
    .name = "summed-cast", /* mixed precision: sums are in float32 */
    .text = TOKENS PROJECTIONS "init two int64 1 2\n"
                               "init one int64 1 1\n"
                               "init last int64 1 -1\n"
                               "node _ Unsqueeze q,two -> q4\n"
                               "node _ Unsqueeze k,one -> k4\n"
                               "node _ Mul q4,k4 -> product\n"
                               "node _ Cast product -> wide to=i:1\n"
                               "node _ Identity wide -> same\n"
                               "node _ ReduceSum same,last -> scores "
                               "keepdims=i:0\n"
                               "node _ Softmax scores -> weights axis=i:-1\n"
                               "node _ MatMul weights,v -> seen\n" BACK,
    .count = 1,
    .kind = SAC_ATTENTION_GLOBAL,
    .heads = 1,
    .rows = 4,
    .columns = 4,
    .target = "mixed",
  },
  {
    .name = "einsum", /* places and heads stay apart */
    .text = STEM "init tokens int64 3 0 4 16\n"
                 "init split int64 4 0 16 2 2\n"
                 "init map_shape int64 4 0 4 4 4\n"
                 "noise wq 4,4\n"
                 "noise wk 4,4\n"
                 "noise wv 4,4\n"
                 "node _ Reshape map,tokens -> flat_map\n"
                 "node _ Transpose flat_map -> x perm=is:0,2,1\n"
                 "node _ MatMul x,wq -> q\n"
                 "node _ MatMul x,wk -> k\n"
                 "node _ MatMul x,wv -> v\n"
                 "node _ Reshape q,split -> q4\n"
                 "node _ Reshape k,split -> k4\n"
                 "node _ Reshape v,split -> v4\n"
                 "node _ Einsum q4,k4 -> scores equation=s:bqhd,bkhd->bhqk\n"
                 "node _ Softmax scores -> weights axis=i:-1\n"
                 "node _ Einsum weights,v4 -> seen equation=s:bhqk,bkhd->bqhd\n"
                 "init join int64 3 0 16 4\n"
                 "node _ Reshape seen,join -> seen3\n"
                 "node _ Add x,seen3 -> sum\n"
                 "node _ Transpose sum -> turned perm=is:0,2,1\n"
                 "node _ Reshape turned,map_shape -> mixed\n" HEAD,
    .count = 1,
    .kind = SAC_ATTENTION_GLOBAL,
    .heads = 2,
    .rows = 4,
    .columns = 4,
    .target = "mixed",
  },
  {
    .name = "attention-op", /* the fused op on tokens */
    .text =
      "opset 23\n" TOKENS PROJECTIONS
      "node a Attention q,k,v -> seen q_num_heads=i:2 kv_num_heads=i:2\n" BACK,
    .count = 1,
    .kind = SAC_ATTENTION_GLOBAL,
    .heads = 2,
    .rows = 4,
    .columns = 4,
    .target = "mixed",
  },
  {
    .name = "attention-op-heads", /* the fused op on heads, with a mask */
    .text = "opset 23\n" TOKENS PROJECTIONS "noise mask 16,16\n"
            "init split int64 4 0 16 2 2\n"
            "init join int64 3 0 16 4\n"
            "node _ Reshape q,split -> q4\n"
            "node _ Reshape k,split -> k4\n"
            "node _ Reshape v,split -> v4\n"
            "node _ Transpose q4 -> qh perm=is:0,2,1,3\n"
            "node _ Transpose k4 -> kh perm=is:0,2,1,3\n"
            "node _ Transpose v4 -> vh perm=is:0,2,1,3\n"
            "node a Attention qh,kh,vh,mask -> heads q_num_heads=i:2 "
            "kv_num_heads=i:2\n"
            "node _ Transpose heads -> places perm=is:0,2,1,3\n"
            "node _ Reshape places,join -> seen\n" BACK,
    .count = 1,
    .kind = SAC_ATTENTION_GLOBAL,
    .heads = 2,
    .rows = 4,
    .columns = 4,
    .target = "mixed",
  },
  {
    .name = "runtime-attention", /* ONNX Runtime's op with packed weights */
    .text = "opset 17\nopset com.microsoft 1\n" TOKENS "noise packed 4,12\n"
            "noise bias 12\n"
            "node a com.microsoft:Attention x,packed,bias -> seen "
            "num_heads=i:2\n" BACK,
    .count = 1,
    .kind = SAC_ATTENTION_GLOBAL,
    .heads = 2,
    .rows = 4,
    .columns = 4,
    .target = "mixed",
  },
  {
    .name = "runtime-multi-head", /* ONNX Runtime's op on projections */
    .text = "opset 17\nopset com.microsoft 1\n" TOKENS PROJECTIONS
            "node a com.microsoft:MultiHeadAttention q,k,v -> seen "
            "num_heads=i:2\n" BACK,
    .count = 1,
    .kind = SAC_ATTENTION_GLOBAL,
    .heads = 2,
    .rows = 4,
    .columns = 4,
    .target = "mixed",
  },
  {
    .name = "fused-product", /* its optimiser's product, turned and scaled */
    .text = "opset 17\nopset com.microsoft 1\n" TOKENS PROJECTIONS
            "init split int64 4 0 16 2 2\n"
            "init join int64 3 0 16 4\n"
            "node _ Reshape q,split -> q4\n"
            "node _ Reshape k,split -> k4\n"
            "node _ Reshape v,split -> v4\n"
            "node _ Transpose q4 -> qh perm=is:0,2,1,3\n"
            "node _ Transpose k4 -> kh perm=is:0,2,1,3\n"
            "node _ Transpose v4 -> vh perm=is:0,2,1,3\n"
            "node _ com.microsoft:FusedMatMul qh,kh -> scores transB=i:1 "
            "alpha=f:0.7\n"
            "node _ Softmax scores -> weights axis=i:-1\n"
            "node _ MatMul weights,vh -> heads\n"
            "node _ Transpose heads -> places perm=is:0,2,1,3\n"
            "node _ Reshape places,join -> seen\n" BACK,
    .count = 1,
    .kind = SAC_ATTENTION_GLOBAL,
    .heads = 2,
    .rows = 4,
    .columns = 4,
    .target = "mixed",
  },
  {
    .name = "pooled-context", /* one weight for each place, no query */
    .text = STEM "noise mask 1,4,1,1\n"
                 "init one_row int64 3 0 1 16\n"
                 "init rows int64 3 0 4 16\n"
                 "init context_shape int64 4 0 4 1 1\n"
                 "node _ Conv map,mask -> scores4\n"
                 "node _ Reshape scores4,one_row -> scores\n"
                 "node _ Softmax scores -> weights axis=i:-1\n"
                 "node _ Transpose weights -> column perm=is:0,2,1\n"
                 "node _ Reshape map,rows -> flat_map\n"
                 "node _ MatMul flat_map,column -> context\n"
                 "node _ Reshape context,context_shape -> context4\n"
                 "node _ Add map,context4 -> mixed\n" HEAD,
    .count = 1,
    .kind = SAC_ATTENTION_POOLING,
    .heads = 1,
    .rows = 4,
    .columns = 4,
    .target = "mixed",
  },
  {
    .name = "channels", /* features attend to features */
    .text = STEM "init rows int64 3 0 4 16\n"
                 "init map_shape int64 4 0 4 4 4\n"
                 "node _ Reshape map,rows -> x\n"
                 "node _ Transpose x -> xt perm=is:0,2,1\n"
                 "node _ MatMul x,xt -> scores\n"
                 "node _ Softmax scores -> weights axis=i:-1\n"
                 "node _ MatMul weights,x -> seen\n"
                 "node _ Reshape seen,map_shape -> seen4\n"
                 "node _ Add map,seen4 -> mixed\n" HEAD,
    .count = 1,
    .kind = SAC_ATTENTION_CHANNEL,
    .heads = 1,
    .target = "mixed",
  },
  {
    .name = "padded-window", /* one, larger than the grid */
    .text = STEM "noise wq 4,4\n"
                 "noise wk 4,4\n"
                 "init border int64 8 0 0 0 0 0 1 1 0\n"
                 "init window int64 3 1 25 4\n"
                 "init grid int64 4 1 5 5 4\n"
                 "init from int64 2 0 0\n"
                 "init to int64 2 4 4\n"
                 "init axes int64 2 1 2\n"
                 "node _ Transpose map -> last perm=is:0,2,3,1\n"
                 "node _ Pad last,border -> larger\n"
                 "init cuts int64 6 1 1 5 1 5 4\n"
                 "node _ Reshape larger,cuts -> apart\n"
                 "node _ Transpose apart -> cut perm=is:0,1,3,2,4,5\n"
                 "node _ Reshape cut,window -> x\n"
                 "node _ MatMul x,wq -> q\n"
                 "node _ MatMul x,wk -> k\n"
                 "node _ Transpose k -> kt perm=is:0,2,1\n"
                 "node _ MatMul q,kt -> scores\n"
                 "node _ Softmax scores -> weights axis=i:-1\n"
                 "node _ MatMul weights,k -> seen\n"
                 "node _ Reshape seen,grid -> seen4\n"
                 "node _ Slice seen4,from,to,axes -> kept\n"
                 "node _ Add kept,last -> sum\n"
                 "node _ Transpose sum -> mixed perm=is:0,3,1,2\n" HEAD,
    .count = 1,
    .kind = SAC_ATTENTION_WINDOW,
    .heads = 1,
    .rows = 4,
    .columns = 4,
    .target = "sum",
  },
  {
    .name = "class-token-behind", /* not the places that a map would say */
    .text = "opset 17\n" TOKENS "noise class 1,1,4\n"
            "node _ Concat x,class -> u axis=i:1\n"
            "node _ MatMul u,wq -> q\n"
            "node _ MatMul u,wk -> k\n"
            "node _ MatMul u,wv -> v\n"
            "node _ Transpose k -> kt perm=is:0,2,1\n"
            "node _ MatMul q,kt -> scores\n"
            "node _ Softmax scores -> weights axis=i:-1\n"
            "node _ MatMul weights,v -> seen\n"
            "node _ Add u,seen -> out\n"
            "init last int64 - 16\n"
            "node _ Gather out,last -> read axis=i:1\n"
            "noise head 4,2\n"
            "node _ MatMul read,head -> logits\n"
            "output logits float 1,2\n",
    .count = 1,
    .kind = SAC_ATTENTION_GLOBAL,
    .heads = 1,
    .target = "map",
  },
  {
    .name = "talking-heads", /* mixed before the softmax and after it */
    .text = "opset 17\n" TOKENS PROJECTIONS "init split int64 4 0 16 2 2\n"
            "init join int64 3 0 16 4\n"
            "noise before 2,2\n"
            "noise after 2,2,1,1\n"
            "noise bias 2\n"
            "node _ Reshape q,split -> q4\n"
            "node _ Reshape k,split -> k4\n"
            "node _ Reshape v,split -> v4\n"
            "node _ Transpose q4 -> qh perm=is:0,2,1,3\n"
            "node _ Transpose k4 -> kh perm=is:0,2,3,1\n"
            "node _ Transpose v4 -> vh perm=is:0,2,1,3\n"
            "node _ MatMul qh,kh -> scores\n"
            "node _ Transpose scores -> last perm=is:0,2,3,1\n"
            "node _ MatMul last,before -> mixed_last\n"
            "node _ Add mixed_last,bias -> biased\n"
            "node _ Transpose biased -> first perm=is:0,3,1,2\n"
            "node _ Softmax first -> weights axis=i:-1\n"
            "node _ Conv weights,after -> talked\n"
            "node _ MatMul talked,vh -> heads\n"
            "node _ Transpose heads -> places perm=is:0,2,1,3\n"
            "node _ Reshape places,join -> seen\n" BACK,
    .count = 1,
    .kind = SAC_ATTENTION_GLOBAL,
    .heads = 2,
    .rows = 4,
    .columns = 4,
    .target = "mixed",
  },
  {
    .name = "learned-queries", /* five latents, a constant, ask the places */
    .text = "opset 17\n" TOKENS "noise latents 1,2,5,2\n"
            "init split int64 4 0 16 2 2\n"
            "init join int64 3 0 5 4\n"
            "node _ MatMul x,wk -> k\n"
            "node _ MatMul x,wv -> v\n"
            "node _ Reshape k,split -> k4\n"
            "node _ Reshape v,split -> v4\n"
            "node _ Transpose k4 -> kh perm=is:0,2,3,1\n"
            "node _ Transpose v4 -> vh perm=is:0,2,1,3\n"
            "node _ MatMul latents,kh -> scores\n"
            "node _ Softmax scores -> weights axis=i:-1\n"
            "node _ MatMul weights,vh -> heads\n"
            "node _ Transpose heads -> places perm=is:0,2,1,3\n"
            "node _ Reshape places,join -> seen\n"
            "node _ ReduceMean seen -> mean axes=is:1 keepdims=i:0\n"
            "noise head 4,2\n"
            "node _ MatMul mean,head -> logits\n"
            "output logits float 1,2\n",
    .count = 1,
    .kind = SAC_ATTENTION_CROSS,
    .heads = 2,
    .rows = 4,
    .columns = 4,
    .target = "map",
  },
  {
    .name = "linear-attention", /* no softmax: no weights to be shown */
    .text = "opset 17\n" TOKENS PROJECTIONS "noise class 1,1,4\n"
            "init zero int64 - 0\n"
            "node _ Concat class,x -> u axis=i:1\n"
            "node _ MatMul u,wq -> uq\n"
            "node _ MatMul u,wk -> uk\n"
            "node _ MatMul u,wv -> uv\n"
            "node _ Sigmoid uq -> positive\n"
            "node _ Sigmoid uk -> weighing\n"
            "node _ Transpose weighing -> turned perm=is:0,2,1\n"
            "node _ MatMul turned,uv -> context\n"
            "node _ MatMul positive,context -> seen\n"
            "node _ Add u,seen -> out\n"
            "node _ Sigmoid out -> bent\n"
            "node _ Gather bent,zero -> read axis=i:1\n"
            "noise head 4,2\n"
            "node _ MatMul read,head -> logits\n"
            "output logits float 1,2\n",
    .count = 0,
    .target = "u", /* behind it nothing of the places is read */
  },
  {
    .name = "selective-kernel", /* a softmax over branches is no attention */
    .text = STEM "noise left 4,4,1,1\n"
                 "noise right 4,4,1,1\n"
                 "node _ Conv map,left -> a\n"
                 "node _ Conv map,right -> b\n"
                 "init two int64 1 1\n"
                 "node _ Unsqueeze a,two -> a5\n"
                 "node _ Unsqueeze b,two -> b5\n"
                 "node _ Concat a5,b5 -> both axis=i:1\n"
                 "node _ GlobalAveragePool map -> squeezed\n"
                 "noise select 8,4,1,1\n"
                 "node _ Conv squeezed,select -> chosen\n"
                 "init branches int64 5 0 2 4 1 1\n"
                 "node _ Reshape chosen,branches -> chosen5\n"
                 "node _ Softmax chosen5 -> gates axis=i:1\n"
                 "node _ Mul both,gates -> gated\n"
                 "node _ ReduceSum gated,two -> mixed keepdims=i:0\n" HEAD,
    .count = 0,
    .target = "mixed",
  },
  {
    .name = "gate", /* a softmax over features that multiplies them */
    .text = STEM "node _ GlobalAveragePool map -> squeezed\n"
                 "noise select 4,4,1,1\n"
                 "node _ Conv squeezed,select -> chosen\n"
                 "node _ Softmax chosen -> gates axis=i:1\n"
                 "node _ Mul map,gates -> mixed\n" HEAD,
    .count = 0,
    .target = "mixed",
  },
  {
    .name = "expected-value", /* class probabilities times fixed numbers */
    .text = STEM "node _ GlobalAveragePool map -> pooled\n"
                 "node _ Flatten pooled -> flat\n"
                 "noise classes 4,5\n"
                 "node _ MatMul flat,classes -> scores\n"
                 "node _ Softmax scores -> probabilities axis=i:-1\n"
                 "noise ages 5,2\n"
                 "node _ MatMul probabilities,ages -> logits\n"
                 "output logits float 1,2\n",
    .count = 0,
    .target = "map",
  },
  {
    .name = "old-softmax", /* before opset 13, over places and rows at once */
    .text = "opset 11\n"
            "input image float 1,3,8,8\n"
            "noise stem 4,3,2,2\n"
            "node _ Conv image,stem -> map strides=is:2,2\n"
            "init rows int64 3 0 4 16\n"
            "init map_shape int64 4 0 4 4 4\n"
            "node _ Reshape map,rows -> x\n"
            "node _ Transpose x -> xt perm=is:0,2,1\n"
            "node _ MatMul xt,x -> scores\n"
            "node _ Softmax scores -> weights axis=i:1\n"
            "node _ MatMul x,weights -> seen\n"
            "node _ Reshape seen,map_shape -> mixed\n" HEAD,
    .count = 0,
    .target = "mixed",
  },
};

static void
check_attention (const Graph *graph, const SacAttention *found)
{
  g_assert_cmpstr (sac_attention_kind_get_name (found->kind), ==,
                   sac_attention_kind_get_name (graph->kind));
  g_assert_cmpint (found->heads, ==, graph->heads);
  g_assert_cmpint (found->rows, ==, graph->rows);
  g_assert_cmpint (found->columns, ==, graph->columns);
  g_assert_cmpint (found->prefix_tokens, ==, graph->prefix);
}

static void
test_graph (const void *data)
{
  const Graph *graph = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SacNetwork) network = written_network_new (graph->text);
  SacShape shape = sac_shape_of (1, 3, 8, 8);
  g_autoptr (SacPlan) plan = written_plan_new (network, &shape);
  g_autoptr (GArray) found = sac_attention_find (plan, network, NULL, &error);
  SacCamTarget target;

  g_assert_no_error (error);
  g_assert_cmpint (found->len, ==, graph->count);
  if (graph->count == 1)
    check_attention (graph, &g_array_index (found, SacAttention, 0));
  sac_cam_target_default (plan, network, NULL, &target, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (sac_network_get_graph (network)->values[target.value].name,
                   ==, graph->target);
}

/* Pixels that are turned before they become floating numbers. */
static void
test_whole_pixels (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacNetwork) network = written_network_new (
    "input image uint8 1,8,8,3\n"
    "init w float 2,3,2,2 1 2 3 4 5 6 7 8 9 10 11 12 13 14 "
    "15 16 17 18 19 20 21 22 23 24\n"
    "node _ Transpose image -> planes perm=is:0,3,1,2\n"
    "node _ Cast planes -> x to=i:1\n"
    "node _ Conv x,w -> map strides=is:2,2\n"
    "node _ GlobalAveragePool map -> pooled\n"
    "node _ Flatten pooled -> y\n"
    "output y float 1,2\n");
  SacShape shape = sac_shape_of (1, 8, 8, 3);
  g_autoptr (SacPlan) plan = written_plan_new (network, &shape);
  SacCamTarget target;

  sac_cam_target_default (plan, network, NULL, &target, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (sac_network_get_graph (network)->values[target.value].name,
                   ==, "map");
  g_assert_cmpint (target.rows, ==, 4);
}

/* The same graph; what a manifest may state of it, and what it may not. */
static void
test_stated (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacNetwork) network = written_network_new (graphs[0].text);
  SacShape shape = sac_shape_of (1, 3, 8, 8);
  g_autoptr (SacPlan) plan = written_plan_new (network, &shape);
  SacManifestAttention stated = {
    .tensor = "weights",
    .kind = "cross",
    .prefix_tokens = 4,
    .grid_rows = 2,
    .grid_columns = 6,
  };
  SacManifest manifest = {.attention = &stated, .attention_count = 1};
  g_autoptr (GArray) found =
    sac_attention_find (plan, network, &manifest, &error);

  g_assert_no_error (error);
  g_assert_cmpint (found->len, ==, 1);

  const SacAttention *attention = &g_array_index (found, SacAttention, 0);

  g_assert_cmpint (attention->kind, ==, SAC_ATTENTION_CROSS);
  g_assert_cmpint (attention->prefix_tokens, ==, 4);
  g_assert_cmpint (attention->columns, ==, 6);

  stated.grid_columns = 5;
  g_assert_null (sac_attention_find (plan, network, &manifest, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH, "weights");
  stated.grid_columns = 6;
  stated.heads = 3;
  g_assert_null (sac_attention_find (plan, network, &manifest, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH, "heads");
  stated.heads = 0;
  stated.kind = "local";
  g_assert_null (sac_attention_find (plan, network, &manifest, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH, "kernel");
  stated.kind = "sideways";
  g_assert_null (sac_attention_find (plan, network, &manifest, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH, "kind");
  stated.tensor = "nothing";
  g_assert_null (sac_attention_find (plan, network, &manifest, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH, "nothing");
}

/* Layouts by name: of tokens before and after a batch axis. */
static void
test_layouts (void)
{
  static const char text[] = "opset 13\n"
                             "input image float 2,3,8,12\n"
                             "noise stem 4,3,4,4\n"
                             "noise class 2,1,4\n"
                             "init tokens int64 3 0 4 6\n"
                             "noise features 4,5\n"
                             "node _ Conv image,stem -> map strides=is:4,4\n"
                             "node _ Transpose map -> last perm=is:0,2,3,1\n"
                             "node _ Reshape map,tokens -> lines\n"
                             "node _ Transpose lines -> patches perm=is:0,2,1\n"
                             "node _ Concat class,patches -> x axis=i:1\n"
                             "node _ Transpose x -> first perm=is:1,0,2\n"
                             "node _ MatMul first,features -> y\n"
                             "node _ MatMul last,features -> z\n"
                             "output y float 7,2,5\n"
                             "output z float 2,2,3,5\n";
  static const struct {
    const char *name;
    SacLayout layout;
    int prefix;
    int64_t channels;
  } expected[] = {
    {"map", SAC_LAYOUT_NCHW, 0, 4},    {"last", SAC_LAYOUT_NHWC, 0, 4},
    {"patches", SAC_LAYOUT_NLC, 0, 4}, {"x", SAC_LAYOUT_NLC, 1, 4},
    {"first", SAC_LAYOUT_LNC, 1, 4},   {"y", SAC_LAYOUT_LNC, 1, 5},
    {"z", SAC_LAYOUT_NHWC, 0, 5},
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (SacNetwork) network = written_network_new (text);
  SacShape shape = sac_shape_of (2, 3, 8, 12);
  g_autoptr (SacPlan) plan = written_plan_new (network, &shape);
  SacCamTarget target;

  for (size_t i = 0; i < G_N_ELEMENTS (expected); i++) {
    sac_cam_target_named (plan, network, NULL, expected[i].name, &target,
                          &error);
    g_assert_no_error (error);
    g_assert_cmpstr (sac_layout_get_name (target.layout), ==,
                     sac_layout_get_name (expected[i].layout));
    g_assert_cmpint (target.prefix_tokens, ==, expected[i].prefix);
    g_assert_cmpint (target.channels, ==, expected[i].channels);
    g_assert_cmpint (target.rows, ==, 2);
    g_assert_cmpint (target.columns, ==, 3);
  }
  g_assert_false (
    sac_cam_target_named (plan, network, NULL, "lines", &target, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH, "2x4x6");
  g_assert_false (
    sac_cam_target_named (plan, network, NULL, "nothing", &target, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH, "nothing");
}

/* x -> sum: attention of 2 heads whose products merge tokens and samples, as
 * they come where tokens are the first axis; the shortcut is added last. */
#define MERGED(x, sum)                                                         \
  "node _ Transpose " x " -> " sum "a perm=is:1,0,2\n"                         \
  "node _ MatMul " sum "a,wq -> " sum "c\n"                                    \
  "node _ MatMul " sum "a,wk -> " sum "d\n"                                    \
  "node _ Reshape " sum "c,heads -> " sum "e\n"                                \
  "node _ Reshape " sum "d,heads -> " sum "f\n"                                \
  "node _ Transpose " sum "e -> " sum "g perm=is:1,0,2\n"                      \
  "node _ Transpose " sum "f -> " sum "h perm=is:1,2,0\n"                      \
  "node _ MatMul " sum "g," sum "h -> " sum "i\n"                              \
  "node _ Softmax " sum "i -> " sum "j axis=i:-1\n"                            \
  "node _ MatMul " sum "j," sum "g -> " sum "k\n"                              \
  "node _ Transpose " sum "k -> " sum "l perm=is:1,0,2\n"                      \
  "node _ Reshape " sum "l,lines -> " sum "m\n"                                \
  "node _ MatMul " sum "m,wv -> " sum "n\n"                                    \
  "node _ Reshape " sum "n,rows -> " sum "o\n"                                 \
  "node _ Transpose " sum "o -> " sum "p perm=is:1,0,2\n"                      \
  "node _ Add " sum "p," x " -> " sum "\n"

/* Samples and tokens in one axis do not hide the grid of later blocks. */
static void
test_merged (void)
{
  static const char text[] =
    "opset 13\n"
    "input image float 3,3,8,8\n"
    "noise stem 4,3,2,2\n"
    "noise wq 4,4\n"
    "noise wk 4,4\n"
    "noise wv 4,4\n"
    "init tokens int64 3 0 4 16\n"
    "init lines int64 2 48 4\n"
    "init heads int64 3 16 6 2\n"
    "init rows int64 3 16 3 4\n"
    "node _ Conv image,stem -> map strides=is:2,2\n"
    "node _ Reshape map,tokens -> flat\n"
    "node _ Transpose flat -> x perm=is:0,2,1\n" MERGED ("x", "y")
      MERGED ("y", "z") "output z float 3,16,4\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (SacNetwork) network = written_network_new (text);
  SacShape shape = sac_shape_of (3, 3, 8, 8);
  g_autoptr (SacPlan) plan = written_plan_new (network, &shape);
  g_autoptr (GArray) found = sac_attention_find (plan, network, NULL, &error);
  const Graph expected = {.kind = SAC_ATTENTION_GLOBAL,
                          .heads = 2,
                          .rows = 4,
                          .columns = 4};

  g_assert_no_error (error);
  g_assert_cmpint (found->len, ==, 2);
  check_attention (&expected, &g_array_index (found, SacAttention, 0));
  check_attention (&expected, &g_array_index (found, SacAttention, 1));
}

/* Patches unfolded as in MobileViT: the four places of each 2 x 2 patch go to
 * four windows, and a window has one place of each patch.  Windows, their
 * tokens, channels, rows and columns are all four. */
#define UNFOLDED                                                               \
  STEM "init strips int64 4 8 2 2 2\n"                                         \
       "init cut int64 4 1 4 4 4\n"                                            \
       "init windows int64 3 4 4 4\n"                                          \
       "noise wq 4,4\n"                                                        \
       "noise wk 4,4\n"                                                        \
       "noise wv 4,4\n"                                                        \
       "node _ Reshape map,strips -> strip\n"                                  \
       "node _ Transpose strip -> patches perm=is:0,2,1,3\n"                   \
       "node _ Reshape patches,cut -> unfolded\n"                              \
       "node _ Transpose unfolded -> turned perm=is:0,3,2,1\n"                 \
       "node _ Reshape turned,windows -> x\n" PROJECTIONS                      \
       "node _ Transpose k -> kt perm=is:0,2,1\n"                              \
       "node _ MatMul q,kt -> s\n"                                             \
       "node _ Softmax s -> a axis=i:-1\n"                                     \
       "node _ MatMul a,v -> seen\n"                                           \
       "node _ Reshape seen,cut -> parted\n"                                   \
       "node _ Transpose parted -> mixed perm=is:0,3,1,2\n" HEAD

static void
test_unfolded (void)
{
  g_autoptr (GError) error = NULL;
  SacModel *model = written_model_new (UNFOLDED);
  SacNetwork *network = sac_model_get_network (model);
  SacShape shape = sac_shape_of (1, 3, 8, 8);
  g_autoptr (SacPlan) plan =
    sac_plan_new (network, &(SacPlanRequest){.input_shapes = &shape}, NULL,
                  &error);

  g_assert_no_error (error);

  g_autoptr (SacFlow) flow = sac_flow_new (plan, network, -1);
  g_autoptr (GArray) all = sac_attention_find_all (flow);
  const SacFoundAttention *found = &g_array_index (all, SacFoundAttention, 0);
  size_t count;

  g_assert_cmpuint (all->len, ==, 1);
  g_assert_cmpint (found->attention.kind, ==, SAC_ATTENTION_WINDOW);
  g_assert_cmpint (found->attention.rows, ==, 4);
  g_assert_cmpint (found->attention.columns, ==, 4);

  g_autofree int *cells =
    sac_attention_window_cells (flow, found, 0, &count, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (count, ==, 16);
  for (int i = 0; i < 16; i++) {
    int window = i / 4, patch = i % 4;

    g_assert_cmpint (cells[i], ==,
                     (patch / 2 * 2 + window / 2) * 4 + patch % 2 * 2 +
                       window % 2);
  }
  sac_model_unref (model);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (graphs); i++) {
    g_autofree char *path =
      g_strconcat ("/explain/attention/", graphs[i].name, NULL);

    g_test_add_data_func (path, &graphs[i], test_graph);
  }
  g_test_add_func ("/explain/attention/whole-pixels", test_whole_pixels);
  g_test_add_func ("/explain/attention/stated", test_stated);
  g_test_add_func ("/explain/attention/layouts", test_layouts);
  g_test_add_func ("/explain/attention/merged", test_merged);
  g_test_add_func ("/explain/attention/unfolded", test_unfolded);
  return g_test_run ();
}
