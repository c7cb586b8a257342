/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The strip that says how far two maps agree, in numbers that carry their own
 * reading: what would be chance, what would be the same. */
#include "scene/figure-page.h"
#include "scene/paint.h"
#include "scene/text.h"

#include <math.h>

#define PADDING 20.0
#define NUMBER_SIZE 27.0

typedef struct {
  const char *name;
  const char *reading;
  double value;
} Number;

static void
draw_number (
  cairo_t *cr, const Number *number, double x, double y, double width)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  bool is_defined = isfinite (number->value);
  const char *sign = number->value <= -0.005 ? "\342\210\222" : "";

  g_ascii_formatd (text, sizeof text, "%.2f", fabs (number->value));

  g_autofree char *shown =
    is_defined ? g_strconcat (sign, text, NULL) : g_strdup ("not defined");

  sac_text_draw (cr, x, y, number->name,
                 &(SacTextStyle){.size = 12.5,
                                 .rgb = SAC_FIGURE_INK,
                                 .width = width});
  sac_text_draw (cr, x, is_defined ? y + 16 : y + 25, shown,
                 &(SacTextStyle){.size = is_defined ? NUMBER_SIZE : 14,
                                 .bold = true,
                                 .rgb = is_defined ? SAC_FIGURE_INK
                                                   : SAC_FIGURE_WARNING,
                                 .width = width});
  sac_text_draw (cr, x, y + 51, number->reading,
                 &(SacTextStyle){.size = 11,
                                 .rgb = SAC_FIGURE_MUTED,
                                 .width = width});
}

static void
draw_numbers (
  const SacAgreement *agreement, cairo_t *cr, double x, double y, double width)
{
  /* Two sets of a share p of all cells, laid at random, have p / (2 - p) in
   * common. */
  const Number numbers[] = {
    {"Pearson", "1 same, 0 unrelated",
     agreement->values[SAC_AGREEMENT_PEARSON].value},
    {"Spearman", "1 same, 0 unrelated",
     agreement->values[SAC_AGREEMENT_SPEARMAN].value},
    {"Top 5 % shared", "1 same, 0.03 chance",
     agreement->values[SAC_AGREEMENT_TOP5_IOU].value},
    {"Top 10 % shared", "1 same, 0.05 chance",
     agreement->values[SAC_AGREEMENT_TOP10_IOU].value},
    {"Top 20 % shared", "1 same, 0.11 chance",
     agreement->values[SAC_AGREEMENT_TOP20_IOU].value},
    {"Jensen\342\200\223Shannon", "0 same, 0.69 apart",
     agreement->values[SAC_AGREEMENT_JENSEN_SHANNON].value},
  };
  double step = width / G_N_ELEMENTS (numbers);

  for (size_t i = 0; i < G_N_ELEMENTS (numbers); i++)
    draw_number (cr, &numbers[i], x + (double)i * step, y, step - 8);
}

static bool
is_complete (const SacAgreement *agreement)
{
  return isfinite (agreement->values[SAC_AGREEMENT_PEARSON].value) &&
         isfinite (agreement->values[SAC_AGREEMENT_SPEARMAN].value) &&
         isfinite (agreement->values[SAC_AGREEMENT_TOP5_IOU].value) &&
         isfinite (agreement->values[SAC_AGREEMENT_TOP10_IOU].value) &&
         isfinite (agreement->values[SAC_AGREEMENT_TOP20_IOU].value) &&
         isfinite (agreement->values[SAC_AGREEMENT_JENSEN_SHANNON].value);
}

static char *
describe (const SacAgreement *agreement)
{
  if (agreement == NULL)
    return g_strdup ("Not defined: the two maps have no part of the image in "
                     "common.");
  return g_strdup_printf (
    "Compared on %d \303\227 %d cells. %s"
    "Pearson and Spearman follow the whole pattern, below 0 when one map is "
    "high where the other is low. The shared top is the part of the highest "
    "cells that both maps have. Jensen\342\200\223Shannon is how differently "
    "the positive part is spread. None of them says which map is right.",
    agreement->rows, agreement->columns,
    is_complete (agreement)
      ? ""
      : "A number is not defined where a map is the same everywhere, has "
        "nothing above zero, or holds cells that are not numbers. ");
}

double
sac_figure_draw_agreement (const SacFigurePage *page, cairo_t *cr, double y)
{
  double x = SAC_FIGURE_MARGIN, width = page->width - 2 * SAC_FIGURE_MARGIN;
  g_autofree char *text = describe (page->agreement);
  SacTextStyle style = {.size = 13,
                        .rgb = SAC_FIGURE_MUTED,
                        .width = width - 2 * PADDING,
                        .line_count = 3,
                        .line_spacing = 1.15};
  g_autoptr (PangoLayout) layout = sac_text_new (cr, text, &style);
  double text_width, text_height;
  double numbers = page->agreement != NULL ? 78 : 0;

  sac_text_get_size (layout, &text_width, &text_height);

  double height = PADDING + 30 + numbers + text_height + PADDING - 4;

  sac_paint_set_color (cr, SAC_FIGURE_BAND, 1);
  cairo_rectangle (cr, x, y, width, height);
  cairo_fill (cr);
  sac_text_draw (cr, x + PADDING, y + PADDING - 4, "Do the two maps agree?",
                 &(SacTextStyle){.size = 17,
                                 .bold = true,
                                 .rgb = SAC_FIGURE_INK});
  if (page->agreement != NULL)
    draw_numbers (page->agreement, cr, x + PADDING, y + PADDING + 30,
                  width - 2 * PADDING);
  sac_text_draw (cr, x + PADDING, y + PADDING + 30 + numbers, text, &style);
  return height;
}
