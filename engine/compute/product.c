/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute/product.h"

#include "compute/kernels.h"
#include "compute/loop.h"
#include "compute/scratch.h"

#include <glib.h>
#include <string.h>

/* Some 0.2 ms of AVX-512, 5 ms of plain C. */
#define CHUNK_MULTIPLICATIONS (12 << 20)
/* Rows that share a reading of the weights while they lie in the L2 cache. */
#define CHUNK_ROWS 224
/* Enough chunks that threads end at nearly the same time. */
#define CHUNK_COUNT_WANTED 8

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

    for (size_t d = 0; d < depth; d++, packed += SAC_PANEL) {
      const float *from =
        b + (ptrdiff_t)d * depth_step + (ptrdiff_t)first * column_step;

      for (size_t i = 0; i < count; i++)
        packed[i] = from[(ptrdiff_t)i * column_step];
      memset (packed + count, 0, (SAC_PANEL - count) * sizeof (float));
    }
  }
}

/* How C is cut: into stripes of rows, each into groups of panels. */
typedef struct {
  size_t stripes, groups;
  size_t panels;
} Cut;

static Cut
cut (const SacProduct *p)
{
  Cut cut = {.panels = (p->columns + SAC_PANEL - 1) / SAC_PANEL};

  cut.stripes = (p->rows + CHUNK_ROWS - 1) / CHUNK_ROWS;

  size_t rows = (p->rows + cut.stripes - 1) / cut.stripes;
  size_t panel_work = rows * p->depth * SAC_PANEL;
  size_t panels = MAX (1, CHUNK_MULTIPLICATIONS / panel_work);
  size_t wanted = (CHUNK_COUNT_WANTED + cut.stripes - 1) / cut.stripes;

  cut.groups = MAX ((cut.panels + panels - 1) / panels, wanted);
  cut.groups = MIN (cut.groups, cut.panels);
  return cut;
}

size_t
sac_product_chunks (const SacProduct *product)
{
  Cut parts = cut (product);

  return parts.stripes * parts.groups;
}

static SacRun *
list_runs (const SacRows *a, size_t depth, SacRun *runs)
{
  for (size_t block = 0; block < sac_blocks (depth); block++)
    runs[block] =
      (SacRun){(ptrdiff_t)block * a->block_step,
               (ptrdiff_t)MIN (SAC_BLOCK, depth - block * SAC_BLOCK)};
  return runs;
}

void
sac_product_chunk (const SacProduct *p, size_t index)
{
  Cut parts = cut (p);
  size_t stripe = index / parts.groups, group = index % parts.groups;
  size_t row = p->rows * stripe / parts.stripes;
  size_t row_end = p->rows * (stripe + 1) / parts.stripes;
  size_t panel = parts.panels * group / parts.groups;
  size_t panel_end = parts.panels * (group + 1) / parts.groups;
  size_t column = panel * SAC_PANEL;
  bool in_line = p->a.block_step == SAC_BLOCK;
  SacRun whole = {0, (ptrdiff_t)p->depth};
  size_t run_count = in_line ? 1 : sac_blocks (p->depth);
  SacRun *runs = in_line ? &whole
                         : list_runs (&p->a, p->depth,
                                      (SacRun *)sac_scratch (run_count * 4));
  ptrdiff_t c = (ptrdiff_t)row * p->c.row_step +
                (ptrdiff_t)(column / SAC_BLOCK) * p->c.block_step;
  SacTail tail = p->tail;

  if (tail.bias != NULL)
    tail.bias += column;
  if (tail.scale != NULL)
    tail.scale += column;
  if (tail.residual != NULL)
    tail.residual += c;

  SacMultiply work = {
    .a = p->a.data + (ptrdiff_t)row * p->a.row_step,
    .a_step = p->a.row_step,
    .runs = runs,
    .run_count = run_count,
    .b = p->packed + panel * p->depth * SAC_PANEL,
    .panel_floats = p->depth * SAC_PANEL,
    .c = {p->c.data + c, p->c.row_step, p->c.block_step, p->c.blocked},
    .rows = row_end - row,
    .columns = MIN (p->columns, panel_end * SAC_PANEL) - column,
    .tail = &tail,
  };

  sac_kernels ()->multiply (&work);
}

static void
run_chunk (const void *work, size_t index)
{
  sac_product_chunk (work, index);
}

bool
sac_product_run (const SacProduct *product, const SacJob *job)
{
  return sac_loop_run (sac_product_chunks (product), run_chunk, product, job);
}
