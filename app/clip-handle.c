/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "clip-handle.h"

#include "tooltip.h"

#include <math.h>

#define GRIP_HEIGHT 16
#define STEP 0.01
#define PAGE 0.1

struct _SacClipHandle {
  GtkWidget parent_instance;
};

G_DEFINE_FINAL_TYPE (SacClipHandle, sac_clip_handle, GTK_TYPE_WIDGET)

enum { STEP_SIGNAL, SIGNAL_COUNT };
static guint signals[SIGNAL_COUNT];

GtkWidget *
sac_clip_handle_new (const char *name)
{
  GtkWidget *handle = g_object_new (SAC_TYPE_CLIP_HANDLE, NULL);

  sac_tooltip_set (handle, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (handle),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return handle;
}

void
sac_clip_handle_tell (SacClipHandle *handle, const SacClipPlace *place)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (handle),
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_MIN, place->low,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_MAX,
                                  place->high,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_NOW,
                                  place->value,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT,
                                  place->text, -1);
}

static gboolean
on_key (GtkEventControllerKey *controller,
        guint key,
        guint code,
        GdkModifierType modifiers,
        SacClipHandle *handle)
{
  static const struct {
    guint key;
    double step;
  } steps[] = {
    {GDK_KEY_Left, -STEP},     {GDK_KEY_Right, STEP},
    {GDK_KEY_Down, -STEP},     {GDK_KEY_Up, STEP},
    {GDK_KEY_Page_Up, PAGE},   {GDK_KEY_Page_Down, -PAGE},
    {GDK_KEY_Home, -INFINITY}, {GDK_KEY_End, INFINITY},
  };

  if ((modifiers & gtk_accelerator_get_default_mod_mask ()) != 0)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++) {
    if (steps[i].key != key)
      continue;
    g_signal_emit (handle, signals[STEP_SIGNAL], 0, steps[i].step);
    return TRUE;
  }
  return FALSE;
}

static void
sac_clip_handle_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  double width = gtk_widget_get_width (widget);
  double height = gtk_widget_get_height (widget);
  double x = floor (width / 2);
  GskRoundedRect grip;
  GdkRGBA color;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  gtk_snapshot_append_color (snapshot, &color,
                             &GRAPHENE_RECT_INIT (x, 0, 1, height));
  gsk_rounded_rect_init_from_rect (&grip,
                                   &GRAPHENE_RECT_INIT (x - 3,
                                                        height - GRIP_HEIGHT, 7,
                                                        GRIP_HEIGHT),
                                   3);
  gtk_snapshot_push_rounded_clip (snapshot, &grip);
  gtk_snapshot_append_color (snapshot, &color, &grip.bounds);
  gtk_snapshot_pop (snapshot);
}

static void
sac_clip_handle_measure (GtkWidget *widget,
                         GtkOrientation orientation,
                         int for_size,
                         int *minimum,
                         int *natural,
                         int *minimum_baseline,
                         int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL
                          ? SAC_CLIP_HANDLE_WIDTH
                          : 2 * GRIP_HEIGHT;
}

static void
sac_clip_handle_class_init (SacClipHandleClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = sac_clip_handle_snapshot;
  widget_class->measure = sac_clip_handle_measure;
  gtk_widget_class_set_css_name (widget_class, "cliphandle");
  gtk_widget_class_set_accessible_role (widget_class,
                                        GTK_ACCESSIBLE_ROLE_SLIDER);
  signals[STEP_SIGNAL] =
    g_signal_new ("step", SAC_TYPE_CLIP_HANDLE, G_SIGNAL_RUN_LAST, 0, NULL,
                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_DOUBLE);
}

static void
sac_clip_handle_init (SacClipHandle *handle)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), handle);
  gtk_widget_add_controller (GTK_WIDGET (handle), keys);
  gtk_widget_set_focusable (GTK_WIDGET (handle), TRUE);
  gtk_widget_set_cursor_from_name (GTK_WIDGET (handle), "col-resize");
}
