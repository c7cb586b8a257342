/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/phantom-clinical.h"

#include "base/error.h"
#include "base/pool.h"
#include "image/phantom-body.h"
#include "image/phantom-lesion.h"
#include "image/phantom-light.h"

#define BAND_ROWS 16
#define SAMPLES_MAX 8
#define SEED_GRAIN 61
#define PICK_VIEW 41
#define PICK_STRUCTURES 42

/* Samples are at most so wide, in the lesion's units, while there may be more
 * of them. */
#define SAMPLE_SIDE 20.0f

/* What a dermoscope is needed for. */
#define UNSEEN                                                                 \
  (1u << SAC_PHANTOM_NETWORK | 1u << SAC_PHANTOM_DOTS |                        \
   1u << SAC_PHANTOM_STREAKS | 1u << SAC_PHANTOM_VESSELS)

typedef struct {
  SacPhantomClinical *phantom;
  SacPhantomFrame frame; /* the lesion's, as this camera resolves it */
  SacPhantomLesion lesion;
  SacPhantomBody body;
  float turn_x, turn_y; /* the lesion's own x axis, as it is seen */
  float unit;           /* lengths in a pixel */
  int samples;
  float blur;        /* reach of the defocus in pixels */
  float noise;       /* of the camera */
  float (*light)[3]; /* [height][width] */
  SacNoiseFade fade;
  const SacJob *job;
} Scene;

static float
pick (const Scene *scene, int which, float low, float high)
{
  return sac_phantom_pick (&scene->frame, PICK_VIEW, which, low, high);
}

static unsigned
choose_structures (const Scene *scene)
{
  const SacPhantomClinicalParams *params = &scene->phantom->params;
  unsigned shown = 0, lesion = 1u << SAC_PHANTOM_CLINICAL_LESION,
           raised = 1u << SAC_PHANTOM_CLINICAL_RAISED;

  for (int i = 0; i < SAC_PHANTOM_CLINICAL_COUNT; i++)
    if (sac_phantom_pick (&scene->frame, PICK_STRUCTURES, i, 0, 1) <
        sac_phantom_clinical_structures[i].chance)
      shown |= 1u << i;
  shown = (shown | params->with) & ~params->without;
  return sac_phantom_shows (&scene->frame, SAC_PHANTOM_LESION)
           ? shown | lesion
           : shown & ~(lesion | raised);
}

/* What a pixel of the dermoscopy image becomes. */
static void
note_geometry (Scene *scene)
{
  SacPhantomClinical *phantom = scene->phantom;
  const SacPhantomDermoscopyParams *other = &phantom->params.dermoscopy;
  double side = MIN (other->width, other->height);
  double scale = 1000 / side / (double)scene->unit;
  double a = (double)scene->turn_x * scale, b = (double)scene->turn_y * scale;
  double x = (double)scene->lesion.x * side / 1000 - 0.5;
  double y = (double)scene->lesion.y * side / 1000 - 0.5;

  phantom->a = a;
  phantom->b = b;
  phantom->c = (double)(scene->body.x / scene->unit) - 0.5 - a * x + b * y;
  phantom->d = (double)(scene->body.y / scene->unit) - 0.5 - b * x - a * y;
}

static void
plan_scene (Scene *scene)
{
  SacPhantomClinical *phantom = scene->phantom;
  const SacPhantomClinicalParams *params = &phantom->params;
  SacPhantomBody *body = &scene->body;
  int side = MIN (params->width, params->height);
  SacPhantomSkin skin;

  sac_phantom_frame_plan (&scene->frame, &params->dermoscopy, 1);
  sac_phantom_skin_plan (&skin, &scene->frame);
  sac_phantom_lesion_plan (&scene->lesion, &scene->frame);

  float field = pick (scene, 0, 44, 80);
  float defocus = pick (scene, 1, 0, 1);

  phantom->mpp = (double)field * 1000 / side;
  scene->unit = field / (float)SAC_PHANTOM_FIELD_MM * 1000 / (float)side;
  scene->samples =
    CLAMP ((int)ceilf (scene->unit / SAMPLE_SIDE), 1, SAMPLES_MAX);
  scene->frame.soft = 0.5f * scene->unit / (float)scene->samples;
  scene->frame.shown &= ~UNSEEN;
  scene->blur = 1.1f + 0.016f * (float)side * defocus * defocus * defocus;
  scene->noise = pick (scene, 2, 0.008f, 0.030f);
  sac_phantom_turn (floorf (pick (scene, 3, 0, 256)), &scene->turn_x,
                    &scene->turn_y);
  phantom->defocus_px = (double)scene->blur;
  phantom->shown = choose_structures (scene);
  sac_noise_fade_init (&scene->fade);

  *body = (SacPhantomBody){
    .seed = sac_noise_hash (params->dermoscopy.seed, 2, 1),
    .shown = phantom->shown,
    .soft = scene->frame.soft,
    .side = (float)side * scene->unit,
    .width = (float)params->width * scene->unit,
    .height = (float)params->height * scene->unit,
  };
  body->x = body->width / 2 + body->side * pick (scene, 4, -0.08f, 0.08f);
  body->y = body->height / 2 + body->side * pick (scene, 5, -0.08f, 0.08f);
  sac_phantom_body_plan (body, &skin);
  note_geometry (scene);
}

