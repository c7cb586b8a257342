/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The inputs of model.json. */

#include "network/manifest-parts.h"

#include "base/error.h"
#include "image/resize.h"

#include <math.h>

#define SIDE_MAX 65536

static const char *const roles[] = {"image", "dermoscopy", "clinical",
                                    "tile",  "bag",        NULL};
static const char *const layouts[] = {"NCHW", "NHWC", NULL};
static const char *const crops[] = {"center", "none", NULL};

/* In the order of SacResizeMode. */
static const char *const resize_modes[] = {"none", "squash", "shorter-side",
                                           "longer-side", NULL};

static bool
read_channels (const SacFields *fields, SacManifestInput *input, GError **error)
{
  static const char *const orders[] = {"RGB", "BGR", "L", NULL};
  int order = -1;

  if (!sac_fields_choice (fields, "channels", orders, &order, error))
    return false;
  if (order >= 0) {
    input->bgr = order == 1;
    input->channel_count = order == 2 ? 1 : 3;
  }
  return true;
}

static bool
read_resize_size (const SacFields *fields,
                  SacManifestInput *input,
                  GError **error)
{
  if (!sac_fields_size (fields, "size", &input->resize_height,
                        &input->resize_width, error) ||
      !sac_fields_int (fields, "height", 1, SIDE_MAX, &input->resize_height,
                       error) ||
      !sac_fields_int (fields, "width", 1, SIDE_MAX, &input->resize_width,
                       error))
    return false;
  if ((input->resize_width == 0) != (input->resize_height == 0))
    return sac_fields_refuse (fields, "width", SAC_ERROR_DAMAGED, error,
                              "width and height belong together");
  if (input->resize_width != input->resize_height &&
      (input->resize == SAC_RESIZE_SHORTER_SIDE ||
       input->resize == SAC_RESIZE_LONGER_SIDE))
    return sac_fields_refuse (fields, "size", SAC_ERROR_DAMAGED, error,
                              "must be one number for this mode");
  return true;
}

static bool
read_filter (const SacFields *fields, SacManifestInput *input, GError **error)
{
  g_autofree char *name = NULL;
  SacFilter filter;

  if (!sac_fields_text (fields, "filter", &name, error))
    return false;
  if (name == NULL)
    return true;
  if (!sac_filter_find (name, &filter))
    return sac_fields_refuse (fields, "filter", SAC_ERROR_DAMAGED, error,
                              "must be one of \"bilinear-antialias\", "
                              "\"bicubic-antialias\", "
                              "\"lanczos\", \"box\", \"nearest\"");
  input->filter = filter;
  return true;
}

/* null says "none"; only a key left out leaves the mode alone. */
static bool
read_resize (const SacFields *fields, SacManifestInput *input, GError **error)
{
  JsonObject *object;

  if (!json_object_has_member (fields->object, "resize"))
    return true;
  if (!sac_fields_object (fields, "resize", &object, error))
    return false;
  if (object == NULL) {
    input->resize = SAC_RESIZE_NONE;
    return true;
  }

  g_autofree char *where = g_strconcat (fields->where, "resize.", NULL);
  SacFields inner = {fields->file, where, object};
  int mode = SAC_RESIZE_SQUASH;

  if (!sac_fields_choice (&inner, "mode", resize_modes, &mode, error))
    return false;
  input->resize = mode;
  return read_resize_size (&inner, input, error) &&
         read_filter (&inner, input, error);
}

static bool
read_crop (const SacFields *fields, SacManifestInput *input, GError **error)
{
  int crop = 1;

  if (!json_object_has_member (fields->object, "crop"))
    return true;
  if (!sac_fields_choice (fields, "crop", crops, &crop, error))
    return false;
  input->center_crop = crop == 0;
  return true;
}

