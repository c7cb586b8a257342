/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/map-file.h"

#include "base/error.h"
#include "base/json.h"
#include "support.h"
#include "tensor/npy.h"

#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <tiffio.h>
#include <unistd.h>

typedef struct {
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = test_folder_new ();
  fixture->path = g_build_filename (fixture->folder, "map.tif", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_free (fixture->path);
  test_folder_remove (fixture->folder);
}

/* Every kind of float, and all that a map may say of itself. */
static SacMap *
new_map (int rows, int columns, bool with_geometry)
{
  size_t count = (size_t)rows * (size_t)columns;
  float *values = g_new (float, count);
  guint32 odd_nan = 0xffc12345;

  for (size_t i = 0; i < count; i++)
    values[i] = (float)i * 0.37f - 1;
  memcpy (&values[0], &odd_nan, sizeof odd_nan);
  values[1] = -0.0f;
  values[2] = 1e-42f;
  values[3] = -INFINITY;

  SacMap *map = sac_map_new_take (rows, columns, values);

  map->rectified = true;
  map->class_specific = true;
  map->method = g_strdup ("grad-cam");
  map->unit = g_strdup ("µ \"logit\"\n");
  json_object_set_string_member (map->provenance, "model", "ab12");
  json_object_set_double_member (map->provenance, "alpha", 0.1);
  map->has_geometry = with_geometry;
  map->noise_floor = with_geometry ? 2.5e-6 : 0;
  if (with_geometry)
    map->geometry = (SacGeometry){
      .image_width = 600,
      .image_height = 450,
      .seen = {21 * 600 / 171.0, 0, 128 * 600 / 171.0, 450},
      .whole = {10, 0, 500, 450.5},
      .input_width = 128,
      .input_height = 128,
    };
  return map;
}

static void
assert_same (const SacMap *got, const SacMap *expected)
{
  size_t bytes =
    sizeof (float) * (size_t)expected->rows * (size_t)expected->columns;
  g_autofree char *got_provenance = sac_json_to_text (got->provenance, false);
  g_autofree char *provenance = sac_json_to_text (expected->provenance, false);

  g_assert_cmpint (got->rows, ==, expected->rows);
  g_assert_cmpint (got->columns, ==, expected->columns);
  g_assert_true (memcmp (got->values, expected->values, bytes) == 0);
  g_assert_true (got->rectified == expected->rectified);
  g_assert_true (got->class_specific == expected->class_specific);
  g_assert_cmpfloat (got->noise_floor, ==, expected->noise_floor);
  g_assert_cmpstr (got->method, ==, expected->method);
  g_assert_cmpstr (got->unit, ==, expected->unit);
  g_assert_cmpstr (got_provenance, ==, provenance);
  g_assert_true (got->has_geometry == expected->has_geometry);
  g_assert_cmpmem (&got->geometry, sizeof got->geometry, &expected->geometry,
                   sizeof expected->geometry);
}

static void
test_round_trip (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SacMap) small = new_map (7, 9, true);
  g_autoptr (SacMap) tiled = new_map (515, 300, false);
  const SacMap *maps[] = {small, tiled, small};
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&tiled->unit, g_free);
  tiled->rectified = false;
  g_assert_true (sac_map_write_tiff (fixture->path, maps, 3, &error));
  g_assert_no_error (error);

  g_autoptr (GPtrArray) back = sac_map_read_tiff (fixture->path, &error);

  g_assert_no_error (error);
  g_assert_cmpint (back->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    assert_same (back->pdata[i], maps[i]);
}

/* What any other TIFF reader sees. */
static void
test_is_plain_tiff (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SacMap) map = new_map (3, 4, true);
  const SacMap *maps[] = {map};
  const char *description = NULL;
  float row[4];
  uint16_t bits = 0, format = 0;

  g_assert_true (sac_map_write_tiff (fixture->path, maps, 1, NULL));

  TIFF *tiff = TIFFOpen (fixture->path, "r");

  g_assert_nonnull (tiff);
  g_assert_true (TIFFGetField (tiff, TIFFTAG_BITSPERSAMPLE, &bits));
  g_assert_true (TIFFGetField (tiff, TIFFTAG_SAMPLEFORMAT, &format));
  g_assert_true (TIFFGetField (tiff, TIFFTAG_IMAGEDESCRIPTION, &description));
  g_assert_cmpint (bits, ==, 32);
  g_assert_cmpint (format, ==, SAMPLEFORMAT_IEEEFP);
  g_assert_true (g_str_has_prefix (description, "{\"schema\":1,"));
  g_assert_cmpint (TIFFReadScanline (tiff, row, 2, 0), ==, 1);
  g_assert_cmpmem (row, sizeof row, map->values + 8, sizeof row);
  TIFFClose (tiff);
}

