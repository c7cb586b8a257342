/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The annotations of a document's image, with undo, and what a reader does with
 * them at the moment: tool, selection, what is half drawn.  All panes show it.
 *
 * Signals: "changed" the annotations; "state" everything else here. */
#ifndef SAC_APP_MARKUP_H
#define SAC_APP_MARKUP_H

#include "annotation/history.h"

#include <glib-object.h>

typedef enum {
  SAC_TOOL_LOOK, /* the pointer moves the image */
  SAC_TOOL_EDIT,
  SAC_TOOL_RECTANGLE,
  SAC_TOOL_POLYGON,
  SAC_TOOL_POINT,
  SAC_TOOL_RULER,
  SAC_TOOL_COUNT,
} SacTool;

/* Stable ids: "look", "edit", "rectangle", ... */
const char *sac_tool_get_name (SacTool tool);
/* Returns: false when there is none. */
bool sac_tool_find (const char *name, SacTool *ret_tool);

#define SAC_TYPE_MARKUP (sac_markup_get_type ())
G_DECLARE_FINAL_TYPE (SacMarkup, sac_markup, SAC, MARKUP, GObject)

typedef struct SacMarkupTools SacMarkupTools;

SacMarkup *sac_markup_new (void);
/* Of all panes: what is begun in one can be ended in another. */
SacMarkupTools *sac_markup_get_tools (SacMarkup *markup);

/* Another set altogether, taken: another image, or a file opened.  Nothing can
 * be undone beyond it. */
void sac_markup_take_set (SacMarkup *markup, SacAnnotations *set);
const SacAnnotations *sac_markup_get_set (SacMarkup *markup);
const SacAnnotationHistory *sac_markup_get_history (SacMarkup *markup);
void sac_markup_mark_saved (SacMarkup *markup);
/* One for each item, in their order; borrowed until the next change. */
const SacRect *sac_markup_get_bounds (SacMarkup *markup);

SacTool sac_markup_get_tool (SacMarkup *markup);
void sac_markup_set_tool (SacMarkup *markup, SacTool tool);
bool sac_markup_is_shown (SacMarkup *markup);
void sac_markup_set_shown (SacMarkup *markup, bool shown);

/* -1: none. */
int sac_markup_get_selected (SacMarkup *markup);
void sac_markup_select (SacMarkup *markup, int index);
const SacAnnotation *sac_markup_get_selection (SacMarkup *markup);
/* A vertex of the selected item; -1, -1: none. */
void sac_markup_get_vertex (SacMarkup *markup, int *ret_ring, int *ret_point);
void sac_markup_select_vertex (SacMarkup *markup, int ring, int point);

/* What is half drawn; NULL: nothing. */
const SacAnnotation *sac_markup_get_draft (SacMarkup *markup);
void sac_markup_take_draft (SacMarkup *markup, SacAnnotation *draft);

/* The class of what is drawn next, -1: none. */
int sac_markup_get_class (SacMarkup *markup);

/* All of these can be undone.  title: constant, translatable. */
void sac_markup_insert_take (SacMarkup *markup,
                             SacAnnotation *item,
                             const char *title);
/* key: as in annotation/history.h. */
void sac_markup_replace_take (SacMarkup *markup,
                              SacAnnotation *item,
                              const char *title,
                              const char *key);
void sac_markup_seal (SacMarkup *markup);
/* The vertex, where one is selected and others are left; else the item. */
void sac_markup_delete (SacMarkup *markup);
void sac_markup_delete_all (SacMarkup *markup);
/* By level-0 pixels, as one step. */
void sac_markup_move_all (SacMarkup *markup, double dx, double dy);
/* All items of another set, copied, as one step. */
void sac_markup_add_set (SacMarkup *markup,
                         const SacAnnotations *set,
                         const char *title);
/* Of the selected item. */
void sac_markup_set_name (SacMarkup *markup, const char *name);
/* Of the selected item and of what is drawn next; "": none.  A name that is new
 * becomes a class. */
void sac_markup_set_class (SacMarkup *markup, const char *name);
void sac_markup_set_rgb (SacMarkup *markup, guint class_index, guint32 rgb);

/* Return the translated title of what was undone or done again; NULL: nothing.
 */
const char *sac_markup_undo (SacMarkup *markup);
const char *sac_markup_redo (SacMarkup *markup);

#endif
