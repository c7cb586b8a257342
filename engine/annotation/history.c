/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "annotation/history.h"

#include "base/error.h"
#include "base/limits.h"

/* An item that comes, goes or is another, or a class that is another.  Owns
 * what is not in the set at the moment, and copies of the rest. */
typedef struct {
  guint index;
  SacAnnotation *before, *after; /* NULL: was not there; is no longer there */
  bool is_class;
  SacAnnotationClass class_before, class_after;
} Change;

typedef struct {
  guint64 id; /* never used again */
  const char *title;
  char *key;
  GPtrArray *changes; /* of Change */
  guint64 point_count;
} Step;

struct SacAnnotationHistory {
  SacAnnotations *set;
  GQueue done;         /* of Step, the last one at the tail */
  GQueue undone;       /* the one undone last at the tail */
  guint64 point_count; /* of all steps done */
  guint64 next_id, serial;
  guint64 base_id;  /* of the step before the first that is kept */
  guint64 saved_id; /* of the last step when it was saved */
  Step *open;       /* being made; NULL: none */
  bool is_sealed;
};

static void
change_free (Change *change)
{
  sac_annotation_free (change->before);
  sac_annotation_free (change->after);
  g_free (change->class_before.name);
  g_free (change->class_after.name);
  g_free (change);
}

static void
step_free (Step *step)
{
  g_ptr_array_unref (step->changes);
  g_free (step->key);
  g_free (step);
}

SacAnnotationHistory *
sac_annotation_history_new_take (SacAnnotations *set)
{
  SacAnnotationHistory *history = g_new0 (SacAnnotationHistory, 1);

  history->set = set;
  history->next_id = 1;
  return history;
}

void
sac_annotation_history_free (SacAnnotationHistory *history)
{
  if (history == NULL)
    return;
  g_queue_clear_full (&history->done, (GDestroyNotify)step_free);
  g_queue_clear_full (&history->undone, (GDestroyNotify)step_free);
  g_clear_pointer (&history->open, step_free);
  sac_annotations_free (history->set);
  g_free (history);
}

SacAnnotations *
sac_annotation_history_get_set (const SacAnnotationHistory *history)
{
  return history->set;
}

static Step *
step_new (SacAnnotationHistory *history, const char *title, const char *key)
{
  Step *step = g_new0 (Step, 1);

  step->id = history->next_id++;
  step->title = title;
  step->key = g_strdup (key);
  step->changes = g_ptr_array_new_with_free_func ((GDestroyNotify)change_free);
  return step;
}

void
sac_annotation_history_begin (SacAnnotationHistory *history,
                              const char *title,
                              const char *key)
{
  g_assert (history->open == NULL);
  history->open = step_new (history, title, key);
}

static void
drop_oldest (SacAnnotationHistory *history)
{
  while (history->point_count > SAC_LIMIT_HISTORY_POINTS &&
         history->done.length > 1) {
    Step *step = g_queue_pop_head (&history->done);

    history->point_count -= step->point_count;
    history->base_id = step->id;
    step_free (step);
  }
}

/* Joins it with the last one where both change one and the same item. */
static bool
coalesce (SacAnnotationHistory *history, Step *step)
{
  Step *last = g_queue_peek_tail (&history->done);

  if (last == NULL || history->is_sealed || step->key == NULL ||
      g_strcmp0 (last->key, step->key) != 0 || last->changes->len != 1 ||
      step->changes->len != 1 || last->id == history->saved_id)
    return false;

  Change *older = last->changes->pdata[0], *newer = step->changes->pdata[0];

  if (older->is_class || newer->is_class || older->index != newer->index ||
      newer->before == NULL || newer->after == NULL || older->after == NULL)
    return false;

  guint64 points = sac_annotation_count_points (newer->after);

  history->point_count -= sac_annotation_count_points (older->after);
  last->point_count -= sac_annotation_count_points (older->after);
  history->point_count += points;
  last->point_count += points;
  sac_annotation_free (older->after);
  older->after = g_steal_pointer (&newer->after);
  last->id = step->id;
  return true;
}

void
sac_annotation_history_end (SacAnnotationHistory *history)
{
  Step *step = g_steal_pointer (&history->open);

  g_assert (step != NULL);
  if (step->changes->len == 0) {
    step_free (step);
    return;
  }
  history->serial++;
  g_queue_clear_full (&history->undone, (GDestroyNotify)step_free);
  if (coalesce (history, step)) {
    step_free (step);
  } else {
    g_queue_push_tail (&history->done, step);
    history->point_count += step->point_count;
    drop_oldest (history);
  }
  history->is_sealed = false;
}

void
sac_annotation_history_seal (SacAnnotationHistory *history)
{
  history->is_sealed = true;
}

static void
apply_class (SacAnnotations *set, guint index, const SacAnnotationClass *wanted)
{
  SacAnnotationClass *class = set->classes->pdata[index];

  g_free (class->name);
  class->name = g_strdup (wanted->name);
  class->rgb = wanted->rgb;
}

/* From what was before to what was after, or back. */
static void
apply (SacAnnotations *set, const Change *change, bool forward)
{
  const SacAnnotation *from = forward ? change->before : change->after;
  const SacAnnotation *to = forward ? change->after : change->before;

  if (change->is_class) {
    apply_class (set, change->index,
                 forward ? &change->class_after : &change->class_before);
    return;
  }
  if (from != NULL) {
    set->point_count -= sac_annotation_count_points (from);
    g_ptr_array_remove_index (set->items, change->index);
  }
  if (to != NULL) {
    set->point_count += sac_annotation_count_points (to);
    g_ptr_array_insert (set->items, (int)change->index,
                        sac_annotation_copy (to));
  }
}

