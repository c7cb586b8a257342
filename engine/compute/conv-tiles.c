/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Convolution with AMX that copies nothing together.  Some rows of an image, or
 * some whole images, are split once into bfloat16 parts and padded with zeros;
 * then what one tap sees of consecutive output pixels are consecutive pixels of
 * it, and tiles read them where they are.  Between the rows of the output lie
 * pixels that see past its end: they are multiplied and left out.
 *
 * With strides, each remainder of rows and columns has an image of its own. */
#include "compute/conv-tiles.h"
#include "compute/conv-taken.h"
#include "compute/loop.h"
#include "compute/scratch.h"

#include <glib.h>
#include <string.h>

/* Channels of a step. */
#define GROUP 32
#define PIXEL_BYTES ((size_t)64)
/* What a chunk splits stays in the L2 cache beside its panels. */
#define SPLIT_BYTES ((size_t)512 << 10)
#define SPLIT_BYTES_MOST ((size_t)16 << 20)
/* Of a chunk, with pixels that are left out. */
#define PIXELS_WANTED 448
/* Each splits its rows anew. */
#define CHUNKS_WANTED 4
#define TAPS_MOST 25

/* Along one axis. */
typedef struct {
  size_t stride, reach; /* pixels that a tap is away from the first at most */
  size_t images;        /* of remainders */
  size_t pitch; /* from an image to the next, where they share the padding */
} Axis;

typedef struct {
  Axis y, x;
  size_t groups;             /* of channels */
  size_t images, image_runs; /* of a chunk, and how many there are */
  size_t bands;              /* of an image, when a chunk has but one */
  size_t panels, panel_groups;
} Cut;

static Axis
make_axis (size_t in,
           size_t out,
           size_t kernel,
           size_t stride,
           size_t dilation,
           ptrdiff_t pad)
{
  size_t last = (kernel - 1) * dilation;
  ptrdiff_t before = MAX (0, pad), shown = (ptrdiff_t)in + MIN (0, pad);
  Axis axis = {stride, last / stride, MIN (stride, last + 1),
               out + last / stride};

  if (stride == 1)
    axis.pitch = (size_t)MAX (MAX ((ptrdiff_t)out, before + MAX (0, shown)),
                              (ptrdiff_t)(out + last) - before);
  return axis;
}

static size_t
split_pixels (const Cut *cut, size_t lines)
{
  return lines * cut->x.pitch + SAC_TILES_ROWS;
}

static size_t
split_bytes (const Cut *cut, size_t lines)
{
  return cut->y.images * cut->x.images * cut->groups * 2 *
         split_pixels (cut, lines) * PIXEL_BYTES;
}

/* One more than any tap sees. */
static size_t
lines_of (const Cut *cut, size_t rows)
{
  return rows + cut->y.reach + 1;
}

static void
cut_rows (const SacConvShape *s, Cut *cut)
{
  size_t rows = MAX (1, MIN (s->out_height, PIXELS_WANTED / cut->x.pitch));

  while (rows > 1 && split_bytes (cut, lines_of (cut, rows)) > SPLIT_BYTES)
    rows--;
  cut->images = 1;
  cut->bands = (s->out_height + rows - 1) / rows;
  if (cut->bands == 1) {
    cut->images =
      CLAMP (PIXELS_WANTED / (cut->x.pitch * cut->y.pitch), 1, s->images);
    while (cut->images > 1 &&
           split_bytes (cut, lines_of (cut, cut->images * cut->y.pitch)) >
             SPLIT_BYTES)
      cut->images--;
  }
  cut->image_runs = (s->images + cut->images - 1) / cut->images;
}

