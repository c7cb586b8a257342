/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The op: views are checked against their tensors and made into tables, and
 * heads are cut into tiles of queries. */
#include "network/ops/attention-fused.h"

#include "base/error.h"
#include "compute/kernels.h"
#include "compute/product.h"
#include "compute/scratch.h"
#include "network/ops/attention-tile.h"

#define ATTRIBUTE "attention"

/* Elements of a tile: half a megabyte, so that the scores of a tile stay in the
 * second cache between the products. */
#define TILE_ELEMENTS 131072
#define TILE_ROWS_MIN 16
#define TILE_ROWS_MAX 256
/* Three times the height of the kernel's tile, seven times of the narrower. */
#define PART_ROWS 42
#define PACKED_ROWS_MIN 4

SacAttribute
sac_fused_attention_attribute (const SacFusedAttention *attention)
{
  return (SacAttribute){
    .name = ATTRIBUTE,
    .kind = SAC_ATTRIBUTE_OTHER,
    .s = (const char *)attention,
    .s_size = sizeof *attention,
  };
}

static int64_t
count_places (const SacAttentionAxes *axes)
{
  int64_t count = 1;

  for (int i = 0; i < axes->rank; i++)
    count *= axes->sizes[i];
  return count;
}

/* Offset of each place. */
static int64_t *
list_offsets (SacInfer *infer, const SacAttentionAxes *axes, int64_t first)
{
  int64_t count = count_places (axes);
  int64_t *offsets = sac_infer_alloc (infer, (size_t)count * sizeof *offsets);

  for (int64_t i = 0; i < count; i++) {
    int64_t rest = i;

    offsets[i] = first;
    for (int axis = axes->rank - 1; axis >= 0; axis--) {
      offsets[i] += rest % axes->sizes[axis] * axes->strides[axis];
      rest /= axes->sizes[axis];
    }
  }
  return offsets;
}

/* Two places are one: along an axis that is repeated. */
static bool
is_shared (const SacAttentionAxes *axes)
{
  for (int i = 0; i < axes->rank; i++) {
    if (axes->sizes[i] > 1 && axes->strides[i] == 0)
      return true;
  }
  return false;
}

static int64_t
last_offset (const SacAttentionAxes *axes)
{
  int64_t offset = 0;

  for (int i = 0; i < axes->rank; i++)
    offset += (axes->sizes[i] - 1) * axes->strides[i];
  return offset;
}

/* The one stride of axes that are walked as one; false when there is none. */
static bool
find_stride (const SacAttentionAxes *axes, int64_t *ret_stride)
{
  int64_t stride = 0, size = 1;

  for (int i = axes->rank - 1; i >= 0; i--) {
    if (axes->sizes[i] == 1)
      continue;
    if (size > 1 && axes->strides[i] != stride * size)
      return false;
    if (size == 1)
      stride = axes->strides[i];
    size *= axes->sizes[i];
  }
  *ret_stride = size == 1 ? 1 : stride;
  return true;
}

typedef struct {
  int64_t batch, rows, columns;
} Extent;

static bool
check_view (const SacInfer *infer,
            const SacAttentionView *view,
            const SacShape *shape,
            Extent extent,
            GError **error)
{
  if (count_places (&view->batch) == extent.batch &&
      count_places (&view->rows) == extent.rows &&
      count_places (&view->columns) == extent.columns &&
      view->offset + last_offset (&view->batch) + last_offset (&view->rows) +
          last_offset (&view->columns) <
        sac_shape_size (shape))
    return true;
  return sac_infer_fail (infer, SAC_ERROR_UNSUPPORTED, error,
                         "an operand does not fit the attention");
}

static bool
fill_matrices (SacInfer *infer,
               const SacAttentionView *view,
               const SacShape *shape,
               Extent extent,
               SacAttentionMatrices *matrices,
               GError **error)
{
  if (!check_view (infer, view, shape, extent, error))
    return false;
  if (!find_stride (&view->rows, &matrices->row) ||
      !find_stride (&view->columns, &matrices->column) ||
      (matrices->row != 1 && matrices->column != 1) || matrices->row < 1 ||
      matrices->column < 1)
    return sac_infer_fail (infer, SAC_ERROR_UNSUPPORTED, error,
                           "neither rows nor columns of a matrix are without "
                           "gaps");
  matrices->starts = list_offsets (infer, &view->batch, view->offset);
  matrices->shared = is_shared (&view->batch);
  return true;
}

