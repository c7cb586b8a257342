/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Scaled dot-product attention on plain tokens:
 *   probabilities = softmax (q k^T scale + bias + mask), out = probabilities v
 * for each image (or window) and head. */
#ifndef SAC_COMPUTE_ATTENTION_H
#define SAC_COMPUTE_ATTENTION_H

#include "base/job.h"

#include <stdbool.h>
#include <stddef.h>

/* Element (image, head, token, i) stands at
 * data[image * image_step + head * head_step + token * token_step + i], so that
 * queries, keys and values may lie in one tensor as a linear layer left them.
 */
typedef struct {
  float *data;
  ptrdiff_t image_step, head_step, token_step;
} SacTokens;

/* Added to the scores; element (image, head, query, key) stands at
 * data[image % images * image_step + head * head_step + query * query_step +
 * key].  A step of 0 shares.  data NULL: nothing is added. */
typedef struct {
  const float *data;
  size_t images;
  ptrdiff_t image_step, head_step, query_step;
} SacScoreBias;

typedef struct {
  size_t images, heads, queries, keys;
  size_t depth, value_depth; /* of a head */
  SacTokens q, k, v;         /* not written */
  SacTokens out;             /* must not meet the others */
  float scale;
  SacScoreBias bias, mask;
  float *probabilities; /* [images][heads][queries][keys], or NULL */
} SacAttention;

/* Floats of working memory that a run needs, 64-byte aligned. */
size_t sac_attention_workspace (const SacAttention *attention);

/* On the pool.  Returns: false when cancelled. */
bool sac_attention_run (const SacAttention *attention,
                        float *workspace,
                        const SacJob *job);

/* y = softmax (x) along rows of `columns` that begin `step` apart; y may be x.
 */
typedef struct {
  size_t rows, columns;
  const float *x;
  ptrdiff_t x_step;
  float *y;
  ptrdiff_t y_step;
} SacSoftmax;

bool sac_softmax_run (const SacSoftmax *softmax, const SacJob *job);

#endif
