/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Whole slides through OpenSlide.
 *
 * After its first error an OpenSlide handle stays in error for good and reads
 * give cleared pixels without a word.  So the error is looked at after every
 * read, and a handle once in error is never used again: the shared one is
 * dropped, to be reopened by whoever needs it next, and the read that failed is
 * tried once more on a handle of its own, where no other thread's bad tile can
 * spoil it.  Failing there too means that this very region is damaged.
 *
 * Everything may be called from several threads at once but closing, so handles
 * are counted and the last reader closes.  Associated images (label, macro) are
 * not asked for here: image/slide-extras.h. */
#include "image/source-backend.h"

#include "base/error.h"
#include "base/file-kind.h"
#include "base/hash.h"
#include "base/limits.h"
#include "image/slide-properties.h"
#include "image/tiff-block.h"

#include <math.h>
#include <openslide.h>
#include <stdio.h>

#define LEVEL_COUNT_MAX 64
#define DIRECTORY_COUNT_MAX 256
#define LEVEL_SIDE_MAX ((int64_t)1 << 31)

/* OpenSlide slows down on blocks larger than about 1024 x 1024. */
#define PIXELS_PER_READ (1 << 20)

typedef struct {
  openslide_t *slide;
  gatomicrefcount ref_count;
} Handle;

typedef struct {
  GMutex mutex;
  Handle *shared; /* guarded; NULL: to be opened by the next reader */
  uint32_t background;
} State;

/* Returns: NULL with a reason in `ret_reason` (a new string). */
static Handle *
open_handle (const char *path, char **ret_reason)
{
  openslide_t *slide = openslide_open (path);
  const char *reason = slide != NULL ? openslide_get_error (slide) : "unknown";

  if (reason != NULL) {
    *ret_reason = g_utf8_make_valid (reason, -1);
    if (slide != NULL)
      openslide_close (slide);
    return NULL;
  }

  Handle *handle = g_new (Handle, 1);

  handle->slide = slide;
  g_atomic_ref_count_init (&handle->ref_count);
  return handle;
}

static void
handle_unref (Handle *handle)
{
  if (handle == NULL || !g_atomic_ref_count_dec (&handle->ref_count))
    return;
  openslide_close (handle->slide);
  g_free (handle);
}

/* A slide that was replaced on disk must not be mixed with the one that was
 * opened. */
static bool
is_same_slide (const Handle *handle, const SacSource *source)
{
  int64_t width, height;

  openslide_get_level0_dimensions (handle->slide, &width, &height);
  return width == source->levels[0].width &&
         height == source->levels[0].height &&
         openslide_get_level_count (handle->slide) == source->level_count;
}

static Handle *
reopen_handle (SacSource *source, char **ret_reason)
{
  Handle *handle = open_handle (source->path, ret_reason);

  if (handle == NULL || is_same_slide (handle, source))
    return handle;
  handle_unref (handle);
  *ret_reason = g_strdup ("the file has changed since it was opened");
  return NULL;
}

/* The shared handle, counted. */
static Handle *
take_shared (SacSource *source, char **ret_reason)
{
  State *state = source->state;

  g_mutex_lock (&state->mutex);
  if (state->shared == NULL)
    state->shared = reopen_handle (source, ret_reason);

  Handle *handle = state->shared;

  if (handle != NULL)
    g_atomic_ref_count_inc (&handle->ref_count);
  g_mutex_unlock (&state->mutex);
  return handle;
}

/* Takes a reference; the handle is not given out again. */
static void
retire (State *state, Handle *handle)
{
  g_mutex_lock (&state->mutex);
  if (state->shared == handle) {
    state->shared = NULL;
    handle_unref (handle);
  }
  g_mutex_unlock (&state->mutex);
  handle_unref (handle);
}

/* Takes a reference to a handle that works; others may use it now. */
static void
offer (State *state, Handle *handle)
{
  g_mutex_lock (&state->mutex);
  if (state->shared == NULL)
    state->shared = g_steal_pointer (&handle);
  g_mutex_unlock (&state->mutex);
  handle_unref (handle);
}

typedef struct {
  int level;
  int64_t x, y; /* of the level */
  int width, height;
} Block;

/* Returns: false with the reason when the handle is in error, cancelled when
 * the job is. */
