/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "scene/scene-file.h"

#include "base/error.h"
#include "base/json.h"
#include "image/decode.h"
#include "map/map-file.h"
#include "scene/paint.h"

#include "support.h"

#include <math.h>
#include <string.h>

#define IMAGE_WIDTH 1200
#define IMAGE_HEIGHT 900

static SacMap *
new_map (int image_width)
{
  float *values = g_new (float, 12);

  for (int i = 0; i < 12; i++)
    values[i] = (float)i / 11;

  SacMap *map = sac_map_new_take (3, 4, values);

  map->has_geometry = true;
  map->geometry =
    (SacGeometry){image_width, IMAGE_HEIGHT, {100, 50, 800, 600}, 64, 48};
  map->unit = g_strdup ("logit");
  map->method = g_strdup ("grad-cam");
  return map;
}

static GBytes *
get_image (void)
{
  static GBytes *bytes;

  if (bytes == NULL) {
    g_autoptr (SacImage) image =
      sac_image_new (IMAGE_WIDTH, IMAGE_HEIGHT, NULL);

    bytes = sac_encode_png (image, (const char *[]){NULL}, NULL);
  }
  return bytes;
}

/* A folder with a white image, maps and a scene of that text. */
typedef struct {
  char *folder, *path;
} Files;

static void
files_clear (Files *files)
{
  test_folder_remove (files->folder);
  g_free (files->path);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Files, files_clear)

static Files
files_new (const char *text)
{
  Files files = {.folder = test_folder_new ()};
  g_autofree char *good = g_build_filename (files.folder, "good.tif", NULL);
  g_autofree char *other = g_build_filename (files.folder, "other.tif", NULL);
  g_autofree char *image = g_build_filename (files.folder, "image.png", NULL);
  g_autoptr (SacMap) map = new_map (IMAGE_WIDTH);
  g_autoptr (SacMap) wrong = new_map (2 * IMAGE_WIDTH);
  const SacMap *two[] = {map, map};

  files.path = g_build_filename (files.folder, "scene.json", NULL);
  g_assert_true (
    g_file_set_contents (image, g_bytes_get_data (get_image (), NULL),
                         (gssize)g_bytes_get_size (get_image ()), NULL));
  g_assert_true (sac_map_write_tiff (good, two, 2, NULL));
  g_assert_true (
    sac_map_write_tiff (other, (const SacMap *[]){wrong}, 1, NULL));
  g_assert_true (g_file_set_contents (files.path, text, -1, NULL));
  return files;
}

static SacSceneView *
read_text (const char *text, GError **error)
{
  g_auto (Files) files = files_new (text);

  return sac_scene_file_read (files.path, NULL, error);
}

static void
test_whole (void)
{
  g_autoptr (GError) error = NULL;
  const SacMapLayer *layer;
  g_autoptr (SacSceneView) file = read_text (
    "{\"schema\": 1, \"image\": \"image.png\", \"map\": \"good.tif\","
    " \"map_index\": 1, \"camera\": {\"x\": 10, \"y\": 20.5, \"scale\": 2,"
    " \"rotation\": 90, \"mirror\": true}, \"scale\": [-2, 2],"
    " \"colors\": \"diverging\", \"opacity\": 0.5, \"smooth\": true,"
    " \"seen\": false, \"scale_bar\": false, \"cursor\": [3, 4],"
    " \"tone\": {\"brightness\": -0.25, \"gamma\": 2}, \"unknown\": []}",
    &error);

  g_assert_no_error (error);
  g_assert_cmpint (sac_source_get_width (file->scene.source), ==, IMAGE_WIDTH);
  g_assert_true (file->has_camera && file->scene.camera.mirror);
  g_assert_cmpfloat (file->scene.camera.x, ==, 10);
  g_assert_cmpfloat (file->scene.camera.y, ==, 20.5);
  g_assert_cmpfloat (file->scene.camera.scale, ==, 2);
  g_assert_cmpfloat_with_epsilon (file->scene.camera.rotation, G_PI / 2, 1e-12);
  layer = &g_array_index (file->layers, SacSceneLayer, 0).layer;
  g_assert_cmpint (layer->map->columns, ==, 4);
  g_assert_cmpfloat (layer->scale.low, ==, -2);
  g_assert_cmpfloat (layer->scale.high, ==, 2);
  g_assert_true (layer->scale.is_signed);
  g_assert_cmpstr (layer->colors->name, ==, "diverging");
  g_assert_cmpfloat (layer->opacity, ==, 0.5);
  g_assert_true (layer->smooth);
  g_assert_false (file->scene.show_seen || file->scene.show_scale_bar);
  g_assert_true (file->scene.has_cursor);
  g_assert_cmpfloat (file->scene.cursor_y, ==, 4);
  g_assert_true (sac_tone_equal (file->scene.tone, &(SacTone){-0.25, 1, 2}));
}

