/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a run leaves says one thing: table, outlines, summary and pictures are
 * held against each other, on a slide of which parts cannot be read. */
#include "report/run-files.h"

#include "base/json.h"
#include "probe.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SLIDE "demo:slide:1630x1210,pattern=512"
#define FAULTY SLIDE ",faults=60"
#define MPP 0.5

typedef struct {
  size_t done, unreadable, positive;
  double area; /* mm2, of positive tiles as far as they lie on the slide */
  double highest;
} Table;

static SacSlideRun *
write_all (ProbeStage *stage, const char *slide, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = NULL;

  probe_stage_init (stage, slide);
  folder = g_build_filename (stage->folder, name, NULL);

  SacSlideRun *run = probe_stage_complete (stage, name);
  SacRunFiles files = {folder, NULL, 0.5, 5};

  sac_run_files_write (run, &files, NULL, &error);
  g_assert_no_error (error);
  return run;
}

static char *
read_text (const ProbeStage *stage, const char *name)
{
  g_autofree char *path = g_build_filename (stage->folder, "run", name, NULL);
  g_autoptr (GError) error = NULL;
  char *text;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static JsonObject *
read_object (const ProbeStage *stage, const char *name)
{
  g_autofree char *text = read_text (stage, name);
  g_autoptr (GError) error = NULL;
  JsonObject *object = sac_json_parse (text, strlen (text), name, &error);

  g_assert_no_error (error);
  return object;
}

/* x,y,w,h,row,column,tissue,status,no,yes */
static Table
read_table (const ProbeStage *stage)
{
  g_autofree char *text = read_text (stage, "probe/tiles.csv");
  g_auto (GStrv) lines = g_strsplit (g_strchomp (text), "\n", -1);
  Table table = {0};

  g_assert_cmpstr (lines[0], ==, "x,y,w,h,row,column,tissue,status,no,yes");
  for (size_t i = 1; lines[i] != NULL; i++) {
    g_auto (GStrv) fields = g_strsplit (lines[i], ",", -1);
    double x = atof (fields[0]), y = atof (fields[1]);
    double width = MIN (atof (fields[2]), 1630 - x);
    double height = MIN (atof (fields[3]), 1210 - y);
    double yes = atof (fields[9]);

    if (g_str_equal (fields[7], "unreadable")) {
      g_assert_cmpstr (fields[9], ==, "");
      table.unreadable++;
      continue;
    }
    table.done++;
    table.highest = MAX (table.highest, yes);
    if (yes < 0.5)
      continue;
    table.positive++;
    table.area += width * height * MPP * MPP / 1e6;
  }
  return table;
}

/* The shoelace formula; holes run the other way or not, so they are taken by
 * their place in the list. */
static double
get_ring_area (JsonArray *ring)
{
  double sum = 0;

  for (guint i = 0; i + 1 < json_array_get_length (ring); i++) {
    JsonArray *a = json_array_get_array_element (ring, i);
    JsonArray *b = json_array_get_array_element (ring, i + 1);

    sum += json_array_get_double_element (a, 0) *
             json_array_get_double_element (b, 1) -
           json_array_get_double_element (b, 0) *
             json_array_get_double_element (a, 1);
  }
  return fabs (sum) / 2;
}

static double
get_polygon_area (JsonArray *rings)
{
  double area = 0;

  for (guint i = 0; i < json_array_get_length (rings); i++)
    area += (i == 0 ? 1 : -1) *
            get_ring_area (json_array_get_array_element (rings, i));
  return area;
}

static double
get_regions_area (const ProbeStage *stage)
{
  g_autoptr (JsonObject) root =
    read_object (stage, "probe/regions-yes.geojson");
  JsonArray *features = json_object_get_array_member (root, "features");
  double area = 0;

  for (guint i = 0; i < json_array_get_length (features); i++) {
    JsonObject *geometry =
      json_object_get_object_member (json_array_get_object_element (features,
                                                                    i),
                                     "geometry");
    JsonArray *parts = json_object_get_array_member (geometry, "coordinates");

    if (g_str_equal (json_object_get_string_member (geometry, "type"),
                     "Polygon"))
      area += get_polygon_area (parts);
    else
      for (guint k = 0; k < json_array_get_length (parts); k++)
        area += get_polygon_area (json_array_get_array_element (parts, k));
  }
  return area * MPP * MPP / 1e6;
}

static void
check_summary (const ProbeStage *stage, const Table *table)
{
  g_autoptr (JsonObject) root = read_object (stage, "summary.json");
  JsonObject *tiles = json_object_get_object_member (root, "tiles");
  JsonObject *model =
    json_array_get_object_element (json_object_get_array_member (root,
                                                                 "models"),
                                   0);
  JsonObject *yes =
    json_array_get_object_element (json_object_get_array_member (model,
                                                                 "classes"),
                                   1);
  JsonArray *top = json_object_get_array_member (yes, "top");
  double last = INFINITY;

  g_assert_cmpint (json_object_get_int_member (tiles, "done"), ==,
                   table->done + table->unreadable);
  g_assert_cmpint (json_object_get_int_member (tiles, "unreadable"), ==,
                   table->unreadable);
  g_assert_cmpint (json_object_get_int_member (yes, "positive_tiles"), ==,
                   table->positive);
  g_assert_cmpfloat_with_epsilon (
    json_object_get_double_member (yes, "positive_mm2"), table->area, 1e-9);
  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (yes, "max"),
                                  table->highest, 1e-8);
  g_assert_cmpuint (json_array_get_length (top), ==, 5);
  for (guint i = 0; i < 5; i++) {
    double score =
      json_object_get_double_member (json_array_get_object_element (top, i),
                                     "score");

    g_assert_cmpfloat (score, <=, last);
    last = score;
  }
}

