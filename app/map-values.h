/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The values of the active pane's map: their histogram, where its colours end,
 * and lines at a value. */
#ifndef SAC_APP_MAP_VALUES_H
#define SAC_APP_MAP_VALUES_H

#include "document.h"

#define SAC_TYPE_MAP_VALUES (sac_map_values_get_type ())
G_DECLARE_FINAL_TYPE (SacMapValues, sac_map_values, SAC, MAP_VALUES, GtkWidget)

void sac_map_values_set_document (SacMapValues *values, SacDocument *document);

#endif
