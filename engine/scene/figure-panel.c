/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Panels are drawn as pixels first, at the resolution of the page, and then
 * laid on it: so all formats show the same, and no viewer of PDFs can smear
 * cells or part them with seams.  What marks them, and all else on the page, is
 * text and lines. */
#include "scene/figure-page.h"
#include "scene/paint-annotations.h"
#include "scene/paint.h"
#include "scene/text.h"

#include <math.h>

#define HEIGHT_MAX 440.0
#define EMPTY_SIZE 17.0

/* Where the models saw less of the image than this, the maps would be too small
 * to see, and are shown enlarged, with this much around them. */
#define SMALL_VIEW 0.15
#define AROUND 0.15

/* Whole units, with the region's own shape as far as the page allows. */
static void
size_panels (SacFigurePage *page, double width)
{
  double height = width * page->region.height / page->region.width;
  double most = fmax (width, HEIGHT_MAX);

  if (height > most) {
    width *= most / height;
    height = most;
  }
  page->panel_width = fmax (rint (width), 4);
  page->panel_height = fmax (rint (height), 4);
}

static SacRect
unite (const SacRect *a, const SacRect *b)
{
  double x = fmin (a->x, b->x), y = fmin (a->y, b->y);

  return (SacRect){x, y, fmax (a->x + a->width, b->x + b->width) - x,
                   fmax (a->y + a->height, b->y + b->height) - y};
}

/* What the models saw within the region; all of it when that is not known. */
static SacRect
find_seen (const SacFigurePage *page)
{
  SacRect all = {0};

  for (size_t i = 0; i < page->column_count; i++) {
    const SacMap *map = page->columns[i].side->map;

    if (!map->has_geometry)
      return page->region;

    SacRect seen = sac_rect_intersect (&map->geometry.seen, &page->region);

    if (sac_rect_is_empty (&seen))
      return page->region;
    all = i == 0 ? seen : unite (&all, &seen);
  }
  return all;
}

/* A part of the region around `seen`; shape: width / height. */
static SacRect
enclose (const SacRect *region, const SacRect *seen, double shape)
{
  double width = fmax (seen->width, seen->height * shape) * (1 + 2 * AROUND);
  double height = width / shape;
  double x = seen->x + (seen->width - width) / 2;
  double y = seen->y + (seen->height - height) / 2;

  if (width >= region->width || height >= region->height)
    return *region;
  x = fmin (fmax (x, region->x), region->x + region->width - width);
  y = fmin (fmax (y, region->y), region->y + region->height - height);
  return (SacRect){x, y, width, height};
}

/* Beside an image the maps keep its shape; without one the part is what the
 * page is about. */
static void
choose_detail (SacFigurePage *page)
{
  SacRect seen = find_seen (page);
  const SacRect *shape = page->column_count == 1 ? &seen : &page->region;

  page->detail = page->region;
  if (!page->is_exact && seen.width * seen.height < SMALL_VIEW *
                                                      page->region.width *
                                                      page->region.height)
    page->detail = enclose (&page->region, &seen, shape->width / shape->height);
  if (page->column_count == 1)
    page->region = page->detail;
}

static cairo_surface_t *
new_panel (const SacFigurePage *page)
{
  cairo_surface_t *surface =
    cairo_image_surface_create (CAIRO_FORMAT_RGB24,
                                (int)(page->panel_width * page->density),
                                (int)(page->panel_height * page->density));

  cairo_surface_set_device_scale (surface, page->density, page->density);
  return surface;
}

/* A scene that fills the panel with a part of the image, to the last pixel. */
static SacScene
new_scene (const SacFigurePage *page, const SacRect *part)
{
  SacScene scene = {.source = page->source, .tone = page->tone};

  sac_camera_fit_rect (&scene.camera, part, page->panel_width,
                       page->panel_height);
  scene.camera.scale =
    fmax (page->panel_width / part->width, page->panel_height / part->height);
  return scene;
}

static cairo_surface_t *
draw_image (const SacFigurePage *page,
            const SacRect *part,
            SacJob *job,
            GError **error)
{
  SacScene scene = new_scene (page, part);
  cairo_surface_t *panel = new_panel (page);
  cairo_t *cr = cairo_create (panel);
  bool drawn = sac_scene_paint_readable (&scene, cr, (int)page->panel_width,
                                         (int)page->panel_height, job, error);

  cairo_destroy (cr);
  if (!drawn)
    g_clear_pointer (&panel, cairo_surface_destroy);
  return panel;
}

static cairo_surface_t *
copy_panel (const SacFigurePage *page, cairo_surface_t *panel)
{
  cairo_surface_t *copy = new_panel (page);
  cairo_t *cr = cairo_create (copy);

  cairo_set_source_surface (cr, panel, 0, 0);
  cairo_paint (cr);
  cairo_destroy (cr);
  return copy;
}

static SacScene
new_map_scene (const SacFigurePage *page, const SacFigureColumn *column)
{
  SacScene scene = new_scene (page, &page->detail);

  scene.layer = (SacMapLayer){.map = column->side->map,
                              .scale = column->scale,
                              .colors = column->colors,
                              .opacity = page->opacity,
                              .smooth = page->smooth,
                              .fade = true};
  scene.show_seen = true;
  scene.dim_unseen = !sac_scene_is_tile (column->side->map);
  scene.show_scale_bar = true;
  return scene;
}

