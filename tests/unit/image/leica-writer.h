/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A slide as Leica's scanners write it: the scanned part lies somewhere on a
 * larger sheet, and the file says where. */
#ifndef SAC_TESTS_LEICA_WRITER_H
#define SAC_TESTS_LEICA_WRITER_H

/* Micrometres a pixel that the file states. */
#define LEICA_MPP 0.5

typedef struct {
  int sheet_width, sheet_height; /* level 0 */
  int x, y, width, height;       /* of it: what was scanned */
  int level_count;               /* each half the one before */
  int pattern_side; /* of image/phantom-pattern.h, from the sheet's origin */
} LeicaSpec;

void leica_write (const LeicaSpec *spec, const char *path);

#endif
