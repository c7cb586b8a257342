/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Channels put last by a Transpose, normalised and multiplied, and put back by
 * another: on blocked images the order of axes is the same before and after, so
 * that neither Transpose is left.  What lies between has to be private: nobody
 * then sees the other order. */
#include "network/rewrite-blocked.h"

#include "network/ops/blocked-conv.h"
#include "network/ops/row-norm.h"

#include <string.h>

#define IMAGE_RANK 4
#define PARTS_MAX 8 /* in a row */

/* A layer normalisation, or a product with what follows it. */
typedef struct {
  SacBlockingChain chain;
  int x;
  size_t in, out; /* channels */
  bool is_norm;
  SacBlockingLayerNorm norm;
  SacTensor *weights; /* in x out */
  float *bias;
  const float *scale;
  int residual; /* value, or -1 */
  SacBlockedActivation activation;
} Part;

typedef struct {
  SacBlocking *blocking;
  SacBlockedSize size; /* of the image; channels are those of each part */
  SacBlockingChain opening;
  int value; /* where it has got to */
  Part parts[PARTS_MAX];
  size_t part_count;
} Walk;

static const SacNode *
node_at (const Walk *walk, int index)
{
  return &walk->blocking->plan->graph->nodes[index];
}

static const SacValueInfo *
info_of (const Walk *walk, int value)
{
  return &walk->blocking->plan->infos[value];
}

static bool
permutes (const Walk *walk, int index, const int64_t *expected)
{
  const SacNode *node = index >= 0 ? node_at (walk, index) : NULL;

  if (node == NULL || walk->blocking->taken[index] ||
      !sac_rewrite_is (walk->blocking->rewrite, index, "Transpose"))
    return false;
  for (size_t i = 0; i < node->attribute_count; i++) {
    const SacAttribute *attribute = &node->attributes[i];

    if (strcmp (attribute->name, "perm") == 0)
      return attribute->count == IMAGE_RANK &&
             memcmp (attribute->ints, expected,
                     IMAGE_RANK * sizeof *expected) == 0;
  }
  return false;
}

static int
get_reader (const Walk *walk)
{
  return sac_rewrite_only_reader (walk->blocking->rewrite, walk->value);
}

static bool
begin (Walk *walk, int index)
{
  static const int64_t last[IMAGE_RANK] = {0, 2, 3, 1};

  if (!permutes (walk, index, last) ||
      !sac_blocking_is_image (walk->blocking, node_at (walk, index)->inputs[0]))
    return false;
  walk->size = sac_blocked_size_of (
    &info_of (walk, node_at (walk, index)->inputs[0])->shape);
  walk->value = node_at (walk, index)->outputs[0];
  return sac_blocking_go_on (&walk->opening, index, walk->value);
}

/* The value that the next part reads: the first one reads the image itself. */
static Part *
add_part (Walk *walk, const Part *part)
{
  Part *added = &walk->parts[walk->part_count++];

  *added = *part;
  added->residual = -1;
  if (walk->part_count == 1) {
    added->x = node_at (walk, walk->opening.nodes[0])->inputs[0];
    added->in = walk->size.channels;
  } else {
    added->x = added[-1].chain.value;
    added->in = added[-1].out;
  }
  walk->value = added->chain.value;
  return added;
}

static bool
add_norm (Walk *walk, int reader)
{
  Part part = {.is_norm = true};

  if (!sac_blocking_match_layer_norm (walk->blocking, reader, &part.chain,
                                      &part.norm) ||
      part.norm.x != walk->value || part.norm.axis != IMAGE_RANK - 1)
    return false;
  part.out = part.norm.columns;
  add_part (walk, &part);
  return true;
}

/* The one reader of the part's value, if it is of that op with a constant of
 * one number a channel along `axis`: the copy of that, and it joins the part.
 */
static float *
take_channels (Walk *walk, Part *part, const char *op_type, int axis)
{
  const SacBlocking *blocking = walk->blocking;
  int value = part->chain.value;
  int reader = sac_rewrite_only_reader (blocking->rewrite, value);

  if (reader < 0 || blocking->taken[reader] ||
      !sac_rewrite_is (blocking->rewrite, reader, op_type))
    return NULL;

  const SacNode *node = node_at (walk, reader);
  int other = node->inputs[0] == value ? node->inputs[1] : node->inputs[0];
  const SacShape *shape = &info_of (walk, other)->shape;
  int own = axis - (IMAGE_RANK - shape->rank);

  if (shape->rank > IMAGE_RANK || own < 0 ||
      shape->dims[own] != (int64_t)part->out)
    return NULL;

  float *numbers = sac_blocking_copy_constant (blocking, other, part->out);

  if (numbers == NULL ||
      !sac_blocking_go_on (&part->chain, reader, node->outputs[0]))
    return NULL;
  walk->value = part->chain.value;
  return numbers;
}

