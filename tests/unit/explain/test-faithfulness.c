/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Faithfulness at numbers that are known: sums of pixels, linear networks, and
 * maps that rank nothing. */
#include "base/error.h"
#include "explain/faithfulness.h"
#include "explain/road.h"
#include "support.h"
#include "written-model.h"

#include <math.h>
#include <string.h>

/* Two classes, linear in the pixels. */
static const char linear[] = "opset 13\n"
                             "input x float ?,3,8,8\n"
                             "noise rows 192,2\n"
                             "node _ Flatten x -> flat\n"
                             "node _ MatMul flat,rows -> score\n"
                             "output score float ?,2\n";

/* The sum of all pixels. */
#define PIXEL_SUM(size, count, ones)                                           \
  "opset 13\n"                                                                 \
  "input x float ?,1," size "\n"                                               \
  "init ones float " count ",1 " ones "\n"                                     \
  "node _ Flatten x -> flat\n"                                                 \
  "node _ MatMul flat,ones -> score\n"                                         \
  "output score float ?,1\n"

typedef struct {
  SacModel *model;
  SacTensor *input;
  const SacTensor *inputs[1];
  GHashTable *settings;
  SacExplainRequest request;
} Fixture;

/* settings: "KEY=VALUE KEY=VALUE". */
static void
set_up (Fixture *fixture,
        const char *text,
        const SacShape *shape,
        const char *settings)
{
  g_auto (GStrv) pairs = g_strsplit (settings, " ", -1);

  fixture->model = written_model_new (text);
  fixture->input = written_input_new (shape, 3);
  fixture->inputs[0] = fixture->input;
  fixture->settings =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (int i = 0; pairs[i] != NULL; i++) {
    g_auto (GStrv) pair = g_strsplit (pairs[i], "=", 2);

    g_hash_table_insert (fixture->settings, g_strdup (pair[0]),
                         g_strdup (pair[1]));
  }
  fixture->request = (SacExplainRequest){
    .model = fixture->model,
    .inputs = fixture->inputs,
    .params = fixture->settings,
  };
}

static void
tear_down (Fixture *fixture)
{
  g_hash_table_unref (fixture->settings);
  sac_tensor_unref (fixture->input);
  sac_model_unref (fixture->model);
}

static SacMap *
map_of (int rows, int columns, const float *values)
{
  return sac_map_new_take (rows, columns,
                           g_memdup2 (values, sizeof (float) * rows * columns));
}

static SacFaithfulnessReport *
measure (Fixture *fixture, const SacMap *map)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacFaithfulness) self =
    sac_faithfulness_new (&fixture->request, NULL, &error);

  g_assert_no_error (error);

  SacFaithfulnessReport *report =
    sac_faithfulness_measure (self, map, NULL, &error);

  g_assert_no_error (error);
  return report;
}

static void
assert_numbers (const double *got, const double *expected, size_t count)
{
  for (size_t i = 0; i < count; i++)
    g_assert_cmpfloat_with_epsilon (got[i], expected[i], 1e-6);
}

/* The image is its own map.  Two steps of two pixels: what is left is 1, 0.3
 * and 0; and the share that is lost when only the largest pixel is seen. */
