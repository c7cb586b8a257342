/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What `saccade-cli phantom` writes, a file for each kind. */
#ifndef SAC_CLI_PHANTOM_H
#define SAC_CLI_PHANTOM_H

#include "cli.h"

#include <stdint.h>

typedef struct {
  char *out; /* a folder */
  int64_t width, height;
  int count;
  uint64_t seed; /* of the first; the others follow */
  unsigned with, without;
  double asymmetry, irregularity; /* below 0: by seed */
  char **evidence;                /* structures that make the classes */
  char *leak;                     /* NULL: none */
  int tumor;                      /* SacPhantomTumor, of slides */
  unsigned artefacts;             /* SAC_PHANTOM_FOLDS, _PEN, of slides */
} CliPhantom;

bool cli_phantom_write_pictures (const CliPhantom *params,
                                 SacJob *job,
                                 GError **error);
bool
cli_phantom_write_set (const CliPhantom *params, SacJob *job, GError **error);

bool cli_phantom_write_slides (const CliPhantom *params,
                               SacJob *job,
                               GError **error);

bool
cli_phantom_write_story (const CliPhantom *params, SacJob *job, GError **error);

/* One slide of params' size, called NAME.tif. */
bool cli_phantom_write_slide (const CliPhantom *params,
                              uint64_t seed,
                              const char *name,
                              SacJob *job,
                              GError **error);

/* Tells how far it is where somebody looks. */
void cli_phantom_tell (int done, int count);

/* What the sets and the single pictures share. */
typedef struct {
  const char *name;    /* of the image's file, without ending */
  const char *label;   /* NULL: none */
  const char *split;   /* NULL: none */
  const char *caption; /* NULL: none; without quotes in it */
  int evidence;        /* the structure whose mask is the case's */
  unsigned with, without;
  uint64_t seed;
} CliPhantomCase;

/* Draws one, writes it with its masks, prints what it shows, and adds its line
 * to the table. */
bool cli_phantom_write_case (const CliPhantom *params,
                             const CliPhantomCase *one,
                             GString *table,
                             SacJob *job,
                             GError **error);

/* The table's first line. */
GString *cli_phantom_begin_table (void);
bool cli_phantom_write_table (const CliPhantom *params,
                              const GString *table,
                              GError **error);

#endif
