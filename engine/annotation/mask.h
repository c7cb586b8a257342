/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Pictures in which somebody has painted what lies where: PNG and other flat
 * images, tiled TIFF as ASAP and Camelyon have it.
 *
 * Black is background; where there is no black, white is.  Each other grey
 * value or colour is a class, called by its number; a single one is called
 * "mask".  Pictures with more than that, blurred or out of a JPEG, are cut at
 * half.  Pixels are looked at, never mixed, so that classes stay what they are.
 */
#ifndef SAC_ANNOTATION_MASK_H
#define SAC_ANNOTATION_MASK_H

#include "annotation/annotation.h"
#include "base/job.h"

/* What a mask belongs to. */
typedef struct {
  int64_t width, height; /* level 0 */
  double mpp;            /* 0: not known */
} SacMaskImage;

typedef struct {
  int rows, columns;
  uint8_t *cells;     /* 0: background, else a class's index + 1 */
  GPtrArray *classes; /* of SacAnnotationClass */
  SacRect place;      /* what the grid covers, level 0 */
  bool is_cut;        /* there were more values than classes: cut at half */
} SacMask;

/* At most SAC_LIMIT_MASK_SIDE cells a side.  Its place follows from the ratio
 * of sizes, where the shapes agree, else from the micrometres of both, with one
 * corner in common: writers fill up the last tiles.  Never from the level.
 * Errors: those of sac_source_open and of reading; MISMATCH when it cannot be a
 * mask of that image; UNSUPPORTED for small numbers of 16 bits. */
SacMask *sac_mask_read (const char *path,
                        const SacMaskImage *image,
                        SacJob *job,
                        GError **error);
void sac_mask_free (SacMask *mask);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacMask, sac_mask_free)

/* One annotation for each connected area (cells that share a side), its border
 * along the cells, holes included.  Put back on the same grid, it is the same
 * mask.  Errors: TOO_LARGE, cancelled. */
SacAnnotations *
sac_mask_to_annotations (const SacMask *mask, SacJob *job, GError **error);

/* Annotations of any kind of file: mask images by the above, others by
 * sac_annotations_read. */
SacAnnotations *sac_annotations_open (const char *path,
                                      const SacMaskImage *image,
                                      SacJob *job,
                                      GError **error);

/* Rectangles and polygons as a mask of the image's shape, at most `side` pixels
 * a side: a grey PNG of 255, or with classes of their index + 1.  What lies
 * half or more in an annotation belongs to it.  Errors: UNWRITABLE, TOO_LARGE,
 * cancelled. */
bool sac_mask_write_png (const char *path,
                         const SacAnnotations *set,
                         const SacMaskImage *image,
                         int side,
                         SacJob *job,
                         GError **error);

#endif
