/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "run-results.h"

#include "accessible.h"
#include "choice.h"
#include "texture.h"
#include "tooltip.h"

#include <glib/gi18n.h>
#include <string.h>

/* How much around a tile is shown with it: its place is part of the answer. */
#define CONTEXT 4.0

/* Pictures in a row: the tile and two maps; the files have all. */
#define COLUMNS_MOST 3

struct _SacRunResults {
  GtkWidget parent_instance;
  SacDocument *document;
  SacRunView *view;
  SacRun *run;          /* NULL: none */
  SacRunResult *shown;  /* what is told and its tiles; NULL: nothing */
  SacRunResult *listed; /* whose maps can be chosen: that, or what grows */
  char *chosen;         /* key of the map that the reader wants; NULL: none */
  bool is_filling;

  GtkWidget *box;
  GtkWidget *heading;
  GtkWidget *summary;
  GtkWidget *maps;
  GtkWidget *tiles; /* a heading and a grid a model */
};

G_DEFINE_FINAL_TYPE (SacRunResults, sac_run_results, GTK_TYPE_WIDGET)

static double
get_number (JsonObject *object, const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node)
           ? json_node_get_double (node)
           : 0;
}

static const SacRunItem *
get_first (SacRunResults *results, size_t index)
{
  const SacRunResult *result = results->shown;

  return result->items->pdata[result->models[index].shown];
}

/* What a pooling model says of the slide. */
static void
append_pooling (GString *text, SacRunResults *results, size_t index)
{
  const SacRunModel *model = &results->shown->models[index];
  JsonObject *pooling =
    json_array_get_object_element (json_object_get_array_member (results->shown
                                                                   ->summary,
                                                                 "poolings"),
                                   (guint)model->place.index);
  JsonObject *object =
    json_array_get_object_element (json_object_get_array_member (pooling,
                                                                 "classes"),
                                   (guint)model->class_index);
  g_autofree char *name =
    sac_choice_dup_model_name (sac_run_get_order (results->run)->models[index]);

  g_string_append_c (text, '\n');
  /* Translators: a model, one of its classes, and how many tiles would weigh as
   * much if all weighed the same. */
  g_string_append_printf (
    text,
    _ ("%s, %s: probability %.3f; attention on effectively %.1f of %.0f tiles"),
    name, json_object_get_string_member_with_default (object, "id", ""),
    get_number (object, "probability"), get_number (object, "effective_tiles"),
    get_number (pooling, "tiles"));
}

/* The positive area of the class that a model is shown with. */
static void
append_model (GString *text,
              SacRunResults *results,
              JsonObject *model,
              size_t index)
{
  const SacRunItem *item = get_first (results, index);
  JsonArray *classes = json_object_get_array_member (model, "classes");

  for (guint i = 0; i < json_array_get_length (classes); i++) {
    JsonObject *object = json_array_get_object_element (classes, i);
    const char *id =
      json_object_get_string_member_with_default (object, "id", "");
    g_autofree char *name = sac_choice_dup_model_name (
      sac_run_get_order (results->run)->models[index]);

    if (g_strcmp0 (id, item->class_name) == 0) {
      g_string_append_c (text, '\n');
      /* Translators: a model, one of its classes, an area and a count. */
      g_string_append_printf (text,
                              _ ("%s, %s: %.3f mm² in %.0f tiles at 0.5 or "
                                 "more"),
                              name, id, get_number (object, "positive_mm2"),
                              get_number (object, "positive_tiles"));
    }
  }
}

