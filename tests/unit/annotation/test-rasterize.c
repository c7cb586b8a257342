/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "annotation/annotation-file.h"
#include "annotation/rasterize.h"
#include "support.h"

#include <math.h>
#include <string.h>

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
rasterize (const SacAnnotations *set,
           int class_index,
           const SacGeometry *geometry,
           int rows,
           int columns,
           float *shares)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sac_annotations_rasterize (set, class_index, geometry, rows,
                                            columns, shares, NULL, &error));
  g_assert_no_error (error);
}

/* Cells whole, halved, quartered and missed; the region does not begin at the
 * image's corner. */
static void
test_rectangle (void)
{
  g_autoptr (SacAnnotations) set =
    parse ("{\"type\": \"Polygon\", \"coordinates\": [[[120, 60], [160, 60], "
           "[160, 95], [120, 95], [120, 60]]]}");
  const SacGeometry geometry = {1000, 1000, {110, 50, 60, 60}, 6, 6};
  static const float expected[9] = {0.25f, 0.5f,   0.25f, 0.5f,  1,
                                    0.5f,  0.125f, 0.25f, 0.125f};
  float shares[9];

  rasterize (set, -1, &geometry, 3, 3, shares);
  test_assert_close (shares, expected, 9, 1e-6, "rectangle");
}

/* The last cell reaches beyond the input, which ends at 100: a mask over the
 * whole image fills what there is of it, one over half of that half of it. */
static void
test_cut_cells (void)
{
  g_autoptr (SacAnnotations) all =
    parse ("{\"type\": \"Polygon\", \"coordinates\": [[[0, 0], [100, 0], "
           "[100, 100], [0, 100], [0, 0]]]}");
  g_autoptr (SacAnnotations) part =
    parse ("{\"type\": \"Polygon\", \"coordinates\": [[[0, 0], [90, 0], "
           "[90, 100], [0, 100], [0, 0]]]}");
  const SacGeometry geometry = {100, 100, {0, 0, 120, 100},
                                12,  10,  {0, 0, 100, 100}};
  static const float whole[3] = {1, 1, 1}, half[3] = {1, 1, 0.5f};
  float shares[3];

  rasterize (all, -1, &geometry, 1, 3, shares);
  test_assert_close (shares, whole, 3, 1e-6, "whole");
  rasterize (part, -1, &geometry, 1, 3, shares);
  test_assert_close (shares, half, 3, 1e-6, "half");
}

/* The area of a polygon with a hole is known without drawing it. */
static double
get_area (const GArray *ring)
{
  double sum = 0;

  for (guint i = 0; i < ring->len; i++) {
    SacPoint a = g_array_index (ring, SacPoint, i);
    SacPoint b = g_array_index (ring, SacPoint, (i + 1) % ring->len);

    sum += a.x * b.y - b.x * a.y;
  }
  return fabs (sum) / 2;
}

static void
add_circle (SacAnnotations *set, SacAnnotation *annotation, double radius)
{
  GArray *ring = sac_annotation_add_ring (annotation);

  for (int i = 0; i < 500; i++)
    sac_annotations_add_point (set, ring, 512 + radius * cos (i * G_PI / 250),
                               500 + radius * sin (i * G_PI / 250), NULL);
}

static void
test_area (void)
{
  g_autoptr (SacAnnotations) set = sac_annotations_new ();
  SacAnnotation *annotation =
    sac_annotations_add (set, SAC_ANNOTATION_POLYGON, NULL, -1);
  const SacGeometry geometry = {1024, 1024, {0, 0, 1024, 1024}, 64, 64};
  g_autofree float *shares = g_new (float, 100 * 90);
  double sum = 0;

  add_circle (set, annotation, 400);
  add_circle (set, annotation, 150);
  rasterize (set, -1, &geometry, 100, 90, shares);
  for (int i = 0; i < 100 * 90; i++)
    sum += shares[i];
  sum *= 1024.0 / 100 * 1024 / 90;
  g_assert_cmpfloat (fabs (
                       sum /
                         (get_area (g_ptr_array_index (annotation->rings, 0)) -
                          get_area (g_ptr_array_index (annotation->rings, 1))) -
                       1),
                     <, 1e-3);
  g_assert_cmpfloat (shares[49 * 90 + 45], ==, 0);
  g_assert_cmpfloat (shares[49 * 90 + 22], ==, 1);
}

/* A corner on a row of places is crossed once, not twice or never: rows 8 a
 * cell, corners at their middles. */
static void
test_corners_on_rows (void)
{
  g_autoptr (SacAnnotations) set =
    parse ("{\"type\": \"Polygon\", \"coordinates\": [[[0, 0.5], [8, 4.5], "
           "[16, 0.5], [16, 15.5], [8, 11.5], [0, 15.5], [0, 0.5]]]}");
  const SacGeometry geometry = {16, 16, {0, 0, 16, 16}, 2, 2};
  float shares[4];

  rasterize (set, -1, &geometry, 2, 2, shares);
  for (int i = 0; i < 4; i++)
    g_assert_cmpfloat (fabs (shares[i] - 0.6875), <, 0.07);
}

