/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Methods that differentiate to the input image or alter it: the closed form of
 * test-closed-form.c, linear networks, where all of them are known, and what
 * must not change a map: batches, seeds, who looks on. */
#include "base/error.h"
#include "support.h"
#include "written-model.h"

#include <math.h>
#include <string.h>

#define HEAD                                                                   \
  "opset 13\n"                                                                 \
  "init w float 2,1,3,3 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\n"                 \
  "init b float 2 -50 -75\n"                                                   \
  "init rows float 1,8 1 1 1 1 1 -1 -1 -1\n"                                   \
  "init zero float 1 0\n"
#define TAIL                                                                   \
  "node _ Relu conv -> relu\n"                                                 \
  "node _ Flatten relu -> flat axis=i:1\n"                                     \
  "node _ Gemm flat,rows,zero -> linear transB=i:1\n"                          \
  "node _ Relu linear -> score\n"                                              \
  "output score float 1,1\n"

static const char one_input[] = HEAD "input x float 1,1,4,4\n"
                                     "node _ Conv x,w,b -> conv\n" TAIL;
static const char two_inputs[] = HEAD "input x float 1,1,4,4\n"
                                      "input y float 1,1,4,4\n"
                                      "node _ Add x,y -> sum\n"
                                      "node _ Conv sum,w,b -> conv\n" TAIL;

/* Two classes, linear in the pixels. */
#define LINEAR(batch)                                                          \
  "opset 13\n"                                                                 \
  "input x float " batch ",3,8,8\n"                                            \
  "noise rows 192,2\n"                                                         \
  "node _ Flatten x -> flat\n"                                                 \
  "node _ MatMul flat,rows -> score\n"                                         \
  "output score float " batch ",2\n"

/* Its samples leak into one another: the mean over the batch is taken away and,
 * so that one sample alone has the score of the network above, added again by
 * hand: 2 x - mean. */
static const char leaking[] = "opset 13\n"
                              "input x float ?,3,8,8\n"
                              "noise rows 192,2\n"
                              "node _ Flatten x -> flat\n"
                              "node _ Add flat,flat -> twice\n"
                              "node _ ReduceMean flat -> mean axes=is:0\n"
                              "node _ Sub twice,mean -> still\n"
                              "node _ MatMul still,rows -> score\n"
                              "output score float ?,2\n";

typedef struct {
  SacModel *model;
  SacTensor *inputs[2];
  SacExplainRequest request;
} Fixture;

static void
set_up (Fixture *fixture, const char *text, const SacShape *shape)
{
  fixture->model = written_model_new (text);
  fixture->inputs[0] = written_input_new (shape, 3);
  fixture->inputs[1] = written_input_new (shape, 4);
  fixture->request = (SacExplainRequest){
    .model = fixture->model,
    .inputs = (const SacTensor *const *)fixture->inputs,
  };
}

/* The inputs of the closed form: 0 to 15, and ones. */
static void
set_up_closed (Fixture *fixture, const char *text)
{
  SacShape shape = sac_shape_of (1, 1, 4, 4);

  set_up (fixture, text, &shape);
  for (int i = 0; i < 16; i++) {
    sac_tensor_f32 (fixture->inputs[0])[i] = (float)i;
    sac_tensor_f32 (fixture->inputs[1])[i] = 1;
  }
}

static void
set_up_linear (Fixture *fixture, const char *text)
{
  SacShape shape = sac_shape_of (1, 3, 8, 8);

  set_up (fixture, text, &shape);
}

static void
tear_down (Fixture *fixture)
{
  sac_tensor_unref (fixture->inputs[0]);
  sac_tensor_unref (fixture->inputs[1]);
  sac_model_unref (fixture->model);
}

/* params: "KEY=VALUE KEY=VALUE". */
static SacMap *
run (Fixture *fixture, const char *method, const char *params)
{
  g_autoptr (GError) error = NULL;
  SacMap *map = written_run (method, &fixture->request, params, &error);

  g_assert_no_error (error);
  return map;
}

