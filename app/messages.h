/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The engine's errors in the reader's language. */
#ifndef SAC_APP_MESSAGES_H
#define SAC_APP_MESSAGES_H

#include <glib.h>

/* What was tried. */
typedef enum {
  SAC_TRIED_IMAGE, /* opening one */
  SAC_TRIED_MODEL, /* loading one */
  SAC_TRIED_MAP,   /* predicting, making a map */
  SAC_TRIED_FIGURE,
  SAC_TRIED_SCENE, /* writing one */
} SacTried;

/* A sentence for the error's code; the engine's own text is the detail.
 * Returns: a static, translated string. */
const char *sac_message_for_error (const GError *error, SacTried tried);

#endif
