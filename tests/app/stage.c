/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "stage.h"

#include "image/phantom-pattern.h"

#include <math.h>

#define PATIENCE_US (300 * G_USEC_PER_SEC)

/* The scale bar lies in this corner. */
#define CORNER_WIDTH 235
#define CORNER_HEIGHT 56

/* What is drawn where no tile has come yet, and around the image. */
#define BLANK 0xf2f2f2
#define GROUND 0x333333

static gboolean
on_late (gpointer data)
{
  *(bool *)data = true;
  return G_SOURCE_REMOVE;
}

void
stage_run_for (int milliseconds)
{
  bool late = false;

  g_timeout_add (milliseconds, on_late, &late);
  while (!late)
    g_main_context_iteration (NULL, TRUE);
}

void
stage_wait_for_tiles (Stage *stage)
{
  SacTiles *tiles = sac_document_get_tiles (stage->document);
  gint64 end = g_get_monotonic_time () + PATIENCE_US;

  do {
    gtk_widget_queue_draw (stage->canvases[0]);
    gtk_test_widget_wait_for_draw (stage->canvases[0]);
    g_assert_cmpint (g_get_monotonic_time (), <, end);
  } while (!sac_tiles_is_settled (tiles));
  for (int i = 0; i < 2; i++) {
    gtk_widget_queue_draw (stage->canvases[i]);
    gtk_test_widget_wait_for_draw (stage->canvases[i]);
  }
}

static GtkWidget *
new_canvas (Stage *stage, int index)
{
  SacCanvas *canvas = g_object_new (SAC_TYPE_CANVAS, NULL);

  sac_canvas_set_document (canvas, stage->document,
                           sac_document_get_pane (stage->document, index));
  return GTK_WIDGET (canvas);
}

void
stage_open (Stage *stage, const char *path, int width, int height)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  gint64 end = g_get_monotonic_time () + PATIENCE_US;

  stage->worker = sac_worker_new ();
  stage->document = sac_document_new (stage->worker);
  stage->viewport = sac_document_get_viewport (stage->document);
  stage->window = gtk_window_new ();
  gtk_box_set_homogeneous (GTK_BOX (box), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (stage->window), 2 * width, height);
  gtk_window_set_decorated (GTK_WINDOW (stage->window), FALSE);
  for (int i = 0; i < 2; i++) {
    stage->canvases[i] = new_canvas (stage, i);
    gtk_box_append (GTK_BOX (box), stage->canvases[i]);
  }
  gtk_window_set_child (GTK_WINDOW (stage->window), box);
  gtk_window_present (GTK_WINDOW (stage->window));
  sac_document_open (stage->document, path);
  while (sac_document_is_opening (stage->document)) {
    g_main_context_iteration (NULL, TRUE);
    g_assert_cmpint (g_get_monotonic_time (), <, end);
  }
  g_assert_nonnull (sac_document_get_source (stage->document));
  sac_document_stop (stage->document);
  while (!gtk_widget_get_mapped (stage->window))
    g_main_context_iteration (NULL, TRUE);
  stage_wait_for_tiles (stage);
  for (int i = 0; i < 2; i++) {
    g_assert_cmpint (gtk_widget_get_width (stage->canvases[i]), ==, width);
    g_assert_cmpint (gtk_widget_get_height (stage->canvases[i]), ==, height);
  }
}

void
stage_close (Stage *stage)
{
  sac_document_shut_down (stage->document);
  gtk_window_destroy (GTK_WINDOW (stage->window));
  stage_run_for (20);
  g_object_unref (stage->document);
  sac_worker_free (stage->worker);
}

guint32 *
stage_render (Stage *stage, int canvas)
{
  GtkWidget *widget = stage->canvases[canvas];
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  guint32 *pixels = g_new (guint32, (gsize)width * height);

  gdk_paintable_snapshot (paintable, snapshot, width, height);

  g_autoptr (GskRenderNode) node = gtk_snapshot_free_to_node (snapshot);
  GskRenderer *renderer =
    gtk_native_get_renderer (gtk_widget_get_native (widget));
  g_autoptr (GdkTexture) texture =
    gsk_renderer_render_texture (renderer, node,
                                 &GRAPHENE_RECT_INIT (0, 0, width, height));

  gdk_texture_download (texture, (guchar *)pixels, (gsize)width * 4);
  return pixels;
}

static bool
is_colour (guint32 pixel, guint32 colour)
{
  for (int shift = 0; shift < 24; shift += 8)
    if (ABS ((int)(pixel >> shift & 255) - (int)(colour >> shift & 255)) > 1)
      return false;
  return true;
}

static void
check_pixel (StageCheck *check,
             guint32 pixel,
             const double *color,
             double most,
             int column,
             int row)
{
  bool is_misplaced = fabs ((pixel >> 16 & 255) - color[0]) > most ||
                      fabs ((pixel >> 8 & 255) - color[1]) > most ||
                      fabs ((pixel & 255) - color[2]) > 2;

  check->looked_at++;
  /* Here and there the pattern itself has the colour of the ground. */
  if (!is_misplaced)
    return;
  check->column = column;
  check->row = row;
  check->pixel = pixel;
  if (is_colour (pixel, BLANK) || is_colour (pixel, GROUND))
    check->blank++;
  else
    check->misplaced++;
}

StageCheck
stage_check (Stage *stage, int canvas, int side, double slack)
{
  GtkWidget *widget = stage->canvases[canvas];
  const SacCamera *camera = sac_viewport_get_camera (stage->viewport);
  SacSource *source = sac_document_get_source (stage->document);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  double right = (double)sac_source_get_width (source) - slack;
  double bottom = (double)sac_source_get_height (source) - slack;
  g_autofree guint32 *pixels = stage_render (stage, canvas);
  StageCheck check = {0};

  for (int row = 5; row < height; row += 9)
    for (int column = 5; column < width; column += 9) {
      double x, y, color[3];

      sac_camera_to_image (camera, width, height, column + 0.5, row + 0.5, &x,
                           &y);
      if ((column < CORNER_WIDTH && row > height - CORNER_HEIGHT) ||
          x < slack || y < slack || x > right || y > bottom ||
          fmin (fabs (remainder (x, side)), fabs (remainder (y, side))) < slack)
        continue;
      sac_phantom_pattern_at (side, x, y, color);
      check_pixel (&check, pixels[(gsize)row * width + column], color,
                   255 * slack / side + 2, column, row);
    }
  return check;
}
