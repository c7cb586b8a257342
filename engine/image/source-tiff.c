/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* TIFFs too large to be held whole, and those with levels, read by regions
 * through libtiff.
 *
 * Where the file has no level coarse enough to be shown whole, levels are made:
 * each halves the one above.  Down to the overview's they are averaged from the
 * file's coarsest level when read; from there on from the overview, which is
 * made once, piece by piece.  So memory is bounded by the pieces kept
 * (SAC_LIMIT_TIFF_KEPT_BYTES), the overview (SAC_LIMIT_OVERVIEW_PIXELS) and a
 * piece or two for each thread, whatever the size of the picture. */
#include "image/source-backend.h"

#include "base/error.h"
#include "base/file-kind.h"
#include "base/hash.h"
#include "base/limits.h"
#include "image/decode-tiff.h"
#include "image/decoders.h"
#include "image/orient.h"
#include "image/slide-properties.h"
#include "image/tiff-block.h"
#include "image/tiff-overview.h"
#include "image/tiff-scale.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define N_(text) text

/* Tiled pictures up to this many pixels a side are held whole like others. */
#define FLAT_TILED_SIDE 4096

/* What a file that is held may have beside its samples. */
#define FLAT_SPARE_BYTES ((uint64_t)64 << 20)

/* A coarser level than one that fits so would help nobody. */
#define COARSEST_SIDE 512

typedef struct {
  SacTiffFile *file;
  SacTiffPages *pages;
  const GArray *page;        /* of SacTiffLevel, the one that is shown */
  int page_number;           /* from 1 on */
  int orientation;           /* of all its levels */
  SacTiffGrid *grids;        /* one for each level of the file */
  SacTiffOverview *overview; /* NULL: no level has to be made */
} State;

static void
free_state (State *state)
{
  sac_tiff_overview_free (state->overview);
  sac_tiff_pages_free (state->pages);
  sac_tiff_file_free (state->file);
  g_free (state->grids);
  g_free (state);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (State, free_state)

static const SacTiffLevel *
get_level (const State *state, guint index)
{
  return &g_array_index (state->page, SacTiffLevel, index);
}

static SacImage *
read_made (
  State *state, int level, const SacTiffPart *part, SacJob *job, GError **error)
{
  int coarsest = (int)state->page->len - 1;
  const SacTiffGrid *grid = &state->grids[coarsest];
  uint32_t factor = (uint32_t)1 << (level - coarsest);

  if (factor < sac_tiff_overview_get_factor (&grid->level->layout))
    return sac_tiff_file_shrink (state->file, grid, factor, part, true, job,
                                 error);
  return sac_tiff_overview_read (state->overview, factor, part, job, error);
}

/* The part of a level as the file has it, which may be turned or mirrored. */
static SacTiffPart
find_stored (const State *state,
             const SacSourceLevel *level,
             int64_t x,
             int64_t y,
             int width,
             int height)
{
  bool turned = sac_orient_is_turned (state->orientation);
  SacOrientPart stored =
    sac_orient_find_part (&(SacOrientPart){x, y, width, height},
                          state->orientation,
                          turned ? level->height : level->width,
                          turned ? level->width : level->height);

  return (SacTiffPart){(uint32_t)stored.x, (uint32_t)stored.y,
                       (int)stored.width, (int)stored.height};
}

static SacImage *
read_tiff (SacSource *source,
           int level,
           int64_t x,
           int64_t y,
           int width,
           int height,
           SacJob *job,
           GError **error)
{
  State *state = source->state;
  SacTiffPart part =
    find_stored (state, &source->levels[level], x, y, width, height);
  g_autoptr (GError) reason = NULL;
  SacImage *image = source->levels[level].made
                      ? read_made (state, level, &part, job, &reason)
                      : sac_tiff_file_read (state->file, &state->grids[level],
                                            &part, job, &reason);

  if (image != NULL)
    return sac_orient_apply (image, state->orientation, error);

  SacRect region = {(double)x, (double)y, width, height};

  sac_source_propagate (error, source, level, &region,
                        g_steal_pointer (&reason));
  return NULL;
}

static void
turn_level (SacSourceLevel *level)
{
  SacSourceLevel stored = *level;

  level->width = stored.height;
  level->height = stored.width;
  level->tile_width = stored.tile_height;
  level->tile_height = stored.tile_width;
}

/* Made levels halve the file's coarsest until the whole fits on a screen. */
static void
plan_levels (SacSource *source, const State *state)
{
  g_autoptr (GArray) levels =
    g_array_new (FALSE, FALSE, sizeof (SacSourceLevel));
  const SacTiffLayout *first = &get_level (state, 0)->layout;
  SacSourceLevel level = {0};

  for (guint i = 0; i < state->page->len; i++) {
    const SacTiffLayout *layout = &get_level (state, i)->layout;

    level = (SacSourceLevel){
      .width = layout->width,
      .height = layout->height,
      .downsample = ((double)first->width / layout->width +
                     (double)first->height / layout->height) /
                    2,
      .tile_width = layout->tiled ? (int)layout->block_width : 0,
      .tile_height = layout->tiled ? (int)layout->block_height : 0,
    };
    g_array_append_val (levels, level);
  }
  while (MAX (level.width, level.height) > 4 * COARSEST_SIDE ||
         (levels->len > state->page->len &&
          MAX (level.width, level.height) > COARSEST_SIDE)) {
    level = (SacSourceLevel){.width = (level.width + 1) / 2,
                             .height = (level.height + 1) / 2,
                             .downsample = level.downsample * 2,
                             .made = true};
    g_array_append_val (levels, level);
  }

  int count = (int)levels->len;

  for (int i = 0; sac_orient_is_turned (state->orientation) && i < count; i++)
    turn_level (&g_array_index (levels, SacSourceLevel, i));
  sac_source_take_levels (source,
                          (SacSourceLevel *)(void *)
                            g_array_free (g_steal_pointer (&levels), FALSE),
                          count);
}

static bool
check_size (const SacTiffLayout *layout, GError **error)
{
  if ((uint64_t)layout->width * layout->height > SAC_LIMIT_TIFF_PIXELS) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "the TIFF has %u x %u pixels, more than the %" PRIu64
                 " that any scanner makes",
                 layout->width, layout->height, (guint64)SAC_LIMIT_TIFF_PIXELS);
    return false;
  }
  return true;
}

