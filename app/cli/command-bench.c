/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "cli.h"

#include "base/error.h"
#include "explain/cam-target.h"
#include "explain/method.h"
#include "network/model.h"
#include "network/plan-profile.h"
#include "tensor/gemm.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MOST_RUNS 100000

typedef struct {
  CliEngine engine;
  int batch;
  int repeat;
  gboolean grad_cam;
  gboolean gradient;
  gboolean layers;
  gboolean turns;
  const SacMethod *method; /* or NULL */
  gint64 start;            /* when the model began to be opened; microseconds */
} Options;

typedef struct {
  double *wall, *cpu;    /* milliseconds of each run; cpu: of all threads */
  double load, first;    /* from the start to the model, to the first result */
  double begun, partial; /* when the last run began; until a method of many
                            passes had something to show; 0: it had nothing */
} Times;

/* Every size unknown but the batch is the manifest's; the batch is asked for.
 */
static bool
bench_shape (SacModel *model, int batch, SacShape *ret_shape, GError **error)
{
  const SacGraph *graph = sac_network_get_graph (sac_model_get_network (model));
  const SacManifestInput *input = &sac_model_get_manifest (model)->inputs[0];
  const SacValue *value = &graph->values[graph->inputs[0]];
  int channels = input->channel_count;

  if (graph->input_count != 1 || input->width == 0 ||
      (value->has_shape && value->shape.rank != 4)) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
                 "%s: bench needs a model with one image input of known size",
                 sac_model_get_id (model));
    return false;
  }
  *ret_shape = input->nhwc
                 ? sac_shape_of (batch, input->height, input->width, channels)
                 : sac_shape_of (batch, channels, input->height, input->width);
  return true;
}

