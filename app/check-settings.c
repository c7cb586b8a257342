/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "check-settings.h"

#include "accessible.h"
#include "labels.h"
#include "param-row.h"
#include "tooltip.h"

#include <glib/gi18n.h>

#define FORM_WIDTH 330
#define FORM_HEIGHT 420
#define NOTE_CHARACTERS 40

struct _SacCheckSettings {
  GtkWidget parent_instance;
  const SacMethod *check;
  GHashTable *changes; /* char * -> char *; NULL: none */
  GtkWidget *button;
  GtkWidget *rows;
  GtkWidget *reset;
};

G_DEFINE_FINAL_TYPE (SacCheckSettings, sac_check_settings, GTK_TYPE_WIDGET)

enum { CHANGED, SIGNAL_COUNT };
static guint signals[SIGNAL_COUNT];

static const char *
get_value (SacCheckSettings *self, const SacMethodParam *param)
{
  const char *text = self->changes != NULL
                       ? g_hash_table_lookup (self->changes, param->name)
                       : NULL;

  return text != NULL ? text : param->fallback;
}

/* What differs is seen without opening anything. */
static void
refresh (SacCheckSettings *self)
{
  g_autoptr (GString) text = g_string_new (_ ("Settings of the check"));
  const char *separator = ": ";

  for (const SacMethodParam *param = self->check->params; param->name != NULL;
       param++) {
    const char *value = get_value (self, param);

    if (g_str_equal (value, param->fallback))
      continue;
    g_string_append_printf (text, "%s%s %s", separator, param->name, value);
    separator = ", ";
  }
  sac_tooltip_set (self->button, text->str);
  sac_accessible_set_name (self->button, text->str);
  gtk_widget_set_sensitive (self->reset, self->changes != NULL);
  if (self->changes != NULL)
    gtk_widget_add_css_class (self->button, "toned");
  else
    gtk_widget_remove_css_class (self->button, "toned");
}

/* changes: taken over.  Checks that are under way keep the table they have. */
static void
take (SacCheckSettings *self, GHashTable *changes)
{
  g_clear_pointer (&self->changes, g_hash_table_unref);
  if (g_hash_table_size (changes) > 0)
    self->changes = changes;
  else
    g_hash_table_unref (changes);
  refresh (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static GHashTable *
new_changes (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

static void
on_row_changed (SacParamRow *row, const char *text, SacCheckSettings *self)
{
  const SacMethodParam *changed = sac_param_row_get_param (row);
  GHashTable *changes = new_changes ();

  for (const SacMethodParam *param = self->check->params; param->name != NULL;
       param++) {
    const char *value = param == changed ? text : get_value (self, param);

    if (!g_str_equal (value, param->fallback))
      g_hash_table_insert (changes, g_strdup (param->name), g_strdup (value));
  }
  take (self, changes);
}

static void
fill_rows (SacCheckSettings *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->rows)) != NULL)
    gtk_box_remove (GTK_BOX (self->rows), child);
  for (const SacMethodParam *param = self->check->params; param->name != NULL;
       param++) {
    GtkWidget *row = sac_param_row_new (param);

    sac_param_row_show (SAC_PARAM_ROW (row), get_value (self, param));
    g_signal_connect_object (row, "changed", G_CALLBACK (on_row_changed), self,
                             0);
    gtk_box_append (GTK_BOX (self->rows), row);
  }
}

/* Rows made anew hold nothing that was refused. */
static void
on_reset (SacCheckSettings *self)
{
  take (self, new_changes ());
  fill_rows (self);
}

GHashTable *
sac_check_settings_get (SacCheckSettings *settings)
{
  return settings->changes;
}

static GtkWidget *
new_scrolled (SacCheckSettings *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkScrolledWindow *window = GTK_SCROLLED_WINDOW (scrolled);

  self->rows = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  gtk_widget_set_margin_end (self->rows, 6);
  gtk_scrolled_window_set_policy (window, GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (window, TRUE);
  gtk_scrolled_window_set_max_content_height (window, FORM_HEIGHT);
  gtk_scrolled_window_set_child (window, self->rows);
  sac_accessible_set_name (scrolled, _ ("Settings of the check"));
  return scrolled;
}

static GtkWidget *
new_form (SacCheckSettings *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9);
  GtkWidget *summary = sac_label_new (_ (self->check->summary), 0, "note");

  gtk_label_set_max_width_chars (GTK_LABEL (summary), NOTE_CHARACTERS);
  gtk_widget_set_size_request (box, FORM_WIDTH, -1);
  self->reset = gtk_button_new_with_label (_ ("Back to the Defaults"));
  gtk_widget_set_halign (self->reset, GTK_ALIGN_END);
  g_signal_connect_object (self->reset, "clicked", G_CALLBACK (on_reset), self,
                           G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box),
                  sac_label_new (_ (self->check->label), 0, "heading"));
  gtk_box_append (GTK_BOX (box), summary);
  gtk_box_append (GTK_BOX (box), new_scrolled (self));
  gtk_box_append (GTK_BOX (box), self->reset);
  return box;
}

GtkWidget *
sac_check_settings_new (const SacMethod *check)
{
  SacCheckSettings *self = g_object_new (SAC_TYPE_CHECK_SETTINGS, NULL);
  GtkWidget *popover = gtk_popover_new ();

  self->check = check;
  gtk_popover_set_child (GTK_POPOVER (popover), new_form (self));
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->button), popover);
  fill_rows (self);
  refresh (self);
  return GTK_WIDGET (self);
}

static void
sac_check_settings_dispose (GObject *object)
{
  SacCheckSettings *self = SAC_CHECK_SETTINGS (object);

  g_clear_pointer (&self->button, gtk_widget_unparent);
  g_clear_pointer (&self->changes, g_hash_table_unref);
  G_OBJECT_CLASS (sac_check_settings_parent_class)->dispose (object);
}

static void
sac_check_settings_class_init (SacCheckSettingsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_check_settings_dispose;
  signals[CHANGED] =
    g_signal_new ("changed", SAC_TYPE_CHECK_SETTINGS, G_SIGNAL_RUN_LAST, 0,
                  NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
sac_check_settings_init (SacCheckSettings *self)
{
  self->button = gtk_menu_button_new ();
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (self->button),
                                 "emblem-system-symbolic");
  gtk_widget_add_css_class (self->button, "flat");
  gtk_widget_set_valign (self->button, GTK_ALIGN_CENTER);
  gtk_widget_set_parent (self->button, GTK_WIDGET (self));
}
