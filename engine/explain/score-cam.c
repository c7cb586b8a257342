/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Score-CAM (Wang et al., 2020): the image is shown through each channel of a
 * layer, enlarged bilinearly and brought to 0 .. 1, and the channels are
 * weighted by what the score is then, through a softmax over the channels; the
 * score of the empty image, which the paper subtracts, cancels in it.  That
 * softmax lets one channel of many decide alone where logits differ by more
 * than a few: `weights` = increase takes max (0, score - score of the empty
 * image) instead. */
#include "explain/cam.h"
#include "explain/list.h"
#include "explain/trials.h"
#include "map/correlation.h"
#include "map/resample.h"

#include <math.h>

static const char *const weight_names[] = {"softmax", "increase", NULL};
static const char *const weight_labels[] = {N_ ("Softmax, as in the paper"),
                                            N_ (
                                              "Increase over the empty image"),
                                            NULL};

enum { WEIGHTS_SOFTMAX, WEIGHTS_INCREASE };

static const SacMethodParam params[] = {
  SAC_PARAM_RELU,
  {.name = "weights",
   .label = N_ ("How scores become weights"),
   .fallback = "softmax",
   .kind = SAC_PARAM_CHOICE,
   .choices = weight_names,
   .choice_labels = weight_labels},
  SAC_PARAM_BASELINE ("0"),
  {NULL},
};

typedef struct {
  const SacCamFound *found;
  const SacImageInput *image;
  const float *empty; /* the baseline */
  size_t *seen;       /* channels that show something */
  size_t seen_count;
  double *scores; /* one a channel, and that of the empty image */
} Work;

/* A channel of one value shows nothing: its image is the empty one. */
static void
find_seen (Work *work)
{
  const SacCamTarget *target = work->found->target;
  size_t cells = (size_t)target->rows * (size_t)target->columns;

  for (size_t k = 0; k < (size_t)target->channels; k++) {
    const float *plane = work->found->planes + k * cells;

    if (!sac_is_constant (plane, cells))
      work->seen[work->seen_count++] = k;
  }
}

static void
make_mask (const Work *work, size_t channel, float *mask)
{
  const SacCamTarget *target = work->found->target;
  int rows = target->rows, columns = target->columns;
  int64_t pixels = (int64_t)work->image->height * work->image->width;
  const float *plane = work->found->planes + channel * rows * columns;
  float low = INFINITY, high = -INFINITY;

  sac_resample_bilinear (plane, rows, columns, mask, work->image->height,
                         work->image->width);
  for (int64_t i = 0; i < pixels; i++) {
    low = mask[i] < low ? mask[i] : low;
    high = mask[i] > high ? mask[i] : high;
  }
  for (int64_t i = 0; i < pixels; i++)
    mask[i] = high > low ? (mask[i] - low) / (high - low) : 0;
}

static void
mask_image (size_t index, float *values, void *data)
{
  const Work *work = data;
  const SacImageInput *image = work->image;
  int64_t pixels = (int64_t)image->height * image->width;
  bool is_empty = index == work->seen_count;
  g_autofree float *mask = g_new (float, pixels);

  if (!is_empty)
    make_mask (work, work->seen[index], mask);
  for (int64_t c = 0; c < image->channels; c++) {
    for (int64_t i = 0; i < pixels; i++) {
      int64_t at = sac_image_input_at (image, c, i);
      float share = is_empty ? 0 : mask[i];

      values[at] = work->empty[at] + share * (values[at] - work->empty[at]);
    }
  }
}

static void
take (size_t index, double score, void *data)
{
  Work *work = data;
  size_t channels = (size_t)work->found->target->channels;

  if (index < work->seen_count) {
    work->scores[work->seen[index]] = score;
    return;
  }
  /* The last one, of the empty image. */
  work->scores[channels] = score;
  for (size_t k = 0, next = 0; k < channels; k++) {
    if (next < work->seen_count && work->seen[next] == k)
      next++;
    else
      work->scores[k] = score;
  }
}

static void
weigh_scores (const double *scores, int64_t count, int rule, double *weights)
{
  double largest = -INFINITY, sum = 0;

  if (rule == WEIGHTS_INCREASE) {
    /* NaN stays: a run gone wrong must not end as an empty map. */
    for (int64_t k = 0; k < count; k++) {
      weights[k] = scores[k] - scores[count];
      if (weights[k] < 0)
        weights[k] = 0;
    }
    return;
  }
  for (int64_t k = 0; k < count; k++)
    largest = fmax (largest, scores[k]);
  for (int64_t k = 0; k < count; k++) {
    weights[k] = exp (scores[k] - largest);
    sum += weights[k];
  }
  for (int64_t k = 0; k < count; k++)
    weights[k] /= sum;
}

static bool
weigh (const SacCamFound *found,
       double *ret_weights,
       SacJob *job,
       GError **error)
{
  const SacExplainRequest *request = found->run->request;
  int64_t channels = found->target->channels;
  SacImageInput image;

  if (!sac_image_input_find (found->run, &image, error))
    return false;

  g_autofree float *empty =
    sac_image_input_baseline (found->run, &image, &params[2]);
  g_autofree double *scores = g_new (double, channels + 1);
  g_autofree size_t *seen = g_new (size_t, channels);
  Work work = {.found = found,
               .image = &image,
               .empty = empty,
               .seen = seen,
               .scores = scores};
  SacTrials trials = {.alter = mask_image, .take = take, .data = &work};

  find_seen (&work);
  trials.count = work.seen_count + 1;
  if (!sac_trials_run (found->run, &image, &trials, job, error))
    return false;
  weigh_scores (scores, channels, sac_param_get_choice (request, &params[1]),
                ret_weights);
  return true;
}

static SacMap *
make (const SacExplainRequest *request, SacJob *job, GError **error)
{
  static const SacCamRule rule = {
    .weigh = weigh,
    .relu = params,
    .unit = N_ ("activation"),
  };

  return sac_cam_make (&rule, request, job, error);
}

const SacMethod sac_method_score_cam = {
  .name = "score-cam",
  .label = N_ ("Score-CAM"),
  .summary = N_ ("A layer's features, each weighted by the class score of the "
                 "image seen through it."),
  .source = "Wang et al., CVPR workshop 2020",
  .family = SAC_METHOD_CAM,
  .class_specific = true,
  .has_layer = true,
  .params = params,
  .make = make,
};
