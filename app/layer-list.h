/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The maps that lie over the panes' own: shown or not, how opaque, and what is
 * to be known of them.  Nothing where there are none. */
#ifndef SAC_APP_LAYER_LIST_H
#define SAC_APP_LAYER_LIST_H

#include "document.h"

#include <gtk/gtk.h>

#define SAC_TYPE_LAYER_LIST (sac_layer_list_get_type ())
G_DECLARE_FINAL_TYPE (SacLayerList, sac_layer_list, SAC, LAYER_LIST, GtkWidget)

/* Once. */
void sac_layer_list_set_document (SacLayerList *list, SacDocument *document);

#endif