static void
test_json (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SacMap) map =
    sac_map_new_take (1, 4, g_memdup2 ((float[]){-1, 0, 1, 2}, 16));
  g_autoptr (JsonObject) object = sac_map_to_json (map);
  JsonObject *summary = json_object_get_object_member (object, "summary");
  g_autoptr (GError) error = NULL;

  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (summary,
                                                                 "entropy"),
                                  1.5 * log (2), 1e-12);
  json_object_remove_member (summary, "entropy");

  g_autofree char *text = sac_json_to_text (object, false);

  g_assert_cmpstr (
    text, ==,
    "{\"schema\":1,\"method\":null,\"unit\":null,\"rectified\":false,"
    "\"class_specific\":false,\"grid\":[1,4],\"geometry\":null,"
    "\"summary\":{\"evidence\":\"present\",\"min\":-1.0,\"max\":2.0,"
    "\"raw_min\":-1.0,\"negative_share\":0.25,\"positive_cells\":0.5,"
    "\"gini\":0.375},"
    "\"provenance\":{}}");
  g_assert_true (sac_map_write_json (fixture->path, map, &error));

  g_autoptr (JsonObject) back = sac_json_read (fixture->path, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (json_object_get_int_member (back, "schema"), ==, 1);
}

static void
test_npy (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SacMap) map =
    sac_map_new_take (2, 2, g_memdup2 ((float[]){-1, 0, 1, 2}, 16));
  g_autoptr (GError) error = NULL;

  map->rectified = true;
  g_assert_true (sac_map_write_npy (fixture->path, map, &error));

  g_autoptr (SacTensor) back = sac_npy_read (fixture->path, &error);

  g_assert_no_error (error);
  g_assert_cmpint (back->type, ==, SAC_TYPE_FLOAT);
  g_assert_cmpint (back->shape.rank, ==, 2);
  test_assert_close (sac_tensor_f32 (back), (float[]){0, 0, 1, 2}, 4, 0,
                     "shown values");
}

/* A small file, cut off after every byte, must be refused; with any byte
 * changed it may still be a map, but must not be believed blindly. */
static void
test_damaged (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SacMap) map = new_map (3, 4, true);
  const SacMap *maps[] = {map, map};
  g_autofree char *bytes = NULL;
  gsize size;

  g_assert_true (sac_map_write_tiff (fixture->path, maps, 2, NULL));
  g_assert_true (g_file_get_contents (fixture->path, &bytes, &size, NULL));
  for (gsize cut = 0; cut < size; cut++) {
    g_autoptr (GError) error = NULL;

    g_assert_true (g_file_set_contents (fixture->path, bytes, cut, NULL));
    g_assert_null (sac_map_read_tiff (fixture->path, &error));
    g_assert_nonnull (error);
    g_assert_true (error->domain == SAC_ERROR);
  }
  for (gsize place = 0; place < size; place++) {
    g_autoptr (GError) error = NULL;
    char kept = bytes[place];

    bytes[place] ^= 0xff;
    g_assert_true (g_file_set_contents (fixture->path, bytes, size, NULL));
    bytes[place] = kept;

    GPtrArray *read = sac_map_read_tiff (fixture->path, &error);

    g_assert_true ((read == NULL) == (error != NULL));
    g_clear_pointer (&read, g_ptr_array_unref);
  }
}

