/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A walk through the window as a screen reader goes. */
#include "app-support.h"

#include "canvas.h"
#include "check-settings.h"
#include "method-form.h"
#include "sanity-list.h"
#include "walk.h"

#include <string.h>

static void
test_window (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);

  walk_window (GTK_WINDOW (window), 30);
  app_stop (application);
}

/* Four panes are compact; the comparison has a bar of its own. */
static void
test_modes (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);
  static const char *const modes[] = {"swipe", "lens", "flicker", "difference",
                                      "agreement"};

  for (gsize i = 0; i < G_N_ELEMENTS (modes); i++) {
    gtk_widget_activate_action (GTK_WIDGET (window), "win.compare", "s",
                                modes[i]);
    walk_window (GTK_WINDOW (window), 20);
  }
  gtk_widget_activate_action (GTK_WIDGET (window), "win.compare", "s", "side");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.panes", "s", "4");
  app_wait_until (app_has_maps, window);
  walk_window (GTK_WINDOW (window), 40);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.panes", "s", "2");
  app_stop (application);
}

static GtkWindow *
find_dialog (SacWindow *window)
{
  g_autoptr (GList) all = gtk_window_list_toplevels ();

  for (GList *link = all; link != NULL; link = link->next)
    if (gtk_window_get_transient_for (link->data) == GTK_WINDOW (window))
      return link->data;
  return NULL;
}

static void
test_dialogs (void)
{
  static const struct {
    const char *action;
    guint least;
  } dialogs[] = {
    {"win.commands", 2},    {"win.preferences", 4},  {"win.cell-table", 2},
    {"win.scan-layers", 1}, {"win.faithfulness", 2},
  };
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);

  for (gsize i = 0; i < G_N_ELEMENTS (dialogs); i++) {
    gtk_widget_activate_action (GTK_WIDGET (window), dialogs[i].action, NULL);

    GtkWindow *dialog = find_dialog (window);

    g_assert_nonnull (dialog);
    walk_window (dialog, dialogs[i].least);
    gtk_window_destroy (dialog);
  }
  app_stop (application);
}

static GtkWidget *
find_popover (GtkWidget *below)
{
  GtkWidget *popover;

  for (int i = 0; (popover = app_find (below, GTK_TYPE_POPOVER, i)) != NULL;
       i++)
    if (gtk_widget_get_mapped (popover))
      return popover;
  return NULL;
}

static bool
has_popover (gpointer below)
{
  return find_popover (below) != NULL;
}

static bool
has_no_popover (gpointer below)
{
  return find_popover (below) == NULL;
}

/* Returns: the popover's number of controls, all of them good. */
static guint
walk_popover (GtkWidget *below)
{
  GtkWidget *popover;
  guint count;

  app_wait_until (has_popover, below);
  popover = find_popover (below);
  count = walk_check (popover);
  gtk_popover_popdown (GTK_POPOVER (popover));
  app_wait_until (has_no_popover, below);
  return count;
}

/* The settings of each method, whatever its table has. */
static void
test_settings (void)
{
  const SacMethod *const *methods = sac_methods_get_all ();
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);
  SacPaneState *pane = app_get_pane (window, 0);

  for (gsize i = 0; methods[i] != NULL; i++) {
    guint count = 0;

    sac_pane_state_set_method (pane, methods[i]->name);
    for (const SacMethodParam *param = methods[i]->params;
         param != NULL && param->name != NULL; param++)
      count++;
    gtk_widget_activate_action (GTK_WIDGET (window), "win.choose", "s",
                                "settings");
    g_assert_cmpuint (walk_popover (GTK_WIDGET (window)), >=, count);
  }
  sac_pane_state_set_method (pane, "grad-cam");
  app_wait_until (app_has_maps, window);
  app_stop (application);
}

/* What opens at its button or at the picture, by a key. */
static void
test_popovers (void)
{
  static const char *const actions[] = {"win.tone", "win.context-menu"};
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);

  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++) {
    gtk_widget_activate_action (GTK_WIDGET (window), actions[i], NULL);
    g_assert_cmpuint (walk_popover (GTK_WIDGET (window)), >=, 3);
  }
  app_stop (application);
}

