/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "canvas-layers.h"
#include "canvas-picture.h"
#include "reading.h"

#include <math.h>

#define CURSOR_REACH 17
#define BORDER_REACH 3
#define BUBBLE_DISTANCE 14
#define BUBBLE_PADDING 8

/* The canvas's usual font, of which the scale bar's is a share. */
#define USUAL_FONT (11 * 96 / 72.0)

/* A map with a longer side on screen needs no inset. */
#define INSET_BELOW 110.0

/* The inset: a share of the pane's shorter side, within limits; distance from
 * the pane's corner; what is seen around the map. */
#define INSET_SHARE 0.36
#define INSET_SMALLEST 120.0
#define INSET_LARGEST 280.0
#define INSET_MARGIN 14.0
#define INSET_CONTEXT 1.12

/* Four bars: a border node cannot be turned without a picture of its own. */
void
sac_canvas_append_frame (GtkSnapshot *snapshot,
                         const graphene_rect_t *rect,
                         float width,
                         const GdkRGBA *color)
{
  float left = rect->origin.x - width, top = rect->origin.y - width;
  float right = rect->origin.x + rect->size.width;
  float bottom = rect->origin.y + rect->size.height;
  float across = right + width - left, down = rect->size.height;
  const graphene_rect_t bars[] = {
    GRAPHENE_RECT_INIT (left, top, across, width),
    GRAPHENE_RECT_INIT (left, bottom, across, width),
    GRAPHENE_RECT_INIT (left, rect->origin.y, width, down),
    GRAPHENE_RECT_INIT (right, rect->origin.y, width, down),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bars); i++)
    gtk_snapshot_append_color (snapshot, color, &bars[i]);
}

/* Everything of `image` but `seen`, which may reach beyond it. */
static void
append_veil (GtkSnapshot *snapshot,
             const graphene_rect_t *image,
             const graphene_rect_t *seen)
{
  static const GdkRGBA veil = {0, 0, 0, 0.22};
  graphene_rect_t inner;

  if (!graphene_rect_intersection (image, seen, &inner))
    return;

  float left = image->origin.x, top = image->origin.y;
  float right = left + image->size.width, bottom = top + image->size.height;
  float inner_left = inner.origin.x, inner_top = inner.origin.y;
  float inner_right = inner_left + inner.size.width;
  float inner_bottom = inner_top + inner.size.height;
  const graphene_rect_t parts[] = {
    GRAPHENE_RECT_INIT (left, top, right - left, inner_top - top),
    GRAPHENE_RECT_INIT (left, inner_bottom, right - left,
                        bottom - inner_bottom),
    GRAPHENE_RECT_INIT (left, inner_top, inner_left - left,
                        inner_bottom - inner_top),
    GRAPHENE_RECT_INIT (inner_right, inner_top, right - inner_right,
                        inner_bottom - inner_top),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++) {
    if (parts[i].size.width > 0 && parts[i].size.height > 0)
      gtk_snapshot_append_color (snapshot, &veil, &parts[i]);
  }
}

/* As the scene draws it: a light line at the inner edge, dark on both sides. */
static GskRenderNode *
new_seen_node (const SacCanvasView *view, const SacMap *map)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  const SacGeometry *geometry = &map->geometry;
  static const GdkRGBA dark = {0, 0, 0, 0.45};
  static const GdkRGBA light = {1, 1, 1, 1};
  SacRect whole = {0, 0, geometry->image_width, geometry->image_height};
  graphene_rect_t image = sac_canvas_snap (view, &whole);
  graphene_rect_t seen =
    sac_canvas_snap (view, sac_geometry_get_input (geometry));
  graphene_rect_t line, inner;

  if (!sac_scene_is_tile (map))
    append_veil (snapshot, &image, &seen);
  graphene_rect_inset_r (&seen, 1, 1, &line);
  graphene_rect_inset_r (&seen, 2, 2, &inner);
  sac_canvas_append_frame (snapshot, &seen, 1, &dark);
  sac_canvas_append_frame (snapshot, &line, 1, &light);
  sac_canvas_append_frame (snapshot, &inner, 1, &dark);
  return gtk_snapshot_free_to_node (snapshot);
}

