/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "run-result.h"

#include "image/resize.h"
#include "slide/slide-pool-report.h"
#include "slide/slide-report.h"
#include "slide/slide-stitch.h"

#include <glib/gi18n.h>
#include <string.h>

typedef struct {
  const SacSlideTask *task;
  size_t model_count;
  const char *class_text;
  SacRunResult *result;
  JsonArray *poolings; /* in the run's order */
  SacJob *job;
} Collecting;

static void
item_free (SacRunItem *item)
{
  sac_map_unref (item->map);
  g_free (item->class_name);
  g_free (item);
}

static void
tile_free (SacRunTile *tile)
{
  sac_image_unref (tile->pixels);
  g_free (tile);
}

SacRunResult *
sac_run_result_ref (SacRunResult *result)
{
  g_atomic_ref_count_inc (&result->ref_count);
  return result;
}

void
sac_run_result_unref (SacRunResult *result)
{
  if (result == NULL || !g_atomic_ref_count_dec (&result->ref_count))
    return;
  g_ptr_array_unref (result->items);
  g_ptr_array_unref (result->tiles);
  g_clear_pointer (&result->summary, json_object_unref);
  g_free (result->models);
  g_free (result);
}

static SacRunResult *
result_new (size_t model_count)
{
  SacRunResult *result = g_new0 (SacRunResult, 1);

  g_atomic_ref_count_init (&result->ref_count);
  result->items = g_ptr_array_new_with_free_func ((GDestroyNotify)item_free);
  result->tiles = g_ptr_array_new_with_free_func ((GDestroyNotify)tile_free);
  result->models = g_new0 (SacRunModel, model_count);
  return result;
}

size_t
sac_run_result_choose_class (const SacSlideRun *run,
                             size_t model,
                             const char *class_text)
{
  const SacSlideModel *info = sac_slide_run_get_model (run, model);
  int64_t index = -1;

  if (class_text != NULL)
    index = sac_model_find_class (info->model, info->output_index, info->width,
                                  class_text, NULL);
  return index >= 0 ? (size_t)index : info->width - 1;
}

/* The same of a pooling model. */
static size_t
choose_bag_class (const SacSlideBag *bag, const char *class_text)
{
  for (size_t c = 0; class_text != NULL && c < bag->bag->class_count; c++) {
    g_autofree char *name = sac_slide_bag_name_class (bag, c);

    if (strcmp (name, class_text) == 0)
      return c;
  }
  return bag->bag->class_count - 1;
}

static bool
is_kept (size_t class_index, size_t chosen)
{
  return class_index == chosen || class_index < SAC_RUN_CLASSES_MOST;
}

static void
add_item (Collecting *self,
          SacMap *map,
          size_t model,
          const char *label,
          char *class_name)
{
  SacRunItem *item = g_new0 (SacRunItem, 1);

  item->map = map;
  item->model = model;
  item->label = label;
  item->class_name = class_name;
  g_ptr_array_add (self->result->items, item);
}

static void
add_classes (Collecting *self, size_t place)
{
  SacRunModel *model = &self->result->models[place];
  SacSlideRun *run = self->task->run;
  const SacSlideModel *info = sac_slide_run_get_model (run, model->place.index);

  model->class_index =
    sac_run_result_choose_class (run, model->place.index, self->class_text);
  for (size_t c = 0; c < info->width; c++) {
    if (!is_kept (c, model->class_index))
      continue;
    if (c == model->class_index)
      model->shown = self->result->items->len;
    add_item (self, sac_slide_run_get_map (run, model->place.index, c), place,
              N_ ("Tile probability"), sac_slide_name_class (info, c));
  }
}

static void
add_bag_maps (Collecting *self,
              const SacSlideBag *bag,
              size_t place,
              SacBagKind kind)
{
  SacRunModel *model = &self->result->models[place];
  bool evidence = kind == SAC_BAG_EVIDENCE;
  size_t count = evidence ? bag->bag->class_count : bag->bag->branch_count;
  size_t chosen = evidence ? model->class_index
                           : sac_bag_get_branch (bag->bag, model->class_index);

  for (size_t c = 0; sac_slide_bag_has (bag, kind) && c < count; c++) {
    if (!is_kept (c, chosen))
      continue;
    if (kind == SAC_BAG_TIMES_N && c == chosen)
      model->shown = self->result->items->len;

    SacMap *map =
      sac_slide_bag_get_map (bag, self->task->run, model->place.index, kind, c);

    add_item (self, map, place, sac_bag_kind_get_label (kind),
              map->class_specific ? sac_slide_bag_name_class (bag, c) : NULL);
  }
}