/* Any fixed input will do for timing; a ramp avoids denormals and zeros. */
static SacTensor *
ramp (const SacShape *shape, GError **error)
{
  SacTensor *tensor = sac_tensor_new (SAC_TYPE_FLOAT, shape, error);

  for (int64_t i = 0; tensor != NULL && i < sac_tensor_get_count (tensor); i++)
    sac_tensor_f32 (tensor)[i] = (float)(i % 255) / 127.5f - 1.0f;
  return tensor;
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

/* Linear interpolation between order statistics. */
static double
quantile (const double *sorted, int count, double share)
{
  double place = share * (count - 1);
  int below = (int)place;
  double part = place - below;

  return below + 1 < count
           ? sorted[below] * (1 - part) + sorted[below + 1] * part
           : sorted[below];
}

static void
set_quantile (JsonObject *object,
              const char *name,
              const double *sorted,
              int count,
              double q)
{
  sac_json_set_number (object, name, quantile (sorted, count, q));
}

/* The most memory this program has had so far, in KiB; getrusage() would count
 * what its parent had when it was started.  Returns: 0 when it is not known. */
static guint64
get_peak (void)
{
  g_autofree char *status = NULL;

  if (!g_file_get_contents ("/proc/self/status", &status, NULL, NULL))
    return 0;

  const char *line = strstr (status, "\nVmHWM:");

  return line != NULL ? g_ascii_strtoull (line + 7, NULL, 10) : 0;
}

static bool
report (const Times *times, const Options *options, GError **error)
{
  JsonObject *object = json_object_new ();
  int count = options->repeat;

  qsort (times->wall, count, sizeof (double), compare_doubles);
  qsort (times->cpu, count, sizeof (double), compare_doubles);
  set_quantile (object, "median_ms", times->wall, count, 0.5);
  set_quantile (object, "min_ms", times->wall, count, 0);
  set_quantile (object, "p25_ms", times->wall, count, 0.25);
  set_quantile (object, "p75_ms", times->wall, count, 0.75);
  set_quantile (object, "cpu_median_ms", times->cpu, count, 0.5);
  if (!options->turns) {
    sac_json_set_number (object, "load_ms", times->load);
    sac_json_set_number (object, "first_ms", times->first);
  }
  if (times->partial > 0)
    sac_json_set_number (object, "partial_ms", times->partial);
  if (get_peak () > 0)
    sac_json_set_number (object, "peak_mib", (double)get_peak () / 1024);
  json_object_set_int_member (object, "batch", options->batch);
  json_object_set_boolean_member (object, "gradcam", options->grad_cam);
  json_object_set_boolean_member (object, "gradient", options->gradient);
  cli_add_engine (object);
  json_object_set_string_member (object, "blas", sac_gemm_get_core ());
  return cli_print (object, error);
}

/* A plan for the gradient of the first output to the image. */
static SacPlan *
plan_gradient (SacModel *model,
               const SacShape *shape,
               SacJob *job,
               GError **error)
{
  SacNetwork *network = sac_model_get_network (model);
  const SacGraph *graph = sac_network_get_graph (network);
  const char *input[] = {graph->values[graph->inputs[0]].name, NULL};
  SacPlanRequest request = {
    .input_shapes = shape,
    .wrt = input,
    .target = graph->values[graph->outputs[0]].name,
  };

  return sac_plan_new (network, &request, job, error);
}

/* A plan that gives what Grad-CAM needs: the target layer and its gradient. */
static SacPlan *
plan_grad_cam (SacModel *model,
               const SacShape *shape,
               SacJob *job,
               GError **error)
{
  SacNetwork *network = sac_model_get_network (model);
  const SacGraph *graph = sac_network_get_graph (network);
  SacPlanRequest request = {.input_shapes = shape};
  g_autoptr (SacPlan) forward = sac_plan_new (network, &request, job, error);
  SacCamTarget target;

  if (forward == NULL ||
      !sac_cam_target_default (forward, network, sac_model_get_manifest (model),
                               &target, error))
    return NULL;

  const char *layer[] = {graph->values[target.value].name, NULL};

  request.captures = layer;
  request.wrt = layer;
  request.target = graph->values[graph->outputs[0]].name;
  request.gradient_sums = target.layout == SAC_LAYOUT_NCHW;
  return sac_plan_new (network, &request, job, error);
}

static SacPlan *
make_plan (SacModel *model,
           const SacShape *shape,
           const Options *options,
           SacJob *job,
           GError **error)
{
  SacPlanRequest request = {.input_shapes = shape};

  if (options->grad_cam)
    return plan_grad_cam (model, shape, job, error);
  if (options->gradient)
    return plan_gradient (model, shape, job, error);
  return sac_plan_new (sac_model_get_network (model), &request, job, error);
}

static double
get_wall (void)
{
  return g_get_monotonic_time () / 1000.0;
}

static double
get_cpu (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec * 1000.0 + now.tv_nsec / 1e6;
}

/* What is timed: a run of a plan, or a method from the input to the map. */
typedef struct {
  SacPlan *plan;
  SacRunParams params;
  const SacMethod *method;
  SacExplainRequest request;
} Task;

static bool
run_once (const Task *task, SacJob *job, GError **error)
{
  if (task->method != NULL) {
    g_autoptr (SacMap) map =
      sac_method_run (task->method, &task->request, job, error);

    return map != NULL;
  }

  g_autoptr (SacResult) result =
    sac_plan_run (task->plan, &task->params, job, error);

  return result != NULL;
}

/* What a method has while it is not done; the first time counts. */
static void
take_partial (SacMap *map, void *data)
{
  Times *times = data;

  if (times->partial == 0)
    times->partial = get_wall () - times->begun;
}

static bool
measure (const Task *task,
         const Options *options,
         Times *times,
         SacJob *job,
         GError **error)
{
  for (int i = -1; i < options->repeat; i++) { /* one run to warm up */
    double wall = get_wall (), cpu = get_cpu ();

    times->begun = wall;
    times->partial = 0;
    if (!run_once (task, job, error))
      return false;
    if (i < 0) {
      times->first = get_wall () - options->start / 1000.0;
      continue;
    }
    times->wall[i] = get_wall () - wall;
    times->cpu[i] = get_cpu () - cpu;
  }
  return true;
}

static int
compare_times (const void *a, const void *b)
{
  const SacStepTime *x = a, *y = b;

  return (x->cpu > y->cpu) - (x->cpu < y->cpu);
}

/* One line a step: its median time, by the processors' clock. */
static bool
report_layer (const SacPlan *plan,
              size_t step,
              const SacStepTime *time,
              GError **error)
{
  SacPlanStepInfo info = sac_plan_get_step (plan, step);
  JsonObject *object = json_object_new ();
  JsonArray *shape = json_array_new ();
  g_autofree char *node = sac_network_escape (info.node);

  for (int i = 0; i < info.shape.rank; i++)
    json_array_add_int_element (shape, info.shape.dims[i]);
  json_object_set_int_member (object, "step", (gint64)step);
  json_object_set_string_member (object, "op", info.op);
  json_object_set_string_member (object, "node", node);
  json_object_set_boolean_member (object, "reverse", info.reverse);
  json_object_set_string_member (object, "algorithm", info.algorithm);
  json_object_set_array_member (object, "shape", shape);
  sac_json_set_number (object, "ms", time->wall);
  sac_json_set_number (object, "cpu_ms", time->cpu);
  sac_json_set_number (object, "gflops",
                       time->cpu > 0 ? 2 * info.cost / time->cpu / 1e6 : 0);
  return cli_print (object, error);
}

static bool
bench_layers (Task *task, const Options *options, SacJob *job, GError **error)
{
  size_t count = sac_plan_get_step_count (task->plan);
  size_t repeat = (size_t)options->repeat;
  g_autofree SacStepTime *times = g_new0 (SacStepTime, count * repeat + 1);
  g_autofree SacStepTime *sorted = g_new (SacStepTime, repeat);

  for (size_t i = 0; i < repeat; i++) {
    task->params.step_times = times + i * count;
    if (!run_once (task, job, error))
      return false;
  }
  task->params.step_times = NULL;
  for (size_t step = 0; step < count; step++) {
    for (size_t i = 0; i < repeat; i++)
      sorted[i] = times[i * count + step];
    qsort (sorted, repeat, sizeof *sorted, compare_times);
    if (!report_layer (task->plan, step, &sorted[repeat / 2], error))
      return false;
  }
  return true;
}

/* Times so many runs, and says how long they took. */
static bool
take_turn (
  Task *task, const Options *options, double load, SacJob *job, GError **error)
{
  g_autofree double *wall = g_new0 (double, options->repeat);
  g_autofree double *cpu = g_new0 (double, options->repeat);
  Times times = {wall, cpu, load, 0};

  task->request.partial = take_partial;
  task->request.partial_data = &times;
  return measure (task, options, &times, job, error) &&
         (!options->layers || bench_layers (task, options, job, error)) &&
         report (&times, options, error);
}

/* The next line of standard input; false when there is none, or the job is
 * cancelled, which reading alone would not notice. */
static bool
read_line (char *line, int size, const SacJob *job)
{
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};

  while (poll (&input, 1, 100) < 1) {
    if (sac_job_is_cancelled (job))
      return false;
  }
  return fgets (line, size, stdin) != NULL;
}