static void
test_four_pixels (void)
{
  static const float image[4] = {0.4f, 0.3f, 0.2f, 0.1f};
  static const float corner[4] = {1, 0, 0, 0};
  SacShape shape = sac_shape_of (1, 1, 2, 2);
  Fixture fixture;

  set_up (&fixture, PIXEL_SUM ("2,2", "4", "1 1 1 1"), &shape,
          "steps=2 baseline=0 random-maps=1");
  memcpy (sac_tensor_f32 (fixture.input), image, sizeof image);

  g_autoptr (SacMap) map = map_of (2, 2, image);
  g_autoptr (SacMap) mask = map_of (2, 2, corner);
  g_autoptr (SacFaithfulnessReport) report = measure (&fixture, map);
  g_autoptr (SacFaithfulnessReport) masked = measure (&fixture, mask);
  const SacFaithfulnessFigures *figures = &report->map->figures[0];

  g_assert_cmpuint (report->point_count, ==, 3);
  assert_numbers (report->taken, (double[]){0, 0.5, 1}, 3);
  assert_numbers (figures->deletion, (double[]){1, 0.3, 0}, 3);
  assert_numbers (figures->insertion, (double[]){0, 0.7, 1}, 3);
  g_assert_cmpfloat_with_epsilon (figures->deletion_area, 0.4, 1e-6);
  g_assert_cmpfloat_with_epsilon (figures->insertion_area, 0.6, 1e-6);
  g_assert_cmpfloat_with_epsilon (figures->abpc, 0.2, 1e-6);
  g_assert_cmpfloat_with_epsilon (figures->aopc, (0 + 0.7 + 1) / 3, 1e-6);
  g_assert_cmpfloat_with_epsilon (masked->map->figures[0].drop, 0.6, 1e-6);
  g_assert_cmpfloat (masked->map->figures[0].increase, ==, 0);
  g_assert_cmpfloat (masked->map->tied_share, ==, 0.75);
  /* The other baseline is the mean, 0.25, which is what the sum keeps. */
  g_assert_cmpfloat_with_epsilon (report->baseline_scores[1], 1, 1e-6);
  g_assert_cmpfloat_with_epsilon (report->map->figures[1].deletion[1], 0.8,
                                  1e-6);
  tear_down (&fixture);
}

/* Three steps of five pixels are two, two and one. */
static void
test_five_pixels (void)
{
  static const float image[5] = {0.3f, 0.25f, 0.2f, 0.15f, 0.1f};
  SacShape shape = sac_shape_of (1, 1, 1, 5);
  Fixture fixture;

  set_up (&fixture, PIXEL_SUM ("1,5", "5", "1 1 1 1 1"), &shape,
          "steps=3 baseline=0 random-maps=0");
  memcpy (sac_tensor_f32 (fixture.input), image, sizeof image);

  g_autoptr (SacMap) map = map_of (1, 5, image);
  g_autoptr (SacFaithfulnessReport) report = measure (&fixture, map);

  assert_numbers (report->taken, (double[]){0, 0.4, 0.8, 1}, 4);
  g_assert_cmpfloat_with_epsilon (report->map->figures[0].deletion_area, 0.41,
                                  1e-6);
  g_assert_cmpfloat_with_epsilon (report->map->figures[0].insertion_area, 0.59,
                                  1e-6);
  tear_down (&fixture);
}

/* Equal cells keep their order, whatever is not a number comes last, and a
 * plateau never lets a step take more than its share. */
static void
test_rank (void)
{
  static const float values[6] = {0, 2, NAN, 2, 0, 5};
  static const uint32_t expected[6] = {5, 1, 3, 0, 4, 2};
  uint32_t order[6];

  sac_faithfulness_rank (values, 6, order);
  for (int i = 0; i < 6; i++)
    g_assert_cmpuint (order[i], ==, expected[i]);
  g_assert_cmpfloat_with_epsilon (sac_faithfulness_tied_share (values, order,
                                                               6),
                                  4.0 / 6, 1e-12);
  for (size_t i = 0; i <= 5; i++)
    g_assert_cmpuint (sac_faithfulness_taken (100, 5, i), ==, 20 * i);
  g_assert_cmpuint (sac_faithfulness_taken (100, 5, 6), ==, 100);
  g_assert_cmpuint (sac_faithfulness_point_count (100, 5), ==, 6);
  g_assert_cmpuint (sac_faithfulness_point_count (4, 20), ==, 5);
}

/* The linear system of the paper's imputer, solved by its authors' code for
 * these 16 pixels. */
static void
test_imputed (void)
{
  float plane[16];
  bool missing[16] = {false};

  for (int i = 0; i < 16; i++)
    plane[i] = (float)(i * i);
  missing[0] = missing[5] = missing[6] = true;
  plane[0] = plane[5] = plane[6] = NAN; /* what was there counts for nothing */
  sac_road_impute (plane, missing, 4, 4);
  g_assert_cmpfloat_with_epsilon (plane[0], 14.773256, 1e-4);
  g_assert_cmpfloat_with_epsilon (plane[5], 39.866280, 1e-4);
  g_assert_cmpfloat_with_epsilon (plane[6], 49.811050, 1e-4);
  g_assert_cmpfloat (plane[7], ==, 49);
}

