/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a method is: a way to make a map.  One const struct per method, listed
 * in methods.c. */
#ifndef SAC_EXPLAIN_METHOD_H
#define SAC_EXPLAIN_METHOD_H

#include "base/job.h"
#include "map/map.h"
#include "network/model.h"
#include "network/plan.h"

typedef enum {
  SAC_HEAD_MEAN,
  SAC_HEAD_MAX,
  SAC_HEAD_MIN,
  SAC_HEAD_ONE,
} SacHeadMode;

/* "mean", "max", "min", "one". */
const char *sac_head_mode_get_name (SacHeadMode mode);

/* What is differentiated of an output's row of numbers z.  The kinds of
 * probability need an activation that the network or the manifest states. */
typedef enum {
  SAC_SCORE_LOGIT,           /* z_class, less z_against where there is one */
  SAC_SCORE_PROBABILITY,     /* p_class */
  SAC_SCORE_LOG_PROBABILITY, /* log p_class */
  SAC_SCORE_SUM,             /* sum z, for embeddings: no class */
  SAC_SCORE_NORM,            /* |z|, likewise */
} SacScoreKind;

/* "logit", "probability", "log-probability", "sum", "norm".
 * Returns: false when there is none of that name. */
bool sac_score_kind_find (const char *name, SacScoreKind *ret_kind);
const char *sac_score_kind_get_name (SacScoreKind kind);
bool sac_score_kind_has_class (SacScoreKind kind);

/* What is asked for.  Owned by the caller and unchanged while it runs. */
typedef struct {
  SacModel *model;
  const SacTensor *const *inputs;       /* one per graph input, in order */
  const SacGeometry *const *geometries; /* per input; an entry, or the array,
                                           NULL for raw tensors */
  size_t input;        /* on which input the map is wanted; usually 0 */
  size_t output;       /* the class is an element of this output */
  int64_t class_index; /* -1: the largest of sample `batch` */
  SacScoreKind score;
  bool has_against;
  int64_t against;   /* another class of that output; of LOGIT only */
  int nearest_count; /* of LOGIT: classes nearest to it that are taken from it;
                        see SacScoreRow; 0: none */
  double nearest_weight;
  const SacTensor *cotangent; /* NULL, or weights of the output's elements: the
                                 score is their sum instead of one class */
  size_t batch;               /* the sample that is explained */
  size_t attention_bytes;     /* of attention that may be kept whole; 0: see
                                 attention-reduced.h.  Above it is reduced while
                                 it is computed */
  const char *layer;          /* a value's name; NULL: chosen by the program */
  SacHeadMode head_mode;
  int head;           /* for SAC_HEAD_ONE */
  GHashTable *params; /* char * -> char *: KEY=VALUE of the command line; NULL:
                         all defaults */
  /* Methods of many passes hand over what they have now and then: a map without
   * the common provenance, on the thread that makes it; NULL: not wanted. */
  void (*partial) (SacMap *map, void *data);
  void *partial_data;
} SacExplainRequest;

typedef enum {
  SAC_METHOD_CAM,
  SAC_METHOD_ATTENTION,
  SAC_METHOD_GRADIENT,     /* at the input image */
  SAC_METHOD_PERTURBATION, /* of the input image */
} SacMethodFamily;

/* "cam", "attention", "gradient", "perturbation". */
const char *sac_method_family_get_name (SacMethodFamily family);

typedef enum {
  SAC_PARAM_WHOLE,  /* a whole number from min to max */
  SAC_PARAM_NUMBER, /* a number from min to max, or one of the choices */
  SAC_PARAM_CHOICE, /* one of the choices */
} SacParamKind;

typedef struct {
  const char *name;
  const char *label;
  const char *fallback; /* the default, as text */
  SacParamKind kind;
  double min, max;            /* of numbers; infinite: open on that side */
  const char *const *choices; /* NULL-terminated; NULL: none */
  /* What they are called, as many, marked for translation. */
  const char *const *choice_labels;
} SacMethodParam;

typedef struct {
  const char *name;    /* stable id: "grad-cam" */
  const char *label;   /* for people, marked for translation: "Grad-CAM" */
  const char *summary; /* one sentence, marked for translation */
  const char *source;  /* paper */
  SacMethodFamily family;
  bool class_specific; /* its maps may be where this is false: see the map */
  bool needs_gradient;
  bool needs_attention;
  bool needs_pooling; /* of instances; with needs_attention */
  bool needs_modulator;
  bool has_layer; /* request->layer means something */
  bool has_head;
  const SacMethodParam *params; /* NULL-name-terminated; NULL: none */
  /* Fills everything of the map but the provenance common to all methods. */
  SacMap *(*make) (const SacExplainRequest *request,
                   SacJob *job,
                   GError **error);
} SacMethod;

/* NULL-terminated, in the order of menus. */
const SacMethod *const *sac_methods_get_all (void);
const SacMethod *sac_method_find (const char *name); /* NULL: unknown */

/* Checks the request (class, layer, parameters known), makes the map, and adds
 * the common provenance: program version, model id and hash, manifest hash,
 * method and every parameter, output, class (index, id), layer, head, batch,
 * threads, time; a "flag" that names the first node of a run that is not
 * finite. The caller adds image hash and region. Errors: UNDEFINED (no
 * attention in this model, nothing flows to this layer), MISMATCH (no such
 * class, layer, head or parameter), those of plan and run. */
SacMap *sac_method_run (const SacMethod *method,
                        const SacExplainRequest *request,
                        SacJob *job,
                        GError **error);

/* True when the model can give this method a map; else ret_reason (a new
 * string) says why not, for menus. */
bool sac_method_applies (const SacMethod *method,
                         SacModel *model,
                         char **ret_reason);

#endif
