/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "settings.h"

#define SCHEMA "org.saccade.Saccade"
#define MODEL_COUNT 10
#define DEFAULT_OPACITY 0.7

GSettings *
sac_settings_new (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();

  if (source == NULL)
    return NULL;

  g_autoptr (GSettingsSchema) schema =
    g_settings_schema_source_lookup (source, SCHEMA, TRUE);

  return schema != NULL ? g_settings_new_full (schema, NULL, NULL) : NULL;
}

bool
sac_settings_is_on (GSettings *settings, const char *key)
{
  return settings != NULL && g_settings_get_boolean (settings, key);
}

const SacColorMap *
sac_settings_get_colors (GSettings *settings)
{
  g_autofree char *name = g_settings_get_string (settings, "color-map");

  return sac_color_map_find (name);
}

SacDisplay
sac_settings_get_display (GSettings *settings)
{
  SacDisplay display = {.opacity = DEFAULT_OPACITY, .contour = 0.5};

  if (settings == NULL)
    return display;

  g_autofree char *mode = g_settings_get_string (settings, "scale-mode");

  display.colors = sac_settings_get_colors (settings);
  display.opacity = g_settings_get_double (settings, "opacity");
  display.smooth = g_settings_get_boolean (settings, "smooth");
  sac_scale_mode_find (mode, &display.scale_mode);
  return display;
}

void
sac_settings_set_display (GSettings *settings, const SacDisplay *display)
{
  if (settings == NULL)
    return;
  g_settings_set_string (settings, "scale-mode",
                         sac_scale_mode_get_name (display->scale_mode));
  g_settings_set_double (settings, "opacity", display->opacity);
  g_settings_set_boolean (settings, "smooth", display->smooth);
}

char **
sac_settings_get_models (GSettings *settings)
{
  if (settings == NULL)
    return g_new0 (char *, 1);
  return g_settings_get_strv (settings, "recent-models");
}

void
sac_settings_add_model (GSettings *settings, const char *path)
{
  if (!sac_settings_is_on (settings, "remember-files"))
    return;

  g_auto (GStrv) known = sac_settings_get_models (settings);
  g_autoptr (GPtrArray) models = g_ptr_array_new ();

  g_ptr_array_add (models, (char *)path);
  for (gsize i = 0; known[i] != NULL && models->len < MODEL_COUNT; i++) {
    if (!g_str_equal (known[i], path))
      g_ptr_array_add (models, known[i]);
  }
  g_ptr_array_add (models, NULL);
  g_settings_set_strv (settings, "recent-models",
                       (const char *const *)models->pdata);
}
