/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* One pane without its widgets: what is asked, how it is to look, and what came
 * of it.
 *
 * Work starts by itself, a moment after the last change: load the model, let it
 * predict, make the map; each step only when its own input changed.  Old
 * results stay until new ones come and are called stale meanwhile; those of
 * another source go at once.
 *
 * Signals: "asked" the choice changed; "display" the looks changed; "result"
 * model, findings, map, error, stage or staleness changed. */
#ifndef SAC_APP_PANE_STATE_H
#define SAC_APP_PANE_STATE_H

#include "contour-cache.h"
#include "library.h"
#include "map-stack.h"
#include "map/color-map.h"

#define SAC_TYPE_PANE_STATE (sac_pane_state_get_type ())
G_DECLARE_FINAL_TYPE (SacPaneState, sac_pane_state, SAC, PANE_STATE, GObject)

typedef enum {
  SAC_STAGE_REST,
  SAC_STAGE_LOADING,
  SAC_STAGE_PREDICTING,
  SAC_STAGE_EXPLAINING,
} SacStage;

typedef struct {
  const SacColorMap *colors; /* NULL: the one that fits the scale */
  double opacity;            /* [0, 1] */
  SacScaleMode scale_mode;
  bool smooth;
  bool is_hidden;             /* the image alone */
  bool is_clipped;            /* colours end where the reader says */
  double clip_low, clip_high; /* there, in the scale's unit */
  bool has_contour;
  double contour; /* where on the scale, [0, 1] of what is above zero */
} SacDisplay;

/* worker must outlive the state. */
SacPaneState *sac_pane_state_new (SacWorker *worker, SacLibrary *library);

/* Panes that may ask the same of the same model: what one of them predicts,
 * this one need not.  Borrowed for good; the pane itself may be among them. */
void sac_pane_state_set_peers (SacPaneState *pane,
                               SacPaneState *const *peers,
                               guint count);

/* Where it is shown; NULL for none.  Drops all results of another source. */
void sac_pane_state_set_source (SacPaneState *pane, SacSource *source);
void sac_pane_state_set_focus (SacPaneState *pane, const SacFocus *focus);

/* For models that take two images. */
void sac_pane_state_set_pair (SacPaneState *pane, const SacPair *pair);
const SacPair *sac_pane_state_get_pair (SacPaneState *pane);
/* Its model takes two, and there is one. */
bool sac_pane_state_lacks_other (SacPaneState *pane);

/* What is asked. */
const SacChoice *sac_pane_state_get_choice (SacPaneState *pane);
/* All of it at once. */
void sac_pane_state_set_choice (SacPaneState *pane, const SacChoice *choice);
/* Forgets layer, head and the token that asks; the class stays when the new
 * model has it. */
void sac_pane_state_set_model (SacPaneState *pane, const char *id);
void sac_pane_state_set_method (SacPaneState *pane, const char *name);
/* class_id NULL: the predicted one. */
void sac_pane_state_set_class (SacPaneState *pane,
                               size_t output,
                               const char *class_id);
void sac_pane_state_set_layer (SacPaneState *pane, const char *value);
void sac_pane_state_set_head (SacPaneState *pane, SacHeadMode mode, int head);

/* name: one of the method's parameters; text: what it takes, else nothing
 * happens. */
void sac_pane_state_set_param (SacPaneState *pane,
                               const char *name,
                               const char *text);
/* against: NULL for none; of logits alone. */
void sac_pane_state_set_score (SacPaneState *pane,
                               SacScoreKind kind,
                               const char *against);
/* Settings and score as they are by themselves. */
void sac_pane_state_reset_settings (SacPaneState *pane);

/* Which tokens can ask, and which one does. */
typedef struct {
  bool is_other; /* they are places of the other image of a pair; else of the
                    map's own grid */
  int rows, columns, prefix;
  int token; /* the one that asks, row by row; -1: none of the grid */
} SacPaneAsking;

