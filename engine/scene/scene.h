/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a pane shows, without a window: an image under a camera, a map over it,
 * marks.  Drawn with cairo; the window's canvas uses the same parts. */
#ifndef SAC_SCENE_SCENE_H
#define SAC_SCENE_SCENE_H

#include "image/tone.h"
#include "map/color-map.h"
#include "map/disagreement.h"
#include "map/map.h"
#include "map/scale.h"
#include "scene/camera.h"
#include "scene/tile-store.h"

#include <cairo.h>

typedef struct {
  const SacMap *map; /* NULL: none */
  SacScale scale;
  const SacColorMap *colors;
  double opacity; /* [0, 1] */
  bool smooth;    /* half-pixel bilinear; false: honest cells */
  bool fade; /* opacity grows with the value, so that low cells let the image
                through; zero is fully clear */
  const GPtrArray *contours; /* of SacContourLine, drawn over the map whatever
                                its opacity; NULL: none */
} SacMapLayer;

typedef struct {
  SacSource *source;
  SacCamera camera;
  const SacTone *tone; /* of the image alone; NULL: as it is */
  SacMapLayer layer;
  bool show_seen;  /* outline what the model saw */
  bool dim_unseen; /* and dim the rest of the image */
  bool show_scale_bar;
  double text_size; /* of the scale bar, in screen pixels; 0: the usual */
  bool has_cursor;  /* a mark at a level-0 point */
  double cursor_x, cursor_y;
} SacScene;

/* So many cells are drawn one by one, with exact edges.  Smaller ones come from
 * a surface, where the 16 bits of a pixel's place are exact enough. */
#define SAC_SCENE_CELL_COUNT 1024

/* The map as colour (premultiplied ARGB, cairo's ARGB32) over the map's
 * `seen`: one pixel per cell, or when smooth one per cell of a finer grid that
 * the values are interpolated to.  Beyond 4096 cells a side a pixel stands for
 * several and shows the one farthest from zero.  Returns: a new surface. */
cairo_surface_t *sac_scene_map_surface (const SacMapLayer *layer);

/* Where the map has the value `level` of the scale's unit, and on a signed
 * scale also where it has -level.  Returns: a new array of SacContourLine. */
GPtrArray *
sac_scene_contours_new (const SacMap *map, const SacScale *scale, double level);

/* True when what the model saw is a place on the image, not most of it: then
 * what lies around it is no margin to be dimmed. */
bool sac_scene_is_tile (const SacMap *map);

/* Parts, in drawing order; the context's unit is one screen pixel and its
 * origin the pane's top left.  `tiles` NULL: the source is read directly and
 * the picture is complete (figures, `render`).  With tiles the caller calls
 * sac_tile_store_begin once for each view, before the first of its panes. */
void sac_scene_draw_image (const SacScene *scene,
                           SacTileStore *tiles,
                           cairo_t *cr,
                           int width,
                           int height);
/* The same from what sac_tile_view_new has found. */
void sac_scene_draw_pieces (const SacScene *scene,
                            const GArray *pieces,
                            cairo_t *cr,
                            int width,
                            int height);
void
sac_scene_draw_map (const SacScene *scene, cairo_t *cr, int width, int height);
/* lines: of a map with geometry. */
void sac_scene_draw_contours (const SacScene *scene,
                              const GPtrArray *lines,
                              cairo_t *cr,
                              int width,
                              int height);
/* Outlines of the regions in which two maps disagree, dashed where it is B that
 * is high; nothing where they have no geometry. */
void sac_scene_draw_disagreement (const SacScene *scene,
                                  const SacDisagreement *disagreement,
                                  cairo_t *cr,
                                  int width,
                                  int height);
void sac_scene_draw_marks (const SacScene *scene,
                           cairo_t *cr,
                           int width,
                           int height);

/* The image part read directly, with errors told.  */
bool sac_scene_render (const SacScene *scene,
                       cairo_t *cr,
                       int width,
                       int height,
                       SacJob *job,
                       GError **error);

/* What stands in place of numbers where the scale of a map is empty: English,
 * to be translated. */
const char *sac_scene_describe_empty (const SacMap *map);

/* A colour bar with its ends, zero and unit: `label` above, e.g. "logit", may
 * be NULL; `empty` where the scale has nothing to show.  place: of
 * SAC_SCENE_COLOR_BAR_HEIGHT.  text_color: 0xRRGGBB. */
#define SAC_SCENE_COLOR_BAR_HEIGHT 52
void sac_scene_draw_color_bar (cairo_t *cr,
                               const SacRect *place,
                               const SacColorMap *colors,
                               const SacScale *scale,
                               const char *label,
                               const char *empty,
                               uint32_t text_color);

/* A number of a scale or a measure: three significant digits, a point as
 * decimal mark, a true minus sign.  Returns: a new string. */
char *sac_scene_format_number (double value);

/* The number at an end of a scale; of one that was clipped or kept it says that
 * what lies beyond is there too: "\342\211\245 0.8".  Returns: a new string. */
char *sac_scene_format_end (const SacScale *scale, bool is_high);

#define SAC_SCENE_TEXT_SIZE 13.0 /* the usual */

/* What a scale bar takes of the pane's lower left corner, at most. */
#define SAC_SCENE_SCALE_BAR_WIDTH 230
#define SAC_SCENE_SCALE_BAR_HEIGHT 52

/* A length for a scale bar: 1, 2 or 5 x 10^n micrometres, at most max_width
 * screen pixels long.  Returns: false when mpp is not known. */
bool sac_scene_scale_bar (double mpp,
                          double scale,
                          double max_width,
                          double *ret_width,
                          char **ret_text);

#endif
