/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* SHA-256 of files and memory, as 64 lower-case hexadecimal digits. */
#ifndef SAC_BASE_HASH_H
#define SAC_BASE_HASH_H

#include "base/job.h"

/* Reads the file in blocks.  Returns: a new string, or NULL (UNREADABLE or
 * cancelled); free with g_free. */
char *sac_hash_file (const char *path, SacJob *job, GError **error);

/* Returns: a new string; free with g_free. */
char *sac_hash_bytes (const void *data, size_t size);

#endif
