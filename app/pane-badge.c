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

void
sac_pane_badge_show (GtkLabel *badge, SacDocument *document, SacPaneState *pane)
{
  static const char *const letters[] = {"A", "B"};
  static const char *const sides[] = {"side-a", "side-b"};
  SacPaneSet *set = sac_document_get_panes (document);
  bool has_others = sac_pane_set_get_count (set) > 1;
  int role = has_others ? sac_pane_set_get_role (set, pane) : -1;
  g_autofree char *series =
    g_strdup_printf ("series-%u", find_index (document, pane) + 1);
  const char *classes[] = {"dot", series, NULL, NULL, NULL};

  if (role >= 0) {
    classes[2] = "letter";
    classes[3] = sides[role];
  }
  gtk_label_set_label (badge, role >= 0 ? letters[role] : "");
  gtk_widget_set_css_classes (GTK_WIDGET (badge), classes);
}
