/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "scene/figure-page.h"

#include "scene/paint.h"
#include "scene/text.h"

#include <math.h>
#include <string.h>

#define HEAD_TOP 24.0
#define NAME_SIZE 17.0
#define BODY_SIZE 13.5
#define SMALL_SIZE 11.0
#define CHIP 11.0
#define COLUMN_HEAD 94.0
#define BAR_SCALE 1.08

static const SacTextStyle body = {.size = BODY_SIZE, .rgb = SAC_FIGURE_MUTED};

static SacTextStyle
wrapped (double size, uint32_t rgb, double width, int line_count)
{
  return (SacTextStyle){.size = size,
                        .rgb = rgb,
                        .width = width,
                        .line_count = line_count};
}

static char *
describe_image (const SacFigurePage *page)
{
  double mpp = sac_source_get_mpp (page->source);
  GString *text = g_string_new (NULL);

  g_string_printf (text,
                   "%" G_GINT64_FORMAT " \303\227 %" G_GINT64_FORMAT " pixels",
                   sac_source_get_width (page->source),
                   sac_source_get_height (page->source));
  if (mpp > 0) {
    g_autofree char *number = sac_scene_format_number (mpp);

    g_string_append_printf (text, " \302\267 %s \302\265m per pixel", number);
  }
  if (page->region.width < (double)sac_source_get_width (page->source) ||
      page->region.height < (double)sac_source_get_height (page->source))
    g_string_append_printf (text,
                            " \302\267 shown: %.0f \303\227 %.0f at %.0f, %.0f",
                            page->region.width, page->region.height,
                            page->region.x, page->region.y);
  return g_string_free (text, FALSE);
}

static double
draw_title (const SacFigurePage *page, cairo_t *cr)
{
  double width = page->width - 2 * SAC_FIGURE_MARGIN;
  g_autofree char *size = describe_image (page);
  SacTextStyle title = {.size = 25,
                        .bold = true,
                        .rgb = SAC_FIGURE_INK,
                        .width = width};
  SacTextStyle line = wrapped (BODY_SIZE, SAC_FIGURE_MUTED, width, 1);
  double y = HEAD_TOP;

  y += sac_text_draw (cr, SAC_FIGURE_MARGIN, y, page->title, &title) + 1;
  y += sac_text_draw (cr, SAC_FIGURE_MARGIN, y, size, &line);
  sac_paint_set_color (cr, SAC_FIGURE_RULE, 1);
  cairo_rectangle (cr, SAC_FIGURE_MARGIN, y + 12, width, 1);
  cairo_fill (cr);
  return y + 13;
}

/* The mark of a model: filled for a solid outline, open for a dashed one, so
 * that they differ in print without colour too. */
static void
draw_chip (cairo_t *cr, const SacSceneOutline *outline, double x, double y)
{
  sac_paint_set_color (cr, outline->rgb, 1);
  cairo_rectangle (cr, x + 1, y + 1, CHIP - 2, CHIP - 2);
  if (outline->dashed) {
    cairo_set_line_width (cr, 2);
    cairo_stroke (cr);
  } else {
    cairo_stroke_preserve (cr);
    cairo_fill (cr);
  }
}

static char *
describe_method (const SacFigureSide *side)
{
  return g_strdup_printf ("%s \302\267 %d \303\227 %d cells",
                          side->method_label != NULL ? side->method_label
                                                     : side->map->method,
                          side->map->rows, side->map->columns);
}

/* The class, and how sure the model is of it, at the two ends of a line. */
static double
draw_class (
  const SacFigureSide *side, cairo_t *cr, double x, double y, double width)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  double number_width = 0, number_height;
  SacTextStyle style = {.size = 15, .bold = true, .rgb = SAC_FIGURE_INK};

  if (!isnan (side->probability)) {
    g_ascii_formatd (number, sizeof number, "%.2f", side->probability);

    g_autoptr (PangoLayout) layout = sac_text_new (cr, number, &style);

    sac_text_get_size (layout, &number_width, &number_height);
    sac_text_draw (cr, x + width - number_width, y, number, &style);
    number_width += 10;
  }
  style.width = width - number_width;
  return sac_text_draw (cr, x, y,
                        side->class_name != NULL ? side->class_name
                                                 : "no class",
                        &style);
}

static void
draw_map_head (
  const SacFigureColumn *column, cairo_t *cr, double x, double y, double width)
{
  const SacFigureSide *side = column->side;
  g_autofree char *method = describe_method (side);
  SacTextStyle name = {.size = NAME_SIZE,
                       .bold = true,
                       .rgb = SAC_FIGURE_INK,
                       .width = width - CHIP - 7};
  SacTextStyle line = wrapped (BODY_SIZE, SAC_FIGURE_MUTED, width, 1);
  SacTextStyle small = wrapped (SMALL_SIZE, SAC_FIGURE_MUTED, width, 1);

  draw_chip (cr, &column->outline, x, y + 7);
  y += sac_text_draw (cr, x + CHIP + 7, y,
                      side->model_name != NULL ? side->model_name : "model",
                      &name);
  y += sac_text_draw (cr, x, y, method, &line) + 1;
  if (side->layer != NULL) {
    g_autofree char *layer = g_strdup_printf ("at %s", side->layer);

    sac_text_draw (cr, x, y, layer, &small);
  }
  draw_class (side, cr, x, y + SMALL_SIZE * 1.7, width);
}

