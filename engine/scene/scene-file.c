/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "scene/scene-file.h"

#include "annotation/mask.h"
#include "base/error.h"
#include "base/json.h"
#include "map/map-read.h"
#include "scene/scene-members.h"

#include <math.h>

#define DEFAULT_OPACITY 0.7

/* Beyond that a pixel of the image would fill many screens, or the reverse. */
#define SCALE_MIN 1e-7
#define SCALE_MAX 1e4

#define PLACE_MAX 1e9
#define TEXT_SIZE_MIN 4.0
#define TEXT_SIZE_MAX 200.0

typedef struct {
  SacMembers root;
  char *folder;
  SacSceneView *view;
  GHashTable *maps; /* of paths: GPtrArray of SacMap, each file read once */
} Reader;

static void
reader_clear (Reader *reader)
{
  g_free (reader->folder);
  g_clear_pointer (&reader->view, sac_scene_view_free);
  g_clear_pointer (&reader->maps, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reader, reader_clear)

static char *
resolve (const Reader *reader, const char *name)
{
  if (g_path_is_absolute (name) || g_str_has_prefix (name, "demo:"))
    return g_strdup (name);
  return g_build_filename (reader->folder, name, NULL);
}

static bool
read_image (Reader *reader, SacJob *job, GError **error)
{
  const char *name;

  if (!sac_members_read_text (&reader->root, "image", &name, error))
    return false;
  if (name == NULL || *name == '\0')
    return sac_members_complain (&reader->root, "image", "the image's path",
                                 error);

  g_autofree char *path = resolve (reader, name);
  g_autoptr (SacSource) source = sac_source_open (path, job, error);

  if (source != NULL)
    reader->view = sac_scene_view_new (source);
  return source != NULL;
}

/* Returns: the file's maps, borrowed. */
static GPtrArray *
get_maps (Reader *reader, const char *path, SacJob *job, GError **error)
{
  SacSource *source = reader->view->scene.source;
  SacMapImage image = {sac_source_get_width (source),
                       sac_source_get_height (source),
                       sac_source_get_mpp (source)};
  GPtrArray *maps = g_hash_table_lookup (reader->maps, path);

  if (maps != NULL)
    return maps;
  maps = sac_map_read (path, &image, job, error);
  if (maps != NULL)
    g_hash_table_insert (reader->maps, g_strdup (path), maps);
  return maps;
}

/* *ret_map: borrowed; NULL where there is none. */
static bool
read_map (Reader *reader,
          const SacMembers *members,
          const SacMap **ret_map,
          SacJob *job,
          GError **error)
{
  const char *name;
  double index = 0;

  *ret_map = NULL;
  if (!sac_members_read_text (members, "map", &name, error) ||
      !sac_members_read_number (members, "map_index", 0, 65535, &index, error))
    return false;
  if (name == NULL)
    return true;

  g_autofree char *path = resolve (reader, name);
  GPtrArray *maps = get_maps (reader, path, job, error);

  if (maps == NULL)
    return false;
  if (index >= maps->len) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "%s: there is no map %.0f, the file has %u", path, index,
                 maps->len);
    return false;
  }
  *ret_map = maps->pdata[(guint)index];
  return true;
}

/* A range is a scale of its own making, as one shared with maps that are not
 * here. */
static bool
read_range (const SacMembers *members, SacScale *scale, GError **error)
{
  bool found;

  *scale = (SacScale){.mode = SAC_SCALE_SHARED};
  if (!sac_members_read_pair (members, "scale", &scale->low, &scale->high,
                              &found, error))
    return false;
  if (!(scale->low < scale->high))
    return sac_members_complain (members, "scale", "a low and a higher number",
                                 error);
  scale->is_signed = scale->low == -scale->high;
  return true;
}

static bool
read_clip (const SacMembers *members, SacScale *scale, GError **error)
{
  double low, high;
  bool found;

  if (!sac_members_read_pair (members, "clip", &low, &high, &found, error))
    return false;
  if (!found)
    return true;
  if (!(low < high))
    return sac_members_complain (members, "clip", "a low and a higher number",
                                 error);
  sac_scale_clip (scale, low, high);
  return true;
}

