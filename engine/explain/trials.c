/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/trials.h"

#include "base/pool.h"
#include "explain/trial-tail.h"

#include <math.h>
#include <string.h>

/* Elements of all images of a batch together: eight of 224 x 224 pixels.  Where
 * no more than these go into one, each thread runs images by itself: on its own
 * it waits for nobody, and what it works on stays in its cache; from where the
 * network has narrowed they go together (trial-tail.h).  Small images share a
 * batch all the way, because each read of the weights then serves them all. */
#define BATCH_ELEMENTS (8 * 3 * 224 * 224)
#define BATCH_LEAST 9
#define BATCH_MAX SAC_TRIALS_MOST

/* Images on their way at a time, each with memory of its own; fewer where they
 * never go together. */
#define LANES_MAX SAC_TRIALS_MOST
#define LANES_ALONE_MAX 8

/* Versions that go alone before there is a tail, which takes as long to make as
 * it takes for many: somebody waits for a first picture. */
#define LEAD 4

/* A batch of the tail with fewer than this part of it takes longer than these
 * do alone. */
#define LITTLE 3

/* Between two calls of `show`. */
#define SHOW_MICROSECONDS 200000

/* By how much the score of the image in a batch may differ from the one it has
 * alone: rounding of sums in another order, far below what a neighbour that
 * leaks into it does. */
#define SAME_SCORE 1e-3

typedef struct {
  SacExplainRun *run;
  const SacImageInput *image;
  const SacTrials *trials;
  SacPlan *plan;
  SacTrialTail *tail; /* NULL: the plan alone is run */
  size_t batch;
  size_t lane_count;
  SacTensor **inputs[LANES_MAX]; /* one per graph input, of the batch */
  gint64 shown;                  /* when, in microseconds */
} Work;

static void
work_clear (Work *work)
{
  for (size_t lane = 0; lane < LANES_MAX; lane++) {
    SacTensor **inputs = work->inputs[lane];

    for (size_t i = 0; inputs != NULL && i < work->run->graph->input_count; i++)
      g_clear_pointer (&inputs[i], sac_tensor_unref);
    g_clear_pointer (&work->inputs[lane], g_free);
  }
  work->lane_count = 0;
  g_clear_pointer (&work->plan, sac_plan_unref);
  g_clear_pointer (&work->tail, sac_trial_tail_free);
}

static const char *
score_name (const Work *work)
{
  return work->run->graph->values[work->run->score.value].name;
}

static SacPlan *
plan_batch (const Work *work, size_t batch, SacJob *job, GError **error)
{
  const SacExplainRun *run = work->run;
  size_t count = run->graph->input_count;
  g_autofree SacShape *shapes = g_new0 (SacShape, count);
  const char *captures[] = {score_name (work), NULL};
  const char *outputs[] = {NULL};

  for (size_t i = 0; i < count; i++) {
    shapes[i] = run->shapes[i];
    if (batch > 1)
      shapes[i].dims[0] = (int64_t)batch;
  }
  return sac_plan_get (run->network,
                       &(SacPlanRequest){
                         .input_shapes = shapes,
                         .outputs = outputs,
                         .captures = captures,
                       },
                       job, error);
}

/* One sample of each input, and scores by sample: else versions go alone. */
static bool
may_batch (const Work *work)
{
  const SacExplainRun *run = work->run;

  if (run->samples != 1)
    return false;
  for (size_t i = 0; i < run->graph->input_count; i++) {
    if (run->shapes[i].rank < 2 || run->shapes[i].dims[0] != 1)
      return false;
  }
  return true;
}

static size_t
wanted_batch (const Work *work)
{
  size_t fits = BATCH_ELEMENTS / work->image->count;

  if (fits < BATCH_LEAST)
    return 1;
  return MIN (MIN (fits, BATCH_MAX), work->trials->count + 1);
}

static bool
choose_plan (Work *work, size_t batch, SacJob *job, GError **error)
{
  work->batch = 1;
  if (batch > 1) {
    work->plan = plan_batch (work, batch, job, NULL);
    if (work->plan != NULL) {
      const SacValueInfo *info =
        sac_plan_get_info (work->plan, work->run->score.value);

      if (info->shape.rank > 1 && info->shape.dims[0] == (int64_t)batch &&
          sac_shape_size (&info->shape) == (int64_t)batch * work->run->classes)
        work->batch = batch;
      else
        g_clear_pointer (&work->plan, sac_plan_unref);
    }
  }
  if (work->plan == NULL)
    work->plan = plan_batch (work, 1, job, error);
  return work->plan != NULL;
}

