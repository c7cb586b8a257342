/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* One explanation as commands ask for it: a method on a case, for a class. */
#ifndef SAC_CLI_EXPLANATION_H
#define SAC_CLI_EXPLANATION_H

#include "case.h"

#include "network/predict.h"

typedef struct {
  const char *class;   /* [OUTPUT:]ID or number; NULL: the predicted class */
  const char *against; /* another class of that output; NULL: none */
  const char *score;   /* of sac_score_kind_find; NULL: the logit */
  const char *layer;   /* NULL: chosen by the program */
  const char *head;    /* "mean", "max", "min" or a number; NULL: mean */
  char *const *params; /* KEY=VALUE, NULL-terminated or NULL; the command's own
                          keys: batch, input */
  GPtrArray *methods;  /* const SacMethod: all that will be run; a parameter
                          that one of them has is not the others' mistake */
} CliExplanationParams;

typedef struct {
  CliCase *owner;
  SacExplainRequest request;   /* its pointers live as long as this */
  SacPredictions *predictions; /* of the sample that is explained */
  GHashTable *method_params;
  GPtrArray *methods;
  const SacGeometry **geometries;
} CliExplanation;

/* Works out class, head and parameters; self is borrowed and must live on. */
CliExplanation *cli_explanation_new (CliCase *owner,
                                     const CliExplanationParams *params,
                                     SacJob *job,
                                     GError **error);
void cli_explanation_free (CliExplanation *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliExplanation, cli_explanation_free)

/* The head whose class is explained; NULL when the output has no class row. */
const SacPrediction *cli_explanation_get_head (const CliExplanation *self);
/* The explained class's id, name and probability (NaN when it has none); the id
 * is NULL and the name says what is explained where that is no class.  Strings
 * are new. */
char *cli_explanation_class_id (const CliExplanation *self);
char *cli_explanation_class_name (const CliExplanation *self);
double cli_explanation_probability (const CliExplanation *self);

/* Runs a method and adds to the provenance what only the command knows: image,
 * its hash, region.  Returns: a new map. */
SacMap *cli_explanation_run (CliExplanation *self,
                             const SacMethod *method,
                             SacJob *job,
                             GError **error);

/* "a,b" as methods.  Returns: array of const SacMethod, or NULL with a usage
 * error that lists the methods. */
GPtrArray *cli_find_methods (const char *text, GError **error);

#endif