static void
test_agree (void)
{
  ProbeStage stage;
  g_autoptr (SacSlideRun) run = write_all (&stage, FAULTY, "run");
  Table table = read_table (&stage);
  g_autoptr (JsonObject) tiles = read_object (&stage, "probe/tiles.geojson");

  g_assert_cmpuint (table.unreadable, >, 0);
  g_assert_cmpuint (table.positive, >, 0);
  g_assert_cmpuint (table.positive, <, table.done);
  check_summary (&stage, &table);
  g_assert_cmpuint (json_array_get_length (
                      json_object_get_array_member (tiles, "features")),
                    ==, table.done);
  /* Corners are rounded to a hundredth of a pixel at the worst. */
  g_assert_cmpfloat_with_epsilon (get_regions_area (&stage), table.area, 1e-4);
  g_clear_pointer (&run, sac_slide_run_free);
  probe_stage_finish (&stage);
}

/* Pixels of the ground between the lines of hatching. */
static size_t
count_hatched (const ProbeStage *stage)
{
  g_autofree char *path =
    g_build_filename (stage->folder, "run", "probe", "overview-yes.png", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacSource) source = sac_source_open (path, NULL, &error);

  g_assert_no_error (error);

  int width = (int)sac_source_get_width (source);
  int height = (int)sac_source_get_height (source);
  g_autoptr (SacImage) image = sac_source_read (source, 0, 0, 0, width, height,
                                                SAC_COLORS_FILE, NULL, &error);
  size_t count = 0;

  for (int i = 0; i < width * height; i++)
    count += (image->pixels[i] & 0xffffff) == 0xcccccc;
  return count;
}

static void
test_hatched (void)
{
  ProbeStage sound, faulty;
  g_autoptr (SacSlideRun) whole = write_all (&sound, SLIDE, "run");
  g_autoptr (SacSlideRun) torn = write_all (&faulty, FAULTY, "run");

  /* A tile is some 40 x 40 pixels of the picture, a third of it lines. */
  g_assert_cmpuint (count_hatched (&faulty), >, count_hatched (&sound) + 500);
  g_clear_pointer (&whole, sac_slide_run_free);
  g_clear_pointer (&torn, sac_slide_run_free);
  probe_stage_finish (&sound);
  probe_stage_finish (&faulty);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run-files/agree", test_agree);
  g_test_add_func ("/run-files/hatched", test_hatched);
  return g_test_run ();
}
