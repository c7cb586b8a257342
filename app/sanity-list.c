/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "sanity-list.h"

#include "accessible.h"
#include "check-settings.h"
#include "labels.h"
#include "pane-badge.h"
#include "sanity-run.h"
#include "tooltip.h"

#include <glib/gi18n.h>
#include <math.h>

#define POLL_MS 250

struct _SacSanityList {
  GtkWidget parent_instance;
  SacDocument *document;
  SacSanityRun *run; /* the document's */
  GtkWidget *box;
  GtkWidget *button; /* check, or stop */
  GtkWidget *rows;
  GPtrArray *badges; /* of GtkLabel, in the rows: one a pane */
  GHashTable *open;  /* of pane numbers + 1: whose figures are shown */
  guint poll_timer;
  bool is_hidden; /* perhaps: work began, and nobody has looked */
};

G_DEFINE_FINAL_TYPE (SacSanityList, sac_sanity_list, GTK_TYPE_WIDGET)

/* What a check is called, by its stable name. */
static const struct {
  const char *name, *title;
} titles[] = {
  {"randomisation", N_ ("All weights random, step by step")},
  {"one-stage", N_ ("One stage's weights random")},
  {"entropy", N_ ("Entropy with random weights")},
  {"class", N_ ("Another class")},
  {"max-sensitivity", N_ ("Small noise on the image")},
  {"completeness", N_ ("Cells add up to the score")},
};

static const char *
get_title (const SacSanityRule *rule)
{
  for (gsize i = 0; i < G_N_ELEMENTS (titles); i++)
    if (g_str_equal (titles[i].name, rule->name))
      return _ (titles[i].title);
  return rule->name;
}

static const char *
get_verdict (SacBadge badge)
{
  switch (badge) {
  case SAC_BADGE_PASS:
    return _ ("within the rule");
  case SAC_BADGE_WARN:
    return _ ("between the bounds");
  case SAC_BADGE_FAIL:
    return _ ("outside the rule");
  case SAC_BADGE_UNDEFINED:
  default:
    return _ ("not defined");
  }
}

static void
count_badges (const SacSanityReport *report, guint *ret_met, guint *ret_held)
{
  *ret_met = *ret_held = 0;
  for (guint i = 0; i < report->checks->len; i++) {
    SacBadge badge = g_array_index (report->checks, SacSanityCheck, i).badge;

    *ret_met += badge == SAC_BADGE_PASS;
    *ret_held += badge != SAC_BADGE_UNDEFINED;
  }
}

/* The badge: what was tested and how much of it held, in words. */
static char *
describe (SacSanityList *list, SacPaneState *pane)
{
  const SacSanityEntry *entry = sac_sanity_run_get (list->run, pane);
  double share;
  guint met, held;

  if (sac_sanity_run_is_checking (list->run, pane, &share))
    return g_strdup_printf (_ ("Being checked: %.0f %%"), 100 * share);
  if (entry == NULL)
    return g_strdup (_ ("Not checked yet"));
  if (entry->report == NULL)
    return g_strdup_printf (_ ("Cannot be checked: %s"), entry->error->message);
  count_badges (entry->report, &met, &held);
  if (held == 0)
    return g_strdup (_ ("Nothing to judge: no check is defined for this map"));
  return g_strdup_printf (_ ("%u of %u checks within their rules"), met, held);
}

static GtkWidget *
new_check (const SacSanityCheck *check)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  GtkWidget *title = sac_label_new (get_title (check->rule), 0, NULL);
  g_autofree char *figure = isnan (check->figure)
                              ? g_strdup ("–")
                              : sac_scene_format_number (check->figure);

  gtk_widget_set_hexpand (title, TRUE);
  gtk_box_append (GTK_BOX (line), title);
  gtk_box_append (GTK_BOX (line), sac_label_new (figure, 1, "figure"));
  gtk_box_append (GTK_BOX (box), line);
  gtk_box_append (GTK_BOX (box),
                  sac_label_new (get_verdict (check->badge), 0,
                                 check->badge == SAC_BADGE_FAIL ? "note-warning"
                                                                : "note"));
  gtk_box_append (GTK_BOX (box),
                  sac_label_new (_ (check->rule->rule), 0, "note"));
  return box;
}

static GtkWidget *
new_figures (const SacSanityEntry *entry)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9);
  g_autofree char *where = g_strdup_printf (
    /* Translators: an image and a class. */
    _ ("Checked on %s for %s. The bounds of the rules are conventions of this "
       "program, not proofs."),
    entry->image, entry->class_name != NULL ? entry->class_name : "–");

  gtk_box_append (GTK_BOX (box), sac_label_new (where, 0, "note"));
  for (guint i = 0; i < entry->report->checks->len; i++)
    gtk_box_append (GTK_BOX (box),
                    new_check (&g_array_index (entry->report->checks,
                                               SacSanityCheck, i)));
  return box;
}

