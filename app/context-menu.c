/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "context-menu.h"

#include "commands.h"

#define KEY "sac-context-menu"

/* Sections end with an empty name.  Titles and keys are those of the table. */
static const char *const actions[] = {
  "win.explain-here",
  "win.explain-default",
  "win.ask-here",
  "win.predicted-class",
  "",
  "win.zoom-fit",
  "win.zoom-actual",
  "win.zoom-map",
  "",
  "win.show-maps",
  "win.smooth",
  "",
  "win.save-pane",
  "win.save-scene",
  "win.save-figure",
  "win.copy-provenance",
  "win.commands",
  "",
};

typedef struct {
  GtkWidget *canvas;  /* in the pane */
  GtkWidget *popover; /* child of the pane; NULL: not wanted yet */
  SacDocument *document;
  double x, y; /* level-0 place that the menu is about */
} ContextMenu;

static GMenuModel *
new_model (void)
{
  GMenu *menu = g_menu_new ();
  GMenu *section = g_menu_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++) {
    if (*actions[i] != '\0') {
      sac_command_append (sac_commands_find (actions[i]), section);
      continue;
    }
    g_menu_append_section (menu, NULL, G_MENU_MODEL (section));
    g_object_unref (section);
    section = g_menu_new ();
  }
  g_object_unref (section);
  return G_MENU_MODEL (menu);
}

/* The pointer leaves the picture for the menu, and the cursor with it: what is
 * chosen is about the place where the menu was asked for. */
static void
keep_cursor (ContextMenu *menu)
{
  sac_document_set_cursor (menu->document, menu->x, menu->y);
}

static gboolean
keep_cursor_later (gpointer pane)
{
  ContextMenu *menu = g_object_get_data (pane, KEY);

  if (menu != NULL && menu->popover != NULL &&
      gtk_widget_get_visible (menu->popover))
    keep_cursor (menu);
  return G_SOURCE_REMOVE;
}

static void
make_popover (ContextMenu *menu, GtkWidget *pane)
{
  g_autoptr (GMenuModel) model = new_model ();

  menu->popover = gtk_popover_menu_new_from_model (model);
  gtk_popover_set_has_arrow (GTK_POPOVER (menu->popover), FALSE);
  gtk_widget_set_halign (menu->popover, GTK_ALIGN_START);
  gtk_widget_set_parent (menu->popover, pane);
  g_signal_connect_swapped (menu->popover, "closed", G_CALLBACK (keep_cursor),
                            menu);
}

/* x, y: on the canvas. */
static void
open_at (GtkWidget *pane, double x, double y)
{
  ContextMenu *menu = g_object_get_data (G_OBJECT (pane), KEY);
  SacViewport *viewport = sac_document_get_viewport (menu->document);
  double pane_x, pane_y;

  if (sac_document_get_source (menu->document) == NULL)
    return;
  sac_camera_to_image (sac_viewport_get_camera (viewport),
                       gtk_widget_get_width (menu->canvas),
                       gtk_widget_get_height (menu->canvas), x, y, &menu->x,
                       &menu->y);
  gtk_widget_grab_focus (menu->canvas);
  if (menu->popover == NULL)
    make_popover (menu, pane);
  gtk_widget_translate_coordinates (menu->canvas, pane, x, y, &pane_x, &pane_y);
  gtk_popover_set_pointing_to (GTK_POPOVER (menu->popover),
                               &(GdkRectangle){(int)pane_x, (int)pane_y, 1, 1});
  gtk_popover_popup (GTK_POPOVER (menu->popover));
  keep_cursor (menu);
  g_timeout_add_full (G_PRIORITY_DEFAULT, 0, keep_cursor_later,
                      g_object_ref (pane), g_object_unref);
}

static void
on_pressed (GtkWidget *pane, int press_count, double x, double y)
{
  open_at (pane, x, y);
}

static void
on_long_pressed (GtkWidget *pane, double x, double y)
{
  open_at (pane, x, y);
}

static void
on_destroy (GtkWidget *pane)
{
  g_object_set_data (G_OBJECT (pane), KEY, NULL);
}

static void
context_menu_free (ContextMenu *menu)
{
  g_clear_pointer (&menu->popover, gtk_widget_unparent);
  g_object_unref (menu->document);
  g_free (menu);
}

static void
add_gestures (GtkWidget *pane, GtkWidget *canvas)
{
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *press = gtk_gesture_long_press_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click),
                                 GDK_BUTTON_SECONDARY);
  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (press), TRUE);
  g_signal_connect_object (click, "pressed", G_CALLBACK (on_pressed), pane,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (press, "pressed", G_CALLBACK (on_long_pressed), pane,
                           G_CONNECT_SWAPPED);
  gtk_widget_add_controller (canvas, GTK_EVENT_CONTROLLER (click));
  gtk_widget_add_controller (canvas, GTK_EVENT_CONTROLLER (press));
}

void
sac_context_menu_attach (GtkWidget *pane,
                         GtkWidget *canvas,
                         SacDocument *document)
{
  ContextMenu *menu = g_new0 (ContextMenu, 1);

  menu->canvas = canvas;
  menu->document = g_object_ref (document);
  g_object_set_data_full (G_OBJECT (pane), KEY, menu,
                          (GDestroyNotify)context_menu_free);
  g_signal_connect (pane, "destroy", G_CALLBACK (on_destroy), NULL);
  add_gestures (pane, canvas);
}

void
sac_context_menu_open (GtkWidget *pane)
{
  ContextMenu *menu = g_object_get_data (G_OBJECT (pane), KEY);
  SacViewport *viewport = sac_document_get_viewport (menu->document);
  int width = gtk_widget_get_width (menu->canvas);
  int height = gtk_widget_get_height (menu->canvas);
  double x, y, screen_x = width / 2.0, screen_y = height / 2.0;

  if (sac_document_get_cursor (menu->document, &x, &y))
    sac_camera_to_screen (sac_viewport_get_camera (viewport), width, height, x,
                          y, &screen_x, &screen_y);
  open_at (pane, CLAMP (screen_x, 0, width), CLAMP (screen_y, 0, height));
}
