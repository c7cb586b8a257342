/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What the tests of the kernels share. */
#ifndef SAC_TESTS_COMPUTE_SUPPORT_H
#define SAC_TESTS_COMPUTE_SUPPORT_H

#include "compute/rows.h"
#include "compute/tail.h"
#include "compute/variant.h"

#include <glib.h>

/* A buffer with guards at both ends that must stay as they are.  Aligned to 64
 * bytes; its floats are NaN. */
float *guarded_new (size_t count);
/* Fails the test if a guard has changed. */
void guarded_free (float *values, size_t count, const char *what);

/* Values in [-1, 1], always the same for the same seed. */
void fill (float *values, size_t count, guint32 seed);

/* How far a product's results may be off, relative to the largest: what float32
 * needs, and with AMX no less than 3e-4.  It leaves out up to 3 * 2^-18 of each
 * product of a sum, of either sign, and the sums here are of up to two thousand
 * numbers below 1 and may have been limited to 0.7. */
double product_tolerance (double float32);

/* Adds the test once a variant, as PATH/VARIANT; where this processor has not
 * the variant it is skipped. */
void add_for_variants (const char *path, void (*test) (void));

/* [rows][columns] to the blocked layout, the tail zero, and back, where the
 * tail must be zero. */
void
to_blocked (float *blocked, const float *plain, size_t rows, size_t columns);
void
from_blocked (float *plain, const float *blocked, size_t rows, size_t columns);

/* The tail's definition in double on a sum of one column, `residual` being the
 * element's own. */
double
tail_of (const SacTail *tail, double sum, size_t column, double residual);

/* The slope of a function without numbers of its own. */
double slope_of (SacFunction function, double x);

/* Some tails, which together have every part and function; `bias` and `scale`
 * get column-sized arrays. */
size_t tail_example_count (void);
SacTail tail_example (size_t index,
                      const float *bias,
                      const float *scale,
                      const float *residual);

#endif