static bool
read_scale (const SacMembers *members,
            const SacMap *map,
            SacScale *scale,
            GError **error)
{
  JsonNode *node = json_object_get_member (members->object, "scale");
  SacScaleMode mode = SAC_SCALE_OWN;
  const char *name = NULL;

  if (node != NULL && JSON_NODE_HOLDS_ARRAY (node))
    return read_range (members, scale, error) &&
           read_clip (members, scale, error);
  if (!sac_members_read_text (members, "scale", &name, error))
    return false;
  if (name != NULL &&
      (!sac_scale_mode_find (name, &mode) || mode == SAC_SCALE_SHARED))
    return sac_members_complain (members, "scale",
                                 "\"own\", \"stretched\", \"percentile\" or "
                                 "[LOW, HIGH]",
                                 error);
  if (map != NULL)
    *scale = sac_scale_new (mode, &map, 1);
  return read_clip (members, scale, error);
}

static bool
read_colors (const SacMembers *members,
             bool is_signed,
             const SacColorMap **ret_colors,
             GError **error)
{
  const char *name;

  if (!sac_members_read_text (members, "colors", &name, error))
    return false;
  *ret_colors = name != NULL ? sac_color_map_find (name)
                : is_signed  ? sac_color_map_find ("diverging")
                             : sac_color_maps_get_all ()[0];
  return *ret_colors != NULL ||
         sac_members_complain (members, "colors", "the name of a colour map",
                               error);
}

/* Appends to `layers`; nothing where `members` have no map, but they are
 * checked all the same. */
static bool
read_layer (Reader *reader,
            const SacMembers *members,
            GArray *layers,
            SacJob *job,
            GError **error)
{
  SacMapLayer layer = {.opacity = DEFAULT_OPACITY, .fade = true};
  double contour = NAN;

  if (!read_map (reader, members, &layer.map, job, error) ||
      !read_scale (members, layer.map, &layer.scale, error) ||
      !read_colors (members, layer.scale.is_signed, &layer.colors, error) ||
      !sac_members_read_number (members, "opacity", 0, 1, &layer.opacity,
                                error) ||
      !sac_members_read_bool (members, "smooth", &layer.smooth, error) ||
      !sac_members_read_number (members, "contour", -G_MAXFLOAT, G_MAXFLOAT,
                                &contour, error))
    return false;
  if (layer.map != NULL)
    sac_scene_view_add (layers, &layer, isnan (contour) ? NULL : &contour);
  return true;
}

static bool
read_layers (Reader *reader,
             const SacMembers *members,
             GArray *layers,
             SacJob *job,
             GError **error)
{
  JsonNode *node = json_object_get_member (members->object, "layers");
  JsonArray *array = node != NULL && JSON_NODE_HOLDS_ARRAY (node)
                       ? json_node_get_array (node)
                       : NULL;
  guint count = array != NULL ? json_array_get_length (array) : 0;
  g_autofree char *what =
    g_strdup_printf ("a list of at most %d objects, each with a \"map\"",
                     SAC_SCENE_LAYERS_MOST);

  if (node == NULL)
    return true;
  if (array == NULL || count > SAC_SCENE_LAYERS_MOST)
    return sac_members_complain (members, "layers", what, error);
  for (guint i = 0; i < count; i++) {
    JsonNode *element = json_array_get_element (array, i);
    SacMembers layer = {.path = members->path};

    if (!JSON_NODE_HOLDS_OBJECT (element))
      return sac_members_complain (members, "layers", what, error);
    layer.object = json_node_get_object (element);
    if (!json_object_has_member (layer.object, "map"))
      return sac_members_complain (members, "layers", what, error);
    if (!read_layer (reader, &layer, layers, job, error))
      return false;
  }
  return true;
}

static bool
read_camera (Reader *reader, GError **error)
{
  SacSource *source = reader->view->scene.source;
  SacCamera *camera = &reader->view->scene.camera;
  SacMembers members;
  double degrees = 0;

  if (!sac_members_read_object (&reader->root, "camera", &members, error))
    return false;
  if (members.object == NULL)
    return true;
  *camera = (SacCamera){
    .x = (double)sac_source_get_width (source) / 2,
    .y = (double)sac_source_get_height (source) / 2,
    .scale = 1,
  };
  if (!sac_members_read_number (&members, "x", -PLACE_MAX, PLACE_MAX,
                                &camera->x, error) ||
      !sac_members_read_number (&members, "y", -PLACE_MAX, PLACE_MAX,
                                &camera->y, error) ||
      !sac_members_read_number (&members, "scale", SCALE_MIN, SCALE_MAX,
                                &camera->scale, error) ||
      !sac_members_read_number (&members, "rotation", -360, 360, &degrees,
                                error) ||
      !sac_members_read_bool (&members, "mirror", &camera->mirror, error))
    return false;
  camera->rotation = degrees * G_PI / 180;
  reader->view->has_camera = true;
  return true;
}

