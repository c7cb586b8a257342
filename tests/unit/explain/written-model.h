/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Networks that a test writes as text, and what tests ask of them. */
#ifndef SAC_TESTS_WRITTEN_MODEL_H
#define SAC_TESTS_WRITTEN_MODEL_H

#include "explain/method.h"

/* text: see onnx-writer.h, and
 *
 *   noise w 2,3      float weights without structure, the same each time */
SacModel *written_model_new (const char *text);
SacNetwork *written_network_new (const char *text);

/* A plan without wishes for one input of that shape. */
SacPlan *written_plan_new (SacNetwork *network, const SacShape *shape);

/* Elements from -1 to 1 without structure, the same for a seed. */
SacTensor *written_input_new (const SacShape *shape, guint32 seed);

/* Runs the method; the request's params are pairs "KEY=VALUE", NULL: none. */
SacMap *written_run (const char *method,
                     SacExplainRequest *request,
                     const char *params,
                     GError **error);

#endif
