/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What the canvases really draw, pixel by pixel, of a slide whose colours tell
 * where they lie. */
#include "canvas-overlays.h"
#include "stage.h"

#include <math.h>

/* A canvas in which nothing of the image is missing or elsewhere. */
static void
assert_in_place (Stage *stage, int side, double slack, int least)
{
  for (int i = 0; i < 2; i++) {
    StageCheck check = stage_check (stage, i, side, slack);

    if (check.blank > 0 || check.misplaced > 0) {
      const SacCamera *camera = sac_viewport_get_camera (stage->viewport);

      g_error ("canvas %d at scale %g, turned by %g degrees%s: %d of %d pixels "
               "blank, %d misplaced",
               i, camera->scale, camera->rotation * 180 / G_PI,
               camera->mirror ? ", mirrored" : "", check.blank, check.looked_at,
               check.misplaced);
    }
    g_assert_cmpint (check.looked_at, >=, least);
  }
}

/* Level-0 pixels that a place may be off: half a pixel where edges are moved to
 * whole ones, and a texel where tiles end. */
static double
get_slack (Stage *stage)
{
  SacTileStore *store =
    sac_tiles_get_store (sac_document_get_tiles (stage->document));
  double scale = sac_viewport_get_camera (stage->viewport)->scale;
  int level =
    sac_tile_store_choose_level (store,
                                 sac_document_get_source (stage->document),
                                 scale);

  return 1.5 * ldexp (1, level) + 1 / scale;
}

static void
test_places (void)
{
  static const double degrees[] = {0, 90, 180, 270, 33};
  static const double scales[] = {2.5, 0.9, 0.21};
  Stage stage;

  stage_open (&stage, "demo:slide:5003x3001,pattern=250", 331, 250);
  sac_viewport_set_animated (stage.viewport, false);
  for (gsize s = 0; s < G_N_ELEMENTS (scales); s++)
    for (gsize d = 0; d < G_N_ELEMENTS (degrees); d++) {
      sac_viewport_glide_upright (stage.viewport);
      sac_viewport_glide_scale (stage.viewport, scales[s]);
      sac_viewport_turn_at (stage.viewport, degrees[d] * G_PI / 180, 7, -9);
      stage_wait_for_tiles (&stage);
      assert_in_place (&stage, 250, get_slack (&stage), 100);
      sac_viewport_flip (stage.viewport);
      stage_wait_for_tiles (&stage);
      assert_in_place (&stage, 250, get_slack (&stage), 100);
    }
  stage_close (&stage);
}

/* A slide that cannot be read here and there has hatching there and is itself
 * elsewhere. */
static void
test_damaged (void)
{
  Stage stage;
  StageCheck check;

  stage_open (&stage, "demo:slide:20000x15000,pattern=4000,faults=150", 331,
              250);
  sac_viewport_set_animated (stage.viewport, false);
  sac_viewport_glide_scale (stage.viewport, 0.1);
  stage_wait_for_tiles (&stage);
  check = stage_check (&stage, 0, 4000, 60);
  g_assert_cmpint (check.blank, ==, 0);
  g_assert_cmpint (check.misplaced, >, 0);
  g_assert_cmpint (check.misplaced, <, check.looked_at);
  /* Close by whole tiles are missing, and the reader is told why. */
  sac_viewport_glide_scale (stage.viewport, 1);
  for (int step = 0; step < 6; step++) {
    sac_viewport_pan (stage.viewport, -300, 0);
    stage_wait_for_tiles (&stage);
    check = stage_check (&stage, 1, 4000, 60);
    g_assert_cmpint (check.blank, ==, 0);
  }
  g_assert_nonnull (
    sac_tiles_get_problem (sac_document_get_tiles (stage.document)));
  stage_close (&stage);
}

/* One frame of a recorded motion.  What has not come yet is shown by coarser
 * tiles, whose texels are up to 256 level-0 pixels wide. */
