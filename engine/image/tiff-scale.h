/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* How large a TIFF's pixels are: as the description of an OME-TIFF says it
 * (PhysicalSizeX, PhysicalSizeY), or ImageJ's, or else the resolution's tags.
 */
#ifndef SAC_IMAGE_TIFF_SCALE_H
#define SAC_IMAGE_TIFF_SCALE_H

#include "image/tiff-handle.h"

/* The most micrometres a pixel that a microscope gives.  Plain TIFFs often
 * state 72 or 300 dots an inch out of habit: 353 and 85. */
#define SAC_TIFF_MPP_MAX 20.0

typedef struct {
  double x, y; /* micrometres across and down; 0: not stated */
} SacTiffScale;

/* Of the directory the handle stands at.  What is above `most`, or too small
 * for light, counts as not stated. */
SacTiffScale sac_tiff_scale_read (SacTiffHandle *handle, double most);

#endif
