/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "pane.h"

#include "canvas-compare.h"
#include "canvas.h"
#include "color-bar.h"
#include "context-menu.h"
#include "markup-overlay.h"
#include "messages.h"
#include "pane-notes.h"
#include "pane-options.h"

#include <glib/gi18n.h>

/* Work that is over sooner shows no progress: flicker tells nobody anything. */
#define PATIENCE_MS 250

struct _SacPane {
  GtkWidget parent_instance;
  SacDocument *document;
  SacPaneState *state;
  guint patience_timer;
  guint progress_tick;
  bool compact;

  GtkWidget *content;
  GtkWidget *header;
  GtkLabel *badge;
  SacChooser *model;
  SacChooser *method;
  SacChooser *class_chooser;
  GtkBox *details_place; /* of the header */
  GtkWidget *details;
  SacChooser *layer;
  SacChooser *head;
  GtkWidget *caution;
  GtkMenuButton *more;
  GtkBox *more_place; /* of the popover */
  SacCanvas *canvas;
  GtkRevealer *progress_revealer;
  GtkLabel *progress_label;
  GtkProgressBar *progress_bar;
  GtkWidget *message;
  GtkLabel *message_title;
  GtkLabel *message_detail;
  GtkWidget *message_button;
  GtkWidget *footer;
  SacColorBar *color_bar;
  GtkWidget *controls;
  SacChooser *scale;
  SacChooser *colors;
  GtkToggleButton *cells;
  GtkToggleButton *smooth;
  GtkRange *opacity;
  SacPaneNotes *notes;
};

G_DEFINE_FINAL_TYPE (SacPane, sac_pane, GTK_TYPE_WIDGET)

static void
refresh_choosers (SacPane *pane)
{
  sac_pane_options_fill_model (pane->model, pane->state,
                               sac_document_get_library (pane->document));
  sac_pane_options_fill_method (pane->method, pane->state);
  sac_pane_options_fill_class (pane->class_chooser, pane->state);
  sac_pane_options_fill_layer (pane->layer, pane->state);
  sac_pane_options_fill_head (pane->head, pane->state);
}

static void
refresh_display (SacPane *pane)
{
  const SacDisplay *display = sac_pane_state_get_display (pane->state);

  sac_pane_options_fill_scale (pane->scale, pane->state);
  sac_pane_options_fill_colors (pane->colors, pane->state, pane->document);
  gtk_toggle_button_set_active (display->smooth ? pane->smooth : pane->cells,
                                TRUE);
  gtk_range_set_value (pane->opacity, display->opacity);
  gtk_widget_set_sensitive (GTK_WIDGET (pane->opacity), !display->is_hidden);
}

/* A pane without room for notes shows that there are warnings. */
static void
refresh_notes (SacPane *pane)
{
  const char *warnings;

  sac_pane_notes_refresh (pane->notes, pane->document, pane->state);
  warnings = sac_pane_notes_get_warnings (pane->notes);
  gtk_widget_set_visible (pane->caution, pane->compact && warnings != NULL);
  gtk_widget_set_tooltip_text (pane->caution, warnings);
  if (warnings != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (pane->caution),
                                    GTK_ACCESSIBLE_PROPERTY_LABEL, warnings,
                                    -1);
}

static const char *
describe_stage (SacPane *pane)
{
  switch (sac_pane_state_get_stage (pane->state)) {
  case SAC_STAGE_LOADING:
    return _ ("Loading the model…");
  case SAC_STAGE_PREDICTING:
    return _ ("Predicting…");
  case SAC_STAGE_EXPLAINING:
    return _ ("Making the map…");
  case SAC_STAGE_REST:
  default:
    return _ ("Waiting…");
  }
}

static gboolean
on_progress_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  SacPane *pane = SAC_PANE (widget);

  gtk_progress_bar_set_fraction (pane->progress_bar,
                                 sac_pane_state_get_progress (pane->state));
  return G_SOURCE_CONTINUE;
}

