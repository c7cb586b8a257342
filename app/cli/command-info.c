/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "cli.h"

#include "base/error.h"
#include "base/output.h"
#include "image/decode.h"
#include "image/slide-extras.h"
#include "info-model.h"
#include "map/map-read.h"

#include <string.h>

static JsonObject *
level_to_json (const SacSourceLevel *level)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "width", level->width);
  json_object_set_int_member (object, "height", level->height);
  json_object_set_double_member (object, "downsample", level->downsample);
  if (level->tile_width > 0) {
    json_object_set_int_member (object, "tile_width", level->tile_width);
    json_object_set_int_member (object, "tile_height", level->tile_height);
  }
  if (level->made)
    json_object_set_boolean_member (object, "made", true);
  return object;
}

/* Names and sizes; a label's pixels may name a patient. */
static JsonArray *
extras_to_json (const char *path)
{
  g_autoptr (GPtrArray) extras = sac_slide_extras_list (path);
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < extras->len; i++) {
    const SacSlideExtra *extra = extras->pdata[i];
    JsonObject *object = json_object_new ();

    json_object_set_string_member (object, "name", extra->name);
    json_object_set_int_member (object, "width", extra->width);
    json_object_set_int_member (object, "height", extra->height);
    json_array_add_object_element (array, object);
  }
  return array;
}

static JsonArray *
pages_to_json (const GPtrArray *pages)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < pages->len; i++) {
    const SacSourcePage *page = pages->pdata[i];
    JsonObject *object = json_object_new ();

    if (page->name != NULL)
      json_object_set_string_member (object, "name", page->name);
    json_object_set_int_member (object, "width", page->width);
    json_object_set_int_member (object, "height", page->height);
    json_object_set_boolean_member (object, "apart", page->apart);
    json_array_add_object_element (array, object);
  }
  return array;
}

static JsonObject *
source_to_json (SacSource *source)
{
  JsonObject *object = json_object_new ();
  JsonArray *levels = json_array_new ();
  double mpp = sac_source_get_mpp (source);
  double objective = sac_source_get_objective (source);

  json_object_set_string_member (object, "kind",
                                 sac_source_is_slide (source) ? "slide"
                                                              : "image");
  json_object_set_string_member (object, "format",
                                 sac_source_get_format (source));
  json_object_set_int_member (object, "width", sac_source_get_width (source));
  json_object_set_int_member (object, "height", sac_source_get_height (source));
  if (mpp > 0)
    json_object_set_double_member (object, "mpp", mpp);
  if (objective > 0)
    json_object_set_double_member (object, "objective", objective);
  json_object_set_boolean_member (object, "icc_profile",
                                  sac_source_has_profile (source));
  for (int i = 0; i < sac_source_get_level_count (source); i++)
    json_array_add_object_element (levels, level_to_json (
                                             sac_source_get_level (source, i)));
  json_object_set_array_member (object, "levels", levels);
  if (sac_source_is_slide (source))
    json_object_set_array_member (object, "associated",
                                  extras_to_json (
                                    sac_source_get_path (source)));
  if (sac_source_get_page_number (source) > 0) {
    json_object_set_int_member (object, "page",
                                sac_source_get_page_number (source));
    json_object_set_array_member (object, "pages",
                                  pages_to_json (
                                    sac_source_get_pages (source)));
  }
  cli_set_notes (object, "notes", source);
  json_object_set_string_member (object, "hash", sac_source_get_hash (source));
  return object;
}

/* Takes the array.  Returns: NULL for NULL, which is no map. */
static JsonObject *
maps_to_json (GPtrArray *taken)
{
  g_autoptr (GPtrArray) maps = taken;
  JsonObject *object;
  JsonArray *array;

  if (maps == NULL)
    return NULL;
  object = json_object_new ();
  array = json_array_new ();
  json_object_set_string_member (object, "kind", "map");
  for (guint i = 0; i < maps->len; i++)
    json_array_add_object_element (array, sac_map_to_json (maps->pdata[i]));
  json_object_set_array_member (object, "maps", array);
  return object;
}

