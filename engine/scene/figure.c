/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "scene/figure.h"

#include "base/error.h"
#include "base/output.h"
#include "image/decode.h"
#include "map/map-file.h"
#include "scene/figure-page.h"
#include "scene/paint.h"

#include <cairo-pdf.h>
#include <math.h>

#define DEFAULT_OPACITY 0.8
#define PDF_POINTS 842.0 /* the long side of A4 */
#define SINGLE_WIDTH 560.0
#define DISCLAIMER "Research and audit use. Not for diagnosis."

static const SacSceneOutline outlines[] = {
  {0x1c6dd0, false, 2},
  {0xd9480f, true, 2},
};

static void
clear_page (SacFigurePage *page)
{
  g_clear_pointer (&page->plain, cairo_surface_destroy);
  for (size_t i = 0; i < 2; i++) {
    g_clear_pointer (&page->columns[i].panel, cairo_surface_destroy);
    g_clear_pointer (&page->columns[i].notes, g_ptr_array_unref);
  }
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SacFigurePage, clear_page)

/* Sentences given by the caller, in place of our own. */
static GPtrArray *
copy_notes (char *const *texts)
{
  GPtrArray *notes = g_ptr_array_new_with_free_func (g_free);

  for (; *texts != NULL; texts++) {
    SacNote *note = g_new (SacNote, 1);

    *note = (SacNote){"given", *texts, false};
    g_ptr_array_add (notes, note);
  }
  return notes;
}

static const SacColorMap *
choose_colors (const SacColorMap *asked, const SacScale *scale)
{
  if (scale->is_signed && (asked == NULL || !asked->diverging))
    return sac_color_map_find ("diverging");
  if (asked != NULL && (scale->is_signed || !asked->diverging))
    return asked;
  return sac_color_maps_get_all ()[0];
}

static const char *
name_emptiness (const SacMap *map)
{
  SacMapSummary summary;

  sac_map_summarize (map, &summary);
  if (summary.evidence == SAC_EVIDENCE_NOT_FINITE)
    return "not made of numbers";
  /* All zero is flat, and nothing speaks for the class either. */
  return summary.evidence == SAC_EVIDENCE_FLAT && summary.max != 0
           ? "the same everywhere"
           : "no positive evidence";
}

static void
init_column (SacFigureColumn *column,
             const SacFigureSide *side,
             const SacScale *scale,
             const SacColorMap *colors,
             const SacSceneOutline *outline)
{
  *column = (SacFigureColumn){.side = side,
                              .scale = *scale,
                              .colors = choose_colors (colors, scale),
                              .empty = name_emptiness (side->map),
                              .outline = *outline};
  column->notes = side->notes != NULL
                    ? copy_notes (side->notes)
                    : sac_figure_notes (side->map, scale, NULL);
}

static void
add_unit_note (SacFigureColumn *column)
{
  SacNote *note = g_new (SacNote, 1);

  *note = (SacNote){"units-differ",
                    g_strdup ("The two maps have different units, so each has "
                              "its own scale: colours cannot be compared."),
                    true};
  g_ptr_array_insert (column->notes, 0, note);
}

static void
init_columns (SacFigurePage *page, const SacFigure *figure)
{
  const SacFigureSide *sides[] = {&figure->left, &figure->right};
  const SacMap *maps[] = {figure->left.map, figure->right.map};
  bool sharing = figure->scale_mode == SAC_SCALE_SHARED;
  bool shared = sharing && sac_scale_can_share (maps, 2);

  page->column_count = 2;
  for (size_t i = 0; i < 2; i++) {
    SacScale scale =
      shared ? sac_scale_new (SAC_SCALE_SHARED, maps, 2)
             : sac_scale_new (sharing ? SAC_SCALE_OWN : figure->scale_mode,
                              &maps[i], 1);

    init_column (&page->columns[i], sides[i], &scale, figure->colors,
                 &outlines[i]);
    if (sharing && !shared && sides[i]->notes == NULL)
      add_unit_note (&page->columns[i]);
  }
}

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

static char *
get_map_json (const SacFigureColumn *column)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, sac_map_to_json (column->side->map));

  char *text = json_to_string (node, FALSE);

  json_node_unref (node);
  return text;
}

static GBytes *
encode_page (const SacFigurePage *page, const SacImage *image, GError **error)
{
  g_autofree char *left = get_map_json (&page->columns[0]);
  g_autofree char *right =
    page->column_count == 2 ? get_map_json (&page->columns[1]) : NULL;
  const char *text[] = {
    "Title",
    page->title,
    "Software",
    "Saccade " SAC_VERSION,
    "Disclaimer",
    DISCLAIMER,
    "saccade-left",
    left,
    right != NULL ? "saccade-right" : NULL,
    right,
    NULL,
  };

  return sac_encode_png (image, text, error);
}

