/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "slide/slide-report.h"

#include "annotation/annotation-file.h"
#include "base/error.h"
#include "base/json.h"
#include "base/output.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define SQUARE_MICROMETRES_PER_MM2 1e6

char *
sac_slide_name_class (const SacSlideModel *model, size_t class_index)
{
  if (class_index < model->output->label_count)
    return g_utf8_make_valid (model->output->labels[class_index].id, -1);
  return g_strdup_printf ("%zu", class_index);
}

static void
get_place (const SacSlideRun *run, size_t place, int *ret_row, int *ret_column)
{
  uint32_t columns = (uint32_t)sac_slide_run_get_grid (run)->columns;
  uint32_t tile = sac_slide_run_get_list (run)->tiles[place];

  *ret_row = (int)(tile / columns);
  *ret_column = (int)(tile % columns);
}

/* Writing line by line, whole or not at all. */

typedef struct {
  SacSlideRun *run;
  size_t model;
  const SacSlideModel *info;
  double *probabilities;
  FILE *file;
  size_t written;
} Table;

typedef void (*WriteTile) (Table *table, size_t place);

static void
put_number (FILE *file, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  fputs (g_ascii_formatd (text, sizeof text, "%.9g", value), file);
}

static bool
write_all (Table *table,
           WriteTile write,
           const char *head,
           const char *tail,
           SacJob *job,
           GError **error)
{
  size_t count = sac_slide_run_get_list (table->run)->count;

  fputs (head, table->file);
  for (size_t i = 0; i < count; i++) {
    if (i % 4096 == 0 && !sac_job_check (job, error))
      return false;
    write (table, i);
  }
  fputs (tail, table->file);
  return true;
}

static bool
write_table (SacSlideRun *run,
             size_t model,
             const char *path,
             WriteTile write,
             const char *const ends[2],
             SacJob *job,
             GError **error)
{
  const SacSlideModel *info = sac_slide_run_get_model (run, model);
  g_autofree double *probabilities = g_new (double, info->width);
  char *temporary = sac_output_begin (path, error);
  FILE *file = temporary != NULL ? g_fopen (temporary, "we") : NULL;
  Table table = {run, model, info, probabilities, file, 0};

  if (temporary == NULL)
    return false;

  bool good =
    file != NULL && write_all (&table, write, ends[0], ends[1], job, error);
  bool cancelled = file != NULL && !good;
  bool failed = file == NULL || ferror (file) != 0;

  if (file != NULL && fclose (file) != 0)
    failed = true;
  if (good && !failed)
    return sac_output_commit (temporary, path, error);
  if (!cancelled)
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNWRITABLE,
                 "%s: cannot be written (%s); make room and run the same again",
                 path, g_strerror (errno));
  sac_output_discard (temporary);
  return false;
}

static const double *
get_probabilities (Table *table, size_t place)
{
  sac_model_probabilities (table->info->output,
                           sac_slide_run_get_numbers (table->run, table->model,
                                                      place),
                           table->info->width, table->probabilities);
  return table->probabilities;
}

static void
write_csv_line (Table *table, size_t place)
{
  SacTileStatus status = sac_slide_run_get_status (table->run, place);
  const SacTissue *tissue = sac_slide_run_get_tissue (table->run);
  int row, column;

  if (status != SAC_TILE_DONE && status != SAC_TILE_UNREADABLE)
    return;
  get_place (table->run, place, &row, &column);

  SacRect tile =
    sac_tile_grid_get_tile (sac_slide_run_get_grid (table->run), row, column);
  const double numbers[4] = {tile.x, tile.y, tile.width, tile.height};

  for (int i = 0; i < 4; i++) {
    put_number (table->file, numbers[i]);
    putc (',', table->file);
  }
  fprintf (table->file, "%d,%d,", row, column);
  put_number (table->file,
              tissue != NULL ? sac_tissue_get_share (tissue, &tile) : 1);
  fputs (status == SAC_TILE_DONE ? ",done" : ",unreadable", table->file);

  const double *probabilities =
    status == SAC_TILE_DONE ? get_probabilities (table, place) : NULL;

  for (size_t c = 0; c < table->info->width; c++) {
    putc (',', table->file);
    if (probabilities != NULL)
      put_number (table->file, (float)probabilities[c]);
  }
  putc ('\n', table->file);
}

/* Quoted where it must be. */
static void
add_field (GString *line, const char *text)
{
  g_autofree char *doubled = NULL;

  if (strpbrk (text, ",\"\n\r") == NULL) {
    g_string_append_printf (line, ",%s", text);
    return;
  }

  g_auto (GStrv) parts = g_strsplit (text, "\"", -1);

  doubled = g_strjoinv ("\"\"", parts);
  g_string_append_printf (line, ",\"%s\"", doubled);
}

