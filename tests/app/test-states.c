/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a pane says of a map that is not what a reader may take it for, and of a
 * model that cannot give one: networks written here, whose answers are known,
 * and fixtures. */
#include "app-support.h"

#include "canvas-overlays.h"
#include "chooser.h"
#include "companion.h"
#include "onnx-writer.h"
#include "pair-inset.h"
#include "scene-actions.h"
#include "support.h"

#include <string.h>

/* Each class has one channel's mean; the image's channels are 0 to 1 less a
 * mean, whatever the manifest guesses. */
#define HEAD "opset 13\ninput x float 1,3,16,16\n"
#define TAIL(value)                                                            \
  "node _ GlobalAveragePool " value " -> pooled\n"                             \
  "node _ Flatten pooled -> flat\n"                                            \
  "node last MatMul flat,rows -> score\n"                                      \
  "output score float 1,2\n"

/* The first class is the second one's opposite. */
static const char against[] =
  HEAD "init w float 2,3,1,1 1 1 1 -1 -1 -1\n"
       "init rows float 2,2 -1 1 -1 1\n"
       "node _ Conv x,w -> conv\nnode _ Relu conv -> seen\n" TAIL ("seen");

/* The picture does not matter. */
static const char flat[] =
  HEAD "init w float 2,3,1,1 0 0 0 0 0 0\ninit b float 2 1 1\n"
       "init rows float 2,2 1 2 1 2\n"
       "node _ Conv x,w,b -> conv\nnode _ Relu conv -> seen\n" TAIL ("seen");

/* Roots of numbers below 0. */
static const char broken[] = HEAD
  "init w float 2,3,1,1 0 0 0 0 0 0\ninit b float 2 -1 -1\n"
  "init rows float 2,2 1 2 1 2\n"
  "node _ Conv x,w,b -> conv\nnode middle Sqrt conv -> root\n" TAIL ("root");

/* Nothing gets through. */
static const char shut[] =
  HEAD "init w float 2,3,1,1 1 1 1 -1 -1 -1\ninit b float 2 -99 -99\n"
       "init rows float 2,2 1 2 1 2\n"
       "node _ Conv x,w,b -> conv\nnode _ Relu conv -> seen\n" TAIL ("seen");

/* The sum of two images' channels. */
static const char pair[] =
  "opset 13\ninput clinical float 1,3,16,16\n"
  "input dermoscopic float 1,3,16,16\n"
  "init w float 2,3,1,1 1 0 0 0 0 1\ninit v float 2,3,1,1 0 3 0 3 0 0\n"
  "init rows float 2,2 1 2 1 2\n"
  "node _ Conv clinical,w -> first\nnode _ Relu first -> one\n"
  "node _ Conv dermoscopic,v -> second\nnode _ Relu second -> two\n"
  "node _ Add one,two -> both\n" TAIL ("both");

static char *folder; /* where written networks are */

/* Returns: its path, a new string. */
static char *
write_model (const char *name, const char *text)
{
  g_autoptr (GBytes) bytes = onnx_write (text);
  g_autofree char *file = g_strconcat (name, ".onnx", NULL);
  char *path = g_build_filename (folder, file, NULL);
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  g_assert_true (g_file_set_contents (path, data, (gssize)size, NULL));
  return path;
}

/* A picture of 64 x 48 pixels, red above green.  Returns: its path, a new
 * string. */
static char *
write_picture (void)
{
  char *path = g_build_filename (folder, "other.png", NULL);
  cairo_surface_t *surface =
    cairo_image_surface_create (CAIRO_FORMAT_RGB24, 64, 48);
  cairo_t *cr = cairo_create (surface);

  cairo_set_source_rgb (cr, 0.9, 0.2, 0.1);
  cairo_paint (cr);
  cairo_set_source_rgb (cr, 0.1, 0.7, 0.2);
  cairo_rectangle (cr, 0, 24, 64, 24);
  cairo_fill (cr);
  cairo_destroy (cr);
  g_assert_cmpint (cairo_surface_write_to_png (surface, path), ==,
                   CAIRO_STATUS_SUCCESS);
  cairo_surface_destroy (surface);
  return path;
}

