/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "param-row.h"

#include "accessible.h"
#include "chooser.h"
#include "explain/params.h"
#include "labels.h"

#include <glib/gi18n.h>
#include <math.h>

/* Of a parameter that takes a number or one of the choices: the number. */
#define NUMBER_ID "\x01number"
#define ENTRY_CHARACTERS 9

/* Lines are broken here, so that a form knows how high it is. */
#define NOTE_CHARACTERS 40

struct _SacParamRow {
  GtkWidget parent_instance;
  const SacMethodParam *param;
  GtkWidget *box;
  GtkSwitch *toggle;   /* NULL: no yes or no */
  SacChooser *chooser; /* NULL: no choices */
  GtkEntry *entry;     /* NULL: no numbers */
  GtkLabel *trouble;
  char *shown; /* the value */
  bool is_setting;
};

G_DEFINE_FINAL_TYPE (SacParamRow, sac_param_row, GTK_TYPE_WIDGET)

enum { CHANGED, SIGNAL_COUNT };
static guint signals[SIGNAL_COUNT];

/* Whole numbers 0 and 1 are no and yes. */
static bool
is_boolean (const SacMethodParam *param)
{
  return param->kind == SAC_PARAM_WHOLE && param->min == 0 && param->max == 1;
}

static bool
is_end (double end)
{
  return isfinite (end) && fabs (end) < G_MAXINT;
}

/* Ends that only the type of a number has are none. */
static char *
dup_number_range (const SacMethodParam *param)
{
  bool whole = param->kind == SAC_PARAM_WHOLE;
  bool has_min = is_end (param->min), has_max = is_end (param->max);

  if (has_min && has_max)
    return g_strdup_printf (whole ? _ ("a whole number from %g to %g")
                                  : _ ("a number from %g to %g"),
                            param->min, param->max);
  if (has_min)
    return g_strdup_printf (whole ? _ ("a whole number of at least %g")
                                  : _ ("a number of at least %g"),
                            param->min);
  return g_strdup (whole ? _ ("a whole number") : _ ("a number"));
}

/* Returns: a new string. */
static char *
join_choices (const SacMethodParam *param)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (int i = 0; param->choice_labels[i] != NULL; i++)
    g_string_append_printf (text, "%s“%s”", i > 0 ? ", " : "",
                            _ (param->choice_labels[i]));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

const char *
sac_param_get_shown (const SacMethodParam *param, const char *text)
{
  for (int i = 0; param->choices != NULL && param->choices[i] != NULL; i++)
    if (g_str_equal (param->choices[i], text))
      return _ (param->choice_labels[i]);
  return text;
}

char *
sac_param_dup_range (const SacMethodParam *param)
{
  g_autofree char *numbers = dup_number_range (param);

  if (is_boolean (param))
    return g_strdup (_ ("yes or no"));
  if (param->choices == NULL)
    return g_steal_pointer (&numbers);

  g_autofree char *known = join_choices (param);

  if (param->kind == SAC_PARAM_CHOICE)
    return g_strdup_printf (_ ("one of %s"), known);
  /* Translators: %s are names of choices, then "a number from 0 to 1". */
  return g_strdup_printf (_ ("one of %s, or %s"), known, numbers);
}

static void
show_trouble (SacParamRow *row, const char *text)
{
  gtk_label_set_label (row->trouble, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (row->trouble), text != NULL);
  if (row->entry == NULL)
    return;
  if (text != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (row->entry), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (row->entry), "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (row->entry),
                               GTK_ACCESSIBLE_STATE_INVALID,
                               text != NULL ? GTK_ACCESSIBLE_INVALID_TRUE
                                            : GTK_ACCESSIBLE_INVALID_FALSE,
                               -1);
}

static void
refuse (SacParamRow *row, const char *text)
{
  g_autofree char *range = sac_param_dup_range (row->param);
  /* Translators: what was typed, then "a whole number from 1 to 1000". */
  g_autofree char *sentence =
    g_strdup_printf (_ ("“%s” is refused: it must be %s."), text, range);

  show_trouble (row, sentence);
}