/* A slope is its own mean of neighbours everywhere but at the edge; a constant
 * also there, even where almost nothing is known. */
static void
test_imputed_slope (void)
{
  float slope[40 * 40], flat[40 * 40];
  bool inner[40 * 40], nearly[40 * 40];

  for (int i = 0; i < 40 * 40; i++) {
    int y = i / 40, x = i % 40;

    slope[i] = (float)(3 * x - 2 * y);
    inner[i] = x > 3 && x < 37 && y > 0 && y < 36;
    flat[i] = 7;
    nearly[i] = i != 777;
  }

  float filled[40 * 40];

  memcpy (filled, slope, sizeof slope);
  sac_road_impute (filled, inner, 40, 40);
  test_assert_close (filled, slope, 40 * 40, 1e-4, "slope");
  sac_road_impute (flat, nearly, 40, 40);
  for (int i = 0; i < 40 * 40; i++)
    g_assert_cmpfloat_with_epsilon (flat[i], 7, 1e-4);
}

/* Integrated gradients of a linear score are what each pixel is worth: sums
 * over hidden regions are the losses. */
static void
test_infidelity (void)
{
  SacShape shape = sac_shape_of (1, 3, 8, 8);
  Fixture fixture;
  g_autoptr (GError) error = NULL;

  set_up (&fixture, linear, &shape, "baseline=0 random-maps=2 samples=50");

  SacExplainRequest plain = fixture.request;

  plain.params = NULL;

  g_autoptr (SacMap) map =
    written_run ("integrated-gradients", &plain, "baseline=0 steps=3", &error);

  g_assert_no_error (error);

  g_autoptr (SacFaithfulnessReport) report = measure (&fixture, map);
  const SacInfidelity *own = &report->map->figures[0].infidelity;
  const SacInfidelity *random = &report->random[0].figures[0].infidelity;

  g_assert_cmpfloat_with_epsilon (own->plain, 0, 1e-6);
  g_assert_cmpfloat_with_epsilon (own->factor, 1, 1e-4);
  g_assert_cmpfloat_with_epsilon (own->unexplained, 0, 1e-6);
  g_assert_cmpfloat_with_epsilon (own->correlation, 1, 1e-6);
  g_assert_cmpfloat (random->unexplained, >, 0.1);
  g_assert_cmpfloat (fabs (random->correlation), <, 0.9);
  for (int i = 0; i < 64; i++)
    map->values[i] = -map->values[i];

  g_autoptr (SacFaithfulnessReport) turned = measure (&fixture, map);

  g_assert_cmpfloat_with_epsilon (turned->map->figures[0]
                                    .infidelity.correlation,
                                  -1, 1e-6);
  g_assert_cmpfloat_with_epsilon (turned->map->figures[0].infidelity.factor, -1,
                                  1e-4);
  tear_down (&fixture);
}

/* What is worth most goes first: no order takes a linear score down faster, and
 * taking the least first is the same curve from the other end. */
static void
test_best_order (void)
{
  SacShape shape = sac_shape_of (1, 3, 8, 8);
  Fixture fixture;
  g_autoptr (GError) error = NULL;

  set_up (&fixture, linear, &shape, "baseline=0 random-maps=5 samples=2");

  SacExplainRequest plain = fixture.request;

  plain.params = NULL;

  g_autoptr (SacMap) map =
    written_run ("integrated-gradients", &plain, "baseline=0 steps=3", &error);
  g_autoptr (SacFaithfulnessReport) report = measure (&fixture, map);
  const SacFaithfulnessFigures *own = &report->map->figures[0];

  for (size_t k = 0; k < 5; k++) {
    const SacFaithfulnessFigures *other = &report->random[k].figures[0];

    for (size_t i = 1; i + 1 < report->point_count; i++) {
      g_assert_cmpfloat (own->deletion[i], <, other->deletion[i]);
      g_assert_cmpfloat (own->insertion[i], >, other->insertion[i]);
    }
  }
  for (size_t i = 0; i < report->point_count; i++)
    g_assert_cmpfloat_with_epsilon (own->deletion[i] + own->insertion[i],
                                    report->score + report->baseline_scores[0],
                                    1e-4);
  g_assert_cmpfloat (report->map->road, >, report->random[0].road);
  tear_down (&fixture);
}

