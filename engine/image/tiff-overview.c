/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/tiff-overview.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/pool.h"

#include <string.h>

/* Nothing smaller would spare much. */
#define FACTOR_MIN 4u

/* Pixels of the level that a patch covers to each side, about. */
#define PATCH_SIDE 1024u
#define PATCH_ROWS 256u

#define WAIT_US 20000

typedef enum { PATCH_NONE, PATCH_BUSY, PATCH_DONE, PATCH_BAD } PatchState;

struct SacTiffOverview {
  SacTiffFile *file;
  const SacTiffGrid *grid;
  uint32_t factor;
  uint32_t width, height;             /* of the overview */
  uint32_t patch_width, patch_height; /* of it, too */
  uint32_t across, down;              /* patches */
  GMutex mutex;                       /* guards what follows */
  GCond changed;
  SacImage *image; /* NULL: nothing has been asked for */
  uint8_t *states;
  char **reasons; /* why a patch is bad */
};

static uint32_t
divide_up (uint32_t a, uint32_t b)
{
  return a / b + (a % b != 0);
}

uint32_t
sac_tiff_overview_get_factor (const SacTiffLayout *layout)
{
  uint32_t factor = FACTOR_MIN;

  while ((uint64_t)divide_up (layout->width, factor) *
           divide_up (layout->height, factor) >
         SAC_LIMIT_OVERVIEW_PIXELS)
    factor *= 2;
  return factor;
}

/* Patches follow the pieces: of strips, a patch takes whole rows. */
static void
choose_patches (SacTiffOverview *overview)
{
  const SacTiffGrid *grid = overview->grid;
  uint32_t factor = overview->factor;
  bool is_strip = !grid->level->layout.tiled && !grid->direct;

  overview->patch_width = is_strip
                            ? overview->width
                            : divide_up (MAX (PATCH_SIDE, grid->width), factor);
  overview->patch_height =
    divide_up (MAX (is_strip ? PATCH_ROWS : PATCH_SIDE, grid->height), factor);
  overview->across = divide_up (overview->width, overview->patch_width);
  overview->down = divide_up (overview->height, overview->patch_height);
}

SacTiffOverview *
sac_tiff_overview_new (SacTiffFile *file, const SacTiffGrid *grid)
{
  const SacTiffLayout *layout = &grid->level->layout;
  SacTiffOverview *overview = g_new0 (SacTiffOverview, 1);

  overview->file = file;
  overview->grid = grid;
  overview->factor = sac_tiff_overview_get_factor (layout);
  overview->width = divide_up (layout->width, overview->factor);
  overview->height = divide_up (layout->height, overview->factor);
  choose_patches (overview);
  overview->states = g_new0 (uint8_t, overview->across * overview->down);
  overview->reasons = g_new0 (char *, overview->across * overview->down);
  g_mutex_init (&overview->mutex);
  g_cond_init (&overview->changed);
  return overview;
}

void
sac_tiff_overview_free (SacTiffOverview *overview)
{
  if (overview == NULL)
    return;
  for (uint32_t i = 0; i < overview->across * overview->down; i++)
    g_free (overview->reasons[i]);
  g_free (overview->reasons);
  g_free (overview->states);
  sac_image_unref (overview->image);
  g_cond_clear (&overview->changed);
  g_mutex_clear (&overview->mutex);
  g_free (overview);
}

static SacTiffPart
get_patch (const SacTiffOverview *overview, uint32_t index)
{
  uint32_t x = index % overview->across * overview->patch_width;
  uint32_t y = index / overview->across * overview->patch_height;

  return (SacTiffPart){x, y,
                       (int)MIN (overview->patch_width, overview->width - x),
                       (int)MIN (overview->patch_height, overview->height - y)};
}

/* Waits while another thread makes the patch.  Returns: true when the caller
 * has to make it. */
static bool
claim (SacTiffOverview *overview, uint32_t index, const SacJob *job)
{
  bool mine = false;

  g_mutex_lock (&overview->mutex);
  while (overview->states[index] == PATCH_BUSY && sac_job_check (job, NULL))
    g_cond_wait_until (&overview->changed, &overview->mutex,
                       g_get_monotonic_time () + WAIT_US);
  if (overview->states[index] == PATCH_NONE) {
    overview->states[index] = PATCH_BUSY;
    mine = true;
  }
  g_mutex_unlock (&overview->mutex);
  return mine;
}

static void
settle (SacTiffOverview *overview,
        uint32_t index,
        PatchState state,
        const GError *reason)
{
  g_mutex_lock (&overview->mutex);
  overview->states[index] = (uint8_t)state;
  if (reason != NULL && state == PATCH_BAD)
    overview->reasons[index] = g_strdup (reason->message);
  g_cond_broadcast (&overview->changed);
  g_mutex_unlock (&overview->mutex);
}

typedef struct {
  SacTiffOverview *overview;
  SacJob *job;
  uint32_t left, top, across; /* patches that are wanted */
} Making;

