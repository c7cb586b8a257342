/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Convolution as a matrix product: the taps of a block of positions are laid
 * out as columns (or the columns are added back), so that OpenBLAS does the
 * arithmetic.  Blocks keep the columns in the cache and bound the memory
 * whatever the size of the image.
 *
 * Work is cut the same way for any number of threads: into tasks (image, group,
 * block) that are dealt to slots, each with its own columns; where there are
 * too few tasks, they run one after the other, each spread over the pool. */
#include "network/ops/convolve.h"

#include "base/pool.h"
#include "tensor/gemm.h"

#include <string.h>

#define SLOTS_MAX 16
#define TASKS_MIN 4 /* fewer are not dealt out */
#define BLOCK_POSITIONS_MIN 256
#define BLOCK_FLOATS ((int64_t)1 << 18)     /* 1 MiB: a core's own cache */
#define WORKSPACE_FLOATS ((int64_t)1 << 22) /* 16 MiB */
#define DEPTHWISE_SMALL_CHANNELS_MAX 4

static int64_t
count_positions (const SacConvolve *c)
{
  return c->window.out[0] * c->window.out[1];
}

static int64_t
count_blocks (const SacConvolve *c)
{
  return (count_positions (c) + c->block - 1) / c->block;
}

static bool
is_pointwise (const SacWindow *w)
{
  for (int axis = 0; axis < 2; axis++) {
    if (w->kernel[axis] != 1 || w->stride[axis] != 1 ||
        w->pad_begin[axis] != 0 || w->in[axis] != w->out[axis])
      return false;
  }
  return true;
}

/* Positions a block: about BLOCK_FLOATS of columns, but enough positions for an
 * efficient product; a power of two of blocks, so that they share out evenly.
 */
static int64_t
choose_block (int64_t positions, int64_t taps)
{
  int64_t block = MAX (BLOCK_FLOATS / taps, BLOCK_POSITIONS_MIN);
  int64_t count = 1;

  block = MAX (1, MIN (block, WORKSPACE_FLOATS / taps));
  while (positions / count > block)
    count *= 2;
  block = MIN (block, (positions + count - 1) / count);
  if (block >= 16) /* whole vectors */
    block = (block + 15) / 16 * 16;
  return MAX (1, MIN (positions, block));
}

static int64_t
choose_slots (const SacConvolve *c, int64_t tasks)
{
  int64_t room = MAX (1, WORKSPACE_FLOATS / (c->taps * c->block));
  int64_t slots = MIN (MIN (tasks, SLOTS_MAX), room);

  return tasks >= TASKS_MIN && slots >= TASKS_MIN ? slots : 1;
}

static bool
is_empty (const SacConvolve *c)
{
  const SacWindow *w = &c->window;

  return c->batch == 0 || c->groups == 0 || c->large_channels == 0 ||
         c->small_channels == 0 || w->in[0] == 0 || w->in[1] == 0 ||
         w->out[0] == 0 || w->out[1] == 0;
}

void
sac_convolve_prepare (SacConvolve *c)
{
  c->empty = is_empty (c);
  c->block = c->gather_slots = c->scatter_slots = 1;
  if (c->empty)
    return;

  int64_t images = c->batch * c->groups;

  c->taps = c->large_channels * c->window.kernel[0] * c->window.kernel[1];
  if (is_pointwise (&c->window)) {
    c->kind = SAC_CONVOLVE_POINTWISE;
    c->block = count_positions (c);
    if (images >= TASKS_MIN)
      c->gather_slots = c->scatter_slots = MIN (images, SLOTS_MAX);
  } else if (c->large_channels == 1 &&
             c->small_channels <= DEPTHWISE_SMALL_CHANNELS_MAX) {
    c->kind = SAC_CONVOLVE_DEPTHWISE;
  } else {
    c->kind = SAC_CONVOLVE_COLUMNS;
    c->block = choose_block (count_positions (c), c->taps);
    c->gather_slots = choose_slots (c, images * count_blocks (c));
    c->scatter_slots = choose_slots (c, images);
  }
}

static size_t
get_bytes (const SacConvolve *c, int64_t slots)
{
  if (c->empty || c->kind != SAC_CONVOLVE_COLUMNS)
    return 0;
  return (size_t)(c->taps * c->block * slots) * sizeof (float);
}

size_t
sac_convolve_get_gather_bytes (const SacConvolve *c)
{
  return get_bytes (c, c->gather_slots);
}

size_t
sac_convolve_get_scatter_bytes (const SacConvolve *c)
{
  return get_bytes (c, c->scatter_slots);
}

/* One direction of one call. */
typedef struct {
  const SacConvolve *c;
  const SacConvolveCall *call;
  void (*task) (const SacConvolve *c,
                const SacConvolveCall *call,
                int64_t task,
                float *columns);
  int64_t task_count;
  int64_t slots;
} Pass;

