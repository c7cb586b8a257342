/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute/conv-pair.h"

#include "compute/blocked-pool.h"
#include "compute/conv-private.h"
#include "compute/kernels.h"
#include "compute/loop.h"
#include "compute/scratch.h"
#include "compute/split.h"

#include <glib.h>
#include <string.h>

/* Of what lies between the two: a part of the L2 cache. */
#define BETWEEN_FLOATS ((size_t)128 << 10)
#define PANEL_BLOCKS (SAC_PANEL / SAC_BLOCK)
/* For fewer panels, of little depth, or few rows of a chunk, which splits its
 * panel for them, it takes longer to split than it saves. */
#define SPLIT_PANELS 3
#define SPLIT_DEPTH 64
#define SPLIT_ROWS 128
/* Pixels of a block that are added up while the L1 cache has them. */
#define MEAN_PIXELS 256

/* What a chunk does of one panel of 32 channels: some whole images, or some
 * rows of one. */
typedef struct {
  size_t panels;
  size_t images; /* of a chunk */
  size_t groups; /* of images */
  size_t bands;  /* of rows of the output */
} Parts;

static size_t
rows_needed (const SacConvShape *s, size_t out_rows)
{
  return (out_rows - 1) * s->stride_y + (s->kernel_height - 1) * s->dilation_y +
         1;
}

/* Rows of the first one's result that a chunk has room and time for. */
static size_t
rows_most (const SacConvShape *first)
{
  size_t fit = BETWEEN_FLOATS / (first->width * SAC_PANEL);
  size_t quick =
    sac_chunk_multiplications () / (first->width * SAC_PANEL * first->channels);

  return MIN (fit, quick);
}

/* Rows of the output for which `most` rows are enough; 0: none. */
static size_t
out_rows_of (const SacConvShape *s, size_t most)
{
  size_t one = rows_needed (s, 1);

  return most < one ? 0 : (most - one) / s->stride_y + 1;
}

static Parts
parts_of (const SacConvShape *first, const SacConvShape *second)
{
  size_t most = rows_most (first);
  size_t rows = MAX (1, out_rows_of (second, most));
  bool whole = first->height <= most;
  size_t images =
    whole ? MAX (1, MIN (most / first->height, first->images)) : 1;

  return (Parts){
    .panels = (first->filters + SAC_PANEL - 1) / SAC_PANEL,
    .images = images,
    .groups = (first->images + images - 1) / images,
    .bands = whole ? 1 : (second->out_height + rows - 1) / rows,
  };
}

/* No more than a quarter of the rows is made twice. */
static bool
worth (const SacConvShape *first, const SacConvShape *second)
{
  size_t most = rows_most (first);
  size_t rows = out_rows_of (second, most);

  return first->height <= most ||
         4 * rows_needed (second, MAX (1, rows)) <= 5 * rows * second->stride_y;
}

bool
sac_conv_pair_can (const SacConvShape *first, const SacConvShape *second)
{
  return sac_conv_can (SAC_CONV_POINTWISE, first) &&
         sac_conv_can (SAC_CONV_DEPTHWISE, second) &&
         first->images == second->images &&
         first->filters == second->channels &&
         first->out_height == second->height &&
         first->out_width == second->width && worth (first, second);
}

/* [band][block][image][16] */
size_t
sac_conv_pair_sums (const SacConvShape *first, const SacConvShape *second)
{
  return parts_of (first, second).bands * sac_blocks (second->channels) *
         second->images * SAC_BLOCK;
}

/* Rows of the first one's result, of the images [image, image_end), and of the
 * output. */
typedef struct {
  size_t panel, blocks;
  size_t band;
  size_t image, image_end;
  size_t row, row_end;
  size_t own, own_end; /* rows that no other chunk answers for */
  size_t out_row, out_row_end;
} Part;

/* The first row that a band of the output sees. */
static size_t
first_row (const SacConvShape *s, const Parts *parts, size_t band)
{
  size_t out_row = s->out_height * band / parts->bands;
  ptrdiff_t row = (ptrdiff_t)(out_row * s->stride_y) - s->pad_top;

  return (size_t)CLAMP (row, 0, (ptrdiff_t)s->height);
}

