/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "annotation/annotation-file.h"
#include "base/error.h"
#include "support.h"

#include <math.h>
#include <string.h>

static SacAnnotations *
read_corpus (const char *name)
{
  g_autofree char *folder = test_file ("fuzz/corpus/annotation");
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  SacAnnotations *set = sac_annotations_read (path, &error);

  g_assert_no_error (error);
  return set;
}

static const SacAnnotation *
get_item (const SacAnnotations *set, guint index)
{
  g_assert_cmpuint (index, <, set->items->len);
  return g_ptr_array_index (set->items, index);
}

static const char *
get_class (const SacAnnotations *set, const SacAnnotation *annotation)
{
  if (annotation->class_index < 0)
    return "";
  return ((const SacAnnotationClass *)
            g_ptr_array_index (set->classes, annotation->class_index))
    ->name;
}

static uint32_t
get_color (const SacAnnotations *set, const SacAnnotation *annotation)
{
  return ((const SacAnnotationClass *)
            g_ptr_array_index (set->classes, annotation->class_index))
    ->rgb;
}

/* "x,y x,y ..." of a ring. */
static char *
describe_ring (const SacAnnotation *annotation, guint index)
{
  const GArray *ring = g_ptr_array_index (annotation->rings, index);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < ring->len; i++)
    g_string_append_printf (text, "%s%g,%g", i > 0 ? " " : "",
                            g_array_index (ring, SacPoint, i).x,
                            g_array_index (ring, SacPoint, i).y);
  return g_string_free (text, FALSE);
}

static void
check_item (const SacAnnotations *set,
            guint index,
            SacAnnotationKind kind,
            const char *name,
            const char *class,
            const char *outline)
{
  const SacAnnotation *annotation = get_item (set, index);
  g_autofree char *got = describe_ring (annotation, 0);

  g_assert_cmpint (annotation->kind, ==, kind);
  g_assert_cmpstr (annotation->name, ==, name);
  g_assert_cmpstr (get_class (set, annotation), ==, class);
  g_assert_cmpstr (got, ==, outline);
}

static void
test_xml (void)
{
  g_autoptr (SacAnnotations) set = read_corpus ("tumor.xml");

  g_assert_cmpuint (set->items->len, ==, 4);
  check_item (set, 0, SAC_ANNOTATION_POLYGON, "Annotation 0", "Tumor",
              "10,20 110.5,20 60,140.25");
  check_item (set, 1, SAC_ANNOTATION_POLYGON, "cut", "_2", "50,40 70,40 60,60");
  check_item (set, 2, SAC_ANNOTATION_POINT, "seen", "", "1,2");
  check_item (set, 3, SAC_ANNOTATION_POINT, "seen", "", "3,4");
  g_assert_cmphex (get_color (set, get_item (set, 0)), ==, 0xf4fa58);
  g_assert_false (get_item (set, 0)->excludes);
  g_assert_true (get_item (set, 1)->excludes);
  g_assert_cmpuint (set->spline_count, ==, 1);
  g_assert_cmpuint (set->left_out_count, ==, 1);
}

static void
test_geojson (void)
{
  g_autoptr (SacAnnotations) set = read_corpus ("qupath.geojson");
  g_autofree char *hole = describe_ring (get_item (set, 0), 1);

  g_assert_cmpuint (set->items->len, ==, 6);
  check_item (set, 0, SAC_ANNOTATION_POLYGON, "a <b> & \"c\"", "Tumor",
              "0,0 100,0 100,80 0,80");
  g_assert_cmpstr (hole, ==, "20,20 40,20 30,50");
  check_item (set, 1, SAC_ANNOTATION_RECTANGLE, "", "Stroma",
              "1,1 5,1 5,3 1,3");
  check_item (set, 2, SAC_ANNOTATION_POLYGON, "", "Stroma", "7,7 9.5,7 8,9");
  check_item (set, 3, SAC_ANNOTATION_RULER, "ruler", "", "3,4 6,8");
  check_item (set, 4, SAC_ANNOTATION_POINT, "", "", "3,4");
  check_item (set, 5, SAC_ANNOTATION_POINT, "", "", "6,8");
  g_assert_cmphex (get_color (set, get_item (set, 0)), ==, 0xc80000);
  /* -6895466 is 0xff96c896 as a signed number. */
  g_assert_cmphex (get_color (set, get_item (set, 1)), ==, 0x96c896);
  g_assert_cmpuint (set->left_out_count, ==, 1);
}

static void
test_list (void)
{
  g_autoptr (SacAnnotations) set = read_corpus ("list.geojson");

  g_assert_cmpuint (set->items->len, ==, 1);
  check_item (set, 0, SAC_ANNOTATION_POINT, "", "", "1,2");
}

