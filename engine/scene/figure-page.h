/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The page of a figure: what stands where.  One unit is a thousandth of the
 * page's width; letters, lines and gaps are sized for a page seen from the back
 * of a room. */
#ifndef SAC_SCENE_FIGURE_PAGE_H
#define SAC_SCENE_FIGURE_PAGE_H

#include "map/mask-scores.h"
#include "scene/figure.h"
#include "scene/scene-parts.h"

#define SAC_FIGURE_WIDTH 1000.0
#define SAC_FIGURE_MARGIN 32.0
#define SAC_FIGURE_GAP 24.0
#define SAC_FIGURE_COLUMN                                                      \
  ((SAC_FIGURE_WIDTH - 2 * SAC_FIGURE_MARGIN - 2 * SAC_FIGURE_GAP) / 3)

#define SAC_FIGURE_INK 0x1b1f24
#define SAC_FIGURE_MUTED 0x57606a
#define SAC_FIGURE_RULE 0xd5dae0
#define SAC_FIGURE_BAND 0xf3f5f7
#define SAC_FIGURE_WARNING 0xa64b00

#define SAC_FIGURE_HEADING_SIZE 17.0
#define SAC_FIGURE_BODY_SIZE 13.5
#define SAC_FIGURE_SMALL_SIZE 11.0

/* One map, ready to be drawn. */
typedef struct {
  const SacFigureSide *side;
  SacScale scale;
  const SacColorMap *colors;
  const char *empty;       /* said in place of colours when there are none */
  GPtrArray *notes;        /* of SacNote */
  cairo_surface_t *panel;  /* the map over the image, without marks */
  SacSceneOutline outline; /* of what the model saw; its colour marks it */
  bool has_scores;         /* the map lies on the image, and so does a mask */
  SacMaskScores scores;
} SacFigureColumn;

typedef struct {
  const char *title;
  bool is_nameless;
  SacSource *source;
  SacRect region;                   /* level 0, what the image shows */
  SacRect detail;                   /* and the maps: the same, or a part */
  double panel_width, panel_height; /* units */
  cairo_surface_t *plain;           /* the image alone, without marks */
  const SacAgreement *agreement;    /* NULL: not defined */
  SacDisagreement *disagreement;    /* NULL: not shown */
  SacFigureColumn columns[2];
  size_t column_count; /* 1: a map by itself, without image and agreement */
  double opacity;
  bool smooth;
  const SacTone *tone; /* NULL: as it is */
  const SacFigureMask *mask;
  double width;   /* of the page */
  double density; /* pixels a unit, of panels */
  bool is_exact;  /* the maps show the region, however small they are in it */
} SacFigurePage;

/* Reads the image and draws the panels' pixels, `width` units wide or less. */
bool sac_figure_draw_panels (SacFigurePage *page,
                             double width,
                             SacJob *job,
                             GError **error);

/* A panel on the page, with its lines and letters; column NULL: the image
 * alone.
 */
void sac_figure_draw_panel (const SacFigurePage *page,
                            const SacFigureColumn *column,
                            cairo_t *cr,
                            double x,
                            double y);

/* Returns: the height of what was drawn, margins included; the same on any
 * surface. */
double sac_figure_page_draw (const SacFigurePage *page, cairo_t *cr);

/* True when both models saw the same part of the image. */
bool sac_figure_page_has_one_view (const SacFigurePage *page);

/* The columns: heads, panels and what stands below.  Returns: their height. */
double
sac_figure_draw_columns (const SacFigurePage *page, cairo_t *cr, double y);

/* The strip of numbers under the columns.  Returns: its height. */
double
sac_figure_draw_agreement (const SacFigurePage *page, cairo_t *cr, double y);

/* The mark of a model: filled for a solid outline, open for a dashed one, so
 * that they differ in print without colour too. */
void sac_figure_draw_chip (
  cairo_t *cr, const SacSceneOutline *outline, double side, double x, double y);

/* Measures the columns' maps against the mask, where there is one. */
bool sac_figure_measure_mask (SacFigurePage *page, SacJob *job, GError **error);

/* The strip of what was measured.  Returns: its height, 0 without a mask. */
double sac_figure_draw_mask (const SacFigurePage *page, cairo_t *cr, double y);

/* The first digits of the mask's hash, a new string; NULL: there is no mask. */
char *sac_figure_dup_mask_hash (const SacFigurePage *page);

/* The mask and what was measured.  Returns: a new object; NULL: none. */
JsonObject *sac_figure_mask_to_json (const SacFigurePage *page);

#endif
