/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What several commands read from their arguments: a model and its inputs,
 * from images or raw tensors. */
#ifndef SAC_CLI_CASE_H
#define SAC_CLI_CASE_H

#include "cli.h"

#include "explain/method.h"
#include "network/inputs.h"

typedef struct {
  SacModel *model;
  GPtrArray *sources; /* of SacSource, one per input; empty for raw tensors */
  SacInputs *inputs;
} CliCase;

typedef struct {
  const char *image;   /* the positional image, or NULL */
  char *const *images; /* ROLE=FILE, NULL-terminated or NULL */
  char *const *arrays; /* NAME=FILE.npy, NULL-terminated or NULL */
  const char *region;  /* "X,Y,W,H" or NULL */
} CliCaseParams;

/* model is referenced. */
CliCase *cli_case_new (SacModel *model,
                       const CliCaseParams *params,
                       SacJob *job,
                       GError **error);
void cli_case_free (CliCase *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliCase, cli_case_free)

/* "X,Y,W,H" in level-0 pixels, width and height above 0. */
bool cli_parse_region (const char *text, SacRect *ret_region, GError **error);

/* Raw tensors NAME=FILE.npy in the order of the network's inputs.
 * Returns: array of SacTensor. */
GPtrArray *
cli_read_arrays (SacModel *model, char *const *arrays, GError **error);

#endif
