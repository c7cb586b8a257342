/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/preprocess.h"

#include "base/error.h"
#include "image/phantom.h"
#include "image/resize.h"
#include "network/model.h"
#include "support.h"

#include <math.h>
#include <string.h>

/* 120 x 90 pixels without any smoothness, so that a wrong phase shows. */
static SacSource *
new_pattern (void)
{
  g_autoptr (SacImage) image = sac_image_new (120, 90, NULL);

  for (unsigned y = 0; y < 90; y++) {
    for (unsigned x = 0; x < 120; x++)
      image->pixels[y * 120 + x] =
        sac_pixel ((x * 7 + y * 13) & 255, (x * x + y) & 255,
                   (x * 3 + y * y * 5) & 255);
  }
  return sac_source_new_for_image (image, "pattern");
}

#define INPUT(element_type, resampling, channels)                              \
  .name = (char *)"image", .role = (char *)"image", .type = element_type,      \
  .filter = resampling, .center_crop = true, .channel_count = channels,        \
  .scale = 1.0 / 255, .mean = {0.5, 0.4, 0.3}, .std = {0.2, 0.25, 0.5}
#define PLAIN INPUT (SAC_TYPE_FLOAT, SAC_FILTER_BILINEAR, 3)

typedef struct {
  const char *name;
  SacManifestInput input;
  SacRect region; /* empty: none */
  SacRect seen;
  int height, width; /* of the tensor */
  /* Elements 0, n / 3 + 7, n / 2 + 1, n - 1 in the tensor's order, the sum of
   * all and of their squares. */
  float elements[4];
  double sum, squares;
} Case;

/* Pillow 9.4 (Image.resize, crop, convert) and NumPy 1.24: the array of bytes
 * as float32, times scale, minus mean, divided by std, each in float32. */
static const Case cases[] = {
  {.name = "squash",
   .input = {PLAIN, .width = 32, .height = 24, .resize = SAC_RESIZE_SQUASH,
             .resize_width = 32, .resize_height = 24},
   .seen = {0, 0, 120, 90},
   .elements = {-1.83333337f, 0.26666677f, -0.43921566f, 0.262745142f},
   .sum = 559.1688,
   .squares = 1192.1611},
  {.name = "squash, then crop",
   .input = {INPUT (SAC_TYPE_FLOAT, SAC_FILTER_BICUBIC, 3), .width = 32,
             .height = 24, .resize = SAC_RESIZE_SQUASH, .resize_width = 40,
             .resize_height = 32},
   .seen = {4 * 120 / 40.0, 4 * 90 / 32.0, 32 * 3, 24 * 90 / 32.0},
   .elements = {0.872549117f, 0.219607949f, -0.580392122f, -0.545098066f},
   .sum = 593.8472,
   .squares = 1638.4872},
  {.name = "shorter side of a wide image",
   .input = {PLAIN, .width = 31, .height = 31,
             .resize = SAC_RESIZE_SHORTER_SIDE, .resize_width = 31,
             .resize_height = 31},
   /* 41 x 31, cut from column 5 */
   .seen = {5 * 120 / 41.0, 0, 31 * 120 / 41.0, 90},
   .elements = {-0.0490194559f, 0.0156863928f, 0.156862855f, 0.403921604f},
   .sum = 748.1042,
   .squares = 1669.1201},
  {.name = "shorter side of a tall region",
   .input = {PLAIN, .width = 31, .height = 31,
             .resize = SAC_RESIZE_SHORTER_SIDE, .resize_width = 31,
             .resize_height = 31},
   .region = {10, 4, 47, 86},
   /* 31 x 57, cut from row 13 */
   .seen = {10, 4 + 13 * 86 / 57.0, 47, 31 * 86 / 57.0},
   .elements = {0.00980407f, 1.61568654f, 1.72549045f, 0.639215708f},
   .sum = 820.1787,
   .squares = 2557.1298},
  {.name = "longer side rounded down",
   .input = {PLAIN, .width = 31, .height = 31,
             .resize = SAC_RESIZE_SHORTER_SIDE, .resize_width = 31,
             .resize_height = 31, .truncate = true},
   .region = {10, 4, 47, 86},
   /* 31 x 56, cut from row 12 */
   .seen = {10, 4 + 12 * 86 / 56.0, 47, 31 * 86 / 56.0},
   .elements = {-0.28431356f, 1.60000026f, 1.70980418f, 0.827450991f},
   .sum = 835.6924,
   .squares = 2537.1515},
  {.name = "longer side, padded",
   .input = {PLAIN, .width = 64, .height = 64, .resize = SAC_RESIZE_LONGER_SIDE,
             .resize_width = 64, .resize_height = 64},
   .seen = {0, 0, 120, 120},
   .elements = {-2.2647059f, 1.3176471f, -0.564705849f, 0},
   .sum = 2234.2007,
   .squares = 7091.4729},
  {.name = "pixels as they are, cropped",
   .input = {PLAIN, .width = 61, .height = 50, .resize = SAC_RESIZE_NONE},
   .seen = {29, 20, 61, 50},
   .elements = {1.55882382f, -1.03529406f, 1.17647064f, -0.53725493f},
   .sum = 2253.1459,
   .squares = 12129.4450},
  {.name = "pixels as they are, any size",
   .input = {PLAIN, .resize = SAC_RESIZE_NONE},
   .seen = {0, 0, 120, 90},
   .height = 90,
   .width = 120,
   .elements = {-2.5f, -0.831372499f, -0.87843138f, -0.396078438f},
   .sum = 7845.6185,
   .squares = 43126.6702},
  {.name = "BGR, channels last",
   .input = {PLAIN, .width = 32, .height = 24, .resize = SAC_RESIZE_SQUASH,
             .resize_width = 32, .resize_height = 24, .bgr = true,
             .nhwc = true},
   .seen = {0, 0, 120, 90},
   .elements = {-1.95098042f, 0.156862855f, -0.799999952f, 0.686274529f},
   .sum = 543.2629,
   .squares = 758.0297},
  {.name = "one channel",
   .input = {INPUT (SAC_TYPE_FLOAT, SAC_FILTER_BILINEAR, 1), .width = 32,
             .height = 24, .resize = SAC_RESIZE_SQUASH, .resize_width = 32,
             .resize_height = 24},
   .seen = {0, 0, 120, 90},
   .elements = {-2.16666675f, 0.029411912f, -0.656862676f, 0.833333433f},
   .sum = -32.7254,
   .squares = 155.6916},
  {.name = "half floats",
   .input = {INPUT (SAC_TYPE_FLOAT16, SAC_FILTER_BILINEAR, 3), .width = 32,
             .height = 24, .resize = SAC_RESIZE_SQUASH, .resize_width = 32,
             .resize_height = 24},
   .seen = {0, 0, 120, 90},
   .elements = {-1.83300781f, 0.266601562f, -0.439208984f, 0.262695312f},
   .sum = 559.1664,
   .squares = 1192.1711},
};

