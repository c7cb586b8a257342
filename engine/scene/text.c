/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "scene/text.h"

#include "scene/paint.h"

/* The first that is installed; Japanese follows by itself. */
#define FAMILIES                                                               \
  "Cantarell, Noto Sans, DejaVu Sans, Noto Sans CJK JP, sans-serif"

/* Letters keep their shape and distance whatever the resolution, so that the
 * same layout serves screen, PNG and PDF. */
static void
set_up_context (PangoLayout *layout)
{
  PangoContext *context = pango_layout_get_context (layout);
  cairo_font_options_t *options = cairo_font_options_create ();

  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  pango_cairo_context_set_font_options (context, options);
  pango_cairo_context_set_resolution (context, 72);
  pango_context_set_round_glyph_positions (context, FALSE);
  cairo_font_options_destroy (options);
}

PangoLayout *
sac_text_new (cairo_t *cr, const char *text, const SacTextStyle *style)
{
  PangoLayout *layout = pango_cairo_create_layout (cr);
  PangoFontDescription *font = pango_font_description_new ();
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  set_up_context (layout);
  pango_layout_context_changed (layout);
  pango_font_description_set_family (font, FAMILIES);
  pango_font_description_set_absolute_size (font, style->size * PANGO_SCALE);
  pango_font_description_set_weight (font, style->bold ? PANGO_WEIGHT_BOLD
                                                       : PANGO_WEIGHT_NORMAL);
  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);
  pango_layout_set_alignment (layout, style->align);
  if (style->line_spacing > 0)
    pango_layout_set_line_spacing (layout, (float)style->line_spacing);
  if (style->width > 0) {
    pango_layout_set_width (layout, (int)(style->width * PANGO_SCALE));
    pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
    pango_layout_set_height (layout, -MAX (style->line_count, 1));
  }
  pango_layout_set_text (layout, valid, -1);
  return layout;
}

void
sac_text_get_size (PangoLayout *layout, double *ret_width, double *ret_height)
{
  PangoRectangle logical;

  pango_layout_get_extents (layout, NULL, &logical);
  *ret_width = (double)logical.width / PANGO_SCALE;
  *ret_height = (double)logical.height / PANGO_SCALE;
}

double
sac_text_draw (
  cairo_t *cr, double x, double y, const char *text, const SacTextStyle *style)
{
  g_autoptr (PangoLayout) layout = sac_text_new (cr, text, style);
  double width, height;

  sac_text_get_size (layout, &width, &height);
  sac_paint_set_color (cr, style->rgb, 1);
  cairo_move_to (cr, x, y);
  pango_cairo_show_layout (cr, layout);
  return height;
}

void
sac_text_draw_on (
  cairo_t *cr, double x, double y, const char *text, const SacTextStyle *style)
{
  g_autoptr (PangoLayout) layout = sac_text_new (cr, text, style);
  double baseline = (double)pango_layout_get_baseline (layout) / PANGO_SCALE;

  sac_paint_set_color (cr, style->rgb, 1);
  cairo_move_to (cr, x, y - baseline);
  pango_cairo_show_layout (cr, layout);
}

void
sac_text_draw_halo (
  cairo_t *cr, double x, double y, const char *text, double size)
{
  g_autoptr (PangoLayout) layout =
    sac_text_new (cr, text, &(SacTextStyle){.size = size, .bold = true});

  cairo_save (cr);
  cairo_move_to (cr, x, y);
  pango_cairo_layout_path (cr, layout);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_width (cr, size / 4);
  sac_paint_set_color (cr, 0x000000, 0.6);
  cairo_stroke (cr);
  sac_paint_set_color (cr, 0xffffff, 1);
  cairo_move_to (cr, x, y);
  pango_cairo_show_layout (cr, layout);
  cairo_restore (cr);
}
