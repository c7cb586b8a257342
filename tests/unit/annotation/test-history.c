/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "annotation/annotation-file.h"
#include "annotation/history.h"
#include "annotation/measure.h"

#include <math.h>

static SacAnnotation *
new_rectangle (double x, double y, double width, double height)
{
  SacAnnotation *item = sac_annotation_new (SAC_ANNOTATION_POLYGON, "", -1);
  GArray *ring = sac_annotation_add_ring (item);
  SacPoint points[] = {{x, y},
                       {x + width, y},
                       {x + width, y + height},
                       {x, y + height}};

  g_array_append_vals (ring, points, 4);
  g_assert_true (sac_annotation_finish (item));
  return item;
}

static void
insert (SacAnnotationHistory *history, SacAnnotation *item)
{
  guint count = sac_annotation_history_get_set (history)->items->len;

  g_assert_true (sac_annotation_history_insert (history, count, item, NULL));
}

static void
replace (SacAnnotationHistory *history, guint index, SacAnnotation *item)
{
  g_assert_true (sac_annotation_history_replace (history, index, item, NULL));
}

static char *
write_down (const SacAnnotationHistory *history)
{
  return sac_annotations_to_geojson (sac_annotation_history_get_set (history));
}

/* Every state on the way back and forth is the one on the way there. */
static void
test_back_and_forth (void)
{
  g_autoptr (SacAnnotationHistory) history =
    sac_annotation_history_new_take (sac_annotations_new ());
  SacAnnotations *set = sac_annotation_history_get_set (history);
  g_autoptr (GPtrArray) states = g_ptr_array_new_with_free_func (g_free);
  int index;

  sac_annotations_add_class (set, "Tumor", 0xff0000);
  g_ptr_array_add (states, write_down (history));
  insert (history, new_rectangle (0, 0, 10, 10));
  g_ptr_array_add (states, write_down (history));
  insert (history, new_rectangle (5, 5, 20, 10));
  g_ptr_array_add (states, write_down (history));
  replace (history, 0, new_rectangle (1, 1, 10, 10));
  g_ptr_array_add (states, write_down (history));
  sac_annotation_history_begin (history, "both", NULL);
  sac_annotation_history_remove (history, 1);
  sac_annotation_history_remove (history, 0);
  sac_annotation_history_end (history);
  g_ptr_array_add (states, write_down (history));
  g_assert_cmpuint (set->point_count, ==, 0);
  g_assert_cmpstr (sac_annotation_history_get_undo (history), ==, "both");
  for (int turn = 0; turn < 3; turn++) {
    for (int i = 3; i >= 0; i--) {
      sac_annotation_history_undo (history, &index);

      g_autofree char *now = write_down (history);

      g_assert_cmpstr (now, ==, states->pdata[i]);
    }
    g_assert_cmpint (index, ==, -1);
    g_assert_null (sac_annotation_history_get_undo (history));
    sac_annotation_history_undo (history, NULL);
    for (int i = 1; i < 5; i++) {
      sac_annotation_history_redo (history, &index);

      g_autofree char *now = write_down (history);

      g_assert_cmpstr (now, ==, states->pdata[i]);
    }
    g_assert_null (sac_annotation_history_get_redo (history));
  }
}

static void
test_classes (void)
{
  g_autoptr (SacAnnotationHistory) history =
    sac_annotation_history_new_take (sac_annotations_new ());
  SacAnnotations *set = sac_annotation_history_get_set (history);
  SacAnnotationClass *class;

  sac_annotations_add_class (set, "Tumor", 0xff0000);
  class = set->classes->pdata[0];
  sac_annotation_history_set_class (history, 0, "Stroma", 0x00ff00);
  g_assert_cmpstr (class->name, ==, "Stroma");
  sac_annotation_history_undo (history, NULL);
  g_assert_cmpstr (class->name, ==, "Tumor");
  g_assert_cmphex (class->rgb, ==, 0xff0000);
  sac_annotation_history_redo (history, NULL);
  g_assert_cmphex (class->rgb, ==, 0x00ff00);
}

static void
move (SacAnnotationHistory *history, double x, const char *key)
{
  sac_annotation_history_begin (history, "move", key);
  replace (history, 0, new_rectangle (x, 0, 5, 5));
  sac_annotation_history_end (history);
}

static double
get_x (SacAnnotationHistory *history)
{
  return sac_annotation_get_bounds (
           sac_annotation_history_get_set (history)->items->pdata[0])
    .x;
}

/* Moves by keys in a row are one step, others are not. */
static void
test_coalesce (void)
{
  g_autoptr (SacAnnotationHistory) history =
    sac_annotation_history_new_take (sac_annotations_new ());

  insert (history, new_rectangle (0, 0, 5, 5));
  for (int i = 1; i <= 10; i++)
    move (history, i, "move-0");
  sac_annotation_history_seal (history);
  move (history, 20, "move-0");
  move (history, 21, "other");
  g_assert_cmpfloat (get_x (history), ==, 21);
  sac_annotation_history_undo (history, NULL);
  g_assert_cmpfloat (get_x (history), ==, 20);
  sac_annotation_history_undo (history, NULL);
  g_assert_cmpfloat (get_x (history), ==, 10);
  sac_annotation_history_undo (history, NULL);
  g_assert_cmpfloat (get_x (history), ==, 0);
  sac_annotation_history_redo (history, NULL);
  g_assert_cmpfloat (get_x (history), ==, 10);
  /* What was undone is no step to join. */
  move (history, 30, "move-0");
  sac_annotation_history_undo (history, NULL);
  g_assert_cmpfloat (get_x (history), ==, 10);
}

