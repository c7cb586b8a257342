/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Each channel with its own filter.  The sums of some neighbouring pixels stay
 * in registers over all taps.  For usual kernels each pixel of the input is
 * read once a row of taps, for all sums that it belongs to. */
#include "compute/kernel-finish.h"
#include "compute/kernel-window.h"

/* Pixels whose sums stay in registers together. */
#if LANES == 16
#define PIXELS 14
#define FOR_PIXELS(X, ...)                                                     \
  X (__VA_ARGS__, 1)                                                           \
  X (__VA_ARGS__, 2)                                                           \
  X (__VA_ARGS__, 3)                                                           \
  X (__VA_ARGS__, 4)                                                           \
  X (__VA_ARGS__, 5)                                                           \
  X (__VA_ARGS__, 6)                                                           \
  X (__VA_ARGS__, 7)                                                           \
  X (__VA_ARGS__, 8)                                                           \
  X (__VA_ARGS__, 9)                                                           \
  X (__VA_ARGS__, 10)                                                          \
  X (__VA_ARGS__, 11)                                                          \
  X (__VA_ARGS__, 12)                                                          \
  X (__VA_ARGS__, 13)                                                          \
  X (__VA_ARGS__, 14)
#else
#define PIXELS 7
#define FOR_PIXELS(X, ...)                                                     \
  X (__VA_ARGS__, 1)                                                           \
  X (__VA_ARGS__, 2)                                                           \
  X (__VA_ARGS__, 3)                                                           \
  X (__VA_ARGS__, 4)                                                           \
  X (__VA_ARGS__, 5)                                                           \
  X (__VA_ARGS__, 6)                                                           \
  X (__VA_ARGS__, 7)
#endif

/* The widest kernel that is unrolled. */
#define KERNEL_MAX 7

/* Pixels after which a tail that is not simple follows: in the L1 cache. */
#define FINISH_PIXELS 64

typedef struct {
  const SacDepthwise *work;
  SacLimits limits;
  float bias[SAC_BLOCK];
  /* A row is cut into runs of `length` or one more, of which there are
     `longer`: a short one would wait for its own sums. */
  size_t runs, length, longer;
} Block;

/* Neighbouring pixels of one row of the output, and the taps that they have.
 * It is changed from run to run but never copied: a copy would wait until all
 * that was stored before lies in the cache. */
typedef struct {
  const Block *block;
  ptrdiff_t row_at; /* floats from the image to the row of the first tap */
  ptrdiff_t at;     /* to what the first tap sees */
  ptrdiff_t row_step;
  ptrdiff_t rows;    /* of taps */
  ptrdiff_t columns; /* of taps; the unrolled have all */
  /* The unrolled: columns from `at` on that the image has. */
  ptrdiff_t left, right;
  const float *row_weights, *weights;
  float *row_y, *y;
} Run;

static ALWAYS_INLINE void
store_pixels (const Run *run, const int count, int part, Vec sums[PIXELS])
{
  const Block *block = run->block;
  const SacDepthwise *work = block->work;
  size_t step = work->pixel_step;
  float *y = run->y + part * LANES;

  if (block->limits.simple) {
    Vec bias = vec_load (block->bias + part * LANES);
    Vec low = vec_splat (block->limits.low);
    Vec high = vec_splat (block->limits.high);

    UNROLL for (int i = 0; i < count; i++)
    {
      float *place = y + (size_t)i * step;

      sums[i] += bias;
      if (work->residual != NULL)
        sums[i] += vec_load (work->residual + (place - work->y));
      if (block->limits.saved != NULL)
        sac_save_bits (&block->limits, place, sums[i]);
      sums[i] = vec_min (high, vec_max (low, sums[i]));
    }
  }
  UNROLL for (int i = 0; i < count; i++)
    vec_store (y + (size_t)i * step, sums[i]);
}

/* Columns of the input outside the image are no more than kernel - 1 at either
 * end; zeros stand for them. */
static ALWAYS_INLINE void
unrolled_pixels (
  const Run *run, const int kernel, const int stride, const int count, int part)
{
  static const float zeros[SAC_BLOCK];
  const int columns = (count - 1) * stride + kernel;
  const float *weights = run->weights + part * LANES;
  const float *image = run->block->work->x + part * LANES;
  ptrdiff_t at = run->at;
  Vec sums[PIXELS];

  UNROLL for (int i = 0; i < count; i++) sums[i] = vec_zero ();
  for (ptrdiff_t row = 0; row < run->rows; row++) {
    Vec taps[KERNEL_MAX];

    UNROLL for (int k = 0; k < kernel; k++) taps[k] =
      vec_load (weights + k * SAC_BLOCK);
    UNROLL for (int i = 0; i < columns; i++)
    {
      bool outside = (i < kernel - 1 && i < run->left) ||
                     (i > columns - kernel && i >= run->right);
      Vec pixel = vec_load (outside ? zeros : image + at + i * SAC_BLOCK);

      UNROLL for (int k = 0; k < kernel; k++)
      {
        if (i >= k && (i - k) % stride == 0 && (i - k) / stride < count)
          sums[(i - k) / stride] =
            vec_fma (pixel, taps[k], sums[(i - k) / stride]);
      }
    }
    weights += kernel * SAC_BLOCK;
    at += run->row_step;
  }
  store_pixels (run, count, part, sums);
}

