/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/manifest.h"

#include "base/error.h"
#include "base/json.h"
#include "network/manifest-parts.h"

#include <string.h>

static void
free_inputs (SacManifest *manifest)
{
  for (size_t i = 0; i < manifest->input_count; i++) {
    g_free (manifest->inputs[i].name);
    g_free (manifest->inputs[i].role);
    g_free (manifest->inputs[i].encoder);
    g_free (manifest->inputs[i].encoder_value);
    g_free (manifest->inputs[i].encoder_sha256);
  }
  g_free (manifest->inputs);
}

static void
free_outputs (SacManifest *manifest)
{
  for (size_t i = 0; i < manifest->output_count; i++) {
    SacManifestOutput *output = &manifest->outputs[i];

    g_free (output->name);
    sac_manifest_free_labels (output->labels, output->label_count);
  }
  g_free (manifest->outputs);
}

static void
free_explain (SacManifest *manifest)
{
  if (manifest->cam != NULL) {
    g_free (manifest->cam->tensor);
    g_free (manifest->cam->layout);
    g_free (manifest->cam);
  }
  for (size_t i = 0; i < manifest->attention_count; i++) {
    g_free (manifest->attention[i].tensor);
    g_free (manifest->attention[i].kind);
  }
  g_free (manifest->attention);
}

void
sac_manifest_free (SacManifest *manifest)
{
  if (manifest == NULL)
    return;
  free_inputs (manifest);
  free_outputs (manifest);
  free_explain (manifest);
  g_free (manifest->id);
  g_free (manifest->name);
  g_free (manifest->file);
  g_free (manifest->sha256);
  g_free (manifest->licence);
  g_free (manifest->citation);
  g_free (manifest->hash);
  g_clear_pointer (&manifest->json, json_object_unref);
  g_free (manifest);
}

/* A name for a model that has none: its file's, or its folder's where the file
 * has the name that every such file has. */
static char *
name_after (const char *path, const char *folder)
{
  g_autofree char *base = g_path_get_basename (path);
  char *dot = strrchr (base, '.');

  if (dot != NULL && dot != base)
    *dot = '\0';
  if (folder == NULL || strcmp (base, "model") != 0)
    return g_steal_pointer (&base);

  g_autofree char *full = g_canonicalize_filename (folder, NULL);

  return g_path_get_basename (full);
}

/* Fills what no source has stated from what others have. */
static void
settle_input (SacManifestInput *input)
{
  if (input->resize_width == 0) {
    bool shorter = input->resize == SAC_RESIZE_SHORTER_SIDE;
    bool longer = input->resize == SAC_RESIZE_LONGER_SIDE;

    input->resize_width = input->width;
    input->resize_height = input->height;
    if (shorter)
      input->resize_width = MIN (input->width, input->height);
    if (longer)
      input->resize_width = MAX (input->width, input->height);
  }
  if (input->resize_width == 0 ||
      (input->resize == SAC_RESIZE_SQUASH && input->resize_height == 0))
    input->resize = SAC_RESIZE_NONE;
}

static bool
check_input (const SacValue *value,
             const SacManifestInput *input,
             const char *source,
             GError **error)
{
  SacManifestInput graph = {.nhwc = input->nhwc};
  const SacShape *shape = &value->shape;

  if (!value->has_shape || shape->rank != 4)
    return true;
  sac_manifest_read_sides (value, &graph);

  g_autofree char *name = sac_network_escape (value->name);
  g_autofree char *text = sac_shape_to_string (shape);
  int64_t channels = shape->dims[input->nhwc ? 3 : 1];

  if ((graph.width > 0 && graph.width != input->width) ||
      (graph.height > 0 && graph.height != input->height)) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "%s: gives %dx%d pixels to input \"%s\", but the network "
                 "takes %s",
                 source, input->width, input->height, name, text);
    return false;
  }
  if ((channels == 1 || channels == 3) && channels != input->channel_count) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "%s: gives %d channels to input \"%s\", but the network "
                 "takes %s",
                 source, input->channel_count, name, text);
    return false;
  }
  return true;
}

static bool
finish (SacManifest *manifest,
        SacNetwork *network,
        const char *source,
        GError **error)
{
  const SacGraph *graph = sac_network_get_graph (network);
  bool labelled = false;

  for (size_t i = 0; i < manifest->input_count; i++) {
    SacManifestInput *input = &manifest->inputs[i];

    settle_input (input);
    if (!check_input (&graph->values[graph->inputs[i]], input, source, error))
      return false;
    manifest->guessed |= input->guessed;
  }
  for (size_t i = 0; i < manifest->output_count; i++)
    labelled |= manifest->outputs[i].label_count > 0;
  manifest->guessed |= !labelled;
  return true;
}

/* Hugging Face's files speak only for what model.json is silent about. */
static bool
add_sources (SacManifest *manifest,
             SacNetwork *network,
             const char *json_path,
             const char *folder,
             GError **error)
{
  SacFields root = {json_path, "", manifest->json};
  bool has_inputs = root.object != NULL && sac_fields_has (&root, "inputs");
  bool has_outputs = root.object != NULL && sac_fields_has (&root, "outputs");

  sac_manifest_add_metadata (manifest, network);
  if (folder != NULL && !has_inputs &&
      !sac_manifest_add_preprocessor (manifest, folder, error))
    return false;
  if (folder != NULL && !has_outputs &&
      !sac_manifest_add_config (manifest, network, folder, error))
    return false;
  return root.object == NULL ||
         sac_manifest_add_json (manifest, network, &root, error);
}

static void
take_text (char **place, char *text)
{
  g_free (*place);
  *place = text;
}

SacManifest *
sac_manifest_new (const char *json_path,
                  const char *folder,
                  SacNetwork *network,
                  GError **error)
{
  g_autoptr (SacManifest) manifest = g_new0 (SacManifest, 1);
  const char *path = sac_network_get_path (network);
  const char *source = json_path != NULL ? json_path : folder;

  if (json_path != NULL) {
    manifest->json = sac_json_read (json_path, &manifest->hash, error);
    if (manifest->json == NULL)
      return NULL;
  }
  sac_manifest_start (manifest, network);
  if (!add_sources (manifest, network, json_path, folder, error) ||
      !finish (manifest, network, source != NULL ? source : path, error))
    return NULL;
  if (manifest->file == NULL)
    manifest->file = g_path_get_basename (path);
  if (manifest->id == NULL || *manifest->id == '\0')
    take_text (&manifest->id, name_after (path, folder));
  if (manifest->name == NULL || *manifest->name == '\0')
    take_text (&manifest->name, g_strdup (manifest->id));
  return g_steal_pointer (&manifest);
}