/* Few versions are not worth the preparation. */
static bool
wants_tail (const Work *work)
{
  return work->batch == 1 && may_batch (work) && wanted_batch (work) == 1 &&
         work->trials->count >= 2 * LANES_MAX;
}

/* Every input of a lane as often as there are places in the batch. */
static bool
fill_lane (Work *work, size_t lane, GError **error)
{
  const SacExplainRun *run = work->run;
  SacTensor **inputs = g_new0 (SacTensor *, run->graph->input_count + 1);

  work->inputs[lane] = inputs;
  for (size_t i = 0; i < run->graph->input_count; i++) {
    const SacTensor *given = run->request->inputs[i];
    SacShape shape = given->shape;
    size_t bytes = sac_tensor_get_bytes (given);

    if (work->batch > 1)
      shape.dims[0] = (int64_t)work->batch;
    inputs[i] = sac_tensor_new (given->type, &shape, error);
    if (inputs[i] == NULL)
      return false;
    for (size_t k = 0; k < work->batch; k++)
      memcpy ((char *)inputs[i]->data + k * bytes, given->data, bytes);
  }
  return true;
}

static bool
add_lanes (Work *work, size_t count, GError **error)
{
  for (; work->lane_count < count; work->lane_count++) {
    if (!fill_lane (work, work->lane_count, error))
      return false;
  }
  return true;
}

/* Images by themselves have a thread each. */
static size_t
count_alone (void)
{
  return MIN (sac_pool_get_threads (), LANES_ALONE_MAX);
}

/* A batch has all threads. */
static bool
fill_inputs (Work *work, GError **error)
{
  return add_lanes (work, work->batch > 1 ? 1 : count_alone (), error);
}

/* From here on versions go together, where they can.  ret_alone: as many of the
 * last ones of `count` as are better off alone than in a batch with few others.
 */
static bool
add_tail (
  Work *work, size_t count, size_t *ret_alone, SacJob *job, GError **error)
{
  size_t batch;

  *ret_alone = 0;
  work->tail =
    sac_trial_tail_new (work->run, work->image->count, LANES_MAX, job);
  if (work->tail == NULL)
    return true;
  batch = sac_trial_tail_get_batch (work->tail);
  if (count % batch < batch / LITTLE)
    *ret_alone = count % batch;
  return add_lanes (work, batch, error);
}

static void
drop_tail (Work *work)
{
  g_clear_pointer (&work->tail, sac_trial_tail_free);
  work->lane_count = MIN (work->lane_count, count_alone ());
}

/* Where in the altered input of a lane place `k` of the batch lies. */
static float *
place (const Work *work, size_t lane, size_t k)
{
  float *start = sac_tensor_f32 (work->inputs[lane][work->run->request->input]);

  return start + (work->batch > 1 ? (int64_t)k * work->image->count
                                  : work->image->offset);
}

/* Version `index` in its place; beyond the last, and for those before the first
 * (index wraps), the image as it is. */
static void
set_version (const Work *work, size_t index, float *values)
{
  const SacTrials *trials = work->trials;

  memcpy (values, work->image->values, work->image->count * sizeof (float));
  if (index < trials->count)
    trials->alter (index, values, trials->data);
}

/* Runs what lies in a lane's inputs.  ret_scores: `batch` of them. */
static bool
run_lane (const Work *work,
          size_t lane,
          double *ret_scores,
          SacJob *job,
          GError **error)
{
  const SacExplainRun *run = work->run;
  SacRunParams params = {.inputs =
                           (const SacTensor *const *)work->inputs[lane]};
  g_autoptr (SacResult) result = sac_plan_run (work->plan, &params, job, error);

  if (result == NULL)
    return false;

  const float *numbers =
    sac_tensor_f32 (sac_result_get_value (result, score_name (work)));

  if (work->batch == 1)
    numbers += run->request->batch * run->classes;
  for (size_t k = 0; k < work->batch; k++)
    ret_scores[k] = sac_explain_run_score (run, numbers + k * run->classes);
  return true;
}

static void
report (Work *work, size_t done, SacJob *job)
{
  const SacTrials *trials = work->trials;
  gint64 now = g_get_monotonic_time ();

  sac_job_set_progress (job, (double)done / trials->count);
  if (trials->show == NULL || now - work->shown < SHOW_MICROSECONDS)
    return;
  work->shown = now;
  trials->show (done, trials->data);
}

/* Versions on their way together: one batch, or an image a lane. */
typedef struct {
  const Work *work;
  size_t first, end, skipped;
  double *scores;
  SacJob *job;
  GError *errors[LANES_MAX];
} Group;

static void
alter_place (size_t k, void *data)
{
  const Group *group = data;

  set_version (group->work, group->first + k - group->skipped,
               place (group->work, 0, k));
}

