/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a window's actions are about. */
#include "window.h"

SacPaneState *
sac_window_get_active_state (SacWindow *window)
{
  return sac_pane_get_state (sac_window_get_active_pane (window));
}

SacPaneSet *
sac_window_get_panes (SacWindow *window)
{
  return sac_document_get_panes (sac_window_get_document (window));
}
