/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/map-read.h"

#include "base/error.h"
#include "map-folder.h"
#include "tensor/tensor.h"

#include <math.h>
#include <string.h>
#include <tiffio.h>

#define TILE 64

static void
set_up (Fixture *fixture, gconstpointer data)
{
  map_folder_set_up (fixture, "map.tif");
}

/* Another program's TIFF. */
typedef struct {
  const char *what;
  uint32_t width, height;
  uint16_t bits, format, compression, predictor;
  bool tiled;
  int levels;       /* halves of it, marked as reduced */
  int pages;        /* more of its size; each 100 higher */
  const char *mode; /* NULL: "w" */
  double mpp;       /* 0: not stated */
  bool has_gap;     /* cell (1, 1) is NaN */
  const char *nothing;
  const char *description;
  const char *metadata; /* GDAL's */
  int orientation;      /* 0: not stated */
  int absent;           /* a tile that is not written, from 1 on; 0: none */
} Spec;

static double
get_value (const Spec *spec, uint32_t x, uint32_t y, int page)
{
  double value = (x * 7 + y * 3) % 61 + page * 100;

  if (spec->has_gap && x == 1 && y == 1)
    return NAN;
  if (spec->format == SAMPLEFORMAT_INT)
    value -= 30;
  return spec->format == SAMPLEFORMAT_IEEEFP ? value / 8 - 2 : value;
}

static void
put_value (const Spec *spec, uint8_t *to, size_t index, double value)
{
  if (spec->format == SAMPLEFORMAT_IEEEFP && spec->bits == 16)
    ((uint16_t *)(void *)to)[index] = sac_float_to_half ((float)value);
  else if (spec->format == SAMPLEFORMAT_IEEEFP && spec->bits == 32)
    ((float *)(void *)to)[index] = (float)value;
  else if (spec->format == SAMPLEFORMAT_IEEEFP)
    ((double *)(void *)to)[index] = value;
  else if (spec->bits == 8)
    to[index] = (uint8_t)(int)value;
  else if (spec->bits == 16)
    ((uint16_t *)(void *)to)[index] = (uint16_t)(int)value;
  else if (spec->bits == 32)
    ((uint32_t *)(void *)to)[index] = (uint32_t)(int)value;
  else
    ((int64_t *)(void *)to)[index] = (int64_t)value;
}

static void
write_cells (
  TIFF *tiff, const Spec *spec, uint32_t width, uint32_t height, int page)
{
  uint32_t across = spec->tiled ? TILE : width, down = spec->tiled ? TILE : 13;
  g_autofree uint8_t *block = g_malloc ((size_t)across * down * 8);
  uint32_t index = 0;

  for (uint32_t y = 0; y < height; y += down)
    for (uint32_t x = 0; x < width; x += across, index++) {
      uint32_t rows = spec->tiled ? TILE : MIN (down, height - y);

      for (uint32_t i = 0; i < rows * across; i++)
        put_value (spec, block, i,
                   get_value (spec, x + i % across, y + i / across, page));
      if ((int)index + 1 == spec->absent)
        continue;
      if (spec->tiled)
        g_assert_cmpint ((int)TIFFWriteEncodedTile (tiff, index, block,
                                                    TIFFTileSize (tiff)),
                         >, 0);
      else
        g_assert_cmpint ((int)TIFFWriteEncodedStrip (tiff, index, block,
                                                     TIFFVStripSize (tiff,
                                                                     rows)),
                         >, 0);
    }
}

