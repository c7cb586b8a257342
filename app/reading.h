/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What the maps say at the cursor, in words. */
#ifndef SAC_APP_READING_H
#define SAC_APP_READING_H

#include "document.h"

/* "0.187 · p 96", or that the model did not see this place; where one picture
 * shows A and B, the values of both, and their difference where it is shown.
 * Returns: a new string, NULL without map or with the cursor elsewhere. */
char *sac_reading_dup (SacDocument *document, SacPaneState *pane);

#endif
