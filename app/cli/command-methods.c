/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "cli.h"

#include "explain/method.h"

#include <math.h>

/* null for an open end. */
static void
add_end (JsonObject *object, const char *member, double end)
{
  if (isfinite (end))
    json_object_set_double_member (object, member, end);
  else
    json_object_set_null_member (object, member);
}

static void
add_range (JsonObject *object, const SacMethodParam *param)
{
  static const char *const kinds[] = {
    [SAC_PARAM_WHOLE] = "whole",
    [SAC_PARAM_NUMBER] = "number",
    [SAC_PARAM_CHOICE] = "choice",
  };

  json_object_set_string_member (object, "kind", kinds[param->kind]);
  if (param->kind != SAC_PARAM_CHOICE) {
    add_end (object, "min", param->min);
    add_end (object, "max", param->max);
  }
  if (param->choices != NULL) {
    JsonArray *choices = json_array_new ();

    for (size_t i = 0; param->choices[i] != NULL; i++)
      json_array_add_string_element (choices, param->choices[i]);
    json_object_set_array_member (object, "choices", choices);
  }
}

static JsonArray *
params_to_json (const SacMethodParam *params)
{
  JsonArray *array = json_array_new ();

  for (; params != NULL && params->name != NULL; params++) {
    JsonObject *object = json_object_new ();

    json_object_set_string_member (object, "name", params->name);
    json_object_set_string_member (object, "label", params->label);
    json_object_set_string_member (object, "default", params->fallback);
    add_range (object, params);
    json_array_add_object_element (array, object);
  }
  return array;
}

static JsonObject *
method_to_json (const SacMethod *method)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "name", method->name);
  json_object_set_string_member (object, "label", method->label);
  json_object_set_string_member (object, "family",
                                 sac_method_family_get_name (method->family));
  json_object_set_string_member (object, "summary", method->summary);
  json_object_set_string_member (object, "source", method->source);
  json_object_set_boolean_member (object, "class_specific",
                                  method->class_specific);
  json_object_set_boolean_member (object, "needs_gradient",
                                  method->needs_gradient);
  json_object_set_boolean_member (object, "needs_attention",
                                  method->needs_attention);
  json_object_set_boolean_member (object, "has_layer", method->has_layer);
  json_object_set_boolean_member (object, "has_head", method->has_head);
  json_object_set_array_member (object, "params",
                                params_to_json (method->params));
  return object;
}

static bool
run_methods (int argc, char **argv, SacJob *job, GError **error)
{
  if (!cli_parse (&cli_methods, NULL, argc, argv, NULL, error))
    return false;

  const SacMethod *const *methods = sac_methods_get_all ();

  for (size_t i = 0; methods[i] != NULL; i++) {
    if (!cli_print (method_to_json (methods[i]), error))
      return false;
  }
  return true;
}

const CliCommand cli_methods = {
  .name = "methods",
  .usage = "",
  .summary = "Lists the ways to make a map, one a line.",
  .run = run_methods,
};