/* Models are told by their names: a folder, .onnx, .json, or an id. */
static bool
looks_like_model (const char *path)
{
  return g_file_test (path, G_FILE_TEST_IS_DIR) ||
         g_str_has_suffix (path, ".onnx") || g_str_has_suffix (path, ".json") ||
         (!g_file_test (path, G_FILE_TEST_EXISTS) &&
          strchr (path, G_DIR_SEPARATOR) == NULL &&
          strchr (path, '.') == NULL && strchr (path, ':') == NULL);
}

static JsonObject *
file_to_json (const char *path, SacJob *job, GError **error)
{
  JsonObject *object = NULL;

  if (looks_like_model (path)) {
    g_autoptr (SacModel) model = sac_model_open (path, job, error);

    return model != NULL ? cli_model_to_json (model, job, error) : NULL;
  }
  if (g_str_has_suffix (path, ".npy") || g_str_has_suffix (path, ".csv") ||
      g_str_has_suffix (path, ".tsv"))
    return maps_to_json (sac_map_read (path, NULL, job, error));
  object = maps_to_json (sac_map_read_tiff (path, NULL));
  if (object == NULL) {
    g_autoptr (GError) reason = NULL;
    g_autoptr (SacSource) source = sac_source_open (path, job, &reason);

    if (source != NULL)
      return source_to_json (source);
    /* Numbers that are no picture. */
    object = maps_to_json (sac_map_read (path, NULL, job, NULL));
    if (object == NULL)
      g_propagate_error (error, g_steal_pointer (&reason));
  }
  return object;
}

/* The name comes from the file: nothing of it but letters and digits becomes a
 * file's name, and nothing is written over. */
static char *
choose_extra_path (const char *folder, const char *name, guint index)
{
  g_autofree char *safe =
    g_strcanon (g_strndup (name, 40), G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS,
                '-');
  g_autofree char *file = g_strdup_printf ("%u-%s.png", index + 1, safe);

  return g_build_filename (folder, file, NULL);
}

static bool
write_extras (const char *path,
              const char *folder,
              JsonArray *written,
              SacJob *job,
              GError **error)
{
  g_autoptr (GPtrArray) extras = sac_slide_extras_list (path);

  if (!sac_output_make_folder (folder, error))
    return false;
  for (guint i = 0; i < extras->len; i++) {
    const SacSlideExtra *extra = extras->pdata[i];
    g_autofree char *out = choose_extra_path (folder, extra->name, i);
    g_autoptr (SacImage) image =
      sac_slide_extra_read (path, extra->name, job, error);
    g_autoptr (GBytes) bytes =
      image != NULL ? sac_encode_png (image, NULL, error) : NULL;

    if (bytes == NULL || !sac_output_write (out, g_bytes_get_data (bytes, NULL),
                                            g_bytes_get_size (bytes), error))
      return false;
    json_array_add_string_element (written, out);
  }
  return true;
}

static bool
run_info (int argc, char **argv, SacJob *job, GError **error)
{
  g_auto (GStrv) rest = NULL;
  g_autofree char *folder = NULL;
  GOptionEntry entries[] = {
    {"associated", 0, 0, G_OPTION_ARG_FILENAME, &folder,
     "Write a slide's label, macro and thumbnail there; a label may name a "
     "patient",
     "DIR"},
    G_OPTION_ENTRY_NULL,
  };

  if (!cli_parse (&cli_info, entries, argc, argv, &rest, error))
    return false;
  if (g_strv_length (rest) != 1)
    return cli_usage_error (error, "give one file");

  g_autoptr (JsonObject) object = file_to_json (rest[0], job, error);

  if (object == NULL)
    return false;
  if (folder != NULL) {
    JsonArray *written = json_array_new ();

    json_object_set_array_member (object, "associated_files", written);
    if (!write_extras (rest[0], folder, written, job, error))
      return false;
  }
  cli_set_name (object, "file", rest[0]);
  return cli_print (g_steal_pointer (&object), error);
}

const CliCommand cli_info = {
  .name = "info",
  .usage = "FILE [--associated DIR]",
  .summary = "What a file is: image, slide, model or map.",
  .run = run_info,
};
