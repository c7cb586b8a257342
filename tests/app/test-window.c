/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "app-support.h"

#include "base/error.h"
#include "canvas.h"
#include "commands.h"
#include "support.h"

#include <string.h>

#define DEMO SAC_DEMO_DERMOSCOPY

static void
activate (SacWindow *window, const char *detailed_name)
{
  g_autofree char *name = NULL;
  g_autoptr (GVariant) target = NULL;
  g_autoptr (GError) error = NULL;

  g_action_parse_detailed_name (detailed_name, &name, &target, &error);
  g_assert_no_error (error);
  gtk_widget_activate_action_variant (GTK_WIDGET (window), name, target);
}

static const char *
get_provenance (SacPaneState *pane, const char *member)
{
  return json_object_get_string_member (sac_pane_state_get_map (pane)
                                          ->provenance,
                                        member);
}

static bool
draws_nothing (gpointer clock)
{
  gint64 frame = gdk_frame_clock_get_frame_counter (clock);

  app_run_for (1500);
  return gdk_frame_clock_get_frame_counter (clock) == frame;
}

/* At rest nothing is drawn and nothing ticks. */
static void
test_demo (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, DEMO);
  const GError *reason;
  const SacAgreement *agreement =
    sac_comparison_get (sac_document_get_comparison (
                          sac_window_get_document (window)),
                        &reason);

  g_assert_cmpstr (get_provenance (app_get_pane (window, 0), "method"), ==,
                   "grad-cam");
  g_assert_cmpstr (get_provenance (app_get_pane (window, 1), "method"), ==,
                   "relevance");
  g_assert_cmpint (sac_pane_state_get_map (app_get_pane (window, 0))->rows, ==,
                   8);
  g_assert_cmpstr (get_provenance (app_get_pane (window, 0), "image_hash"), !=,
                   NULL);
  g_assert_cmpint (agreement->rows, ==, 8);
  for (guint i = 0; i < 2; i++) {
    const SacPrediction *head;
    size_t top;
    double sum = 0;

    g_assert_true (
      sac_pane_state_get_class (app_get_pane (window, i), &head, &top));
    for (size_t k = 0; k < head->class_count; k++)
      sum += head->probabilities[k];
    g_assert_cmpfloat_with_epsilon (sum, 1, 1e-6);
  }
  app_wait_for_label (window, "Not for diagnosis");
  app_wait_until (draws_nothing,
                  gtk_widget_get_frame_clock (GTK_WIDGET (window)));
  app_stop (application);
}

static void
test_slide_gets_tile_models (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_SLIDE);
  SacDocument *document = sac_window_get_document (window);
  SacFocus focus = {true, 3000, 2000};

  g_assert_cmpstr (sac_pane_state_get_choice (app_get_pane (window, 0))->model,
                   ==, "pcam-resnet18");
  g_assert_true (sac_document_explain_at (document, &focus));
  app_wait_until (app_has_maps, window);

  const SacRect *seen =
    &sac_pane_state_get_map (app_get_pane (window, 0))->geometry.seen;

  g_assert_cmpfloat_with_epsilon (seen->x + seen->width / 2, 3000, 2);
  g_assert_cmpfloat_with_epsilon (seen->y + seen->height / 2, 2000, 2);
  app_stop (application);
}

/* Mean difference of grey levels of two pictures of nearly one size. */
static double
compare_pictures (GtkWidget *left, GtkWidget *right)
{
  int width, height, right_width, right_height;
  g_autofree guint32 *pixels = app_render (left, &width, &height);
  g_autofree guint32 *right_pixels =
    app_render (right, &right_width, &right_height);
  gsize others = 0;
  double sum = 0;

  g_assert_cmpint (ABS (width - right_width), <=, 1);
  g_assert_cmpint (height, ==, right_height);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < MIN (width, right_width); x++) {
      guint32 a = pixels[(gsize)y * width + x];
      guint32 b = right_pixels[(gsize)y * right_width + x];

      others += a != pixels[0];
      sum += ABS ((int)(a >> 8 & 255) - (int)(b >> 8 & 255));
    }
  /* There is something to compare. */
  g_assert_cmpuint (others, >, (gsize)width * height / 2);
  return sum / ((double)width * height);
}

