/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Where a slide has tissue, so that models need not look at glass.
 *
 * The saturation of a thumbnail is cut at Otsu's threshold, as was done for
 * Camelyon; gaps are closed, and pieces and holes below a least area dropped.
 * Saturation is that of HSV, 255 (max - min) / max, after a median of 3 x 3. */
#ifndef SAC_SLIDE_TISSUE_H
#define SAC_SLIDE_TISSUE_H

#include "annotation/mask.h"
#include "image/source.h"

typedef struct {
  int threshold;   /* tissue is what is more saturated, 1 to 254; 0: Otsu's */
  double closing;  /* radius in micrometres; 0: nothing is closed */
  double min_area; /* of pieces and holes that count, in mm2 */
} SacTissueParams;

/* Otsu's threshold, 32 micrometres, 0.01 mm2. */
extern const SacTissueParams sac_tissue_defaults;

/* Otsu splits anything, also the noise of empty glass.  A slide counts as blank
 * where the two sides' mean saturation differs by less than this, and nothing
 * below it is tissue. */
#define SAC_TISSUE_LEAST_CONTRAST 8

typedef struct {
  SacMask *mask;    /* one class, "tissue"; its place is the whole slide */
  int threshold;    /* that was used; 0: the mask came from a file */
  int unread_count; /* blocks of the thumbnail that could not be read: they
                       count as tissue, so that tiles are looked at there */
  /* private */
  uint32_t *sums; /* [rows + 1][columns + 1]: tissue above and to the left */
} SacTissue;

/* The small picture of a slide from which tissue is told: read once, cut at any
 * threshold in some milliseconds. */
typedef struct SacTissueSheet SacTissueSheet;

/* longest_side: of the picture, in pixels, about; less is read sooner and shows
 * less; 0: what a run takes.  mpp: micrometres a level-0 pixel, above 0.
 * Errors: those of reading but for damage, cancelled. */
SacTissueSheet *sac_tissue_sheet_new (
  SacSource *source, double mpp, int longest_side, SacJob *job, GError **error);
void sac_tissue_sheet_free (SacTissueSheet *sheet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacTissueSheet, sac_tissue_sheet_free)

/* From any thread.  A blank slide gives an empty mask. */
SacTissue *sac_tissue_sheet_cut (const SacTissueSheet *sheet,
                                 const SacTissueParams *params);

/* Both at once, as a run does it.  A blank slide gives an empty
 * mask.  Errors: those of reading but for damage, cancelled. */
SacTissue *sac_tissue_find (SacSource *source,
                            double mpp,
                            const SacTissueParams *params,
                            SacJob *job,
                            GError **error);

/* From a mask that somebody has drawn or corrected: a picture or annotations
 * (annotation/mask.h), where a cell counts that is half covered. */
SacTissue *sac_tissue_read (
  const char *path, SacSource *source, double mpp, SacJob *job, GError **error);

/* Leaves only what lies in the area as well, cell by cell: where half of a cell
 * does. */
void sac_tissue_clip (SacTissue *tissue, const SacTissue *area);

void sac_tissue_free (SacTissue *tissue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacTissue, sac_tissue_free)

/* Share of a level-0 rectangle that is tissue, in [0, 1], by area; what lies
 * outside the slide is none. */
double sac_tissue_get_share (const SacTissue *tissue, const SacRect *rect);

/* Of all of it, in level-0 pixels. */
double sac_tissue_get_area (const SacTissue *tissue);

/* White where tissue is: can be edited and read again. */
bool sac_tissue_write_png (const SacTissue *tissue,
                           const char *path,
                           GError **error);

/* Otsu's threshold of a histogram: the t for which [0, t] and [t + 1, 255]
 * differ most.  ret_contrast: of the two means, 0 with one value only. */
int sac_tissue_otsu (const uint64_t histogram[256], double *ret_contrast);

#endif
