/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The places that each output of a convolution or pooling looks at. */
#ifndef SAC_EXPLAIN_TOKEN_WINDOW_H
#define SAC_EXPLAIN_TOKEN_WINDOW_H

#include "explain/flow.h"

/* Rows, then columns; [N, C, L] is one row. */
typedef struct {
  int64_t samples, channels_in, channels_out;
  int64_t in[2], out[2];
  int64_t kernel[2], stride[2], dilation[2], pad[2];
} SacTokenWindow;

/* Returns: false when the node has no such windows. */
bool sac_token_window_read (const SacFlow *flow,
                            const SacNode *node,
                            SacTokenWindow *ret);

/* The sum over channels of each output is given in equal parts to all channels
 * of the places of its window that are inside.  Adds to `in`. */
void sac_token_window_spread (const SacTokenWindow *window,
                              const double *out,
                              double *in);

#endif
