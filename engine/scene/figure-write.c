/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "scene/figure-write.h"

#include "base/error.h"
#include "base/json.h"
#include "base/output.h"
#include "image/decode.h"
#include "map/map-file.h"
#include "scene/paint.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <math.h>
#include <string.h>

#define PAGE_POINTS 842.0 /* the long side of A4 */
#define DISCLAIMER "Research and audit use. Not for diagnosis."

/* Of panels on paper: 340 to the inch. */
#define PRINT_DENSITY 4.0

static double
measure_page (const SacFigurePage *page)
{
  cairo_surface_t *surface =
    cairo_image_surface_create (CAIRO_FORMAT_RGB24, 1, 1);
  cairo_t *cr = cairo_create (surface);
  double height = sac_figure_page_draw (page, cr);

  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return ceil (height);
}

/* All of it but the names of files. */
static JsonObject *
copy_nameless (JsonObject *provenance)
{
  JsonObject *copy = json_object_new ();
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  json_object_iter_init (&iter, provenance);
  while (json_object_iter_next (&iter, &name, &value)) {
    if (!g_str_equal (name, "image") && !g_str_equal (name, "file"))
      json_object_set_member (copy, name, json_node_copy (value));
  }
  return copy;
}

static JsonObject *
describe_map (const SacFigurePage *page, const SacMap *map)
{
  JsonObject *object = sac_map_to_json (map);

  if (page->is_nameless)
    json_object_set_object_member (object, "provenance",
                                   copy_nameless (map->provenance));
  return object;
}

/* With those that lie over it, from bottom to top. */
static char *
get_map_json (const SacFigurePage *page, size_t column)
{
  const SacFigureSide *side = page->columns[column].side;
  g_autoptr (JsonObject) object = describe_map (page, side->map);

  if (side->over_count > 0) {
    JsonArray *over = json_array_new ();

    for (size_t i = 0; i < side->over_count; i++)
      json_array_add_object_element (over,
                                     describe_map (page,
                                                   side->over[i].layer.map));
    json_object_set_array_member (object, "over", over);
  }
  return sac_json_to_text (object, false);
}

/* Of what is drawn on the image, and how the maps lie in it. */
static char *
get_mask_json (const SacFigurePage *page)
{
  g_autoptr (JsonObject) object = sac_figure_mask_to_json (page);

  return object != NULL ? sac_json_to_text (object, false) : NULL;
}

/* Of all maps, in one object. */
static char *
get_origin_json (const SacFigurePage *page)
{
  g_autofree char *left = get_map_json (page, 0);
  g_autofree char *right =
    page->column_count == 2 ? get_map_json (page, 1) : g_strdup ("null");

  g_autofree char *mask = get_mask_json (page);

  return g_strdup_printf ("{\"left\":%s,\"right\":%s,\"mask\":%s}", left, right,
                          mask != NULL ? mask : "null");
}

static GBytes *
encode_page (const SacFigurePage *page, const SacImage *image, GError **error)
{
  g_autofree char *left = get_map_json (page, 0);
  g_autofree char *right =
    page->column_count == 2 ? get_map_json (page, 1) : NULL;
  g_autofree char *mask = get_mask_json (page);
  const char *text[] = {
    "Title",      page->title, "Software",     "Saccade " SAC_VERSION,
    "Disclaimer", DISCLAIMER,  "saccade-left", left,
    NULL,         NULL,        NULL,           NULL,
    NULL,
  };
  size_t count = 8;

  if (right != NULL) {
    text[count++] = "saccade-right";
    text[count++] = right;
  }
  if (mask != NULL) {
    text[count++] = "saccade-mask";
    text[count++] = mask;
  }

  return sac_encode_png (image, text, error);
}

static bool
write_png (const SacFigurePage *page, const char *path, GError **error)
{
  g_autoptr (SacImage) image =
    sac_image_new ((int64_t)(page->width * page->density),
                   (int64_t)(measure_page (page) * page->density), error);

  if (image == NULL)
    return false;

  cairo_surface_t *surface = sac_paint_surface_new (image);
  cairo_t *cr = cairo_create (surface);

  cairo_scale (cr, page->density, page->density);
  sac_figure_page_draw (page, cr);
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  cairo_surface_destroy (surface);

  g_autoptr (GBytes) bytes = encode_page (page, image, error);

  return bytes != NULL &&
         sac_output_write (path, g_bytes_get_data (bytes, NULL),
                           g_bytes_get_size (bytes), error);
}

