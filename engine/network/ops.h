/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The op table. */
#ifndef SAC_NETWORK_OPS_H
#define SAC_NETWORK_OPS_H

#include "network/op.h"

/* Every op, NULL-terminated, sorted by name. */
const SacOp *const *sac_ops_get_all (void);

/* domain: "" and "ai.onnx" mean ONNX's own.  Returns: NULL when unknown. */
const SacOp *sac_ops_find (const char *domain, const char *name);

#endif
