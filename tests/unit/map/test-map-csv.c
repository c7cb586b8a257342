/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/map-file.h"

#include "base/error.h"
#include "map-folder.h"
#include "map/scale.h"

#include <math.h>
#include <string.h>

static void
set_up (Fixture *fixture, gconstpointer data)
{
  map_folder_set_up (fixture, "scores.csv");
}

static GPtrArray *
read_text (Fixture *fixture,
           const char *text,
           const char *sidecar,
           const char *column)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (fixture->path, text, -1, NULL));
  if (sidecar != NULL)
    g_assert_true (g_file_set_contents (fixture->sidecar, sidecar, -1, NULL));

  GPtrArray *maps = sac_map_read_csv (fixture->path, column, NULL, &error);

  g_assert_no_error (error);
  return maps;
}

static void
check_values (const SacMap *map, int rows, int columns, const float *expected)
{
  g_assert_cmpint (map->rows, ==, rows);
  g_assert_cmpint (map->columns, ==, columns);
  for (int i = 0; i < rows * columns; i++) {
    if (isnan (expected[i]))
      g_assert_true (isnan (map->values[i]));
    else
      g_assert_cmpfloat_with_epsilon (map->values[i], expected[i], 1e-6);
  }
}

static void
check_rect (
  const SacRect *rect, double x, double y, double width, double height)
{
  g_assert_cmpfloat (rect->x, ==, x);
  g_assert_cmpfloat (rect->y, ==, y);
  g_assert_cmpfloat (rect->width, ==, width);
  g_assert_cmpfloat (rect->height, ==, height);
}

/* A tile that is missing and a tile without a score are gaps, not zeros, and
 * the map still has evidence and a scale. */
static void
test_gaps (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) maps =
    read_text (fixture,
               "x,y,size,score\n100,200,50,0.5\n150,200,50,-0.25\n"
               "100,250,50,\n200,250,50,1\n",
               "{\"image\": [1000, 800], \"unit\": \"logit\"}", NULL);
  const SacMap *map = maps->pdata[0];
  SacMapSummary summary;
  float positions[6];

  g_assert_cmpuint (maps->len, ==, 1);
  check_values (map, 2, 3, (float[]){0.5f, -0.25f, NAN, NAN, NAN, 1});
  check_rect (&map->geometry.seen, 100, 200, 150, 100);
  g_assert_cmpint (map->geometry.image_width, ==, 1000);
  g_assert_cmpstr (map->unit, ==, "logit");
  g_assert_cmpstr (map->method, ==, "score");
  sac_map_summarize (map, &summary);
  g_assert_cmpint (summary.evidence, ==, SAC_EVIDENCE_PRESENT);
  g_assert_cmpfloat (summary.covered_cells, ==, 0.5);
  g_assert_cmpfloat_with_epsilon (summary.positive_cells, 2 / 3.0, 1e-12);

  SacScale scale =
    sac_scale_new (SAC_SCALE_PERCENTILE, (const SacMap *const *)maps->pdata, 1);

  sac_scale_apply (&scale, map, positions);
  g_assert_true (isnan (positions[2]));
  g_assert_cmpfloat_with_epsilon (positions[5], 1, 1e-6);
  g_assert_cmpfloat_with_epsilon (positions[0], 0.5 + 1 / 3.0, 1e-6);
}

/* Tiles of 4 at a stride of 2: cells 2 wide, each the mean of what covers it.
 */
static void
test_overlap (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) maps =
    read_text (fixture,
               "x_start;y_start;x_end;y_end;score\n0;0;4;4;1\n2;0;6;4;4\n"
               "4;0;8;4;-2\n",
               NULL, NULL);

  check_values (maps->pdata[0], 1, 4, (float[]){1, 2.5f, 1, -2});
}

/* Lists as pandas writes them of TIAToolbox's results, in pixels of another
 * level; a map for each class. */