static bool
add_pooling (Collecting *self, size_t place, GError **error)
{
  SacRunModel *model = &self->result->models[place];
  g_autoptr (SacSlideBag) bag =
    sac_slide_run_pool (self->task->run, model->place.index, self->job, error);

  if (bag == NULL)
    return false;
  model->class_index = choose_bag_class (bag, self->class_text);
  for (SacBagKind kind = SAC_BAG_TIMES_N; kind <= SAC_BAG_EVIDENCE; kind++)
    add_bag_maps (self, bag, place, kind);
  json_array_add_object_element (self->poolings,
                                 sac_slide_bag_summarize (bag, self->task->run,
                                                          model->place.index,
                                                          SAC_RUN_TILE_COUNT));
  return true;
}

/* The place in the order of one of the run's models of tiles; of one that is
 * there as an encoder alone, the pooling model's. */
static size_t
find_place (const Collecting *self, size_t model)
{
  size_t found = 0;

  for (size_t i = self->model_count; i-- > 0;) {
    const SacSlidePlace *place = &self->task->places[i];
    size_t encoder = model;

    if (place->pools)
      sac_slide_run_get_pooling (self->task->run, place->index, &encoder);
    else if (place->index == model)
      return i;
    if (place->pools && encoder == model)
      found = i;
  }
  return found;
}

static bool
add_methods (Collecting *self, GError **error)
{
  SacSlideRun *run = self->task->run;

  for (size_t i = 0; i < sac_slide_run_get_method_count (run); i++) {
    size_t model;
    const SacMethod *method = sac_slide_run_get_method (run, i, &model);
    SacMap *map = sac_slide_run_stitch (run, i, self->job, error);

    if (map == NULL)
      return false;
    add_item (self, map, find_place (self, model), method->label,
              map->class_specific ? g_strdup (self->class_text) : NULL);
  }
  return true;
}

static void
add_tiles (Collecting *self, size_t place)
{
  const SacRunModel *model = &self->result->models[place];
  SacSlideRun *run = self->task->run;
  g_autoptr (GArray) top =
    sac_slide_find_top (run, model->place.index, model->class_index,
                        SAC_RUN_TILE_COUNT);
  const SacTileGrid *grid = sac_slide_run_get_grid (run);
  const SacRunItem *item = self->result->items->pdata[model->shown];

  for (guint i = 0; i < top->len; i++) {
    uint32_t cell =
      sac_slide_run_get_list (run)->tiles[g_array_index (top, size_t, i)];
    SacRunTile *tile = g_new0 (SacRunTile, 1);

    tile->model = place;
    tile->score = item->map->values[cell];
    tile->rect =
      sac_tile_grid_get_tile (grid, (int)(cell / (uint32_t)grid->columns),
                              (int)(cell % (uint32_t)grid->columns));
    tile->pixels =
      sac_source_read_region (sac_slide_run_get_source (run), &tile->rect,
                              SAC_RUN_TILE_SIDE, SAC_RUN_TILE_SIDE,
                              SAC_FILTER_BICUBIC, SAC_COLORS_DISPLAY, self->job,
                              NULL);
    g_ptr_array_add (self->result->tiles, tile);
  }
}

SacRunResult *
sac_run_result_collect (const SacSlideTask *task,
                        size_t model_count,
                        const char *class_text,
                        SacJob *job,
                        GError **error)
{
  g_autoptr (SacRunResult) result = result_new (model_count);
  g_autoptr (JsonArray) poolings = json_array_new ();
  Collecting self = {task, model_count, class_text, result, poolings, job};

  for (size_t i = 0; i < model_count; i++) {
    result->models[i].place = task->places[i];
    if (!task->places[i].pools)
      add_classes (&self, i);
    else if (!add_pooling (&self, i, error))
      return NULL;
  }
  if (!add_methods (&self, error))
    return NULL;
  for (size_t i = 0; i < model_count; i++)
    if (!task->places[i].pools)
      add_tiles (&self, i);
  result->summary =
    sac_slide_summarize (task->run, SAC_RUN_POSITIVE, SAC_RUN_TILE_COUNT);
  json_object_set_array_member (result->summary, "poolings",
                                g_steal_pointer (&poolings));
  sac_slide_run_get_progress (task->run, &result->progress);
  return sac_job_check (job, error) ? g_steal_pointer (&result) : NULL;
}
