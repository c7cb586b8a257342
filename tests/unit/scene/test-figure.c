/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#define _GNU_SOURCE /* memmem */
#include "base/error.h"
#include "base/json.h"
#include "image/decode.h"
#include "image/phantom.h"
#include "scene/figure.h"

#include "support.h"

#include <math.h>
#include <string.h>

typedef struct {
  char *folder;
  SacSource *source;
  SacMap *left, *right;
  SacFigure figure;
} Fixture;

static SacMap *
map_new (int side, float first, float step)
{
  float *values = g_new (float, side *side);

  for (int i = 0; i < side * side; i++)
    values[i] = first + step * (float)i;

  SacMap *map = sac_map_new_take (side, side, values);

  map->has_geometry = true;
  map->geometry = (SacGeometry){300, 200, {50, 0, 200, 200}, 32, 32};
  map->unit = g_strdup ("logit");
  map->method = g_strdup ("grad-cam");
  map->class_specific = true;
  return map;
}

static void
set_up (Fixture *fixture, const void *data)
{
  g_autoptr (SacImage) image = sac_phantom_dermoscopy (300, 200, 1, NULL, NULL);

  fixture->folder = test_folder_new ();
  fixture->source = sac_source_new_for_image (image, "lesion.png");
  fixture->left = map_new (4, 0, 0.01f);
  fixture->right = map_new (7, 0.5f, -0.02f);
  fixture->figure = (SacFigure){
    .source = fixture->source,
    .title = "lesion.png",
    .left = {.map = fixture->left,
             .model_name = "A model",
             .method_label = "Grad-CAM",
             .class_name = "melanoma",
             .probability = 0.7},
    .right = {.map = fixture->right, .probability = NAN},
  };
}

static void
tear_down (Fixture *fixture, const void *data)
{
  sac_map_unref (fixture->left);
  sac_map_unref (fixture->right);
  sac_source_unref (fixture->source);
  test_folder_remove (fixture->folder);
}

static char *
path_in (const Fixture *fixture, const char *name)
{
  return g_build_filename (fixture->folder, name, NULL);
}

static SacImage *
write_and_read (const Fixture *fixture, const SacFigure *figure)
{
  g_autofree char *path = path_in (fixture, "figure.png");
  g_autoptr (GError) error = NULL;

  sac_figure_write (figure, path, NULL, &error);
  g_assert_no_error (error);

  SacImage *image = sac_decode_file (path, NULL, &error);

  g_assert_no_error (error);
  return image;
}

static void
test_png (Fixture *fixture, const void *data)
{
  SacAgreement agreement;

  sac_agreement_new (fixture->left, fixture->right, NULL, &agreement, NULL,
                     NULL);
  fixture->figure.agreement = &agreement;

  g_autoptr (SacImage) image = write_and_read (fixture, &fixture->figure);
  g_autoptr (SacImage) again = write_and_read (fixture, &fixture->figure);

  g_assert_cmpint (image->width, ==, 2000);
  g_assert_cmpint (image->height, >, 1000);
  g_assert_cmpint (image->height, <, 3000);
  g_assert_cmphex (image->pixels[0], ==, 0xffffffff);
  /* The same figure twice is the same picture. */
  g_assert_cmpmem (image->pixels, sac_image_get_bytes (image), again->pixels,
                   sac_image_get_bytes (again));
}

/* The figure carries where its maps come from. */
static void
test_provenance (Fixture *fixture, const void *data)
{
  g_autofree char *path = path_in (fixture, "figure.png");
  g_autoptr (GError) error = NULL;
  g_autofree char *content = NULL;
  size_t size;

  json_object_set_string_member (fixture->left->provenance, "model_sha256",
                                 "0123456789abcdef");
  sac_figure_write (&fixture->figure, path, NULL, &error);
  g_assert_no_error (error);
  g_file_get_contents (path, &content, &size, &error);
  g_assert_no_error (error);
  g_assert_nonnull (memmem (content, size, "saccade-left", 12));
  g_assert_nonnull (memmem (content, size, "0123456789abcdef", 16));
}