/* Every page of the preferences, not only the first; the one without a title is
 * libadwaita's own, for what is searched. */
static void
test_preferences (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);
  GtkWindow *dialog;
  GtkWidget *page;
  guint count = 0;

  gtk_widget_activate_action (GTK_WIDGET (window), "win.preferences", NULL);
  dialog = find_dialog (window);
  for (int i = 0; (page = app_find (GTK_WIDGET (dialog),
                                    ADW_TYPE_PREFERENCES_PAGE, i)) != NULL;
       i++) {
    AdwPreferencesPage *shown = ADW_PREFERENCES_PAGE (page);
    const char *title = adw_preferences_page_get_title (shown);

    if (title == NULL || *title == '\0')
      continue;
    adw_preferences_window_set_visible_page (ADW_PREFERENCES_WINDOW (dialog),
                                             shown);
    walk_window (dialog, 3);
    count++;
  }
  g_assert_cmpuint (count, >=, 3);
  gtk_window_destroy (dialog);
  app_stop (application);
}

static GtkWidget *
find_control (GtkWidget *below, GType type)
{
  GtkWidget *row =
    app_find (app_find (below, SAC_TYPE_METHOD_FORM, 0), type, 0);

  g_assert_nonnull (row);
  return row;
}

static bool
has_raw_map (gpointer pane)
{
  GHashTable *params = sac_pane_state_get_choice (pane)->params;

  return params != NULL &&
         g_strcmp0 (g_hash_table_lookup (params, "relu"), "0") == 0;
}

/* By keys alone: a number is typed and entered, a switch pressed, a choice
 * taken, and all of it is asked of the method. */
static void
test_settings_keys (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);
  GtkWidget *top = GTK_WIDGET (window);
  SacPaneState *pane = app_get_pane (window, 0);
  GtkWidget *entry;

  sac_pane_state_set_method (pane, "integrated-gradients");
  gtk_widget_activate_action (top, "win.choose", "s", "settings");
  app_wait_until (has_popover, top);
  entry = find_control (top, GTK_TYPE_ENTRY);
  g_assert_true (gtk_widget_grab_focus (entry));
  gtk_editable_set_text (GTK_EDITABLE (entry), "4");
  g_signal_emit_by_name (entry, "activate");
  g_assert_cmpstr (g_hash_table_lookup (sac_pane_state_get_choice (pane)
                                          ->params,
                                        "steps"),
                   ==, "4");
  sac_pane_state_set_method (pane, "layercam");
  g_assert_true (gtk_widget_activate (find_control (top, GTK_TYPE_SWITCH)));
  /* The switch slides first. */
  app_wait_until (has_raw_map, pane);
  sac_pane_state_reset_settings (pane);
  gtk_popover_popdown (GTK_POPOVER (find_popover (top)));
  app_wait_until (app_has_maps, window);
  app_stop (application);
}

static bool
is_in_sight (gpointer button)
{
  GtkWidget *root = GTK_WIDGET (gtk_widget_get_root (button));
  graphene_rect_t bounds;

  return gtk_widget_compute_bounds (button, root, &bounds) &&
         bounds.size.height > 0 && bounds.origin.y >= 0 &&
         bounds.origin.y + bounds.size.height <= gtk_widget_get_height (root);
}

/* As keys do: the focus brings it into sight first. */
static GtkWidget *
press_settings (GtkWidget *below)
{
  GtkWidget *settings = app_find (below, SAC_TYPE_CHECK_SETTINGS, 0);
  GtkWidget *button = app_find (settings, GTK_TYPE_MENU_BUTTON, 0);

  g_assert_true (gtk_widget_grab_focus (button));
  app_wait_until (is_in_sight, button);
  gtk_menu_button_popup (GTK_MENU_BUTTON (button));
  return button;
}