static void
write_directory (
  TIFF *tiff, const Spec *spec, uint32_t width, uint32_t height, int page)
{
  static const TIFFFieldInfo gdal[] = {{42112, TIFF_VARIABLE, TIFF_VARIABLE,
                                        TIFF_ASCII, FIELD_CUSTOM, 1, 0,
                                        "known"},
                                       {42113, TIFF_VARIABLE, TIFF_VARIABLE,
                                        TIFF_ASCII, FIELD_CUSTOM, 1, 0,
                                        "none"}};

  TIFFSetField (tiff, TIFFTAG_IMAGEWIDTH, width);
  TIFFSetField (tiff, TIFFTAG_IMAGELENGTH, height);
  TIFFSetField (tiff, TIFFTAG_BITSPERSAMPLE, spec->bits);
  TIFFSetField (tiff, TIFFTAG_SAMPLEFORMAT, spec->format);
  TIFFSetField (tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
  TIFFSetField (tiff, TIFFTAG_COMPRESSION, MAX (spec->compression, 1));
  if (spec->predictor > 0)
    TIFFSetField (tiff, TIFFTAG_PREDICTOR, spec->predictor);
  if (width < spec->width)
    TIFFSetField (tiff, TIFFTAG_SUBFILETYPE, FILETYPE_REDUCEDIMAGE);
  if (spec->orientation > 0)
    TIFFSetField (tiff, TIFFTAG_ORIENTATION, spec->orientation);
  if (spec->mpp > 0) {
    TIFFSetField (tiff, TIFFTAG_RESOLUTIONUNIT, RESUNIT_CENTIMETER);
    TIFFSetField (tiff, TIFFTAG_XRESOLUTION, 10000 / spec->mpp);
    TIFFSetField (tiff, TIFFTAG_YRESOLUTION, 10000 / spec->mpp);
  }
  if (spec->description != NULL)
    TIFFSetField (tiff, TIFFTAG_IMAGEDESCRIPTION, spec->description);
  TIFFMergeFieldInfo (tiff, gdal, 2);
  if (spec->metadata != NULL)
    TIFFSetField (tiff, 42112, spec->metadata);
  if (spec->nothing != NULL)
    TIFFSetField (tiff, 42113, spec->nothing);
  if (spec->tiled) {
    TIFFSetField (tiff, TIFFTAG_TILEWIDTH, TILE);
    TIFFSetField (tiff, TIFFTAG_TILELENGTH, TILE);
  } else {
    TIFFSetField (tiff, TIFFTAG_ROWSPERSTRIP, 13);
  }
  write_cells (tiff, spec, width, height, page);
  g_assert_cmpint (TIFFWriteDirectory (tiff), ==, 1);
}

static void
write_tiff (const Spec *spec, const char *path)
{
  TIFF *tiff = TIFFOpen (path, spec->mode != NULL ? spec->mode : "w");

  for (int page = 0; page <= spec->pages; page++)
    write_directory (tiff, spec, spec->width, spec->height, page);
  for (int level = 1; level <= spec->levels; level++)
    write_directory (tiff, spec, spec->width >> level, spec->height >> level,
                     0);
  TIFFClose (tiff);
}

static GPtrArray *
read_good (const char *path, const SacMapImage *image)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *maps = sac_map_read (path, image, NULL, &error);

  g_assert_no_error (error);
  return maps;
}

static void
refused (const char *path,
         const SacMapImage *image,
         SacErrorCode code,
         const char *part)
{
  GError *error = NULL;

  g_assert_null (sac_map_read (path, image, NULL, &error));
  g_test_message ("%s", error->message);
  test_assert_error (&error, SAC_ERROR, (int)code, part);
}

static const char *
get_note (const SacMap *map, guint index)
{
  JsonArray *notes = json_object_get_array_member (map->provenance, "notes");

  return index < json_array_get_length (notes)
           ? json_array_get_string_element (notes, index)
           : "";
}

static void
check_values (const SacMap *map, const Spec *spec, int page)
{
  g_assert_cmpint (map->columns, ==, spec->width);
  g_assert_cmpint (map->rows, ==, spec->height);
  for (int y = 0; y < map->rows; y++)
    for (int x = 0; x < map->columns; x++) {
      float got = map->values[y * map->columns + x];
      float expected = (float)get_value (spec, (uint32_t)x, (uint32_t)y, page);

      if (isnan (expected))
        g_assert_true (isnan (got));
      else
        g_assert_cmpfloat (got, ==, expected);
    }
}

