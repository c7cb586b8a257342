/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Brightness, contrast and gamma of the image, below a button that tells when
 * they are not the image's own. */
#ifndef SAC_APP_TONE_POPOVER_H
#define SAC_APP_TONE_POPOVER_H

#include "image-look.h"

#include <gtk/gtk.h>

/* Once for a button. */
void sac_tone_popover_attach (GtkMenuButton *button, SacImageLook *look);

#endif
