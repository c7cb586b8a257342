/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A map as colour.  Positions on the scale are computed first and looked up in
 * the colour map last, so no colour is ever made of two others: between two
 * cells a smooth map shows the colours of the values in between. */
#include "map/resample.h"
#include "scene/paint.h"
#include "scene/scene.h"

#include <math.h>

/* The side of the grid that a smooth map is interpolated to. */
#define SMOOTH_SIDE 256

/* The side of the largest surface; 4096 x 4096 cells are 64 MiB of colour. */
#define SURFACE_SIDE 4096

typedef struct {
  const SacMapLayer *layer;
  int rows, columns;
  const float *values; /* shown values, or positions */
  bool are_positions;
  float *owned; /* freed with the grid; may be NULL */
} Grid;

typedef struct {
  int row, column, rows, columns; /* cells */
  int step;                       /* cells a side that share one pixel */
} Part;

static float
get_position (const Grid *grid, size_t index)
{
  const SacMap *map = grid->layer->map;

  if (grid->values == NULL)
    return (float)sac_scale_position (&grid->layer->scale,
                                      sac_map_shown (map, index));
  if (grid->are_positions)
    return grid->values[index];
  return (float)sac_scale_position (&grid->layer->scale, grid->values[index]);
}

/* The map's own grid.  Ranks need all cells at once. */
static bool
init_grid (Grid *grid, const SacMapLayer *layer)
{
  const SacMap *map = layer->map;
  size_t count = (size_t)map->rows * (size_t)map->columns;

  *grid = (Grid){.layer = layer, .rows = map->rows, .columns = map->columns};
  if (layer->scale.mode != SAC_SCALE_PERCENTILE || layer->scale.empty)
    return true;
  grid->owned = g_try_new (float, count);
  if (grid->owned == NULL)
    return false;
  sac_scale_apply (&layer->scale, map, grid->owned);
  grid->values = grid->owned;
  grid->are_positions = true;
  return true;
}

/* Values (for ranks: positions) interpolated to a finer grid. */
static void
refine_grid (Grid *grid)
{
  int factor = SMOOTH_SIDE / MAX (grid->rows, grid->columns);
  size_t count = (size_t)grid->rows * (size_t)grid->columns;

  if (factor <= 1)
    return;

  g_autofree float *coarse = g_new (float, count);
  float *fine = g_new (float, count *(size_t)factor *(size_t)factor);

  for (size_t i = 0; i < count; i++)
    coarse[i] = grid->are_positions ? grid->values[i]
                                    : sac_map_shown (grid->layer->map, i);
  sac_resample_bilinear (coarse, grid->rows, grid->columns, fine,
                         grid->rows * factor, grid->columns * factor);
  g_free (grid->owned);
  grid->owned = fine;
  grid->values = fine;
  grid->rows *= factor;
  grid->columns *= factor;
}

/* Cells below a tenth of the scale hardly tint the image, those above two
 * thirds show their full colour. */
#define FADE_SLOPE 1.6

static double
get_strength (const SacScale *scale, double position)
{
  return scale->is_signed ? fabs (position - 0.5) * 2 : position;
}

/* Premultiplied.  An empty scale shows only what is not a number; gaps let the
 * image through. */
static uint32_t
color_position (const SacMapLayer *layer, double position)
{
  double alpha = layer->opacity;

  if (isnan (position) ? layer->map->has_gaps : layer->scale.empty)
    return 0;
  if (layer->fade && !isnan (position))
    alpha *= fmin (FADE_SLOPE * get_strength (&layer->scale, position), 1);

  uint32_t rgb = sac_color_map_pixel (layer->colors, position);
  unsigned share = (unsigned)(alpha * 255 + 0.5);
  uint32_t pixel = share << 24;

  for (int shift = 0; shift < 24; shift += 8)
    pixel |= ((rgb >> shift & 255) * share + 127) / 255 << shift;
  return pixel;
}

