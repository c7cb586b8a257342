/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What the window asks of the engine: one SacWork a question, with what goes in
 * and what comes out.  Requests and results are values that own their parts;
 * the shared ones are reference counted and never change once made. */
#ifndef SAC_APP_WORK_H
#define SAC_APP_WORK_H

#include "choice.h"
#include "image/source.h"
#include "map/agreement.h"
#include "map/disagreement.h"
#include "network/predict.h"
#include "partials.h"
#include "scene/figure.h"
#include "worker.h"

/* Request: NULL.  Result: GPtrArray of SacModelEntry. */
extern const SacWork sac_work_list;

/* Request: char *, a path.  Result: SacSource. */
extern const SacWork sac_work_open;
/* The same, at the page that is remembered of the file. */
extern const SacWork sac_work_open_again;

/* A model with what every method says of it. */
typedef struct {
  SacModel *model;
  char **reasons; /* one per method, in the order of sac_methods_get_all: why it
                     cannot be used, NULL where it can */
  gatomicrefcount ref_count;
} SacLoaded;

SacLoaded *sac_loaded_ref (SacLoaded *loaded);
void sac_loaded_unref (SacLoaded *loaded);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacLoaded, sac_loaded_unref)

/* Request: char *, an id or a path.  Result: SacLoaded. */
extern const SacWork sac_work_load;

/* Where on the image a model that looks at tiles is to look. */
typedef struct {
  bool is_set; /* false: where sac_preprocess looks by itself */
  double x, y; /* level-0 pixels */
} SacFocus;

/* A place in the network where a map can be taken. */
typedef struct {
  char *value; /* its name in the graph */
  char *label; /* the name and the grid, to be shown */
  int heads;   /* of attention; 0 elsewhere */
  bool unread; /* no place of it reaches the score: gradients are 0 */
} SacLayer;

/* The image that goes along with the shown one, for models that take two. */
typedef struct {
  SacSource *other; /* NULL: none */
  bool is_second;   /* the shown one is the model's second input */
} SacPair;

/* True when a model takes two images. */
bool sac_pair_applies (SacModel *model);
/* What a model of two calls its input: its role, or its name where roles do not
 * tell them apart.  Borrowed. */
const char *sac_pair_get_role (SacModel *model, size_t input);

/* What one model makes of one place of a source, before any map. */
typedef struct {
  SacLoaded *loaded;
  SacSource *source;
  SacSource *other;        /* NULL: the model takes one image */
  SacImage *other_picture; /* a small one of what the model saw of it */
  size_t input;            /* which of the model's inputs the source is */
  SacFocus focus;
  SacRect region; /* level 0; all zero where the model chose */
  SacInputs *inputs;
  const SacGeometry **geometries; /* one an input; the array is this one's */
  SacPredictions *predictions;
  GPtrArray *layers;     /* of SacLayer, for class activation maps */
  GPtrArray *attentions; /* of SacLayer */
  gatomicrefcount ref_count;
} SacFindings;

SacFindings *sac_findings_ref (SacFindings *findings);
void sac_findings_unref (SacFindings *findings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacFindings, sac_findings_unref)

/* True when a model's input is a tile of the source, so that a focus means
 * something. */
bool sac_focus_applies (SacModel *model, const SacSource *source);

typedef struct {
  SacLoaded *loaded;
  SacSource *source;
  SacFocus focus;
  SacPair pair;
} SacPredictRequest;

/* Takes references.  Result of the work: SacFindings. */
SacPredictRequest *sac_predict_request_new (SacLoaded *loaded,
                                            SacSource *source,
                                            const SacFocus *focus,
                                            const SacPair *pair);
extern const SacWork sac_work_predict;

typedef struct {
  SacFindings *findings;
  SacChoice choice;
  SacPartials *partials; /* takes what there is before the end; NULL: nobody */
} SacMapRequest;

/* Takes references and a copy.  Result of the work: SacMap. */
SacMapRequest *sac_map_request_new (SacFindings *findings,
                                    const SacChoice *choice,
                                    SacPartials *partials);
extern const SacWork sac_work_explain;

/* What the engine is asked, borrowing from the request.  On the engine thread.
 */
bool sac_map_request_fill (const SacMapRequest *request,
                           SacExplainRequest *ret_wanted,
                           GError **error);
void sac_map_request_free (SacMapRequest *request);

typedef struct {
  SacMap *left, *right;
  double share; /* of the cells: the top */
} SacCompareRequest;

typedef struct {
  SacAgreement agreement;
  SacMap *difference;            /* left minus right */
  SacDisagreement *disagreement; /* and where the top cells lie */
} SacCompared;
void sac_compared_free (SacCompared *compared);

/* Takes references.  Result of the work: SacCompared. */
SacCompareRequest *
sac_compare_request_new (SacMap *left, SacMap *right, double share);
extern const SacWork sac_work_compare;

/* A figure whose parts this owns. */
typedef struct {
  char *path;
  SacFigure figure;
} SacFigureRequest;

/* figure: copied deeply, references taken.  Result: the path, a char *. */
SacFigureRequest *sac_figure_request_new (const char *path,
                                          const SacFigure *figure);
extern const SacWork sac_work_figure;

#endif