/* Any kernel, all of whose columns of taps lie inside for every pixel. */
static ALWAYS_INLINE void
some_pixels (const Run *run, const int count, int part)
{
  const SacDepthwise *work = run->block->work;
  const SacConvShape *s = work->shape;
  ptrdiff_t pixel_step = (ptrdiff_t)s->stride_x * SAC_BLOCK;
  ptrdiff_t tap_step = (ptrdiff_t)s->dilation_x * SAC_BLOCK;
  Vec sums[PIXELS];

  UNROLL for (int i = 0; i < count; i++) sums[i] = vec_zero ();
  for (ptrdiff_t row = 0; row < run->rows; row++) {
    const float *from = work->x + part * LANES + run->at + row * run->row_step;
    const float *weights = run->weights + part * LANES +
                           row * (ptrdiff_t)s->kernel_width * SAC_BLOCK;

    for (ptrdiff_t column = 0; column < run->columns; column++) {
      Vec weight = vec_load (weights);

      UNROLL for (int i = 0; i < count; i++) sums[i] =
        vec_fma (vec_load (from + i * pixel_step), weight, sums[i]);
      weights += SAC_BLOCK;
      from += tap_step;
    }
  }
  store_pixels (run, count, part, sums);
}

#define DEFINE_UNROLLED(kernel, stride, count)                                 \
  static void pixels_##kernel##_##stride##_##count (const Run *run, int part)  \
  {                                                                            \
    unrolled_pixels (run, kernel, stride, count, part);                        \
  }
#define DEFINE(any, count)                                                     \
  static void pixels_##any##_##count (const Run *run, int part)                \
  {                                                                            \
    some_pixels (run, count, part);                                            \
  }
FOR_PIXELS (DEFINE_UNROLLED, 2, 1)
FOR_PIXELS (DEFINE_UNROLLED, 3, 1)
FOR_PIXELS (DEFINE_UNROLLED, 3, 2)
FOR_PIXELS (DEFINE_UNROLLED, 5, 1)
FOR_PIXELS (DEFINE_UNROLLED, 5, 2)
FOR_PIXELS (DEFINE_UNROLLED, 7, 1)
FOR_PIXELS (DEFINE, any)

typedef void (*Pixels) (const Run *run, int part);

#define NAME_UNROLLED(kernel, stride, count)                                   \
  pixels_##kernel##_##stride##_##count,
#define NAME(any, count) pixels_##any##_##count,

static const struct {
  size_t kernel, stride;
  Pixels pixels[PIXELS];
} unrolled[] = {
  {2, 1, {FOR_PIXELS (NAME_UNROLLED, 2, 1)}}, /* parts of a gradient */
  {3, 1, {FOR_PIXELS (NAME_UNROLLED, 3, 1)}},
  {3, 2, {FOR_PIXELS (NAME_UNROLLED, 3, 2)}},
  {5, 1, {FOR_PIXELS (NAME_UNROLLED, 5, 1)}},
  {5, 2, {FOR_PIXELS (NAME_UNROLLED, 5, 2)}},
  {7, 1, {FOR_PIXELS (NAME_UNROLLED, 7, 1)}},
};
static const Pixels any[PIXELS] = {FOR_PIXELS (NAME, any)};

/* Returns: the functions for the shape's kernel, or NULL. */
static const Pixels *
find_unrolled (const SacConvShape *s)
{
  for (size_t i = 0; i < sizeof unrolled / sizeof *unrolled; i++) {
    if (s->kernel_width == unrolled[i].kernel &&
        s->stride_x == unrolled[i].stride && s->dilation_x == 1)
      return unrolled[i].pixels;
  }
  return NULL;
}

static void
do_parts (Pixels pixels, const Run *run)
{
  for (int part = 0; part < PARTS; part++)
    pixels (run, part);
}

/* Pixels by themselves, each with the columns of taps that lie inside. */
static void
pixel_by_pixel (Run *run, size_t pixel, size_t end)
{
  const SacConvShape *s = run->block->work->shape;

  for (; pixel < end; pixel++) {
    SacWindowPart across =
      sac_window_part (pixel, s->stride_x, s->dilation_x, s->kernel_width,
                       s->pad_left, s->width);

    run->at = run->row_at + across.first * SAC_BLOCK;
    run->columns = across.count;
    run->weights = run->row_weights + across.skipped * SAC_BLOCK;
    run->y = run->row_y + pixel * run->block->work->pixel_step;
    do_parts (any[0], run);
  }
}