static void
take (SacParamRow *row, const char *text)
{
  if (row->is_setting || g_strcmp0 (text, row->shown) == 0) {
    show_trouble (row, NULL);
    return;
  }
  if (!sac_param_takes (row->param, text)) {
    refuse (row, text);
    return;
  }
  sac_param_row_show (row, text);
  g_signal_emit (row, signals[CHANGED], 0, text);
}

static void
on_toggled (SacParamRow *row)
{
  take (row, gtk_switch_get_active (row->toggle) ? "1" : "0");
}

static void
take_entry (SacParamRow *row)
{
  g_autofree char *text =
    g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (row->entry))));

  take (row, text);
}

static void
on_chosen (SacParamRow *row, const char *id)
{
  bool is_number = g_str_equal (id, NUMBER_ID);

  if (row->entry != NULL)
    gtk_widget_set_visible (GTK_WIDGET (row->entry), is_number);
  if (!is_number)
    take (row, id);
  else
    gtk_widget_grab_focus (GTK_WIDGET (row->entry));
}

static void
show_choice (SacParamRow *row, const char *text)
{
  bool is_choice =
    g_strv_contains ((const char *const *)row->param->choices, text);

  sac_chooser_select (row->chooser, is_choice ? text : NUMBER_ID);
  if (row->entry != NULL)
    gtk_widget_set_visible (GTK_WIDGET (row->entry), !is_choice);
}

const SacMethodParam *
sac_param_row_get_param (SacParamRow *row)
{
  return row->param;
}

void
sac_param_row_show (SacParamRow *row, const char *text)
{
  if (g_strcmp0 (row->shown, text) == 0)
    return;
  g_free (row->shown);
  row->shown = g_strdup (text);
  row->is_setting = true;
  show_trouble (row, NULL);
  if (row->toggle != NULL)
    gtk_switch_set_active (row->toggle, g_str_equal (text, "1"));
  if (row->chooser != NULL)
    show_choice (row, text);
  if (row->entry != NULL && sac_param_takes (row->param, text) &&
      (row->chooser == NULL ||
       gtk_widget_get_visible (GTK_WIDGET (row->entry))))
    gtk_editable_set_text (GTK_EDITABLE (row->entry), text);
  row->is_setting = false;
}

void
sac_param_row_enter (SacParamRow *row, const char *text)
{
  if (row->entry != NULL)
    gtk_editable_set_text (GTK_EDITABLE (row->entry), text);
  take (row, text);
}

const char *
sac_param_row_get_trouble (SacParamRow *row)
{
  return gtk_widget_get_visible (GTK_WIDGET (row->trouble))
           ? gtk_label_get_label (row->trouble)
           : NULL;
}

static void
add_toggle (SacParamRow *row, GtkWidget *line)
{
  row->toggle = GTK_SWITCH (gtk_switch_new ());
  gtk_widget_set_valign (GTK_WIDGET (row->toggle), GTK_ALIGN_CENTER);
  sac_accessible_set_name (GTK_WIDGET (row->toggle), _ (row->param->label));
  g_signal_connect_object (row->toggle, "notify::active",
                           G_CALLBACK (on_toggled), row, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (row->toggle));
}

static void
add_chooser (SacParamRow *row, GtkWidget *line)
{
  g_autoptr (GArray) options = g_array_new (FALSE, TRUE, sizeof (SacOption));

  row->chooser =
    g_object_new (SAC_TYPE_CHOOSER, "label", _ (row->param->label), NULL);
  for (int i = 0; row->param->choices[i] != NULL; i++) {
    SacOption option = {.id = row->param->choices[i],
                        .title = _ (row->param->choice_labels[i])};

    g_array_append_val (options, option);
  }
  if (row->param->kind == SAC_PARAM_NUMBER) {
    SacOption option = {.id = NUMBER_ID, .title = _ ("A number")};

    g_array_append_val (options, option);
  }
  sac_chooser_set_options (row->chooser, (SacOption *)options->data,
                           options->len);
  gtk_widget_set_valign (GTK_WIDGET (row->chooser), GTK_ALIGN_CENTER);
  g_signal_connect_object (row->chooser, "chosen", G_CALLBACK (on_chosen), row,
                           G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (row->chooser));
}

