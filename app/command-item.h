/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A command in a list: whether it can be done, and how well it answers a
 * search. */
#ifndef SAC_APP_COMMAND_ITEM_H
#define SAC_APP_COMMAND_ITEM_H

#include "commands.h"

#define SAC_TYPE_COMMAND_ITEM (sac_command_item_get_type ())
G_DECLARE_FINAL_TYPE (
  SacCommandItem, sac_command_item, SAC, COMMAND_ITEM, GObject)

/* window: whose actions are looked at, now. */
SacCommandItem *sac_command_item_new (const SacCommand *command,
                                      GtkWindow *window);

const SacCommand *sac_command_item_get (SacCommandItem *item);
bool sac_command_item_is_enabled (SacCommandItem *item);
/* A switch that is on, or the one chosen of several. */
bool sac_command_item_is_on (SacCommandItem *item);

/* query: folded.  Returns: 0 when it does not answer. */
int sac_command_item_score (SacCommandItem *item, const char *query);

/* "Zoom In, View, +", and why it cannot be done.  Returns: a new string. */
char *sac_command_item_dup_spoken (SacCommandItem *item);

#endif
