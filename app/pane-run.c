/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "pane-run.h"

#include "pane-state-parts.h"

#include <glib/gi18n.h>

SacRunMap *
sac_pane_run_copy (const SacRunMap *run_map)
{
  SacRunMap *copy = g_new0 (SacRunMap, 1);

  copy->map = sac_map_ref (run_map->map);
  copy->model = g_strdup (run_map->model);
  copy->method_label = g_strdup (run_map->method_label);
  copy->class_name = g_strdup (run_map->class_name);
  copy->share = run_map->share;
  return copy;
}

void
sac_pane_run_free (SacRunMap *run_map)
{
  if (run_map == NULL)
    return;
  sac_map_unref (run_map->map);
  g_free ((char *)run_map->model);
  g_free ((char *)run_map->method_label);
  g_free ((char *)run_map->class_name);
  g_free (run_map);
}

/* The header names the run's model from here on. */
static void
take_model (SacPaneState *pane, const char *model)
{
  if (g_strcmp0 (pane->choice.model, model) == 0)
    return;
  g_free (pane->choice.model);
  pane->choice.model = g_strdup (model);
  g_clear_pointer (&pane->choice.layer, g_free);
  pane->choice.head_mode = SAC_HEAD_MEAN;
}

void
sac_pane_state_show_run (SacPaneState *pane, const SacRunMap *run_map)
{
  bool is_new = pane->run == NULL;
  SacRunMap *old = pane->run;

  g_return_if_fail (run_map->map->has_geometry);
  pane->run = sac_pane_run_copy (run_map);
  sac_pane_run_free (old);
  if (is_new) {
    g_clear_handle_id (&pane->settle_timer, g_source_remove);
    sac_pane_work_cancel (pane);
    pane->display.is_clipped = false;
    take_model (pane, run_map->model);
    sac_pane_state_emit (pane, SAC_PANE_ASKED);
  }
  sac_pane_state_emit (pane, is_new || run_map->share >= 1 ? SAC_PANE_RESULT
                                                           : SAC_PANE_DISPLAY);
}

void
sac_pane_state_leave_run (SacPaneState *pane)
{
  if (pane->run == NULL)
    return;
  g_clear_pointer (&pane->run, sac_pane_run_free);
  pane->display.is_clipped = false;
  sac_pane_state_emit (pane, SAC_PANE_ASKED);
  sac_pane_work_invalidate (pane, SAC_STAGE_LOADING);
}

const SacRunMap *
sac_pane_state_get_run (SacPaneState *pane)
{
  return pane->run;
}

char *
sac_pane_state_dup_map_title (SacPaneState *pane)
{
  const SacRunMap *run = pane->run;
  const SacChoice *choice = sac_pane_state_get_map_choice (pane);

  if (run == NULL)
    return sac_choice_dup_title (choice != NULL ? choice : &pane->choice);

  g_autofree char *model = sac_choice_dup_model_name (run->model);

  return run->class_name != NULL
           ? g_strdup_printf ("%s · %s · %s", model, run->method_label,
                              run->class_name)
           : g_strdup_printf ("%s · %s", model, run->method_label);
}

char *
sac_pane_state_dup_shown_title (SacPaneState *pane)
{
  return pane->partial != NULL ? sac_choice_dup_title (&pane->choice)
                               : sac_pane_state_dup_map_title (pane);
}
