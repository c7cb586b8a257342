/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Focal modulation is found where there is some, and its map is the norm over
 * channels of the reference's own modulator. */
#include "base/error.h"
#include "explain-case.h"
#include "support.h"

#include <math.h>
#include <string.h>

typedef struct {
  ExplainCase *loaded;
  SacTensor **inputs;
  SacExplainRequest request;
} Focal;

static bool
focal_init (Focal *self, const char *name)
{
  *self = (Focal){.loaded = explain_case_new (name)};
  if (self->loaded == NULL)
    return false;
  self->inputs = explain_case_read_inputs (self->loaded, self->loaded->root);
  self->request = (SacExplainRequest){
    .model = self->loaded->model,
    .inputs = (const SacTensor *const *)self->inputs,
  };
  return true;
}

static void
focal_finish (Focal *self)
{
  case_free_inputs (sac_model_get_network (self->loaded->model), self->inputs);
  explain_case_free (self->loaded);
}

/* Rounding of float32 kernels stays below 1e-5; products of numbers in two
 * bfloat16 parts err by up to 2^-17 of their magnitudes, layer after layer. */
#define TOLERANCE 5e-5

/* expected: [1, channels, rows, columns]. */
static void
check_norm (const SacMap *map, const SacTensor *expected)
{
  const int64_t *dims = expected->shape.dims;
  int64_t cells = dims[2] * dims[3];
  g_autofree float *norms = g_new (float, cells);

  g_assert_cmpint (map->rows, ==, dims[2]);
  g_assert_cmpint (map->columns, ==, dims[3]);
  g_assert_false (map->class_specific);
  for (int64_t i = 0; i < cells; i++) {
    double sum = 0;

    for (int64_t k = 0; k < dims[1]; k++)
      sum += pow (sac_tensor_f32 (expected)[k * cells + i], 2);
    norms[i] = (float)sqrt (sum);
  }
  test_assert_close (map->values, norms, cells, TOLERANCE, "norm");
}

static void
test_focal (const void *name)
{
  Focal focal;
  guint checked = 0;

  if (!focal_init (&focal, name))
    return;

  JsonArray *captures = case_get_array (focal.loaded->root, "captures");

  for (guint i = 0; i < json_array_get_length (captures); i++) {
    g_autoptr (GError) error = NULL;
    JsonObject *entry = json_array_get_object_element (captures, i);

    if (strstr (json_object_get_string_member (entry, "what"), "modulator") ==
        NULL)
      continue;
    focal.request.layer = json_object_get_string_member (entry, "tensor");

    g_autoptr (SacTensor) expected =
      case_read_array (focal.loaded->folder,
                       json_object_get_string_member (entry, "file"));
    g_autoptr (SacMap) map = sac_method_run (sac_method_find ("modulator-norm"),
                                             &focal.request, NULL, &error);

    g_assert_no_error (error);
    check_norm (map, expected);
    checked++;
  }
  g_assert_cmpuint (checked, >=, 2);
  focal_finish (&focal);
}

/* The last block by default; a value that is none is refused with a list. */
static void
test_choice (void)
{
  g_autoptr (GError) error = NULL;
  Focal focal;

  if (!focal_init (&focal, "focalnet"))
    return;

  g_autoptr (SacMap) map = sac_method_run (sac_method_find ("modulator-norm"),
                                           &focal.request, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (map->rows, ==, 4);
  focal.request.layer = "logits";
  g_assert_null (sac_method_run (sac_method_find ("modulator-norm"),
                                 &focal.request, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH, "mod/h/Conv");
  focal_finish (&focal);
}

/* Gates of channels, of places and of branches are none. */
static void
test_others (void)
{
  static const char *const names[] = {"mobilenet_v3", "efficientnet_gsa",
                                      "convnext",     "unet",
                                      "swin",         "davit"};

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *reason = NULL;
    Focal focal;

    if (!focal_init (&focal, names[i]))
      return;
    g_assert_false (sac_method_applies (sac_method_find ("modulator-norm"),
                                        focal.loaded->model, &reason));
    g_assert_nonnull (strstr (reason, "no focal modulation"));
    focal_finish (&focal);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/explain/modulator/focalnet", "focalnet", test_focal);
  g_test_add_data_func ("/explain/modulator/focalnet-post", "focalnet_post",
                        test_focal);
  g_test_add_func ("/explain/modulator/choice", test_choice);
  g_test_add_func ("/explain/modulator/others", test_others);
  return g_test_run ();
}
