/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A convolution takes in the BatchNormalization, the sum and the function that
 * follow it, and gets its algorithms. */
#include "network/rewrite-blocked.h"

#include "compute/conv-choose.h"
#include "network/ops/blocked-conv.h"
#include "network/ops/convolve.h"

/* Beyond, a window is left to the plain op. */
#define STEP_MAX 1024
#define KERNEL_MAX 4096

/* What the parts of a joined gradient have together at most. */
#define JOINED_FILTERS 8192

/* So few are read in their plain form, wherever they come from. */
#define PLANAR_CHANNELS 4

typedef struct {
  SacBlocking *blocking;
  SacBlockingChain chain;
  SacTensor *weights;
  SacConvShape shape;
  SacBlockedConv conv;
  const float *scale;
  int x, residual;
} Match;

static const SacNode *
node_at (const Match *match, int index)
{
  return &match->blocking->plan->graph->nodes[index];
}

/* Whatever the number of threads, so that results do not depend on it. */
static SacConvAlgorithm
choose (const Match *match, const SacConvShape *shape, bool plain, bool float32)
{
  SacConvWish wish = {
    .threads = 1,
    .exact = match->blocking->exact,
    .float32 = float32,
    .plain_input = plain,
  };

  return sac_conv_choose (shape, &wish).algorithm;
}

static bool
is_moderate (const SacWindow *w)
{
  for (int axis = 0; axis < 2; axis++) {
    if (w->stride[axis] > STEP_MAX || w->dilation[axis] > STEP_MAX ||
        w->kernel[axis] > KERNEL_MAX || w->kernel[axis] < 1 ||
        w->pad_begin[axis] > KERNEL_MAX || w->pad_begin[axis] < -KERNEL_MAX ||
        (w->stride[axis] > 1 && w->dilation[axis] > 1))
      return false;
  }
  return w->rank == 2;
}

/* Fills the shape from what the plain op has read. */
static bool
read_shape (Match *match, int index)
{
  const SacPlan *plan = match->blocking->plan;
  const SacConvolve *c = plan->nodes[index].params;
  const SacWindow *w = &c->window;
  SacConvShape *s = &match->shape;

  if (!is_moderate (w) || c->empty)
    return false;
  *s = (SacConvShape){
    .images = (size_t)c->batch,
    .channels = (size_t)(c->groups * c->large_channels),
    .filters = (size_t)(c->groups * c->small_channels),
    .height = (size_t)w->in[0],
    .width = (size_t)w->in[1],
    .out_height = (size_t)w->out[0],
    .out_width = (size_t)w->out[1],
    .kernel_height = (size_t)w->kernel[0],
    .kernel_width = (size_t)w->kernel[1],
    .stride_y = (size_t)w->stride[0],
    .stride_x = (size_t)w->stride[1],
    .dilation_y = (size_t)w->dilation[0],
    .dilation_x = (size_t)w->dilation[1],
    .pad_top = w->pad_begin[0],
    .pad_left = w->pad_begin[1],
    .groups = (size_t)c->groups,
  };
  return true;
}

static bool
start_match (Match *match, int index)
{
  const SacBlocking *blocking = match->blocking;
  const SacPlan *plan = blocking->plan;
  const SacNode *node = node_at (match, index);
  int weights = node->inputs[1];
  bool biased = node->input_count > 2 && node->inputs[2] >= 0;

  match->x = node->inputs[0];
  match->residual = -1;
  if (!sac_blocking_is_image (blocking, match->x) ||
      !sac_blocking_is_image (blocking, node->outputs[0]) ||
      plan->graph->values[weights].constant == NULL ||
      plan->infos[weights].type != SAC_TYPE_FLOAT || !read_shape (match, index))
    return false;
  match->weights = plan->graph->values[weights].constant;
  if (biased)
    match->conv.bias = sac_blocking_copy_constant (blocking, node->inputs[2],
                                                   match->shape.filters);
  return (!biased || match->conv.bias != NULL) &&
         sac_blocking_go_on (&match->chain, index, node->outputs[0]);
}

/* y = (conv (x) + bias) scale + shift */
static void
take_norm (Match *match)
{
  SacBlocking *blocking = match->blocking;
  int reader = sac_rewrite_only_reader (blocking->rewrite, match->chain.value);
  SacBlockingNorm norm;

  if (reader < 0 || node_at (match, reader)->inputs[0] != match->chain.value ||
      !sac_blocking_match_norm (blocking, reader, &norm))
    return;
  for (size_t i = 0; match->conv.bias != NULL && i < match->shape.filters; i++)
    norm.shift[i] =
      (float)((double)match->conv.bias[i] * (double)norm.scale[i] +
              (double)norm.shift[i]);
  match->conv.bias = norm.shift;
  match->scale = norm.scale;
  sac_blocking_go_on (&match->chain, reader,
                      node_at (match, reader)->outputs[0]);
}