static void
draw_legend_line (cairo_t *cr,
                  const SacFigureColumn *column,
                  const char *text,
                  double x,
                  double y,
                  double width)
{
  const double dashes[] = {6, 4};
  SacTextStyle line = wrapped (BODY_SIZE, SAC_FIGURE_MUTED, width - 30, 1);

  cairo_save (cr);
  sac_paint_set_color (cr, column->outline.rgb, 1);
  cairo_set_line_width (cr, 2.5);
  if (column->outline.dashed)
    cairo_set_dash (cr, dashes, 2, 0);
  cairo_move_to (cr, x, y + 10);
  cairo_line_to (cr, x + 23, y + 10);
  cairo_stroke (cr);
  cairo_restore (cr);
  sac_text_draw (cr, x + 30, y, text, &line);
}

static void
draw_image_head (const SacFigurePage *page, cairo_t *cr, double x, double y)
{
  SacTextStyle name = {.size = NAME_SIZE, .bold = true, .rgb = SAC_FIGURE_INK};

  y += sac_text_draw (cr, x, y, "Image", &name);
  y += sac_text_draw (cr, x, y, "What each model was shown:", &body) + 1;
  draw_legend_line (cr, &page->columns[0], "left model", x, y,
                    SAC_FIGURE_COLUMN);
  draw_legend_line (cr, &page->columns[1], "right model", x, y + 19,
                    SAC_FIGURE_COLUMN);
}

static void
draw_panel (const SacFigurePage *page,
            cairo_surface_t *panel,
            cairo_t *cr,
            double x,
            double y)
{
  cairo_save (cr);
  cairo_translate (cr, x, y);
  cairo_scale (cr, page->panel_width / cairo_image_surface_get_width (panel),
               page->panel_height / cairo_image_surface_get_height (panel));
  cairo_set_source_surface (cr, panel, 0, 0);
  cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);
  cairo_rectangle (cr, 0, 0, cairo_image_surface_get_width (panel),
                   cairo_image_surface_get_height (panel));
  cairo_fill (cr);
  cairo_restore (cr);
}

static char *
describe_scale (const SacFigureColumn *column)
{
  static const char *const modes[] = {
    [SAC_SCALE_OWN] = "scale of this map alone",
    [SAC_SCALE_SHARED] = "same scale for both maps",
    [SAC_SCALE_STRETCHED] = "stretched, zero is lost",
  };

  if (column->scale.mode == SAC_SCALE_PERCENTILE)
    return g_strdup ("percentile of cells");
  return g_strdup_printf ("%s \302\267 %s",
                          column->side->map->unit != NULL
                            ? column->side->map->unit
                            : "no unit",
                          modes[column->scale.mode]);
}

static double
draw_bar (
  const SacFigureColumn *column, cairo_t *cr, double x, double y, double width)
{
  g_autofree char *label = describe_scale (column);

  cairo_save (cr);
  cairo_translate (cr, x, y);
  cairo_scale (cr, BAR_SCALE, BAR_SCALE);
  sac_scene_draw_color_bar (cr, 0, 0, width / BAR_SCALE, column->colors,
                            &column->scale, label, SAC_FIGURE_INK);
  cairo_restore (cr);
  return SAC_SCENE_COLOR_BAR_HEIGHT * BAR_SCALE;
}

static void
draw_bullet (cairo_t *cr, double x, double y, bool warning)
{
  if (warning) {
    cairo_move_to (cr, x + 4.5, y + 4.5);
    cairo_line_to (cr, x + 9.5, y + 13.5);
    cairo_line_to (cr, x - 0.5, y + 13.5);
    cairo_close_path (cr);
    sac_paint_set_color (cr, SAC_FIGURE_WARNING, 1);
  } else {
    cairo_new_sub_path (cr);
    cairo_arc (cr, x + 4.5, y + 9.5, 2.2, 0, 2 * G_PI);
    sac_paint_set_color (cr, SAC_FIGURE_MUTED, 1);
  }
  cairo_fill (cr);
}

static double
draw_notes (
  const SacFigureColumn *column, cairo_t *cr, double x, double y, double width)
{
  double start = y;

  for (guint i = 0; i < column->notes->len; i++) {
    const SacNote *note = column->notes->pdata[i];
    SacTextStyle style =
      wrapped (BODY_SIZE, note->warning ? SAC_FIGURE_WARNING : SAC_FIGURE_INK,
               width - 17, 4);

    draw_bullet (cr, x, y, note->warning);
    y += sac_text_draw (cr, x + 17, y, note->text, &style) + 5;
  }
  return y - start;
}