static Part
part_at (const SacConvPair *pair, size_t index)
{
  const SacConvShape *s = &pair->second.shape;
  Parts parts = parts_of (&pair->first.shape, s);
  size_t band = index % parts.bands;
  size_t group = index / parts.bands % parts.groups;
  Part part = {
    .panel = index / parts.bands / parts.groups,
    .band = band,
    .image = s->images * group / parts.groups,
    .image_end = s->images * (group + 1) / parts.groups,
    .out_row = s->out_height * band / parts.bands,
    .out_row_end = s->out_height * (band + 1) / parts.bands,
  };
  ptrdiff_t row = (ptrdiff_t)(part.out_row * s->stride_y) - s->pad_top;
  ptrdiff_t end =
    row + (ptrdiff_t)rows_needed (s, part.out_row_end - part.out_row);
  size_t blocks = sac_blocks (s->channels) - part.panel * PANEL_BLOCKS;

  part.blocks = MIN (PANEL_BLOCKS, blocks);
  part.row_end = part.own_end = s->height;
  if (parts.bands > 1) {
    part.row = first_row (s, &parts, band);
    part.row_end =
      (size_t)CLAMP (end, (ptrdiff_t)part.row, (ptrdiff_t)s->height);
    part.own = band > 0 ? part.row : 0;
  }
  if (band + 1 < parts.bands)
    part.own_end = first_row (s, &parts, band + 1);
  return part;
}

/* Of an entry of SacTail.saved. */
static size_t
saved_bytes (const SacTail *tail)
{
  SacFunction function =
    tail->first != SAC_FUNCTION_NONE ? tail->first : tail->last;

  if (tail->saved == NULL)
    return 0;
  return sac_tail_saves_bits (function) ? sizeof (uint16_t)
                                        : SAC_BLOCK * sizeof (float);
}

/* Rows that were made twice are saved once, and those that nobody sees have no
 * slope. */
static void
give_saved (const SacConv *conv, const Part *part, const char *saved)
{
  const SacConvShape *s = &conv->shape;
  size_t row_bytes = s->width * saved_bytes (&conv->tail);
  size_t rows = part->row_end - part->row;
  size_t images = part->image_end - part->image;
  size_t end = CLAMP (part->row_end, part->own, part->own_end);
  size_t start = CLAMP (part->row, part->own, end);

  for (size_t i = 0; i < part->blocks * images; i++) {
    size_t block = part->panel * PANEL_BLOCKS + i / images;
    size_t image = block * s->images + part->image + i % images;
    char *to = (char *)conv->tail.saved + image * s->height * row_bytes;

    memset (to + part->own * row_bytes, 0, (start - part->own) * row_bytes);
    memcpy (to + start * row_bytes,
            saved + (i * rows + start - part->row) * row_bytes,
            (end - start) * row_bytes);
    memset (to + end * row_bytes, 0, (part->own_end - end) * row_bytes);
  }
}

/* The first one's result lies in `between` as [blocks][pixels][16], and what it
 * saves likewise in `saved`. */
static void
do_first (const SacConv *conv,
          const Part *part,
          SacRun *runs,
          float *between,
          void *saved)
{
  const SacConvShape *s = &conv->shape;
  SacRows x = sac_rows_blocked (conv->x, sac_conv_in_pixels (s));
  size_t column = part->panel * SAC_PANEL;
  size_t rows =
    (part->image_end - part->image) * (part->row_end - part->row) * s->width;
  SacTail tail = sac_tail_from (&conv->tail, column, 0);
  size_t row = (part->image * s->height + part->row) * s->width;
  SacMultiply work = {
    .a = x.data + (ptrdiff_t)row * x.row_step,
    .a_step = x.row_step,
    .runs = runs,
    .run_count = sac_blocks (s->channels),
    .b = conv->packed + column * s->channels,
    .panel_floats = s->channels * SAC_PANEL,
    .c = sac_rows_blocked (between, rows),
    .rows = rows,
    .columns = MIN (SAC_PANEL, s->filters - column),
    .tail = &tail,
    .split = sac_split_from (&conv->split, row),
  };

  sac_list_runs (&x, s->channels, runs);
  if (tail.saved != NULL) {
    tail.saved = saved;
    tail.origin = between;
  }
  if (rows > 0)
    sac_kernels ()->multiply (&work);
  if (tail.saved != NULL)
    give_saved (conv, part, saved);
}

/* Of one block of channels of one image: as many rows at a time as are added up
 * at once. */
