/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "faithfulness-plot.h"

#include "faithfulness-table.h"
#include "map-notes.h"
#include "scene/scene.h"
#include "scene/text.h"

#include <glib/gi18n.h>
#include <math.h>

#define PAGE_WIDTH 1080
#define PAGE_HEIGHT 680
#define PAGE_DENSITY 2

#define TEXT_SIZE 12.0
#define MARGIN_LEFT 52.0
#define MARGIN_BOTTOM 34.0
#define MARGIN_TOP 24.0
#define GAP 18.0
#define LEGEND_LINE 18.0
#define TICKS 4

const SacPlotColors sac_plot_light = {0xffffff, 0x2e3436, 0xd8d8d8};
const SacPlotColors sac_plot_dark = {0x1e1e1e, 0xeeeeec, 0x4a4a4a};

/* Those of the panes (style.css). */
static const uint32_t series[SAC_PANES_MOST] = {
  0x3584e4, 0xe66100, 0x1a9a8a, 0x9141ac, 0xb5835a,
  0xd0508a, 0x5e8c1a, 0x5e6fbf, 0x77767b,
};

typedef enum { FORM_MAP, FORM_CENTRE, FORM_RANDOM, FORM_COUNT } Form;

static const struct {
  const char *label;
  double width;
  double dashes[2];
  int dash_count;
  double opacity;
} forms[FORM_COUNT] = {
  [FORM_MAP] = {N_ ("the map"), 2.4, {0}, 0, 1},
  [FORM_CENTRE] = {N_ ("control: a hill in the centre"), 1.4, {6, 4}, 2, 0.9},
  [FORM_RANDOM] = {N_ ("control: random maps"), 1.2, {1.5, 3}, 2, 0.7},
};

/* One pair of axes. */
typedef struct {
  cairo_t *cr;
  const SacPlotColors *colors;
  double x, y, width, height;
  double low, high; /* of the score */
} Axes;

