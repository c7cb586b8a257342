/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A drop-down whose options have ids, and may say why they cannot be chosen.
 *
 * Signal "chosen" (const char *id): the reader chose; selecting by program does
 * not emit it. */
#ifndef SAC_APP_CHOOSER_H
#define SAC_APP_CHOOSER_H

#include "map/color-map.h"

#include <gtk/gtk.h>

#define SAC_TYPE_CHOOSER (sac_chooser_get_type ())
G_DECLARE_FINAL_TYPE (SacChooser, sac_chooser, SAC, CHOOSER, GtkWidget)

typedef struct {
  const char *id;
  const char *title;         /* shown in the button and in the list */
  const char *detail;        /* shown in the list below it; NULL: none */
  const char *value;         /* shown at the right, a number; NULL: none */
  const char *reason;        /* why it cannot be chosen; NULL: it can */
  const SacColorMap *colors; /* a swatch in front; NULL: none */
} SacOption;

/* Copies; keeps what is selected where it still exists. */
void sac_chooser_set_options (SacChooser *chooser,
                              const SacOption *options,
                              gsize count);

/* An unknown id selects nothing. */
void sac_chooser_select (SacChooser *chooser, const char *id);
const char *sac_chooser_get_selected (SacChooser *chooser); /* NULL: nothing */

void sac_chooser_open (SacChooser *chooser);

#endif