static void
test_polygons (void)
{
  g_autoptr (SacAnnotations) set = read_corpus ("polygons.json");

  g_assert_cmpuint (set->items->len, ==, 2);
  check_item (set, 0, SAC_ANNOTATION_RECTANGLE, "_0", "positive",
              "10,10 50,10 50,50 10,50");
  check_item (set, 1, SAC_ANNOTATION_POLYGON, "_1", "negative",
              "20,20 30,20 25,35");
  g_assert_true (get_item (set, 1)->excludes);
}

static void
check_same_item (const SacAnnotations *set,
                 const SacAnnotations *other,
                 guint index)
{
  const SacAnnotation *a = get_item (set, index), *b = get_item (other, index);

  g_assert_cmpint (a->kind, ==, b->kind);
  g_assert_cmpstr (a->name, ==, b->name);
  g_assert_cmpstr (get_class (set, a), ==, get_class (other, b));
  g_assert_true (a->excludes == b->excludes);
  g_assert_cmpuint (a->rings->len, ==, b->rings->len);
  if (a->class_index >= 0)
    g_assert_cmphex (get_color (set, a), ==, get_color (other, b));
  for (guint i = 0; i < a->rings->len; i++) {
    const GArray *one = g_ptr_array_index (a->rings, i);
    const GArray *two = g_ptr_array_index (b->rings, i);

    g_assert_cmpmem (one->data, one->len * sizeof (SacPoint), two->data,
                     two->len * sizeof (SacPoint));
  }
}

static void
check_same (const SacAnnotations *set, const SacAnnotations *other)
{
  g_assert_cmpuint (set->items->len, ==, other->items->len);
  for (guint i = 0; i < set->items->len; i++)
    check_same_item (set, other, i);
}

/* Everything but the grouping of parts and holes in XML comes back as it was,
 * coordinates bit for bit. */
static SacAnnotations *
make_set (bool with_hole)
{
  SacAnnotations *set = sac_annotations_new ();
  int class_index = sac_annotations_add_class (set, "T<1>&\"q\"", 0x12ab9f);
  SacAnnotation *annotation =
    sac_annotations_add (set, SAC_ANNOTATION_POLYGON, "\xc3\xa9\xe8\x85\xab",
                         class_index);
  GArray *ring = sac_annotation_add_ring (annotation);

  for (int i = 0; i < 7; i++)
    sac_annotations_add_point (set, ring, 1e5 / 3 + 1000 * cos (i),
                               0.1 + 1000 * sin (i), NULL);
  if (with_hole) {
    ring = sac_annotation_add_ring (annotation);
    for (int i = 0; i < 5; i++)
      sac_annotations_add_point (set, ring, 1e5 / 3 + 10 * cos (i),
                                 10 * sin (i), NULL);
  }
  g_assert_true (sac_annotation_finish (annotation));
  annotation = sac_annotations_add (set, SAC_ANNOTATION_POINT, "point", -1);
  sac_annotations_add_point (set, sac_annotation_add_ring (annotation), -3.5, 7,
                             NULL);
  annotation = sac_annotations_add (set, SAC_ANNOTATION_RULER, NULL, -1);
  ring = sac_annotation_add_ring (annotation);
  sac_annotations_add_point (set, ring, 1, 2, NULL);
  sac_annotations_add_point (set, ring, 1.0 / 3, 4, NULL);
  return set;
}

static SacAnnotations *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  SacAnnotations *set =
    sac_annotations_parse (text, strlen (text), "text", &error);

  g_assert_no_error (error);
  return set;
}

static void
test_round_trip (void)
{
  g_autoptr (SacAnnotations) set = make_set (true);
  g_autofree char *geojson = sac_annotations_to_geojson (set);
  g_autoptr (SacAnnotations) again = parse (geojson);
  g_autoptr (SacAnnotations) plain = make_set (false);
  g_autofree char *xml = sac_annotations_to_xml (plain);
  g_autoptr (SacAnnotations) plain_again = parse (xml);

  check_same (set, again);
  check_same (plain, plain_again);
}

/* What was read from a file survives the other format too. */
static void
test_round_trip_corpus (void)
{
  static const char *const names[] = {"tumor.xml", "polygons.json",
                                      "list.geojson"};

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (SacAnnotations) set = read_corpus (names[i]);
    g_autofree char *geojson = sac_annotations_to_geojson (set);
    g_autoptr (SacAnnotations) again = parse (geojson);

    check_same (set, again);
  }
}