static void
set_rgb (cairo_t *cr, uint32_t rgb, double alpha)
{
  cairo_set_source_rgba (cr, (rgb >> 16 & 255) / 255.0,
                         (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0, alpha);
}

static void
widen (Axes *axes, double value)
{
  if (!isfinite (value))
    return;
  axes->low = fmin (axes->low, value);
  axes->high = fmax (axes->high, value);
}

static void
widen_by_subject (Axes *axes,
                  const SacFaithfulnessReport *report,
                  const SacFaithfulnessSubject *subject)
{
  for (int b = 0; b < SAC_FAITHFULNESS_BASELINES; b++)
    for (size_t i = 0; i < report->point_count; i++) {
      widen (axes, subject->figures[b].deletion[i]);
      widen (axes, subject->figures[b].insertion[i]);
    }
  for (int i = 0; i < SAC_FAITHFULNESS_ROAD_COUNT; i++) {
    widen (axes, subject->road_most[i]);
    widen (axes, subject->road_least[i]);
  }
}

/* One scale for all axes: what is compared can be compared. */
static void
find_range (SacFaithfulnessRun *run, Axes *axes)
{
  axes->low = INFINITY;
  axes->high = -INFINITY;
  for (guint i = 0; i < sac_faithfulness_run_get_count (run); i++) {
    const SacFaithfulnessReport *report =
      sac_faithfulness_run_get (run, i)->report;

    if (report == NULL)
      continue;
    widen (axes, report->score);
    widen_by_subject (axes, report, report->map);
    if (report->centre != NULL)
      widen_by_subject (axes, report, report->centre);
    for (size_t k = 0; k < report->random_count; k++)
      widen_by_subject (axes, report, &report->random[k]);
  }
  if (!(axes->high > axes->low)) {
    axes->low = isfinite (axes->low) ? axes->low - 0.5 : 0;
    axes->high = axes->low + 1;
  }
}

/* 1, 2 or 5 times a power of ten, so that there are about TICKS of them. */
static double
choose_step (double range)
{
  double rough = range / TICKS;
  double power = pow (10, floor (log10 (rough)));
  double share = rough / power;

  return power * (share < 1.5 ? 1 : share < 3.5 ? 2 : share < 7.5 ? 5 : 10);
}

static double
place_x (const Axes *axes, double share)
{
  return axes->x + share * axes->width;
}

static double
place_y (const Axes *axes, double score)
{
  return axes->y +
         axes->height * (axes->high - score) / (axes->high - axes->low);
}

static void
draw_text (const Axes *axes, double x, double y, const char *text, bool bold)
{
  sac_text_draw (axes->cr, x, y, text,
                 &(SacTextStyle){.size = TEXT_SIZE,
                                 .bold = bold,
                                 .rgb = axes->colors->text});
}

/* which: 0 its left end at x, 0.5 its middle, 1 its right end. */
static void
draw_tick (const Axes *axes, double x, double y, double which, const char *text)
{
  SacTextStyle style = {.size = TEXT_SIZE - 1, .rgb = axes->colors->text};
  PangoLayout *layout = sac_text_new (axes->cr, text, &style);
  double width, height;

  sac_text_get_size (layout, &width, &height);
  g_object_unref (layout);
  sac_text_draw (axes->cr, x - which * width, y, text, &style);
}

static void
draw_line (const Axes *axes, double x1, double y1, double x2, double y2)
{
  cairo_move_to (axes->cr, round (x1) + 0.5, round (y1) + 0.5);
  cairo_line_to (axes->cr, round (x2) + 0.5, round (y2) + 0.5);
  cairo_stroke (axes->cr);
}

static void
draw_scores (const Axes *axes, bool has_numbers)
{
  double step = choose_step (axes->high - axes->low);

  for (double score = ceil (axes->low / step) * step; score <= axes->high;
       score += step) {
    g_autofree char *text =
      sac_scene_format_number (fabs (score) < step / 2 ? 0 : score);
    double y = place_y (axes, score);

    set_rgb (axes->cr, axes->colors->grid, 1);
    draw_line (axes, axes->x, y, axes->x + axes->width, y);
    if (has_numbers)
      draw_tick (axes, axes->x - 6, y - TEXT_SIZE * 0.7, 1, text);
  }
}

static void
draw_frame (const Axes *axes, const char *title, bool has_numbers)
{
  cairo_set_line_width (axes->cr, 1);
  draw_scores (axes, has_numbers);
  for (int i = 0; i <= 4; i++) {
    g_autofree char *text = g_strdup_printf ("%d %%", 25 * i);

    draw_tick (axes, place_x (axes, i / 4.0), axes->y + axes->height + 4,
               i / 4.0, text);
  }
  set_rgb (axes->cr, axes->colors->text, 0.6);
  draw_line (axes, axes->x, axes->y, axes->x, axes->y + axes->height);
  draw_line (axes, axes->x, axes->y + axes->height, axes->x + axes->width,
             axes->y + axes->height);
  draw_text (axes, axes->x, axes->y - MARGIN_TOP + 2, title, true);
}

static void
set_form (const Axes *axes, Form form, guint pane)
{
  cairo_set_line_width (axes->cr, forms[form].width);
  cairo_set_dash (axes->cr, forms[form].dashes, forms[form].dash_count, 0);
  set_rgb (axes->cr, series[pane % SAC_PANES_MOST], forms[form].opacity);
}

/* Points that are not defined end a line. */
static void
draw_curve (const Axes *axes, const double *x, const double *y, size_t count)
{
  bool is_begun = false;

  for (size_t i = 0; i < count; i++) {
    if (isfinite (y[i]) && is_begun)
      cairo_line_to (axes->cr, place_x (axes, x[i]), place_y (axes, y[i]));
    else if (isfinite (y[i]))
      cairo_move_to (axes->cr, place_x (axes, x[i]), place_y (axes, y[i]));
    is_begun = isfinite (y[i]);
  }
  cairo_stroke (axes->cr);
  cairo_set_dash (axes->cr, NULL, 0, 0);
}

/* What is drawn in one pair of axes of one subject. */
typedef enum { PART_DELETION, PART_INSERTION, PART_ROAD } Part;

static void
draw_subject (const Axes *axes,
              const SacFaithfulnessReport *report,
              const SacFaithfulnessSubject *subject,
              Part part,
              int baseline)
{
  const SacFaithfulnessFigures *figures = &subject->figures[baseline];

  if (part == PART_ROAD) {
    draw_curve (axes, sac_faithfulness_road_shares, subject->road_most,
                SAC_FAITHFULNESS_ROAD_COUNT);
    return;
  }
  draw_curve (axes, report->taken,
              part == PART_DELETION ? figures->deletion : figures->insertion,
              report->point_count);
}

/* Least relevant first, beside most: thin, with the map's own colour. */
static void
draw_least (const Axes *axes, const SacFaithfulnessEntry *entry)
{
  cairo_set_line_width (axes->cr, 1.2);
  set_rgb (axes->cr, series[entry->pane % SAC_PANES_MOST], 1);
  draw_curve (axes, sac_faithfulness_road_shares,
              entry->report->map->road_least, SAC_FAITHFULNESS_ROAD_COUNT);
}

static void
draw_entry (const Axes *axes,
            const SacFaithfulnessEntry *entry,
            Part part,
            int baseline)
{
  const SacFaithfulnessReport *report = entry->report;

  if (report == NULL)
    return;
  for (size_t i = 0; i < report->random_count; i++) {
    set_form (axes, FORM_RANDOM, entry->pane);
    draw_subject (axes, report, &report->random[i], part, baseline);
  }
  if (report->centre != NULL) {
    set_form (axes, FORM_CENTRE, entry->pane);
    draw_subject (axes, report, report->centre, part, baseline);
  }
  if (part == PART_ROAD)
    draw_least (axes, entry);
  set_form (axes, FORM_MAP, entry->pane);
  draw_subject (axes, report, report->map, part, baseline);
}

static void
draw_part (SacFaithfulnessRun *run,
           const Axes *axes,
           Part part,
           int baseline,
           const char *title)
{
  draw_frame (axes, title, part != PART_INSERTION);
  for (guint i = 0; i < sac_faithfulness_run_get_count (run); i++)
    draw_entry (axes, sac_faithfulness_run_get (run, i), part, baseline);
}

/* All are measured with the same settings; NULL before the first is. */
static const SacFaithfulnessReport *
find_report (SacFaithfulnessRun *run)
{
  for (guint i = 0; i < sac_faithfulness_run_get_count (run); i++) {
    const SacFaithfulnessReport *report =
      sac_faithfulness_run_get (run, i)->report;

    if (report != NULL)
      return report;
  }
  return NULL;
}

/* What pixels become; known when the first report is. */
static const char *
get_baseline (SacFaithfulnessRun *run, int baseline)
{
  const SacFaithfulnessReport *report = find_report (run);

  return report != NULL ? sac_faithfulness_get_baseline (report, baseline)
                        : "…";
}

static double
draw_sample (const Axes *axes, double x, double y, Form form, guint pane)
{
  set_form (axes, form, pane);
  cairo_move_to (axes->cr, x, y + LEGEND_LINE / 2);
  cairo_line_to (axes->cr, x + 30, y + LEGEND_LINE / 2);
  cairo_stroke (axes->cr);
  cairo_set_dash (axes->cr, NULL, 0, 0);
  return x + 38;
}

/* Panes by colour at the left, forms of lines at the right. */
static void
draw_legend (SacFaithfulnessRun *run, Axes *axes, double x, double y)
{
  double right = x + axes->width / 2;

  for (guint i = 0; i < sac_faithfulness_run_get_count (run); i++) {
    const SacFaithfulnessEntry *entry = sac_faithfulness_run_get (run, i);
    g_autofree char *text =
      g_strdup_printf ("%s%s%s – %s", entry->letter,
                       *entry->letter != '\0' ? "  " : "", entry->title,
                       sac_map_note_translate (entry->score));
    double at =
      draw_sample (axes, x, y + i * LEGEND_LINE, FORM_MAP, entry->pane);

    draw_text (axes, at, y + i * LEGEND_LINE, text, false);
  }
  for (int form = 0; form < FORM_COUNT; form++) {
    double at = draw_sample (axes, right, y + form * LEGEND_LINE, (Form)form,
                             SAC_PANES_MOST - 1);

    draw_text (axes, at, y + form * LEGEND_LINE, _ (forms[form].label), false);
  }
}

static void
draw_parts (SacFaithfulnessRun *run, Axes *axes, double width, double height)
{
  double left = axes->x, top = axes->y;
  double row_height = (height - GAP) / 2 - MARGIN_TOP - MARGIN_BOTTOM;

  axes->width = (width - 2 * GAP - MARGIN_LEFT) / 3;
  for (int b = 0; b < SAC_FAITHFULNESS_BASELINES; b++) {
    g_autofree char *deletion = g_strdup_printf (
      /* Translators: %s is what pixels become: black, the image blurred. */
      _ ("Deletion · %s"), get_baseline (run, b));
    g_autofree char *insertion =
      g_strdup_printf (_ ("Insertion · %s"), get_baseline (run, b));

    axes->height = row_height;
    axes->y =
      top + MARGIN_TOP + b * (row_height + MARGIN_TOP + MARGIN_BOTTOM + GAP);
    axes->x = left;
    draw_part (run, axes, PART_DELETION, b, deletion);
    axes->x = left + axes->width + GAP;
    draw_part (run, axes, PART_INSERTION, b, insertion);
  }
  axes->x = left + 2 * (axes->width + GAP) + MARGIN_LEFT - GAP;
  axes->y = top + MARGIN_TOP;
  axes->height = height - MARGIN_TOP - MARGIN_BOTTOM;
  draw_part (run, axes, PART_ROAD, 0,
             _ ("ROAD: most relevant first; thin: least"));
}

void
sac_faithfulness_plot_draw (SacFaithfulnessRun *run,
                            const SacPlotColors *colors,
                            cairo_t *cr,
                            double width,
                            double height)
{
  double lines = fmax (sac_faithfulness_run_get_count (run), FORM_COUNT);
  double legend = lines * LEGEND_LINE + GAP;
  Axes axes = {.cr = cr, .colors = colors, .x = MARGIN_LEFT, .y = 6};

  set_rgb (cr, colors->background, 1);
  cairo_paint (cr);
  find_range (run, &axes);
  draw_parts (run, &axes, width - MARGIN_LEFT - GAP, height - legend - 30);
  axes.width = width - MARGIN_LEFT - GAP;
  draw_tick (&axes, MARGIN_LEFT, height - legend - 18, 0,
             _ ("Across: share of the pixels. Up: the score that is "
                "explained, on one scale for all."));
  draw_legend (run, &axes, MARGIN_LEFT, height - legend + 6);
}

/* What a window has beside the curves: on a page it must be said. */
static void
draw_settings (SacFaithfulnessRun *run, cairo_t *cr, double y)
{
  const SacFaithfulnessReport *report = find_report (run);
  Axes axes = {.cr = cr, .colors = &sac_plot_light};

  if (report == NULL)
    return;

  const SacMap *map = sac_faithfulness_run_get (run, 0)->map;
  const char *image =
    json_object_get_string_member_with_default (map->provenance, "image", NULL);
  g_autofree char *settings = sac_faithfulness_dup_settings (report);
  g_autofree char *text = g_strdup_printf (_ ("Settings: %s"), settings);

  draw_text (&axes, MARGIN_LEFT, y, text, false);
  if (image != NULL)
    draw_text (&axes, MARGIN_LEFT, y - LEGEND_LINE, image, false);
}

cairo_surface_t *
sac_faithfulness_plot_new_page (SacFaithfulnessRun *run)
{
  cairo_surface_t *surface =
    cairo_image_surface_create (CAIRO_FORMAT_RGB24, PAGE_WIDTH * PAGE_DENSITY,
                                PAGE_HEIGHT * PAGE_DENSITY);
  cairo_t *cr = cairo_create (surface);

  cairo_scale (cr, PAGE_DENSITY, PAGE_DENSITY);
  set_rgb (cr, sac_plot_light.background, 1);
  cairo_paint (cr);
  sac_faithfulness_plot_draw (run, &sac_plot_light, cr, PAGE_WIDTH,
                              PAGE_HEIGHT - 2 * LEGEND_LINE);
  draw_settings (run, cr, PAGE_HEIGHT - LEGEND_LINE - 6);
  cairo_destroy (cr);
  return surface;
}
