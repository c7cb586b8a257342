/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Flat images too large to be held: decoded once, row by row, into a temporary
 * file of levels, and then read by regions as slides are.  Memory is bounded by
 * some rows, whatever the size of the picture. */
#include "image/source-backend.h"

#include "base/error.h"
#include "base/file-kind.h"
#include "base/hash.h"
#include "base/limits.h"
#include "image/decoders.h"
#include "image/level-store.h"
#include "image/orient.h"

#include <string.h>
#include <sys/stat.h>

typedef struct {
  SacLevelStore *store;
  int64_t width, height; /* as stored */
  int orientation;
  struct stat status; /* of the file that was read */
} State;

typedef struct {
  SacRowTarget target; /* first: decoders hand back its address */
  State *state;
  SacJob *job;
  int64_t row;
  int64_t held_max;
  bool is_small; /* others hold such images whole */
} Filling;

static bool
begin (SacRowTarget *target, int64_t width, int64_t height, GError **error)
{
  Filling *filling = (Filling *)target;
  State *state = filling->state;

  filling->is_small = width <= filling->held_max / height;
  if (filling->is_small) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED, "it is small");
    return false;
  }
  state->width = width;
  state->height = height;
  state->store = sac_level_store_new (width, height, NULL, error);
  return state->store != NULL;
}

static bool
put (SacRowTarget *target, const uint32_t *pixels, GError **error)
{
  Filling *filling = (Filling *)target;

  sac_job_set_progress (filling->job,
                        (double)filling->row / (double)filling->state->height);
  filling->row++;
  return sac_level_store_put_row (filling->state->store, pixels, error);
}

static void
free_state (State *state)
{
  sac_level_store_free (state->store);
  g_free (state);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (State, free_state)

static SacImage *
read_stored (SacSource *source,
             int level,
             int64_t x,
             int64_t y,
             int width,
             int height,
             SacJob *job,
             GError **error)
{
  State *state = source->state;
  SacOrientPart part = {x, y, width, height};
  g_autoptr (GError) reason = NULL;
  int64_t level_width, level_height;

  sac_level_store_get_size (state->store, level, &level_width, &level_height);
  part =
    sac_orient_find_part (&part, state->orientation, level_width, level_height);

  SacImage *image =
    sac_level_store_read (state->store, level, part.x, part.y, (int)part.width,
                          (int)part.height, &reason);

  if (image != NULL)
    return sac_orient_apply (image, state->orientation, error);

  SacRect region = {(double)x, (double)y, width, height};

  sac_source_propagate (error, source, level, &region,
                        g_steal_pointer (&reason));
  return NULL;
}

static void
fill_levels (SacSource *source, const State *state)
{
  int count = sac_level_store_get_count (state->store);
  SacSourceLevel *levels = g_new0 (SacSourceLevel, count);

  for (int i = 0; i < count; i++) {
    int64_t width, height;

    sac_level_store_get_size (state->store, i, &width, &height);
    if (sac_orient_is_turned (state->orientation))
      levels[i] = (SacSourceLevel){.width = height, .height = width};
    else
      levels[i] = (SacSourceLevel){.width = width, .height = height};
    levels[i].downsample = (double)((int64_t)1 << i);
    levels[i].made = i > 0;
  }
  sac_source_take_levels (source, levels, count);
}

static void
fill_source (SacSource *source, State *state, const char *format)
{
  g_autofree char *size =
    g_format_size (sac_level_store_get_bytes (state->store));

  source->is_slide = true;
  source->format = g_strdup (format);
  source->state = state;
  fill_levels (source, state);
  sac_source_add_note (source,
                       "too large to be held: %s of it are kept in a temporary "
                       "file while it is open",
                       size);
}

/* Returns: NULL when the file is of no kind that can be read by rows. */
static const SacDecoder *
find_decoder (FILE *file)
{
  uint8_t head[SAC_FILE_KIND_BYTES];
  size_t size = fread (head, 1, sizeof head, file);
  const SacDecoder *decoder = sac_decoder_find (head, size);

  return decoder != NULL && decoder->read_rows != NULL ? decoder : NULL;
}

static bool
open_file (
  SacSource *source, FILE *file, int64_t held_max, SacJob *job, GError **error)
{
  g_autoptr (State) state = g_new0 (State, 1);
  Filling filling =
    {{begin, put, 1, NULL, false}, state, job, 0, held_max, false};
  const SacDecoder *decoder = find_decoder (file);
  g_autoptr (GError) reason = NULL;

  if (decoder == NULL || fstat (fileno (file), &state->status) != 0)
    return false;

  bool done = decoder->read_rows (file, &filling.target, job, &reason);
  g_autoptr (GBytes) icc = filling.target.icc;

  if (done) {
    state->orientation = filling.target.orientation;
    if (icc != NULL)
      source->to_srgb = sac_color_transform_new (icc);
    fill_source (source, g_steal_pointer (&state), decoder->name);
    source->is_fine = filling.target.is_fine;
    source->clear = filling.target.clear;
    if (filling.target.from_inks)
      sac_source_note_inks (source);
    return true;
  }
  /* What is wrong with a small one, or with a header, its decoder says. */
  if (!filling.is_small &&
      (state->width > 0 ||
       !g_error_matches (reason, SAC_ERROR, SAC_ERROR_DAMAGED)))
    g_propagate_error (error, g_steal_pointer (&reason));
  return false;
}

bool
sac_source_stored_open (SacSource *source,
                        const char *path,
                        int64_t held_max,
                        SacJob *job,
                        GError **error)
{
  FILE *file =
    g_file_test (path, G_FILE_TEST_IS_REGULAR) ? fopen (path, "rbe") : NULL;

  if (file == NULL)
    return false;

  bool opened = open_file (source, file, held_max, job, error);

  fclose (file);
  return opened;
}

static bool
open_stored (SacSource *source, const char *path, SacJob *job, GError **error)
{
  return sac_source_stored_open (source, path, SAC_LIMIT_HELD_PIXELS, job,
                                 error);
}

/* Of the file that was read, if it is still there. */
static char *
hash_stored (SacSource *source)
{
  const State *state = source->state;
  g_autofree char *digest = NULL;
  struct stat status;

  if (stat (source->path, &status) == 0 &&
      status.st_size == state->status.st_size &&
      status.st_mtim.tv_sec == state->status.st_mtim.tv_sec &&
      status.st_mtim.tv_nsec == state->status.st_mtim.tv_nsec)
    digest = sac_hash_file (source->path, NULL, NULL);
  return digest != NULL ? g_strconcat ("sha256:", digest, NULL)
                        : g_strdup ("unknown: the file has changed");
}

static void
close_stored (SacSource *source)
{
  free_state (source->state);
}

const SacSourceBackend sac_source_stored = {
  "large image", open_stored, read_stored, hash_stored, close_stored,
};
