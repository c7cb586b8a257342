/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/provenance.h"

#include "base/json.h"
#include "base/pool.h"
#include "explain/list.h"
#include "explain/params.h"
#include "network/escape.h"
#include "network/plan-profile.h"

#include <inttypes.h>

static void
set_name (JsonObject *object,
          const char *member,
          const SacExplainRun *run,
          int value)
{
  g_autofree char *name = sac_explain_run_name (run, value);

  json_object_set_string_member (object, member, name);
}

static void
set_string (JsonObject *object, const char *member, const char *text)
{
  if (text != NULL)
    json_object_set_string_member (object, member, text);
  else
    json_object_set_null_member (object, member);
}

/* "element 1,12,33" of an output whose samples have that many axes.
 * Returns: a new string. */
static char *
element_name (const SacExplainRun *run, int64_t index)
{
  const SacShape *shape =
    &sac_plan_get_info (run->plan, run->score.output)->shape;
  g_autofree char *places = g_strdup ("");

  for (int axis = shape->rank - 1; axis > 0; axis--) {
    g_autofree char *rest = g_steal_pointer (&places);

    places = g_strdup_printf ("%" PRId64 "%s%s", index % shape->dims[axis],
                              *rest != '\0' ? "," : "", rest);
    index /= shape->dims[axis];
  }
  return g_strdup_printf ("element %s of the output", places);
}

/* "mel", or "class 3".  Returns: a new string. */
static char *
class_name (const SacExplainRun *run, int64_t index)
{
  if (!sac_explain_run_is_row (run))
    return element_name (run, index);

  size_t output = run->request->output;
  const SacManifestOutput *stated = output < run->manifest->output_count
                                      ? &run->manifest->outputs[output]
                                      : NULL;

  if (stated != NULL && (size_t)index < stated->label_count)
    return sac_network_escape (stated->labels[index].id);
  return g_strdup_printf ("class %" G_GINT64_FORMAT, index);
}

/* What is differentiated, in words and as a number. */
static void
add_kind (JsonObject *provenance, const SacExplainRun *run)
{
  const SacExplainRequest *request = run->request;
  g_autofree char *own =
    run->class_index >= 0 ? class_name (run, run->class_index) : NULL;
  g_autofree char *against =
    request->has_against ? class_name (run, request->against) : NULL;
  g_autofree char *text = request->cotangent != NULL
                            ? g_strdup ("a weighted sum of the output")
                            : sac_score_describe (request->score, own, against);

  json_object_set_string_member (provenance, "score", text);
  sac_json_set_number (provenance, "score_value", run->value);
  if (request->nearest_count > 0)
    sac_provenance_add_note (provenance,
                             N_ ("From the class's logit those of the classes "
                                 "nearest to it are taken."));
  if (request->has_against) {
    json_object_set_int_member (provenance, "against_index", request->against);
    json_object_set_string_member (provenance, "against_id", against);
  }
}

static void
add_class (JsonObject *provenance, const SacExplainRun *run)
{
  size_t index = run->class_index;
  size_t output = run->request->output;
  const SacManifestOutput *stated = output < run->manifest->output_count
                                      ? &run->manifest->outputs[output]
                                      : NULL;

  json_object_set_int_member (provenance, "target_index", run->element);
  if (!sac_explain_run_is_row (run)) {
    if (run->request->class_index < 0)
      sac_provenance_add_note (provenance, N_ ("The output is not a row of "
                                               "classes: what is explained "
                                               "is its largest number."));
    return;
  }
  json_object_set_int_member (provenance, "class_index", run->class_index);
  if (stated != NULL && index < stated->label_count) {
    set_string (provenance, "class_id", stated->labels[index].id);
    set_string (provenance, "class_name", stated->labels[index].name);
  }
  sac_json_set_number (provenance, "probability", run->probability);
}

/* Not a finding about the image, and not to be shown as an empty map alone. */
static void
flag_silent (JsonObject *provenance, const SacExplainRun *run)
{
  bool is_input =
    sac_result_get_gradient (run->result,
                             run->graph
                               ->values[run->graph->inputs[run->request->input]]
                               .name) != NULL;

  if (run->has_gradients && !run->has_slope)
    json_object_set_string_member (provenance, "flag",
                                   is_input
                                     ? N_ ("The gradient is 0 everywhere at "
                                           "the input: no small change of the "
                                           "image changes the score.")
                                     : N_ ("The gradient is 0 everywhere at "
                                           "this layer: nothing here changes "
                                           "the score."));
}