static Cut
cut_of (const SacConvShape *s)
{
  Cut cut = {
    .y = make_axis (s->height, s->out_height, s->kernel_height, s->stride_y,
                    s->dilation_y, s->pad_top),
    .x = make_axis (s->width, s->out_width, s->kernel_width, s->stride_x,
                    s->dilation_x, s->pad_left),
    .groups = (s->channels + GROUP - 1) / GROUP,
    .panels = (s->filters + SAC_PANEL - 1) / SAC_PANEL,
  };

  cut_rows (s, &cut);

  size_t runs = cut.image_runs * cut.bands;
  size_t pixels = sac_conv_out_pixels (s) / runs + 1;
  size_t work =
    pixels * s->channels * s->kernel_height * s->kernel_width * SAC_PANEL;
  size_t wanted = (CHUNKS_WANTED + runs - 1) / runs;
  size_t panels = MIN ((cut.panels + wanted - 1) / wanted,
                       MAX (1, sac_chunk_multiplications () / work));

  cut.panel_groups = (cut.panels + panels - 1) / panels;
  return cut;
}

/* What is a matrix product as it stands has nothing to gain. */
static bool
can (const SacConvShape *s)
{
  if (!sac_tiles_can (s) || sac_conv_can (SAC_CONV_POINTWISE, s) ||
      s->kernel_height * s->kernel_width > TAPS_MOST || s->out_height == 0 ||
      s->out_width == 0)
    return false;

  Cut cut = cut_of (s);

  return split_bytes (&cut, lines_of (&cut, 1)) <= SPLIT_BYTES_MOST;
}

static size_t
count_steps (const SacConvShape *s)
{
  return (s->channels + GROUP - 1) / GROUP * s->kernel_height * s->kernel_width;
}

static SacTilesPlace
find (const SacConvShape *s, size_t channel, size_t y, size_t x)
{
  return (SacTilesPlace){
    (channel / GROUP * s->kernel_height + y) * s->kernel_width + x,
    channel % SAC_BLOCK,
    channel % GROUP / SAC_BLOCK,
  };
}

static const SacTilesPacking packing = {count_steps, find, SAC_CONV_DIRECT};

static size_t
packed_count (const SacConvShape *s)
{
  return sac_tiles_packed_count (&packing, s);
}

static size_t
pack_chunks (const SacConvShape *s)
{
  return (s->filters + SAC_PANEL - 1) / SAC_PANEL;
}

/* Of 16 channels, [channel][tap][32]; zeros where there are fewer. */
static void
take (const SacConvShape *s,
      const SacConvWeights *weights,
      size_t panel,
      size_t channel,
      float *taken)
{
  size_t floats = SAC_BLOCK * s->kernel_height * s->kernel_width * SAC_PANEL;

  if (channel + SAC_BLOCK > s->channels)
    memset (taken, 0, floats * sizeof *taken);
  if (channel < s->channels)
    sac_conv_take (weights, s, panel, channel, taken);
}

static void
pack_chunk (const SacConvShape *s,
            const SacConvWeights *weights,
            float *packed,
            size_t index)
{
  float even[SAC_CONV_TAKEN * TAPS_MOST * SAC_PANEL];
  float odd[SAC_CONV_TAKEN * TAPS_MOST * SAC_PANEL];
  size_t taps = s->kernel_height * s->kernel_width;
  float *panel = packed + index * sac_tiles_panel_floats (&packing, s);
  char *to = (char *)(panel + SAC_TILES_HEAD_FLOATS);
  bool good = true;

  for (size_t first = 0; first < s->channels; first += GROUP) {
    take (s, weights, index, first, even);
    take (s, weights, index, first + SAC_BLOCK, odd);
    for (size_t tap = 0; tap < taps; tap++, to += SAC_TILES_STEP_BYTES) {
      for (size_t block = 0; block < 2; block++) {
        size_t from = tap * SAC_PANEL + block * SAC_BLOCK;
        char *high = to + block * SAC_BLOCK * 64;

        good &=
          sac_kernels ()->tiles_split (even + from, odd + from,
                                       (ptrdiff_t)(taps * SAC_PANEL), SAC_BLOCK,
                                       high, high + SAC_TILES_STEP_BYTES / 2);
      }
    }
  }
  sac_tiles_mark (panel);
  if (!good)
    sac_tiles_keep (&packing, s, weights, packed, index);
}

/* What a chunk splits: whole images from `image` on, or rows of one. */
typedef struct {
  const SacConv *conv;
  Cut cut;
  size_t image, images;
  size_t row, rows;     /* of the output */
  size_t lines, pixels; /* of each split image */
  char *split; /* [remainder of y][of x][group][hi, lo][pixels][64 bytes] */
} Part;