static void
test_lists (Fixture *fixture, gconstpointer data)
{
  static const char text[] =
    ",coordinates,predictions,probabilities\r\n"
    "0,\"[0, 0, 224, 224]\",1,\"[0.25, 0.75]\"\r\n"
    "1,\"[224, 0, 448, 224]\",0,\"[0.875, 0.125]\"\r\n";
  g_autoptr (GPtrArray) maps =
    read_text (fixture, text, "{\"downsample\": 2}", NULL);
  g_autoptr (GPtrArray) one =
    read_text (fixture, text, NULL, "probabilities[1]");

  g_assert_cmpuint (maps->len, ==, 2);
  g_assert_cmpuint (one->len, ==, 1);
  check_values (maps->pdata[0], 1, 2, (float[]){0.25f, 0.875f});
  check_values (one->pdata[0], 1, 2, (float[]){0.75f, 0.125f});
  check_rect (&((SacMap *)one->pdata[0])->geometry.seen, 0, 0, 896, 448);
}

/* WSInfer's names; the slide's name is no score, nor is a column of text. */
static void
test_names (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) maps =
    read_text (fixture,
               "slide,minx,miny,width,height,prob_Tumor,remark\n"
               "a.svs,0,0,10,20,0.5,good\na.svs,10,20,10,20,nan,bad\n",
               NULL, NULL);

  g_assert_cmpuint (maps->len, ==, 1);
  check_values (maps->pdata[0], 2, 2, (float[]){0.5f, NAN, NAN, NAN});
  g_assert_cmpstr (((SacMap *)maps->pdata[0])->method, ==, "prob_tumor");
}

/* CLAM's coordinates have no size: beside the table, or by the step, said. */
static void
test_sizes (Fixture *fixture, gconstpointer data)
{
  static const char text[] = "coords\tattention_score\n(0, 0)\t1\n"
                             "(512, 0)\t2\n(2048, 512)\t3\n";
  g_autoptr (GPtrArray) guessed = read_text (fixture, text, NULL, NULL);
  g_autoptr (GPtrArray) told =
    read_text (fixture, text, "{\"tile\": [256, 256]}", NULL);
  const SacMap *map = guessed->pdata[0], *other = told->pdata[0];

  check_values (map, 2, 5,
                (float[]){1, 2, NAN, NAN, NAN, NAN, NAN, NAN, NAN, 3});
  g_assert_cmpuint (json_array_get_length (
                      json_object_get_array_member (map->provenance, "notes")),
                    ==, 3);
  g_assert_cmpint (other->columns, ==, 9);
  g_assert_cmpint (other->rows, ==, 3);
  g_assert_cmpfloat (other->values[2], ==, 2);
  g_assert_true (isnan (other->values[1]));
}

/* Positions without a common step: no grid can be exact, the mass stays where
 * the tiles are. */
static void
test_fine (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) maps =
    read_text (fixture, "x,y,w,h,score\n0,0,99991,99991,1\n1,7,99991,99991,3\n",
               NULL, NULL);
  const SacMap *map = maps->pdata[0];

  g_assert_cmpint ((int64_t)map->rows * map->columns, <=, 1 << 24);
  g_assert_cmpfloat_with_epsilon (map->values[(size_t)map->rows / 2 *
                                                map->columns +
                                              map->columns / 2],
                                  2, 1e-6);
}

/* What is a gap stays one in the files that are written of it. */
static void
test_round_trip (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) maps =
    read_text (fixture, "x,y,size,score\n0,0,8,1\n8,8,8,2\n", NULL, NULL);
  g_autofree char *path = g_build_filename (fixture->folder, "m.tif", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (
    sac_map_write_tiff (path, (const SacMap *const *)maps->pdata, 1, &error));

  g_autoptr (GPtrArray) back = sac_map_read_tiff (path, &error);

  g_assert_no_error (error);
  g_assert_true (((SacMap *)back->pdata[0])->has_gaps);
  check_values (back->pdata[0], 2, 2, (float[]){1, NAN, NAN, 2});
}

/* As spreadsheets of half the world write them. */
static void
test_decimal_comma (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) maps =
    read_text (fixture,
               "x;y;size;slide;score\n0;0;8;a.svs;0,25\n"
               "8;0;8;a.svs;-1,5e1\n16;0;8;a.svs;N/A\n",
               NULL, NULL);

  check_values (maps->pdata[0], 1, 3, (float[]){0.25f, -15, NAN});
}

