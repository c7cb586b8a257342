/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "run-result.h"

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
  bool grows;
  char *const *wanted; /* keys of items; where it grows */
  JsonArray *poolings; /* in the run's order; NULL where it grows */
  SacJob *job;
} Collecting;

static void
item_free (SacRunItem *item)
{
  g_clear_pointer (&item->map, sac_map_unref);
  g_free (item->class_name);
  g_free (item);
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
  for (size_t i = 0; i < result->model_count; i++)
    sac_top_tiles_free (result->models[i].top);
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
  result->model_count = model_count;
  result->models = g_new0 (SacRunModel, model_count);
  return result;
}

char *
sac_run_item_dup_key (const SacRunItem *item)
{
  return g_strdup_printf ("%zu %s %s", item->model, item->label,
                          item->class_name != NULL ? item->class_name : "");
}

int
sac_run_result_find_item (const SacRunResult *result, const char *key)
{
  for (guint i = 0; i < result->items->len; i++) {
    g_autofree char *own = sac_run_item_dup_key (result->items->pdata[i]);

    if (strcmp (own, key) == 0)
      return (int)i;
  }
  return -1;
}

/* The class that a model of tiles is shown with first: the one that is
 * explained, else the last, which is the positive one of two. */
static size_t
choose_class (const SacSlideModel *info, const char *class_text)
{
  int64_t index = -1;

  if (class_text != NULL)
    index = sac_model_find_class (info->model, info->output_index, info->width,
                                  class_text, NULL);
  return index >= 0 ? (size_t)index : info->width - 1;
}

static bool
is_kept (size_t class_index, size_t chosen)
{
  return class_index == chosen || class_index < SAC_RUN_CLASSES_MOST;
}

static SacRunItem *
add_item (Collecting *self, size_t model, const char *label, char *class_name)
{
  SacRunItem *item = g_new0 (SacRunItem, 1);

  item->model = model;
  item->label = label;
  item->class_name = class_name;
  g_ptr_array_add (self->result->items, item);
  return item;
}

static bool
is_wanted (const Collecting *self, const SacRunItem *item, bool is_first)
{
  const char *const *wanted = (const char *const *)self->wanted;
  g_autofree char *key = sac_run_item_dup_key (item);

  if (!self->grows)
    return true;
  if (is_first && (wanted == NULL || g_strv_contains (wanted, SAC_RUN_FIRST)))
    return true;
  return wanted != NULL && g_strv_contains (wanted, key);
}

