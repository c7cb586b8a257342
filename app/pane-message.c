/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "pane-message.h"

#include "messages.h"

#include <glib/gi18n.h>

struct _SacPaneMessage {
  GtkWidget parent_instance;
  SacPaneState *pane;
  GtkWidget *box;
  GtkLabel *title;
  GtkLabel *detail;
  GtkWidget *button;
  const char *action; /* of the button; NULL: it tries again */
};

G_DEFINE_FINAL_TYPE (SacPaneMessage, sac_pane_message, GTK_TYPE_WIDGET)

/* The first method that the model can do; NULL when the present one is not the
 * trouble. */
static const SacMethod *
find_better_method (SacPaneMessage *message)
{
  const SacMethod *const *methods = sac_methods_get_all ();
  const SacLoaded *loaded = sac_pane_state_get_loaded (message->pane);
  const char *present = sac_pane_state_get_choice (message->pane)->method;
  const SacMethod *better = NULL;

  for (gsize i = 0; loaded != NULL && methods[i] != NULL; i++) {
    if (loaded->reasons[i] == NULL && better == NULL)
      better = methods[i];
    if (loaded->reasons[i] == NULL &&
        g_strcmp0 (methods[i]->name, present) == 0)
      return NULL;
  }
  return better;
}

static const char *
title_error (SacStage stage)
{
  switch (stage) {
  case SAC_STAGE_LOADING:
    return _ ("The model cannot be used");
  case SAC_STAGE_PREDICTING:
    return _ ("The model cannot look at this image");
  default:
    return _ ("There is no map");
  }
}

static void
show (SacPaneMessage *message,
      const char *title,
      const char *detail,
      const char *button)
{
  gtk_label_set_label (message->title, title);
  gtk_label_set_label (message->detail, detail);
  gtk_widget_set_visible (GTK_WIDGET (message->detail), *detail != '\0');
  gtk_button_set_label (GTK_BUTTON (message->button), button);
  gtk_widget_set_visible (GTK_WIDGET (message), TRUE);
}

/* It is not an error to have opened one image yet. */
static void
show_lack (SacPaneMessage *message)
{
  SacModel *model = sac_pane_state_get_loaded (message->pane)->model;
  bool is_second = sac_pane_state_get_pair (message->pane)->is_second;
  g_autofree char *detail = g_strdup_printf (
    /* Translators: both are names of a model's inputs, like "clinical". */
    _ ("This one is its input “%s”; it also needs one for “%s”."),
    sac_pair_get_role (model, is_second),
    sac_pair_get_role (model, !is_second));

  message->action = "win.open-other";
  show (message, _ ("The model looks at two images together"), detail,
        _ ("Choose the Other Image…"));
}

static void
refresh (SacPaneMessage *message)
{
  SacStage stage = SAC_STAGE_REST;
  const GError *error = sac_pane_state_get_error (message->pane, &stage);
  const SacMethod *better = find_better_method (message);

  message->action = NULL;
  if (error != NULL && stage == SAC_STAGE_PREDICTING &&
      sac_pane_state_lacks_other (message->pane)) {
    show_lack (message);
  } else if (error != NULL) {
    SacTried tried =
      stage == SAC_STAGE_LOADING ? SAC_TRIED_MODEL : SAC_TRIED_MAP;
    g_autofree char *detail =
      g_strdup_printf ("%s\n%s", sac_message_for_error (error, tried),
                       error->message);
    g_autofree char *use =
      better != NULL ? g_strdup_printf (_ ("Use %s"), _ (better->label)) : NULL;

    show (message, title_error (stage), detail,
          stage == SAC_STAGE_EXPLAINING && use != NULL ? use : _ ("Try Again"));
  } else if (sac_pane_state_is_stopped (message->pane)) {
    show (message, _ ("Stopped"), "", _ ("Go On"));
  } else {
    gtk_widget_set_visible (GTK_WIDGET (message), FALSE);
  }
}

static void
on_clicked (SacPaneMessage *message)
{
  SacStage stage = SAC_STAGE_REST;
  const SacMethod *better = find_better_method (message);

  if (message->action != NULL) {
    gtk_widget_activate_action (GTK_WIDGET (message), message->action, NULL);
    return;
  }
  sac_pane_state_get_error (message->pane, &stage);
  if (stage == SAC_STAGE_EXPLAINING && better != NULL)
    sac_pane_state_set_method (message->pane, better->name);
  else
    sac_pane_state_retry (message->pane);
}

void
sac_pane_message_set_pane (SacPaneMessage *message, SacPaneState *pane)
{
  g_return_if_fail (message->pane == NULL);
  message->pane = g_object_ref (pane);
  g_signal_connect_object (pane, "result", G_CALLBACK (refresh), message,
                           G_CONNECT_SWAPPED);
  refresh (message);
}

static void
sac_pane_message_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SAC_TYPE_PANE_MESSAGE);
  g_clear_object (&SAC_PANE_MESSAGE (object)->pane);
  G_OBJECT_CLASS (sac_pane_message_parent_class)->dispose (object);
}

static void
sac_pane_message_class_init (SacPaneMessageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_pane_message_dispose;
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/saccade/Saccade/pane-message.ui");
  gtk_widget_class_bind_template_child (widget_class, SacPaneMessage, box);
  gtk_widget_class_bind_template_child (widget_class, SacPaneMessage, title);
  gtk_widget_class_bind_template_child (widget_class, SacPaneMessage, detail);
  gtk_widget_class_bind_template_child (widget_class, SacPaneMessage, button);
  gtk_widget_class_bind_template_callback (widget_class, on_clicked);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
sac_pane_message_init (SacPaneMessage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