/* y = (x W + bias) scale: the factors go into the weights. */
static void
take_scale (Walk *walk, Part *part, int axis)
{
  float *scale = take_channels (walk, part, "Mul", axis);

  if (scale == NULL)
    return;
  part->scale = scale;
  for (size_t i = 0; part->bias != NULL && i < part->out; i++)
    part->bias[i] *= scale[i];
}

static void
take_function (Walk *walk, Part *part)
{
  sac_blocking_end_chain (walk->blocking, &part->chain, &part->activation);
  if (part->activation.function == SAC_FUNCTION_NONE)
    sac_blocking_match_gelu (walk->blocking, &part->chain, &part->activation);
  walk->value = part->chain.value;
}

static bool
add_product (Walk *walk, int reader)
{
  const SacNode *node = node_at (walk, reader);
  Part part = {0};

  if (!sac_rewrite_is (walk->blocking->rewrite, reader, "MatMul") ||
      walk->blocking->taken[reader] || node->inputs[0] != walk->value)
    return false;

  const SacValueInfo *w = info_of (walk, node->inputs[1]);

  if (w->type != SAC_TYPE_FLOAT || w->constant == NULL || w->shape.rank != 2 ||
      sac_shape_size (&w->shape) == 0 ||
      !sac_blocking_go_on (&part.chain, reader, node->outputs[0]))
    return false;
  part.weights = (SacTensor *)w->constant;
  part.out = (size_t)w->shape.dims[1];

  Part *added = add_part (walk, &part);

  added->bias = take_channels (walk, added, "Add", IMAGE_RANK - 1);
  take_scale (walk, added, IMAGE_RANK - 1);
  if (added->scale == NULL)
    take_function (walk, added);
  return true;
}

/* The sum with an image. */
static void
take_residual (Walk *walk, Part *part)
{
  SacBlocking *blocking = walk->blocking;
  int value = part->chain.value;
  int reader = sac_rewrite_only_reader (blocking->rewrite, value);

  if (reader < 0 || blocking->taken[reader] ||
      !sac_rewrite_is (blocking->rewrite, reader, "Add"))
    return;

  const SacNode *node = node_at (walk, reader);
  int other = node->inputs[0] == value ? node->inputs[1] : node->inputs[0];

  if (other != value && sac_blocking_is_image (blocking, other) &&
      sac_shape_equal (&info_of (walk, other)->shape,
                       &info_of (walk, value)->shape) &&
      sac_blocking_go_on (&part->chain, reader, node->outputs[0]))
    part->residual = other;
}

/* Channels are the second axis again: a layer scale and the sum may follow. */
static bool
end (Walk *walk)
{
  static const int64_t back[IMAGE_RANK] = {0, 3, 1, 2};
  int reader = get_reader (walk);

  if (walk->part_count == 0 || !permutes (walk, reader, back))
    return false;

  Part *part = &walk->parts[walk->part_count - 1];

  if (!sac_blocking_go_on (&part->chain, reader,
                           node_at (walk, reader)->outputs[0]) ||
      !sac_blocking_is_image (walk->blocking, part->chain.value))
    return false;
  if (part->is_norm || part->activation.function != SAC_FUNCTION_NONE)
    return true;
  if (part->scale == NULL)
    take_scale (walk, part, 1);
  take_residual (walk, part);
  return true;
}

static bool
walk_on (Walk *walk)
{
  int reader = get_reader (walk);

  return reader >= 0 && walk->part_count < PARTS_MAX &&
         (add_norm (walk, reader) || add_product (walk, reader));
}

static SacBlockedSize
with_channels (const Walk *walk, size_t channels)
{
  SacBlockedSize size = walk->size;

  size.channels = channels;
  return size;
}