/* Both panes show the same place once the maps are hidden, after zooming and
 * moving by keys. */
static void
test_panes_share_the_camera (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, DEMO);
  SacViewport *viewport =
    sac_document_get_viewport (sac_window_get_document (window));
  GtkWidget *left = app_find (GTK_WIDGET (window), SAC_TYPE_CANVAS, 0);
  GtkWidget *right = app_find (GTK_WIDGET (window), SAC_TYPE_CANVAS, 1);
  double scale = sac_viewport_get_camera (viewport)->scale;

  activate (window, "win.show-maps");
  activate (window, "win.zoom-in");
  activate (window, "win.pan::left");
  app_settle (window);
  g_assert_cmpfloat (sac_viewport_get_camera (viewport)->scale, >, scale * 1.3);
  /* Widths differ by a pixel at most, so places by half a one. */
  g_assert_cmpfloat (compare_pictures (left, right), <, 4);
  activate (window, "win.show-maps");
  app_settle (window);
  g_assert_cmpfloat (compare_pictures (left, right), >, 8);
  app_stop (application);
}

static void
test_other_model (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, DEMO);
  SacPaneState *pane = app_get_pane (window, 0);
  g_autoptr (SacMap) old = sac_map_ref (sac_pane_state_get_map (pane));

  sac_pane_state_set_model (pane, "derm-vit");
  /* What is shown until the new map comes is the old one, and says so. */
  g_assert_true (sac_pane_state_get_map (pane) == old);
  g_assert_true (sac_pane_state_is_stale (pane));
  app_wait_until (app_has_maps, window);
  g_assert_true (sac_pane_state_get_map (pane) != old);
  g_assert_cmpstr (get_provenance (pane, "model"), ==, "derm-vit");

  sac_pane_state_set_class (pane, 0, "bcc");
  app_wait_until (app_has_maps, window);
  g_assert_cmpstr (get_provenance (pane, "class_id"), ==, "bcc");
  g_assert_false (sac_comparison_classes_match (
    sac_document_get_comparison (sac_window_get_document (window))));
  app_wait_for_label (window, "different classes");
  activate (window, "win.match-classes");
  app_wait_until (app_has_maps, window);
  g_assert_cmpstr (get_provenance (app_get_pane (window, 1), "class_id"), ==,
                   "bcc");
  app_stop (application);
}

static bool
is_not_opening (gpointer window)
{
  return !sac_document_is_opening (sac_window_get_document (window));
}

static void
test_bad_file (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, DEMO);
  SacDocument *document = sac_window_get_document (window);
  SacSource *source = sac_document_get_source (document);
  g_autofree char *text = test_file ("app/test-window.c");

  sac_document_open (document, "/nowhere/lesion.jpg");
  app_wait_until (is_not_opening, window);
  g_assert_error (sac_document_get_error (document), SAC_ERROR,
                  SAC_ERROR_UNREADABLE);
  /* What was open stays. */
  g_assert_true (sac_document_get_source (document) == source);
  app_wait_for_label (window, "lesion.jpg");

  sac_document_open (document, text);
  app_wait_until (is_not_opening, window);
  g_assert_error (sac_document_get_error (document), SAC_ERROR,
                  SAC_ERROR_UNSUPPORTED);
  sac_document_dismiss_error (document);
  app_wait_for_no_label (window, "test-window.c");
  app_stop (application);
}

/* A file that cannot be opened, given to a program that shows nothing yet. */
static void
test_bad_file_first (void)
{
  SacApplication *application = app_start ();
  g_autoptr (GFile) file = g_file_new_for_path ("/nowhere/slide.svs");

  g_application_open (G_APPLICATION (application), &file, 1, "");

  SacWindow *window = SAC_WINDOW (
    gtk_application_get_active_window (GTK_APPLICATION (application)));

  app_wait_until (is_not_opening, window);
  app_wait_for_label (window, "slide.svs");
  g_assert_null (sac_document_get_source (sac_window_get_document (window)));
  app_stop (application);
}

