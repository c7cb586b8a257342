/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* How a window shows images, whatever the image: their tone, and whether an
 * overview lies over them.
 *
 * Signals: "tone" another tone; "overview" shown or hidden. */
#ifndef SAC_APP_IMAGE_LOOK_H
#define SAC_APP_IMAGE_LOOK_H

#include "image/tone.h"

#include <glib-object.h>

#define SAC_TYPE_IMAGE_LOOK (sac_image_look_get_type ())
G_DECLARE_FINAL_TYPE (SacImageLook, sac_image_look, SAC, IMAGE_LOOK, GObject)

SacImageLook *sac_image_look_new (void);

const SacTone *sac_image_look_get_tone (SacImageLook *look);
void sac_image_look_set_tone (SacImageLook *look, const SacTone *tone);

bool sac_image_look_has_overview (SacImageLook *look);
void sac_image_look_set_overview (SacImageLook *look, bool shown);

#endif
