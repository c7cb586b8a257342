/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/preprocess.h"

#include "base/error.h"
#include "image/resize.h"
#include "network/preprocess-fit.h"

#include <math.h>
#include <string.h>

/* ITU-R 601 luma in the fixed point of Pillow's "L". */
static SacImage *
to_luma (const SacImage *image, GError **error)
{
  SacImage *luma = sac_image_new (image->width, image->height, error);
  size_t count = (size_t)image->width * (size_t)image->height;

  for (size_t i = 0; luma != NULL && i < count; i++) {
    uint32_t pixel = image->pixels[i];
    unsigned level = ((pixel >> 16 & 255) * 19595 + (pixel >> 8 & 255) * 38470 +
                      (pixel & 255) * 7471 + 0x8000) >>
                     16;

    luma->pixels[i] = sac_pixel (level, level, level);
  }
  return luma;
}

static SacImage *
read_flat (SacSource *source,
           const SacPreprocessFit *fit,
           const SacManifestInput *input,
           SacJob *job,
           GError **error)
{
  const SacRect *region = &fit->region;
  g_autoptr (SacImage) image =
    sac_source_read (source, 0, region->x, region->y, region->width,
                     region->height, SAC_COLORS_FILE, job, error);

  if (image != NULL && input->channel_count == 1) {
    SacImage *luma = to_luma (image, error);

    sac_image_unref (image);
    image = luma;
  }
  if (image == NULL ||
      (image->width == fit->width && image->height == fit->height))
    return g_steal_pointer (&image);
  return sac_resize (image, NULL, fit->width, fit->height, input->filter, job,
                     error);
}

/* A slide is resampled in colour, block by block, and then loses it. */
static SacImage *
read_slide (SacSource *source,
            const SacPreprocessFit *fit,
            const SacManifestInput *input,
            SacJob *job,
            GError **error)
{
  g_autoptr (SacImage) image =
    sac_source_read_region (source, &fit->region, fit->width, fit->height,
                            input->filter, SAC_COLORS_FILE, job, error);

  if (image == NULL || input->channel_count != 1)
    return g_steal_pointer (&image);
  return to_luma (image, error);
}

/* (pixel * scale - mean) / std, every step rounded to float as NumPy does. */
static void
fill_table (const SacManifestInput *input, int channel, float table[256])
{
  float scale = input->scale;
  float mean = input->mean[channel];
  float std = input->std[channel];

  for (int i = 0; i < 256; i++) {
    float scaled = i * scale;
    float centred = scaled - mean;

    table[i] = centred / std;
  }
}

/* Padding keeps the tensor's zeros: it comes after the normalisation. */
static void
fill_channel (const SacManifestInput *input,
              const SacImage *image,
              const SacPreprocessFit *fit,
              int channel,
              float *values)
{
  float table[256];
  int shift = input->bgr ? 8 * channel : 16 - 8 * channel;
  size_t plane = (size_t)fit->input_width * (size_t)fit->input_height;
  size_t step = input->nhwc ? input->channel_count : 1;
  int columns = MIN (fit->input_width, fit->width - fit->crop_x);
  int rows = MIN (fit->input_height, fit->height - fit->crop_y);

  fill_table (input, channel, table);
  values += input->nhwc ? (size_t)channel : channel * plane;
  for (int y = 0; y < rows; y++) {
    const uint32_t *from =
      image->pixels + (size_t)(y + fit->crop_y) * image->width + fit->crop_x;
    float *to = values + (size_t)y * fit->input_width * step;

    for (int x = 0; x < columns; x++)
      to[x * step] = table[from[x] >> shift & 255];
  }
}