static const Spec kinds[] = {
  {"float", 150, 90, 32, 3},
  {"float tiles", 150, 90, 32, 3, .tiled = true},
  {"float, gap", 150, 90, 32, 3, .tiled = true, .has_gap = true},
  {"float LZW", 150, 90, 32, 3, COMPRESSION_LZW, .tiled = true},
  {"float, deflate, differences of floats", 150, 90, 32, 3,
   COMPRESSION_ADOBE_DEFLATE, 3, .tiled = true},
  {"double", 150, 90, 64, 3, COMPRESSION_ADOBE_DEFLATE},
  {"big-endian float", 150, 90, 32, 3, .mode = "wb"},
  {"BigTIFF", 150, 90, 32, 3, .tiled = true, .mode = "w8"},
  {"8 bits", 150, 90, 8, 1, COMPRESSION_LZW, 2},
  {"8 bits signed", 150, 90, 8, 2},
  {"16 bits", 150, 90, 16, 1, COMPRESSION_PACKBITS},
  {"16 bits signed, big-endian", 150, 90, 16, 2, .mode = "wb"},
  {"32 bits", 150, 90, 32, 1},
  {"32 bits signed", 150, 90, 32, 2, .tiled = true},
  {"64 bits signed, big-endian", 150, 90, 64, 2, .mode = "wb"},
  {"64 bits", 150, 90, 64, 1, COMPRESSION_LZW, .tiled = true},
  {"half", 150, 90, 16, 3, COMPRESSION_ADOBE_DEFLATE, 3, .tiled = true},
};

static void
test_kinds (Fixture *fixture, gconstpointer data)
{
  for (size_t i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_test_message ("%s", kinds[i].what);
    write_tiff (&kinds[i], fixture->path);

    g_autoptr (GPtrArray) maps = read_good (fixture->path, NULL);
    const SacMap *map = maps->pdata[0];

    g_assert_cmpint (maps->len, ==, 1);
    g_assert_false (map->has_geometry);
    g_assert_true (map->has_gaps == kinds[i].has_gap);
    check_values (map, &kinds[i], 0);
  }
}

static void
test_pages (Fixture *fixture, gconstpointer data)
{
  Spec spec = kinds[1];

  spec.pages = 2;
  spec.levels = 1;
  write_tiff (&spec, fixture->path);

  g_autoptr (GPtrArray) maps = read_good (fixture->path, NULL);

  g_assert_cmpint (maps->len, ==, 3);
  for (int page = 0; page < 3; page++)
    check_values (maps->pdata[page], &spec, page);
  g_assert_cmpstr (((SacMap *)maps->pdata[1])->method, ==, "page 2");
}

/* What GDAL writes for cells without a number. */
static void
test_nothing (Fixture *fixture, gconstpointer data)
{
  Spec spec = kinds[8];

  spec.nothing = "10";
  write_tiff (&spec, fixture->path);

  g_autoptr (GPtrArray) maps = read_good (fixture->path, NULL);
  const SacMap *map = maps->pdata[0];

  g_assert_true (map->has_gaps);
  for (int i = 0; i < 150 * 90; i++) {
    double value = get_value (&spec, i % 150, i / 150, 0);

    g_assert_true (value == 10 ? isnan (map->values[i])
                               : map->values[i] == value);
  }
}

/* The text is exact for doubles; floats and halves come only close to it. */
static void
test_nothing_rounded (Fixture *fixture, gconstpointer data)
{
  static const struct {
    uint16_t bits;
    float nothing;
  } kinds_of_float[] = {{64, 0.625f}, {32, 0.625f}, {16, 0.625f}};

  for (size_t i = 0; i < G_N_ELEMENTS (kinds_of_float); i++) {
    Spec spec = {.width = 150,
                 .height = 90,
                 .bits = kinds_of_float[i].bits,
                 .format = 3,
                 .nothing = "0.62500000001"};
    float expected = kinds_of_float[i].nothing;

    write_tiff (&spec, fixture->path);

    g_autoptr (GPtrArray) maps = read_good (fixture->path, NULL);
    const SacMap *map = maps->pdata[0];

    for (uint32_t k = 0; k < 150 * 90; k++) {
      float value = (float)get_value (&spec, k % 150, k / 150, 0);

      g_assert_true (spec.bits < 64 && value == expected
                       ? isnan (map->values[k])
                       : map->values[k] == value);
    }
  }
}

