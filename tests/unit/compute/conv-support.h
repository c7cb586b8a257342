/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A convolution with its values, and its definition in double. */
#ifndef SAC_TESTS_CONV_SUPPORT_H
#define SAC_TESTS_CONV_SUPPORT_H

#include "compute/conv.h"

#include <glib.h>

/* Of width-major numbers: square kernels, the same in both directions. */
SacConvShape conv_shape (size_t images,
                         size_t channels,
                         size_t filters,
                         size_t height,
                         size_t width,
                         size_t kernel,
                         size_t stride,
                         size_t pad,
                         size_t groups);

/* Everything plain: x as [images][channels][height][width], residual as the
 * result.  Free with conv_case_free. */
typedef struct {
  SacConvShape shape;
  float *x, *weights, *bias, *scale, *residual;
} ConvCase;

ConvCase *conv_case_new (const SacConvShape *shape, guint32 seed);
void conv_case_free (ConvCase *c);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConvCase, conv_case_free)

/* Returns: the result [images][filters][out_height][out_width]. */
double *conv_expect (const ConvCase *c, const SacTail *tail);

/* Runs with guards; returns the result, plain.  tail: its residual is taken
 * from the case, if any is set; what it saves is blocked as the result is. */
float *conv_got (const ConvCase *c, SacConvAlgorithm algorithm, SacTail tail);

#endif
