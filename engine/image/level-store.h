/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* An image too large to be held, with its levels, in a temporary file.
 *
 * Rows go in from the top, once; the levels below halve the one above, each
 * pixel the mean of two by two, and are made on the way.  Then any part of any
 * level can be read, from several threads.  The file has no name, so that it is
 * gone with the program, however that ends; what is in memory is some rows. */
#ifndef SAC_IMAGE_LEVEL_STORE_H
#define SAC_IMAGE_LEVEL_STORE_H

#include "image/image.h"

typedef struct SacLevelStore SacLevelStore;

/* folder: where the file lies; NULL: the user's own for such copies.  Errors:
 * TOO_LARGE (too many pixels, or not enough room: says how much is needed and
 * where), UNWRITABLE. */
SacLevelStore *sac_level_store_new (int64_t width,
                                    int64_t height,
                                    const char *folder,
                                    GError **error);
void sac_level_store_free (SacLevelStore *store);

/* The next row of the image.  Errors: UNWRITABLE. */
bool sac_level_store_put_row (SacLevelStore *store,
                              const uint32_t *pixels,
                              GError **error);

int sac_level_store_get_count (const SacLevelStore *store);
void sac_level_store_get_size (const SacLevelStore *store,
                               int level,
                               int64_t *ret_width,
                               int64_t *ret_height);
uint64_t sac_level_store_get_bytes (const SacLevelStore *store);

/* Part of a level, which lies inside; all rows have been put.  Errors: DAMAGED
 * (the disk fails). */
SacImage *sac_level_store_read (SacLevelStore *store,
                                int level,
                                int64_t x,
                                int64_t y,
                                int width,
                                int height,
                                GError **error);

#endif