static void
make_patch (size_t index, void *data)
{
  const Making *making = data;
  SacTiffOverview *overview = making->overview;
  uint32_t column = making->left + (uint32_t)index % making->across;
  uint32_t row = making->top + (uint32_t)index / making->across;
  uint32_t patch = row * overview->across + column;
  SacTiffPart part = get_patch (overview, patch);
  g_autoptr (GError) reason = NULL;

  if (!sac_job_check (making->job, NULL) ||
      !claim (overview, patch, making->job))
    return;

  g_autoptr (SacImage) image =
    sac_tiff_file_shrink (overview->file, overview->grid, overview->factor,
                          &part, false, making->job, &reason);

  if (image == NULL) {
    settle (overview, patch,
            g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED)
              ? PATCH_NONE
              : PATCH_BAD,
            reason);
    return;
  }
  for (int y = 0; y < part.height; y++)
    memcpy (overview->image->pixels +
              (size_t)(part.y + (uint32_t)y) * overview->width + part.x,
            image->pixels + (size_t)y * (size_t)part.width,
            (size_t)part.width * sizeof (uint32_t));
  settle (overview, patch, PATCH_DONE, NULL);
}

static bool
check_patches (const Making *making, uint32_t count, GError **error)
{
  SacTiffOverview *overview = making->overview;
  bool good = true;

  g_mutex_lock (&overview->mutex);
  for (uint32_t i = 0; good && i < count; i++) {
    uint32_t patch = (making->top + i / making->across) * overview->across +
                     making->left + i % making->across;

    if (overview->states[patch] == PATCH_BAD) {
      g_set_error_literal (error, SAC_ERROR, SAC_ERROR_DAMAGED,
                           overview->reasons[patch]);
      good = false;
    }
  }
  g_mutex_unlock (&overview->mutex);
  return good && sac_job_check (making->job, error);
}

static bool
make_image (SacTiffOverview *overview, GError **error)
{
  g_mutex_lock (&overview->mutex);
  if (overview->image == NULL)
    overview->image = sac_image_new (overview->width, overview->height, error);

  bool made = overview->image != NULL;

  g_mutex_unlock (&overview->mutex);
  return made;
}

/* Makes what covers a part of the overview. */
static bool
make_part (SacTiffOverview *overview,
           const SacTiffPart *part,
           SacJob *job,
           GError **error)
{
  uint32_t right =
    (part->x + (uint32_t)part->width - 1) / overview->patch_width;
  uint32_t bottom =
    (part->y + (uint32_t)part->height - 1) / overview->patch_height;
  Making making = {overview, job, part->x / overview->patch_width,
                   part->y / overview->patch_height, 0};

  if (!make_image (overview, error))
    return false;
  making.across = right - making.left + 1;

  uint32_t count = making.across * (bottom - making.top + 1);

  sac_pool_run (count, make_patch, &making);
  return check_patches (&making, count, error);
}

/* Pixels of the level, along one axis, that pixel `index` of the overview
 * stands for: fewer at the edge. */
static uint64_t
count_covered (uint32_t index, uint32_t factor, uint32_t size)
{
  return MIN (factor, size - index * factor);
}

/* The mean of what lies below a pixel of a level `step` times coarser. */
static uint32_t
average (const SacTiffOverview *overview, uint32_t step, uint32_t x, uint32_t y)
{
  const SacTiffLayout *layout = &overview->grid->level->layout;
  uint32_t right = MIN (overview->width, (x + 1) * step);
  uint32_t bottom = MIN (overview->height, (y + 1) * step);
  uint64_t sums[3] = {0}, total = 0;

  for (uint32_t v = y * step; v < bottom; v++)
    for (uint32_t u = x * step; u < right; u++) {
      uint32_t pixel = overview->image->pixels[(size_t)v * overview->width + u];
      uint64_t weight = count_covered (u, overview->factor, layout->width) *
                        count_covered (v, overview->factor, layout->height);

      sums[0] += weight * (pixel >> 16 & 0xff);
      sums[1] += weight * (pixel >> 8 & 0xff);
      sums[2] += weight * (pixel & 0xff);
      total += weight;
    }
  return sac_pixel ((unsigned)((sums[0] + total / 2) / total),
                    (unsigned)((sums[1] + total / 2) / total),
                    (unsigned)((sums[2] + total / 2) / total));
}

SacImage *
sac_tiff_overview_read (SacTiffOverview *overview,
                        uint32_t factor,
                        const SacTiffPart *part,
                        SacJob *job,
                        GError **error)
{
  uint32_t step = factor / overview->factor;
  SacTiffPart own = {part->x * step, part->y * step, 0, 0};

  own.width = (int)MIN ((uint32_t)part->width * step, overview->width - own.x);
  own.height =
    (int)MIN ((uint32_t)part->height * step, overview->height - own.y);
  if (!make_part (overview, &own, job, error))
    return NULL;

  SacImage *image = sac_image_new (part->width, part->height, error);

  for (int y = 0; image != NULL && y < part->height; y++)
    for (int x = 0; x < part->width; x++)
      image->pixels[(size_t)y * (size_t)part->width + (size_t)x] =
        average (overview, step, part->x + (uint32_t)x, part->y + (uint32_t)y);
  return image;
}
