/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Tables with an entry for each tile of a run: written line by line, whole or
 * not at all. */
#ifndef SAC_SLIDE_SLIDE_TABLE_H
#define SAC_SLIDE_SLIDE_TABLE_H

#include "slide/slide-run.h"

#include <stdio.h>

typedef struct {
  SacSlideRun *run;
  FILE *file;
  size_t written; /* for the writer to count */
  void *data;
} SacSlideTable;

/* Writes what there is to say of the tile at a place in the list. */
typedef void (*SacSlideTableFunc) (SacSlideTable *table, size_t place);

/* ends: what stands before and behind.  Errors: UNWRITABLE, cancelled. */
bool sac_slide_table_write (SacSlideRun *run,
                            const char *path,
                            SacSlideTableFunc func,
                            void *data,
                            const char *const ends[2],
                            SacJob *job,
                            GError **error);

/* Nine digits, enough for floats. */
void sac_slide_table_put_number (FILE *file, double value);

/* ",text", quoted where it must be. */
void sac_slide_table_add_field (GString *line, const char *text);

/* "x,y,w,h,row,column" of a tile. */
void sac_slide_table_put_place (const SacSlideTable *table, size_t place);

/* Row and column of the tile at a place in the list. */
void sac_slide_table_get_place (const SacSlideRun *run,
                                size_t place,
                                int *ret_row,
                                int *ret_column);

#endif