/* The row of the image that a line has; negative or too large: none. */
static ptrdiff_t
find_row (const Part *part, size_t line, size_t rest, size_t *image)
{
  const SacConvShape *s = &part->conv->shape;
  size_t row = part->row + line;

  *image = part->image;
  if (part->cut.bands == 1) {
    *image += line / part->cut.y.pitch;
    row = line % part->cut.y.pitch;
    if (*image >= part->image + part->images)
      return -1;
  }
  return (ptrdiff_t)(row * s->stride_y + rest) - s->pad_top;
}

/* The columns [first, end) of a line that are not padding. */
static void
find_columns (const Part *part, size_t rest, size_t *first, size_t *end)
{
  const SacConvShape *s = &part->conv->shape;
  ptrdiff_t step = (ptrdiff_t)s->stride_x;
  ptrdiff_t before = s->pad_left - (ptrdiff_t)rest;
  ptrdiff_t pitch = (ptrdiff_t)part->cut.x.pitch;
  ptrdiff_t start = MAX (0, before + step - 1) / step;
  ptrdiff_t stop = MAX (0, (ptrdiff_t)s->width + before + step - 1) / step;

  *first = (size_t)MIN (start, pitch);
  *end = (size_t)CLAMP (stop, (ptrdiff_t)*first, pitch);
}

/* One line of one group of channels. */
static bool
split_line (const Part *part, size_t line, size_t rest, size_t group, char *to)
{
  const SacConvShape *s = &part->conv->shape;
  size_t plane = sac_conv_in_pixels (s) * SAC_BLOCK, pitch = part->cut.x.pitch;
  size_t rest_x = rest % part->cut.x.images;
  size_t image, first, end;
  ptrdiff_t row = find_row (part, line, rest / part->cut.x.images, &image);
  char *low = to + part->pixels * PIXEL_BYTES;

  find_columns (part, rest_x, &first, &end);
  if (row < 0 || row >= (ptrdiff_t)s->height)
    first = end = 0;
  memset (to, 0, first * PIXEL_BYTES);
  memset (low, 0, first * PIXEL_BYTES);
  memset (to + end * PIXEL_BYTES, 0, (pitch - end) * PIXEL_BYTES);
  memset (low + end * PIXEL_BYTES, 0, (pitch - end) * PIXEL_BYTES);
  if (first == end)
    return true;

  size_t column =
    (size_t)((ptrdiff_t)(first * s->stride_x + rest_x) - s->pad_left);
  const float *even =
    part->conv->x + 2 * group * plane +
    ((image * s->height + (size_t)row) * s->width + column) * SAC_BLOCK;
  bool whole = 2 * group + 1 < sac_blocks (s->channels);

  return sac_kernels ()->tiles_split (even, whole ? even + plane : NULL,
                                      (ptrdiff_t)(s->stride_x * SAC_BLOCK),
                                      end - first, to + first * PIXEL_BYTES,
                                      low + first * PIXEL_BYTES);
}

static bool
split_part (const Part *part)
{
  const Cut *cut = &part->cut;
  char *to = part->split;

  for (size_t rest = 0; rest < cut->y.images * cut->x.images; rest++) {
    for (size_t group = 0; group < cut->groups; group++) {
      for (size_t line = 0; line < part->lines; line++) {
        if (!split_line (part, line, rest, group,
                         to + line * cut->x.pitch * PIXEL_BYTES))
          return false;
      }
      to += 2 * part->pixels * PIXEL_BYTES;
    }
  }
  return true;
}

/* Of each step, from a pixel's high parts on. */
static void
list_offsets (const Part *part, ptrdiff_t *offsets)
{
  const SacConvShape *s = &part->conv->shape;
  const Cut *cut = &part->cut;

  for (size_t group = 0; group < cut->groups; group++) {
    for (size_t tap = 0; tap < s->kernel_height * s->kernel_width; tap++) {
      size_t y = tap / s->kernel_width * s->dilation_y;
      size_t x = tap % s->kernel_width * s->dilation_x;
      size_t rest = y % cut->y.stride * cut->x.images + x % cut->x.stride;
      size_t pixel = (rest * cut->groups + group) * 2 * part->pixels +
                     y / cut->y.stride * cut->x.pitch + x / cut->x.stride;

      *offsets++ = (ptrdiff_t)(pixel * PIXEL_BYTES);
    }
  }
}