static void
check_frame (Stage *stage, int *frames)
{
  gtk_test_widget_wait_for_draw (stage->canvases[0]);
  /* Each other canvas in turn: they are drawn in one frame. */
  for (int i = 0; i < 2; i++) {
    StageCheck check = stage_check (stage, i, 10000, 420);

    if (check.blank > 0 || check.misplaced > 0)
      g_error ("frame %d, canvas %d: %d of %d pixels blank, %d misplaced, the "
               "last at %d, %d: %06x; scale %g, turned by %g degrees",
               *frames, i, check.blank, check.looked_at, check.misplaced,
               check.column, check.row, check.pixel & 0xffffff,
               sac_viewport_get_camera (stage->viewport)->scale,
               sac_viewport_get_camera (stage->viewport)->rotation * 180 /
                 G_PI);
  }
  ++*frames;
}

/* Throws across a slide of 100000 pixels a side on a slow disk, while zooming
 * in and out and turning: no frame is blank anywhere, and nothing is elsewhere.
 */
static void
test_fling (void)
{
  const SacRect start = {30000, 30000, 6000, 4500};
  int frames = 0;
  Stage stage;

  stage_open (&stage, "demo:slide:100000x100000,pattern=10000,delay=15", 331,
              250);
  sac_viewport_set_animated (stage.viewport, false);
  sac_viewport_show_rect (stage.viewport, &start);
  sac_viewport_set_animated (stage.viewport, true);
  check_frame (&stage, &frames);
  /* A slow machine draws few frames of each, and throws again. */
  for (int leg = 0; leg < 5 || frames <= 20; leg++) {
    sac_viewport_fling (stage.viewport, leg % 2 == 0 ? -5000 : 3500,
                        leg < 3 ? -3800 : 4200);
    if (leg == 2)
      sac_viewport_glide_zoom (stage.viewport, 14, 30, -20);
    if (leg == 3)
      sac_viewport_glide_quarters (stage.viewport, 1);
    if (leg == 4)
      sac_viewport_glide_zoom (stage.viewport, 1 / 60.0, -50, 20);
    /* The canvases themselves step the motion, once a frame. */
    for (int step = 0; step < 40 && sac_viewport_is_moving (stage.viewport);
         step++)
      check_frame (&stage, &frames);
    sac_viewport_halt (stage.viewport);
  }
  stage_close (&stage);
}

/* Every pixel outside the scale bar is the plain one with the tone of the
 * table, or ground. */
static void
assert_toned (Stage *stage, const guint32 *plain, const SacTone *tone)
{
  int width = gtk_widget_get_width (stage->canvases[0]);
  int height = gtk_widget_get_height (stage->canvases[0]);
  g_autofree guint32 *toned = stage_render (stage, 0);
  int different = 0, grounds = 0;
  guint8 table[256];

  sac_tone_fill_table (tone, table);
  for (int i = 0; i < width * height; i++) {
    guint32 pixel = plain[i];

    if (i % width < 235 && i / width > height - 56)
      continue;
    sac_tone_apply (table, &pixel, 1);
    if (toned[i] == 0xff333333 && plain[i] == 0xff333333)
      grounds++;
    else
      different += toned[i] != pixel;
  }
  g_assert_cmpint (different, ==, 0);
  g_assert_cmpint (grounds, <, width * height / 2);
}

/* The image gets another tone in every way of drawing, and nothing of it is
 * decoded for that.  Moved by pixels, what was toned is not toned again. */
static void
test_tone (void)
{
  const SacTone tone = {0.15, 1.6, 0.6};
  SacImageLook *look;
  SacTileStore *store;
  Stage stage;

  stage_open (&stage, "demo:slide:2003x1501,pattern=300", 331, 250);
  look = sac_document_get_look (stage.document);
  store = sac_tiles_get_store (sac_document_get_tiles (stage.document));
  sac_viewport_set_animated (stage.viewport, false);
  sac_viewport_glide_scale (stage.viewport, 1);
  sac_viewport_move_to (stage.viewport, 600.5, 400);
  sac_viewport_pan (stage.viewport, 500, 0);
  stage_wait_for_tiles (&stage);

  g_autofree guint32 *there = stage_render (&stage, 0);

  sac_viewport_pan (stage.viewport, -37, 21);
  stage_wait_for_tiles (&stage);

  g_autofree guint32 *here = stage_render (&stage, 0);
  guint64 decoded = sac_tile_store_get_decoded (store);

  sac_image_look_set_tone (look, &tone);
  stage_wait_for_tiles (&stage);
  assert_toned (&stage, here, &tone);
  sac_viewport_pan (stage.viewport, 37, -21);
  stage_wait_for_tiles (&stage);
  assert_toned (&stage, there, &tone);
  sac_image_look_set_tone (look, &sac_tone_plain);
  stage_wait_for_tiles (&stage);
  assert_toned (&stage, there, &sac_tone_plain);
  g_assert_cmpuint (sac_tile_store_get_decoded (store), ==, decoded);
  stage_close (&stage);
}

