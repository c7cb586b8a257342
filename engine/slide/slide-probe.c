/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Whether what a network gives for a tile depends on the others of its batch.
 */
#include "slide/slide-model.h"

#include "base/error.h"
#include "base/random.h"
#include "network/preprocess.h"

#include <math.h>
#include <string.h>

/* Of the largest number: rounding is far below, mixing far above. */
#define TOLERANCE 1e-4

#define SEED 1

bool
sac_slide_model_fill_noise (const SacSlideModel *self,
                            SacTensor *batch,
                            size_t index,
                            uint64_t seed,
                            GError **error)
{
  const SacManifestInput *input = self->input;
  g_autoptr (SacImage) image =
    sac_image_new (input->width, input->height, error);
  SacRandom random = sac_random_new (seed, 0);

  for (int i = 0; image != NULL && i < image->width * image->height; i++)
    image->pixels[i] =
      0xff000000u | (uint32_t)(sac_random_next (&random) >> 40);
  return image != NULL &&
         sac_preprocess_fill (input, image, batch, index, error);
}

/* ret_numbers, ret_features: of the first sample, which is always the same. */
static bool
run_beside (const SacSlideModel *self,
            SacTensor *batch,
            uint64_t seed,
            float *ret_numbers,
            float *ret_features,
            SacJob *job,
            GError **error)
{
  for (size_t i = 1; i < self->batch_size; i++)
    if (!sac_slide_model_fill_noise (self, batch, i, seed + i, error))
      return false;
  return sac_slide_model_fill_noise (self, batch, 0, SEED, error) &&
         sac_slide_model_run (self, batch, ret_numbers, ret_features, job,
                              error);
}

static bool
differ (const float *a, const float *b, size_t count)
{
  double largest = 0, difference = 0;

  for (size_t i = 0; i < count; i++) {
    if (isnan (a[i]) != isnan (b[i]))
      return true;
    largest = fmax (largest, fabs (a[i]));
    difference = fmax (difference, fabs ((double)a[i] - b[i]));
  }
  return difference > TOLERANCE * largest;
}

/* With a plan for at least two samples. */
static bool
look (const SacSlideModel *self, bool *ret_mixes, SacJob *job, GError **error)
{
  size_t size = self->batch_size;
  g_autoptr (SacTensor) batch = sac_slide_model_new_batch (self, size, error);
  g_autofree float *numbers = g_new0 (float, 2 * size * self->width + 1);
  g_autofree float *features =
    g_new0 (float, 2 * size * self->feature_count + 1);
  float *more_numbers = numbers + size * self->width;
  float *more_features = features + size * self->feature_count;

  if (batch == NULL ||
      !run_beside (self, batch, SEED + size, numbers, features, job, error) ||
      !run_beside (self, batch, SEED + 2 * size, more_numbers, more_features,
                   job, error))
    return false;
  *ret_mixes = differ (numbers, more_numbers, self->width) ||
               differ (features, more_features, self->feature_count);
  return true;
}

bool
sac_slide_model_probe (SacSlideModel *self,
                       size_t wanted,
                       size_t *ret_batch_size,
                       SacJob *job,
                       GError **error)
{
  size_t fixed = sac_slide_model_get_fixed_batch (self);
  size_t size = fixed > 0 ? fixed : 2;
  bool mixes = false;

  *ret_batch_size = wanted;
  if (size < 2 || wanted < 2)
    return true;

  bool good = sac_slide_model_plan (self, size, job, error) &&
              look (self, &mixes, job, error);

  g_clear_pointer (&self->plan, sac_plan_unref);
  if (!good || !mixes)
    return good;
  if (fixed == 0) {
    self->is_single = true;
    *ret_batch_size = 1;
    return true;
  }

  g_autofree char *id = sac_network_escape (sac_model_get_id (self->model));

  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "%s mixes the tiles of a batch and takes exactly %zu, so that "
               "what it gives for a tile would depend on the others: export it "
               "for single tiles, normalising as when it is used, not trained",
               id, fixed);
  return false;
}