static SacAnnotations *
annotations_new (const SacRect *area)
{
  SacAnnotations *set = sac_annotations_new ();
  int class_index = sac_annotations_add_class (set, "lesion", 0x00ff00);
  SacAnnotation *item =
    sac_annotations_add (set, SAC_ANNOTATION_POLYGON, NULL, class_index);
  GArray *ring = sac_annotation_add_ring (item);
  double right = area->x + area->width, bottom = area->y + area->height;

  sac_annotations_add_point (set, ring, area->x, area->y, NULL);
  sac_annotations_add_point (set, ring, right, area->y, NULL);
  sac_annotations_add_point (set, ring, right, bottom, NULL);
  sac_annotations_add_point (set, ring, area->x, bottom, NULL);
  sac_annotation_finish (item);
  return set;
}

/* What a figure's PNG says under a keyword of 12 letters; a new object. */
static JsonObject *
read_text (const Fixture *fixture, const char *keyword)
{
  g_autofree char *path = path_in (fixture, "figure.png");
  g_autofree char *content = NULL;
  size_t size;

  g_file_get_contents (path, &content, &size, NULL);

  const char *key = memmem (content, size, keyword, 12);

  if (key == NULL)
    return NULL;

  const char *text = memchr (key, '{', (size_t)(content + size - key));
  uint32_t length;
  g_autoptr (GError) error = NULL;

  /* A chunk's length stands before its kind, its text ends it. */
  memcpy (&length, key - 8, sizeof length);
  length = GUINT32_FROM_BE (length) - (uint32_t)(text - key);

  JsonObject *object = sac_json_parse (text, length, keyword, &error);

  g_assert_no_error (error);
  return object;
}

/* Annotations are drawn over image and maps, and the maps are measured against
 * them: the top half of a map of 0 to 15 holds 28 of 120. */
static void
test_mask (Fixture *fixture, const void *data)
{
  const SacRect top = {50, 0, 200, 100};
  g_autoptr (SacAnnotations) set = annotations_new (&top);
  SacFigure masked = fixture->figure;
  size_t green = 0;

  masked.mask = (SacFigureMask){set, 0, "/somewhere/top.geojson"};

  g_autoptr (SacImage) image = write_and_read (fixture, &masked);
  g_autoptr (JsonObject) mask = read_text (fixture, "saccade-mask");
  JsonObject *left = json_object_get_object_member (mask, "left");

  for (size_t i = 0; i < (size_t)(image->width * image->height); i++)
    green += (image->pixels[i] & 0xffffff) == 0x00ff00;
  /* Three outlines of 2 x (198 + 99) units, two pixels a unit. */
  g_assert_cmpuint (green, >, 3 * 2 * (198 + 99) * 2);
  g_assert_cmpstr (json_object_get_string_member (mask, "file"), ==,
                   "/somewhere/top.geojson");
  g_assert_cmpstr (json_object_get_string_member (mask, "class"), ==, "lesion");
  g_assert_cmpint (json_object_get_int_member (mask, "areas"), ==, 1);
  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (left, "area"),
                                  0.5, 1e-6);
  g_assert_cmpfloat_with_epsilon (
    json_object_get_double_member (left, "energy_inside"), 28.0 / 120, 1e-6);
  g_assert_true (json_object_has_member (mask, "right"));
}

/* Where names are left out the file's is too; a set without areas is drawn and
 * measures nothing; a map by itself has one column of numbers. */