static void
test_least (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacSceneView) file =
    read_text ("{\"image\": \"image.png\"}", &error);
  g_autofree char *problem = NULL;
  g_autoptr (SacImage) image = NULL;

  g_assert_no_error (error);
  g_assert_false (file->has_camera || file->scene.has_cursor);
  g_assert_cmpuint (file->layers->len, ==, 0);
  g_assert_false (file->scene.show_seen);
  g_assert_true (sac_tone_is_plain (file->scene.tone));
  image = sac_scene_view_draw (file, 300, 200, NULL, &problem, &error);
  g_assert_no_error (error);
  g_assert_null (problem);
  /* The image in the middle, the canvas around it. */
  g_assert_cmpuint (image->pixels[0] & 0xffffff, ==, SAC_PAINT_CANVAS);
  g_assert_cmpuint (image->pixels[100 * 300 + 150] & 0xffffff, !=,
                    SAC_PAINT_CANVAS);
}

/* A map under the camera stands where its geometry says, in its colours. */
static void
test_picture (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacSceneView) file =
    read_text ("{\"image\": \"image.png\", \"map\": \"good.tif\","
               " \"camera\": {\"x\": 600, \"y\": 450, \"scale\": 0.5}, "
               "\"opacity\": 1,"
               " \"seen\": false, \"scale_bar\": false}",
               &error);
  g_autofree char *problem = NULL;
  g_autoptr (SacImage) image = NULL;

  g_assert_no_error (error);
  image = sac_scene_view_draw (file, 600, 450, NULL, &problem, &error);
  g_assert_no_error (error);

  /* The last cell, value 1: level-0 800 to 900 by 450 to 650. */
  uint32_t full = sac_color_map_pixel (sac_color_maps_get_all ()[0], 1);

  g_assert_cmpuint (image->pixels[226 * 600 + 351], ==, full);
  g_assert_cmpuint (image->pixels[324 * 600 + 449], ==, full);
  g_assert_cmpuint (image->pixels[324 * 600 + 450], !=, full);
  g_assert_cmpuint (image->pixels[325 * 600 + 449], !=, full);
}

/* The image has another tone; what lies around it and the map over it have
 * not. */
static void
test_tone (void)
{
  static const char *const views[] = {
    "\"x\": 600, \"y\": 450, \"scale\": 0.4",
    "\"x\": 600, \"y\": 450, \"scale\": 0.4, \"rotation\": 37",
    "\"x\": 90, \"y\": 800, \"scale\": 3, \"mirror\": true",
  };
  uint8_t table[256];

  sac_tone_fill_table (&(SacTone){-0.3, 0.8, 1.7}, table);
  for (gsize v = 0; v < G_N_ELEMENTS (views); v++) {
    SacImage *images[2];
    gsize toned = 0, other = 0;

    for (int i = 0; i < 2; i++) {
      g_autofree char *text =
        g_strdup_printf ("{\"image\": \"demo:slide:1200x900,pattern=300\", "
                         "\"camera\": {%s},"
                         " \"scale_bar\": false %s}",
                         views[v],
                         i == 0 ? ""
                                : ", \"tone\": {\"brightness\": -0.3, "
                                  "\"contrast\": 0.8,"
                                  " \"gamma\": 1.7}");
      g_autoptr (GError) error = NULL;
      g_autoptr (SacSceneView) file = read_text (text, &error);
      g_autofree char *problem = NULL;

      g_assert_no_error (error);
      images[i] = sac_scene_view_draw (file, 600, 450, NULL, &problem, &error);
      g_assert_no_error (error);
    }
    for (int i = 0; i < 600 * 450; i++) {
      uint32_t pixel = images[0]->pixels[i];

      sac_tone_apply (table, &pixel, 1);
      toned += images[1]->pixels[i] == pixel;
      other += images[1]->pixels[i] != pixel &&
               (images[1]->pixels[i] & 0xffffff) == SAC_PAINT_CANVAS &&
               images[0]->pixels[i] == images[1]->pixels[i];
    }
    g_assert_cmpuint (toned, >, 600 * 450 / 4);
    g_assert_cmpuint (toned + other, ==, 600 * 450);
    sac_image_unref (images[0]);
    sac_image_unref (images[1]);
  }
}

