/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a file that cannot be opened looks like, for the message. */
#ifndef SAC_BASE_FILE_KIND_H
#define SAC_BASE_FILE_KIND_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* So many first bytes are enough for all that is known here. */
#define SAC_FILE_KIND_BYTES ((size_t)512)

/* Returns: a phrase with its article, "a PDF document", "an empty file"; or
 * NULL when it is nothing that is known. */
const char *sac_file_kind_find (const uint8_t *head, size_t size);

bool sac_file_kind_is_tiff (const uint8_t *head, size_t size);
bool sac_file_kind_is_dicom (const uint8_t *head, size_t size);

#endif
