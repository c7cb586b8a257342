/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "scene/scene-members.h"

#include "base/error.h"
#include "base/json.h"

#include <math.h>

bool
sac_members_complain (const SacMembers *members,
                      const char *member,
                      const char *what,
                      GError **error)
{
  g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED, "%s: \"%s\" has to be %s",
               members->path, member, sac_sentence (what));
  return false;
}

static bool
is_number (JsonNode *node)
{
  GType type = node != NULL && JSON_NODE_HOLDS_VALUE (node)
                 ? json_node_get_value_type (node)
                 : G_TYPE_INVALID;

  return (type == G_TYPE_INT64 || type == G_TYPE_DOUBLE) &&
         isfinite (json_node_get_double (node));
}

bool
sac_members_read_number (const SacMembers *members,
                         const char *member,
                         double low,
                         double high,
                         double *value,
                         GError **error)
{
  JsonNode *node = json_object_get_member (members->object, member);
  g_autofree char *what = NULL;

  if (node == NULL)
    return true;
  if (is_number (node) && json_node_get_double (node) >= low &&
      json_node_get_double (node) <= high) {
    *value = json_node_get_double (node);
    return true;
  }
  what = g_strdup_printf ("a number from %g to %g", low, high);
  return sac_members_complain (members, member, what, error);
}

bool
sac_members_read_bool (const SacMembers *members,
                       const char *member,
                       bool *value,
                       GError **error)
{
  JsonNode *node = json_object_get_member (members->object, member);

  if (node == NULL)
    return true;
  if (!JSON_NODE_HOLDS_VALUE (node) ||
      json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return sac_members_complain (members, member, "true or false", error);
  *value = json_node_get_boolean (node);
  return true;
}

bool
sac_members_read_text (const SacMembers *members,
                       const char *member,
                       const char **value,
                       GError **error)
{
  JsonNode *node = json_object_get_member (members->object, member);

  *value = NULL;
  if (node == NULL)
    return true;
  if (!JSON_NODE_HOLDS_VALUE (node) ||
      json_node_get_value_type (node) != G_TYPE_STRING)
    return sac_members_complain (members, member, "text", error);
  *value = json_node_get_string (node);
  return true;
}

bool
sac_members_read_pair (const SacMembers *members,
                       const char *member,
                       double *first,
                       double *second,
                       bool *ret_found,
                       GError **error)
{
  JsonNode *node = json_object_get_member (members->object, member);
  JsonArray *array = node != NULL && JSON_NODE_HOLDS_ARRAY (node)
                       ? json_node_get_array (node)
                       : NULL;

  *ret_found = node != NULL;
  if (node == NULL)
    return true;
  if (array == NULL || json_array_get_length (array) != 2 ||
      !is_number (json_array_get_element (array, 0)) ||
      !is_number (json_array_get_element (array, 1)))
    return sac_members_complain (members, member, "two numbers", error);
  *first = json_array_get_double_element (array, 0);
  *second = json_array_get_double_element (array, 1);
  return true;
}

bool
sac_members_read_object (const SacMembers *members,
                         const char *member,
                         SacMembers *ret_object,
                         GError **error)
{
  JsonNode *node = json_object_get_member (members->object, member);

  *ret_object = (SacMembers){.path = members->path};
  if (node == NULL)
    return true;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return sac_members_complain (members, member, "an object", error);
  ret_object->object = json_node_get_object (node);
  return true;
}

void
sac_members_write_camera (JsonObject *object,
                          const SacCamera *camera,
                          double turn)
{
  JsonObject *members = json_object_new ();

  sac_json_set_number (members, "x", camera->x);
  sac_json_set_number (members, "y", camera->y);
  sac_json_set_number (members, "scale", camera->scale);
  sac_json_set_number (members, "rotation", camera->rotation * turn);
  json_object_set_boolean_member (members, "mirror", camera->mirror);
  json_object_set_object_member (object, "camera", members);
}

void
sac_members_write_looks (JsonObject *object,
                         const char *colors,
                         double opacity,
                         bool smooth)
{
  if (colors != NULL)
    json_object_set_string_member (object, "colors", colors);
  sac_json_set_number (object, "opacity", opacity);
  json_object_set_boolean_member (object, "smooth", smooth);
}
