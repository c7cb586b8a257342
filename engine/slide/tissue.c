/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "slide/tissue.h"

#include "annotation/rasterize.h"
#include "base/error.h"
#include "base/output.h"
#include "image/decode.h"
#include "image/resize.h"
#include "slide/tissue-shape.h"

#include <math.h>
#include <string.h>

/* What the thumbnail is meant to be: a sixteenth of level 0, but neither
 * larger nor so small that shapes are lost. */
#define USUAL_DOWNSAMPLE 16.0
#define LONGEST_SIDE 2048.0
#define SHORTEST_SIDE 64.0
/* The largest closing, in cells: beyond, it only takes time. */
#define CLOSING_MAX 64.0
#define BLOCK_SIDE 512
#define DARKEST 16

const SacTissueParams sac_tissue_defaults = {0, 32, 0.01};

typedef struct {
  int rows, columns;
  double step_x, step_y; /* level-0 pixels a cell */
} Grid;

/* A level that is near enough is taken as it is: its pixels cost nothing. */
static Grid
choose_grid (const SacSource *source, double longest_side)
{
  double width = (double)sac_source_get_width (source);
  double height = (double)sac_source_get_height (source);
  double wanted = MAX (USUAL_DOWNSAMPLE, MAX (width, height) / longest_side);
  double nearest = M_LN2;
  int columns, rows;

  wanted = MAX (1, MIN (wanted, MIN (width, height) / SHORTEST_SIDE));
  columns = (int)MAX (1, ceil (width / wanted));
  rows = (int)MAX (1, ceil (height / wanted));
  for (int i = 0; i < sac_source_get_level_count (source); i++) {
    const SacSourceLevel *level = sac_source_get_level (source, i);
    double distance = fabs (log (level->downsample / wanted));

    if (distance > nearest)
      continue;
    nearest = distance;
    columns = (int)level->width;
    rows = (int)level->height;
  }
  return (Grid){rows, columns, width / columns, height / rows};
}

static uint8_t
get_saturation (uint32_t pixel)
{
  unsigned red = pixel >> 16 & 255, green = pixel >> 8 & 255,
           blue = pixel & 255;
  unsigned most = MAX (red, MAX (green, blue));
  unsigned least = MIN (red, MIN (green, blue));

  /* What is nearly black has no colour to speak of. */
  return most < DARKEST ? 0
                        : (uint8_t)((255 * (most - least) + most / 2) / most);
}

/* What is known of a cell besides its saturation. */
enum { CELL_READ, CELL_UNREAD, CELL_OUTSIDE /* the slide's bounds */ };

struct SacTissueSheet {
  SacSource *source;
  Grid grid;
  double cell;                  /* micrometres */
  SacRect bounds;               /* level 0: what was scanned */
  uint8_t *saturation, *states; /* [rows][columns] */
  int unread_count;
};

static bool
read_block (SacTissueSheet *self,
            const SacRect *cells,
            SacJob *job,
            GError **error)
{
  const Grid *grid = &self->grid;
  int x = (int)cells->x, y = (int)cells->y;
  int width = (int)cells->width, height = (int)cells->height;
  SacRect region = {x * grid->step_x, y * grid->step_y, width * grid->step_x,
                    height * grid->step_y};
  g_autoptr (GError) reason = NULL;
  g_autoptr (SacImage) image =
    sac_source_read_region (self->source, &region, width, height,
                            SAC_FILTER_BOX, SAC_COLORS_FILE, job, &reason);

  if (image == NULL &&
      !g_error_matches (reason, SAC_ERROR, SAC_ERROR_DAMAGED)) {
    g_propagate_error (error, g_steal_pointer (&reason));
    return false;
  }
  self->unread_count += image == NULL;
  for (int row = 0; row < height; row++) {
    size_t at = (size_t)(y + row) * grid->columns + x;

    memset (self->states + at, image == NULL ? CELL_UNREAD : CELL_READ,
            (size_t)width);
    for (int i = 0; image != NULL && i < width; i++)
      self->saturation[at + i] =
        get_saturation (image->pixels[(size_t)row * width + i]);
  }
  return true;
}

