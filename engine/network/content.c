/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/content.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

struct SacContent {
  gatomicrefcount ref_count;
  int fd;
  char *path;
  struct stat info; /* as it was opened */
};

static bool
fail (GError **error, int number)
{
  g_set_error (error, SAC_ERROR, SAC_ERROR_UNREADABLE, "cannot be read (%s)",
               g_strerror (number));
  return false;
}

static bool
check_file (const struct stat *info, uint64_t limit, GError **error)
{
  if (!S_ISREG (info->st_mode)) {
    g_set_error_literal (error, SAC_ERROR, SAC_ERROR_UNREADABLE,
                         "is not a regular file");
    return false;
  }
  if ((uint64_t)info->st_size > limit) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "has %" PRId64 " bytes; the limit is %" PRIu64,
                 (gint64)info->st_size, limit);
    return false;
  }
  return true;
}

SacContent *
sac_content_take (int fd, const char *path, uint64_t limit, GError **error)
{
  g_autoptr (SacContent) content = g_new0 (SacContent, 1);

  g_atomic_ref_count_init (&content->ref_count);
  content->fd = fd;
  content->path = g_strdup (path);
  if (fstat (fd, &content->info) != 0) {
    fail (error, errno);
    return NULL;
  }
  if (!check_file (&content->info, limit, error))
    return NULL;
  return g_steal_pointer (&content);
}

SacContent *
sac_content_open (const char *path, uint64_t limit, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

  if (fd >= 0)
    return sac_content_take (fd, path, limit, error);
  fail (error, errno);
  return NULL;
}

SacContent *
sac_content_ref (SacContent *content)
{
  g_atomic_ref_count_inc (&content->ref_count);
  return content;
}

void
sac_content_unref (SacContent *content)
{
  if (content == NULL || !g_atomic_ref_count_dec (&content->ref_count))
    return;
  close (content->fd);
  g_free (content->path);
  g_free (content);
}

const char *
sac_content_get_path (const SacContent *content)
{
  return content->path;
}

size_t
sac_content_get_size (const SacContent *content)
{
  return content->info.st_size;
}

static bool
has_changed (const SacContent *content)
{
  struct stat now;

  return fstat (content->fd, &now) != 0 ||
         now.st_size != content->info.st_size ||
         now.st_mtim.tv_sec != content->info.st_mtim.tv_sec ||
         now.st_mtim.tv_nsec != content->info.st_mtim.tv_nsec;
}

bool
sac_content_read (const SacContent *content,
                  size_t offset,
                  size_t size,
                  void *bytes,
                  GError **error)
{
  size_t done = 0;

  g_assert (offset <= sac_content_get_size (content) &&
            size <= sac_content_get_size (content) - offset);
  while (done < size) {
    ssize_t got = pread (content->fd, (char *)bytes + done, size - done,
                         (off_t)(offset + done));

    if (got < 0 && errno != EINTR)
      return fail (error, errno);
    if (got == 0)
      break;
    done += MAX (got, 0);
  }
  if (done == size && !has_changed (content))
    return true;
  g_set_error_literal (error, SAC_ERROR, SAC_ERROR_UNREADABLE,
                       "has changed since it was opened; open it again");
  return false;
}
