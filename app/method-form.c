/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "method-form.h"

#include "accessible.h"
#include "labels.h"
#include "param-row.h"
#include "score-rows.h"

#include <glib/gi18n.h>

#define NOTE_CHARACTERS 40

struct _SacMethodForm {
  GtkWidget parent_instance;
  SacPaneState *pane;
  const SacMethod *method; /* whose rows there are; NULL: none yet */
  GtkWidget *box;
  GtkLabel *title, *summary;
  SacScoreRows *score;
  GtkBox *rows;
  GtkWidget *none;  /* there is nothing to set */
  GtkWidget *token; /* the button that chooses one, and what is said of it */
  GtkLabel *token_note;
  GtkWidget *reset;
};

G_DEFINE_FINAL_TYPE (SacMethodForm, sac_method_form, GTK_TYPE_WIDGET)

static void
on_changed (SacParamRow *row, const char *text, SacMethodForm *form)
{
  sac_pane_state_set_param (form->pane, sac_param_row_get_param (row)->name,
                            text);
}

static void
append_row (SacMethodForm *form, const SacMethodParam *param)
{
  GtkWidget *row = sac_param_row_new (param);

  g_signal_connect_object (row, "changed", G_CALLBACK (on_changed), form, 0);
  gtk_box_append (form->rows, row);
}

static void
rebuild (SacMethodForm *form)
{
  const SacMethod *method = form->method;
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (form->rows))) != NULL)
    gtk_box_remove (form->rows, child);
  gtk_label_set_label (form->title, _ (method->label));
  gtk_label_set_label (form->summary, _ (method->summary));
  for (const SacMethodParam *param = method->params;
       param != NULL && param->name != NULL; param++)
    append_row (form, param);
  gtk_widget_set_visible (GTK_WIDGET (form->score), method->class_specific);
  gtk_widget_set_visible (form->none,
                          method->params == NULL && !method->class_specific);
}

static void
refresh (SacMethodForm *form)
{
  const SacChoice *choice = sac_pane_state_get_choice (form->pane);
  const SacMethod *method =
    choice->method != NULL ? sac_method_find (choice->method) : NULL;
  g_autofree char *changes = sac_choice_dup_changes (choice);
  SacPaneAsking asking;

  if (method == NULL)
    return;
  if (method != form->method) {
    form->method = method;
    rebuild (form);
  }
  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (form->rows));
       row != NULL; row = gtk_widget_get_next_sibling (row))
    sac_param_row_show (SAC_PARAM_ROW (row),
                        sac_choice_get_param (choice, sac_param_row_get_param (
                                                        SAC_PARAM_ROW (row))));
  gtk_widget_set_visible (form->token, sac_pane_state_can_pick (form->pane));
  gtk_label_set_label (
    form->token_note,
    sac_pane_state_get_asking (form->pane, &asking) && asking.is_other
      ? _ (
          "The other image of the pair comes up in the corner of the picture: "
          "a click there says which of its places asks, and the map shows what "
          "that attends to in this one.")
      : _ ("The next click on the picture says which place asks: the map shows "
           "what it attends to."));
  gtk_widget_set_sensitive (form->reset, changes != NULL);
}

static void
on_reset (SacMethodForm *form)
{
  /* What was refused stands in a row whose value did not change. */
  form->method = NULL;
  sac_pane_state_reset_settings (form->pane);
  refresh (form);
}

static void
on_pick (SacMethodForm *form)
{
  GtkWidget *popover =
    gtk_widget_get_ancestor (GTK_WIDGET (form), GTK_TYPE_POPOVER);

  sac_pane_state_set_picking (form->pane, true);
  if (popover != NULL)
    gtk_popover_popdown (GTK_POPOVER (popover));
}

