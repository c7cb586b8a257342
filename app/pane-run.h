/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A map of a run over the slide in a pane, in the place of the pane's own: all
 * that shows or compares a pane's map takes it.  It goes when anything else is
 * asked of the pane, or another source comes; the pane's own work rests till
 * then. */
#ifndef SAC_APP_PANE_RUN_H
#define SAC_APP_PANE_RUN_H

#include "pane-state.h"

typedef struct {
  SacMap *map;
  const char *model;        /* id or path, as in SacChoice */
  const char *method_label; /* for people, translated */
  const char *class_name;   /* for people; NULL: not of a class */
  double share;             /* of the tiles, [0, 1]; below 1 it still grows */
} SacRunMap;

/* Copies and refs. */
void sac_pane_state_show_run (SacPaneState *pane, const SacRunMap *run_map);
/* Back to the pane's own. */
void sac_pane_state_leave_run (SacPaneState *pane);
/* Borrowed; NULL: the pane shows its own. */
const SacRunMap *sac_pane_state_get_run (SacPaneState *pane);

/* What sac_pane_state_get_map gives, for people: "Grad-CAM · derm-resnet18";
 * also while another one is made.  Returns: a new string. */
char *sac_pane_state_dup_map_title (SacPaneState *pane);
/* Likewise of sac_pane_state_get_shown_map. */
char *sac_pane_state_dup_shown_title (SacPaneState *pane);

#endif
