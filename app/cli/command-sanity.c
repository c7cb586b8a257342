/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map-options.h"

#include "explain/sanity.h"

typedef struct {
  CliMapOptions map;
  char **settings;
  GHashTable *table;
} Options;

static void
options_clear (Options *options)
{
  cli_map_options_clear (&options->map);
  g_strfreev (options->settings);
  g_clear_pointer (&options->table, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static bool
check_one (CliMapCase *owner,
           const SacMethod *method,
           void *data,
           SacJob *job,
           GError **error)
{
  const Options *options = data;
  const char *model = sac_model_get_id (owner->model);
  g_autofree char *class = cli_explanation_class_id (owner->explanation);
  g_autoptr (SacSanityReport) report =
    sac_sanity_run (method, &owner->explanation->request, options->table, job,
                    error);

  if (report == NULL) {
    g_prefix_error (error, "%s of %s: ", method->name, model);
    return false;
  }

  JsonObject *object = json_object_new ();

  cli_set_name (object, "model", model);
  json_object_set_string_member (object, "method", method->name);
  if (class != NULL)
    cli_set_name (object, "class", class);
  json_object_set_object_member (object, "sanity", sac_sanity_to_json (report));
  cli_add_engine (object);
  return cli_print (object, error);
}

static bool
run_sanity (int argc, char **argv, SacJob *job, GError **error)
{
  g_auto (Options) options = {0};
  g_auto (GStrv) rest = NULL;
  g_auto (CliMapCase) owner = {0};
  GOptionEntry entries[] = {
    CLI_MAP_ENTRIES (&options.map),
    {"setting", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.settings,
     "Of the checks: stages, seeds, samples, radius, seed", "KEY=VALUE"},
    G_OPTION_ENTRY_NULL,
  };

  if (!cli_parse (&cli_sanity, entries, argc, argv, &rest, error) ||
      !cli_set_engine (&options.map.engine, error))
    return false;
  options.table = cli_read_settings (options.settings, error);
  if (options.table == NULL)
    return false;

  g_autoptr (GPtrArray) methods =
    cli_map_options_check (&options.map, rest, error);

  return methods != NULL &&
         cli_map_options_open (&options.map, rest, &owner, job, error) &&
         cli_map_case_each (&owner, cli_sanity.name, methods, check_one,
                            &options, job, error);
}

const CliCommand cli_sanity = {
  .name = "sanity",
  .usage = "MODEL (IMAGE | --input NAME=F.npy ...) --method NAME[,NAME...] "
           "[options of explain] [--setting KEY=VALUE ...]",
  .summary = "Tells whether maps depend on what the network has learned and on "
             "the class: random weights, other classes, noise.",
  .run = run_sanity,
};
