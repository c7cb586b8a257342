/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/model.h"

#include "base/json.h"
#include "network/manifest-parts.h"

#include <string.h>

static void
free_entry (gpointer data)
{
  SacModelEntry *entry = data;

  g_free (entry->id);
  g_free (entry->name);
  g_free (entry->folder);
  g_free (entry->sha256);
  g_free (entry);
}

/* A model whose manifest cannot be read is listed under its folder's name, so
 * that opening it tells what is wrong. */
static SacModelEntry *
new_entry (const char *folder, const char *json_path, bool shipped)
{
  SacModelEntry *entry = g_new0 (SacModelEntry, 1);
  g_autoptr (JsonObject) object = sac_json_read (json_path, NULL, NULL);
  g_auto (SacManifestHeader) header = {0};

  if (object != NULL)
    sac_manifest_read_header (&(SacFields){json_path, "", object}, &header,
                              NULL);
  if (header.id != NULL && *header.id != '\0')
    entry->id = g_steal_pointer (&header.id);
  else
    entry->id = g_path_get_basename (folder);
  if (header.name != NULL && *header.name != '\0')
    entry->name = g_steal_pointer (&header.name);
  else
    entry->name = g_strdup (entry->id);
  entry->folder = g_strdup (folder);
  entry->sha256 = g_steal_pointer (&header.sha256);
  entry->has_attention = header.has_attention;
  entry->shipped = shipped;
  return entry;
}

static void
add_folder (GPtrArray *entries, const char *path, bool shipped)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *folder = g_build_filename (path, name, NULL);
    g_autofree char *json = g_build_filename (folder, "model.json", NULL);
    g_autofree char *network = g_build_filename (folder, "model.onnx", NULL);

    if (g_file_test (json, G_FILE_TEST_EXISTS) ||
        g_file_test (network, G_FILE_TEST_EXISTS))
      g_ptr_array_add (entries, new_entry (folder, json, shipped));
  }
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  const SacModelEntry *const *first = a, *const *second = b;

  return strcmp ((*first)->id, (*second)->id);
}

/* g_ptr_array_sort is stable: of several entries with one id, the one found
 * first comes first. */
static void
keep_first (GPtrArray *entries)
{
  g_ptr_array_sort (entries, compare_ids);
  for (guint i = 1; i < entries->len;) {
    if (compare_ids (&entries->pdata[i - 1], &entries->pdata[i]) == 0)
      g_ptr_array_remove_index (entries, i);
    else
      i++;
  }
}

/* A program that was moved with its data, or that still lies in the build
 * folder of its sources, finds the shipped models from where it stands. */
static void
add_beside_program (GPtrArray *entries)
{
  static const char *const places[] = {
    "../share/saccade/models",
    "../../data/models",
    "../../../data/models",
  };
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);

  if (program == NULL)
    return;
  g_autofree char *folder = g_path_get_dirname (program);

  for (gsize i = 0; i < G_N_ELEMENTS (places); i++) {
    g_autofree char *place = g_build_filename (folder, places[i], NULL);
    g_autofree char *path = g_canonicalize_filename (place, NULL);

    add_folder (entries, path, true);
  }
}

GPtrArray *
sac_model_list (void)
{
  GPtrArray *entries = g_ptr_array_new_with_free_func (free_entry);
  const char *named = g_getenv ("SACCADE_MODELS");
  g_auto (GStrv) folders =
    g_strsplit (named != NULL ? named : "", G_SEARCHPATH_SEPARATOR_S, -1);
  g_autofree char *own =
    g_build_filename (g_get_user_data_dir (), "saccade", "models", NULL);

  for (int i = 0; folders[i] != NULL; i++) {
    if (*folders[i] != '\0')
      add_folder (entries, folders[i], true);
  }
  add_beside_program (entries);
  add_folder (entries, SAC_MODELS_FOLDER, true);
  add_folder (entries, own, false);
  keep_first (entries);
  return entries;
}
