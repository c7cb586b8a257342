/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "run-models.h"

#include "accessible.h"
#include "choice.h"
#include "tooltip.h"

#include <glib/gi18n.h>

#define METHODS_HEIGHT 168

struct _SacRunModels {
  GtkWidget parent_instance;
  bool is_filling;
  GtkWidget *box;
  GtkWidget *rows;     /* a check button and a note a model */
  GtkWidget *explains; /* whether tiles are explained */
  GtkWidget *details;  /* how */
  GtkWidget *method_rows;
  GtkWidget *classes;
  GPtrArray *owned;         /* of SacRunCandidate: those that the next are of */
  GPtrArray *candidates;    /* borrowed, sorted; NULL: not known yet */
  GPtrArray *model_checks;  /* borrowed, in the candidates' order */
  GPtrArray *method_checks; /* borrowed, in the order of the table */
};

G_DEFINE_FINAL_TYPE (SacRunModels, sac_run_models, GTK_TYPE_WIDGET)

enum { CHANGED, SIGNAL_COUNT };
static guint signals[SIGNAL_COUNT];

static bool
is_chosen (GPtrArray *checks, guint index)
{
  return gtk_check_button_get_active (checks->pdata[index]);
}

const SacRunCandidate *
sac_run_models_get_first (SacRunModels *models)
{
  for (guint i = 0; i < models->model_checks->len; i++)
    if (is_chosen (models->model_checks, i))
      return models->candidates->pdata[i];
  return NULL;
}

/* A method has to suit every model that is chosen. */
static bool
suits_all (SacRunModels *models, guint method)
{
  for (guint i = 0; i < models->model_checks->len; i++) {
    const SacRunCandidate *candidate = models->candidates->pdata[i];

    if (is_chosen (models->model_checks, i) && !candidate->methods[method])
      return false;
  }
  return true;
}

static void
refresh_methods (SacRunModels *models)
{
  for (guint i = 0; i < models->method_checks->len; i++) {
    GtkCheckButton *check = models->method_checks->pdata[i];
    bool suits = suits_all (models, i);

    gtk_widget_set_sensitive (GTK_WIDGET (check), suits);
    if (!suits)
      gtk_check_button_set_active (check, FALSE);
  }
}

static void
refresh_classes (SacRunModels *models)
{
  const SacRunCandidate *first = sac_run_models_get_first (models);
  g_autoptr (GtkStringList) list = gtk_string_list_new (
    first != NULL ? (const char *const *)first->classes : NULL);
  guint count = g_list_model_get_n_items (G_LIST_MODEL (list));

  gtk_drop_down_set_model (GTK_DROP_DOWN (models->classes),
                           G_LIST_MODEL (list));
  /* The positive one of two stands last. */
  if (count > 0)
    gtk_drop_down_set_selected (GTK_DROP_DOWN (models->classes), count - 1);
}

static void
on_model_toggled (SacRunModels *models)
{
  if (models->is_filling)
    return;
  refresh_methods (models);
  refresh_classes (models);
  g_signal_emit (models, signals[CHANGED], 0);
}

static void
on_explains_toggled (SacRunModels *models)
{
  gtk_widget_set_visible (models->details,
                          gtk_check_button_get_active (
                            GTK_CHECK_BUTTON (models->explains)));
  g_signal_emit (models, signals[CHANGED], 0);
}

static GtkWidget *
new_note (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_lines (GTK_LABEL (label), 2);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_margin_start (label, 27);
  sac_tooltip_set (label, text);
  gtk_widget_add_css_class (label, "note");
  return label;
}

static void
add_model (SacRunModels *models, const SacRunCandidate *candidate, bool chosen)
{
  g_autofree char *name = sac_choice_dup_model_name (candidate->model);
  GtkWidget *check = gtk_check_button_new_with_label (name);

  gtk_widget_set_sensitive (check, candidate->reason == NULL);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check),
                               chosen && candidate->reason == NULL);
  g_signal_connect_object (check, "toggled", G_CALLBACK (on_model_toggled),
                           models, G_CONNECT_SWAPPED);
  g_ptr_array_add (models->model_checks, check);
  gtk_box_append (GTK_BOX (models->rows), check);
  if (candidate->reason != NULL) {
    sac_tooltip_set (check, candidate->reason);
    gtk_accessible_update_property (GTK_ACCESSIBLE (check),
                                    GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                    candidate->reason, -1);
  }
}