/* A tile that was not written is 0, or a gap where there is a value for that.
 */
static void
test_absent_tile (Fixture *fixture, gconstpointer data)
{
  for (int has_nothing = 0; has_nothing < 2; has_nothing++) {
    Spec spec = {.width = 150,
                 .height = 90,
                 .bits = 32,
                 .format = 3,
                 .tiled = true,
                 .absent = 2,
                 .nothing = has_nothing ? "-9999" : NULL};

    write_tiff (&spec, fixture->path);

    g_autoptr (GPtrArray) maps = read_good (fixture->path, NULL);
    const SacMap *map = maps->pdata[0];

    g_assert_true (map->has_gaps == (has_nothing != 0));
    g_assert_cmpfloat (map->values[TILE - 1], ==,
                       get_value (&spec, TILE - 1, 0, 0));
    if (has_nothing)
      g_assert_true (isnan (map->values[TILE]));
    else
      g_assert_cmpfloat (map->values[TILE], ==, 0);
  }
}

/* What GDAL would multiply the numbers with is told. */
static void
test_scale (Fixture *fixture, gconstpointer data)
{
  Spec spec = kinds[10];

  spec.metadata = "<GDALMetadata><Item name=\"SCALE\" sample=\"0\" "
                  "role=\"scale\">0.001</Item></GDALMetadata>";
  write_tiff (&spec, fixture->path);

  g_autoptr (GPtrArray) maps = read_good (fixture->path, NULL);

  check_values (maps->pdata[0], &spec, 0);
  g_assert_nonnull (strstr (get_note (maps->pdata[0], 0), "without it"));
}

static void
test_turned (Fixture *fixture, gconstpointer data)
{
  Spec spec = kinds[0];

  spec.orientation = ORIENTATION_BOTLEFT;
  write_tiff (&spec, fixture->path);
  refused (fixture->path, NULL, SAC_ERROR_UNSUPPORTED, "orientation 4");
}

static void
check_seen (const SacMap *map, double x, double y, double width, double height)
{
  g_assert_true (map->has_geometry);
  g_assert_cmpfloat_with_epsilon (map->geometry.seen.x, x, 1e-6);
  g_assert_cmpfloat_with_epsilon (map->geometry.seen.y, y, 1e-6);
  g_assert_cmpfloat_with_epsilon (map->geometry.seen.width, width, 1e-6);
  g_assert_cmpfloat_with_epsilon (map->geometry.seen.height, height, 1e-6);
}