static void
assert_like (const guint32 *some, const guint32 *others, int count, int most)
{
  for (int i = 0; i < count; i++)
    for (int shift = 0; shift < 32; shift += 8) {
      int level = some[i] >> shift & 255, other = others[i] >> shift & 255;

      if (ABS (level - other) > most)
        g_error ("pixel %d is %08x and not %08x", i, some[i], others[i]);
    }
}

/* What was moved, and mended where tiles came, is to the pixel what is painted
 * in one go.  In a turned picture rounding may move a pixel by the step in
 * which pixman weighs neighbours, 1/128, along each axis: two levels of 255
 * each. */
static void
test_mended (void)
{
  static const double degrees[] = {0, 33};
  const SacTone other = {0.1, 1.2, 1};
  Stage stage;

  stage_open (&stage, "demo:slide:9001x7003,pattern=250,delay=4", 331, 250);
  sac_viewport_set_animated (stage.viewport, false);
  sac_viewport_glide_scale (stage.viewport, 0.7);
  for (gsize d = 0; d < G_N_ELEMENTS (degrees); d++) {
    SacImageLook *look = sac_document_get_look (stage.document);

    sac_viewport_turn_at (stage.viewport, degrees[d] * G_PI / 180, 0, 0);
    for (int step = 0; step < 12; step++) {
      sac_viewport_pan (stage.viewport, -97, 61);
      gtk_test_widget_wait_for_draw (stage.canvases[0]);
    }
    stage_wait_for_tiles (&stage);

    g_autofree guint32 *mended = stage_render (&stage, 0);

    /* There and back: nothing can be kept. */
    sac_image_look_set_tone (look, &other);
    stage_wait_for_tiles (&stage);
    sac_image_look_set_tone (look, &sac_tone_plain);
    stage_wait_for_tiles (&stage);

    g_autofree guint32 *anew = stage_render (&stage, 0);

    assert_like (mended, anew, 331 * 250, degrees[d] == 0 ? 0 : 4);
  }
  stage_close (&stage);
}

static gpointer
find_controller (Stage *stage, GType type)
{
  g_autoptr (GListModel) controllers =
    gtk_widget_observe_controllers (stage->canvases[0]);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr (GObject) controller = g_list_model_get_item (controllers, i);

    if (G_TYPE_CHECK_INSTANCE_TYPE (controller, type))
      return controller; /* the canvas keeps it */
  }
  g_assert_not_reached ();
}

/* The image's place `before` lies at (x, y) now. */
static void
assert_at (Stage *stage, const SacCanvasPoint *before, double x, double y)
{
  SacCanvasPoint point =
    sac_canvas_locate (SAC_CANVAS (stage->canvases[0]), x, y);

  g_assert_cmpfloat_with_epsilon (point.image_x, before->image_x, 1e-6);
  g_assert_cmpfloat_with_epsilon (point.image_y, before->image_y, 1e-6);
}

static void
drag (Stage *stage, gulong rest)
{
  GtkGesture *gesture = find_controller (stage, GTK_TYPE_GESTURE_DRAG);

  g_signal_emit_by_name (gesture, "drag-begin", 150.0, 100.0);
  g_signal_emit_by_name (gesture, "drag-update", -30.0, 12.0);
  g_signal_emit_by_name (gesture, "drag-update", -50.0, 20.0);
  g_usleep (rest);
  g_signal_emit_by_name (gesture, "drag-end", -50.0, 20.0);
}

/* What is dragged follows the finger, and goes on when that was lifted while it
 * moved; a busy machine may keep one finger too long. */
