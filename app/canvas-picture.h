/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The image of a view painted in one piece, for renderers without a graphics
 * card: they take one picture of the screen's own pixels faster than many
 * textures.  While a view only moves by whole pixels, what was painted for the
 * one before is moved, and only its edge and tiles that have come since are
 * painted. */
#ifndef SAC_APP_CANVAS_PICTURE_H
#define SAC_APP_CANVAS_PICTURE_H

#include "canvas-layers.h"

/* True when this is how a canvas draws its image, whatever its tone; one with
 * another tone is always drawn so.  SACCADE_TILES in the
 * environment decides otherwise: "picture" or "textures", for audits. */
bool sac_canvas_paints_picture (GtkWidget *canvas);

/* What a picture of a view is made for. */
SacTilesView sac_canvas_picture_key (const SacCanvasView *view);

/* Returns: a new node.  keeps: the next call may build on it.  ret_complete,
 * may be NULL: whether no tile is still to come. */
GskRenderNode *sac_canvas_picture_node (const SacCanvasView *view,
                                        bool keeps,
                                        bool *ret_complete);

#endif
