/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "case.h"

#include "base/error.h"
#include "network/predict.h"

#include <math.h>

static JsonObject *
head_to_json (const SacPrediction *head)
{
  JsonObject *object = json_object_new ();
  JsonArray *classes = json_array_new ();

  cli_set_name (object, "name", head->info->name);
  for (size_t i = 0; i < head->class_count; i++) {
    JsonObject *class = json_object_new ();
    g_autofree char *id = sac_prediction_class_id (head, i);
    g_autofree char *name = sac_prediction_class_name (head, i);

    cli_set_name (class, "id", id);
    cli_set_name (class, "name", name);
    sac_json_set_number (class, "probability", head->probabilities[i]);
    sac_json_set_number (class, "logit", head->logits[i]);
    json_array_add_object_element (classes, class);
  }
  json_object_set_array_member (object, "probabilities", classes);
  if (head->class_count > 0 && !sac_prediction_has_top (head)) {
    json_object_set_null_member (object, "top");
  } else if (head->class_count > 0) {
    g_autofree char *top = sac_prediction_class_id (head, head->top);

    cli_set_name (object, "top", top);
  }
  return object;
}

static bool
predict_image (SacModel *model,
               const char *image,
               char *const *images,
               const char *region,
               SacJob *job,
               GError **error)
{
  CliCaseParams params = {.image = image, .images = images, .region = region};
  g_autoptr (CliCase) self = cli_case_new (model, &params, job, error);

  if (self == NULL)
    return false;

  g_autoptr (SacPredictions) predictions =
    sac_predict (model, self->inputs, 0, job, error);

  if (predictions == NULL)
    return false;

  JsonObject *object = json_object_new ();
  JsonArray *outputs = json_array_new ();

  cli_set_name (object, "image",
                image != NULL ? image
                              : sac_source_get_path (self->sources->pdata[0]));
  cli_set_notes (object, "notes", self->sources->pdata[0]);
  json_object_set_string_member (object, "model", sac_model_get_id (model));
  json_object_set_string_member (object, "model_sha256",
                                 sac_network_get_sha256 (
                                   sac_model_get_network (model)));
  /* What no manifest states was guessed: the numbers may rest on a wrong size,
   * scale or activation. */
  json_object_set_boolean_member (object, "guessed",
                                  sac_model_get_manifest (model)->guessed);
  cli_add_engine (object);
  for (size_t i = 0; i < predictions->head_count; i++)
    json_array_add_object_element (outputs,
                                   head_to_json (&predictions->heads[i]));
  json_object_set_array_member (object, "outputs", outputs);
  return cli_print (object, error);
}

/* A file that cannot be read must not stop the ones after it: each failure is
 * told as it comes, the last one becomes the command's own. */
static bool
predict_all (SacModel *model,
             char *const *paths,
             char *const *images,
             const char *region,
             SacJob *job,
             GError **error)
{
  g_autoptr (GError) failure = NULL;

  for (size_t i = 0; paths[i] != NULL; i++) {
    g_autoptr (GError) reason = NULL;

    if (predict_image (model, paths[i], images, region, job, &reason))
      continue;
    if (failure != NULL)
      cli_report (cli_predict.name, failure);
    g_clear_error (&failure);
    failure = g_steal_pointer (&reason);
    if (failure->domain != SAC_ERROR)
      break;
  }
  if (failure == NULL)
    return true;
  g_propagate_error (error, g_steal_pointer (&failure));
  return false;
}

static bool
run_predict (int argc, char **argv, SacJob *job, GError **error)
{
  g_auto (GStrv) images = NULL;
  g_auto (GStrv) rest = NULL;
  g_autofree char *region = NULL;
  CliEngine engine = {0};
  GOptionEntry entries[] = {
    {"image", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &images,
     "Image of another input, by name or role", "ROLE=FILE"},
    {"region", 0, 0, G_OPTION_ARG_STRING, &region,
     "Part of the image to look at, level-0 pixels", "X,Y,W,H"},
    CLI_THREADS_ENTRY (&engine),
    CLI_EXACT_ENTRY (&engine),
    G_OPTION_ENTRY_NULL,
  };

  if (!cli_parse (&cli_predict, entries, argc, argv, &rest, error) ||
      !cli_set_engine (&engine, error))
    return false;
  if (rest[0] == NULL || (rest[1] == NULL && images == NULL))
    return cli_usage_error (error, "give a model and at least one image");

  g_autoptr (SacModel) model = sac_model_open (rest[0], job, error);

  if (model == NULL)
    return false;
  if (rest[1] == NULL)
    return predict_image (model, NULL, images, region, job, error);
  return predict_all (model, rest + 1, images, region, job, error);
}

const CliCommand cli_predict = {
  .name = "predict",
  .usage = "MODEL IMAGE... [--image ROLE=FILE ...] [--region X,Y,W,H]",
  .summary = "Probabilities and logits of every class, one image a line.",
  .run = run_predict,
};