/* The sum with another image of the same size. */
static void
take_sum (Match *match)
{
  SacBlocking *blocking = match->blocking;
  int value = match->chain.value;
  int reader = sac_rewrite_only_reader (blocking->rewrite, value);

  if (reader < 0 || blocking->taken[reader] ||
      !sac_rewrite_is (blocking->rewrite, reader, "Add"))
    return;

  const SacNode *node = node_at (match, reader);
  int other = node->inputs[0] == value ? node->inputs[1] : node->inputs[0];
  const SacPlan *plan = blocking->plan;

  if (other == value || !sac_blocking_is_image (blocking, other) ||
      !sac_shape_equal (&plan->infos[other].shape, &plan->infos[value].shape) ||
      !sac_blocking_go_on (&match->chain, reader, node->outputs[0]))
    return;
  match->residual = other;
  match->conv.residual = true;
}

static SacPack *
find_pack (const Match *match, SacPackSpec *spec)
{
  spec->weights = match->weights;
  spec->scale = match->scale;
  return sac_packs_find (sac_network_get_packs (match->blocking->plan->network),
                         spec);
}

/* Along one axis: the positions of dX that see tap `first` and each stride-th
 * after it. */
typedef struct {
  size_t place, size; /* first position, number of them */
  size_t first, taps;
  ptrdiff_t pad;
} Axis;

static Axis
make_axis (size_t place,
           size_t size,
           size_t kernel,
           size_t stride,
           size_t dilation,
           ptrdiff_t pad)
{
  size_t shifted = place + (size_t)(pad + KERNEL_MAX * (ptrdiff_t)stride);
  size_t first = shifted % stride;
  ptrdiff_t before = (ptrdiff_t)place + pad - (ptrdiff_t)first;
  Axis axis = {
    .place = place,
    .size = place < size ? (size - place + stride - 1) / stride : 0,
    .first = first,
    .taps = first < kernel ? (kernel - first + stride - 1) / stride : 0,
  };

  axis.pad = ((ptrdiff_t)axis.taps - 1) * (ptrdiff_t)dilation -
             before / (ptrdiff_t)stride;
  return axis;
}

static SacBlockedPhase
make_phase (const Match *match, const Axis *y, const Axis *x)
{
  const SacConvShape *s = &match->shape;
  SacBlockedPhase phase = {
    .shape =
      {
        .images = s->images,
        .channels = s->filters,
        .filters = s->channels,
        .height = s->out_height,
        .width = s->out_width,
        .out_height = y->size,
        .out_width = x->size,
        .kernel_height = y->taps,
        .kernel_width = x->taps,
        .stride_y = 1,
        .stride_x = 1,
        .dilation_y = s->dilation_y,
        .dilation_x = s->dilation_x,
        .pad_top = y->pad,
        .pad_left = x->pad,
        .groups = s->groups,
      },
    .y = y->place,
    .x = x->place,
  };

  phase.algorithm = sac_conv_can (SAC_CONV_DEPTHWISE, &phase.shape)
                      ? SAC_CONV_DEPTHWISE
                      : choose (match, &phase.shape, false, false);

  SacPackSpec spec = {
    .algorithm = phase.algorithm,
    .shape = phase.shape,
    .reversed = true,
    .first_y = y->first,
    .first_x = x->first,
    .step_y = s->stride_y,
    .step_x = s->stride_x,
  };

  phase.pack = find_pack (match, &spec);
  return phase;
}

/* Offsets that some part along one axis sees: part r of dX sees dY at offset o
 * through tap r + pad - stride o. */
typedef struct {
  ptrdiff_t low;
  size_t count;
} Offsets;

static ptrdiff_t
divide_down (ptrdiff_t a, ptrdiff_t b)
{
  return a >= 0 ? a / b : -((b - 1 - a) / b);
}

static Offsets
find_offsets (size_t kernel, size_t stride, ptrdiff_t pad)
{
  ptrdiff_t step = (ptrdiff_t)stride;
  ptrdiff_t low = divide_down (pad - (ptrdiff_t)kernel + step, step);
  ptrdiff_t high = divide_down (step - 1 + pad, step);

  return (Offsets){low, (size_t)(high - low + 1)};
}

static size_t
whole_blocks (size_t channels)
{
  return sac_blocks (channels) * SAC_BLOCK;
}

/* All parts together fill blocks of filters where each by itself would waste
 * most of one, as with three channels, but where they see different offsets
 * some of the taps are zero. */
static bool
can_join (const SacConvShape *s)
{
  size_t parts = s->stride_y * s->stride_x;
  Offsets y = find_offsets (s->kernel_height, s->stride_y, s->pad_top);
  Offsets x = find_offsets (s->kernel_width, s->stride_x, s->pad_left);

  return s->groups == 1 && s->dilation_y == 1 && s->dilation_x == 1 &&
         parts > 1 && parts * s->channels <= JOINED_FILTERS &&
         whole_blocks (parts * s->channels) * y.count * x.count <=
           whole_blocks (s->channels) * s->kernel_height * s->kernel_width;
}