static bool
was_chosen (SacRunModels *models, const char *id)
{
  for (guint i = 0; i < models->model_checks->len; i++) {
    const SacRunCandidate *candidate = models->candidates->pdata[i];

    if (g_str_equal (candidate->model, id))
      return is_chosen (models->model_checks, i);
  }
  return false;
}

/* Those that can run come first. */
static GPtrArray *
sort (GPtrArray *candidates)
{
  GPtrArray *sorted = g_ptr_array_new ();

  for (int cannot = 0; cannot < 2; cannot++)
    for (guint i = 0; i < candidates->len; i++) {
      SacRunCandidate *candidate = candidates->pdata[i];

      if ((candidate->reason != NULL) == cannot)
        g_ptr_array_add (sorted, candidate);
    }
  return sorted;
}

void
sac_run_models_fill (SacRunModels *models,
                     GPtrArray *candidates,
                     const char *const *wanted)
{
  g_autoptr (GHashTable) chosen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) sorted = sort (candidates);
  GtkWidget *child;

  for (guint i = 0; i < candidates->len; i++) {
    SacRunCandidate *candidate = candidates->pdata[i];

    if (candidate->reason == NULL &&
        (was_chosen (models, candidate->model) ||
         (models->candidates == NULL &&
          g_strv_contains (wanted, candidate->model))))
      g_hash_table_add (chosen, candidate->model);
  }
  if (g_hash_table_size (chosen) == 0 && sorted->len > 0)
    g_hash_table_add (chosen, ((SacRunCandidate *)sorted->pdata[0])->model);
  models->is_filling = true;
  while ((child = gtk_widget_get_first_child (models->rows)) != NULL)
    gtk_box_remove (GTK_BOX (models->rows), child);
  g_ptr_array_set_size (models->model_checks, 0);
  for (guint i = 0; i < sorted->len; i++) {
    SacRunCandidate *candidate = sorted->pdata[i];

    add_model (models, candidate,
               g_hash_table_contains (chosen, candidate->model));
    /* Neighbours with one reason share what is said. */
    if (candidate->reason != NULL &&
        (i + 1 == sorted->len ||
         g_strcmp0 (candidate->reason,
                    ((SacRunCandidate *)sorted->pdata[i + 1])->reason) != 0))
      gtk_box_append (GTK_BOX (models->rows), new_note (candidate->reason));
  }
  g_clear_pointer (&models->owned, g_ptr_array_unref);
  models->owned = g_ptr_array_ref (candidates);
  g_clear_pointer (&models->candidates, g_ptr_array_unref);
  models->candidates = g_steal_pointer (&sorted);
  models->is_filling = false;
  on_model_toggled (models);
}

static void
choose (GPtrArray *checks, guint index, bool chosen)
{
  GtkCheckButton *check = checks->pdata[index];

  if (gtk_widget_get_sensitive (GTK_WIDGET (check)))
    gtk_check_button_set_active (check, chosen);
}

void
sac_run_models_choose (SacRunModels *models, const char *id, bool chosen)
{
  for (guint i = 0; i < models->model_checks->len; i++) {
    const SacRunCandidate *candidate = models->candidates->pdata[i];

    if (g_str_equal (candidate->model, id))
      choose (models->model_checks, i, chosen);
  }
}

void
sac_run_models_choose_method (SacRunModels *models,
                              const char *name,
                              bool chosen)
{
  const SacMethod *const *methods = sac_methods_get_all ();

  if (chosen)
    gtk_check_button_set_active (GTK_CHECK_BUTTON (models->explains), TRUE);
  for (guint i = 0; i < models->method_checks->len; i++)
    if (g_str_equal (methods[i]->name, name))
      choose (models->method_checks, i, chosen);
}

static char *
dup_class (SacRunModels *models)
{
  GtkStringObject *item =
    gtk_drop_down_get_selected_item (GTK_DROP_DOWN (models->classes));

  return item != NULL ? g_strdup (gtk_string_object_get_string (item)) : NULL;
}

