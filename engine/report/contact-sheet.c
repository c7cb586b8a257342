/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "report/contact-sheet.h"

#include "base/output.h"
#include "image/decode.h"
#include "image/resize.h"
#include "map/color-map.h"
#include "scene/text.h"
#include "slide/slide-report.h"
#include "slide/slide-stitch.h"

#include <math.h>
#include <string.h>

/* Pixels of the sheet. */
#define TILE_SIDE 160
#define GAP 12
#define HEAD 40
#define WORDS 190
#define LETTERS 13
#define INK 0x202020

/* Of a map over its tile. */
#define OPACITY 0.55

typedef struct {
  SacSlideRun *run;
  size_t model;
  size_t class_index;
  GArray *top;     /* of size_t: places */
  GArray *methods; /* of size_t: those of the model */
  GPtrArray *maps; /* of SacMap or NULL: [method][top] */
  double *highest; /* [method] */
  SacImage *sheet;
  SacJob *job;
} Sheet;

static SacRect
get_tile (const Sheet *self, size_t place)
{
  const SacTileGrid *grid = sac_slide_run_get_grid (self->run);
  uint32_t tile = sac_slide_run_get_list (self->run)->tiles[place];

  return sac_tile_grid_get_tile (grid, (int)(tile / (uint32_t)grid->columns),
                                 (int)(tile % (uint32_t)grid->columns));
}

static void
unref_map (void *map)
{
  sac_map_unref (map);
}

static void
collect_maps (Sheet *self)
{
  size_t count = sac_slide_run_get_method_count (self->run);

  self->maps = g_ptr_array_new_with_free_func (unref_map);
  self->methods = g_array_new (FALSE, FALSE, sizeof (size_t));
  self->highest = g_new0 (double, count + 1);
  for (size_t m = 0; m < count; m++) {
    size_t model;

    sac_slide_run_get_method (self->run, m, &model);
    if (model != self->model)
      continue;
    g_array_append_val (self->methods, m);
    for (guint i = 0; i < self->top->len; i++) {
      SacMap *map =
        sac_slide_run_get_tile_map (self->run, m,
                                    g_array_index (self->top, size_t, i));
      double *highest = &self->highest[self->methods->len - 1];

      for (int k = 0; map != NULL && k < map->rows * map->columns; k++)
        *highest = MAX (*highest, sac_map_shown (map, k));
      g_ptr_array_add (self->maps, map);
    }
  }
}

static uint32_t
mix (uint32_t under, uint32_t over)
{
  uint32_t pixel = 0xff000000u;

  for (int shift = 0; shift < 24; shift += 8) {
    double value =
      (1 - OPACITY) * (under >> shift & 255) + OPACITY * (over >> shift & 255);

    pixel |= (uint32_t)(value + 0.5) << shift;
  }
  return pixel;
}

/* image: TILE_SIDE pixels a side; map: NULL for the tile alone. */
static void
put_tile (const Sheet *self,
          const SacImage *image,
          const SacRect *tile,
          const SacMap *map,
          double highest,
          int x,
          int y)
{
  const SacColorMap *colors = sac_color_maps_get_all ()[0];

  for (int row = 0; row < TILE_SIDE; row++)
    for (int column = 0; column < TILE_SIDE; column++) {
      uint32_t pixel = image->pixels[row * TILE_SIDE + column];
      double at_row, at_column;

      if (map != NULL &&
          sac_geometry_locate (&map->geometry, map->rows, map->columns,
                               tile->x +
                                 (column + 0.5) / TILE_SIDE * tile->width,
                               tile->y + (row + 0.5) / TILE_SIDE * tile->height,
                               &at_row, &at_column)) {
        int cell = MIN ((int)at_row, map->rows - 1) * map->columns +
                   MIN ((int)at_column, map->columns - 1);

        pixel = mix (pixel, sac_color_map_pixel (colors,
                                                 highest > 0
                                                   ? sac_map_shown (map, cell) /
                                                       highest
                                                   : 0));
      }
      self->sheet->pixels[(size_t)(y + row) * self->sheet->width + x + column] =
        pixel;
    }
}

