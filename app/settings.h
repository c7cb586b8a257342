/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What is remembered between sessions.  Without the schema installed nothing is
 * remembered and everything has its default. */
#ifndef SAC_APP_SETTINGS_H
#define SAC_APP_SETTINGS_H

#include "pane-state.h"

#include <gio/gio.h>

/* Returns: a new object, or NULL where the schema is not installed. */
GSettings *sac_settings_new (void);

/* A switch; off where nothing is remembered. */
bool sac_settings_is_on (GSettings *settings, const char *key);

/* NULL: the one that fits the scale. */
const SacColorMap *sac_settings_get_colors (GSettings *settings);

/* Looks that maps begin with.  Colours are set by preference alone: what a
 * window made of them goes with it. */
SacDisplay sac_settings_get_display (GSettings *settings);
void sac_settings_set_display (GSettings *settings, const SacDisplay *display);

/* Models opened from files, the latest first; none is added where files are not
 * to be remembered.  Returns: a new array. */
char **sac_settings_get_models (GSettings *settings);
void sac_settings_add_model (GSettings *settings, const char *path);

#endif
