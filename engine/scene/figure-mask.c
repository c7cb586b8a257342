/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The strip that says how far the maps lie within what is drawn on the image,
 * each number beside what it would be for a map that knows nothing of it. */
#include "annotation/annotation-file.h"
#include "base/hash.h"
#include "base/json.h"
#include "scene/annotated.h"
#include "scene/figure-page.h"
#include "scene/paint.h"
#include "scene/text.h"

#include <math.h>

#define PADDING 20.0
#define CELL_WIDTH 150.0 /* at least */
#define CELL_HEIGHT 70.0
#define CHIP 9.0
#define VALUE_WIDTH 78.0
#define HASH_DIGITS 10

static bool
has_mask (const SacFigurePage *page)
{
  const SacFigureMask *mask = page->mask;

  return mask->set != NULL &&
         sac_annotated_count_areas (mask->set, mask->class_index) > 0;
}

bool
sac_figure_measure_mask (SacFigurePage *page, SacJob *job, GError **error)
{
  for (size_t i = 0; has_mask (page) && i < page->column_count; i++) {
    SacFigureColumn *column = &page->columns[i];
    SacMap *map = (SacMap *)column->side->map;

    if (!map->has_geometry)
      continue;
    if (!sac_annotated_measure (page->mask->set, page->mask->class_index, map,
                                &column->scores, job, error))
      return false;
    column->has_scores = true;
  }
  return true;
}

/* Of the annotations as they are written: what was drawn has no file. */
static char *
hash_mask (const SacFigurePage *page)
{
  g_autofree char *text = sac_annotations_to_geojson (page->mask->set);

  return sac_hash_bytes (text, strlen (text));
}

char *
sac_figure_dup_mask_hash (const SacFigurePage *page)
{
  char *hash = page->mask->set != NULL ? hash_mask (page) : NULL;

  if (hash != NULL)
    hash[HASH_DIGITS] = '\0';
  return hash;
}

static const char *
get_class_name (const SacFigureMask *mask)
{
  const SacAnnotationClass *class =
    mask->class_index >= 0 ? mask->set->classes->pdata[mask->class_index]
                           : NULL;

  return class != NULL ? class->name : NULL;
}

static void
set_name (JsonObject *object, const char *member, const char *name)
{
  g_autofree char *valid = name != NULL ? g_utf8_make_valid (name, -1) : NULL;

  if (valid != NULL)
    json_object_set_string_member (object, member, valid);
  else
    json_object_set_null_member (object, member);
}

JsonObject *
sac_figure_mask_to_json (const SacFigurePage *page)
{
  static const char *const sides[] = {"left", "right"};
  const SacFigureMask *mask = page->mask;

  if (mask->set == NULL)
    return NULL;

  JsonObject *object = json_object_new ();
  g_autofree char *hash = hash_mask (page);

  set_name (object, "file", page->is_nameless ? NULL : mask->file);
  set_name (object, "class", get_class_name (mask));
  json_object_set_int_member (object, "areas",
                              sac_annotated_count_areas (mask->set,
                                                         mask->class_index));
  json_object_set_string_member (object, "geojson_sha256", hash);
  for (size_t i = 0; i < page->column_count; i++)
    if (page->columns[i].has_scores)
      json_object_set_object_member (object, sides[i],
                                     sac_mask_scores_to_json (
                                       &page->columns[i].scores));
  return object;
}

static const SacFigureColumn *
get_measured (const SacFigurePage *page)
{
  return page->columns[0].has_scores ? &page->columns[0] : &page->columns[1];
}

static bool
has_one_area (const SacFigurePage *page)
{
  return page->column_count < 2 || !page->columns[0].has_scores ||
         !page->columns[1].has_scores ||
         fabs (page->columns[0].scores.area - page->columns[1].scores.area) <
           5e-4;
}

/* What the number would be for a map that knows nothing of the mask, or how it
 * is to be read.  Returns: a new string. */
static char *
describe_reading (const SacFigurePage *page, SacMaskKind kind)
{
  double area = get_measured (page)->scores.area;
  char left[G_ASCII_DTOSTR_BUF_SIZE], right[G_ASCII_DTOSTR_BUF_SIZE];

  switch (kind) {
  case SAC_MASK_AUC:
    return g_strdup ("0.50 by chance");
  case SAC_MASK_POINTING:
    return g_strdup ("1 hit, 0 miss");
  case SAC_MASK_IOU:
    return g_strdup ("1 same, 0 apart");
  case SAC_MASK_THRESHOLD:
    return g_strdup ("of the largest value");
  case SAC_MASK_DIFFERENCE:
    return g_strdup ("0 no difference");
  case SAC_MASK_BACKGROUND:
    return g_strdup ("in no annotation");
  default:
    g_ascii_formatd (left, sizeof left, "%.2f", area);
    g_ascii_formatd (right, sizeof right, "%.2f", page->columns[1].scores.area);
    return has_one_area (page)
             ? g_strdup_printf ("%s by area alone", left)
             : g_strdup_printf ("%s, %s by area alone", left, right);
  }
}

static char *
format_value (const SacFigureColumn *column, SacMaskKind kind)
{
  const SacMaskValue *value = &column->scores.values[kind];
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (!column->has_scores || value->reason != NULL)
    return g_strdup ("\342\200\223");
  g_ascii_formatd (text, sizeof text, "%.2f", fabs (value->value));
  return g_strconcat (value->value <= -0.005 ? "\342\210\222" : "", text, NULL);
}