void
sac_run_models_fill_order (SacRunModels *models, SacRunOrder *order)
{
  const SacMethod *const *methods = sac_methods_get_all ();
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  bool explains =
    gtk_check_button_get_active (GTK_CHECK_BUTTON (models->explains));
  bool any = false;

  for (guint i = 0; i < models->model_checks->len; i++)
    if (is_chosen (models->model_checks, i))
      g_strv_builder_add (ids, ((SacRunCandidate *)models->candidates->pdata[i])
                                 ->model);
  for (guint i = 0; explains && i < models->method_checks->len; i++)
    if (is_chosen (models->method_checks, i)) {
      g_strv_builder_add (names, methods[i]->name);
      any = true;
    }
  order->models = g_strv_builder_end (ids);
  order->methods = g_strv_builder_end (names);
  order->class_id = any ? dup_class (models) : NULL;
}

static void
add_methods (SacRunModels *models)
{
  const SacMethod *const *methods = sac_methods_get_all ();
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  GtkWidget *label = gtk_label_new (_ ("Class to explain"));

  models->method_rows = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  for (guint i = 0; methods[i] != NULL; i++) {
    GtkWidget *check = gtk_check_button_new_with_label (_ (methods[i]->label));

    sac_tooltip_set (check, _ (methods[i]->summary));
    g_ptr_array_add (models->method_checks, check);
    gtk_box_append (GTK_BOX (models->method_rows), check);
  }
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled),
                                  GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scrolled),
                                              METHODS_HEIGHT);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled),
                                 models->method_rows);
  models->classes = gtk_drop_down_new (NULL, NULL);
  sac_accessible_set_name (models->classes, _ ("Class to explain"));
  gtk_widget_set_hexpand (models->classes, TRUE);
  gtk_box_append (GTK_BOX (row), label);
  gtk_box_append (GTK_BOX (row), models->classes);
  gtk_box_append (GTK_BOX (models->details), scrolled);
  gtk_box_append (GTK_BOX (models->details), row);
}

GtkWidget *
sac_run_models_new (void)
{
  return g_object_new (SAC_TYPE_RUN_MODELS, NULL);
}

static void
sac_run_models_dispose (GObject *object)
{
  SacRunModels *models = SAC_RUN_MODELS (object);

  g_clear_pointer (&models->box, gtk_widget_unparent);
  G_OBJECT_CLASS (sac_run_models_parent_class)->dispose (object);
}

static void
sac_run_models_finalize (GObject *object)
{
  SacRunModels *models = SAC_RUN_MODELS (object);

  g_clear_pointer (&models->candidates, g_ptr_array_unref);
  g_clear_pointer (&models->owned, g_ptr_array_unref);
  g_ptr_array_unref (models->model_checks);
  g_ptr_array_unref (models->method_checks);
  G_OBJECT_CLASS (sac_run_models_parent_class)->finalize (object);
}

static void
sac_run_models_class_init (SacRunModelsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_run_models_dispose;
  G_OBJECT_CLASS (klass)->finalize = sac_run_models_finalize;
  signals[CHANGED] =
    g_signal_new ("changed", SAC_TYPE_RUN_MODELS, G_SIGNAL_RUN_LAST, 0, NULL,
                  NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass),
                                            GTK_TYPE_BIN_LAYOUT);
}

static void
sac_run_models_init (SacRunModels *models)
{
  models->model_checks = g_ptr_array_new ();
  models->method_checks = g_ptr_array_new ();
  models->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  models->rows = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  models->details = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  models->explains =
    gtk_check_button_new_with_label (_ ("Explain each tile as well"));
  gtk_widget_set_visible (models->details, FALSE);
  gtk_widget_set_margin_start (models->details, 27);
  add_methods (models);
  g_signal_connect_object (models->explains, "toggled",
                           G_CALLBACK (on_explains_toggled), models,
                           G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (models->box), models->rows);
  gtk_box_append (GTK_BOX (models->box), models->explains);
  gtk_box_append (GTK_BOX (models->box), models->details);
  gtk_widget_set_parent (models->box, GTK_WIDGET (models));
}
