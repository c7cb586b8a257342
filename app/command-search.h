/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* How well a text answers what somebody typed. */
#ifndef SAC_APP_COMMAND_SEARCH_H
#define SAC_APP_COMMAND_SEARCH_H

#include <glib.h>

/* Letters as they are compared: without case, width, accents and voice marks,
 * and katakana for hiragana.  Returns: a new string. */
char *sac_command_search_fold (const char *text);

/* Both folded.  Every word of the query must be found: at best at the start of
 * the text, then at the start of one of its words, then within it, then as its
 * letters in order.  Returns: 0 when one is not found; else more for a better
 * match.  An empty query matches everything alike. */
int sac_command_search_score (const char *text, const char *query);

#endif
