/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The formats of figures.  Each carries title, caution and the origin of its
 * maps; text and lines are vectors where the format has them. */
#ifndef SAC_SCENE_FIGURE_WRITE_H
#define SAC_SCENE_FIGURE_WRITE_H

#include "scene/figure-page.h"

typedef struct {
  const char *suffix;
  double density; /* pixels a unit, of panels */
  bool (*write) (const SacFigurePage *page, const char *path, GError **error);
} SacFigureWriter;

/* By the path's suffix.  Errors: MISMATCH. */
const SacFigureWriter *sac_figure_writer_find (const char *path,
                                               GError **error);

#endif