static bool
read_tone (Reader *reader, GError **error)
{
  SacTone *tone = &reader->view->tone;
  SacMembers members;

  if (!sac_members_read_object (&reader->root, "tone", &members, error))
    return false;
  return members.object == NULL ||
         (sac_members_read_number (&members, "brightness", -1, 1,
                                   &tone->brightness, error) &&
          sac_members_read_number (&members, "contrast", SAC_TONE_LEAST,
                                   SAC_TONE_MOST, &tone->contrast, error) &&
          sac_members_read_number (&members, "gamma", SAC_TONE_LEAST,
                                   SAC_TONE_MOST, &tone->gamma, error));
}

static bool
read_lens (const SacMembers *members, SacSceneCompare *compare, GError **error)
{
  bool found;

  compare->lens_radius = 110;
  if (!sac_members_read_pair (members, "lens", &compare->lens_x,
                              &compare->lens_y, &found, error) ||
      !sac_members_read_number (members, "lens_radius", 1, SCALE_MAX,
                                &compare->lens_radius, error) ||
      !sac_members_read_bool (members, "lens_square", &compare->lens_is_square,
                              error))
    return false;
  if (compare->mode == SAC_COMPARE_LENS && !found)
    return sac_members_complain (members, "lens", "the lens's middle [X, Y]",
                                 error);
  if (fabs (compare->lens_x) > PLACE_MAX || fabs (compare->lens_y) > PLACE_MAX)
    return sac_members_complain (members, "lens", "a place in the picture",
                                 error);
  return true;
}

static bool
read_turn (const SacMembers *members, SacSceneCompare *compare, GError **error)
{
  const char *turn;

  if (!sac_members_read_text (members, "turn", &turn, error))
    return false;
  compare->shows_other = g_strcmp0 (turn, "B") == 0;
  return turn == NULL || compare->shows_other || g_str_equal (turn, "A") ||
         sac_members_complain (members, "turn", "\"A\" or \"B\"", error);
}

static bool
read_compare (Reader *reader, SacJob *job, GError **error)
{
  SacSceneView *view = reader->view;
  SacMembers members;
  const char *mode;

  if (!sac_members_read_object (&reader->root, "compare", &members, error))
    return false;
  if (members.object == NULL)
    return true;
  if (!sac_members_read_text (&members, "mode", &mode, error))
    return false;
  if (mode == NULL || !sac_compare_mode_find (mode, &view->compare.mode) ||
      view->compare.mode == SAC_COMPARE_SIDE)
    return sac_members_complain (&members, "mode",
                                 "\"swipe\", \"lens\", \"flicker\", "
                                 "\"difference\" or \"agreement\"",
                                 error);
  return read_layers (reader, &members, view->others, job, error) &&
         sac_members_read_number (&members, "divider", 0, 1,
                                  &view->compare.divider, error) &&
         read_lens (&members, &view->compare, error) &&
         read_turn (&members, &view->compare, error) &&
         sac_members_read_number (&members, "share", 1e-6, 1, &view->share,
                                  error) &&
         read_colors (&members, true, &view->difference_colors, error);
}

/* One of the two maps whose disagreement is outlined. */
static bool
read_side (Reader *reader,
           const SacMembers *members,
           const char *side,
           const SacMap **ret_map,
           SacJob *job,
           GError **error)
{
  SacMembers map;

  *ret_map = NULL;
  if (!sac_members_read_object (members, side, &map, error))
    return false;
  if (map.object != NULL && !read_map (reader, &map, ret_map, job, error))
    return false;
  return (*ret_map != NULL && (*ret_map)->has_geometry) ||
         sac_members_complain (members, side, "an object with a \"map\"",
                               error);
}

