/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "case.h"

#include "network/ops.h"
#include "tensor/npy.h"

#include <math.h>
#include <string.h>

JsonParser *
case_read_json (const char *path)
{
  g_autoptr (GError) error = NULL;
  JsonParser *parser = json_parser_new ();

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  return parser;
}

JsonArray *
case_get_array (JsonObject *object, const char *name)
{
  static JsonArray *empty = NULL;

  if (json_object_has_member (object, name))
    return json_object_get_array_member (object, name);
  if (empty == NULL)
    empty = json_array_new ();
  return empty;
}

SacTensor *
case_read_array (const char *folder, const char *file)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (folder, file, NULL);
  SacTensor *tensor = sac_npy_read (path, &error);

  g_assert_no_error (error);
  return tensor;
}

SacTensor **
case_read_inputs (SacNetwork *network, const char *folder, JsonArray *inputs)
{
  const SacGraph *graph = sac_network_get_graph (network);
  SacTensor **tensors = g_new0 (SacTensor *, graph->input_count + 1);

  for (size_t i = 0; i < graph->input_count; i++) {
    const char *name = graph->values[graph->inputs[i]].name;

    for (guint k = 0; k < json_array_get_length (inputs); k++) {
      JsonObject *entry = json_array_get_object_element (inputs, k);

      if (strcmp (json_object_get_string_member (entry, "name"), name) == 0)
        tensors[i] =
          case_read_array (folder,
                           json_object_get_string_member (entry, "file"));
    }
  }
  return tensors;
}

void
case_free_inputs (SacNetwork *network, SacTensor **inputs)
{
  const SacGraph *graph = sac_network_get_graph (network);

  for (size_t i = 0; i < graph->input_count; i++)
    g_clear_pointer (&inputs[i], sac_tensor_unref);
  g_free (inputs);
}

static double
get_element (const SacTensor *tensor, int64_t index)
{
  switch (sac_tensor_get_kind (tensor)) {
  case SAC_KIND_F32:
    return sac_tensor_f32 (tensor)[index];
  case SAC_KIND_F64:
    return ((const double *)tensor->data)[index];
  case SAC_KIND_I64:
    return sac_tensor_i64 (tensor)[index];
  case SAC_KIND_BOOL:
  case SAC_KIND_NONE:
  default:
    return ((const uint8_t *)tensor->data)[index];
  }
}

double
case_compare (const SacTensor *got, const SacTensor *expected)
{
  double largest = 0, worst = 0;

  if (sac_tensor_get_kind (got) != sac_tensor_get_kind (expected) ||
      !sac_shape_equal (&got->shape, &expected->shape))
    return INFINITY;
  for (int64_t i = 0; i < sac_tensor_get_count (expected); i++) {
    double x = get_element (got, i), y = get_element (expected, i);

    if (isnan (x) && isnan (y))
      continue;
    if (isnan (x) || isnan (y))
      return INFINITY;
    largest = fmax (largest, fabs (y));
    worst = fmax (worst, x == y ? 0 : fabs (x - y));
  }
  return worst == 0 ? 0 : worst / largest;
}

void
case_check (const SacTensor *got,
            const char *folder,
            const char *file,
            double tolerance,
            const char *what)
{
  g_autoptr (SacTensor) expected = case_read_array (folder, file);

  g_assert_nonnull (got);

  double worst = case_compare (got, expected);

  if (worst <= tolerance)
    return;

  g_autofree char *shape = sac_shape_to_string (&got->shape);

  g_test_message ("%s (%s, %s): off by %.3g of the largest, allowed %.3g", what,
                  file, shape, worst, tolerance);
  g_test_fail ();
}

const char *
case_find_missing_op (JsonObject *ops)
{
  g_autoptr (GList) names = json_object_get_members (ops);

  for (GList *at = names; at != NULL; at = at->next) {
    if (sac_ops_find ("", at->data) == NULL)
      return at->data;
  }
  return NULL;
}