/* The floats as the element type of the graph's input; takes them over. */
static SacTensor *
convert (SacTensor *floats, SacType type, GError **error)
{
  g_autoptr (SacTensor) from = floats;

  if (type == SAC_TYPE_FLOAT)
    return g_steal_pointer (&from);

  SacTensor *to = sac_tensor_new (type, &from->shape, error);
  const float *values = sac_tensor_f32 (from);
  int64_t count = sac_tensor_get_count (from);

  if (to == NULL)
    return NULL;
  for (int64_t i = 0; i < count; i++) {
    if (type == SAC_TYPE_FLOAT16)
      sac_tensor_f32 (to)[i] =
        sac_half_to_float (sac_float_to_half (values[i]));
    else if (type == SAC_TYPE_BFLOAT16)
      sac_tensor_f32 (to)[i] =
        sac_bfloat_to_float (sac_float_to_bfloat (values[i]));
    else if (type == SAC_TYPE_DOUBLE)
      ((double *)to->data)[i] = values[i];
    else
      sac_tensor_i64 (to)[i] = lrintf (values[i]);
  }
  return to;
}

static bool
check_input (const SacManifestInput *input, GError **error)
{
  SacKind kind = sac_type_get_kind (input->type);
  g_autofree char *name = sac_network_escape (input->name);

  if (g_strcmp0 (input->role, "bag") == 0) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "input \"%s\" takes a bag of features or other numbers, not "
                 "an image",
                 name);
    return false;
  }
  if (kind == SAC_KIND_F32 || kind == SAC_KIND_F64 || kind == SAC_KIND_I64)
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "input \"%s\" takes %s, which pixels cannot become", name,
               sac_type_get_name (input->type));
  return false;
}

static SacShape
get_shape (const SacManifestInput *input, int width, int height)
{
  return input->nhwc ? sac_shape_of (1, height, width, input->channel_count)
                     : sac_shape_of (1, input->channel_count, height, width);
}

bool
sac_preprocess_fill (const SacManifestInput *input,
                     const SacImage *image,
                     SacTensor *batch,
                     size_t index,
                     GError **error)
{
  SacPreprocessFit fit = {
    .width = image->width,
    .height = image->height,
    .input_width = image->width,
    .input_height = image->height,
  };
  SacShape shape = get_shape (input, image->width, image->height);
  g_autoptr (SacTensor) sample = NULL;
  g_autoptr (SacImage) luma = NULL;

  g_assert (input->width == image->width && input->height == image->height);
  sample = sac_tensor_new (SAC_TYPE_FLOAT, &shape, error);
  if (sample == NULL)
    return false;
  if (input->channel_count == 1) {
    luma = to_luma (image, error);
    if (luma == NULL)
      return false;
    image = luma;
  }
  for (int c = 0; c < input->channel_count; c++)
    fill_channel (input, image, &fit, c, sac_tensor_f32 (sample));
  sample = convert (g_steal_pointer (&sample), input->type, error);
  if (sample == NULL)
    return false;

  size_t size = sac_tensor_get_bytes (sample);

  g_assert ((index + 1) * size <= sac_tensor_get_bytes (batch));
  memcpy ((char *)batch->data + index * size, sample->data, size);
  return true;
}

SacTensor *
sac_preprocess (const SacManifestInput *input,
                SacSource *source,
                const SacRect *region,
                SacGeometry *ret_geometry,
                SacJob *job,
                GError **error)
{
  SacPreprocessFit fit;

  if (!check_input (input, error) ||
      !sac_preprocess_fit (input, source, region, &fit, error))
    return NULL;

  SacShape shape = get_shape (input, fit.input_width, fit.input_height);
  g_autoptr (SacTensor) floats = sac_tensor_new (SAC_TYPE_FLOAT, &shape, error);
  g_autoptr (SacImage) image = NULL;

  if (floats == NULL)
    return NULL;
  image = sac_source_is_slide (source)
            ? read_slide (source, &fit, input, job, error)
            : read_flat (source, &fit, input, job, error);
  if (image == NULL)
    return NULL;
  for (int c = 0; c < input->channel_count; c++)
    fill_channel (input, image, &fit, c, sac_tensor_f32 (floats));

  SacTensor *tensor = convert (g_steal_pointer (&floats), input->type, error);

  if (tensor != NULL)
    sac_preprocess_locate (&fit, source, ret_geometry);
  return tensor;
}