static void
run_slot (size_t slot, void *data)
{
  const Pass *pass = data;
  const SacConvolve *c = pass->c;
  float *columns = NULL;

  if (c->kind == SAC_CONVOLVE_COLUMNS)
    columns = pass->call->workspace + (int64_t)slot * c->taps * c->block;
  for (int64_t task = (int64_t)slot; task < pass->task_count;
       task += pass->slots) {
    if (pass->call->job != NULL && sac_job_is_cancelled (pass->call->job))
      return;
    pass->task (c, pass->call, task, columns);
  }
}

static void
run_pass (Pass *pass)
{
  if (pass->slots == 1)
    run_slot (0, pass); /* not through the pool: the task uses it */
  else
    sac_pool_run ((size_t)pass->slots, run_slot, pass);
}

/* Some positions of one large image as columns. */
typedef struct {
  const SacWindow *window;
  const float *image; /* gather: read; scatter: unused */
  float *sum;         /* scatter: added to */
  float *columns;     /* taps x positions */
  int64_t first, count;
} Block;

/* Copies the row `row` of the input at stride `stride` for output columns
 * [from, to), zeros where the tap lies in the padding. */
static void
lay_out_row (const SacWindow *w,
             const float *row,
             int64_t tap,
             int64_t from,
             int64_t to,
             float *columns)
{
  int64_t inside_from, inside_to;

  sac_window_span (w, 1, tap, &inside_from, &inside_to);
  inside_from = CLAMP (inside_from, from, to);
  inside_to = CLAMP (inside_to, inside_from, to);

  int64_t stride = w->stride[1];
  int64_t offset = sac_window_offset (w, 1, tap);

  memset (columns, 0, (size_t)(inside_from - from) * sizeof (float));
  if (stride == 1) {
    if (inside_to > inside_from)
      memcpy (columns + (inside_from - from), row + inside_from + offset,
              (size_t)(inside_to - inside_from) * sizeof (float));
  } else if (stride == 2) { /* known to the compiler: vector code */
    for (int64_t x = inside_from; x < inside_to; x++)
      columns[x - from] = row[x * 2 + offset];
  } else {
    for (int64_t x = inside_from; x < inside_to; x++)
      columns[x - from] = row[x * stride + offset];
  }
  memset (columns + (inside_to - from), 0,
          (size_t)(to - inside_to) * sizeof (float));
}

static void
lay_out_tap (
  const Block *b, const float *plane, int64_t ky, int64_t kx, float *columns)
{
  const SacWindow *w = b->window;
  int64_t row_offset = sac_window_offset (w, 0, ky);

  for (int64_t at = b->first; at < b->first + b->count;) {
    int64_t row = at / w->out[1];
    int64_t from = at - row * w->out[1];
    int64_t to = MIN (w->out[1], from + b->first + b->count - at);
    int64_t y = row * w->stride[0] + row_offset;
    float *place = columns + (at - b->first);

    if (y < 0 || y >= w->in[0])
      memset (place, 0, (size_t)(to - from) * sizeof (float));
    else
      lay_out_row (w, plane + y * w->in[1], kx, from, to, place);
    at += to - from;
  }
}

static void
lay_out_channel (size_t channel, void *data)
{
  const Block *b = data;
  const SacWindow *w = b->window;
  const float *plane = b->image + (int64_t)channel * w->in[0] * w->in[1];
  int64_t taps = w->kernel[0] * w->kernel[1];
  float *columns = b->columns + (int64_t)channel * taps * b->count;

  for (int64_t ky = 0; ky < w->kernel[0]; ky++) {
    for (int64_t kx = 0; kx < w->kernel[1]; kx++) {
      lay_out_tap (b, plane, ky, kx, columns);
      columns += b->count;
    }
  }
}

static inline void
add_back_row (const SacWindow *w,
              float *row,
              int64_t tap,
              int64_t from,
              int64_t to,
              const float *columns)
{
  int64_t inside_from, inside_to;

  sac_window_span (w, 1, tap, &inside_from, &inside_to);
  inside_from = MAX (inside_from, from);
  inside_to = MIN (inside_to, to);

  int64_t stride = w->stride[1];
  int64_t offset = sac_window_offset (w, 1, tap);

  if (stride == 1) {
    for (int64_t x = inside_from; x < inside_to; x++)
      row[x + offset] += columns[x - from];
  } else {
    for (int64_t x = inside_from; x < inside_to; x++)
      row[x * stride + offset] += columns[x - from];
  }
}