/* Returns: false when there is no map of such a method, or the places are not
 * known. */
bool sac_pane_state_get_asking (SacPaneState *pane, SacPaneAsking *ret_asking);
/* The token at a place of that grid asks from now on. */
void sac_pane_state_ask_token (SacPaneState *pane, int row, int column);

/* The method asks a token, which a press on the picture can name. */
bool sac_pane_state_can_pick (SacPaneState *pane);
/* The next press on the picture chooses the token that asks. */
void sac_pane_state_set_picking (SacPaneState *pane, bool is_picking);
bool sac_pane_state_is_picking (SacPaneState *pane);
/* The token of attention's own grid below a level-0 point asks from now on.
 * Returns: false when the method asks no token of this image, or none lies
 * there. */
bool sac_pane_state_ask_token_at (SacPaneState *pane, double x, double y);
/* Where on the map the token lies that asks.  Returns: false when none does. */
bool
sac_pane_state_get_token (SacPaneState *pane, int *ret_row, int *ret_column);

/* How it looks. */
const SacDisplay *sac_pane_state_get_display (SacPaneState *pane);
/* Ends of a reader's own go when the unit of the scale does. */
void sac_pane_state_set_display (SacPaneState *pane, const SacDisplay *display);

/* The lines of its map, kept from one drawing to the next. */
SacContourCache *sac_pane_state_get_contours (SacPaneState *pane);

/* What lies over its own map; emptied when the source changes.  Changes emit
 * "display". */
SacMapStack *sac_pane_state_get_stack (SacPaneState *pane);
/* A map read from a file as a layer on top, with the scale and colours that any
 * map has.  Returns: false when there is no room, or the map does not say where
 * it lies on an image of this size. */
bool sac_pane_state_add_map (SacPaneState *pane, SacMap *map, const char *name);

/* Work. */
SacStage sac_pane_state_get_stage (SacPaneState *pane);
bool sac_pane_state_is_busy (SacPaneState *pane);        /* or about to be */
double sac_pane_state_get_progress (SacPaneState *pane); /* of the stage */
/* Makes way for something more urgent: work is given up, and begun again when
 * the pause ends. */
void sac_pane_state_set_paused (SacPaneState *pane, bool paused);
void sac_pane_state_stop (SacPaneState *pane);
bool sac_pane_state_is_stopped (SacPaneState *pane);
void sac_pane_state_retry (SacPaneState *pane); /* after an error or a stop */

/* What came, or of a run that is shown (pane-run.h); all borrowed, all NULL
 * until then. */
SacLoaded *sac_pane_state_get_loaded (SacPaneState *pane);
SacFindings *sac_pane_state_get_findings (SacPaneState *pane);
SacMap *sac_pane_state_get_map (SacPaneState *pane);
/* What there is of the map in the making; NULL: nothing.  ret_share: of the
 * work, [0, 1]; may be NULL. */
SacMap *sac_pane_state_get_partial (SacPaneState *pane, double *ret_share);
/* What the pane shows: that, or the map. */
SacMap *sac_pane_state_get_shown_map (SacPaneState *pane);
/* The choice that the map answers. */
const SacChoice *sac_pane_state_get_map_choice (SacPaneState *pane);
bool sac_pane_state_is_stale (SacPaneState *pane);
/* ret_stage: in which stage. */
const GError *sac_pane_state_get_error (SacPaneState *pane,
                                        SacStage *ret_stage);

/* The class that is explained, from the findings.
 * Returns: false when it is not known (yet). */
bool sac_pane_state_get_class (SacPaneState *pane,
                               const SacPrediction **ret_head,
                               size_t *ret_index);

/* Explains the class that another pane does, from now on.
 * Returns: false when the model does not know that class. */
bool sac_pane_state_take_class (SacPaneState *pane, SacPaneState *from);

/* Ends all work; for the owner's dispose. */
void sac_pane_state_shut_down (SacPaneState *pane);

#endif
