/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A pane's maps as nodes: cells with exact edges, or a texture of them. */
#include "canvas-layers.h"

#include "texture.h"

#include <math.h>

/* So many cells on screen are drawn one by one, with exact edges; more come
 * from a texture, whose cells are made of so many texels a side. */
#define CELL_COUNT 2500
#define TEXELS_PER_CELL 4
#define TEXTURE_SIDE 4096

/* Lines at the edge of a map reach so many pixels beyond it. */
#define LINE_REACH 4

static SacScene
get_scene (const SacCanvasView *view)
{
  return (SacScene){
    .source = sac_document_get_source (view->document),
    .camera = view->camera,
  };
}

static GdkRGBA
unpack (guint32 pixel)
{
  float alpha = (pixel >> 24) / 255.0f;
  float share = alpha > 0 ? 1 / (alpha * 255) : 0;

  return (GdkRGBA){(pixel >> 16 & 255) * share, (pixel >> 8 & 255) * share,
                   (pixel & 255) * share, alpha};
}

/* The range of cells, first and end, that lies within a span of the view. */
static void
find_range (double origin,
            double cell,
            int count,
            double visible_from,
            double visible_to,
            int *ret_first,
            int *ret_end)
{
  *ret_first = CLAMP (floor ((visible_from - origin) / cell), 0, count);
  *ret_end = CLAMP (ceil ((visible_to - origin) / cell), 0, count);
}

typedef struct {
  int first_row, end_row, first_column, end_column;
} CellRange;

static CellRange
find_visible_cells (const SacCanvasView *view, const SacMap *map)
{
  const SacRect *seen = &map->geometry.seen;
  SacRect visible =
    sac_camera_visible (&view->camera, view->width, view->height);
  CellRange range;

  find_range (seen->x, seen->width / map->columns, map->columns, visible.x,
              visible.x + visible.width, &range.first_column,
              &range.end_column);
  find_range (seen->y, seen->height / map->rows, map->rows, visible.y,
              visible.y + visible.height, &range.first_row, &range.end_row);
  return range;
}

static void
append_cells (GtkSnapshot *snapshot,
              const SacCanvasView *view,
              const SacMap *map,
              cairo_surface_t *colors,
              const CellRange *range)
{
  const guchar *data = cairo_image_surface_get_data (colors);
  int stride = cairo_image_surface_get_stride (colors);

  for (int row = range->first_row; row < range->end_row; row++)
    for (int column = range->first_column; column < range->end_column;
         column++) {
      const guint32 *line = (const guint32 *)(data + (gsize)row * stride);
      GdkRGBA color = unpack (line[column]);
      SacRect cell = sac_geometry_cell (&map->geometry, map->rows, map->columns,
                                        row, column);
      graphene_rect_t rect = sac_canvas_snap (view, &cell);

      if (color.alpha > 0)
        gtk_snapshot_append_color (snapshot, &color, &rect);
    }
}

/* Textures are always interpolated; cells made of several texels keep edges
 * that a reader takes for sharp. */
static cairo_surface_t *
replicate (cairo_surface_t *surface)
{
  int width = cairo_image_surface_get_width (surface) * TEXELS_PER_CELL;
  int height = cairo_image_surface_get_height (surface) * TEXELS_PER_CELL;

  if (MAX (width, height) > TEXTURE_SIDE)
    return cairo_surface_reference (surface);

  cairo_surface_t *large =
    cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  cairo_t *cr = cairo_create (large);

  cairo_scale (cr, TEXELS_PER_CELL, TEXELS_PER_CELL);
  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_paint (cr);
  cairo_destroy (cr);
  return large;
}

static void
append_map_texture (GtkSnapshot *snapshot,
                    const SacCanvasView *view,
                    const SacMapLayer *layer,
                    cairo_surface_t *colors)
{
  cairo_surface_t *surface =
    layer->smooth ? cairo_surface_reference (colors) : replicate (colors);
  g_autoptr (GdkTexture) texture = sac_texture_new_for_surface (surface);
  SacRect covered = sac_geometry_get_covered (&layer->map->geometry);
  graphene_rect_t rect = sac_canvas_snap (view, &layer->map->geometry.seen);
  graphene_rect_t visible = sac_canvas_snap (view, &covered);

  cairo_surface_destroy (surface);
  gtk_snapshot_push_clip (snapshot, &visible);
  gtk_snapshot_append_texture (snapshot, texture, &rect);
  gtk_snapshot_pop (snapshot);
}

