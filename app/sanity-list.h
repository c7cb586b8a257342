/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The side panel's badges: for each pane what was checked of its method, with
 * the figures and the rules that they were held against.  A rule is a
 * convention and is always shown with its figure; nothing is coloured good. */
#ifndef SAC_APP_SANITY_LIST_H
#define SAC_APP_SANITY_LIST_H

#include "document.h"

#include <gtk/gtk.h>

#define SAC_TYPE_SANITY_LIST (sac_sanity_list_get_type ())
G_DECLARE_FINAL_TYPE (
  SacSanityList, sac_sanity_list, SAC, SANITY_LIST, GtkWidget)

void sac_sanity_list_set_document (SacSanityList *list, SacDocument *document);

#endif