/* A hole becomes a polygon that excludes. */
static void
test_xml_hole (void)
{
  g_autoptr (SacAnnotations) set = make_set (true);
  g_autofree char *xml = sac_annotations_to_xml (set);
  g_autoptr (SacAnnotations) again = parse (xml);

  g_assert_cmpuint (again->items->len, ==, set->items->len + 1);
  g_assert_true (get_item (again, 1)->excludes);
  g_assert_cmpstr (get_class (again, get_item (again, 1)), ==, "Exclude");
}

static void
test_write (void)
{
  g_autoptr (SacAnnotations) set = make_set (false);
  char *folder = test_folder_new ();
  static const char *const names[] = {"a.xml", "a.geojson"};

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (folder, names[i], NULL);
    g_autoptr (GError) error = NULL;

    g_assert_true (sac_annotations_write (path, set, &error));
    g_assert_no_error (error);

    g_autoptr (SacAnnotations) again = sac_annotations_read (path, &error);

    g_assert_no_error (error);
    check_same (set, again);
  }
  test_folder_remove (folder);
}

/* Shapes without an area, which stray clicks leave, cost nothing but
 * themselves. */
static void
test_left_out (void)
{
  static const struct {
    const char *text;
    guint count, left_out;
  } cases[] = {
    {"<ASAP_Annotations><Annotation Type='Polygon'><Coordinate X='1' Y='2'/>"
     "</Annotation><Annotation Type='PointSet'/><Annotation Type='PointSet'>"
     "<Coordinate X='1' Y='2'/><Coordinate X='3' Y='4'/></Annotation>"
     "</ASAP_Annotations>",
     2, 2},
    {"{\"type\": \"Polygon\", \"coordinates\": []}", 0, 1},
    {"{\"type\": \"Polygon\", \"coordinates\": [[[1, 2], [3, 4], [1, 2]]]}", 0,
     1},
    {"{\"type\": \"LineString\", \"coordinates\": [[1, 2]]}", 0, 1},
    {"{\"positive\": [{\"vertices\": [[1, 2], [3, 4]]}, {\"vertices\": "
     "[[0, 0], [9, 0], [0, 9]]}], \"negative\": []}",
     1, 1},
  };
  g_autoptr (SacAnnotations) holed =
    parse ("{\"type\": \"Polygon\", \"coordinates\": [[[0, 0], [9, 0], "
           "[0, 9]], [[1, 1], [2, 2], [1, 1]], [[1, 1], [2, 1], [1, 2]]]}");

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (SacAnnotations) set = parse (cases[i].text);

    g_assert_cmpuint (set->items->len, ==, cases[i].count);
    g_assert_cmpuint (set->left_out_count, ==, cases[i].left_out);
  }
  g_assert_cmpuint (holed->items->len, ==, 1);
  g_assert_cmpuint (get_item (holed, 0)->rings->len, ==, 2);
}

/* A class derived from others has names, and some programs write a text. */
static void
test_class_names (void)
{
  g_autoptr (SacAnnotations) set =
    parse ("{\"features\": ["
           "{\"geometry\": {\"type\": \"Point\", \"coordinates\": [1, 2]}, "
           "\"properties\": {\"classification\": {\"names\": [\"Tumor\", "
           "\"Positive\"], \"color\": [250, 62, 62]}}}, "
           "{\"geometry\": {\"type\": \"Point\", \"coordinates\": [3, 4]}, "
           "\"properties\": {\"classification\": \"Stroma\"}}, "
           "{\"geometry\": {\"type\": \"Point\", \"coordinates\": [5, 6]}, "
           "\"properties\": {\"classification\": {\"names\": []}}}]}");

  check_item (set, 0, SAC_ANNOTATION_POINT, "", "Tumor: Positive", "1,2");
  check_item (set, 1, SAC_ANNOTATION_POINT, "", "Stroma", "3,4");
  check_item (set, 2, SAC_ANNOTATION_POINT, "", "", "5,6");
  g_assert_cmphex (get_color (set, get_item (set, 0)), ==, 0xfa3e3e);
}

