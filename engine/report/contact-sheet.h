/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The tiles that a model is surest of, on one sheet. */
#ifndef SAC_REPORT_CONTACT_SHEET_H
#define SAC_REPORT_CONTACT_SHEET_H

#include "slide/slide-pool.h"

/* A row for each tile: its rank, score and place, its pixels, and beside them
 * its maps (top-tiles.h), a column on one scale.  A tile that cannot be read
 * again stays empty. */
bool sac_contact_sheet_write (SacSlideRun *run,
                              size_t model,
                              size_t class_index,
                              size_t count,
                              const char *path,
                              SacJob *job,
                              GError **error);
/* The same of a pooling model. */
bool sac_contact_sheet_write_bag (SacSlideRun *run,
                                  size_t pooling,
                                  const SacSlideBag *bag,
                                  size_t class_index,
                                  size_t count,
                                  const char *path,
                                  SacJob *job,
                                  GError **error);

#endif