static void
run_alone (size_t lane, void *data)
{
  Group *group = data;
  const Work *work = group->work;
  size_t index = group->first + lane;

  if (index >= group->end)
    return;
  set_version (work, index, place (work, lane, 0));
  if (work->tail != NULL)
    sac_trial_tail_start (work->tail, lane,
                          (const SacTensor *const *)work->inputs[lane],
                          group->job, &group->errors[lane]);
  else
    run_lane (work, lane, &group->scores[lane], group->job,
              &group->errors[lane]);
}

/* The first of the lanes' errors. */
static bool
finish_alone (Group *group, GError **error)
{
  bool good = true;

  for (size_t lane = 0; lane < group->work->lane_count; lane++) {
    GError *own = g_steal_pointer (&group->errors[lane]);

    if (own == NULL)
      continue;
    if (good)
      g_propagate_error (error, own);
    else
      g_error_free (own);
    good = false;
  }
  return good;
}

/* Versions from `first` to `end`, as many as go together, those of a batch
 * behind `skipped` places that stay as they are. */
static bool
run_versions (Work *work,
              size_t first,
              size_t end,
              size_t skipped,
              double *scores,
              SacJob *job,
              GError **error)
{
  Group group = {.work = work,
                 .first = first,
                 .end = end,
                 .skipped = skipped,
                 .scores = scores,
                 .job = job};

  if (work->batch == 1) {
    sac_pool_run (work->lane_count, run_alone, &group);
    return finish_alone (&group, error) &&
           (work->tail == NULL ||
            sac_trial_tail_finish (work->tail, scores, job, error));
  }
  sac_pool_run (work->batch, alter_place, &group);
  return run_lane (work, 0, scores, job, error);
}

static size_t
take_versions (
  Work *work, size_t first, size_t end, size_t skipped, const double *scores)
{
  const SacTrials *trials = work->trials;

  size_t count = work->batch > 1 ? work->batch : work->lane_count;

  for (size_t k = skipped; k < count && first < end; k++)
    trials->take (first++, scores[k], trials->data);
  return first;
}

static bool
is_same (double a, double b)
{
  return (isnan (a) && isnan (b)) ||
         fabs (a - b) <= SAME_SCORE * (1 + fabs (b));
}

/* Versions from *done on to `end`, which is how many are done then. */
static bool
run_to (Work *work,
        size_t end,
        size_t *done,
        bool *ret_mixed,
        SacJob *job,
        GError **error)
{
  g_autofree double *scores = g_new (double, MAX (work->batch, LANES_MAX));
  size_t skipped = work->batch > 1 ? 1 : 0; /* the image as it is goes along */

  *ret_mixed = false;
  while (*done < end) {
    if (!run_versions (work, *done, end, skipped, scores, job, error))
      return false;
    if (skipped > 0 && !is_same (scores[0], work->run->value)) {
      *ret_mixed = true;
      return true;
    }
    *done = take_versions (work, *done, end, skipped, scores);
    skipped = 0;
    report (work, *done, job);
  }
  return true;
}

/* The first and the last versions alone, those between through the tail. */
static bool
run_through_tail (
  Work *work, size_t *done, bool *ret_mixed, SacJob *job, GError **error)
{
  size_t count = work->trials->count, alone;

  if (!run_to (work, LEAD, done, ret_mixed, job, error) ||
      !add_tail (work, count - LEAD, &alone, job, error) ||
      !run_to (work, count - alone, done, ret_mixed, job, error))
    return false;
  if (alone > 0)
    drop_tail (work);
  return true;
}

static bool
run_all (Work *work, bool *ret_mixed, SacJob *job, GError **error)
{
  size_t done = 0;

  if (wants_tail (work) &&
      !run_through_tail (work, &done, ret_mixed, job, error))
    return false;
  return run_to (work, work->trials->count, &done, ret_mixed, job, error);
}

static bool
run_with (
  Work *work, size_t batch, bool *ret_mixed, SacJob *job, GError **error)
{
  bool good = choose_plan (work, batch, job, error) &&
              fill_inputs (work, error) &&
              run_all (work, ret_mixed, job, error);

  work_clear (work);
  return good;
}

bool
sac_trials_run (SacExplainRun *run,
                const SacImageInput *image,
                const SacTrials *trials,
                SacJob *job,
                GError **error)
{
  Work work = {.run = run, .image = image, .trials = trials};
  bool mixed = false;

  if (trials->count == 0)
    return true;
  if (!run_with (&work, may_batch (&work) ? wanted_batch (&work) : 1, &mixed,
                 job, error))
    return false;
  return !mixed || run_with (&work, 1, &mixed, job, error);
}
