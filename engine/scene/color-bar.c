/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "scene/paint.h"
#include "scene/scene-parts.h"
#include "scene/text.h"

#include <math.h>
#include <string.h>

#define LABEL_SIZE 12.0
#define TICK_SIZE 12.0
#define BAR_TOP 19.0
#define BAR_HEIGHT 12.0
#define TICK_LENGTH 4.0

#define N_(text) text

/* "1.2e-05" as 1.2 x 10^-5, the way people read it. */
static char *
format_power (const char *text)
{
  static const char *const digits[] = {
    "\342\201\260", "\302\271",     "\302\262",     "\302\263",
    "\342\201\264", "\342\201\265", "\342\201\266", "\342\201\267",
    "\342\201\270", "\342\201\271",
  };
  const char *exponent = strchr (text, 'e');
  long power = strtol (exponent + 1, NULL, 10);
  g_autofree char *plain = g_strdup_printf ("%ld", labs (power));
  GString *string = g_string_new_len (text, exponent - text);

  g_string_append (string, "\303\22710");
  if (power < 0)
    g_string_append (string, "\342\201\273");
  for (const char *digit = plain; *digit != '\0'; digit++)
    g_string_append (string, digits[*digit - '0']);
  return g_string_free (string, FALSE);
}

char *
sac_scene_format_number (double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  double size = fabs (value);

  if (isnan (value))
    return g_strdup ("not defined");
  if (isinf (value))
    return g_strdup (value > 0 ? "\342\210\236" : "\342\210\222\342\210\236");
  g_ascii_formatd (text, sizeof text,
                   size >= 999.5 && size < 99999.5 ? "%.0f" : "%.3g", size);

  g_autofree char *number =
    strchr (text, 'e') != NULL ? format_power (text) : g_strdup (text);

  return g_strconcat (value < 0 && strcmp (number, "0") != 0 ? "\342\210\222"
                                                             : "",
                      number, NULL);
}

char *
sac_scene_format_end (const SacScale *scale, bool is_high)
{
  g_autofree char *number =
    sac_scene_format_number (is_high ? scale->high : scale->low);
  bool is_open = scale->is_clipped || scale->is_kept;

  if (!is_open || (!is_high && !scale->is_signed && scale->low == 0))
    return g_steal_pointer (&number);
  return g_strconcat (is_high ? "\342\211\245 " : "\342\211\244 ", number,
                      NULL);
}

static void
draw_colors (cairo_t *cr, const SacRect *bar, const SacColorMap *colors)
{
  cairo_surface_t *surface =
    cairo_image_surface_create (CAIRO_FORMAT_RGB24, 256, 1);
  uint32_t *pixels;

  cairo_surface_flush (surface);
  pixels = (uint32_t *)(void *)cairo_image_surface_get_data (surface);
  for (int i = 0; i < 256; i++)
    pixels[i] = sac_color_map_pixel (colors, i / 255.0);
  cairo_surface_mark_dirty (surface);
  cairo_save (cr);
  cairo_translate (cr, bar->x, bar->y);
  cairo_scale (cr, bar->width / 256, bar->height);
  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_rectangle (cr, 0, 0, 256, 1);
  cairo_fill (cr);
  cairo_restore (cr);
  cairo_surface_destroy (surface);
}

static void
draw_tick (cairo_t *cr,
           const SacRect *bar,
           double position,
           const char *text,
           uint32_t rgb)
{
  g_autoptr (PangoLayout) layout =
    sac_text_new (cr, text, &(SacTextStyle){.size = TICK_SIZE});
  double x = bar->x + position * bar->width, width, height;

  sac_text_get_size (layout, &width, &height);
  sac_paint_set_color (cr, rgb, 1);
  cairo_rectangle (cr, x - (position > 0.5 ? 1 : 0), bar->y + bar->height, 1,
                   TICK_LENGTH);
  cairo_fill (cr);
  /* Ends line up with the bar, the others stand under their tick. */
  cairo_move_to (cr,
                 position <= 0   ? bar->x
                 : position >= 1 ? bar->x + bar->width - width
                                 : x - width / 2,
                 bar->y + bar->height + TICK_LENGTH + 1);
  pango_cairo_show_layout (cr, layout);
}

static void
draw_value_tick (cairo_t *cr,
                 const SacRect *bar,
                 const SacScale *scale,
                 double value,
                 uint32_t rgb)
{
  double position = (value - scale->low) / (scale->high - scale->low);
  g_autofree char *number = sac_scene_format_number (value);

  draw_tick (cr, bar, position, number, rgb);
}

static void
draw_ticks (cairo_t *cr,
            const SacRect *bar,
            const SacScale *scale,
            uint32_t rgb)
{
  double zero = -scale->low / (scale->high - scale->low);
  g_autofree char *low = sac_scene_format_end (scale, false);
  g_autofree char *high = sac_scene_format_end (scale, true);

  draw_tick (cr, bar, 0, low, rgb);
  draw_tick (cr, bar, 1, high, rgb);
  if (scale->mode != SAC_SCALE_STRETCHED && !scale->is_signed)
    draw_value_tick (cr, bar, scale, (scale->low + scale->high) / 2, rgb);
  else if (zero > 0.15 && zero < 0.85)
    draw_value_tick (cr, bar, scale, 0, rgb);
}

const char *
sac_scene_describe_empty (const SacMap *map)
{
  SacMapSummary summary;

  sac_map_summarize (map, &summary);
  if (summary.evidence == SAC_EVIDENCE_NOT_FINITE)
    return N_ ("not made of numbers");
  if (summary.evidence == SAC_EVIDENCE_NEGLIGIBLE)
    return N_ ("nothing above rounding");
  /* All zero is flat, and nothing speaks for the class either. */
  return summary.evidence == SAC_EVIDENCE_FLAT && summary.max != 0
           ? N_ ("the same everywhere")
           : N_ ("no positive evidence");
}

void
sac_scene_draw_color_bar (cairo_t *cr,
                          const SacRect *place,
                          const SacColorMap *colors,
                          const SacScale *scale,
                          const char *label,
                          const char *empty,
                          uint32_t text_color)
{
  SacRect exact = {place->x, place->y + BAR_TOP, place->width, BAR_HEIGHT};
  SacRect bar = sac_paint_snap (cr, &exact);
  SacTextStyle style = {.size = LABEL_SIZE,
                        .rgb = text_color,
                        .width = place->width};

  cairo_save (cr);
  if (label != NULL)
    sac_text_draw_on (cr, place->x, place->y + LABEL_SIZE, label, &style);
  if (scale->empty || !(scale->high > scale->low)) {
    sac_paint_set_color (cr, text_color, 0.12);
    cairo_rectangle (cr, bar.x, bar.y, bar.width, bar.height);
    cairo_fill (cr);
    style.size = TICK_SIZE;
    sac_text_draw (cr, place->x, bar.y + bar.height + TICK_LENGTH + 1, empty,
                   &style);
  } else {
    draw_colors (cr, &bar, colors);
    draw_ticks (cr, &bar, scale, text_color);
  }
  cairo_restore (cr);
}
