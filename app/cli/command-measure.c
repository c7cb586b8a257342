/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map-options.h"
#include "mask.h"

#include "base/error.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct {
  CliMapOptions map;
  char *mask_path;
  char *mask_class;
  gboolean as_table;
  CliMask mask;
  bool has_head; /* of the table */
} Options;

static void
options_clear (Options *options)
{
  cli_map_options_clear (&options->map);
  g_free (options->mask_path);
  g_free (options->mask_class);
  cli_mask_clear (&options->mask);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static void
print_head (void)
{
  const SacMaskMeasure *measures = sac_mask_measures_get_all ();

  printf ("%-22s %9s", "method", "area");
  for (int kind = 0; kind < SAC_MASK_KIND_COUNT; kind++)
    printf (" %*s", (int)MAX (9, strlen (measures[kind].name)),
            measures[kind].name);
  putchar ('\n');
}

/* A number that is not defined is a dash: its reason stands in the JSON. */
static void
print_row (const char *method, const SacMaskScores *scores)
{
  const SacMaskMeasure *measures = sac_mask_measures_get_all ();

  printf ("%-22s %9.3f", method, scores->area);
  for (int kind = 0; kind < SAC_MASK_KIND_COUNT; kind++) {
    int width = (int)MAX (9, strlen (measures[kind].name));

    if (scores->values[kind].reason != NULL)
      printf (" %*s", width, "-");
    else
      printf (" %*.3f", width, scores->values[kind].value);
  }
  putchar ('\n');
}

static const char *
name_evidence (const SacMap *map)
{
  SacMapSummary summary;

  sac_map_summarize (map, &summary);
  switch (summary.evidence) {
  case SAC_EVIDENCE_PRESENT:
    return "present";
  case SAC_EVIDENCE_NONE_POSITIVE:
    return "none positive";
  case SAC_EVIDENCE_FLAT:
    return "flat";
  case SAC_EVIDENCE_NEGLIGIBLE:
    return "negligible";
  default:
    return "not finite";
  }
}

static JsonObject *
scores_to_object (const CliExplanation *explanation,
                  const SacMethod *method,
                  const SacMap *map,
                  const SacMaskScores *scores)
{
  JsonObject *object = json_object_new ();
  JsonArray *grid = json_array_new ();
  g_autofree char *class = cli_explanation_class_id (explanation);

  json_object_set_string_member (object, "model",
                                 sac_model_get_id (explanation->request.model));
  json_object_set_string_member (object, "method", method->name);
  if (class != NULL)
    cli_set_name (object, "class", class);
  else
    json_object_set_null_member (object, "class");
  sac_json_set_number (object, "probability",
                       cli_explanation_probability (explanation));
  json_object_set_boolean_member (object, "class_specific",
                                  map->class_specific);
  json_object_set_string_member (object, "evidence", name_evidence (map));
  json_array_add_int_element (grid, map->rows);
  json_array_add_int_element (grid, map->columns);
  json_object_set_array_member (object, "grid", grid);
  json_object_set_object_member (object, "mask",
                                 sac_mask_scores_to_json (scores));
  return object;
}

static bool
measure_one (CliMapCase *owner,
             const SacMethod *method,
             void *data,
             SacJob *job,
             GError **error)
{
  Options *options = data;
  CliExplanation *explanation = owner->explanation;
  g_autoptr (SacMap) map =
    cli_explanation_run (explanation, method, job, error);
  SacMaskScores scores;

  if (map == NULL ||
      !cli_mask_measure (&options->mask, map, &scores, job, error))
    return false;
  if (!options->as_table)
    return cli_print (scores_to_object (explanation, method, map, &scores),
                      error);
  if (!options->has_head)
    print_head ();
  options->has_head = true;
  print_row (method->name, &scores);
  return true;
}

static bool
parse (Options *options, int argc, char **argv, char ***rest, GError **error)
{
  GOptionEntry entries[] = {
    CLI_MAP_ENTRIES (&options->map),
    {"mask", 0, 0, G_OPTION_ARG_FILENAME, &options->mask_path,
     "Mask image or annotations to measure the maps against", "FILE"},
    {"mask-class", 0, 0, G_OPTION_ARG_STRING, &options->mask_class,
     "Only annotations of this class", "NAME"},
    {"table", 0, 0, G_OPTION_ARG_NONE, &options->as_table,
     "A table for people in place of JSON", NULL},
    G_OPTION_ENTRY_NULL,
  };

  return cli_parse (&cli_measure, entries, argc, argv, rest, error) &&
         cli_set_engine (&options->map.engine, error);
}

static bool
run_measure (int argc, char **argv, SacJob *job, GError **error)
{
  g_auto (Options) options = {0};
  g_auto (GStrv) rest = NULL;
  g_auto (CliMapCase) owner = {0};

  if (!parse (&options, argc, argv, &rest, error))
    return false;
  if (options.map.methods == NULL || options.mask_path == NULL)
    return cli_usage_error (error, "--method and --mask are needed");

  g_autoptr (GPtrArray) methods =
    cli_map_options_check (&options.map, rest, error);

  if (methods == NULL ||
      !cli_map_options_open (&options.map, methods, rest, &owner, job, error))
    return false;

  GPtrArray *sources = owner.explanation->owner->sources;

  if (sources->len == 0)
    return cli_usage_error (error, "a mask needs an image, not raw tensors");
  return cli_mask_open (&options.mask, options.mask_path, options.mask_class,
                        sources->pdata[owner.explanation->request.input], job,
                        error) &&
         cli_map_case_each (&owner, cli_measure.name, methods, measure_one,
                            &options, job, error);
}

const CliCommand cli_measure = {
  .name = "measure",
  .usage =
    "MODEL IMAGE --mask FILE [--mask-class NAME] --method NAME[,NAME...] "
    "[--class ID|N] [--layer VALUE] [--head N|mean|max|min] "
    "[--region X,Y,W,H] [--param KEY=VALUE ...] [--table]",
  .summary = "How far maps lie within a mask.",
  .run = run_measure,
};