/* Writes a TIFF of one row of four floats that says `description` of itself. */
static void
write_other (const char *path, const char *description, uint32_t width)
{
  float row[4] = {1, 2, 3, 4};
  TIFF *tiff = TIFFOpen (path, "w");

  TIFFSetField (tiff, TIFFTAG_IMAGEWIDTH, width);
  TIFFSetField (tiff, TIFFTAG_IMAGELENGTH, 1);
  TIFFSetField (tiff, TIFFTAG_BITSPERSAMPLE, 32);
  TIFFSetField (tiff, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_IEEEFP);
  TIFFSetField (tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
  TIFFSetField (tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
  TIFFSetField (tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
  TIFFSetField (tiff, TIFFTAG_ROWSPERSTRIP, 1);
  if (description != NULL)
    TIFFSetField (tiff, TIFFTAG_IMAGEDESCRIPTION, description);
  g_assert_cmpint (TIFFWriteRawStrip (tiff, 0, row, sizeof row), >, 0);
  TIFFClose (tiff);
}

#define OUR_KEYS                                                               \
  "\"method\":null,\"unit\":null,\"rectified\":true,"                          \
  "\"class_specific\":true,\"provenance\":{}"

static void
test_refuses (Fixture *fixture, gconstpointer data)
{
  static const struct {
    const char *description;
    uint32_t width;
    int code;
    const char *part;
  } cases[] = {
    {NULL, 4, SAC_ERROR_UNSUPPORTED, "not a map"},
    {"a photo", 4, SAC_ERROR_UNSUPPORTED, "not a map"},
    {"{\"shape\": [1, 4]}", 4, SAC_ERROR_UNSUPPORTED, "not a map"},
    {"{\"shape\": [1, 4}", 4, SAC_ERROR_DAMAGED, "JSON"},
    {"{\"schema\":2,\"grid\":[1,4]," OUR_KEYS "}", 4, SAC_ERROR_UNSUPPORTED,
     "schema"},
    {"{\"schema\":\"1\",\"grid\":[1,4]," OUR_KEYS "}", 4, SAC_ERROR_DAMAGED,
     "schema"},
    {"{\"schema\":1,\"grid\":[4,1]," OUR_KEYS "}", 4, SAC_ERROR_DAMAGED,
     "grid"},
    {"{\"schema\":1,\"grid\":[1,4],\"geometry\":{\"image\":[6,4],"
     "\"seen\":[0,0,-1,4],\"input\":[1,4]}," OUR_KEYS "}",
     4, SAC_ERROR_DAMAGED, "geometry.seen"},
    {"{\"schema\":1,\"grid\":[1,4],\"geometry\":{\"image\":[6,4],"
     "\"seen\":[0,0,1e300,4],\"input\":[1,4]}," OUR_KEYS "}",
     4, SAC_ERROR_DAMAGED, "geometry.seen"},
    {"{\"schema\":1,\"grid\":[1,4],\"geometry\":{\"image\":[6,4],"
     "\"seen\":[0,0,1,4],\"whole\":[0,0,0,4],\"input\":[1,4]}," OUR_KEYS "}",
     4, SAC_ERROR_DAMAGED, "geometry.whole"},
    {"{\"schema\":1,\"grid\":[1,4],\"noise_floor\":-1," OUR_KEYS "}", 4,
     SAC_ERROR_DAMAGED, "noise_floor"},
    {"{\"schema\":1,\"grid\":[1,4],\"noise_floor\":\"x\"," OUR_KEYS "}", 4,
     SAC_ERROR_DAMAGED, "noise_floor"},
    {"{\"schema\":1,\"grid\":[1,2000000]," OUR_KEYS "}", 2000000,
     SAC_ERROR_DAMAGED, "fewer bytes"},
    {"{\"schema\":1,\"grid\":[1,2000000000]," OUR_KEYS "}", 2000000000,
     SAC_ERROR_TOO_LARGE, "more cells"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    write_other (fixture->path, cases[i].description, cases[i].width);
    g_assert_null (sac_map_read_tiff (fixture->path, &error));
    test_assert_error (&error, SAC_ERROR, cases[i].code, cases[i].part);
  }
}

static void
test_unreadable (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (sac_map_read_tiff (fixture->path, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNREADABLE, "map.tif");
  g_assert_null (sac_map_read_tiff (fixture->folder, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNREADABLE, "no file");
  g_assert_true (g_file_set_contents (fixture->path, "\x89PNG\r\n", -1, NULL));
  g_assert_null (sac_map_read_tiff (fixture->path, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNSUPPORTED, "not a TIFF");
}

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint count = 0;

  while (g_dir_read_name (dir) != NULL)
    count++;
  return count;
}

/* A limit on the size of files stands for a full disk. */
static void
test_disk_full (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SacMap) map = new_map (600, 600, true);
  const SacMap *maps[] = {map};
  struct rlimit kept, low;
  g_autoptr (GError) error = NULL;

  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &kept), ==, 0);
  low = kept;
  for (low.rlim_cur = 1; low.rlim_cur < 1000000; low.rlim_cur *= 30) {
    g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &low), ==, 0);

    bool tiff = sac_map_write_tiff (fixture->path, maps, 1, &error);
    g_autoptr (GError) npy_error = NULL;
    bool npy = sac_map_write_npy (fixture->path, map, &npy_error);

    g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &kept), ==, 0);
    g_assert_false (tiff);
    test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNWRITABLE, "map.tif");
    g_assert_false (npy);
    test_assert_error (&npy_error, SAC_ERROR, SAC_ERROR_UNWRITABLE, "map.tif");
    g_assert_cmpint (count_files (fixture->folder), ==, 0);
  }
}

