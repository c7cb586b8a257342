/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/content.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define COPY_BYTES ((size_t)64 << 20)

int
sac_content_open (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

  if (fd < 0)
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNREADABLE, "cannot be read (%s)",
                 g_strerror (errno));
  return fd;
}

static GBytes *
fail (GError **error, int number)
{
  g_set_error (error, SAC_ERROR, SAC_ERROR_UNREADABLE, "cannot be read (%s)",
               g_strerror (number));
  return NULL;
}

/* The file may have become shorter since fstat; then so is the copy. */
static GBytes *
copy_content (int fd, size_t size, GError **error)
{
  g_autofree char *block = g_try_malloc (MAX (size, 1));
  size_t done = 0;

  if (block == NULL)
    return fail (error, ENOMEM);
  while (done < size) {
    ssize_t got = pread (fd, block + done, size - done, done);

    if (got < 0 && errno != EINTR)
      return fail (error, errno);
    if (got == 0)
      break;
    done += MAX (got, 0);
  }
  return g_bytes_new_take (g_steal_pointer (&block), done);
}

typedef struct {
  void *start;
  size_t size;
} Mapping;

static void
free_mapping (void *data)
{
  Mapping *mapping = data;

  munmap (mapping->start, mapping->size);
  g_free (mapping);
}

static GBytes *
map_content (int fd, size_t size, GError **error)
{
  void *start = mmap (NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);

  if (start == MAP_FAILED)
    return fail (error, errno);

  Mapping *mapping = g_new (Mapping, 1);

  *mapping = (Mapping){start, size};
  return g_bytes_new_with_free_func (start, size, free_mapping, mapping);
}

GBytes *
sac_content_read (int fd, uint64_t limit, GError **error)
{
  struct stat info;

  if (fstat (fd, &info) != 0)
    return fail (error, errno);
  if (!S_ISREG (info.st_mode)) {
    g_set_error_literal (error, SAC_ERROR, SAC_ERROR_UNREADABLE,
                         "is not a regular file");
    return NULL;
  }
  if ((uint64_t)info.st_size > limit) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "has %" G_GINT64_FORMAT
                 " bytes; the limit is %" G_GUINT64_FORMAT,
                 (gint64)info.st_size, limit);
    return NULL;
  }
  if ((size_t)info.st_size <= COPY_BYTES)
    return copy_content (fd, info.st_size, error);
  return map_content (fd, info.st_size, error);
}