static void
run_rows (const SacDepthwise *all, double *sums)
{
  size_t width = all->shape->out_width;
  size_t most = sums != NULL ? MAX (1, MEAN_PIXELS / width) : all->rows;

  for (size_t row = 0; row < all->rows; row += most) {
    SacDepthwise work = *all;

    work.row = row;
    work.rows = MIN (most, all->rows - row);
    work.y += row * work.row_step;
    if (work.residual != NULL)
      work.residual += row * work.row_step;
    sac_kernels ()->depthwise (&work);
    if (sums != NULL)
      sac_blocked_pool_add (work.y, SAC_BLOCK, work.rows * width, sums);
  }
}

/* One block of channels of one image. */
static void
do_second (const SacConvPair *pair,
           const Part *part,
           size_t image,
           size_t block,
           const float *between)
{
  const SacConv *conv = &pair->second;
  SacConvShape band = conv->shape;
  size_t all = part->panel * PANEL_BLOCKS + block;
  size_t plane = all * band.images + image;
  size_t out =
    (plane * band.out_height + part->out_row) * band.out_width * SAC_BLOCK;
  double *sums = NULL;
  SacDepthwise work = {
    .shape = &band,
    .x = between,
    .weights =
      conv->packed + all * band.kernel_height * band.kernel_width * SAC_BLOCK,
    .y = conv->y + out,
    .pixel_step = SAC_BLOCK,
    .row_step = band.out_width * SAC_BLOCK,
    .tail = &conv->tail,
    .residual = conv->tail.residual != NULL ? conv->tail.residual + out : NULL,
    .block = all,
    .rows = part->out_row_end - part->out_row,
  };

  band.height = part->row_end - part->row;
  band.pad_top +=
    (ptrdiff_t)part->row - (ptrdiff_t)(part->out_row * band.stride_y);
  if (pair->mean != NULL) {
    size_t planes = sac_blocks (band.channels) * band.images;

    sums = pair->sums + (part->band * planes + plane) * SAC_BLOCK;
    memset (sums, 0, SAC_BLOCK * sizeof *sums);
  }
  run_rows (&work, sums);
}

static void
run_chunk (const void *data, size_t index)
{
  const SacConvPair *pair = data;
  const SacConvShape *first = &pair->first.shape;
  Part part = part_at (pair, index);
  size_t pixels = (part.row_end - part.row) * first->width;
  size_t images = part.image_end - part.image;
  size_t run_floats =
    (sac_blocks (first->channels) * sizeof (SacRun) / sizeof (float) + 15) /
    16 * 16;
  size_t rows = PANEL_BLOCKS * images * pixels;
  size_t saved = rows * saved_bytes (&pair->first.tail) / sizeof (float);
  float *scratch = sac_scratch (run_floats + rows * SAC_BLOCK + saved);
  float *between = scratch + run_floats;

  do_first (&pair->first, &part, (SacRun *)scratch, between,
            between + rows * SAC_BLOCK);
  for (size_t block = 0; block < part.blocks; block++) {
    for (size_t i = 0; i < images; i++)
      do_second (pair, &part, part.image + i, block,
                 between + (block * images + i) * pixels * SAC_BLOCK);
  }
}

/* Each chunk has a single panel, too little to split rows for. */
static SacSplit
split_first (const SacConv *first, const Parts *parts, const SacJob *job)
{
  size_t pixels = sac_conv_in_pixels (&first->shape);
  size_t channels = first->shape.channels;
  SacRows x = sac_rows_blocked (first->x, pixels);

  return parts->panels >= SPLIT_PANELS && channels >= SPLIT_DEPTH &&
             parts->images * first->shape.height * first->shape.width >=
               SPLIT_ROWS
           ? sac_split (&x, pixels, channels, job)
           : (SacSplit){NULL, 0};
}

/* In the order of the bands. */
static void
make_mean (const SacConvPair *pair, size_t bands)
{
  const SacConvShape *s = &pair->second.shape;
  size_t count = sac_blocks (s->channels) * s->images * SAC_BLOCK;

  for (size_t i = 0; i < count; i++) {
    double sum = 0;

    for (size_t band = 0; band < bands; band++)
      sum += pair->sums[band * count + i];
    pair->mean[i] = (float)(sum / (double)(s->out_height * s->out_width));
  }
}

bool
sac_conv_pair_run (const SacConvPair *pair, const SacJob *job)
{
  Parts parts = parts_of (&pair->first.shape, &pair->second.shape);
  SacConvPair split = *pair;

  split.first.split = split_first (&pair->first, &parts, job);
  if (!sac_loop_run (parts.panels * parts.groups * parts.bands, run_chunk,
                     &split, job))
    return false;
  if (pair->mean != NULL)
    make_mean (pair, parts.bands);
  return true;
}
