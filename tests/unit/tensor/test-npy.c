/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "tensor/npy.h"

#include "base/error.h"
#include "support.h"

#include <math.h>
#include <string.h>

/* A file of the given version, header text and elements. */
static GBytes *
make_file (int version, const char *header, const void *elements, size_t size)
{
  GByteArray *file = g_byte_array_new ();
  size_t length = strlen (header);
  uint8_t start[12] = {0x93,
                       'N',
                       'U',
                       'M',
                       'P',
                       'Y',
                       (uint8_t)version,
                       0,
                       (uint8_t)length,
                       (uint8_t)(length >> 8)};

  g_byte_array_append (file, start, version == 1 ? 10 : 12);
  g_byte_array_append (file, (const uint8_t *)header, (guint)length);
  g_byte_array_append (file, elements, (guint)size);
  return g_byte_array_free_to_bytes (file);
}

#define HEADER(type, order, shape)                                             \
  "{'descr': '" type "', 'fortran_order': " order ", 'shape': " shape ", }   " \
  "\n"

static SacTensor *
parse (int version, const char *header, const void *elements, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) file = make_file (version, header, elements, size);
  SacTensor *tensor = sac_npy_parse (file, "a.npy", &error);

  g_assert_no_error (error);
  return tensor;
}

static void
assert_refused (const char *header,
                size_t size,
                SacErrorCode code,
                const char *part)
{
  static const uint8_t elements[64];
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) file = make_file (1, header, elements, size);

  g_assert_null (sac_npy_parse (file, "a.npy", &error));
  test_assert_error (&error, SAC_ERROR, code, part);
}

static void
test_types (void)
{
  static const float floats[] = {1.5f, -2};
  static const double doubles[] = {1e300, -2};
  static const uint16_t halves[] = {0x3c00, 0xc000};
  static const int32_t ints[] = {INT32_MIN, 7};
  static const int8_t bytes[] = {-128, 7};
  static const uint8_t unsigned_bytes[] = {200, 7};
  static const uint32_t unsigned_ints[] = {UINT32_MAX, 7};
  static const uint8_t bools[] = {0, 2};
  static const int64_t longs[] = {INT64_MIN, 7};
  g_autoptr (SacTensor) f4 =
    parse (1, HEADER ("<f4", "False", "(2,)"), floats, 8);
  g_autoptr (SacTensor) f8 =
    parse (2, HEADER ("<f8", "False", "(1, 2)"), doubles, 16);
  g_autoptr (SacTensor) f2 =
    parse (3, HEADER ("<f2", "False", "(2,)"), halves, 4);
  g_autoptr (SacTensor) i4 =
    parse (1, HEADER ("<i4", "False", "(2,)"), ints, 8);
  g_autoptr (SacTensor) i1 =
    parse (1, HEADER ("|i1", "False", "(2,)"), bytes, 2);
  g_autoptr (SacTensor) u1 =
    parse (1, HEADER ("|u1", "False", "(2,)"), unsigned_bytes, 2);
  g_autoptr (SacTensor) u4 =
    parse (1, HEADER ("<u4", "False", "(2,)"), unsigned_ints, 8);
  g_autoptr (SacTensor) b1 =
    parse (1, HEADER ("|b1", "False", "(2,)"), bools, 2);
  g_autoptr (SacTensor) i8 =
    parse (1, HEADER ("<i8", "False", "(2,)"), longs, 16);

  g_assert_cmpfloat (sac_tensor_f32 (f4)[0], ==, 1.5f);
  g_assert_cmpint (f8->type, ==, SAC_TYPE_DOUBLE);
  g_assert_cmpint (f8->shape.rank, ==, 2);
  g_assert_cmpfloat (((double *)f8->data)[0], ==, 1e300);
  g_assert_cmpint (f2->type, ==, SAC_TYPE_FLOAT16);
  g_assert_cmpfloat (sac_tensor_f32 (f2)[1], ==, -2);
  g_assert_cmpint (i4->type, ==, SAC_TYPE_INT32);
  g_assert_cmpint (sac_tensor_i64 (i4)[0], ==, INT32_MIN);
  g_assert_cmpint (sac_tensor_i64 (i1)[0], ==, -128);
  g_assert_cmpint (sac_tensor_i64 (u1)[0], ==, 200);
  g_assert_cmpint (sac_tensor_i64 (u4)[0], ==, UINT32_MAX);
  g_assert_cmpint (((uint8_t *)b1->data)[1], ==, 1);
  g_assert_cmpint (sac_tensor_i64 (i8)[0], ==, INT64_MIN);
}

