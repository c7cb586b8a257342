/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "preferences.h"

#include "accessible.h"
#include "map/color-map.h"
#include "recent.h"
#include "views.h"

#include <glib/gi18n.h>

/* What a setting of a few values can be: parallel, NULL-terminated. */
typedef struct {
  char **values;
  char **labels;
} Choices;

static void
choices_free (gpointer data)
{
  Choices *choices = data;

  g_strfreev (choices->values);
  g_strfreev (choices->labels);
  g_free (choices);
}

static Choices *
new_appearances (void)
{
  Choices *choices = g_new (Choices, 1);

  choices->values = g_strdupv ((char *[]){"system", "light", "dark", NULL});
  choices->labels = g_strdupv (
    (char *[]){_ ("Follow the System"), _ ("Light"), _ ("Dark"), NULL});
  return choices;
}

static Choices *
new_color_maps (void)
{
  const SacColorMap *const *all = sac_color_maps_get_all ();
  g_autoptr (GStrvBuilder) values = g_strv_builder_new ();
  g_autoptr (GStrvBuilder) labels = g_strv_builder_new ();
  Choices *choices = g_new (Choices, 1);

  g_strv_builder_add (values, "");
  g_strv_builder_add (labels, _ ("What Fits the Scale"));
  for (gsize i = 0; all[i] != NULL; i++) {
    g_strv_builder_add (values, all[i]->name);
    g_strv_builder_add (labels, _ (all[i]->label));
  }
  choices->values = g_strv_builder_end (values);
  choices->labels = g_strv_builder_end (labels);
  return choices;
}

static gboolean
value_to_position (GValue *position, GVariant *value, gpointer data)
{
  const Choices *choices = data;

  for (guint i = 0; choices->values[i] != NULL; i++) {
    if (g_str_equal (choices->values[i], g_variant_get_string (value, NULL))) {
      g_value_set_uint (position, i);
      return TRUE;
    }
  }
  return FALSE;
}

static GVariant *
position_to_value (const GValue *position,
                   const GVariantType *type,
                   gpointer data)
{
  const Choices *choices = data;

  return g_variant_new_string (choices->values[g_value_get_uint (position)]);
}

static void
set_texts (GtkWidget *row, const char *title, const char *subtitle)
{
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  sac_accessible_set_name (row, title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, subtitle,
                                  -1);
}

/* A row with a control that has the row's name. */
static void
add_control (AdwPreferencesGroup *group,
             GtkWidget *control,
             const char *title,
             const char *subtitle)
{
  GtkWidget *row = adw_action_row_new ();

  set_texts (row, title, subtitle);
  gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), control);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), control);
  sac_accessible_set_name (control, title);
  adw_preferences_group_add (group, row);
}

static void
add_choice (AdwPreferencesGroup *group,
            GSettings *settings,
            const char *key,
            Choices *choices,
            const char *title)
{
  GtkWidget *row = adw_combo_row_new ();
  g_autoptr (GtkStringList) labels =
    gtk_string_list_new ((const char *const *)choices->labels);

  set_texts (row, title, "");
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (labels));
  gtk_widget_set_name (row, key);
  g_settings_bind_with_mapping (settings, key, row, "selected",
                                G_SETTINGS_BIND_DEFAULT, value_to_position,
                                position_to_value, choices, choices_free);
  adw_preferences_group_add (group, row);
}

static GtkWidget *
add_switch (AdwPreferencesGroup *group,
            GSettings *settings,
            const char *key,
            const char *title,
            const char *subtitle)
{
  GtkWidget *control = gtk_switch_new ();

  gtk_widget_set_name (control, key);
  g_settings_bind (settings, key, control, "active", G_SETTINGS_BIND_DEFAULT);
  add_control (group, control, title, subtitle);
  return control;
}

/* The schema says from where to where. */
static void
add_number (AdwPreferencesGroup *group,
            GSettings *settings,
            const char *key,
            const char *title,
            const char *subtitle)
{
  g_autoptr (GSettingsSchema) schema = NULL;
  int least, most;

  g_object_get (settings, "settings-schema", &schema, NULL);

  g_autoptr (GSettingsSchemaKey) schema_key =
    g_settings_schema_get_key (schema, key);
  g_autoptr (GVariant) range = g_settings_schema_key_get_range (schema_key);
  g_autoptr (GVariant) ends = NULL;

  g_variant_get (range, "(&sv)", NULL, &ends);
  g_variant_get (ends, "(ii)", &least, &most);

  GtkWidget *control =
    gtk_spin_button_new_with_range (least, most, most > 1000 ? 32 : 1);

  gtk_widget_set_name (control, key);
  g_settings_bind (settings, key,
                   gtk_spin_button_get_adjustment (GTK_SPIN_BUTTON (control)),
                   "value", G_SETTINGS_BIND_DEFAULT);
  add_control (group, control, title, subtitle);
}

static AdwPreferencesGroup *
add_group (AdwPreferencesPage *page, const char *title)
{
  AdwPreferencesGroup *group =
    ADW_PREFERENCES_GROUP (adw_preferences_group_new ());

  adw_preferences_group_set_title (group, title);
  adw_preferences_page_add (page, group);
  return group;
}

