/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "cli.h"

#include "network/model.h"

static JsonObject *
entry_to_json (const SacModelEntry *entry)
{
  JsonObject *object = json_object_new ();

  cli_set_name (object, "id", entry->id);
  cli_set_name (object, "name", entry->name);
  cli_set_name (object, "folder", entry->folder);
  if (entry->sha256 != NULL)
    cli_set_name (object, "sha256", entry->sha256);
  json_object_set_boolean_member (object, "shipped", entry->shipped);
  json_object_set_boolean_member (object, "attention", entry->has_attention);
  return object;
}

static bool
run_models (int argc, char **argv, SacJob *job, GError **error)
{
  if (!cli_parse (&cli_models, NULL, argc, argv, NULL, error))
    return false;

  g_autoptr (GPtrArray) entries = sac_model_list ();

  for (guint i = 0; i < entries->len; i++) {
    if (!cli_print (entry_to_json (entries->pdata[i]), error))
      return false;
  }
  return true;
}

const CliCommand cli_models = {
  .name = "models",
  .usage = "",
  .summary = "Lists the models that can be opened by id, one a line.",
  .run = run_models,
};
