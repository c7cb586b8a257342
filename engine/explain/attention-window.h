/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Which place of the image's token grid each token of a window is: windows may
 * be shifted around the edges and padded. */
#ifndef SAC_EXPLAIN_ATTENTION_WINDOW_H
#define SAC_EXPLAIN_ATTENTION_WINDOW_H

#include "explain/attention-find.h"

/* The grid that was cut into windows.  Returns: false when it is not known. */
bool sac_attention_window_grid (const SacFlow *flow,
                                const SacFoundAttention *found,
                                int64_t *ret_rows,
                                int64_t *ret_columns);

/* True when the grid was enlarged before its tokens became keys: even of one
 * window that holds them all not every token is a place then. */
bool sac_attention_window_is_padded (const SacFlow *flow,
                                     const SacFoundAttention *found);

/* The value that was cut into windows, rolled and padded.
 * Returns: its axis of features; -1 when it is not known. */
int sac_attention_window_uncut (const SacFlow *flow,
                                const SacFoundAttention *found,
                                int *ret_value);

/* One number for each token of each window of sample `batch`: its cell, row by
 * row, or -1 for padding.  ret_count: tokens of the sample.
 * Errors: UNSUPPORTED.  Returns: a new array; free with g_free. */
int *sac_attention_window_cells (const SacFlow *flow,
                                 const SacFoundAttention *found,
                                 int64_t batch,
                                 size_t *ret_count,
                                 GError **error);

#endif
