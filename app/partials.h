/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Unfinished maps on their way from the engine thread to the main thread: the
 * latest is handed over, the ones it overtook are forgotten. */
#ifndef SAC_APP_PARTIALS_H
#define SAC_APP_PARTIALS_H

#include "map/map.h"

#include <glib-object.h>

typedef struct SacPartials SacPartials;

/* On the main thread.  share: of the work, [0, 1].  map: borrowed. */
typedef void (*SacPartialTake) (gpointer owner, SacMap *map, double share);

/* owner: there until sac_partials_close. */
SacPartials *sac_partials_new (gpointer owner, SacPartialTake take);
SacPartials *sac_partials_ref (SacPartials *partials);
void sac_partials_unref (SacPartials *partials);

/* Any thread.  Refs the map. */
void sac_partials_put (SacPartials *partials, SacMap *map, double share);

/* Main thread: nothing is handed over from here on. */
void sac_partials_close (SacPartials *partials);

#endif
