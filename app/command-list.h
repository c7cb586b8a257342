/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* All commands in a list that is searched by typing, in the reader's language
 * or in English.  What cannot be done now says why.
 *
 * The entry keeps the keyboard: arrows move the selection, Return does it.  A
 * line of text below says what is selected, for a screen reader too. */
#ifndef SAC_APP_COMMAND_LIST_H
#define SAC_APP_COMMAND_LIST_H

#include <adwaita.h>

/* parent: the window whose commands these are.  Returns: a new window, not
 * shown. */
GtkWidget *sac_command_list_new (GtkWindow *parent);

#endif
