/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/model.h"

#include "base/error.h"
#include "network/model-place.h"

#include <math.h>
#include <string.h>

struct SacModel {
  gatomicrefcount ref_count;
  SacNetwork *network;
  SacManifest *manifest;
  SacModel *whole; /* of an altered one: owns the manifest */
};

SacModel *
sac_model_ref (SacModel *model)
{
  g_atomic_ref_count_inc (&model->ref_count);
  return model;
}

void
sac_model_unref (SacModel *model)
{
  if (model == NULL || !g_atomic_ref_count_dec (&model->ref_count))
    return;
  sac_network_unref (model->network);
  if (model->whole == NULL)
    sac_manifest_free (model->manifest);
  sac_model_unref (model->whole);
  g_free (model);
}

SacModel *
sac_model_new_altered (SacModel *model, SacNetwork *network)
{
  SacModel *altered = g_new0 (SacModel, 1);

  g_atomic_ref_count_init (&altered->ref_count);
  altered->network = sac_network_ref (network);
  altered->manifest = model->manifest;
  altered->whole = sac_model_ref (model);
  return altered;
}

SacNetwork *
sac_model_get_network (const SacModel *model)
{
  return model->network;
}

const SacManifest *
sac_model_get_manifest (const SacModel *model)
{
  return model->manifest;
}

const char *
sac_model_get_id (const SacModel *model)
{
  return model->manifest->id;
}

const char *
sac_model_get_name (const SacModel *model)
{
  return model->manifest->name;
}

/* A network that is not the one its manifest was written for would be fed and
 * read wrongly without a sign of it. */
static bool
check_hash (const SacModelPlace *place, SacModel *model, GError **error)
{
  const char *expected = model->manifest->sha256;
  const char *actual = NULL;

  if (expected != NULL)
    actual = sac_network_get_sha256 (model->network);
  if (g_strcmp0 (expected, actual) == 0)
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "%s: has SHA-256 %s, but %s expects %s: the network was changed "
               "or is another one; get the right file, or correct the sha256",
               place->network, actual, place->json, expected);
  return false;
}

SacModel *
sac_model_open (const char *spec, SacJob *job, GError **error)
{
  g_auto (SacModelPlace) place = {0};

  if (!sac_model_place_find (&place, spec, error))
    return NULL;

  g_autoptr (SacModel) model = g_new0 (SacModel, 1);

  g_atomic_ref_count_init (&model->ref_count);
  model->network = sac_network_load (place.network, job, error);
  if (model->network == NULL)
    return NULL;
  model->manifest =
    sac_manifest_new (place.json, place.folder, model->network, error);
  if (model->manifest == NULL || !check_hash (&place, model, error))
    return NULL;
  return g_steal_pointer (&model);
}

void
sac_model_probabilities (const SacManifestOutput *output,
                         const float *logits,
                         size_t count,
                         double *ret_probabilities)
{
  double largest = -INFINITY;
  double sum = 0;

  for (size_t i = 0; i < count; i++) {
    ret_probabilities[i] = logits[i] / output->temperature;
    largest = fmax (largest, ret_probabilities[i]);
  }
  if (output->activation == SAC_ACTIVATION_NONE)
    return;
  if (output->activation == SAC_ACTIVATION_SIGMOID) {
    for (size_t i = 0; i < count; i++)
      ret_probabilities[i] = 1 / (1 + exp (-ret_probabilities[i]));
    return;
  }
  for (size_t i = 0; i < count; i++) {
    ret_probabilities[i] = exp (ret_probabilities[i] - largest);
    sum += ret_probabilities[i];
  }
  for (size_t i = 0; i < count; i++)
    ret_probabilities[i] /= sum;
}

static char *
list_classes (const SacManifestOutput *info, size_t class_count)
{
  if (info->label_count == 0)
    return class_count == 0 ? g_strdup ("none")
                            : g_strdup_printf ("0 to %zu", class_count - 1);

  GString *list = g_string_new (NULL);

  for (size_t i = 0; i < info->label_count; i++) {
    if (i == 20) {
      g_string_append_printf (list, " and %zu more", info->label_count - i);
      break;
    }

    g_autofree char *shown = sac_network_escape (info->labels[i].id);

    g_string_append_printf (list, "%s%s", i > 0 ? ", " : "", shown);
  }
  return g_string_free (list, FALSE);
}

/* Labels whose id, or name, is `text`; *ret_index is the last of them. */
static int
count_labels (const SacManifestOutput *info,
              size_t labelled,
              const char *text,
              bool by_name,
              int64_t *ret_index)
{
  int count = 0;

  for (size_t i = 0; i < labelled; i++) {
    const SacLabel *label = &info->labels[i];

    if (strcmp (by_name ? label->name : label->id, text) == 0) {
      *ret_index = i;
      count++;
    }
  }
  return count;
}

int64_t
sac_model_find_class (const SacModel *model,
                      size_t output,
                      size_t class_count,
                      const char *text,
                      GError **error)
{
  const SacManifestOutput *info = &model->manifest->outputs[output];
  size_t labelled = MIN (info->label_count, class_count);
  guint64 number;

  g_assert (output < model->manifest->output_count);

  int64_t index = -1;
  int count = count_labels (info, labelled, text, false, &index);

  if (count == 0)
    count = count_labels (info, labelled, text, true, &index);
  if (count == 1)
    return index;
  if (count == 0 && class_count > 0 &&
      g_ascii_string_to_unsigned (text, 10, 0, class_count - 1, &number, NULL))
    return number;

  g_autofree char *asked = sac_network_escape (text);
  g_autofree char *name = sac_network_escape (info->name);

  if (count > 1) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "output \"%s\" has %d classes called \"%s\": give the number "
                 "of "
                 "the one that is meant, counted from 0",
                 name, count, asked);
    return -1;
  }

  g_autofree char *list = list_classes (info, class_count);

  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "output \"%s\" has no class \"%s\"; its classes are %s", name,
               asked, list);
  return -1;
}
