/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The plans that a network keeps: those asked for last, each for one request.
 * The cache belongs to the network; its plans do not keep the network alive.
 * Functions may be called from any thread. */
#ifndef SAC_NETWORK_PLAN_CACHE_H
#define SAC_NETWORK_PLAN_CACHE_H

#include "network/network.h"

typedef struct SacPlanCache SacPlanCache;

SacPlanCache *sac_plan_cache_new (void);
void sac_plan_cache_free (SacPlanCache *cache);

/* Borrowed. */
SacPlanCache *sac_network_get_plan_cache (SacNetwork *network);

#endif
