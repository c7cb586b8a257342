/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "info-model.h"

#include "explain/attention.h"
#include "explain/cam-layout.h"
#include "explain/cam-target.h"
#include "explain/modulator.h"
#include "guess-shapes.h"

#include <string.h>

static JsonArray *
shape_to_json (const SacShape *shape)
{
  JsonArray *array = json_array_new ();

  for (int axis = 0; axis < shape->rank; axis++) {
    if (shape->dims[axis] >= 0)
      json_array_add_int_element (array, shape->dims[axis]);
    else
      json_array_add_null_element (array);
  }
  return array;
}

static JsonObject *
value_to_json (const SacValue *value)
{
  JsonObject *object = json_object_new ();

  cli_set_name (object, "name", value->name);
  json_object_set_string_member (object, "type",
                                 sac_type_get_name (value->is_double
                                                      ? SAC_TYPE_DOUBLE
                                                      : value->type));
  if (value->has_shape)
    json_object_set_array_member (object, "shape",
                                  shape_to_json (&value->shape));
  return object;
}

static JsonArray *
values_to_json (const SacGraph *graph, const int *values, size_t count)
{
  JsonArray *array = json_array_new ();

  for (size_t i = 0; i < count; i++)
    json_array_add_object_element (array,
                                   value_to_json (&graph->values[values[i]]));
  return array;
}

static JsonObject *
ops_to_json (const SacGraph *graph)
{
  JsonObject *object = json_object_new ();

  for (size_t i = 0; i < graph->node_count; i++) {
    const char *op = graph->nodes[i].op_type;

    json_object_set_int_member (object, op,
                                json_object_get_int_member_with_default (object,
                                                                         op,
                                                                         0) +
                                  1);
  }
  return object;
}

static JsonArray *
labels_to_json (const SacManifestOutput *output)
{
  JsonArray *array = json_array_new ();

  for (size_t i = 0; i < output->label_count; i++) {
    g_autofree char *id = g_utf8_make_valid (output->labels[i].id, -1);

    json_array_add_string_element (array, id);
  }
  return array;
}

static JsonObject *
target_to_json (const SacGraph *graph, const SacCamTarget *target)
{
  JsonObject *object = json_object_new ();
  JsonArray *grid = json_array_new ();

  cli_set_name (object, "tensor", graph->values[target->value].name);
  json_object_set_string_member (object, "layout",
                                 sac_layout_get_name (target->layout));
  json_object_set_int_member (object, "prefix_tokens", target->prefix_tokens);
  json_array_add_int_element (grid, target->rows);
  json_array_add_int_element (grid, target->columns);
  json_object_set_array_member (object, "grid", grid);
  json_object_set_int_member (object, "channels", target->channels);
  return object;
}

/* Those of a list are told when they are of no use. */
static JsonArray *
layers_to_json (const SacGraph *graph, const GArray *targets)
{
  JsonArray *layers = json_array_new ();

  for (guint i = 0; i < targets->len; i++) {
    const SacCamTarget *target = &g_array_index (targets, SacCamTarget, i);
    JsonObject *object = target_to_json (graph, target);

    json_object_set_boolean_member (object, "zero_gradient",
                                    target->zero_gradient);
    if (target->zero_gradient)
      json_object_set_string_member (object, "reason",
                                     "nothing of its places reaches the first "
                                     "output: "
                                     "its maps would be 0 everywhere");
    json_array_add_object_element (layers, object);
  }
  return layers;
}

/* Focal modulation, where modulator-norm can be taken. */
static JsonArray *
modulators_to_json (SacNetwork *network, const SacPlan *plan)
{
  const SacGraph *graph = sac_network_get_graph (network);
  g_autoptr (SacFlow) flow = sac_flow_new (plan, network, 0);
  g_autoptr (GArray) all = sac_modulator_find (flow);
  JsonArray *array = json_array_new ();
  SacCamTarget target;

  for (guint i = 0; i < all->len; i++) {
    if (sac_cam_layout_infer (flow, g_array_index (all, int, i), &target))
      json_array_add_object_element (array, target_to_json (graph, &target));
  }
  return array;
}

static JsonObject *
attention_to_json (const SacGraph *graph, const SacAttention *attention)
{
  JsonObject *object = json_object_new ();
  JsonArray *grid = json_array_new ();

  cli_set_name (object, "tensor", graph->values[attention->value].name);
  json_object_set_string_member (object, "kind",
                                 sac_attention_kind_get_name (attention->kind));
  json_object_set_int_member (object, "heads", attention->heads);
  json_object_set_int_member (object, "queries", attention->queries);
  json_object_set_int_member (object, "keys", attention->keys);
  json_object_set_int_member (object, "prefix_tokens",
                              attention->prefix_tokens);
  json_array_add_int_element (grid, attention->rows);
  json_array_add_int_element (grid, attention->columns);
  json_object_set_array_member (object, "grid", grid);
  if (attention->kernel > 0)
    json_object_set_int_member (object, "kernel", attention->kernel);
  return object;
}

