/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/model-place.h"

#include "base/error.h"
#include "base/json.h"
#include "network/manifest-parts.h"
#include "network/model.h"

#include <string.h>

void
sac_model_place_clear (SacModelPlace *place)
{
  g_free (place->network);
  g_free (place->json);
  g_free (place->folder);
  *place = (SacModelPlace){0};
}

static bool
is_file (const char *path)
{
  return g_file_test (path, G_FILE_TEST_EXISTS) &&
         !g_file_test (path, G_FILE_TEST_IS_DIR);
}

static char *
read_network_name (const char *json_path, GError **error)
{
  g_autoptr (JsonObject) object = sac_json_read (json_path, NULL, error);
  g_auto (SacManifestHeader) header = {0};

  if (object == NULL ||
      !sac_manifest_read_header (&(SacFields){json_path, "", object}, &header,
                                 error))
    return NULL;
  return g_steal_pointer (&header.file);
}

static bool
place_manifest (SacModelPlace *place, const char *json_path, GError **error)
{
  g_autofree char *name = read_network_name (json_path, error);

  if (name == NULL)
    return false;
  place->json = g_strdup (json_path);
  place->folder = g_path_get_dirname (json_path);
  place->network = g_build_filename (place->folder, name, NULL);
  return true;
}

/* A manifest of the network's own name is about it, and an error in it counts;
 * one that is called model.json may be about another network of the folder. */
static bool
place_network (SacModelPlace *place, const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *stem = g_strdup (name);
  g_autofree char *shared = g_build_filename (folder, "model.json", NULL);

  if (strrchr (stem, '.') != NULL)
    *strrchr (stem, '.') = '\0';

  g_autofree char *own_name = g_strconcat (stem, ".json", NULL);
  g_autofree char *own = g_build_filename (folder, own_name, NULL);
  const char *json = is_file (own) ? own : is_file (shared) ? shared : NULL;
  g_autofree char *about = NULL;

  if (json != NULL) {
    about = read_network_name (json, error);
    if (about == NULL)
      return false;
  }
  if (json == own && strcmp (about, name) != 0) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "%s: file: names %s, but lies beside %s as its manifest: "
                 "correct it, or rename one of them",
                 own, about, name);
    return false;
  }
  if (json != NULL && strcmp (about, name) == 0)
    place->json = g_strdup (json);
  place->network = g_strdup (path);
  place->folder = g_steal_pointer (&folder);
  return true;
}

/* The only .onnx file of a folder without model.json and model.onnx. */
static char *
find_only_network (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autofree char *found = NULL;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    if (!g_str_has_suffix (name, ".onnx"))
      continue;
    if (found != NULL)
      return NULL;
    found = g_build_filename (folder, name, NULL);
  }
  return g_steal_pointer (&found);
}

/* In order: a manifest, model.onnx, the same below onnx/ with its side files
 * above it as Hugging Face lays them out, a lone .onnx file. */
static bool
place_folder (SacModelPlace *place, const char *folder, GError **error)
{
  g_autofree char *json = g_build_filename (folder, "model.json", NULL);
  g_autofree char *plain = g_build_filename (folder, "model.onnx", NULL);
  g_autofree char *below =
    g_build_filename (folder, "onnx", "model.onnx", NULL);
  g_autofree char *only = NULL;

  if (is_file (json))
    return place_manifest (place, json, error);
  if (is_file (plain))
    return place_network (place, plain, error);
  if (is_file (below)) {
    place->network = g_steal_pointer (&below);
    place->folder = g_strdup (folder);
    return true;
  }
  only = find_only_network (folder);
  if (only != NULL)
    return place_network (place, only, error);
  g_set_error (error, SAC_ERROR, SAC_ERROR_UNREADABLE,
               "%s: has no model.json, no model.onnx, and not just one .onnx "
               "file: name the file",
               folder);
  return false;
}

static bool
place_id (SacModelPlace *place, const char *id, GError **error)
{
  g_autoptr (GPtrArray) entries = sac_model_list ();
  g_autoptr (GString) ids = g_string_new (NULL);

  for (guint i = 0; i < entries->len; i++) {
    const SacModelEntry *entry = entries->pdata[i];

    if (strcmp (entry->id, id) == 0)
      return place_folder (place, entry->folder, error);

    g_autofree char *shown = sac_network_escape (entry->id);

    g_string_append_printf (ids, "%s%s", i > 0 ? ", " : "", shown);
  }
  g_set_error (error, SAC_ERROR, SAC_ERROR_UNREADABLE,
               "%s: there is no such file and no model with this id; the "
               "models are: %s",
               id, entries->len > 0 ? ids->str : "none");
  return false;
}

bool
sac_model_place_find (SacModelPlace *ret_place,
                      const char *spec,
                      GError **error)
{
  if (g_file_test (spec, G_FILE_TEST_IS_DIR))
    return place_folder (ret_place, spec, error);
  if (!g_file_test (spec, G_FILE_TEST_EXISTS))
    return place_id (ret_place, spec, error);
  return g_str_has_suffix (spec, ".json")
           ? place_manifest (ret_place, spec, error)
           : place_network (ret_place, spec, error);
}
