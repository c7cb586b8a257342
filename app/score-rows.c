/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "score-rows.h"

#include "chooser.h"
#include "class-names.h"
#include "explain/score.h"
#include "labels.h"

#include <glib/gi18n.h>

#define ID_LOGIT "logit"
#define ID_PROBABILITY "probability"
#define ID_LOG_PROBABILITY "log-probability"
#define ID_CONTRAST "contrast"

/* A list of more classes than this is of no help. */
#define CLASS_COUNT 1000

struct _SacScoreRows {
  GtkWidget parent_instance;
  SacPaneState *pane;
  GtkWidget *box;
  SacChooser *score;
  GtkWidget *against_line;
  SacChooser *against;
};

G_DEFINE_FINAL_TYPE (SacScoreRows, sac_score_rows, GTK_TYPE_WIDGET)

static const SacPrediction *
get_head (SacScoreRows *rows)
{
  SacFindings *findings = sac_pane_state_get_findings (rows->pane);
  size_t output = sac_pane_state_get_choice (rows->pane)->output;

  return findings != NULL && output < findings->predictions->head_count
           ? &findings->predictions->heads[output]
           : NULL;
}

static const char *
get_selected (const SacChoice *choice)
{
  switch (choice->score) {
  case SAC_SCORE_PROBABILITY:
    return ID_PROBABILITY;
  case SAC_SCORE_LOG_PROBABILITY:
    return ID_LOG_PROBABILITY;
  case SAC_SCORE_LOGIT:
  case SAC_SCORE_SUM:
  case SAC_SCORE_NORM:
  default:
    return choice->against != NULL ? ID_CONTRAST : ID_LOGIT;
  }
}

/* Numbers without an activation, in the network or stated, are none. */
static bool
has_probabilities (SacScoreRows *rows, const SacPrediction *head)
{
  SacFindings *findings = sac_pane_state_get_findings (rows->pane);
  const SacGraph *graph =
    sac_network_get_graph (sac_model_get_network (findings->loaded->model));
  size_t output = sac_pane_state_get_choice (rows->pane)->output;

  return head->info->activation != SAC_ACTIVATION_NONE ||
         sac_score_find (graph, graph->outputs[output]).activation != NULL;
}

static void
fill_score (SacScoreRows *rows, const SacPrediction *head)
{
  const char *no_probability =
    head != NULL && !has_probabilities (rows, head)
      ? _ ("the model does not say that its output is made of probabilities")
      : NULL;
  const char *no_contrast = head != NULL && head->class_count < 2
                              ? _ ("the model has one class only")
                              : NULL;
  const SacOption options[] = {
    {.id = ID_LOGIT,
     .title = _ ("Logit"),
     .detail = _ ("what goes into softmax or sigmoid; it does not saturate")},
    {.id = ID_PROBABILITY,
     .title = _ ("Probability"),
     .detail = no_probability != NULL
                 ? no_probability
                 : _ ("saturates: a sure model has hardly a gradient"),
     .reason = no_probability},
    {.id = ID_LOG_PROBABILITY,
     .title = _ ("Log probability"),
     .detail = no_probability != NULL
                 ? no_probability
                 : _ ("the class against all others together"),
     .reason = no_probability},
    {.id = ID_CONTRAST,
     .title = _ ("Contrast"),
     .detail = no_contrast != NULL ? no_contrast
                                   : _ ("the logit less that of another class"),
     .reason = no_contrast},
  };

  sac_chooser_set_options (rows->score, options, G_N_ELEMENTS (options));
  sac_chooser_select (rows->score,
                      get_selected (sac_pane_state_get_choice (rows->pane)));
}

