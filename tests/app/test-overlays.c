/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "canvas-overlays.h"

#include <glib.h>

/* Writes down what it is told; takes presses and keys as it is bid. */
typedef struct {
  GString *log;
  char name;
  bool takes;
} Scribe;

static void
note (Scribe *scribe, const char *what)
{
  g_string_append_printf (scribe->log, "%c:%s ", scribe->name, what);
}

static bool
scribe_press (gpointer state, const SacCanvasPoint *point)
{
  Scribe *scribe = state;

  note (scribe, point->press_count == 2 ? "double" : "press");
  return scribe->takes;
}

static void
scribe_drag (gpointer state, const SacCanvasPoint *point)
{
  note (state, "drag");
}

static void
scribe_release (gpointer state, const SacCanvasPoint *point)
{
  note (state, "release");
}

static void
scribe_cancel (gpointer state)
{
  note (state, "cancel");
}

static void
scribe_hover (gpointer state, const SacCanvasPoint *point)
{
  note (state, point != NULL ? "hover" : "left");
}

static bool
scribe_key (gpointer state, guint keyval, GdkModifierType modifiers)
{
  Scribe *scribe = state;

  note (scribe, gdk_keyval_name (keyval));
  return scribe->takes;
}

static void
scribe_free (gpointer state)
{
  note (state, "free");
}

static const SacCanvasOverlayKind kind = {
  .press = scribe_press,
  .drag = scribe_drag,
  .release = scribe_release,
  .cancel = scribe_cancel,
  .hover = scribe_hover,
  .key = scribe_key,
  .free_state = scribe_free,
};
static const SacCanvasOverlayKind deaf = {NULL};

typedef struct {
  SacCanvasOverlays *overlays;
  Scribe low, high;
} Fixture;

static void
check_log (Fixture *fixture, const char *expected)
{
  g_assert_cmpstr (fixture->low.log->str, ==, expected);
  g_string_truncate (fixture->low.log, 0);
}

static void
set_up (Fixture *fixture)
{
  GString *log = g_string_new (NULL);

  fixture->overlays = sac_canvas_overlays_new ();
  fixture->low = (Scribe){log, 'a', true};
  fixture->high = (Scribe){log, 'b', true};
  sac_canvas_overlays_add (fixture->overlays, &kind, &fixture->low);
  sac_canvas_overlays_add (fixture->overlays, &deaf, NULL);
  sac_canvas_overlays_add (fixture->overlays, &kind, &fixture->high);
}

static void
tear_down (Fixture *fixture)
{
  sac_canvas_overlays_free (fixture->overlays);
  check_log (fixture, "a:free b:free ");
  g_string_free (fixture->low.log, TRUE);
}

/* The topmost that takes a press gets all that follows, and nobody else. */
static void
test_press_belongs_to_one (void)
{
  Fixture fixture;
  SacCanvasPoint point = {.press_count = 1};

  set_up (&fixture);
  fixture.high.takes = false;
  g_assert_true (sac_canvas_overlays_press (fixture.overlays, &point));
  check_log (&fixture, "b:press a:press ");
  g_assert_true (sac_canvas_overlays_is_pressed (fixture.overlays));
  sac_canvas_overlays_drag (fixture.overlays, &point);
  sac_canvas_overlays_release (fixture.overlays, &point);
  check_log (&fixture, "a:drag a:release ");
  g_assert_false (sac_canvas_overlays_is_pressed (fixture.overlays));

  point.press_count = 2;
  fixture.high.takes = true;
  g_assert_true (sac_canvas_overlays_press (fixture.overlays, &point));
  sac_canvas_overlays_cancel (fixture.overlays);
  sac_canvas_overlays_release (fixture.overlays, &point);
  check_log (&fixture, "b:double b:cancel ");

  fixture.low.takes = fixture.high.takes = false;
  g_assert_false (sac_canvas_overlays_press (fixture.overlays, &point));
  sac_canvas_overlays_drag (fixture.overlays, &point);
  check_log (&fixture, "b:double a:double ");
  tear_down (&fixture);
}

/* A press that was never released does not hang on. */
static void
test_press_after_press (void)
{
  Fixture fixture;
  SacCanvasPoint point = {.press_count = 1};

  set_up (&fixture);
  sac_canvas_overlays_press (fixture.overlays, &point);
  sac_canvas_overlays_press (fixture.overlays, &point);
  check_log (&fixture, "b:press b:cancel b:press ");
  sac_canvas_overlays_cancel (fixture.overlays);
  check_log (&fixture, "b:cancel ");
  tear_down (&fixture);
}

static void
test_hover_and_keys (void)
{
  Fixture fixture;
  SacCanvasPoint point = {0};

  set_up (&fixture);
  sac_canvas_overlays_hover (fixture.overlays, &point);
  sac_canvas_overlays_hover (fixture.overlays, NULL);
  check_log (&fixture, "a:hover b:hover a:left b:left ");
  g_assert_true (sac_canvas_overlays_key (fixture.overlays, GDK_KEY_Delete, 0));
  check_log (&fixture, "b:Delete ");
  fixture.high.takes = fixture.low.takes = false;
  g_assert_false (sac_canvas_overlays_key (fixture.overlays, GDK_KEY_a, 0));
  check_log (&fixture, "b:a a:a ");
  tear_down (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/overlays/press", test_press_belongs_to_one);
  g_test_add_func ("/overlays/press-after-press", test_press_after_press);
  g_test_add_func ("/overlays/hover-and-keys", test_hover_and_keys);
  return g_test_run ();
}
