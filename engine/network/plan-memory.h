/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The memory behind an arena.  It comes straight from the system, in huge pages
 * where there are any: an arena is written from end to end in every run, and
 * ordinary pages would cost a fault each. */
#ifndef SAC_NETWORK_PLAN_MEMORY_H
#define SAC_NETWORK_PLAN_MEMORY_H

#include <stddef.h>

/* size: above 0.  Returns: memory aligned to a page, NULL when there is none.
 */
void *sac_plan_memory_new (size_t size);
void sac_plan_memory_free (void *memory, size_t size);

#endif
