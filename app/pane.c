/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "pane.h"

#include "accessible.h"
#include "canvas-compare.h"
#include "canvas.h"
#include "color-bar.h"
#include "context-menu.h"
#include "disagreement-overlay.h"
#include "markup-overlay.h"
#include "method-form.h"
#include "overview.h"
#include "pair-inset.h"
#include "pane-badge.h"
#include "pane-controls.h"
#include "pane-message.h"
#include "pane-notes.h"
#include "pane-options.h"
#include "pane-progress.h"
#include "token-overlay.h"
#include "tooltip.h"

#include <glib/gi18n.h>

struct _SacPane {
  GtkWidget parent_instance;
  SacDocument *document;
  SacPaneState *state;
  bool compact;

  GtkWidget *content;
  GtkWidget *header;
  GtkLabel *badge;
  SacChooser *model;
  SacChooser *method;
  SacChooser *class_chooser;
  GtkMenuButton *settings;
  GtkBox *details_place; /* of the header */
  GtkWidget *details;
  SacChooser *layer;
  SacChooser *head;
  GtkWidget *caution;
  GtkMenuButton *more;
  GtkBox *more_place; /* of the popover */
  SacCanvas *canvas;
  SacPaneProgress *progress;
  SacPaneMessage *message;
  GtkLabel *verdict; /* over the picture, where the map shows nothing */
  GtkWidget *footer;
  SacColorBar *color_bar;
  SacPaneControls *controls;
  SacPaneNotes *notes;
};

G_DEFINE_FINAL_TYPE (SacPane, sac_pane, GTK_TYPE_WIDGET)