static cairo_status_t
append_bytes (void *data, const unsigned char *bytes, unsigned length)
{
  g_byte_array_append (data, bytes, length);
  return CAIRO_STATUS_SUCCESS;
}

/* Ends and drops the surface.  kind: for the message. */
static bool
finish_page (const SacFigurePage *page,
             cairo_surface_t *surface,
             const char *kind,
             const char *path,
             GError **error)
{
  double points = PAGE_POINTS / SAC_FIGURE_WIDTH;
  cairo_t *cr = cairo_create (surface);

  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  cairo_scale (cr, points, points);
  sac_figure_page_draw (page, cr);
  cairo_show_page (cr);
  cairo_destroy (cr);
  cairo_surface_finish (surface);

  cairo_status_t status = cairo_surface_status (surface);

  cairo_surface_destroy (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_UNWRITABLE,
               "%s: the %s cannot be made (%s)", path, kind,
               cairo_status_to_string (status));
  return false;
}

static bool
write_pdf (const SacFigurePage *page, const char *path, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  double points = PAGE_POINTS / SAC_FIGURE_WIDTH;
  cairo_surface_t *surface =
    cairo_pdf_surface_create_for_stream (append_bytes, bytes,
                                         page->width * points,
                                         measure_page (page) * points);
  g_autofree char *origin = get_origin_json (page);

  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE,
                                  page->title);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATOR,
                                  "Saccade " SAC_VERSION);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_SUBJECT,
                                  DISCLAIMER);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_KEYWORDS, origin);
  return finish_page (page, surface, "PDF", path, error) &&
         sac_output_write (path, bytes->data, bytes->len, error);
}

/* XML 1.0 has no place for most control characters, escaped or not. */
static char *
escape_xml (const char *text)
{
  char *valid = g_utf8_make_valid (text, -1);

  for (char *at = valid; *at != '\0'; at++) {
    if ((unsigned char)*at < ' ')
      *at = ' ';
  }

  char *escaped = g_markup_escape_text (valid, -1);

  g_free (valid);
  return escaped;
}

/* Title, caution and origin go where programs look for them: behind the tag of
 * the root. */
static bool
describe_svg (const SacFigurePage *page, GByteArray *bytes)
{
  g_autofree char *origin = get_origin_json (page);
  g_autofree char *title = escape_xml (page->title);
  g_autofree char *metadata = escape_xml (origin);
  const char *root =
    g_strstr_len ((const char *)bytes->data, (gssize)bytes->len, "<svg");
  const char *end =
    root != NULL
      ? memchr (root, '>', bytes->len - (gsize)(root - (char *)bytes->data))
      : NULL;

  if (end == NULL)
    return false;

  g_autoptr (GString) text =
    g_string_new_len ((const char *)bytes->data, end + 1 - (char *)bytes->data);

  g_string_append_printf (text,
                          "\n<title>%s</title>\n<desc>Saccade %s. %s</desc>\n"
                          "<metadata>%s</metadata>",
                          title, SAC_VERSION, DISCLAIMER, metadata);
  g_string_append_len (text, end + 1,
                       (gssize)bytes->len - (end + 1 - (char *)bytes->data));
  g_byte_array_set_size (bytes, 0);
  g_byte_array_append (bytes, (const guint8 *)text->str, (guint)text->len);
  return true;
}

static bool
write_svg (const SacFigurePage *page, const char *path, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  double points = PAGE_POINTS / SAC_FIGURE_WIDTH;
  cairo_surface_t *surface =
    cairo_svg_surface_create_for_stream (append_bytes, bytes,
                                         page->width * points,
                                         measure_page (page) * points);

  if (!finish_page (page, surface, "SVG", path, error))
    return false;
  if (describe_svg (page, bytes))
    return sac_output_write (path, bytes->data, bytes->len, error);
  g_set_error (error, SAC_ERROR, SAC_ERROR_UNWRITABLE,
               "%s: the SVG cannot be made (cairo wrote no root)", path);
  return false;
}

static const SacFigureWriter writers[] = {
  {".png", 2, write_png},
  {".pdf", PRINT_DENSITY, write_pdf},
  {".svg", PRINT_DENSITY, write_svg},
};

const SacFigureWriter *
sac_figure_writer_find (const char *path, GError **error)
{
  for (size_t i = 0; i < G_N_ELEMENTS (writers); i++) {
    if (g_str_has_suffix (path, writers[i].suffix))
      return &writers[i];
  }
  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "%s: a figure is written as .png, .pdf or .svg; choose one of "
               "these suffixes",
               path);
  return NULL;
}