/* A dome over the outline, without its frays. */
static float
find_height (const SacPhantomLesion *lesion, float x, float y, float lobes)
{
  float dx = x - lesion->x, dy = y - lesion->y;
  float u = (dx * lesion->axis_x + dy * lesion->axis_y) / lesion->reach_x;
  float v = (dy * lesion->axis_x - dx * lesion->axis_y) / lesion->reach_y;

  return sac_noise_step (-0.05f, 0.8f, 1 - sqrtf (u * u + v * v) + lobes);
}

/* Brighter towards the lamp, darker away from it, and a shadow beyond. */
static void
add_raised (
  const Scene *scene, float x, float y, float lobes, SacPhantomSight *sight)
{
  const SacPhantomLesion *lesion = &scene->lesion;
  float lamp_x =
    scene->body.lamp_x * scene->turn_x + scene->body.lamp_y * scene->turn_y;
  float lamp_y =
    scene->body.lamp_y * scene->turn_x - scene->body.lamp_x * scene->turn_y;
  float here = find_height (lesion, x, y, lobes);
  float slope = find_height (lesion, x - 22 * lamp_x, y - 22 * lamp_y, lobes) -
                find_height (lesion, x + 22 * lamp_x, y + 22 * lamp_y, lobes);
  float shadow = 0, lit, shine;

  for (int i = 1; i <= 5; i++) {
    float far = 34 * (float)i;
    float above =
      find_height (lesion, x + far * lamp_x, y + far * lamp_y, lobes) - here -
      0.15f * (float)i;

    shadow = MAX (shadow, above);
  }
  shadow = 0.62f * sac_noise_step (0, 0.28f, shadow);
  lit = sac_noise_clamp (-2.0f * slope, -0.45f, 0.40f);
  shine = 0.20f * sac_noise_step (0.16f, 0.40f, lit);
  if (fabsf (lit) + shadow < SAC_PHANTOM_LEAST)
    return;
  sight->found |= 1u << SAC_PHANTOM_CLINICAL_RAISED;
  sight->light *= (1 + lit) * (1 - shadow);
  sight->matter.shine += shine * (1 - shadow);
}

static void
add_lesion (const Scene *scene, float x, float y, SacPhantomSight *sight)
{
  const SacPhantomLesion *lesion = &scene->lesion;
  float dx = x - scene->body.x, dy = y - scene->body.y;
  float far = 2.7f * MAX (lesion->reach_x, lesion->reach_y) + 200;

  /* Neither the outline nor its shadow reaches further. */
  if (dx * dx + dy * dy > far * far)
    return;

  float own_x = lesion->x + dx * scene->turn_x + dy * scene->turn_y;
  float own_y = lesion->y + dy * scene->turn_x - dx * scene->turn_y;
  float lobes = sac_phantom_lesion_lobes (lesion, own_x, own_y);
  float depth = sac_phantom_lesion_depth (lesion, own_x, own_y, lobes);

  sac_phantom_lesion_add (lesion, own_x, own_y, depth, &sight->matter);
  if (depth > 0)
    sight->found |= 1u << SAC_PHANTOM_CLINICAL_LESION;
  if (sac_phantom_body_shows (&scene->body, SAC_PHANTOM_CLINICAL_RAISED))
    add_raised (scene, own_x, own_y, lobes, sight);
}

/* Returns: what is there, as bits. */
static unsigned
draw_sample (const Scene *scene, float x, float y, float *light)
{
  SacPhantomSight sight = {.light = 1};
  float color[3] = {0};

  sac_phantom_body_add_skin (&scene->body, x, y, &sight);
  if (sac_phantom_body_shows (&scene->body, SAC_PHANTOM_CLINICAL_LESION))
    add_lesion (scene, x, y, &sight);
  sac_phantom_body_add_cover (&scene->body, x, y, &sight);
  sac_phantom_light_add (&scene->fade, &sight.matter, sight.light,
                         scene->body.white, color);
  for (int i = 0; i < 3; i++)
    light[i] += color[i] * (1 - sight.cover[3]) +
                sac_noise_clamp (sight.cover[i] * scene->body.white[i], 0, 1);
  return sight.found;
}

static float
find_weight (float blur, int off)
{
  float far = (float)off / blur, near = 1 - far * far;

  return near > 0 ? near * near : 0;
}

/* Along the row, from the row itself. */
static void
blur_row (const Scene *scene, float (*row)[3], float (*made)[3])
{
  int width = scene->phantom->image->width, reach = (int)scene->blur;

  for (int x = 0; x < width; x++) {
    float sum[3] = {0}, all = 0;

    for (int k = -reach; k <= reach; k++) {
      const float *from = row[CLAMP (x + k, 0, width - 1)];
      float weight = find_weight (scene->blur, k);

      all += weight;
      for (int i = 0; i < 3; i++)
        sum[i] += weight * from[i];
    }
    for (int i = 0; i < 3; i++)
      made[x][i] = sum[i] / all;
  }
}

