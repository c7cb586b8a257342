/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* One option of a chooser as an object, for list models. */
#ifndef SAC_APP_CHOOSER_ITEM_H
#define SAC_APP_CHOOSER_ITEM_H

#include "chooser.h"

#define SAC_TYPE_CHOOSER_ITEM (sac_chooser_item_get_type ())
G_DECLARE_FINAL_TYPE (
  SacChooserItem, sac_chooser_item, SAC, CHOOSER_ITEM, GObject)

SacChooserItem *sac_chooser_item_new (const SacOption *option);
const SacOption *sac_chooser_item_get (SacChooserItem *item);
bool sac_chooser_item_equals (SacChooserItem *item, const SacOption *option);

#endif