/* The first pane asks this of the model. */
static SacPaneState *
ask (SacWindow *window, const char *path, const char *method)
{
  SacPaneState *pane = app_get_pane (window, 0);

  sac_pane_state_set_model (pane, path);
  sac_pane_state_set_method (pane, method);
  app_wait_until (app_is_at_rest, window);
  return pane;
}

/* Waits for a visible label with `part`. */
static void
show (SacWindow *window,
      const char *name,
      const char *text,
      const char *method,
      const char *part)
{
  g_autofree char *path = write_model (name, text);

  ask (window, path, method);
  app_wait_for_label (window, part);
}

/* The pictures say it themselves. */
static bool
has_verdict (SacWindow *window, const char *text)
{
  GtkWidget *label;

  for (int i = 0;
       (label = app_find (GTK_WIDGET (window), GTK_TYPE_LABEL, i)) != NULL; i++)
    if (gtk_widget_has_css_class (label, "pane-verdict") &&
        gtk_widget_get_visible (label) &&
        g_str_equal (gtk_label_get_text (GTK_LABEL (label)), text))
      return true;
  return false;
}

static void
test_evidence (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);
  SacPaneState *pane = app_get_pane (window, 0);

  show (window, "against", against, "grad-cam", "guesses");
  sac_pane_state_set_class (pane, 0, "1");
  app_wait_until (app_is_at_rest, window);
  app_wait_for_no_label (window, "No positive evidence");
  sac_pane_state_set_class (pane, 0, "0");
  app_wait_for_label (window,
                      "No positive evidence: no cell speaks for this class.");
  app_wait_for_label (window, "Evidence against, 100 % of the total, is cut");
  g_assert_true (has_verdict (window, "No positive evidence"));
  sac_pane_state_set_param (pane, "relu", "0");
  app_wait_for_label (window, "100 % of the total is negative: evidence "
                              "against");
  sac_pane_state_set_method (pane, "eigen-cam");
  app_wait_for_label (window, "Not class-specific");
  show (window, "flat", flat, "grad-cam", "Flat: every cell has the same");
  show (window, "broken", broken, "grad-cam",
        "The run is not finite: node middle (Sqrt) is the first");
  app_wait_for_label (window, "Hatched cells are not numbers");
  app_wait_for_label (window, "not made of numbers");
  app_wait_for_no_label (window, "no positive evidence");
  g_assert_true (has_verdict (window, "Not finite: the map means nothing"));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-maps", NULL);
  g_assert_false (has_verdict (window, "Not finite: the map means nothing"));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-maps", NULL);
  show (window, "shut", shut, "gradient",
        "The gradient is 0 everywhere at the input");
  app_stop (application);
}

static GtkWidget *
find_chooser (SacWindow *window, const char *id)
{
  GtkWidget *chooser;

  for (int i = 0;
       (chooser = app_find (GTK_WIDGET (window), SAC_TYPE_CHOOSER, i)) != NULL;
       i++)
    if (g_strcmp0 (sac_chooser_get_selected (SAC_CHOOSER (chooser)), id) == 0)
      return chooser;
  return NULL;
}

static char *
dup_spoken (GtkWidget *widget)
{
  return gtk_test_accessible_check_property (
    GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "\x01");
}

static double
get_mark (GtkWidget *chooser, const char *title)
{
  GtkWidget *list = app_find (chooser, GTK_TYPE_LIST_VIEW, 0);
  GtkWidget *texts = gtk_widget_get_parent (app_find_label (list, title));

  return gtk_widget_get_opacity (
    gtk_widget_get_last_child (gtk_widget_get_parent (texts)));
}

