/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/tiff-scale.h"

#include "base/xml.h"

#include <math.h>
#include <string.h>

#define MPP_MIN 0.01

/* The pixels of an OME-TIFF are told well before. */
#define XML_BYTES_MAX (1 << 20)

/* Both micro signs that Unicode has; ImageJ writes the first one's number. */
static const struct {
  const char *name;
  double micrometers;
} units[] = {
  {"um", 1},     {"\xc2\xb5m", 1}, {"\xce\xbcm", 1}, {"\\u00B5m", 1},
  {"nm", 0.001}, {"micron", 1},    {"microns", 1},   {"mm", 1000},
  {"cm", 10000}, {"m", 1e6},
};

/* Returns: 0 for a unit that is no length. */
static double
find_unit (const char *name)
{
  for (size_t i = 0; i < G_N_ELEMENTS (units); i++)
    if (strcmp (units[i].name, name) == 0)
      return units[i].micrometers;
  return 0;
}

/* Micrometres are meant where no unit is stated. */
static double
read_size (const char *size, const char *unit)
{
  char *end = NULL;
  double number = size != NULL ? g_ascii_strtod (size, &end) : 0;

  if (size == NULL || end == size || *end != '\0')
    return 0;
  return unit != NULL ? number * find_unit (unit) : number;
}

typedef struct {
  SacTiffScale scale;
  bool is_found;
} Ome;

static void
on_start (GMarkupParseContext *context,
          const char *element,
          const char **names,
          const char **values,
          void *data,
          GError **error)
{
  const char *prefix = strrchr (element, ':');
  Ome *ome = data;

  /* The first picture's are those of the first directory. */
  if (ome->is_found ||
      strcmp (prefix != NULL ? prefix + 1 : element, "Pixels") != 0)
    return;
  ome->is_found = true;
  ome->scale.x =
    read_size (sac_xml_attribute (names, values, "PhysicalSizeX"),
               sac_xml_attribute (names, values, "PhysicalSizeXUnit"));
  ome->scale.y =
    read_size (sac_xml_attribute (names, values, "PhysicalSizeY"),
               sac_xml_attribute (names, values, "PhysicalSizeYUnit"));
}

static SacTiffScale
read_ome (const char *text)
{
  static const GMarkupParser parser = {.start_element = on_start};
  Ome ome = {0};

  if (strstr (text, "<OME") == NULL && strstr (text, ":OME") == NULL)
    return ome.scale;

  g_autoptr (GMarkupParseContext) context =
    g_markup_parse_context_new (&parser, 0, &ome, NULL);

  g_markup_parse_context_parse (context, text,
                                (gssize)strnlen (text, XML_BYTES_MAX), NULL);
  return ome.scale;
}

/* Of "unit=micron" on a line of ImageJ's description.  Returns: 0, there is no
 * length. */
static double
read_imagej_unit (const char *text)
{
  const char *line = strstr (text, "\nunit=");

  if (!g_str_has_prefix (text, "ImageJ=") || line == NULL)
    return 0;
  line += strlen ("\nunit=");

  g_autofree char *name = g_strndup (line, strcspn (line, "\r\n"));

  return find_unit (name);
}

static double
find_tag_unit (SacTiffHandle *handle, const char *text)
{
  uint16_t unit = RESUNIT_NONE;

  if (TIFFGetField (handle->tiff, TIFFTAG_RESOLUTIONUNIT, &unit) != 1 ||
      unit == RESUNIT_NONE)
    return read_imagej_unit (text);
  return unit == RESUNIT_CENTIMETER ? 10000 : unit == RESUNIT_INCH ? 25400 : 0;
}

static double
keep_plausible (double mpp, double most)
{
  return mpp >= MPP_MIN && mpp <= most ? mpp : 0;
}

SacTiffScale
sac_tiff_scale_read (SacTiffHandle *handle, double most)
{
  const char *text = NULL;
  float x = 0, y = 0;

  if (TIFFGetField (handle->tiff, TIFFTAG_IMAGEDESCRIPTION, &text) != 1 ||
      text == NULL)
    text = "";

  SacTiffScale scale = read_ome (text);

  scale.x = keep_plausible (scale.x, most);
  scale.y = keep_plausible (scale.y, most);
  if (scale.x > 0 || scale.y > 0)
    return scale;

  double micrometers = find_tag_unit (handle, text);

  TIFFGetField (handle->tiff, TIFFTAG_XRESOLUTION, &x);
  TIFFGetField (handle->tiff, TIFFTAG_YRESOLUTION, &y);
  return (SacTiffScale){
    keep_plausible (micrometers / (double)x, most),
    keep_plausible (micrometers / (double)y, most),
  };
}
