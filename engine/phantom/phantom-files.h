/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Phantoms as files: single pictures, pairs of two, sets with planted evidence,
 * slides, and the demo, a story of eight cases.  A folder opens as a list of
 * cases. */
#ifndef SAC_PHANTOM_PHANTOM_FILES_H
#define SAC_PHANTOM_PHANTOM_FILES_H

#include "base/job.h"
#include "base/json.h"
#include "image/phantom-clinical.h"

#include <stdint.h>

typedef struct {
  char *out; /* a folder that is there */
  int64_t width, height;
  int count;
  uint64_t seed; /* of the first; the others follow */
  unsigned with, without;
  double asymmetry, irregularity; /* below 0: by seed */
  double softness;                /* as SacPhantomDermoscopyParams */
  char **evidence;                /* structures that make the classes */
  char *leak;                     /* NULL: none */
  bool pairs; /* with a clinical image of each lesion; of a set: evidence is
                 one structure of either image */
  unsigned clinical_with, clinical_without;
  int organ;          /* SacPhantomOrgan, of slides */
  int tumor;          /* SacPhantomTumor, of slides */
  unsigned artefacts; /* SAC_PHANTOM_FOLDS, _PEN, of slides */

  /* What each file shows, taken; NULL: nobody asks. */
  bool (*tell) (JsonObject *object, gpointer data, GError **error);
  void (*progress) (int done, int count, gpointer data); /* NULL: likewise */
  gpointer data;
} SacPhantomFiles;

/* Errors of all: UNWRITABLE with the path, CANCELLED.  A file is there whole or
 * not at all; files that were done before stay. */
bool sac_phantom_files_write_pictures (const SacPhantomFiles *params,
                                       SacJob *job,
                                       GError **error);
bool sac_phantom_files_write_set (const SacPhantomFiles *params,
                                  SacJob *job,
                                  GError **error);
bool sac_phantom_files_write_slides (const SacPhantomFiles *params,
                                     SacJob *job,
                                     GError **error);
/* Pictures of width x height; 0: 480 x 360; the slide is 6.4 times as wide. */
bool sac_phantom_files_write_story (const SacPhantomFiles *params,
                                    SacJob *job,
                                    GError **error);

/* The story's first picture alone.  Returns: its path. */
char *sac_phantom_files_write_first (const SacPhantomFiles *params,
                                     SacJob *job,
                                     GError **error);

/* The demo's folder inside `parent`, written when it is not there yet.  Another
 * program that writes it at the same time does no harm.  Returns: its path. */
char *sac_phantom_files_demo (const char *parent, SacJob *job, GError **error);

/* Its first picture, to be seen while the others are drawn.  Returns: its path;
 * "" where the demo is whole. */
char *
sac_phantom_files_demo_first (const char *parent, SacJob *job, GError **error);

/* For the files of this folder. */

bool sac_phantom_files_write_png (const SacImage *image,
                                  const char *path,
                                  GError **error);

/* One slide of params' size, called NAME.tif. */
bool sac_phantom_files_write_slide (const SacPhantomFiles *params,
                                    uint64_t seed,
                                    const char *name,
                                    SacJob *job,
                                    GError **error);

bool sac_phantom_files_tell (const SacPhantomFiles *params,
                             JsonObject *object,
                             GError **error);
/* A path as text that JSON can hold. */
void sac_phantom_files_set_name (JsonObject *object,
                                 const char *key,
                                 const char *path);
void
sac_phantom_files_progress (const SacPhantomFiles *params, int done, int count);

/* What the sets and the single pictures share. */
typedef struct {
  const char *name;    /* of the image's file, without ending */
  const char *label;   /* NULL: none */
  const char *split;   /* NULL: none */
  const char *caption; /* NULL: none; without quotes in it */
  int evidence;        /* the structure whose mask is the case's */
  unsigned with, without;
  int clinical_evidence; /* the same of the clinical image */
  unsigned clinical_with, clinical_without;
  uint64_t seed;
} SacPhantomCase;

/* Draws one, writes it with its masks, tells what it shows, and adds its line
 * to the table. */
bool sac_phantom_files_write_case (const SacPhantomFiles *params,
                                   const SacPhantomCase *one,
                                   GString *table,
                                   SacJob *job,
                                   GError **error);

/* The clinical image of that lesion, NAME_clinical.png, with its masks.
 * Returns: a new phantom. */
SacPhantomClinical *
sac_phantom_files_write_clinical (const SacPhantomFiles *params,
                                  const SacPhantomCase *one,
                                  const SacPhantomDermoscopyParams *dermoscopy,
                                  SacJob *job,
                                  GError **error);

/* The table's first line. */
GString *sac_phantom_files_begin_table (const SacPhantomFiles *params);
bool sac_phantom_files_write_table (const SacPhantomFiles *params,
                                    const GString *table,
                                    GError **error);

#endif
