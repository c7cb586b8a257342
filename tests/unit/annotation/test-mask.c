/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "annotation/mask.h"
#include "annotation/measure.h"
#include "annotation/rasterize.h"
#include "base/error.h"
#include "image/decode.h"
#include "support.h"

#include <png.h>
#include <string.h>
#include <tiffio.h>

/* A picture of cells: ' ' is black, '#' white, digits and letters greys. */
static char *
put_png (const char *folder, const char *const *rows)
{
  int width = (int)strlen (rows[0]),
      height = (int)g_strv_length ((char **)rows);
  g_autoptr (SacImage) image = sac_image_new (width, height, NULL);
  char *path = g_build_filename (folder, "mask.png", NULL);

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      char c = rows[y][x];
      unsigned grey = c == ' ' ? 0 : c == '#' ? 255 : (unsigned)(c - '0');

      image->pixels[y * width + x] = sac_pixel (grey, grey, grey);
    }

  g_autoptr (GBytes) file = sac_encode_png (image, NULL, NULL);
  gsize size;
  const char *data = g_bytes_get_data (file, &size);

  g_assert_true (g_file_set_contents (path, data, (gssize)size, NULL));
  return path;
}

static SacMask *
read_good (const char *path, int64_t width, int64_t height, double mpp)
{
  g_autoptr (GError) error = NULL;
  SacMaskImage image = {width, height, mpp};
  SacMask *mask = sac_mask_read (path, &image, NULL, &error);

  g_assert_no_error (error);
  return mask;
}

static SacAnnotations *
trace_good (const SacMask *mask)
{
  g_autoptr (GError) error = NULL;
  SacAnnotations *set = sac_mask_to_annotations (mask, NULL, &error);

  g_assert_no_error (error);
  return set;
}

/* Back on its own grid it is the same mask, class by class. */
static void
check_round_trip (const SacMask *mask, const SacAnnotations *set)
{
  size_t count = (size_t)mask->rows * (size_t)mask->columns;
  g_autofree float *shares = g_new (float, count);
  SacGeometry geometry = {.seen = mask->place};

  for (guint class = 0; class < mask->classes->len; class ++) {
    g_assert_true (sac_annotations_rasterize (set, (int)class, &geometry,
                                              mask->rows, mask->columns, shares,
                                              NULL, NULL));
    for (size_t i = 0; i < count; i++)
      g_assert_cmpfloat (shares[i], ==, mask->cells[i] == class + 1);
  }
}

/* A ring with an island in its hole, touching corners, and the border. */
static void
test_shapes (void)
{
  static const char *const rows[] = {
    "####  #    ", "#  #   #   ", "# ##    ## ", "####    ## ", "           ",
    "####### # #", "#     #  # ", "# ### # # #", "# # # #    ", "# ### #####",
    "#     #    ", "#######   #", NULL,
  };
  char *folder = test_folder_new ();
  g_autofree char *path = put_png (folder, rows);
  g_autoptr (SacMask) mask = read_good (path, 110, 120, 0);
  g_autoptr (SacAnnotations) set = trace_good (mask);
  double area = 0;

  g_assert_cmpuint (mask->classes->len, ==, 1);
  g_assert_false (mask->is_cut);
  check_round_trip (mask, set);
  /* The ring above; three that touch at corners; the ring below with its tail,
   * the island, five of the cross, one in the corner. */
  g_assert_cmpuint (set->items->len, ==, 12);
  g_assert_cmpuint (((SacAnnotation *)set->items->pdata[0])->rings->len, ==, 2);
  for (guint i = 0; i < set->items->len; i++)
    area += sac_annotation_get_area (set->items->pdata[i]);
  g_assert_cmpfloat_with_epsilon (area,
                                  100.0 * (13 + 1 + 1 + 4 + 24 + 4 + 8 + 5 + 1),
                                  1e-6);
  test_folder_remove (folder);
}