/* A model given to a program that shows nothing yet looks at the demo. */
static void
test_model_first (void)
{
  SacApplication *application = app_start ();
  g_autofree char *path =
    g_build_filename (g_getenv ("SACCADE_MODELS"), "derm-vit/model.onnx", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  g_application_open (G_APPLICATION (application), &file, 1, "");

  SacWindow *window = SAC_WINDOW (
    gtk_application_get_active_window (GTK_APPLICATION (application)));

  app_wait_until (app_has_maps, window);
  g_assert_cmpstr (get_provenance (app_get_pane (window, 0), "model"), ==,
                   "derm-vit");
  app_stop (application);
}

static bool
has_error (gpointer pane)
{
  return sac_pane_state_get_error (pane, NULL) != NULL;
}

static void
test_no_attention (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, DEMO);
  SacPaneState *pane = app_get_pane (window, 1);
  SacStage stage;

  sac_pane_state_set_model (pane, "derm-resnet18");
  app_wait_until (has_error, pane);
  g_assert_error (sac_pane_state_get_error (pane, &stage), SAC_ERROR,
                  SAC_ERROR_UNDEFINED);
  g_assert_cmpint (stage, ==, SAC_STAGE_EXPLAINING);
  g_assert_null (sac_pane_state_get_map (pane));
  app_wait_for_label (window, "There is no map");
  /* The other pane keeps its map. */
  g_assert_nonnull (sac_pane_state_get_map (app_get_pane (window, 0)));

  GtkWidget *button = app_find_button (GTK_WIDGET (window), "Use Grad-CAM");

  g_assert_nonnull (button);
  g_signal_emit_by_name (button, "clicked");
  app_wait_until (app_has_maps, window);
  g_assert_cmpstr (get_provenance (pane, "method"), ==, "grad-cam");
  app_stop (application);
}

static void
test_unknown_model_and_layer (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, DEMO);
  SacPaneState *pane = app_get_pane (window, 0);
  SacStage stage;

  sac_pane_state_set_model (pane, "/nowhere/model.onnx");
  app_wait_until (has_error, pane);
  sac_pane_state_get_error (pane, &stage);
  g_assert_cmpint (stage, ==, SAC_STAGE_LOADING);
  /* Nothing of the model before stands below this one's name. */
  g_assert_null (sac_pane_state_get_findings (pane));
  g_assert_null (sac_pane_state_get_map_choice (pane));
  app_wait_for_label (window, "The model cannot be used");

  sac_pane_state_set_model (pane, "derm-resnet18");
  app_wait_until (app_has_maps, window);
  sac_pane_state_set_layer (pane, "no such layer");
  app_wait_until (has_error, pane);
  g_assert_error (sac_pane_state_get_error (pane, &stage), SAC_ERROR,
                  SAC_ERROR_MISMATCH);
  sac_pane_state_set_layer (pane, NULL);
  app_wait_until (app_has_maps, window);
  app_stop (application);
}

static bool
is_working (gpointer pane)
{
  return sac_pane_state_get_stage (pane) != SAC_STAGE_REST;
}

static void
test_stop (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, DEMO);
  SacPaneState *pane = app_get_pane (window, 0);

  sac_pane_state_set_model (pane, "derm-resnet18-ga");
  app_catch (is_working, pane);
  activate (window, "win.stop");
  g_assert_true (sac_pane_state_is_stopped (pane));
  g_assert_false (sac_pane_state_is_busy (pane));
  app_run_for (300);
  /* The cancelled answer has come by now and changed nothing. */
  g_assert_true (sac_pane_state_is_stopped (pane));
  app_wait_for_label (window, "Stopped");
  activate (window, "win.retry");
  app_wait_until (app_has_maps, window);
  g_assert_cmpstr (get_provenance (pane, "model"), ==, "derm-resnet18-ga");
  app_stop (application);
}

/* Opening comes before maps of what was open; those are made anew when it
 * fails. */