static void
assert_rect (const SacRect *got, const SacRect *expected)
{
  g_assert_cmpfloat_with_epsilon (got->x, expected->x, 1e-9);
  g_assert_cmpfloat_with_epsilon (got->y, expected->y, 1e-9);
  g_assert_cmpfloat_with_epsilon (got->width, expected->width, 1e-9);
  g_assert_cmpfloat_with_epsilon (got->height, expected->height, 1e-9);
}

static void
assert_elements (const SacTensor *tensor,
                 const float *expected,
                 double sum,
                 double squares)
{
  const float *values = sac_tensor_f32 (tensor);
  size_t count = sac_tensor_get_count (tensor);
  const float picked[] = {values[0], values[count / 3 + 7],
                          values[count / 2 + 1], values[count - 1]};
  double got_sum = 0, got_squares = 0;

  for (size_t i = 0; i < count; i++) {
    got_sum += values[i];
    got_squares += (double)values[i] * values[i];
  }
  g_assert_cmpmem (picked, sizeof picked, expected, 4 * sizeof *expected);
  g_assert_cmpfloat_with_epsilon (got_sum, sum, 1e-3);
  g_assert_cmpfloat_with_epsilon (got_squares, squares, 1e-3);
}

static void
test_pillow (void)
{
  g_autoptr (SacSource) source = new_pattern ();

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    const Case *one = &cases[i];
    int height = one->height > 0 ? one->height : one->input.height;
    int width = one->width > 0 ? one->width : one->input.width;
    int channels = one->input.channel_count;
    SacShape shape = one->input.nhwc
                       ? sac_shape_of (1, height, width, channels)
                       : sac_shape_of (1, channels, height, width);
    SacGeometry geometry;
    g_autoptr (GError) error = NULL;
    g_autoptr (SacTensor) tensor =
      sac_preprocess (&one->input, source,
                      one->region.width > 0 ? &one->region : NULL, &geometry,
                      NULL, &error);

    g_test_message ("%s", one->name);
    g_assert_no_error (error);
    g_assert_true (sac_shape_equal (&tensor->shape, &shape));
    g_assert_cmpint (tensor->type, ==, one->input.type);
    assert_elements (tensor, one->elements, one->sum, one->squares);
    assert_rect (&geometry.seen, &one->seen);
    g_assert_cmpint (geometry.image_width, ==, 120);
    g_assert_cmpint (geometry.image_height, ==, 90);
    g_assert_cmpint (geometry.input_width, ==, width);
    g_assert_cmpint (geometry.input_height, ==, height);
  }
}

