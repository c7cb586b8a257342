/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map-options.h"

#include "explain/faithfulness.h"

typedef struct {
  CliMeasureOptions measure;
  SacExplainRequest request;     /* with the settings as its parameters */
  SacFaithfulness *faithfulness; /* of the case; made once */
} Options;

static void
options_clear (Options *options)
{
  sac_faithfulness_free (options->faithfulness);
  cli_measure_options_clear (&options->measure);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static bool
start (Options *options, CliMapCase *owner, SacJob *job, GError **error)
{
  if (options->faithfulness != NULL)
    return true;
  options->request = owner->explanation->request;
  options->request.params = options->measure.table;
  options->faithfulness = sac_faithfulness_new (&options->request, job, error);
  if (options->faithfulness == NULL)
    g_prefix_error (error, "%s: ", sac_model_get_id (owner->model));
  return options->faithfulness != NULL;
}

static bool
measure_one (CliMapCase *owner,
             const SacMethod *method,
             void *data,
             SacJob *job,
             GError **error)
{
  Options *options = data;
  g_autofree char *class = cli_explanation_class_id (owner->explanation);
  g_autoptr (SacMap) map =
    cli_explanation_run (owner->explanation, method, job, error);
  g_autoptr (SacFaithfulnessReport) report = NULL;

  if (map == NULL || !start (options, owner, job, error))
    return false;
  report = sac_faithfulness_measure (options->faithfulness, map, job, error);
  if (report == NULL) {
    g_prefix_error (error, "%s of %s: ", method->name,
                    sac_model_get_id (owner->model));
    return false;
  }

  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "method", method->name);
  if (class != NULL)
    cli_set_name (object, "class", class);
  json_object_set_object_member (object, "faithfulness",
                                 sac_faithfulness_to_json (report));
  json_object_set_object_member (object, "provenance",
                                 json_object_ref (map->provenance));
  cli_add_engine (object);
  return cli_print (object, error);
}

static bool
run_faithfulness (int argc, char **argv, SacJob *job, GError **error)
{
  g_auto (CliMapCase) owner = {0}; /* the measures borrow it: freed last */
  g_auto (Options) options = {0};
  GOptionEntry entries[] = {
    CLI_MAP_ENTRIES (&options.measure.map),
    CLI_SETTING_ENTRY (&options.measure,
                       "Of the measures: steps, samples, random-maps, noise, "
                       "seed, baseline, second-baseline"),
    G_OPTION_ENTRY_NULL,
  };

  return cli_measure_run (&cli_faithfulness, entries, argc, argv,
                          &options.measure, &owner, measure_one, &options, job,
                          error);
}

const CliCommand cli_faithfulness = {
  .name = "faithfulness",
  .usage = "MODEL (IMAGE | --input NAME=F.npy ...) --method NAME[,NAME...] "
           "[options of explain] [--setting KEY=VALUE ...]",
  .summary = "Tells whether maps name what the score depends on: deletion, "
             "insertion, ROAD, infidelity, beside random and centred maps.",
  .run = run_faithfulness,
};
