/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Input shapes for a model that leaves some of them open. */
#ifndef SAC_CLI_GUESS_SHAPES_H
#define SAC_CLI_GUESS_SHAPES_H

#include "network/model.h"
#include "network/plan.h"

typedef struct {
  SacShape *shapes; /* one for each graph input */
  bool assumed;     /* more than a batch of one was guessed */
  SacPlan *plan;    /* NULL: no guess can be planned, and `reason` says why not
                       the first one */
  GError *reason;
} CliGuess;

/* As the file declares them, with the manifest's sides; what neither knows is
 * tried in the usual sizes, until the network can be planned.
 * Errors: CANCELLED; those of the network where nothing had to be guessed.
 * Returns: NULL without an error where an input has no shape at all. */
CliGuess *cli_guess_shapes (SacModel *model, SacJob *job, GError **error);
void cli_guess_free (CliGuess *guess);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliGuess, cli_guess_free)

#endif
