/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/inputs.h"

#include "base/error.h"
#include "network/preprocess.h"

#include <string.h>

static SacInputs *
new_empty (size_t count)
{
  SacInputs *inputs = g_new0 (SacInputs, 1);

  inputs->count = count;
  inputs->tensors = g_new0 (SacTensor *, count + 1);
  return inputs;
}

SacInputs *
sac_inputs_new_raw (SacTensor *const *tensors, size_t count)
{
  SacInputs *inputs = new_empty (count);

  for (size_t i = 0; i < count; i++)
    inputs->tensors[i] = sac_tensor_ref (tensors[i]);
  return inputs;
}

static bool
add_image (SacInputs *inputs,
           size_t index,
           const SacManifestInput *info,
           SacSource *source,
           const SacRect *region,
           SacJob *job,
           GError **error)
{
  inputs->tensors[index] =
    sac_preprocess (info, source, region, &inputs->geometries[index], job,
                    error);
  if (inputs->tensors[index] == NULL)
    return false;
  inputs->image_hashes[index] = g_strdup (sac_source_get_hash (source));
  return true;
}

SacInputs *
sac_inputs_new (SacModel *model,
                SacSource *const *sources,
                size_t source_count,
                const SacRect *region,
                SacJob *job,
                GError **error)
{
  const SacManifest *manifest = sac_model_get_manifest (model);

  if (source_count != manifest->input_count) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "%s takes %zu images, %zu given", sac_model_get_id (model),
                 manifest->input_count, source_count);
    return NULL;
  }

  g_autoptr (SacInputs) inputs = new_empty (source_count);

  inputs->geometries = g_new0 (SacGeometry, source_count + 1);
  inputs->image_hashes = g_new0 (char *, source_count + 1);
  for (size_t i = 0; i < source_count; i++) {
    if (!add_image (inputs, i, &manifest->inputs[i], sources[i],
                    i == 0 ? region : NULL, job, error))
      return NULL;
  }
  return g_steal_pointer (&inputs);
}

void
sac_inputs_free (SacInputs *inputs)
{
  if (inputs == NULL)
    return;
  for (size_t i = 0; i < inputs->count; i++)
    sac_tensor_unref (inputs->tensors[i]);
  g_free (inputs->tensors);
  g_free (inputs->geometries);
  g_strfreev (inputs->image_hashes);
  g_free (inputs);
}

static int
find_input (const SacManifest *manifest, const char *text, bool by_role)
{
  for (size_t i = 0; i < manifest->input_count; i++) {
    const SacManifestInput *input = &manifest->inputs[i];

    if (g_strcmp0 (by_role ? input->role : input->name, text) == 0)
      return i;
  }
  return -1;
}

int
sac_inputs_find (const SacModel *model, const char *text, GError **error)
{
  const SacManifest *manifest = sac_model_get_manifest (model);
  g_autoptr (GString) names = g_string_new (NULL);
  int index = find_input (manifest, text, false);

  if (index < 0)
    index = find_input (manifest, text, true);
  if (index >= 0)
    return index;
  for (size_t i = 0; i < manifest->input_count; i++) {
    g_autofree char *shown = sac_network_escape (manifest->inputs[i].name);

    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", shown);
  }
  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "%s has no input \"%s\"; it has %s", sac_model_get_id (model),
               text, names->str);
  return -1;
}