static bool
read_outlines (Reader *reader, SacJob *job, GError **error)
{
  SacSceneOutlines outlines = {.share = SAC_DISAGREEMENT_SHARE,
                               .least = SAC_DISAGREEMENT_LEAST};
  SacMembers members;

  if (!sac_members_read_object (&reader->root, "disagreement", &members, error))
    return false;
  if (members.object == NULL)
    return true;
  if (!read_side (reader, &members, "a", &outlines.a, job, error) ||
      !read_side (reader, &members, "b", &outlines.b, job, error) ||
      !sac_members_read_number (&members, "share", 1e-6, 1, &outlines.share,
                                error) ||
      !sac_members_read_number (&members, "least", 0, 0.999, &outlines.least,
                                error))
    return false;
  sac_scene_view_set_outlines (reader->view, &outlines);
  return true;
}

/* Shapes, or a mask as outlines. */
static bool
read_annotations (Reader *reader, SacJob *job, GError **error)
{
  SacSource *source = reader->view->scene.source;
  SacMaskImage image = {sac_source_get_width (source),
                        sac_source_get_height (source),
                        sac_source_get_mpp (source)};
  const char *name;

  if (!sac_members_read_text (&reader->root, "annotations", &name, error))
    return false;
  if (name == NULL)
    return true;

  g_autofree char *path = resolve (reader, name);

  reader->view->annotations = sac_annotations_open (path, &image, job, error);
  return reader->view->annotations != NULL;
}

/* Not opened: no picture needs it. */
static bool
read_other (Reader *reader, GError **error)
{
  SacMembers members;
  const char *name;

  if (!sac_members_read_object (&reader->root, "other", &members, error))
    return false;
  if (members.object == NULL)
    return true;
  if (!sac_members_read_text (&members, "image", &name, error))
    return false;
  if (name == NULL || *name == '\0')
    return sac_members_complain (&members, "image", "the other image's path",
                                 error);
  reader->view->other = resolve (reader, name);
  return sac_members_read_bool (&members, "shown_is_second",
                                &reader->view->is_second, error);
}

static bool
read_marks (Reader *reader, GError **error)
{
  SacSceneView *view = reader->view;
  SacScene *scene = &view->scene;
  bool seen = true;

  scene->show_scale_bar = true;
  if (!sac_members_read_bool (&reader->root, "seen", &seen, error) ||
      !sac_members_read_bool (&reader->root, "scale_bar",
                              &scene->show_scale_bar, error) ||
      !sac_members_read_number (&reader->root, "text_size", TEXT_SIZE_MIN,
                                TEXT_SIZE_MAX, &scene->text_size, error) ||
      !sac_members_read_pair (&reader->root, "cursor", &scene->cursor_x,
                              &scene->cursor_y, &scene->has_cursor, error))
    return false;
  if (seen && view->layers->len > 0)
    sac_scene_view_set_seen (view,
                             g_array_index (view->layers, SacSceneLayer, 0)
                               .layer.map);
  return true;
}

static bool
check_schema (const SacMembers *root, GError **error)
{
  double schema = SAC_SCENE_FILE_SCHEMA;

  if (!sac_members_read_number (root, "schema", 1, 1e6, &schema, error))
    return false;
  if (schema <= SAC_SCENE_FILE_SCHEMA)
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
               "%s: a scene of schema %.0f; this program knows schema %d",
               root->path, schema, SAC_SCENE_FILE_SCHEMA);
  return false;
}

SacSceneView *
sac_scene_file_read (const char *path, SacJob *job, GError **error)
{
  g_autoptr (JsonObject) object = sac_json_read (path, NULL, error);

  if (object == NULL)
    return NULL;

  g_auto (Reader) reader = {
    .root = {object, path},
    .folder = g_path_get_dirname (path),
    .maps = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                   (GDestroyNotify)g_ptr_array_unref),
  };

  if (!check_schema (&reader.root, error) ||
      !read_image (&reader, job, error) ||
      !read_layer (&reader, &reader.root, reader.view->layers, job, error) ||
      !read_layers (&reader, &reader.root, reader.view->layers, job, error) ||
      !read_compare (&reader, job, error) ||
      !read_outlines (&reader, job, error) || !read_camera (&reader, error) ||
      !read_tone (&reader, error) || !read_annotations (&reader, job, error) ||
      !read_other (&reader, error) || !read_marks (&reader, error))
    return NULL;
  return g_steal_pointer (&reader.view);
}
