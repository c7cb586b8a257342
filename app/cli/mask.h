/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What maps are measured against: annotations of a file, or one class of
 * them. */
#ifndef SAC_CLI_MASK_H
#define SAC_CLI_MASK_H

#include "cli.h"

#include "annotation/annotation.h"
#include "map/mask-scores.h"

typedef struct {
  SacAnnotations *set; /* NULL: none was asked for */
  int class_index;     /* -1: all */
} CliMask;

/* path: a mask image or annotations, NULL for none; class_name: NULL for all.
 * Errors: those of reading; of usage, when there is no such class. */
bool cli_mask_open (CliMask *mask,
                    const char *path,
                    const char *class_name,
                    SacSource *source,
                    SacJob *job,
                    GError **error);
void cli_mask_clear (CliMask *mask);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CliMask, cli_mask_clear)

/* Errors: MISMATCH when the map lies on no image; cancelled. */
bool cli_mask_measure (const CliMask *mask,
                       SacMap *map,
                       SacMaskScores *ret_scores,
                       SacJob *job,
                       GError **error);

#endif