/* What is written is read as the same, whatever the mode. */
static const char round_trips[][1024] = {
  "{\"image\": \"demo:slide:1200x900,pattern=300\","
  " \"camera\": {\"x\": 1.25, \"y\": 7e5, \"scale\": 0.001,"
  " \"rotation\": -12.5}, \"cursor\": [0.1, 2],"
  " \"tone\": {\"brightness\": 0.1, \"contrast\": 1.5}}",
  "{\"image\": \"image.png\", \"layers\": [{\"map\": \"good.tif\","
  " \"scale\": \"own\", \"clip\": [0.1, 0.7], \"contour\": 0.25},"
  " {\"map\": \"good.tif\", \"map_index\": 1, \"scale\": [-3, 3],"
  " \"colors\": \"diverging\", \"opacity\": 0.3, \"smooth\": true}],"
  " \"text_size\": 17, \"scale_bar\": false}",
  "{\"image\": \"image.png\", \"map\": \"good.tif\", \"seen\": false,"
  " \"scale\": \"percentile\", \"compare\": {\"mode\": \"swipe\","
  " \"divider\": 0.3, \"layers\": [{\"map\": \"good.tif\","
  " \"scale\": \"stretched\"}]}}",
  "{\"image\": \"image.png\", \"compare\": {\"mode\": \"lens\","
  " \"lens\": [20.5, 30.25], \"lens_radius\": 40, \"lens_square\": true}}",
  "{\"image\": \"image.png\", \"compare\": {\"mode\": \"flicker\","
  " \"turn\": \"B\"}, \"other\": {\"image\": \"/pairs/clinical.png\","
  " \"shown_is_second\": true}}",
  "{\"image\": \"image.png\", \"map\": \"good.tif\","
  " \"compare\": {\"mode\": \"agreement\", \"share\": 0.25,"
  " \"layers\": [{\"map\": \"good.tif\"}]}}",
  "{\"image\": \"image.png\", \"map\": \"good.tif\","
  " \"compare\": {\"mode\": \"difference\", \"colors\": \"diverging\","
  " \"layers\": [{\"map\": \"good.tif\", \"map_index\": 1}]}}",
  "{\"image\": \"image.png\", \"map\": \"good.tif\","
  " \"disagreement\": {\"a\": {\"map\": \"good.tif\"}, \"share\": 0.25,"
  " \"b\": {\"map\": \"good.tif\", \"map_index\": 1}, \"least\": 0.02}}",
};

static SacSceneView *
read_good (const char *path)
{
  g_autoptr (GError) error = NULL;
  SacSceneView *view = sac_scene_file_read (path, NULL, &error);

  g_assert_no_error (error);
  return view;
}