double
sac_canvas_get_text_size (GtkWidget *widget)
{
  const PangoFontDescription *font =
    pango_context_get_font_description (gtk_widget_get_pango_context (widget));
  double size = pango_font_description_get_size (font) / (double)PANGO_SCALE;

  if (!pango_font_description_get_size_is_absolute (font))
    size *= 96 / 72.0;
  return fmax (rint (SAC_SCENE_TEXT_SIZE * size / USUAL_FONT),
               SAC_SCENE_TEXT_SIZE);
}

SacScene
sac_canvas_get_marks (const SacCanvasView *view)
{
  SacScene scene = {
    .source = sac_document_get_source (view->document),
    .camera = view->camera,
    .show_scale_bar = true,
    .text_size = sac_canvas_get_text_size (view->widget),
  };
  const SacMap *map = sac_pane_state_get_map (view->pane);

  if (map != NULL && map->has_geometry) {
    scene.layer.map = map;
    scene.show_seen = true;
    scene.dim_unseen = !sac_scene_is_tile (map);
  }
  return scene;
}

/* The border of what the model saw, or NULL. */
static GskRenderNode *
new_border_node (const SacCanvasView *view, const SacScene *scene)
{
  const SacMap *map = scene->layer.map;
  SacCanvasView upright = sac_canvas_upright_view (view);
  SacScene border = *scene;
  graphene_rect_t part = GRAPHENE_RECT_INIT (0, 0, view->width, view->height);

  if (!scene->show_seen)
    return NULL;
  if (!sac_canvas_paints_with_cairo (view->widget))
    return sac_canvas_turn_node (view, new_seen_node (&upright, map));
  if (!scene->dim_unseen &&
      !sac_canvas_get_part (view, sac_geometry_get_input (&map->geometry),
                            BORDER_REACH, &part))
    return NULL;

  GskRenderNode *node = gsk_cairo_node_new (&part);
  cairo_t *cr = gsk_cairo_node_get_draw_context (node);

  border.show_scale_bar = false;
  sac_scene_draw_marks (&border, cr, view->width, view->height);
  cairo_destroy (cr);
  return node;
}

GskRenderNode *
sac_canvas_marks_node (const SacCanvasView *view)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  SacScene scene = sac_canvas_get_marks (view);
  g_autoptr (GskRenderNode) border = new_border_node (view, &scene);
  double larger = scene.text_size / SAC_SCENE_TEXT_SIZE;
  double bar_height = ceil (SAC_SCENE_SCALE_BAR_HEIGHT * larger);
  graphene_rect_t corner =
    GRAPHENE_RECT_INIT (0, view->height - bar_height,
                        ceil (SAC_SCENE_SCALE_BAR_WIDTH * larger), bar_height);

  if (border != NULL)
    gtk_snapshot_append_node (snapshot, border);

  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &corner);

  scene.show_seen = scene.dim_unseen = false;
  sac_scene_draw_marks (&scene, cr, view->width, view->height);
  cairo_destroy (cr);
  return gtk_snapshot_free_to_node (snapshot);
}

static double
get_inset_side (const SacCanvasView *view)
{
  double side = fmin (view->width, view->height) * INSET_SHARE;

  return floor (CLAMP (side, INSET_SMALLEST, INSET_LARGEST));
}

