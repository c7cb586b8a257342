/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/phantom-dermoscopy.h"

#include "base/error.h"
#include "base/pool.h"
#include "image/phantom-artefact.h"
#include "image/phantom-lesion.h"
#include "image/phantom-light.h"
#include "image/phantom-skin.h"
#include "image/phantom.h"

#include <string.h>

#define BAND_ROWS 16
#define SLOW_STEP 8.0f
#define SEED_GRAIN 131

typedef struct {
  SacPhantomDermoscopy *phantom;
  SacPhantomFrame frame;
  float unit;  /* pixels in one length unit */
  int samples; /* of a pixel, along each side */
  SacPhantomSkin skin;
  SacPhantomLesion lesion;
  SacPhantomArtefacts artefacts;
  SacNoiseFade fade;
  int64_t (*counts)[SAC_PHANTOM_COLOR_COUNT + 1]; /* of samples, by band */
  const SacJob *job;
} Scene;

/* What changes so slowly that it is worked out at some columns of a line and
 * taken from between them. */
typedef struct {
  float tone, lobes;
} Slow;

/* One row of pixels while its samples are added up. */
typedef struct {
  float (*light)[3];
  uint16_t *found;
  int64_t *counts;
} Row;

static Slow
find_slow (const Scene *scene, float x, float y)
{
  return (Slow){sac_phantom_skin_tone (&scene->skin, x, y),
                sac_phantom_lesion_lobes (&scene->lesion, x, y)};
}

static void
draw_sample (
  const Scene *scene, float x, float y, const Slow *slow, Row *row, int column)
{
  SacPhantomMatter matter = {0};

  sac_phantom_skin_add (&scene->skin, x, y, slow->tone, &matter);
  if (sac_phantom_shows (&scene->frame, SAC_PHANTOM_LESION)) {
    float depth = sac_phantom_lesion_depth (&scene->lesion, x, y, slow->lobes);

    sac_phantom_lesion_add (&scene->lesion, x, y, depth, &matter);
    if (depth > 0)
      row->counts[sac_phantom_light_name (&matter)]++;
  }
  sac_phantom_artefacts_add (&scene->artefacts, x, y, &matter);
  sac_phantom_light_add (&scene->fade, &matter,
                         sac_phantom_skin_light (&scene->skin, x, y),
                         scene->skin.light, row->light[column]);
  row->found[column] |= (uint16_t)matter.found;
}

static void
draw_line (const Scene *scene, int line, Row *row)
{
  int count = scene->phantom->image->width * scene->samples;
  float size = 1 / (scene->unit * (float)scene->samples);
  int step = MAX (1, (int)(SLOW_STEP / size));
  float y = ((float)line + 0.5f) * size;
  Slow from = {0}, to = find_slow (scene, 0.5f * size, y);

  for (int i = 0; i < count; i++) {
    int into = i % step;

    if (into == 0) {
      from = to;
      to = find_slow (scene, ((float)(i + step) + 0.5f) * size, y);
    }

    float part = (float)into / (float)step;
    Slow slow = {from.tone + (to.tone - from.tone) * part,
                 from.lobes + (to.lobes - from.lobes) * part};

    draw_sample (scene, ((float)i + 0.5f) * size, y, &slow, row,
                 i / scene->samples);
  }
}

static unsigned
to_level (float light)
{
  return (unsigned)(sac_noise_clamp (light, 0, 1) * 255 + 0.5f);
}

/* The camera's noise does not depend on what it sees. */
static void
finish_row (const Scene *scene, int y, const Row *row)
{
  SacImage *image = scene->phantom->image;
  float share = 1 / (float)(scene->samples * scene->samples);
  float most = 0.014f * (1 - 0.8f * scene->frame.softness);

  for (int x = 0; x < image->width; x++) {
    uint64_t noise = sac_noise_hash (scene->frame.seed + SEED_GRAIN, x, y);
    float grain =
      (sac_noise_unit (noise, 0) + sac_noise_unit (noise, 1) - 1) * most;
    const float *light = row->light[x];

    image->pixels[(size_t)y * (size_t)image->width + (size_t)x] =
      sac_pixel (to_level (light[0] * share + grain),
                 to_level (light[1] * share + grain),
                 to_level (light[2] * share + grain));
  }
}

static void
draw_band (size_t index, void *data)
{
  const Scene *scene = data;
  const SacImage *image = scene->phantom->image;
  int first = (int)index * BAND_ROWS;
  int last = MIN (first + BAND_ROWS, image->height);
  g_autofree float *light = g_new (float, 3 * (size_t)image->width);

  for (int y = first; y < last && sac_job_check (scene->job, NULL); y++) {
    Row row = {
      .light = (float (*)[3])light,
      .found = scene->phantom->structures + (size_t)y * (size_t)image->width,
      .counts = scene->counts[index],
    };

    memset (light, 0, 3 * sizeof (float) * (size_t)image->width);
    for (int i = 0; i < scene->samples; i++)
      draw_line (scene, y * scene->samples + i, &row);
    finish_row (scene, y, &row);
  }
}

