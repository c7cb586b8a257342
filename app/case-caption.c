/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "case-caption.h"

#include <glib/gi18n.h>

struct _SacCaseCaption {
  GtkWidget parent_instance;
  SacCases *cases;
  GtkWidget *label;
};

G_DEFINE_FINAL_TYPE (SacCaseCaption, sac_case_caption, GTK_TYPE_WIDGET)

static void
on_changed (SacCaseCaption *caption)
{
  const SacCase *one = sac_cases_get_current (caption->cases);
  const char *text =
    one != NULL
      ? sac_case_list_get_caption (sac_cases_get_list (caption->cases), one)
      : NULL;

  /* Those of the demo have translations; a reader's own stay as they are. */
  gtk_label_set_label (GTK_LABEL (caption->label),
                       text != NULL ? _ (text) : "");
  gtk_widget_set_visible (GTK_WIDGET (caption), text != NULL);
}

void
sac_case_caption_set_cases (SacCaseCaption *caption, SacCases *cases)
{
  g_return_if_fail (caption->cases == NULL);
  caption->cases = g_object_ref (cases);
  g_signal_connect_object (cases, "changed", G_CALLBACK (on_changed), caption,
                           G_CONNECT_SWAPPED);
  on_changed (caption);
}

static void
sac_case_caption_dispose (GObject *object)
{
  SacCaseCaption *caption = SAC_CASE_CAPTION (object);

  g_clear_pointer (&caption->label, gtk_widget_unparent);
  g_clear_object (&caption->cases);
  G_OBJECT_CLASS (sac_case_caption_parent_class)->dispose (object);
}

static void
sac_case_caption_class_init (SacCaseCaptionClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_case_caption_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "casecaption");
}

static void
sac_case_caption_init (SacCaseCaption *caption)
{
  caption->label = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (caption->label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (caption->label), 0);
  gtk_widget_set_parent (caption->label, GTK_WIDGET (caption));
  gtk_widget_set_visible (GTK_WIDGET (caption), FALSE);
}
