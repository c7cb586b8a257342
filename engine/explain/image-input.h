/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The input image of a request as a tensor with known axes, and what altered
 * places are filled with. */
#ifndef SAC_EXPLAIN_IMAGE_INPUT_H
#define SAC_EXPLAIN_IMAGE_INPUT_H

#include "explain/params.h"
#include "explain/run.h"

typedef struct {
  const SacTensor *tensor;
  const float *values; /* of the sample that is explained */
  int64_t count;       /* elements of a sample */
  int64_t offset;      /* of the sample in the tensor */
  int64_t channels;
  int height, width;
  int64_t channel_stride, pixel_stride; /* in elements; pixels row by row */
} SacImageInput;

/* Errors: UNDEFINED (the request's input is no image). */
bool sac_image_input_find (const SacExplainRun *run,
                           SacImageInput *ret_image,
                           GError **error);

static inline int64_t
sac_image_input_at (const SacImageInput *image, int64_t channel, int64_t pixel)
{
  return channel * image->channel_stride + pixel * image->pixel_stride;
}

/* What stands where nothing is to be seen. */
#define SAC_PARAM_BASELINE(text)                                               \
  {                                                                            \
    .name = "baseline",                                                        \
    .label = N_ ("What stands for nothing; a number is in the network's "      \
                 "units"),                                                     \
    .fallback = text, .kind = SAC_PARAM_NUMBER, .min = -INFINITY,              \
    .max = INFINITY, .choices = sac_baseline_names,                            \
    .choice_labels = sac_baseline_labels                                       \
  }
extern const char *const sac_baseline_names[];
extern const char *const sac_baseline_labels[];

/* The whole sample as the parameter says.  Black and white are those of the
 * manifest's scale, mean and std.  Returns: a new array of `count` elements. */
float *sac_image_input_baseline (const SacExplainRun *run,
                                 const SacImageInput *image,
                                 const SacMethodParam *param);

/* A pass with gradients at altered values of the image. */
bool sac_image_input_pass (SacExplainRun *run,
                           const SacImageInput *image,
                           const float *values,
                           SacJob *job,
                           GError **error);
/* The same without: run->pass_value is the score. */
bool sac_image_input_score (SacExplainRun *run,
                            const SacImageInput *image,
                            const float *values,
                            SacJob *job,
                            GError **error);
/* Of the sample, after a pass with gradients.  Borrowed till the next. */
const float *sac_image_input_gradient (const SacExplainRun *run,
                                       const SacImageInput *image);

/* A map of the size of the image, one cell a pixel.  values: taken over. */
SacMap *sac_image_input_map (const SacExplainRun *run,
                             const SacImageInput *image,
                             float *values,
                             const char *unit);

#endif