static void
draw_row (const Scene *scene, int y, float (*row)[3], uint16_t *found)
{
  int width = scene->phantom->image->width, samples = scene->samples;
  float size = scene->unit / (float)samples;
  float share = 1 / (float)(samples * samples);

  for (int x = 0; x < width; x++) {
    float light[3] = {0};

    for (int i = 0; i < samples * samples; i++) {
      float column = (float)(x * samples + i % samples) + 0.5f;
      float line = (float)(y * samples + i / samples) + 0.5f;

      found[x] |=
        (uint16_t)draw_sample (scene, column * size, line * size, light);
    }
    for (int i = 0; i < 3; i++)
      row[x][i] = light[i] * share;
  }
}

static void
draw_band (size_t index, void *data)
{
  const Scene *scene = data;
  const SacImage *image = scene->phantom->image;
  size_t width = (size_t)image->width;
  int first = (int)index * BAND_ROWS;
  int last = MIN (first + BAND_ROWS, image->height);
  g_autofree float *row = g_new (float, 3 * width);

  for (int y = first; y < last && sac_job_check (scene->job, NULL); y++) {
    size_t at = (size_t)y * width;

    draw_row (scene, y, (float (*)[3])row, scene->phantom->structures + at);
    blur_row (scene, (float (*)[3])row, scene->light + at);
  }
}

static unsigned
to_level (float light)
{
  return (unsigned)(sac_noise_clamp (light, 0, 1) * 255 + 0.5f);
}

/* Down the columns, and the camera's noise. */
static void
finish_pixel (const Scene *scene, int x, int y)
{
  SacImage *image = scene->phantom->image;
  size_t width = (size_t)image->width;
  int reach = (int)scene->blur;
  float sum[3] = {0}, all = 0;
  unsigned levels[3];

  for (int k = -reach; k <= reach; k++) {
    size_t row = (size_t)CLAMP (y + k, 0, image->height - 1);
    const float *from = scene->light[row * width + (size_t)x];
    float weight = find_weight (scene->blur, k);

    all += weight;
    for (int i = 0; i < 3; i++)
      sum[i] += weight * from[i];
  }
  for (int i = 0; i < 3; i++) {
    uint64_t hash =
      sac_noise_hash (scene->body.seed + SEED_GRAIN + (uint64_t)i, x, y);
    float grain = sac_noise_unit (hash, 0) + sac_noise_unit (hash, 1) - 1;

    levels[i] = to_level (sum[i] / all + scene->noise * grain);
  }
  image->pixels[(size_t)y * width + (size_t)x] =
    sac_pixel (levels[0], levels[1], levels[2]);
}

static void
finish_band (size_t index, void *data)
{
  const Scene *scene = data;
  const SacImage *image = scene->phantom->image;
  int first = (int)index * BAND_ROWS;
  int last = MIN (first + BAND_ROWS, image->height);

  for (int y = first; y < last && sac_job_check (scene->job, NULL); y++)
    for (int x = 0; x < image->width; x++)
      finish_pixel (scene, x, y);
}

void
sac_phantom_clinical_free (SacPhantomClinical *phantom)
{
  if (phantom == NULL)
    return;
  g_clear_pointer (&phantom->image, sac_image_unref);
  g_free (phantom->structures);
  g_free (phantom);
}

SacPhantomClinical *
sac_phantom_clinical_draw (const SacPhantomClinicalParams *params,
                           SacJob *job,
                           GError **error)
{
  g_autoptr (SacPhantomClinical) phantom = g_new0 (SacPhantomClinical, 1);
  g_autofree Scene *scene = g_new0 (Scene, 1);

  phantom->params = *params;
  phantom->image = sac_image_new (params->width, params->height, error);
  if (phantom->image == NULL)
    return NULL;

  size_t pixels = (size_t)params->width * (size_t)params->height;
  size_t bands = (size_t)(params->height + BAND_ROWS - 1) / BAND_ROWS;
  g_autofree void *light = g_try_malloc_n (pixels, sizeof *scene->light);

  phantom->structures = g_try_new0 (uint16_t, pixels);
  if (light == NULL || phantom->structures == NULL) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "there is no memory for a clinical phantom of %d x %d pixels",
                 params->width, params->height);
    return NULL;
  }
  scene->phantom = phantom;
  scene->light = light;
  scene->job = job;
  plan_scene (scene);
  sac_pool_run (bands, draw_band, scene);
  sac_pool_run (bands, finish_band, scene);
  if (!sac_job_check (job, error))
    return NULL;
  for (size_t i = 0; i < pixels; i++)
    for (int k = 0; k < SAC_PHANTOM_CLINICAL_COUNT; k++)
      phantom->areas[k] += phantom->structures[i] >> k & 1;
  return g_steal_pointer (&phantom);
}
