/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "status-bar.h"

#include "accessible.h"
#include "canvas-layers.h"
#include "image/magnification.h"
#include "labels.h"
#include "reading.h"
#include "tooltip.h"

#include <glib/gi18n.h>
#include <math.h>

/* A screen reader is told where the cursor rests, not where it passes. */
#define SAY_MS 200

struct _SacStatusBar {
  GtkWidget parent_instance;
  SacDocument *document;
  GtkWidget *box;
  GtkWidget *position;
  GtkWidget *reading; /* what all maps say at the cursor */
  GtkWidget *zoom;
  GtkWidget *format;
  GtkWidget *notes_button, *notes;
  guint say_timer;
};

G_DEFINE_FINAL_TYPE (SacStatusBar, sac_status_bar, GTK_TYPE_WIDGET)

/* Of all shown panes, in their order. */
static char *
dup_readings (SacDocument *document)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint count = sac_document_get_pane_count (document);

  for (guint i = 0; i < count; i++) {
    g_autofree char *reading =
      sac_reading_dup (document, sac_document_get_pane (document, i));

    if (reading == NULL)
      continue;
    if (text->len > 0)
      g_string_append (text, "   ");
    if (count > 1)
      g_string_append_printf (text, "%u: ", i + 1);
    g_string_append (text, reading);
  }
  return g_strdup (text->str);
}

static gboolean
say (gpointer data)
{
  SacStatusBar *bar = data;
  g_autofree char *text = dup_readings (bar->document);

  bar->say_timer = 0;
  gtk_label_set_label (GTK_LABEL (bar->reading), text);
  return G_SOURCE_REMOVE;
}

static void
refresh_position (SacStatusBar *bar)
{
  double x, y;
  g_autofree char *text = NULL;

  if (bar->say_timer == 0)
    bar->say_timer = g_timeout_add (SAY_MS, say, bar);

  if (sac_document_get_cursor (bar->document, &x, &y))
    text = g_strdup_printf ("x %.0f   y %.0f", floor (x), floor (y));
  gtk_label_set_label (GTK_LABEL (bar->position), text != NULL ? text : "");
}

/* Three digits, but never a power of ten. */
static char *
dup_number (double value)
{
  return value < 999.5 ? g_strdup_printf ("%.3g", value)
                       : g_strdup_printf ("%.0f", value);
}

/* Returns: a new string. */
static char *
dup_zoom (SacSource *source, double scale)
{
  bool is_stated;
  double power = sac_magnification_get (source, &is_stated);
  g_autofree char *shown = dup_number (power > 0 ? power * scale : scale * 100);
  g_autofree char *whole = dup_number (power);

  if (power > 0 && is_stated)
    return g_strdup_printf (_ ("%s× of %s×"), shown, whole);
  if (power > 0)
    /* Translators: a magnification that follows from the size of the pixels. */
    return g_strdup_printf (_ ("≈ %s×"), shown);
  /* Translators: of the size at which each of the image's pixels fills one of
   * the screen. */
  return g_strdup_printf (_ ("%s %%"), shown);
}

static void
refresh_zoom (SacStatusBar *bar)
{
  SacSource *source = sac_document_get_source (bar->document);
  double scale =
    sac_viewport_get_camera (sac_document_get_viewport (bar->document))->scale;
  g_autofree char *text = source != NULL ? dup_zoom (source, scale) : NULL;

  gtk_label_set_label (GTK_LABEL (bar->zoom), text != NULL ? text : "");
}

static void
refresh_format (SacStatusBar *bar)
{
  SacSource *source = sac_document_get_source (bar->document);
  g_autoptr (GString) text = g_string_new (NULL);

  if (source != NULL) {
    double mpp = sac_source_get_mpp (source);

    g_string_append_printf (text,
                            "%s   %" G_GINT64_FORMAT " × %" G_GINT64_FORMAT,
                            _ (sac_source_get_format (source)),
                            sac_source_get_width (source),
                            sac_source_get_height (source));
    if (mpp > 0)
      g_string_append_printf (text, _ ("   %.3g µm per pixel"), mpp);
  }
  gtk_label_set_label (GTK_LABEL (bar->format), text->str);
}