static void
show_summary (SacRunResults *results)
{
  JsonObject *summary = results->shown->summary;
  JsonArray *models = json_object_get_array_member (summary, "models");
  g_autoptr (GString) text = g_string_new (NULL);

  if (sac_run_get_order (results->run)->tissue == SAC_RUN_TISSUE_ALL)
    g_string_append_printf (text,
                            ngettext ("%zu tile", "%zu tiles",
                                      results->shown->progress.tile_count),
                            results->shown->progress.tile_count);
  else
    g_string_append_printf (text, _ ("%.3f mm² of tissue, %zu tiles"),
                            get_number (summary, "tissue_mm2"),
                            results->shown->progress.tile_count);
  for (guint i = 0; sac_run_get_order (results->run)->models[i] != NULL; i++) {
    const SacSlidePlace *place = &results->shown->models[i].place;

    if (place->pools)
      append_pooling (text, results, i);
    else
      append_model (text, results,
                    json_array_get_object_element (models, (guint)place->index),
                    i);
  }
  gtk_label_set_label (GTK_LABEL (results->summary), text->str);
}

static char *
dup_item_title (SacRunResults *results, const SacRunItem *item)
{
  const char *label = sac_run_view_get_method_label (item);
  g_autofree char *model = sac_choice_dup_model_name (
    sac_run_get_order (results->run)->models[item->model]);

  return item->class_name != NULL
           ? g_strdup_printf ("%s · %s · %s", model, label, item->class_name)
           : g_strdup_printf ("%s · %s", model, label);
}

/* Whether the list has these very titles. */
static bool
has_titles (SacRunResults *results, GtkStringList *titles)
{
  GListModel *now =
    G_LIST_MODEL (gtk_drop_down_get_model (GTK_DROP_DOWN (results->maps)));
  guint count = g_list_model_get_n_items (G_LIST_MODEL (titles));

  if (now == NULL || g_list_model_get_n_items (now) != count)
    return false;
  for (guint i = 0; i < count; i++)
    if (strcmp (gtk_string_list_get_string (GTK_STRING_LIST (now), i),
                gtk_string_list_get_string (titles, i)) != 0)
      return false;
  return true;
}

/* What was chosen while it grew is chosen still. */
static void
fill_maps (SacRunResults *results)
{
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);
  const SacRunResult *listed = results->listed;
  int chosen = results->chosen != NULL
                 ? sac_run_result_find_item (listed, results->chosen)
                 : -1;

  for (guint i = 0; i < listed->items->len; i++)
    gtk_string_list_take (list,
                          dup_item_title (results, listed->items->pdata[i]));
  results->is_filling = true;
  if (!has_titles (results, list))
    gtk_drop_down_set_model (GTK_DROP_DOWN (results->maps),
                             G_LIST_MODEL (list));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (results->maps),
                              chosen >= 0 ? (guint)chosen
                                          : listed->models[0].shown);
  results->is_filling = false;
}

static void
on_map_chosen (SacRunResults *results)
{
  guint index = gtk_drop_down_get_selected (GTK_DROP_DOWN (results->maps));

  if (results->is_filling || results->listed == NULL ||
      index >= results->listed->items->len)
    return;
  g_free (results->chosen);
  results->chosen = sac_run_item_dup_key (results->listed->items->pdata[index]);
  sac_run_view_show_item (results->view, results->run, index);
}

/* Data of a button: its tile. */
static void
on_tile (GtkButton *button, SacRunResults *results)
{
  const SacTopTile *tile = g_object_get_data (G_OBJECT (button), "tile");
  SacRect rect = tile->rect;
  SacRect around = {rect.x - rect.width * (CONTEXT - 1) / 2,
                    rect.y - rect.height * (CONTEXT - 1) / 2,
                    rect.width * CONTEXT, rect.height * CONTEXT};

  if (!sac_run_view_has_slide (results->view, results->run))
    return;
  sac_viewport_frame_rect (sac_document_get_viewport (results->document),
                           &around);
  sac_document_set_cursor (results->document, rect.x + rect.width / 2,
                           rect.y + rect.height / 2);
}