static void
add_explain (JsonObject *object, SacModel *model, const SacPlan *plan)
{
  SacNetwork *network = sac_model_get_network (model);
  const SacManifest *manifest = sac_model_get_manifest (model);
  const SacGraph *graph = sac_network_get_graph (network);
  g_autoptr (GArray) attention =
    sac_attention_find (plan, network, manifest, NULL);
  g_autoptr (GArray) targets = sac_cam_target_list (plan, network, manifest);
  JsonObject *explain = json_object_new ();
  JsonArray *found = json_array_new ();
  SacCamTarget target;

  if (sac_cam_target_default (plan, network, manifest, &target, NULL))
    json_object_set_object_member (explain, "cam",
                                   target_to_json (graph, &target));
  for (guint i = 0; attention != NULL && i < attention->len; i++)
    json_array_add_object_element (
      found,
      attention_to_json (graph, &g_array_index (attention, SacAttention, i)));
  json_object_set_array_member (explain, "layers",
                                layers_to_json (graph, targets));
  json_object_set_array_member (explain, "attention", found);
  json_object_set_array_member (explain, "modulators",
                                modulators_to_json (network, plan));
  json_object_set_object_member (object, "explain", explain);
}

static void
add_manifest (JsonObject *object, const SacManifest *manifest)
{
  JsonArray *heads = json_array_new ();

  for (size_t i = 0; i < manifest->output_count; i++) {
    JsonObject *head = json_object_new ();

    cli_set_name (head, "name", manifest->outputs[i].name);
    json_object_set_array_member (head, "labels",
                                  labels_to_json (&manifest->outputs[i]));
    json_array_add_object_element (heads, head);
  }
  json_object_set_array_member (object, "heads", heads);
  json_object_set_boolean_member (object, "guessed", manifest->guessed);
  if (manifest->licence != NULL)
    cli_set_name (object, "licence", manifest->licence);
  if (manifest->citation != NULL)
    cli_set_name (object, "citation", manifest->citation);
}

/* Sizes that were assumed are said, and may be none that the network takes:
 * then it is said why. */
static void
explain_shapes (JsonObject *object, SacModel *model, const CliGuess *guess)
{
  const SacGraph *graph = sac_network_get_graph (sac_model_get_network (model));

  if (guess->assumed) {
    JsonArray *array = json_array_new ();

    for (size_t i = 0; i < graph->input_count; i++)
      json_array_add_array_element (array, shape_to_json (&guess->shapes[i]));
    json_object_set_array_member (object, "assumed_shapes", array);
  }
  if (guess->plan != NULL)
    add_explain (object, model, guess->plan);
  else
    cli_set_name (object, "assumed_shapes_error", guess->reason->message);
}

JsonObject *
cli_model_to_json (SacModel *model, SacJob *job, GError **error)
{
  SacNetwork *network = sac_model_get_network (model);
  const SacGraph *graph = sac_network_get_graph (network);
  g_autoptr (GError) fault = NULL;
  g_autoptr (CliGuess) guess = cli_guess_shapes (model, job, &fault);
  g_autoptr (JsonObject) object = NULL;

  if (fault != NULL) {
    g_propagate_error (error, g_steal_pointer (&fault));
    return NULL;
  }
  object = json_object_new ();

  json_object_set_string_member (object, "kind", "model");
  cli_set_name (object, "id", sac_model_get_id (model));
  cli_set_name (object, "name", sac_model_get_name (model));
  json_object_set_string_member (object, "sha256",
                                 sac_network_get_sha256 (network));
  json_object_set_int_member (object, "opset", graph->opset);
  cli_set_name (object, "producer", graph->producer);
  json_object_set_int_member (object, "nodes", graph->node_count);
  json_object_set_object_member (object, "ops", ops_to_json (graph));
  json_object_set_array_member (object, "inputs",
                                values_to_json (graph, graph->inputs,
                                                graph->input_count));
  json_object_set_array_member (object, "outputs",
                                values_to_json (graph, graph->outputs,
                                                graph->output_count));
  add_manifest (object, sac_model_get_manifest (model));
  if (guess != NULL)
    explain_shapes (object, model, guess);
  return g_steal_pointer (&object);
}