static void
show_progress (SacPane *pane, bool shown)
{
  gtk_revealer_set_reveal_child (pane->progress_revealer, shown);
  gtk_widget_set_can_target (GTK_WIDGET (pane->progress_revealer), shown);
  if (shown && pane->progress_tick == 0)
    pane->progress_tick =
      gtk_widget_add_tick_callback (GTK_WIDGET (pane), on_progress_tick, NULL,
                                    NULL);
  if (!shown && pane->progress_tick != 0) {
    gtk_widget_remove_tick_callback (GTK_WIDGET (pane), pane->progress_tick);
    pane->progress_tick = 0;
  }
}

static gboolean
on_patience_ended (gpointer data)
{
  SacPane *pane = data;

  pane->patience_timer = 0;
  show_progress (pane, true);
  return G_SOURCE_REMOVE;
}

static void
refresh_progress (SacPane *pane)
{
  bool busy = sac_pane_state_is_busy (pane->state);
  bool shown = gtk_revealer_get_reveal_child (pane->progress_revealer);

  gtk_label_set_label (pane->progress_label, describe_stage (pane));
  if (busy && !shown && pane->patience_timer == 0)
    pane->patience_timer = g_timeout_add (PATIENCE_MS, on_patience_ended, pane);
  if (!busy) {
    g_clear_handle_id (&pane->patience_timer, g_source_remove);
    show_progress (pane, false);
  }
}

/* The first method that the model can do; NULL when the present one is not the
 * trouble. */
