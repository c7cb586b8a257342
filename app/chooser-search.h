/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Finding an option by what is typed: any part of its title or of its id,
 * which is English in every language. */
#ifndef SAC_APP_CHOOSER_SEARCH_H
#define SAC_APP_CHOOSER_SEARCH_H

#include <gtk/gtk.h>

/* A drop-down list of SacChooserItem whose model and expression stand. */
void sac_chooser_search_attach (GtkDropDown *drop_down);

/* The first widget of that type below, in order; NULL: none. */
GtkWidget *sac_chooser_find_part (GtkWidget *below, GType type);

#endif