static double
sum_of (const SacMap *map)
{
  double sum = 0;

  for (int i = 0; i < map->rows * map->columns; i++)
    sum += map->values[i];
  return sum;
}

static void
assert_same (const SacMap *got, const SacMap *expected, double tolerance)
{
  g_assert_cmpint (got->rows, ==, expected->rows);
  g_assert_cmpint (got->columns, ==, expected->columns);
  test_assert_close (got->values, expected->values, got->rows * got->columns,
                     tolerance, got->method);
}

static void
test_closed_form (void)
{
  static const float product[16] = {0, 1, 2, 3, 0, 5, 6, 7, 0, 9, 10, 11};
  Fixture fixture;

  set_up_closed (&fixture, one_input);

  g_autoptr (SacMap) times = run (&fixture, "gradient-x-input", NULL);
  g_autoptr (SacMap) whole = run (&fixture, "integrated-gradients",
                                  "steps=1000 rule=midpoint baseline=0");

  test_assert_close (times->values, product, 16, 1e-6, "gradient x input");
  /* Row 2 by 2000 midpoints in double precision; kinks let the sum of 1000
   * points differ by a few thousandths. */
  test_assert_close (whole->values + 4,
                     (float[]){1.234f, 3.3025f, 3.963f, 2.464f}, 4, 5e-3,
                     "integrated gradients");
  g_assert_cmpfloat_with_epsilon (sum_of (whole), 54, 0.1);
  tear_down (&fixture);
}

/* One window over all: the score's fall is what the input is worth. */
static void
test_occluded_inputs (void)
{
  Fixture fixture;

  set_up_closed (&fixture, two_inputs);
  for (size_t i = 0; i < 2; i++) {
    fixture.request.input = i;

    g_autoptr (SacMap) map =
      run (&fixture, "occlusion", "patch=4 stride=4 baseline=0");

    g_assert_cmpint (map->rows * map->columns, ==, 1);
    g_assert_cmpfloat_with_epsilon (map->values[0], i == 0 ? 67 : 13, 1e-4);
  }
  tear_down (&fixture);
}

/* A linear score has the same gradient everywhere; noise and the way from a
 * baseline of zeros change nothing. */
static void
test_linear (void)
{
  Fixture fixture;

  set_up_linear (&fixture, LINEAR ("1"));

  g_autoptr (SacMap) gradient = run (&fixture, "gradient", "channels=sum");
  g_autoptr (SacMap) smooth =
    run (&fixture, "smoothgrad", "channels=sum samples=3");
  g_autoptr (SacMap) times = run (&fixture, "gradient-x-input", NULL);
  g_autoptr (SacMap) whole =
    run (&fixture, "integrated-gradients", "steps=7 baseline=0");
  g_autoptr (SacMap) covered =
    run (&fixture, "occlusion", "patch=1 stride=1 baseline=0");

  assert_same (smooth, gradient, 1e-6);
  assert_same (whole, times, 1e-5);
  assert_same (covered, times, 1e-4);
  g_assert_cmpfloat (fabs (json_object_get_double_member (whole->provenance,
                                                          "convergence_delta")),
                     <, 1e-4);
  g_assert_false (json_object_has_member (whole->provenance, "notes"));
  tear_down (&fixture);
}

/* Windows overlap, and the last ones are cut off by the edge: 8 pixels, windows
 * of 4 that start at 0, 3 and 6. */
