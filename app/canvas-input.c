/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "canvas-input.h"

#include "canvas-overlays.h"

#include <math.h>

#define WHEEL_FACTOR 1.2

/* A touchpad's pixel of scrolling with Ctrl, as a factor. */
#define SURFACE_FACTOR 1.005

/* A drag that stood still for so long before it ended does not fling. */
#define FLING_WINDOW_US 60000

/* Two fingers that zoom turn a little too; it counts from this angle on. */
#define PINCH_TURN (8 * G_PI / 180)

/* A free turn that ends this close to upright is meant to be. */
#define NEARLY_UPRIGHT (2.5 * G_PI / 180)

typedef struct {
  GtkWidget *canvas;
  SacDocument *document;
  bool is_inside;              /* the pointer is over the canvas */
  double pointer_x, pointer_y; /* scroll events carry no position */
  double place_x, place_y;     /* of the pointer in the window */
  double cursor_x, cursor_y;   /* where this put the cursor */
  double drag_x, drag_y;       /* offset of the drag up to now */
  gint64 drag_us;              /* time of that */
  double speed_x, speed_y;     /* pixels a second, smoothed */
  bool turns;                  /* the drag turns the image */
  double drag_angle;           /* around the middle, up to now */
  double pinch_scale;          /* of the pinch up to now */
  bool pinch_turns;            /* fingers have clearly begun to turn */
  double pinch_angle;          /* of that up to now */
} Input;

static SacViewport *
get_viewport (Input *input)
{
  return sac_document_get_viewport (input->document);
}

static void
get_offset (Input *input, double x, double y, double *ret_x, double *ret_y)
{
  *ret_x = x - gtk_widget_get_width (input->canvas) / 2.0;
  *ret_y = y - gtk_widget_get_height (input->canvas) / 2.0;
}

static SacCanvasOverlays *
get_overlays (Input *input)
{
  return sac_canvas_get_overlays (SAC_CANVAS (input->canvas));
}

static SacCanvasPoint
get_point (Input *input, double x, double y, gpointer controller)
{
  SacCanvasPoint point = sac_canvas_locate (SAC_CANVAS (input->canvas), x, y);

  if (controller != NULL)
    point.modifiers = gtk_event_controller_get_current_event_state (controller);
  return point;
}

static void
move_cursor (Input *input, double x, double y)
{
  const SacCamera *camera = sac_viewport_get_camera (get_viewport (input));

  input->is_inside = true;
  input->pointer_x = x;
  input->pointer_y = y;
  sac_camera_to_image (camera, gtk_widget_get_width (input->canvas),
                       gtk_widget_get_height (input->canvas), x, y,
                       &input->cursor_x, &input->cursor_y);
  sac_document_set_cursor (input->document, input->cursor_x, input->cursor_y);
}

/* GTK tells of a motion also when something is laid out anew below a pointer
 * that stands still.  A cursor that keys have moved since stays where it is. */
static bool
is_at_rest (Input *input, double place_x, double place_y)
{
  double x, y;

  return input->is_inside && place_x == input->place_x &&
         place_y == input->place_y &&
         sac_document_get_cursor (input->document, &x, &y) &&
         (x != input->cursor_x || y != input->cursor_y);
}

static void
on_motion (Input *input, double x, double y, GtkEventController *controller)
{
  SacCanvasPoint point = get_point (input, x, y, controller);
  GdkEvent *event = gtk_event_controller_get_current_event (controller);
  double place_x = x, place_y = y;

  if (event != NULL)
    gdk_event_get_position (event, &place_x, &place_y);
  if (is_at_rest (input, place_x, place_y))
    return;
  input->place_x = place_x;
  input->place_y = place_y;
  move_cursor (input, x, y);
  sac_canvas_overlays_hover (get_overlays (input), &point);
}

/* The image moves below a pointer that stands still.  A cursor that keys have
 * moved since stays where it is. */
static void
on_viewport_changed (GtkWidget *canvas)
{
  Input *input = g_object_get_data (G_OBJECT (canvas), "sac-canvas-input");
  double x, y;

  if (input->is_inside) {
    SacCanvasPoint point =
      get_point (input, input->pointer_x, input->pointer_y, NULL);

    sac_canvas_overlays_hover (get_overlays (input), &point);
  }
  if (input->is_inside && sac_document_get_cursor (input->document, &x, &y) &&
      x == input->cursor_x && y == input->cursor_y)
    move_cursor (input, input->pointer_x, input->pointer_y);
}

static void
on_leave (Input *input)
{
  input->is_inside = false;
  sac_document_clear_cursor (input->document);
  sac_canvas_overlays_hover (get_overlays (input), NULL);
}

static double
get_angle (Input *input, double x, double y)
{
  double dx, dy;

  get_offset (input, x, y, &dx, &dy);
  return atan2 (dy, dx);
}

