/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Tone is given to the pixels of the screen, after tiles have been scaled: no
 * tile is read, decoded or kept again for it. */
#include "scene/paint.h"

#include <math.h>

/* From the context's units to the surface's own pixels. */
static void
get_pixel (cairo_t *cr, double x, double y, int *ret_x, int *ret_y)
{
  cairo_surface_t *target = cairo_get_group_target (cr);
  double scale_x, scale_y, offset_x, offset_y;

  cairo_surface_get_device_scale (target, &scale_x, &scale_y);
  cairo_surface_get_device_offset (target, &offset_x, &offset_y);
  cairo_user_to_device (cr, &x, &y);
  *ret_x = (int)rint (x * scale_x + offset_x);
  *ret_y = (int)rint (y * scale_y + offset_y);
}

static void
tone_rectangle (cairo_t *cr,
                const cairo_rectangle_t *rectangle,
                const uint8_t table[256])
{
  cairo_surface_t *target = cairo_get_group_target (cr);
  unsigned char *data = cairo_image_surface_get_data (target);
  int stride = cairo_image_surface_get_stride (target);
  int left, top, right, bottom;

  get_pixel (cr, rectangle->x, rectangle->y, &left, &top);
  get_pixel (cr, rectangle->x + rectangle->width,
             rectangle->y + rectangle->height, &right, &bottom);
  left = MAX (left, 0);
  top = MAX (top, 0);
  right = MIN (right, cairo_image_surface_get_width (target));
  bottom = MIN (bottom, cairo_image_surface_get_height (target));
  for (int y = top; y < bottom && left < right; y++)
    sac_tone_apply (table,
                    (uint32_t *)(void *)(data + (size_t)y * (size_t)stride) +
                      left,
                    (size_t)(right - left));
}

void
sac_paint_tone (cairo_t *cr, const SacTone *tone)
{
  cairo_surface_t *target = cairo_get_group_target (cr);
  cairo_rectangle_list_t *list = cairo_copy_clip_rectangle_list (cr);
  uint8_t table[256];

  g_assert (cairo_surface_get_type (target) == CAIRO_SURFACE_TYPE_IMAGE &&
            list->status == CAIRO_STATUS_SUCCESS);
  sac_tone_fill_table (tone, table);
  cairo_surface_flush (target);
  for (int i = 0; i < list->num_rectangles; i++)
    tone_rectangle (cr, &list->rectangles[i], table);
  cairo_surface_mark_dirty (target);
  cairo_rectangle_list_destroy (list);
}