void
sac_provenance_add_score (JsonObject *provenance, const SacExplainRun *run)
{
  set_name (provenance, "output", run, run->score.output);
  set_name (provenance, "target", run, run->score.value);
  sac_json_set_number (provenance, "logit", run->logit);
  add_kind (provenance, run);
  flag_silent (provenance, run);
  if (run->class_index >= 0)
    add_class (provenance, run);
  else if (run->request->cotangent != NULL)
    sac_provenance_add_note (provenance,
                             N_ ("The score is a weighted sum of the output."));
  if (run->score.activation != NULL) {
    g_autofree char *sentence =
      g_strdup_printf ("The network ends in %s; what is explained is the score "
                       "that goes into it.",
                       run->score.activation);

    sac_provenance_add_note (provenance, sentence);
  }
}

void
sac_provenance_add_grid (JsonObject *provenance,
                         int prefix_tokens,
                         int rows,
                         int columns)
{
  JsonArray *grid = json_array_new ();

  json_array_add_int_element (grid, rows);
  json_array_add_int_element (grid, columns);
  json_object_set_array_member (provenance, "grid", grid);
  json_object_set_int_member (provenance, "prefix_tokens", prefix_tokens);
}

void
sac_provenance_add_target (JsonObject *provenance,
                           const SacExplainRun *run,
                           const SacCamTarget *target)
{
  set_name (provenance, "layer", run, target->value);
  json_object_set_string_member (provenance, "layer_layout",
                                 sac_layout_get_name (target->layout));
  sac_provenance_add_grid (provenance, target->prefix_tokens, target->rows,
                           target->columns);
}

void
sac_provenance_add_attention (JsonObject *provenance,
                              const SacExplainRun *run,
                              const int *values,
                              size_t count)
{
  JsonArray *names = json_array_new ();

  for (size_t i = 0; i < count; i++) {
    g_autofree char *name = sac_explain_run_name (run, values[i]);

    json_array_add_string_element (names, name);
  }
  json_object_set_array_member (provenance, "attention", names);
}

void
sac_provenance_add_note (JsonObject *provenance, const char *sentence)
{
  if (!json_object_has_member (provenance, "notes"))
    json_object_set_array_member (provenance, "notes", json_array_new ());
  json_array_add_string_element (json_object_get_array_member (provenance,
                                                               "notes"),
                                 sentence);
}

static void
add_model (JsonObject *provenance, SacModel *model)
{
  const SacManifest *manifest = sac_model_get_manifest (model);
  g_autofree char *id = sac_network_escape (sac_model_get_id (model));

  json_object_set_string_member (provenance, "model", id);
  set_string (provenance, "model_sha256",
              sac_network_get_sha256 (sac_model_get_network (model)));
  set_string (provenance, "manifest_sha256", manifest->hash);
}

static void
add_params (JsonObject *provenance,
            const SacMethod *method,
            const SacExplainRequest *request)
{
  JsonObject *params = json_object_new ();

  for (const SacMethodParam *param = method->params;
       param != NULL && param->name != NULL; param++)
    json_object_set_string_member (params, param->name,
                                   sac_param_get_text (request, param));
  json_object_set_object_member (provenance, "params", params);
}

static void
add_head (JsonObject *provenance, const SacExplainRequest *request)
{
  if (request->head_mode == SAC_HEAD_ONE)
    json_object_set_int_member (provenance, "head", request->head);
  else
    json_object_set_string_member (provenance, "head",
                                   sac_head_mode_get_name (request->head_mode));
}

void
sac_provenance_add_common (JsonObject *provenance,
                           const SacMethod *method,
                           const SacExplainRequest *request)
{
  const SacManifest *manifest = sac_model_get_manifest (request->model);
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *time = g_date_time_format_iso8601 (now);

  json_object_set_string_member (provenance, "program", "Saccade");
  json_object_set_string_member (provenance, "version", SAC_VERSION);
  add_model (provenance, request->model);
  json_object_set_string_member (provenance, "method", method->name);
  add_params (provenance, method, request);
  if (method->has_head)
    add_head (provenance, request);
  if (request->input < manifest->input_count)
    set_string (provenance, "input", manifest->inputs[request->input].name);
  json_object_set_int_member (provenance, "batch", request->batch);
  json_object_set_int_member (provenance, "threads", sac_pool_get_threads ());
  json_object_set_string_member (provenance, "kernels",
                                 sac_plan_get_kernels ());
  json_object_set_boolean_member (provenance, "exact", sac_plan_get_exact ());
  json_object_set_string_member (provenance, "created", time);
}
