/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "scene/view-state.h"

#include "base/error.h"
#include "base/json.h"
#include "scene/scene-members.h"

#include <math.h>
#include <string.h>

#define SCHEMA 1
#define TEXT_MOST 4096
#define SIZE_MOST (1 << 20)
#define PARAMS_MOST 32 /* no method has as many */

/* Larger than any image, and still exact. */
#define COORDINATE_MOST 1e12

static void
pane_clear (SacViewPane *pane)
{
  g_free (pane->model);
  g_free (pane->method);
  g_free (pane->class_id);
  g_free (pane->layer);
  g_free (pane->head_mode);
  g_free (pane->colors);
  g_free (pane->scale);
  g_free (pane->score);
  g_free (pane->against);
  g_clear_pointer (&pane->params, g_hash_table_unref);
  for (guint i = 0; i < pane->layer_count; i++) {
    g_free (pane->layers[i].path);
    g_free (pane->layers[i].colors);
    g_free (pane->layers[i].scale);
  }
}

void
sac_view_state_clear (SacViewState *state)
{
  for (guint i = 0; i < SAC_VIEW_PANES_MOST; i++)
    pane_clear (&state->panes[i]);
  g_free (state->mode);
  g_free (state->other);
  memset (state, 0, sizeof *state);
}

static void
set_text (JsonObject *object, const char *member, const char *text)
{
  if (text != NULL)
    json_object_set_string_member (object, member, text);
}

static void
set_params (JsonObject *object, GHashTable *params)
{
  JsonObject *texts = json_object_new ();
  g_autoptr (GList) names =
    g_list_sort (g_hash_table_get_keys (params), (GCompareFunc)strcmp);

  for (GList *link = names; link != NULL; link = link->next)
    json_object_set_string_member (texts, link->data,
                                   g_hash_table_lookup (params, link->data));
  json_object_set_object_member (object, "params", texts);
}

static JsonObject *
layer_to_json (const SacViewLayer *layer)
{
  JsonObject *object = json_object_new ();

  set_text (object, "path", layer->path);
  json_object_set_int_member (object, "index", layer->index);
  set_text (object, "scale", layer->scale);
  sac_members_write_looks (object, layer->colors, layer->opacity,
                           layer->smooth);
  json_object_set_boolean_member (object, "hidden", layer->is_hidden);
  return object;
}

static JsonObject *
pane_to_json (const SacViewPane *pane)
{
  JsonObject *object = json_object_new ();

  set_text (object, "model", pane->model);
  set_text (object, "method", pane->method);
  set_text (object, "class", pane->class_id);
  set_text (object, "layer", pane->layer);
  set_text (object, "head_mode", pane->head_mode);
  set_text (object, "scale", pane->scale);
  set_text (object, "score", pane->score);
  set_text (object, "against", pane->against);
  if (pane->params != NULL)
    set_params (object, pane->params);
  json_object_set_int_member (object, "output", pane->output);
  json_object_set_int_member (object, "head", pane->head);
  sac_members_write_looks (object, pane->colors, pane->opacity, pane->smooth);
  json_object_set_boolean_member (object, "hidden", pane->is_hidden);
  json_object_set_boolean_member (object, "lines", pane->has_contour);
  sac_json_set_number (object, "line", pane->contour);
  if (pane->is_clipped)
    sac_json_set_numbers (object, "clip",
                          (double[]){pane->clip_low, pane->clip_high}, 2);

  JsonArray *layers = json_array_new ();

  for (guint i = 0; i < pane->layer_count; i++)
    json_array_add_object_element (layers, layer_to_json (&pane->layers[i]));
  json_object_set_array_member (object, "layers", layers);
  return object;
}

char *
sac_view_state_to_text (const SacViewState *state)
{
  g_autoptr (JsonObject) object = json_object_new ();
  JsonArray *panes = json_array_new ();

  json_object_set_int_member (object, "schema", SCHEMA);
  json_object_set_int_member (object, "size", state->file.size);
  json_object_set_int_member (object, "modified_us", state->file.modified_us);
  json_object_set_boolean_member (object, "fitted", state->is_fitted);
  sac_members_write_camera (object, &state->camera, 1);
  json_object_set_int_member (object, "active", state->active);
  set_text (object, "mode", state->mode);
  set_text (object, "companion", state->other);
  if (state->other != NULL)
    json_object_set_boolean_member (object, "second", state->is_second);
  for (guint i = 0; i < state->pane_count; i++)
    json_array_add_object_element (panes, pane_to_json (&state->panes[i]));
  json_object_set_array_member (object, "panes", panes);
  return sac_json_to_text (object, true);
}

/* What is read: whether all of it was as it has to be so far. */
typedef struct {
  const char *name;
  GError **error;
  bool failed;
} Reader;

