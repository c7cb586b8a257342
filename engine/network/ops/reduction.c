/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/ops/reduction.h"

#include "network/ops/elements.h"

static void
append_axis (SacReductionAxes *axes, int64_t size, int64_t stride)
{
  axes->dims[axes->rank] = size;
  axes->strides[axes->rank] = stride;
  axes->rank++;
}

void
sac_reduction_init (SacReduction *r, const SacShape *shape, const bool *chosen)
{
  SacReductionAxes merged = {.rank = 0};
  bool is_reduced[SAC_LIMIT_RANK] = {false};
  int64_t strides[SAC_LIMIT_RANK];

  *r = (SacReduction){.last = 1, .result_count = 1, .reduced_count = 1};
  sac_shape_strides (shape, strides);
  for (int axis = 0; axis < shape->rank; axis++) {
    int64_t size = shape->dims[axis];
    int last = merged.rank - 1;

    *(chosen[axis] ? &r->reduced_count : &r->result_count) *= size;
    if (size == 1)
      continue;
    if (last >= 0 && is_reduced[last] == chosen[axis]) {
      merged.dims[last] *= size;
      merged.strides[last] = strides[axis];
    } else {
      is_reduced[merged.rank] = chosen[axis];
      append_axis (&merged, size, strides[axis]);
    }
  }
  for (int i = 0; i + 1 < merged.rank; i++)
    append_axis (is_reduced[i] ? &r->reduced : &r->kept, merged.dims[i],
                 merged.strides[i]);
  if (merged.rank > 0) {
    r->last = merged.dims[merged.rank - 1];
    r->last_is_kept = !is_reduced[merged.rank - 1];
  }
}

/* Offset of combination `index` of the axes, counted in C order. */
static int64_t
find_offset (const SacReductionAxes *axes, int64_t index)
{
  int64_t offset = 0;

  for (int i = axes->rank - 1; i >= 0; i--) {
    offset += index % axes->dims[i] * axes->strides[i];
    index /= axes->dims[i];
  }
  return offset;
}

static int64_t
count_combinations (const SacReductionAxes *axes)
{
  int64_t count = 1;

  for (int i = 0; i < axes->rank; i++)
    count *= axes->dims[i];
  return count;
}

/* The results lie side by side: a run takes one element of each. */
static void
visit_across (const SacReduction *r,
              int64_t from,
              int64_t count,
              SacReductionFunc func,
              void *data)
{
  int64_t combinations = count_combinations (&r->reduced);

  for (int64_t done = 0; done < count;) {
    int64_t result = from + done;
    int64_t column = result % r->last;
    int64_t base = find_offset (&r->kept, result / r->last) + column;
    int64_t width = MIN (count - done, r->last - column);

    for (int64_t i = 0; i < combinations; i++)
      func (&(SacReductionRun){base + find_offset (&r->reduced, i), width, done,
                               true},
            data);
    done += width;
  }
}

/* The elements of a result lie side by side. */
static void
visit_along (const SacReduction *r,
             int64_t from,
             int64_t count,
             SacReductionFunc func,
             void *data)
{
  int64_t combinations = count_combinations (&r->reduced);

  for (int64_t result = 0; result < count; result++) {
    int64_t base = find_offset (&r->kept, from + result);

    for (int64_t i = 0; i < combinations; i++) {
      int64_t at = base + find_offset (&r->reduced, i);

      for (int64_t done = 0; done < r->last; done += SAC_REDUCTION_BLOCK)
        func (&(SacReductionRun){at + done,
                                 MIN (SAC_REDUCTION_BLOCK, r->last - done),
                                 result, false},
              data);
    }
  }
}

void
sac_reduction_visit (const SacReduction *r,
                     int64_t from,
                     int64_t count,
                     SacReductionFunc func,
                     void *data)
{
  if (r->reduced_count == 0)
    return;
  if (r->last_is_kept)
    visit_across (r, from, count, func, data);
  else
    visit_along (r, from, count, func, data);
}

void
sac_reduction_run (const SacReduction *r,
                   void (*func) (int64_t from, int64_t to, void *data),
                   void *data)
{
  int64_t chunk = SAC_ELEMENTS_CHUNK / MAX (1, r->reduced_count);

  /* Side by side, a few columns at a time would waste what memory delivers. */
  sac_elements_run (r->result_count,
                    CLAMP (chunk, r->last_is_kept ? 64 : 1,
                           SAC_REDUCTION_BLOCK),
                    func, data);
}
