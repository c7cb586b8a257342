/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map-options.h"

#include <string.h>

void
cli_map_options_clear (CliMapOptions *options)
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

GPtrArray *
cli_map_options_check (const CliMapOptions *options,
                       char *const *rest,
                       GError **error)
{
  guint count = g_strv_length ((char **)rest);
  g_autoptr (GPtrArray) methods = NULL;

  if (count < 1 || count > 2) {
    cli_usage_error (error, "give one model and one image (or --input)");
    return NULL;
  }
  if (options->methods == NULL) {
    cli_usage_error (error, "--method is needed");
    return NULL;
  }
  methods = cli_find_methods (options->methods, error);
  return methods != NULL && check_head (options->head, methods, error)
           ? g_steal_pointer (&methods)
           : NULL;
}

static GHashTable *
read_settings (char *const *settings, GError **error)
{
  g_autoptr (GHashTable) table =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (size_t i = 0; settings != NULL && settings[i] != NULL; i++) {
    char *key, *value;

    if (!cli_split_assignment (settings[i], "--setting", &key, &value, error))
      return NULL;
    g_hash_table_insert (table, key, value);
  }
  return g_steal_pointer (&table);
}

bool
cli_map_options_open (const CliMapOptions *options,
                      GPtrArray *methods,
                      char *const *rest,
                      CliMapCase *ret,
                      SacJob *job,
                      GError **error)
{
  CliCaseParams case_params = {
    .image = rest[1],
    .images = options->images,
    .arrays = options->inputs,
    .region = options->region,
  };
  CliExplanationParams params = {
    .class = options->class,
    .against = options->against,
    .score = options->score,
    .layer = options->layer,
    .head = options->head,
    .params = options->params,
    .methods = methods,
  };

  ret->model = sac_model_open (rest[0], job, error);
  if (ret->model == NULL)
    return false;
  ret->owner = cli_case_new (ret->model, &case_params, job, error);
  if (ret->owner == NULL)
    return false;
  ret->explanation = cli_explanation_new (ret->owner, &params, job, error);
  return ret->explanation != NULL;
}

void
cli_map_case_clear (CliMapCase *self)
{
  g_clear_pointer (&self->explanation, cli_explanation_free);
  g_clear_pointer (&self->owner, cli_case_free);
  g_clear_pointer (&self->model, sac_model_unref);
}

bool
cli_map_case_each (CliMapCase *self,
                   const char *command,
                   GPtrArray *methods,
                   CliMapFunc one,
                   void *data,
                   SacJob *job,
                   GError **error)
{
  g_autoptr (GError) last = NULL;

  for (guint i = 0; i < methods->len; i++) {
    g_autoptr (GError) own = NULL;

    if (one (self, methods->pdata[i], data, job, &own))
      continue;
    if (last != NULL)
      cli_report (command, last);
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

void
cli_measure_options_clear (CliMeasureOptions *options)
{
  cli_map_options_clear (&options->map);
  g_strfreev (options->settings);
  g_clear_pointer (&options->table, g_hash_table_unref);
}

bool
cli_measure_run (const CliCommand *command,
                 GOptionEntry *entries,
                 int argc,
                 char **argv,
                 CliMeasureOptions *options,
                 CliMapCase *owner,
                 CliMapFunc one,
                 void *data,
                 SacJob *job,
                 GError **error)
{
  g_auto (GStrv) rest = NULL;
  g_autoptr (GPtrArray) methods = NULL;

  if (!cli_parse (command, entries, argc, argv, &rest, error) ||
      !cli_set_engine (&options->map.engine, error))
    return false;
  options->table = read_settings (options->settings, error);
  if (options->table == NULL)
    return false;
  methods = cli_map_options_check (&options->map, rest, error);
  return methods != NULL &&
         cli_map_options_open (&options->map, methods, rest, owner, job,
                               error) &&
         cli_map_case_each (owner, command->name, methods, one, data, job,
                            error);
}
