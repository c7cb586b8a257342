/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Maps read from files, laid over a pane's own.
 *
 * A file that was opened as an image and is none is tried as a map.  Signal:
 * "told" (text) something to say to the reader. */
#ifndef SAC_APP_MAP_FILES_H
#define SAC_APP_MAP_FILES_H

#include "document.h"
#include "map-stack.h"

#define SAC_TYPE_MAP_FILES (sac_map_files_get_type ())
G_DECLARE_FINAL_TYPE (SacMapFiles, sac_map_files, SAC, MAP_FILES, GObject)

SacMapFiles *sac_map_files_new (SacWorker *worker, SacDocument *document);

/* Whether a file of this name can only be a map: .npy, .csv, .tsv. */
bool sac_map_files_is_map (const char *path);

/* All maps of the file go over the pane's, as layers on top.  Needs an image.
 */
void
sac_map_files_open (SacMapFiles *files, const char *path, SacPaneState *pane);

/* One map of a file, with the looks it had when its image was last shown.
 * looks: copied but for map, name and origin. */
void sac_map_files_restore (SacMapFiles *files,
                            SacPaneState *pane,
                            const char *path,
                            guint index,
                            const SacStackedMap *looks);

/* Whether such a map is still to come. */
bool sac_map_files_is_restoring (SacMapFiles *files);

#endif