static void
test_refused (void)
{
  static const struct {
    const char *text;
    int code;
    const char *part;
  } bad[] = {
    {"", SAC_ERROR_UNSUPPORTED, "no annotations"},
    {"hello", SAC_ERROR_UNSUPPORTED, "no annotations"},
    {"<svg/>", SAC_ERROR_UNSUPPORTED, "not begin as ASAP"},
    {"<ASAP_Annotations>", SAC_ERROR_DAMAGED, "XML is damaged"},
    {"<Annotations MicronsPerPixel='0.25'><Annotation Id='1'/></Annotations>",
     SAC_ERROR_UNSUPPORTED, "the XML of ImageScope or HALO"},
    {"<annotations><ndpviewstate id='1'/></annotations>", SAC_ERROR_UNSUPPORTED,
     "the XML of NDP.view"},
    {"<ASAP_Annotations><Annotation Type='Dot'><Coordinate X='one' Y='2'/>"
     "</Annotation></ASAP_Annotations>",
     SAC_ERROR_DAMAGED, "pair of numbers"},
    {"<ASAP_Annotations><Annotation Type='Dot'><Coordinate X='nan' Y='2'/>"
     "</Annotation></ASAP_Annotations>",
     SAC_ERROR_DAMAGED, "on no image"},
    {"{\"a\": {\"b\": 1, \"c \nd\" e}}", SAC_ERROR_DAMAGED, "not JSON"},
    {"{\"a\": 1}", SAC_ERROR_UNSUPPORTED, "neither GeoJSON"},
    {"{\"features\": 1}", SAC_ERROR_DAMAGED, "no list"},
    {"{\"features\": [7]}", SAC_ERROR_DAMAGED, "no object"},
    {"{\"type\": \"Point\"}", SAC_ERROR_DAMAGED, "no coordinates"},
    {"{\"type\": \"Point\", \"coordinates\": [1, 1e300]}", SAC_ERROR_DAMAGED,
     "on no image"},
    {"{\"positive\": 1, \"negative\": []}", SAC_ERROR_DAMAGED, "no list"},
    {"{\"positive\": [{}], \"negative\": []}", SAC_ERROR_DAMAGED, "vertices"},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++) {
    GError *error = NULL;
    g_autoptr (SacAnnotations) set =
      sac_annotations_parse (bad[i].text, strlen (bad[i].text), "text", &error);

    g_assert_null (set);
    g_assert_null (strchr (error->message, '\n'));
    test_assert_error (&error, SAC_ERROR, bad[i].code, bad[i].part);
  }
}

/* Entities that grow are no part of this XML. */
static void
test_no_entities (void)
{
  static const char text[] =
    "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'aaaa'>"
    "<!ENTITY b '&a;&a;'>]><ASAP_Annotations><Annotation Name='&b;' "
    "Type='Dot'/></ASAP_Annotations>";
  GError *error = NULL;

  g_assert_null (sac_annotations_parse (text, sizeof text - 1, "text", &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_DAMAGED, "XML is damaged");
}

/* Counts with Python: json.load, len of each list and of all vertices. */
static void
test_shared_files (void)
{
  static const struct {
    const char *name;
    guint positive, negative;
    guint64 points;
  } files[] = {
    {"Normal_001", 0, 4, 2532}, {"Normal_132", 0, 9, 4859},
    {"Tumor_005", 4, 0, 2446},  {"Tumor_031", 72, 14, 56473},
    {"Tumor_083", 2, 3, 1844},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *name =
      g_strconcat ("data/annotations/", files[i].name, ".json", NULL);
    g_autofree char *path = test_shared_path (name);
    g_autoptr (GError) error = NULL;
    guint negative = 0;

    if (path == NULL) {
      g_test_skip ("the annotations of Camelyon16 are not here");
      return;
    }

    g_autoptr (SacAnnotations) set = sac_annotations_read (path, &error);

    g_assert_no_error (error);
    for (guint k = 0; k < set->items->len; k++)
      negative += get_item (set, k)->excludes;
    g_assert_cmpuint (negative, ==, files[i].negative);
    g_assert_cmpuint (set->items->len - negative, ==, files[i].positive);
    g_assert_cmpuint (set->point_count, ==, files[i].points);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/annotation-file/xml", test_xml);
  g_test_add_func ("/annotation-file/geojson", test_geojson);
  g_test_add_func ("/annotation-file/list", test_list);
  g_test_add_func ("/annotation-file/polygons", test_polygons);
  g_test_add_func ("/annotation-file/round-trip", test_round_trip);
  g_test_add_func ("/annotation-file/round-trip-corpus",
                   test_round_trip_corpus);
  g_test_add_func ("/annotation-file/xml-hole", test_xml_hole);
  g_test_add_func ("/annotation-file/write", test_write);
  g_test_add_func ("/annotation-file/refused", test_refused);
  g_test_add_func ("/annotation-file/left-out", test_left_out);
  g_test_add_func ("/annotation-file/class-names", test_class_names);
  g_test_add_func ("/annotation-file/no-entities", test_no_entities);
  g_test_add_func ("/annotation-file/shared", test_shared_files);
  return g_test_run ();
}
