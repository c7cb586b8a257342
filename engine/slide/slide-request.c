/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "slide/slide-request.h"

#include "base/error.h"
#include "base/json.h"
#include "network/manifest-fields.h"

#include <string.h>

#define DEFAULT_SHARE 0.05
#define DEFAULT_POSITIVE 0.5
#define DEFAULT_TOP 10
#define BATCH_MAX 1024

void
sac_slide_request_init (SacSlideRequest *request)
{
  *request = (SacSlideRequest){
    .tissue = sac_tissue_defaults,
    .least_share = DEFAULT_SHARE,
    .positive = DEFAULT_POSITIVE,
    .top_count = DEFAULT_TOP,
  };
}

void
sac_slide_request_clear (SacSlideRequest *request)
{
  g_free (request->slide);
  g_free (request->encoder);
  g_free (request->class_text);
  g_free (request->layer);
  g_free (request->tissue_path);
  g_free (request->area_path);
  g_strfreev (request->models);
  g_strfreev (request->methods);
  g_strfreev (request->params);
  *request = (SacSlideRequest){0};
}

/* A path as seen from any folder; what is no file stays a name. */
static char *
make_absolute (const char *text)
{
  return g_file_test (text, G_FILE_TEST_EXISTS)
           ? g_canonicalize_filename (text, NULL)
           : g_strdup (text);
}

/* File names need not be UTF-8, JSON must be. */
static void
set_text (JsonObject *object, const char *key, const char *text, bool path)
{
  g_autofree char *whole =
    text != NULL && path ? make_absolute (text) : g_strdup (text);
  g_autofree char *escaped =
    whole != NULL ? g_filename_to_uri (whole, NULL, NULL) : NULL;

  if (whole == NULL)
    return;

  g_autofree char *valid = g_utf8_make_valid (whole, -1);

  json_object_set_string_member (object, key,
                                 path && escaped != NULL ? escaped : valid);
}

static void
set_list (JsonObject *object, const char *key, char *const *texts, bool path)
{
  JsonArray *array = json_array_new ();

  for (size_t i = 0; texts != NULL && texts[i] != NULL; i++) {
    g_autoptr (JsonObject) one = json_object_new ();

    set_text (one, key, texts[i], path);
    json_array_add_string_element (array,
                                   json_object_get_string_member (one, key));
  }
  json_object_set_array_member (object, key, array);
}

char *
sac_slide_request_write (const SacSlideRequest *request)
{
  g_autoptr (JsonObject) object = json_object_new ();
  const SacRect *region = &request->region;
  JsonArray *place = json_array_new ();
  const double numbers[4] = {region->x, region->y, region->width,
                             region->height};

  set_text (object, "slide", request->slide, true);
  set_list (object, "models", request->models, true);
  set_text (object, "encoder", request->encoder, false);
  set_list (object, "methods", request->methods, false);
  set_text (object, "class", request->class_text, false);
  set_text (object, "layer", request->layer, false);
  set_list (object, "params", request->params, false);
  sac_json_set_number (object, "mpp", request->mpp);
  sac_json_set_number (object, "model_mpp", request->model_mpp);
  for (int i = 0; i < 4; i++)
    sac_json_add_number (place, numbers[i]);
  json_object_set_array_member (object, "region", place);
  json_object_set_int_member (object, "stride", request->stride);
  json_object_set_string_member (object, "edge",
                                 sac_tile_edge_get_name (request->edge));
  json_object_set_int_member (object, "batch", request->batch_size);
  json_object_set_boolean_member (object, "all_tiles", request->all_tiles);
  set_text (object, "tissue", request->tissue_path, true);
  set_text (object, "area", request->area_path, true);
  json_object_set_int_member (object, "threshold", request->tissue.threshold);
  sac_json_set_number (object, "closing", request->tissue.closing);
  sac_json_set_number (object, "min_area", request->tissue.min_area);
  sac_json_set_number (object, "least_share", request->least_share);
  sac_json_set_number (object, "positive", request->positive);
  json_object_set_int_member (object, "top", request->top_count);
  json_object_set_boolean_member (object, "exact", request->exact);
  return sac_json_to_text (object, false);
}