static const SacMethod *
find_better_method (SacPane *pane)
{
  const SacMethod *const *methods = sac_methods_get_all ();
  const SacLoaded *loaded = sac_pane_state_get_loaded (pane->state);
  const char *present = sac_pane_state_get_choice (pane->state)->method;
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
show_message (SacPane *pane,
              const char *title,
              const char *detail,
              const char *button)
{
  gtk_label_set_label (pane->message_title, title);
  gtk_label_set_label (pane->message_detail, detail);
  gtk_widget_set_visible (GTK_WIDGET (pane->message_detail), *detail != '\0');
  gtk_button_set_label (GTK_BUTTON (pane->message_button), button);
  gtk_widget_set_visible (pane->message, TRUE);
}

static void
refresh_message (SacPane *pane)
{
  SacStage stage = SAC_STAGE_REST;
  const GError *error = sac_pane_state_get_error (pane->state, &stage);
  const SacMethod *better = find_better_method (pane);

  if (error != NULL) {
    SacTried tried =
      stage == SAC_STAGE_LOADING ? SAC_TRIED_MODEL : SAC_TRIED_MAP;
    g_autofree char *detail =
      g_strdup_printf ("%s\n%s", sac_message_for_error (error, tried),
                       error->message);
    g_autofree char *use =
      better != NULL ? g_strdup_printf (_ ("Use %s"), _ (better->label)) : NULL;

    show_message (pane, title_error (stage), detail,
                  stage == SAC_STAGE_EXPLAINING && use != NULL
                    ? use
                    : _ ("Try Again"));
  } else if (sac_pane_state_is_stopped (pane->state)) {
    show_message (pane, _ ("Stopped"), "", _ ("Go On"));
  } else {
    gtk_widget_set_visible (pane->message, FALSE);
  }
}

static void
on_result (SacPane *pane)
{
  refresh_choosers (pane);
  refresh_progress (pane);
  refresh_message (pane);
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
  refresh_display (pane);
  refresh_notes (pane);
}

static void
set_css_class (GtkWidget *widget, const char *name, bool is_set)
{
  if (is_set)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

/* Which panes are compared, and which one keys go to. */
static void
on_panes_changed (SacPane *pane)
{
  static const char *const letters[] = {"A", "B"};
  SacPaneSet *set = sac_document_get_panes (pane->document);
  bool has_others = sac_pane_set_get_count (set) > 1;
  int role = has_others ? sac_pane_set_get_role (set, pane->state) : -1;
  SacPaneState *active = sac_pane_set_get (set, sac_pane_set_get_active (set));

  gtk_label_set_label (pane->badge, role >= 0 ? letters[role] : "");
  set_css_class (GTK_WIDGET (pane->badge), "letter", role >= 0);
  set_css_class (GTK_WIDGET (pane->badge), "side-a", role == 0);
  set_css_class (GTK_WIDGET (pane->badge), "side-b", role == 1);
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
  sac_pane_state_set_method (pane->state, id);
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

static void
on_scale_chosen (SacPane *pane, const char *id)
{
  SacDisplay display = *sac_pane_state_get_display (pane->state);

  sac_scale_mode_find (id, &display.scale_mode);
  sac_pane_state_set_display (pane->state, &display);
}

static void
on_colors_chosen (SacPane *pane, const char *id)
{
  SacDisplay display = *sac_pane_state_get_display (pane->state);

  display.colors = sac_color_map_find (id);
  sac_pane_state_set_display (pane->state, &display);
}

static void
on_smooth_toggled (SacPane *pane)
{
  SacDisplay display = *sac_pane_state_get_display (pane->state);
  bool smooth = gtk_toggle_button_get_active (pane->smooth);

  if (display.smooth == smooth)
    return;
  display.smooth = smooth;
  sac_pane_state_set_display (pane->state, &display);
}

static void
on_opacity_changed (SacPane *pane)
{
  SacDisplay display = *sac_pane_state_get_display (pane->state);
  double opacity = gtk_range_get_value (pane->opacity);

  if (display.opacity == opacity)
    return;
  display.opacity = opacity;
  sac_pane_state_set_display (pane->state, &display);
}

static void
on_stop_clicked (SacPane *pane)
{
  sac_pane_state_stop (pane->state);
}

static void
on_message_clicked (SacPane *pane)
{
  SacStage stage = SAC_STAGE_REST;
  const SacMethod *better = find_better_method (pane);

  sac_pane_state_get_error (pane->state, &stage);
  if (stage == SAC_STAGE_EXPLAINING && better != NULL)
    sac_pane_state_set_method (pane->state, better->name);
  else
    sac_pane_state_retry (pane->state);
}

SacPane *
sac_pane_new (SacDocument *document, guint index)
{
  SacPane *pane = g_object_new (SAC_TYPE_PANE, NULL);
  g_autofree char *series = g_strdup_printf ("series-%u", index + 1);

  pane->document = g_object_ref (document);
  pane->state = g_object_ref (sac_document_get_pane (document, index));
  gtk_widget_add_css_class (GTK_WIDGET (pane->badge), series);
  sac_canvas_set_document (pane->canvas, document, pane->state);
  sac_canvas_compare_attach (pane->canvas, document, pane->state);
  sac_markup_overlay_attach (pane->canvas, document);
  sac_context_menu_attach (GTK_WIDGET (pane), GTK_WIDGET (pane->canvas),
                           document);
  sac_color_bar_set_document (pane->color_bar, document, pane->state);
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
  move_to (pane->controls, compact ? pane->more_place : footer);
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

  g_clear_handle_id (&pane->patience_timer, g_source_remove);
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
  gtk_widget_class_bind_template_child (widget_class, SacPane,
                                        progress_revealer);
  gtk_widget_class_bind_template_child (widget_class, SacPane, progress_label);
  gtk_widget_class_bind_template_child (widget_class, SacPane, progress_bar);
  gtk_widget_class_bind_template_child (widget_class, SacPane, message);
  gtk_widget_class_bind_template_child (widget_class, SacPane, message_title);
  gtk_widget_class_bind_template_child (widget_class, SacPane, message_detail);
  gtk_widget_class_bind_template_child (widget_class, SacPane, message_button);
  gtk_widget_class_bind_template_child (widget_class, SacPane, footer);
  gtk_widget_class_bind_template_child (widget_class, SacPane, color_bar);
  gtk_widget_class_bind_template_child (widget_class, SacPane, scale);
  gtk_widget_class_bind_template_child (widget_class, SacPane, colors);
  gtk_widget_class_bind_template_child (widget_class, SacPane, cells);
  gtk_widget_class_bind_template_child (widget_class, SacPane, smooth);
  gtk_widget_class_bind_template_child (widget_class, SacPane, opacity);
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
  gtk_widget_class_bind_template_callback (widget_class, on_scale_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_colors_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_smooth_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_opacity_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_message_clicked);
}

static void
sac_pane_class_init (SacPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_pane_dispose;
  g_type_ensure (SAC_TYPE_CANVAS);
  g_type_ensure (SAC_TYPE_CHOOSER);
  g_type_ensure (SAC_TYPE_COLOR_BAR);
  g_type_ensure (SAC_TYPE_PANE_NOTES);
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