static SacPack *
find_pack (const Walk *walk,
           const Part *part,
           const SacConvShape *shape,
           bool reversed)
{
  SacPackSpec spec = {
    .weights = part->weights,
    .algorithm = SAC_CONV_POINTWISE,
    .shape = *shape,
    .reversed = !reversed,
    .step_y = 1,
    .step_x = 1,
    .scale = part->scale,
    .scales_columns = true,
  };

  return sac_packs_find (sac_network_get_packs (walk->blocking->plan->network),
                         &spec);
}

static SacConvShape
shape_between (const Walk *walk, size_t channels, size_t filters)
{
  return sac_conv_shape_pointwise (walk->size.images, walk->size.height,
                                   walk->size.width, channels, filters);
}

static const SacBlockedConv *
make_conv (Walk *walk, const Part *part)
{
  SacStore *store = walk->blocking->plan->store;
  SacBlockedConv *conv = sac_store_alloc (store, sizeof *conv);
  SacBlockedPhase *phase = sac_store_alloc (store, sizeof *phase);

  *conv = (SacBlockedConv){
    .shape = shape_between (walk, part->in, part->out),
    .algorithm = SAC_CONV_POINTWISE,
    .bias = part->bias,
    .residual = part->residual >= 0,
    .activation = part->activation,
    .phase_count = 1,
    .phases = phase,
  };
  conv->pack = find_pack (walk, part, &conv->shape, false);
  *phase = (SacBlockedPhase){
    .shape = shape_between (walk, part->out, part->in),
    .algorithm = SAC_CONV_POINTWISE,
  };
  phase->pack = find_pack (walk, part, &phase->shape, true);
  return conv;
}

static const SacRowNorm *
make_norm (SacBlocking *blocking,
           const SacBlockingLayerNorm *found,
           const SacBlockedSize *size)
{
  SacRowNorm *norm = sac_store_alloc (blocking->plan->store, sizeof *norm);

  *norm = (SacRowNorm){
    .scale = found->scale,
    .bias = found->bias,
    .epsilon = found->epsilon,
    .columns = found->columns,
    .size = *size,
  };
  return norm;
}

static void
add_unit (Walk *walk, const Part *part)
{
  const int inputs[] = {part->x, part->residual};
  SacBlockedSize size = with_channels (walk, part->out);
  const SacBlockingChain *chain = &part->chain;
  SacBlockedUnit unit = {
    .inputs = inputs,
    .input_count = part->residual >= 0 ? 2 : 1,
    .node = chain->nodes[chain->node_count - 1],
    .output = chain->value,
    .size = size,
    .has_twin = true,
  };

  if (part->is_norm) {
    unit.op = &sac_op_blocked_norm;
    unit.params = make_norm (walk->blocking, &part->norm, &size);
    unit.params_size = sizeof (SacRowNorm);
  } else {
    unit.op = &sac_op_blocked_conv;
    unit.params = make_conv (walk, part);
    unit.params_size = sizeof (SacBlockedConv);
  }
  sac_blocking_add (walk->blocking, &unit, chain->nodes, chain->node_count);
}

void
sac_blocking_match_channels_last (SacBlocking *blocking, int node)
{
  Walk walk = {.blocking = blocking};

  if (!begin (&walk, node))
    return;
  while (!end (&walk)) {
    if (!walk_on (&walk))
      return;
  }
  blocking->taken[node] = true;
  for (size_t i = 0; i < walk.part_count; i++)
    add_unit (&walk, &walk.parts[i]);
}

bool
sac_blocking_match_channel_norm (SacBlocking *blocking, int node)
{
  SacBlockingChain chain;
  SacBlockingLayerNorm found;

  if (!sac_blocking_match_layer_norm (blocking, node, &chain, &found) ||
      found.axis != 1 || !sac_blocking_is_image (blocking, found.x) ||
      !sac_blocking_is_blocked (blocking, found.x))
    return false;

  SacBlockedSize size =
    sac_blocked_size_of (&blocking->plan->infos[found.x].shape);

  sac_blocking_add (blocking,
                    &(SacBlockedUnit){
                      .op = &sac_op_blocked_norm,
                      .params = make_norm (blocking, &found, &size),
                      .params_size = sizeof (SacRowNorm),
                      .inputs = &found.x,
                      .input_count = 1,
                      .node = chain.nodes[chain.node_count - 1],
                      .output = chain.value,
                      .size = size,
                      .has_twin = true,
                    },
                    chain.nodes, chain.node_count);
  return true;
}