bool
sac_slide_write_csv (
  SacSlideRun *run, size_t model, const char *path, SacJob *job, GError **error)
{
  const SacSlideModel *info = sac_slide_run_get_model (run, model);
  g_autoptr (GString) head = g_string_new ("x,y,w,h,row,column,tissue,status");

  for (size_t c = 0; c < info->width; c++) {
    g_autofree char *name = sac_slide_name_class (info, c);

    add_field (head, name);
  }
  g_string_append_c (head, '\n');

  const char *const ends[2] = {head->str, ""};

  return write_table (run, model, path, write_csv_line, ends, job, error);
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
write_feature (Table *table, size_t place)
{
  int row, column;

  if (sac_slide_run_get_status (table->run, place) != SAC_TILE_DONE)
    return;
  get_place (table->run, place, &row, &column);

  SacRect tile =
    sac_tile_grid_get_tile (sac_slide_run_get_grid (table->run), row, column);
  const double *probabilities = get_probabilities (table, place);
  g_autoptr (JsonObject) feature = json_object_new ();
  JsonObject *properties = json_object_new ();
  JsonObject *measurements = json_object_new ();

  for (size_t c = 0; c < table->info->width; c++) {
    g_autofree char *name = sac_slide_name_class (table->info, c);

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

  return write_table (run, model, path, write_feature, ends, job, error);
}

/* Outlines follow cells, of which the last may reach beyond the slide. */
static void
clip_points (SacAnnotations *set, const SacTileGrid *grid)
{
  for (guint i = 0; i < set->items->len; i++) {
    SacAnnotation *item = set->items->pdata[i];

    for (guint r = 0; r < item->rings->len; r++) {
      GArray *ring = item->rings->pdata[r];

      for (guint p = 0; p < ring->len; p++) {
        SacPoint *point = &g_array_index (ring, SacPoint, p);

        point->x = CLAMP (point->x, 0, (double)grid->image_width);
        point->y = CLAMP (point->y, 0, (double)grid->image_height);
      }
    }
  }
}

bool
sac_slide_write_regions (SacSlideRun *run,
                         size_t model,
                         size_t class_index,
                         double threshold,
                         const char *path,
                         SacJob *job,
                         GError **error)
{
  const SacSlideModel *info = sac_slide_run_get_model (run, model);
  g_autoptr (SacMap) map = sac_slide_run_get_map (run, model, class_index);
  size_t count = (size_t)map->rows * (size_t)map->columns;
  g_autofree uint8_t *cells = g_new (uint8_t, count);
  g_autofree char *name = sac_slide_name_class (info, class_index);
  SacAnnotationClass class = {name, sac_annotation_choose_rgb (class_index)};
  g_autoptr (GPtrArray) classes = g_ptr_array_new ();
  SacMask mask = {map->rows, map->columns,       cells,
                  classes,   map->geometry.seen, false};

  g_ptr_array_add (classes, &class);
  for (size_t i = 0; i < count; i++)
    cells[i] = map->values[i] >= threshold;

  g_autoptr (SacAnnotations) set = sac_mask_to_annotations (&mask, job, error);

  if (set == NULL)
    return false;
  clip_points (set, sac_slide_run_get_grid (run));
  return sac_annotations_write (path, set, error);
}

typedef struct {
  size_t place;
  float score;
} Ranked;

static int
compare_ranked (const void *a, const void *b)
{
  const Ranked *left = a, *right = b;

  if (left->score != right->score)
    return left->score < right->score ? 1 : -1;
  return (left->place > right->place) - (left->place < right->place);
}

static GArray *
rank_all (SacSlideRun *run, size_t model, size_t class_index)
{
  const SacTileList *list = sac_slide_run_get_list (run);
  g_autoptr (SacMap) map = sac_slide_run_get_map (run, model, class_index);
  GArray *ranked = g_array_new (FALSE, FALSE, sizeof (Ranked));

  for (size_t i = 0; i < list->count; i++) {
    Ranked own = {i, map->values[list->tiles[i]]};

    if (!isnan (own.score))
      g_array_append_val (ranked, own);
  }
  g_array_sort (ranked, compare_ranked);
  return ranked;
}

GArray *
sac_slide_find_top (SacSlideRun *run,
                    size_t model,
                    size_t class_index,
                    size_t count)
{
  g_autoptr (GArray) ranked = rank_all (run, model, class_index);
  GArray *top = g_array_new (FALSE, FALSE, sizeof (size_t));

  for (guint i = 0; i < MIN (ranked->len, count); i++)
    g_array_append_val (top, g_array_index (ranked, Ranked, i).place);
  return top;
}

/* Of a cell, as far as it lies on the slide. */
static double
get_cell_area (const SacSlideRun *run,
               const SacGeometry *geometry,
               size_t place)
{
  const SacTileGrid *grid = sac_slide_run_get_grid (run);
  SacRect slide = {0, 0, (double)grid->image_width, (double)grid->image_height};
  double mpp = sac_slide_run_get_mpp (run);
  int row, column;

  get_place (run, place, &row, &column);

  SacRect cell =
    sac_geometry_cell (geometry, grid->rows, grid->columns, row, column);
  SacRect inside = sac_rect_intersect (&cell, &slide);

  return inside.width * inside.height * mpp * mpp / SQUARE_MICROMETRES_PER_MM2;
}

static JsonObject *
describe_tile (const SacSlideRun *run, const Ranked *ranked)
{
  JsonObject *object = json_object_new ();
  int row, column;

  get_place (run, ranked->place, &row, &column);

  SacRect tile =
    sac_tile_grid_get_tile (sac_slide_run_get_grid (run), row, column);

  json_object_set_int_member (object, "row", row);
  json_object_set_int_member (object, "column", column);
  sac_json_set_number (object, "x", tile.x);
  sac_json_set_number (object, "y", tile.y);
  sac_json_set_number (object, "score", ranked->score);
  return object;
}

static JsonObject *
summarize_class (SacSlideRun *run,
                 size_t model,
                 size_t class_index,
                 double threshold,
                 size_t top_count)
{
  g_autoptr (GArray) ranked = rank_all (run, model, class_index);
  SacGeometry geometry =
    sac_tile_grid_get_geometry (sac_slide_run_get_grid (run));
  g_autofree char *name =
    sac_slide_name_class (sac_slide_run_get_model (run, model), class_index);
  JsonObject *object = json_object_new ();
  JsonArray *top = json_array_new ();
  double area = 0, sum = 0;
  gint64 positive = 0;

  for (guint i = 0; i < ranked->len; i++) {
    const Ranked *own = &g_array_index (ranked, Ranked, i);

    sum += own->score;
    if (i < top_count)
      json_array_add_object_element (top, describe_tile (run, own));
    if (own->score < threshold)
      continue;
    positive++;
    area += get_cell_area (run, &geometry, own->place);
  }
  json_object_set_string_member (object, "id", name);
  json_object_set_int_member (object, "positive_tiles", positive);
  sac_json_set_number (object, "positive_mm2", area);
  sac_json_set_number (object, "mean",
                       ranked->len > 0 ? sum / ranked->len : NAN);
  sac_json_set_number (object, "max",
                       ranked->len > 0 ? g_array_index (ranked, Ranked, 0).score
                                       : NAN);
  json_object_set_array_member (object, "top", top);
  return object;
}

static JsonObject *
summarize_tiles (SacSlideRun *run)
{
  const SacTileGrid *grid = sac_slide_run_get_grid (run);
  JsonObject *object = json_object_new ();
  SacSlideProgress progress;

  sac_slide_run_get_progress (run, &progress);
  json_object_set_int_member (object, "rows", grid->rows);
  json_object_set_int_member (object, "columns", grid->columns);
  sac_json_set_number (object, "side_um",
                       grid->input_width * grid->spacing *
                         sac_slide_run_get_mpp (run));
  sac_json_set_number (object, "step_um",
                       grid->stride * grid->spacing *
                         sac_slide_run_get_mpp (run));
  json_object_set_int_member (object, "wanted", (gint64)progress.tile_count);
  json_object_set_int_member (object, "done", (gint64)progress.done_count);
  json_object_set_int_member (object, "unreadable",
                              (gint64)progress.unreadable_count);
  return object;
}

JsonObject *
sac_slide_summarize (SacSlideRun *run, double threshold, size_t top_count)
{
  SacSource *source = sac_slide_run_get_source (run);
  const SacTissue *tissue = sac_slide_run_get_tissue (run);
  double mpp = sac_slide_run_get_mpp (run);
  JsonObject *object = json_object_new ();
  JsonArray *models = json_array_new ();
  g_autofree char *path = g_utf8_make_valid (sac_source_get_path (source), -1);

  json_object_set_string_member (object, "slide", path);
  json_object_set_string_member (object, "hash", sac_source_get_hash (source));
  sac_json_set_number (object, "mpp", mpp);
  sac_json_set_number (object, "tissue_mm2",
                       tissue != NULL ? sac_tissue_get_area (tissue) * mpp *
                                          mpp / SQUARE_MICROMETRES_PER_MM2
                                      : NAN);
  json_object_set_object_member (object, "tiles", summarize_tiles (run));
  sac_json_set_number (object, "threshold", threshold);
  for (size_t m = 0; m < sac_slide_run_get_model_count (run); m++) {
    const SacSlideModel *model = sac_slide_run_get_model (run, m);
    JsonObject *own = json_object_new ();
    JsonArray *classes = json_array_new ();

    json_object_set_string_member (own, "id", sac_model_get_id (model->model));
    for (size_t c = 0; c < model->width; c++)
      json_array_add_object_element (classes,
                                     summarize_class (run, m, c, threshold,
                                                      top_count));
    json_object_set_array_member (own, "classes", classes);
    json_array_add_object_element (models, own);
  }
  json_object_set_array_member (object, "models", models);
  return object;
}