/* The mark stays with what is chosen while the pointer goes over others. */
static void
check_marks (GtkWidget *chooser)
{
  GtkListView *list = GTK_LIST_VIEW (app_find (chooser, GTK_TYPE_LIST_VIEW, 0));

  gtk_selection_model_select_item (gtk_list_view_get_model (list), 1, TRUE);
  g_assert_cmpfloat (get_mark (chooser, "Grad-CAM"), ==, 1);
  g_assert_cmpfloat (get_mark (chooser, "HiResCAM"), ==, 0);
}

static bool
says_nothing_found (gpointer chooser)
{
  return app_find_label (chooser, "Nothing found") != NULL;
}

/* Typing a part of a name, or of the id, and Enter chooses it, also what is
 * typed in the list itself; where nothing has it the list says so. */
static void
check_search (GtkWidget *chooser)
{
  GtkWidget *search = app_find (chooser, GTK_TYPE_SEARCH_ENTRY, 0);
  GtkWidget *captured =
    gtk_search_entry_get_key_capture_widget (GTK_SEARCH_ENTRY (search));

  g_assert_true (
    gtk_widget_is_ancestor (app_find (chooser, GTK_TYPE_LIST_VIEW, 0),
                            captured));

  gtk_editable_set_text (GTK_EDITABLE (search), "attention");
  g_signal_emit_by_name (search, "activate");
  g_assert_cmpstr (sac_chooser_get_selected (SAC_CHOOSER (chooser)), ==,
                   "grad-cam");
  g_signal_emit_by_name (search, "search-started");
  g_assert_true (
    gtk_widget_is_ancestor (gtk_root_get_focus (gtk_widget_get_root (search)),
                            search));
  gtk_editable_set_text (GTK_EDITABLE (search), "no such method");
  app_wait_until (says_nothing_found, chooser);
  gtk_editable_set_text (GTK_EDITABLE (search), "cam-fusion");
  g_signal_emit_by_name (search, "activate");
  g_assert_cmpstr (sac_chooser_get_selected (SAC_CHOOSER (chooser)), ==,
                   "cam-fusion");
  gtk_editable_set_text (GTK_EDITABLE (search), "layer");
  g_signal_emit_by_name (search, "activate");
  g_assert_cmpstr (sac_chooser_get_selected (SAC_CHOOSER (chooser)), ==,
                   "layercam");
}

/* Keys start at the row of what is chosen, which has the mark. */
static bool
is_at_chosen (gpointer chooser)
{
  GtkWidget *row =
    gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (chooser)));
  GtkWidget *box = row != NULL ? gtk_widget_get_first_child (row) : NULL;

  return GTK_IS_BOX (box) &&
         gtk_widget_get_opacity (gtk_widget_get_last_child (box)) == 1 &&
         app_find_label (box, "Grad-CAM") != NULL;
}

/* A method that the model cannot give is in the list, grey, and says why: below
 * its name, in a tooltip, to a screen reader. */
static void
test_greyed (void)
{
  static const char *const reason = "This model has no attention";
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);
  GtkWidget *chooser = find_chooser (window, "grad-cam");
  GtkWidget *label, *row;

  sac_chooser_open (SAC_CHOOSER (chooser));
  app_wait_for_label (window, reason);
  app_wait_until (is_at_chosen, chooser);
  label = app_find_label (chooser, reason);
  g_assert_true (gtk_widget_is_sensitive (label));
  g_assert_false (
    gtk_widget_is_sensitive (gtk_widget_get_prev_sibling (label)));
  row = gtk_widget_get_parent (gtk_widget_get_parent (label));
  g_assert_cmpstr (gtk_widget_get_tooltip_text (row), ==, reason);

  g_autofree char *spoken = dup_spoken (gtk_widget_get_parent (row));

  g_assert_cmpstr (spoken, ==, reason);
  check_marks (chooser);
  check_search (chooser);
  app_wait_until (app_has_maps, window);
  app_stop (application);
}