static void
refuse_member (Reader *reader, const char *member)
{
  if (!reader->failed)
    g_set_error (reader->error, SAC_ERROR, SAC_ERROR_DAMAGED,
                 "%s: \"%s\" is not what it has to be in a kept view",
                 reader->name, member);
  reader->failed = true;
}

/* NAN where there is none. */
static double
get_number (JsonNode *node)
{
  GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node)
                                            : G_TYPE_INVALID;

  return type == G_TYPE_INT64 || type == G_TYPE_DOUBLE
           ? json_node_get_double (node)
           : NAN;
}

static JsonNode *
get_value (JsonObject *object, const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? node : NULL;
}

static double
read_number (Reader *reader,
             JsonObject *object,
             const char *member,
             double least,
             double most)
{
  JsonNode *node = get_value (object, member);
  double value = node != NULL ? get_number (node) : NAN;

  if (value >= least && value <= most)
    return value;
  refuse_member (reader, member);
  return least;
}

static int64_t
read_int (Reader *reader, JsonObject *object, const char *member, int64_t most)
{
  JsonNode *node = get_value (object, member);

  if (node != NULL && json_node_get_value_type (node) == G_TYPE_INT64 &&
      json_node_get_int (node) >= 0 && json_node_get_int (node) <= most)
    return json_node_get_int (node);
  refuse_member (reader, member);
  return 0;
}