/* Double and integer inputs hold the same numbers. */
static void
test_types (void)
{
  static const SacType types[] = {SAC_TYPE_DOUBLE, SAC_TYPE_UINT8,
                                  SAC_TYPE_INT64};
  g_autoptr (SacSource) source = new_pattern ();
  SacManifestInput input = cases[0].input;
  SacGeometry geometry;

  input.scale = 1;
  memset (input.mean, 0, sizeof input.mean);
  input.std[0] = input.std[1] = input.std[2] = 1;
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++) {
    input.type = types[i];

    g_autoptr (SacTensor) tensor =
      sac_preprocess (&input, source, NULL, &geometry, NULL, NULL);
    double first = types[i] == SAC_TYPE_DOUBLE ? *(double *)tensor->data
                                               : *sac_tensor_i64 (tensor);

    g_assert_cmpint (tensor->type, ==, types[i]);
    g_assert_cmpfloat (first, ==, 34);
  }
}

/* The models' own reference images, by the recipe that trained them. */
static void
check_reference (const char *id,
                 const char *file,
                 const float *elements,
                 double sum,
                 const SacRect *seen)
{
  g_autofree char *name = g_build_filename ("models", id, file, NULL);
  g_autofree char *path = test_shared (name);
  g_autoptr (GError) error = NULL;
  SacGeometry geometry;

  if (path == NULL)
    return;

  g_autoptr (SacModel) model = sac_model_open (id, NULL, &error);

  g_assert_no_error (error);

  g_autoptr (SacSource) source = sac_source_open (path, NULL, &error);

  g_assert_no_error (error);

  g_autoptr (SacTensor) tensor =
    sac_preprocess (&sac_model_get_manifest (model)->inputs[0], source, NULL,
                    &geometry, NULL, &error);

  g_assert_no_error (error);

  const float *values = sac_tensor_f32 (tensor);
  size_t count = sac_tensor_get_count (tensor);
  const float picked[] = {values[0], values[count / 3 + 77], values[count / 2],
                          values[count - 1]};
  double got_sum = 0;

  for (size_t i = 0; i < count; i++)
    got_sum += values[i];
  g_assert_cmpmem (picked, sizeof picked, elements, 4 * sizeof *elements);
  g_assert_cmpfloat_with_epsilon (got_sum, sum, 1e-4);
  assert_rect (&geometry.seen, seen);
}

static void
test_reference_dermoscopy (void)
{
  check_reference ("derm-resnet18", "reference-2-mel.png",
                   (float[]){-0.49859923124313354, 0.8039215803146362,
                             0.5686274766921997, 0.08419857174158096},
                   -3829.729650,
                   &(SacRect){21 * 200 / 171.0, 0, 128 * 200 / 171.0, 150});
}

static void
test_reference_pathology (void)
{
  check_reference ("pcam-vit", "reference-3-tumor.png",
                   (float[]){0.2205885946750641, -0.40196073055267334,
                             -1.8165266513824463, -2.277310848236084},
                   -15615.673686, &(SacRect){0, 0, 96, 96});
}

/* A tile model on a slide looks at its own spacing: 96 px of 0.972 um are
 * 186.6 of the slide's 0.5 um pixels. */