/* Splits the columns into runs, the longest in which the operand moves by one
 * or stands still. */
static void
fill_runs (SacInfer *infer,
           const SacAttentionAxes *columns,
           SacAttentionOperand *operand)
{
  SacAttentionAxes outer = *columns;

  operand->run = 1;
  operand->step = 1;
  while (outer.rank > 0) {
    int64_t size = outer.sizes[outer.rank - 1];
    int64_t stride = outer.strides[outer.rank - 1];

    if (size > 1 && operand->run == 1)
      operand->step = stride == 0 ? 0 : 1;
    if (size > 1 && stride != operand->step * operand->run)
      break;
    operand->run *= size;
    outer.rank--;
  }
  operand->runs = list_offsets (infer, &outer, 0);
}

static bool
fill_operand (SacInfer *infer,
              const SacFusedAttention *of,
              int index,
              SacAttentionOperand *operand,
              GError **error)
{
  const SacScoreStep *step = &of->steps[index];
  SacKind kind = step->kind == SAC_SCORE_SELECT ? SAC_KIND_BOOL : SAC_KIND_F32;

  if (step->kind == SAC_SCORE_MULTIPLY || step->kind == SAC_SCORE_DIVIDE)
    return true;
  if (!sac_infer_has (infer, (size_t)step->input) ||
      sac_type_get_kind (infer->inputs[step->input]->type) != kind)
    return sac_infer_fail (infer, SAC_ERROR_UNSUPPORTED, error,
                           "an operand has the wrong type");
  if (!check_view (infer, &step->view, &infer->inputs[step->input]->shape,
                   (Extent){of->batch, of->queries, of->keys}, error))
    return false;
  operand->batch = list_offsets (infer, &step->view.batch, 0);
  operand->rows = list_offsets (infer, &step->view.rows, 0);
  operand->shared = is_shared (&step->view.batch);
  fill_runs (infer, &step->view.columns, operand);
  return true;
}

static bool
fill_parts (SacInfer *infer, SacAttentionPlan *plan, GError **error)
{
  const SacFusedAttention *of = &plan->of;

  for (size_t i = 0; i < 3; i++) {
    if (!sac_infer_has (infer, i) ||
        sac_type_get_kind (infer->inputs[i]->type) != SAC_KIND_F32)
      return sac_infer_fail (infer, SAC_ERROR_UNSUPPORTED, error,
                             "its matrices are not float32");
  }
  if (!fill_matrices (infer, &of->query, &infer->inputs[0]->shape,
                      (Extent){of->batch, of->queries, of->depth}, &plan->query,
                      error) ||
      !fill_matrices (infer, &of->key, &infer->inputs[1]->shape,
                      (Extent){of->batch, of->depth, of->keys}, &plan->key,
                      error) ||
      !fill_matrices (infer, &of->value, &infer->inputs[2]->shape,
                      (Extent){of->batch, of->keys, of->width}, &plan->value,
                      error) ||
      !fill_matrices (infer, &of->context, &of->context_shape,
                      (Extent){of->batch, of->queries, of->width},
                      &plan->context, error))
    return false;
  for (int i = 0; i < of->step_count; i++) {
    if (!fill_operand (infer, of, i, &plan->operands[i], error))
      return false;
  }
  return true;
}

static bool
add_outputs (SacInfer *infer, const SacFusedAttention *of, GError **error)
{
  if (!sac_infer_output (infer, 0, of->type, &of->context_shape, error))
    return false;
  for (int i = 0; i < of->output_reductions; i++) {
    SacShape shape = sac_attention_reduction_shape (of, &of->reductions[i]);

    if (!sac_infer_output (infer, 1 + (size_t)i, SAC_TYPE_FLOAT, &shape, error))
      return false;
  }
  return true;
}

