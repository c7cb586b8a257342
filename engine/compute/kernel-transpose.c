/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute/kernel-table.h"

#if LANES == 16
#define FOR_LANES(X, size)                                                     \
  X (0, size), X (1, size), X (2, size), X (3, size), X (4, size),             \
    X (5, size), X (6, size), X (7, size), X (8, size), X (9, size),           \
    X (10, size), X (11, size), X (12, size), X (13, size), X (14, size),      \
    X (15, size)
#elif LANES == 8
#define FOR_LANES(X, size)                                                     \
  X (0, size), X (1, size), X (2, size), X (3, size), X (4, size),             \
    X (5, size), X (6, size), X (7, size)
#else
#define FOR_LANES(X, size) X (0, size), X (1, size), X (2, size), X (3, size)
#endif

/* Of two rows `size` apart: the lanes that stay and those that change places;
 * lanes of the second count on from the first's. */
#define UPPER(lane, size) ((lane) & (size) ? LANES + (lane) - (size) : (lane))
#define LOWER(lane, size) ((lane) & (size) ? LANES + (lane) : (lane) + (size))

#define EXCHANGE(size)                                                         \
  UNROLL for (int i = 0; i < LANES; i++)                                       \
  {                                                                            \
    if ((i & (size)) == 0) {                                                   \
      Vec a = rows[i], b = rows[i + (size)];                                   \
                                                                               \
      rows[i] = __builtin_shufflevector (a, b, FOR_LANES (UPPER, size));       \
      rows[i + (size)] =                                                       \
        __builtin_shufflevector (a, b, FOR_LANES (LOWER, size));               \
    }                                                                          \
  }

/* Neighbours, pairs, ... halves exchange what lies off the diagonal. */
static void
transpose_square (const float *from,
                  ptrdiff_t from_step,
                  float *to,
                  ptrdiff_t to_step)
{
  Vec rows[LANES];

  UNROLL for (int i = 0; i < LANES; i++) rows[i] =
    vec_load (from + i * from_step);
  EXCHANGE (1)
  EXCHANGE (2)
#if LANES > 4
  EXCHANGE (4)
#endif
#if LANES > 8
  EXCHANGE (8)
#endif
  UNROLL for (int i = 0; i < LANES; i++) vec_store (to + i * to_step, rows[i]);
}

void
SAC_KERNEL (transpose) (const float *from,
                        ptrdiff_t from_step,
                        size_t rows,
                        size_t columns,
                        float *to,
                        ptrdiff_t to_step)
{
  size_t whole_rows = rows / LANES * LANES;
  size_t whole_columns = columns / LANES * LANES;

  for (size_t row = 0; row < whole_rows; row += LANES) {
    for (size_t column = 0; column < whole_columns; column += LANES)
      transpose_square (from + (ptrdiff_t)row * from_step + column, from_step,
                        to + (ptrdiff_t)column * to_step + row, to_step);
  }
  for (size_t row = 0; row < rows; row++) {
    for (size_t column = row < whole_rows ? whole_columns : 0; column < columns;
         column++)
      to[(ptrdiff_t)column * to_step + (ptrdiff_t)row] =
        from[(ptrdiff_t)row * from_step + (ptrdiff_t)column];
  }
}