/* Of several cells the one farthest from zero: a small finding does not vanish
 * when a large map is seen from afar. */
static float
get_strongest (const Grid *grid, const Part *part, int row, int column)
{
  int end_row = MIN (row + part->step, grid->rows);
  int end_column = MIN (column + part->step, grid->columns);
  float strongest = NAN;

  for (int r = row; r < end_row; r++)
    for (int c = column; c < end_column; c++) {
      float position =
        get_position (grid, (size_t)r * (size_t)grid->columns + (size_t)c);

      if (isnan (strongest) || get_strength (&grid->layer->scale, position) >
                                 get_strength (&grid->layer->scale, strongest))
        strongest = position;
    }
  return strongest;
}

static cairo_surface_t *
color_part (const Grid *grid, const Part *part)
{
  int width = (part->columns + part->step - 1) / part->step;
  int height = (part->rows + part->step - 1) / part->step;
  cairo_surface_t *surface =
    cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);

  if (cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS)
    return surface;
  cairo_surface_flush (surface);

  unsigned char *data = cairo_image_surface_get_data (surface);
  int stride = cairo_image_surface_get_stride (surface);

  for (int y = 0; y < height; y++) {
    uint32_t *pixels = (uint32_t *)(void *)(data + (size_t)y * stride);

    for (int x = 0; x < width; x++)
      pixels[x] =
        color_position (grid->layer,
                        get_strongest (grid, part, part->row + y * part->step,
                                       part->column + x * part->step));
  }
  cairo_surface_mark_dirty (surface);
  return surface;
}

static Part
get_whole (const Grid *grid)
{
  int side = MAX (grid->rows, grid->columns);

  return (Part){0, 0, grid->rows, grid->columns,
                (side + SURFACE_SIDE - 1) / SURFACE_SIDE};
}

cairo_surface_t *
sac_scene_map_surface (const SacMapLayer *layer)
{
  Grid grid;

  if (!init_grid (&grid, layer))
    return cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 1, 1);
  if (layer->smooth)
    refine_grid (&grid);

  Part whole = get_whole (&grid);
  cairo_surface_t *surface = color_part (&grid, &whole);

  g_free (grid.owned);
  return surface;
}

/* The level-0 rectangle of some cells of a rows x columns grid, whole ones. */
static SacRect
get_cells_rect (const SacGeometry *geometry, const Grid *grid, const Part *part)
{
  double width = geometry->seen.width / grid->columns;
  double height = geometry->seen.height / grid->rows;
  int across = (part->columns + part->step - 1) / part->step * part->step;
  int down = (part->rows + part->step - 1) / part->step * part->step;

  return (SacRect){geometry->seen.x + width * part->column,
                   geometry->seen.y + height * part->row, width * across,
                   height * down};
}

static void
draw_cell (const Grid *grid,
           cairo_t *cr,
           const SacPaintView *view,
           const SacRect *rect,
           float position)
{
  uint32_t pixel = color_position (grid->layer, position);

  if (isnan (position) && !grid->layer->map->has_gaps) {
    sac_paint_add_rect (cr, view, rect);
    sac_paint_hatch (cr, true);
  } else if (pixel >> 24 != 0) {
    double alpha = (pixel >> 24) / 255.0;

    sac_paint_add_rect (cr, view, rect);
    sac_paint_set_color (cr,
                         sac_color_map_pixel (grid->layer->colors, position),
                         alpha);
    cairo_fill (cr);
  }
}

/* Cell by cell, each edge the same number for both its neighbours. */
static void
draw_cells (const Grid *grid,
            const Part *part,
            cairo_t *cr,
            const SacPaintView *view)
{
  const SacGeometry *geometry = &grid->layer->map->geometry;

  cairo_set_antialias (cr, CAIRO_ANTIALIAS_NONE);
  for (int row = part->row; row < part->row + part->rows; row++)
    for (int column = part->column; column < part->column + part->columns;
         column++) {
      SacRect rect =
        sac_geometry_cell (geometry, grid->rows, grid->columns, row, column);
      size_t index = (size_t)row * (size_t)grid->columns + (size_t)column;

      cairo_new_path (cr);
      draw_cell (grid, cr, view, &rect, get_position (grid, index));
    }
}