static void
test_slide (void)
{
  g_autoptr (SacSource) slide =
    sac_phantom_slide (&(SacPhantomSlideParams){.width = 4096, .height = 3072});
  SacManifestInput input = {PLAIN, .width = 96, .height = 96, .mpp = 0.972};
  double side = 96 * 0.972 / 0.5;
  SacRect middle = {2048 - side / 2, 1536 - side / 2, side, side};
  g_autoptr (GError) error = NULL;
  SacGeometry geometry;
  g_autoptr (SacTensor) tensor =
    sac_preprocess (&input, slide, NULL, &geometry, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (tensor->shape.dims[3], ==, 96);
  assert_rect (&geometry.seen, &middle);

  SacRect at = sac_preprocess_region_at (&input, slide, 1000.5, 700.25);
  g_autoptr (SacTensor) other =
    sac_preprocess (&input, slide, &at, &geometry, NULL, &error);

  g_assert_no_error (error);
  assert_rect (&geometry.seen,
               &(SacRect){1000.5 - side / 2, 700.25 - side / 2, side, side});

  /* The same pixels as reading the region by hand. */
  g_autoptr (SacImage) image =
    sac_source_read_region (slide, &at, 96, 96, SAC_FILTER_BILINEAR,
                            SAC_COLORS_FILE, NULL, &error);
  unsigned red = image->pixels[96 * 50 + 40] >> 16 & 255;
  float value = ((float)red * (float)(1.0 / 255) - 0.5f) / 0.2f;

  g_assert_cmpfloat (sac_tensor_f32 (other)[96 * 50 + 40], ==, value);

  /* A larger region keeps its middle, at the same spacing. */
  SacRect large = {100, 100, 4 * side, 2 * side};
  g_autoptr (SacTensor) cropped =
    sac_preprocess (&input, slide, &large, &geometry, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (cropped);
  assert_rect (&geometry.seen,
               &(SacRect){100 + 1.5 * side, 100 + 0.5 * side, side, side});
}

/* Without a spacing on both sides a slide is a large image: squashed whole, or
 * cut from its middle. */
static void
test_slide_without_spacing (void)
{
  g_autoptr (SacSource) slide = sac_phantom_slide (
    &(SacPhantomSlideParams){.width = 100000, .height = 80000});
  SacManifestInput input = {PLAIN, .width = 96, .height = 64};
  g_autoptr (GError) error = NULL;
  SacGeometry geometry;
  g_autoptr (SacTensor) middle =
    sac_preprocess (&input, slide, NULL, &geometry, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (middle);
  assert_rect (&geometry.seen, &(SacRect){49952, 39968, 96, 64});
  input.resize = SAC_RESIZE_SQUASH;
  input.resize_width = 96;
  input.resize_height = 64;

  g_autoptr (SacTensor) whole =
    sac_preprocess (&input, slide, NULL, &geometry, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (whole);
  assert_rect (&geometry.seen, &(SacRect){0, 0, 100000, 80000});
}

static void
assert_refused (const SacManifestInput *input,
                SacSource *source,
                const SacRect *region,
                const char *part)
{
  g_autoptr (GError) error = NULL;
  SacGeometry geometry;

  g_assert_null (
    sac_preprocess (input, source, region, &geometry, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH, part);
}

static void
test_refuses (void)
{
  g_autoptr (SacSource) source = new_pattern ();
  SacManifestInput input = {PLAIN, .width = 128, .height = 64};

  assert_refused (&input, source, NULL, "128 x 64");
  input.width = 64;
  input.center_crop = false;
  assert_refused (&input, source, NULL, "resize and crop");
  input = cases[0].input;
  assert_refused (&input, source, &(SacRect){120, 0, 10, 10}, "outside");
  assert_refused (&input, source, &(SacRect){5, 5, 0.5, 10}, "pixel");
  assert_refused (&input, source, &(SacRect){NAN, 5, 10, 10}, "outside");
  assert_refused (&input, source, &(SacRect){5, 5, 10, 1e18}, "three times");
  input.resize = SAC_RESIZE_SHORTER_SIDE;
  input.resize_width = 65536;
  assert_refused (&input, source, &(SacRect){0, 0, 1, 90}, "choose a region");
  input = cases[0].input;
  input.role = (char *)"bag";
  assert_refused (&input, source, NULL, "features");
  input.role = (char *)"image";
  input.type = SAC_TYPE_STRING;
  assert_refused (&input, source, NULL, "cannot become");
}

/* A region may reach over the edge: what lies there is white. */
static void
test_over_the_edge (void)
{
  g_autoptr (SacSource) source = new_pattern ();
  SacManifestInput input = {PLAIN, .width = 8, .height = 8};
  SacRect region = {-6, -6, 8, 8};
  SacGeometry geometry;
  g_autoptr (SacTensor) tensor =
    sac_preprocess (&input, source, &region, &geometry, NULL, NULL);

  g_assert_cmpfloat (sac_tensor_f32 (tensor)[0], ==, 2.5f);
  g_assert_cmpfloat (sac_tensor_f32 (tensor)[6 * 8 + 6], ==, -2.5f);
  assert_rect (&geometry.seen, &region);
}

static void
test_cancelled (void)
{
  g_autoptr (SacSource) source = new_pattern ();
  g_autoptr (SacJob) job = sac_job_new (NULL);
  g_autoptr (GError) error = NULL;
  SacGeometry geometry;

  sac_job_cancel (job);
  g_assert_null (
    sac_preprocess (&cases[0].input, source, NULL, &geometry, job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/preprocess/pillow", test_pillow);
  g_test_add_func ("/preprocess/types", test_types);
  g_test_add_func ("/preprocess/reference/dermoscopy",
                   test_reference_dermoscopy);
  g_test_add_func ("/preprocess/reference/pathology", test_reference_pathology);
  g_test_add_func ("/preprocess/slide", test_slide);
  g_test_add_func ("/preprocess/slide-without-spacing",
                   test_slide_without_spacing);
  g_test_add_func ("/preprocess/refuses", test_refuses);
  g_test_add_func ("/preprocess/over-the-edge", test_over_the_edge);
  g_test_add_func ("/preprocess/cancelled", test_cancelled);
  return g_test_run ();
}
