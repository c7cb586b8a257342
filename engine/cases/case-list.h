/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A folder as a list of cases: its images and slides in natural order, with
 * what lies beside them.
 *
 * Nothing is opened but tables: files are known by their names, so that a
 * folder of ten thousand images is listed at once.  Folders inside are looked
 * through as well.  Recognised are
 * - ISIC and HAM10000: images with a table of metadata in the folder, above or
 *   below it, masks called like the image with "_segmentation" behind;
 * - Camelyon16 and 17: slides with annotations of the same name beside them or
 *   in a folder of annotations, masks called the same with "_mask" behind.
 * Masks and annotations are looked for in folders beside the one that was
 * opened, too.
 *
 * Where the table has a column "clinical", the image that it names belongs to
 * the case of its row and is no case of its own: a pair. */
#ifndef SAC_CASES_CASE_LIST_H
#define SAC_CASES_CASE_LIST_H

#include "base/job.h"
#include "cases/case-table.h"

typedef enum {
  SAC_CASE_LAYOUT_PLAIN,
  SAC_CASE_LAYOUT_ISIC,
  SAC_CASE_LAYOUT_CAMELYON,
} SacCaseLayout;

typedef struct {
  char *path;        /* for sac_source_open */
  char *name;        /* within the folder, UTF-8 */
  char *annotations; /* path of a file that may hold annotations; NULL: none */
  char *mask;        /* path of a mask image; NULL: none */
  char *clinical;    /* path of a clinical image of that lesion; NULL: none */
  char *clinical_mask; /* its mask; NULL: none */
  int row;             /* in the list's table; -1: none */
  const char *label;   /* what it is said to show; NULL: not known */
} SacCase;

typedef struct {
  char *folder;
  SacCaseLayout layout;
  GPtrArray *cases;    /* of SacCase */
  SacCaseTable *table; /* NULL: none */
  GPtrArray *notes;    /* sentences about what was left out, without a full stop
                        */
  gatomicrefcount ref_count;
} SacCaseList;

/* Errors: UNREADABLE, UNSUPPORTED when there is no image in it. */
SacCaseList *
sac_case_list_read (const char *folder, SacJob *job, GError **error);
SacCaseList *sac_case_list_ref (SacCaseList *list);
void sac_case_list_unref (SacCaseList *list);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacCaseList, sac_case_list_unref)

const SacCase *sac_case_list_get (const SacCaseList *list, guint index);

/* What the table says to look for, its column "caption".  Returns: NULL when it
 * says nothing. */
const char *sac_case_list_get_caption (const SacCaseList *list,
                                       const SacCase *one);

/* By either image of a pair.  Returns: -1 when no case has that path. */
int sac_case_list_find (const SacCaseList *list, const char *path);

/* The endings, in lower case and without a dot, of files that can be images or
 * slides.  NULL ends them. */
const char *const *sac_case_list_get_endings (void);

/* Order of names for people: numbers within count as numbers. */
int sac_case_compare_names (const char *a, const char *b);

#endif
