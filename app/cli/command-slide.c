/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "slide-job.h"

#include "base/error.h"
#include "case.h"
#include "explanation.h"
#include "network/plan-profile.h"
#include "report/run-files.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define REPORT_SECONDS 1.0
#define DEFAULT_SHARE 0.05
#define DEFAULT_POSITIVE 0.5
#define DEFAULT_TOP 10

typedef struct {
  CliSlideOptions own;
  GHashTable *params;
  GPtrArray *models; /* of SacModel */
  GArray *methods;   /* of SacSlideMethod */
  SacSource *source;
  SacTissue *tissue;
} Work;

static void
work_clear (Work *work)
{
  g_clear_pointer (&work->params, g_hash_table_unref);
  g_clear_pointer (&work->models, g_ptr_array_unref);
  g_clear_pointer (&work->methods, g_array_unref);
  g_clear_pointer (&work->source, sac_source_unref);
  g_clear_pointer (&work->tissue, sac_tissue_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Work, work_clear)

static bool
open_models (Work *work,
             const CliSlideOptions *options,
             SacJob *job,
             GError **error)
{
  g_auto (GStrv) more =
    g_strsplit (options->models != NULL ? options->models : "", ",", -1);

  work->models =
    g_ptr_array_new_with_free_func ((GDestroyNotify)sac_model_unref);
  for (int i = -1; i < (int)g_strv_length (more); i++) {
    SacModel *model =
      sac_model_open (i < 0 ? options->model : more[i], job, error);

    if (model == NULL)
      return false;
    g_ptr_array_add (work->models, model);
  }
  return true;
}

static bool
find_methods (Work *work, const CliSlideOptions *options, GError **error)
{
  work->params =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  work->methods = g_array_new (FALSE, TRUE, sizeof (SacSlideMethod));
  for (size_t i = 0; options->params != NULL && options->params[i] != NULL;
       i++) {
    char *key, *value;

    if (!cli_split_assignment (options->params[i], "--param", &key, &value,
                               error))
      return false;
    g_hash_table_insert (work->params, key, value);
  }
  if (options->methods == NULL)
    return true;

  g_autoptr (GPtrArray) methods = cli_find_methods (options->methods, error);

  for (guint i = 0; methods != NULL && i < methods->len; i++) {
    SacSlideMethod method = {methods->pdata[i], options->class, options->layer,
                             work->params};

    g_array_append_val (work->methods, method);
  }
  return methods != NULL;
}

/* The slide's micrometres; the run itself says when there are none. */
static double
get_mpp (const Work *work, const CliSlideOptions *options)
{
  return options->mpp > 0 ? options->mpp : sac_source_get_mpp (work->source);
}

static bool
find_tissue (Work *work,
             const CliSlideOptions *options,
             SacJob *job,
             GError **error)
{
  double mpp = get_mpp (work, options);
  SacTissueParams params = {
    .threshold = options->threshold,
    .closing =
      options->closing >= 0 ? options->closing : sac_tissue_defaults.closing,
    .min_area =
      options->min_area >= 0 ? options->min_area : sac_tissue_defaults.min_area,
  };

  if (options->all || mpp <= 0)
    return true;
  work->tissue =
    options->tissue != NULL
      ? sac_tissue_read (options->tissue, work->source, mpp, job, error)
      : sac_tissue_find (work->source, mpp, &params, job, error);
  if (work->tissue != NULL && work->tissue->unread_count > 0)
    g_printerr ("slide: %d parts of the overview cannot be read and count as "
                "tissue\n",
                work->tissue->unread_count);
  return work->tissue != NULL;
}

/* "2/8".  Returns: false with a usage error. */
static bool
parse_shard (const char *text, SacSlideParams *params, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text != NULL ? text : "1/1", "/", -1);
  guint64 shard, count;

  if (g_strv_length (parts) == 2 &&
      g_ascii_string_to_unsigned (parts[1], 10, 1, 1 << 20, &count, NULL) &&
      g_ascii_string_to_unsigned (parts[0], 10, 1, count, &shard, NULL)) {
    params->shard = shard;
    params->shard_count = count;
    return true;
  }
  return cli_usage_error (error, "--shard takes I/N, from 1/N to N/N, not %s",
                          text);
}

static bool
fill_params (const Work *work,
             const CliSlideOptions *options,
             SacSlideParams *params,
             GError **error)
{
  *params = (SacSlideParams){
    .source = work->source,
    .mpp = options->mpp,
    .model_mpp = options->model_mpp,
    .models = (SacModel *const *)work->models->pdata,
    .model_count = work->models->len,
    .methods = (const SacSlideMethod *)(void *)work->methods->data,
    .method_count = work->methods->len,
    .tissue = work->tissue,
    .least_share = options->share,
    .stride = options->stride,
    .batch_size = (size_t)options->batch,
    .folder = options->out,
  };
  if (options->region != NULL &&
      !cli_parse_region (options->region, &params->region, error))
    return false;
  if (options->edge != NULL &&
      !sac_tile_edge_find (options->edge, &params->edge))
    return cli_usage_error (error, "--edge takes pad or inside, not \"%s\"",
                            options->edge);
  return parse_shard (options->shard, params, error);
}

