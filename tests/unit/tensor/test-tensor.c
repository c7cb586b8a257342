/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "tensor/tensor.h"

#include "base/error.h"
#include "support.h"

#include <math.h>
#include <string.h>

static void
test_types (void)
{
  g_assert_cmpstr (sac_type_get_name (SAC_TYPE_FLOAT), ==, "float32");
  g_assert_cmpstr (sac_type_get_name (SAC_TYPE_BFLOAT16), ==, "bfloat16");
  g_assert_cmpstr (sac_type_get_name ((SacType)99), ==, "unknown");
  g_assert_cmpstr (sac_type_get_name ((SacType)-1), ==, "unknown");
  g_assert_cmpint (sac_type_get_kind (SAC_TYPE_FLOAT16), ==, SAC_KIND_F32);
  g_assert_cmpint (sac_type_get_kind (SAC_TYPE_DOUBLE), ==, SAC_KIND_F64);
  g_assert_cmpint (sac_type_get_kind (SAC_TYPE_UINT8), ==, SAC_KIND_I64);
  g_assert_cmpint (sac_type_get_kind (SAC_TYPE_BOOL), ==, SAC_KIND_BOOL);
  g_assert_cmpint (sac_type_get_kind (SAC_TYPE_STRING), ==, SAC_KIND_NONE);
  g_assert_cmpint (sac_type_get_kind ((SacType)99), ==, SAC_KIND_NONE);
  g_assert_cmpint (sac_type_get_kind ((SacType)-1), ==, SAC_KIND_NONE);
}

static void
test_new (void)
{
  g_autoptr (GError) error = NULL;
  SacShape shape = sac_shape_of (3, 5);
  g_autoptr (SacTensor) tensor =
    sac_tensor_new (SAC_TYPE_INT32, &shape, &error);

  g_assert_no_error (error);
  g_assert_cmpuint ((uintptr_t)tensor->data % 64, ==, 0);
  g_assert_cmpint (sac_tensor_get_count (tensor), ==, 15);
  g_assert_cmpuint (sac_tensor_get_bytes (tensor), ==, 15 * sizeof (int64_t));
  for (int i = 0; i < 15; i++)
    g_assert_cmpint (sac_tensor_i64 (tensor)[i], ==, 0);
}

static void
test_empty (void)
{
  g_autoptr (GError) error = NULL;
  SacShape shape = sac_shape_of (3, 0);
  g_autoptr (SacTensor) tensor =
    sac_tensor_new (SAC_TYPE_FLOAT, &shape, &error);

  g_assert_no_error (error);
  g_assert_nonnull (tensor->data);
  g_assert_cmpuint (sac_tensor_get_bytes (tensor), ==, 0);
}

