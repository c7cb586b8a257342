/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "pane-badge.h"

static guint
find_index (SacDocument *document, SacPaneState *pane)
{
  guint index = 0;

  while (index + 1 < SAC_PANES_MOST &&
         sac_document_get_pane (document, index) != pane)
    index++;
  return index;
}

const char *
sac_pane_badge_get_letter (SacDocument *document, SacPaneState *pane)
{
  static const char *const letters[] = {"A", "B"};
  SacPaneSet *set = sac_document_get_panes (document);
  int role =
    sac_pane_set_get_count (set) > 1 ? sac_pane_set_get_role (set, pane) : -1;

  return role >= 0 ? letters[role] : "";
}

void
sac_pane_badge_show (GtkLabel *badge, SacDocument *document, SacPaneState *pane)
{
  const char *letter = sac_pane_badge_get_letter (document, pane);
  g_autofree char *series =
    g_strdup_printf ("series-%u", find_index (document, pane) + 1);
  const char *classes[] = {"dot", series, NULL, NULL, NULL};

  if (*letter != '\0') {
    classes[2] = "letter";
    classes[3] = *letter == 'A' ? "side-a" : "side-b";
  }
  gtk_label_set_label (badge, letter);
  gtk_widget_set_css_classes (GTK_WIDGET (badge), classes);
}