/* Keys in any order, either kind of quotes, Python 2's long numbers, a scalar,
 * no elements. */
/* The other byte order, and numpy's names for this machine's. */
static void
test_byte_orders (void)
{
  static const uint8_t floats[] = {0x3f, 0xc0, 0, 0, 0xc0, 0, 0, 0};
  static const uint8_t halves[] = {0x3c, 0, 0xc0, 0};
  static const uint8_t shorts[] = {0xff, 0xf9, 0x01, 0x02, 0, 7, 0, 8};
  static const double doubles[] = {1.5, -2};
  g_autoptr (SacTensor) f4 =
    parse (1, HEADER (">f4", "False", "(2,)"), floats, 8);
  g_autoptr (SacTensor) f2 =
    parse (1, HEADER (">f2", "False", "(2,)"), halves, 4);
  g_autoptr (SacTensor) i2 =
    parse (1, HEADER (">i2", "True", "(2, 2)"), shorts, 8);
  g_autoptr (SacTensor) native =
    parse (1, HEADER ("=f8", "False", "(2,)"), doubles, 16);
  g_autoptr (SacTensor) bare =
    parse (1, HEADER ("f8", "False", "(2,)"), doubles, 16);

  g_assert_cmpfloat (sac_tensor_f32 (f4)[0], ==, 1.5f);
  g_assert_cmpfloat (sac_tensor_f32 (f4)[1], ==, -2);
  g_assert_cmpfloat (sac_tensor_f32 (f2)[1], ==, -2);
  g_assert_cmpmem (i2->data, 32, ((int64_t[]){-7, 7, 0x102, 8}), 32);
  g_assert_cmpmem (native->data, 16, doubles, 16);
  g_assert_cmpmem (bare->data, 16, doubles, 16);
}

static void
test_headers (void)
{
  static const float floats[6];
  g_autoptr (SacTensor) odd =
    parse (1, "{\"shape\":(2L,3L),\"descr\":\"<f4\",\"fortran_order\":False}",
           floats, 24);
  g_autoptr (SacTensor) scalar =
    parse (1, HEADER ("<f4", "False", "()"), floats, 4);
  g_autoptr (SacTensor) empty =
    parse (1, HEADER ("<f4", "False", "(3, 0, 2)"), floats, 0);

  g_assert_cmpint (odd->shape.dims[1], ==, 3);
  g_assert_cmpint (scalar->shape.rank, ==, 0);
  g_assert_cmpint (sac_tensor_get_count (empty), ==, 0);
}

/* Element (i, j, k) of a 2 x 3 x 2 array is 100 i + 10 j + k; Fortran's order
 * has i fastest. */
static void
test_fortran (void)
{
  int32_t elements[12];
  size_t next = 0;

  for (int k = 0; k < 2; k++) {
    for (int j = 0; j < 3; j++) {
      for (int i = 0; i < 2; i++)
        elements[next++] = 100 * i + 10 * j + k;
    }
  }

  g_autoptr (SacTensor) tensor =
    parse (1, HEADER ("<i4", "True", "(2, 3, 2)"), elements, sizeof elements);

  next = 0;
  for (int i = 0; i < 2; i++) {
    for (int j = 0; j < 3; j++) {
      for (int k = 0; k < 2; k++)
        g_assert_cmpint (sac_tensor_i64 (tensor)[next++], ==,
                         100 * i + 10 * j + k);
    }
  }

  g_autoptr (SacTensor) empty =
    parse (1, HEADER ("<i4", "True", "(2, 0)"), elements, 0);

  g_assert_cmpint (empty->shape.dims[0], ==, 2);
}

