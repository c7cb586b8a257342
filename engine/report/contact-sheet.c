/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "report/contact-sheet.h"

#include "base/output.h"
#include "image/decode.h"
#include "report/top-tiles.h"
#include "scene/text.h"
#include "slide/slide-pool-report.h"
#include "slide/slide-report.h"

#include <string.h>

/* Pixels of the sheet. */
#define TILE_SIDE 160
#define GAP 12
#define HEAD 40
#define WORDS 190
#define LETTERS 13
#define INK 0x202020

typedef struct {
  const SacTopTiles *top;
  const char *title;
  SacImage *sheet;
} Sheet;

static void
put_picture (const Sheet *self, const SacImage *image, int x, int y)
{
  for (int row = 0; row < image->height; row++)
    memcpy (self->sheet->pixels + (size_t)(y + row) * self->sheet->width + x,
            image->pixels + (size_t)row * image->width,
            (size_t)image->width * sizeof *image->pixels);
}

static void
put_row (const Sheet *self, guint index)
{
  const SacTopTile *tile = self->top->tiles->pdata[index];

  for (size_t c = 0; c < self->top->column_count; c++)
    if (tile->images[c] != NULL)
      put_picture (self, tile->images[c], WORDS + (int)c * (TILE_SIDE + GAP),
                   HEAD + (int)index * (TILE_SIDE + GAP));
}

static void
write_words (const Sheet *self, cairo_t *cr)
{
  SacTextStyle bold = {.size = LETTERS, .bold = true, .rgb = INK};
  SacTextStyle narrow = {.size = LETTERS, .rgb = INK, .width = TILE_SIDE};
  SacTextStyle lines = {.size = LETTERS,
                        .rgb = INK,
                        .width = WORDS - 2 * GAP,
                        .line_count = 2};

  sac_text_draw (cr, GAP, GAP, self->title, &bold);
  for (size_t c = 1; c < self->top->column_count; c++) {
    const SacTopColumn *column = &self->top->columns[c];
    g_autofree char *label =
      g_strdup_printf ("%s, 0 to %.3g", column->label, column->highest);

    sac_text_draw (cr, WORDS + (int)c * (TILE_SIDE + GAP), GAP, label, &narrow);
  }
  for (guint i = 0; i < self->top->tiles->len; i++) {
    const SacTopTile *tile = self->top->tiles->pdata[i];
    g_autofree char *text =
      g_strdup_printf ("%u.  %.4f\nx %.0f, y %.0f", i + 1, tile->score,
                       tile->rect.x, tile->rect.y);

    sac_text_draw (cr, GAP, HEAD + (int)i * (TILE_SIDE + GAP), text, &lines);
  }
}

static bool
paint (Sheet *self, GError **error)
{
  int columns = (int)self->top->column_count;
  int width = WORDS + MAX (2, columns) * (TILE_SIDE + GAP);
  int height = HEAD + (int)self->top->tiles->len * (TILE_SIDE + GAP);

  self->sheet = sac_image_new (width, height, error);
  if (self->sheet == NULL)
    return false;
  for (guint i = 0; i < self->top->tiles->len; i++)
    put_row (self, i);

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

/* top: taken; may be NULL. */
static bool
write_sheet (SacTopTiles *top,
             const char *title,
             const char *path,
             GError **error)
{
  g_autoptr (SacTopTiles) taken = top;
  Sheet self = {.top = top, .title = title};
  g_autoptr (GBytes) bytes = NULL;

  if (top != NULL && paint (&self, error))
    bytes = sac_encode_png (self.sheet, NULL, error);
  g_clear_pointer (&self.sheet, sac_image_unref);
  return bytes != NULL &&
         sac_output_write (path, g_bytes_get_data (bytes, NULL),
                           g_bytes_get_size (bytes), error);
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
  const SacSlideModel *info = sac_slide_run_get_model (run, model);
  g_autofree char *name = sac_slide_name_class (info, class_index);
  g_autofree char *title =
    g_strdup_printf ("%s: %s", sac_model_get_name (info->model), name);

  return write_sheet (sac_top_tiles_new (run, model, class_index, count,
                                         TILE_SIDE, job, error),
                      title, path, error);
}

bool
sac_contact_sheet_write_bag (SacSlideRun *run,
                             size_t pooling,
                             const SacSlideBag *bag,
                             size_t class_index,
                             size_t count,
                             const char *path,
                             SacJob *job,
                             GError **error)
{
  size_t encoder;
  SacModel *model = sac_slide_run_get_pooling (run, pooling, &encoder);
  g_autofree char *name = sac_slide_bag_name_class (bag, class_index);
  g_autofree char *title =
    g_strdup_printf ("%s: %s", sac_model_get_name (model), name);

  return write_sheet (sac_top_tiles_new_for_bag (run, pooling, bag, class_index,
                                                 count, TILE_SIDE, job, error),
                      title, path, error);
}
