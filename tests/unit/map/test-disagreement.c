/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/disagreement.h"

#include "base/error.h"
#include "base/json.h"
#include "support.h"

#include <math.h>
#include <string.h>

/* A drawing of cells: 'A' high in A alone, 'B' high in B alone, '#' in both,
 * '?' a gap in A, else in neither.  The top of each then is what it has of
 * them. */
typedef struct {
  SacMap *a, *b;
  int rows, columns;
  double share; /* that makes it so */
} Drawing;

static void
drawing_clear (Drawing *drawing)
{
  sac_map_unref (drawing->a);
  sac_map_unref (drawing->b);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Drawing, drawing_clear)

static Drawing
draw (const char *const *lines)
{
  Drawing drawing = {.columns = (int)strlen (lines[0])};
  int high = 0, counted = 0;

  while (lines[drawing.rows] != NULL)
    drawing.rows++;

  int count = drawing.rows * drawing.columns;
  float *a = g_new (float, count), *b = g_new (float, count);

  for (int i = 0; i < count; i++) {
    char c = lines[i / drawing.columns][i % drawing.columns];

    a[i] = c == '?' ? NAN : (float)(c == 'A' || c == '#');
    b[i] = c == 'B' || c == '#';
    high += c == 'A' || c == '#';
    counted += c != '?';
  }
  drawing.a = sac_map_new_take (drawing.rows, drawing.columns, a);
  drawing.b = sac_map_new_take (drawing.rows, drawing.columns, b);
  drawing.a->has_gaps = true;
  drawing.share = (double)high / counted;
  return drawing;
}

static void
place (SacMap *map, double cell)
{
  double width = cell * map->columns, height = cell * map->rows;

  map->has_geometry = true;
  map->geometry = (SacGeometry){(int64_t)width + 30,
                                (int64_t)height + 20,
                                {30, 20, width, height},
                                map->columns,
                                map->rows};
}

static const SacDisagreementRegion *
get (const SacDisagreement *found, guint index)
{
  return g_ptr_array_index (found->regions, index);
}

/* Twice the area within, above zero when it goes clockwise on the screen. */
static double
get_area (const SacContourLine *line)
{
  double sum = 0;

  for (guint i = 0; i < line->points->len; i++) {
    SacContourPoint p = g_array_index (line->points, SacContourPoint, i);
    SacContourPoint q = g_array_index (line->points, SacContourPoint,
                                       (i + 1) % line->points->len);

    sum += p.x * q.y - q.x * p.y;
  }
  return sum / 2;
}

static void
check_points (const SacContourLine *line, const double *points, guint count)
{
  g_assert_true (line->is_closed);
  g_assert_cmpuint (line->points->len, ==, count);
  for (guint i = 0; i < count; i++) {
    SacContourPoint point = g_array_index (line->points, SacContourPoint, i);

    g_assert_cmpfloat (point.x, ==, points[2 * i]);
    g_assert_cmpfloat (point.y, ==, points[2 * i + 1]);
  }
}

