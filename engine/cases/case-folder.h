/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The files of a folder and of those inside, sorted by what their names say
 * that they are. */
#ifndef SAC_CASES_CASE_FOLDER_H
#define SAC_CASES_CASE_FOLDER_H

#include "base/job.h"

typedef struct {
  char *path;
  char *name;       /* within the folder */
  char *stem;       /* lower case, without folder and ending */
  bool is_in_masks; /* lies in a folder that is called after masks */
  bool is_beside;   /* lies in a folder beside the one that was opened */
} SacCaseFile;

typedef struct {
  GPtrArray *images;      /* all four of SacCaseFile, in natural order */
  GPtrArray *masks;       /* by folder or name; may be images after all */
  GPtrArray *annotations; /* .xml, .geojson, .json */
  GPtrArray *tables;      /* .csv, .tsv */
  bool is_cut;            /* there are more files than may be listed */
} SacCaseFolder;

/* Errors: UNREADABLE. */
SacCaseFolder *
sac_case_folder_read (const char *path, SacJob *job, GError **error);
void sac_case_folder_free (SacCaseFolder *folder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacCaseFolder, sac_case_folder_free)

/* Length of the stem without what calls it a mask ("_mask", "_segmentation");
 * the whole length when nothing does. */
size_t sac_case_folder_trim_mask (const char *stem);

#endif
