/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "run-order.h"

#include "annotation/annotation-file.h"
#include "base/error.h"
#include "base/json.h"
#include "choice.h"

#include <math.h>
#include <string.h>

#define NAME_LENGTH 48

static const char *const tissue_names[] = {
  [SAC_RUN_TISSUE_FOUND] = "found",
  [SAC_RUN_TISSUE_DRAWN] = "drawn",
  [SAC_RUN_TISSUE_ALL] = "all",
};

SacRunOrder *
sac_run_order_copy (const SacRunOrder *order)
{
  SacRunOrder *copy = g_new (SacRunOrder, 1);

  *copy = *order;
  copy->slide = g_strdup (order->slide);
  copy->models = g_strdupv (order->models);
  copy->methods = g_strdupv (order->methods);
  copy->class_id = g_strdup (order->class_id);
  copy->mask = g_strdup (order->mask);
  copy->area = g_strdup (order->area);
  copy->folder = g_strdup (order->folder);
  return copy;
}

void
sac_run_order_free (SacRunOrder *order)
{
  if (order == NULL)
    return;
  g_free (order->slide);
  g_strfreev (order->models);
  g_strfreev (order->methods);
  g_free (order->class_id);
  g_free (order->mask);
  g_free (order->area);
  g_free (order->folder);
  g_free (order);
}

/* Paths need not be UTF-8, JSON must. */
static void
set_path (JsonObject *object, const char *member, const char *path)
{
  g_autofree char *text =
    path != NULL ? g_uri_escape_string (path, "/", TRUE) : NULL;

  if (text != NULL)
    json_object_set_string_member (object, member, text);
}

static JsonArray *
make_array (char **words)
{
  JsonArray *array = json_array_new ();

  for (size_t i = 0; words != NULL && words[i] != NULL; i++) {
    g_autofree char *text = g_uri_escape_string (words[i], "/", TRUE);

    json_array_add_string_element (array, text);
  }
  return array;
}

JsonObject *
sac_run_order_to_json (const SacRunOrder *order)
{
  JsonObject *object = json_object_new ();
  const double region[] = {order->region.x, order->region.y,
                           order->region.width, order->region.height};
  JsonArray *numbers = json_array_new ();

  set_path (object, "slide", order->slide);
  set_path (object, "folder", order->folder);
  set_path (object, "mask", order->mask);
  set_path (object, "area", order->area);
  set_path (object, "class", order->class_id);
  json_object_set_array_member (object, "models", make_array (order->models));
  json_object_set_array_member (object, "methods", make_array (order->methods));
  sac_json_set_number (object, "mpp", order->mpp);
  json_object_set_string_member (object, "tissue", tissue_names[order->tissue]);
  json_object_set_int_member (object, "threshold", order->threshold);
  for (size_t i = 0; i < G_N_ELEMENTS (region); i++)
    sac_json_add_number (numbers, region[i]);
  json_object_set_array_member (object, "region", numbers);
  json_object_set_int_member (object, "stride", order->stride);
  return object;
}

/* NULL: there is none. */
static char *
get_path (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
             json_node_get_value_type (node) == G_TYPE_STRING
           ? g_uri_unescape_string (json_node_get_string (node), NULL)
           : NULL;
}

static double
get_number (JsonNode *node, double least, double most)
{
  double value = node != NULL && JSON_NODE_HOLDS_VALUE (node)
                   ? json_node_get_double (node)
                   : 0;

  return value >= least && value <= most ? value : 0;
}

static char **
get_words (JsonObject *object, const char *member)
{
  JsonNode *node = json_object_get_member (object, member);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  JsonArray *array = node != NULL && JSON_NODE_HOLDS_ARRAY (node)
                       ? json_node_get_array (node)
                       : NULL;

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++) {
    g_autofree char *word = get_path (json_array_get_element (array, i));

    if (word != NULL)
      g_strv_builder_add (builder, word);
  }
  return g_strv_builder_end (builder);
}