/* On an image, in level-0 pixels; the largest first; cells of both in none. */
static void
test_places (void)
{
  static const char *const lines[] = {"......", ".AA.BB", ".A#.B.", "......",
                                      NULL};
  g_auto (Drawing) drawing = draw (lines);
  g_autoptr (GError) error = NULL;

  place (drawing.a, 10);
  place (drawing.b, 10);

  g_autoptr (SacDisagreement) found =
    sac_disagreement_new (drawing.a, drawing.b, drawing.share, 0, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (found->regions->len, ==, 2);
  g_assert_cmpuint (found->small_count, ==, 0);

  const SacDisagreementRegion *a = get (found, 0), *b = get (found, 1);
  const double around[] = {40, 30, 60, 30, 60, 40, 50, 40, 50, 50, 40, 50};

  /* Of the same size: the one further left. */
  g_assert_cmpint (a->kind, ==, SAC_OVERLAP_ONLY_A);
  g_assert_cmpint (b->kind, ==, SAC_OVERLAP_ONLY_B);
  g_assert_cmpuint (a->cells, ==, 3);
  g_assert_cmpfloat_with_epsilon (a->share, 3.0 / 24, 1e-15);
  g_assert_cmpfloat_with_epsilon (a->x, 30 + (15 + 25 + 15) / 3.0, 1e-12);
  g_assert_cmpfloat_with_epsilon (a->y, 20 + (15 + 15 + 25) / 3.0, 1e-12);
  g_assert_cmpfloat (a->box.x, ==, 40);
  g_assert_cmpfloat (a->box.width, ==, 20);
  g_assert_cmpfloat (a->box.height, ==, 20);
  g_assert_cmpuint (a->outlines->len, ==, 1);
  check_points (g_ptr_array_index (a->outlines, 0), around, 6);
  /* The four highest of 24, and twenty equal ones: mean ranks. */
  g_assert_cmpfloat_with_epsilon (a->rank_a, (22.5 - 0.5) / 24 * 100, 1e-9);
  g_assert_cmpfloat_with_epsilon (a->rank_b, (10.5 - 0.5) / 24 * 100, 1e-9);
}

/* A hole has an outline of its own, the other way round. */
static void
test_hole (void)
{
  static const char *const lines[] = {"AAAAA", "A...A", "A.B.A",
                                      "A...A", "AAAAA", "BBBBB",
                                      "BBBBB", "BBBBB", NULL};
  g_auto (Drawing) drawing = draw (lines);
  g_autoptr (SacDisagreement) found =
    sac_disagreement_new (drawing.a, drawing.b, drawing.share, 0.05, NULL);
  const SacDisagreementRegion *ring = get (found, 0);

  /* One cell of 40 is fewer than 5 %. */
  g_assert_cmpuint (found->regions->len, ==, 2);
  g_assert_cmpuint (found->small_count, ==, 1);
  g_assert_cmpuint (ring->cells, ==, 16);
  g_assert_cmpuint (ring->outlines->len, ==, 2);
  g_assert_cmpfloat (get_area (g_ptr_array_index (ring->outlines, 0)), ==, 25);
  g_assert_cmpfloat (get_area (g_ptr_array_index (ring->outlines, 1)), ==, -9);
}

/* Cells that touch at a corner are two regions; where one region touches itself
 * so, one line goes around and the area within is right. */
static void
test_corners (void)
{
  static const char *const apart[] = {"A...", ".A..", "....", "..BB", NULL};
  static const char *const bent[] = {"AAA.", "A.A.", "AA.A", "..BA",
                                     "BBBB", "BBBB", NULL};
  static const char *const pinched[] = {"AAAA", "A..A", "AA.A", "..AA",
                                        "BBBB", "BBBB", "BBB.", NULL};
  g_auto (Drawing) one = draw (apart);
  g_auto (Drawing) other = draw (bent);
  g_auto (Drawing) third = draw (pinched);
  g_autoptr (SacDisagreement) two =
    sac_disagreement_new (one.a, one.b, one.share, 0, NULL);
  g_autoptr (SacDisagreement) found =
    sac_disagreement_new (other.a, other.b, other.share, 0, NULL);
  g_autoptr (SacDisagreement) round =
    sac_disagreement_new (third.a, third.b, third.share, 0, NULL);
  double area = 0;

  g_assert_cmpuint (two->regions->len, ==, 3);
  for (guint i = 0; i < found->regions->len; i++) {
    const SacDisagreementRegion *region = get (found, i);

    area = 0;
    for (guint k = 0; k < region->outlines->len; k++)
      area += get_area (g_ptr_array_index (region->outlines, k));
    g_assert_cmpfloat (area, ==, (double)region->cells);
  }

  /* The hole opens at the corner: a single line goes around. */
  const SacDisagreementRegion *region = get (round, 0);

  g_assert_cmpuint (region->cells, ==, 11);
  g_assert_cmpuint (region->outlines->len, ==, 1);
  g_assert_cmpfloat (get_area (g_ptr_array_index (region->outlines, 0)), ==,
                     11);
}

/* Noise: areas add up to the cells, cells to those of the overlap. */
static void
test_noise (void)
{
  enum { SIDE = 24 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);

  for (int round = 0; round < 20; round++) {
    float *a = g_new (float, SIDE *SIDE), *b = g_new (float, SIDE *SIDE);
    size_t cells[SAC_OVERLAP_KIND_COUNT] = {0};

    for (int i = 0; i < SIDE * SIDE; i++) {
      a[i] = (float)g_rand_double (rand);
      b[i] = (float)g_rand_double (rand);
    }

    g_autoptr (SacMap) first = sac_map_new_take (SIDE, SIDE, a);
    g_autoptr (SacMap) second = sac_map_new_take (SIDE, SIDE, b);
    g_autoptr (SacDisagreement) found =
      sac_disagreement_new (first, second, 0.4, 0, NULL);

    for (guint i = 0; i < found->regions->len; i++) {
      const SacDisagreementRegion *region = get (found, i);
      double area = 0;

      for (guint k = 0; k < region->outlines->len; k++) {
        double own = get_area (g_ptr_array_index (region->outlines, k));

        g_assert_true (k == 0 ? own > 0 : own < 0);
        area += own;
      }
      g_assert_cmpfloat (area, ==, (double)region->cells);
      cells[region->kind] += region->cells;
    }
    g_assert_cmpuint (cells[SAC_OVERLAP_ONLY_A], ==,
                      found->overlap->counts[SAC_OVERLAP_ONLY_A]);
    g_assert_cmpuint (cells[SAC_OVERLAP_ONLY_B], ==,
                      found->overlap->counts[SAC_OVERLAP_ONLY_B]);
  }
}

/* The same maps, flat ones, gaps, maps that do not meet. */
static void
test_none (void)
{
  static const char *const lines[] = {"A?..", "B...", "....", NULL};
  static const char *const flat[] = {"....", "....", "....", NULL};
  g_auto (Drawing) drawing = draw (lines);
  g_auto (Drawing) nothing = draw (flat);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacDisagreement) same =
    sac_disagreement_new (drawing.b, drawing.b, 0.2, 0, NULL);
  g_autoptr (SacDisagreement) of_flat =
    sac_disagreement_new (nothing.a, nothing.b, 0.2, 0, NULL);
  g_autoptr (SacDisagreement) found =
    sac_disagreement_new (drawing.a, drawing.b, drawing.share, 0, NULL);

  g_assert_cmpuint (same->regions->len, ==, 0);
  g_assert_cmpuint (of_flat->regions->len, ==, 0);
  g_assert_cmpuint (found->regions->len, ==, 2);
  g_assert_cmpfloat_with_epsilon (get (found, 0)->share, 1.0 / 11, 1e-15);

  place (drawing.a, 10);
  place (drawing.b, 10);
  drawing.b->geometry.seen.x = drawing.b->geometry.image_width = 1000;
  g_assert_null (sac_disagreement_new (drawing.a, drawing.b, 0.2, 0, &error));
  g_assert_error (error, SAC_ERROR, SAC_ERROR_MISMATCH);
}

