/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute/product.h"

#include "compute/cut.h"
#include "compute/kernels.h"
#include "compute/loop.h"
#include "compute/scratch.h"
#include "compute/split.h"
#include "compute/vector-math.h"

#include <glib.h>
#include <string.h>

/* Rows that share a reading of the weights while they lie in the L2 cache. */
#define STRIPE_ROWS 224

size_t
sac_product_packed_count (size_t depth, size_t columns)
{
  return (columns + SAC_PANEL - 1) / SAC_PANEL * depth * SAC_PANEL;
}

void
sac_product_pack (float *packed,
                  const float *b,
                  size_t depth,
                  size_t columns,
                  ptrdiff_t depth_step,
                  ptrdiff_t column_step)
{
  for (size_t first = 0; first < columns; first += SAC_PANEL) {
    size_t count = MIN (SAC_PANEL, columns - first);
    const float *from = b + (ptrdiff_t)first * column_step;
    bool turned = depth_step == 1 && column_step != 1;

    if (turned)
      sac_kernels ()->transpose (from, column_step, count, depth, packed,
                                 SAC_PANEL);
    for (size_t d = 0; d < depth;
         d++, packed += SAC_PANEL, from += depth_step) {
      if (column_step == 1 && count == SAC_PANEL) {
        memcpy (packed, from, SAC_PANEL * sizeof (float));
        continue;
      }
      for (size_t i = 0; i < count && !turned; i++)
        packed[i] = from[(ptrdiff_t)i * column_step];
      for (size_t i = count; i < SAC_PANEL; i++)
        packed[i] = 0;
    }
  }
}

typedef struct {
  float *to;
  const float *packed;
  size_t depth, run;
} Sums;

static SAC_WIDE void
sum_panel (const void *data, size_t index)
{
  const Sums *sums = data;
  const float *from = sums->packed + index * sums->depth * SAC_PANEL;
  size_t rows = sums->depth / sums->run;
  float *to = sums->to + index * rows * SAC_PANEL;

  for (size_t row = 0; row < rows; row++, to += SAC_PANEL) {
    memcpy (to, from, SAC_PANEL * sizeof *to);
    from += SAC_PANEL;
    for (size_t i = 1; i < sums->run; i++, from += SAC_PANEL) {
      SAC_INDEPENDENT
      for (size_t column = 0; column < SAC_PANEL; column++)
        to[column] += from[column];
    }
  }
}

bool
sac_product_pack_sums (float *to,
                       const float *packed,
                       size_t depth,
                       size_t columns,
                       size_t run,
                       const SacJob *job)
{
  return sac_loop_run ((columns + SAC_PANEL - 1) / SAC_PANEL, sum_panel,
                       &(Sums){to, packed, depth, run}, job);
}

/* Parts of a product that one thread does: no more than it must have. */
#define CHUNKS_HERE 2

static SacCut
cut_product (const SacProduct *product, size_t chunks)
{
  return sac_cut (product->rows, product->depth, product->columns, STRIPE_ROWS,
                  chunks);
}

size_t
sac_product_chunks (const SacProduct *product)
{
  SacCut cut = cut_product (product, SAC_CUT_CHUNKS);

  return cut.stripes * cut.groups;
}

SacSplit
sac_product_split (const SacProduct *product, const SacJob *job)
{
  SacCut cut = cut_product (product, SAC_CUT_CHUNKS);

  return cut.groups > 1
           ? sac_split (&product->a, product->rows, product->depth, job)
           : (SacSplit){NULL, 0};
}

static void
multiply_part (const SacProduct *p, SacCutPart part)
{
  size_t column = part.panel * SAC_PANEL;
  bool in_line = p->a.block_step == SAC_BLOCK;
  SacRun whole = {0, (ptrdiff_t)p->depth};
  size_t run_count = in_line ? 1 : sac_blocks (p->depth);
  SacRun *runs = in_line ? &whole : (SacRun *)sac_scratch (run_count * 4);
  ptrdiff_t c = (ptrdiff_t)part.row * p->c.row_step +
                (ptrdiff_t)(column / SAC_BLOCK) * p->c.block_step;
  SacTail tail = sac_tail_from (&p->tail, column, c);

  SacMultiply work = {
    .a = p->a.data + (ptrdiff_t)part.row * p->a.row_step,
    .a_step = p->a.row_step,
    .runs = runs,
    .run_count = run_count,
    .b = p->packed + part.panel * p->depth * SAC_PANEL,
    .panel_floats = p->depth * SAC_PANEL,
    .c = {p->c.data + c, p->c.row_step, p->c.block_step, p->c.blocked},
    .rows = part.row_end - part.row,
    .columns = MIN (p->columns, part.panel_end * SAC_PANEL) - column,
    .tail = &tail,
    .split = sac_split_from (&p->split, part.row),
  };

  if (!in_line)
    sac_list_runs (&p->a, p->depth, runs);
  sac_kernels ()->multiply (&work);
}

void
sac_product_chunk (const SacProduct *product, size_t index)
{
  SacCut cut = cut_product (product, SAC_CUT_CHUNKS);

  multiply_part (product, sac_cut_part (&cut, product->rows, index));
}

static void
run_chunk (const void *work, size_t index)
{
  sac_product_chunk (work, index);
}

void
sac_product_here (const SacProduct *product)
{
  SacCut cut = cut_product (product, CHUNKS_HERE);

  for (size_t i = 0; i < cut.stripes * cut.groups && sac_loop_goes_on (); i++)
    multiply_part (product, sac_cut_part (&cut, product->rows, i));
}

bool
sac_product_run (const SacProduct *product, const SacJob *job)
{
  SacProduct split = *product;

  split.split = sac_product_split (product, job);
  return sac_loop_run (sac_product_chunks (product), run_chunk, &split, job);
}