static bool
fused_attention_infer (SacInfer *infer, GError **error)
{
  const SacAttribute *attribute = sac_infer_attribute (infer, ATTRIBUTE);
  SacAttentionPlan *plan = sac_infer_alloc (infer, sizeof *plan);

  infer->params = plan;
  plan->of = *(const SacFusedAttention *)(const void *)attribute->s;

  const SacFusedAttention *of = &plan->of;

  if (!fill_parts (infer, plan, error) || !add_outputs (infer, of, error))
    return false;
  plan->tile_rows =
    CLAMP (TILE_ELEMENTS / of->keys, TILE_ROWS_MIN, TILE_ROWS_MAX) / 16 * 16;
  plan->tile_rows = MIN (plan->tile_rows, of->queries);
  plan->tile_count = (of->queries + plan->tile_rows - 1) / plan->tile_rows;

  size_t tile = (size_t)sac_attention_tile_size (plan) * sizeof (float);
  int reduced = SAC_ATTENTION_REDUCTION_TILES;

  infer->workspace_bytes =
    SAC_ATTENTION_SLOTS * tile * (of->output_reductions > 0 ? reduced : 1);
  infer->gradient_workspace_bytes =
    SAC_ATTENTION_SLOTS * tile * (of->probe_reductions > 0 ? reduced : 2);
  infer->cost = (double)of->batch * (double)of->queries * (double)of->keys *
                (double)(of->depth + of->width);
  return true;
}

typedef struct {
  SacAttentionSource source;
  SacTensor *context;
  float *workspace;
  int64_t slots;
} Work;

/* One head's keys and values, packed for the products with all its queries;
 * its queries where their rows have gaps, and room for some rows of the context
 * where its rows have. */
typedef struct {
  float *keys, *values;
  float *queries, *context; /* NULL: as they lie */
} Packed;

/* Rows lie in line. */
static bool
is_in_line (const SacAttentionMatrices *matrices, int64_t columns)
{
  return matrices->column == 1 || columns == 1;
}

static Packed
pack_head (const Work *work, int64_t batch)
{
  const SacAttentionPlan *plan = work->source.plan;
  const SacFusedAttention *of = &plan->of;
  size_t keys = (size_t)of->keys, depth = (size_t)of->depth;
  size_t width = (size_t)of->width;
  size_t count = sac_product_packed_count (depth, keys);
  SacMatrix key =
    sac_attention_matrix (&plan->key, work->source.inputs[1], batch, 0);
  SacMatrix value =
    sac_attention_matrix (&plan->value, work->source.inputs[2], batch, 0);
  size_t value_count = sac_product_packed_count (keys, width);
  bool turns_queries = !is_in_line (&plan->query, of->depth);
  bool turns_context = !is_in_line (&plan->context, of->width);
  size_t query_count = turns_queries ? (size_t)of->queries * depth : 0;
  Packed packed = {
    .keys = sac_scratch (count + value_count + query_count +
                         (turns_context ? PART_ROWS * width : 0)),
  };

  packed.values = packed.keys + count;
  if (turns_context)
    packed.context = packed.values + value_count + query_count;
  if (turns_queries) {
    SacMatrix query =
      sac_attention_matrix (&plan->query, work->source.inputs[0], batch, 0);

    packed.queries = packed.values + value_count;
    sac_kernels ()->transpose (query.data, query.column, depth,
                               (size_t)of->queries, packed.queries,
                               (ptrdiff_t)depth);
  }
  sac_product_pack (packed.keys, key.data, depth, keys, key.row, key.column);
  sac_product_pack (packed.values, value.data, keys, width, value.row,
                    value.column);
  return packed;
}

/* Whether the rows are many enough for the packing to be worth its time. */
static bool
can_pack (const SacAttentionPlan *plan)
{
  return plan->tile_rows >= PACKED_ROWS_MIN;
}

/* Whole vectors of scores: behind the last key they are zero. */
static void
attend_packed (const Work *work,
               const SacAttentionTile *tile,
               const Packed *packed,
               float *weights)
{
  const SacAttentionPlan *plan = work->source.plan;
  int64_t step = sac_attention_whole_step (plan);
  SacMatrixProduct product = {
    .a = sac_attention_matrix (&plan->query, work->source.inputs[0],
                               tile->batch, tile->first),
    .c = {weights, step, 1},
    .m = (size_t)tile->count,
    .n = (size_t)step,
    .k = (size_t)plan->of.depth,
  };

  SacMatrix context = sac_attention_matrix (&plan->context, work->context,
                                            tile->batch, tile->first);
  size_t width = (size_t)plan->of.width;

  if (packed->queries != NULL)
    product.a = (SacMatrix){packed->queries + tile->first * plan->of.depth,
                            plan->of.depth, 1};
  sac_matrix_multiply_packed (&product, packed->keys);
  sac_attention_normalize (&work->source, tile, step, weights);
  sac_attention_finish (plan, tile, step, weights);
  product.a = product.c;
  product.c = packed->context != NULL
                ? (SacMatrix){packed->context, plan->of.width, 1}
                : context;
  product.n = width;
  product.k = (size_t)plan->of.keys;
  sac_matrix_multiply_packed (&product, packed->values);
  if (packed->context != NULL)
    sac_kernels ()->transpose (packed->context, (ptrdiff_t)width, product.m,
                               width, context.data, context.column);
}

