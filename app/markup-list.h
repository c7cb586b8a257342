/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Tools, the list of annotations with their size, and name and class of the
 * selected one. */
#ifndef SAC_APP_MARKUP_LIST_H
#define SAC_APP_MARKUP_LIST_H

#include "document.h"

#include <gtk/gtk.h>

#define SAC_TYPE_MARKUP_LIST (sac_markup_list_get_type ())
G_DECLARE_FINAL_TYPE (
  SacMarkupList, sac_markup_list, SAC, MARKUP_LIST, GtkWidget)

/* Once. */
void sac_markup_list_set_document (SacMarkupList *list, SacDocument *document);

#endif
