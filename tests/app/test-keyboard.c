/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* All that can be done is a command with a key, and each can be given at any
 * time; the panels and windows that commands open can be walked through. */
#include "app-support.h"

#include "case-panel.h"
#include "commands.h"
#include "image/decode.h"
#include "run-panel.h"
#include "support.h"
#include "walk.h"

#include <string.h>

/* What controls do with a value of theirs; the commands beside them need none:
 * a file chooser for a path, a list for a place in it. */
static const char *const of_controls[] = {
  "open-path",
  "open-other-path",
  "page",
};

static bool
is_command (const char *group, const char *name)
{
  g_autofree char *full = g_strconcat (group, ".", name, NULL);

  for (const SacCommand *command = sac_commands_get_all ();
       command->action != NULL; command++) {
    g_autofree char *action = NULL;
    g_autoptr (GVariant) target = NULL;

    g_assert_true (
      g_action_parse_detailed_name (command->action, &action, &target, NULL));
    if (g_str_equal (action, full)) {
      g_assert_cmpstr (command->keys, !=, "");
      return true;
    }
  }
  for (gsize i = 0; i < G_N_ELEMENTS (of_controls); i++)
    if (g_str_equal (of_controls[i], name))
      return true;
  return false;
}

static void
check_group (GActionGroup *actions, const char *group)
{
  g_auto (GStrv) names = g_action_group_list_actions (actions);

  for (gsize i = 0; names[i] != NULL; i++)
    if (!is_command (group, names[i])) {
      g_test_message ("no command: %s.%s", group, names[i]);
      g_test_fail ();
    }
}

static void
test_actions (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);

  check_group (G_ACTION_GROUP (window), "win");
  check_group (G_ACTION_GROUP (application), "app");
  app_stop (application);
}

/* Files are asked for by the system's own windows; these end the test. */
static bool
is_left_out (const char *action)
{
  static const char *const left_out[] = {
    "win.open",
    "win.open-model",
    "win.open-other",
    "win.open-map",
    "win.open-folder",
    "win.open-annotations",
    "win.save-figure",
    "win.save-pane",
    "win.save-scene",
    "win.save-annotations",
    "win.save-annotations-as",
    "win.open-demo::demo:story",
    "win.open-demo::demo:slide",
    "win.run-slide",
    "win.faithfulness",
    "win.sanity",
    "win.scan-layers",
    "win.fullscreen",
    "app.new-window",
    "app.quit",
    "window.close",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (left_out); i++)
    if (g_str_equal (left_out[i], action))
      return true;
  return false;
}

static void
close_dialogs (SacWindow *window)
{
  g_autoptr (GList) all = gtk_window_list_toplevels ();

  for (GList *link = all; link != NULL; link = link->next)
    if (gtk_window_get_transient_for (link->data) == GTK_WINDOW (window))
      gtk_window_destroy (link->data);
}

static bool
is_open (gpointer window)
{
  SacDocument *document = sac_window_get_document (window);

  return !sac_document_is_opening (document) &&
         sac_document_get_source (document) != NULL;
}

/* One after the other, from wherever the one before has left the window: each
 * finds its action, and none trips over what the others did.  Those that are
 * not enabled say why not. */
static void
test_every_command (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);
  guint count = 0;

  for (const SacCommand *command = sac_commands_get_all ();
       command->action != NULL; command++) {
    g_autofree char *name = NULL;
    g_autoptr (GVariant) target = NULL;

    g_action_parse_detailed_name (command->action, &name, &target, NULL);
    if (!g_str_has_prefix (name, "win.") || is_left_out (command->action))
      continue;

    GAction *action = g_action_map_lookup_action (G_ACTION_MAP (window),
                                                  name + strlen ("win."));

    g_assert_nonnull (action);
    if (!g_action_get_enabled (action)) {
      g_assert_nonnull (sac_command_get_need (command));
      continue;
    }
    gtk_widget_activate_action_variant (GTK_WIDGET (window), name, target);
    app_run_for (10);
    close_dialogs (window);
    count++;
  }
  g_assert_cmpuint (count, >=, 80);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.presentation", NULL);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.compare", "s", "side");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.panes", "s", "2");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.stop", NULL);
  app_wait_until (is_open, window);
  app_wait_until (app_is_at_rest, window);
  app_stop (application);
}