static void refill (SacSanityList *list);

static void
on_shown (GtkToggleButton *button, SacSanityList *list)
{
  gpointer pane = g_object_get_data (G_OBJECT (button), "sac-pane");

  if (gtk_toggle_button_get_active (button))
    g_hash_table_add (list->open, pane);
  else
    g_hash_table_remove (list->open, pane);
  refill (list);
}

static GtkWidget *
new_show_button (SacSanityList *list, guint index)
{
  bool is_open =
    g_hash_table_contains (list->open, GUINT_TO_POINTER (index + 1));
  GtkWidget *button = gtk_toggle_button_new ();
  g_autofree char *name =
    g_strdup_printf (_ ("Figures of the checks of pane %u"), index + 1);

  gtk_button_set_icon_name (GTK_BUTTON (button),
                            is_open ? "pan-down-symbolic" : "pan-end-symbolic");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), is_open);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  sac_tooltip_set (button, name);
  sac_accessible_set_name (button, name);
  g_object_set_data (G_OBJECT (button), "sac-pane",
                     GUINT_TO_POINTER (index + 1));
  g_signal_connect_object (button, "toggled", G_CALLBACK (on_shown), list, 0);
  return button;
}

static void
append_pane (SacSanityList *list, guint index, bool had_focus)
{
  SacPaneState *pane = sac_document_get_pane (list->document, index);
  const SacSanityEntry *entry = sac_sanity_run_get (list->run, pane);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *dot = gtk_label_new (NULL);
  g_autofree char *title =
    sac_choice_dup_title (sac_pane_state_get_choice (pane));
  g_autofree char *badge = describe (list, pane);
  bool has_figures = entry != NULL && entry->report != NULL;

  sac_pane_badge_show (GTK_LABEL (dot), list->document, pane);
  gtk_widget_set_valign (dot, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (line), dot);
  gtk_box_append (GTK_BOX (texts), sac_label_new (title, 0, NULL));
  g_ptr_array_add (list->badges, sac_label_new (badge, 0, "note"));
  gtk_box_append (GTK_BOX (texts), list->badges->pdata[index]);
  gtk_widget_set_hexpand (texts, TRUE);
  gtk_box_append (GTK_BOX (line), texts);
  gtk_box_append (GTK_BOX (list->rows), line);
  if (has_figures) {
    GtkWidget *button = new_show_button (list, index);

    gtk_box_append (GTK_BOX (line), button);
    if (had_focus)
      gtk_widget_grab_focus (button);
  }
  if (has_figures &&
      g_hash_table_contains (list->open, GUINT_TO_POINTER (index + 1)))
    gtk_box_append (GTK_BOX (list->rows), new_figures (entry));
}

/* Rows are made anew while figures come: a reader's place among them stays.
 * Returns: the number + 1 of the pane whose button has the focus. */
static gpointer
get_focused (SacSanityList *list)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (list));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  return focus != NULL && gtk_widget_is_ancestor (focus, list->rows)
           ? g_object_get_data (G_OBJECT (focus), "sac-pane")
           : NULL;
}

static void
refill (SacSanityList *list)
{
  bool busy = sac_sanity_run_is_busy (list->run);
  GtkWidget *child;

  gpointer focused = get_focused (list);

  g_ptr_array_set_size (list->badges, 0);
  while ((child = gtk_widget_get_first_child (list->rows)) != NULL)
    gtk_box_remove (GTK_BOX (list->rows), child);
  for (guint i = 0; i < sac_document_get_pane_count (list->document); i++)
    append_pane (list, i, GUINT_TO_POINTER (i + 1) == focused);
  gtk_button_set_label (GTK_BUTTON (list->button),
                        busy ? _ ("Stop Checking") : _ ("Check the Methods"));
}

/* Work that was asked for by a key is seen. */
static void
reveal (SacSanityList *list)
{
  GtkWidget *scrolled =
    gtk_widget_get_ancestor (GTK_WIDGET (list), GTK_TYPE_SCROLLED_WINDOW);
  GtkWidget *viewport =
    scrolled != NULL
      ? gtk_scrolled_window_get_child (GTK_SCROLLED_WINDOW (scrolled))
      : NULL;
  graphene_rect_t bounds;

  list->is_hidden = false;
  if (viewport == NULL ||
      !gtk_widget_compute_bounds (list->box,
                                  gtk_widget_get_first_child (viewport),
                                  &bounds))
    return;
  gtk_adjustment_clamp_page (gtk_scrolled_window_get_vadjustment (
                               GTK_SCROLLED_WINDOW (scrolled)),
                             bounds.origin.y,
                             bounds.origin.y + bounds.size.height);
}

