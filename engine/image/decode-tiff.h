/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A page of a TIFF as a picture in memory; the decoder's table entry takes the
 * first.  16 bits keep their upper 8, as PNG files of that depth do. */
#ifndef SAC_IMAGE_DECODE_TIFF_H
#define SAC_IMAGE_DECODE_TIFF_H

#include "base/job.h"
#include "image/image.h"
#include "image/tiff-handle.h"

/* The directory in force.  Errors: UNSUPPORTED, DAMAGED (also when blocks are
 * left out), TOO_LARGE. */
SacImage *
sac_decode_tiff_page (SacTiffHandle *handle, SacJob *job, GError **error);

#endif
