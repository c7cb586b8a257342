/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What was removed comes back by the button of its message. */
#include "app-support.h"

#include "image/decode.h"
#include "scene-actions.h"
#include "support.h"

#define DEMO SAC_DEMO_DERMOSCOPY

typedef struct {
  SacWindow *window;
  const char *label;
  GtkWidget *button;
} Search;

/* A toast that goes may still be there with its button. */
static bool
has_pressable (gpointer data)
{
  Search *search = data;

  search->button = app_find_button (GTK_WIDGET (search->window), search->label);
  return search->button != NULL && gtk_widget_is_sensitive (search->button);
}

static void
press (SacWindow *window, const char *label)
{
  Search search = {window, label, NULL};

  app_wait_until (has_pressable, &search);
  g_signal_emit_by_name (search.button, "clicked");
}

static void
activate (SacWindow *window, const char *action)
{
  gtk_widget_activate_action (GTK_WIDGET (window), action, NULL);
}

static void
test_annotations (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, DEMO);
  SacMarkup *markup =
    sac_document_get_markup (sac_window_get_document (window));

  for (int i = 0; i < 2; i++) {
    SacAnnotation *point =
      sac_annotation_new (SAC_ANNOTATION_POINT, "here", -1);
    SacPoint place = {100 + i, 50};

    g_array_append_val (sac_annotation_add_ring (point), place);
    sac_markup_insert_take (markup, point, "Draw Point");
  }
  g_assert_cmpuint (sac_markup_get_set (markup)->items->len, ==, 2);
  sac_markup_select (markup, 1);
  activate (window, "win.delete-annotation");
  g_assert_cmpuint (sac_markup_get_set (markup)->items->len, ==, 1);
  app_wait_for_label (window, "Annotation deleted");
  press (window, "_Undo");
  g_assert_cmpuint (sac_markup_get_set (markup)->items->len, ==, 2);

  activate (window, "win.delete-all-annotations");
  g_assert_cmpuint (sac_markup_get_set (markup)->items->len, ==, 0);
  app_wait_for_label (window, "Deleted 2 annotations");
  press (window, "_Undo");
  g_assert_cmpuint (sac_markup_get_set (markup)->items->len, ==, 2);
  app_stop (application);
}

static void
test_layer (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, DEMO);
  SacPaneState *pane = app_get_pane (window, 0);
  SacMapStack *stack = sac_pane_state_get_stack (pane);
  SacMap *map = sac_pane_state_get_map (pane);

  for (int i = 0; i < 3; i++) {
    g_autofree char *name = g_strdup_printf ("layer %d", i);

    g_assert_true (sac_map_stack_add (stack, map, name));
  }
  sac_map_stack_remove (stack, 1);
  g_assert_cmpstr (sac_map_stack_get (stack, 1)->name, ==, "layer 2");
  app_wait_for_label (window, "Removed “layer 1”");
  press (window, "_Undo");
  g_assert_cmpuint (sac_map_stack_get_count (stack), ==, 3);
  g_assert_cmpstr (sac_map_stack_get (stack, 1)->name, ==, "layer 1");

  /* Not onto another image. */
  sac_map_stack_remove (stack, 0);
  sac_map_stack_clear (stack);
  g_assert_false (sac_map_stack_restore (stack));
  app_stop (application);
}

/* Whether the overlay's own Escape, which drops a toast, is kept from it. */
static bool
takes_escape (GtkWidget *button)
{
  GtkWidget *overlay = gtk_widget_get_ancestor (button, ADW_TYPE_TOAST_OVERLAY);
  g_autoptr (GListModel) all = gtk_widget_observe_controllers (overlay);
  gboolean taken = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (all); i++) {
    g_autoptr (GtkEventController) one = g_list_model_get_item (all, i);

    if (!GTK_IS_EVENT_CONTROLLER_KEY (one))
      continue;
    g_signal_emit_by_name (one, "key-pressed", GDK_KEY_Escape, 9,
                           (GdkModifierType)0, &taken);
  }
  return taken;
}

/* A button that is pressed while its toast comes in or goes does nothing:
 * libadwaita 1.2 would drop the toast twice, and it would be done twice. */
static void
test_coming (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, DEMO);

  sac_window_tell_with (window, "Something happened", "_Undo", "win.overview");
  app_wait_for_label (window, "Something happened");

  GtkWidget *button = app_find_button (GTK_WIDGET (window), "_Undo");

  g_assert_nonnull (button);
  g_assert_false (gtk_widget_is_sensitive (button));
  g_assert_true (takes_escape (button));
  press (window, "_Undo");
  app_run_for (400);

  /* Nor one whose toast goes because another one comes. */
  Search search = {window, "_Again", NULL};

  sac_window_tell_with (window, "Something else", "_Again", "win.overview");
  app_wait_until (has_pressable, &search);
  g_assert_false (takes_escape (search.button));
  sac_window_tell (window, "Something new");
  g_assert_false (gtk_widget_is_sensitive (search.button));
  app_stop (application);
}