static void
test_unwritable (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SacMap) map = new_map (2, 2, false);
  const SacMap *maps[] = {map};
  g_autofree char *path =
    g_build_filename (fixture->folder, "missing", "map.tif", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (sac_map_write_tiff (path, maps, 1, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNWRITABLE, "missing");
  g_assert_false (sac_map_write_json (path, map, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNWRITABLE, "missing");
  g_assert_false (sac_map_write_npy (path, map, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNWRITABLE, "missing");
}

/* A map with gaps is in tiles whatever its size, and gaps do not spread. */
static void
test_gaps (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  int rows = 40, columns = 300;
  float *values = g_new (float, rows *columns);
  float tile[256 * 256];

  for (int i = 0; i < rows * columns; i++)
    values[i] = i % columns % 2 == 0 ? (float)(i % columns) : NAN;

  g_autoptr (SacMap) map = sac_map_new_take (rows, columns, values);
  const SacMap *maps[] = {map};

  map->has_gaps = true;
  g_assert_true (sac_map_write_tiff (fixture->path, maps, 1, &error));
  g_assert_no_error (error);

  g_autoptr (GPtrArray) read = sac_map_read_tiff (fixture->path, &error);
  const SacMap *back = read->pdata[0];

  g_assert_no_error (error);
  g_assert_cmpuint (read->len, ==, 1);
  g_assert_cmpmem (back->values, rows * columns * sizeof (float), map->values,
                   rows * columns * sizeof (float));

  TIFF *tiff = TIFFOpen (fixture->path, "r");

  g_assert_true (TIFFIsTiled (tiff));
  g_assert_true (TIFFReadDirectory (tiff));
  g_assert_true (TIFFIsTiled (tiff));
  g_assert_cmpint (TIFFReadEncodedTile (tiff, 0, tile, sizeof tile), ==,
                   sizeof tile);
  for (int i = 0; i < columns / 2; i++)
    g_assert_cmpfloat (tile[i], ==, 2 * i);
  g_assert_false (TIFFReadDirectory (tiff));
  TIFFClose (tiff);
}

/* A large map is followed by halves of itself, each the mean of what it covers,
 * which are no maps of their own. */
static void
test_levels (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  int rows = 1030, columns = 600;
  float *values = g_new (float, rows *columns);
  float *row = g_new (float, columns);
  static const uint32_t widths[] = {600, 300, 150};
  static const uint32_t heights[] = {1030, 515, 258};

  for (int i = 0; i < rows * columns; i++)
    values[i] = (float)(i % columns);

  g_autoptr (SacMap) map = sac_map_new_take (rows, columns, values);
  const SacMap *maps[] = {map};

  g_assert_true (sac_map_write_tiff (fixture->path, maps, 1, &error));
  g_assert_no_error (error);

  g_autoptr (GPtrArray) read = sac_map_read_tiff (fixture->path, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (read->len, ==, 1);

  TIFF *tiff = TIFFOpen (fixture->path, "r");

  for (int i = 0; i < 3; i++) {
    uint32_t width = 0, height = 0, type = 0;
    float tile[256 * 256];

    TIFFGetField (tiff, TIFFTAG_IMAGEWIDTH, &width);
    TIFFGetField (tiff, TIFFTAG_IMAGELENGTH, &height);
    TIFFGetFieldDefaulted (tiff, TIFFTAG_SUBFILETYPE, &type);
    g_assert_cmpuint (width, ==, widths[i]);
    g_assert_cmpuint (height, ==, heights[i]);
    g_assert_cmpuint (type, ==, i > 0 ? FILETYPE_REDUCEDIMAGE : 0);
    if (TIFFIsTiled (tiff))
      TIFFReadEncodedTile (tiff, 0, tile, sizeof tile);
    else
      TIFFReadScanline (tiff, row, 0, 0);
    /* Cell 7 is the mean of columns 7, 14 and 15, 28 to 31. */
    g_assert_cmpfloat_with_epsilon (TIFFIsTiled (tiff) ? tile[7] : row[7],
                                    i == 0   ? 7
                                    : i == 1 ? 14.5
                                             : 29.5,
                                    1e-3);
    g_assert_cmpint (TIFFReadDirectory (tiff), ==, i < 2);
  }
  TIFFClose (tiff);
  g_free (row);
}

/* What other programs need to scale and colour a map over a slide: cells to a
 * centimetre on every level, and the range. */
static void
test_measures (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  int rows = 20, columns = 600;
  float *values = g_new (float, rows *columns);
  JsonObject *slide = json_object_new ();

  for (int i = 0; i < rows * columns; i++)
    values[i] = i % 7 == 0 ? NAN : (float)i / 1000 - 1;

  g_autoptr (SacMap) map = sac_map_new_take (rows, columns, values);
  const SacMap *maps[] = {map};

  map->has_gaps = map->has_geometry = true;
  map->geometry = (SacGeometry){.image_width = 60000,
                                .image_height = 4000,
                                .seen = {0, 0, 60000, 4000},
                                .input_width = columns,
                                .input_height = rows};
  json_object_set_double_member (slide, "mpp", 0.25);
  json_object_set_object_member (map->provenance, "slide", slide);
  g_assert_true (sac_map_write_tiff (fixture->path, maps, 1, &error));
  g_assert_no_error (error);

  TIFF *tiff = TIFFOpen (fixture->path, "r");

  /* 100 and 200 pixels of 0.25 micrometres a cell. */
  for (int level = 0; level < 3; level++) {
    float x = 0, y = 0;
    uint16_t unit = 0;
    double least = 0, most = 0;

    g_assert_true (TIFFGetField (tiff, TIFFTAG_XRESOLUTION, &x));
    g_assert_true (TIFFGetField (tiff, TIFFTAG_YRESOLUTION, &y));
    g_assert_true (TIFFGetField (tiff, TIFFTAG_RESOLUTIONUNIT, &unit));
    g_assert_cmpfloat_with_epsilon (x, 400.0 / (1 << level), 1e-3);
    g_assert_cmpfloat_with_epsilon (y, 200.0 / (1 << level), 1e-3);
    g_assert_cmpuint (unit, ==, RESUNIT_CENTIMETER);
    g_assert_true (TIFFGetField (tiff, TIFFTAG_SMINSAMPLEVALUE, &least));
    g_assert_true (TIFFGetField (tiff, TIFFTAG_SMAXSAMPLEVALUE, &most));
    if (level == 0) {
      g_assert_cmpfloat_with_epsilon (least, -0.999, 1e-6);
      g_assert_cmpfloat_with_epsilon (most, 10.999, 1e-5);
    }
    g_assert_cmpint (TIFFReadDirectory (tiff), ==, level < 2);
  }
  TIFFClose (tiff);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test)                                                        \
  g_test_add ("/map-file/" name, Fixture, NULL, set_up, test, tear_down)
  ADD ("levels", test_levels);
  ADD ("measures", test_measures);
  ADD ("gaps", test_gaps);
  ADD ("round-trip", test_round_trip);
  ADD ("is-plain-tiff", test_is_plain_tiff);
  ADD ("json", test_json);
  ADD ("npy", test_npy);
  ADD ("damaged", test_damaged);
  ADD ("refuses", test_refuses);
  ADD ("unreadable", test_unreadable);
  ADD ("disk-full", test_disk_full);
  ADD ("unwritable", test_unwritable);
  return g_test_run ();
}
