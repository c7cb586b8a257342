/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "scan.h"

#include "base/error.h"
#include "base/output.h"
#include "map/map-file.h"
#include "scene/figure.h"

#include <string.h>

typedef struct {
  CliMapOptions map;
  char *scale;
  char *out;
  SacScaleMode scale_mode;
} Options;

static void
options_clear (Options *options)
{
  cli_map_options_clear (&options->map);
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

/* The image may lie in the folder, under the name of a method. */
static bool
check_pictures (const CliCase *owner,
                const char *tiff,
                const char *png,
                GError **error)
{
  for (guint i = 0; i < owner->sources->len; i++) {
    const char *inputs[] = {sac_source_get_path (owner->sources->pdata[i]),
                            NULL};

    if (!cli_check_output (tiff, inputs, error) ||
        !cli_check_output (png, inputs, error))
      return false;
  }
  return true;
}

static bool
write_map (CliExplanation *explanation,
           const SacMethod *method,
           const SacMap *map,
           const Options *options,
           const char *name,
           JsonObject *files,
           SacJob *job,
           GError **error)
{
  g_autofree char *stem = g_build_filename (options->out, name, NULL);
  g_autofree char *npy = g_strconcat (stem, ".npy", NULL);
  g_autofree char *json = g_strconcat (stem, ".json", NULL);
  g_autofree char *tiff = g_strconcat (stem, ".tif", NULL);
  g_autofree char *png = g_strconcat (stem, ".png", NULL);

  if (!check_pictures (explanation->owner, tiff, png, error) ||
      !sac_map_write_npy (npy, map, error) ||
      !sac_map_write_json (json, map, error))
    return false;
  cli_set_name (files, "npy", npy);
  cli_set_name (files, "json", json);
  if (explanation->owner->sources->len == 0)
    return true;
  if (!sac_map_write_tiff (tiff, &map, 1, error) ||
      !write_picture (explanation, method, map, options->scale_mode, png, job,
                      error))
    return false;
  cli_set_name (files, "tif", tiff);
  cli_set_name (files, "png", png);
  return true;
}

/* name: of the files. */
static bool
explain_as (CliMapCase *owner,
            const SacMethod *method,
            const char *name,
            void *data,
            SacJob *job,
            GError **error)
{
  const Options *options = data;
  CliExplanation *explanation = owner->explanation;
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
  if (!write_map (explanation, method, map, options, name, files, job, error))
    return false;
  return cli_print (g_steal_pointer (&object), error);
}

static bool
explain_one (CliMapCase *owner,
             const SacMethod *method,
             void *data,
             SacJob *job,
             GError **error)
{
  const Options *options = data;
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  if (!cli_scan_is_asked (owner, method))
    return explain_as (owner, method, method->name, data, job, error);
  if (!cli_scan_each (owner, cli_explain.name, method, explain_as, data, names,
                      job, error))
    return false;
  return owner->owner->sources->len == 0 ||
         cli_scan_write_figure (options->out, method, names, job, error);
}

static bool
parse (Options *options, int argc, char **argv, char ***rest, GError **error)
{
  GOptionEntry entries[] = {
    CLI_MAP_ENTRIES (&options->map),
    {"scale", 0, 0, G_OPTION_ARG_STRING, &options->scale,
     "Colours of the PNG: own (default), stretched, percentile", "NAME"},
    {"out", 0, 0, G_OPTION_ARG_FILENAME, &options->out,
     "Folder for NAME.npy, .json and, with an image, .tif and .png", "DIR"},
    G_OPTION_ENTRY_NULL,
  };

  return cli_parse (&cli_explain, entries, argc, argv, rest, error) &&
         cli_set_engine (&options->map.engine, error);
}

static bool
run_explain (int argc, char **argv, SacJob *job, GError **error)
{
  g_auto (Options) options = {.scale_mode = SAC_SCALE_OWN};
  g_auto (GStrv) rest = NULL;
  g_auto (CliMapCase) owner = {0};

  if (!parse (&options, argc, argv, &rest, error))
    return false;
  if (options.map.methods == NULL || options.out == NULL)
    return cli_usage_error (error, "--method and --out are needed");
  if (options.scale != NULL &&
      !sac_scale_mode_find (options.scale, &options.scale_mode))
    return cli_usage_error (error, "there is no scale \"%s\"", options.scale);

  g_autoptr (GPtrArray) methods =
    cli_map_options_check (&options.map, rest, error);

  return methods != NULL &&
         cli_map_options_open (&options.map, methods, rest, &owner, job,
                               error) &&
         sac_output_make_folder (options.out, error) &&
         cli_map_case_each (&owner, cli_explain.name, methods, explain_one,
                            &options, job, error);
}

const CliCommand cli_explain = {
  .name = "explain",
  .usage =
    "MODEL (IMAGE | --input NAME=F.npy ...) --method NAME[,NAME...] "
    "[--class ID|N] [--against ID|N] [--score NAME] [--layer VALUE|scan] "
    "[--head N|mean|max|min] "
    "[--region X,Y,W,H] [--param KEY=VALUE ...] [--exact] --out DIR",
  .summary = "Makes maps: raw values on their own grid, with provenance.",
  .run = run_explain,
};
