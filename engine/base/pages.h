/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Large blocks of memory of their own: zero-filled, aligned to a page, in huge
 * pages where the system has them, and given back to it at once when freed. */
#ifndef SAC_BASE_PAGES_H
#define SAC_BASE_PAGES_H

#include <stddef.h>

/* size: not 0.  Returns: NULL when there is no memory. */
void *sac_pages_new (size_t size);

/* For large blocks of which little will be touched: small pages, and nothing is
 * set aside for the rest. */
void *sac_pages_new_sparse (size_t size);

/* Hands back what `from` to `to` hold, as far as these are whole pages; reading
 * them later gives zeros. */
void sac_pages_drop (void *memory, size_t from, size_t to);

/* memory may be NULL. */
void sac_pages_free (void *memory, size_t size);

#endif
