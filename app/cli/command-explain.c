/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explanation.h"

#include "base/error.h"
#include "base/output.h"
#include "map/map-file.h"
#include "scene/figure.h"

#include <string.h>

typedef struct {
  char **images;
  char **inputs;
  char **params;
  char *methods;
  char *class;
  char *against;
  char *score;
  char *layer;
  char *head;
  char *region;
  char *scale;
  char *out;
  CliEngine engine;
} Options;

static void
options_clear (Options *options)
{
  g_strfreev (options->images);
  g_strfreev (options->inputs);
  g_strfreev (options->params);
  g_free (options->methods);
  g_free (options->class);
  g_free (options->against);
  g_free (options->score);
  g_free (options->layer);
  g_free (options->head);
  g_free (options->region);
  g_free (options->scale);
  g_free (options->out);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static bool
write_picture (CliExplanation *explanation,
               const SacMethod *method,
               const SacMap *map,
               SacScaleMode scale,
               const char *path,
               SacJob *job,
               GError **error)
{
  g_autofree char *name = cli_explanation_class_name (explanation);
  SacFigureSide side = {
    .map = map,
    .model_name = sac_model_get_name (explanation->request.model),
    .method_label = method->label,
    .class_name = name,
    .probability = cli_explanation_probability (explanation),
    .layer = json_object_get_string_member_with_default (map->provenance,
                                                         "layer", NULL),
  };

  return sac_figure_write_map (explanation->owner->sources
                                 ->pdata[explanation->request.input],
                               &side, scale, path, job, error);
}

static bool
write_map (CliExplanation *explanation,
           const SacMethod *method,
           const SacMap *map,
           const Options *options,
           SacScaleMode scale,
           JsonObject *files,
           SacJob *job,
           GError **error)
{
  g_autofree char *stem = g_build_filename (options->out, method->name, NULL);
  g_autofree char *npy = g_strconcat (stem, ".npy", NULL);
  g_autofree char *json = g_strconcat (stem, ".json", NULL);
  g_autofree char *tiff = g_strconcat (stem, ".tif", NULL);
  g_autofree char *png = g_strconcat (stem, ".png", NULL);

  if (!sac_map_write_npy (npy, map, error) ||
      !sac_map_write_json (json, map, error))
    return false;
  cli_set_name (files, "npy", npy);
  cli_set_name (files, "json", json);
  if (explanation->owner->sources->len == 0)
    return true;
  if (!sac_map_write_tiff (tiff, &map, 1, error) ||
      !write_picture (explanation, method, map, scale, png, job, error))
    return false;
  cli_set_name (files, "tif", tiff);
  cli_set_name (files, "png", png);
  return true;
}

static bool
explain_one (CliExplanation *explanation,
             const SacMethod *method,
             const Options *options,
             SacScaleMode scale,
             SacJob *job,
             GError **error)
{
  g_autoptr (SacMap) map =
    cli_explanation_run (explanation, method, job, error);
  g_autoptr (JsonObject) object = NULL;

  if (map == NULL)
    return false;
  object = sac_map_to_json (map);

  JsonObject *files = json_object_new ();
  g_autofree char *class = cli_explanation_class_id (explanation);

  json_object_set_object_member (object, "files", files);
  if (class != NULL)
    cli_set_name (object, "class", class);
  else
    json_object_set_null_member (object, "class");
  sac_json_set_number (object, "probability",
                       cli_explanation_probability (explanation));
  if (!write_map (explanation, method, map, options, scale, files, job, error))
    return false;
  return cli_print (g_steal_pointer (&object), error);
}

/* A method that has no answer does not keep the others from theirs: each
 * refusal is one line, and the last one is the command's. */
static bool
explain_each (CliExplanation *explanation,
              GPtrArray *methods,
              const Options *options,
              SacScaleMode scale,
              SacJob *job,
              GError **error)
{
  g_autoptr (GError) last = NULL;

  for (guint i = 0; i < methods->len; i++) {
    g_autoptr (GError) own = NULL;

    if (explain_one (explanation, methods->pdata[i], options, scale, job, &own))
      continue;
    if (last != NULL)
      cli_report (cli_explain.name, last);
    g_clear_error (&last);
    last = g_steal_pointer (&own);
    if (g_error_matches (last, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      break;
  }
  if (last == NULL)
    return true;
  g_propagate_error (error, g_steal_pointer (&last));
  return false;
}

static bool
explain_all (const Options *options,
             char *const *rest,
             GPtrArray *methods,
             SacScaleMode scale,
             SacJob *job,
             GError **error)
{
  g_autoptr (SacModel) model = sac_model_open (rest[0], job, error);

  if (model == NULL)
    return false;

  CliCaseParams case_params = {
    .image = rest[1],
    .images = options->images,
    .arrays = options->inputs,
    .region = options->region,
  };
  g_autoptr (CliCase) owner = cli_case_new (model, &case_params, job, error);

  if (owner == NULL)
    return false;

  CliExplanationParams params = {
    .class = options->class,
    .against = options->against,
    .score = options->score,
    .layer = options->layer,
    .head = options->head,
    .params = options->params,
  };
  g_autoptr (CliExplanation) explanation =
    cli_explanation_new (owner, &params, job, error);

  if (explanation == NULL || !sac_output_make_folder (options->out, error))
    return false;
  return explain_each (explanation, methods, options, scale, job, error);
}

static bool
parse (Options *options, int argc, char **argv, char ***rest, GError **error)
{
  GOptionEntry entries[] = {
    {"method", 0, 0, G_OPTION_ARG_STRING, &options->methods,
     "Ways to make a map ('saccade-cli methods')", "NAME[,NAME...]"},
    {"class", 0, 0, G_OPTION_ARG_FILENAME, &options->class,
     "Class to explain; else the predicted one", "[OUTPUT:]ID|N"},
    {"against", 0, 0, G_OPTION_ARG_FILENAME, &options->against,
     "Explain the class's logit less this one's", "ID|N"},
    {"score", 0, 0, G_OPTION_ARG_STRING, &options->score,
     "What of the output: logit (default), probability, log-probability; of "
     "all its numbers: sum, norm",
     "NAME"},
    {"layer", 0, 0, G_OPTION_ARG_FILENAME, &options->layer,
     "Value of the graph to take the map from", "VALUE"},
    {"head", 0, 0, G_OPTION_ARG_STRING, &options->head, "Attention head",
     "N|mean|max"},
    {"image", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->images,
     "Image of another input, by name or role", "ROLE=FILE"},
    {"input", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->inputs,
     "Raw tensors instead of an image", "NAME=F.npy"},
    {"region", 0, 0, G_OPTION_ARG_STRING, &options->region,
     "Part of the image to look at, level-0 pixels", "X,Y,W,H"},
    {"param", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->params,
     "A parameter of the method; batch=N, input=NAME of the request",
     "KEY=VALUE"},
    {"scale", 0, 0, G_OPTION_ARG_STRING, &options->scale,
     "Colours of the PNG: own (default), stretched, percentile", "NAME"},
    {"out", 0, 0, G_OPTION_ARG_FILENAME, &options->out,
     "Folder for NAME.npy, .json and, with an image, .tif and .png", "DIR"},
    CLI_THREADS_ENTRY (&options->engine),
    CLI_EXACT_ENTRY (&options->engine),
    G_OPTION_ENTRY_NULL,
  };

  return cli_parse (&cli_explain, entries, argc, argv, rest, error) &&
         cli_set_engine (&options->engine, error);
}

/* The mean of the heads is what every method takes. */
static bool
check_head (const char *head, GPtrArray *methods, GError **error)
{
  for (guint i = 0; i < methods->len; i++) {
    const SacMethod *method = methods->pdata[i];

    if (method->has_head)
      return true;
  }
  if (head == NULL || strcmp (head, "mean") == 0)
    return true;
  return cli_usage_error (error, "--head is for methods that have heads, as "
                                 "attention");
}

static bool
run_explain (int argc, char **argv, SacJob *job, GError **error)
{
  g_auto (Options) options = {0};
  g_auto (GStrv) rest = NULL;
  SacScaleMode scale = SAC_SCALE_OWN;

  if (!parse (&options, argc, argv, &rest, error))
    return false;

  guint count = g_strv_length (rest);

  if (count < 1 || count > 2)
    return cli_usage_error (error, "give one model and one image (or --input)");
  if (options.methods == NULL || options.out == NULL)
    return cli_usage_error (error, "--method and --out are needed");
  if (options.scale != NULL && !sac_scale_mode_find (options.scale, &scale))
    return cli_usage_error (error, "there is no scale \"%s\"", options.scale);

  g_autoptr (GPtrArray) methods = cli_find_methods (options.methods, error);

  return methods != NULL && check_head (options.head, methods, error) &&
         explain_all (&options, rest, methods, scale, job, error);
}

const CliCommand cli_explain = {
  .name = "explain",
  .usage = "MODEL (IMAGE | --input NAME=F.npy ...) --method NAME[,NAME...] "
           "[--class ID|N] [--against ID|N] [--score NAME] [--layer VALUE] "
           "[--head N|mean|max] "
           "[--region X,Y,W,H] [--param KEY=VALUE ...] [--exact] --out DIR",
  .summary = "Makes maps: raw values on their own grid, with provenance.",
  .run = run_explain,
};