static GskRenderNode *
new_upright_map_node (const SacCanvasView *view, const SacMapLayer *layer)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  cairo_surface_t *colors = sac_scene_map_surface (layer);
  CellRange range = find_visible_cells (view, layer->map);
  int rows = range.end_row - range.first_row;
  int columns = range.end_column - range.first_column;
  bool is_native =
    cairo_image_surface_get_width (colors) == layer->map->columns &&
    cairo_image_surface_get_height (colors) == layer->map->rows;

  if (!layer->smooth && is_native && rows * columns <= CELL_COUNT)
    append_cells (snapshot, view, layer->map, colors, &range);
  else
    append_map_texture (snapshot, view, layer, colors);
  cairo_surface_destroy (colors);
  return gtk_snapshot_free_to_node (snapshot);
}

/* Under cairo as a scene is painted without a window: so both are the same to
 * the pixel, and turned cells have no soft edges. */
static GskRenderNode *
new_painted_map_node (const SacCanvasView *view, const SacMapLayer *layer)
{
  SacScene scene = get_scene (view);
  graphene_rect_t part;

  if (!sac_canvas_get_part (view, &layer->map->geometry.seen, LINE_REACH,
                            &part))
    return NULL;

  /* Where a scaled surface begins decides how its pixels are rounded. */
  if (layer->smooth ||
      layer->map->rows > SAC_SCENE_CELL_COUNT / layer->map->columns)
    part = GRAPHENE_RECT_INIT (0, 0, view->width, view->height);

  GskRenderNode *node = gsk_cairo_node_new (&part);
  cairo_t *cr = gsk_cairo_node_get_draw_context (node);

  scene.layer = *layer;
  sac_scene_draw_map (&scene, cr, view->width, view->height);
  cairo_destroy (cr);
  return node;
}

/* The lines of a map, over `below`, which is taken and may be NULL. */
static GskRenderNode *
new_contour_node (const SacCanvasView *view,
                  const SacMapLayer *layer,
                  GskRenderNode *below)
{
  SacScene scene = get_scene (view);
  GskRenderNode *nodes[2] = {below};
  graphene_rect_t part;

  if (!sac_canvas_get_part (view, &layer->map->geometry.seen, LINE_REACH,
                            &part))
    return below;

  GtkSnapshot *snapshot = gtk_snapshot_new ();
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &part);

  sac_scene_draw_contours (&scene, layer->contours, cr, view->width,
                           view->height);
  cairo_destroy (cr);
  nodes[1] = gtk_snapshot_free_to_node (snapshot);
  if (below == NULL)
    return nodes[1];

  GskRenderNode *both = gsk_container_node_new (nodes, 2);

  gsk_render_node_unref (nodes[0]);
  gsk_render_node_unref (nodes[1]);
  return both;
}

/* Cells that are no numbers are hatched, which is painted.  A scale of its own
 * that is not empty has none. */
static bool
is_hatched (const SacMapLayer *layer)
{
  SacMapSummary summary;

  if (layer->map->has_gaps ||
      (!layer->scale.empty && layer->scale.mode != SAC_SCALE_SHARED))
    return false;
  sac_map_summarize (layer->map, &summary);
  return summary.evidence == SAC_EVIDENCE_NOT_FINITE;
}

GskRenderNode *
sac_canvas_layer_node (const SacCanvasView *view, const SacMapLayer *layer)
{
  SacCanvasView upright = sac_canvas_upright_view (view);
  GskRenderNode *node = NULL;

  if (!layer->map->has_geometry ||
      (layer->opacity <= 0 && layer->contours == NULL))
    return NULL;
  if (sac_canvas_paints_with_cairo (view->widget) || is_hatched (layer))
    return new_painted_map_node (view, layer);
  if (layer->opacity > 0)
    node = sac_canvas_turn_node (view, new_upright_map_node (&upright, layer));
  return layer->contours != NULL ? new_contour_node (view, layer, node) : node;
}

GskRenderNode *
sac_canvas_map_node (const SacCanvasView *view)
{
  g_autoptr (GArray) layers =
    sac_document_get_layers (view->document, view->pane);
  GtkSnapshot *snapshot = gtk_snapshot_new ();

  for (guint i = 0; i < layers->len; i++) {
    g_autoptr (GskRenderNode) node =
      sac_canvas_layer_node (view, &g_array_index (layers, SacMapLayer, i));

    if (node != NULL)
      gtk_snapshot_append_node (snapshot, node);
  }
  return gtk_snapshot_free_to_node (snapshot);
}
