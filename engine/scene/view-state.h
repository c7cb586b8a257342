/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* How an image was last looked at, as text to keep: camera, panes and what they
 * ask, how two of them are compared.  Names of models, methods, modes, scales
 * and colours are kept as they are: whoever shows the view knows which of them
 * there still are. */
#ifndef SAC_SCENE_VIEW_STATE_H
#define SAC_SCENE_VIEW_STATE_H

#include "scene/camera.h"

#include <gio/gio.h>
#include <stdbool.h>

#define SAC_VIEW_PANES_MOST 9

/* Maps from files over a pane's own. */
#define SAC_VIEW_LAYERS_MOST 16

/* Of the file that is looked at: with another one the view does not belong. */
typedef struct {
  int64_t size;
  int64_t modified_us;
} SacViewFile;

typedef struct {
  char *path;           /* of the map's file */
  int index;            /* of the file's maps */
  char *colors, *scale; /* NULL: the default */
  double opacity;       /* [0, 1] */
  bool smooth, is_hidden;
} SacViewLayer;

typedef struct {
  char *model, *method, *class_id, *layer; /* NULL: none */
  int output, head;
  char *head_mode;
  char *colors, *scale;  /* NULL: the default */
  char *score, *against; /* NULL: the logit by itself */
  GHashTable *params;    /* char * -> char *; NULL: none */
  double opacity;        /* [0, 1] */
  bool smooth, is_hidden;
  bool is_clipped;
  double clip_low, clip_high; /* where colours end, in the map's unit */
  bool has_contour;
  double contour;                            /* share of the scale, [0, 1] */
  SacViewLayer layers[SAC_VIEW_LAYERS_MOST]; /* from bottom to top */
  guint layer_count;
} SacViewPane;

typedef struct {
  SacViewFile file;
  bool is_fitted; /* the whole image; of the camera only the turn counts */
  SacCamera camera;
  guint pane_count; /* of `panes` */
  guint active;
  char *mode;     /* NULL: side by side */
  char *other;    /* path of the other image of a pair; NULL: none */
  bool is_second; /* the image is the model's second one */
  SacViewPane panes[SAC_VIEW_PANES_MOST];
} SacViewState;

void sac_view_state_clear (SacViewState *state);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SacViewState, sac_view_state_clear)

/* Returns: a new string. */
char *sac_view_state_to_text (const SacViewState *state);

/* name: stands in messages.  Fills ret_state in, also for clearing when false
 * is returned.  Errors: DAMAGED, TOO_LARGE. */
bool sac_view_state_parse (const char *text,
                           gsize size,
                           const char *name,
                           SacViewState *ret_state,
                           GError **error);

#endif