/* The same seed, the same numbers; maps of one grid share their controls. */
static void
test_seed (void)
{
  static const float cells[4] = {4, 3, 2, 1};
  SacShape shape = sac_shape_of (1, 3, 8, 8);
  Fixture fixture, other;

  set_up (&fixture, linear, &shape, "samples=5 seed=1");
  set_up (&other, linear, &shape, "samples=5 seed=2");

  g_autoptr (SacMap) map = map_of (2, 2, cells);
  g_autoptr (SacFaithfulnessReport) a = measure (&fixture, map);
  g_autoptr (SacFaithfulnessReport) b = measure (&fixture, map);
  g_autoptr (SacFaithfulnessReport) c = measure (&other, map);

  g_assert_cmpmem (a->random, 3 * sizeof *a->random, b->random,
                   3 * sizeof *b->random);
  g_assert_cmpmem (a->map, sizeof *a->map, b->map, sizeof *b->map);
  g_assert_cmpfloat (a->random[0].figures[0].deletion_area, !=,
                     c->random[0].figures[0].deletion_area);
  g_assert_cmpfloat (a->map->figures[0].deletion_area, ==,
                     c->map->figures[0].deletion_area);
  g_assert_cmpfloat (a->map->road, !=, c->map->road);
  tear_down (&fixture);
  tear_down (&other);
}

static void
test_flat (void)
{
  static const float cells[4] = {2, 2, 2, 2};
  SacShape shape = sac_shape_of (1, 3, 8, 8);
  Fixture fixture;
  g_autoptr (GError) error = NULL;

  set_up (&fixture, linear, &shape, "samples=2 random-maps=0");

  g_autoptr (SacMap) map = map_of (2, 2, cells);
  g_autoptr (SacFaithfulnessReport) report = measure (&fixture, map);
  g_autoptr (JsonObject) object = sac_faithfulness_to_json (report);
  JsonObject *first =
    json_array_get_object_element (json_object_get_array_member (object,
                                                                 "baselines"),
                                   0);

  g_assert_true (report->map->is_flat);
  g_assert_true (isnan (report->map->figures[1].deletion_area));
  g_assert_true (isnan (report->map->road));
  g_assert_true (isfinite (report->centre->road));
  g_assert_true (
    json_object_get_null_member (json_object_get_object_member (first, "map"),
                                 "aopc"));
  g_assert_true (json_object_has_member (object, "notes"));

  g_autoptr (SacFaithfulness) self =
    sac_faithfulness_new (&fixture.request, NULL, &error);

  map->values[1] = NAN;
  g_assert_null (sac_faithfulness_measure (self, map, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNDEFINED, "not finite");
  tear_down (&fixture);
}

static void
test_refused (void)
{
  SacShape shape = sac_shape_of (1, 3, 8, 8);
  g_autoptr (SacJob) job = sac_job_new (NULL);
  g_autoptr (GError) error = NULL;
  Fixture fixture;

  set_up (&fixture, linear, &shape, "steps=0");
  g_assert_null (sac_faithfulness_new (&fixture.request, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH,
                     "steps is 0: it must be a whole number from 1 to 200");
  g_hash_table_remove_all (fixture.settings);
  sac_job_cancel (job);
  g_assert_null (sac_faithfulness_new (&fixture.request, job, &error));
  test_assert_error (&error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "");
  tear_down (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/faithfulness/four-pixels", test_four_pixels);
  g_test_add_func ("/faithfulness/five-pixels", test_five_pixels);
  g_test_add_func ("/faithfulness/rank", test_rank);
  g_test_add_func ("/faithfulness/imputed", test_imputed);
  g_test_add_func ("/faithfulness/imputed-slope", test_imputed_slope);
  g_test_add_func ("/faithfulness/infidelity", test_infidelity);
  g_test_add_func ("/faithfulness/best-order", test_best_order);
  g_test_add_func ("/faithfulness/seed", test_seed);
  g_test_add_func ("/faithfulness/flat", test_flat);
  g_test_add_func ("/faithfulness/refused", test_refused);
  return g_test_run ();
}
