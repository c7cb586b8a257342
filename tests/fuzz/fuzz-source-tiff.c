/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The bytes as a TIFF that is read by regions, whatever its size. */
#define _GNU_SOURCE /* memfd_create */

#include "base/error.h"
#include "image/source-backend.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
read_level (SacSource *source, int level)
{
  const SacSourceLevel *of = sac_source_get_level (source, level);
  int width = (int)MIN (of->width, 300), height = (int)MIN (of->height, 200);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacImage) image =
    sac_source_read (source, level, (of->width - width) / 2,
                     (of->height - height) / 2, width, height,
                     SAC_COLORS_DISPLAY, NULL, &error);

  g_assert_true ((image == NULL) == (error != NULL));
  if (error != NULL)
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

/* Levels made of more than can be gone through here are left out. */
static void
read_levels (SacSource *source)
{
  for (int i = 0; i < sac_source_get_level_count (source); i++)
    if (!sac_source_get_level (source, i)->made ||
        sac_source_get_width (source) * sac_source_get_height (source) <=
          (int64_t)1 << 26)
      read_level (source, i);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  int file = memfd_create ("tiff", MFD_CLOEXEC);
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", file);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (write (file, data, size), ==, size);

  SacSource *source = sac_source_try (&sac_source_tiff, path, NULL, &error);

  if (source != NULL)
    read_levels (source);
  sac_source_unref (source);
  close (file);
  return 0;
}