static void
test_round_trip (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (round_trips); i++) {
    g_auto (Files) files = files_new (round_trips[i]);
    g_autofree char *first = g_build_filename (files.folder, "1.json", NULL);
    g_autofree char *second = g_build_filename (files.folder, "2.json", NULL);
    g_autofree char *text = NULL;
    g_autofree char *other = NULL;
    g_autoptr (GError) error = NULL;
    g_autoptr (SacSceneView) view = read_good (files.path);

    g_test_message ("%s", round_trips[i]);
    sac_scene_file_write (view, first, &error);
    g_assert_no_error (error);

    g_autoptr (SacSceneView) again = read_good (first);

    sac_scene_file_write (again, second, &error);
    g_assert_no_error (error);
    g_assert_true (g_file_get_contents (first, &text, NULL, NULL));
    g_assert_true (g_file_get_contents (second, &other, NULL, NULL));
    /* The second names its own file of maps. */
    for (char *at = other; (at = strstr (at, "2.maps")) != NULL;)
      *at = '1';
    g_assert_cmpstr (text, ==, other);
    g_assert_cmpuint (view->layers->len, ==, again->layers->len);
    g_assert_cmpuint (view->others->len, ==, again->others->len);
    g_assert_cmpint (view->compare.mode, ==, again->compare.mode);
    g_assert_true ((view->outlines.b == NULL) == (again->outlines.b == NULL));
    g_assert_cmpfloat (view->outlines.share, ==, again->outlines.share);
    g_assert_cmpfloat (view->outlines.least, ==, again->outlines.least);
    g_assert_cmpstr (view->other, ==, again->other);
    g_assert_cmpint (view->is_second, ==, again->is_second);
    g_assert_cmpint (view->scene.show_seen, ==, again->scene.show_seen);
    g_assert_true (sac_tone_equal (&view->tone, &again->tone));
    for (guint k = 0; k < view->layers->len; k++) {
      const SacSceneLayer *a = &g_array_index (view->layers, SacSceneLayer, k);
      const SacSceneLayer *b = &g_array_index (again->layers, SacSceneLayer, k);

      g_assert_cmpfloat (a->layer.scale.low, ==, b->layer.scale.low);
      g_assert_cmpfloat (a->layer.scale.high, ==, b->layer.scale.high);
      g_assert_true (a->layer.scale.is_signed == b->layer.scale.is_signed);
      g_assert_true (a->layer.colors == b->layer.colors);
      g_assert_true (a->has_contour == b->has_contour);
      g_assert_cmpfloat (a->contour, ==, b->contour);
    }
  }
}