static bool
read_pixels (Handle *handle,
             const Block *block,
             uint32_t *pixels,
             const SacJob *job,
             char **ret_reason)
{
  double downsample =
    openslide_get_level_downsample (handle->slide, block->level);
  int rows = MAX (1, PIXELS_PER_READ / block->width);

  for (int y = 0; y < block->height; y += rows) {
    int count = MIN (rows, block->height - y);

    if (!sac_job_check (job, NULL))
      return true;
    openslide_read_region (handle->slide, pixels + (size_t)y * block->width,
                           (int64_t)llround ((double)block->x * downsample),
                           (int64_t)llround ((double)(block->y + y) *
                                             downsample),
                           block->level, block->width, count);

    const char *reason = openslide_get_error (handle->slide);

    if (reason != NULL) {
      *ret_reason = g_utf8_make_valid (reason, -1);
      return false;
    }
  }
  return true;
}

static bool
read_or_retry (SacSource *source,
               const Block *block,
               uint32_t *pixels,
               const SacJob *job,
               char **ret_reason)
{
  State *state = source->state;
  g_autofree char *first_reason = NULL;
  Handle *handle = take_shared (source, ret_reason);

  if (handle == NULL)
    return false;
  if (read_pixels (handle, block, pixels, job, &first_reason)) {
    handle_unref (handle);
    return true;
  }
  retire (state, handle);

  Handle *own = reopen_handle (source, ret_reason);

  if (own == NULL)
    return false;
  if (!read_pixels (own, block, pixels, job, ret_reason)) {
    handle_unref (own);
    return false;
  }
  offer (state, own);
  return true;
}

static SacImage *
read_openslide (SacSource *source,
                int level,
                int64_t x,
                int64_t y,
                int width,
                int height,
                SacJob *job,
                GError **error)
{
  g_autoptr (SacImage) image = sac_image_new (width, height, error);
  Block block = {level, x, y, width, height};
  g_autofree char *reason = NULL;

  if (image == NULL)
    return NULL;

  bool done = read_or_retry (source, &block, image->pixels, job, &reason);

  if (!sac_job_check (job, error))
    return NULL;
  if (!done) {
    SacRect region = {(double)x, (double)y, width, height};

    sac_source_set_damaged (error, source, level, &region, reason);
    return NULL;
  }
  sac_image_lay_over (image, ((State *)source->state)->background);
  return g_steal_pointer (&image);
}

static bool
read_level (openslide_t *slide, int index, SacSourceLevel *level)
{
  openslide_get_level_dimensions (slide, index, &level->width, &level->height);
  /* OpenSlide's own figure, because it places regions by it: the mean ratio of
   * the real sizes, or what the format states. */
  level->downsample = openslide_get_level_downsample (slide, index);
  sac_slide_properties_get_tile (slide, index, &level->tile_width,
                                 &level->tile_height);
  return level->width >= 1 && level->width <= LEVEL_SIDE_MAX &&
         level->height >= 1 && level->height <= LEVEL_SIDE_MAX &&
         isfinite (level->downsample) && level->downsample >= 1 &&
         level->downsample <= LEVEL_SIDE_MAX;
}

static bool
read_levels (SacSource *source, openslide_t *slide, GError **error)
{
  int count = openslide_get_level_count (slide);

  if (count < 1 || count > LEVEL_COUNT_MAX) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
                 "the slide states %d levels", count);
    return false;
  }
  sac_source_take_levels (source, g_new0 (SacSourceLevel, count), count);
  for (int i = 0; i < count; i++)
    if (!read_level (slide, i, &source->levels[i])) {
      g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
                   "level %d of the slide has an impossible size", i);
      return false;
    }
  return true;
}

/* With OpenSlide 4 it says itself; before, TIFF-based slides are asked. */
static GBytes *
read_profile (openslide_t *slide, const char *path)
{
#ifdef HAVE_OPENSLIDE_ICC
  int64_t size = openslide_get_icc_profile_size (slide);

  if (size < 1 || size > (int64_t)SAC_LIMIT_ICC_BYTES)
    return NULL;

  void *profile = g_malloc ((gsize)size);

  openslide_read_icc_profile (slide, profile);
  return g_bytes_new_take (profile, (gsize)size);
#else
  return sac_tiff_handle_read_profile (path);
#endif
}

/* Where a tile is left out, OpenSlide gives background without a word. */
static void
note_absent_tiles (SacSource *source)
{
  g_auto (SacTiffHandle) handle = {0};
  bool more = sac_tiff_handle_open_file (&handle, source->path, NULL);

  for (int count = 0; more && count < DIRECTORY_COUNT_MAX; count++) {
    SacTiffLayout layout;

    /* Any kind of samples may lie in the tiles: only their table counts. */
    if (sac_tiff_layout_read_tiles (&handle, &layout))
      for (int i = 0; i < source->level_count; i++)
        if (source->levels[i].width == layout.width &&
            source->levels[i].height == layout.height)
          sac_source_note_absent (source, i,
                                  sac_tiff_block_count_absent (&handle,
                                                               &layout),
                                  layout.across * layout.down);
    more = !sac_tiff_handle_is_tired (&handle) &&
           !TIFFLastDirectory (handle.tiff) &&
           TIFFReadDirectory (handle.tiff) == 1;
  }
}

