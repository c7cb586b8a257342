/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The folder of a window as a list of cases, of which the document shows one.
 *
 * As a list model it has the cases that the filter lets through, as SacCaseItem
 * made when a row is shown: a folder of ten thousand costs nothing.  Signals:
 * "changed" another folder, filter or case; "failed" (path, error) a folder
 * that could not be listed. */
#ifndef SAC_APP_CASES_H
#define SAC_APP_CASES_H

#include "cases/case-list.h"
#include "document.h"
#include "thumbnails.h"

#define SAC_TYPE_CASE_ITEM (sac_case_item_get_type ())
G_DECLARE_FINAL_TYPE (SacCaseItem, sac_case_item, SAC, CASE_ITEM, GObject)

const SacCase *sac_case_item_get (SacCaseItem *item);

#define SAC_TYPE_CASES (sac_cases_get_type ())
G_DECLARE_FINAL_TYPE (SacCases, sac_cases, SAC, CASES, GObject)

SacCases *sac_cases_new (SacDocument *document);
void sac_cases_shut_down (SacCases *cases);

/* Lists the folder and shows its first case.  The list that there is stays
 * until then.  SAC_DEMO_STORY is a folder of the user's cache, which is drawn
 * the first time: that takes seconds, so its first case is not shown over what
 * was opened since. */
void sac_cases_open (SacCases *cases, const char *folder);
void sac_cases_close (SacCases *cases);
/* A list made before, taken; what is shown stays. */
void sac_cases_take_list (SacCases *cases, SacCaseList *list);

SacCaseList *sac_cases_get_list (SacCases *cases); /* NULL: none */
SacThumbnails *sac_cases_get_thumbnails (SacCases *cases);

/* The case that the document shows or is about to; NULL: none of them. */
const SacCase *sac_cases_get_current (SacCases *cases);
/* What lies beside the image that is shown; NULL: nothing. */
const char *sac_cases_get_annotations (SacCases *cases);
const char *sac_cases_get_mask (SacCases *cases);
/* Its place in the model; -1: it is not there. */
int sac_cases_get_position (SacCases *cases);
/* "3 of 120", of the whole folder.  Returns: a new string, empty without a
 * list. */
char *sac_cases_dup_place (SacCases *cases);

/* Only cases whose names have this in them, in whatever case; "": all. */
void sac_cases_set_filter (SacCases *cases, const char *text);

/* Shows the case at a place of the model. */
void sac_cases_go (SacCases *cases, guint position);
/* Shows one of those that are let through: `by` further on, or as far as there
 * are any.  Returns: false when that is where it stands. */
bool sac_cases_step (SacCases *cases, int by);

#endif