static bool
init_grids (State *state, GError **error)
{
  state->grids = g_new0 (SacTiffGrid, state->page->len);
  for (guint i = 0; i < state->page->len; i++)
    if (!sac_tiff_grid_init (state->file, get_level (state, i),
                             &state->grids[i], error))
      return false;
  return true;
}

static void
note_absent_tiles (SacSource *source, const State *state, SacTiffHandle *handle)
{
  for (guint i = 0; i < state->page->len; i++) {
    const SacTiffLevel *level = get_level (state, i);

    if (sac_tiff_file_enter (handle, level, NULL))
      sac_source_note_absent (source, (int)i,
                              sac_tiff_block_count_absent (handle,
                                                           &level->layout),
                              level->layout.across * level->layout.down);
  }
}

static void
add_pages (SacSource *source, const GPtrArray *pages, bool apart)
{
  for (guint i = 0; i < pages->len; i++) {
    const GArray *page = g_ptr_array_index (pages, i);
    const SacTiffLevel *level = &g_array_index (page, SacTiffLevel, 0);
    bool turned = sac_orient_is_turned (level->layout.orientation);
    uint32_t width = level->layout.width, height = level->layout.height;

    sac_source_add_page (source, level->name, turned ? height : width,
                         turned ? width : height, apart);
  }
}