static void
fill_source (SacSource *source, openslide_t *slide, const char *vendor)
{
  g_autoptr (GBytes) profile = read_profile (slide, source->path);
  double across, down;

  source->is_slide = true;
  source->format = g_strdup (sac_slide_properties_name_vendor (vendor));
  sac_slide_properties_get_mpp (slide, &across, &down);
  sac_source_set_mpp (source, across, down);
  source->objective = sac_slide_properties_get_objective (slide);
  source->bounds = sac_slide_properties_get_bounds (slide);
  if (profile != NULL)
    source->to_srgb = sac_color_transform_new (profile);
  note_absent_tiles (source);
}

/* By its name alone.  The file itself is but a small picture of the slide. */
static bool
explain_lone_mirax (const char *path, GError **error)
{
  g_autofree char *name = g_path_get_basename (path);

  if (!g_str_has_suffix (name, ".mrxs"))
    return false;
  name[strlen (name) - strlen (".mrxs")] = '\0';
  g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
               "is a part of a slide (MIRAX); the folder \"%s\" with "
               "Slidedat.ini, which holds the rest, is not beside it: keep "
               "both "
               "together",
               name);
  return false;
}

/* Not of this kind, unless it is a DICOM file: then the version is to blame. */
static bool
explain_unknown (const char *path, GError **error)
{
  uint8_t head[SAC_FILE_KIND_BYTES];
  FILE *file = fopen (path, "rb");
  size_t size = file != NULL ? fread (head, 1, sizeof head, file) : 0;

  if (file != NULL)
    fclose (file);
  if (!sac_file_kind_is_dicom (head, size))
    return explain_lone_mirax (path, error);
  if (openslide_get_version ()[0] < '4')
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
                 "is a DICOM file; reading these needs OpenSlide 4, and this "
                 "is "
                 "OpenSlide %s; convert it to SVS or TIFF",
                 openslide_get_version ());
  else
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
                 "is a DICOM file, but not a whole slide that OpenSlide can "
                 "read; export the picture as TIFF or PNG");
  return false;
}

static bool
open_openslide (SacSource *source,
                const char *path,
                SacJob *job,
                GError **error)
{
  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return false;
  sac_tiff_handle_silence ();

  const char *vendor = openslide_detect_vendor (path);

  if (vendor == NULL)
    return explain_unknown (path, error);
  /* Plain TIFFs are ours: OpenSlide knows less of them. */
  if (g_str_equal (vendor, "generic-tiff"))
    return false;

  g_autofree char *reason = NULL;
  Handle *handle = open_handle (path, &reason);

  if (handle == NULL) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
                 "is a slide (%s), but cannot be opened (%s); the file is "
                 "damaged or a part of it is missing",
                 sac_slide_properties_name_vendor (vendor), reason);
    return false;
  }
  if (!read_levels (source, handle->slide, error)) {
    handle_unref (handle);
    return false;
  }
  fill_source (source, handle->slide, vendor);

  State *state = g_new0 (State, 1);

  g_mutex_init (&state->mutex);
  state->background = sac_slide_properties_get_background (handle->slide);
  state->shared = handle;
  source->state = state;
  return true;
}

static char *
hash_openslide (SacSource *source)
{
  g_autofree char *reason = NULL;
  Handle *handle = take_shared (source, &reason);
  g_autofree char *quickhash =
    handle != NULL
      ? g_strdup (
          openslide_get_property_value (handle->slide,
                                        OPENSLIDE_PROPERTY_NAME_QUICKHASH1))
      : NULL;

  handle_unref (handle);
  if (quickhash != NULL)
    return g_strconcat ("quickhash-1:", quickhash, NULL);

  g_autofree char *digest = sac_hash_file (source->path, NULL, NULL);

  return digest != NULL ? g_strconcat ("sha256:", digest, NULL)
                        : g_strdup ("unknown: the file cannot be read again");
}

static void
close_openslide (SacSource *source)
{
  State *state = source->state;

  handle_unref (state->shared);
  g_mutex_clear (&state->mutex);
  g_free (state);
}

const SacSourceBackend sac_source_openslide = {
  "slide", open_openslide, read_openslide, hash_openslide, close_openslide,
};
