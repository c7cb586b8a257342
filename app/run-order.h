/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a run over a slide is asked for, and all that is needed to ask for the
 * same again. */
#ifndef SAC_APP_RUN_ORDER_H
#define SAC_APP_RUN_ORDER_H

#include "annotation/annotation.h"

#include <json-glib/json-glib.h>
#include <stdbool.h>

typedef enum {
  SAC_RUN_TISSUE_FOUND, /* by its colour */
  SAC_RUN_TISSUE_DRAWN, /* by a reader: the file `mask` */
  SAC_RUN_TISSUE_ALL,   /* all tiles, also glass */
} SacRunTissue;

#define SAC_RUN_MODELS_MOST 9

typedef struct {
  char *slide;    /* as for sac_source_open */
  char **models;  /* ids or paths: 1 to SAC_RUN_MODELS_MOST */
  char **methods; /* names; there may be none */
  char *class_id; /* that methods explain; NULL: none */
  double mpp;     /* of level 0; 0: what the slide states */
  SacRunTissue tissue;
  int threshold;  /* of the saturation, 1 to 254; 0: found */
  char *mask;     /* NULL where tissue is not drawn */
  SacRect region; /* level 0; without width: the whole slide */
  char *area;     /* file: a polygon that the region is around; NULL: none */
  int stride;     /* in the models' pixels; 0: tiles side by side */
  char *folder;
} SacRunOrder;

SacRunOrder *sac_run_order_copy (const SacRunOrder *order);
void sac_run_order_free (SacRunOrder *order);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacRunOrder, sac_run_order_free)

JsonObject *sac_run_order_to_json (const SacRunOrder *order);
/* Errors: DAMAGED. */
SacRunOrder *sac_run_order_from_json (JsonObject *object, GError **error);

/* The slide's name, for people, and the models'.  New strings. */
char *sac_run_order_dup_slide_name (const SacRunOrder *order);
char *sac_run_order_dup_model_names (const SacRunOrder *order);

/* Where runs lie that nobody has given a place: below the user's data.  A new
 * string. */
char *sac_run_order_dup_home (void);
/* A file there for what somebody has drawn, the same for the same.  A new
 * string. */
char *sac_run_order_dup_drawn_path (const char *stem,
                                    const SacAnnotations *drawn);
/* A folder there for a slide and models that nothing lies in yet.  A new
 * string. */
char *sac_run_order_dup_free_folder (const char *slide,
                                     const char *const *models);

#endif
