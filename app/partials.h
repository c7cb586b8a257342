/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Unfinished results on their way from the engine thread to the main thread:
 * the latest is handed over, the ones it overtook are forgotten. */
#ifndef SAC_APP_PARTIALS_H
#define SAC_APP_PARTIALS_H

#include <glib.h>
#include <stdbool.h>

typedef struct SacPartials SacPartials;

/* On the main thread.  share: of the work, [0, 1].  result: the callee's to
 * free. */
typedef void (*SacPartialTake) (gpointer owner, gpointer result, double share);

/* owner: there until sac_partials_close.  free_result: for those that nobody
 * takes. */
SacPartials *sac_partials_new (gpointer owner,
                               SacPartialTake take,
                               GDestroyNotify free_result);
SacPartials *sac_partials_ref (SacPartials *partials);
void sac_partials_unref (SacPartials *partials);

/* Any thread.  result: taken over. */
void sac_partials_put (SacPartials *partials, gpointer result, double share);

/* Main thread: nothing is handed over from here on. */
void sac_partials_close (SacPartials *partials);

#endif
