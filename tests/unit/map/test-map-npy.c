/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/map-file.h"

#include "base/error.h"
#include "base/hash.h"
#include "map-folder.h"
#include "tensor/npy.h"

#include <string.h>

static void
set_up (Fixture *fixture, gconstpointer data)
{
  map_folder_set_up (fixture, "map.npy");
}

/* What explain writes beside a map is read back with all that it says. */
static void
test_own (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SacMap) map =
    sac_map_new_take (2, 3, g_memdup2 ((float[]){1, 2, 3, 4, 5, 6.5f}, 24));
  g_autoptr (GError) error = NULL;

  map->method = g_strdup ("grad-cam");
  map->unit = g_strdup ("logit");
  map->class_specific = true;
  map->has_geometry = true;
  map->geometry = (SacGeometry){500, 400, {10.5, -3, 96, 64}, 224, 224};
  json_object_set_string_member (map->provenance, "model", "m");
  g_assert_true (sac_map_write_npy (fixture->path, map, &error));
  g_assert_true (sac_map_write_json (fixture->sidecar, map, &error));

  g_autoptr (SacMap) back = sac_map_read_npy (fixture->path, &error);

  g_assert_no_error (error);

  g_autoptr (JsonObject) before = sac_map_to_json (map);
  g_autoptr (JsonObject) after = sac_map_to_json (back);
  g_autoptr (JsonNode) a = json_node_init_object (json_node_alloc (), before);
  g_autoptr (JsonNode) b = json_node_init_object (json_node_alloc (), after);

  g_assert_true (json_node_equal (a, b));
  g_assert_cmpmem (back->values, 24, map->values, 24);
}

static void
write_array (const char *path, SacType type, int rank)
{
  SacShape shape = {.rank = rank, .dims = {2, 2, 1}};
  g_autoptr (SacTensor) tensor = sac_tensor_new (type, &shape, NULL);

  if (type == SAC_TYPE_DOUBLE)
    memcpy (tensor->data, (double[]){0.1, -2, 3, 4}, 32);
  else
    memcpy (tensor->data, (int64_t[]){-7, 0, 1, 2}, 32);
  g_assert_true (sac_npy_write (path, tensor, NULL));
}

/* Another program's array: doubles, and a geometry alone. */
static void
test_foreign (Fixture *fixture, gconstpointer data)
{
  static const char sidecar[] =
    "{\"geometry\": {\"image\": [1000, 800], \"seen\": [0, 0, 512, 256], "
    "\"input\": [512, 256]}, \"unit\": \"score\"}";
  g_autoptr (GError) error = NULL;
  g_autofree char *digest = NULL;

  write_array (fixture->path, SAC_TYPE_DOUBLE, 2);
  g_assert_true (g_file_set_contents (fixture->sidecar, sidecar, -1, NULL));

  g_autoptr (SacMap) map = sac_map_read_npy (fixture->path, &error);

  g_assert_no_error (error);
  digest = sac_hash_file (fixture->path, NULL, NULL);
  g_assert_cmpfloat (map->values[0], ==, 0.1f);
  g_assert_cmpfloat (map->values[1], ==, -2);
  g_assert_true (map->has_geometry);
  g_assert_cmpfloat (map->geometry.seen.width, ==, 512);
  g_assert_cmpstr (map->unit, ==, "score");
  g_assert_cmpstr (json_object_get_string_member (map->provenance,
                                                  "file_sha256"),
                   ==, digest);
}

static void
test_alone (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  write_array (fixture->path, SAC_TYPE_INT64, 2);

  g_autoptr (SacMap) map = sac_map_read_npy (fixture->path, &error);

  g_assert_no_error (error);
  g_assert_false (map->has_geometry);
  g_assert_cmpfloat (map->values[0], ==, -7);
  g_assert_cmpstr (json_object_get_string_member (map->provenance, "file"), ==,
                   "map.npy");
}

/* The upper half of what has no sign. */
static void
test_unsigned (Fixture *fixture, gconstpointer data)
{
  SacShape shape = {.rank = 2, .dims = {1, 2}};
  g_autoptr (SacTensor) tensor = sac_tensor_new (SAC_TYPE_UINT64, &shape, NULL);
  g_autoptr (GError) error = NULL;

  memcpy (tensor->data, (uint64_t[]){UINT64_C (1) << 63, 3}, 16);
  g_assert_true (sac_npy_write (fixture->path, tensor, NULL));

  g_autoptr (SacMap) map = sac_map_read_npy (fixture->path, &error);

  g_assert_no_error (error);
  g_assert_cmpfloat (map->values[0], ==, 9223372036854775808.f);
  g_assert_cmpfloat (map->values[1], ==, 3);
}

/* What stands for nothing elsewhere is no infinity here. */
static void
test_beyond (Fixture *fixture, gconstpointer data)
{
  SacShape shape = {.rank = 2, .dims = {1, 2}};
  g_autoptr (SacTensor) tensor = sac_tensor_new (SAC_TYPE_DOUBLE, &shape, NULL);
  GError *error = NULL;

  memcpy (tensor->data, (double[]){1, -1.7976931348623157e308}, 16);
  g_assert_true (sac_npy_write (fixture->path, tensor, NULL));
  g_assert_null (sac_map_read_npy (fixture->path, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNSUPPORTED, "-1.79769e+308");
}

/* Where nobody says what a network's input was, it is what was seen. */
static void
test_no_input (Fixture *fixture, gconstpointer data)
{
  static const char sidecar[] =
    "{\"geometry\": {\"image\": [1000, 800], \"seen\": [0, 0, 512, 256]}}";
  g_autoptr (GError) error = NULL;

  write_array (fixture->path, SAC_TYPE_DOUBLE, 2);
  g_assert_true (g_file_set_contents (fixture->sidecar, sidecar, -1, NULL));

  g_autoptr (SacMap) map = sac_map_read_npy (fixture->path, &error);

  g_assert_no_error (error);
  g_assert_cmpint (map->geometry.input_width, ==, 512);
  g_assert_cmpint (map->geometry.input_height, ==, 256);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  static const char *const sidecars[] =
    {"[1]", "{\"geometry\": 5}", "{\"geometry\": {}}",
     "{\"geometry\": {\"image\": [0, 5], \"seen\": [0, 0, 1, 1], "
     "\"input\": [1, 1]}}",
     "{\"unit\": 5}"};
  GError *error = NULL;

  write_array (fixture->path, SAC_TYPE_DOUBLE, 3);
  g_assert_null (sac_map_read_npy (fixture->path, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH, "3 axes");
  write_array (fixture->path, SAC_TYPE_DOUBLE, 2);
  for (size_t i = 0; i < G_N_ELEMENTS (sidecars); i++) {
    g_assert_true (
      g_file_set_contents (fixture->sidecar, sidecars[i], -1, NULL));
    g_assert_null (sac_map_read_npy (fixture->path, &error));
    test_assert_error (&error, SAC_ERROR, SAC_ERROR_DAMAGED, "map.json");
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test)                                                        \
  g_test_add ("/map-npy/" name, Fixture, NULL, set_up, test, tear_down)
  ADD ("own", test_own);
  ADD ("foreign", test_foreign);
  ADD ("alone", test_alone);
  ADD ("unsigned", test_unsigned);
  ADD ("beyond", test_beyond);
  ADD ("no-input", test_no_input);
  ADD ("refused", test_refused);
  return g_test_run ();
}