/* Annotations lie over it; nothing that lies beside is replaced unasked. */
static void
test_annotations (void)
{
  static const char geojson[] =
    "{\"type\": \"FeatureCollection\", \"features\": [{\"type\": "
    "\"Feature\", \"geometry\": {\"type\": \"Polygon\", \"coordinates\": "
    "[[[300, 300], [900, 300], [900, 700], [300, 300]]]}}]}";
  g_auto (Files) files =
    files_new ("{\"image\": \"image.png\", \"camera\": {\"scale\": 0.5}, "
               "\"scale_bar\": false, \"annotations\": \"a.geojson\"}");
  g_autofree char *marks = g_build_filename (files.folder, "a.geojson", NULL);
  g_autofree char *taken = g_build_filename (files.folder, "a.json", NULL);
  g_autofree char *saved = g_build_filename (files.folder, "b.json", NULL);
  g_autofree char *problem = NULL;
  GError *error = NULL;

  g_assert_null (sac_scene_file_read (files.path, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNREADABLE, "a.geojson");
  g_assert_true (g_file_set_contents (marks, geojson, -1, NULL));

  g_autoptr (SacSceneView) view = read_good (files.path);

  g_assert_cmpuint (view->annotations->items->len, ==, 1);
  g_assert_false (sac_scene_file_write (view, taken, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH, "a.geojson");
  g_assert_true (sac_scene_file_write (view, saved, NULL));
  g_assert_true (sac_scene_file_write (view, saved, NULL));

  g_autoptr (SacSceneView) again = read_good (saved);
  g_autoptr (SacImage) image =
    sac_scene_view_draw (again, 600, 450, NULL, &problem, NULL);

  /* The white image, and the line at level-0 (600, 300). */
  g_assert_cmphex (image->pixels[100 * 600 + 300] & 0xffffff, ==, 0xffffff);
  g_assert_cmphex (image->pixels[150 * 600 + 300] & 0xffffff, !=, 0xffffff);
}

/* However soon a tile comes after it was asked for, it is in the picture. */
static void
test_no_tile_missed (void)
{
  g_auto (Files) files =
    files_new ("{\"image\": \"image.png\", \"scale_bar\": false}");

  for (int i = 0; i < 40; i++) {
    g_autoptr (SacSceneView) view = read_good (files.path);
    g_autofree char *problem = NULL;
    g_autoptr (SacImage) image =
      sac_scene_view_draw (view, 60, 45, NULL, &problem, NULL);

    g_assert_cmphex (image->pixels[22 * 60 + 30] & 0xffffff, ==, 0xffffff);
  }
}

/* What a map and the same map are together: no difference, full agreement. */
static void
test_compared (void)
{
  static const struct {
    const char *mode;
    bool is_clear;
  } modes[] = {{"difference", true}, {"agreement", false}, {"swipe", false}};

  for (gsize i = 0; i < G_N_ELEMENTS (modes); i++) {
    g_autofree char *text = g_strdup_printf (
      "{\"image\": \"image.png\", \"map\": \"good.tif\", \"seen\": false,"
      " \"opacity\": 1, \"scale_bar\": false, \"camera\": {\"scale\": 0.5},"
      " \"compare\": {\"mode\": \"%s\", \"divider\": 0, \"layers\":"
      " [{\"map\": \"good.tif\", \"opacity\": 1}]}}",
      modes[i].mode);
    g_auto (Files) files = files_new (text);
    g_autoptr (SacSceneView) view = read_good (files.path);
    g_autofree char *problem = NULL;
    g_autoptr (SacImage) image =
      sac_scene_view_draw (view, 600, 450, NULL, &problem, NULL);

    /* In the last cell, the highest. */
    g_assert_cmpint (modes[i].is_clear, ==,
                     (image->pixels[300 * 600 + 420] & 0xffffff) == 0xffffff);
  }
}

static const struct {
  const char *text;
  int code;
  const char *part;
} bad[] = {
  {"{}", SAC_ERROR_DAMAGED, "\"image\" has to be the image's path"},
  {"[]", SAC_ERROR_DAMAGED, "object"},
  {"{\"schema\": 3, \"image\": \"demo:slide\"}", SAC_ERROR_UNSUPPORTED,
   "schema 3"},
  {"{\"image\": \"image.png\", \"layers\": {}}", SAC_ERROR_DAMAGED,
   "\"layers\" has to be a list of at most"},
  {"{\"image\": \"image.png\", \"layers\": [{\"opacity\": 1}]}",
   SAC_ERROR_DAMAGED, "\"layers\""},
  {"{\"image\": \"image.png\", \"layers\": [{\"map\": \"good.tif\","
   " \"clip\": [2, 1]}]}",
   SAC_ERROR_DAMAGED, "\"clip\" has to be a low and a higher number"},
  {"{\"image\": \"image.png\", \"map\": \"good.tif\", \"contour\": \"x\"}",
   SAC_ERROR_DAMAGED, "\"contour\""},
  {"{\"image\": \"image.png\", \"disagreement\": {\"a\": {}}}",
   SAC_ERROR_DAMAGED, "\"a\""},
  {"{\"image\": \"image.png\", \"compare\": {\"mode\": \"side\"}}",
   SAC_ERROR_DAMAGED, "\"mode\" has to be \"swipe\""},
  {"{\"image\": \"image.png\", \"compare\": {\"mode\": \"lens\"}}",
   SAC_ERROR_DAMAGED, "\"lens\" has to be"},
  {"{\"image\": \"image.png\", \"compare\": {\"mode\": \"flicker\","
   " \"turn\": \"C\"}}",
   SAC_ERROR_DAMAGED, "\"turn\" has to be"},
  {"{\"image\": \"image.png\", \"compare\": {\"mode\": \"agreement\","
   " \"share\": 0}}",
   SAC_ERROR_DAMAGED, "\"share\""},
  {"{\"image\": 3}", SAC_ERROR_DAMAGED, "\"image\" has to be text"},
  {"{\"image\": \"missing.png\"}", SAC_ERROR_UNREADABLE, "missing.png"},
  {"{\"image\": \"image.png\", \"map\": \"missing.tif\"}", SAC_ERROR_UNREADABLE,
   "missing.tif"},
  {"{\"image\": \"image.png\", \"map\": \"other.tif\"}", SAC_ERROR_MISMATCH,
   "other.tif"},
  {"{\"image\": \"image.png\", \"map\": \"good.tif\", \"map_index\": 2}",
   SAC_ERROR_MISMATCH, "no map 2, the file has 2"},
  {"{\"image\": \"image.png\", \"map_index\": -1}", SAC_ERROR_DAMAGED,
   "\"map_index\""},
  {"{\"image\": \"image.png\", \"camera\": []}", SAC_ERROR_DAMAGED,
   "\"camera\" has to be an object"},
  {"{\"image\": \"image.png\", \"camera\": {\"scale\": 0}}", SAC_ERROR_DAMAGED,
   "\"scale\" has to be a number from"},
  {"{\"image\": \"image.png\", \"camera\": {\"x\": 1e300}}", SAC_ERROR_DAMAGED,
   "\"x\""},
  {"{\"image\": \"image.png\", \"camera\": {\"mirror\": 1}}", SAC_ERROR_DAMAGED,
   "\"mirror\" has to be true or false"},
  {"{\"image\": \"image.png\", \"scale\": \"shared\"}", SAC_ERROR_DAMAGED,
   "\"scale\""},
  {"{\"image\": \"image.png\", \"scale\": [1, 1]}", SAC_ERROR_DAMAGED,
   "a low and a higher number"},
  {"{\"image\": \"image.png\", \"scale\": [1]}", SAC_ERROR_DAMAGED,
   "two numbers"},
  {"{\"image\": \"image.png\", \"colors\": \"rainbow\"}", SAC_ERROR_DAMAGED,
   "\"colors\""},
  {"{\"image\": \"image.png\", \"opacity\": 1.5}", SAC_ERROR_DAMAGED,
   "\"opacity\" has to be a number from 0 to 1"},
  {"{\"image\": \"image.png\", \"cursor\": [1, \"2\"]}", SAC_ERROR_DAMAGED,
   "\"cursor\" has to be two numbers"},
  {"{\"image\": \"image.png\", \"other\": {\"shown_is_second\": true}}",
   SAC_ERROR_DAMAGED, "the other image's path"},
  {"{\"image\": \"image.png\", \"other\": \"b.png\"}", SAC_ERROR_DAMAGED,
   "other"},
  {"{\"image\": \"image.png\", \"tone\": 2}", SAC_ERROR_DAMAGED,
   "\"tone\" has to be an object"},
  {"{\"image\": \"image.png\", \"tone\": {\"gamma\": 0}}", SAC_ERROR_DAMAGED,
   "\"gamma\" has to be a number from 0.2 to 5"},
};

static void
test_bad (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    GError *error = NULL;

    g_test_message ("%s", bad[i].text);
    g_assert_null (read_text (bad[i].text, &error));
    test_assert_error (&error, SAC_ERROR, bad[i].code, bad[i].part);
  }
}

/* A scene that waits for tiles can be given up. */
static void
test_cancelled (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacSceneView) file =
    read_text ("{\"image\": \"image.png\"}", &error);
  g_autoptr (SacJob) job = sac_job_new (NULL);
  char *problem;

  g_assert_no_error (error);
  sac_job_cancel (job);
  g_assert_null (sac_scene_view_draw (file, 200, 200, job, &problem, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scene-file/whole", test_whole);
  g_test_add_func ("/scene-file/least", test_least);
  g_test_add_func ("/scene-file/picture", test_picture);
  g_test_add_func ("/scene-file/tone", test_tone);
  g_test_add_func ("/scene-file/round-trip", test_round_trip);
  g_test_add_func ("/scene-file/annotations", test_annotations);
  g_test_add_func ("/scene-file/compared", test_compared);
  g_test_add_func ("/scene-file/no-tile-missed", test_no_tile_missed);
  g_test_add_func ("/scene-file/bad", test_bad);
  g_test_add_func ("/scene-file/cancelled", test_cancelled);
  return g_test_run ();
}
