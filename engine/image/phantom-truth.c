/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What is said of a dermoscopy phantom, as JSON. */
#include "image/phantom-dermoscopy.h"

#include "base/json.h"

#include <math.h>

static const char *const color_names[SAC_PHANTOM_COLOR_COUNT] = {
  "light-brown", "dark-brown", "black", "red", "white", "blue-grey",
};

/* Colours of a smaller part of the lesion are not counted. */
#define COLOR_LEAST 0.02

typedef struct {
  double x, y;           /* the lesion's middle */
  double axis_x, axis_y; /* its long axis */
  double mirrored[2];    /* share that finds itself about either axis */
  int64_t area, edges;
} Form;

static bool
is_lesion (const SacPhantomDermoscopy *phantom, int64_t x, int64_t y)
{
  const SacImage *image = phantom->image;

  return x >= 0 && y >= 0 && x < image->width && y < image->height &&
         (phantom->structures[(size_t)y * (size_t)image->width + (size_t)x] &
          1u << SAC_PHANTOM_LESION) != 0;
}

/* The long axis is the eigenvector of the second moments, worked out with roots
 * alone. */
static void
find_axis (Form *form, double xx, double xy, double yy)
{
  double half = (xx - yy) / 2, root = sqrt (half * half + xy * xy);
  double u = half + root, v = xy;
  double length = sqrt (u * u + v * v);

  form->axis_x = length > 0 ? u / length : xx >= yy;
  form->axis_y = length > 0 ? v / length : xx < yy;
}

static void
find_moments (const SacPhantomDermoscopy *phantom, Form *form)
{
  double sum_x = 0, sum_y = 0, xx = 0, xy = 0, yy = 0;

  for (int y = 0; y < phantom->image->height; y++)
    for (int x = 0; x < phantom->image->width; x++) {
      if (!is_lesion (phantom, x, y))
        continue;
      form->area++;
      form->edges += !is_lesion (phantom, x - 1, y);
      form->edges += !is_lesion (phantom, x + 1, y);
      form->edges += !is_lesion (phantom, x, y - 1);
      form->edges += !is_lesion (phantom, x, y + 1);
      sum_x += x;
      sum_y += y;
      xx += (double)x * x;
      xy += (double)x * y;
      yy += (double)y * y;
    }
  if (form->area == 0)
    return;

  double area = (double)form->area;

  form->x = sum_x / area;
  form->y = sum_y / area;
  find_axis (form, xx / area - form->x * form->x, xy / area - form->x * form->y,
             yy / area - form->y * form->y);
}

/* Mirrors about the long axis (0) and across it (1). */
static void
find_mirrored (const SacPhantomDermoscopy *phantom, Form *form)
{
  int64_t found[2] = {0};

  for (int y = 0; y < phantom->image->height; y++)
    for (int x = 0; x < phantom->image->width; x++) {
      if (!is_lesion (phantom, x, y))
        continue;

      double dx = x - form->x, dy = y - form->y;
      double u = dx * form->axis_x + dy * form->axis_y;
      double v = dy * form->axis_x - dx * form->axis_y;

      for (int k = 0; k < 2; k++) {
        double p = k == 0 ? u : -u, q = k == 0 ? -v : v;

        found[k] += is_lesion (phantom,
                               (int64_t)floor (form->x + p * form->axis_x -
                                               q * form->axis_y + 0.5),
                               (int64_t)floor (form->y + p * form->axis_y +
                                               q * form->axis_x + 0.5));
      }
    }
  for (int k = 0; k < 2; k++)
    form->mirrored[k] =
      form->area > 0 ? (double)found[k] / (double)form->area : 0;
}

/* Three digits say all there is to say. */
static void
set_share (JsonObject *object, const char *name, double value)
{
  sac_json_set_number (object, name, floor (value * 1000 + 0.5) / 1000);
}

static JsonObject *
describe_structures (const SacPhantomDermoscopy *phantom)
{
  double all = (double)phantom->image->width * (double)phantom->image->height;
  JsonObject *object = json_object_new ();

  for (int i = 0; i < SAC_PHANTOM_STRUCTURE_COUNT; i++) {
    JsonObject *one = json_object_new ();

    json_object_set_boolean_member (one, "present",
                                    (phantom->shown >> i & 1) != 0 &&
                                      phantom->areas[i] > 0);
    json_object_set_int_member (one, "pixels", phantom->areas[i]);
    set_share (one, "share", (double)phantom->areas[i] / all);
    json_object_set_boolean_member (one, "artefact",
                                    sac_phantom_structures[i].is_artefact);
    json_object_set_object_member (object, sac_phantom_structures[i].name, one);
  }
  return object;
}

static JsonArray *
describe_colors (const SacPhantomDermoscopy *phantom)
{
  JsonArray *array = json_array_new ();

  for (int i = 0; i < SAC_PHANTOM_COLOR_COUNT; i++)
    if (phantom->colors[i] >= COLOR_LEAST)
      json_array_add_string_element (array, color_names[i]);
  return array;
}

static JsonObject *
describe_lesion (const SacPhantomDermoscopy *phantom)
{
  JsonObject *object = json_object_new ();
  Form form = {0};

  find_moments (phantom, &form);
  find_mirrored (phantom, &form);
  set_share (object, "asymmetry", (double)phantom->asymmetry);
  set_share (object, "irregularity", (double)phantom->irregularity);
  set_share (object, "softness", (double)phantom->params.softness);
  if (form.area == 0)
    return object;
  set_share (object, "x", form.x);
  set_share (object, "y", form.y);
  set_share (object, "area_mm2",
             (double)form.area * phantom->mpp * phantom->mpp / 1e6);
  set_share (object, "mirrored_long_axis", form.mirrored[0]);
  set_share (object, "mirrored_short_axis", form.mirrored[1]);

  /* A square's is 1: its outline has as many edges as its rectangle. */
  set_share (object, "outline_to_square",
             (double)form.edges / (4 * sqrt ((double)form.area)));
  json_object_set_array_member (object, "colors", describe_colors (phantom));
  return object;
}

JsonObject *
sac_phantom_dermoscopy_describe (const SacPhantomDermoscopy *phantom)
{
  JsonObject *object = json_object_new ();
  g_autofree char *seed =
    g_strdup_printf ("%" G_GUINT64_FORMAT, phantom->params.seed);

  json_object_set_string_member (object, "kind", "dermoscopy");
  json_object_set_string_member (object, "seed", seed);
  json_object_set_int_member (object, "width", phantom->image->width);
  json_object_set_int_member (object, "height", phantom->image->height);
  set_share (object, "mpp", phantom->mpp);
  json_object_set_object_member (object, "lesion", describe_lesion (phantom));
  json_object_set_object_member (object, "structures",
                                 describe_structures (phantom));
  return object;
}
