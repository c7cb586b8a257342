/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The class that a pane explains. */
#include "pane-run.h"

bool
sac_pane_state_get_class (SacPaneState *pane,
                          const SacPrediction **ret_head,
                          size_t *ret_index)
{
  const SacChoice *choice = sac_pane_state_get_choice (pane);
  SacFindings *findings = sac_pane_state_get_findings (pane);

  if (findings == NULL || sac_pane_state_get_run (pane) != NULL ||
      choice->output >= findings->predictions->head_count)
    return false;

  SacModel *model = findings->loaded->model;
  const SacPrediction *head = &findings->predictions->heads[choice->output];
  int64_t index = sac_prediction_has_top (head) ? (int64_t)head->top : -1;

  if (choice->class_id != NULL)
    index = sac_model_find_class (model, choice->output, head->class_count,
                                  choice->class_id, NULL);
  if (index < 0 || (size_t)index >= head->class_count)
    return false;
  *ret_head = head;
  *ret_index = index;
  return true;
}

bool
sac_pane_state_take_class (SacPaneState *pane, SacPaneState *from)
{
  SacFindings *findings = sac_pane_state_get_findings (pane);
  const SacPrediction *head;
  size_t index;

  if (findings == NULL || !sac_pane_state_get_class (from, &head, &index))
    return false;

  g_autofree char *id = sac_prediction_class_id (head, index);
  const SacPredictions *predictions = findings->predictions;

  for (size_t i = 0; i < predictions->head_count; i++) {
    const SacPrediction *own = &predictions->heads[i];

    for (size_t k = 0; k < own->info->label_count; k++) {
      if (g_str_equal (own->info->labels[k].id, id)) {
        sac_pane_state_set_class (pane, i, id);
        return true;
      }
    }
  }
  return false;
}