static void
put_image (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (SacImage) image = sac_image_new (40, 30, NULL);
  g_autoptr (GBytes) file = sac_encode_png (image, NULL, NULL);
  gsize size;
  const char *data = g_bytes_get_data (file, &size);

  g_assert_true (g_file_set_contents (path, data, (gssize)size, NULL));
}

static bool
has_cases (gpointer window)
{
  return sac_cases_get_list (sac_window_get_cases (window)) != NULL &&
         is_open (window) && app_is_at_rest (window);
}

static void
test_case_panel (void)
{
  char *folder = test_folder_new ();
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);
  g_autoptr (GFile) file = g_file_new_for_path (folder);
  GtkWidget *panel;

  put_image (folder, "a.png");
  put_image (folder, "b.png");
  sac_window_open_file (window, file);
  app_wait_until (has_cases, window);
  app_wait_for_label (window, "b.png");
  panel = app_find (GTK_WIDGET (window), SAC_TYPE_CASE_PANEL, 0);
  g_assert_cmpuint (walk_check (panel), >=, 3);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.case-details", NULL);
  walk_window (GTK_WINDOW (window), 30);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.close-folder", NULL);
  app_stop (application);
  test_folder_remove (folder);
}

static bool
has_run_panel (gpointer window)
{
  return gtk_widget_get_mapped (app_find (window, SAC_TYPE_RUN_PANEL, 0));
}

/* The list of runs while there is none, and the form for one. */
static void
test_run_panel (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);
  GtkWidget *top = GTK_WIDGET (window);

  gtk_widget_activate_action (top, "win.runs", NULL);
  app_wait_until (has_run_panel, window);
  g_assert_cmpuint (walk_check (app_find (top, SAC_TYPE_RUN_PANEL, 0)), >=, 1);
  gtk_widget_activate_action (top, "win.run-slide", NULL);
  /* What can be done with tissue, too. */
  app_wait_for_label (window, "of tissue, at a saturation above");
  walk_window (GTK_WINDOW (window), 30);
  gtk_widget_activate_action (top, "win.runs", NULL);
  app_stop (application);
}

static GtkWidget *
find_shortcuts (SacWindow *window)
{
  g_autoptr (GList) all = gtk_window_list_toplevels ();

  for (GList *link = all; link != NULL; link = link->next)
    if (GTK_IS_SHORTCUTS_WINDOW (link->data) &&
        gtk_window_get_transient_for (link->data) == GTK_WINDOW (window))
      return link->data;
  return NULL;
}

/* Every command stands there with its title; how the window is walked through
 * is GTK's own affair. */
static void
test_shortcuts (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);
  GtkWidget *shortcuts, *one;
  int least;
  g_autoptr (GHashTable) titles =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  gtk_widget_activate_action (GTK_WIDGET (window), "win.shortcuts", NULL);
  shortcuts = find_shortcuts (window);
  g_assert_nonnull (shortcuts);
  for (int i = 0;
       (one = app_find (shortcuts, GTK_TYPE_SHORTCUTS_SHORTCUT, i)) != NULL;
       i++) {
    char *title;

    g_object_get (one, "title", &title, NULL);
    g_hash_table_add (titles, title);
  }
  for (const SacCommand *command = sac_commands_get_all ();
       command->action != NULL; command++)
    g_assert_true (g_hash_table_contains (titles, command->title));
  /* It does not scroll, so it has to fit a laptop's screen. */
  gtk_widget_measure (shortcuts, GTK_ORIENTATION_VERTICAL, -1, &least, NULL,
                      NULL, NULL);
  g_assert_cmpint (least, <, 768);
  gtk_window_destroy (GTK_WINDOW (shortcuts));
  app_stop (application);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keyboard/actions", test_actions);
  g_test_add_func ("/keyboard/every-command", test_every_command);
  g_test_add_func ("/keyboard/case-panel", test_case_panel);
  g_test_add_func ("/keyboard/run-panel", test_run_panel);
  g_test_add_func ("/keyboard/shortcuts", test_shortcuts);
  return app_run_tests ();
}
