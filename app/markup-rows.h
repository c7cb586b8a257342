/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Annotations as a list model: one SacMarkupItem for each, made when a row is
 * shown. */
#ifndef SAC_APP_MARKUP_ROWS_H
#define SAC_APP_MARKUP_ROWS_H

#include "markup.h"

#include <gio/gio.h>

#define SAC_TYPE_MARKUP_ITEM (sac_markup_item_get_type ())
G_DECLARE_FINAL_TYPE (SacMarkupItem, sac_markup_item, SAC, MARKUP_ITEM, GObject)

/* Into the set; only good until the next change. */
guint sac_markup_item_get_index (SacMarkupItem *item);

#define SAC_TYPE_MARKUP_ROWS (sac_markup_rows_get_type ())
G_DECLARE_FINAL_TYPE (SacMarkupRows, sac_markup_rows, SAC, MARKUP_ROWS, GObject)

SacMarkupRows *sac_markup_rows_new (SacMarkup *markup);

#endif
