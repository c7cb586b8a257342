/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/source.h"

#include "base/error.h"
#include "base/limits.h"
#include "image/source-backend.h"

#include <math.h>
#include <string.h>

/* Writers round the sizes of levels, so that a level of 4 may say 4.016. */
#define DOWNSAMPLE_SLACK 1.01

/* Scanners state each axis as they measured it, a little apart. */
#define SQUARE_TOLERANCE 0.02

/* First match wins.  The flat one is last: it explains why nothing fits. */
static const SacSourceBackend *const backends[] = {
  &sac_source_synthetic, &sac_source_openslide, &sac_source_tiff,
  &sac_source_stored,    &sac_source_flat,
};

static void
free_page (gpointer page)
{
  g_free (((SacSourcePage *)page)->name);
  g_free (page);
}

SacSource *
sac_source_new (const SacSourceBackend *backend, const char *path)
{
  SacSource *source = g_new0 (SacSource, 1);

  source->backend = backend;
  source->path = g_strdup (path);
  source->notes = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (source->notes, NULL);
  source->pages = g_ptr_array_new_with_free_func (free_page);
  g_atomic_ref_count_init (&source->ref_count);
  g_mutex_init (&source->mutex);
  return source;
}

static void
free_source (SacSource *source)
{
  g_mutex_clear (&source->mutex);
  sac_color_transform_free (source->to_srgb);
  g_ptr_array_unref (source->notes);
  g_ptr_array_unref (source->pages);
  g_free (source->hash);
  g_free (source->levels);
  g_free (source->format);
  g_free (source->path);
  g_free (source);
}

void
sac_source_take_levels (SacSource *source, SacSourceLevel *levels, int count)
{
  source->levels = levels;
  source->level_count = count;
}

SacSource *
sac_source_try (const SacSourceBackend *backend,
                const char *path,
                SacJob *job,
                GError **error)
{
  SacSource *source = sac_source_new (backend, path);
  g_autoptr (GError) reason = NULL;

  if (backend->open (source, path, job, &reason))
    return source;
  free_source (source);
  if (reason != NULL)
    g_propagate_prefixed_error (error, g_steal_pointer (&reason), "%s: ", path);
  return NULL;
}

SacSource *
sac_source_open (const char *path, SacJob *job, GError **error)
{
  for (size_t i = 0; i < G_N_ELEMENTS (backends); i++) {
    g_autoptr (GError) reason = NULL;
    SacSource *source = sac_source_try (backends[i], path, job, &reason);

    if (source != NULL)
      return source;
    if (reason != NULL) {
      g_propagate_error (error, g_steal_pointer (&reason));
      return NULL;
    }
  }
  g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
               "%s: is nothing that can be opened", path);
  return NULL;
}

SacSource *
sac_source_ref (SacSource *source)
{
  g_atomic_ref_count_inc (&source->ref_count);
  return source;
}

void
sac_source_unref (SacSource *source)
{
  if (source == NULL || !g_atomic_ref_count_dec (&source->ref_count))
    return;
  source->backend->close (source);
  free_source (source);
}

const char *
sac_source_get_path (const SacSource *source)
{
  return source->path;
}

const char *
sac_source_get_format (const SacSource *source)
{
  return source->format;
}

bool
sac_source_is_slide (const SacSource *source)
{
  return source->is_slide;
}

int64_t
sac_source_get_width (const SacSource *source)
{
  return source->levels[0].width;
}

int64_t
sac_source_get_height (const SacSource *source)
{
  return source->levels[0].height;
}

int
sac_source_get_level_count (const SacSource *source)
{
  return source->level_count;
}

const SacSourceLevel *
sac_source_get_level (const SacSource *source, int level)
{
  g_assert (level >= 0 && level < source->level_count);
  return &source->levels[level];
}

double
sac_source_get_mpp (const SacSource *source)
{
  return source->mpp;
}

double
sac_source_get_objective (const SacSource *source)
{
  return source->objective;
}

SacRect
sac_source_get_bounds (const SacSource *source)
{
  SacRect whole = {0, 0, (double)source->levels[0].width,
                   (double)source->levels[0].height};
  SacRect bounds = sac_rect_intersect (&source->bounds, &whole);

  return sac_rect_is_empty (&bounds) ? whole : bounds;
}

bool
sac_source_is_fine (const SacSource *source)
{
  return source->is_fine;
}

unsigned
sac_source_get_clear (const SacSource *source)
{
  return source->clear;
}

bool
sac_source_has_profile (const SacSource *source)
{
  return source->to_srgb != NULL;
}

const char *const *
sac_source_get_notes (const SacSource *source)
{
  return (const char *const *)source->notes->pdata;
}

const GPtrArray *
sac_source_get_pages (const SacSource *source)
{
  return source->pages;
}

int
sac_source_get_page_number (const SacSource *source)
{
  return source->page_number;
}

void
sac_source_add_page (SacSource *source,
                     const char *name,
                     int64_t width,
                     int64_t height,
                     bool apart)
{
  SacSourcePage *page = g_new (SacSourcePage, 1);

  *page = (SacSourcePage){*name != '\0' ? g_strdup (name) : NULL, width, height,
                          apart};
  g_ptr_array_add (source->pages, page);
}

void
sac_source_add_note (SacSource *source, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_insert (source->notes, (int)source->notes->len - 1,
                      g_strdup_vprintf (sac_sentence (format), arguments));
  va_end (arguments);
}