static void
test_bad_headers (void)
{
  static const char *const damaged[] = {
    "",
    "{",
    "[]",
    "{}",
    "{'descr': '<f4', 'shape': (2,), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), } x",
    "{'descr': '<f4', 'fortran_order': 0, 'shape': (2,), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': 2, }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (,), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2 3), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2.0,), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2, }",
    "{'descr': '<f4', 'fortran_order': False, "
    "'shape': (99999999999999999999,), }",
    "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }",
    "{'descr': '<f4', 'descr': '<f8', 'fortran_order': False, "
    "'shape': (2,), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'x': 1, }",
    "{'descr: '<f4', 'fortran_order': False, 'shape': (2,), }",
    "{'a key that is far too long for any of the keys': 1}",
  };
  static const char *const unsupported[] = {
    "|f4", "", "<", "<c8", "|O", "<U3", "|S5", ">f16", "<M8[ns]",
  };

  for (size_t i = 0; i < G_N_ELEMENTS (damaged); i++)
    assert_refused (damaged[i], 8, SAC_ERROR_DAMAGED, "a.npy");
  for (size_t i = 0; i < G_N_ELEMENTS (unsupported); i++) {
    g_autofree char *header =
      g_strdup_printf ("{'descr': '%s', 'fortran_order': False, "
                       "'shape': (2,), }",
                       unsupported[i]);

    assert_refused (header, 8, SAC_ERROR_UNSUPPORTED, unsupported[i]);
  }
  assert_refused (HEADER ("<f4", "False", "(1, 1, 1, 1, 1, 1, 1, 1, 1)"), 4,
                  SAC_ERROR_TOO_LARGE, "dimensions");
}

/* What the header promises and the file does not hold; nothing is allocated for
 * it. */
static void
test_sizes (void)
{
  assert_refused (HEADER ("<f4", "False", "(2,)"), 7, SAC_ERROR_DAMAGED, "7");
  assert_refused (HEADER ("<f4", "False", "(2,)"), 12, SAC_ERROR_DAMAGED, "12");
  assert_refused (HEADER ("<f4", "False", "()"), 0, SAC_ERROR_DAMAGED, "0");
  assert_refused (HEADER ("|u1", "False", "(9223372036854775807,)"), 8,
                  SAC_ERROR_DAMAGED, "9223372036854775807");
  assert_refused (HEADER ("<f8", "False", "(4294967296, 4294967296)"), 0,
                  SAC_ERROR_DAMAGED, "4294967296");
  assert_refused (HEADER ("<f4", "False", "(4611686018427387905,)"), 4,
                  SAC_ERROR_DAMAGED, "4611686018427387905");
  assert_refused (HEADER ("<f4", "True", "(1099511627776, 1099511627776, 0)"),
                  0, SAC_ERROR_DAMAGED, "1099511627776");
}

static void
test_truncation (void)
{
  static const float floats[] = {1, 2, 3};

  for (int version = 1; version <= 3; version++) {
    g_autoptr (GBytes) whole =
      make_file (version, HEADER ("<f4", "False", "(3,)"), floats, 12);
    gsize size;
    const uint8_t *data = g_bytes_get_data (whole, &size);

    for (gsize cut = 0; cut < size; cut++) {
      g_autoptr (GError) error = NULL;
      /* Its own block, so that reading past the end is noticed. */
      g_autoptr (GBytes) part = g_bytes_new (data, cut);

      g_assert_null (sac_npy_parse (part, "a.npy", &error));
      test_assert_error (&error, SAC_ERROR, SAC_ERROR_DAMAGED, "a.npy");
    }
  }
}