/* A column that is left out for some field is told. */
static void
test_spoilt (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) maps =
    read_text (fixture, "x,y,size,tumour,stroma\n0,0,8,1,2\n8,0,8,10%,3\n",
               NULL, NULL);
  const SacMap *map = maps->pdata[0];
  JsonArray *notes = json_object_get_array_member (map->provenance, "notes");
  bool told = false;

  g_assert_cmpint (maps->len, ==, 1);
  for (guint i = 0; i < json_array_get_length (notes); i++)
    told |= strstr (json_array_get_string_element (notes, i),
                    "column tumour is left out, because its field in line 3 "
                    "is no number that a map can hold: 10%") != NULL;
  g_assert_true (told);
}

typedef struct {
  const char *text, *sidecar, *column;
  SacErrorCode code;
  const char *says;
} Refusal;

static const Refusal refusals[] = {
  {"x,y,size,score\n0,0,8\n", NULL, NULL, SAC_ERROR_DAMAGED, "line 2"},
  {"x,y,size,score\n0,0,8,\"1\n", NULL, NULL, SAC_ERROR_DAMAGED, "quote"},
  {"x,y,size,score\n0,0,-8,1\n", NULL, NULL, SAC_ERROR_DAMAGED, "tile 1"},
  {"x,y,size,score\n0,left,8,1\n", NULL, NULL, SAC_ERROR_DAMAGED, "tile 1"},
  {"x,y,size,score\n0,0,1e-300,1\n", NULL, NULL, SAC_ERROR_DAMAGED, "tile 1"},
  {"name,age\n1,2\n", NULL, NULL, SAC_ERROR_UNSUPPORTED, "x and y"},
  {"x,y,score\n5,5,1\n", NULL, NULL, SAC_ERROR_UNSUPPORTED, "\"tile\""},
  {"x,y,size,a,b\n5,5,1,2,3\n", NULL, "c", SAC_ERROR_UNSUPPORTED, "a, b"},
  {"slide,x,y,size,s\np,5,5,1,2\nq,6,5,1,2\n", NULL, NULL,
   SAC_ERROR_UNSUPPORTED, "several slides"},
  {"x,y,size,score\n900,0,8,1\n", "{\"image\": [800, 800]}", NULL,
   SAC_ERROR_MISMATCH, "level 0"},
  {"x,y,size,score\n0,0,8,1\n", "{\"image\": [0, 800]}", NULL,
   SAC_ERROR_DAMAGED, "image"},
  {"x,y,size,score\n0,0,8,1\n", "{\"downsample\": \"2\"}", NULL,
   SAC_ERROR_DAMAGED, "downsample"},
  {"x,y,size,score\n0,0,8,1\n8,0,8,1e39\n", NULL, "score",
   SAC_ERROR_UNSUPPORTED, "1e39"},
  {"", NULL, NULL, SAC_ERROR_UNSUPPORTED, "table"},
  {"x,y,size,score\n0,0,8,1\n8,0,8,\xff%\n", NULL, NULL, SAC_ERROR_UNSUPPORTED,
   "line 3"},
  {"x,y,size,score\n0,0,8,\"0,5\"\n", NULL, "score", SAC_ERROR_UNSUPPORTED,
   "0,5"},
  {"x;y;size;score\n0;0;8;0,5\n8;0;8;0.5\n", NULL, NULL, SAC_ERROR_UNSUPPORTED,
   "0.5"},
};

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  const Refusal *refusal = data;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (fixture->path, refusal->text, -1, NULL));
  if (refusal->sidecar != NULL)
    g_assert_true (
      g_file_set_contents (fixture->sidecar, refusal->sidecar, -1, NULL));
  g_assert_null (
    sac_map_read_csv (fixture->path, refusal->column, NULL, &error));
  g_assert_error (error, SAC_ERROR, (int)refusal->code);
  g_assert_nonnull (strstr (error->message, refusal->says));
}

#define ADD(name, function)                                                    \
  g_test_add ("/map-csv/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("gaps", test_gaps);
  ADD ("overlap", test_overlap);
  ADD ("lists", test_lists);
  ADD ("names", test_names);
  ADD ("sizes", test_sizes);
  ADD ("fine", test_fine);
  ADD ("round-trip", test_round_trip);
  ADD ("decimal-comma", test_decimal_comma);
  ADD ("spoilt", test_spoilt);
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++) {
    g_autofree char *name = g_strdup_printf ("/map-csv/refused/%u", i);

    g_test_add (name, Fixture, &refusals[i], set_up, test_refused, tear_down);
  }
  return g_test_run ();
}