/* A turn a line of standard input, which says of how many runs; between them
 * another program can have its own. */
static bool
take_turns (
  Task *task, const Options *options, double load, SacJob *job, GError **error)
{
  Options turn = *options;
  char line[32];

  setvbuf (stdin, NULL, _IONBF, 0); /* what is read ahead, poll cannot see */
  while (read_line (line, sizeof line, job)) {
    guint64 repeat;

    if (!g_ascii_string_to_unsigned (g_strchomp (line), 10, 1, MOST_RUNS,
                                     &repeat, NULL))
      return cli_usage_error (error, "--turns reads a number of runs a line");
    turn.repeat = (int)repeat;
    if (!take_turn (task, &turn, load, job, error))
      return false;
  }
  return sac_job_check (job, error);
}

static bool
bench (SacModel *model, const Options *options, SacJob *job, GError **error)
{
  SacShape shape;
  double load = get_wall () - options->start / 1000.0;

  if (!bench_shape (model, options->batch, &shape, error))
    return false;

  g_autoptr (SacPlan) plan = make_plan (model, &shape, options, job, error);
  g_autoptr (SacTensor) input = ramp (&shape, error);
  g_autoptr (SacTensor) cotangent = NULL;

  if (plan == NULL || input == NULL)
    return false;
  if (options->grad_cam || options->gradient) {
    cotangent = sac_plan_cotangent (plan, 0, error);
    if (cotangent == NULL)
      return false;
  }

  const SacTensor *inputs[] = {input};
  Task task = {
    .plan = plan,
    .params = {.inputs = inputs, .cotangent = cotangent},
    .method = options->method,
    .request = {.model = model, .inputs = inputs, .class_index = -1},
  };

  return (options->turns ? take_turns : take_turn) (&task, options, load, job,
                                                    error);
}