static GtkWidget *
new_picture (SacImage *image)
{
  GtkWidget *picture = gtk_picture_new ();

  if (image != NULL) {
    g_autoptr (GdkTexture) texture = sac_texture_new_for_image (image);

    gtk_picture_set_paintable (GTK_PICTURE (picture), GDK_PAINTABLE (texture));
  }
  gtk_widget_set_size_request (picture, SAC_RUN_TILE_SIDE, SAC_RUN_TILE_SIDE);
  return picture;
}

/* The tile and its maps side by side. */
static GtkWidget *
new_tile (SacRunResults *results,
          const SacTopTiles *top,
          guint index,
          bool pools)
{
  const SacTopTile *tile = top->tiles->pdata[index];
  GtkWidget *button = gtk_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *pictures = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 3);
  g_autofree char *score =
    g_strdup_printf (pools ? "× %.2f" : "%.3f", tile->score);
  g_autofree char *name =
    g_strdup_printf (pools
                       ? _ ("Go to tile %u, attention %s, at x %.0f, y %.0f")
                       : _ ("Go to tile %u, probability %s, at x %.0f, y %.0f"),
                     index + 1, score, tile->rect.x, tile->rect.y);

  for (size_t c = 0; c < MIN (top->column_count, COLUMNS_MOST); c++)
    gtk_box_append (GTK_BOX (pictures), new_picture (tile->images[c]));
  gtk_widget_set_halign (pictures, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), pictures);
  gtk_box_append (GTK_BOX (box), gtk_label_new (score));
  gtk_widget_add_css_class (gtk_widget_get_last_child (box), "numeric");
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "flat");
  sac_tooltip_set (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data (G_OBJECT (button), "tile", (gpointer)tile);
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_tile), results, 0);
  return button;
}

/* What stands in the columns beside a tile, and how far their colours go. */
static char *
describe_columns (const SacTopTiles *top)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (size_t c = 1; c < MIN (top->column_count, COLUMNS_MOST); c++) {
    const SacTopColumn *column = &top->columns[c];

    g_string_append (text, c == 1 ? _ ("Beside each: ") : ", ");
    /* Translators: a method, and the value of its brightest colour. */
    g_string_append_printf (text, _ ("%s (0 to %.3g)"), _ (column->label),
                            column->highest);
  }
  return g_strdup (text->str);
}

static void
add_note (SacRunResults *results, const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, "note");
  gtk_box_append (GTK_BOX (results->tiles), label);
}

static void
add_model_tiles (SacRunResults *results, size_t index)
{
  const SacRunModel *model = &results->shown->models[index];
  g_autofree char *title = dup_item_title (results, get_first (results, index));
  g_autofree char *heading = g_strdup_printf (_ ("Top tiles of %s"), title);
  g_autofree char *columns = describe_columns (model->top);
  GtkWidget *grid = gtk_grid_new ();
  int across = model->top->column_count > 1 ? 1 : 2;

  add_note (results, heading);
  if (columns[0] != '\0')
    add_note (results, columns);
  for (guint i = 0; i < model->top->tiles->len; i++)
    gtk_grid_attach (GTK_GRID (grid),
                     new_tile (results, model->top, i, model->place.pools),
                     (int)i % across, (int)i / across, 1, 1);
  gtk_grid_set_column_homogeneous (GTK_GRID (grid), TRUE);
  gtk_box_append (GTK_BOX (results->tiles), grid);
}

static void
show_result (SacRunResults *results, SacRunResult *result)
{
  GtkWidget *child;

  gtk_label_set_label (GTK_LABEL (results->heading),
                       result != NULL ? _ ("Results") : _ ("Results so far"));
  gtk_widget_set_visible (results->summary, result != NULL);
  gtk_widget_set_visible (results->tiles, result != NULL);
  if (result == results->shown)
    return;
  while ((child = gtk_widget_get_first_child (results->tiles)) != NULL)
    gtk_box_remove (GTK_BOX (results->tiles), child);
  g_clear_pointer (&results->shown, sac_run_result_unref);
  if (result == NULL)
    return;
  results->shown = sac_run_result_ref (result);
  show_summary (results);
  for (guint i = 0; sac_run_get_order (results->run)->models[i] != NULL; i++)
    add_model_tiles (results, i);
}