GskRenderNode *
sac_canvas_inset_node (const SacCanvasView *view)
{
  static const GdkRGBA light = {1, 1, 1, 0.95};
  static const GdkRGBA dark = {0, 0, 0, 0.55};
  const SacMap *map = sac_pane_state_get_map (view->pane);
  double side = get_inset_side (view);
  SacCanvasView inset = *view;

  if (map == NULL || !map->has_geometry || !sac_scene_is_tile (map) ||
      fmax (map->geometry.seen.width, map->geometry.seen.height) *
          view->camera.scale >
        INSET_BELOW)
    return NULL;
  inset.width = inset.height = side;
  sac_camera_fit_rect (&inset.camera, &map->geometry.seen, side, side);
  inset.camera.scale /= INSET_CONTEXT;

  GtkSnapshot *snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) image =
    sac_canvas_picture_node (&inset, false, NULL);
  g_autoptr (GskRenderNode) colors = sac_canvas_map_node (&inset);
  graphene_rect_t frame = GRAPHENE_RECT_INIT (0, 0, side, side);
  graphene_rect_t outer;

  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT (floor (view->width - side -
                                                       INSET_MARGIN),
                                                INSET_MARGIN));
  gtk_snapshot_push_clip (snapshot, &frame);
  if (image != NULL)
    gtk_snapshot_append_node (snapshot, image);
  if (colors != NULL)
    gtk_snapshot_append_node (snapshot, colors);
  gtk_snapshot_pop (snapshot);
  sac_canvas_append_frame (snapshot, &frame, 1, &light);
  graphene_rect_inset_r (&frame, -1, -1, &outer);
  sac_canvas_append_frame (snapshot, &outer, 1, &dark);
  return gtk_snapshot_free_to_node (snapshot);
}

static void
append_bubble (GtkSnapshot *snapshot,
               const SacCanvasView *view,
               const char *text,
               double x,
               double y)
{
  static const GdkRGBA ground = {0.08, 0.08, 0.08, 0.85};
  static const GdkRGBA ink = {1, 1, 1, 1};
  g_autoptr (PangoLayout) layout =
    gtk_widget_create_pango_layout (view->widget, text);
  int width, height;
  GskRoundedRect shape;

  pango_layout_get_pixel_size (layout, &width, &height);
  width += 2 * BUBBLE_PADDING;
  height += BUBBLE_PADDING;
  x += BUBBLE_DISTANCE;
  y += BUBBLE_DISTANCE;
  if (x + width > view->width)
    x -= width + 2 * BUBBLE_DISTANCE;
  if (y + height > view->height)
    y -= height + 2 * BUBBLE_DISTANCE;
  x = floor (x);
  y = floor (y);
  gsk_rounded_rect_init_from_rect (&shape,
                                   &GRAPHENE_RECT_INIT (x, y, width, height),
                                   6);
  gtk_snapshot_push_rounded_clip (snapshot, &shape);
  gtk_snapshot_append_color (snapshot, &ground, &shape.bounds);
  gtk_snapshot_pop (snapshot);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT (x + BUBBLE_PADDING,
                                                y + BUBBLE_PADDING / 2.0));
  gtk_snapshot_append_layout (snapshot, layout, &ink);
  gtk_snapshot_restore (snapshot);
}

GskRenderNode *
sac_canvas_cursor_node (const SacCanvasView *view)
{
  SacScene scene = {
    .source = sac_document_get_source (view->document),
    .camera = view->camera,
    .has_cursor = true,
  };
  double x, y;

  if (!sac_document_get_cursor (view->document, &scene.cursor_x,
                                &scene.cursor_y))
    return NULL;
  sac_camera_to_screen (&scene.camera, view->width, view->height,
                        scene.cursor_x, scene.cursor_y, &x, &y);
  if (x < 0 || y < 0 || x > view->width || y > view->height)
    return NULL;

  GtkSnapshot *snapshot = gtk_snapshot_new ();
  graphene_rect_t reach =
    GRAPHENE_RECT_INIT (floor (x) - CURSOR_REACH, floor (y) - CURSOR_REACH,
                        2 * CURSOR_REACH + 1, 2 * CURSOR_REACH + 1);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &reach);
  g_autofree char *reading = sac_reading_dup (view->document, view->pane);

  sac_scene_draw_marks (&scene, cr, view->width, view->height);
  cairo_destroy (cr);
  if (reading != NULL)
    append_bubble (snapshot, view, reading, x, y);
  return gtk_snapshot_free_to_node (snapshot);
}