static void
on_drag_begin (Input *input, double x, double y, GtkEventController *controller)
{
  GdkModifierType state =
    gtk_event_controller_get_current_event_state (controller);

  input->turns = (state & GDK_SHIFT_MASK) != 0;
  input->drag_angle = get_angle (input, x, y);
  gtk_widget_grab_focus (input->canvas);
  sac_viewport_halt (get_viewport (input));
  input->drag_x = input->drag_y = 0;
  input->speed_x = input->speed_y = 0;
  input->drag_us = g_get_monotonic_time ();
}

/* Where a drag is now. */
static SacCanvasPoint
get_drag_point (Input *input, double dx, double dy, GtkGesture *gesture)
{
  double x = 0, y = 0;

  gtk_gesture_drag_get_start_point (GTK_GESTURE_DRAG (gesture), &x, &y);
  return get_point (input, x + dx, y + dy, gesture);
}

static void
turn_by_drag (Input *input, const SacCanvasPoint *point)
{
  double angle = get_angle (input, point->x, point->y);

  sac_viewport_turn_at (get_viewport (input), angle - input->drag_angle, 0, 0);
  input->drag_angle = angle;
}

static void
come_to_rest (Input *input)
{
  double rotation = sac_viewport_get_camera (get_viewport (input))->rotation;

  if (fabs (remainder (rotation, G_PI / 2)) < NEARLY_UPRIGHT)
    sac_viewport_glide_quarters (get_viewport (input), 0);
}

static void
on_drag_update (Input *input,
                double offset_x,
                double offset_y,
                GtkGesture *gesture)
{
  SacCanvasPoint point = get_drag_point (input, offset_x, offset_y, gesture);

  if (sac_canvas_overlays_is_pressed (get_overlays (input))) {
    sac_canvas_overlays_drag (get_overlays (input), &point);
    return;
  }
  if (input->turns) {
    turn_by_drag (input, &point);
    return;
  }

  gint64 now = g_get_monotonic_time ();
  double seconds = fmax ((now - input->drag_us) / 1e6, 1e-3);
  double dx = offset_x - input->drag_x, dy = offset_y - input->drag_y;

  input->speed_x += 0.4 * (dx / seconds - input->speed_x);
  input->speed_y += 0.4 * (dy / seconds - input->speed_y);
  input->drag_x = offset_x;
  input->drag_y = offset_y;
  input->drag_us = now;
  sac_viewport_pan (get_viewport (input), dx, dy);
}

static void
on_drag_end (Input *input,
             double offset_x,
             double offset_y,
             GtkGesture *gesture)
{
  if (sac_canvas_overlays_is_pressed (get_overlays (input))) {
    SacCanvasPoint point = get_drag_point (input, offset_x, offset_y, gesture);

    sac_canvas_overlays_release (get_overlays (input), &point);
    return;
  }
  if (input->turns)
    come_to_rest (input);
  else if (g_get_monotonic_time () - input->drag_us < FLING_WINDOW_US)
    sac_viewport_fling (get_viewport (input), input->speed_x, input->speed_y);
}

/* A second finger makes a pinch of it. */
static void
on_drag_cancel (Input *input)
{
  sac_canvas_overlays_cancel (get_overlays (input));
}

static gboolean
on_scroll (Input *input,
           double dx,
           double dy,
           GtkEventControllerScroll *controller)
{
  SacViewport *viewport = get_viewport (input);
  GdkModifierType state = gtk_event_controller_get_current_event_state (
    GTK_EVENT_CONTROLLER (controller));
  bool is_wheel =
    gtk_event_controller_scroll_get_unit (controller) == GDK_SCROLL_UNIT_WHEEL;
  double x, y;

  get_offset (input, input->pointer_x, input->pointer_y, &x, &y);
  if (is_wheel && (state & GDK_SHIFT_MASK) != 0)
    sac_viewport_glide_pan (viewport, -60 * (dx + dy), 0);
  else if (is_wheel)
    sac_viewport_glide_zoom (viewport, pow (WHEEL_FACTOR, -dy), x, y);
  else if ((state & GDK_CONTROL_MASK) != 0)
    sac_viewport_zoom_at (viewport, pow (SURFACE_FACTOR, -dy), x, y);
  else
    sac_viewport_pan (viewport, -dx, -dy);
  return GDK_EVENT_STOP;
}

static void
on_scroll_decelerate (Input *input,
                      double vx,
                      double vy,
                      GtkEventControllerScroll *controller)
{
  if (gtk_event_controller_scroll_get_unit (controller) ==
      GDK_SCROLL_UNIT_SURFACE)
    sac_viewport_fling (get_viewport (input), -vx, -vy);
}

static void
on_pinch_begin (Input *input)
{
  sac_viewport_halt (get_viewport (input));
  input->pinch_scale = 1;
  input->pinch_turns = false;
}

/* Of the fingers' middle, and of the pointer where no finger is down. */
static void
get_pinch_offset (Input *input,
                  GtkGesture *gesture,
                  double *ret_x,
                  double *ret_y)
{
  double x = input->pointer_x, y = input->pointer_y;

  if (gtk_gesture_is_active (gesture))
    gtk_gesture_get_bounding_box_center (gesture, &x, &y);
  get_offset (input, x, y, ret_x, ret_y);
}

