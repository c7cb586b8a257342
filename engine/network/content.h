/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* An open file, read piece by piece.
 *
 * Nothing is mapped: a mapped file that somebody cuts short while it is open
 * ends the program with SIGBUS.  A file that was replaced by another of its
 * name stays readable; one that was written to is noticed by its size and its
 * time of change, after each piece.  What that cannot notice is a writer who
 * keeps both, or writes through a map of his own and has not flushed it.
 * Pieces may be read from any thread. */
#ifndef SAC_NETWORK_CONTENT_H
#define SAC_NETWORK_CONTENT_H

#include "base/job.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct SacContent SacContent;

/* path: of a regular file of at most `limit` bytes; never blocks on a pipe.
 * Errors here and below do not name the file: UNREADABLE, TOO_LARGE.
 * Returns: new content. */
SacContent *sac_content_open (const char *path, uint64_t limit, GError **error);

/* The same for a file descriptor, which it takes; `path` is its name. */
SacContent *
sac_content_take (int fd, const char *path, uint64_t limit, GError **error);

SacContent *sac_content_ref (SacContent *content);
void sac_content_unref (SacContent *content);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacContent, sac_content_unref)

const char *sac_content_get_path (const SacContent *content);
size_t sac_content_get_size (const SacContent *content);

/* All `size` bytes from `offset` on, which must lie within the file as it was
 * opened.  Errors: UNREADABLE, also when the file has changed since. */
bool sac_content_read (const SacContent *content,
                       size_t offset,
                       size_t size,
                       void *bytes,
                       GError **error);

#endif