/* Blocks of what was scanned: the rest of a large canvas has no pixels. */
static bool
read_thumbnail (SacTissueSheet *self, SacJob *job, GError **error)
{
  const Grid *grid = &self->grid;
  const SacRect *bounds = &self->bounds;
  int left = (int)floor (bounds->x / grid->step_x);
  int top = (int)floor (bounds->y / grid->step_y);
  int right = (int)ceil ((bounds->x + bounds->width) / grid->step_x);
  int bottom = (int)ceil ((bounds->y + bounds->height) / grid->step_y);

  right = MIN (right, grid->columns);
  bottom = MIN (bottom, grid->rows);
  for (int y = top; y < bottom; y += BLOCK_SIDE)
    for (int x = left; x < right; x += BLOCK_SIDE) {
      SacRect block = {x, y, MIN (BLOCK_SIDE, right - x),
                       MIN (BLOCK_SIDE, bottom - y)};

      if (!sac_job_check (job, error) || !read_block (self, &block, job, error))
        return false;
    }
  return true;
}

static inline void
order (uint8_t *a, uint8_t *b)
{
  uint8_t least = MIN (*a, *b), most = MAX (*a, *b);

  *a = least;
  *b = most;
}

/* The middle one of nine: Paeth's exchanges, Graphics Gems, 1990. */
static uint8_t
find_median (uint8_t v[9])
{
  static const uint8_t pairs[19][2] = {{1, 2}, {4, 5}, {7, 8}, {0, 1}, {3, 4},
                                       {6, 7}, {1, 2}, {4, 5}, {7, 8}, {0, 3},
                                       {5, 8}, {4, 7}, {3, 6}, {1, 4}, {2, 5},
                                       {4, 7}, {4, 2}, {6, 4}, {4, 2}};

  for (int i = 0; i < 19; i++)
    order (&v[pairs[i][0]], &v[pairs[i][1]]);
  return v[4];
}

/* Edges are held. */
static uint8_t *
take_medians (const uint8_t *from, int rows, int columns)
{
  uint8_t *to = g_new (uint8_t, (size_t)rows * (size_t)columns);

  for (int y = 0; y < rows; y++)
    for (int x = 0; x < columns; x++) {
      uint8_t around[9];

      for (int i = 0; i < 9; i++)
        around[i] = from[(size_t)CLAMP (y + i / 3 - 1, 0, rows - 1) * columns +
                         CLAMP (x + i % 3 - 1, 0, columns - 1)];
      to[(size_t)y * columns + x] = find_median (around);
    }
  return to;
}

int
sac_tissue_otsu (const uint64_t histogram[256], double *ret_contrast)
{
  double count = 0, sum = 0, below = 0, below_sum = 0, best = -1;
  int threshold = 0;

  for (int i = 0; i < 256; i++) {
    count += (double)histogram[i];
    sum += (double)histogram[i] * i;
  }
  *ret_contrast = 0;
  for (int i = 0; i < 255; i++) {
    below += (double)histogram[i];
    below_sum += (double)histogram[i] * i;
    if (below == 0 || below == count)
      continue;

    double contrast = (sum - below_sum) / (count - below) - below_sum / below;
    double between = below * (count - below) * contrast * contrast;

    if (between <= best)
      continue;
    best = between;
    threshold = i;
    *ret_contrast = contrast;
  }
  return threshold;
}

/* 255 where nothing is tissue. */
static int
choose_threshold (const SacTissueSheet *self)
{
  size_t count = (size_t)self->grid.rows * (size_t)self->grid.columns;
  uint64_t histogram[256] = {0};
  double contrast;

  for (size_t i = 0; i < count; i++)
    if (self->states[i] == CELL_READ)
      histogram[self->saturation[i]]++;

  int threshold = sac_tissue_otsu (histogram, &contrast);

  return contrast < SAC_TISSUE_LEAST_CONTRAST
           ? 255
           : MAX (threshold, SAC_TISSUE_LEAST_CONTRAST);
}

static void
free_class (SacAnnotationClass *class)
{
  g_free (class->name);
  g_free (class);
}

static void
sum_up (SacTissue *tissue)
{
  const SacMask *mask = tissue->mask;
  size_t stride = (size_t)mask->columns + 1;

  for (int y = 0; y < mask->rows; y++) {
    uint32_t sum = 0;

    for (int x = 0; x < mask->columns; x++) {
      sum += mask->cells[(size_t)y * (size_t)mask->columns + (size_t)x];
      tissue->sums[(y + 1) * stride + x + 1] =
        tissue->sums[y * stride + x + 1] + sum;
    }
  }
}