static void
one_row (Run *run, const Pixels *pixels)
{
  const SacConvShape *s = run->block->work->shape;
  const Block *block = run->block;
  ptrdiff_t extent = (ptrdiff_t)((s->kernel_width - 1) * s->dilation_x + 1);
  ptrdiff_t room = pixels != NULL ? extent - 1 : 0;

  for (size_t i = 0, first = 0, count; i < block->runs; i++, first += count) {
    count = block->length + (i < block->longer);

    ptrdiff_t column = (ptrdiff_t)(first * s->stride_x) - s->pad_left;
    ptrdiff_t columns = (ptrdiff_t)((count - 1) * s->stride_x) + extent;

    run->left = column < 0 ? -column : 0;
    run->right = (ptrdiff_t)s->width - column;
    if (run->left > room || columns - run->right > room) {
      pixel_by_pixel (run, first, first + count);
      continue;
    }
    run->at = run->row_at + column * SAC_BLOCK;
    run->columns = (ptrdiff_t)s->kernel_width;
    run->weights = run->row_weights;
    run->y = run->row_y + first * block->work->pixel_step;
    do_parts ((pixels != NULL ? pixels : any)[count - 1], run);
  }
}

/* The row of the output, counted in the image. */
static void
start_row (Run *run, size_t row)
{
  const SacDepthwise *work = run->block->work;
  const SacConvShape *s = work->shape;
  SacWindowPart down =
    sac_window_part (row, s->stride_y, s->dilation_y, s->kernel_height,
                     s->pad_top, s->height);

  run->row_at = down.first * (ptrdiff_t)s->width * SAC_BLOCK;
  run->row_step = down.step * (ptrdiff_t)s->width * SAC_BLOCK;
  run->rows = down.count;
  run->row_weights =
    work->weights + down.skipped * (ptrdiff_t)s->kernel_width * SAC_BLOCK;
  run->row_y = work->y + (row - work->row) * work->row_step;
}

/* Some pixels whose sums have been stored. */
static void
finish_pixels (const Block *block, float *y, size_t count)
{
  const SacDepthwise *work = block->work;
  const SacTail *tail = work->tail;
  size_t channel = work->block * SAC_BLOCK;
  size_t left = work->shape->channels - channel;
  size_t lanes = left < SAC_BLOCK ? left : SAC_BLOCK;
  float scale[SAC_BLOCK] = {0};
  size_t step = work->pixel_step;
  SacFinish finish = {y,
                      (ptrdiff_t)step,
                      count,
                      block->bias,
                      tail->scale != NULL ? scale : NULL,
                      work->residual != NULL ? work->residual + (y - work->y)
                                             : NULL};

  if (tail->scale != NULL)
    memcpy (scale, tail->scale + channel, lanes * sizeof (float));
  if (!block->limits.simple)
    SAC_KERNEL (finish) (tail, &finish);
  for (size_t i = 0; lanes < SAC_BLOCK && i < count; i++)
    memset (y + i * step + lanes, 0, (SAC_BLOCK - lanes) * sizeof (float));
}

void
SAC_KERNEL (depthwise) (const SacDepthwise *work)
{
  const SacConvShape *s = work->shape;
  const SacTail *tail = work->tail;
  size_t first = work->block * SAC_BLOCK, left = s->channels - first;
  size_t lanes = left < SAC_BLOCK ? left : SAC_BLOCK;
  size_t runs = (s->out_width + PIXELS - 1) / PIXELS;
  Block block = {
    .work = work,
    .limits = sac_limits (tail),
    .runs = runs,
    .length = s->out_width / runs,
    .longer = s->out_width % runs,
  };
  const Pixels *pixels = find_unrolled (s);
  Run run = {.block = &block};
  bool in_line =
    work->pixel_step == SAC_BLOCK && work->row_step == s->out_width * SAC_BLOCK;
  float *y = work->y;
  size_t done = 0; /* pixels from y on */

  if (tail->bias != NULL)
    memcpy (block.bias, tail->bias + first, lanes * sizeof (float));
  for (size_t row = work->row; row < work->row + work->rows; row++) {
    start_row (&run, row);
    one_row (&run, pixels);
    done += s->out_width;
    if (!in_line || done >= FINISH_PIXELS ||
        row + 1 == work->row + work->rows) {
      finish_pixels (&block, y, done);
      y = work->y + (row + 1 - work->row) * work->row_step;
      done = 0;
    }
  }
}
