/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "case.h"

#include "base/error.h"
#include "tensor/npy.h"

#include <math.h>

bool
cli_parse_region (const char *text, SacRect *ret_region, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);
  double numbers[4];

  if (g_strv_length (parts) != 4)
    return cli_usage_error (error, "--region takes X,Y,WIDTH,HEIGHT, not %s",
                            text);
  for (int i = 0; i < 4; i++) {
    char *end = NULL;

    numbers[i] = g_ascii_strtod (parts[i], &end);
    if (end == parts[i] || *end != '\0' || !isfinite (numbers[i]))
      return cli_usage_error (error, "--region takes four numbers, not %s",
                              text);
  }
  if (numbers[2] <= 0 || numbers[3] <= 0)
    return cli_usage_error (error, "--region needs a width and height above 0");
  *ret_region = (SacRect){numbers[0], numbers[1], numbers[2], numbers[3]};
  return true;
}

static bool
read_array (SacModel *model,
            const char *assignment,
            SacTensor **slots,
            GError **error)
{
  g_autofree char *name = NULL;
  g_autofree char *path = NULL;

  if (!cli_split_assignment (assignment, "--input", &name, &path, error))
    return false;

  int index = sac_inputs_find (model, name, error);

  if (index < 0)
    return false;
  if (slots[index] != NULL)
    return cli_usage_error (error, "--input %s is given twice", name);
  slots[index] = sac_npy_read (path, error);
  return slots[index] != NULL;
}

GPtrArray *
cli_read_arrays (SacModel *model, char *const *arrays, GError **error)
{
  const SacManifest *manifest = sac_model_get_manifest (model);
  size_t count = manifest->input_count;
  g_autoptr (GPtrArray) tensors =
    g_ptr_array_new_with_free_func ((GDestroyNotify)sac_tensor_unref);

  g_ptr_array_set_size (tensors, count);
  for (size_t i = 0; arrays != NULL && arrays[i] != NULL; i++) {
    if (!read_array (model, arrays[i], (SacTensor **)tensors->pdata, error))
      return NULL;
  }
  for (size_t i = 0; i < count; i++) {
    if (tensors->pdata[i] == NULL) {
      g_autofree char *name = sac_network_escape (manifest->inputs[i].name);

      g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                   "%s needs its input %s: give --input %s=FILE.npy",
                   sac_model_get_id (model), name, name);
      return NULL;
    }
  }
  return g_steal_pointer (&tensors);
}

/* Which file is for which input; borrowed from the arguments. */
static bool
assign_images (SacModel *model,
               const CliCaseParams *params,
               GHashTable *paths,
               GError **error)
{
  if (params->image != NULL)
    g_hash_table_insert (paths, GINT_TO_POINTER (0), g_strdup (params->image));
  for (size_t i = 0; params->images != NULL && params->images[i] != NULL; i++) {
    g_autofree char *role = NULL;
    g_autofree char *path = NULL;

    if (!cli_split_assignment (params->images[i], "--image", &role, &path,
                               error))
      return false;

    int index = sac_inputs_find (model, role, error);

    if (index < 0)
      return false;
    /* With one image named, the positional one is for the other input. */
    if (index == 0 && params->image != NULL &&
        sac_model_get_manifest (model)->input_count == 2)
      g_hash_table_insert (paths, GINT_TO_POINTER (1),
                           g_strdup (params->image));
    g_hash_table_insert (paths, GINT_TO_POINTER (index),
                         g_steal_pointer (&path));
  }
  return true;
}

static bool
open_sources (CliCase *self,
              const CliCaseParams *params,
              SacJob *job,
              GError **error)
{
  const SacManifest *manifest = sac_model_get_manifest (self->model);
  g_autoptr (GHashTable) paths =
    g_hash_table_new_full (NULL, NULL, NULL, g_free);

  if (!assign_images (self->model, params, paths, error))
    return false;
  for (size_t i = 0; i < manifest->input_count; i++) {
    const char *path = g_hash_table_lookup (paths, GSIZE_TO_POINTER (i));

    if (path == NULL) {
      const char *name = manifest->inputs[i].role != NULL
                           ? manifest->inputs[i].role
                           : manifest->inputs[i].name;
      g_autofree char *shown = sac_network_escape (name);

      g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                   "%s needs an image for its input %s: give --image %s=FILE",
                   sac_model_get_id (self->model), shown, shown);
      return false;
    }

    SacSource *source = sac_source_open (path, job, error);

    if (source == NULL)
      return false;
    g_ptr_array_add (self->sources, source);
  }
  return true;
}

static bool
fill (CliCase *self, const CliCaseParams *params, SacJob *job, GError **error)
{
  SacRect region;

  if (params->region != NULL &&
      !cli_parse_region (params->region, &region, error))
    return false;
  if (params->arrays != NULL) {
    if (params->image != NULL || params->images != NULL || params->region)
      return cli_usage_error (error, "give images or --input arrays, not both");

    g_autoptr (GPtrArray) tensors =
      cli_read_arrays (self->model, params->arrays, error);

    if (tensors == NULL)
      return false;
    self->inputs =
      sac_inputs_new_raw ((SacTensor *const *)tensors->pdata, tensors->len);
    return true;
  }
  if (!open_sources (self, params, job, error))
    return false;
  self->inputs =
    sac_inputs_new (self->model, (SacSource *const *)self->sources->pdata,
                    self->sources->len, params->region != NULL ? &region : NULL,
                    job, error);
  return self->inputs != NULL;
}

CliCase *
cli_case_new (SacModel *model,
              const CliCaseParams *params,
              SacJob *job,
              GError **error)
{
  g_autoptr (CliCase) self = g_new0 (CliCase, 1);

  self->model = sac_model_ref (model);
  self->sources =
    g_ptr_array_new_with_free_func ((GDestroyNotify)sac_source_unref);
  return fill (self, params, job, error) ? g_steal_pointer (&self) : NULL;
}

void
cli_case_free (CliCase *self)
{
  if (self == NULL)
    return;
  sac_inputs_free (self->inputs);
  g_ptr_array_unref (self->sources);
  sac_model_unref (self->model);
  g_free (self);
}
