/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Names from files, made fit for a message of one line.  The whole name, safe
 * to show, is sac_network_escape. */
#ifndef SAC_NETWORK_ESCAPE_H
#define SAC_NETWORK_ESCAPE_H

#include "network/graph.h"

/* Escaped, and cut with "..." where it is longer than a message can bear.
 * Returns: a new string. */
char *sac_escape_short (const char *name);

/* "node NAME (OP, opset N)"; a node without a name is called after its first
 * output.  Returns: a new string. */
char *sac_escape_node (const SacNode *node, int opset);

#endif
