/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The top of model.json, and what its parts have in common. */

#include "network/manifest-parts.h"

#include "base/error.h"

#include <string.h>

#define SCHEMA 1

int
sac_manifest_find_place (const SacFields *fields,
                         const char *noun,
                         const SacGraph *graph,
                         const int *values,
                         size_t value_count,
                         guint index,
                         bool *taken,
                         GError **error)
{
  g_autofree char *name = NULL;
  int place = -1;

  if (!sac_fields_text (fields, "name", &name, error))
    return -1;
  if (name == NULL && index < value_count)
    place = (int)index;
  for (size_t i = 0; name != NULL && i < value_count; i++) {
    if (strcmp (graph->values[values[i]].name, name) == 0)
      place = (int)i;
  }
  if (place >= 0 && taken[place]) {
    sac_fields_refuse (fields, "name", SAC_ERROR_MISMATCH, error,
                       "this %s is described twice", noun);
    return -1;
  }
  if (place >= 0) {
    taken[place] = true;
    return place;
  }

  g_autoptr (GString) list = g_string_new (NULL);

  for (size_t i = 0; i < MIN (value_count, 20); i++) {
    g_autofree char *shown = sac_network_escape (graph->values[values[i]].name);

    g_string_append_printf (list, "%s\"%s\"", i > 0 ? ", " : "", shown);
  }

  if (name == NULL) {
    sac_fields_refuse (fields, "name", SAC_ERROR_MISMATCH, error,
                       "the network has no further %s than %s", noun,
                       list->str);
    return -1;
  }

  g_autofree char *shown = sac_network_escape (name);

  sac_fields_refuse (fields, "name", SAC_ERROR_MISMATCH, error,
                     "the network has no %s \"%s\"; it has %s", noun, shown,
                     list->str);
  return -1;
}

static bool
check_schema (const SacFields *root, GError **error)
{
  int schema = SCHEMA;

  if (!sac_fields_int (root, "schema", 1, G_MAXINT, &schema, error))
    return false;
  if (schema == SCHEMA)
    return true;
  return sac_fields_refuse (root, "schema", SAC_ERROR_UNSUPPORTED, error,
                            "is %d, this version reads %d: update Saccade",
                            schema, SCHEMA);
}

/* The network lies beside its manifest, so that a manifest cannot point at
 * files elsewhere. */
static bool
check_file (const SacFields *root, const char *file, GError **error)
{
  if (file == NULL)
    return sac_fields_refuse (root, "file", SAC_ERROR_DAMAGED, error,
                              "is missing: name the .onnx file");
  if (*file != '\0' && strchr (file, '/') == NULL && strcmp (file, ".") != 0 &&
      strcmp (file, "..") != 0)
    return true;
  return sac_fields_refuse (root, "file", SAC_ERROR_DAMAGED, error,
                            "must name a file in the manifest's own folder");
}

static bool
check_sha256 (const SacFields *root, char *sha256, GError **error)
{
  size_t digits = 0;

  if (sha256 == NULL)
    return true;
  for (; g_ascii_isxdigit (sha256[digits]); digits++)
    sha256[digits] = g_ascii_tolower (sha256[digits]);
  if (digits == 64 && sha256[digits] == '\0')
    return true;
  return sac_fields_refuse (root, "sha256", SAC_ERROR_DAMAGED, error,
                            "must be 64 hexadecimal digits");
}

bool
sac_manifest_read_header (const SacFields *root,
                          SacManifestHeader *ret_header,
                          GError **error)
{
  g_auto (SacManifestHeader) header = {0};
  JsonObject *explain = NULL;
  JsonArray *attention = NULL;

  if (!check_schema (root, error) ||
      !sac_fields_text (root, "file", &header.file, error) ||
      !check_file (root, header.file, error) ||
      !sac_fields_text (root, "id", &header.id, error) ||
      !sac_fields_text (root, "name", &header.name, error) ||
      !sac_fields_text (root, "sha256", &header.sha256, error) ||
      !check_sha256 (root, header.sha256, error) ||
      !sac_fields_object (root, "explain", &explain, error))
    return false;
  if (explain != NULL &&
      !sac_fields_array (&(SacFields){root->file, "explain.", explain},
                         "attention", &attention, error))
    return false;
  header.has_attention =
    attention != NULL && json_array_get_length (attention) > 0;
  *ret_header = header;
  header = (SacManifestHeader){0};
  return true;
}

void
sac_manifest_header_clear (SacManifestHeader *header)
{
  g_free (header->file);
  g_free (header->id);
  g_free (header->name);
  g_free (header->sha256);
}

bool
sac_manifest_add_json (SacManifest *manifest,
                       SacNetwork *network,
                       const SacFields *root,
                       GError **error)
{
  const SacGraph *graph = sac_network_get_graph (network);
  g_auto (SacManifestHeader) header = {0};

  if (!sac_manifest_read_header (root, &header, error) ||
      !sac_fields_text (root, "licence", &manifest->licence, error) ||
      !sac_fields_text (root, "citation", &manifest->citation, error) ||
      !sac_manifest_add_inputs (manifest, root, graph, error) ||
      !sac_manifest_add_outputs (manifest, root, graph, error) ||
      !sac_manifest_add_explain (manifest, root, graph, error))
    return false;
  manifest->file = g_steal_pointer (&header.file);
  manifest->id = g_steal_pointer (&header.id);
  manifest->name = g_steal_pointer (&header.name);
  manifest->sha256 = g_steal_pointer (&header.sha256);
  return true;
}
