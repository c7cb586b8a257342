/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Pictures that the program draws itself, as sources: the demo, and slides of
 * any size that can be slow or damaged on demand. */
#include "image/source-backend.h"

#include "base/error.h"
#include "image/noise.h"
#include "image/phantom-pattern.h"
#include "image/phantom-slide.h"
#include "image/phantom.h"

#include <math.h>
#include <string.h>

#define N_(text) text

#define DEMO_PREFIX "demo:"
#define SLIDE_PREFIX "demo:slide:"
#define LARGEST_SIDE 2000000
#define DERMOSCOPY_SEED 7
#define SLIDE_SEED 2
#define DEMO_WIDTH 1200
#define DEMO_HEIGHT 900

/* A lesion of 6 mm would fill a third of the picture's width. */
#define DEMO_DERMOSCOPY_MPP 15.0

#define COARSEST_SIDE 512
#define TILE_SIDE 256
#define SLIDE_MPP 0.5
#define SLIDE_OBJECTIVE 20

#define SLEEP_SLICE_US 5000

typedef struct {
  SacPhantomSlideParams params;
} State;

static bool
is_faulty (const SacPhantomSlideParams *params, int level, int64_t x, int64_t y)
{
  uint64_t hash =
    sac_noise_hash (params->seed ^ ((uint64_t)level + 1) * 0x5851f42d4c957f2du,
                    x, y);

  return (int)(hash % 1000) < params->fault_per_mille;
}

static bool
check_faults (const SacSource *source,
              int level,
              const SacRect *region,
              GError **error)
{
  const SacPhantomSlideParams *params = &((const State *)source->state)->params;
  int64_t right = ((int64_t)(region->x + region->width) - 1) / TILE_SIDE;
  int64_t bottom = ((int64_t)(region->y + region->height) - 1) / TILE_SIDE;

  for (int64_t y = (int64_t)region->y / TILE_SIDE; y <= bottom; y++)
    for (int64_t x = (int64_t)region->x / TILE_SIDE; x <= right; x++)
      if (is_faulty (params, level, x, y)) {
        sac_source_set_damaged (error, source, level, region,
                                "a fault made on purpose");
        return false;
      }
  return true;
}

static bool
wait_until (gint64 end, const SacJob *job, GError **error)
{
  for (gint64 now = g_get_monotonic_time (); now < end;
       now = g_get_monotonic_time ()) {
    if (!sac_job_check (job, error))
      return false;
    g_usleep ((gulong)MIN (SLEEP_SLICE_US, end - now));
  }
  return sac_job_check (job, error);
}

static bool
draw (const SacPhantomSlideParams *params,
      double downsample,
      int64_t x,
      int64_t y,
      SacImage *image,
      SacJob *job,
      GError **error)
{
  if (params->pattern_side == 0)
    return sac_phantom_slide_draw (params, downsample, x, y, image, job, error);
  sac_phantom_pattern_draw (params->pattern_side, downsample, x, y, image);
  return true;
}

static SacImage *
read_synthetic (SacSource *source,
                int level,
                int64_t x,
                int64_t y,
                int width,
                int height,
                SacJob *job,
                GError **error)
{
  const SacPhantomSlideParams *params = &((const State *)source->state)->params;
  gint64 end = g_get_monotonic_time () + (gint64)params->delay_ms * 1000;
  SacRect region = {(double)x, (double)y, width, height};
  g_autoptr (SacImage) image = sac_image_new (width, height, error);

  if (image == NULL)
    return NULL;
  if (!draw (params, source->levels[level].downsample, x, y, image, job,
             error) ||
      !wait_until (end, job, error) ||
      !check_faults (source, level, &region, error))
    return NULL;
  return g_steal_pointer (&image);
}

static char *
hash_synthetic (SacSource *source)
{
  const SacPhantomSlideParams *params = &((const State *)source->state)->params;
  g_autofree char *pattern =
    g_strdup_printf (":pattern%d", params->pattern_side);

  return g_strdup_printf ("demo:slide:%" G_GINT64_FORMAT "x%" G_GINT64_FORMAT
                          ":%d:%" G_GUINT64_FORMAT "%s%s",
                          params->width, params->height, params->level_step,
                          params->seed,
                          params->organ == SAC_PHANTOM_NODE ? ":node" : "",
                          params->pattern_side > 0 ? pattern : "");
}

static void
close_synthetic (SacSource *source)
{
  g_free (source->state);
}

