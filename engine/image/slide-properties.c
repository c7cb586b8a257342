/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/slide-properties.h"

#include "image/image.h"

#include <math.h>
#include <openslide.h>
#include <string.h>

/* From electron-beam fine to a macro camera. */
#define MPP_MIN 0.01
#define MPP_MAX 100.0
#define OBJECTIVE_MAX 250.0
#define TILE_SIDE_MAX 65536.0
#define PLACE_MAX 2147483648.0

typedef struct {
  const char *vendor, *name;
} VendorName;

static const VendorName vendor_names[] = {
  {"aperio", "Aperio"}, {"dicom", "DICOM"},     {"hamamatsu", "Hamamatsu"},
  {"leica", "Leica"},   {"mirax", "MIRAX"},     {"philips", "Philips"},
  {"sakura", "Sakura"}, {"trestle", "Trestle"}, {"ventana", "Ventana"},
  {"zeiss", "Zeiss"},
};

const char *
sac_slide_properties_name_vendor (const char *vendor)
{
  for (size_t i = 0; i < G_N_ELEMENTS (vendor_names); i++)
    if (g_str_equal (vendor, vendor_names[i].vendor))
      return vendor_names[i].name;
  return vendor;
}

/* In the C locale, but old files have decimal commas.  Returns: 0 when there is
 * no such property, or no number within [least, most]. */
static double
get_number (openslide_t *slide, const char *name, double least, double most)
{
  const char *text = openslide_get_property_value (slide, name);

  if (text == NULL || strlen (text) > 64)
    return 0;

  g_autofree char *dotted = g_strdelimit (g_strdup (text), ",", '.');
  char *end;
  double value = g_ascii_strtod (dotted, &end);

  return end != dotted && isfinite (value) && value >= least && value <= most
           ? value
           : 0;
}

void
sac_slide_properties_get_mpp (openslide_t *slide, double *ret_x, double *ret_y)
{
  *ret_x = get_number (slide, OPENSLIDE_PROPERTY_NAME_MPP_X, MPP_MIN, MPP_MAX);
  *ret_y = get_number (slide, OPENSLIDE_PROPERTY_NAME_MPP_Y, MPP_MIN, MPP_MAX);
}

double
sac_slide_properties_get_objective (openslide_t *slide)
{
  return get_number (slide, OPENSLIDE_PROPERTY_NAME_OBJECTIVE_POWER, 0.1,
                     OBJECTIVE_MAX);
}

SacRect
sac_slide_properties_get_bounds (openslide_t *slide)
{
  return (SacRect){
    get_number (slide, OPENSLIDE_PROPERTY_NAME_BOUNDS_X, 0, PLACE_MAX),
    get_number (slide, OPENSLIDE_PROPERTY_NAME_BOUNDS_Y, 0, PLACE_MAX),
    get_number (slide, OPENSLIDE_PROPERTY_NAME_BOUNDS_WIDTH, 1, PLACE_MAX),
    get_number (slide, OPENSLIDE_PROPERTY_NAME_BOUNDS_HEIGHT, 1, PLACE_MAX),
  };
}

uint32_t
sac_slide_properties_get_background (openslide_t *slide)
{
  const char *text =
    openslide_get_property_value (slide,
                                  OPENSLIDE_PROPERTY_NAME_BACKGROUND_COLOR);

  if (text == NULL || strlen (text) != 6 ||
      strspn (text, "0123456789abcdefABCDEF") != 6)
    return 0xffffffffu;
  return 0xff000000u | (uint32_t)g_ascii_strtoull (text, NULL, 16);
}

static int
get_tile_side (openslide_t *slide, int level, const char *side)
{
  g_autofree char *name =
    g_strdup_printf ("openslide.level[%d].tile-%s", level, side);

  return (int)get_number (slide, name, 1, TILE_SIDE_MAX);
}

void
sac_slide_properties_get_tile (openslide_t *slide,
                               int level,
                               int *ret_width,
                               int *ret_height)
{
  *ret_width = get_tile_side (slide, level, "width");
  *ret_height = get_tile_side (slide, level, "height");
  if (*ret_width == 0 || *ret_height == 0)
    *ret_width = *ret_height = 0;
}

char *
sac_slide_properties_read_quickhash (const char *path)
{
  openslide_t *slide = openslide_open (path);

  if (slide == NULL)
    return NULL;

  char *hash =
    openslide_get_error (slide) == NULL
      ? g_strdup (
          openslide_get_property_value (slide,
                                        OPENSLIDE_PROPERTY_NAME_QUICKHASH1))
      : NULL;

  openslide_close (slide);
  return hash;
}
