/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "slide-job.h"

#include "case.h"
#include "explain/method.h"

#include <math.h>
#include <string.h>

/* What is not a field of the request. */
typedef struct {
  SacSlideRequest request;
  char *out, *also, *methods, *region, *edge, *view, *shard;
  gboolean all;
  CliEngine engine;
} Words;

static void
words_clear (Words *words)
{
  char *const owned[] = {words->out,    words->also, words->methods,
                         words->region, words->edge, words->view,
                         words->shard};

  for (size_t i = 0; i < G_N_ELEMENTS (owned); i++)
    g_free (owned[i]);
  sac_slide_request_clear (&words->request);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Words, words_clear)

/* "2/8".  Returns: false with a usage error. */
static bool
parse_shard (const char *text, CliSlidePlace *place, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text != NULL ? text : "1/1", "/", -1);
  guint64 shard, count;

  if (g_strv_length (parts) == 2 &&
      g_ascii_string_to_unsigned (parts[1], 10, 1, 1 << 20, &count, NULL) &&
      g_ascii_string_to_unsigned (parts[0], 10, 1, count, &shard, NULL)) {
    place->shard = shard;
    place->shard_count = count;
    return true;
  }
  return cli_usage_error (error, "--shard takes I/N, from 1/N to N/N, not %s",
                          text);
}

static bool
parse_view (const char *text, SacRect *ret_view, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);
  char *end_x, *end_y;

  if (g_strv_length (parts) != 2)
    return cli_usage_error (error, "--view takes X,Y, not %s", text);
  *ret_view = (SacRect){g_ascii_strtod (parts[0], &end_x),
                        g_ascii_strtod (parts[1], &end_y), 0, 0};
  if (*parts[0] == '\0' || *parts[1] == '\0' || *end_x != '\0' ||
      *end_y != '\0' || !isfinite (ret_view->x) || !isfinite (ret_view->y))
    return cli_usage_error (error, "--view takes X,Y, not %s", text);
  return true;
}

static bool
check_numbers (const SacSlideRequest *request, GError **error)
{
  if (request->mpp < 0 || request->model_mpp < 0)
    return cli_usage_error (error,
                            "--mpp and --model-mpp take numbers above 0");
  if (request->stride < 0 || request->batch_size < 0 ||
      request->batch_size > 1024 || request->top_count < 0)
    return cli_usage_error (error, "--stride, --batch (to 1024) and --top take "
                                   "numbers from 1 on");
  if (request->tissue.threshold < 0 || request->tissue.threshold > 254)
    return cli_usage_error (error, "--threshold takes a number from 1 to 254");
  if (!(request->tissue.closing >= 0 && request->tissue.min_area >= 0))
    return cli_usage_error (error,
                            "--closing and --min-area take numbers from 0 on");
  if (!(request->least_share >= 0 && request->least_share <= 1) ||
      !(request->positive >= 0 && request->positive <= 1))
    return cli_usage_error (error,
                            "--share and --positive take numbers from 0 to 1");
  return true;
}

static bool
split_methods (Words *words, GError **error)
{
  if (words->methods == NULL)
    return true;
  words->request.methods = g_strsplit (words->methods, ",", -1);
  for (size_t i = 0; words->request.methods[i] != NULL; i++)
    if (sac_method_find (words->request.methods[i]) == NULL)
      return cli_usage_error (error,
                              "there is no method \"%s\"; 'saccade-cli "
                              "methods' lists those there are",
                              words->request.methods[i]);
  return true;
}

/* The words that are left over are the model and the slide. */
static bool
settle (Words *words, char *const *rest, CliSlidePlace *place, GError **error)
{
  SacSlideRequest *request = &words->request;

  if (g_strv_length ((char **)rest) != 2)
    return cli_usage_error (error, "give one model and one slide");
  if (words->out == NULL)
    return cli_usage_error (error, "--out is needed");
  if (words->all && request->tissue_path != NULL)
    return cli_usage_error (error, "give --all or --tissue, not both");

  g_autofree char *models =
    words->also != NULL ? g_strconcat (rest[0], ",", words->also, NULL) : NULL;
  const char *const single[] = {rest[0], NULL};

  request->models =
    models != NULL ? g_strsplit (models, ",", -1) : g_strdupv ((char **)single);
  request->slide = g_strdup (rest[1]);
  request->all_tiles = words->all;
  request->exact = words->engine.exact;
  place->out = words->out;
  if (words->region != NULL &&
      !cli_parse_region (words->region, &request->region, error))
    return false;
  if (words->edge != NULL && !sac_tile_edge_find (words->edge, &request->edge))
    return cli_usage_error (error, "--edge takes pad or inside, not \"%s\"",
                            words->edge);
  return check_numbers (request, error) && split_methods (words, error) &&
         parse_shard (words->shard, place, error);
}