static void
test_json (void)
{
  static const char *const lines[] = {"A.", ".B", "..", NULL};
  g_auto (Drawing) drawing = draw (lines);
  g_autoptr (SacDisagreement) found =
    sac_disagreement_new (drawing.a, drawing.b, drawing.share, 0.125, NULL);
  g_autoptr (JsonObject) object =
    sac_disagreement_to_json (found, "left", "right");
  g_autofree char *text = sac_json_to_text (object, false);

  g_assert_nonnull (strstr (text, "\"grid\":[3,2]"));
  g_assert_nonnull (strstr (text, "\"least_share\":0.125"));
  g_assert_nonnull (strstr (text, "\"high_in\":\"left\""));
  g_assert_nonnull (strstr (text, "\"high_in\":\"right\""));
  g_assert_nonnull (
    strstr (text, "[[[0.0,0.0],[1.0,0.0],[1.0,1.0],[0.0,1.0]]]"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/disagreement/places", test_places);
  g_test_add_func ("/disagreement/hole", test_hole);
  g_test_add_func ("/disagreement/corners", test_corners);
  g_test_add_func ("/disagreement/noise", test_noise);
  g_test_add_func ("/disagreement/none", test_none);
  g_test_add_func ("/disagreement/json", test_json);
  return g_test_run ();
}