/* Takes cells. */
static SacTissue *
new_tissue (const SacSource *source, const Grid *grid, uint8_t *cells)
{
  SacTissue *tissue = g_new0 (SacTissue, 1);
  SacAnnotationClass *class = g_new0 (SacAnnotationClass, 1);
  size_t stride = (size_t)grid->columns + 1;

  tissue->mask = g_new0 (SacMask, 1);
  tissue->mask->rows = grid->rows;
  tissue->mask->columns = grid->columns;
  tissue->mask->cells = cells;
  tissue->mask->place = (SacRect){0, 0, (double)sac_source_get_width (source),
                                  (double)sac_source_get_height (source)};
  tissue->mask->classes =
    g_ptr_array_new_with_free_func ((GDestroyNotify)free_class);
  class->name = g_strdup ("tissue");
  class->rgb = sac_annotation_choose_rgb (0);
  g_ptr_array_add (tissue->mask->classes, class);
  tissue->sums = g_new0 (uint32_t, stride * ((size_t)grid->rows + 1));
  sum_up (tissue);
  return tissue;
}

SacTissueSheet *
sac_tissue_sheet_new (
  SacSource *source, double mpp, int longest_side, SacJob *job, GError **error)
{
  g_autoptr (SacTissueSheet) sheet = g_new0 (SacTissueSheet, 1);
  Grid grid =
    choose_grid (source, longest_side > 0 ? longest_side : LONGEST_SIDE);
  size_t count = (size_t)grid.rows * (size_t)grid.columns;

  g_assert (mpp > 0);
  sheet->source = sac_source_ref (source);
  sheet->grid = grid;
  sheet->cell = mpp * sqrt (grid.step_x * grid.step_y);
  sheet->saturation = g_new0 (uint8_t, count);
  sheet->states = g_malloc (count);
  memset (sheet->states, CELL_OUTSIDE, count);
  sheet->bounds = sac_source_get_bounds (source);
  if (!read_thumbnail (sheet, job, error))
    return NULL;

  uint8_t *medians = take_medians (sheet->saturation, grid.rows, grid.columns);

  g_free (sheet->saturation);
  sheet->saturation = medians;
  return g_steal_pointer (&sheet);
}

void
sac_tissue_sheet_free (SacTissueSheet *sheet)
{
  if (sheet == NULL)
    return;
  sac_source_unref (sheet->source);
  g_free (sheet->saturation);
  g_free (sheet->states);
  g_free (sheet);
}

SacTissue *
sac_tissue_sheet_cut (const SacTissueSheet *sheet,
                      const SacTissueParams *params)
{
  const Grid *grid = &sheet->grid;
  size_t count = (size_t)grid->rows * (size_t)grid->columns;
  int threshold =
    params->threshold > 0 ? params->threshold : choose_threshold (sheet);
  uint8_t *cells = g_new (uint8_t, count);
  double least = params->min_area * 1e6 / (sheet->cell * sheet->cell);

  for (size_t i = 0; i < count; i++)
    cells[i] =
      sheet->saturation[i] > threshold || sheet->states[i] == CELL_UNREAD;
  sac_tissue_close (cells, grid->rows, grid->columns,
                    MIN (CLOSING_MAX, params->closing / sheet->cell));
  sac_tissue_drop_pieces (cells, grid->rows, grid->columns, 1, least);
  sac_tissue_drop_pieces (cells, grid->rows, grid->columns, 0, least);

  SacTissue *tissue = new_tissue (sheet->source, grid, cells);

  tissue->threshold = threshold;
  tissue->unread_count = sheet->unread_count;
  return tissue;
}

SacTissue *
sac_tissue_find (SacSource *source,
                 double mpp,
                 const SacTissueParams *params,
                 SacJob *job,
                 GError **error)
{
  g_autoptr (SacTissueSheet) sheet =
    sac_tissue_sheet_new (source, mpp, 0, job, error);

  return sheet != NULL ? sac_tissue_sheet_cut (sheet, params) : NULL;
}