static void
test_windows (void)
{
  Fixture fixture;

  set_up_linear (&fixture, LINEAR ("1"));

  g_autoptr (SacMap) times = run (&fixture, "gradient-x-input", NULL);
  g_autoptr (SacMap) map =
    run (&fixture, "occlusion", "patch=4 stride=3 baseline=0");

  g_assert_cmpint (map->rows, ==, 3);
  g_assert_cmpint (map->columns, ==, 3);
  for (int row = 0; row < 3; row++) {
    for (int column = 0; column < 3; column++) {
      double expected = 0;

      for (int y = 3 * row; y < MIN (3 * row + 4, 8); y++) {
        for (int x = 3 * column; x < MIN (3 * column + 4, 8); x++)
          expected += times->values[y * 8 + x];
      }
      g_assert_cmpfloat_with_epsilon (map->values[row * 3 + column], expected,
                                      1e-4);
    }
  }
  tear_down (&fixture);
}

/* The map lies where the windows' middles are, within what the input covers. */
static void
test_place (void)
{
  SacGeometry geometry = {.image_width = 80,
                          .image_height = 160,
                          .seen = {0, 0, 80, 160},
                          .input_width = 8,
                          .input_height = 8};
  const SacGeometry *geometries[] = {&geometry};
  Fixture fixture;

  set_up_linear (&fixture, LINEAR ("1"));
  fixture.request.geometries = geometries;

  g_autoptr (SacMap) map = run (&fixture, "occlusion", "patch=4 stride=2");
  SacRect cell =
    sac_geometry_cell (&map->geometry, map->rows, map->columns, 1, 2);

  g_assert_cmpint (map->rows, ==, 3);
  g_assert_cmpfloat_with_epsilon (cell.x, 50, 1e-9);
  g_assert_cmpfloat_with_epsilon (cell.y, 60, 1e-9);
  g_assert_cmpfloat_with_epsilon (cell.width, 20, 1e-9);
  g_assert_cmpfloat_with_epsilon (cell.height, 40, 1e-9);
  g_assert_cmpfloat (sac_geometry_get_input (&map->geometry)->width, ==, 80);

  /* Windows of 3 at 0, 2, 4, 6, the last cut by the edge: its cell ends there.
   */
  g_autoptr (SacMap) cut = run (&fixture, "occlusion", "patch=3 stride=2");

  g_assert_cmpint (cut->columns, ==, 4);
  cell = sac_geometry_cell (&cut->geometry, cut->rows, cut->columns, 3, 3);
  g_assert_cmpfloat_with_epsilon (cell.x, 65, 1e-9);
  g_assert_cmpfloat_with_epsilon (cell.x + cell.width, 80, 1e-9);
  g_assert_cmpfloat_with_epsilon (cell.y + cell.height, 160, 1e-9);

  /* Windows apart: none begins beyond the edge, where it would cover nothing.
   */
  g_autoptr (SacMap) apart = run (&fixture, "occlusion", "patch=1 stride=5");

  g_assert_cmpint (apart->rows, ==, 2);
  g_assert_cmpint (apart->columns, ==, 2);
  tear_down (&fixture);
}

/* Several versions at once give what they give alone, also where the network
 * mixes the samples of a batch. */
static void
test_batches (void)
{
  static const char *const texts[] = {LINEAR ("?"), leaking};
  static const char *const methods[] = {"occlusion", "rise"};
  static const char *const params[] = {"patch=3 stride=1", "masks=50"};
  Fixture alone;

  set_up_linear (&alone, LINEAR ("1"));
  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++) {
    for (size_t k = 0; k < G_N_ELEMENTS (methods); k++) {
      Fixture fixture;

      set_up_linear (&fixture, texts[i]);

      g_autoptr (SacMap) expected = run (&alone, methods[k], params[k]);
      g_autoptr (SacMap) got = run (&fixture, methods[k], params[k]);

      assert_same (got, expected, 2e-5);
      tear_down (&fixture);
    }
  }
  tear_down (&alone);
}