/* One line on standard error, now and then. */
static void
report (SacSlideRun *run, void *data)
{
  double *last = data;
  SacSlideProgress progress;

  sac_slide_run_get_progress (run, &progress);
  if (progress.wall - *last < REPORT_SECONDS &&
      progress.done_count < progress.tile_count)
    return;
  *last = progress.wall;

  double speed = (double)progress.run_count / progress.wall;
  double left = (double)(progress.tile_count - progress.done_count) / speed;

  g_printerr ("slide: %zu of %zu tiles, %.1f a second, %.0f s left\n",
              progress.done_count, progress.tile_count, speed, ceil (left));
}

static bool
set_view (SacSlideRun *run, const char *text, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);
  char *end_x, *end_y;

  if (g_strv_length (parts) != 2)
    return cli_usage_error (error, "--view takes X,Y, not %s", text);

  SacRect view = {g_ascii_strtod (parts[0], &end_x),
                  g_ascii_strtod (parts[1], &end_y), 0, 0};

  if (*parts[0] == '\0' || *parts[1] == '\0' || *end_x != '\0' ||
      *end_y != '\0' || !isfinite (view.x) || !isfinite (view.y))
    return cli_usage_error (error, "--view takes X,Y, not %s", text);
  sac_slide_run_set_view (run, &view);
  return true;
}

static bool
print_line (SacSlideRun *run, const CliSlideOptions *options, GError **error)
{
  JsonObject *object = json_object_new ();
  SacSlideProgress progress;
  double wall;

  sac_slide_run_get_progress (run, &progress);
  wall = progress.wall;
  cli_set_name (object, "slide", options->slide);
  cli_set_name (object, "out", options->out);
  cli_add_engine (object);
  json_object_set_int_member (object, "tiles", (gint64)progress.tile_count);
  json_object_set_int_member (object, "unreadable",
                              (gint64)progress.unreadable_count);
  json_object_set_int_member (object, "resumed",
                              (gint64)progress.resumed_count);
  json_object_set_int_member (object, "repeated_batches",
                              (gint64)progress.repeated_count);
  sac_json_set_number (object, "seconds", wall);
  sac_json_set_number (object, "tiles_per_second",
                       wall > 0 ? (double)progress.run_count / wall : NAN);
  sac_json_set_number (object, "engine_busy",
                       wall > 0 ? progress.engine / wall : NAN);
  sac_json_set_number (object, "first_result_seconds",
                       progress.run_count > 0 ? progress.first : NAN);
  return cli_print (object, error);
}

static bool
run_slide (Work *work,
           const CliSlideOptions *options,
           SacJob *job,
           GError **error)
{
  SacSlideParams params;
  SacRunFiles files = {options->out, options->class, options->positive,
                       (size_t)options->top};
  double last = 0;

  if (!fill_params (work, options, &params, error))
    return false;

  g_autoptr (SacSlideRun) run = sac_slide_run_new (&params, job, error);
  g_autofree char *arguments = cli_slide_write_arguments (options);

  if (run == NULL ||
      (options->view != NULL && !set_view (run, options->view, error)) ||
      !sac_run_store_set_note (sac_slide_run_get_store (run), "arguments",
                               arguments, error))
    return false;
  if (!sac_slide_run_go (run, report, &last, job, error)) {
    g_prefix_error (error, "%s: ", options->slide);
    return false;
  }
  /* Part of a slide is no result: merge makes it. */
  if (params.shard_count == 1 && !sac_run_files_write (run, &files, job, error))
    return false;
  return print_line (run, options, error);
}

bool
cli_slide_do (const CliSlideOptions *options, SacJob *job, GError **error)
{
  g_auto (Work) work = {0};

  if (!open_models (&work, options, job, error) ||
      !find_methods (&work, options, error))
    return false;
  work.source = sac_source_open (options->slide, job, error);
  return work.source != NULL && find_tissue (&work, options, job, error) &&
         run_slide (&work, options, job, error);
}

static bool
check_options (const CliSlideOptions *options, GError **error)
{
  if (options->out == NULL)
    return cli_usage_error (error, "--out is needed");
  if (options->mpp < 0 || options->model_mpp < 0)
    return cli_usage_error (error,
                            "--mpp and --model-mpp take numbers above 0");
  if (options->stride < 0 || options->batch < 0 || options->batch > 1024 ||
      options->top < 0)
    return cli_usage_error (error, "--stride, --batch (to 1024) and --top take "
                                   "numbers from 1 on");
  if (options->threshold < 0 || options->threshold > 254)
    return cli_usage_error (error, "--threshold takes a number from 1 to 254");
  if (!(options->share >= 0 && options->share <= 1) ||
      !(options->positive >= 0 && options->positive <= 1))
    return cli_usage_error (error,
                            "--share and --positive take numbers from 0 to 1");
  if (options->all && options->tissue != NULL)
    return cli_usage_error (error, "give --all or --tissue, not both");
  return true;
}