static void
add_entry (SacParamRow *row, GtkWidget *line)
{
  GtkEventController *focus = gtk_event_controller_focus_new ();

  row->entry = GTK_ENTRY (gtk_entry_new ());
  gtk_editable_set_width_chars (GTK_EDITABLE (row->entry), ENTRY_CHARACTERS);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (row->entry),
                                    ENTRY_CHARACTERS);
  gtk_entry_set_alignment (row->entry, 1);
  gtk_widget_set_valign (GTK_WIDGET (row->entry), GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->entry),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ (row->param->label), -1);
  g_signal_connect_object (row->entry, "activate", G_CALLBACK (take_entry), row,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (focus, "leave", G_CALLBACK (take_entry), row,
                           G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (row->entry), focus);
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (row->entry));
}

/* What the chooser offers is not said again. */
static char *
dup_description (const SacMethodParam *param)
{
  g_autofree char *range =
    param->choices != NULL ? NULL : sac_param_dup_range (param);
  const char *fallback = !is_boolean (param)
                           ? sac_param_get_shown (param, param->fallback)
                         : g_str_equal (param->fallback, "1") ? _ ("yes")
                                                              : _ ("no");

  /* Translators: name of a parameter, its default. */
  if (range == NULL)
    return g_strdup_printf (_ ("%s · by default %s"), param->name, fallback);
  /* Translators: name of a parameter, what it takes, its default. */
  return g_strdup_printf (_ ("%s · %s · by default %s"), param->name, range,
                          fallback);
}

static GtkLabel *
append_note (SacParamRow *row, const char *text, const char *css_class)
{
  GtkWidget *label = sac_label_new (text, 0, css_class);

  gtk_label_set_max_width_chars (GTK_LABEL (label), NOTE_CHARACTERS);
  gtk_box_append (GTK_BOX (row->box), label);
  return GTK_LABEL (label);
}

GtkWidget *
sac_param_row_new (const SacMethodParam *param)
{
  SacParamRow *row = g_object_new (SAC_TYPE_PARAM_ROW, NULL);
  /* Names of choices are long: they stand below. */
  GtkWidget *line = param->choices != NULL
                      ? gtk_box_new (GTK_ORIENTATION_VERTICAL, 6)
                      : gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *label = sac_label_new (_ (param->label), 0, NULL);
  g_autofree char *description = dup_description (param);

  row->param = param;
  gtk_widget_set_hexpand (label, TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 30);
  gtk_box_append (GTK_BOX (line), label);
  if (is_boolean (param))
    add_toggle (row, line);
  if (param->choices != NULL)
    add_chooser (row, line);
  if (param->kind != SAC_PARAM_CHOICE && !is_boolean (param))
    add_entry (row, line);
  gtk_box_append (GTK_BOX (row->box), line);
  append_note (row, description, "note");
  row->trouble = append_note (row, NULL, "note-warning");
  gtk_widget_set_visible (GTK_WIDGET (row->trouble), FALSE);
  return GTK_WIDGET (row);
}

static void
sac_param_row_dispose (GObject *object)
{
  SacParamRow *row = SAC_PARAM_ROW (object);

  g_clear_pointer (&row->box, gtk_widget_unparent);
  g_clear_pointer (&row->shown, g_free);
  G_OBJECT_CLASS (sac_param_row_parent_class)->dispose (object);
}

static void
sac_param_row_class_init (SacParamRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_param_row_dispose;
  signals[CHANGED] =
    g_signal_new ("changed", SAC_TYPE_PARAM_ROW, G_SIGNAL_RUN_LAST, 0, NULL,
                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
sac_param_row_init (SacParamRow *row)
{
  row->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  gtk_widget_set_parent (row->box, GTK_WIDGET (row));
}