static void
test_classes (void)
{
  static const char *const rows[] = {"0112", "0132", "0222", NULL};
  char *folder = test_folder_new ();
  g_autofree char *path = put_png (folder, rows);
  g_autoptr (SacMask) mask = read_good (path, 4, 3, 0);
  g_autoptr (SacAnnotations) set = trace_good (mask);
  static const char *const names[] = {"1", "2", "3"};

  g_assert_cmpuint (mask->classes->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpstr (((SacAnnotationClass *)set->classes->pdata[i])->name, ==,
                     names[i]);
  g_assert_cmpuint (set->items->len, ==, 3);
  check_round_trip (mask, set);
  test_folder_remove (folder);
}

/* No black: white is background, and nothing but white is all of it. */
static void
test_background (void)
{
  static const char *const drawn[] = {"##P", "#PP", NULL};
  static const char *const full[] = {"###", "###", NULL};
  static const char *const empty[] = {"   ", "   ", NULL};
  char *folder = test_folder_new ();
  g_autofree char *path = put_png (folder, drawn);
  g_autoptr (SacMask) mask = read_good (path, 3, 2, 0);

  g_assert_cmpmem (mask->cells, 6, "\0\0\1\0\1\1", 6);
  g_free (put_png (folder, full));

  g_autoptr (SacMask) white = read_good (path, 3, 2, 0);
  g_autoptr (SacAnnotations) all = trace_good (white);

  g_assert_cmpuint (all->items->len, ==, 1);
  g_assert_cmpint (((SacAnnotation *)all->items->pdata[0])->kind, ==,
                   SAC_ANNOTATION_RECTANGLE);
  g_free (put_png (folder, empty));

  g_autoptr (SacMask) black = read_good (path, 3, 2, 0);
  g_autoptr (SacAnnotations) none = trace_good (black);

  g_assert_cmpuint (none->items->len, ==, 0);
  test_folder_remove (folder);
}

/* Edges that were blurred are cut at half. */
static void
test_blurred (void)
{
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "mask.png", NULL);
  g_autoptr (SacImage) image = sac_image_new (256, 4, NULL);

  for (int i = 0; i < 256 * 4; i++)
    image->pixels[i] =
      sac_pixel ((unsigned)i % 256, (unsigned)i % 256, (unsigned)i % 256);

  g_autoptr (GBytes) file = sac_encode_png (image, NULL, NULL);
  gsize size;
  const char *data = g_bytes_get_data (file, &size);

  g_assert_true (g_file_set_contents (path, data, (gssize)size, NULL));

  g_autoptr (SacMask) mask = read_good (path, 512, 8, 0);
  g_autoptr (SacAnnotations) set = trace_good (mask);
  SacRect bounds = sac_annotation_get_bounds (set->items->pdata[0]);

  g_assert_true (mask->is_cut);
  g_assert_cmpuint (set->items->len, ==, 1);
  g_assert_cmpfloat (bounds.x, ==, 256);
  g_assert_cmpfloat (bounds.width, ==, 256);
  test_folder_remove (folder);
}

/* A tiled TIFF as ASAP writes masks: one byte a pixel, LZW, levels one after
 * the other; a square of 1 with one of 2 in it. */
