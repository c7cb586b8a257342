/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Shared scales that stay when another image is opened: the high end of each
 * unit, as it was when the reader asked for it. */
#ifndef SAC_APP_SCALE_KEEPER_H
#define SAC_APP_SCALE_KEEPER_H

#include <glib.h>
#include <stdbool.h>

typedef struct SacScaleKeeper SacScaleKeeper;

SacScaleKeeper *sac_scale_keeper_new (void); /* off */
void sac_scale_keeper_free (SacScaleKeeper *keeper);

bool sac_scale_keeper_is_on (SacScaleKeeper *keeper);
/* Off: all is forgotten. */
void sac_scale_keeper_set_on (SacScaleKeeper *keeper, bool on);

/* The first end of a unit stays.  unit NULL is a unit too. */
void sac_scale_keeper_remember (SacScaleKeeper *keeper,
                                const char *unit,
                                double high);
/* Returns: 0 for none. */
double sac_scale_keeper_find (SacScaleKeeper *keeper, const char *unit);

#endif