static void
test_drag (void)
{
  Stage stage;

  stage_open (&stage, "demo:slide:5003x3001,pattern=250", 331, 250);
  sac_viewport_set_animated (stage.viewport, false);
  sac_viewport_glide_scale (stage.viewport, 1);

  SacCanvasPoint place =
    sac_canvas_locate (SAC_CANVAS (stage.canvases[0]), 150, 100);

  drag (&stage, 0);
  assert_at (&stage, &place, 100, 120);
  sac_viewport_set_animated (stage.viewport, true);
  drag (&stage, 100000);
  g_assert_false (sac_viewport_is_moving (stage.viewport));
  for (int i = 0; i < 50 && !sac_viewport_is_moving (stage.viewport); i++)
    drag (&stage, 0);
  g_assert_true (sac_viewport_is_moving (stage.viewport));

  double x = sac_viewport_get_camera (stage.viewport)->x;

  while (sac_viewport_is_moving (stage.viewport))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpfloat (sac_viewport_get_camera (stage.viewport)->x, >, x);
  stage_close (&stage);
}

static void
assert_degrees (Stage *stage, double degrees)
{
  double rotation = sac_viewport_get_camera (stage->viewport)->rotation;

  g_assert_cmpfloat_with_epsilon (rotation * 180 / G_PI, degrees, 1e-9);
}

/* Fingers and wheel: the place below them stays there.  Two fingers that zoom
 * turn nothing until they clearly turn, and what is nearly upright comes to
 * be. */
static void
test_pinch (void)
{
  const double degree = G_PI / 180;
  const SacCamera *camera;
  gboolean is_handled;
  Stage stage;

  stage_open (&stage, "demo:slide:5003x3001,pattern=250", 331, 250);
  sac_viewport_set_animated (stage.viewport, false);
  sac_viewport_glide_scale (stage.viewport, 1);
  camera = sac_viewport_get_camera (stage.viewport);

  GtkGesture *pinch = find_controller (&stage, GTK_TYPE_GESTURE_ZOOM);
  GtkGesture *turn = find_controller (&stage, GTK_TYPE_GESTURE_ROTATE);
  SacCanvasPoint place =
    sac_canvas_locate (SAC_CANVAS (stage.canvases[0]), 100, 80);

  g_signal_emit_by_name (find_controller (&stage,
                                          GTK_TYPE_EVENT_CONTROLLER_MOTION),
                         "motion", 100.0, 80.0);
  g_signal_emit_by_name (pinch, "begin", NULL);
  g_signal_emit_by_name (pinch, "scale-changed", 1.5);
  g_signal_emit_by_name (turn, "angle-changed", 0.0, 4 * degree);
  g_signal_emit_by_name (pinch, "scale-changed", 3.0);
  g_assert_cmpfloat_with_epsilon (camera->scale, 3, 1e-9);
  assert_degrees (&stage, 0);
  assert_at (&stage, &place, 100, 80);

  g_signal_emit_by_name (turn, "angle-changed", 0.0, 12 * degree);
  g_signal_emit_by_name (turn, "angle-changed", 0.0, 30 * degree);
  g_signal_emit_by_name (turn, "end", NULL);
  assert_degrees (&stage, 18);
  assert_at (&stage, &place, 100, 80);

  g_signal_emit_by_name (pinch, "begin", NULL);
  g_signal_emit_by_name (turn, "angle-changed", 0.0, -10 * degree);
  g_signal_emit_by_name (turn, "angle-changed", 0.0, -27 * degree);
  assert_degrees (&stage, 1);
  g_signal_emit_by_name (turn, "end", NULL);
  assert_degrees (&stage, 0);

  place = sac_canvas_locate (SAC_CANVAS (stage.canvases[0]), 100, 80);
  g_signal_emit_by_name (find_controller (&stage,
                                          GTK_TYPE_EVENT_CONTROLLER_SCROLL),
                         "scroll", 0.0, -1.0, &is_handled);
  g_assert_true (is_handled);
  g_assert_cmpfloat_with_epsilon (camera->scale, 3.6, 1e-9);
  assert_at (&stage, &place, 100, 80);
  stage_close (&stage);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/canvas/places", test_places);
  g_test_add_func ("/canvas/tone", test_tone);
  g_test_add_func ("/canvas/mended", test_mended);
  g_test_add_func ("/canvas/damaged", test_damaged);
  g_test_add_func ("/canvas/fling", test_fling);
  g_test_add_func ("/canvas/drag", test_drag);
  g_test_add_func ("/canvas/pinch", test_pinch);
  return g_test_run ();
}