void
sac_source_note_absent (SacSource *source,
                        int level,
                        uint32_t absent,
                        uint32_t count)
{
  if (absent > 0)
    sac_source_add_note (source,
                         "%u of the %u tiles of level %d are not in the file "
                         "and show as background",
                         absent, count, level);
}

double
sac_source_join_mpp (double x, double y)
{
  return x > 0 && y > 0 ? (x + y) / 2 : fmax (x, y);
}

void
sac_source_set_mpp (SacSource *source, double x, double y)
{
  source->mpp = sac_source_join_mpp (x, y);
  if (x > 0 && y > 0 && fabs (x - y) > SQUARE_TOLERANCE * source->mpp)
    sac_source_add_note (source,
                         "its pixels are not square, %g by %g micrometres: "
                         "lengths are measured with the mean of both",
                         x, y);
}

void
sac_source_note_inks (SacSource *source)
{
  sac_source_add_note (source, "its inks (CMYK) are mixed plainly, without the "
                               "profile of a printer");
}

/* A file may be called like a page. */
char *
sac_source_split_page (const char *path, int *ret_page)
{
  const char *mark = g_strrstr (path, SAC_SOURCE_PAGE);
  guint64 page = 1;

  if (ret_page != NULL)
    *ret_page = 1;
  if (mark == NULL || g_file_test (path, G_FILE_TEST_EXISTS) ||
      !g_ascii_string_to_unsigned (mark + strlen (SAC_SOURCE_PAGE), 10, 1,
                                   G_MAXINT, &page, NULL))
    return g_strdup (path);
  if (ret_page != NULL)
    *ret_page = (int)page;
  return g_strndup (path, (gsize)(mark - path));
}

char *
sac_source_name_hash (const char *kind, const char *digest, int page)
{
  return page == 1
           ? g_strconcat (kind, digest, NULL)
           : g_strdup_printf ("%s%s" SAC_SOURCE_PAGE "%d", kind, digest, page);
}

const char *
sac_source_get_hash (SacSource *source)
{
  g_mutex_lock (&source->mutex);
  if (source->hash == NULL)
    source->hash = source->backend->hash (source);
  g_mutex_unlock (&source->mutex);
  return source->hash;
}

int
sac_source_choose_level (const SacSource *source, double downsample)
{
  int best = 0;

  for (int i = 1; i < source->level_count; i++)
    if (source->levels[i].downsample <= downsample * DOWNSAMPLE_SLACK &&
        source->levels[i].downsample > source->levels[best].downsample)
      best = i;
  return best;
}

void
sac_source_set_damaged (GError **error,
                        const SacSource *source,
                        int level,
                        const SacRect *region,
                        const char *what)
{
  double downsample = source->levels[level].downsample;

  g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
               "%s: the region of %.0f x %.0f pixels at %.0f, %.0f cannot be "
               "read on level %d (%s); the rest of the slide is still "
               "readable",
               source->path, region->width * downsample,
               region->height * downsample, region->x * downsample,
               region->y * downsample, level, what);
}

void
sac_source_propagate (GError **error,
                      const SacSource *source,
                      int level,
                      const SacRect *region,
                      GError *reason)
{
  if (!g_error_matches (reason, SAC_ERROR, SAC_ERROR_DAMAGED)) {
    g_propagate_error (error, reason);
    return;
  }
  sac_source_set_damaged (error, source, level, region, reason->message);
  g_error_free (reason);
}

/* `part` on white, its first pixel at (x, y). */
static SacImage *
place_on_white (
  const SacImage *part, int x, int y, int width, int height, GError **error)
{
  SacImage *image = sac_image_new (width, height, error);

  if (image == NULL || part == NULL)
    return image;
  for (int row = 0; row < part->height; row++)
    memcpy (image->pixels + (size_t)(y + row) * width + x,
            part->pixels + (size_t)row * part->width,
            (size_t)part->width * sizeof (uint32_t));
  if (part->icc != NULL)
    image->icc = g_bytes_ref (part->icc);
  return image;
}

static bool
check_block (const SacSource *source, int width, int height, GError **error)
{
  g_assert (width >= 1 && height >= 1);
  if (!source->is_slide ||
      (width <= SAC_LIMIT_BLOCK_SIDE && height <= SAC_LIMIT_BLOCK_SIDE))
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
               "a block of %d x %d pixels is more than the %d a side that are "
               "read from a slide at once",
               width, height, SAC_LIMIT_BLOCK_SIDE);
  return false;
}

SacImage *
sac_source_read (SacSource *source,
                 int level,
                 int64_t x,
                 int64_t y,
                 int width,
                 int height,
                 SacColors colors,
                 SacJob *job,
                 GError **error)
{
  const SacSourceLevel *size = sac_source_get_level (source, level);
  int64_t left = CLAMP (x, 0, size->width), top = CLAMP (y, 0, size->height);
  int64_t right = CLAMP (x + width, 0, size->width);
  int64_t bottom = CLAMP (y + height, 0, size->height);
  g_autoptr (SacImage) part = NULL;

  if (!check_block (source, width, height, error) ||
      !sac_job_check (job, error))
    return NULL;
  if (right > left && bottom > top) {
    part = source->backend->read (source, level, left, top, (int)(right - left),
                                  (int)(bottom - top), job, error);
    if (part == NULL)
      return NULL;
    if (colors == SAC_COLORS_DISPLAY && source->to_srgb != NULL)
      sac_color_transform_apply (source->to_srgb, part);
    if (part->width == width && part->height == height)
      return g_steal_pointer (&part);
  }
  return place_on_white (part, (int)(left - x), (int)(top - y), width, height,
                         error);
}