static void
refresh (SacRunResults *results)
{
  SacRunResult *result =
    results->run != NULL ? sac_run_get_result (results->run) : NULL;
  SacRunResult *listed = result;

  if (listed == NULL && results->run != NULL)
    listed = sac_run_get_growing (results->run);
  gtk_widget_set_visible (GTK_WIDGET (results),
                          listed != NULL && listed->items->len > 0);
  show_result (results, result);
  if (listed == results->listed)
    return;
  g_clear_pointer (&results->listed, sac_run_result_unref);
  if (listed == NULL)
    return;
  results->listed = sac_run_result_ref (listed);
  fill_maps (results);
}

void
sac_run_results_set_run (SacRunResults *results, SacRun *run)
{
  if (results->run != NULL)
    g_signal_handlers_disconnect_by_func (results->run, refresh, results);
  if (results->run != run)
    g_clear_pointer (&results->chosen, g_free);
  g_set_object (&results->run, run);
  if (run != NULL) {
    g_signal_connect_object (run, "changed", G_CALLBACK (refresh), results,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (run, "maps", G_CALLBACK (refresh), results,
                             G_CONNECT_SWAPPED);
  }
  refresh (results);
}

SacRun *
sac_run_results_get_run (SacRunResults *results)
{
  return results->run;
}

GtkWidget *
sac_run_results_new (SacDocument *document, SacRunView *view)
{
  SacRunResults *results = g_object_new (SAC_TYPE_RUN_RESULTS, NULL);

  results->document = g_object_ref (document);
  results->view = g_object_ref (view);
  return GTK_WIDGET (results);
}

static void
sac_run_results_dispose (GObject *object)
{
  SacRunResults *results = SAC_RUN_RESULTS (object);

  g_clear_pointer (&results->box, gtk_widget_unparent);
  g_clear_pointer (&results->shown, sac_run_result_unref);
  g_clear_pointer (&results->listed, sac_run_result_unref);
  g_clear_pointer (&results->chosen, g_free);
  g_clear_object (&results->run);
  g_clear_object (&results->view);
  g_clear_object (&results->document);
  G_OBJECT_CLASS (sac_run_results_parent_class)->dispose (object);
}

static void
sac_run_results_class_init (SacRunResultsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_run_results_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass),
                                            GTK_TYPE_BIN_LAYOUT);
}

static void
sac_run_results_init (SacRunResults *results)
{
  results->heading = gtk_label_new (NULL);
  results->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9);
  results->summary = gtk_label_new (NULL);
  results->maps = gtk_drop_down_new (NULL, NULL);
  results->tiles = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_label_set_xalign (GTK_LABEL (results->heading), 0);
  gtk_widget_add_css_class (results->heading, "heading");
  gtk_label_set_xalign (GTK_LABEL (results->summary), 0);
  gtk_label_set_wrap (GTK_LABEL (results->summary), TRUE);
  gtk_label_set_selectable (GTK_LABEL (results->summary), TRUE);
  sac_accessible_set_name (results->maps, _ ("Map in the active pane"));
  sac_tooltip_set (results->maps, _ ("Map in the active pane"));
  g_signal_connect_object (results->maps, "notify::selected",
                           G_CALLBACK (on_map_chosen), results,
                           G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (results->box), results->heading);
  gtk_box_append (GTK_BOX (results->box), results->summary);
  gtk_box_append (GTK_BOX (results->box), results->maps);
  gtk_box_append (GTK_BOX (results->box), results->tiles);
  gtk_widget_set_parent (results->box, GTK_WIDGET (results));
  gtk_widget_set_visible (GTK_WIDGET (results), FALSE);
}