static double
draw_reading_help (cairo_t *cr, double x, double y)
{
  static const char text[] =
    "Each square is one cell of the map, laid over the pixels it stands for. "
    "The stronger its colour, the higher the map there; where it is clear, the "
    "map is at or near zero. A map says where it is high, never why.";
  SacTextStyle style =
    wrapped (BODY_SIZE, SAC_FIGURE_INK, SAC_FIGURE_COLUMN, 9);
  SacTextStyle head = {.size = BODY_SIZE, .bold = true, .rgb = SAC_FIGURE_INK};
  double start = y;

  y += sac_text_draw (cr, x, y, "How to read the maps", &head) + 3;
  y += sac_text_draw (cr, x, y, text, &style);
  return y - start;
}

static double
draw_map_column (const SacFigurePage *page,
                 const SacFigureColumn *column,
                 cairo_t *cr,
                 double x,
                 double y)
{
  double width = page->column_count == 1 ? page->width - 2 * SAC_FIGURE_MARGIN
                                         : SAC_FIGURE_COLUMN;
  double start = y;

  draw_map_head (column, cr, x, y, width);
  y += COLUMN_HEAD;
  draw_panel (page, column->panel, cr, x, y);
  y += page->panel_height + 12;
  y += draw_bar (column, cr, x, y, width) + 8;
  y += draw_notes (column, cr, x, y, width);
  return y - start;
}

static double
draw_columns (const SacFigurePage *page, cairo_t *cr, double y)
{
  double x = SAC_FIGURE_MARGIN, step = SAC_FIGURE_COLUMN + SAC_FIGURE_GAP;

  if (page->column_count == 1)
    return draw_map_column (page, &page->columns[0], cr, x, y);
  draw_image_head (page, cr, x, y);
  draw_panel (page, page->plain, cr, x, y + COLUMN_HEAD);

  double below = COLUMN_HEAD + page->panel_height + 12;
  double height = below + draw_reading_help (cr, x, y + below);

  for (size_t i = 0; i < 2; i++)
    height = fmax (height, draw_map_column (page, &page->columns[i], cr,
                                            x + step * (double)(i + 1), y));
  return height;
}

/* The first digits tell files apart; the whole is in the map's own file. */
static char *
shorten_hash (const char *hash)
{
  const char *colon = hash != NULL ? strchr (hash, ':') : NULL;
  const char *digits = colon != NULL ? colon + 1 : hash;

  return digits != NULL && *digits != '\0' ? g_strndup (digits, 10)
                                           : g_strdup ("not known");
}

static char *
describe_model_hash (const SacFigureColumn *column)
{
  JsonObject *provenance = column->side->map->provenance;
  const char *hash =
    provenance != NULL
      ? json_object_get_string_member_with_default (provenance, "model_hash",
                                                    NULL)
      : NULL;

  return shorten_hash (hash);
}

static double
draw_footer (const SacFigurePage *page, cairo_t *cr, double y)
{
  double width = page->width - 2 * SAC_FIGURE_MARGIN;
  g_autofree char *image = shorten_hash (sac_source_get_hash (page->source));
  GString *text = g_string_new (NULL);
  SacTextStyle small = wrapped (SMALL_SIZE, SAC_FIGURE_MUTED, width,
                                page->column_count == 1 ? 3 : 1);
  SacTextStyle strong = {.size = BODY_SIZE,
                         .bold = true,
                         .rgb = SAC_FIGURE_INK,
                         .width = width};
  static const char *const names[] = {"left model", "right model"};
  double start = y;

  y += sac_text_draw (cr, SAC_FIGURE_MARGIN, y,
                      "Research and audit use. Not for diagnosis.", &strong);
  g_string_printf (text, "Saccade %s \302\267 image %s", SAC_VERSION, image);
  for (size_t i = 0; i < page->column_count; i++) {
    g_autofree char *hash = describe_model_hash (&page->columns[i]);

    g_string_append_printf (text, " \302\267 %s %s",
                            page->column_count == 1 ? "model" : names[i], hash);
  }
  y += sac_text_draw (cr, SAC_FIGURE_MARGIN, y + 1, text->str, &small);
  g_string_free (text, TRUE);
  return y - start;
}

double
sac_figure_page_draw (const SacFigurePage *page, cairo_t *cr)
{
  double y = draw_title (page, cr) + 16;

  y += draw_columns (page, cr, y) + 14;
  if (page->column_count == 2)
    y += sac_figure_draw_agreement (page, cr, y) + 16;
  y += draw_footer (page, cr, y);
  return y + HEAD_TOP;
}