static void
test_saved (void)
{
  g_autoptr (SacAnnotationHistory) history =
    sac_annotation_history_new_take (sac_annotations_new ());

  g_assert_false (sac_annotation_history_is_changed (history));
  insert (history, new_rectangle (0, 0, 5, 5));
  g_assert_true (sac_annotation_history_is_changed (history));
  sac_annotation_history_undo (history, NULL);
  g_assert_false (sac_annotation_history_is_changed (history));
  sac_annotation_history_redo (history, NULL);
  move (history, 1, "key");
  sac_annotation_history_mark_saved (history);
  /* A step that was saved is not joined with what comes after. */
  move (history, 2, "key");
  g_assert_true (sac_annotation_history_is_changed (history));
  sac_annotation_history_undo (history, NULL);
  g_assert_false (sac_annotation_history_is_changed (history));
  g_assert_cmpfloat (get_x (history), ==, 1);
  sac_annotation_history_undo (history, NULL);
  g_assert_true (sac_annotation_history_is_changed (history));
  move (history, 1, NULL);
  g_assert_true (sac_annotation_history_is_changed (history));
}

static SacAnnotation *
new_large (void)
{
  SacAnnotation *item = sac_annotation_new (SAC_ANNOTATION_RULER, "", -1);

  g_array_set_size (sac_annotation_add_ring (item), 1000000);
  return item;
}

/* Old steps go when there are too many points; the rest can be undone. */
static void
test_bounded (void)
{
  g_autoptr (SacAnnotationHistory) history =
    sac_annotation_history_new_take (sac_annotations_new ());
  g_autoptr (GError) error = NULL;
  int undone = 0;

  for (int i = 0; i < 8; i++)
    insert (history, new_large ());
  g_assert_false (
    sac_annotation_history_insert (history, 0, new_large (), &error));
  g_assert_nonnull (error);
  g_assert_cmpuint (sac_annotation_history_get_set (history)->items->len, ==,
                    8);
  while (sac_annotation_history_get_undo (history) != NULL) {
    sac_annotation_history_undo (history, NULL);
    undone++;
  }
  g_assert_cmpint (undone, ==, 4);
  g_assert_true (sac_annotation_history_is_changed (history));
}

static void
test_measures (void)
{
  g_autoptr (SacAnnotation) item = new_rectangle (1e6, 1e6, 30, 40);
  GArray *hole = sac_annotation_add_ring (item);
  SacPoint points[] = {{1e6 + 10, 1e6 + 10},
                       {1e6 + 20, 1e6 + 10},
                       {1e6 + 20, 1e6 + 20}};
  guint ring, point;

  g_assert_cmpfloat (sac_annotation_get_area (item), ==, 1200);
  g_assert_cmpfloat (sac_annotation_get_length (item), ==, 140);
  g_array_append_vals (hole, points, 3);
  g_assert_cmpfloat (sac_annotation_get_area (item), ==, 1150);
  g_assert_cmpfloat_with_epsilon (sac_annotation_get_length (item),
                                  160 + sqrt (200), 1e-9);
  g_assert_true (sac_annotation_contains (item, 1e6 + 5, 1e6 + 5));
  g_assert_false (sac_annotation_contains (item, 1e6 + 19, 1e6 + 12));
  g_assert_false (sac_annotation_contains (item, 1e6 + 31, 1e6 + 5));
  g_assert_cmpfloat (sac_annotation_find_vertex (item, 1e6 + 19, 1e6 + 20,
                                                 &ring, &point),
                     ==, 1);
  g_assert_cmpuint (ring, ==, 1);
  g_assert_cmpuint (point, ==, 2);
  g_assert_cmpfloat (sac_annotation_find_side (item, 1e6 + 15, 1e6 - 2, &ring,
                                               &point),
                     ==, 2);
  g_assert_cmpuint (ring, ==, 0);
  g_assert_cmpuint (point, ==, 1);
}

static void
test_find (void)
{
  g_autoptr (SacAnnotations) set = sac_annotations_new ();
  SacAnnotation *mark = sac_annotation_new (SAC_ANNOTATION_POINT, "", -1);
  SacPoint at = {50, 50};

  g_array_append_val (sac_annotation_add_ring (mark), at);
  g_ptr_array_add (set->items, new_rectangle (10, 10, 20, 20));
  g_ptr_array_add (set->items, new_rectangle (0, 0, 100, 100));
  g_ptr_array_add (set->items, mark);
  g_assert_cmpint (sac_annotations_find_at (set, 20, 20, 3), ==, 0);
  g_assert_cmpint (sac_annotations_find_at (set, 60, 60, 3), ==, 1);
  g_assert_cmpint (sac_annotations_find_at (set, 51, 51, 3), ==, 2);
  g_assert_cmpint (sac_annotations_find_at (set, 20, 2, 3), ==, 1);
  g_assert_cmpint (sac_annotations_find_at (set, 200, 200, 3), ==, -1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/history/back-and-forth", test_back_and_forth);
  g_test_add_func ("/history/classes", test_classes);
  g_test_add_func ("/history/coalesce", test_coalesce);
  g_test_add_func ("/history/saved", test_saved);
  g_test_add_func ("/history/bounded", test_bounded);
  g_test_add_func ("/history/measures", test_measures);
  g_test_add_func ("/history/find", test_find);
  return g_test_run ();
}