static void
test_start (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) version =
    make_file (4, HEADER ("<f4", "False", "(0,)"), "", 0);
  uint8_t length[] = {0x93, 'N', 'U', 'M', 'P', 'Y', 2, 0, 255, 255, 255, 255};
  g_autoptr (GBytes) huge = g_bytes_new (length, sizeof length);

  g_assert_null (sac_npy_parse (version, "a.npy", &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNSUPPORTED, "4.0");
  g_assert_null (sac_npy_parse (huge, "a.npy", &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_DAMAGED, "64 KiB");
}

/* Every type out and in again; the elements begin at a multiple of 64. */
static void
test_round_trip (void)
{
  static const SacType types[] = {
    SAC_TYPE_FLOAT, SAC_TYPE_DOUBLE, SAC_TYPE_FLOAT16, SAC_TYPE_BFLOAT16,
    SAC_TYPE_INT8,  SAC_TYPE_UINT8,  SAC_TYPE_INT16,   SAC_TYPE_UINT16,
    SAC_TYPE_INT32, SAC_TYPE_UINT32, SAC_TYPE_INT64,   SAC_TYPE_UINT64,
    SAC_TYPE_BOOL,
  };
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "a.npy", NULL);

  for (size_t i = 0; i < G_N_ELEMENTS (types); i++) {
    g_autoptr (GError) error = NULL;
    SacShape shape = sac_shape_of (2, 1);
    g_autoptr (SacTensor) tensor = sac_tensor_new (types[i], &shape, &error);
    g_autofree char *file = NULL;
    gsize size;

    switch (sac_tensor_get_kind (tensor)) {
    case SAC_KIND_F32:
      sac_tensor_f32 (tensor)[0] = -1.5f;
      break;
    case SAC_KIND_F64:
      ((double *)tensor->data)[0] = 1e300;
      break;
    case SAC_KIND_I64:
      sac_tensor_i64 (tensor)[0] = 101;
      break;
    default:
      ((uint8_t *)tensor->data)[0] = 1;
      break;
    }
    g_assert_true (sac_npy_write (path, tensor, &error));
    g_assert_no_error (error);

    g_autoptr (SacTensor) again = sac_npy_read (path, &error);

    g_assert_no_error (error);
    g_assert_cmpint (again->type, ==,
                     types[i] == SAC_TYPE_BFLOAT16 ? SAC_TYPE_FLOAT : types[i]);
    g_assert_true (sac_shape_equal (&again->shape, &shape));
    g_assert_cmpmem (again->data, sac_tensor_get_bytes (again), tensor->data,
                     sac_tensor_get_bytes (tensor));
    g_assert_true (g_file_get_contents (path, &file, &size, NULL));
    g_assert_cmpuint (size, ==, 128 + size % 64);
  }
  test_folder_remove (folder);
}

/* As numpy 1.24 saves np.array ([1.5, -2], "<f4"). */
static void
test_same_as_numpy (void)
{
  static const char expected[] =
    "\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order': False, "
    "'shape': (2,), }";
  g_autoptr (GError) error = NULL;
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "a.npy", NULL);
  g_autofree char *file = NULL;
  float floats[] = {1.5f, -2};
  SacShape shape = sac_shape_of (2);
  g_autoptr (SacTensor) tensor =
    sac_tensor_new_view (SAC_TYPE_FLOAT, &shape, floats, NULL, NULL);
  gsize size;

  g_assert_true (sac_npy_write (path, tensor, &error));
  g_assert_true (g_file_get_contents (path, &file, &size, NULL));
  g_assert_cmpuint (size, ==, 136);
  g_assert_cmpmem (file, sizeof expected - 1, expected, sizeof expected - 1);
  g_assert_cmpint (file[127], ==, '\n');
  g_assert_cmpmem (file + 128, 8, floats, 8);
  test_folder_remove (folder);
}

static void
test_files (void)
{
  g_autoptr (GError) error = NULL;
  SacShape shape = {0};
  g_autoptr (SacTensor) tensor =
    sac_tensor_new (SAC_TYPE_FLOAT, &shape, &error);

  g_assert_null (sac_npy_read ("/nowhere/a.npy", &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNREADABLE, "/nowhere/a.npy");
  g_assert_null (sac_npy_read ("/", &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_false (sac_npy_write ("/nowhere/a.npy", tensor, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNWRITABLE, "/nowhere/a.npy");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/npy/types", test_types);
  g_test_add_func ("/npy/byte-orders", test_byte_orders);
  g_test_add_func ("/npy/headers", test_headers);
  g_test_add_func ("/npy/fortran", test_fortran);
  g_test_add_func ("/npy/bad-headers", test_bad_headers);
  g_test_add_func ("/npy/sizes", test_sizes);
  g_test_add_func ("/npy/truncation", test_truncation);
  g_test_add_func ("/npy/start", test_start);
  g_test_add_func ("/npy/round-trip", test_round_trip);
  g_test_add_func ("/npy/same-as-numpy", test_same_as_numpy);
  g_test_add_func ("/npy/files", test_files);
  return g_test_run ();
}
