/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a canvas draws, layer by layer, as render nodes that can be kept while
 * their part of the view does not change.
 *
 * The image has two back-ends: a texture a tile where the renderer is a
 * graphics card's, one picture painted by the engine where it is cairo.
 * Everything else is the same for both. */
#ifndef SAC_APP_CANVAS_LAYERS_H
#define SAC_APP_CANVAS_LAYERS_H

#include "document.h"

typedef struct {
  SacDocument *document;
  SacPaneState *pane;
  GtkWidget *widget; /* for fonts and the renderer */
  SacCamera camera;
  double width, height;
} SacCanvasView;

/* True when GTK itself draws with cairo. */
bool sac_canvas_paints_with_cairo (GtkWidget *widget);

/* Around the image: the same dark grey in every appearance, so that white glass
 * stands out from it and colours look the same by day and by night. */
void
sac_canvas_append_ground (GtkSnapshot *snapshot, double width, double height);

/* A line of this width around a rectangle. */
void sac_canvas_append_frame (GtkSnapshot *snapshot,
                              const graphene_rect_t *rect,
                              float width,
                              const GdkRGBA *color);

/* What the image of a view is made of, requested where it is missing: an array
 * of SacTilePiece (scene/tile-view.h), valid until the tiles' next begin. */
GArray *sac_canvas_get_pieces (const SacCanvasView *view);

/* Of the scale bar: larger where the window's style has larger text. */
double sac_canvas_get_text_size (GtkWidget *widget);

/* All return a new node, or NULL when there is nothing to draw. */
GskRenderNode *sac_canvas_image_node (const SacCanvasView *view);
GskRenderNode *sac_canvas_map_node (const SacCanvasView *view);
GskRenderNode *sac_canvas_layer_node (const SacCanvasView *view,
                                      const SacMapLayer *layer);
/* The border of what the model saw, and the scale bar; as a scene, to be drawn
 * with cairo. */
SacScene sac_canvas_get_marks (const SacCanvasView *view);
GskRenderNode *sac_canvas_marks_node (const SacCanvasView *view);
/* While the map is too small on screen to be read: it and the image below it,
 * enlarged, in a corner. */
GskRenderNode *sac_canvas_inset_node (const SacCanvasView *view);
/* The cursor and the map's value under it. */
GskRenderNode *sac_canvas_cursor_node (const SacCanvasView *view);

/* A turned or mirrored view as if it were neither, so much larger that all of
 * the pane lies in it: for drawing with plain rectangles. */
SacCanvasView sac_canvas_upright_view (const SacCanvasView *view);
/* What was drawn for that, as it lies on the screen.  Takes `node`, which may
 * be NULL.  Returns: a node, or NULL. */
GskRenderNode *sac_canvas_turn_node (const SacCanvasView *view,
                                     GskRenderNode *node);

/* The part of the pane, in whole pixels, that a level-0 rectangle lies in with
 * `reach` pixels around it: cairo clears and lays all that a node covers, for
 * every frame.  Returns: false where there is none. */
bool sac_canvas_get_part (const SacCanvasView *view,
                          const SacRect *rect,
                          double reach,
                          graphene_rect_t *ret_part);

/* The screen rectangle of a level-0 one in an upright view, its edges on device
 * pixels. */
graphene_rect_t sac_canvas_snap (const SacCanvasView *view,
                                 const SacRect *rect);

#endif
