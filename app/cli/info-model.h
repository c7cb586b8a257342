/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What `info` tells about a model. */
#ifndef SAC_CLI_INFO_MODEL_H
#define SAC_CLI_INFO_MODEL_H

#include "cli.h"

#include "network/model.h"

/* Inputs, outputs, ops; and where the shapes can be bound: attention found,
 * the layer for class activation maps and the others that could serve.
 * Returns: a new object; it does not fail for want of shapes. */
JsonObject *cli_model_to_json (SacModel *model, SacJob *job, GError **error);

#endif