static void
note_other_pages (SacSource *source, const State *state)
{
  guint pages = state->pages->pages->len, apart = state->pages->apart->len;

  if (pages + apart > 1) {
    source->page_number = state->page_number;
    add_pages (source, state->pages->pages, false);
    add_pages (source, state->pages->apart, true);
  }
  if (pages > 1 && state->page_number <= (int)pages)
    sac_source_add_note (source,
                         "this is page %d of %u; another one is opened as "
                         "FILE#page=N",
                         state->page_number, pages);
  if (apart > 0)
    sac_source_add_note (source,
                         "other pictures in the file (%u) are shown only when "
                         "asked for, as FILE#page=%u and on: they may be "
                         "labels",
                         apart, pages + 1);
  if (state->pages->alone_count > 0)
    sac_source_add_note (source,
                         "further pictures in the file (%d) cannot be shown",
                         state->pages->alone_count);
  if (state->pages->stated > pages)
    sac_source_add_note (source,
                         "it is a stack of %u slices, says ImageJ, but lists "
                         "%u: the others cannot be shown; save them as pages "
                         "of their own",
                         state->pages->stated, pages);
  if (state->pages->is_cut)
    sac_source_add_note (source, "the file is damaged behind this picture: "
                                 "further pages or levels may be missing");
}

/* What a reader would not see of the samples. */
static void
note_samples (SacSource *source, const SacTiffLayout *layout)
{
  uint32_t full = (1u << layout->bits) - 1;
  int used = layout->colors + (layout->alpha_sample > 0);

  if (layout->samples > used)
    sac_source_add_note (source,
                         "its pixels have %d samples, shown are %d: the file "
                         "does not "
                         "say what the others are",
                         layout->samples, used);
  if (layout->most > 0 && layout->most <= full / 2 &&
      (layout->kind == SAC_TIFF_GREY || layout->kind == SAC_TIFF_RGB))
    sac_source_add_note (source,
                         "its samples go to %u at most, says the file, of %u: "
                         "they are taken as they are, so it looks dark",
                         layout->most, full);
}

static void
take_scale (SacSource *source, SacTiffHandle *handle)
{
  SacTiffScale scale = sac_tiff_scale_read (handle, SAC_TIFF_MPP_MAX);

  sac_source_set_mpp (source, scale.x, scale.y);
}

/* Takes the state. */
static bool
fill_source (SacSource *source, State *taken, GError **error)
{
  g_autoptr (State) state = taken;
  const SacTiffLevel *first = get_level (state, 0);

  if (!check_size (&first->layout, error) || !init_grids (state, error))
    return false;

  SacTiffHandle *handle =
    sac_tiff_file_take (state->file, first->directory, error);

  if (handle == NULL)
    return false;
  note_absent_tiles (source, state, handle);

  bool good = sac_tiff_file_enter (handle, first, error) &&
              sac_tiff_block_check_any (handle, &first->layout, error);

  if (good) {
    g_autoptr (GBytes) profile = sac_tiff_handle_dup_profile (handle);

    take_scale (source, handle);
    if (profile != NULL)
      source->to_srgb = sac_color_transform_new (profile);
  }
  sac_tiff_file_give_back (state->file, handle);
  if (!good)
    return false;
  source->is_fine = first->layout.bits == 16;
  if (first->layout.kind == SAC_TIFF_INKS)
    sac_source_note_inks (source);
  note_samples (source, &first->layout);
  note_other_pages (source, state);
  plan_levels (source, state);
  if (source->level_count > (int)state->page->len)
    state->overview =
      sac_tiff_overview_new (state->file, &state->grids[state->page->len - 1]);
  source->is_slide = true;
  source->format =
    g_strdup (state->page->len > 1 ? N_ ("TIFF pyramid") : "TIFF");
  source->state = g_steal_pointer (&state);
  return true;
}

/* What can be held whole, is. */
static bool
is_flat (const State *state, SacTiffHandle *handle)
{
  const SacTiffLevel *first = get_level (state, 0);
  const SacTiffLayout *layout = &first->layout;

  uint64_t pixels = (uint64_t)layout->width * layout->height;

  if (state->page->len > 1 || pixels > SAC_LIMIT_FLAT_TIFF_PIXELS ||
      (pixels > SAC_LIMIT_DENSE_TIFF_PIXELS && pixels / 64 > handle->size) ||
      handle->size > pixels * SAC_TIFF_SAMPLES_MAX * 2 + FLAT_SPARE_BYTES)
    return false;
  return !layout->tiled ||
         (MAX (layout->width, layout->height) <= FLAT_TILED_SIDE &&
          sac_tiff_file_enter (handle, first, NULL) &&
          sac_tiff_block_count_absent (handle, layout) == 0);
}