static void
test_refused (void)
{
  g_autoptr (GError) error = NULL;
  SacShape small = sac_shape_of (1), negative = sac_shape_of (2, -1),
           large = sac_shape_of ((int64_t)SAC_LIMIT_VALUE_BYTES / 4 + 1),
           wraps = sac_shape_of ((int64_t)1 << 32, (int64_t)1 << 32);

  g_assert_null (sac_tensor_new (SAC_TYPE_STRING, &small, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNSUPPORTED, "string");
  g_assert_null (sac_tensor_new (SAC_TYPE_FLOAT, &negative, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_TOO_LARGE, "2x?");
  g_assert_null (sac_tensor_new (SAC_TYPE_FLOAT, &large, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_TOO_LARGE, "float32");
  g_assert_null (sac_tensor_new (SAC_TYPE_BOOL, &wraps, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_TOO_LARGE, "4294967296");
}

static void
count_call (void *data)
{
  ++*(int *)data;
}

static void
test_view (void)
{
  float memory[2] = {1, 2};
  int freed = 0;
  SacShape shape = sac_shape_of (2);
  SacTensor *tensor =
    sac_tensor_new_view (SAC_TYPE_FLOAT, &shape, memory, count_call, &freed);

  g_assert_true (sac_tensor_f32 (tensor) == memory);
  sac_tensor_ref (tensor);
  sac_tensor_unref (tensor);
  g_assert_cmpint (freed, ==, 0);
  sac_tensor_unref (tensor);
  g_assert_cmpint (freed, ==, 1);
  sac_tensor_unref (NULL);
}

/* All halves: to float, which must be sign * fraction * 2^exponent, and back to
 * the same bits. */
static void
test_halves (void)
{
  for (int bits = 0; bits < 65536; bits++) {
    int exponent = bits >> 10 & 31, fraction = bits & 1023;
    double expected = exponent == 0 ? ldexp (fraction, -24)
                                    : ldexp (1024 + fraction, exponent - 25);
    float value = sac_half_to_float ((uint16_t)bits);

    if (exponent == 31 && fraction != 0) {
      g_assert_true (isnan (value));
      g_assert_true (isnan (sac_half_to_float (sac_float_to_half (value))));
      continue;
    }
    if (exponent == 31)
      expected = INFINITY;
    g_assert_cmpfloat (fabs ((double)value), ==, expected);
    g_assert_cmpint (signbit (value) != 0, ==, bits >> 15);
    g_assert_cmpint (sac_float_to_half (value), ==, bits);
  }
}

/* Halfway between neighbours goes to the even one, a hair beside it to the
 * nearer one; over the whole range of exponents, subnormals too. */
static void
test_half_rounding (void)
{
  for (int bits = 0; bits < 0x7c00; bits++) {
    double low = sac_half_to_float ((uint16_t)bits);
    double high = bits == 0x7bff ? 65536 : sac_half_to_float (bits + 1);
    float middle = (float)((low + high) / 2);
    int even = bits + (bits & 1);

    g_assert_cmpint (sac_float_to_half (middle), ==, even);
    g_assert_cmpint (sac_float_to_half (-middle), ==, even | 0x8000);
    g_assert_cmpint (sac_float_to_half (nextafterf (middle, 0)), ==, bits);
    g_assert_cmpint (sac_float_to_half (nextafterf (middle, INFINITY)), ==,
                     bits + 1);
  }
  g_assert_cmpint (sac_float_to_half (1e30f), ==, 0x7c00);
  g_assert_cmpint (sac_float_to_half (-INFINITY), ==, 0xfc00);
  g_assert_cmpint (sac_float_to_half (1e-30f), ==, 0);
}

static void
test_bfloats (void)
{
  for (int bits = 0; bits < 0x7f80; bits++) {
    double low = sac_bfloat_to_float ((uint16_t)bits);
    double high = bits == 0x7f7f ? 0x1p128 : sac_bfloat_to_float (bits + 1);
    float middle = (float)((low + high) / 2);
    int even = bits + (bits & 1);

    g_assert_cmpint (sac_float_to_bfloat ((float)low), ==, bits);
    g_assert_cmpint (sac_float_to_bfloat (middle), ==, even);
    g_assert_cmpint (sac_float_to_bfloat (-middle), ==, even | 0x8000);
    g_assert_cmpint (sac_float_to_bfloat (nextafterf (middle, 0)), ==, bits);
  }
  g_assert_true (isnan (sac_bfloat_to_float (sac_float_to_bfloat (NAN))));
  g_assert_cmpint (sac_float_to_bfloat (INFINITY), ==, 0x7f80);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tensor/types", test_types);
  g_test_add_func ("/tensor/new", test_new);
  g_test_add_func ("/tensor/empty", test_empty);
  g_test_add_func ("/tensor/refused", test_refused);
  g_test_add_func ("/tensor/view", test_view);
  g_test_add_func ("/tensor/halves", test_halves);
  g_test_add_func ("/tensor/half-rounding", test_half_rounding);
  g_test_add_func ("/tensor/bfloats", test_bfloats);
  return g_test_run ();
}
