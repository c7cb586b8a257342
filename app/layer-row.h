/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* One map that lies over a pane's own: whether it shows, its place in the
 * order, how it looks, and how its colours are to be read. */
#ifndef SAC_APP_LAYER_ROW_H
#define SAC_APP_LAYER_ROW_H

#include "document.h"

#define SAC_TYPE_LAYER_ROW (sac_layer_row_get_type ())
G_DECLARE_FINAL_TYPE (SacLayerRow, sac_layer_row, SAC, LAYER_ROW, GtkWidget)

/* The map is one of the stack's; it may leave before its row does. */
GtkWidget *
sac_layer_row_new (SacDocument *document, SacMapStack *stack, SacMap *map);

#endif
