/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The maps of single tiles as one map over the slide. */
#ifndef SAC_SLIDE_SLIDE_STITCH_H
#define SAC_SLIDE_SLIDE_STITCH_H

#include "slide/slide-run.h"

/* Methods of all models, in the order of models, then of the request. */
size_t sac_slide_run_get_method_count (const SacSlideRun *run);
const SacMethod *sac_slide_run_get_method (const SacSlideRun *run,
                                           size_t index,
                                           size_t *ret_model);

/* A map whose cells are those of a tile's own map, as the first tile has them.
 * Where tiles overlap, a cell is the mean of what they show there, weighted by
 * the area with which they cover it; what no tile covers, or only tiles that
 * are not done, is a gap.  A slide of very many tiles has coarser cells, each
 * of several; the provenance says how many.  Made of the store, tile after
 * tile, so that it depends on nothing else. */
SacMap *sac_slide_run_stitch (SacSlideRun *run,
                              size_t method,
                              SacJob *job,
                              GError **error);

/* The map of one tile, by its place in the list, over its rectangle of the
 * slide.  NULL: the tile is not done. */
SacMap *
sac_slide_run_get_tile_map (SacSlideRun *run, size_t method, size_t place);

#endif