/* A model of two images asks for the other one; maps lie on the one that is
 * shown, whichever role it has, and the files' hashes say which. */
static void
test_pair (void)
{
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);
  SacDocument *document = sac_window_get_document (window);
  SacCompanion *companion = sac_companion_of (document);
  g_autofree char *path = write_model ("pair", pair);
  g_autofree char *other = write_picture ();
  SacPaneState *pane = ask (window, path, "gradient");
  g_autoptr (SacMap) first = NULL;

  app_wait_for_label (window, "The model looks at two images together");
  app_wait_for_label (window, "its input “clinical”; it also needs one for "
                              "“dermoscopic”");
  g_assert_null (sac_pane_state_get_map (pane));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.open-other-path", "s",
                              other);
  app_wait_until (app_has_maps, window);
  app_wait_for_label (window, "This image is the model's “clinical”");
  first = sac_map_ref (sac_pane_state_get_map (pane));
  g_assert_cmpint (first->geometry.image_width, ==,
                   sac_source_get_width (sac_document_get_source (document)));
  g_assert_true (
    json_object_has_member (first->provenance, "other_image_hash"));
  sac_companion_exchange_roles (companion);
  app_wait_until (app_has_maps, window);
  app_wait_for_label (window, "This image is the model's “dermoscopic”");
  g_assert_cmpfloat (sac_pane_state_get_map (pane)->values[0], !=,
                     first->values[0]);
  g_assert_true (sac_companion_show (companion));
  app_wait_until (app_has_maps, window);
  app_wait_for_label (window, "This image is the model's “clinical”");
  g_assert_cmpint (sac_pane_state_get_map (pane)->geometry.image_width, ==, 64);
  g_assert_cmpstr (json_object_get_string_member (first->provenance,
                                                  "image_hash"),
                   ==,
                   json_object_get_string_member (sac_pane_state_get_map (pane)
                                                    ->provenance,
                                                  "other_image_hash"));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.open-other-path", "s",
                              "/nowhere.png");
  app_run_for (200);
  g_assert_nonnull (sac_companion_get_source (companion));
  sac_document_open (document, SAC_DEMO_DERMOSCOPY);
  app_wait_for_label (window, "The model looks at two images together");
  g_assert_null (sac_companion_get_source (companion));
  app_stop (application);
}

/* A pair of the shipped model: with both images it says what they show. */
static void
test_shipped_pair (void)
{
  g_autofree char *place =
    g_build_filename (g_getenv ("SACCADE_MODELS"), "phantom-pair", NULL);
  g_autofree char *path = g_build_filename (place, "model.onnx", NULL);
  g_autofree char *image =
    g_build_filename (place, "reference-4-dermoscopy.png", NULL);
  g_autofree char *other =
    g_build_filename (place, "reference-4-clinical.png", NULL);
  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, image);
  SacPaneState *pane = ask (window, path, "grad-cam");

  app_wait_for_label (window, "The model looks at two images together");
  g_assert_null (sac_pane_state_get_map (pane));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.open-other-path", "s",
                              other);
  app_wait_until (app_has_maps, window);
  app_wait_for_label (window, "This image is the model's “dermoscopy”");
  app_wait_for_label (window, "network and raised");
  g_assert_cmpint (sac_pane_state_get_map (pane)->geometry.image_width, ==, 96);

  g_autoptr (SacSceneView) scene = sac_scene_actions_capture (window);

  g_assert_cmpstr (scene->other, ==, other);
  g_assert_false (scene->is_second);
  app_stop (application);
}

/* The places that ask lie on the other image, which a corner of the canvas
 * shows: a press there asks, and the map is another one. */
