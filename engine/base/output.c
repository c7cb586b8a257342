/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/output.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

static void
set_error (GError **error, const char *path, int number)
{
  g_set_error (error, SAC_ERROR, SAC_ERROR_UNWRITABLE,
               "%s: cannot be written (%s); choose another folder or make room",
               path, g_strerror (number));
}

char *
sac_output_begin (const char *path, GError **error)
{
  g_autofree char *temporary = g_strconcat (path, ".XXXXXX", NULL);
  int fd = g_mkstemp_full (temporary, O_RDWR | O_CLOEXEC, 0666);

  if (fd < 0) {
    set_error (error, path, errno);
    return NULL;
  }
  close (fd);
  return g_steal_pointer (&temporary);
}

static bool
sync_file (const char *path)
{
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);

  if (fd < 0)
    return false;

  bool synced = fsync (fd) == 0;
  int number = errno;

  close (fd);
  errno = number;
  return synced;
}

bool
sac_output_commit (char *temporary, const char *path, GError **error)
{
  if (sync_file (temporary) && g_rename (temporary, path) == 0) {
    g_free (temporary);
    return true;
  }
  set_error (error, path, errno);
  sac_output_discard (temporary);
  return false;
}

void
sac_output_discard (char *temporary)
{
  if (temporary == NULL)
    return;
  g_unlink (temporary);
  g_free (temporary);
}

static bool
write_all (const char *path, const guint8 *data, size_t size)
{
  int fd = g_open (path, O_WRONLY | O_CLOEXEC, 0);
  int number = 0;

  if (fd < 0)
    return false;
  while (size > 0 && number == 0) {
    ssize_t done = write (fd, data, MIN (size, (size_t)1 << 30));

    if (done < 0 && errno != EINTR)
      number = errno;
    if (done > 0) {
      data += done;
      size -= done;
    }
  }
  if (close (fd) != 0 && number == 0)
    number = errno;
  errno = number;
  return number == 0;
}

bool
sac_output_write (const char *path,
                  const void *data,
                  size_t size,
                  GError **error)
{
  char *temporary = sac_output_begin (path, error);

  if (temporary == NULL)
    return false;
  if (!write_all (temporary, data, size)) {
    set_error (error, path, errno);
    sac_output_discard (temporary);
    return false;
  }
  return sac_output_commit (temporary, path, error);
}

bool
sac_output_make_folder (const char *path, GError **error)
{
  if (g_mkdir_with_parents (path, 0777) == 0)
    return true;
  set_error (error, path, errno);
  return false;
}
