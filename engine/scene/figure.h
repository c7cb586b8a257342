/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The side-by-side figure: image and two maps with everything a reader needs to
 * judge them; or one map over the image.  As PNG, PDF or SVG. */
#ifndef SAC_SCENE_FIGURE_H
#define SAC_SCENE_FIGURE_H

#include "annotation/annotation.h"
#include "map/agreement.h"
#include "scene/scene.h"

/* A map that lies over a side's own; with a scale and a bar of its own. */
typedef struct {
  SacMapLayer layer;
  const char *name; /* of its file; NULL: names are left out */
} SacFigureLayer;

typedef struct {
  const SacMap *map;
  const char *model_name;
  const char *method_label;
  const char *class_name;
  double probability; /* NaN: none */
  const char *layer;  /* value's name, or NULL */
  bool has_scale;
  SacScale scale;       /* else it is made of the figure's scale_mode */
  const char *settings; /* what of the method is not as it is by itself; NULL:
                           nothing */
  bool has_contour;
  double contour;      /* in the scale's unit */
  const SacRect *gaps; /* hatched: where something failed; level 0 */
  size_t gap_count;
  char *const
    *notes; /* sentences a careful reader must know; NULL-terminated */
  const SacFigureLayer *over; /* from bottom to top */
  size_t over_count;
} SacFigureSide;

/* What is drawn on the image.  Its areas are what the maps are measured
 * against; points and rulers are shown only. */
typedef struct {
  const SacAnnotations *set; /* NULL: nothing */
  int class_index;           /* whose areas are the mask; -1: all */
  const char *file;          /* where it was read from; NULL: drawn here */
} SacFigureMask;

typedef struct {
  SacSource *source;
  const SacRect *region; /* what to show, level 0; NULL: the whole image */
  const char *title;
  bool is_nameless; /* the names of its files are left out of the provenance */
  SacFigureSide left, right;     /* right without a map: left by itself */
  const SacAgreement *agreement; /* NULL: not defined */
  bool shows_disagreement;       /* outlines where the two disagree, in both */
  double top_share;              /* of the cells, for that */
  SacScaleMode scale_mode;
  const SacColorMap *colors; /* NULL: the default */
  double opacity;            /* 0: the default */
  bool smooth;
  const SacTone *tone; /* of the image, and told; NULL: as it is */
  SacFigureMask mask;
} SacFigure;

/* path: .png, .pdf or .svg.  Errors: MISMATCH (another suffix), UNWRITABLE,
 * those of reading the source. */
bool sac_figure_write (const SacFigure *figure,
                       const char *path,
                       SacJob *job,
                       GError **error);

/* One map over the whole image with its colour bar: what `explain` writes. */
bool sac_figure_write_map (SacSource *source,
                           const SacFigureSide *side,
                           SacScaleMode scale_mode,
                           const char *path,
                           SacJob *job,
                           GError **error);

/* The sentences for a map: "no positive evidence", "not class-specific",
 * "stretched", share of negative evidence, ...  Returns: array of SacNote. */
typedef struct {
  const char *id; /* stable */
  char *text;
  bool warning;
} SacNote;

/* Gives a sentence, or a format, in the reader's language; NULL: English. */
typedef const char *(*SacTranslate) (const char *text);

GPtrArray *sac_figure_notes (const SacMap *map,
                             const SacScale *scale,
                             SacTranslate translation);

#endif