static void
add_classes (Collecting *self, size_t place)
{
  SacRunModel *model = &self->result->models[place];
  SacSlideRun *run = self->task->run;
  const SacSlideModel *info = sac_slide_run_get_model (run, model->place.index);

  model->class_index = choose_class (info, self->class_text);
  for (size_t c = 0; c < info->width; c++) {
    SacRunItem *item;

    if (!is_kept (c, model->class_index))
      continue;
    if (c == model->class_index)
      model->shown = self->result->items->len;
    item = add_item (self, place, N_ ("Tile probability"),
                     sac_slide_name_class (info, c));
    if (is_wanted (self, item, c == model->class_index))
      item->map = sac_slide_run_get_map (run, model->place.index, c);
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
  bool of_class = evidence || bag->bag->branch_count > 1;
  size_t count = evidence ? bag->bag->class_count : bag->bag->branch_count;
  size_t chosen = evidence ? model->class_index
                           : sac_bag_get_branch (bag->bag, model->class_index);

  for (size_t c = 0; sac_slide_bag_has (bag, kind) && c < count; c++) {
    bool is_first = kind == SAC_BAG_TIMES_N && c == chosen;
    SacRunItem *item;

    if (!is_kept (c, chosen))
      continue;
    if (is_first)
      model->shown = self->result->items->len;
    item = add_item (self, place, sac_bag_kind_get_label (kind),
                     of_class ? sac_slide_bag_name_class (bag, c) : NULL);
    if (is_wanted (self, item, is_first))
      item->map = sac_slide_bag_get_map (bag, self->task->run,
                                         model->place.index, kind, c);
  }
}

static void
add_bag (Collecting *self, const SacSlideBag *bag, size_t place)
{
  self->result->models[place].class_index =
    sac_slide_bag_choose_class (bag, self->class_text);
  for (SacBagKind kind = SAC_BAG_TIMES_N; kind <= SAC_BAG_EVIDENCE; kind++)
    add_bag_maps (self, bag, place, kind);
}

static bool
add_pooling (Collecting *self,
             const SacSlideBag *known,
             size_t place,
             GError **error)
{
  size_t index = self->result->models[place].place.index;
  g_autoptr (SacSlideBag) own =
    known == NULL
      ? sac_slide_run_pool (self->task->run, index, self->job, error)
      : NULL;
  const SacSlideBag *bag = known != NULL ? known : own;

  if (bag == NULL)
    return false;
  add_bag (self, bag, place);
  self->result->models[place].top =
    sac_top_tiles_new_for_bag (self->task->run, index, bag,
                               self->result->models[place].class_index,
                               SAC_RUN_TILE_COUNT, SAC_RUN_TILE_SIDE, self->job,
                               error);
  json_array_add_object_element (self->poolings,
                                 sac_slide_bag_summarize (bag, self->task->run,
                                                          index,
                                                          SAC_RUN_TILE_COUNT));
  return self->result->models[place].top != NULL;
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
    add_item (self, find_place (self, model), method->label,
              map->class_specific ? g_strdup (self->class_text) : NULL)
      ->map = map;
  }
  return true;
}

static bool
add_tiles (Collecting *self, size_t place, GError **error)
{
  SacRunModel *model = &self->result->models[place];

  model->top =
    sac_top_tiles_new (self->task->run, model->place.index, model->class_index,
                       SAC_RUN_TILE_COUNT, SAC_RUN_TILE_SIDE, self->job, error);
  return model->top != NULL;
}

SacRunResult *
sac_run_result_collect_growing (const SacRunSubject *subject,
                                SacSlideBag *const *bags,
                                char *const *wanted)
{
  SacRunResult *result = result_new (subject->model_count);
  Collecting self = {.task = subject->task,
                     .model_count = subject->model_count,
                     .class_text = subject->class_text,
                     .result = result,
                     .grows = true,
                     .wanted = wanted};

  for (size_t i = 0; i < subject->model_count; i++) {
    result->models[i].place = subject->task->places[i];
    if (!subject->task->places[i].pools)
      add_classes (&self, i);
    else if (bags[i] != NULL)
      add_bag (&self, bags[i], i);
  }
  return result;
}

SacRunResult *
sac_run_result_collect (const SacRunSubject *subject,
                        SacSlideBag *const *bags,
                        SacJob *job,
                        GError **error)
{
  const SacSlideTask *task = subject->task;
  size_t model_count = subject->model_count;
  g_autoptr (SacRunResult) result = result_new (model_count);
  g_autoptr (JsonArray) poolings = json_array_new ();
  Collecting self = {.task = task,
                     .model_count = model_count,
                     .class_text = subject->class_text,
                     .result = result,
                     .poolings = poolings,
                     .job = job};

  for (size_t i = 0; i < model_count; i++) {
    result->models[i].place = task->places[i];
    if (!task->places[i].pools)
      add_classes (&self, i);
    else if (!add_pooling (&self, bags[i], i, error))
      return NULL;
  }
  if (!add_methods (&self, error))
    return NULL;
  for (size_t i = 0; i < model_count; i++)
    if (!task->places[i].pools && !add_tiles (&self, i, error))
      return NULL;
  result->summary =
    sac_slide_summarize (task->run, SAC_RUN_POSITIVE, SAC_RUN_TILE_COUNT);
  json_object_set_array_member (result->summary, "poolings",
                                g_steal_pointer (&poolings));
  sac_slide_run_get_progress (task->run, &result->progress);
  return sac_job_check (job, error) ? g_steal_pointer (&result) : NULL;
}