static void
put_level (TIFF *tiff, uint32_t width, uint32_t height, double mpp, int shrink)
{
  uint8_t tile[64 * 64];

  TIFFSetField (tiff, TIFFTAG_IMAGEWIDTH, width);
  TIFFSetField (tiff, TIFFTAG_IMAGELENGTH, height);
  TIFFSetField (tiff, TIFFTAG_BITSPERSAMPLE, 8);
  TIFFSetField (tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
  TIFFSetField (tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
  TIFFSetField (tiff, TIFFTAG_COMPRESSION, COMPRESSION_LZW);
  TIFFSetField (tiff, TIFFTAG_TILEWIDTH, 64);
  TIFFSetField (tiff, TIFFTAG_TILELENGTH, 64);
  if (shrink > 1)
    TIFFSetField (tiff, TIFFTAG_SUBFILETYPE, FILETYPE_REDUCEDIMAGE);
  if (mpp > 0) {
    TIFFSetField (tiff, TIFFTAG_RESOLUTIONUNIT, RESUNIT_CENTIMETER);
    TIFFSetField (tiff, TIFFTAG_XRESOLUTION, 1e4 / mpp / shrink);
    TIFFSetField (tiff, TIFFTAG_YRESOLUTION, 1e4 / mpp / shrink);
  }
  for (uint32_t y = 0; y < height; y += 64)
    for (uint32_t x = 0; x < width; x += 64) {
      for (int i = 0; i < 64 * 64; i++) {
        uint32_t u = (x + (uint32_t)i % 64) * (uint32_t)shrink;
        uint32_t v = (y + (uint32_t)i / 64) * (uint32_t)shrink;
        bool in = u >= 64 && u < 192 && v >= 64 && v < 192;
        bool inner = u >= 96 && u < 128 && v >= 96 && v < 128;

        tile[i] = (uint8_t)(in + inner);
      }
      g_assert_cmpint (TIFFWriteTile (tiff, tile, x, y, 0, 0), >, 0);
    }
  g_assert_true (TIFFWriteDirectory (tiff));
}

static char *
put_tiff (const char *folder, uint32_t width, uint32_t height, double mpp)
{
  char *path = g_build_filename (folder, "mask.tif", NULL);
  TIFF *tiff = TIFFOpen (path, "w");

  put_level (tiff, width, height, mpp, 1);
  put_level (tiff, width / 4, height / 4, mpp, 4);
  TIFFClose (tiff);
  return path;
}

static void
check_squares (const SacMask *mask, double scale)
{
  g_autoptr (SacAnnotations) set = trace_good (mask);
  SacRect outer = sac_annotation_get_bounds (set->items->pdata[0]);
  SacRect inner = sac_annotation_get_bounds (set->items->pdata[1]);

  g_assert_cmpuint (set->items->len, ==, 2);
  g_assert_cmpuint (((SacAnnotation *)set->items->pdata[0])->rings->len, ==, 2);
  g_assert_cmpfloat_with_epsilon (outer.x, 64 * scale, 1e-6);
  g_assert_cmpfloat_with_epsilon (outer.width, 128 * scale, 1e-6);
  g_assert_cmpfloat_with_epsilon (inner.y, 96 * scale, 1e-6);
  g_assert_cmpfloat_with_epsilon (inner.height, 32 * scale, 1e-6);
}

static void
test_tiff (void)
{
  char *folder = test_folder_new ();
  g_autofree char *path = put_tiff (folder, 256, 320, 0);
  g_autoptr (SacMask) same = read_good (path, 256, 320, 0);
  /* Half the size of the slide, which has other levels: the ratio decides. */
  g_autoptr (SacMask) half = read_good (path, 512, 640, 0.25);
  /* Rounded: 511 pixels were halved to 256. */
  g_autoptr (SacMask) odd = read_good (path, 511, 639, 0.25);

  check_squares (same, 1);
  check_squares (half, 2);
  g_assert_cmpfloat (odd->place.width, ==, 511);
  test_folder_remove (folder);
}

/* Filled up to whole tiles, the shape is another: then micrometres decide. */
static void
test_by_mpp (void)
{
  char *folder = test_folder_new ();
  g_autofree char *path = put_tiff (folder, 256, 320, 0.5);
  g_autoptr (SacMask) mask = read_good (path, 480, 620, 0.25);
  g_autoptr (GError) error = NULL;
  SacMaskImage unknown = {480, 500, 0}, large = {4000, 900, 0.25};

  check_squares (mask, 2);
  g_assert_null (sac_mask_read (path, &unknown, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH, "256 x 320");
  g_assert_null (sac_mask_read (path, &large, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH, "4000 x 900");
  test_folder_remove (folder);
}

/* Larger than the grid and without levels: every third pixel. */
static void
test_large (void)
{
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "mask.tif", NULL);
  TIFF *tiff = TIFFOpen (path, "w");

  put_level (tiff, 9000, 256, 0, 1);
  TIFFClose (tiff);

  g_autoptr (SacMask) mask = read_good (path, 9000, 256, 0);
  g_autoptr (SacAnnotations) set = trace_good (mask);
  SacRect outer = sac_annotation_get_bounds (set->items->pdata[0]);

  g_assert_cmpint (mask->columns, ==, 3000);
  g_assert_cmpfloat_with_epsilon (outer.x, 64, 3);
  g_assert_cmpfloat_with_epsilon (outer.width, 128, 3);
  check_round_trip (mask, set);
  test_folder_remove (folder);
}

/* What is written is read back as the same areas. */
static void
test_write (void)
{
  static const char *const rows[] = {"0112", "0132", "0222", NULL};
  char *folder = test_folder_new ();
  g_autofree char *path = put_png (folder, rows);
  g_autofree char *written = g_build_filename (folder, "again.png", NULL);
  SacMaskImage image = {400, 300, 0};
  g_autoptr (GError) error = NULL;
  g_autoptr (SacAnnotations) set =
    sac_annotations_open (path, &image, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (sac_mask_write_png (written, set, &image, 4, NULL, &error));

  g_autoptr (SacMask) before = read_good (path, 400, 300, 0);
  g_autoptr (SacMask) after = read_good (written, 400, 300, 0);

  g_assert_cmpmem (before->cells, 12, after->cells, 12);
  test_folder_remove (folder);
}

/* Classes in 16 bits: their numbers are small, and the upper halves all 0. */
static void
test_fine (void)
{
  static const uint16_t classes[4] = {0, 1, 2, 0}, whole[4] = {0, 65535, 0, 0};
  SacMaskImage image = {2, 2, 0};
  char *folder = test_folder_new ();

  for (int i = 0; i < 4; i++) {
    const uint16_t *values = i % 2 == 0 ? classes : whole;
    g_autofree char *path =
      g_build_filename (folder, i < 2 ? "fine.png" : "fine.tif", NULL);
    g_autoptr (GError) error = NULL;

    if (i < 2) {
      png_image png = {.version = PNG_IMAGE_VERSION,
                       .width = 2,
                       .height = 2,
                       .format = PNG_FORMAT_LINEAR_Y};

      g_assert_true (png_image_write_to_file (&png, path, 0, values, 0, NULL));
    } else {
      TIFF *tiff = TIFFOpen (path, "w");

      TIFFSetField (tiff, TIFFTAG_IMAGEWIDTH, 2);
      TIFFSetField (tiff, TIFFTAG_IMAGELENGTH, 2);
      TIFFSetField (tiff, TIFFTAG_BITSPERSAMPLE, 16);
      TIFFSetField (tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
      TIFFSetField (tiff, TIFFTAG_ROWSPERSTRIP, 2);
      g_assert_cmpint ((int)TIFFWriteEncodedStrip (tiff, 0, (void *)values, 8),
                       ==, 8);
      TIFFClose (tiff);
    }

    g_autoptr (SacMask) mask = sac_mask_read (path, &image, NULL, &error);

    if (i % 2 == 0) {
      g_assert_null (mask);
      test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNSUPPORTED, "16 bits");
    } else {
      g_assert_no_error (error);
      g_assert_cmpmem (mask->cells, 4, ((uint8_t[]){0, 1, 0, 0}), 4);
    }
  }
  test_folder_remove (folder);
}

/* Colour over alpha: 'c' is clear black, 'C' clear white, '#' opaque white,
 * ' ' opaque black, 'r' opaque red, 'h' half transparent red. */
static char *
put_clear_png (const char *folder, const char *rows)
{
  char *path = g_build_filename (folder, "clear.png", NULL);
  size_t count = strlen (rows);
  g_autofree uint8_t *samples = g_new0 (uint8_t, 4 * count);
  png_image png = {.version = PNG_IMAGE_VERSION,
                   .width = (png_uint_32)count,
                   .height = 1,
                   .format = PNG_FORMAT_RGBA};

  for (size_t i = 0; i < count; i++) {
    char c = rows[i];
    uint8_t white = c == '#' || c == 'C' ? 255 : 0;

    samples[4 * i] = c == 'r' || c == 'h' ? 255 : white;
    samples[4 * i + 1] = samples[4 * i + 2] = white;
    samples[4 * i + 3] = c == 'c' || c == 'C' ? 0 : c == 'h' ? 128 : 255;
  }
  g_assert_true (png_image_write_to_file (&png, path, 0, samples, 0, NULL) !=
                 0);
  return path;
}

/* What is transparent is background, whatever colour lies under it. */
static void
test_clear (void)
{
  static const struct {
    const char *row;
    uint8_t cells[4];
    guint class_count;
  } cases[] = {
    {"cr C", {0, 2, 1, 0}, 2}, {"CcCr", {0, 0, 0, 1}, 1},
    {" ccC", {1, 0, 0, 0}, 1}, {"cccc", {0, 0, 0, 0}, 0},
    {" #r#", {0, 2, 1, 2}, 2}, {"hcch", {1, 0, 0, 1}, 1},
  };
  static const char *const refused[] = {"c#cr", "C#C#"};
  char *folder = test_folder_new ();
  SacMaskImage image = {4, 1, 0};

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = put_clear_png (folder, cases[i].row);
    g_autoptr (SacMask) mask = read_good (path, 4, 1, 0);

    g_assert_cmpmem (mask->cells, 4, cases[i].cells, 4);
    g_assert_cmpuint (mask->classes->len, ==, cases[i].class_count);
  }
  for (size_t i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autofree char *path = put_clear_png (folder, refused[i]);
    g_autoptr (GError) error = NULL;

    g_assert_null (sac_mask_read (path, &image, NULL, &error));
    test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
                       "without transparency");
  }
  test_folder_remove (folder);
}

static void
test_bad (void)
{
  char *folder = test_folder_new ();
  static const char *const rows[] = {"# #", "###", NULL};
  g_autofree char *path = put_png (folder, rows);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacJob) job = sac_job_new (NULL);
  SacMaskImage image = {3, 2, 0};
  g_autoptr (SacMask) mask = read_good (path, 3, 2, 0);

  sac_job_cancel (job);
  g_assert_null (sac_mask_to_annotations (mask, job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (sac_annotations_open ("/nowhere", &image, NULL, &error));
  g_assert_error (error, SAC_ERROR, SAC_ERROR_UNREADABLE);
  test_folder_remove (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mask/shapes", test_shapes);
  g_test_add_func ("/mask/classes", test_classes);
  g_test_add_func ("/mask/background", test_background);
  g_test_add_func ("/mask/blurred", test_blurred);
  g_test_add_func ("/mask/tiff", test_tiff);
  g_test_add_func ("/mask/mpp", test_by_mpp);
  g_test_add_func ("/mask/large", test_large);
  g_test_add_func ("/mask/write", test_write);
  g_test_add_func ("/mask/fine", test_fine);
  g_test_add_func ("/mask/clear", test_clear);
  g_test_add_func ("/mask/bad", test_bad);
  return g_test_run ();
}
