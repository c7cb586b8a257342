/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "disagreement-overlay.h"

#include "canvas-overlay.h"

typedef struct {
  SacDocument *document;
  SacPaneState *pane;
} Overlay;

static bool
is_shown (Overlay *overlay)
{
  SacComparison *comparison = sac_document_get_comparison (overlay->document);

  return sac_comparison_is_outlined (comparison) &&
         sac_comparison_get_disagreement (comparison) != NULL &&
         !sac_document_is_peeking (overlay->document) &&
         sac_pane_set_get_role (sac_document_get_panes (overlay->document),
                                overlay->pane) >= 0;
}

static void
draw (gpointer state, GtkSnapshot *snapshot, const SacCanvasView *view)
{
  Overlay *overlay = state;

  if (!is_shown (overlay))
    return;

  SacScene scene = {.camera = view->camera};
  cairo_t *cr =
    gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, view->width,
                                                              view->height));

  sac_scene_draw_disagreement (&scene,
                               sac_comparison_get_disagreement (
                                 sac_document_get_comparison (
                                   overlay->document)),
                               cr, (int)view->width, (int)view->height);
  cairo_destroy (cr);
}

static void
free_state (gpointer state)
{
  Overlay *overlay = state;

  g_object_unref (overlay->document);
  g_object_unref (overlay->pane);
  g_free (overlay);
}

static const SacCanvasOverlayKind kind = {
  .draw = draw,
  .free_state = free_state,
};

void
sac_disagreement_overlay_attach (SacCanvas *canvas,
                                 SacDocument *document,
                                 SacPaneState *pane)
{
  Overlay *overlay = g_new (Overlay, 1);

  /* Redrawn with the comparison, as what canvas-compare.h draws is. */
  *overlay = (Overlay){g_object_ref (document), g_object_ref (pane)};
  sac_canvas_add_overlay (canvas, &kind, overlay);
}