static inline void
add_back_tap (
  const Block *b, float *plane, int64_t ky, int64_t kx, const float *columns)
{
  const SacWindow *w = b->window;
  int64_t row_offset = sac_window_offset (w, 0, ky);

  for (int64_t at = b->first; at < b->first + b->count;) {
    int64_t row = at / w->out[1];
    int64_t from = at - row * w->out[1];
    int64_t to = MIN (w->out[1], from + b->first + b->count - at);
    int64_t y = row * w->stride[0] + row_offset;

    if (y >= 0 && y < w->in[0])
      add_back_row (w, plane + y * w->in[1], kx, from, to,
                    columns + (at - b->first));
    at += to - from;
  }
}

/* Channels do not overlap, so they can be added back at the same time. */
static void
add_back_channel (size_t channel, void *data)
{
  const Block *b = data;
  const SacWindow *w = b->window;
  float *plane = b->sum + (int64_t)channel * w->in[0] * w->in[1];
  int64_t taps = w->kernel[0] * w->kernel[1];
  const float *columns = b->columns + (int64_t)channel * taps * b->count;

  for (int64_t ky = 0; ky < w->kernel[0]; ky++) {
    for (int64_t kx = 0; kx < w->kernel[1]; kx++) {
      add_back_tap (b, plane, ky, kx, columns);
      columns += b->count;
    }
  }
}

static void
gather_block (const SacConvolve *c,
              const SacConvolveCall *call,
              int64_t task,
              float *columns)
{
  const SacWindow *w = &c->window;
  int64_t blocks = count_blocks (c);
  int64_t image = task / blocks;
  int64_t positions = count_positions (c);
  int64_t first = task % blocks * c->block;
  int64_t count = MIN (c->block, positions - first);
  const float *large =
    call->from + image * c->large_channels * w->in[0] * w->in[1];

  if (c->kind == SAC_CONVOLVE_COLUMNS) {
    Block block = {w, large, NULL, columns, first, count};

    sac_pool_run ((size_t)c->large_channels, lay_out_channel, &block);
  }
  sac_gemm_parallel (&(SacGemm){
    .m = c->small_channels,
    .n = count,
    .k = c->taps,
    .alpha = 1,
    .a = call->weights + image % c->groups * c->small_channels * c->taps,
    .lda = c->taps,
    .b = columns != NULL ? columns : large,
    .ldb = count,
    .beta = 1,
    .c = call->to + image * c->small_channels * positions + first,
    .ldc = positions,
    .job = call->job,
  });
}

void
sac_convolve_gather (const SacConvolve *c, const SacConvolveCall *call)
{
  if (c->empty)
    return;
  if (c->kind == SAC_CONVOLVE_DEPTHWISE) {
    sac_convolve_gather_depthwise (c, call);
    return;
  }

  Pass pass = {.c = c,
               .call = call,
               .task = gather_block,
               .task_count = c->batch * c->groups * count_blocks (c),
               .slots = c->gather_slots};

  run_pass (&pass);
}

/* One image and group, block after block: blocks overlap in the large image. */
static void
scatter_image (const SacConvolve *c,
               const SacConvolveCall *call,
               int64_t image,
               float *columns)
{
  const SacWindow *w = &c->window;
  int64_t positions = count_positions (c);
  float *large = call->to + image * c->large_channels * w->in[0] * w->in[1];

  for (int64_t first = 0; first < positions; first += c->block) {
    int64_t count = MIN (c->block, positions - first);

    if (call->job != NULL && sac_job_is_cancelled (call->job))
      return;
    sac_gemm_parallel (&(SacGemm){
      .transpose_a = true,
      .m = c->taps,
      .n = count,
      .k = c->small_channels,
      .alpha = 1,
      .a = call->weights + image % c->groups * c->small_channels * c->taps,
      .lda = c->taps,
      .b = call->from + image * c->small_channels * positions + first,
      .ldb = positions,
      .beta = columns != NULL ? 0 : 1,
      .c = columns != NULL ? columns : large,
      .ldc = count,
      .job = call->job,
    });
    if (columns != NULL) {
      Block block = {w, NULL, large, columns, first, count};

      sac_pool_run ((size_t)c->large_channels, add_back_channel, &block);
    }
  }
}

void
sac_convolve_scatter (const SacConvolve *c, const SacConvolveCall *call)
{
  if (c->empty)
    return;
  if (c->kind == SAC_CONVOLVE_DEPTHWISE) {
    sac_convolve_scatter_depthwise (c, call);
    return;
  }

  Pass pass = {.c = c,
               .call = call,
               .task = scatter_image,
               .task_count = c->batch * c->groups,
               .slots = c->scatter_slots};

  run_pass (&pass);
}

void
sac_convolve_fill (float *image,
                   int64_t batch,
                   int64_t channels,
                   int64_t plane,
                   const float *bias)
{
  if (plane == 0)
    return;
  for (int64_t i = 0; i < batch * channels; i++) {
    float value = bias != NULL ? bias[i % channels] : 0;

    for (int64_t j = 0; j < plane; j++)
      image[i * plane + j] = value;
  }
}
