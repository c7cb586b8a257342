/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Labels of lists and tables: wrapped, aligned, styled. */
#ifndef SAC_APP_LABELS_H
#define SAC_APP_LABELS_H

#include <gtk/gtk.h>

/* text: NULL is empty.  xalign: 0 left, 1 right.  css_class: NULL for none. */
GtkWidget *
sac_label_new (const char *text, double xalign, const char *css_class);

/* Text in which no underscore marks a key, for items of menus; a new string. */
char *sac_label_without_key (const char *text);

#endif
