/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Bags of the reference cases: scores and attention are PyTorch's, and what the
 * maps show of them follows from these. */
#include "explain-case.h"
#include "slide/bag.h"
#include "support.h"

#include <math.h>

static SacTensor *
read_entry (const ExplainCase *loaded, JsonObject *section, const char *list)
{
  JsonObject *entry =
    json_array_get_object_element (case_get_array (section, list), 0);

  return case_read_array (loaded->folder,
                          json_object_get_string_member (entry, "file"));
}

/* The rank of an instance's weight, equal ones sharing theirs. */
static double
find_percentile (const float *values, size_t count, size_t index)
{
  size_t below = 0, equal = 0;

  for (size_t i = 0; i < count; i++) {
    below += values[i] < values[index];
    equal += values[i] == values[index];
  }
  return 100.0 * ((double)below + ((double)equal + 1) / 2) / (double)count;
}

static void
check_branch (const SacBag *bag, size_t branch)
{
  const float *attention = bag->attention + branch * bag->count;
  const float *raw = bag->raw + branch * bag->count;
  const float *percentile = bag->percentile + branch * bag->count;
  double sum = 0, squares = 0, exponentials = 0;

  for (size_t i = 0; i < bag->count; i++)
    exponentials += exp (raw[i]);
  for (size_t i = 0; i < bag->count; i++) {
    sum += attention[i];
    squares += (double)attention[i] * attention[i];
    g_assert_cmpfloat_with_epsilon (attention[i], exp (raw[i]) / exponentials,
                                    1e-6);
    g_assert_cmpfloat_with_epsilon (percentile[i],
                                    find_percentile (raw, bag->count, i), 1e-3);
  }
  g_assert_cmpfloat_with_epsilon (sum, 1, 1e-5);
  g_assert_cmpfloat_with_epsilon (bag->effective[branch], 1 / squares,
                                  1e-5 / squares);
}

static void
check_section (const ExplainCase *loaded, JsonObject *section)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacTensor) features = read_entry (loaded, section, "inputs");
  g_autoptr (SacTensor) scores = read_entry (loaded, section, "outputs");
  g_autoptr (SacTensor) weights = read_entry (loaded, section, "attention");
  g_autoptr (SacBag) bag = sac_bag_pool (loaded->model, features, NULL, &error);
  double tolerance = explain_case_tolerance (loaded, "attention");

  g_assert_no_error (error);
  g_assert_true (sac_bag_model_is (loaded->model));
  g_assert_cmpint (bag->count, ==, features->shape.dims[0]);
  g_assert_cmpint (bag->class_count, ==, scores->shape.dims[1]);
  g_assert_cmpint (bag->branch_count, ==, weights->shape.dims[0]);
  test_assert_close (bag->scores, sac_tensor_f32 (scores), bag->class_count,
                     tolerance, "scores");
  test_assert_close (bag->attention, sac_tensor_f32 (weights),
                     bag->branch_count * bag->count, tolerance, "attention");
  g_assert_null (bag->no_evidence);
  for (size_t b = 0; b < bag->branch_count; b++)
    check_branch (bag, b);
  for (size_t c = 0; c < bag->class_count; c++) {
    double sum = bag->bias[c];

    for (size_t i = 0; i < bag->count; i++)
      sum += bag->evidence[c * bag->count + i];
    g_assert_cmpfloat_with_epsilon (sum, bag->scores[c], 1e-5);
  }
}

static void
test_bag (const void *name)
{
  g_autoptr (ExplainCase) loaded = explain_case_new (name);

  if (loaded != NULL)
    explain_case_each_run (loaded, check_section);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/bag/abmil", "abmil", test_bag);
  g_test_add_data_func ("/bag/clam_sb", "clam_sb", test_bag);
  g_test_add_data_func ("/bag/clam_mb", "clam_mb", test_bag);
  return g_test_run ();
}
