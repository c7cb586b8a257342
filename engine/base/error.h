/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The engine's one error domain.
 *
 * A message is one sentence in technical English: what, where, and what to do
 * when that is known.  The layer that finds the fault says what and where; each
 * layer above may prefix its noun (g_prefix_error).  Codes exist only for what
 * a caller treats differently.  Cancelling uses G_IO_ERROR_CANCELLED. */
#ifndef SAC_BASE_ERROR_H
#define SAC_BASE_ERROR_H

#include <glib.h>

typedef enum {
  SAC_ERROR_UNREADABLE,  /* cannot be opened or read: missing, no permission */
  SAC_ERROR_UNSUPPORTED, /* well formed, but not something we can do */
  SAC_ERROR_DAMAGED,     /* breaks the rules of its own format */
  SAC_ERROR_TOO_LARGE,   /* beyond a limit of base/limits.h, or of memory */
  SAC_ERROR_MISMATCH,    /* two good things that do not fit each other */
  SAC_ERROR_UNWRITABLE,  /* output cannot be written: folder, disk space */
  SAC_ERROR_UNDEFINED,   /* the question has no answer here (no attention in
                            this model, no gradient along this path, ...) */
} SacErrorCode;

#define SAC_ERROR (sac_error_quark ())
GQuark sac_error_quark (void);

#endif