/* Grey as it is, as a range, and where the picture is transparent. */
static void
test_png (Fixture *fixture, gconstpointer data)
{
  static const struct {
    const char *name;
    float last; /* of the last pixel; from Pillow 9.4.0 */
  } files[] = {{"golden/image/grey.png", 177},
               {"golden/image/grey-16.png", 62704},
               {"golden/image/bilevel.png", 255}};
  static const char sidecar[] =
    "{\"range\": [-1, 1], \"unit\": \"score\", \"method\": \"m\", "
    "\"geometry\": {\"image\": [530, 370], \"seen\": [0, 0, 530, 370], "
    "\"input\": [53, 37]}}";
  g_autofree char *colored = test_file ("golden/image/rgb.png");
  g_autofree char *covered = test_file ("golden/image/grey-alpha.png");

  for (size_t i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *path = test_file (files[i].name);
    g_autoptr (GPtrArray) maps = read_good (path, &(SacMapImage){530, 370, 0});
    const SacMap *map = maps->pdata[0];
    g_autofree char *content = NULL;
    gsize size;

    g_assert_cmpfloat (map->values[53 * 37 - 1], ==, files[i].last);
    check_seen (map, 0, 0, 530, 370);
    g_assert_nonnull (strstr (get_note (map, 0), "grey levels"));

    g_assert_true (g_file_get_contents (path, &content, &size, NULL));
    g_assert_true (
      g_file_set_contents (fixture->path, content, (gssize)size, NULL));
    g_assert_true (g_file_set_contents (fixture->sidecar, sidecar, -1, NULL));

    g_autoptr (GPtrArray) scaled = read_good (fixture->path, NULL);
    const SacMap *range = scaled->pdata[0];
    double most = i == 1 ? 65535 : 255;

    g_assert_cmpfloat_with_epsilon (range->values[53 * 37 - 1],
                                    files[i].last / most * 2 - 1, 1e-6);
    g_assert_cmpstr (range->unit, ==, "score");
    g_assert_true (range->has_geometry);
    g_assert_true (
      g_file_set_contents (fixture->sidecar, "{\"range\": [1]}", -1, NULL));
    refused (fixture->path, NULL, SAC_ERROR_DAMAGED, "two numbers");
    g_assert_true (
      g_file_set_contents (fixture->path, content, (gssize)size - 30, NULL));
    refused (fixture->path, NULL, SAC_ERROR_DAMAGED, "cut off");
  }
  refused (colored, NULL, SAC_ERROR_UNSUPPORTED, "coloured");

  g_autoptr (GPtrArray) gaps = read_good (covered, NULL);

  g_assert_true (((SacMap *)gaps->pdata[0])->has_gaps);
}

/* More cells than are kept: the file's own smaller copy, or means. */
static void
test_large (Fixture *fixture, gconstpointer data)
{
  Spec spec = {"large", 5000, 4001, 8, 1, COMPRESSION_LZW, .tiled = true};
  SacMapImage image = {10000, 8002, 0};

  spec.levels = 1;
  write_tiff (&spec, fixture->path);

  g_autoptr (GPtrArray) own = read_good (fixture->path, &image);
  const SacMap *map = own->pdata[0];

  g_assert_cmpint (map->columns, ==, 2500);
  g_assert_cmpint (map->rows, ==, 2000);
  g_assert_cmpfloat (map->values[2500 * 3 + 5], ==, get_value (&spec, 5, 3, 0));
  g_assert_cmpfloat (map->geometry.seen.width, ==, 10000);
  g_assert_cmpfloat_with_epsilon (map->geometry.seen.height, 8002, 1e-6);
  g_assert_nonnull (strstr (get_note (map, 1), "its own smaller copy"));
  spec.levels = 0;
  write_tiff (&spec, fixture->path);

  g_autoptr (GPtrArray) made = read_good (fixture->path, &image);

  map = made->pdata[0];
  g_assert_cmpint (map->columns, ==, 1250);
  g_assert_cmpint (map->rows, ==, 1001);
  /* Of the last row one cell in four is there; it reaches over the edge. */
  g_assert_cmpfloat (map->geometry.seen.height, ==, 8008);
  for (int row = 0; row < 1001; row += 500)
    for (int column = 0; column < 1250; column += 7) {
      double sum = 0;
      int count = 0;

      for (int y = 4 * row; y < MIN (4 * row + 4, 4001); y++)
        for (int x = 4 * column; x < 4 * column + 4; x++, count++)
          sum += get_value (&spec, (uint32_t)x, (uint32_t)y, 0);
      g_assert_cmpfloat_with_epsilon (map->values[row * 1250 + column],
                                      sum / count, 1e-5);
    }
}