static void
set_css_class (GtkWidget *widget, const char *name, bool is_set)
{
  if (is_set)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

/* What differs from the defaults is seen without opening anything. */
static void
refresh_settings (SacPane *pane)
{
  g_autofree char *changes =
    sac_choice_dup_changes (sac_pane_state_get_choice (pane->state));
  /* Translators: %s is what differs, like "steps 100, seed 3". */
  g_autofree char *text =
    changes != NULL
      ? g_strdup_printf (_ ("Settings of the method, changed: %s"), changes)
      : g_strdup (_ ("Settings of the method"));

  sac_tooltip_set (GTK_WIDGET (pane->settings), text);
  sac_accessible_set_name (GTK_WIDGET (pane->settings), text);
  set_css_class (GTK_WIDGET (pane->settings), "toned", changes != NULL);
}

static void
refresh_choosers (SacPane *pane)
{
  sac_pane_options_fill_model (pane->model, pane->state,
                               sac_document_get_library (pane->document));
  sac_pane_options_fill_method (pane->method, pane->state);
  sac_pane_options_fill_class (pane->class_chooser, pane->state);
  sac_pane_options_fill_layer (pane->layer, pane->state);
  sac_pane_options_fill_head (pane->head, pane->state);
  refresh_settings (pane);
}

/* A map that shows nothing is no picture without a map. */
static void
refresh_verdict (SacPane *pane)
{
  static const char *const verdicts[] = {
    [SAC_EVIDENCE_PRESENT] = NULL,
    [SAC_EVIDENCE_NONE_POSITIVE] = N_ ("No positive evidence"),
    [SAC_EVIDENCE_FLAT] = N_ ("Flat: every cell has the same value"),
    [SAC_EVIDENCE_NOT_FINITE] = N_ ("Not finite: the map means nothing"),
    [SAC_EVIDENCE_NEGLIGIBLE] = N_ ("No evidence above rounding"),
  };
  const SacMap *map = sac_pane_state_get_map (pane->state);
  SacMapSummary summary = {.evidence = SAC_EVIDENCE_PRESENT};
  const char *verdict;

  if (map != NULL && !sac_pane_state_get_display (pane->state)->is_hidden)
    sac_map_summarize (map, &summary);
  verdict = verdicts[summary.evidence];
  gtk_label_set_label (pane->verdict, verdict != NULL ? _ (verdict) : "");
  gtk_widget_set_visible (GTK_WIDGET (pane->verdict), verdict != NULL);
}

/* A pane without room for notes shows that there are warnings. */
static void
refresh_notes (SacPane *pane)
{
  const char *warnings;

  sac_pane_notes_refresh (pane->notes, pane->document, pane->state);
  warnings = sac_pane_notes_get_warnings (pane->notes);
  gtk_widget_set_visible (pane->caution, pane->compact && warnings != NULL);
  sac_tooltip_set (pane->caution, warnings);
  if (warnings != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (pane->caution),
                                    GTK_ACCESSIBLE_PROPERTY_LABEL, warnings,
                                    -1);
}

static void
on_result (SacPane *pane)
{
  refresh_choosers (pane);
}

static void
on_asked (SacPane *pane)
{
  refresh_choosers (pane);
}

/* A shared scale changes with the other pane's map as well. */
static void
on_maps (SacPane *pane)
{
  refresh_notes (pane);
  refresh_verdict (pane);
}

/* Which panes are compared, and which one keys go to. */
static void
on_panes_changed (SacPane *pane)
{
  SacPaneSet *set = sac_document_get_panes (pane->document);
  bool has_others = sac_pane_set_get_count (set) > 1;
  SacPaneState *active = sac_pane_set_get (set, sac_pane_set_get_active (set));

  sac_pane_badge_show (pane->badge, pane->document, pane->state);
  set_css_class (GTK_WIDGET (pane), "active",
                 has_others && active == pane->state);
}

static void
on_listed (SacPane *pane)
{
  refresh_choosers (pane);
}

static void
on_model_chosen (SacPane *pane, const char *id)
{
  sac_pane_state_set_model (pane->state, id);
}

static void
on_method_chosen (SacPane *pane, const char *id)
{
  sac_pane_options_choose_method (pane->state, id);
}

static void
on_class_chosen (SacPane *pane, const char *id)
{
  sac_pane_options_choose_class (pane->state, id);
}

static void
on_layer_chosen (SacPane *pane, const char *id)
{
  sac_pane_state_set_layer (pane->state, *id != '\0' ? id : NULL);
}

static void
on_head_chosen (SacPane *pane, const char *id)
{
  sac_pane_options_choose_head (pane->state, id);
}

/* The form is made when it is first wanted, not before the first frame. */
static void
fill_settings (GtkMenuButton *button, gpointer data)
{
  SacPane *pane = data;
  GtkWidget *popover, *form;

  if (gtk_menu_button_get_popover (button) != NULL)
    return;
  popover = gtk_popover_new ();
  form = g_object_new (SAC_TYPE_METHOD_FORM, NULL);
  sac_method_form_set_pane (SAC_METHOD_FORM (form), pane->state);
  gtk_popover_set_child (GTK_POPOVER (popover), form);
  gtk_menu_button_set_popover (button, popover);
}

SacPane *
sac_pane_new (SacDocument *document, guint index)
{
  SacPane *pane = g_object_new (SAC_TYPE_PANE, NULL);

  pane->document = g_object_ref (document);
  pane->state = g_object_ref (sac_document_get_pane (document, index));
  sac_canvas_set_document (pane->canvas, document, pane->state);
  sac_canvas_compare_attach (pane->canvas, document, pane->state);
  sac_disagreement_overlay_attach (pane->canvas, document, pane->state);
  sac_markup_overlay_attach (pane->canvas, document);
  sac_token_overlay_attach (pane->canvas, pane->state);
  sac_overview_attach (pane->canvas, document, pane->state);
  sac_pair_inset_attach (pane->canvas, pane->state);
  sac_context_menu_attach (GTK_WIDGET (pane), GTK_WIDGET (pane->canvas),
                           document);
  sac_color_bar_set_document (pane->color_bar, document, pane->state);
  gtk_menu_button_set_create_popup_func (pane->settings, fill_settings, pane,
                                         NULL);
  sac_pane_controls_set_document (pane->controls, document, pane->state);
  sac_pane_progress_set_pane (pane->progress, pane->state);
  sac_pane_message_set_pane (pane->message, pane->state);
  g_signal_connect_object (pane->state, "result", G_CALLBACK (on_result), pane,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (pane->state, "asked", G_CALLBACK (on_asked), pane,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "maps", G_CALLBACK (on_maps), pane,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (sac_document_get_library (document), "listed",
                           G_CALLBACK (on_listed), pane, G_CONNECT_SWAPPED);
  g_signal_connect_object (sac_document_get_panes (document), "changed",
                           G_CALLBACK (on_panes_changed), pane,
                           G_CONNECT_SWAPPED);
  on_result (pane);
  on_maps (pane);
  on_panes_changed (pane);
  return pane;
}

SacPaneState *
sac_pane_get_state (SacPane *pane)
{
  return pane->state;
}

GtkWidget *
sac_pane_get_header (SacPane *pane)
{
  return pane->header;
}

GtkWidget *
sac_pane_get_footer (SacPane *pane)
{
  return pane->footer;
}

static void
move_to (GtkWidget *child, GtkBox *place)
{
  g_object_ref (child);
  gtk_box_remove (GTK_BOX (gtk_widget_get_parent (child)), child);
  gtk_box_append (place, child);
  g_object_unref (child);
}

void
sac_pane_set_compact (SacPane *pane, bool compact)
{
  GtkBox *footer = GTK_BOX (pane->footer);

  if (pane->compact == compact)
    return;
  pane->compact = compact;
  move_to (pane->details, compact ? pane->more_place : pane->details_place);
  move_to (GTK_WIDGET (pane->controls), compact ? pane->more_place : footer);
  move_to (GTK_WIDGET (pane->notes), compact ? pane->more_place : footer);
  gtk_widget_set_visible (GTK_WIDGET (pane->more), compact);
  sac_color_bar_set_compact (pane->color_bar, compact);
  if (compact)
    gtk_widget_add_css_class (GTK_WIDGET (pane), "compact");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (pane), "compact");
  refresh_notes (pane);
}

GtkWidget *
sac_pane_get_canvas (SacPane *pane)
{
  return GTK_WIDGET (pane->canvas);
}

void
sac_pane_focus_canvas (SacPane *pane)
{
  gtk_widget_grab_focus (GTK_WIDGET (pane->canvas));
}

bool
sac_pane_open_chooser (SacPane *pane, const char *name)
{
  const struct {
    const char *name;
    SacChooser *chooser;
  } choosers[] = {
    {"model", pane->model},         {"method", pane->method},
    {"class", pane->class_chooser}, {"layer", pane->layer},
    {"head", pane->head},
  };

  if (g_str_equal (name, "settings") &&
      gtk_widget_get_mapped (GTK_WIDGET (pane->settings))) {
    gtk_menu_button_popup (pane->settings);
    return true;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (choosers); i++) {
    GtkWidget *chooser = GTK_WIDGET (choosers[i].chooser);

    if (g_strcmp0 (name, choosers[i].name) != 0 ||
        !gtk_widget_get_visible (chooser))
      continue;
    if (gtk_widget_is_ancestor (chooser, GTK_WIDGET (pane->more_place)))
      gtk_menu_button_popup (pane->more);
    sac_chooser_open (choosers[i].chooser);
    return true;
  }
  return false;
}

static void
sac_pane_dispose (GObject *object)
{
  SacPane *pane = SAC_PANE (object);

  gtk_widget_dispose_template (GTK_WIDGET (pane), SAC_TYPE_PANE);
  g_clear_object (&pane->document);
  g_clear_object (&pane->state);
  G_OBJECT_CLASS (sac_pane_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, SacPane, content);
  gtk_widget_class_bind_template_child (widget_class, SacPane, header);
  gtk_widget_class_bind_template_child (widget_class, SacPane, badge);
  gtk_widget_class_bind_template_child (widget_class, SacPane, settings);
  gtk_widget_class_bind_template_child (widget_class, SacPane, details_place);
  gtk_widget_class_bind_template_child (widget_class, SacPane, details);
  gtk_widget_class_bind_template_child (widget_class, SacPane, caution);
  gtk_widget_class_bind_template_child (widget_class, SacPane, more);
  gtk_widget_class_bind_template_child (widget_class, SacPane, more_place);
  gtk_widget_class_bind_template_child (widget_class, SacPane, controls);
  gtk_widget_class_bind_template_child (widget_class, SacPane, model);
  gtk_widget_class_bind_template_child (widget_class, SacPane, method);
  gtk_widget_class_bind_template_child (widget_class, SacPane, class_chooser);
  gtk_widget_class_bind_template_child (widget_class, SacPane, layer);
  gtk_widget_class_bind_template_child (widget_class, SacPane, head);
  gtk_widget_class_bind_template_child (widget_class, SacPane, canvas);
  gtk_widget_class_bind_template_child (widget_class, SacPane, progress);
  gtk_widget_class_bind_template_child (widget_class, SacPane, message);
  gtk_widget_class_bind_template_child (widget_class, SacPane, verdict);
  gtk_widget_class_bind_template_child (widget_class, SacPane, footer);
  gtk_widget_class_bind_template_child (widget_class, SacPane, color_bar);
  gtk_widget_class_bind_template_child (widget_class, SacPane, notes);
}

static void
bind_callbacks (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_callback (widget_class, on_model_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_method_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_class_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_layer_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_head_chosen);
}

static void
sac_pane_class_init (SacPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_pane_dispose;
  g_type_ensure (SAC_TYPE_CANVAS);
  g_type_ensure (SAC_TYPE_CHOOSER);
  g_type_ensure (SAC_TYPE_COLOR_BAR);
  g_type_ensure (SAC_TYPE_PANE_CONTROLS);
  g_type_ensure (SAC_TYPE_PANE_MESSAGE);
  g_type_ensure (SAC_TYPE_PANE_NOTES);
  g_type_ensure (SAC_TYPE_PANE_PROGRESS);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/saccade/Saccade/pane.ui");
  bind_children (widget_class);
  bind_callbacks (widget_class);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "pane");
}

static void
sac_pane_init (SacPane *pane)
{
  gtk_widget_init_template (GTK_WIDGET (pane));
}
