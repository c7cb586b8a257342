/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A button that opens the settings of a check: its table as a form.
 *
 * Signal "changed": a setting did. */
#ifndef SAC_APP_CHECK_SETTINGS_H
#define SAC_APP_CHECK_SETTINGS_H

#include "explain/method.h"

#include <gtk/gtk.h>

#define SAC_TYPE_CHECK_SETTINGS (sac_check_settings_get_type ())
G_DECLARE_FINAL_TYPE (
  SacCheckSettings, sac_check_settings, SAC, CHECK_SETTINGS, GtkWidget)

/* check: a descriptor whose params are the settings. */
GtkWidget *sac_check_settings_new (const SacMethod *check);

/* What differs from the defaults: char * -> char *, which nobody changes any
 * more; NULL: nothing does.  Borrowed. */
GHashTable *sac_check_settings_get (SacCheckSettings *settings);

#endif