/* A seed gives the same bits again, another seed another map. */
static void
test_seeds (void)
{
  static const char *const methods[] = {"rise", "smoothgrad"};
  static const char *const first[] = {"masks=40 seed=7",
                                      "samples=3 noise=2 seed=7"};
  static const char *const other[] = {"masks=40 seed=8",
                                      "samples=3 noise=2 seed=8"};
  SacShape shape = sac_shape_of (1, 1, 4, 4);
  Fixture fixture;

  set_up (&fixture, one_input, &shape);
  for (int i = 0; i < 16; i++)
    sac_tensor_f32 (fixture.inputs[0])[i] = 4 + 0.8f * (float)(i % 5);
  for (size_t i = 0; i < G_N_ELEMENTS (methods); i++) {
    g_autoptr (SacMap) one = run (&fixture, methods[i], first[i]);
    g_autoptr (SacMap) again = run (&fixture, methods[i], first[i]);
    g_autoptr (SacMap) differs = run (&fixture, methods[i], other[i]);

    g_assert_cmpmem (again->values, 16 * sizeof (float), one->values,
                     16 * sizeof (float));
    g_assert_cmpint (memcmp (differs->values, one->values, 16 * sizeof (float)),
                     !=, 0);
  }
  tear_down (&fixture);
}

/* For a linear score f = sum w x and masks that hide towards 0, the mean of
 * (f - mean f) M / p goes to the covariance of the masks with w x: a pixel that
 * counts alone has the largest value, and the score's share of the other class
 * has no part in it. */
static void
test_rise (void)
{
  Fixture fixture;
  int largest = 0;

  set_up_linear (&fixture, LINEAR ("?"));
  for (int i = 0; i < 192; i++)
    sac_tensor_f32 (fixture.inputs[0])[i] = i == 18 ? 100 : 0;

  g_autoptr (SacMap) times = run (&fixture, "gradient-x-input", NULL);
  g_autoptr (SacMap) map =
    run (&fixture, "rise", "masks=1000 cells=8 baseline=0");
  double sign = times->values[18] < 0 ? -1 : 1;

  for (int i = 0; i < 64; i++) {
    if (sign * map->values[i] > sign * map->values[largest])
      largest = i;
  }
  g_assert_cmpint (largest, ==, 18);
  tear_down (&fixture);
}

typedef struct {
  guint count;
  int gaps;
} Seen;

static void
look (SacMap *map, void *data)
{
  Seen *seen = data;

  seen->count++;
  seen->gaps = 0;
  for (int i = 0; i < map->rows * map->columns; i++)
    seen->gaps += isnan (map->values[i]);
}

/* What is there so far is handed over, with gaps where nothing is known. */
static void
test_partial (void)
{
  Fixture fixture;
  Seen seen = {0};

  set_up_linear (&fixture, LINEAR ("?"));
  fixture.request.partial = look;
  fixture.request.partial_data = &seen;

  g_autoptr (SacMap) map =
    run (&fixture, "occlusion", "patch=2 stride=1 baseline=0");

  g_assert_cmpuint (seen.count, >=, 1);
  g_assert_cmpint (seen.gaps, <, 64);
  for (int i = 0; i < map->rows * map->columns; i++)
    g_assert_true (isfinite (map->values[i]));
  tear_down (&fixture);
}

static void
assert_refused (Fixture *fixture,
                const char *method,
                const char *params,
                const char *sentence)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (written_run (method, &fixture->request, params, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH, sentence);
}

