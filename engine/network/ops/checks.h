/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Checks that the numeric ops share, besides those of op.h. */
#ifndef SAC_NETWORK_OPS_CHECKS_H
#define SAC_NETWORK_OPS_CHECKS_H

#include "network/op.h"

/* Fails unless all present inputs have one floating type that is stored as
 * float32, and input 0 is present. */
bool sac_checks_float32 (const SacInfer *infer, GError **error);

/* Fails unless input i, when present, has exactly this shape; `noun` says what
 * the input is ("bias"). */
bool sac_checks_shape (const SacInfer *infer,
                       size_t input,
                       const SacShape *shape,
                       const char *noun,
                       GError **error);

/* Reads the integer attribute `name` as an axis of `shape`, made non-negative.
 */
bool sac_checks_axis (const SacInfer *infer,
                      const char *name,
                      int64_t fallback,
                      const SacShape *shape,
                      int *ret_axis,
                      GError **error);

#endif
