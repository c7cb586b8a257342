/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The content of an open file, copied when it is small, mapped when it is
 * large.
 *
 * A mapped file that somebody cuts short while it is open ends the program with
 * SIGBUS; a copy cannot.  So everything up to 64 MiB is copied. */
#ifndef SAC_NETWORK_CONTENT_H
#define SAC_NETWORK_CONTENT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Opens `path` for reading; never blocks on a pipe.  Returns: a file
 * descriptor, or -1 with UNREADABLE. */
int sac_content_open (const char *path, GError **error);

/* fd: of a regular file of at most `limit` bytes.  Errors do not name the file:
 * UNREADABLE, TOO_LARGE.  Returns: new bytes. */
GBytes *sac_content_read (int fd, uint64_t limit, GError **error);

#endif