static bool
open_flat (SacSource *source,
           const char *path,
           const State *state,
           SacJob *job,
           GError **error)
{
  g_autoptr (GBytes) file = sac_decoders_read_file (path, job, error);
  g_auto (SacTiffHandle) handle = {0};
  const SacTiffLevel *level = get_level (state, 0);

  if (file == NULL || !sac_tiff_handle_open (&handle, file, error))
    return false;
  if (TIFFSetSubDirectory (handle.tiff, level->directory) != 1)
    return sac_tiff_handle_report (&handle, "a directory", error);

  g_autoptr (SacImage) image = sac_decode_tiff_page (&handle, job, error);

  if (image == NULL)
    return false;

  gsize size;
  const void *data = g_bytes_get_data (file, &size);

  /* Of the very bytes that were decoded: the file may change later. */
  g_autofree char *digest = sac_hash_bytes (data, size);

  sac_source_flat_init (source, image, "TIFF",
                        sac_source_name_hash ("sha256:", digest,
                                              state->page_number));
  note_samples (source, &level->layout);
  note_other_pages (source, state);
  if (TIFFSetSubDirectory (handle.tiff, level->directory) == 1)
    take_scale (source, &handle);
  return true;
}

static bool
choose_page (State *state, int page_number, GError **error)
{
  const GPtrArray *pages = state->pages->pages, *apart = state->pages->apart;
  guint index = (guint)page_number - 1;

  if (index >= pages->len + apart->len) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNREADABLE,
                 "there is no page %d: the file has %u", page_number,
                 pages->len + apart->len);
    return false;
  }
  state->page_number = page_number;
  state->page = index < pages->len
                  ? g_ptr_array_index (pages, index)
                  : g_ptr_array_index (apart, index - pages->len);
  state->orientation = get_level (state, 0)->layout.orientation;
  return true;
}

static bool
is_tiff_file (const char *path)
{
  uint8_t head[8];
  FILE *file =
    g_file_test (path, G_FILE_TEST_IS_REGULAR) ? fopen (path, "rbe") : NULL;
  size_t size = file != NULL ? fread (head, 1, sizeof head, file) : 0;

  if (file != NULL)
    fclose (file);
  return sac_file_kind_is_tiff (head, size);
}

static bool
open_tiff (SacSource *source, const char *path, SacJob *job, GError **error)
{
  int page_number;
  g_autofree char *file = sac_source_split_page (path, &page_number);

  if (!is_tiff_file (file))
    return false;

  g_autoptr (State) state = g_new0 (State, 1);

  state->file = sac_tiff_file_new (file);

  SacTiffHandle *handle = sac_tiff_file_take (state->file, 0, error);

  if (handle == NULL)
    return false;
  state->pages = sac_tiff_pages_read (handle, SAC_TIFF_PICTURE, job, error);

  bool flat = state->pages != NULL && choose_page (state, page_number, error) &&
              is_flat (state, handle);

  sac_tiff_file_give_back (state->file, handle);
  if (state->page == NULL)
    return false;
  if (flat)
    return open_flat (source, file, state, job, error);
  return fill_source (source, g_steal_pointer (&state), error);
}

static char *
hash_tiff (SacSource *source)
{
  const State *state = source->state;
  g_autofree char *path = sac_source_split_page (source->path, NULL);
  g_autofree char *quickhash = sac_slide_properties_read_quickhash (path);

  if (quickhash != NULL)
    return sac_source_name_hash ("quickhash-1:", quickhash, state->page_number);

  g_autofree char *digest = sac_hash_file (path, NULL, NULL);

  return digest != NULL
           ? sac_source_name_hash ("sha256:", digest, state->page_number)
           : g_strdup ("unknown: the file cannot be read again");
}

static void
close_tiff (SacSource *source)
{
  free_state (source->state);
}

const SacSourceBackend sac_source_tiff = {
  "TIFF", open_tiff, read_tiff, hash_tiff, close_tiff,
};
