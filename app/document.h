/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What one window shows: a source, panes over it, one camera, one cursor, and
 * how far the maps of two panes agree.
 *
 * Signals: "source" another source, or opening began, ended or failed;
 * "cursor" the cursor moved; "maps" a map or its looks changed in any pane, and
 * with it perhaps a shared scale; "saved" (path, error) a figure was written,
 * or was not. */
#ifndef SAC_APP_DOCUMENT_H
#define SAC_APP_DOCUMENT_H

#include "compare-view.h"
#include "comparison.h"
#include "image-look.h"
#include "markup-files.h"
#include "pane-set.h"
#include "scale-keeper.h"
#include "tiles.h"
#include "viewport.h"

#define SAC_DEMO_DERMOSCOPY "demo:dermoscopy"
#define SAC_DEMO_SLIDE "demo:slide"
/* A list of cases, see sac_cases_open. */
#define SAC_DEMO_STORY "demo:story"

#define SAC_TYPE_DOCUMENT (sac_document_get_type ())
G_DECLARE_FINAL_TYPE (SacDocument, sac_document, SAC, DOCUMENT, GObject)

/* worker must outlive the document. */
SacDocument *sac_document_new (SacWorker *worker);

/* Ends all work; the document shows nothing from here on. */
void sac_document_shut_down (SacDocument *document);

/* path as for sac_source_open.  The open source stays until the new one has
 * come; it stays for good when that fails. */
void sac_document_open (SacDocument *document, const char *path);
/* The same, at the page that was last shown of the file. */
void sac_document_open_again (SacDocument *document, const char *path);
void sac_document_reload (SacDocument *document);
bool sac_document_is_opening (SacDocument *document);
/* 0 to 1; 0 while nothing is known of it. */
double sac_document_get_opening_progress (SacDocument *document);

/* Of the last opening; path: what could not be opened. */
const GError *sac_document_get_error (SacDocument *document);
const char *sac_document_get_error_path (SacDocument *document);
/* Why a part of the image cannot be shown; NULL: nothing of the kind. */
const char *sac_document_get_problem (SacDocument *document);
/* Forgets both. */
void sac_document_dismiss_error (SacDocument *document);

SacSource *sac_document_get_source (SacDocument *document); /* NULL: none */
/* For people: a file's name, or what the demo shows.  Returns: a new string. */
char *sac_document_dup_title (SacDocument *document);
/* The same for figures, which are in English, without the file's name where
 * that is left out of them.  Returns: a new string. */
char *sac_document_dup_figure_title (SacDocument *document);
/* Whether the titles of the window and of figures have the file's name; without
 * it they say "Image". */
void sac_document_set_named (SacDocument *document, bool window, bool figures);

SacLibrary *sac_document_get_library (SacDocument *document);
SacViewport *sac_document_get_viewport (SacDocument *document);
SacTiles *sac_document_get_tiles (SacDocument *document);
SacComparison *sac_document_get_comparison (SacDocument *document);
SacCompareView *sac_document_get_compare_view (SacDocument *document);
SacImageLook *sac_document_get_look (SacDocument *document);
SacMarkup *sac_document_get_markup (SacDocument *document);
SacMarkupFiles *sac_document_get_markup_files (SacDocument *document);

SacPaneSet *sac_document_get_panes (SacDocument *document);
/* Of the set: how many are shown, and each. */
guint sac_document_get_pane_count (SacDocument *document);
SacPaneState *sac_document_get_pane (SacDocument *document, guint index);

/* Shared scales that stay for the images to come. */
SacScaleKeeper *sac_document_get_scale_keeper (SacDocument *document);
/* On: all panes share their scales from here on, and keep them. */
void sac_document_set_keeps_scale (SacDocument *document, bool keeps);
/* What is shown now is what is kept. */
void sac_document_remember_scales (SacDocument *document);

/* Where colours of a pane end, in the unit of its scale; with a shared scale
 * also those of the panes that share it.  low not below high: where the maps
 * say. */
void sac_document_clip (SacDocument *document,
                        SacPaneState *pane,
                        double low,
                        double high);
/* The scale without the reader's ends.  Returns: false when there is no map. */
bool sac_document_get_whole_scale (SacDocument *document,
                                   SacPaneState *pane,
                                   SacScale *ret_scale,
                                   bool *ret_alone);
/* Where the lines of a pane lie, in the unit of its scale, whether they are
 * drawn or not.  Returns: false when there is no map. */
bool sac_document_get_contour (SacDocument *document,
                               SacPaneState *pane,
                               double *ret_level);

/* The scale of a pane's map, with the maps of the same unit in other panes when
 * it is shared.  Returns: false when there is no map.  ret_alone: a shared
 * scale was asked for, but no other map has this unit. */
bool sac_document_get_scale (SacDocument *document,
                             SacPaneState *pane,
                             SacScale *ret_scale,
                             bool *ret_alone);
/* The layer that draws it; borrows from the pane. */
bool sac_document_get_layer (SacDocument *document,
                             SacPaneState *pane,
                             SacMapLayer *ret_layer);

/* As a map of a stack is drawn; borrows from it. */
SacMapLayer sac_document_layer_of_stacked (const SacStackedMap *item);

/* The difference of A and B, looking as A's map does; borrows. */
bool sac_document_get_difference (SacDocument *document,
                                  SacMapLayer *ret_layer);
/* All of a pane's layers, from bottom to top: its own map, then those over it
 * that are visible; none while peeking.  Returns: array of SacMapLayer,
 * borrowing from the pane. */
GArray *sac_document_get_layers (SacDocument *document, SacPaneState *pane);

/* A map of zeros and ones that lies over all panes while something is set up,
 * with a line around the ones; referenced, NULL: none.  It goes with the
 * source. */
void sac_document_set_sketch (SacDocument *document, SacMap *map);
/* Returns: false when there is none.  Borrows. */
bool sac_document_get_sketch (SacDocument *document, SacMapLayer *ret_layer);

/* All maps are out of the way for the moment.  Signal "peek". */
void sac_document_set_peeking (SacDocument *document, bool is_peeking);
bool sac_document_is_peeking (SacDocument *document);

/* Level-0 point that all panes mark. */
void sac_document_set_cursor (SacDocument *document, double x, double y);
void sac_document_clear_cursor (SacDocument *document);
bool
sac_document_get_cursor (SacDocument *document, double *ret_x, double *ret_y);

/* Tile models look there; NULL: where they would by themselves.
 * Returns: false when no pane's model looks at tiles of this source. */
bool sac_document_explain_at (SacDocument *document, const SacFocus *focus);

void sac_document_stop (SacDocument *document);
bool sac_document_is_busy (SacDocument *document);

/* Which annotations are the mask that maps are measured against; NULL: all. */
void sac_document_set_mask_class (SacDocument *document, const char *name);
const char *sac_document_get_mask_class (SacDocument *document);

/* Figures show the annotations that the window shows, and how the maps lie in
 * them.  Returns: false when A or B has no map to show. */
bool sac_document_save_figure (SacDocument *document, const char *path);
/* One pane by itself; region: level 0.  Returns: false when it has no map. */
bool sac_document_save_pane (SacDocument *document,
                             SacPaneState *pane,
                             const SacRect *region,
                             const char *path);

#endif
