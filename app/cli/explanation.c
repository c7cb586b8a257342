/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explanation.h"

#include "base/error.h"
#include "explain/not-finite.h"
#include "explain/params.h"

#include <math.h>
#include <string.h>

GPtrArray *
cli_find_methods (const char *text, GError **error)
{
  g_auto (GStrv) names = g_strsplit (text, ",", -1);
  g_autoptr (GPtrArray) methods = g_ptr_array_new ();

  for (size_t i = 0; names[i] != NULL; i++) {
    const SacMethod *method = sac_method_find (names[i]);

    if (method == NULL) {
      cli_usage_error (error,
                       "there is no method \"%s\"; 'saccade-cli methods' lists "
                       "those there are",
                       names[i]);
      return NULL;
    }
    g_ptr_array_add (methods, (void *)method);
  }
  if (methods->len == 0) {
    cli_usage_error (error, "--method takes NAME[,NAME...]");
    return NULL;
  }
  return g_steal_pointer (&methods);
}

static bool
parse_index (const char *text, const char *what, size_t *ret, GError **error)
{
  guint64 value = 0;

  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT, &value, NULL))
    return cli_usage_error (error, "%s takes a number, not \"%s\"", what, text);
  *ret = value;
  return true;
}

static bool
set_param (CliExplanation *self,
           const char *key,
           const char *value,
           GError **error)
{
  if (strcmp (key, "batch") == 0)
    return parse_index (value, "--param batch", &self->request.batch, error);
  if (strcmp (key, "input") == 0) {
    int index = sac_inputs_find (self->owner->model, value, error);

    self->request.input = MAX (index, 0);
    return index >= 0;
  }
  g_hash_table_insert (self->method_params, g_strdup (key), g_strdup (value));
  return true;
}

static bool
set_params (CliExplanation *self, char *const *params, GError **error)
{
  for (size_t i = 0; params != NULL && params[i] != NULL; i++) {
    g_autofree char *key = NULL;
    g_autofree char *value = NULL;

    if (!cli_split_assignment (params[i], "--param", &key, &value, error) ||
        !set_param (self, key, value, error))
      return false;
  }
  return true;
}

static bool
set_head (CliExplanation *self, const char *text, GError **error)
{
  size_t head = 0;

  if (text == NULL)
    return true;
  for (SacHeadMode mode = SAC_HEAD_MEAN; mode < SAC_HEAD_ONE; mode++) {
    if (strcmp (text, sac_head_mode_get_name (mode)) != 0)
      continue;
    self->request.head_mode = mode;
    return true;
  }
  if (!parse_index (text, "--head", &head, error))
    return false;
  self->request.head_mode = SAC_HEAD_ONE;
  self->request.head = head;
  return true;
}

/* "OUTPUT:CLASS" names the head as well; a label's id may hold a colon itself,
 * so the part before it counts only when an output has that name. */
static const char *
choose_output (CliExplanation *self, const char *text)
{
  const SacManifest *manifest = sac_model_get_manifest (self->owner->model);

  for (size_t i = 0; text != NULL && i < manifest->output_count; i++) {
    const char *name = manifest->outputs[i].name;
    size_t length = strlen (name);

    if (strncmp (text, name, length) == 0 && text[length] == ':') {
      self->request.output = i;
      return text + length + 1;
    }
  }
  return text;
}

/* NaN is no more than any other number, so that no class is the predicted one.
 */
static bool
choose_top (CliExplanation *self,
            const SacPrediction *head,
            SacJob *job,
            GError **error)
{
  if (head != NULL && !sac_prediction_has_top (head)) {
    g_autofree char *origin =
      sac_not_finite_describe (sac_model_get_network (self->owner->model),
                               self->request.inputs, job);

    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "%s predicts no class for this image: its scores are not "
                 "finite%s%s; check the manifest's scale, mean and std",
                 sac_model_get_id (self->owner->model),
                 origin != NULL ? ": " : "", origin != NULL ? origin : "");
    return false;
  }
  self->request.class_index = head != NULL ? (int64_t)head->top : -1;
  return true;
}

static bool
find_class (const CliExplanation *self,
            const char *text,
            const char *option,
            int64_t *ret_index,
            GError **error)
{
  const SacPrediction *head = cli_explanation_get_head (self);
  size_t index = 0;

  if (head == NULL) {
    if (!parse_index (text, option, &index, error))
      return false;
    *ret_index = index;
    return true;
  }
  *ret_index = sac_model_find_class (self->owner->model, self->request.output,
                                     head->class_count, text, error);
  return *ret_index >= 0;
}

static bool
set_class (CliExplanation *self, const char *text, SacJob *job, GError **error)
{
  const char *class = choose_output (self, text);

  if (class == NULL)
    return choose_top (self, cli_explanation_get_head (self), job, error);
  return find_class (self, class, "--class", &self->request.class_index, error);
}

/* What of the output is explained.  Without a class, --class may still name the
 * output: "OUTPUT:". */
static bool
set_score (CliExplanation *self,
           const CliExplanationParams *params,
           SacJob *job,
           GError **error)
{
  if (params->score != NULL &&
      !sac_score_kind_find (params->score, &self->request.score))
    return cli_usage_error (error,
                            "--score takes logit, probability, "
                            "log-probability, sum or norm, not \"%s\"",
                            params->score);
  if (params->against != NULL && self->request.score != SAC_SCORE_LOGIT)
    return cli_usage_error (error, "--against is for the score logit");
  if (!sac_score_kind_has_class (self->request.score)) {
    const char *class = choose_output (self, params->class);

    self->request.class_index = -1;
    if (class != NULL && *class != '\0')
      return cli_usage_error (error, "the score %s is of no class",
                              params->score);
    return true;
  }
  if (!set_class (self, params->class, job, error))
    return false;
  self->request.has_against = params->against != NULL;
  return params->against == NULL ||
         find_class (self, params->against, "--against", &self->request.against,
                     error);
}

