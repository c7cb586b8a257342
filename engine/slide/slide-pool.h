/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a pooling model makes of a whole slide, from the features that the run
 * has stored, as maps over the slide. */
#ifndef SAC_SLIDE_SLIDE_POOL_H
#define SAC_SLIDE_SLIDE_POOL_H

#include "slide/bag.h"
#include "slide/slide-run.h"

typedef enum {
  SAC_BAG_TIMES_N,    /* softmax times the number of tiles: 1 is the mean */
  SAC_BAG_RAW,        /* before softmax */
  SAC_BAG_PERCENTILE, /* rank among the tiles */
  SAC_BAG_EVIDENCE,   /* signed shares of a class's score */
} SacBagKind;

/* The bag and where its instances lie: the tiles that are done, in the order of
 * the run's list. */
typedef struct {
  SacBag *bag;
  size_t *places; /* [bag->count]: in the list */
} SacSlideBag;

/* Of all tiles that are done, which should be all; the same to the bit however
 * the run came about.  Errors: UNDEFINED (none is done), TOO_LARGE (features
 * beyond 512 MiB), those of sac_bag_pool. */
SacSlideBag *sac_slide_run_pool (SacSlideRun *run,
                                 size_t pooling,
                                 SacJob *job,
                                 GError **error);
void sac_slide_bag_free (SacSlideBag *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacSlideBag, sac_slide_bag_free)

/* "attention", "attention-raw", "attention-percentile", "class-evidence". */
const char *sac_bag_kind_get_name (SacBagKind kind);

/* For people, marked for translation. */
const char *sac_bag_kind_get_label (SacBagKind kind);

/* Whether the model has it. */
bool sac_slide_bag_has (const SacSlideBag *self, SacBagKind kind);

/* A map with a cell for each tile of the grid; gaps where there is none.
 * class_index: of evidence, and of attention with a branch for each class.
 * Sums of SAC_BAG_EVIDENCE and the bias are the class's score.  A new map. */
SacMap *sac_slide_bag_get_map (const SacSlideBag *self,
                               SacSlideRun *run,
                               size_t pooling,
                               SacBagKind kind,
                               size_t class_index);

/* Opens the encoder of a pooling model.  wanted: MODEL or MODEL:VALUE; NULL:
 * what its manifest names.  ret_value: a new string or NULL.  Errors: MISMATCH
 * (nothing names an encoder; its network is not the one the manifest wants),
 * those of opening. */
SacModel *sac_bag_open_encoder (SacModel *pooling,
                                const char *wanted,
                                char **ret_value,
                                SacJob *job,
                                GError **error);

#endif