static AdwPreferencesPage *
add_page (AdwPreferencesWindow *window, const char *title, const char *icon)
{
  AdwPreferencesPage *page = ADW_PREFERENCES_PAGE (adw_preferences_page_new ());

  adw_preferences_page_set_title (page, title);
  adw_preferences_page_set_icon_name (page, icon);
  adw_preferences_window_add (window, page);
  return page;
}

static void
add_look (AdwPreferencesWindow *window, GSettings *settings)
{
  AdwPreferencesPage *page =
    add_page (window, _ ("Look"), "applications-graphics-symbolic");
  AdwPreferencesGroup *group = add_group (page, _ ("Window"));

  add_choice (group, settings, "appearance", new_appearances (),
              _ ("Appearance"));
  add_switch (group, settings, "translate-labels",
              _ ("Class Names in My Language"),
              _ ("Where a translation is known; otherwise as in the model's "
                 "file"));
  group = add_group (page, _ ("Maps"));
  add_choice (group, settings, "color-map", new_color_maps (), _ ("Colours"));
}

static void
on_clear_files (AdwPreferencesWindow *window)
{
  SacWindow *owner =
    SAC_WINDOW (gtk_window_get_transient_for (GTK_WINDOW (window)));

  adw_preferences_window_add_toast (window, sac_recent_clear (
                                              sac_window_get_settings (owner)));
}

static void
on_clear_views (AdwPreferencesWindow *window)
{
  SacWindow *owner =
    SAC_WINDOW (gtk_window_get_transient_for (GTK_WINDOW (window)));

  adw_preferences_window_add_toast (window,
                                    sac_views_clear (sac_views_find (
                                      sac_window_get_document (owner))));
}

static void
add_clear (AdwPreferencesWindow *window,
           AdwPreferencesGroup *group,
           const char *name,
           GCallback clear,
           const char *title,
           const char *subtitle)
{
  GtkWidget *button = sac_accessible_button_new (_ ("_Clear"));

  g_signal_connect_object (button, "clicked", clear, window, G_CONNECT_SWAPPED);
  gtk_widget_set_name (button, name);
  add_control (group, button, title, subtitle);
}

/* What is not to be remembered is forgotten, too. */
static void
on_files_switched (GtkSwitch *control,
                   GParamSpec *spec,
                   AdwPreferencesWindow *window)
{
  if (!gtk_switch_get_active (control))
    on_clear_files (window);
}

static void
on_views_switched (GtkSwitch *control,
                   GParamSpec *spec,
                   AdwPreferencesWindow *window)
{
  if (!gtk_switch_get_active (control))
    on_clear_views (window);
}

static void
add_privacy (AdwPreferencesWindow *window, GSettings *settings)
{
  AdwPreferencesPage *page =
    add_page (window, _ ("Privacy"), "preferences-system-privacy-symbolic");
  AdwPreferencesGroup *group = add_group (page, _ ("What Is Remembered"));
  GtkWidget *files, *views;

  files = add_switch (group, settings, "remember-files",
                      _ ("Recent Files and Models"),
                      _ ("Their names are listed in menus"));
  views = add_switch (group, settings, "remember-views", _ ("Views of Images"),
                      _ ("An image is shown again as it was left"));
  g_signal_connect_object (files, "notify::active",
                           G_CALLBACK (on_files_switched), window, 0);
  g_signal_connect_object (views, "notify::active",
                           G_CALLBACK (on_views_switched), window, 0);
  add_clear (window, group, "clear-files", G_CALLBACK (on_clear_files),
             _ ("Clear the List of Recent Files"), _ ("Files themselves stay"));
  add_clear (window, group, "clear-views", G_CALLBACK (on_clear_views),
             _ ("Clear the Views of Images"),
             _ ("Each image is then shown as if it were new"));

  group = add_group (page, _ ("What Others See"));
  add_switch (group, settings, "hide-names-presenting",
              _ ("Hide File Names While Presenting"),
              _ ("File names can name patients"));
  add_switch (group, settings, "hide-names-figures",
              _ ("Leave File Names Out of Figures"),
              _ ("The image's hash still tells which it was"));
}

static void
add_engine (AdwPreferencesWindow *window, GSettings *settings)
{
  AdwPreferencesPage *page =
    add_page (window, _ ("Performance"), "power-profile-performance-symbolic");
  AdwPreferencesGroup *group = add_group (page, _ ("Memory"));

  add_number (group, settings, "tile-memory", _ ("Parts of Images"),
              _ ("MiB for what has been decoded, in all windows together"));
  group = add_group (page, _ ("Processors"));
  add_number (group, settings, "threads", _ ("Threads of Models"),
              _ ("0 is all processors but the one that draws. Results do not "
                 "depend on it."));
}

GtkWidget *
sac_preferences_new (SacWindow *window)
{
  GtkWidget *preferences =
    g_object_new (ADW_TYPE_PREFERENCES_WINDOW, "transient-for", window, "modal",
                  TRUE, "destroy-with-parent", TRUE, "search-enabled", FALSE,
                  "title", _ ("Preferences"), NULL);
  GSettings *settings = sac_window_get_settings (window);

  add_look (ADW_PREFERENCES_WINDOW (preferences), settings);
  add_privacy (ADW_PREFERENCES_WINDOW (preferences), settings);
  add_engine (ADW_PREFERENCES_WINDOW (preferences), settings);
  return preferences;
}
