/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/slide-extras.h"

#include "base/error.h"
#include "image/tiff-handle.h"

#include <inttypes.h>
#include <openslide.h>
#include <string.h>

/* A file that states more is not believed. */
#define EXTRAS_MOST 64
#define NAME_MOST 256
#define PIXELS_MOST ((int64_t)1 << 26)

typedef openslide_t Slide;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Slide, openslide_close)

/* Returns: NULL for what is no slide, or a damaged one. */
static Slide *
open_slide (const char *path)
{
  g_autoptr (Slide) slide = NULL;

  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return NULL;
  sac_tiff_handle_silence ();
  slide = openslide_open (path);
  return slide != NULL && openslide_get_error (slide) == NULL
           ? g_steal_pointer (&slide)
           : NULL;
}

static void
extra_free (SacSlideExtra *extra)
{
  g_free (extra->name);
  g_free (extra);
}

GPtrArray *
sac_slide_extras_list (const char *path)
{
  GPtrArray *extras =
    g_ptr_array_new_with_free_func ((GDestroyNotify)extra_free);
  g_autoptr (Slide) slide = open_slide (path);
  const char *const *names =
    slide != NULL ? openslide_get_associated_image_names (slide) : NULL;

  for (int i = 0; names != NULL && names[i] != NULL && i < EXTRAS_MOST; i++) {
    SacSlideExtra extra = {0};

    openslide_get_associated_image_dimensions (slide, names[i], &extra.width,
                                               &extra.height);
    if (extra.width < 1 || extra.height < 1 || strlen (names[i]) > NAME_MOST ||
        !g_utf8_validate (names[i], -1, NULL))
      continue;
    extra.name = g_strdup (names[i]);
    g_ptr_array_add (extras, g_memdup2 (&extra, sizeof extra));
  }
  return extras;
}

static bool
check_size (const char *path,
            const char *name,
            int64_t width,
            int64_t height,
            GError **error)
{
  if (width < 1 || height < 1) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "%s: the slide has no image \"%s\" beside it", path, name);
    return false;
  }
  if (width <= PIXELS_MOST && height <= PIXELS_MOST / width)
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
               "%s: its image \"%s\" has %" PRId64 " x %" PRId64
               " pixels; at most %" PRId64 " in all are read",
               path, name, width, height, PIXELS_MOST);
  return false;
}

SacImage *
sac_slide_extra_read (const char *path,
                      const char *name,
                      SacJob *job,
                      GError **error)
{
  g_autoptr (Slide) slide = open_slide (path);
  g_autoptr (SacImage) image = NULL;
  int64_t width = -1, height = -1;

  if (!sac_job_check (job, error))
    return NULL;
  if (slide != NULL)
    openslide_get_associated_image_dimensions (slide, name, &width, &height);
  if (!check_size (path, name, width, height, error))
    return NULL;
  image = sac_image_new (width, height, error);
  if (image == NULL)
    return NULL;
  openslide_read_associated_image (slide, name, image->pixels);
  if (openslide_get_error (slide) != NULL) {
    g_autofree char *reason =
      g_utf8_make_valid (openslide_get_error (slide), -1);

    g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
                 "%s: its image \"%s\" cannot be read (%s)", path, name,
                 reason);
    return NULL;
  }
  sac_image_lay_over (image, 0xffffffffu);
  return g_steal_pointer (&image);
}
