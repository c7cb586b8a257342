/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "report/top-tiles.h"

#include "image/resize.h"
#include "map/color-map.h"
#include "slide/slide-report.h"
#include "slide/slide-stitch.h"

#include <math.h>

#define N_(text) text

/* Of a map over its tile. */
#define OPACITY 0.55

/* Tiles a side that are shown around one, where a cell of the map is a tile. */
#define AROUND 5.0

typedef struct {
  SacSlideRun *run;
  SacTopTiles *result;
  GArray *methods; /* of size_t: a column each, after the tile's */
  SacMap *maps[2]; /* over the slide: the columns after those */
  size_t map_count;
  SacJob *job;
} Making;

static void
tile_free (SacTopTile *tile)
{
  g_free (tile->images);
  g_free (tile);
}

void
sac_top_tiles_free (SacTopTiles *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->tiles->len; i++)
    for (size_t c = 0; c < self->column_count; c++)
      sac_image_unref (((SacTopTile *)self->tiles->pdata[i])->images[c]);
  g_ptr_array_unref (self->tiles);
  g_free (self->columns);
  g_free (self);
}

static SacRect
get_rect (SacSlideRun *run, size_t place)
{
  const SacTileGrid *grid = sac_slide_run_get_grid (run);
  uint32_t tile = sac_slide_run_get_list (run)->tiles[place];

  return sac_tile_grid_get_tile (grid, (int)(tile / (uint32_t)grid->columns),
                                 (int)(tile % (uint32_t)grid->columns));
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

/* The map over the picture of `rect`; gaps stay as they are. */
static void
paint_map (SacImage *image,
           const SacRect *rect,
           const SacMap *map,
           double highest)
{
  const SacColorMap *colors = sac_color_maps_get_all ()[0];

  for (int row = 0; row < image->height; row++)
    for (int column = 0; column < image->width; column++) {
      uint32_t *pixel = &image->pixels[(size_t)row * image->width + column];
      double x = rect->x + (column + 0.5) / image->width * rect->width;
      double y = rect->y + (row + 0.5) / image->height * rect->height;
      double at_row, at_column;

      if (!sac_geometry_locate (&map->geometry, map->rows, map->columns, x, y,
                                &at_row, &at_column))
        continue;

      size_t cell =
        (size_t)MIN ((int)at_row, map->rows - 1) * (size_t)map->columns +
        (size_t)MIN ((int)at_column, map->columns - 1);
      float value = sac_map_shown (map, cell);

      if (!isnan (value))
        *pixel =
          mix (*pixel,
               sac_color_map_pixel (colors, highest > 0 ? value / highest : 0));
    }
}

/* NULL, and no error, where its pixels cannot be read. */
static SacImage *
read_picture (const Making *self, const SacRect *rect)
{
  int side = self->result->side;

  return sac_source_read_region (sac_slide_run_get_source (self->run), rect,
                                 side, side, SAC_FILTER_BICUBIC,
                                 SAC_COLORS_DISPLAY, self->job, NULL);
}

static double
find_highest (const SacMap *map, double highest)
{
  SacMapSummary summary;

  sac_map_summarize (map, &summary);
  return MAX (highest, summary.max);
}

/* The maps of one method on all the tiles, on one scale. */
static void
put_method (Making *self, size_t column, size_t method)
{
  SacTopTiles *result = self->result;
  g_autoptr (GPtrArray) maps = g_ptr_array_new ();
  double highest = 0;

  for (guint i = 0; i < result->tiles->len; i++) {
    const SacTopTile *tile = result->tiles->pdata[i];
    SacMap *map = sac_slide_run_get_tile_map (self->run, method, tile->place);

    if (map != NULL)
      highest = find_highest (map, highest);
    g_ptr_array_add (maps, map);
  }
  for (guint i = 0; i < maps->len; i++) {
    SacTopTile *tile = result->tiles->pdata[i];
    SacMap *map = maps->pdata[i];

    if (map == NULL)
      continue;
    tile->images[column] = read_picture (self, &tile->rect);
    if (tile->images[column] != NULL)
      paint_map (tile->images[column], &tile->rect, map, highest);
    sac_map_unref (map);
  }
  result->columns[column].highest = highest;
}

/* A map over the slide, around each tile. */
static void
put_slide_map (Making *self, size_t column, const SacMap *map)
{
  SacTopTiles *result = self->result;
  double highest = find_highest (map, 0);

  for (guint i = 0; i < result->tiles->len; i++) {
    SacTopTile *tile = result->tiles->pdata[i];
    double wide = AROUND * tile->rect.width, high = AROUND * tile->rect.height;
    SacRect around = {tile->rect.x - (wide - tile->rect.width) / 2,
                      tile->rect.y - (high - tile->rect.height) / 2, wide,
                      high};

    tile->images[column] = read_picture (self, &around);
    if (tile->images[column] != NULL)
      paint_map (tile->images[column], &around, map, highest);
  }
  result->columns[column].highest = highest;
}

static void
fill (Making *self)
{
  SacTopTiles *result = self->result;
  size_t column = 1;

  for (guint i = 0; i < result->tiles->len; i++) {
    SacTopTile *tile = result->tiles->pdata[i];

    tile->images = g_new0 (SacImage *, result->column_count);
    tile->images[0] = read_picture (self, &tile->rect);
  }
  for (guint i = 0; i < self->methods->len; i++)
    put_method (self, column++, g_array_index (self->methods, size_t, i));
  for (size_t i = 0; i < self->map_count; i++)
    put_slide_map (self, column++, self->maps[i]);
}

static SacTopTiles *
new_tiles (size_t column_count, int side)
{
  SacTopTiles *self = g_new0 (SacTopTiles, 1);

  self->tiles = g_ptr_array_new_with_free_func ((GDestroyNotify)tile_free);
  self->columns = g_new0 (SacTopColumn, column_count);
  self->columns[0] = (SacTopColumn){N_ ("Tile"), NAN};
  self->column_count = column_count;
  self->side = side;
  return self;
}

static void
add_tile (Making *self, size_t place, double score)
{
  SacTopTile *tile = g_new0 (SacTopTile, 1);

  tile->place = place;
  tile->rect = get_rect (self->run, place);
  tile->score = score;
  g_ptr_array_add (self->result->tiles, tile);
}

/* Returns: the result; NULL when cancelled meanwhile. */
static SacTopTiles *
finish (Making *self, GError **error)
{
  fill (self);
  if (self->methods != NULL)
    g_array_unref (self->methods);
  for (size_t i = 0; i < self->map_count; i++)
    sac_map_unref (self->maps[i]);
  if (sac_job_check (self->job, error))
    return self->result;
  sac_top_tiles_free (self->result);
  return NULL;
}

static GArray *
find_methods (SacSlideRun *run, size_t model)
{
  GArray *methods = g_array_new (FALSE, FALSE, sizeof (size_t));

  for (size_t m = 0; m < sac_slide_run_get_method_count (run); m++) {
    size_t own;

    sac_slide_run_get_method (run, m, &own);
    if (own == model)
      g_array_append_val (methods, m);
  }
  return methods;
}

SacTopTiles *
sac_top_tiles_new (SacSlideRun *run,
                   size_t model,
                   size_t class_index,
                   size_t count,
                   int side,
                   SacJob *job,
                   GError **error)
{
  Making self = {.run = run, .job = job};
  g_autoptr (GArray) top = sac_slide_find_top (run, model, class_index, count);
  g_autoptr (SacMap) map = sac_slide_run_get_map (run, model, class_index);

  self.methods = find_methods (run, model);
  self.result = new_tiles (1 + self.methods->len, side);
  for (guint i = 0; i < self.methods->len; i++) {
    size_t own;

    self.result->columns[1 + i].label =
      sac_slide_run_get_method (run, g_array_index (self.methods, size_t, i),
                                &own)
        ->label;
  }
  for (guint i = 0; i < top->len; i++) {
    size_t place = g_array_index (top, size_t, i);

    add_tile (&self, place,
              map->values[sac_slide_run_get_list (run)->tiles[place]]);
  }
  return finish (&self, error);
}

typedef struct {
  size_t index; /* in the bag */
  float value;
} Ranked;

static int
compare_ranked (const void *a, const void *b)
{
  const Ranked *left = a, *right = b;

  if (left->value != right->value)
    return left->value < right->value ? 1 : -1;
  return (left->index > right->index) - (left->index < right->index);
}

static void
add_bag_tiles (Making *self,
               const SacSlideBag *bag,
               size_t class_index,
               size_t count)
{
  size_t branch = sac_bag_get_branch (bag->bag, class_index);
  const float *values = bag->bag->attention + branch * bag->bag->count;
  g_autoptr (GArray) ranked = g_array_new (FALSE, FALSE, sizeof (Ranked));

  for (size_t i = 0; i < bag->bag->count; i++) {
    Ranked own = {i, values[i]};

    g_array_append_val (ranked, own);
  }
  g_array_sort (ranked, compare_ranked);
  for (guint i = 0; i < MIN (ranked->len, count); i++) {
    const Ranked *own = &g_array_index (ranked, Ranked, i);

    add_tile (self, bag->places[own->index],
              (double)own->value * (double)bag->bag->count);
  }
}

SacTopTiles *
sac_top_tiles_new_for_bag (SacSlideRun *run,
                           size_t pooling,
                           const SacSlideBag *bag,
                           size_t class_index,
                           size_t count,
                           int side,
                           SacJob *job,
                           GError **error)
{
  static const SacBagKind kinds[] = {SAC_BAG_TIMES_N, SAC_BAG_EVIDENCE};
  Making self = {.run = run, .job = job};

  self.methods = g_array_new (FALSE, FALSE, sizeof (size_t));
  self.result = new_tiles (1 + G_N_ELEMENTS (kinds), side);
  self.result->column_count = 1;
  for (size_t i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (!sac_slide_bag_has (bag, kinds[i]))
      continue;
    self.result->columns[self.result->column_count++].label =
      sac_bag_kind_get_label (kinds[i]);
    self.maps[self.map_count++] =
      sac_slide_bag_get_map (bag, run, pooling, kinds[i], class_index);
  }
  add_bag_tiles (&self, bag, class_index, count);
  return finish (&self, error);
}