static void
make_joined (Match *match)
{
  const SacConvShape *s = &match->shape;
  SacBlockedPhase *phase =
    sac_store_alloc (match->blocking->plan->store, sizeof *phase);
  Offsets y = find_offsets (s->kernel_height, s->stride_y, s->pad_top);
  Offsets x = find_offsets (s->kernel_width, s->stride_x, s->pad_left);

  phase->shape = (SacConvShape){
    .images = s->images,
    .channels = s->filters,
    .filters = s->channels * s->stride_y * s->stride_x,
    .height = s->out_height,
    .width = s->out_width,
    .out_height = (s->height + s->stride_y - 1) / s->stride_y,
    .out_width = (s->width + s->stride_x - 1) / s->stride_x,
    .kernel_height = y.count,
    .kernel_width = x.count,
    .stride_y = 1,
    .stride_x = 1,
    .dilation_y = 1,
    .dilation_x = 1,
    .pad_top = -y.low,
    .pad_left = -x.low,
    .groups = 1,
  };
  phase->algorithm = choose (match, &phase->shape, false, false);
  phase->pack = find_pack (match, &(SacPackSpec){
                                    .algorithm = phase->algorithm,
                                    .shape = phase->shape,
                                    .step_y = 1,
                                    .step_x = 1,
                                    .join_y = s->stride_y,
                                    .join_x = s->stride_x,
                                    .low_y = y.low,
                                    .low_x = x.low,
                                    .pad_y = s->pad_top,
                                    .pad_x = s->pad_left,
                                  });
  match->conv.joined = true;
  match->conv.phases = phase;
  match->conv.phase_count = 1;
}

/* Phases that see no tap have no gradient. */
static void
make_phases (Match *match)
{
  const SacConvShape *s = &match->shape;
  size_t rows = MIN (s->stride_y, s->height),
         columns = MIN (s->stride_x, s->width);
  SacBlockedPhase *phases = sac_store_array (match->blocking->plan->store,
                                             SacBlockedPhase, rows * columns);

  match->conv.phases = phases;
  for (size_t i = 0; i < rows * columns; i++) {
    Axis y = make_axis (i / columns, s->height, s->kernel_height, s->stride_y,
                        s->dilation_y, s->pad_top);
    Axis x = make_axis (i % columns, s->width, s->kernel_width, s->stride_x,
                        s->dilation_x, s->pad_left);

    if (y.taps > 0 && x.taps > 0)
      phases[match->conv.phase_count++] = make_phase (match, &y, &x);
  }
}

static void
add_unit (Match *match)
{
  SacBlocking *blocking = match->blocking;
  SacStore *store = blocking->plan->store;
  SacBlockedConv *conv = sac_store_alloc (store, sizeof *conv);
  int *inputs = sac_store_array (store, int, 2);
  const SacBlockingChain *chain = &match->chain;

  *conv = match->conv;
  inputs[0] = match->x;
  inputs[1] = match->residual;
  sac_blocking_add (blocking,
                    &(SacBlockedUnit){
                      .op = &sac_op_blocked_conv,
                      .params = conv,
                      .params_size = sizeof *conv,
                      .inputs = inputs,
                      .input_count = conv->residual ? 2 : 1,
                      .reads_plain = conv->algorithm == SAC_CONV_PLANAR,
                      .node = chain->nodes[chain->node_count - 1],
                      .output = chain->value,
                      .size = sac_blocked_conv_out (&conv->shape),
                      .has_twin = true,
                    },
                    chain->nodes, chain->node_count);
}

/* See sac_plan_find_kinks(). */
static SacConvAlgorithm
choose_forward (const Match *match)
{
  const SacBlocking *blocking = match->blocking;
  bool plain = match->shape.channels <= PLANAR_CHANNELS ||
               sac_rewrite_producer (blocking->rewrite, match->x) < 0;

  return choose (match, &match->shape, plain,
                 blocking->plan->has_kinks &&
                   blocking->varies[match->chain.value]);
}

void
sac_blocking_match_conv (SacBlocking *blocking, int node)
{
  Match match = {.blocking = blocking};

  if (blocking->taken[node] ||
      !sac_rewrite_is (blocking->rewrite, node, "Conv") ||
      !start_match (&match, node))
    return;
  take_norm (&match);
  take_sum (&match);
  sac_blocking_end_chain (blocking, &match.chain, &match.conv.activation);
  match.conv.shape = match.shape;
  match.conv.algorithm = choose_forward (&match);

  SacPackSpec spec = {
    .algorithm = match.conv.algorithm,
    .shape = match.shape,
    .step_y = 1,
    .step_x = 1,
  };

  match.conv.pack = find_pack (&match, &spec);
  if (match.conv.algorithm == SAC_CONV_PLANAR &&
      sac_blocked_conv_can_spread (&match.shape))
    match.conv.spreads = true;
  else if (can_join (&match.shape))
    make_joined (&match);
  else
    make_phases (&match);
  add_unit (&match);
}
