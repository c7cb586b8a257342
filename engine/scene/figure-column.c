/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The three columns of a figure: the image, and a map to each side of the
 * comparison.  Heads are of one height, so that the panels stand in line. */
#include "scene/figure-page.h"
#include "scene/paint.h"
#include "scene/text.h"

#include <math.h>

#define CHIP 11.0
#define NAME_LINE 22.0
#define BODY_LINE 19.0
#define CLASS_SIZE 15.0
#define CLASS_LINE 20.0
#define NUMBER_WIDTH 62.0 /* what a class's name leaves to its probability */
#define BAR_SCALE 1.08

static SacTextStyle
style_of (double size, uint32_t rgb, double width, int line_count)
{
  return (SacTextStyle){.size = size,
                        .rgb = rgb,
                        .width = width,
                        .line_count = line_count};
}

static double
get_width (const SacFigurePage *page)
{
  return page->column_count == 1 ? page->width - 2 * SAC_FIGURE_MARGIN
                                 : SAC_FIGURE_COLUMN;
}

static const char *
get_model_name (const SacFigureColumn *column)
{
  const char *name = column->side->model_name;

  return name != NULL ? name : "model without a name";
}

/* Where in the network the map was taken; NULL when it is of no one place. */
static const char *
get_layer (const SacFigureColumn *column)
{
  if (column->side->layer != NULL)
    return column->side->layer;
  return json_object_get_string_member_with_default (column->side->map
                                                       ->provenance,
                                                     "layer", NULL);
}

static SacTextStyle
get_name_style (const SacFigurePage *page)
{
  SacTextStyle style = style_of (SAC_FIGURE_HEADING_SIZE, SAC_FIGURE_INK,
                                 get_width (page) - CHIP - 7, 2);

  style.bold = true;
  return style;
}

static SacTextStyle
get_class_style (const SacFigurePage *page)
{
  SacTextStyle style =
    style_of (CLASS_SIZE, SAC_FIGURE_INK, get_width (page) - NUMBER_WIDTH, 2);

  style.bold = true;
  return style;
}

/* At most the two that the style allows. */
static int
count_lines (cairo_t *cr, const char *text, const SacTextStyle *style)
{
  g_autoptr (PangoLayout) layout = sac_text_new (cr, text, style);

  return MIN (pango_layout_get_line_count (layout), style->line_count);
}

static int
count_name_lines (const SacFigurePage *page, cairo_t *cr)
{
  SacTextStyle style = get_name_style (page);
  int count = 1;

  for (size_t i = 0; i < page->column_count; i++)
    count =
      MAX (count, count_lines (cr, get_model_name (&page->columns[i]), &style));
  return count;
}

static int
count_class_lines (const SacFigurePage *page, cairo_t *cr)
{
  SacTextStyle style = get_class_style (page);
  int count = 1;

  for (size_t i = 0; i < page->column_count; i++) {
    const char *name = page->columns[i].side->class_name;

    if (name != NULL)
      count = MAX (count, count_lines (cr, name, &style));
  }
  return count;
}

static bool
has_layer (const SacFigurePage *page)
{
  for (size_t i = 0; i < page->column_count; i++)
    if (get_layer (&page->columns[i]) != NULL)
      return true;
  return false;
}

/* Of all heads: name, method, layer, class. */
static double
get_head_height (const SacFigurePage *page, cairo_t *cr)
{
  return NAME_LINE * count_name_lines (page, cr) + BODY_LINE +
         (has_layer (page) ? 17 : 0) + 34 +
         CLASS_LINE * count_class_lines (page, cr);
}

void
sac_figure_draw_chip (
  cairo_t *cr, const SacSceneOutline *outline, double side, double x, double y)
{
  sac_paint_set_color (cr, outline->rgb, 1);
  cairo_set_line_width (cr, 2);
  cairo_rectangle (cr, x + 1, y + 1, side - 2, side - 2);
  if (!outline->dashed)
    cairo_fill_preserve (cr);
  cairo_stroke (cr);
}

static void
draw_at_right (cairo_t *cr,
               double right,
               double y,
               const char *text,
               const SacTextStyle *style)
{
  SacTextStyle line = *style;
  double width, height;

  line.width = 0;

  g_autoptr (PangoLayout) layout = sac_text_new (cr, text, &line);

  sac_text_get_size (layout, &width, &height);
  sac_text_draw_on (cr, right - width, y, text, &line);
}

/* Two decimals, which never round to a certainty. */
static char *
format_probability (double probability)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  if (probability < 1 && probability >= 0.995)
    return g_strdup ("> 0.99");
  if (probability > 0 && probability < 0.005)
    return g_strdup ("< 0.01");
  return g_strdup (
    g_ascii_formatd (number, sizeof number, "%.2f", probability));
}

