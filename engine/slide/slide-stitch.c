/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "slide/slide-stitch.h"

#include "base/error.h"
#include "base/json.h"
#include "slide/slide-run-private.h"

#include <math.h>
#include <string.h>

/* Two floats for each are 128 MiB. */
#define CELLS_MAX ((double)(1 << 24))

/* Of a cell's side: less is rounding. */
#define SLIVER 1e-6

/* Cells along one axis of the large map. */
typedef struct {
  double origin, cell; /* level-0 pixels */
  int count;
} Axis;

typedef struct {
  SacSlideRun *run;
  size_t index;
  const SacTileMethod *method;
  SacJob *job;
  int coarser; /* cells of a tile to one of the map, along each axis */
  Axis x, y;
  float *sums, *weights;
} Stitching;

size_t
sac_slide_run_get_method_count (const SacSlideRun *run)
{
  return run->method_count;
}

const SacMethod *
sac_slide_run_get_method (const SacSlideRun *run,
                          size_t index,
                          size_t *ret_model)
{
  g_assert (index < run->method_count);
  *ret_model = run->methods[index].model;
  return run->methods[index].method;
}

static Axis
make_axis (double origin, double extent, double cell)
{
  return (Axis){origin, cell, (int)ceil (extent / cell - SLIVER)};
}

static void
find_axes (Stitching *self)
{
  const SacTileGrid *grid = &self->run->grid;
  const SacRect *place = &self->method->place;
  SacRect first = sac_tile_grid_get_tile (grid, 0, 0);
  SacRect last =
    sac_tile_grid_get_tile (grid, grid->rows - 1, grid->columns - 1);
  double width = place->width * first.width;
  double height = place->height * first.height;

  for (self->coarser = 1;; self->coarser++) {
    self->x =
      make_axis (first.x + place->x * first.width, last.x - first.x + width,
                 self->coarser * width / self->method->sample->columns);
    self->y =
      make_axis (first.y + place->y * first.height, last.y - first.y + height,
                 self->coarser * height / self->method->sample->rows);
    if ((double)self->x.count * self->y.count <= CELLS_MAX)
      return;
  }
}

/* Cells of the axis that [from, from + length) covers more than a sliver of,
 * and how much of each. */
static int
cover (
  const Axis *axis, double from, double length, double *ret_shares, int *ret_n)
{
  double begin = (from - axis->origin) / axis->cell;
  double end = begin + length / axis->cell;
  int first = MAX (0, (int)floor (begin + SLIVER));
  int n = 0;

  for (int i = first; i < axis->count && n < 3; i++) {
    double share = MIN (end, i + 1.0) - MAX (begin, (double)i);

    if (share <= SLIVER)
      break;
    ret_shares[n++] = share;
  }
  *ret_n = n;
  return first;
}

static void
add_cell (Stitching *self, const SacRect *rect, float value)
{
  double across[3], down[3];
  int columns, rows;
  int left = cover (&self->x, rect->x, rect->width, across, &columns);
  int top = cover (&self->y, rect->y, rect->height, down, &rows);

  for (int y = 0; y < rows; y++)
    for (int x = 0; x < columns; x++) {
      size_t at = (size_t)(top + y) * (size_t)self->x.count + left + x;
      float weight = (float)(across[x] * down[y]);

      self->sums[at] += weight * value;
      self->weights[at] += weight;
    }
}

static void
add_tile (Stitching *self, uint32_t tile, const uint8_t *cells)
{
  const SacTileGrid *grid = &self->run->grid;
  const SacMap *sample = self->method->sample;
  const SacRect *place = &self->method->place;
  SacRect rect =
    sac_tile_grid_get_tile (grid, (int)(tile / (uint32_t)grid->columns),
                            (int)(tile % (uint32_t)grid->columns));
  double width = place->width * rect.width / sample->columns;
  double height = place->height * rect.height / sample->rows;

  for (int row = 0; row < sample->rows; row++)
    for (int column = 0; column < sample->columns; column++) {
      SacRect cell = {rect.x + place->x * rect.width + column * width,
                      rect.y + place->y * rect.height + row * height, width,
                      height};
      float value;

      memcpy (&value, cells, sizeof value);
      cells += sizeof value;
      if (!isnan (value))
        add_cell (self, &cell, sample->rectified ? MAX (0, value) : value);
    }
}