static Part
part_at (const SacConv *conv, size_t index)
{
  const SacConvShape *s = &conv->shape;
  Part part = {.conv = conv, .cut = cut_of (s)};
  size_t band = index % part.cut.bands, run = index / part.cut.bands;

  part.image = s->images * run / part.cut.image_runs;
  part.images = s->images * (run + 1) / part.cut.image_runs - part.image;
  part.row = s->out_height * band / part.cut.bands;
  part.rows = s->out_height * (band + 1) / part.cut.bands - part.row;
  part.lines =
    lines_of (&part.cut,
              part.cut.bands == 1 ? part.images * part.cut.y.pitch : part.rows);
  part.pixels = split_pixels (&part.cut, part.lines);
  return part;
}

static void
multiply_panel (const Part *part,
                const ptrdiff_t *offsets,
                size_t panel,
                size_t first,
                size_t end)
{
  const SacConv *conv = part->conv;
  const SacConvShape *s = &conv->shape;
  size_t panel_floats = sac_tiles_panel_floats (&packing, s);
  const float *weights = conv->packed + panel * panel_floats;
  size_t column = panel * SAC_PANEL, plane = sac_conv_out_pixels (s);
  size_t pixel = (part->image * s->out_height + part->row) * s->out_width;
  ptrdiff_t place =
    (ptrdiff_t)(column * plane) + (ptrdiff_t)(pixel * SAC_BLOCK);
  SacTail tail = sac_tail_from (&conv->tail, column, place);
  size_t lines = (part->images - 1) * part->cut.y.pitch + part->rows - 1;

  sac_kernels ()->tiles_multiply (&(SacTiles){
    .high = part->split,
    .low = part->split + part->pixels * PIXEL_BYTES,
    .row_bytes = PIXEL_BYTES,
    .offsets = offsets,
    .steps = count_steps (s),
    .panel = sac_tiles_steps (weights),
    .fetches = panel == first,
    .next = panel + 1 < end ? sac_tiles_steps (weights + panel_floats) : NULL,
    .rows = lines * part->cut.x.pitch + s->out_width,
    .pitch = part->cut.x.pitch,
    .image_rows = part->cut.y.pitch,
    .out_width = s->out_width,
    .out_height = s->out_height,
    .y = conv->y + place,
    .block_step = (ptrdiff_t)(plane * SAC_BLOCK),
    .blocks = MIN (2, (s->filters - column) / SAC_BLOCK),
    .tail = &tail,
  });
}

static bool
chunk (const SacConv *conv, size_t index)
{
  Cut cut = cut_of (&conv->shape);
  Part part = part_at (conv, index / cut.panel_groups);
  size_t group = index % cut.panel_groups;
  size_t first = cut.panels * group / cut.panel_groups;
  size_t end = cut.panels * (group + 1) / cut.panel_groups;
  size_t offset_floats =
    (count_steps (&conv->shape) * sizeof (ptrdiff_t) + 63) / 64 * 16;
  float *scratch = sac_scratch (offset_floats + split_bytes (&cut, part.lines) /
                                                  sizeof (float));
  ptrdiff_t *offsets = (ptrdiff_t *)(void *)scratch;

  part.split = (char *)(scratch + offset_floats);
  if (!split_part (&part))
    return false;
  list_offsets (&part, offsets);
  for (size_t panel = first; panel < end && sac_loop_goes_on (); panel++)
    multiply_panel (&part, offsets, panel, first, end);
  return true;
}

static bool
run (const SacConv *conv, const SacJob *job)
{
  Cut cut = cut_of (&conv->shape);

  return sac_tiles_run (&packing, conv,
                        cut.image_runs * cut.bands * cut.panel_groups, chunk,
                        job);
}

const SacConvMethod sac_conv_tiles = {
  "tiles", can,  packed_count, pack_chunks, pack_chunk,
  NULL,    NULL, true,         NULL,        run,
};
