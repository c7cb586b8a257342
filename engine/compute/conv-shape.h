/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The numbers of a two-dimensional convolution, and the layout of its images.
 *
 * Blocked images lie as [channels / 16][images][height][width][16]: the images
 * of a batch follow each other inside a block of channels, so that all pixels
 * of a batch are the rows of one matrix (rows.h) and share each reading of the
 * weights.  64-byte aligned; the tail of the last block is zero. */
#ifndef SAC_COMPUTE_CONV_SHAPE_H
#define SAC_COMPUTE_CONV_SHAPE_H

#include "compute/rows.h"

typedef struct {
  size_t images;
  size_t channels, filters; /* of the input, of the output */
  size_t height, width;     /* of the input */
  size_t out_height, out_width;
  size_t kernel_height, kernel_width;
  size_t stride_y, stride_x;
  size_t dilation_y, dilation_x;
  /* Zeros before the first row and column; how many follow the last is what
   * the output's size asks for. */
  ptrdiff_t pad_top, pad_left;
  size_t groups; /* divides channels and filters */
} SacConvShape;

/* A 1x1 convolution that leaves the image's size as it is. */
static inline SacConvShape
sac_conv_shape_pointwise (
  size_t images, size_t height, size_t width, size_t channels, size_t filters)
{
  return (SacConvShape){
    .images = images,
    .channels = channels,
    .filters = filters,
    .height = height,
    .width = width,
    .out_height = height,
    .out_width = width,
    .kernel_height = 1,
    .kernel_width = 1,
    .stride_y = 1,
    .stride_x = 1,
    .dilation_y = 1,
    .dilation_x = 1,
    .groups = 1,
  };
}

static inline size_t
sac_conv_in_pixels (const SacConvShape *s)
{
  return s->images * s->height * s->width;
}

static inline size_t
sac_conv_out_pixels (const SacConvShape *s)
{
  return s->images * s->out_height * s->out_width;
}

/* Floats of the blocked input and output. */
static inline size_t
sac_conv_in_count (const SacConvShape *s)
{
  return sac_blocks (s->channels) * SAC_BLOCK * sac_conv_in_pixels (s);
}

static inline size_t
sac_conv_out_count (const SacConvShape *s)
{
  return sac_blocks (s->filters) * SAC_BLOCK * sac_conv_out_pixels (s);
}

#endif
