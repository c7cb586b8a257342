/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a pooling model has found, for other programs. */
#ifndef SAC_SLIDE_SLIDE_POOL_REPORT_H
#define SAC_SLIDE_SLIDE_POOL_REPORT_H

#include "slide/slide-pool.h"

/* A class's label id, or its number.  A new string. */
char *sac_slide_bag_name_class (const SacSlideBag *self, size_t class_index);

/* The class that is shown first: that of the id, else the last, which is the
 * positive one of two.  class_text: NULL: none. */
size_t sac_slide_bag_choose_class (const SacSlideBag *self,
                                   const char *class_text);

/* One line a tile of the bag: x, y, w, h (level-0 pixels), row, column, then
 * attention (softmax), times_n, raw, percentile, each once or for each class as
 * attention:CLASS, and evidence:CLASS; what the model has not is left out. */
bool sac_slide_bag_write_csv (const SacSlideBag *self,
                              SacSlideRun *run,
                              const char *path,
                              SacJob *job,
                              GError **error);

/* {"id", "encoder", "value", "tiles", "no_evidence", "classes": [{"id",
 * "logit", "probability", "effective_tiles", "bias", "evidence_sum", "top":
 * [...]}]}.  top: tiles with the most evidence, or attention without it.  A new
 * object. */
JsonObject *sac_slide_bag_summarize (const SacSlideBag *self,
                                     SacSlideRun *run,
                                     size_t pooling,
                                     size_t top_count);

#endif