static void
on_pinch (Input *input, double scale, GtkGesture *gesture)
{
  double offset_x, offset_y;

  if (scale <= 0)
    return;
  get_pinch_offset (input, gesture, &offset_x, &offset_y);
  sac_viewport_zoom_at (get_viewport (input), scale / input->pinch_scale,
                        offset_x, offset_y);
  input->pinch_scale = scale;
}

/* angle: since the gesture began. */
static void
on_turn (Input *input, double angle, double delta, GtkGesture *gesture)
{
  double offset_x, offset_y;

  if (!input->pinch_turns && fabs (delta) < PINCH_TURN)
    return;
  if (!input->pinch_turns)
    input->pinch_angle = delta;
  input->pinch_turns = true;
  get_pinch_offset (input, gesture, &offset_x, &offset_y);
  sac_viewport_turn_at (get_viewport (input), delta - input->pinch_angle,
                        offset_x, offset_y);
  input->pinch_angle = delta;
}

static void
on_turn_end (Input *input)
{
  if (input->pinch_turns)
    come_to_rest (input);
}

static void
on_pressed (
  Input *input, int press_count, double x, double y, GtkGesture *gesture)
{
  SacCanvasPoint point = get_point (input, x, y, gesture);

  point.press_count = press_count;
  gtk_widget_grab_focus (input->canvas);
  move_cursor (input, x, y);
  if (sac_canvas_overlays_press (get_overlays (input), &point))
    return;
  if (press_count == 2)
    gtk_widget_activate_action (input->canvas, "win.explain-here", NULL);
}

static gboolean
on_key (Input *input, guint keyval, guint keycode, GdkModifierType modifiers)
{
  return sac_canvas_overlays_key (get_overlays (input), keyval,
                                  modifiers &
                                    gtk_accelerator_get_default_mod_mask ());
}

static void
add_pointer (Input *input)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll =
    gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES |
                                     GTK_EVENT_CONTROLLER_SCROLL_KINETIC);
  GtkEventController *key = gtk_event_controller_key_new ();

  g_signal_connect_swapped (key, "key-pressed", G_CALLBACK (on_key), input);
  gtk_widget_add_controller (input->canvas, key);
  g_signal_connect_swapped (motion, "enter", G_CALLBACK (on_motion), input);
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (on_motion), input);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (on_leave), input);
  g_signal_connect_swapped (scroll, "scroll", G_CALLBACK (on_scroll), input);
  g_signal_connect_swapped (scroll, "decelerate",
                            G_CALLBACK (on_scroll_decelerate), input);
  gtk_widget_add_controller (input->canvas, motion);
  gtk_widget_add_controller (input->canvas, scroll);
}

static void
add_gestures (Input *input)
{
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkGesture *pinch = gtk_gesture_zoom_new ();
  GtkGesture *turn = gtk_gesture_rotate_new ();

  g_signal_connect_swapped (click, "pressed", G_CALLBACK (on_pressed), input);
  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (on_drag_begin),
                            input);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (on_drag_update),
                            input);
  g_signal_connect_swapped (drag, "drag-end", G_CALLBACK (on_drag_end), input);
  g_signal_connect_swapped (drag, "cancel", G_CALLBACK (on_drag_cancel), input);
  g_signal_connect_swapped (pinch, "begin", G_CALLBACK (on_pinch_begin), input);
  g_signal_connect_swapped (pinch, "scale-changed", G_CALLBACK (on_pinch),
                            input);
  g_signal_connect_swapped (turn, "angle-changed", G_CALLBACK (on_turn), input);
  g_signal_connect_swapped (turn, "end", G_CALLBACK (on_turn_end), input);
  /* Grouped, a pinch denies the drag its fingers. */
  gtk_gesture_group (drag, click);
  gtk_gesture_group (drag, pinch);
  gtk_gesture_group (drag, turn);
  gtk_widget_add_controller (input->canvas, GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (input->canvas, GTK_EVENT_CONTROLLER (click));
  gtk_widget_add_controller (input->canvas, GTK_EVENT_CONTROLLER (pinch));
  gtk_widget_add_controller (input->canvas, GTK_EVENT_CONTROLLER (turn));
}

static void
input_free (Input *input)
{
  g_object_unref (input->document);
  g_free (input);
}

void
sac_canvas_input_attach (GtkWidget *canvas, SacDocument *document)
{
  Input *input = g_new0 (Input, 1);

  input->canvas = canvas;
  input->document = g_object_ref (document);
  g_object_set_data_full (G_OBJECT (canvas), "sac-canvas-input", input,
                          (GDestroyNotify)input_free);
  add_pointer (input);
  add_gestures (input);
  g_signal_connect_object (get_viewport (input), "changed",
                           G_CALLBACK (on_viewport_changed), canvas,
                           G_CONNECT_SWAPPED);
}