static void
test_open_while_working (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, DEMO);
  SacPaneState *pane = app_get_pane (window, 0);
  SacDocument *document = sac_window_get_document (window);

  sac_pane_state_set_model (pane, "derm-resnet18-la");
  app_catch (is_working, pane);
  sac_document_open (document, "/nowhere/lesion.jpg");
  g_assert_cmpint (sac_pane_state_get_stage (pane), ==, SAC_STAGE_REST);
  app_wait_until (is_not_opening, window);
  app_wait_until (app_has_maps, window);
  g_assert_cmpstr (get_provenance (pane, "model"), ==, "derm-resnet18-la");

  sac_pane_state_set_method (pane, "attention");
  app_catch (is_working, pane);
  sac_document_open (document, DEMO);
  app_wait_until (is_not_opening, window);
  app_wait_until (app_has_maps, window);
  g_assert_cmpstr (get_provenance (pane, "method"), ==, "attention");
  app_stop (application);
}

/* Everything asked for while the engine works on something older. */
static void
test_only_the_last_question_counts (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, DEMO);
  SacPaneState *pane = app_get_pane (window, 1);
  static const char *const methods[] = {"rollout", "attention", "grad-cam",
                                        "hirescam"};

  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++) {
    sac_pane_state_set_method (pane, methods[i]);
    app_run_for (i % 2 == 0 ? 60 : 5);
  }
  app_wait_until (app_has_maps, window);
  g_assert_cmpstr (get_provenance (pane, "method"), ==, "hirescam");
  app_stop (application);
}

static void
close_others (SacApplication *application, SacWindow *window)
{
  g_autoptr (GList) toplevels = gtk_window_list_toplevels ();

  for (GList *link = toplevels; link != NULL; link = link->next) {
    if (link->data != window && gtk_widget_get_visible (link->data))
      gtk_window_destroy (link->data);
  }
}

/* One after the other; popovers that the one before has opened stay.  What a
 * library complains of on the way is fatal in a test. */
static void
test_all_actions (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, DEMO);

  for (const SacCommand *command = sac_commands_get_all ();
       command->action != NULL; command++) {
    if (strcmp (command->action, "app.quit") == 0 ||
        strcmp (command->action, "window.close") == 0)
      continue;
    g_test_message ("%s", command->action);
    activate (window, command->action);
    app_run_for (60);
    close_others (application, window);
  }
  app_wait_until (app_is_at_rest, window);
  /* GTK 4.8 complains when a window goes whose tooltip is about to come. */
  app_run_for (800);
  app_stop (application);
}

/* Every action has a key that is its own, and exists.  GTK's Inspector has two
 * for itself, in every window. */
static void
assert_commands (SacApplication *application, SacWindow *window)
{
  g_autoptr (GHashTable) keys =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  g_hash_table_add (keys, g_strdup ("<Shift><Control>d"));
  g_hash_table_add (keys, g_strdup ("<Shift><Control>i"));
  for (const SacCommand *command = sac_commands_get_all ();
       command->action != NULL; command++) {
    g_autofree char *name = NULL;
    g_autoptr (GVariant) target = NULL;
    g_auto (GStrv) accels = g_strsplit (command->keys, " ", -1);

    g_assert_true (
      g_action_parse_detailed_name (command->action, &name, &target, NULL));
    if (g_str_has_prefix (name, "win."))
      g_assert_true (
        g_action_group_has_action (G_ACTION_GROUP (window), name + 4));
    if (g_str_has_prefix (name, "app."))
      g_assert_true (
        g_action_group_has_action (G_ACTION_GROUP (application), name + 4));
    g_assert_nonnull (accels[0]);
    for (gsize i = 0; accels[i] != NULL; i++) {
      guint key;
      GdkModifierType modifiers;

      g_assert_true (gtk_accelerator_parse (accels[i], &key, &modifiers));
      g_assert_true (
        g_hash_table_add (keys, gtk_accelerator_name (key, modifiers)));
    }
  }
}