static bool
parse (
  Words *words, int argc, char **argv, CliSlidePlace *place, GError **error)
{
  SacSlideRequest *request = &words->request;
  g_auto (GStrv) rest = NULL;
  GOptionEntry entries[] = {
    {"out", 0, 0, G_OPTION_ARG_FILENAME, &words->out,
     "Folder for state and results; run again to go on", "DIR"},
    {"also", 0, 0, G_OPTION_ARG_FILENAME, &words->also,
     "More models for the same pixels", "MODEL[,MODEL...]"},
    {"encoder", 0, 0, G_OPTION_ARG_FILENAME, &request->encoder,
     "Makes the features for pooling models, instead of what they name",
     "MODEL[:VALUE]"},
    {"method", 0, 0, G_OPTION_ARG_STRING, &words->methods,
     "Ways to explain each tile", "NAME[,NAME...]"},
    {"class", 0, 0, G_OPTION_ARG_FILENAME, &request->class_text,
     "Class to explain", "ID|N"},
    {"layer", 0, 0, G_OPTION_ARG_FILENAME, &request->layer,
     "Value of the graph to take maps from", "VALUE"},
    {"param", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &request->params,
     "A parameter of the methods", "KEY=VALUE"},
    {"mpp", 0, 0, G_OPTION_ARG_DOUBLE, &request->mpp,
     "Micrometres per pixel of the slide, where it does not say", "UM"},
    {"model-mpp", 0, 0, G_OPTION_ARG_DOUBLE, &request->model_mpp,
     "Micrometres per pixel that the model wants", "UM"},
    {"region", 0, 0, G_OPTION_ARG_STRING, &words->region,
     "Part of the slide, level-0 pixels", "X,Y,W,H"},
    {"stride", 0, 0, G_OPTION_ARG_INT, &request->stride,
     "From tile to tile, pixels of the model; else side by side", "N"},
    {"edge", 0, 0, G_OPTION_ARG_STRING, &words->edge,
     "Last tiles: pad (default, white beyond the slide) or inside", "NAME"},
    {"batch", 0, 0, G_OPTION_ARG_INT, &request->batch_size, "Tiles run at once",
     "N"},
    {"all", 0, 0, G_OPTION_ARG_NONE, &words->all, "All tiles, also glass",
     NULL},
    {"tissue", 0, 0, G_OPTION_ARG_FILENAME, &request->tissue_path,
     "Mask or annotations of the tissue, instead of finding it", "FILE"},
    {"area", 0, 0, G_OPTION_ARG_FILENAME, &request->area_path,
     "Mask or annotations: only tiles that lie there", "FILE"},
    {"threshold", 0, 0, G_OPTION_ARG_INT, &request->tissue.threshold,
     "Saturation above which tissue is; else Otsu's", "N"},
    {"closing", 0, 0, G_OPTION_ARG_DOUBLE, &request->tissue.closing,
     "Gaps in tissue that are closed, radius in micrometres (32)", "UM"},
    {"min-area", 0, 0, G_OPTION_ARG_DOUBLE, &request->tissue.min_area,
     "Pieces and holes that count, in mm2 (0.01)", "MM2"},
    {"share", 0, 0, G_OPTION_ARG_DOUBLE, &request->least_share,
     "Of a tile that must be tissue (0.05)", "SHARE"},
    {"view", 0, 0, G_OPTION_ARG_STRING, &words->view,
     "Where to begin, level-0 pixels", "X,Y"},
    {"positive", 0, 0, G_OPTION_ARG_DOUBLE, &request->positive,
     "Probability from which a tile counts as positive (0.5)", "P"},
    {"top", 0, 0, G_OPTION_ARG_INT, &request->top_count,
     "Tiles in the summary and on the contact sheet (10)", "N"},
    {"shard", 0, 0, G_OPTION_ARG_STRING, &words->shard,
     "Only part I of N; 'merge' joins them", "I/N"},
    CLI_THREADS_ENTRY (&words->engine),
    CLI_EXACT_ENTRY (&words->engine),
    G_OPTION_ENTRY_NULL,
  };

  sac_slide_request_init (request);
  return cli_parse (&cli_slide, entries, argc, argv, &rest, error) &&
         settle (words, rest, place, error);
}

static bool
run (int argc, char **argv, SacJob *job, GError **error)
{
  g_auto (Words) words = {0};
  CliSlidePlace place = {0};
  SacRect view;

  if (!parse (&words, argc, argv, &place, error))
    return false;
  if (words.view != NULL) {
    if (!parse_view (words.view, &view, error))
      return false;
    place.view = &view;
  }
  return cli_set_engine (&words.engine, error) &&
         cli_slide_do (&words.request, &place, job, error);
}

const CliCommand cli_slide = {
  .name = "slide",
  .usage = "MODEL SLIDE --out DIR [--also MODEL[,MODEL...]] [--encoder "
           "MODEL[:VALUE]] [--method "
           "NAME[,NAME...] --class ID|N] [--mpp UM] [--region X,Y,W,H] "
           "[--area FILE] [--stride N] [--all | --tissue FILE] [--shard I/N]",
  .summary = "Runs models over a whole slide; interrupted, it goes on.",
  .run = run,
};
