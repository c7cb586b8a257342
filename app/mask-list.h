/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* How far the maps of A and B lie within the annotations, kept up to date while
 * they are drawn.  Not visible without areas. */
#ifndef SAC_APP_MASK_LIST_H
#define SAC_APP_MASK_LIST_H

#include "document.h"

#define SAC_TYPE_MASK_LIST (sac_mask_list_get_type ())
G_DECLARE_FINAL_TYPE (SacMaskList, sac_mask_list, SAC, MASK_LIST, GtkWidget)

/* Once. */
void sac_mask_list_set_document (SacMaskList *list, SacDocument *document);

/* Which class of the annotations is the mask; NULL: all of them. */
void sac_mask_list_choose_class (SacMaskList *list, const char *name);

#endif
