/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#define _GNU_SOURCE /* O_PATH */
#include "network/external.h"

#include "base/error.h"
#include "base/limits.h"
#include "network/content.h"
#include "network/network.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct SacExternal {
  char *folder;
  GHashTable *files; /* location -> SacContent */
};

SacExternal *
sac_external_new (const char *folder)
{
  SacExternal *external = g_new0 (SacExternal, 1);

  external->folder = g_strdup (folder);
  external->files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                           (GDestroyNotify)sac_content_unref);
  return external;
}

void
sac_external_free (SacExternal *external)
{
  if (external == NULL)
    return;
  g_hash_table_unref (external->files);
  g_free (external->folder);
  g_free (external);
}

static bool
is_plain (const char *component)
{
  return *component != '\0' && strcmp (component, ".") != 0 &&
         strcmp (component, "..") != 0 && strchr (component, '\\') == NULL;
}

static bool
are_plain (char *const *components)
{
  if (components[0] == NULL)
    return false;
  for (size_t i = 0; components[i] != NULL; i++) {
    if (!is_plain (components[i]))
      return false;
  }
  return true;
}

/* Goes down one component at a time and follows no link, so that what is opened
 * lies below the folder whatever happens to the names meanwhile.
 * Returns: a file descriptor, or -1 with errno. */
static int
open_below (const char *folder, char *const *components)
{
  int fd = open (folder, O_PATH | O_DIRECTORY | O_CLOEXEC);

  for (size_t i = 0; fd >= 0 && components[i] != NULL; i++) {
    bool last = components[i + 1] == NULL;
    int flags = last ? O_RDONLY | O_NONBLOCK | O_NOCTTY : O_PATH | O_DIRECTORY;
    int next = openat (fd, components[i], flags | O_NOFOLLOW | O_CLOEXEC);
    int number = errno;

    close (fd);
    errno = number;
    fd = next;
  }
  return fd;
}

static bool
has_one_name (int fd)
{
  struct stat info;

  return fstat (fd, &info) == 0 &&
         (!S_ISREG (info.st_mode) || info.st_nlink == 1);
}

static SacContent *
open_content (const char *folder, const char *location, GError **error)
{
  g_auto (GStrv) components = g_strsplit (location, "/", -1);

  if (!are_plain (components)) {
    g_set_error_literal (error, SAC_ERROR, SAC_ERROR_DAMAGED,
                         "is not a plain path below the network's folder");
    return NULL;
  }

  int fd = open_below (folder, components);

  if (fd < 0) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNREADABLE, "cannot be read (%s)",
                 errno == ELOOP ? "it is a symbolic link" : g_strerror (errno));
    return NULL;
  }

  if (has_one_name (fd)) {
    g_autofree char *path = g_build_filename (folder, location, NULL);

    return sac_content_take (fd, path, SAC_LIMIT_EXTERNAL_BYTES, error);
  }
  close (fd);
  g_set_error_literal (error, SAC_ERROR, SAC_ERROR_UNREADABLE,
                       "has several hard links; replace it by a copy");
  return NULL;
}

SacContent *
sac_external_get (SacExternal *external, const char *location, GError **error)
{
  SacContent *known = g_hash_table_lookup (external->files, location);

  if (known != NULL)
    return known;

  SacContent *content = open_content (external->folder, location, error);

  if (content == NULL) {
    g_autofree char *shown = sac_network_escape (location);

    g_prefix_error (error, "external data \"%s\" ", shown);
    return NULL;
  }
  g_hash_table_insert (external->files, g_strdup (location), content);
  return content;
}