static void
draw_gaps (const SacFigurePage *page,
           const SacScene *scene,
           cairo_t *cr,
           const SacFigureSide *side)
{
  SacPaintView view = {&scene->camera, (int)page->panel_width,
                       (int)page->panel_height};

  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, view.width, view.height);
  cairo_clip (cr);
  for (size_t i = 0; i < side->gap_count; i++) {
    cairo_new_path (cr);
    sac_paint_add_rect (cr, &view, &side->gaps[i]);
    sac_paint_hatch (cr, true);
  }
  cairo_restore (cr);
}

/* Without what belongs to the side's own map: its view is outlined already. */
static void
draw_over (const SacFigurePage *page, const SacFigureLayer *over, cairo_t *cr)
{
  SacScene scene = new_scene (page, &page->detail);

  scene.layer = over->layer;
  sac_scene_draw_map (&scene, cr, (int)page->panel_width,
                      (int)page->panel_height);
}

static void
draw_map (const SacFigurePage *page, const SacFigureColumn *column)
{
  const SacFigureSide *side = column->side;
  SacScene scene = new_map_scene (page, column);
  cairo_t *cr = cairo_create (column->panel);
  g_autoptr (GPtrArray) contours =
    side->has_contour
      ? sac_scene_contours_new (side->map, &column->scale, side->contour)
      : NULL;

  scene.layer.contours = contours;
  sac_scene_draw_map (&scene, cr, (int)page->panel_width,
                      (int)page->panel_height);
  draw_gaps (page, &scene, cr, side);
  for (size_t i = 0; i < side->over_count; i++)
    draw_over (page, &side->over[i], cr);
  if (page->disagreement != NULL)
    sac_scene_draw_disagreement (&scene, page->disagreement, cr,
                                 (int)page->panel_width,
                                 (int)page->panel_height);
  cairo_destroy (cr);
}

/* From here on a pixel is a pixel. */
static void
finish_panel (cairo_surface_t *panel)
{
  cairo_surface_set_device_scale (panel, 1, 1);
}

bool
sac_figure_draw_panels (SacFigurePage *page,
                        double width,
                        SacJob *job,
                        GError **error)
{
  choose_detail (page);
  size_panels (page, width);

  cairo_surface_t *detail = draw_image (page, &page->detail, job, error);

  if (detail == NULL)
    return false;
  for (size_t i = 0; i < page->column_count; i++) {
    page->columns[i].panel = copy_panel (page, detail);
    draw_map (page, &page->columns[i]);
    finish_panel (page->columns[i].panel);
  }
  cairo_surface_destroy (detail);
  if (page->column_count == 1)
    return true;
  page->plain = draw_image (page, &page->region, job, error);
  if (page->plain == NULL)
    return false;
  finish_panel (page->plain);
  return true;
}

static void
lay_pixels (const SacFigurePage *page, cairo_surface_t *panel, cairo_t *cr)
{
  int width = cairo_image_surface_get_width (panel);
  int height = cairo_image_surface_get_height (panel);

  cairo_save (cr);
  cairo_scale (cr, page->panel_width / width, page->panel_height / height);
  cairo_set_source_surface (cr, panel, 0, 0);
  sac_paint_pad_source (cr);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_fill (cr);
  cairo_restore (cr);
}

static void
draw_empty (const SacFigurePage *page, const char *text, cairo_t *cr)
{
  g_autoptr (PangoLayout) layout =
    sac_text_new (cr, text, &(SacTextStyle){.size = EMPTY_SIZE, .bold = true});
  double width, height;

  sac_text_get_size (layout, &width, &height);
  sac_text_draw_halo (cr, (page->panel_width - width) / 2,
                      (page->panel_height - height) / 2, text, EMPTY_SIZE);
}

static void
draw_annotations (const SacFigurePage *page, const SacScene *scene, cairo_t *cr)
{
  if (page->mask->set == NULL)
    return;
  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, page->panel_width, page->panel_height);
  cairo_clip (cr);
  sac_paint_annotation_set (cr, page->mask->set,
                            sac_source_get_mpp (page->source), &scene->camera,
                            page->panel_width, page->panel_height);
  cairo_restore (cr);
}

static void
mark_map (const SacFigurePage *page, const SacFigureColumn *column, cairo_t *cr)
{
  SacScene scene = new_map_scene (page, column);

  draw_annotations (page, &scene, cr);
  sac_scene_draw_marks (&scene, cr, (int)page->panel_width,
                        (int)page->panel_height);
  if (column->scale.empty)
    draw_empty (page, column->empty, cr);
}

static void
mark_image (const SacFigurePage *page, cairo_t *cr)
{
  SacScene scene = new_scene (page, &page->region);
  int width = (int)page->panel_width, height = (int)page->panel_height;
  size_t count = sac_figure_page_has_one_view (page) ? 1 : page->column_count;

  for (size_t i = 0; i < count; i++) {
    const SacMap *map = page->columns[i].side->map;

    if (map->has_geometry)
      sac_scene_draw_outline (&scene, sac_geometry_get_input (&map->geometry),
                              &page->columns[i].outline, cr, width, height);
  }
  draw_annotations (page, &scene, cr);
  scene.show_scale_bar = true;
  sac_scene_draw_marks (&scene, cr, width, height);
}

void
sac_figure_draw_panel (const SacFigurePage *page,
                       const SacFigureColumn *column,
                       cairo_t *cr,
                       double x,
                       double y)
{
  cairo_save (cr);
  cairo_translate (cr, x, y);
  lay_pixels (page, column != NULL ? column->panel : page->plain, cr);
  if (column != NULL)
    mark_map (page, column, cr);
  else
    mark_image (page, cr);
  cairo_restore (cr);
}