static bool
put_row (const Sheet *self, guint index, GError **error)
{
  SacSource *source = sac_slide_run_get_source (self->run);
  SacRect tile = get_tile (self, g_array_index (self->top, size_t, index));
  int x = WORDS, y = HEAD + (int)index * (TILE_SIDE + GAP);
  g_autoptr (GError) reason = NULL;
  g_autoptr (SacImage) image =
    sac_source_read_region (source, &tile, TILE_SIDE, TILE_SIDE,
                            SAC_FILTER_BICUBIC, SAC_COLORS_DISPLAY, self->job,
                            &reason);

  if (image == NULL)
    return sac_job_check (self->job, error);
  put_tile (self, image, &tile, NULL, 0, x, y);
  for (guint m = 0; m < self->methods->len; m++) {
    const SacMap *map = self->maps->pdata[m * self->top->len + index];

    x += TILE_SIDE + GAP;
    if (map != NULL)
      put_tile (self, image, &tile, map, self->highest[m], x, y);
  }
  return true;
}

static void
write_words (const Sheet *self, cairo_t *cr)
{
  const SacSlideModel *info = sac_slide_run_get_model (self->run, self->model);
  g_autofree char *name = sac_slide_name_class (info, self->class_index);
  g_autofree char *title =
    g_strdup_printf ("%s: %s", sac_model_get_name (info->model), name);
  g_autoptr (SacMap) map =
    sac_slide_run_get_map (self->run, self->model, self->class_index);
  SacTextStyle style = {.size = LETTERS, .rgb = INK};
  SacTextStyle bold = {.size = LETTERS, .bold = true, .rgb = INK};
  SacTextStyle narrow = {.size = LETTERS, .rgb = INK, .width = TILE_SIDE};

  sac_text_draw (cr, GAP, GAP, title, &bold);
  for (guint m = 0; m < self->methods->len; m++) {
    size_t model;
    const SacMethod *method =
      sac_slide_run_get_method (self->run,
                                g_array_index (self->methods, size_t, m),
                                &model);
    g_autofree char *label =
      g_strdup_printf ("%s, 0 to %.3g", method->label, self->highest[m]);

    sac_text_draw (cr, WORDS + (m + 1) * (TILE_SIDE + GAP), GAP, label,
                   &narrow);
  }
  for (guint i = 0; i < self->top->len; i++) {
    size_t place = g_array_index (self->top, size_t, i);
    SacRect tile = get_tile (self, place);
    float score = map->values[sac_slide_run_get_list (self->run)->tiles[place]];
    g_autofree char *text = g_strdup_printf ("%u.  %.4f\nx %.0f, y %.0f", i + 1,
                                             score, tile.x, tile.y);
    SacTextStyle lines = style;

    lines.width = WORDS - 2 * GAP;
    lines.line_count = 2;
    sac_text_draw (cr, GAP, HEAD + (int)i * (TILE_SIDE + GAP), text, &lines);
  }
}

static bool
paint (Sheet *self, GError **error)
{
  int columns = 1 + (int)self->methods->len;
  int width = WORDS + MAX (2, columns) * (TILE_SIDE + GAP);
  int height = HEAD + (int)self->top->len * (TILE_SIDE + GAP);

  self->sheet = sac_image_new (width, height, error);
  if (self->sheet == NULL)
    return false;
  for (guint i = 0; i < self->top->len; i++)
    if (!put_row (self, i, error))
      return false;

  cairo_surface_t *surface =
    cairo_image_surface_create_for_data ((unsigned char *)self->sheet->pixels,
                                         CAIRO_FORMAT_RGB24, width, height,
                                         width * 4);
  cairo_t *cr = cairo_create (surface);

  write_words (self, cr);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return true;
}

bool
sac_contact_sheet_write (SacSlideRun *run,
                         size_t model,
                         size_t class_index,
                         size_t count,
                         const char *path,
                         SacJob *job,
                         GError **error)
{
  Sheet self = {.run = run,
                .model = model,
                .class_index = class_index,
                .top = sac_slide_find_top (run, model, class_index, count),
                .job = job};
  g_autoptr (GBytes) bytes = NULL;

  collect_maps (&self);
  if (paint (&self, error))
    bytes = sac_encode_png (self.sheet, NULL, error);
  g_clear_pointer (&self.sheet, sac_image_unref);
  g_ptr_array_unref (self.maps);
  g_array_unref (self.methods);
  g_array_unref (self.top);
  g_free (self.highest);
  return bytes != NULL &&
         sac_output_write (path, g_bytes_get_data (bytes, NULL),
                           g_bytes_get_size (bytes), error);
}
