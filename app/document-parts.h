/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What the files of a document share: its fields. */
#ifndef SAC_APP_DOCUMENT_PARTS_H
#define SAC_APP_DOCUMENT_PARTS_H

#include "document.h"

struct _SacDocument {
  GObject parent_instance;
  SacWorker *worker;
  SacLibrary *library;
  SacViewport *viewport;
  SacImageLook *look;
  SacTiles *tiles;
  SacMarkup *markup;
  SacMarkupFiles *markup_files;
  SacPaneSet *panes;

  SacSource *source;
  char *opening; /* path; NULL: not opening */
  SacJob *open_job;
  GError *error;
  char *error_path;
  char *problem; /* of parts of the image; NULL: none, or dismissed */
  bool has_seen_problem;

  bool hides_name, hides_name_in_figures;
  bool is_peeking;
  bool has_cursor;
  double cursor_x, cursor_y;

  SacScaleKeeper *keeper;
  SacComparison *comparison;
  SacCompareView *compare_view;
  SacMap *sketch; /* NULL: none */
  SacContourCache sketch_lines;
  char *mask_class; /* NULL: all */
  SacJob *save_job;
  char *saving;
};

/* Signal "saved". */
void sac_document_emit_saved (SacDocument *document,
                              const char *path,
                              const GError *error);

#endif