static bool
add_batch (
  size_t batch, const uint8_t *record, size_t size, void *user, GError **error)
{
  Stitching *self = user;
  const SacSlideRun *run = self->run;
  size_t cells = sac_tile_method_get_cells (self->method);
  const uint32_t *tiles;

  if (!sac_job_check (self->job, error))
    return false;
  if (batch < run->first_batch || batch >= run->end_batch)
    return true;

  size_t count = sac_tile_list_get_batch (run->list, batch, &tiles);

  if (size != sac_slide_run_get_record_size (run, count))
    return true;
  record += sac_slide_run_get_record_offset (run, count, self->index);
  for (size_t i = 0; i < count; i++)
    add_tile (self, tiles[i], record + i * cells * sizeof (float));
  return true;
}

static void
describe (const Stitching *self, SacMap *map)
{
  const SacTileMethod *method = self->method;
  static const char *const copied[] = {"params", "layer", "class_index",
                                       "class_id", "layer_layout"};
  JsonObject *sample = method->sample->provenance;

  map->has_gaps = map->has_geometry = true;
  map->class_specific = method->sample->class_specific;
  map->unit = g_strdup (method->sample->unit);
  map->method = g_strdup (method->sample->method);
  map->geometry = (SacGeometry){
    .image_width = self->run->grid.image_width,
    .image_height = self->run->grid.image_height,
    .seen = {self->x.origin, self->y.origin, self->x.count * self->x.cell,
             self->y.count * self->y.cell},
    .input_width = self->x.count,
    .input_height = self->y.count,
  };
  json_object_unref (map->provenance);
  map->provenance = sac_slide_run_get_provenance (self->run, method->model);
  json_object_set_string_member (map->provenance, "method",
                                 method->method->name);
  json_object_set_string_member (map->provenance, "blend", "mean by area");
  json_object_set_int_member (map->provenance, "cells_joined", self->coarser);
  for (size_t i = 0; i < G_N_ELEMENTS (copied); i++)
    if (json_object_has_member (sample, copied[i]))
      json_object_set_member (map->provenance, copied[i],
                              json_node_copy (
                                json_object_get_member (sample, copied[i])));
}

SacMap *
sac_slide_run_stitch (SacSlideRun *run,
                      size_t method,
                      SacJob *job,
                      GError **error)
{
  Stitching self = {.run = run, .index = method, .job = job};

  g_assert (method < run->method_count);
  self.method = &run->methods[method];
  find_axes (&self);

  size_t count = (size_t)self.x.count * (size_t)self.y.count;
  g_autofree float *sums = g_new0 (float, count);
  g_autofree float *weights = g_new0 (float, count);

  self.sums = sums;
  self.weights = weights;
  if (!sac_run_store_each (run->store, add_batch, &self, NULL, error))
    return NULL;
  for (size_t i = 0; i < count; i++)
    sums[i] = weights[i] > 0 ? sums[i] / weights[i] : NAN;

  SacMap *map =
    sac_map_new_take (self.y.count, self.x.count, g_steal_pointer (&sums));

  describe (&self, map);
  return map;
}

SacMap *
sac_slide_run_get_tile_map (SacSlideRun *run, size_t method, size_t place)
{
  const SacTileMethod *own = &run->methods[method];
  const SacMap *sample = own->sample;
  size_t batch = place / run->list->batch_size;
  size_t index = place % run->list->batch_size;
  size_t cells = sac_tile_method_get_cells (own);
  const uint32_t *tiles;
  size_t count = sac_tile_list_get_batch (run->list, batch, &tiles);
  g_autoptr (GBytes) bytes = sac_run_store_get (run->store, batch);

  if (run->status[place] != SAC_TILE_DONE || bytes == NULL ||
      g_bytes_get_size (bytes) != sac_slide_run_get_record_size (run, count))
    return NULL;

  const uint8_t *record = g_bytes_get_data (bytes, NULL);
  float *values = g_new (float, cells);
  SacRect tile =
    sac_tile_grid_get_tile (&run->grid,
                            (int)(tiles[index] / (uint32_t)run->grid.columns),
                            (int)(tiles[index] % (uint32_t)run->grid.columns));

  record += sac_slide_run_get_record_offset (run, count, method);
  memcpy (values, record + index * cells * sizeof (float),
          cells * sizeof (float));

  SacMap *map = sac_map_new_take (sample->rows, sample->columns, values);

  map->rectified = sample->rectified;
  map->has_geometry = true;
  map->class_specific = sample->class_specific;
  map->unit = g_strdup (sample->unit);
  map->method = g_strdup (sample->method);
  map->geometry = (SacGeometry){
    .image_width = run->grid.image_width,
    .image_height = run->grid.image_height,
    .seen = {tile.x + own->place.x * tile.width,
             tile.y + own->place.y * tile.height, own->place.width * tile.width,
             own->place.height * tile.height},
    .input_width = sample->columns,
    .input_height = sample->rows,
  };
  return map;
}