static void
test_mask_of_one (Fixture *fixture, const void *data)
{
  const SacRect top = {50, 0, 200, 100};
  g_autoptr (SacAnnotations) set = annotations_new (&top);
  g_autoptr (SacAnnotations) empty = sac_annotations_new ();
  SacFigure masked = fixture->figure;

  masked.right = (SacFigureSide){0};
  masked.is_nameless = true;
  masked.mask = (SacFigureMask){set, -1, "/somewhere/top.geojson"};

  g_autoptr (SacImage) image = write_and_read (fixture, &masked);
  g_autoptr (JsonObject) mask = read_text (fixture, "saccade-mask");

  g_assert_true (json_object_get_null_member (mask, "file"));
  g_assert_true (json_object_get_null_member (mask, "class"));
  g_assert_true (json_object_has_member (mask, "left"));
  g_assert_false (json_object_has_member (mask, "right"));
  masked.mask.set = empty;

  g_autoptr (SacImage) without = write_and_read (fixture, &masked);
  g_autoptr (JsonObject) nothing = read_text (fixture, "saccade-mask");

  g_assert_cmpint (without->height, <, image->height);
  g_assert_false (json_object_has_member (nothing, "left"));
}

/* The image has the tone it is shown with; the plain panel to the pixel. */
static void
test_tone (Fixture *fixture, const void *data)
{
  const SacTone tone = {0.1, 1.3, 0.7};
  SacFigure toned = fixture->figure;
  size_t changed = 0;
  uint8_t table[256];

  toned.tone = &tone;
  sac_tone_fill_table (&tone, table);

  g_autoptr (SacImage) plain = write_and_read (fixture, &fixture->figure);
  g_autoptr (SacImage) image = write_and_read (fixture, &toned);

  g_assert_cmpint (image->height, ==, plain->height);
  for (int y = 0; y < image->height; y++)
    for (int x = 0; x < image->width / 3; x++) {
      uint32_t is = image->pixels[y * image->width + x];
      uint32_t was = plain->pixels[y * image->width + x];
      uint32_t wanted = was;

      sac_tone_apply (table, &wanted, 1);
      changed += is != was && is == wanted;
    }
  /* Nearly all of 297 x 198 units of four pixels each. */
  g_assert_cmpuint (changed, >, 200000);
}

static void
test_pdf (Fixture *fixture, const void *data)
{
  g_autofree char *path = path_in (fixture, "figure.pdf");
  g_autoptr (GError) error = NULL;
  g_autofree char *content = NULL;
  size_t size;

  sac_figure_write (&fixture->figure, path, NULL, &error);
  g_assert_no_error (error);
  g_file_get_contents (path, &content, &size, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (content, "%PDF-"));
  g_assert_nonnull (memmem (content, size, "%%EOF", 5));
  /* Text is text: fonts are in the file. */
  g_assert_nonnull (memmem (content, size, "/Font", 5));
  /* Panels have four pixels a unit: 296 units, 340 pixels to the inch. */
  g_assert_nonnull (memmem (content, size, "/Width 1184", 11));
}

typedef struct {
  int images, glyphs, strokes;
  GString *title, *metadata;
  GString *current; /* NULL: text of no interest */
} Drawing;

static void
on_element (GMarkupParseContext *context,
            const char *name,
            const char **keys,
            const char **values,
            gpointer data,
            GError **error)
{
  Drawing *drawing = data;

  drawing->images += strcmp (name, "image") == 0;
  drawing->glyphs += strcmp (name, "use") == 0;
  for (int i = 0; keys[i] != NULL; i++)
    drawing->strokes +=
      strcmp (name, "path") == 0 && strstr (values[i], "stroke-width:") != NULL;
  drawing->current = strcmp (name, "title") == 0      ? drawing->title
                     : strcmp (name, "metadata") == 0 ? drawing->metadata
                                                      : NULL;
}

static void
on_text (GMarkupParseContext *context,
         const char *text,
         gsize size,
         gpointer data,
         GError **error)
{
  Drawing *drawing = data;

  if (drawing->current != NULL)
    g_string_append_len (drawing->current, text, (gssize)size);
}

static void
on_end (GMarkupParseContext *context,
        const char *name,
        gpointer data,
        GError **error)
{
  ((Drawing *)data)->current = NULL;
}

/* Whatever the title has in it, the file is well formed and says where its maps
 * come from; text and lines are no pixels. */