static bool
has_room (const SacAnnotations *set,
          const SacAnnotation *before,
          const SacAnnotation *after,
          GError **error)
{
  guint64 count = set->point_count + sac_annotation_count_points (after) -
                  (before != NULL ? sac_annotation_count_points (before) : 0);

  if (count <= SAC_LIMIT_ANNOTATION_POINTS)
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
               "there would be more than %d points",
               SAC_LIMIT_ANNOTATION_POINTS);
  return false;
}

static void
make (SacAnnotationHistory *history, Change *change)
{
  bool alone = history->open == NULL;

  if (alone)
    sac_annotation_history_begin (history, "", NULL);
  apply (history->set, change, true);
  g_ptr_array_add (history->open->changes, change);
  if (change->before != NULL)
    history->open->point_count += sac_annotation_count_points (change->before);
  if (change->after != NULL)
    history->open->point_count += sac_annotation_count_points (change->after);
  if (alone)
    sac_annotation_history_end (history);
}

bool
sac_annotation_history_insert (SacAnnotationHistory *history,
                               guint index,
                               SacAnnotation *item,
                               GError **error)
{
  g_assert (index <= history->set->items->len);
  if (!has_room (history->set, NULL, item, error)) {
    sac_annotation_free (item);
    return false;
  }

  Change *change = g_new0 (Change, 1);

  change->index = index;
  change->after = item;
  make (history, change);
  return true;
}

bool
sac_annotation_history_replace (SacAnnotationHistory *history,
                                guint index,
                                SacAnnotation *item,
                                GError **error)
{
  const SacAnnotation *before = history->set->items->pdata[index];

  if (!has_room (history->set, before, item, error)) {
    sac_annotation_free (item);
    return false;
  }

  Change *change = g_new0 (Change, 1);

  change->index = index;
  change->before = sac_annotation_copy (before);
  change->after = item;
  make (history, change);
  return true;
}

void
sac_annotation_history_remove (SacAnnotationHistory *history, guint index)
{
  Change *change = g_new0 (Change, 1);

  change->index = index;
  change->before = sac_annotation_copy (history->set->items->pdata[index]);
  make (history, change);
}

void
sac_annotation_history_set_class (SacAnnotationHistory *history,
                                  guint index,
                                  const char *name,
                                  uint32_t rgb)
{
  const SacAnnotationClass *class = history->set->classes->pdata[index];
  Change *change = g_new0 (Change, 1);

  change->index = index;
  change->is_class = true;
  change->class_before =
    (SacAnnotationClass){g_strdup (class->name), class->rgb};
  change->class_after = (SacAnnotationClass){g_strdup (name), rgb & 0xffffff};
  make (history, change);
}

static const char *
get_title (const GQueue *steps)
{
  const Step *step = g_queue_peek_tail ((GQueue *)steps);

  return step != NULL ? step->title : NULL;
}

const char *
sac_annotation_history_get_undo (const SacAnnotationHistory *history)
{
  return get_title (&history->done);
}

const char *
sac_annotation_history_get_redo (const SacAnnotationHistory *history)
{
  return get_title (&history->undone);
}

/* Applies all of a step; the index is that of the item it leaves behind last.
 */
static int
run_step (SacAnnotationHistory *history, const Step *step, bool forward)
{
  int index = -1;

  for (guint i = 0; i < step->changes->len; i++) {
    const Change *change =
      step->changes->pdata[forward ? i : step->changes->len - 1 - i];
    const SacAnnotation *left = forward ? change->after : change->before;

    apply (history->set, change, forward);
    if (left != NULL)
      index = (int)change->index;
  }
  history->serial++;
  history->is_sealed = true;
  return index;
}

void
sac_annotation_history_undo (SacAnnotationHistory *history, int *ret_index)
{
  Step *step = g_queue_pop_tail (&history->done);
  int index = -1;

  if (step != NULL) {
    index = run_step (history, step, false);
    history->point_count -= step->point_count;
    g_queue_push_tail (&history->undone, step);
  }
  if (ret_index != NULL)
    *ret_index = index;
}

void
sac_annotation_history_redo (SacAnnotationHistory *history, int *ret_index)
{
  Step *step = g_queue_pop_tail (&history->undone);
  int index = -1;

  if (step != NULL) {
    index = run_step (history, step, true);
    history->point_count += step->point_count;
    g_queue_push_tail (&history->done, step);
  }
  if (ret_index != NULL)
    *ret_index = index;
}

static guint64
get_last_id (const SacAnnotationHistory *history)
{
  const Step *step = g_queue_peek_tail ((GQueue *)&history->done);

  return step != NULL ? step->id : history->base_id;
}

bool
sac_annotation_history_is_changed (const SacAnnotationHistory *history)
{
  return get_last_id (history) != history->saved_id;
}

void
sac_annotation_history_mark_saved (SacAnnotationHistory *history)
{
  history->saved_id = get_last_id (history);
}

guint64
sac_annotation_history_get_serial (const SacAnnotationHistory *history)
{
  return history->serial;
}
