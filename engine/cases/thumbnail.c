/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "cases/thumbnail.h"

#include "base/error.h"
#include "base/limits.h"
#include "image/resize.h"
#include "image/source.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>

/* Formats that cannot be read in parts. */
static bool
is_whole (const char *path)
{
  static const char *const endings[] = {".jpg", ".jpeg", ".png", ".bmp",
                                        ".webp"};
  g_autofree char *lower = g_ascii_strdown (path, -1);

  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (lower, endings[i]))
      return true;
  return false;
}

SacImage *
sac_thumbnail_new (const char *path, int side, SacJob *job, GError **error)
{
  struct stat status;

  if (is_whole (path) && stat (path, &status) == 0 &&
      status.st_size > (off_t)SAC_LIMIT_THUMBNAIL_BYTES) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "%s: too large for a quick look", path);
    return NULL;
  }

  g_autoptr (SacSource) source = sac_source_open (path, job, error);

  if (source == NULL)
    return NULL;

  SacRect all = {0, 0, (double)sac_source_get_width (source),
                 (double)sac_source_get_height (source)};
  double shrink = fmax (1, fmax (all.width, all.height) / side);

  return sac_source_read_region (source, &all,
                                 (int)fmax (1, round (all.width / shrink)),
                                 (int)fmax (1, round (all.height / shrink)),
                                 SAC_FILTER_BOX, SAC_COLORS_DISPLAY, job,
                                 error);
}