static void
draw_surface (const Grid *grid,
              const Part *part,
              cairo_t *cr,
              const SacPaintView *view)
{
  const SacGeometry *geometry = &grid->layer->map->geometry;
  cairo_surface_t *surface = color_part (grid, part);
  SacRect rect = get_cells_rect (geometry, grid, part);
  SacRect covered = sac_geometry_get_covered (geometry);
  SacRect visible = sac_rect_intersect (&rect, &covered);

  if (cairo_surface_status (surface) == CAIRO_STATUS_SUCCESS)
    sac_paint_surface (cr, view, surface, &rect, &visible,
                       grid->layer->smooth ? CAIRO_FILTER_BILINEAR
                                           : CAIRO_FILTER_NEAREST);
  cairo_surface_destroy (surface);
}

/* The cells that are on screen.  Returns: false when there are none. */
static bool
find_visible (const Grid *grid, const SacPaintView *view, Part *ret_part)
{
  const SacRect *seen = &grid->layer->map->geometry.seen;
  SacRect screen = sac_camera_visible (view->camera, view->width, view->height);
  SacRect visible = sac_rect_intersect (seen, &screen);

  if (sac_rect_is_empty (&visible))
    return false;

  double across = seen->width / grid->columns;
  double down = seen->height / grid->rows;
  int left = (int)fmax (floor ((visible.x - seen->x) / across), 0);
  int top = (int)fmax (floor ((visible.y - seen->y) / down), 0);
  double right = ceil ((visible.x + visible.width - seen->x) / across);
  double bottom = ceil ((visible.y + visible.height - seen->y) / down);
  double cell = fmin (across, down) * view->camera->scale;

  *ret_part = (Part){top, left, (int)fmin (bottom, grid->rows) - top,
                     (int)fmin (right, grid->columns) - left, 1};
  if (cell < 1)
    ret_part->step = (int)fmin (ceil (1 / cell), 1 << 20);
  /* Blocks of cells stay the same while a reader pans. */
  ret_part->rows += top % ret_part->step;
  ret_part->columns += left % ret_part->step;
  ret_part->row -= top % ret_part->step;
  ret_part->column -= left % ret_part->step;
  return ret_part->rows > 0 && ret_part->columns > 0;
}

static void
draw_grid (Grid *grid, cairo_t *cr, const SacPaintView *view)
{
  Part part;

  if (grid->layer->smooth) {
    refine_grid (grid);
    part = get_whole (grid);
    draw_surface (grid, &part, cr, view);
  } else if (find_visible (grid, view, &part)) {
    if (part.step == 1 && part.rows <= SAC_SCENE_CELL_COUNT / part.columns)
      draw_cells (grid, &part, cr, view);
    else
      draw_surface (grid, &part, cr, view);
  }
}

void
sac_scene_draw_map (const SacScene *scene, cairo_t *cr, int width, int height)
{
  const SacMapLayer *layer = &scene->layer;
  SacPaintView view = {&scene->camera, width, height};
  Grid grid;

  if (layer->map == NULL || !layer->map->has_geometry ||
      scene->camera.scale <= 0)
    return;
  if (layer->opacity > 0 && init_grid (&grid, layer)) {
    cairo_save (cr);
    cairo_rectangle (cr, 0, 0, width, height);
    cairo_clip (cr);
    draw_grid (&grid, cr, &view);
    cairo_restore (cr);
    g_free (grid.owned);
  }
  if (layer->contours != NULL)
    sac_scene_draw_contours (scene, layer->contours, cr, width, height);
}