/* Some rows at a time: their scores stay in the first cache. */
static void
attend_parts (const Work *work,
              const SacAttentionTile *tile,
              const Packed *packed,
              float *weights)
{
  int64_t parts = (tile->count + PART_ROWS - 1) / PART_ROWS;

  for (int64_t i = 0; i < parts; i++) {
    int64_t first = tile->count * i / parts;
    SacAttentionTile part = {tile->batch, tile->first + first,
                             tile->count * (i + 1) / parts - first};

    attend_packed (work, &part, packed, weights);
  }
}

static void
attend (const Work *work, const SacAttentionTile *tile, float *weights)
{
  const SacAttentionPlan *plan = work->source.plan;

  sac_attention_probabilities (&work->source, tile, NULL, plan->of.keys,
                               weights);
  sac_attention_finish (plan, tile, plan->of.keys, weights);
  sac_attention_multiply (
    &(SacMatrixProduct){
      .a = {weights, plan->of.keys, 1},
      .b = sac_attention_matrix (&plan->value, work->source.inputs[2],
                                 tile->batch, 0),
      .c = sac_attention_matrix (&plan->context, work->context, tile->batch,
                                 tile->first),
      .m = (size_t)tile->count,
      .n = (size_t)plan->of.width,
      .k = (size_t)plan->of.keys,
    },
    work->source.job);
}

static void
run_slot (size_t slot, void *data)
{
  const Work *work = data;
  const SacAttentionPlan *plan = work->source.plan;
  int64_t count = plan->of.batch * plan->tile_count, packed_batch = -1;
  float *weights =
    work->workspace + (int64_t)slot * sac_attention_tile_size (plan);
  bool packs = can_pack (plan);
  Packed packed = {0};

  for (int64_t i = (int64_t)slot * count / work->slots;
       i < ((int64_t)slot + 1) * count / work->slots; i++) {
    SacAttentionTile tile =
      sac_attention_tile (plan, i / plan->tile_count, i % plan->tile_count);

    if (work->source.job != NULL && sac_job_is_cancelled (work->source.job))
      return;
    if (packs && tile.batch != packed_batch)
      packed = pack_head (work, tile.batch);
    packed_batch = tile.batch;
    if (packs)
      attend_parts (work, &tile, &packed, weights);
    else
      attend (work, &tile, weights);
  }
}

static void
fused_attention_forward (const SacCall *call)
{
  const SacAttentionPlan *plan = call->params;
  Work work = {
    .source = {plan, call->inputs, call->job},
    .context = call->outputs[0],
    .workspace = call->workspace,
    .slots = MIN (plan->of.batch * plan->tile_count, SAC_ATTENTION_SLOTS),
  };

  if (work.context != NULL)
    sac_attention_run_slots (work.slots, run_slot, &work);
  for (int i = 0; i < plan->of.output_reductions; i++) {
    if (call->outputs[1 + i] != NULL)
      sac_attention_reduce (&work.source, NULL, &plan->of.reductions[i],
                            call->outputs[1 + i], call->workspace);
  }
}

/* Operands that scale are constants, those that select are no floats. */
const SacOp sac_op_fused_attention = {
  .name = "FusedAttention",
  .domain = "saccade",
  .inputs_min = 3,
  .inputs_max = SIZE_MAX,
  .outputs_min = 1,
  .outputs_max = SIZE_MAX,
  .infer = fused_attention_infer,
  .forward = fused_attention_forward,
  .gradient = sac_attention_gradient,
  .saves_inputs = SAC_SAVE_ALL,
};
