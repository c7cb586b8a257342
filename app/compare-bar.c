/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compare-bar.h"

#include "pane-run.h"
#include "tooltip.h"

#include <glib/gi18n.h>

struct _SacCompareBar {
  GtkWidget parent_instance;
  SacDocument *document;
  GtkWidget *box;
  GtkWidget *names[2];
  GtkWidget *legend;
  GtkWidget *less, *more;
};

G_DEFINE_FINAL_TYPE (SacCompareBar, sac_compare_bar, GTK_TYPE_WIDGET)

/* Returns: a new string, Pango markup. */
static char *
describe_overlap (SacCompareBar *bar)
{
  SacComparison *comparison = sac_document_get_comparison (bar->document);
  const SacOverlap *overlap = sac_comparison_get_overlap (comparison);

  if (overlap == NULL)
    return g_strdup ("");

  g_autoptr (GString) text = g_string_new (NULL);

  /* Translators: numbers of cells; the signs are coloured squares. */
  g_string_append_printf (
    text,
    _ ("Top %.3g %%:  <span foreground=\"#3584e4\">■</span> only A %zu   "
       "<span foreground=\"#e66100\">■</span> only B %zu   "
       "<span foreground=\"#3584e4\">▌</span><span "
       "foreground=\"#e66100\">▌</span>both %zu"),
    overlap->share * 100, overlap->counts[SAC_OVERLAP_ONLY_A],
    overlap->counts[SAC_OVERLAP_ONLY_B], overlap->counts[SAC_OVERLAP_BOTH]);
  if (overlap->counts[SAC_OVERLAP_LEFT_OUT] > 0)
    g_string_append_printf (text, _ ("   left out %zu"),
                            overlap->counts[SAC_OVERLAP_LEFT_OUT]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
describe_difference (SacCompareBar *bar)
{
  const SacOverlap *overlap =
    sac_comparison_get_overlap (sac_document_get_comparison (bar->document));
  gsize left_out = overlap != NULL ? overlap->counts[SAC_OVERLAP_LEFT_OUT] : 0;

  if (left_out == 0)
    return g_strdup (_ ("A minus B"));
  return g_strdup_printf (
    _ ("A minus B; left out, because a map has no value there: %zu"), left_out);
}

/* Returns: a new string. */
static char *
describe (SacCompareBar *bar, SacCompareView *view)
{
  switch (sac_compare_view_get_mode (view)) {
  case SAC_COMPARE_SWIPE:
    return g_strdup (_ ("A left of the line, B right of it"));
  case SAC_COMPARE_LENS:
    return g_strdup (_ ("B in the lens, A around it"));
  case SAC_COMPARE_FLICKER:
    return g_strdup (sac_compare_view_get_animated (view)
                       ? _ ("A and B by turns, 2.5 changes a second")
                       : _ ("A and B by turns, by hand: animations are off"));
  case SAC_COMPARE_DIFFERENCE:
    return describe_difference (bar);
  case SAC_COMPARE_AGREEMENT:
    return describe_overlap (bar);
  default:
    return g_strdup ("");
  }
}

static void
refresh (SacCompareBar *bar)
{
  SacCompareView *view = sac_document_get_compare_view (bar->document);
  SacPaneSet *panes = sac_document_get_panes (bar->document);
  SacCompareMode mode = sac_compare_view_get_mode (view);
  bool shown =
    mode != SAC_COMPARE_SIDE && sac_pane_set_get_compared (panes, 1) != NULL;

  gtk_widget_set_visible (GTK_WIDGET (bar), shown);
  if (!shown)
    return;
  for (guint i = 0; i < 2; i++) {
    g_autofree char *title =
      sac_pane_state_dup_map_title (sac_pane_set_get_compared (panes, i));

    gtk_label_set_label (GTK_LABEL (bar->names[i]), title);
    sac_tooltip_set (bar->names[i], title);
  }

  g_autofree char *legend = describe (bar, view);

  gtk_label_set_markup (GTK_LABEL (bar->legend), legend);
  gtk_widget_set_visible (bar->less, mode != SAC_COMPARE_DIFFERENCE);
  gtk_widget_set_visible (bar->more, mode != SAC_COMPARE_DIFFERENCE);
}

/* Moving a divider says nothing new. */
static void
on_view_changed (SacCompareBar *bar)
{
  SacCompareMode mode =
    sac_compare_view_get_mode (sac_document_get_compare_view (bar->document));

  if (mode != SAC_COMPARE_SWIPE && mode != SAC_COMPARE_LENS)
    refresh (bar);
}

void
sac_compare_bar_set_document (SacCompareBar *bar, SacDocument *document)
{
  SacCompareView *view = sac_document_get_compare_view (document);

  g_return_if_fail (bar->document == NULL);
  bar->document = g_object_ref (document);
  g_signal_connect_object (view, "mode", G_CALLBACK (refresh), bar,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (view, "changed", G_CALLBACK (on_view_changed), bar,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (sac_document_get_comparison (document), "changed",
                           G_CALLBACK (refresh), bar, G_CONNECT_SWAPPED);
  g_signal_connect_object (sac_document_get_panes (document), "changed",
                           G_CALLBACK (refresh), bar, G_CONNECT_SWAPPED);
  refresh (bar);
}

static GtkWidget *
append_label (SacCompareBar *bar)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_box_append (GTK_BOX (bar->box), label);
  return label;
}

static void
append_side (SacCompareBar *bar, int side)
{
  static const char *const letters[] = {"A", "B"};
  static const char *const classes[2][4] = {{"dot", "letter", "side-a", NULL},
                                            {"dot", "letter", "side-b", NULL}};
  GtkWidget *badge = gtk_label_new (letters[side]);

  gtk_widget_set_css_classes (badge, (const char **)classes[side]);
  gtk_widget_set_valign (badge, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (bar->box), badge);
  bar->names[side] = append_label (bar);
}

static GtkWidget *
append_button (SacCompareBar *bar,
               const char *icon,
               const char *action,
               const char *text)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_actionable_set_detailed_action_name (GTK_ACTIONABLE (button), action);
  sac_tooltip_set (button, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_widget_add_css_class (button, "flat");
  gtk_box_append (GTK_BOX (bar->box), button);
  return button;
}

static void
sac_compare_bar_dispose (GObject *object)
{
  SacCompareBar *bar = SAC_COMPARE_BAR (object);

  g_clear_pointer (&bar->box, gtk_widget_unparent);
  g_clear_object (&bar->document);
  G_OBJECT_CLASS (sac_compare_bar_parent_class)->dispose (object);
}

static void
sac_compare_bar_class_init (SacCompareBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_compare_bar_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "comparebar");
}

static void
sac_compare_bar_init (SacCompareBar *bar)
{
  bar->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  gtk_widget_set_parent (bar->box, GTK_WIDGET (bar));
  append_side (bar, 0);
  append_side (bar, 1);
  /* Without a style that fades text: its squares show colours as they are. */
  bar->legend = append_label (bar);
  gtk_widget_set_hexpand (bar->legend, TRUE);
  /* It says which colour is whose: better on two lines than cut. */
  gtk_label_set_ellipsize (GTK_LABEL (bar->legend), PANGO_ELLIPSIZE_NONE);
  gtk_label_set_wrap (GTK_LABEL (bar->legend), TRUE);
  gtk_label_set_natural_wrap_mode (GTK_LABEL (bar->legend),
                                   GTK_NATURAL_WRAP_NONE);
  gtk_widget_set_margin_start (bar->legend, 12);
  bar->less = append_button (bar, "list-remove-symbolic",
                             "win.compare-step::less", _ ("Less"));
  bar->more = append_button (bar, "list-add-symbolic", "win.compare-step::more",
                             _ ("More"));
  append_button (bar, "window-close-symbolic", "win.compare::side",
                 _ ("Side by Side"));
}