void
sac_method_form_set_pane (SacMethodForm *form, SacPaneState *pane)
{
  g_return_if_fail (form->pane == NULL);
  form->pane = g_object_ref (pane);
  sac_score_rows_set_pane (form->score, pane);
  g_signal_connect_object (pane, "asked", G_CALLBACK (refresh), form,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (pane, "result", G_CALLBACK (refresh), form,
                           G_CONNECT_SWAPPED);
  refresh (form);
}

static GtkWidget *
new_token (SacMethodForm *form)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *button = gtk_button_new_with_label (_ ("Choose on the Image"));
  GtkWidget *note = sac_label_new (NULL, 0, "note");

  form->token_note = GTK_LABEL (note);
  gtk_label_set_max_width_chars (form->token_note, NOTE_CHARACTERS);
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_pick), form,
                           G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), button);
  gtk_box_append (GTK_BOX (box), note);
  return box;
}

static void
append_header (SacMethodForm *form)
{
  form->title = GTK_LABEL (sac_label_new (NULL, 0, "heading"));
  form->summary = GTK_LABEL (sac_label_new (NULL, 0, "note"));
  gtk_label_set_max_width_chars (form->summary, NOTE_CHARACTERS);
  gtk_box_append (GTK_BOX (form->box), GTK_WIDGET (form->title));
  gtk_box_append (GTK_BOX (form->box), GTK_WIDGET (form->summary));
}

static GtkSizeRequestMode
ask_for_height (GtkWidget *place)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

/* A scrolled window asks for a height without a width, which labels that wrap
 * take for no end of room. */
static void
measure_body (GtkWidget *place,
              GtkOrientation orientation,
              int for_size,
              int *minimum,
              int *natural,
              int *minimum_baseline,
              int *natural_baseline)
{
  GtkWidget *body = gtk_widget_get_first_child (place);
  int width = for_size;

  if (orientation == GTK_ORIENTATION_VERTICAL && width < 0)
    gtk_widget_measure (body, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &width,
                        NULL, NULL);
  gtk_widget_measure (body, orientation, width, minimum, natural, NULL, NULL);
}

static void
allocate_body (GtkWidget *place, int width, int height, int baseline)
{
  gtk_widget_allocate (gtk_widget_get_first_child (place), width, height,
                       baseline, NULL);
}

static void
append_body (SacMethodForm *form)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkWidget *place = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *body = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  form->score = g_object_new (SAC_TYPE_SCORE_ROWS, NULL);
  form->rows = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 12));
  form->token = new_token (form);
  form->none = sac_label_new (_ ("This method has no settings."), 0, "note");
  gtk_box_append (GTK_BOX (body), GTK_WIDGET (form->score));
  gtk_box_append (GTK_BOX (body), GTK_WIDGET (form->rows));
  gtk_box_append (GTK_BOX (body), form->token);
  gtk_box_append (GTK_BOX (body), form->none);
  gtk_widget_set_margin_end (body, 6);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled),
                                  GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (
                                                      scrolled),
                                                    TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled),
                                              420);
  sac_accessible_set_name (scrolled, _ ("Settings of the method"));
  gtk_box_append (GTK_BOX (place), body);
  gtk_widget_set_layout_manager (place, gtk_custom_layout_new (ask_for_height,
                                                               measure_body,
                                                               allocate_body));
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), place);
  gtk_box_append (GTK_BOX (form->box), scrolled);
}

static void
sac_method_form_dispose (GObject *object)
{
  SacMethodForm *form = SAC_METHOD_FORM (object);

  g_clear_pointer (&form->box, gtk_widget_unparent);
  g_clear_object (&form->pane);
  G_OBJECT_CLASS (sac_method_form_parent_class)->dispose (object);
}

static void
sac_method_form_class_init (SacMethodFormClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_method_form_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
sac_method_form_init (SacMethodForm *form)
{
  form->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9);
  gtk_widget_set_size_request (form->box, 330, -1);
  gtk_widget_set_parent (form->box, GTK_WIDGET (form));
  append_header (form);
  append_body (form);
  form->reset = gtk_button_new_with_label (_ ("Back to the Defaults"));
  gtk_widget_set_halign (form->reset, GTK_ALIGN_END);
  g_signal_connect_object (form->reset, "clicked", G_CALLBACK (on_reset), form,
                           G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (form->box), form->reset);
}
