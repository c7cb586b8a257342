/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The parameters of a method: text of the request, or the default. */
#ifndef SAC_EXPLAIN_PARAMS_H
#define SAC_EXPLAIN_PARAMS_H

#include "explain/method.h"

/* Borrowed from the request or the parameter. */
const char *sac_param_get_text (const SacExplainRequest *request,
                                const SacMethodParam *param);

/* Every key of the request must be a parameter of the method.
 * Errors: MISMATCH, with a list of what there is. */
bool sac_params_check (const SacMethod *method,
                       const SacExplainRequest *request,
                       GError **error);

/* As a whole number from `min` to `max`.  Errors: MISMATCH. */
bool sac_param_get_int (const SacExplainRequest *request,
                        const SacMethodParam *param,
                        int64_t min,
                        int64_t max,
                        int64_t *ret_value,
                        GError **error);

/* As one of the NULL-terminated names.  ret_index: which.  Errors: MISMATCH. */
bool sac_param_get_choice (const SacExplainRequest *request,
                           const SacMethodParam *param,
                           const char *const *names,
                           int64_t *ret_index,
                           GError **error);

/* As a number, not negative.  Errors: MISMATCH. */
bool sac_param_get_number (const SacExplainRequest *request,
                           const SacMethodParam *param,
                           double *ret_value,
                           GError **error);

#endif