static char *
put_image (const char *folder, const char *name)
{
  char *path = g_build_filename (folder, name, NULL);
  g_autoptr (SacImage) image = sac_image_new (40, 30, NULL);
  g_autoptr (GBytes) file = sac_encode_png (image, NULL, NULL);
  gsize size;
  const char *data = g_bytes_get_data (file, &size);

  g_assert_true (g_file_set_contents (path, data, (gssize)size, NULL));
  return path;
}

static bool
shows_second (gpointer window)
{
  SacDocument *document = sac_window_get_document (window);
  const SacCase *one = sac_cases_get_current (sac_window_get_cases (window));

  return one != NULL && g_str_has_suffix (one->path, "b.png") &&
         !sac_document_is_opening (document);
}

static void
test_folder (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, DEMO);
  SacCases *cases = sac_window_get_cases (window);
  char *folder = test_folder_new ();
  g_autofree char *first = put_image (folder, "a.png");
  g_autofree char *second = put_image (folder, "b.png");

  sac_cases_open (cases, folder);
  app_wait_for_label (window, "1 of 2");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.case", "s", "next");
  app_wait_until (shows_second, window);

  SacSource *source =
    sac_document_get_source (sac_window_get_document (window));

  activate (window, "win.close-folder");
  g_assert_null (sac_cases_get_list (cases));
  app_wait_for_label (window, "Closed “");
  press (window, "_Undo");
  app_wait_for_label (window, "2 of 2");
  g_assert_true (shows_second (window));
  /* Nothing was opened again. */
  g_assert_true (sac_document_get_source (sac_window_get_document (window)) ==
                 source);
  test_folder_remove (folder);
  app_stop (application);
}

static void
test_saved (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, DEMO);
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "marks.geojson", NULL);

  g_assert_true (sac_markup_files_save (sac_document_get_markup_files (
                                          sac_window_get_document (window)),
                                        path));
  app_wait_for_label (window, "Saved “marks.geojson”");
  g_assert_nonnull (app_find_button (GTK_WIDGET (window), "_Show in Folder"));

  g_autofree char *scene = g_build_filename (folder, "view.json", NULL);
  g_autofree char *maps = g_build_filename (folder, "view.maps.tif", NULL);
  g_autofree char *taken = g_build_filename (folder, "other.json", NULL);
  g_autofree char *there = g_build_filename (folder, "other.maps.tif", NULL);

  sac_scene_actions_save (window, scene);
  app_wait_for_label (window, "Saved “view.json”");
  g_assert_true (g_file_test (maps, G_FILE_TEST_IS_REGULAR));
  /* What belongs to nobody's scene is not replaced. */
  g_assert_true (g_file_set_contents (there, "mine", -1, NULL));
  sac_scene_actions_save (window, taken);
  app_wait_for_label (window, "The scene was not saved.");
  g_assert_false (g_file_test (taken, G_FILE_TEST_EXISTS));
  test_folder_remove (folder);
  app_stop (application);
}

static bool
has_no_undo (gpointer window)
{
  return app_find_button (window, "_Undo") == NULL;
}

static bool
has_undo (gpointer window)
{
  return !has_no_undo (window);
}

/* What a reader had set for the image's tone and for the scale comes back. */
static void
test_looks (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, DEMO);
  SacDocument *document = sac_window_get_document (window);
  SacImageLook *look = sac_document_get_look (document);
  SacPaneState *pane = app_get_pane (window, 0);
  const SacTone tone = {0.2, 1.5, 0.8};

  activate (window, "win.plain-tone");
  g_assert_null (app_find_button (GTK_WIDGET (window), "_Undo"));
  sac_image_look_set_tone (look, &tone);
  activate (window, "win.plain-tone");
  g_assert_true (sac_tone_is_plain (sac_image_look_get_tone (look)));
  app_wait_for_label (window, "as in the file");
  app_wait_until (has_undo, window);
  press (window, "_Undo");
  g_assert_true (sac_tone_equal (sac_image_look_get_tone (look), &tone));

  app_wait_until (has_no_undo, window);
  sac_document_clip (document, pane, 0.25, 0.5);
  activate (window, "win.whole-scale");
  g_assert_false (sac_pane_state_get_display (pane)->is_clipped);
  app_wait_until (has_undo, window);
  press (window, "_Undo");
  g_assert_true (sac_pane_state_get_display (pane)->is_clipped);
  g_assert_cmpfloat (sac_pane_state_get_display (pane)->clip_low, ==, 0.25);
  app_stop (application);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/toasts/annotations", test_annotations);
  g_test_add_func ("/toasts/coming", test_coming);
  g_test_add_func ("/toasts/layer", test_layer);
  g_test_add_func ("/toasts/folder", test_folder);
  g_test_add_func ("/toasts/saved", test_saved);
  g_test_add_func ("/toasts/looks", test_looks);
  return app_run_tests ();
}
