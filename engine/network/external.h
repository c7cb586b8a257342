/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* External data: weights in files below the network's own folder.
 *
 * A location is a relative path of plain components.  No component may be a
 * symbolic link, and the file must have one name only: a hard link could stand
 * for any file of the same disk. */
#ifndef SAC_NETWORK_EXTERNAL_H
#define SAC_NETWORK_EXTERNAL_H

#include "network/content.h"

typedef struct SacExternal SacExternal;

/* folder: of the .onnx file. */
SacExternal *sac_external_new (const char *folder);
void sac_external_free (SacExternal *external);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacExternal, sac_external_free)

/* One file, opened at the first call.  Errors name the location: UNREADABLE,
 * DAMAGED (a location that leaves the folder), TOO_LARGE.
 * Returns: borrowed. */
SacContent *
sac_external_get (SacExternal *external, const char *location, GError **error);

#endif
