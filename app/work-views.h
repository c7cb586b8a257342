/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Kept views on the disk. */
#ifndef SAC_APP_WORK_VIEWS_H
#define SAC_APP_WORK_VIEWS_H

#include "scene/view-state.h"
#include "worker.h"

typedef struct {
  SacViewFile file; /* that is looked at; all 0: it is none */
  bool has_state;   /* there is a view of this very file */
  SacViewState state;
  GError *error; /* what is kept cannot be read; NULL: nothing of the kind */
} SacKeptView;

void sac_kept_view_free (SacKeptView *view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacKeptView, sac_kept_view_free)

/* Where the view of an image is kept; a new string. */
char *sac_view_file_dup_path (const char *image);

/* Request: char *, the image's path.  Result: SacKeptView. */
extern const SacWork sac_work_read_view;

typedef struct {
  char *path, *text;
} SacViewWriting;

SacViewWriting *sac_view_writing_new (const char *path, const char *text);
/* Request: SacViewWriting.  Result: its path.  Of the views that are kept the
 * oldest go where there are too many. */
extern const SacWork sac_work_write_view;

/* The page of a file that was last shown: its path, a new string; NULL: the
 * first, or the file is another one by now. */
char *sac_view_page_recall (const char *file);

/* Request: char *, the path of the page that is shown.  Result: the same. */
extern const SacWork sac_work_keep_page;

/* All that is kept, put aside: nothing finds it there; back, but for what has
 * been kept anew; or removed for good.  A few hundred small files at most. */
void sac_view_files_hide (void);
void sac_view_files_show (void);
void sac_view_files_drop (void);

#endif
