/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/manifest-fields.h"

#include "base/error.h"

#include <math.h>

#define SIDE_MAX 65536

bool
sac_fields_refuse (const SacFields *fields,
                   const char *key,
                   int code,
                   GError **error,
                   const char *format,
                   ...)
{
  va_list arguments;

  va_start (arguments, format);

  g_autofree char *what = g_strdup_vprintf (sac_sentence (format), arguments);

  va_end (arguments);
  g_set_error (error, SAC_ERROR, code, "%s: %s%s: %s", fields->file,
               fields->where, key, what);
  return false;
}

static bool
damaged (const SacFields *fields,
         const char *key,
         const char *what,
         GError **error)
{
  return sac_fields_refuse (fields, key, SAC_ERROR_DAMAGED, error, "%s",
                            sac_sentence (what));
}

/* NULL when the key is absent or null. */
static JsonNode *
get (const SacFields *fields, const char *key)
{
  JsonNode *node = json_object_get_member (fields->object, key);

  return node == NULL || JSON_NODE_HOLDS_NULL (node) ? NULL : node;
}

bool
sac_fields_has (const SacFields *fields, const char *key)
{
  return get (fields, key) != NULL;
}

static bool
is_finite_number (JsonNode *node)
{
  GType type = json_node_get_value_type (node);

  return type == G_TYPE_INT64 ||
         (type == G_TYPE_DOUBLE && isfinite (json_node_get_double (node)));
}

/* A whole number, also when it is written as 224.0. */
static bool
get_whole (JsonNode *node, int min, int max, int *ret_int)
{
  if (!is_finite_number (node))
    return false;

  double value = json_node_get_double (node);

  if (value < min || value > max || value != floor (value))
    return false;
  *ret_int = value;
  return true;
}

