/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/wire.h"

#include "base/error.h"
#include "support.h"

#include <string.h>

#define WIRE(...)                                                              \
  sac_wire_new ((const uint8_t[]){__VA_ARGS__},                                \
                sizeof ((const uint8_t[]){__VA_ARGS__}))

static void
test_fields (void)
{
  g_autoptr (GError) error = NULL;
  SacWire wire = WIRE (0x08, 0x96, 0x01,                 /* 1: 150 */
                       0x12, 0x02, 'o', 'k',             /* 2: "ok" */
                       0x1d, 0, 0, 0x80, 0x3f,           /* 3: 1.0f */
                       0x21, 1, 0, 0, 0, 0, 0, 0, 0x80); /* 4: 64 bits */
  const uint64_t values[] = {150, 0, 0x3f800000, 0x8000000000000001};
  SacField field;

  for (size_t i = 0; i < G_N_ELEMENTS (values); i++) {
    g_assert_true (sac_wire_more (&wire));
    g_assert_true (sac_wire_next (&wire, &field, &error));
    g_assert_cmpuint (field.number, ==, i + 1);
    g_assert_cmpuint (field.value, ==, values[i]);
    if (field.kind == SAC_WIRE_BYTES)
      g_assert_cmpmem (field.bytes.at, sac_wire_size (&field.bytes), "ok", 2);
  }
  g_assert_false (sac_wire_more (&wire));
}

static void
check_refused (SacWire wire, const char *part)
{
  g_autoptr (GError) error = NULL;
  SacField field;
  bool good = true;

  while (good && sac_wire_more (&wire))
    good = sac_wire_next (&wire, &field, &error);
  g_assert_false (good);
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_DAMAGED, part);
}

static void
test_refused (void)
{
  check_refused (WIRE (0x00, 0x01), "field number");
  check_refused (WIRE (0x0b), "wire type");
  check_refused (WIRE (0x0c), "wire type");
  check_refused (WIRE (0x0e), "wire type");
  check_refused (WIRE (0x0f), "wire type");
  check_refused (WIRE (0x08), "byte 1: the data end");
  check_refused (WIRE (0x08, 0x80), "the data end");
  check_refused (WIRE (0x12, 0x03, 'o', 'k'), "a part of 3 bytes, where 2");
  check_refused (WIRE (0x1d, 0, 0, 0), "the data end");
  check_refused (WIRE (0x21, 0, 0, 0, 0, 0, 0, 0), "the data end");
  check_refused (WIRE (0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                       0xff, 0x02, 0),
                 "more than 64 bits");
  check_refused (WIRE (0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                       0xff, 0x01, 0),
                 "where 1 are left");
  check_refused (WIRE (0x80, 0x80, 0x80, 0x80, 0x80, 0x01, 0), "field number");
}

static void
test_largest_number (void)
{
  g_autoptr (GError) error = NULL;
  SacWire wire =
    WIRE (0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01);
  SacField field;

  g_assert_true (sac_wire_next (&wire, &field, &error));
  g_assert_cmpuint (field.value, ==, G_MAXUINT64);
}

static void
check_values (SacField *field, SacWireKind kind, const uint64_t *expected)
{
  g_autoptr (GError) error = NULL;
  size_t count;

  g_assert_true (sac_field_count_values (field, kind, &count, &error));
  for (size_t i = 0; i < count; i++) {
    uint64_t value;

    g_assert_true (sac_field_next_value (field, kind, &value, &error));
    g_assert_cmpuint (value, ==, expected[i]);
  }
  g_assert_cmpuint (expected[count], ==, G_MAXUINT64);
}

/* The same list packed and not; a reader has to take both. */
static void
test_lists (void)
{
  g_autoptr (GError) error = NULL;
  SacWire packed = WIRE (0x0a, 0x03, 0x05, 0x96, 0x01);
  SacWire single = WIRE (0x08, 0x05);
  SacWire floats = WIRE (0x0a, 0x08, 1, 0, 0, 0, 2, 0, 0, 0);
  SacField field;

  g_assert_true (sac_wire_next (&packed, &field, &error));
  check_values (&field, SAC_WIRE_VARINT,
                (const uint64_t[]){5, 150, G_MAXUINT64});
  g_assert_true (sac_wire_next (&single, &field, &error));
  check_values (&field, SAC_WIRE_VARINT, (const uint64_t[]){5, G_MAXUINT64});
  g_assert_true (sac_wire_next (&floats, &field, &error));
  check_values (&field, SAC_WIRE_FIXED32,
                (const uint64_t[]){1, 2, G_MAXUINT64});
}

static void
test_broken_lists (void)
{
  g_autoptr (GError) error = NULL;
  SacWire odd = WIRE (0x0a, 0x03, 0, 0, 0);
  SacWire open_end = WIRE (0x0a, 0x02, 0x05, 0x80);
  SacWire wrong = WIRE (0x0d, 0, 0, 0, 0);
  SacField field;
  size_t count;
  uint64_t value;

  g_assert_true (sac_wire_next (&odd, &field, &error));
  g_assert_false (
    sac_field_count_values (&field, SAC_WIRE_FIXED32, &count, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_DAMAGED, "inside a number");
  g_assert_true (sac_wire_next (&open_end, &field, &error));
  g_assert_true (
    sac_field_count_values (&field, SAC_WIRE_VARINT, &count, &error));
  g_assert_cmpuint (count, ==, 1);
  g_assert_true (
    sac_field_next_value (&field, SAC_WIRE_VARINT, &value, &error));
  g_assert_false (
    sac_field_next_value (&field, SAC_WIRE_VARINT, &value, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_DAMAGED, "the data end");
  g_assert_true (sac_wire_next (&wrong, &field, &error));
  g_assert_false (
    sac_field_count_values (&field, SAC_WIRE_VARINT, &count, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_DAMAGED, "wire type");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/fields", test_fields);
  g_test_add_func ("/wire/refused", test_refused);
  g_test_add_func ("/wire/largest-number", test_largest_number);
  g_test_add_func ("/wire/lists", test_lists);
  g_test_add_func ("/wire/broken-lists", test_broken_lists);
  return g_test_run ();
}
