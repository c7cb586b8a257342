/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The settings of a pane's method, made of the method table: the score that is
 * explained, the token that asks, every parameter, and the way back. */
#ifndef SAC_APP_METHOD_FORM_H
#define SAC_APP_METHOD_FORM_H

#include "pane-state.h"

#include <gtk/gtk.h>

#define SAC_TYPE_METHOD_FORM (sac_method_form_get_type ())
G_DECLARE_FINAL_TYPE (
  SacMethodForm, sac_method_form, SAC, METHOD_FORM, GtkWidget)

void sac_method_form_set_pane (SacMethodForm *form, SacPaneState *pane);

#endif
