/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map-options.h"

#include "explain/sanity.h"

static bool
check_one (CliMapCase *owner,
           const SacMethod *method,
           void *data,
           SacJob *job,
           GError **error)
{
  const CliMeasureOptions *options = data;
  const char *model = sac_model_get_id (owner->model);
  g_autofree char *class = cli_explanation_class_id (owner->explanation);
  g_autoptr (SacSanityReport) report =
    sac_sanity_run (&(SacSanityAsked){.method = method,
                                      .request = &owner->explanation->request,
                                      .settings = options->table},
                    job, error);

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
  CliMeasureOptions options = {0};
  g_auto (CliMapCase) owner = {0};
  GOptionEntry entries[] = {
    CLI_MAP_ENTRIES (&options.map),
    CLI_SETTING_ENTRY (&options,
                       "Of the checks: stages, seeds, samples, radius, seed"),
    G_OPTION_ENTRY_NULL,
  };
  bool good = cli_measure_run (&cli_sanity, entries, argc, argv, &options,
                               &owner, check_one, &options, job, error);

  cli_measure_options_clear (&options);
  return good;
}

const CliCommand cli_sanity = {
  .name = "sanity",
  .usage = "MODEL (IMAGE | --input NAME=F.npy ...) --method NAME[,NAME...] "
           "[options of explain] [--setting KEY=VALUE ...]",
  .summary = "Tells whether maps depend on what the network has learned and on "
             "the class: random weights, other classes, noise.",
  .run = run_sanity,
};