/* The class, and how sure the model is of it. */
static void
draw_class (const SacFigurePage *page,
            const SacFigureSide *side,
            cairo_t *cr,
            double x,
            double y)
{
  double right = x + get_width (page);
  SacTextStyle caption =
    style_of (SAC_FIGURE_SMALL_SIZE, SAC_FIGURE_MUTED, get_width (page), 1);
  SacTextStyle style = get_class_style (page);

  if (side->class_name == NULL)
    return;
  sac_text_draw_on (cr, x, y,
                    side->map->class_specific
                      ? "explained class"
                      : "class asked about; the map ignores it",
                    &caption);
  sac_text_draw_on (cr, x, y + 19, side->class_name, &style);
  if (isfinite (side->probability)) {
    g_autofree char *number = format_probability (side->probability);

    draw_at_right (cr, right, y, "probability", &caption);
    draw_at_right (cr, right, y + 19, number, &style);
  }
}

static void
draw_map_head (const SacFigurePage *page,
               const SacFigureColumn *column,
               cairo_t *cr,
               double x,
               double y)
{
  const SacFigureSide *side = column->side;
  double width = get_width (page);
  g_autofree char *method =
    g_strdup_printf ("%s \302\267 %d \303\227 %d cells",
                     side->method_label != NULL ? side->method_label
                                                : side->map->method,
                     side->map->rows, side->map->columns);
  SacTextStyle name = get_name_style (page);
  SacTextStyle line =
    style_of (SAC_FIGURE_BODY_SIZE, SAC_FIGURE_MUTED, width, 1);
  SacTextStyle small =
    style_of (SAC_FIGURE_SMALL_SIZE, SAC_FIGURE_MUTED, width, 1);

  sac_figure_draw_chip (cr, &column->outline, CHIP, x, y + 6);
  sac_text_draw_on (cr, x + CHIP + 7, y + 17, get_model_name (column), &name);
  y += NAME_LINE * count_name_lines (page, cr);
  sac_text_draw_on (cr, x, y + 16, method, &line);
  y += BODY_LINE;
  if (get_layer (column) != NULL) {
    g_autofree char *layer = g_strdup_printf ("at %s", get_layer (column));

    sac_text_draw_on (cr, x, y + 14, layer, &small);
  }
  y += has_layer (page) ? 17 : 0;
  draw_class (page, side, cr, x, y + 20);
}

static void
draw_legend_line (const SacFigureColumn *column,
                  const char *text,
                  cairo_t *cr,
                  double x,
                  double y)
{
  const double dashes[] = {6, 4};
  SacTextStyle line = style_of (SAC_FIGURE_BODY_SIZE, SAC_FIGURE_MUTED,
                                SAC_FIGURE_COLUMN - 31, 1);

  cairo_save (cr);
  sac_paint_set_color (cr, column->outline.rgb, 1);
  cairo_set_line_width (cr, 2.5);
  if (column->outline.dashed)
    cairo_set_dash (cr, dashes, 2, 0);
  cairo_move_to (cr, x, y - 4.5);
  cairo_line_to (cr, x + 23, y - 4.5);
  cairo_stroke (cr);
  cairo_restore (cr);
  sac_text_draw_on (cr, x + 31, y, text, &line);
}

/* When the maps show only a part of the image. */
static void
draw_enlarged (const SacFigurePage *page, cairo_t *cr, double x, double y)
{
  double times = page->region.width / page->detail.width;
  g_autofree char *number = sac_scene_format_number (
    times < 10 ? round (times * 10) / 10 : round (times));
  g_autofree char *text =
    g_strdup_printf ("Beside: the maps, %s times larger", number);
  SacTextStyle line =
    style_of (SAC_FIGURE_BODY_SIZE, SAC_FIGURE_MUTED, SAC_FIGURE_COLUMN, 1);

  if (times > 1)
    sac_text_draw_on (cr, x, y, text, &line);
}

static void
draw_image_head (const SacFigurePage *page, cairo_t *cr, double x, double y)
{
  SacTextStyle name = {.size = SAC_FIGURE_HEADING_SIZE,
                       .bold = true,
                       .rgb = SAC_FIGURE_INK};
  SacTextStyle line =
    style_of (SAC_FIGURE_BODY_SIZE, SAC_FIGURE_MUTED, SAC_FIGURE_COLUMN, 1);

  sac_text_draw_on (cr, x, y + 17, "Image", &name);
  sac_text_draw_on (cr, x, y + NAME_LINE + 16,
                    "Lines: what the models were shown", &line);
  y += NAME_LINE + BODY_LINE + 16;
  if (sac_figure_page_has_one_view (page)) {
    draw_legend_line (&page->columns[0], "both models", cr, x, y);
  } else {
    draw_legend_line (&page->columns[0], "left model", cr, x, y);
    y += BODY_LINE;
    draw_legend_line (&page->columns[1], "right model", cr, x, y);
  }
  draw_enlarged (page, cr, x, y + BODY_LINE);
}