/* What a reader of the pixels should know, for whoever asks. */
static void
refresh_notes (SacStatusBar *bar)
{
  SacSource *source = sac_document_get_source (bar->document);
  const char *const *notes =
    source != NULL ? sac_source_get_notes (source) : NULL;
  bool has_notes = notes != NULL && notes[0] != NULL;
  g_autofree char *text = has_notes ? g_strjoinv ("\n", (char **)notes) : NULL;

  gtk_label_set_label (GTK_LABEL (bar->notes), text != NULL ? text : "");
  gtk_widget_set_visible (bar->notes_button, has_notes);
}

static void
refresh_all (SacStatusBar *bar)
{
  refresh_notes (bar);
  refresh_position (bar);
  refresh_zoom (bar);
  refresh_format (bar);
}

void
sac_status_bar_set_document (SacStatusBar *bar, SacDocument *document)
{
  g_return_if_fail (bar->document == NULL);
  bar->document = g_object_ref (document);
  g_signal_connect_object (document, "source", G_CALLBACK (refresh_all), bar,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "cursor", G_CALLBACK (refresh_position),
                           bar, G_CONNECT_SWAPPED);
  g_signal_connect_object (sac_document_get_viewport (document), "changed",
                           G_CALLBACK (refresh_zoom), bar, G_CONNECT_SWAPPED);
  refresh_all (bar);
}

void
sac_status_bar_set_terse (SacStatusBar *bar, bool is_terse)
{
  gtk_widget_set_visible (bar->format, !is_terse);
}

static GtkWidget *
append_label (SacStatusBar *bar, int width_chars, GtkAccessibleRole role)
{
  GtkWidget *label =
    g_object_new (GTK_TYPE_LABEL, "accessible-role", role, NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_width_chars (GTK_LABEL (label), width_chars);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, "numeric");
  gtk_box_append (GTK_BOX (bar->box), label);
  return label;
}

static void
append_notes (SacStatusBar *bar)
{
  GtkWidget *popover = gtk_popover_new ();

  bar->notes_button = gtk_menu_button_new ();
  bar->notes = sac_label_new (NULL, 0, NULL);
  gtk_label_set_max_width_chars (GTK_LABEL (bar->notes), 60);
  gtk_label_set_selectable (GTK_LABEL (bar->notes), TRUE);
  gtk_popover_set_child (GTK_POPOVER (popover), bar->notes);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (bar->notes_button), popover);
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (bar->notes_button),
                                 "dialog-information-symbolic");
  gtk_menu_button_set_has_frame (GTK_MENU_BUTTON (bar->notes_button), FALSE);
  gtk_menu_button_set_direction (GTK_MENU_BUTTON (bar->notes_button),
                                 GTK_ARROW_UP);
  sac_tooltip_set (bar->notes_button, _ ("About this file"));
  sac_accessible_set_name (bar->notes_button, _ ("About this file"));
  gtk_widget_set_visible (bar->notes_button, FALSE);
  gtk_box_append (GTK_BOX (bar->box), bar->notes_button);
}

static void
sac_status_bar_dispose (GObject *object)
{
  SacStatusBar *bar = SAC_STATUS_BAR (object);

  g_clear_handle_id (&bar->say_timer, g_source_remove);
  g_clear_pointer (&bar->box, gtk_widget_unparent);
  g_clear_object (&bar->document);
  G_OBJECT_CLASS (sac_status_bar_parent_class)->dispose (object);
}

static void
sac_status_bar_class_init (SacStatusBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_status_bar_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "statusbar");
}

static void
sac_status_bar_init (SacStatusBar *bar)
{
  GtkWidget *caution = gtk_label_new (_ ("Not for diagnosis"));

  bar->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18);
  gtk_widget_set_parent (bar->box, GTK_WIDGET (bar));
  /* The widest goes last, so that nothing moves while the cursor does. */
  bar->position = append_label (bar, 18, GTK_ACCESSIBLE_ROLE_LABEL);
  bar->zoom = append_label (bar, 14, GTK_ACCESSIBLE_ROLE_LABEL);
  bar->format = append_label (bar, -1, GTK_ACCESSIBLE_ROLE_LABEL);
  append_notes (bar);
  bar->reading = append_label (bar, -1, GTK_ACCESSIBLE_ROLE_STATUS);
  gtk_widget_set_hexpand (bar->reading, TRUE);
  gtk_widget_add_css_class (caution, "caution");
  gtk_box_append (GTK_BOX (bar->box), caution);
}
