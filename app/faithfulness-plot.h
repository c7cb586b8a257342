/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The curves of all panes in one picture: deletion and insertion with each
 * baseline, and ROAD.  A colour a pane, as everywhere in the window; what tells
 * map, centre and random maps apart is also the line's form, for people with a
 * colour vision deficiency and for paper. */
#ifndef SAC_APP_FAITHFULNESS_PLOT_H
#define SAC_APP_FAITHFULNESS_PLOT_H

#include "faithfulness-run.h"

#include <cairo.h>

typedef struct {
  uint32_t background, text, grid; /* 0xRRGGBB */
} SacPlotColors;

extern const SacPlotColors sac_plot_light, sac_plot_dark;

/* Fills width x height.  Runs that have nothing yet give empty axes. */
void sac_faithfulness_plot_draw (SacFaithfulnessRun *run,
                                 const SacPlotColors *colors,
                                 cairo_t *cr,
                                 double width,
                                 double height);

/* For a file: light, two pixels a unit.  Returns: a new surface. */
cairo_surface_t *sac_faithfulness_plot_new_page (SacFaithfulnessRun *run);

#endif