static void
test_classes_and_exclusion (void)
{
  g_autoptr (SacAnnotations) set = parse (
    "{\"features\": ["
    "{\"geometry\": {\"type\": \"Polygon\", \"coordinates\": [[[0, 0], [8, 0], "
    "[8, 8], [0, 8]]]}, \"properties\": {\"classification\": {\"name\": "
    "\"a\"}}},"
    "{\"geometry\": {\"type\": \"Polygon\", \"coordinates\": [[[0, 0], [4, 0], "
    "[4, 4], [0, 4]]]}, \"properties\": {\"excludes\": true}},"
    "{\"geometry\": {\"type\": \"Polygon\", \"coordinates\": [[[4, 4], [12, "
    "4], [12, 8], [4, 8]]]}, \"properties\": {\"classification\": {\"name\": "
    "\"b\"}}},"
    "{\"geometry\": {\"type\": \"Point\", \"coordinates\": [10, 1]}}]}");
  const SacGeometry geometry = {16, 8, {0, 0, 16, 8}, 4, 2};
  static const float any[] = {0, 1, 0, 0, 1, 1, 1, 0};
  static const float a[] = {0, 1, 0, 0, 1, 1, 0, 0};
  static const float b[] = {0, 0, 0, 0, 0, 1, 1, 0};
  float shares[8];

  rasterize (set, -1, &geometry, 2, 4, shares);
  test_assert_close (shares, any, 8, 1e-6, "any");
  rasterize (set, 0, &geometry, 2, 4, shares);
  test_assert_close (shares, a, 8, 1e-6, "a");
  rasterize (set, 1, &geometry, 2, 4, shares);
  test_assert_close (shares, b, 8, 1e-6, "b");
}

/* The same mask from GeoJSON with a hole and from ASAP's XML, which has none:
 * the meaning survives. */
static void
test_hole_through_xml (void)
{
  g_autoptr (SacAnnotations) set = sac_annotations_new ();
  SacAnnotation *annotation =
    sac_annotations_add (set, SAC_ANNOTATION_POLYGON, "ring", -1);
  const SacGeometry geometry = {1024, 1024, {0, 0, 1024, 1024}, 64, 64};
  float before[400], after[400];

  add_circle (set, annotation, 400);
  add_circle (set, annotation, 150);

  g_autofree char *xml = sac_annotations_to_xml (set);
  g_autoptr (SacAnnotations) again = parse (xml);

  rasterize (set, -1, &geometry, 20, 20, before);
  rasterize (again, -1, &geometry, 20, 20, after);
  test_assert_close (after, before, 400, 0, "through XML");
}

static void
test_cancel (void)
{
  g_autoptr (SacAnnotations) set = sac_annotations_new ();
  const SacGeometry geometry = {16, 8, {0, 0, 16, 8}, 4, 2};
  g_autoptr (SacJob) job = sac_job_new (NULL);
  g_autoptr (GError) error = NULL;
  float shares[8];

  sac_job_cancel (job);
  g_assert_false (
    sac_annotations_rasterize (set, -1, &geometry, 2, 4, shares, job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Weights are as exact as the image's pixels: on two cells of 500 pixels the
 * border of a mask lies where it lies, not at an eighth. */
static void
test_weigh (void)
{
  g_autoptr (SacAnnotations) set =
    parse ("{\"type\": \"Polygon\", \"coordinates\": [[[0, 0], [777, 0], "
           "[777, 333], [0, 333], [0, 0]]]}");
  const SacGeometry geometry = {1000, 1000, {0, 0, 1000, 1000}, 2, 2};
  static const float expected[4] = {0.666f, 0.666f * 0.554f, 0, 0};
  float shares[4];
  g_autofree float *fine = g_new (float, 1000 * 1000);
  gint64 start = g_get_monotonic_time ();
  double sum = 0;

  g_assert_true (
    sac_annotations_weigh (set, -1, &geometry, 2, 2, shares, NULL, NULL));
  test_assert_close (shares, expected, 4, 1e-6, "weights");
  g_assert_true (
    sac_annotations_weigh (set, -1, &geometry, 1000, 1000, fine, NULL, NULL));
  g_test_message ("both: %.2f ms",
                  (double)(g_get_monotonic_time () - start) / 1000);
  for (int i = 0; i < 1000 * 1000; i++)
    sum += fine[i];
  g_assert_cmpfloat (sum, ==, 777 * 333);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rasterize/rectangle", test_rectangle);
  g_test_add_func ("/rasterize/cut-cells", test_cut_cells);
  g_test_add_func ("/rasterize/area", test_area);
  g_test_add_func ("/rasterize/corners-on-rows", test_corners_on_rows);
  g_test_add_func ("/rasterize/classes-and-exclusion",
                   test_classes_and_exclusion);
  g_test_add_func ("/rasterize/hole-through-xml", test_hole_through_xml);
  g_test_add_func ("/rasterize/cancel", test_cancel);
  g_test_add_func ("/rasterize/weigh", test_weigh);
  return g_test_run ();
}
