/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Where model.json says that explanations are to be taken. */

#include "network/manifest-parts.h"

#include "base/error.h"

#define SIDE_MAX 65536
#define TOKENS_MAX (1 << 20)

static const char *const cam_layouts[] = {"NCHW", "NHWC", "NLC", "LNC", NULL};
static const char *const attention_kinds[] = {"global", "window", "local",
                                              "cross",  "mil",    NULL};

/* A value of the network, which the entry must name. */
static bool
read_tensor (const SacFields *fields,
             const SacGraph *graph,
             char **ret_name,
             GError **error)
{
  if (!sac_fields_text (fields, "tensor", ret_name, error))
    return false;
  if (*ret_name == NULL)
    return sac_fields_refuse (fields, "tensor", SAC_ERROR_DAMAGED, error,
                              "is missing");
  if (sac_graph_find_value (graph, *ret_name) >= 0)
    return true;

  g_autofree char *shown = sac_network_escape (*ret_name);

  return sac_fields_refuse (fields, "tensor", SAC_ERROR_MISMATCH, error,
                            "the network has no value \"%s\"", shown);
}

static bool
read_cam (const SacFields *fields,
          const SacGraph *graph,
          SacManifest *manifest,
          GError **error)
{
  SacManifestCam *cam = g_new0 (SacManifestCam, 1);

  manifest->cam = cam;
  return read_tensor (fields, graph, &cam->tensor, error) &&
         sac_fields_choice_text (fields, "layout", cam_layouts, &cam->layout,
                                 error) &&
         sac_fields_int (fields, "prefix_tokens", 0, TOKENS_MAX,
                         &cam->prefix_tokens, error) &&
         sac_fields_size (fields, "grid", &cam->grid_rows, &cam->grid_columns,
                          error);
}

static bool
read_attention (const SacFields *fields,
                const SacGraph *graph,
                SacManifestAttention *attention,
                GError **error)
{
  return read_tensor (fields, graph, &attention->tensor, error) &&
         sac_fields_choice_text (fields, "kind", attention_kinds,
                                 &attention->kind, error) &&
         sac_fields_int (fields, "heads", 1, TOKENS_MAX, &attention->heads,
                         error) &&
         sac_fields_int (fields, "prefix_tokens", 0, TOKENS_MAX,
                         &attention->prefix_tokens, error) &&
         sac_fields_size (fields, "grid", &attention->grid_rows,
                          &attention->grid_columns, error) &&
         sac_fields_int (fields, "kernel", 1, SIDE_MAX, &attention->kernel,
                         error);
}

static bool
read_attentions (const SacFields *explain,
                 const SacGraph *graph,
                 SacManifest *manifest,
                 GError **error)
{
  JsonArray *array;

  if (!sac_fields_array (explain, "attention", &array, error))
    return false;
  if (array == NULL)
    return true;

  guint count = json_array_get_length (array);

  manifest->attention = g_new0 (SacManifestAttention, count + 1);
  for (guint i = 0; i < count; i++) {
    g_autofree char *where = g_strdup_printf ("explain.attention[%u].", i);
    SacFields fields = {explain->file, where, NULL};

    manifest->attention_count = i + 1;
    if (!sac_fields_element (explain, "attention", array, i, &fields.object,
                             error) ||
        !read_attention (&fields, graph, &manifest->attention[i], error))
      return false;
  }
  return true;
}

bool
sac_manifest_add_explain (SacManifest *manifest,
                          const SacFields *root,
                          const SacGraph *graph,
                          GError **error)
{
  JsonObject *object, *cam;

  if (!sac_fields_object (root, "explain", &object, error))
    return false;
  if (object == NULL)
    return true;

  SacFields explain = {root->file, "explain.", object};

  if (!sac_fields_object (&explain, "cam", &cam, error))
    return false;
  if (cam != NULL && !read_cam (&(SacFields){root->file, "explain.cam.", cam},
                                graph, manifest, error))
    return false;
  return read_attentions (&explain, graph, manifest, error);
}
