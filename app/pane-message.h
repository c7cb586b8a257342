/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Why a pane has no map, and what can be done about it. */
#ifndef SAC_APP_PANE_MESSAGE_H
#define SAC_APP_PANE_MESSAGE_H

#include "pane-state.h"

#include <gtk/gtk.h>

#define SAC_TYPE_PANE_MESSAGE (sac_pane_message_get_type ())
G_DECLARE_FINAL_TYPE (
  SacPaneMessage, sac_pane_message, SAC, PANE_MESSAGE, GtkWidget)

void sac_pane_message_set_pane (SacPaneMessage *message, SacPaneState *pane);

#endif