bool
sac_manifest_read_values (const SacFields *fields,
                          const char *const *keys,
                          SacManifestInput *input,
                          GError **error)
{
  int channels = input->channel_count;

  if (!sac_fields_number (fields, keys[0], &input->scale, error) ||
      !sac_fields_numbers (fields, keys[1], channels, input->mean, error) ||
      !sac_fields_numbers (fields, keys[2], channels, input->std, error))
    return false;
  if ((float)input->scale == 0 || !isfinite ((float)input->scale))
    return sac_fields_refuse (fields, keys[0], SAC_ERROR_DAMAGED, error,
                              "must be a float other than zero");
  for (int c = 0; c < channels; c++) {
    if (!isfinite ((float)input->mean[c]))
      return sac_fields_refuse (fields, keys[1], SAC_ERROR_DAMAGED, error,
                                "must be floats");
    if ((float)input->std[c] == 0 || !isfinite ((float)input->std[c]))
      return sac_fields_refuse (fields, keys[2], SAC_ERROR_DAMAGED, error,
                                "must be floats other than zero");
  }
  return true;
}

static bool
read_mpp (const SacFields *fields, SacManifestInput *input, GError **error)
{
  if (!sac_fields_number (fields, "mpp", &input->mpp, error))
    return false;
  if (sac_fields_has (fields, "mpp") &&
      !(input->mpp >= 1e-3 && input->mpp <= 1e3))
    return sac_fields_refuse (fields, "mpp", SAC_ERROR_DAMAGED, error,
                              "must be micrometres per pixel, from 0.001 to "
                              "1000");
  return true;
}

/* Whose features a bag is made of. */
static bool
read_encoder (const SacFields *fields, SacManifestInput *input, GError **error)
{
  g_autofree char *where = g_strconcat (fields->where, "encoder.", NULL);
  SacFields inner = {fields->file, where, NULL};

  if (!sac_fields_object (fields, "encoder", &inner.object, error))
    return false;
  if (inner.object == NULL)
    return true;
  if (g_strcmp0 (input->role, "bag") != 0)
    return sac_fields_refuse (fields, "encoder", SAC_ERROR_DAMAGED, error,
                              "belongs to an input of the role \"bag\"");
  if (!sac_fields_text (&inner, "model", &input->encoder, error) ||
      !sac_fields_text (&inner, "value", &input->encoder_value, error) ||
      !sac_fields_text (&inner, "sha256", &input->encoder_sha256, error))
    return false;
  if (input->encoder != NULL)
    return true;
  return sac_fields_refuse (&inner, "model", SAC_ERROR_DAMAGED, error,
                            "must be the id of the model that gives the "
                            "features");
}

static bool
read_input (const SacFields *fields,
            const SacValue *value,
            SacManifestInput *input,
            GError **error)
{
  static const char *const value_keys[] = {"scale", "mean", "std"};
  int nhwc = input->nhwc;

  if (!sac_fields_choice_text (fields, "role", roles, &input->role, error) ||
      !sac_fields_choice (fields, "layout", layouts, &nhwc, error))
    return false;
  if (input->nhwc != (nhwc == 1)) {
    input->nhwc = nhwc == 1;
    sac_manifest_read_sides (value, input);
  }
  if (!read_channels (fields, input, error) ||
      !sac_fields_size (fields, "size", &input->height, &input->width, error) ||
      !read_resize (fields, input, error) ||
      !read_crop (fields, input, error) ||
      !sac_manifest_read_values (fields, value_keys, input, error) ||
      !read_mpp (fields, input, error) || !read_encoder (fields, input, error))
    return false;
  if (json_object_has_member (fields->object, "resize") ||
      sac_fields_has (fields, "scale") || sac_fields_has (fields, "mean") ||
      sac_fields_has (fields, "std"))
    input->guessed = false;
  return true;
}

bool
sac_manifest_add_inputs (SacManifest *manifest,
                         const SacFields *root,
                         const SacGraph *graph,
                         GError **error)
{
  JsonArray *array;
  g_autofree bool *taken = g_new0 (bool, graph->input_count + 1);

  if (!sac_fields_array (root, "inputs", &array, error))
    return false;
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++) {
    g_autofree char *where = g_strdup_printf ("inputs[%u].", i);
    SacFields fields = {root->file, where, NULL};

    if (!sac_fields_element (root, "inputs", array, i, &fields.object, error))
      return false;

    int place = sac_manifest_find_place (&fields, "input", graph, graph->inputs,
                                         graph->input_count, i, taken, error);

    if (place < 0 || !read_input (&fields, &graph->values[graph->inputs[place]],
                                  &manifest->inputs[place], error))
      return false;
  }
  return true;
}
