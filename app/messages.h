/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The engine's errors and notes in the reader's language. */
#ifndef SAC_APP_MESSAGES_H
#define SAC_APP_MESSAGES_H

#include "scene/figure.h"

/* A sentence for the error's code; the engine's own text is the detail.
 * Returns: a static, translated string. */
const char *sac_message_for_error (const GError *error);

#endif