bool
cli_slide_parse (CliSlideOptions *options,
                 int argc,
                 char **argv,
                 GError **error)
{
  g_auto (GStrv) rest = NULL;
  GOptionEntry entries[] = {
    {"out", 0, 0, G_OPTION_ARG_FILENAME, &options->out,
     "Folder for state and results; run again to go on", "DIR"},
    {"also", 0, 0, G_OPTION_ARG_FILENAME, &options->models,
     "More models for the same pixels", "MODEL[,MODEL...]"},
    {"method", 0, 0, G_OPTION_ARG_STRING, &options->methods,
     "Ways to explain each tile", "NAME[,NAME...]"},
    {"class", 0, 0, G_OPTION_ARG_FILENAME, &options->class, "Class to explain",
     "ID|N"},
    {"layer", 0, 0, G_OPTION_ARG_FILENAME, &options->layer,
     "Value of the graph to take maps from", "VALUE"},
    {"param", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->params,
     "A parameter of the methods", "KEY=VALUE"},
    {"mpp", 0, 0, G_OPTION_ARG_DOUBLE, &options->mpp,
     "Micrometres per pixel of the slide, where it does not say", "UM"},
    {"model-mpp", 0, 0, G_OPTION_ARG_DOUBLE, &options->model_mpp,
     "Micrometres per pixel that the model wants", "UM"},
    {"region", 0, 0, G_OPTION_ARG_STRING, &options->region,
     "Part of the slide, level-0 pixels", "X,Y,W,H"},
    {"stride", 0, 0, G_OPTION_ARG_INT, &options->stride,
     "From tile to tile, pixels of the model; else side by side", "N"},
    {"edge", 0, 0, G_OPTION_ARG_STRING, &options->edge,
     "Last tiles: pad (default, white beyond the slide) or inside", "NAME"},
    {"batch", 0, 0, G_OPTION_ARG_INT, &options->batch, "Tiles run at once",
     "N"},
    {"all", 0, 0, G_OPTION_ARG_NONE, &options->all, "All tiles, also glass",
     NULL},
    {"tissue", 0, 0, G_OPTION_ARG_FILENAME, &options->tissue,
     "Mask or annotations of the tissue, instead of finding it", "FILE"},
    {"threshold", 0, 0, G_OPTION_ARG_INT, &options->threshold,
     "Saturation above which tissue is; else Otsu's", "N"},
    {"closing", 0, 0, G_OPTION_ARG_DOUBLE, &options->closing,
     "Gaps in tissue that are closed, radius in micrometres (32)", "UM"},
    {"min-area", 0, 0, G_OPTION_ARG_DOUBLE, &options->min_area,
     "Pieces and holes that count, in mm2 (0.01)", "MM2"},
    {"share", 0, 0, G_OPTION_ARG_DOUBLE, &options->share,
     "Of a tile that must be tissue (0.05)", "SHARE"},
    {"view", 0, 0, G_OPTION_ARG_STRING, &options->view,
     "Where to begin, level-0 pixels", "X,Y"},
    {"positive", 0, 0, G_OPTION_ARG_DOUBLE, &options->positive,
     "Probability from which a tile counts as positive (0.5)", "P"},
    {"top", 0, 0, G_OPTION_ARG_INT, &options->top,
     "Tiles in the summary and on the contact sheet (10)", "N"},
    {"shard", 0, 0, G_OPTION_ARG_STRING, &options->shard,
     "Only part I of N; 'merge' joins them", "I/N"},
    CLI_THREADS_ENTRY (&options->engine),
    CLI_EXACT_ENTRY (&options->engine),
    G_OPTION_ENTRY_NULL,
  };

  options->closing = options->min_area = -1;
  options->share = DEFAULT_SHARE;
  options->positive = DEFAULT_POSITIVE;
  options->top = DEFAULT_TOP;
  if (!cli_parse (&cli_slide, entries, argc, argv, &rest, error))
    return false;
  if (g_strv_length (rest) != 2)
    return cli_usage_error (error, "give one model and one slide");
  options->model = g_strdup (rest[0]);
  options->slide = g_strdup (rest[1]);
  return check_options (options, error);
}

void
cli_slide_clear (CliSlideOptions *options)
{
  char *const owned[] = {options->out,   options->models, options->methods,
                         options->class, options->layer,  options->region,
                         options->edge,  options->tissue, options->view,
                         options->shard, options->model,  options->slide};

  for (size_t i = 0; i < G_N_ELEMENTS (owned); i++)
    g_free (owned[i]);
  g_strfreev (options->params);
}

static bool
run (int argc, char **argv, SacJob *job, GError **error)
{
  g_auto (CliSlideOptions) options = {0};

  return cli_slide_parse (&options, argc, argv, error) &&
         cli_set_engine (&options.engine, error) &&
         cli_slide_do (&options, job, error);
}

const CliCommand cli_slide = {
  .name = "slide",
  .usage = "MODEL SLIDE --out DIR [--also MODEL[,MODEL...]] [--method "
           "NAME[,NAME...] --class ID|N] [--mpp UM] [--region X,Y,W,H] "
           "[--stride N] [--all | --tissue FILE] [--shard I/N]",
  .summary = "Runs models over a whole slide; interrupted, it goes on.",
  .run = run,
};