typedef struct {
  GtkWidget *widget;
  double y;
  int frames;
} Still;

/* Where it was for some frames: what scrolls moves in each. */
static bool
is_still (gpointer data)
{
  Still *still = data;
  GtkWidget *top = GTK_WIDGET (gtk_widget_get_root (still->widget));
  graphene_rect_t bounds;

  gtk_widget_queue_draw (top);
  gtk_test_widget_wait_for_draw (top);
  g_assert_true (gtk_widget_compute_bounds (still->widget, top, &bounds));
  still->frames = bounds.origin.y == still->y ? still->frames + 1 : 0;
  still->y = bounds.origin.y;
  return still->frames > 10;
}

static double
find_rest (GtkWidget *widget)
{
  Still still = {widget, 0, 0};

  app_wait_until (is_still, &still);
  return still.y;
}

/* The list above the button gets longer while its popover is open: the popover
 * and its button stay where they are. */
static void
test_settings_stay (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);
  GtkWidget *top = GTK_WIDGET (window), *button;
  double before;

  app_wait_until (app_has_maps, window);
  button = press_settings (app_find (top, SAC_TYPE_SANITY_LIST, 0));
  app_wait_until (has_popover, top);
  before = find_rest (button);
  gtk_widget_activate_action (top, "win.panes", "s", "4");
  app_wait_until (app_has_maps, window);
  app_settle (window);
  g_assert_cmpfloat_with_epsilon (find_rest (button), before, 1);
  g_assert_nonnull (find_popover (top));
  gtk_widget_activate_action (top, "win.panes", "s", "2");
  app_stop (application);
}

static void
test_check_settings (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);
  GtkWindow *dialog;

  app_wait_until (app_has_maps, window);
  press_settings (app_find (GTK_WIDGET (window), SAC_TYPE_SANITY_LIST, 0));
  g_assert_cmpuint (walk_popover (GTK_WIDGET (window)), >=, 5);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.faithfulness", NULL);
  dialog = find_dialog (window);
  press_settings (GTK_WIDGET (dialog));
  g_assert_cmpuint (walk_popover (GTK_WIDGET (dialog)), >=, 7);
  gtk_window_destroy (dialog);
  app_stop (application);
}

/* Somewhere in a line that is spoken when it changes. */
static bool
speaks_both (gpointer window)
{
  GtkWidget *label;

  for (int i = 0; (label = app_find (window, GTK_TYPE_LABEL, i)) != NULL; i++) {
    const char *text = gtk_label_get_text (GTK_LABEL (label));

    if (gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (label)) ==
          GTK_ACCESSIBLE_ROLE_STATUS &&
        strstr (text, "1:") != NULL && strstr (text, "2:") != NULL)
      return true;
  }
  return false;
}

static bool
canvases_tell (gpointer window)
{
  for (int i = 0; i < 2; i++) {
    g_autofree char *text =
      gtk_test_accessible_check_property (GTK_ACCESSIBLE (
                                            app_find (window, SAC_TYPE_CANVAS,
                                                      i)),
                                          GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                          "\x01");

    if (text == NULL || strstr (text, "At the cursor") == NULL)
      return false;
  }
  return true;
}

static void
test_cursor (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);

  g_assert_false (speaks_both (window));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.cursor", "s", "right");
  app_wait_until (speaks_both, window);
  app_wait_until (canvases_tell, window);
  app_stop (application);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/walk/window", test_window);
  g_test_add_func ("/walk/modes", test_modes);
  g_test_add_func ("/walk/dialogs", test_dialogs);
  g_test_add_func ("/walk/popovers", test_popovers);
  g_test_add_func ("/walk/preferences", test_preferences);
  g_test_add_func ("/walk/settings", test_settings);
  g_test_add_func ("/walk/settings-keys", test_settings_keys);
  g_test_add_func ("/walk/check-settings", test_check_settings);
  g_test_add_func ("/walk/settings-stay", test_settings_stay);
  g_test_add_func ("/walk/cursor", test_cursor);
  return app_run_tests ();
}
