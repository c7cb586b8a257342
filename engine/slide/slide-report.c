/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "slide/slide-report.h"

#include "annotation/annotation-file.h"
#include "base/json.h"
#include "slide/slide-table.h"

#include <math.h>

#define SQUARE_MICROMETRES_PER_MM2 1e6

char *
sac_slide_name_label (const SacManifestOutput *output, size_t class_index)
{
  if (class_index < output->label_count)
    return g_utf8_make_valid (output->labels[class_index].id, -1);
  return g_strdup_printf ("%zu", class_index);
}

char *
sac_slide_name_class (const SacSlideModel *model, size_t class_index)
{
  return sac_slide_name_label (model->output, class_index);
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

GArray *
sac_slide_find_gaps (SacSlideRun *run)
{
  const SacTileGrid *grid = sac_slide_run_get_grid (run);
  SacGeometry geometry = sac_tile_grid_get_geometry (grid);
  GArray *gaps = g_array_new (FALSE, FALSE, sizeof (SacRect));

  for (size_t i = 0; i < sac_slide_run_get_list (run)->count; i++) {
    SacTileStatus status = sac_slide_run_get_status (run, i);
    int row, column;

    if (status != SAC_TILE_UNREADABLE && status != SAC_TILE_WAITING)
      continue;
    sac_slide_table_get_place (run, i, &row, &column);

    SacRect cell =
      sac_geometry_cell (&geometry, grid->rows, grid->columns, row, column);

    g_array_append_val (gaps, cell);
  }
  return gaps;
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

  sac_slide_table_get_place (run, place, &row, &column);

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

  sac_slide_table_get_place (run, ranked->place, &row, &column);

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
