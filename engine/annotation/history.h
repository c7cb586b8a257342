/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Changes to a set of annotations that can be taken back.
 *
 * Everything that people do to a set goes through here.  Steps are kept until
 * they hold SAC_LIMIT_HISTORY_POINTS; then the oldest go.  One thread at a
 * time. */
#ifndef SAC_ANNOTATION_HISTORY_H
#define SAC_ANNOTATION_HISTORY_H

#include "annotation/annotation.h"

typedef struct SacAnnotationHistory SacAnnotationHistory;

/* Takes the set, which counts as saved. */
SacAnnotationHistory *sac_annotation_history_new_take (SacAnnotations *set);
void sac_annotation_history_free (SacAnnotationHistory *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacAnnotationHistory,
                               sac_annotation_history_free)

/* Its items and classes are changed by these functions alone. */
SacAnnotations *
sac_annotation_history_get_set (const SacAnnotationHistory *history);

/* What follows, up to `end`, is one step.  title: what it did, for people;
 * constant.  key: steps in a row with the same one become one step, as long as
 * `seal` is not called; NULL: never.  Begin and end may be left out around a
 * single change. */
void sac_annotation_history_begin (SacAnnotationHistory *history,
                                   const char *title,
                                   const char *key);
void sac_annotation_history_end (SacAnnotationHistory *history);
/* The next step is one of its own. */
void sac_annotation_history_seal (SacAnnotationHistory *history);

/* item: taken; it is finished (sac_annotation_finish).  Returns: false, with
 * TOO_LARGE and nothing done, when the set would have too many points. */
bool sac_annotation_history_insert (SacAnnotationHistory *history,
                                    guint index,
                                    SacAnnotation *item,
                                    GError **error);
bool sac_annotation_history_replace (SacAnnotationHistory *history,
                                     guint index,
                                     SacAnnotation *item,
                                     GError **error);
void sac_annotation_history_remove (SacAnnotationHistory *history, guint index);

/* The name and colour of a class.  The name is new, or the class's own. */
void sac_annotation_history_set_class (SacAnnotationHistory *history,
                                       guint index,
                                       const char *name,
                                       uint32_t rgb);

/* NULL: there is nothing to undo, or redo; else what would be. */
const char *
sac_annotation_history_get_undo (const SacAnnotationHistory *history);
const char *
sac_annotation_history_get_redo (const SacAnnotationHistory *history);

/* ret_index: an item that came or changed, -1: none; NULL when not wanted. */
void sac_annotation_history_undo (SacAnnotationHistory *history,
                                  int *ret_index);
void sac_annotation_history_redo (SacAnnotationHistory *history,
                                  int *ret_index);

/* Whether the set is another than when it was last marked. */
bool sac_annotation_history_is_changed (const SacAnnotationHistory *history);
void sac_annotation_history_mark_saved (SacAnnotationHistory *history);

/* A new number with every change, undo and redo. */
guint64 sac_annotation_history_get_serial (const SacAnnotationHistory *history);

#endif