static bool
write_png (const SacFigurePage *page, const char *path, GError **error)
{
  g_autoptr (SacImage) image =
    sac_image_new ((int64_t)(page->width * SAC_FIGURE_DENSITY),
                   (int64_t)(measure_page (page) * SAC_FIGURE_DENSITY), error);

  if (image == NULL)
    return false;

  cairo_surface_t *surface = sac_paint_surface_new (image);
  cairo_t *cr = cairo_create (surface);

  cairo_scale (cr, SAC_FIGURE_DENSITY, SAC_FIGURE_DENSITY);
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

static bool
write_pdf (const SacFigurePage *page, const char *path, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  double points = PDF_POINTS / SAC_FIGURE_WIDTH;
  cairo_surface_t *surface =
    cairo_pdf_surface_create_for_stream (append_bytes, bytes,
                                         page->width * points,
                                         measure_page (page) * points);
  cairo_t *cr = cairo_create (surface);
  g_autofree char *left = get_map_json (&page->columns[0]);
  g_autofree char *right = page->column_count == 2
                             ? get_map_json (&page->columns[1])
                             : g_strdup ("null");
  g_autofree char *origin =
    g_strdup_printf ("{\"left\":%s,\"right\":%s}", left, right);

  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE,
                                  page->title);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATOR,
                                  "Saccade " SAC_VERSION);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_SUBJECT,
                                  DISCLAIMER);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_KEYWORDS, origin);
  cairo_scale (cr, points, points);
  sac_figure_page_draw (page, cr);
  cairo_show_page (cr);
  cairo_destroy (cr);
  cairo_surface_finish (surface);

  cairo_status_t status = cairo_surface_status (surface);

  cairo_surface_destroy (surface);
  if (status != CAIRO_STATUS_SUCCESS) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNWRITABLE,
                 "%s: the PDF cannot be made (%s)", path,
                 cairo_status_to_string (status));
    return false;
  }
  return sac_output_write (path, bytes->data, bytes->len, error);
}

typedef bool (*Writer) (const SacFigurePage *page,
                        const char *path,
                        GError **error);

static Writer
find_writer (const char *path, GError **error)
{
  if (g_str_has_suffix (path, ".png"))
    return write_png;
  if (g_str_has_suffix (path, ".pdf"))
    return write_pdf;
  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "%s: a figure is written as .png or .pdf; choose one of these "
               "suffixes",
               path);
  return NULL;
}

static bool
choose_region (SacFigurePage *page, const SacRect *region, GError **error)
{
  SacRect image = {0, 0, (double)sac_source_get_width (page->source),
                   (double)sac_source_get_height (page->source)};

  page->region = region != NULL ? sac_rect_intersect (region, &image) : image;
  if (!sac_rect_is_empty (&page->region))
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "%s: the region lies outside of the image, which has %.0f x "
               "%.0f pixels",
               sac_source_get_path (page->source), image.width, image.height);
  return false;
}

bool
sac_figure_write (const SacFigure *figure,
                  const char *path,
                  SacJob *job,
                  GError **error)
{
  g_auto (SacFigurePage)
    page = {.title = figure->title,
            .source = figure->source,
            .agreement = figure->agreement,
            .opacity = figure->opacity > 0 ? figure->opacity : DEFAULT_OPACITY,
            .smooth = figure->smooth,
            .width = SAC_FIGURE_WIDTH};
  Writer write = find_writer (path, error);

  if (write == NULL || !choose_region (&page, figure->region, error))
    return false;
  init_columns (&page, figure);
  return sac_figure_draw_panels (&page, SAC_FIGURE_COLUMN, job, error) &&
         write (&page, path, error);
}

bool
sac_figure_write_map (SacSource *source,
                      const SacFigureSide *side,
                      SacScaleMode scale_mode,
                      const char *path,
                      SacJob *job,
                      GError **error)
{
  g_autofree char *title = g_path_get_basename (sac_source_get_path (source));
  SacScale scale = sac_scale_new (scale_mode, &side->map, 1);
  g_auto (SacFigurePage) page = {.title = title,
                                 .source = source,
                                 .column_count = 1,
                                 .opacity = DEFAULT_OPACITY,
                                 .width = SINGLE_WIDTH};
  Writer write = find_writer (path, error);

  if (write == NULL || !choose_region (&page, NULL, error))
    return false;
  init_column (&page.columns[0], side, &scale, NULL, &outlines[0]);
  return sac_figure_draw_panels (&page, SINGLE_WIDTH - 2 * SAC_FIGURE_MARGIN,
                                 job, error) &&
         write (&page, path, error);
}