static bool
find_method (const char *name, const SacMethod **ret_method, GError **error)
{
  if (name == NULL)
    return true;
  *ret_method = sac_method_find (name);
  return *ret_method != NULL ||
         cli_usage_error (error, "there is no method \"%s\"", name);
}

static bool
run_bench (int argc, char **argv, SacJob *job, GError **error)
{
  Options options = {.batch = 1,
                     .repeat = 20,
                     .start = g_get_monotonic_time ()};
  g_auto (GStrv) rest = NULL;
  g_autofree char *method = NULL;
  GOptionEntry entries[] = {
    {"batch", 0, 0, G_OPTION_ARG_INT, &options.batch, "Images a run (1)", "N"},
    {"repeat", 0, 0, G_OPTION_ARG_INT, &options.repeat, "Runs to time (20)",
     "N"},
    {"gradcam", 0, 0, G_OPTION_ARG_NONE, &options.grad_cam,
     "Time a run that also gives what Grad-CAM needs", NULL},
    {"gradient", 0, 0, G_OPTION_ARG_NONE, &options.gradient,
     "Time a run that also gives the gradient to the image", NULL},
    {"method", 0, 0, G_OPTION_ARG_STRING, &method,
     "Time all of a method, from the input to the map", "NAME"},
    CLI_THREADS_ENTRY (&options.engine),
    CLI_EXACT_ENTRY (&options.engine),
    {"layers", 0, 0, G_OPTION_ARG_NONE, &options.layers,
     "Before the times of all, print one line a step", NULL},
    {"turns", 0, 0, G_OPTION_ARG_NONE, &options.turns,
     "Time as many runs as each line of standard input says", NULL},
    G_OPTION_ENTRY_NULL,
  };

  if (!cli_parse (&cli_bench, entries, argc, argv, &rest, error) ||
      !cli_set_engine (&options.engine, error))
    return false;
  if (g_strv_length (rest) != 1)
    return cli_usage_error (error, "give one model");
  if (options.batch < 1 || options.batch > 4096 || options.repeat < 1 ||
      options.repeat > MOST_RUNS)
    return cli_usage_error (error, "--batch takes a number from 1 to 4096, "
                                   "--repeat one from 1 to 100000");

  if (options.grad_cam + options.gradient + (method != NULL) > 1 ||
      (method != NULL && options.layers))
    return cli_usage_error (error, "give one of --gradcam, --gradient and "
                                   "--method; --layers is not for --method");
  if (!find_method (method, &options.method, error))
    return false;

  g_autoptr (SacModel) model = sac_model_open (rest[0], job, error);

  return model != NULL && bench (model, &options, job, error);
}

const CliCommand cli_bench = {
  .name = "bench",
  .usage =
    "MODEL [--batch N] [--threads N] [--repeat N] "
    "[--gradcam | --gradient | --method NAME] [--exact] [--layers] [--turns]",
  .summary = "Times a model: median, minimum and quartiles in milliseconds.",
  .run = run_bench,
};