static void
test_place (Fixture *fixture, gconstpointer data)
{
  Spec spec = kinds[1];
  static const char sidecar[] =
    "{\"geometry\": {\"image\": [1000, 800], \"seen\": [10, 20, 512, 256], "
    "\"input\": [512, 256]}, \"unit\": \"score\", \"method\": \"tumour\"}";
  const struct {
    SacMapImage image;
    double mpp, width, height;
    const char *note;
  } places[] = {
    /* By the ratio: 90 rows of a hair less than 100 pixels. */
    {{15000, 8990, 0}, 0, 15000, 8990, "cover the whole image"},
    {{15000, 8990, 0.5}, 0, 15000, 8990, "cover the whole image"},
    /* The last column and row reach over the edge. */
    {{14950, 8910, 0.5}, 50, 15000, 9000, "micrometres"},
    /* 85 micrometres are 300 dots an inch. */
    {{15000, 8990, 0.5}, 84.7, 15000, 8990, "cover the whole image"},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (places); i++) {
    spec.mpp = places[i].mpp;
    write_tiff (&spec, fixture->path);

    g_autoptr (GPtrArray) maps = read_good (fixture->path, &places[i].image);
    const SacMap *map = maps->pdata[0];

    g_test_message ("place %zu", i);
    check_seen (map, 0, 0, places[i].width, places[i].height);
    g_assert_cmpint (map->geometry.image_width, ==, places[i].image.width);
    g_assert_nonnull (strstr (get_note (map, 0), places[i].note));
  }
  refused (fixture->path, &(SacMapImage){9000, 15000, 0}, SAC_ERROR_MISMATCH,
           "geometry");
  g_assert_true (g_file_set_contents (fixture->sidecar, sidecar, -1, NULL));

  g_autoptr (GPtrArray) said = read_good (fixture->path, NULL);
  g_autoptr (GPtrArray) scaled =
    read_good (fixture->path, &(SacMapImage){2000, 1601, 0});

  check_seen (said->pdata[0], 10, 20, 512, 256);
  g_assert_cmpstr (((SacMap *)said->pdata[0])->unit, ==, "score");
  check_seen (scaled->pdata[0], 20, 20 * 1601 / 800.0, 1024,
              256 * 1601 / 800.0);
  g_assert_nonnull (strstr (get_note (scaled->pdata[0], 0), "1000 x 800"));
  refused (fixture->path, &(SacMapImage){1000, 1000, 0}, SAC_ERROR_MISMATCH,
           "belongs to it");
}

/* A map of ours that another program has packed keeps all that it says. */
static void
test_repacked (Fixture *fixture, gconstpointer data)
{
  Spec spec = {"ours", 3, 2, 32, 3, COMPRESSION_LZW};
  g_autoptr (SacMap) map = sac_map_new_take (2, 3, g_new0 (float, 6));
  g_autofree char *json = g_build_filename (fixture->folder, "own.json", NULL);
  g_autofree char *text = NULL;

  map->method = g_strdup ("grad-cam");
  map->has_geometry = true;
  map->geometry = (SacGeometry){500, 400, {10.5, -3, 96, 64}, 224, 224};
  json_object_set_string_member (map->provenance, "model", "m");
  g_assert_true (sac_map_write_json (json, map, NULL));
  g_assert_true (g_file_get_contents (json, &text, NULL, NULL));
  spec.description = text;
  write_tiff (&spec, fixture->path);

  g_autoptr (GPtrArray) maps = read_good (fixture->path, NULL);
  const SacMap *back = maps->pdata[0];

  check_values (back, &spec, 0);
  check_seen (back, 10.5, -3, 96, 64);
  g_assert_cmpstr (back->method, ==, "grad-cam");
  g_assert_cmpstr (json_object_get_string_member (back->provenance, "model"),
                   ==, "m");
}

