/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a document cannot show, in the reader's words. */
#ifndef SAC_APP_TROUBLE_H
#define SAC_APP_TROUBLE_H

#include "document.h"

/* What is to be said while an image is shown.  Returns: a new string, NULL:
 * nothing. */
char *sac_trouble_describe (SacDocument *document);

/* Title and text, both markup, of the page without an image. */
void sac_trouble_describe_empty (SacDocument *document,
                                 char **ret_title,
                                 char **ret_text);

#endif
