/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Panels are drawn as pixels first, at the resolution of the page, and then
 * laid on it: so PNG and PDF show the same, and no viewer of PDFs can smear
 * cells or part them with seams.  All else is text and lines. */
#include "scene/figure.h"

#include "base/error.h"
#include "base/output.h"
#include "image/decode.h"
#include "map/map-file.h"
#include "scene/figure-page.h"
#include "scene/paint.h"
#include "scene/text.h"

#include <cairo-pdf.h>
#include <math.h>

#define DEFAULT_OPACITY 0.8
#define PANEL_DENSITY 2.0 /* pixels a unit */
#define PANEL_HEIGHT_MAX 440.0
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
  column->notes = side->notes != NULL ? copy_notes (side->notes)
                                      : sac_figure_notes (side->map, scale);
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

/* Whole pixels, with the region's own shape. */
static void
size_panels (SacFigurePage *page, double width)
{
  double height = width * page->region.height / page->region.width;

  if (height > PANEL_HEIGHT_MAX) {
    width *= PANEL_HEIGHT_MAX / height;
    height = PANEL_HEIGHT_MAX;
  }
  page->panel_width = fmax (rint (width * PANEL_DENSITY), 8) / PANEL_DENSITY;
  page->panel_height = fmax (rint (height * PANEL_DENSITY), 8) / PANEL_DENSITY;
}

static cairo_surface_t *
new_panel (const SacFigurePage *page)
{
  cairo_surface_t *surface =
    cairo_image_surface_create (CAIRO_FORMAT_RGB24,
                                (int)rint (page->panel_width * PANEL_DENSITY),
                                (int)rint (page->panel_height * PANEL_DENSITY));

  cairo_surface_set_device_scale (surface, PANEL_DENSITY, PANEL_DENSITY);
  return surface;
}

/* A scene that shows the region, filling the panel. */
static SacScene
new_scene (const SacFigurePage *page)
{
  SacScene scene = {.source = page->source};

  sac_camera_fit_rect (&scene.camera, &page->region, page->panel_width,
                       page->panel_height);
  return scene;
}

static void
finish_panel (cairo_surface_t *panel)
{
  cairo_surface_set_device_scale (panel, 1, 1);
}

static bool
draw_image (const SacFigurePage *page,
            cairo_surface_t *panel,
            SacJob *job,
            GError **error)
{
  SacScene scene = new_scene (page);
  cairo_t *cr = cairo_create (panel);
  bool drawn =
    sac_scene_paint_image (&scene, NULL, cr, (int)ceil (page->panel_width),
                           (int)ceil (page->panel_height), job, error);

  cairo_destroy (cr);
  return drawn;
}

static void
draw_empty (const SacFigurePage *page, const char *text, cairo_t *cr)
{
  g_autoptr (PangoLayout) layout =
    sac_text_new (cr, text, &(SacTextStyle){.size = 17, .bold = true});
  double width, height;

  sac_text_get_size (layout, &width, &height);
  sac_text_draw_halo (cr, (page->panel_width - width) / 2,
                      (page->panel_height - height) / 2, text, 17);
}

static void
draw_map_panel (const SacFigurePage *page,
                SacFigureColumn *column,
                const SacFigure *figure)
{
  SacScene scene = new_scene (page);
  cairo_t *cr = cairo_create (column->panel);
  int width = (int)ceil (page->panel_width);
  int height = (int)ceil (page->panel_height);

  scene.layer = (SacMapLayer){
    .map = column->side->map,
    .scale = column->scale,
    .colors = column->colors,
    .opacity = figure->opacity > 0 ? figure->opacity : DEFAULT_OPACITY,
    .smooth = figure->smooth,
    .fade = true,
  };
  scene.show_seen = true;
  scene.show_scale_bar = true;
  sac_scene_draw_map (&scene, cr, width, height);
  sac_scene_draw_marks (&scene, cr, width, height);
  if (column->scale.empty)
    draw_empty (page, column->empty, cr);
  cairo_destroy (cr);
}

static void
draw_plain_panel (const SacFigurePage *page)
{
  SacScene scene = new_scene (page);
  cairo_t *cr = cairo_create (page->plain);
  int width = (int)ceil (page->panel_width);
  int height = (int)ceil (page->panel_height);

  scene.show_scale_bar = true;
  for (size_t i = 0; i < page->column_count; i++) {
    const SacMap *map = page->columns[i].side->map;

    if (i == 1 && sac_figure_page_has_one_view (page))
      break;
    if (map->has_geometry)
      sac_scene_draw_outline (&scene, &map->geometry.seen,
                              &page->columns[i].outline, cr, width, height);
  }
  sac_scene_draw_marks (&scene, cr, width, height);
  cairo_destroy (cr);
}

static void
copy_panel (cairo_surface_t *from, cairo_surface_t *to)
{
  cairo_t *cr = cairo_create (to);

  cairo_set_source_surface (cr, from, 0, 0);
  cairo_paint (cr);
  cairo_destroy (cr);
}

/* The image is read once and copied under each map. */
static bool
draw_panels (SacFigurePage *page,
             const SacFigure *figure,
             SacJob *job,
             GError **error)
{
  page->plain = new_panel (page);
  if (!draw_image (page, page->plain, job, error))
    return false;
  for (size_t i = 0; i < page->column_count; i++) {
    SacFigureColumn *column = &page->columns[i];

    column->panel = new_panel (page);
    copy_panel (page->plain, column->panel);
    draw_map_panel (page, column, figure);
    finish_panel (column->panel);
  }
  draw_plain_panel (page);
  finish_panel (page->plain);
  return true;
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
    sac_image_new ((int64_t)(page->width * PANEL_DENSITY),
                   (int64_t)(measure_page (page) * PANEL_DENSITY), error);

  if (image == NULL)
    return false;

  cairo_surface_t *surface = sac_paint_surface_new (image);
  cairo_t *cr = cairo_create (surface);

  cairo_scale (cr, PANEL_DENSITY, PANEL_DENSITY);
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
  g_auto (SacFigurePage) page = {.title = figure->title,
                                 .source = figure->source,
                                 .agreement = figure->agreement,
                                 .smooth = figure->smooth,
                                 .width = SAC_FIGURE_WIDTH};
  Writer write = find_writer (path, error);

  if (write == NULL || !choose_region (&page, figure->region, error))
    return false;
  init_columns (&page, figure);
  size_panels (&page, SAC_FIGURE_COLUMN);
  return draw_panels (&page, figure, job, error) && write (&page, path, error);
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
  SacFigure figure = {.source = source, .scale_mode = scale_mode};
  SacScale scale = sac_scale_new (scale_mode, &side->map, 1);
  g_auto (SacFigurePage) page = {.title = title,
                                 .source = source,
                                 .column_count = 1,
                                 .width = SINGLE_WIDTH};
  Writer write = find_writer (path, error);

  if (write == NULL || !choose_region (&page, NULL, error))
    return false;
  init_column (&page.columns[0], side, &scale, NULL, &outlines[0]);
  size_panels (&page, SINGLE_WIDTH - 2 * SAC_FIGURE_MARGIN);
  return draw_panels (&page, &figure, job, error) && write (&page, path, error);
}
