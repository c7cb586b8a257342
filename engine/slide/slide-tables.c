/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A line, or a polygon, for each tile of a model. */
#include "base/json.h"
#include "slide/slide-report.h"
#include "slide/slide-table.h"

typedef struct {
  size_t model;
  const SacSlideModel *info;
  double *probabilities;
} Classes;

static const double *
get_probabilities (SacSlideTable *table, size_t place)
{
  Classes *self = table->data;

  if (self->info->width == 0)
    return self->probabilities;
  sac_model_probabilities (self->info->output,
                           sac_slide_run_get_numbers (table->run, self->model,
                                                      place),
                           self->info->width, self->probabilities);
  return self->probabilities;
}

static void
write_csv_line (SacSlideTable *table, size_t place)
{
  const Classes *self = table->data;
  SacTileStatus status = sac_slide_run_get_status (table->run, place);
  const SacTissue *tissue = sac_slide_run_get_tissue (table->run);
  int row, column;

  if (status != SAC_TILE_DONE && status != SAC_TILE_UNREADABLE)
    return;
  sac_slide_table_get_place (table->run, place, &row, &column);
  sac_slide_table_put_place (table, place);

  SacRect tile =
    sac_tile_grid_get_tile (sac_slide_run_get_grid (table->run), row, column);

  putc (',', table->file);
  sac_slide_table_put_number (table->file,
                              tissue != NULL
                                ? sac_tissue_get_share (tissue, &tile)
                                : 1);
  fputs (status == SAC_TILE_DONE ? ",done" : ",unreadable", table->file);

  const double *probabilities =
    status == SAC_TILE_DONE ? get_probabilities (table, place) : NULL;

  for (size_t c = 0; c < self->info->width; c++) {
    putc (',', table->file);
    if (probabilities != NULL)
      sac_slide_table_put_number (table->file, (float)probabilities[c]);
  }
  putc ('\n', table->file);
}

static bool
write_classes (SacSlideRun *run,
               size_t model,
               const char *path,
               SacSlideTableFunc func,
               const char *const ends[2],
               SacJob *job,
               GError **error)
{
  const SacSlideModel *info = sac_slide_run_get_model (run, model);
  g_autofree double *probabilities = g_new (double, info->width + 1);
  Classes classes = {model, info, probabilities};

  return sac_slide_table_write (run, path, func, &classes, ends, job, error);
}

bool
sac_slide_write_csv (
  SacSlideRun *run, size_t model, const char *path, SacJob *job, GError **error)
{
  const SacSlideModel *info = sac_slide_run_get_model (run, model);
  g_autoptr (GString) head = g_string_new ("x,y,w,h,row,column,tissue,status");

  for (size_t c = 0; c < info->width; c++) {
    g_autofree char *name = sac_slide_name_class (info, c);

    sac_slide_table_add_field (head, name);
  }
  g_string_append_c (head, '\n');

  const char *const ends[2] = {head->str, ""};

  return write_classes (run, model, path, write_csv_line, ends, job, error);
}

static JsonArray *
make_point (double x, double y)
{
  JsonArray *point = json_array_new ();

  sac_json_add_number (point, x);
  sac_json_add_number (point, y);
  return point;
}

static JsonObject *
make_polygon (const SacRect *tile)
{
  JsonObject *geometry = json_object_new ();
  JsonArray *ring = json_array_new (), *rings = json_array_new ();
  double right = tile->x + tile->width, bottom = tile->y + tile->height;
  const double corners[5][2] = {{tile->x, tile->y},
                                {right, tile->y},
                                {right, bottom},
                                {tile->x, bottom},
                                {tile->x, tile->y}};

  for (int i = 0; i < 5; i++)
    json_array_add_array_element (ring,
                                  make_point (corners[i][0], corners[i][1]));
  json_array_add_array_element (rings, ring);
  json_object_set_string_member (geometry, "type", "Polygon");
  json_object_set_array_member (geometry, "coordinates", rings);
  return geometry;
}

static void
write_feature (SacSlideTable *table, size_t place)
{
  const Classes *self = table->data;
  int row, column;

  if (sac_slide_run_get_status (table->run, place) != SAC_TILE_DONE)
    return;
  sac_slide_table_get_place (table->run, place, &row, &column);

  SacRect tile =
    sac_tile_grid_get_tile (sac_slide_run_get_grid (table->run), row, column);
  const double *probabilities = get_probabilities (table, place);
  g_autoptr (JsonObject) feature = json_object_new ();
  JsonObject *properties = json_object_new ();
  JsonObject *measurements = json_object_new ();

  for (size_t c = 0; c < self->info->width; c++) {
    g_autofree char *name = sac_slide_name_class (self->info, c);

    sac_json_set_number (measurements, name, (float)probabilities[c]);
  }
  json_object_set_string_member (properties, "objectType", "tile");
  json_object_set_object_member (properties, "measurements", measurements);
  json_object_set_string_member (feature, "type", "Feature");
  json_object_set_object_member (feature, "geometry", make_polygon (&tile));
  json_object_set_object_member (feature, "properties", properties);

  g_autofree char *text = sac_json_to_text (feature, false);

  fputs (table->written++ > 0 ? ",\n" : "", table->file);
  fputs (g_strchomp (text), table->file);
}

bool
sac_slide_write_tiles (
  SacSlideRun *run, size_t model, const char *path, SacJob *job, GError **error)
{
  static const char *const ends[2] =
    {"{\"type\": \"FeatureCollection\", \"features\": [\n", "\n]}\n"};

  return write_classes (run, model, path, write_feature, ends, job, error);
}