static void
test_refused (void)
{
  g_autoptr (GError) error = NULL;
  Fixture fixture, flat;
  SacShape shape = sac_shape_of (1, 6);

  set_up_linear (&fixture, LINEAR ("1"));
  assert_refused (&fixture, "rise", "keep=1.5", "a number from 0.01 to 0.99");
  assert_refused (&fixture, "rise", "keep=nan", "a number from 0.01 to 0.99");
  assert_refused (&fixture, "smoothgrad", "samples=0",
                  "a whole number from 1 to 10000");
  assert_refused (&fixture, "integrated-gradients", "rule=simpson",
                  "one of gauss-legendre, midpoint");
  assert_refused (&fixture, "occlusion", "baseline=grey",
                  "one of mean, black, white, blur, or a number");
  tear_down (&fixture);

  set_up (&flat,
          "opset 13\ninput x float 1,6\nnoise w 6,2\n"
          "node _ MatMul x,w -> score\noutput score float 1,2\n",
          &shape);
  g_assert_null (written_run ("occlusion", &flat.request, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNDEFINED, "no image");
  tear_down (&flat);
}

/* Zero outside of what it sees: the same everywhere. */
#define EVERYWHERE                                                             \
  "opset 13\n"                                                                 \
  "input x float 1,1,12,12\n"                                                  \
  "init w float 2,1,3,3 1 2 1 2 4 2 1 2 1 0 -1 0 -1 4 -1 0 -1 0\n"             \
  "init rows float 2,1 1 3\n"                                                  \
  "node _ Conv x,w -> conv pads=is:1,1,1,1\n"                                  \
  "node _ Relu conv -> bent\n"                                                 \
  "node _ GlobalAveragePool bent -> pooled\n"                                  \
  "node _ Flatten pooled -> flat\n"                                            \
  "node _ MatMul flat,rows -> score\n"                                         \
  "output score float 1,1\n"

/* The blob of a fixture `down` and `over` from its place, or mirrored. */
static void
set_blob (Fixture *fixture, int down, int over, bool mirrored)
{
  float *x = sac_tensor_f32 (fixture->inputs[0]);

  memset (x, 0, 144 * sizeof *x);
  for (int r = 0; r < 3; r++)
    for (int c = 0; c < 4; c++) {
      int column = 3 + c + over;

      x[(3 + r + down) * 12 + (mirrored ? 11 - column : column)] =
        (float)(1 + r * 5 % 7 + c * c);
    }
}

/* What moves in the image moves in the map, what is mirrored is mirrored. */
static void
test_moved (void)
{
  static const char *const methods[] = {"occlusion", "gradient-x-input",
                                        "hirescam"};
  static const char *const params[] = {"patch=2 stride=2 baseline=0", NULL,
                                       NULL};
  SacShape shape = sac_shape_of (1, 1, 12, 12);
  Fixture fixture;

  set_up (&fixture, EVERYWHERE, &shape);
  for (size_t k = 0; k < G_N_ELEMENTS (methods); k++) {
    set_blob (&fixture, 0, 0, false);

    g_autoptr (SacMap) map = run (&fixture, methods[k], params[k]);

    set_blob (&fixture, 4, 2, false);

    g_autoptr (SacMap) moved = run (&fixture, methods[k], params[k]);

    set_blob (&fixture, 0, 0, true);

    g_autoptr (SacMap) turned = run (&fixture, methods[k], params[k]);
    int step = 12 / map->rows, side = map->rows;

    g_assert_cmpint (side, ==, map->columns);
    for (int i = 0; i < side * side; i++) {
      int row = i / side, column = i % side;
      int down = row + 4 / step, over = column + 2 / step;

      if (down < side && over < side)
        g_assert_cmpfloat_with_epsilon (moved->values[down * side + over],
                                        map->values[i], 1e-4);
      g_assert_cmpfloat_with_epsilon (turned->values[row * side + side - 1 -
                                                     column],
                                      map->values[i], 1e-4);
    }
  }
  tear_down (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/explain/input/closed-form", test_closed_form);
  g_test_add_func ("/explain/input/occluded-inputs", test_occluded_inputs);
  g_test_add_func ("/explain/input/linear", test_linear);
  g_test_add_func ("/explain/input/windows", test_windows);
  g_test_add_func ("/explain/input/place", test_place);
  g_test_add_func ("/explain/input/batches", test_batches);
  g_test_add_func ("/explain/input/seeds", test_seeds);
  g_test_add_func ("/explain/input/rise", test_rise);
  g_test_add_func ("/explain/input/partial", test_partial);
  g_test_add_func ("/explain/input/refused", test_refused);
  g_test_add_func ("/explain/input/moved", test_moved);
  return g_test_run ();
}