/* Paths stand as URIs, names as they are. */
static void
take_path (char **text)
{
  char *path = *text != NULL ? g_filename_from_uri (*text, NULL, NULL) : NULL;

  if (path == NULL)
    return;
  g_free (*text);
  *text = path;
}

static bool
read_list (const SacFields *fields,
           const char *key,
           bool path,
           char ***ret,
           GError **error)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  JsonArray *array;

  if (!sac_fields_array (fields, key, &array, error))
    return false;
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++) {
    JsonNode *node = json_array_get_element (array, i);

    if (json_node_get_value_type (node) != G_TYPE_STRING)
      return sac_fields_refuse (fields, key, SAC_ERROR_DAMAGED, error,
                                "must be texts");

    char *text = json_node_dup_string (node);

    if (path)
      take_path (&text);
    g_ptr_array_add (texts, text);
  }
  g_ptr_array_add (texts, NULL);
  *ret = (char **)g_ptr_array_steal (texts, NULL);
  return true;
}

static bool
read_texts (const SacFields *fields, SacSlideRequest *request, GError **error)
{
  if (!sac_fields_text (fields, "slide", &request->slide, error) ||
      !sac_fields_text (fields, "encoder", &request->encoder, error) ||
      !sac_fields_text (fields, "class", &request->class_text, error) ||
      !sac_fields_text (fields, "layer", &request->layer, error) ||
      !sac_fields_text (fields, "tissue", &request->tissue_path, error) ||
      !sac_fields_text (fields, "area", &request->area_path, error) ||
      !read_list (fields, "models", true, &request->models, error) ||
      !read_list (fields, "methods", false, &request->methods, error) ||
      !read_list (fields, "params", false, &request->params, error))
    return false;
  take_path (&request->slide);
  take_path (&request->tissue_path);
  take_path (&request->area_path);
  if (request->slide != NULL && request->models[0] != NULL)
    return true;
  return sac_fields_refuse (fields, "slide", SAC_ERROR_DAMAGED, error,
                            "is missing, or \"models\"");
}

static bool
read_numbers (const SacFields *fields, SacSlideRequest *request, GError **error)
{
  double region[4] = {0};

  if (!sac_fields_number (fields, "mpp", &request->mpp, error) ||
      !sac_fields_number (fields, "model_mpp", &request->model_mpp, error) ||
      !sac_fields_numbers (fields, "region", 4, region, error) ||
      !sac_fields_number (fields, "closing", &request->tissue.closing, error) ||
      !sac_fields_number (fields, "min_area", &request->tissue.min_area,
                          error) ||
      !sac_fields_number (fields, "least_share", &request->least_share,
                          error) ||
      !sac_fields_number (fields, "positive", &request->positive, error))
    return false;
  request->region = (SacRect){region[0], region[1], region[2], region[3]};
  return sac_fields_int (fields, "stride", 0, G_MAXINT, &request->stride,
                         error) &&
         sac_fields_int (fields, "batch", 0, BATCH_MAX, &request->batch_size,
                         error) &&
         sac_fields_int (fields, "threshold", 0, 254,
                         &request->tissue.threshold, error) &&
         sac_fields_int (fields, "top", 0, G_MAXINT, &request->top_count,
                         error) &&
         sac_fields_flag (fields, "all_tiles", &request->all_tiles, error) &&
         sac_fields_flag (fields, "exact", &request->exact, error);
}

bool
sac_slide_request_read (SacSlideRequest *request,
                        const char *text,
                        const char *name,
                        GError **error)
{
  g_autoptr (JsonObject) object =
    sac_json_parse (text, strlen (text), name, error);
  g_auto (SacSlideRequest) read;
  SacFields fields = {name, "", object};
  g_autofree char *edge = NULL;

  sac_slide_request_init (&read);
  if (object == NULL || !read_texts (&fields, &read, error) ||
      !read_numbers (&fields, &read, error) ||
      !sac_fields_text (&fields, "edge", &edge, error))
    return false;
  if (edge != NULL && !sac_tile_edge_find (edge, &read.edge))
    return sac_fields_refuse (&fields, "edge", SAC_ERROR_DAMAGED, error,
                              "must be \"pad\" or \"inside\"");
  *request = read;
  read = (SacSlideRequest){0};
  return true;
}