static gboolean
on_poll (gpointer data)
{
  SacSanityList *list = data;

  if (list->is_hidden)
    reveal (list);
  /* Rows stay, and with them the focus. */
  for (guint i = 0; i < list->badges->len; i++) {
    g_autofree char *badge =
      describe (list, sac_document_get_pane (list->document, i));

    gtk_label_set_label (list->badges->pdata[i], badge);
  }
  if (sac_sanity_run_is_busy (list->run))
    return G_SOURCE_CONTINUE;
  list->poll_timer = 0;
  return G_SOURCE_REMOVE;
}

static void
on_changed (SacSanityList *list)
{
  refill (list);
  if (sac_sanity_run_is_busy (list->run) && list->poll_timer == 0) {
    list->is_hidden = true;
    list->poll_timer = g_timeout_add (POLL_MS, on_poll, list);
  }
}

static void
on_settings (SacSanityList *list, SacCheckSettings *settings)
{
  sac_sanity_run_set_settings (list->run, sac_check_settings_get (settings));
}

static void
on_clicked (SacSanityList *list)
{
  if (sac_sanity_run_is_busy (list->run))
    sac_sanity_run_cancel (list->run);
  else
    sac_sanity_run_start (list->run);
}

void
sac_sanity_list_set_document (SacSanityList *list, SacDocument *document)
{
  g_return_if_fail (list->document == NULL);
  list->document = g_object_ref (document);
  list->run = sac_sanity_run_of (document);
  g_signal_connect_object (list->run, "changed", G_CALLBACK (on_changed), list,
                           G_CONNECT_SWAPPED);
  /* What a pane shows comes and goes with its comparison. */
  g_signal_connect_object (sac_document_get_comparison (document), "changed",
                           G_CALLBACK (refill), list, G_CONNECT_SWAPPED);
  g_signal_connect_object (sac_document_get_panes (document), "changed",
                           G_CALLBACK (refill), list, G_CONNECT_SWAPPED);
  refill (list);
}

static void
sac_sanity_list_dispose (GObject *object)
{
  SacSanityList *list = SAC_SANITY_LIST (object);

  g_clear_handle_id (&list->poll_timer, g_source_remove);
  if (list->document != NULL)
    sac_sanity_run_shut_down (list->run);
  g_clear_pointer (&list->box, gtk_widget_unparent);
  g_clear_object (&list->document);
  g_clear_pointer (&list->open, g_hash_table_unref);
  g_clear_pointer (&list->badges, g_ptr_array_unref);
  G_OBJECT_CLASS (sac_sanity_list_parent_class)->dispose (object);
}

static void
sac_sanity_list_class_init (SacSanityListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_sanity_list_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static GtkWidget *
new_faithfulness_button (void)
{
  GtkWidget *button = gtk_button_new_with_label (_ ("Faithfulness…"));

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.faithfulness");
  return button;
}

static GtkWidget *
new_heading (SacSanityList *list)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  GtkWidget *title =
    sac_label_new (_ ("What the maps are worth"), 0, "heading");
  GtkWidget *settings = sac_check_settings_new (&sac_sanity_settings);

  g_signal_connect_object (settings, "changed", G_CALLBACK (on_settings), list,
                           G_CONNECT_SWAPPED);
  gtk_widget_set_hexpand (title, TRUE);
  gtk_box_append (GTK_BOX (line), title);
  gtk_box_append (GTK_BOX (line), settings);
  return line;
}

static void
sac_sanity_list_init (SacSanityList *list)
{
  GtkWidget *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);

  list->badges = g_ptr_array_new ();
  list->open = g_hash_table_new (NULL, NULL);
  list->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9);
  list->rows = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  list->button = gtk_button_new_with_label (_ ("Check the Methods"));
  g_signal_connect_object (list->button, "clicked", G_CALLBACK (on_clicked),
                           list, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (buttons), list->button);
  gtk_box_append (GTK_BOX (buttons), new_faithfulness_button ());
  gtk_widget_set_parent (list->box, GTK_WIDGET (list));
  gtk_box_append (GTK_BOX (list->box), new_heading (list));
  gtk_box_append (GTK_BOX (list->box), list->rows);
  gtk_box_append (GTK_BOX (list->box), buttons);
}
