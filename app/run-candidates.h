/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What is looked at while a run over a slide is set up: which models can do it,
 * and where the tissue lies. */
#ifndef SAC_APP_RUN_CANDIDATES_H
#define SAC_APP_RUN_CANDIDATES_H

#include "annotation/annotation.h"
#include "explain/method.h"
#include "image/source.h"
#include "slide/tissue.h"
#include "worker.h"

typedef struct {
  char *model;    /* id or path */
  char *reason;   /* why it cannot run over slides; NULL: it can */
  int width;      /* of a tile, in the model's pixels */
  double mpp;     /* of those */
  char **classes; /* ids */
  bool *methods;  /* in the order of sac_methods_get_all: it can give it */
} SacRunCandidate;

/* Request: char **, ids or paths, taken.  Result: GPtrArray of SacRunCandidate,
 * in their order. */
extern const SacWork sac_work_run_candidates;

typedef struct {
  SacMap *map;              /* of zeros and ones, over the whole slide */
  int threshold;            /* that was used; 255: the slide is blank */
  double area;              /* mm2 */
  SacAnnotations *outlines; /* NULL: not asked for, or no tissue */
} SacRunTissueLook;
void sac_run_tissue_look_free (SacRunTissueLook *look);

/* mpp: above 0.  threshold 0: found.  Result: SacRunTissueLook. */
typedef struct SacRunTissueRequest SacRunTissueRequest;
SacRunTissueRequest *sac_run_tissue_request_new (SacSource *source,
                                                 double mpp,
                                                 int threshold,
                                                 bool wants_outlines);
extern const SacWork sac_work_run_tissue;

#endif
