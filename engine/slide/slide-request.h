/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a run is asked for, in words and numbers: window and command line ask
 * with the same, so that they get the same bits.  It is kept with the run,
 * which can be gone on with, or merged, from any folder. */
#ifndef SAC_SLIDE_SLIDE_REQUEST_H
#define SAC_SLIDE_SLIDE_REQUEST_H

#include "slide/tile-grid.h"
#include "slide/tissue.h"

/* All owned. */
typedef struct {
  char *slide;    /* a path */
  char **models;  /* paths or ids, of tiles' and pooling models */
  char *encoder;  /* MODEL or MODEL:VALUE, for pooling models, instead of what
                     they name; NULL: what they name */
  char **methods; /* names; NULL or empty: none */
  char *class_text, *layer; /* of the methods; NULL: none, and the program's */
  char **params;            /* KEY=VALUE; NULL: all defaults */
  double mpp, model_mpp;    /* 0: what slide and models state */
  SacRect region;           /* level 0; without width: what was scanned */
  int stride;               /* the models' pixels; 0: tiles side by side */
  SacTileEdge edge;
  int batch_size;    /* at most; 0: the usual */
  bool all_tiles;    /* of glass too */
  char *tissue_path; /* a mask or annotations; NULL: tissue is found */
  char *area_path;   /* the same of what is looked at of it; NULL: all */
  SacTissueParams tissue;
  double least_share; /* of a tile that must be tissue */
  double positive;    /* probability from which a tile counts */
  int top_count;      /* tiles in the summary and on the sheet */
  bool exact;         /* only noted: set before a model is opened */
} SacSlideRequest;

/* Defaults, without slide and models. */
void sac_slide_request_init (SacSlideRequest *request);
void sac_slide_request_clear (SacSlideRequest *request);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SacSlideRequest, sac_slide_request_clear)

/* As JSON, with paths that hold in any folder.  A new string. */
char *sac_slide_request_write (const SacSlideRequest *request);

/* Into a request without content.  name: stands in messages.  Errors: DAMAGED.
 */
bool sac_slide_request_read (SacSlideRequest *request,
                             const char *text,
                             const char *name,
                             GError **error);

#endif