bool
sac_fields_flag (const SacFields *fields,
                 const char *key,
                 bool *ret_flag,
                 GError **error)
{
  JsonNode *node = get (fields, key);

  if (node == NULL)
    return true;
  if (json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return damaged (fields, key, "must be true or false", error);
  *ret_flag = json_node_get_boolean (node);
  return true;
}

bool
sac_fields_int (const SacFields *fields,
                const char *key,
                int min,
                int max,
                int *ret_int,
                GError **error)
{
  JsonNode *node = get (fields, key);

  if (node == NULL || get_whole (node, min, max, ret_int))
    return true;
  return sac_fields_refuse (fields, key, SAC_ERROR_DAMAGED, error,
                            "must be a whole number from %d to %d", min, max);
}

bool
sac_fields_number (const SacFields *fields,
                   const char *key,
                   double *ret_number,
                   GError **error)
{
  JsonNode *node = get (fields, key);

  if (node == NULL)
    return true;
  if (!is_finite_number (node))
    return damaged (fields, key, "must be a finite number", error);
  *ret_number = json_node_get_double (node);
  return true;
}

bool
sac_fields_numbers (const SacFields *fields,
                    const char *key,
                    int count,
                    double *ret_numbers,
                    GError **error)
{
  JsonNode *node = get (fields, key);
  bool good = node != NULL;

  if (node == NULL)
    return true;
  if (!JSON_NODE_HOLDS_ARRAY (node)) {
    double value = 0;

    good = sac_fields_number (fields, key, &value, NULL);
    for (int i = 0; good && i < count; i++)
      ret_numbers[i] = value;
  } else {
    JsonArray *array = json_node_get_array (node);

    good = json_array_get_length (array) == (guint)count;
    for (int i = 0; good && i < count; i++) {
      JsonNode *element = json_array_get_element (array, i);

      good = is_finite_number (element);
      if (good)
        ret_numbers[i] = json_node_get_double (element);
    }
  }
  if (good)
    return true;
  return sac_fields_refuse (fields, key, SAC_ERROR_DAMAGED, error,
                            "must be %d finite numbers", count);
}

static bool
get_size (JsonNode *node, int *ret_height, int *ret_width)
{
  JsonNode *height = node, *width = node;

  if (JSON_NODE_HOLDS_ARRAY (node)) {
    JsonArray *array = json_node_get_array (node);

    if (json_array_get_length (array) != 2)
      return false;
    height = json_array_get_element (array, 0);
    width = json_array_get_element (array, 1);
  } else if (JSON_NODE_HOLDS_OBJECT (node)) {
    height = json_object_get_member (json_node_get_object (node), "height");
    width = json_object_get_member (json_node_get_object (node), "width");
  }
  return height != NULL && width != NULL &&
         get_whole (height, 1, SIDE_MAX, ret_height) &&
         get_whole (width, 1, SIDE_MAX, ret_width);
}

bool
sac_fields_size (const SacFields *fields,
                 const char *key,
                 int *ret_height,
                 int *ret_width,
                 GError **error)
{
  JsonNode *node = get (fields, key);
  int height, width;

  if (node == NULL)
    return true;
  if (!get_size (node, &height, &width))
    return sac_fields_refuse (fields, key, SAC_ERROR_DAMAGED, error,
                              "must be [height, width] or one number, each "
                              "from 1 to %d",
                              SIDE_MAX);
  *ret_height = height;
  *ret_width = width;
  return true;
}

bool
sac_fields_text (const SacFields *fields,
                 const char *key,
                 char **ret_text,
                 GError **error)
{
  JsonNode *node = get (fields, key);

  if (node == NULL)
    return true;
  if (json_node_get_value_type (node) != G_TYPE_STRING)
    return damaged (fields, key, "must be text", error);
  g_free (*ret_text);
  *ret_text = json_node_dup_string (node);
  return true;
}

bool
sac_fields_choice (const SacFields *fields,
                   const char *key,
                   const char *const *choices,
                   int *ret_index,
                   GError **error)
{
  JsonNode *node = get (fields, key);

  if (node == NULL)
    return true;
  for (int i = 0; choices[i] != NULL; i++) {
    if (json_node_get_value_type (node) == G_TYPE_STRING &&
        g_str_equal (json_node_get_string (node), choices[i])) {
      *ret_index = i;
      return true;
    }
  }

  g_autofree char *list = g_strjoinv ("\", \"", (char **)choices);

  return sac_fields_refuse (fields, key, SAC_ERROR_DAMAGED, error,
                            "must be one of \"%s\"", list);
}

bool
sac_fields_choice_text (const SacFields *fields,
                        const char *key,
                        const char *const *choices,
                        char **ret_text,
                        GError **error)
{
  int index = -1;

  if (!sac_fields_choice (fields, key, choices, &index, error))
    return false;
  if (index >= 0) {
    g_free (*ret_text);
    *ret_text = g_strdup (choices[index]);
  }
  return true;
}

bool
sac_fields_object (const SacFields *fields,
                   const char *key,
                   JsonObject **ret_object,
                   GError **error)
{
  JsonNode *node = get (fields, key);

  *ret_object = NULL;
  if (node == NULL)
    return true;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return damaged (fields, key, "must be an object", error);
  *ret_object = json_node_get_object (node);
  return true;
}

bool
sac_fields_array (const SacFields *fields,
                  const char *key,
                  JsonArray **ret_array,
                  GError **error)
{
  JsonNode *node = get (fields, key);

  *ret_array = NULL;
  if (node == NULL)
    return true;
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return damaged (fields, key, "must be an array", error);
  *ret_array = json_node_get_array (node);
  return true;
}

bool
sac_fields_element (const SacFields *fields,
                    const char *key,
                    JsonArray *array,
                    guint index,
                    JsonObject **ret_object,
                    GError **error)
{
  JsonNode *node = json_array_get_element (array, index);

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return sac_fields_refuse (fields, key, SAC_ERROR_DAMAGED, error,
                              "[%u] must be an object", index);
  *ret_object = json_node_get_object (node);
  return true;
}
