/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A slide as 3DHISTECH's scanners write it (MIRAX): photographs that overlap,
 * only where there was something to see; between and around them is nothing.
 * A file with an ending, and a folder beside it with what it stands for. */
#ifndef SAC_TESTS_MIRAX_WRITER_H
#define SAC_TESTS_MIRAX_WRITER_H

#include <stdbool.h>

/* Micrometres a pixel that the file states. */
#define MIRAX_MPP 0.25

/* Pixels of a photograph's side, at every level, and how far the next one
 * reaches into it at level 0. */
#define MIRAX_SIDE 64
#define MIRAX_OVERLAP 8

typedef struct {
  int columns, rows;        /* photographs, there or not */
  const char *const *there; /* a string a row: '#' where there is one */
  int level_count;          /* each half the one before */
  int pattern_side;         /* of image/phantom-pattern.h, from the corner */
} MiraxSpec;

/* Level-0 pixels from one photograph's corner to the next one's. */
int mirax_step (void);
bool mirax_is_there (const MiraxSpec *spec, int column, int row);

/* path: ends with .mrxs. */
void mirax_write (const MiraxSpec *spec, const char *path);

#endif