static SacRect
get_region (JsonObject *object)
{
  JsonNode *node = json_object_get_member (object, "region");
  double numbers[4] = {0};

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node) ||
      json_array_get_length (json_node_get_array (node)) != 4)
    return (SacRect){0};
  for (guint i = 0; i < 4; i++)
    numbers[i] =
      get_number (json_array_get_element (json_node_get_array (node), i),
                  i < 2 ? -1e9 : 0, 1e9);
  return (SacRect){numbers[0], numbers[1], numbers[2], numbers[3]};
}

static SacRunTissue
find_tissue (JsonObject *object)
{
  g_autofree char *name = get_path (json_object_get_member (object, "tissue"));

  for (gsize i = 0; i < G_N_ELEMENTS (tissue_names); i++)
    if (g_strcmp0 (name, tissue_names[i]) == 0)
      return (SacRunTissue)i;
  return SAC_RUN_TISSUE_FOUND;
}

SacRunOrder *
sac_run_order_from_json (JsonObject *object, GError **error)
{
  g_autoptr (SacRunOrder) order = g_new0 (SacRunOrder, 1);

  order->slide = get_path (json_object_get_member (object, "slide"));
  order->folder = get_path (json_object_get_member (object, "folder"));
  order->mask = get_path (json_object_get_member (object, "mask"));
  order->area = get_path (json_object_get_member (object, "area"));
  order->class_id = get_path (json_object_get_member (object, "class"));
  order->models = get_words (object, "models");
  order->methods = get_words (object, "methods");
  order->mpp = get_number (json_object_get_member (object, "mpp"), 0, 1e6);
  order->tissue = find_tissue (object);
  order->threshold =
    (int)get_number (json_object_get_member (object, "threshold"), 1, 254);
  order->region = get_region (object);
  order->stride =
    (int)get_number (json_object_get_member (object, "stride"), 1, 1 << 16);

  guint count = g_strv_length (order->models);

  if (order->slide != NULL && order->folder != NULL && count > 0 &&
      count <= SAC_RUN_MODELS_MOST &&
      (order->tissue != SAC_RUN_TISSUE_DRAWN || order->mask != NULL))
    return g_steal_pointer (&order);
  g_set_error_literal (error, SAC_ERROR, SAC_ERROR_DAMAGED,
                       "a run in the list does not say its slide, models and "
                       "folder");
  return NULL;
}

char *
sac_run_order_dup_slide_name (const SacRunOrder *order)
{
  return g_filename_display_basename (order->slide);
}

char *
sac_run_order_dup_model_names (const SacRunOrder *order)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (size_t i = 0; order->models[i] != NULL; i++) {
    g_autofree char *name = sac_choice_dup_model_name (order->models[i]);

    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", name);
  }
  return g_strdup (text->str);
}

char *
sac_run_order_dup_home (void)
{
  return g_build_filename (g_get_user_data_dir (), "saccade", "runs", NULL);
}

char *
sac_run_order_dup_drawn_path (const char *stem, const SacAnnotations *drawn)
{
  g_autofree char *text = sac_annotations_to_geojson (drawn);
  g_autofree char *hash =
    g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  g_autofree char *name = g_strdup_printf ("%s-%.16s.geojson", stem, hash);
  g_autofree char *home = sac_run_order_dup_home ();

  return g_build_filename (home, name, NULL);
}

/* What any file system takes as a name. */
static void
append_name (GString *name, const char *path)
{
  g_autofree char *base = g_path_get_basename (path);

  g_strcanon (base,
              "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
              "-_.",
              '_');
  g_string_append_printf (name, "%s%.*s", name->len > 0 ? "-" : "", NAME_LENGTH,
                          base[0] == '.' ? base + 1 : base);
}

char *
sac_run_order_dup_free_folder (const char *slide, const char *const *models)
{
  g_autofree char *home = sac_run_order_dup_home ();
  g_autoptr (GString) name = g_string_new (NULL);

  append_name (name, slide);
  for (size_t i = 0; models[i] != NULL && i < 3; i++)
    append_name (name, models[i]);
  for (guint number = 1;; number++) {
    g_autofree char *numbered =
      number == 1 ? g_strdup (name->str)
                  : g_strdup_printf ("%s-%u", name->str, number);
    char *path = g_build_filename (home, numbered, NULL);

    if (!g_file_test (path, G_FILE_TEST_EXISTS))
      return path;
    g_free (path);
  }
}