static void
check_asking (SacWindow *window, SacPaneState *pane)
{
  SacCanvas *canvas =
    SAC_CANVAS (app_find (GTK_WIDGET (window), SAC_TYPE_CANVAS, 0));
  g_autoptr (SacMap) before = sac_map_ref (sac_pane_state_get_map (pane));
  graphene_rect_t place = sac_pair_inset_get_place (canvas, pane);
  SacPaneAsking asking;

  g_assert_true (sac_pane_state_can_pick (pane));
  g_assert_true (sac_pane_state_get_asking (pane, &asking));
  g_assert_true (asking.is_other);
  g_assert_cmpint (asking.rows, ==, 4);
  g_assert_cmpint (asking.columns, ==, 4);
  g_assert_cmpint (asking.token, ==, -1);
  g_assert_cmpfloat (place.size.width, ==, 0);
  g_assert_false (sac_pane_state_ask_token_at (pane, 100, 100));

  sac_pane_state_set_picking (pane, true);
  place = sac_pair_inset_get_place (canvas, pane);
  g_assert_cmpfloat (place.size.width, >, 50);
  /* The third cell of the second row. */
  SacCanvasPoint point =
    sac_canvas_locate (canvas, place.origin.x + 0.6 * place.size.width,
                       place.origin.y + 0.4 * place.size.height);

  g_assert_true (
    sac_canvas_overlays_press (sac_canvas_get_overlays (canvas), &point));
  sac_canvas_overlays_cancel (sac_canvas_get_overlays (canvas));
  g_assert_false (sac_pane_state_is_picking (pane));
  app_wait_until (app_has_maps, window);
  g_assert_true (sac_pane_state_get_asking (pane, &asking));
  g_assert_cmpint (asking.token, ==, 6);
  g_assert_cmpint (memcmp (sac_pane_state_get_map (pane)->values,
                           before->values, 16 * sizeof (float)),
                   !=, 0);
  app_wait_for_label (window, "What one place of the other image attends to");
}

/* Cross-attention between two images, tokens without a place, windows that are
 * put back where they were taken from. */
static void
test_tokens (void)
{
  g_autofree char *crossed = test_shared ("fixtures/models/ssn/model.onnx");
  g_autofree char *registers =
    test_shared ("fixtures/models/dinov2/model.onnx");
  g_autofree char *windows = test_shared ("fixtures/models/swin/model.onnx");

  if (crossed == NULL || registers == NULL || windows == NULL)
    return;

  SacApplication *application = app_start ();
  SacWindow *window = app_open (application, SAC_DEMO_DERMOSCOPY);
  SacPaneState *pane = ask (window, registers, "attention");

  app_wait_for_label (window, "(registers)");
  g_assert_cmpuint (json_array_get_length (
                      json_object_get_array_member (sac_pane_state_get_map (
                                                      pane)
                                                      ->provenance,
                                                    "prefix_attention")),
                    ==, 5);
  g_assert_true (sac_pane_state_can_pick (pane));
  ask (window, windows, "attention");
  g_assert_nonnull (sac_pane_state_get_map (pane));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.open-other-path", "s",
                              SAC_DEMO_DERMOSCOPY);
  ask (window, crossed, "attention");
  app_wait_until (app_has_maps, window);
  g_assert_cmpint (sac_pane_state_get_map (pane)->rows, ==, 4);
  g_assert_cmpint (sac_pane_state_get_map (pane)->columns, ==, 4);
  check_asking (window, pane);
  app_stop (application);
}

int
main (int argc, char **argv)
{
  int result;

  gtk_test_init (&argc, &argv, NULL);
  folder = test_folder_new ();
  g_test_add_func ("/states/evidence", test_evidence);
  g_test_add_func ("/states/greyed", test_greyed);
  g_test_add_func ("/states/pair", test_pair);
  g_test_add_func ("/states/shipped-pair", test_shipped_pair);
  g_test_add_func ("/states/tokens", test_tokens);
  result = app_run_tests ();
  test_folder_remove (folder);
  return result;
}
