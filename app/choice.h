/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a reader asks of one pane: which model, method, class, layer and head,
 * which score, and with which settings of the method. */
#ifndef SAC_APP_CHOICE_H
#define SAC_APP_CHOICE_H

#include "explain/method.h"

typedef struct {
  char *model;  /* id or path; NULL: none yet */
  char *method; /* a method's name */
  size_t output;
  char *class_id; /* a label's id or a number; NULL: the predicted class */
  char *layer;    /* a value's name; NULL: chosen by the program */
  SacHeadMode head_mode;
  int head; /* for SAC_HEAD_ONE */
  SacScoreKind score;
  char *against;      /* a class whose logit is taken off; NULL: none */
  GHashTable *params; /* char * -> char *, the method's that differ from their
                         defaults; NULL: none does */
} SacChoice;

void sac_choice_copy (const SacChoice *choice, SacChoice *ret_copy);
void sac_choice_clear (SacChoice *choice);
bool sac_choice_equal (const SacChoice *a, const SacChoice *b);

/* Settings of the method.  text: one that the parameter takes; its default
 * takes it out.  Returns: false when nothing changed. */
bool sac_choice_set_param (SacChoice *choice,
                           const SacMethodParam *param,
                           const char *text);
/* Borrowed from the choice or the parameter. */
const char *sac_choice_get_param (const SacChoice *choice,
                                  const SacMethodParam *param);
void sac_choice_drop_params (SacChoice *choice);

/* What is not as it is by itself, for people: "steps 100, score: probability".
 * Returns: a new string; NULL when everything is. */
char *sac_choice_dup_changes (const SacChoice *choice);
/* The same for figures, which are in English. */
char *sac_choice_dup_changes_in_english (const SacChoice *choice);

/* What a model is called: its id, or for a path the name of the file, or of the
 * folder where the file's own says nothing.  Returns: a new string. */
char *sac_choice_dup_model_name (const char *model);

/* "Grad-CAM · derm-resnet18", less what is not chosen yet.  Returns: a new
 * string. */
char *sac_choice_dup_title (const SacChoice *choice);

#endif
