/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* How many axes values have while a graph is built, when no shape is bound. */
#ifndef SAC_NETWORK_GRAPH_RANK_H
#define SAC_NETWORK_GRAPH_RANK_H

#include "network/graph-build.h"

/* value: one that is made already.  Returns: what the file declares, else what
 * the nodes before it tell; -1 when they do not. */
int sac_graph_rank (SacGraphBuilder *builder, int value);

#endif