static bool
read_flag (Reader *reader, JsonObject *object, const char *member)
{
  JsonNode *node = get_value (object, member);

  if (node != NULL && json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    return json_node_get_boolean (node);
  refuse_member (reader, member);
  return false;
}

/* Returns: a new string, NULL where there is none. */
static char *
read_text (Reader *reader, JsonObject *object, const char *member)
{
  JsonNode *node = get_value (object, member);

  if (!json_object_has_member (object, member))
    return NULL;
  if (node != NULL && json_node_get_value_type (node) == G_TYPE_STRING &&
      strlen (json_node_get_string (node)) <= TEXT_MOST)
    return json_node_dup_string (node);
  refuse_member (reader, member);
  return NULL;
}

/* Returns: a new table, NULL where there is none. */
static GHashTable *
read_params (Reader *reader, JsonObject *object)
{
  JsonNode *node = json_object_get_member (object, "params");

  if (node == NULL)
    return NULL;
  if (!JSON_NODE_HOLDS_OBJECT (node) ||
      json_object_get_size (json_node_get_object (node)) > PARAMS_MOST) {
    refuse_member (reader, "params");
    return NULL;
  }

  JsonObject *texts = json_node_get_object (node);
  g_autoptr (GList) names = json_object_get_members (texts);
  GHashTable *params =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (GList *link = names; link != NULL && !reader->failed;
       link = link->next) {
    char *text = read_text (reader, texts, link->data);

    if (text != NULL)
      g_hash_table_insert (params, g_strdup (link->data), text);
  }
  return params;
}

static SacViewLayer
read_layer (Reader *reader, JsonObject *object)
{
  SacViewLayer layer = {
    .path = read_text (reader, object, "path"),
    .index = (int)read_int (reader, object, "index", G_MAXINT16),
    .colors = read_text (reader, object, "colors"),
    .scale = read_text (reader, object, "scale"),
    .opacity = read_number (reader, object, "opacity", 0, 1),
    .smooth = read_flag (reader, object, "smooth"),
    .is_hidden = read_flag (reader, object, "hidden"),
  };

  if (layer.path == NULL)
    refuse_member (reader, "path");
  return layer;
}

/* Earlier versions kept none. */
static void
read_layers (Reader *reader, JsonObject *object, SacViewPane *pane)
{
  JsonNode *node = json_object_get_member (object, "layers");
  JsonArray *layers = node != NULL && JSON_NODE_HOLDS_ARRAY (node)
                        ? json_node_get_array (node)
                        : NULL;
  guint count = layers != NULL ? json_array_get_length (layers) : 0;

  if (node == NULL)
    return;
  if (layers == NULL || count > SAC_VIEW_LAYERS_MOST) {
    refuse_member (reader, "layers");
    return;
  }
  for (guint i = 0; i < count && !reader->failed; i++) {
    JsonNode *layer = json_array_get_element (layers, i);

    if (JSON_NODE_HOLDS_OBJECT (layer))
      pane->layers[pane->layer_count++] =
        read_layer (reader, json_node_get_object (layer));
    else
      refuse_member (reader, "layers");
  }
}

/* Two numbers that rise. */
static void
read_clip (Reader *reader, JsonObject *object, SacViewPane *pane)
{
  JsonNode *node = json_object_get_member (object, "clip");
  JsonArray *ends = node != NULL && JSON_NODE_HOLDS_ARRAY (node)
                      ? json_node_get_array (node)
                      : NULL;

  if (node == NULL)
    return;
  if (ends != NULL && json_array_get_length (ends) == 2) {
    pane->clip_low = get_number (json_array_get_element (ends, 0));
    pane->clip_high = get_number (json_array_get_element (ends, 1));
    pane->is_clipped = pane->clip_low < pane->clip_high;
  }
  if (!pane->is_clipped)
    refuse_member (reader, "clip");
}

static void
read_pane (Reader *reader, JsonObject *object, SacViewPane *ret_pane)
{
  *ret_pane = (SacViewPane){
    .model = read_text (reader, object, "model"),
    .method = read_text (reader, object, "method"),
    .class_id = read_text (reader, object, "class"),
    .layer = read_text (reader, object, "layer"),
    .head_mode = read_text (reader, object, "head_mode"),
    .colors = read_text (reader, object, "colors"),
    .scale = read_text (reader, object, "scale"),
    .score = read_text (reader, object, "score"),
    .against = read_text (reader, object, "against"),
    .params = read_params (reader, object),
    .output = (int)read_int (reader, object, "output", G_MAXINT16),
    .head = (int)read_int (reader, object, "head", G_MAXINT16),
    .opacity = read_number (reader, object, "opacity", 0, 1),
    .smooth = read_flag (reader, object, "smooth"),
    .is_hidden = read_flag (reader, object, "hidden"),
  };
  if (json_object_has_member (object, "lines")) {
    ret_pane->has_contour = read_flag (reader, object, "lines");
    ret_pane->contour = read_number (reader, object, "line", 0, 1);
  }
  read_clip (reader, object, ret_pane);
  read_layers (reader, object, ret_pane);
}

static void
read_panes (Reader *reader, JsonObject *root, SacViewState *state)
{
  JsonNode *node = json_object_get_member (root, "panes");
  JsonArray *panes = node != NULL && JSON_NODE_HOLDS_ARRAY (node)
                       ? json_node_get_array (node)
                       : NULL;
  guint count = panes != NULL ? json_array_get_length (panes) : 0;

  if (count < 1 || count > SAC_VIEW_PANES_MOST) {
    refuse_member (reader, "panes");
    return;
  }
  for (guint i = 0; i < count && !reader->failed; i++) {
    JsonNode *pane = json_array_get_element (panes, i);

    if (JSON_NODE_HOLDS_OBJECT (pane))
      read_pane (reader, json_node_get_object (pane), &state->panes[i]);
    else
      refuse_member (reader, "panes");
  }
  state->pane_count = count;
}

static void
read_camera (Reader *reader, JsonObject *root, SacCamera *ret_camera)
{
  JsonNode *node = json_object_get_member (root, "camera");

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node)) {
    refuse_member (reader, "camera");
    return;
  }

  JsonObject *camera = json_node_get_object (node);

  ret_camera->x =
    read_number (reader, camera, "x", -COORDINATE_MOST, COORDINATE_MOST);
  ret_camera->y =
    read_number (reader, camera, "y", -COORDINATE_MOST, COORDINATE_MOST);
  ret_camera->scale = read_number (reader, camera, "scale", 1e-9, 1e9);
  ret_camera->rotation = read_number (reader, camera, "rotation", -G_PI, G_PI);
  ret_camera->mirror = read_flag (reader, camera, "mirror");
}

bool
sac_view_state_parse (const char *text,
                      gsize size,
                      const char *name,
                      SacViewState *ret_state,
                      GError **error)
{
  Reader reader = {name, error, false};

  memset (ret_state, 0, sizeof *ret_state);
  if (size > SIZE_MOST) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "%s: a kept view has at most %d bytes", name, SIZE_MOST);
    return false;
  }

  g_autoptr (JsonObject) root = sac_json_parse (text, size, name, error);

  if (root == NULL)
    return false;
  if (read_int (&reader, root, "schema", SCHEMA) != SCHEMA)
    refuse_member (&reader, "schema");
  ret_state->file.size = read_int (&reader, root, "size", G_MAXINT64);
  ret_state->file.modified_us =
    read_int (&reader, root, "modified_us", G_MAXINT64);
  ret_state->is_fitted = read_flag (&reader, root, "fitted");
  read_camera (&reader, root, &ret_state->camera);
  ret_state->mode = read_text (&reader, root, "mode");
  ret_state->other = read_text (&reader, root, "companion");
  ret_state->is_second =
    ret_state->other != NULL && read_flag (&reader, root, "second");
  read_panes (&reader, root, ret_state);
  ret_state->active = (guint)read_int (&reader, root, "active",
                                       MAX (ret_state->pane_count, 1) - 1);
  return !reader.failed;
}
