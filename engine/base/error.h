/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The engine's one error domain.
 *
 * A message is one technical sentence: what, where, and what to do when that is
 * known.  The layer that finds the fault says what and where; each layer above
 * may prefix its noun (g_prefix_error).  Codes exist only for what a caller
 * treats differently.  Cancelling uses G_IO_ERROR_CANCELLED.
 *
 * Messages are translated where they are made, because only there their parts
 * are known: GLib's calls below do so with what they are given as a format, and
 * xgettext finds it by their names (po/meson.build).  Whoever passes a part of
 * a sentence on gives it to sac_sentence.  A window asks for its reader's
 * language; the command line for none, so that its lines stay English. */
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

/* In the language of the program.  Borrowed, for good. */
G_GNUC_FORMAT (1)
static inline const char *
sac_sentence (const char *text)
{
  return *text != '\0' ? g_dgettext (GETTEXT_PACKAGE, text) : text;
}

#define g_set_error(error, domain, code, format, ...)                          \
  (g_set_error) (error, domain, code, sac_sentence (format), ##__VA_ARGS__)
#define g_set_error_literal(error, domain, code, message)                      \
  (g_set_error_literal) (error, domain, code, sac_sentence (message))
#define g_error_new(domain, code, format, ...)                                 \
  (g_error_new) (domain, code, sac_sentence (format), ##__VA_ARGS__)
#define g_prefix_error(error, format, ...)                                     \
  (g_prefix_error) (error, sac_sentence (format), ##__VA_ARGS__)

#endif
