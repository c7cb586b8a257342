/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "pair-inset.h"

#include "canvas-overlay.h"
#include "texture.h"

#include <glib/gi18n.h>
#include <math.h>

/* Of the canvas's shorter side, within limits; distance from its corner. */
#define SHARE 0.36
#define SMALLEST 110.0
#define LARGEST 240.0
#define MARGIN 14.0
#define LINE_WIDTH 2.0
#define PADDING 6

typedef struct {
  SacCanvas *canvas;
  SacPaneState *pane;
  GdkTexture *texture;   /* of `image`; NULL: to be made */
  const SacImage *image; /* not owned: only compared */
} Inset;

static bool
is_shown (SacPaneState *pane, SacPaneAsking *ret_asking)
{
  return sac_pane_state_get_asking (pane, ret_asking) && ret_asking->is_other &&
         (ret_asking->token >= 0 || sac_pane_state_is_picking (pane));
}

graphene_rect_t
sac_pair_inset_get_place (SacCanvas *canvas, SacPaneState *pane)
{
  SacPaneAsking asking;
  double width = gtk_widget_get_width (GTK_WIDGET (canvas));
  double height = gtk_widget_get_height (GTK_WIDGET (canvas));
  double side = CLAMP (fmin (width, height) * SHARE, SMALLEST, LARGEST);

  if (!is_shown (pane, &asking))
    return GRAPHENE_RECT_INIT (0, 0, 0, 0);

  const SacImage *image = sac_pane_state_get_findings (pane)->other_picture;
  double scale = side / MAX (image->width, image->height);

  /* Cairo cannot draw a picture without a width or a height. */
  return GRAPHENE_RECT_INIT (MARGIN, MARGIN,
                             fmax (rint (image->width * scale), 1),
                             fmax (rint (image->height * scale), 1));
}

static GdkTexture *
get_texture (Inset *inset)
{
  SacImage *image = sac_pane_state_get_findings (inset->pane)->other_picture;

  if (inset->image != image)
    g_clear_object (&inset->texture);
  if (inset->texture == NULL)
    inset->texture = sac_texture_new_for_image (image);
  inset->image = image;
  return inset->texture;
}

static void
stroke (cairo_t *cr, double width, double grey, double opacity)
{
  cairo_set_line_width (cr, width);
  cairo_set_source_rgba (cr, grey, grey, grey, opacity);
  cairo_stroke (cr);
}

/* The places that can be chosen, and the one that is. */
static void
draw_cells (GtkSnapshot *snapshot,
            const graphene_rect_t *all,
            const SacPaneAsking *asking)
{
  double width = all->size.width / asking->columns;
  double height = all->size.height / asking->rows;
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, all);

  for (int i = 1; i < asking->columns; i++) {
    cairo_move_to (cr, i * width, 0);
    cairo_line_to (cr, i * width, all->size.height);
  }
  for (int i = 1; i < asking->rows; i++) {
    cairo_move_to (cr, 0, i * height);
    cairo_line_to (cr, all->size.width, i * height);
  }
  stroke (cr, 1, 1, 0.35);
  if (asking->token >= 0) {
    double x = asking->token % asking->columns * width;
    double y = asking->token / asking->columns * height;

    cairo_rectangle (cr, x, y, width, height);
    stroke (cr, LINE_WIDTH + 2, 0, 0.7);
    cairo_rectangle (cr, x, y, width, height);
    stroke (cr, LINE_WIDTH, 1, 1);
  }
  cairo_destroy (cr);
}

/* Below the picture: which image it is, and what to do. */
static void
draw_caption (const Inset *inset,
              GtkSnapshot *snapshot,
              const graphene_rect_t *all)
{
  static const GdkRGBA ground = {0.08, 0.08, 0.08, 0.85};
  static const GdkRGBA ink = {1, 1, 1, 1};
  SacFindings *findings = sac_pane_state_get_findings (inset->pane);
  const char *role =
    sac_pair_get_role (findings->loaded->model, !findings->input);
  g_autofree char *text =
    g_strdup_printf (sac_pane_state_is_picking (inset->pane)
                       ? _ ("“%s”: click the place that asks")
                       : _ ("“%s”: the place that asks"),
                     role);
  g_autoptr (PangoLayout) layout =
    gtk_widget_create_pango_layout (GTK_WIDGET (inset->canvas), text);
  int width, height;

  pango_layout_set_width (layout,
                          (int)(all->size.width - 2 * PADDING) * PANGO_SCALE);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_get_pixel_size (layout, &width, &height);
  gtk_snapshot_append_color (snapshot, &ground,
                             &GRAPHENE_RECT_INIT (0, all->size.height,
                                                  all->size.width,
                                                  height + 2 * PADDING));
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT (PADDING,
                                                all->size.height + PADDING));
  gtk_snapshot_append_layout (snapshot, layout, &ink);
}

static void
draw (gpointer state, GtkSnapshot *snapshot, const SacCanvasView *view)
{
  static const GdkRGBA light = {1, 1, 1, 0.95};
  static const GdkRGBA dark = {0, 0, 0, 0.55};
  Inset *inset = state;
  graphene_rect_t place = sac_pair_inset_get_place (inset->canvas, inset->pane);
  graphene_rect_t all =
    GRAPHENE_RECT_INIT (0, 0, place.size.width, place.size.height);
  graphene_rect_t outer;
  SacPaneAsking asking;

  if (!is_shown (inset->pane, &asking)) {
    g_clear_object (&inset->texture);
    inset->image = NULL;
    return;
  }
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &place.origin);
  gtk_snapshot_append_texture (snapshot, get_texture (inset), &all);
  draw_cells (snapshot, &all, &asking);
  sac_canvas_append_frame (snapshot, &all, 1, &light);
  graphene_rect_inset_r (&all, -1, -1, &outer);
  sac_canvas_append_frame (snapshot, &outer, 1, &dark);
  draw_caption (inset, snapshot, &all);
  gtk_snapshot_restore (snapshot);
}

static bool
press (gpointer state, const SacCanvasPoint *point)
{
  Inset *inset = state;
  graphene_rect_t place = sac_pair_inset_get_place (inset->canvas, inset->pane);
  SacPaneAsking asking;

  if (!is_shown (inset->pane, &asking) ||
      !graphene_rect_contains_point (&place,
                                     &GRAPHENE_POINT_INIT (point->x, point->y)))
    return false;

  int row =
    (int)((point->y - place.origin.y) / place.size.height * asking.rows);
  int column =
    (int)((point->x - place.origin.x) / place.size.width * asking.columns);

  sac_pane_state_ask_token (inset->pane, MIN (row, asking.rows - 1),
                            MIN (column, asking.columns - 1));
  return true;
}

static void
free_state (gpointer state)
{
  Inset *inset = state;

  g_clear_object (&inset->texture);
  g_object_unref (inset->pane);
  g_free (inset);
}

static const SacCanvasOverlayKind kind = {
  .draw = draw,
  .press = press,
  .free_state = free_state,
};

void
sac_pair_inset_attach (SacCanvas *canvas, SacPaneState *pane)
{
  static const char *const signals[] = {"result", "asked", "display"};
  Inset *inset = g_new0 (Inset, 1);

  inset->canvas = canvas;
  inset->pane = g_object_ref (pane);
  sac_canvas_add_overlay (canvas, &kind, inset);
  for (gsize i = 0; i < G_N_ELEMENTS (signals); i++)
    g_signal_connect_object (pane, signals[i],
                             G_CALLBACK (sac_canvas_redraw_overlays), canvas,
                             G_CONNECT_SWAPPED);
}
