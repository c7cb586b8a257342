/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The parameters of a method: text of the request, or the default.  The
 * functions that read them are for requests that sac_params_check let pass. */
#ifndef SAC_EXPLAIN_PARAMS_H
#define SAC_EXPLAIN_PARAMS_H

#include "explain/method.h"

/* The parameter that says whether a map is rectified. */
#define SAC_PARAM_RELU                                                         \
  {                                                                            \
    .name = "relu", .label = N_ ("Show positive evidence only"),               \
    .fallback = "1", .kind = SAC_PARAM_WHOLE, .min = 0, .max = 1               \
  }

/* The parameter that says which token asks: its number, tokens without a place
 * counted first. */
#define SAC_PARAM_QUERY "query"

/* Whose attention is followed among tokens with a class token: its own,
 * whatever the score reads of the last block, or that of the tokens that it
 * reads. */
#define SAC_PARAM_ROWS                                                         \
  {                                                                            \
    .name = "rows", .label = N_ ("Whose attention is followed"),               \
    .fallback = "class", .kind = SAC_PARAM_CHOICE,                             \
    .choices = sac_param_row_names, .choice_labels = sac_param_row_labels      \
  }
extern const char *const sac_param_row_names[]; /* "class", "read" */
extern const char *const sac_param_row_labels[];

/* Where a product over blocks begins. */
#define SAC_PARAM_START_LAYER                                                  \
  {                                                                            \
    .name = "start_layer",                                                     \
    .label = N_ ("First block used; negative: counted from the end"),          \
    .fallback = "0", .kind = SAC_PARAM_WHOLE, .min = G_MININT, .max = G_MAXINT \
  }

/* Borrowed from the request or the parameter. */
const char *sac_param_get_text (const SacExplainRequest *request,
                                const SacMethodParam *param);

/* Every key of the request must be a parameter of the method, and its text what
 * the parameter takes.  Errors: MISMATCH, with a list of what there is, or the
 * range. */
bool sac_params_check (const SacMethod *method,
                       const SacExplainRequest *request,
                       GError **error);

/* Whether the method has a parameter of that name. */
bool sac_params_has (const SacMethod *method, const char *name);

/* Whether the text is within what the parameter takes. */
bool sac_param_takes (const SacMethodParam *param, const char *text);

/* "a whole number from 0 to 1", "one of raw, times-n": what the parameter
 * takes.  Returns: a new string. */
char *sac_param_describe (const SacMethodParam *param);

int64_t sac_param_get_whole (const SacExplainRequest *request,
                             const SacMethodParam *param);

/* NaN where the text is one of the choices. */
double sac_param_get_number (const SacExplainRequest *request,
                             const SacMethodParam *param);

/* Which of the choices; -1 where it is a number. */
int sac_param_get_choice (const SacExplainRequest *request,
                          const SacMethodParam *param);

#endif