static void
draw_cell (const SacFigurePage *page,
           SacMaskKind kind,
           cairo_t *cr,
           double x,
           double y,
           double width)
{
  const SacMaskMeasure *measure = &sac_mask_measures_get_all ()[kind];
  g_autofree char *reading = describe_reading (page, kind);

  sac_text_draw (cr, x, y, measure->label,
                 &(SacTextStyle){.size = 12.5,
                                 .rgb = SAC_FIGURE_INK,
                                 .width = width});
  for (size_t i = 0; i < page->column_count; i++) {
    const SacFigureColumn *column = &page->columns[i];
    g_autofree char *value = format_value (column, kind);
    double left = x + (double)i * VALUE_WIDTH;

    if (page->column_count > 1)
      sac_figure_draw_chip (cr, &column->outline, CHIP, left, y + 25);
    sac_text_draw (cr, page->column_count > 1 ? left + CHIP + 5 : left, y + 16,
                   value,
                   &(SacTextStyle){.size = 20,
                                   .bold = true,
                                   .rgb = SAC_FIGURE_INK});
  }
  sac_text_draw (cr, x, y + 42, reading,
                 &(SacTextStyle){.size = SAC_FIGURE_SMALL_SIZE,
                                 .rgb = SAC_FIGURE_MUTED,
                                 .width = width});
}

/* Returns: the height of all cells. */
static double
draw_cells (const SacFigurePage *page, cairo_t *cr, double x, double y)
{
  double width = page->width - 2 * SAC_FIGURE_MARGIN - 2 * PADDING;
  int across = (int)(width / CELL_WIDTH);
  double step = width / across;

  for (int kind = 0; kind < SAC_MASK_KIND_COUNT; kind++)
    draw_cell (page, kind, cr, x + kind % across * step,
               y + kind / across * CELL_HEIGHT, step - 8);
  return (SAC_MASK_KIND_COUNT + across - 1) / across * CELL_HEIGHT;
}

static void
append_area (GString *text, const SacFigurePage *page)
{
  char left[G_ASCII_DTOSTR_BUF_SIZE], right[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (left, sizeof left, "%.1f",
                   100 * get_measured (page)->scores.area);
  g_ascii_formatd (right, sizeof right, "%.1f",
                   100 * page->columns[1].scores.area);
  if (has_one_area (page))
    g_string_append_printf (text, "%s %% of what %s saw", left,
                            page->column_count > 1 ? "the models"
                                                   : "the model");
  else
    g_string_append_printf (text,
                            "%s %% of what the left model saw and %s %% of "
                            "what the right one saw",
                            left, right);
}

/* "Pointing game, left: nothing positive." */
static void
append_undefined (GString *text, const SacFigurePage *page)
{
  static const char *const sides[] = {", left", ", right"};
  const SacMaskMeasure *measures = sac_mask_measures_get_all ();

  for (int kind = 0; kind < SAC_MASK_KIND_COUNT; kind++)
    for (size_t i = 0; i < page->column_count; i++) {
      const SacFigureColumn *column = &page->columns[i];
      const char *reason = column->scores.values[kind].reason;

      if (column->has_scores && reason != NULL)
        g_string_append_printf (text, " %s%s: not defined, %s.",
                                measures[kind].label,
                                page->column_count > 1 ? sides[i] : "", reason);
    }
}

static char *
describe (const SacFigurePage *page)
{
  const SacFigureMask *mask = page->mask;
  const char *class = get_class_name (mask);
  guint count = sac_annotated_count_areas (mask->set, mask->class_index);
  GString *text = g_string_new ("The mask is ");

  g_string_append_printf (text, "%u annotated area%s", count,
                          count == 1 ? "" : "s");
  if (class != NULL)
    g_string_append_printf (text, " of class \342\200\234%s\342\200\235",
                            class);
  g_string_append (text, ", ");
  append_area (text, page);
  g_string_append (text, ". Energy and heat are of the positive values, "
                         "relevance of all magnitudes. None of the numbers "
                         "says whether the model is right.");
  append_undefined (text, page);
  return g_string_free (text, FALSE);
}

double
sac_figure_draw_mask (const SacFigurePage *page, cairo_t *cr, double y)
{
  double x = SAC_FIGURE_MARGIN, width = page->width - 2 * SAC_FIGURE_MARGIN;
  SacTextStyle style = {.size = 13,
                        .rgb = SAC_FIGURE_MUTED,
                        .width = width - 2 * PADDING,
                        .line_count = 8,
                        .line_spacing = 1.15};
  double text_width, text_height;

  if (!page->columns[0].has_scores && !page->columns[1].has_scores)
    return 0;

  g_autofree char *text = describe (page);
  g_autoptr (PangoLayout) layout = sac_text_new (cr, text, &style);
  int across = (int)((width - 2 * PADDING) / CELL_WIDTH);
  double cells = (SAC_MASK_KIND_COUNT + across - 1) / across * CELL_HEIGHT;

  sac_text_get_size (layout, &text_width, &text_height);

  double height = PADDING + 30 + cells + text_height + PADDING - 4;

  sac_paint_set_color (cr, SAC_FIGURE_BAND, 1);
  cairo_rectangle (cr, x, y, width, height);
  cairo_fill (cr);
  sac_text_draw (cr, x + PADDING, y + PADDING - 4,
                 page->column_count > 1
                   ? "How far do the maps lie within the annotations?"
                   : "How far does the map lie within the annotations?",
                 &(SacTextStyle){.size = 17,
                                 .bold = true,
                                 .rgb = SAC_FIGURE_INK});
  draw_cells (page, cr, x + PADDING, y + PADDING + 30);
  sac_text_draw (cr, x + PADDING, y + PADDING + 30 + cells, text, &style);
  return height;
}