SacTissue *
sac_tissue_read (
  const char *path, SacSource *source, double mpp, SacJob *job, GError **error)
{
  SacMaskImage image = {sac_source_get_width (source),
                        sac_source_get_height (source), mpp};
  g_autoptr (SacAnnotations) set =
    sac_annotations_open (path, &image, job, error);
  Grid grid = choose_grid (source, LONGEST_SIDE);
  size_t count = (size_t)grid.rows * (size_t)grid.columns;
  SacGeometry geometry = {
    .image_width = image.width,
    .image_height = image.height,
    .seen = {0, 0, (double)image.width, (double)image.height},
    .input_width = grid.columns,
    .input_height = grid.rows,
  };

  if (set == NULL)
    return NULL;

  g_autofree float *shares = g_new0 (float, count);

  if (!sac_annotations_rasterize (set, -1, &geometry, grid.rows, grid.columns,
                                  shares, job, error))
    return NULL;

  uint8_t *cells = g_new (uint8_t, count);

  for (size_t i = 0; i < count; i++)
    cells[i] = shares[i] >= 0.5f;
  return new_tissue (source, &grid, cells);
}

void
sac_tissue_clip (SacTissue *tissue, const SacTissue *area)
{
  SacMask *mask = tissue->mask;
  double width = mask->place.width / mask->columns;
  double height = mask->place.height / mask->rows;

  for (int y = 0; y < mask->rows; y++)
    for (int x = 0; x < mask->columns; x++) {
      uint8_t *cell =
        &mask->cells[(size_t)y * (size_t)mask->columns + (size_t)x];
      SacRect rect = {x * width, y * height, width, height};

      if (*cell != 0 && sac_tissue_get_share (area, &rect) < 0.5)
        *cell = 0;
    }
  sum_up (tissue);
}

void
sac_tissue_free (SacTissue *tissue)
{
  if (tissue == NULL)
    return;
  sac_mask_free (tissue->mask);
  g_free (tissue->sums);
  g_free (tissue);
}

/* Tissue above and to the left of a place on the grid, in cells. */
static double
sum_at (const SacTissue *tissue, double x, double y)
{
  const SacMask *mask = tissue->mask;
  size_t stride = (size_t)mask->columns + 1;

  x = CLAMP (x, 0, mask->columns);
  y = CLAMP (y, 0, mask->rows);

  int column = MIN ((int)x, mask->columns - 1);
  int row = MIN ((int)y, mask->rows - 1);
  double across = x - column, down = y - row;
  const uint32_t *corner = tissue->sums + (size_t)row * stride + column;

  /* Within a cell the sum is bilinear, because the cell is even. */
  return (corner[0] * (1 - across) + corner[1] * across) * (1 - down) +
         (corner[stride] * (1 - across) + corner[stride + 1] * across) * down;
}

double
sac_tissue_get_share (const SacTissue *tissue, const SacRect *rect)
{
  const SacMask *mask = tissue->mask;
  double across = mask->columns / mask->place.width;
  double down = mask->rows / mask->place.height;
  double left = rect->x * across, right = (rect->x + rect->width) * across;
  double top = rect->y * down, bottom = (rect->y + rect->height) * down;
  double area = (right - left) * (bottom - top);
  double sum = sum_at (tissue, right, bottom) - sum_at (tissue, left, bottom) -
               sum_at (tissue, right, top) + sum_at (tissue, left, top);

  return area > 0 ? CLAMP (sum / area, 0, 1) : 0;
}

double
sac_tissue_get_area (const SacTissue *tissue)
{
  const SacMask *mask = tissue->mask;
  size_t last = ((size_t)mask->columns + 1) * ((size_t)mask->rows + 1) - 1;

  return tissue->sums[last] * (mask->place.width / mask->columns) *
         (mask->place.height / mask->rows);
}

bool
sac_tissue_write_png (const SacTissue *tissue, const char *path, GError **error)
{
  const SacMask *mask = tissue->mask;
  g_autoptr (SacImage) image = sac_image_new (mask->columns, mask->rows, error);

  if (image == NULL)
    return false;
  for (size_t i = 0; i < (size_t)mask->rows * (size_t)mask->columns; i++)
    image->pixels[i] =
      mask->cells[i] ? sac_pixel (255, 255, 255) : sac_pixel (0, 0, 0);

  g_autoptr (GBytes) bytes = sac_encode_png (image, NULL, error);

  return bytes != NULL &&
         sac_output_write (path, g_bytes_get_data (bytes, NULL),
                           g_bytes_get_size (bytes), error);
}