/* The unit of what a bar shows, and how its colours were chosen. */
static GString *
new_scale_text (const char *unit, SacScaleMode mode)
{
  static const char *const modes[] = {
    [SAC_SCALE_OWN] = "scale of this map alone",
    [SAC_SCALE_SHARED] = "same scale for both maps",
    [SAC_SCALE_STRETCHED] = "stretched, zero is lost",
    [SAC_SCALE_PERCENTILE] = "percentile among its cells",
  };
  GString *text = g_string_new (NULL);

  g_string_printf (text, "%s \302\267 %s", unit != NULL ? unit : "no unit",
                   modes[mode]);
  return text;
}

static char *
describe_scale (const SacFigureColumn *column)
{
  const SacFigureSide *side = column->side;
  const SacScale *scale = &column->scale;
  GString *text = new_scale_text (side->map->unit, scale->mode);

  if (scale->is_clipped)
    g_string_append (text, ", clipped");
  else if (scale->is_kept)
    g_string_append (text, ", kept from an earlier image");
  if (side->has_contour) {
    g_autofree char *level = sac_scene_format_number (side->contour);

    g_string_append_printf (text, " \302\267 line at %s%s",
                            scale->is_signed ? "\302\261" : "", level);
  }
  return g_string_free (text, FALSE);
}

static double
draw_bar_of (const SacColorMap *colors,
             const SacScale *scale,
             const char *label,
             const char *empty,
             cairo_t *cr,
             double x,
             double y,
             double width)
{
  SacRect place = {0, 0, width / BAR_SCALE, SAC_SCENE_COLOR_BAR_HEIGHT};

  cairo_save (cr);
  cairo_translate (cr, x, y);
  cairo_scale (cr, BAR_SCALE, BAR_SCALE);
  sac_scene_draw_color_bar (cr, &place, colors, scale, label, empty,
                            SAC_FIGURE_INK);
  cairo_restore (cr);
  return SAC_SCENE_COLOR_BAR_HEIGHT * BAR_SCALE;
}

static double
draw_bar (
  const SacFigureColumn *column, cairo_t *cr, double x, double y, double width)
{
  g_autofree char *label = describe_scale (column);

  return draw_bar_of (column->colors, &column->scale, label, column->empty, cr,
                      x, y, width);
}

static void
draw_bullet (cairo_t *cr, double x, double y, bool warning)
{
  cairo_new_path (cr);
  if (warning) {
    cairo_move_to (cr, x + 5, y + 4);
    cairo_line_to (cr, x + 10.5, y + 14);
    cairo_line_to (cr, x - 0.5, y + 14);
    cairo_close_path (cr);
    sac_paint_set_color (cr, SAC_FIGURE_WARNING, 1);
  } else {
    cairo_arc (cr, x + 5, y + 9.5, 2.2, 0, 2 * G_PI);
    sac_paint_set_color (cr, SAC_FIGURE_MUTED, 1);
  }
  cairo_fill (cr);
}

/* Returns: the height. */
static double
draw_bullet_text (
  cairo_t *cr, double x, double y, double width, const char *text, bool warning)
{
  SacTextStyle style =
    style_of (SAC_FIGURE_BODY_SIZE,
              warning ? SAC_FIGURE_WARNING : SAC_FIGURE_INK, width - 18, 4);

  draw_bullet (cr, x, y, warning);
  return sac_text_draw (cr, x + 18, y, text, &style) + 4;
}

/* What the reader of its file wants known, as bullets.  Returns: the height. */
static double
draw_file_notes (
  const SacMap *map, cairo_t *cr, double x, double y, double width)
{
  JsonNode *node = json_object_get_member (map->provenance, "notes");
  JsonArray *notes = node != NULL && JSON_NODE_HOLDS_ARRAY (node)
                       ? json_node_get_array (node)
                       : NULL;
  double start = y;

  for (guint i = 0; notes != NULL && i < json_array_get_length (notes); i++) {
    JsonNode *note = json_array_get_element (notes, i);

    if (json_node_get_value_type (note) == G_TYPE_STRING)
      y +=
        draw_bullet_text (cr, x, y, width, json_node_get_string (note), false);
  }
  return y - start;
}

