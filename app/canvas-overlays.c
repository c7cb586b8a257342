/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "canvas-overlays.h"

typedef struct {
  const SacCanvasOverlayKind *kind;
  gpointer state;
} Overlay;

struct SacCanvasOverlays {
  GArray *all;            /* of Overlay, the topmost last */
  const Overlay *pressed; /* NULL: none; its place in `all` is stable, because
                             nothing is added during a press */
};

static void
clear_overlay (gpointer data)
{
  Overlay *overlay = data;

  if (overlay->kind->free_state != NULL)
    overlay->kind->free_state (overlay->state);
}

SacCanvasOverlays *
sac_canvas_overlays_new (void)
{
  SacCanvasOverlays *overlays = g_new0 (SacCanvasOverlays, 1);

  overlays->all = g_array_new (FALSE, FALSE, sizeof (Overlay));
  g_array_set_clear_func (overlays->all, clear_overlay);
  return overlays;
}

void
sac_canvas_overlays_free (SacCanvasOverlays *overlays)
{
  g_array_unref (overlays->all);
  g_free (overlays);
}

void
sac_canvas_overlays_add (SacCanvasOverlays *overlays,
                         const SacCanvasOverlayKind *kind,
                         gpointer state)
{
  Overlay overlay = {kind, state};

  sac_canvas_overlays_cancel (overlays);
  g_array_append_val (overlays->all, overlay);
}

static const Overlay *
get_overlay (SacCanvasOverlays *overlays, guint index)
{
  return &g_array_index (overlays->all, Overlay, index);
}

GskRenderNode *
sac_canvas_overlays_node (const SacCanvasView *view)
{
  SacCanvasOverlays *overlays =
    sac_canvas_get_overlays (SAC_CANVAS (view->widget));
  GtkSnapshot *snapshot = gtk_snapshot_new ();

  for (guint i = 0; i < overlays->all->len; i++) {
    const Overlay *overlay = get_overlay (overlays, i);

    if (overlay->kind->draw != NULL)
      overlay->kind->draw (overlay->state, snapshot, view);
  }
  return gtk_snapshot_free_to_node (snapshot);
}

bool
sac_canvas_overlays_press (SacCanvasOverlays *overlays,
                           const SacCanvasPoint *point)
{
  sac_canvas_overlays_cancel (overlays);
  for (guint i = overlays->all->len; i-- > 0;) {
    const Overlay *overlay = get_overlay (overlays, i);

    if (overlay->kind->press == NULL ||
        !overlay->kind->press (overlay->state, point))
      continue;
    overlays->pressed = overlay;
    return true;
  }
  return false;
}

bool
sac_canvas_overlays_is_pressed (SacCanvasOverlays *overlays)
{
  return overlays->pressed != NULL;
}

void
sac_canvas_overlays_drag (SacCanvasOverlays *overlays,
                          const SacCanvasPoint *point)
{
  const Overlay *overlay = overlays->pressed;

  if (overlay != NULL && overlay->kind->drag != NULL)
    overlay->kind->drag (overlay->state, point);
}

void
sac_canvas_overlays_release (SacCanvasOverlays *overlays,
                             const SacCanvasPoint *point)
{
  const Overlay *overlay = overlays->pressed;

  overlays->pressed = NULL;
  if (overlay != NULL && overlay->kind->release != NULL)
    overlay->kind->release (overlay->state, point);
}

void
sac_canvas_overlays_cancel (SacCanvasOverlays *overlays)
{
  const Overlay *overlay = overlays->pressed;

  overlays->pressed = NULL;
  if (overlay != NULL && overlay->kind->cancel != NULL)
    overlay->kind->cancel (overlay->state);
}

void
sac_canvas_overlays_hover (SacCanvasOverlays *overlays,
                           const SacCanvasPoint *point)
{
  for (guint i = 0; i < overlays->all->len; i++) {
    const Overlay *overlay = get_overlay (overlays, i);

    if (overlay->kind->hover != NULL)
      overlay->kind->hover (overlay->state, point);
  }
}

bool
sac_canvas_overlays_key (SacCanvasOverlays *overlays,
                         guint keyval,
                         GdkModifierType modifiers)
{
  for (guint i = overlays->all->len; i-- > 0;) {
    const Overlay *overlay = get_overlay (overlays, i);

    if (overlay->kind->key != NULL &&
        overlay->kind->key (overlay->state, keyval, modifiers))
      return true;
  }
  return false;
}