static void
init_slide (SacSource *source, const SacPhantomSlideParams *params)
{
  State *state = g_new (State, 1);
  g_autoptr (GArray) levels =
    g_array_new (FALSE, FALSE, sizeof (SacSourceLevel));

  state->params = sac_phantom_slide_complete (params);

  int64_t width = state->params.width, height = state->params.height, step = 1;

  for (;;) {
    SacSourceLevel level = {MAX (1, width / step), MAX (1, height / step),
                            (double)step, TILE_SIDE, TILE_SIDE};

    g_array_append_val (levels, level);
    if (MAX (level.width, level.height) <= COARSEST_SIDE)
      break;
    step *= state->params.level_step;
  }
  source->state = state;
  source->is_slide = true;
  source->format = g_strdup (N_ ("synthetic"));
  source->mpp = SLIDE_MPP;
  source->objective = SLIDE_OBJECTIVE;

  int count = (int)levels->len;

  sac_source_take_levels (source,
                          (SacSourceLevel *)(void *)
                            g_array_free (g_steal_pointer (&levels), FALSE),
                          count);
}

SacSource *
sac_phantom_slide (const SacPhantomSlideParams *params)
{
  SacSource *source = sac_source_new (&sac_source_synthetic, "demo:slide");

  init_slide (source, params);
  return source;
}

static bool
open_dermoscopy (SacSource *source, GError **error)
{
  g_autoptr (SacImage) image =
    sac_phantom_dermoscopy (DEMO_WIDTH, DEMO_HEIGHT, DERMOSCOPY_SEED, NULL,
                            error);

  if (image == NULL)
    return false;
  sac_source_flat_init (source, image, N_ ("synthetic"),
                        g_strdup_printf ("demo:dermoscopy:%d",
                                         DERMOSCOPY_SEED));
  source->mpp = DEMO_DERMOSCOPY_MPP;
  return true;
}

/* "WIDTHxHEIGHT,NAME=NUMBER,...".  Returns: false when it is not. */
static bool
parse_slide (const char *text,
             SacPhantomSlideParams *ret_params,
             int *ret_border)
{
  SacPhantomSlideParams params = {.seed = SLIDE_SEED};
  int organ = SAC_PHANTOM_GUT;
  const struct {
    const char *name;
    int *place;
    int most;
  } options[] = {
    {"step", &params.level_step, 16},
    {"delay", &params.delay_ms, 60000},
    {"faults", &params.fault_per_mille, 1000},
    {"pattern", &params.pattern_side, LARGEST_SIDE},
    {"border", ret_border, LARGEST_SIDE},
    {"node", &organ, SAC_PHANTOM_NODE},
  };
  char *end;

  params.width = g_ascii_strtoll (text, &end, 10);
  if (*end != 'x')
    return false;
  params.height = g_ascii_strtoll (end + 1, &end, 10);
  if (params.width < 1 || params.height < 1 || params.width > LARGEST_SIDE ||
      params.height > LARGEST_SIDE)
    return false;
  while (*end == ',') {
    const char *name = end + 1;
    gsize i = 0;

    while (i < G_N_ELEMENTS (options) &&
           !(g_str_has_prefix (name, options[i].name) &&
             name[strlen (options[i].name)] == '='))
      i++;
    if (i == G_N_ELEMENTS (options))
      return false;

    gint64 value =
      g_ascii_strtoll (name + strlen (options[i].name) + 1, &end, 10);

    if (value < 0 || value > options[i].most)
      return false;
    *options[i].place = (int)value;
  }
  params.organ = (SacPhantomOrgan)organ;
  *ret_params = params;
  return *end == '\0';
}

static bool
open_synthetic (SacSource *source,
                const char *path,
                SacJob *job,
                GError **error)
{
  if (!g_str_has_prefix (path, DEMO_PREFIX))
    return false;
  if (g_str_equal (path, "demo:dermoscopy"))
    return open_dermoscopy (source, error);
  if (g_str_equal (path, "demo:slide")) {
    init_slide (source, &(SacPhantomSlideParams){.seed = SLIDE_SEED});
    return true;
  }

  SacPhantomSlideParams params;
  int border = 0;

  if (g_str_has_prefix (path, SLIDE_PREFIX) &&
      parse_slide (path + strlen (SLIDE_PREFIX), &params, &border)) {
    init_slide (source, &params);
    source->bounds =
      (SacRect){border, border, fmax ((double)params.width - 2.0 * border, 0),
                fmax ((double)params.height - 2.0 * border, 0)};
    return true;
  }
  g_set_error (error, SAC_ERROR, SAC_ERROR_UNREADABLE,
               "there is no such picture; there are demo:dermoscopy, "
               "demo:slide and demo:slide:WIDTHxHEIGHT");
  return false;
}

const SacSourceBackend sac_source_synthetic = {
  "synthetic", open_synthetic, read_synthetic, hash_synthetic, close_synthetic,
};