/* Its first digits tell a file from others; the whole is in the figure's own
 * data. */
static void
append_file_hash (GString *text, const SacMap *map)
{
  const char *hash =
    json_object_get_string_member_with_default (map->provenance, "file_sha256",
                                                "");

  if (*hash != '\0')
    g_string_append_printf (text, " \302\267 file %.10s", hash);
}

/* What lies over the side's own map, the lowest first.  Returns: the height. */
static double
draw_bars_over (
  const SacFigureSide *side, cairo_t *cr, double x, double y, double width)
{
  double start = y;

  for (size_t i = 0; i < side->over_count; i++) {
    const SacFigureLayer *over = &side->over[i];
    const SacMapLayer *layer = &over->layer;
    g_autoptr (GString) text =
      new_scale_text (layer->map->unit, layer->scale.mode);
    g_autofree char *name =
      g_strdup_printf ("Over it: %s",
                       over->name != NULL ? over->name : "a map from a file");
    SacTextStyle style =
      style_of (SAC_FIGURE_BODY_SIZE, SAC_FIGURE_INK, width, 1);

    append_file_hash (text, layer->map);
    style.bold = true;
    y += sac_text_draw (cr, x, y, name, &style);
    y += draw_bar_of (layer->colors, &layer->scale, text->str,
                      sac_scene_describe_empty (layer->map), cr, x, y, width) +
         8;
    y += draw_file_notes (layer->map, cr, x, y, width) + 8;
  }
  return y - start;
}

static double
draw_notes (
  const SacFigureColumn *column, cairo_t *cr, double x, double y, double width)
{
  double start = y;

  for (guint i = 0; i < column->notes->len; i++) {
    const SacNote *note = column->notes->pdata[i];

    y += draw_bullet_text (cr, x, y, width, note->text, note->warning);
  }
  return y - start;
}

static char *
describe_reading (const SacFigurePage *page)
{
  bool is_signed = false, is_unsigned = false, is_stretched = false;

  for (size_t i = 0; i < page->column_count; i++) {
    const SacScale *scale = &page->columns[i].scale;

    is_signed |= scale->is_signed;
    is_unsigned |= !scale->is_signed;
    is_stretched |= scale->mode == SAC_SCALE_STRETCHED;
  }
  return g_strconcat (
    page->smooth ? "Between the middles of its cells a map is interpolated."
                 : "Each square is one cell of a map, laid over the pixels it "
                   "stands for.",
    is_unsigned ? " The stronger its colour, the higher the map there." : "",
    is_signed ? " Where colours run from blue to orange, orange is above zero "
                "and blue below."
              : "",
    is_stretched ? " Where it is clear, the map is at its lowest."
                 : " Where it is clear, the map is near zero.",
    page->mask->set != NULL
      ? " Lines with a dark edge are drawn by people: annotations."
      : "",
    " A map says where it is high, never why.", NULL);
}

static double
draw_reading_help (const SacFigurePage *page, cairo_t *cr, double x, double y)
{
  g_autofree char *text = describe_reading (page);
  SacTextStyle style =
    style_of (SAC_FIGURE_BODY_SIZE, SAC_FIGURE_INK, SAC_FIGURE_COLUMN, 12);
  SacTextStyle head = {.size = SAC_FIGURE_BODY_SIZE,
                       .bold = true,
                       .rgb = SAC_FIGURE_INK};
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
  double width = get_width (page), start = y;

  draw_map_head (page, column, cr, x, y);
  y += get_head_height (page, cr);
  sac_figure_draw_panel (page, column, cr, x, y);
  y += page->panel_height + 12;
  y += draw_bar (column, cr, x, y, width) + 8;
  y += draw_bars_over (column->side, cr, x, y, width);
  y += draw_notes (column, cr, x, y, width);
  return y - start;
}

double
sac_figure_draw_columns (const SacFigurePage *page, cairo_t *cr, double y)
{
  double x = SAC_FIGURE_MARGIN, step = SAC_FIGURE_COLUMN + SAC_FIGURE_GAP;
  double head = get_head_height (page, cr);

  if (page->column_count == 1)
    return draw_map_column (page, &page->columns[0], cr, x, y);
  draw_image_head (page, cr, x, y);
  sac_figure_draw_panel (page, NULL, cr, x, y + head);

  double below = head + page->panel_height + 12;
  double height = below + draw_reading_help (page, cr, x, y + below);

  for (size_t i = 0; i < 2; i++)
    height = fmax (height, draw_map_column (page, &page->columns[i], cr,
                                            x + step * (double)(i + 1), y));
  return height;
}
