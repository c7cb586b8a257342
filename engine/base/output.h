/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Writing result files: whole or not at all.
 *
 * Data goes to a new file beside the target, is synced, and takes the target's
 * name only when complete; so a full disk or a killed program never leaves half
 * a result under a good name.  All errors are UNWRITABLE and name the path. */
#ifndef SAC_BASE_OUTPUT_H
#define SAC_BASE_OUTPUT_H

#include <glib.h>
#include <stdbool.h>

bool sac_output_write (const char *path,
                       const void *data,
                       size_t size,
                       GError **error);

/* Makes the folder and its parents; an existing folder is fine. */
bool sac_output_make_folder (const char *path, GError **error);

/* For writers that need a path of their own (libtiff, cairo PDF): gives the
 * name of a new empty file beside `path`.  Afterwards either commit or discard.
 * Returns: a new string, or NULL; commit and discard free it. */
char *sac_output_begin (const char *path, GError **error);
bool sac_output_commit (char *temporary, const char *path, GError **error);
void sac_output_discard (char *temporary);

#endif