static bool
has_file (gpointer path)
{
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
test_figure (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, DEMO);
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "figure.png", NULL);
  SacDocument *document = sac_window_get_document (window);

  g_assert_true (sac_document_save_figure (document, path));
  app_wait_until (has_file, path);
  app_wait_for_label (window, "figure.png");

  sac_document_save_figure (document, "/nowhere/figure.png");
  app_wait_for_label (window, "not saved");
  test_folder_remove (folder);
  app_stop (application);
}

static void
assert_labelled (GtkWidget *widget)
{
  GtkAccessible *accessible = GTK_ACCESSIBLE (widget);

  g_assert_true (
    gtk_test_accessible_has_property (accessible,
                                      GTK_ACCESSIBLE_PROPERTY_LABEL));
}

static bool
is_described (gpointer canvas)
{
  return gtk_test_accessible_has_property (canvas,
                                           GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
}

/* What has no text of its own has a name for a screen reader, and the picture
 * says what it shows. */
static void
test_accessible (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, DEMO);
  GtkWidget *top = GTK_WIDGET (window);
  GtkWidget *canvas = app_find (top, SAC_TYPE_CANVAS, 0);
  GtkWidget *widget;

  assert_commands (application, window);
  app_wait_until (is_described, canvas);
  g_assert_cmpint (gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (canvas)),
                   ==, GTK_ACCESSIBLE_ROLE_IMG);
  assert_labelled (canvas);
  for (int i = 0; (widget = app_find (top, GTK_TYPE_DROP_DOWN, i)) != NULL; i++)
    assert_labelled (widget);
  for (int i = 0; (widget = app_find (top, GTK_TYPE_SCALE, i)) != NULL; i++)
    assert_labelled (widget);
  for (int i = 0; (widget = app_find (top, GTK_TYPE_PROGRESS_BAR, i)) != NULL;
       i++) {
    if (gtk_widget_has_css_class (widget, "prediction"))
      assert_labelled (widget);
  }
  for (int i = 0; (widget = app_find (top, GTK_TYPE_BUTTON, i)) != NULL; i++) {
    if (gtk_button_get_icon_name (GTK_BUTTON (widget)) != NULL &&
        gtk_actionable_get_action_name (GTK_ACTIONABLE (widget)) != NULL)
      assert_labelled (widget);
  }
  app_stop (application);
}

static bool
is_gone (gpointer place)
{
  return *(gpointer *)place == NULL;
}

static void
test_finalize (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, DEMO);
  SacDocument *document = sac_window_get_document (window);
  SacPaneState *pane = app_get_pane (window, 0);

  g_object_add_weak_pointer (G_OBJECT (document), (gpointer *)&document);
  g_object_add_weak_pointer (G_OBJECT (pane), (gpointer *)&pane);
  /* Closed in the middle of work. */
  sac_pane_state_set_model (pane, "derm-resnet18-la");
  app_catch (is_working, pane);
  app_stop (application);
  /* The engine lets go of them when it has noticed. */
  app_wait_until (is_gone, &document);
  app_wait_until (is_gone, &pane);
}

/* What does not depend on the renderer. */
static void
add_once (void)
{
  g_test_add_func ("/window/slide", test_slide_gets_tile_models);
  g_test_add_func ("/window/figure", test_figure);
  g_test_add_func ("/window/other-model", test_other_model);
  g_test_add_func ("/window/bad-file", test_bad_file);
  g_test_add_func ("/window/bad-file-first", test_bad_file_first);
  g_test_add_func ("/window/model-first", test_model_first);
  g_test_add_func ("/window/no-attention", test_no_attention);
  g_test_add_func ("/window/unknown", test_unknown_model_and_layer);
  g_test_add_func ("/window/stop", test_stop);
  g_test_add_func ("/window/open-while-working", test_open_while_working);
  g_test_add_func ("/window/last-question", test_only_the_last_question_counts);
  g_test_add_func ("/window/accessible", test_accessible);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/window/demo", test_demo);
  g_test_add_func ("/window/camera", test_panes_share_the_camera);
  g_test_add_func ("/window/all-actions", test_all_actions);
  g_test_add_func ("/window/finalize", test_finalize);
  if (g_strcmp0 (g_getenv ("GSK_RENDERER"), "gl") != 0)
    add_once ();
  return app_run_tests ();
}