static void
plan_scene (Scene *scene)
{
  SacPhantomDermoscopy *phantom = scene->phantom;
  const SacPhantomDermoscopyParams *params = &phantom->params;
  SacPhantomFrame *frame = &scene->frame;

  scene->unit = (float)MIN (params->width, params->height) / 1000;
  scene->samples = scene->unit >= 0.6f ? 1 : 2;
  sac_phantom_frame_plan (frame, params, scene->samples);
  phantom->shown = frame->shown;
  phantom->asymmetry = frame->asymmetry;
  phantom->irregularity = frame->irregularity;
  phantom->mpp =
    SAC_PHANTOM_FIELD_MM * 1000 / MIN (params->width, params->height);
  sac_noise_fade_init (&scene->fade);
  sac_phantom_skin_plan (&scene->skin, frame);
  sac_phantom_lesion_plan (&scene->lesion, frame);
  sac_phantom_artefacts_plan (&scene->artefacts, frame);
}

static void
count_up (const Scene *scene, size_t bands)
{
  SacPhantomDermoscopy *phantom = scene->phantom;
  size_t pixels =
    (size_t)phantom->image->width * (size_t)phantom->image->height;
  int64_t counts[SAC_PHANTOM_COLOR_COUNT + 1] = {0}, all = 0;

  for (size_t i = 0; i < pixels; i++)
    for (int k = 0; k < SAC_PHANTOM_STRUCTURE_COUNT; k++)
      phantom->areas[k] += phantom->structures[i] >> k & 1;
  for (size_t i = 0; i < bands; i++)
    for (int k = 0; k <= SAC_PHANTOM_COLOR_COUNT; k++) {
      counts[k] += scene->counts[i][k];
      all += scene->counts[i][k];
    }
  for (int k = 0; k < SAC_PHANTOM_COLOR_COUNT; k++)
    phantom->colors[k] = all > 0 ? (double)counts[k] / (double)all : 0;
}

void
sac_phantom_dermoscopy_free (SacPhantomDermoscopy *phantom)
{
  if (phantom == NULL)
    return;
  g_clear_pointer (&phantom->image, sac_image_unref);
  g_free (phantom->structures);
  g_free (phantom);
}

SacPhantomDermoscopy *
sac_phantom_dermoscopy_draw (const SacPhantomDermoscopyParams *params,
                             SacJob *job,
                             GError **error)
{
  g_autoptr (SacPhantomDermoscopy) phantom = g_new0 (SacPhantomDermoscopy, 1);
  g_autofree Scene *scene = g_new0 (Scene, 1);

  phantom->params = *params;
  phantom->image = sac_image_new (params->width, params->height, error);
  if (phantom->image == NULL)
    return NULL;
  phantom->structures =
    g_try_new0 (uint16_t, (size_t)params->width * (size_t)params->height);
  if (phantom->structures == NULL) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "there is no memory for the masks of %d x %d pixels",
                 params->width, params->height);
    return NULL;
  }

  size_t bands = (size_t)(params->height + BAND_ROWS - 1) / BAND_ROWS;
  g_autofree void *counts = g_malloc0_n (bands, sizeof *scene->counts);

  scene->phantom = phantom;
  scene->counts = counts;
  scene->job = job;
  plan_scene (scene);
  sac_pool_run (bands, draw_band, scene);
  if (!sac_job_check (job, error))
    return NULL;
  count_up (scene, bands);
  return g_steal_pointer (&phantom);
}

SacImage *
sac_phantom_dermoscopy_get_mask (const SacPhantomDermoscopy *phantom,
                                 SacPhantomStructure structure,
                                 GError **error)
{
  return sac_phantom_mask_new (phantom->image, phantom->structures, structure,
                               error);
}

/* The demo's: a lesion with something to see in it, and hairs. */
SacImage *
sac_phantom_dermoscopy (
  int width, int height, uint64_t seed, SacImage **ret_mask, GError **error)
{
  SacPhantomDermoscopyParams params = {
    .width = width,
    .height = height,
    .seed = seed,
    .with = 1u << SAC_PHANTOM_LESION | 1u << SAC_PHANTOM_NETWORK |
            1u << SAC_PHANTOM_DOTS | 1u << SAC_PHANTOM_VEIL |
            1u << SAC_PHANTOM_HAIR,
    .without = 1u << SAC_PHANTOM_RULER | 1u << SAC_PHANTOM_BUBBLES |
               1u << SAC_PHANTOM_CORNERS,
    .asymmetry = -1,
    .irregularity = -1,
  };
  g_autoptr (SacPhantomDermoscopy) phantom =
    sac_phantom_dermoscopy_draw (&params, NULL, error);

  if (phantom == NULL)
    return NULL;
  if (ret_mask != NULL) {
    *ret_mask =
      sac_phantom_dermoscopy_get_mask (phantom, SAC_PHANTOM_LESION, error);
    if (*ret_mask == NULL)
      return NULL;
  }
  return sac_image_ref (phantom->image);
}