static void
test_svg (Fixture *fixture, const void *data)
{
  const GMarkupParser parser = {on_element, on_end, on_text, NULL, NULL};
  Drawing drawing = {.title = g_string_new (NULL),
                     .metadata = g_string_new (NULL)};
  g_autoptr (GMarkupParseContext) context =
    g_markup_parse_context_new (&parser, G_MARKUP_DEFAULT_FLAGS, &drawing,
                                NULL);
  g_autofree char *path = path_in (fixture, "figure.svg");
  g_autoptr (GError) error = NULL;
  g_autofree char *content = NULL;
  gsize size;

  fixture->figure.title = "<a> & \"b\"\x01 ]]>";
  sac_figure_write (&fixture->figure, path, NULL, &error);
  g_assert_no_error (error);
  g_file_get_contents (path, &content, &size, &error);
  g_assert_no_error (error);
  g_markup_parse_context_parse (context, content, (gssize)size, &error);
  g_assert_no_error (error);
  g_markup_parse_context_end_parse (context, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (drawing.title->str, ==, "<a> & \"b\"  ]]>");

  g_autoptr (JsonNode) node = json_from_string (drawing.metadata->str, &error);

  g_assert_no_error (error);
  g_assert_true (json_object_has_member (json_node_get_object (node), "right"));
  /* Three panels and two colour bars. */
  g_assert_cmpint (drawing.images, ==, 5);
  g_assert_cmpint (drawing.glyphs, >, 100);
  g_assert_cmpint (drawing.strokes, >, 4);
  g_string_free (drawing.title, TRUE);
  g_string_free (drawing.metadata, TRUE);
}

static void
test_errors (Fixture *fixture, const void *data)
{
  g_autofree char *wrong = path_in (fixture, "figure.gif");
  g_autofree char *nowhere = path_in (fixture, "no/such/folder/figure.png");
  g_autofree char *nowhere_pdf = path_in (fixture, "no/such/folder/figure.pdf");
  g_autofree char *fine = path_in (fixture, "figure.png");
  g_autoptr (GError) error = NULL;
  SacRect outside = {1000, 1000, 10, 10};

  g_assert_false (sac_figure_write (&fixture->figure, wrong, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH, ".pdf");
  g_assert_false (sac_figure_write (&fixture->figure, nowhere, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNWRITABLE, "figure.png");
  g_assert_false (
    sac_figure_write (&fixture->figure, nowhere_pdf, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNWRITABLE, "figure.pdf");
  fixture->figure.region = &outside;
  g_assert_false (sac_figure_write (&fixture->figure, fine, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH, "outside");
  g_assert_false (g_file_test (fine, G_FILE_TEST_EXISTS));
}

static void
test_cancelled (Fixture *fixture, const void *data)
{
  g_autofree char *path = path_in (fixture, "figure.png");
  g_autoptr (SacJob) job = sac_job_new (NULL);
  g_autoptr (GError) error = NULL;

  sac_job_cancel (job);
  g_assert_false (sac_figure_write (&fixture->figure, path, job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

/* Nothing to show, in every way there is, still makes a figure. */
static void
test_strange_maps (Fixture *fixture, const void *data)
{
  const float firsts[] = {0, NAN, -1, INFINITY, 3};

  for (size_t i = 0; i < G_N_ELEMENTS (firsts); i++)
    for (int mode = SAC_SCALE_OWN; mode <= SAC_SCALE_PERCENTILE; mode++) {
      if (((int)i + mode) % 2 != 0)
        continue;

      g_autoptr (SacMap) map = map_new (3, firsts[i], 0);

      map->rectified = i % 2 == 0;
      g_free (map->unit);
      map->unit = i == 2 ? g_strdup ("relevance") : NULL;
      fixture->figure.right.map = map;
      fixture->figure.scale_mode = (SacScaleMode)mode;
      fixture->figure.smooth = mode == SAC_SCALE_SHARED;

      g_autoptr (SacImage) image = write_and_read (fixture, &fixture->figure);

      g_assert_cmpint (image->width, ==, 2000);
    }
}

/* Names that no layout expects. */
static void
test_long_names (Fixture *fixture, const void *data)
{
  g_autofree char *endless = g_strnfill (5000, 'W');
  g_autofree char *broken = g_strdup ("caf\351 \377\376 <b>&amp;");
  char *notes[] = {endless, broken, NULL};
  SacRect sliver = {100, 0, 3, 200};

  fixture->figure.title = endless;
  fixture->figure.left.model_name = broken;
  fixture->figure.left.class_name = endless;
  fixture->figure.left.layer = endless;
  fixture->figure.right.notes = notes;
  fixture->figure.region = &sliver;

  g_autoptr (SacImage) image = write_and_read (fixture, &fixture->figure);

  g_assert_cmpint (image->height, <, 4000);
}

/* A model that saw a few pixels, in a corner, beside one that saw nothing of
 * the image. */
static void
test_small_views (Fixture *fixture, const void *data)
{
  fixture->left->geometry.seen = (SacRect){295, 195, 10, 10};

  g_autoptr (SacImage) both = write_and_read (fixture, &fixture->figure);

  fixture->right->geometry.seen = (SacRect){290, 190, 4, 4};

  g_autoptr (SacImage) enlarged = write_and_read (fixture, &fixture->figure);

  fixture->right->geometry.seen = (SacRect){1000, 1000, 4, 4};

  g_autoptr (SacImage) outside = write_and_read (fixture, &fixture->figure);

  g_assert_cmpint (both->width, ==, 2000);
  g_assert_cmpint (enlarged->width, ==, 2000);
  g_assert_cmpint (outside->width, ==, 2000);
}

static void
test_one_map (Fixture *fixture, const void *data)
{
  g_autofree char *path = path_in (fixture, "map.png");
  g_autoptr (GError) error = NULL;

  sac_figure_write_map (fixture->source, &fixture->figure.left, SAC_SCALE_OWN,
                        path, NULL, &error);
  g_assert_no_error (error);

  g_autoptr (SacImage) image = sac_decode_file (path, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (image->width, ==, 1120);
}

/* What a pane shows, and nothing else of the image: a quarter of it, wide. */
static void
test_one_pane (Fixture *fixture, const void *data)
{
  static const SacRect wide = {0, 0, 200, 50}, tall = {0, 0, 50, 50};

  fixture->figure.right = (SacFigureSide){.map = NULL};
  fixture->left->geometry.seen = (SacRect){10, 10, 4, 4};
  fixture->figure.region = &wide;

  g_autoptr (SacImage) low = write_and_read (fixture, &fixture->figure);

  fixture->figure.region = &tall;

  g_autoptr (SacImage) high = write_and_read (fixture, &fixture->figure);

  g_assert_cmpint (low->width, ==, 1120);
  /* 496 units wide by 124, against 496 by 496. */
  g_assert_cmpint (high->height - low->height, ==, 2 * (496 - 124));
}

static void
note_file (SacMap *map)
{
  JsonArray *notes = json_array_new ();

  json_array_add_string_element (notes, "Tiles that overlap are averaged.");
  json_object_set_array_member (map->provenance, "notes", notes);
  json_object_set_string_member (map->provenance, "file", "scores.csv");
  json_object_set_string_member (map->provenance, "file_sha256",
                                 "0123456789abcdef");
}

/* The figure carries which file the map over its first came from. */
static void
assert_tells_file (Fixture *fixture, bool names)
{
  g_autoptr (JsonObject) left = read_text (fixture, "saccade-left");
  JsonArray *over = json_object_get_array_member (left, "over");
  JsonObject *provenance =
    json_object_get_object_member (json_array_get_object_element (over, 0),
                                   "provenance");

  g_assert_cmpuint (json_array_get_length (over), ==, 1);
  g_assert_cmpstr (json_object_get_string_member (provenance, "file_sha256"),
                   ==, "0123456789abcdef");
  g_assert_true (json_object_has_member (provenance, "file") == names);
}

/* A map from elsewhere is over the side's own, with a bar below its bar. */
static void
test_over (Fixture *fixture, const void *data)
{
  const SacMap *maps[] = {fixture->right};
  SacFigureLayer over = {
    .layer = {.map = fixture->right,
              .scale = sac_scale_new (SAC_SCALE_OWN, maps, 1),
              .colors = sac_color_map_find ("magma"),
              .opacity = 1},
    .name = "scores.csv",
  };
  int differing = 0;

  fixture->figure.right = (SacFigureSide){.map = NULL};

  g_autoptr (SacImage) alone = write_and_read (fixture, &fixture->figure);

  fixture->figure.left.over = &over;
  fixture->figure.left.over_count = 1;

  g_autoptr (SacImage) both = write_and_read (fixture, &fixture->figure);

  note_file (fixture->right);

  g_autoptr (SacImage) told = write_and_read (fixture, &fixture->figure);

  g_assert_cmpint (told->height, >, both->height + 20);
  assert_tells_file (fixture, true);
  fixture->figure.is_nameless = true;
  over.name = NULL;

  g_autoptr (SacImage) nameless = write_and_read (fixture, &fixture->figure);

  g_assert_cmpint (both->width, ==, alone->width);
  g_assert_cmpint (both->height, >, alone->height + 100);
  assert_tells_file (fixture, false);
  g_assert_cmpint (nameless->height, ==, told->height);
  g_assert_cmpmem (nameless->pixels, (size_t)both->width * 800 * 4,
                   both->pixels, (size_t)both->width * 800 * 4);
  /* Cells of a picture that begins at the same place. */
  for (int y = 400; y < 700; y++)
    for (int x = 400; x < 700; x++)
      differing += both->pixels[y * both->width + x] !=
                   alone->pixels[y * alone->width + x];
  g_assert_cmpint (differing, >, 80000);
}

static const SacNote *
find_note (const GPtrArray *notes, const char *id)
{
  for (guint i = 0; i < notes->len; i++) {
    const SacNote *note = notes->pdata[i];

    if (strcmp (note->id, id) == 0)
      return note;
  }
  return NULL;
}

static GPtrArray *
notes_of (const SacMap *map, SacScaleMode mode)
{
  SacScale scale = sac_scale_new (mode, &map, 1);

  return sac_figure_notes (map, &scale, NULL);
}

/* Ends that are not the map's own are said, with what lies beyond them. */
static void
test_notes_of_ends (void)
{
  float values[] = {0, 1, 2, 3, 10};
  g_autoptr (SacMap) map =
    sac_map_new_take (1, 5, g_memdup2 (values, sizeof values));
  const SacMap *maps[] = {map};
  SacScale clipped = sac_scale_new (SAC_SCALE_OWN, maps, 1);
  SacScale kept = clipped, wide = clipped;

  sac_scale_clip (&clipped, 1, 2.5);
  sac_scale_keep (&kept, 5);
  sac_scale_keep (&wide, 12);

  g_autoptr (GPtrArray) of_clipped = sac_figure_notes (map, &clipped, NULL);
  g_autoptr (GPtrArray) of_kept = sac_figure_notes (map, &kept, NULL);
  g_autoptr (GPtrArray) of_wide = sac_figure_notes (map, &wide, NULL);
  const SacNote *clip = find_note (of_clipped, "clipped");
  const SacNote *all = find_note (of_wide, "kept");
  const SacNote *keep = find_note (of_kept, "kept");
  g_autofree char *low = sac_scene_format_end (&clipped, false);
  g_autofree char *high = sac_scene_format_end (&kept, true);
  g_autofree char *zero = sac_scene_format_end (&kept, false);

  g_assert_true (clip != NULL && clip->warning);
  g_assert_nonnull (strstr (clip->text, "1 and 2.5, and 60 %"));
  g_assert_true (keep != NULL && keep->warning);
  g_assert_nonnull (strstr (keep->text, "to 5: 20 %"));
  g_assert_true (all != NULL && !all->warning);
  g_assert_cmpstr (all->text, ==, "Scale of an earlier image, to 12.");
  g_assert_cmpstr (low, ==, "≤ 1");
  g_assert_cmpstr (high, ==, "≥ 5");
  g_assert_cmpstr (zero, ==, "0");
}

static void
test_notes (void)
{
  g_autoptr (SacMap) map = map_new (4, 0, 1);
  g_autoptr (GPtrArray) plain = notes_of (map, SAC_SCALE_OWN);

  g_assert_nonnull (
    strstr (find_note (plain, "coarse-grid")->text, "50 \303\227 50 pixels"));
  g_assert_nonnull (strstr (find_note (plain, "partial-view")->text, "67 %"));
  g_assert_cmpuint (plain->len, ==, 2);

  map->class_specific = false;
  map->geometry.seen = (SacRect){-50, -50, 400, 300};

  g_autoptr (GPtrArray) stretched = notes_of (map, SAC_SCALE_STRETCHED);

  g_assert_true (find_note (stretched, "stretched")->warning);
  g_assert_true (find_note (stretched, "not-class-specific")->warning);
  g_assert_null (find_note (stretched, "partial-view"));

  g_autoptr (GPtrArray) ranks = notes_of (map, SAC_SCALE_PERCENTILE);

  g_assert_nonnull (find_note (ranks, "ranks"));

  /* Four columns on three pixels. */
  map->geometry.seen = (SacRect){0, 0, 3, 30};

  g_autoptr (GPtrArray) fine = notes_of (map, SAC_SCALE_OWN);

  g_assert_nonnull (find_note (fine, "fine-grid"));
  g_assert_null (find_note (fine, "coarse-grid"));
}

static void
test_notes_of_evidence (void)
{
  g_autoptr (SacMap) against = map_new (4, -1, 0.01f);
  g_autoptr (SacMap) mixed = map_new (4, -3, 1);
  g_autoptr (SacMap) flat = map_new (20, 2, 0);
  g_autoptr (SacMap) broken = map_new (4, NAN, 0);
  g_autoptr (SacMap) even = map_new (4, 8, 0.2f);

  against->rectified = true;

  g_autoptr (GPtrArray) none = notes_of (against, SAC_SCALE_OWN);
  g_autoptr (GPtrArray) part = notes_of (mixed, SAC_SCALE_OWN);
  g_autoptr (GPtrArray) same = notes_of (flat, SAC_SCALE_OWN);
  g_autoptr (GPtrArray) not_finite = notes_of (broken, SAC_SCALE_OWN);
  g_autoptr (GPtrArray) nearly = notes_of (even, SAC_SCALE_OWN);

  g_assert_true (find_note (none, "no-positive-evidence")->warning);
  g_assert_nonnull (
    strstr (find_note (none, "negative-hidden")->text, "100 %"));
  /* -3 - 2 - 1 against 1 + 2 + ... + 12. */
  g_assert_nonnull (strstr (find_note (part, "negative-share")->text, "7 %"));
  g_assert_true (find_note (same, "flat")->warning);
  g_assert_null (find_note (same, "coarse-grid"));
  g_assert_true (find_note (not_finite, "not-finite")->warning);
  g_assert_nonnull (strstr (find_note (nearly, "nearly-even")->text, "73 %"));
}

static void
add (const char *path, void (*test) (Fixture *fixture, const void *data))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/figure/png", test_png);
  add ("/figure/provenance", test_provenance);
  add ("/figure/mask", test_mask);
  add ("/figure/mask-of-one", test_mask_of_one);
  add ("/figure/tone", test_tone);
  add ("/figure/pdf", test_pdf);
  add ("/figure/svg", test_svg);
  add ("/figure/errors", test_errors);
  add ("/figure/cancelled", test_cancelled);
  add ("/figure/strange-maps", test_strange_maps);
  add ("/figure/long-names", test_long_names);
  add ("/figure/small-views", test_small_views);
  add ("/figure/one-map", test_one_map);
  add ("/figure/one-pane", test_one_pane);
  add ("/figure/over", test_over);
  g_test_add_func ("/figure/notes", test_notes);
  g_test_add_func ("/figure/notes-of-ends", test_notes_of_ends);
  g_test_add_func ("/figure/notes-of-evidence", test_notes_of_evidence);
  return g_test_run ();
}
