/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute/attention.h"

#include "compute/kernels.h"
#include "compute/loop.h"
#include "compute/product.h"
#include "compute/scratch.h"

#include <glib.h>
#include <string.h>

/* The scores of a chunk's queries stay in the L2 cache. */
#define SCORE_FLOATS ((size_t)192 << 10)
#define QUERIES_MAX 224
/* What a chunk of fewer multiplications would gain, its start would cost. */
#define CHUNK_MULTIPLICATIONS ((size_t)2 << 20)
#define SOFTMAX_ELEMENTS ((size_t)32 << 10)

typedef struct {
  const SacAttention *attention;
  float *keys, *values; /* packed, [image][head] */
  size_t key_floats, value_floats;
  size_t blocks;  /* of queries, of each head */
  size_t a_chunk; /* blocks that make a chunk */
} Work;

static Work
work_of (const SacAttention *a, float *workspace)
{
  size_t padded = (a->keys + SAC_PANEL - 1) / SAC_PANEL * SAC_PANEL;
  size_t queries = CLAMP (SCORE_FLOATS / padded, 14, QUERIES_MAX);
  Work work = {
    .attention = a,
    .key_floats = sac_product_packed_count (a->depth, a->keys),
    .value_floats = sac_product_packed_count (a->keys, a->value_depth),
    .blocks = (a->queries + queries - 1) / queries,
  };
  size_t each = (a->queries + work.blocks - 1) / work.blocks * a->keys *
                (a->depth + a->value_depth);

  work.a_chunk = MAX (1, CHUNK_MULTIPLICATIONS / MAX (1, each));
  work.keys = workspace;
  work.values = workspace + a->images * a->heads * work.key_floats;
  return work;
}

size_t
sac_attention_workspace (const SacAttention *a)
{
  Work work = work_of (a, NULL);

  return a->images * a->heads * (work.key_floats + work.value_floats);
}

static float *
tokens_at (const SacTokens *tokens, size_t image, size_t head)
{
  return tokens->data + (ptrdiff_t)image * tokens->image_step +
         (ptrdiff_t)head * tokens->head_step;
}

static void
pack_head (const void *data, size_t index)
{
  const Work *work = data;
  const SacAttention *a = work->attention;
  size_t image = index / a->heads, head = index % a->heads;

  sac_product_pack (work->keys + index * work->key_floats,
                    tokens_at (&a->k, image, head), a->depth, a->keys, 1,
                    a->k.token_step);
  sac_product_pack (work->values + index * work->value_floats,
                    tokens_at (&a->v, image, head), a->keys, a->value_depth,
                    a->v.token_step, 1);
}

static const float *
bias_at (const SacScoreBias *bias, size_t image, size_t head, size_t query)
{
  if (bias->data == NULL)
    return NULL;
  return bias->data + (ptrdiff_t)(image % bias->images) * bias->image_step +
         (ptrdiff_t)head * bias->head_step +
         (ptrdiff_t)query * bias->query_step;
}

/* Some queries of one head: scores, softmax, sums of values. */
static void
attend (const Work *work, size_t index, size_t query, size_t count)
{
  const SacAttention *a = work->attention;
  size_t image = index / a->heads, head = index % a->heads;
  size_t padded = (a->keys + SAC_PANEL - 1) / SAC_PANEL * SAC_PANEL;
  bool kept = a->probabilities != NULL;
  size_t step = kept ? a->keys : padded;
  float *scores = kept
                    ? a->probabilities + (index * a->queries + query) * a->keys
                    : sac_scratch (count * padded);
  SacRun all = {0, (ptrdiff_t)a->depth};
  SacTail none = {0};
  SacMultiply multiply = {
    .a = tokens_at (&a->q, image, head) + (ptrdiff_t)query * a->q.token_step,
    .a_step = a->q.token_step,
    .runs = &all,
    .run_count = 1,
    .b = work->keys + index * work->key_floats,
    .panel_floats = a->depth * SAC_PANEL,
    .c = sac_rows_plain (scores, step),
    .rows = count,
    .columns = a->keys,
    .tail = &none,
  };

  sac_kernels ()->multiply (&multiply);
  for (size_t i = 0; i < count; i++)
    sac_kernels ()->softmax (scores + i * step, a->keys, a->scale,
                             bias_at (&a->bias, image, head, query + i),
                             bias_at (&a->mask, image, head, query + i),
                             scores + i * step);
  all.count = (ptrdiff_t)a->keys;
  multiply.a = scores;
  multiply.a_step = (ptrdiff_t)step;
  multiply.b = work->values + index * work->value_floats;
  multiply.panel_floats = a->keys * SAC_PANEL;
  multiply.c = sac_rows_plain (tokens_at (&a->out, image, head) +
                                 (ptrdiff_t)query * a->out.token_step,
                               (size_t)a->out.token_step);
  multiply.columns = a->value_depth;
  sac_kernels ()->multiply (&multiply);
}

static void
attend_chunk (const void *data, size_t chunk)
{
  const Work *work = data;
  const SacAttention *a = work->attention;
  size_t all = a->images * a->heads * work->blocks;
  size_t end = MIN (all, (chunk + 1) * work->a_chunk);

  for (size_t i = chunk * work->a_chunk; i < end; i++) {
    size_t block = i % work->blocks;
    size_t query = a->queries * block / work->blocks;

    attend (work, i / work->blocks, query,
            a->queries * (block + 1) / work->blocks - query);
  }
}

bool
sac_attention_run (const SacAttention *attention,
                   float *workspace,
                   const SacJob *job)
{
  Work work = work_of (attention, workspace);
  size_t heads = attention->images * attention->heads;
  size_t blocks = heads * work.blocks;

  return sac_loop_run (heads, pack_head, &work, job) &&
         sac_loop_run ((blocks + work.a_chunk - 1) / work.a_chunk, attend_chunk,
                       &work, job);
}

static size_t
softmax_rows (const SacSoftmax *softmax)
{
  return MAX (1, SOFTMAX_ELEMENTS / softmax->columns);
}

static void
softmax_chunk (const void *data, size_t index)
{
  const SacSoftmax *softmax = data;
  size_t rows = softmax_rows (softmax);
  size_t end = MIN (softmax->rows, (index + 1) * rows);

  for (size_t row = index * rows; row < end; row++)
    sac_kernels ()->softmax (softmax->x + (ptrdiff_t)row * softmax->x_step,
                             softmax->columns, 1, NULL, NULL,
                             softmax->y + (ptrdiff_t)row * softmax->y_step);
}

bool
sac_softmax_run (const SacSoftmax *softmax, const SacJob *job)
{
  size_t rows = softmax_rows (softmax);

  return sac_loop_run ((softmax->rows + rows - 1) / rows, softmax_chunk,
                       softmax, job);
}
