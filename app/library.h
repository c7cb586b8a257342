/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The models there are, and the few that are loaded; shared by all panes.
 *
 * Signal "listed": the list of models changed. */
#ifndef SAC_APP_LIBRARY_H
#define SAC_APP_LIBRARY_H

#include "work.h"

#define SAC_TYPE_LIBRARY (sac_library_get_type ())
G_DECLARE_FINAL_TYPE (SacLibrary, sac_library, SAC, LIBRARY, GObject)

/* Starts listing.  worker must outlive the library. */
SacLibrary *sac_library_new (SacWorker *worker);

/* Of SacModelEntry, in the order of menus; empty until "listed". */
GPtrArray *sac_library_get_entries (SacLibrary *library);
const SacModelEntry *sac_library_find (SacLibrary *library, const char *id);

/* Models that a reader opened from files: array of char *, paths. */
GPtrArray *sac_library_get_files (SacLibrary *library);
void sac_library_add_file (SacLibrary *library, const char *path);

/* Returns: borrowed, NULL when it is not loaded. */
SacLoaded *sac_library_get_loaded (SacLibrary *library, const char *id);
void sac_library_keep (SacLibrary *library, const char *id, SacLoaded *loaded);

#endif
