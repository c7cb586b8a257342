/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Tiles' maps joined into one, against the mean by area of all that covers a
 * cell, found by intersecting everything with everything. */
#include "probe.h"
#include "slide/slide-stitch.h"
#include "support.h"

#include <math.h>

/* What all tiles together say of a rectangle; NaN: nothing. */
static double
find_mean (SacSlideRun *run, GPtrArray *maps, const SacRect *rect)
{
  double sum = 0, area = 0;

  for (guint i = 0; i < maps->len; i++) {
    const SacMap *map = maps->pdata[i];
    SacRect seen = map != NULL ? sac_rect_intersect (&map->geometry.seen, rect)
                               : (SacRect){0};

    for (int k = 0; !sac_rect_is_empty (&seen) && k < map->rows * map->columns;
         k++) {
      SacRect cell = sac_geometry_cell (&map->geometry, map->rows, map->columns,
                                        k / map->columns, k % map->columns);
      SacRect common = sac_rect_intersect (&cell, rect);

      if (sac_rect_is_empty (&common))
        continue;
      sum += common.width * common.height * sac_map_shown (map, (size_t)k);
      area += common.width * common.height;
    }
  }
  return area > 1e-6 ? sum / area : NAN;
}

static void
check (const char *slide, int stride)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacSource) source = sac_source_open (slide, NULL, &error);
  g_autoptr (SacModel) model =
    probe_model_new (&(ProbeParams){"probe", PROBE_NETWORK, 32, 1.0, NULL});
  SacSlideMethod method = {sac_method_find ("grad-cam"), "yes", NULL, NULL};
  SacSlideParams wishes = {.stride = stride,
                           .methods = &method,
                           .method_count = 1};
  g_autoptr (GPtrArray) maps =
    g_ptr_array_new_with_free_func ((GDestroyNotify)sac_map_unref);
  char *folder = test_folder_new ();

  g_assert_no_error (error);

  g_autoptr (SacSlideRun) run = probe_run_new (source, model, &wishes, folder);

  probe_run_go (run);
  for (size_t i = 0; i < sac_slide_run_get_list (run)->count; i++)
    g_ptr_array_add (maps, sac_slide_run_get_tile_map (run, 0, i));

  g_autoptr (SacMap) whole = sac_slide_run_stitch (run, 0, NULL, &error);
  double largest = 0, worst = 0;

  g_assert_no_error (error);
  for (int i = 0; i < whole->rows * whole->columns; i++) {
    SacRect cell =
      sac_geometry_cell (&whole->geometry, whole->rows, whole->columns,
                         i / whole->columns, i % whole->columns);
    double mean = find_mean (run, maps, &cell);

    g_assert_true (isnan (mean) == isnan (whole->values[i]));
    if (isnan (mean))
      continue;
    largest = MAX (largest, fabs (mean));
    worst = MAX (worst, fabs (mean - whole->values[i]));
  }
  g_test_message ("stride %d: %d x %d cells, %g of %g", stride, whole->rows,
                  whole->columns, worst, largest);
  g_assert_cmpfloat (largest, >, 0);
  g_assert_cmpfloat (worst, <=, 1e-5 * largest);
  test_folder_remove (folder);
}

/* Side by side; overlapping by whole cells, of 4 pixels, and by parts of them.
 */
static void
test_overlap (void)
{
  check ("demo:slide:300x220,pattern=100", 32);
  check ("demo:slide:300x220,pattern=100", 16);
  check ("demo:slide:300x220,pattern=100", 10);
}

/* Tiles that cannot be read leave gaps where no other covers them. */
static void
test_gaps (void)
{
  check ("demo:slide:900x700,pattern=100,faults=200", 32);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/slide-stitch/overlap", test_overlap);
  g_test_add_func ("/slide-stitch/gaps", test_gaps);
  return g_test_run ();
}