static void
test_tells_apart (Fixture *fixture, gconstpointer data)
{
  static const struct {
    const char *text;
    SacErrorCode code;
    const char *part;
  } others[] = {
    {"%PDF-1.4 something", SAC_ERROR_UNSUPPORTED, "a PDF document"},
    {"", SAC_ERROR_UNSUPPORTED, "an empty file"},
    {"{\"a\": 1}", SAC_ERROR_UNSUPPORTED, "a JSON file"},
    {"a,b\n1,2\n", SAC_ERROR_UNSUPPORTED, "columns x and y"},
  };
  g_autoptr (SacMap) map = sac_map_new_take (2, 3, g_new0 (float, 6));
  g_autoptr (GError) error = NULL;
  const SacMapImage image = {600, 400, 0};

  for (size_t i = 0; i < G_N_ELEMENTS (others); i++) {
    g_assert_true (
      g_file_set_contents (fixture->path, others[i].text, -1, NULL));
    refused (fixture->path, &image, others[i].code, others[i].part);
  }
  refused (fixture->folder, NULL, SAC_ERROR_UNREADABLE, "no file");

  /* Whatever their names say. */
  g_assert_true (sac_map_write_npy (fixture->path, map, &error));

  g_autoptr (GPtrArray) array = read_good (fixture->path, &image);

  check_seen (array->pdata[0], 0, 0, 600, 400);
  g_assert_true (
    g_file_set_contents (fixture->path,
                         "x,y,tumour\n0,0,0.5\n100,0,0.25\n0,100,1\n", -1,
                         NULL));

  g_autoptr (GPtrArray) table = read_good (fixture->path, &image);
  const SacMap *scores = table->pdata[0];

  check_seen (scores, 0, 0, 200, 200);
  g_assert_cmpint (scores->geometry.image_width, ==, 600);
  g_assert_true (scores->has_gaps && isnan (scores->values[3]));
  g_assert_true (
    sac_map_write_tiff (fixture->path, (const SacMap *const[]){map}, 1, NULL));

  g_autoptr (GPtrArray) own = read_good (fixture->path, &image);

  check_seen (own->pdata[0], 0, 0, 600, 400);
}

/* Pictures, lies and cut files: a sentence, and no memory. */
static void
test_refused (Fixture *fixture, gconstpointer data)
{
  Spec spec = kinds[1];
  g_autofree char *content = NULL;
  gsize size;

  write_tiff (&spec, fixture->path);
  g_assert_true (g_file_get_contents (fixture->path, &content, &size, NULL));
  for (gsize length = 0; length < size; length += 997) {
    g_autoptr (GError) error = NULL;

    g_assert_true (
      g_file_set_contents (fixture->path, content, (gssize)length, NULL));
    g_assert_null (sac_map_read (fixture->path, NULL, NULL, &error));
    g_assert_nonnull (error);
  }

  TIFF *tiff = TIFFOpen (fixture->path, "w");

  TIFFSetField (tiff, TIFFTAG_IMAGEWIDTH, 1000000);
  TIFFSetField (tiff, TIFFTAG_IMAGELENGTH, 1000000);
  TIFFSetField (tiff, TIFFTAG_BITSPERSAMPLE, 32);
  TIFFSetField (tiff, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_IEEEFP);
  TIFFSetField (tiff, TIFFTAG_COMPRESSION, COMPRESSION_LZW);
  TIFFSetField (tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
  TIFFSetField (tiff, TIFFTAG_ROWSPERSTRIP, 1000000);
  TIFFWriteRawStrip (tiff, 0, content, 100);
  TIFFClose (tiff);
  refused (fixture->path, NULL, SAC_ERROR_TOO_LARGE, "too many");
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SacJob) job = sac_job_new (NULL);
  g_autoptr (GError) error = NULL;

  write_tiff (&kinds[1], fixture->path);
  sac_job_cancel (job);
  g_assert_null (sac_map_read (fixture->path, NULL, job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test)                                                        \
  g_test_add ("/map-read/" name, Fixture, NULL, set_up, test, tear_down)
  ADD ("kinds", test_kinds);
  ADD ("pages", test_pages);
  ADD ("nothing", test_nothing);
  ADD ("nothing-rounded", test_nothing_rounded);
  ADD ("absent-tile", test_absent_tile);
  ADD ("scale", test_scale);
  ADD ("turned", test_turned);
  ADD ("png", test_png);
  ADD ("large", test_large);
  ADD ("place", test_place);
  ADD ("repacked", test_repacked);
  ADD ("tells-apart", test_tells_apart);
  ADD ("refused", test_refused);
  ADD ("cancel", test_cancel);
  return g_test_run ();
}