static void
fill_request (CliExplanation *self)
{
  SacInputs *inputs = self->owner->inputs;

  self->request.model = self->owner->model;
  self->request.inputs = (const SacTensor *const *)inputs->tensors;
  self->request.params = self->method_params;
  if (inputs->geometries == NULL)
    return;
  self->geometries = g_new0 (const SacGeometry *, inputs->count);
  for (size_t i = 0; i < inputs->count; i++)
    self->geometries[i] = &inputs->geometries[i];
  self->request.geometries = self->geometries;
}

static bool
is_of_another (const CliExplanation *self, const char *name)
{
  for (guint i = 0; i < self->methods->len; i++) {
    if (sac_params_has (self->methods->pdata[i], name))
      return true;
  }
  return false;
}

/* The parameters that the method has, and those that none has: it refuses them.
 * Returns: a new table, whose texts are borrowed. */
static GHashTable *
own_params (const CliExplanation *self, const SacMethod *method)
{
  GHashTable *own = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer name, text;

  g_hash_table_iter_init (&iter, self->method_params);
  while (g_hash_table_iter_next (&iter, &name, &text)) {
    if (sac_params_has (method, name) || !is_of_another (self, name))
      g_hash_table_insert (own, name, text);
  }
  return own;
}

/* A parameter that no method has, or a value that one of them does not take, is
 * wrong usage. */
static bool
check_params (const CliExplanation *self, GError **error)
{
  for (guint i = 0; i < self->methods->len; i++) {
    const SacMethod *method = self->methods->pdata[i];
    g_autoptr (GHashTable) own = own_params (self, method);
    SacExplainRequest request = {.params = own};
    g_autoptr (GError) reason = NULL;

    if (!sac_params_check (method, &request, &reason))
      return cli_usage_error (error, "%s", reason->message);
  }
  return true;
}

CliExplanation *
cli_explanation_new (CliCase *owner,
                     const CliExplanationParams *params,
                     SacJob *job,
                     GError **error)
{
  g_autoptr (CliExplanation) self = g_new0 (CliExplanation, 1);

  self->owner = owner;
  self->methods = g_ptr_array_ref (params->methods);
  self->method_params =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  fill_request (self);
  self->request.layer = params->layer;
  if (!set_params (self, params->params, error) ||
      !check_params (self, error) || !set_head (self, params->head, error))
    return NULL;
  self->predictions =
    sac_predict (owner->model, owner->inputs, self->request.batch, job, error);
  if (self->predictions == NULL || !set_score (self, params, job, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
cli_explanation_free (CliExplanation *self)
{
  if (self == NULL)
    return;
  sac_predictions_free (self->predictions);
  g_hash_table_unref (self->method_params);
  g_ptr_array_unref (self->methods);
  g_free (self->geometries);
  g_free (self);
}

const SacPrediction *
cli_explanation_get_head (const CliExplanation *self)
{
  const SacPrediction *head;

  if (self->request.output >= self->predictions->head_count)
    return NULL;
  head = &self->predictions->heads[self->request.output];
  return head->class_count > 0 ? head : NULL;
}

char *
cli_explanation_class_id (const CliExplanation *self)
{
  const SacPrediction *head = cli_explanation_get_head (self);

  if (!sac_score_kind_has_class (self->request.score))
    return NULL;
  if (head == NULL)
    return g_strdup_printf ("%" G_GINT64_FORMAT, self->request.class_index);
  return sac_prediction_class_id (head, self->request.class_index);
}

static char *
name_class (const CliExplanation *self, int64_t index)
{
  const SacPrediction *head = cli_explanation_get_head (self);

  if (head == NULL)
    return g_strdup_printf ("element %" G_GINT64_FORMAT, index);
  return sac_prediction_class_name (head, index);
}

char *
cli_explanation_class_name (const CliExplanation *self)
{
  if (self->request.score == SAC_SCORE_SUM)
    return g_strdup ("sum of the output");
  if (self->request.score == SAC_SCORE_NORM)
    return g_strdup ("norm of the output");

  g_autofree char *own = name_class (self, self->request.class_index);

  if (!self->request.has_against)
    return g_steal_pointer (&own);

  g_autofree char *other = name_class (self, self->request.against);

  return g_strdup_printf ("%s - %s", own, other);
}

double
cli_explanation_probability (const CliExplanation *self)
{
  const SacPrediction *head = cli_explanation_get_head (self);

  return head != NULL && self->request.class_index >= 0
           ? head->probabilities[self->request.class_index]
           : NAN;
}

static void
add_image (const CliExplanation *self, JsonObject *provenance)
{
  SacSource *source = self->owner->sources->pdata[self->request.input];
  g_autofree char *name = g_path_get_basename (sac_source_get_path (source));

  cli_set_name (provenance, "image", name);
  json_object_set_string_member (provenance, "image_hash",
                                 self->owner->inputs
                                   ->image_hashes[self->request.input]);
  cli_set_notes (provenance, "image_notes", source);
}

SacMap *
cli_explanation_run (CliExplanation *self,
                     const SacMethod *method,
                     SacJob *job,
                     GError **error)
{
  g_autoptr (GHashTable) own = own_params (self, method);
  SacExplainRequest request = self->request;
  SacMap *map;

  request.params = own;
  map = sac_method_run (method, &request, job, error);
  if (map == NULL)
    g_prefix_error (error, "%s of %s: ", method->name,
                    sac_model_get_id (self->owner->model));
  if (map != NULL && self->owner->sources->len > 0)
    add_image (self, map->provenance);
  return map;
}