static void
fill_against (SacScoreRows *rows, const SacPrediction *head)
{
  g_autoptr (GArray) options = g_array_new (FALSE, TRUE, sizeof (SacOption));
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  const SacPrediction *own_head;
  size_t own;
  bool has_own = sac_pane_state_get_class (rows->pane, &own_head, &own);

  for (size_t i = 0; head != NULL && i < MIN (head->class_count, CLASS_COUNT);
       i++) {
    char *id = sac_prediction_class_id (head, i);
    char *name = sac_class_name_dup (head, i);
    SacOption option = {.id = id, .title = name};

    g_ptr_array_add (texts, id);
    g_ptr_array_add (texts, name);
    if (!has_own || own != i)
      g_array_append_val (options, option);
  }
  sac_chooser_set_options (rows->against, (SacOption *)options->data,
                           options->len);
  sac_chooser_select (rows->against,
                      sac_pane_state_get_choice (rows->pane)->against);
}

static void
refresh (SacScoreRows *rows)
{
  const SacChoice *choice = sac_pane_state_get_choice (rows->pane);
  const SacPrediction *head = get_head (rows);

  fill_score (rows, head);
  fill_against (rows, head);
  gtk_widget_set_visible (rows->against_line,
                          choice->against != NULL &&
                            choice->score == SAC_SCORE_LOGIT);
}

/* The class next in line: what the model would else have said.  Returns: a new
 * string, NULL where there is none. */
static char *
dup_runner_up (SacScoreRows *rows)
{
  const SacPrediction *head;
  size_t own, best = 0;
  bool found = false;

  if (!sac_pane_state_get_class (rows->pane, &head, &own))
    return NULL;
  for (size_t i = 0; i < head->class_count; i++) {
    if (i != own && (!found || head->logits[i] > head->logits[best])) {
      best = i;
      found = true;
    }
  }
  return found ? sac_prediction_class_id (head, best) : NULL;
}

static void
on_score_chosen (SacScoreRows *rows, const char *id)
{
  g_autofree char *other =
    g_str_equal (id, ID_CONTRAST) ? dup_runner_up (rows) : NULL;
  SacScoreKind kind = SAC_SCORE_LOGIT;

  if (!g_str_equal (id, ID_CONTRAST))
    sac_score_kind_find (id, &kind);
  sac_pane_state_set_score (rows->pane, kind, other);
}

static void
on_against_chosen (SacScoreRows *rows, const char *id)
{
  sac_pane_state_set_score (rows->pane, SAC_SCORE_LOGIT, id);
}

void
sac_score_rows_set_pane (SacScoreRows *rows, SacPaneState *pane)
{
  g_return_if_fail (rows->pane == NULL);
  rows->pane = g_object_ref (pane);
  g_signal_connect_object (pane, "asked", G_CALLBACK (refresh), rows,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (pane, "result", G_CALLBACK (refresh), rows,
                           G_CONNECT_SWAPPED);
  refresh (rows);
}

static GtkWidget *
new_line (const char *title, SacChooser *chooser)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *label = sac_label_new (title, 0, NULL);

  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (line), label);
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (chooser));
  return line;
}

static void
sac_score_rows_dispose (GObject *object)
{
  SacScoreRows *rows = SAC_SCORE_ROWS (object);

  g_clear_pointer (&rows->box, gtk_widget_unparent);
  g_clear_object (&rows->pane);
  G_OBJECT_CLASS (sac_score_rows_parent_class)->dispose (object);
}

static void
sac_score_rows_class_init (SacScoreRowsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_score_rows_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
sac_score_rows_init (SacScoreRows *rows)
{
  const char *against_title = _ ("Less the logit of");

  rows->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_widget_set_parent (rows->box, GTK_WIDGET (rows));
  rows->score =
    g_object_new (SAC_TYPE_CHOOSER, "label", _ ("Score to explain"), NULL);
  rows->against = g_object_new (SAC_TYPE_CHOOSER, "label", against_title, NULL);
  g_signal_connect_object (rows->score, "chosen", G_CALLBACK (on_score_chosen),
                           rows, G_CONNECT_SWAPPED);
  g_signal_connect_object (rows->against, "chosen",
                           G_CALLBACK (on_against_chosen), rows,
                           G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (rows->box),
                  new_line (_ ("Score to explain"), rows->score));
  rows->against_line = new_line (against_title, rows->against);
  gtk_box_append (GTK_BOX (rows->box), rows->against_line);
}
