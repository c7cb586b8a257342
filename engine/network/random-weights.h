/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A network that has learned nothing: some of its weights replaced by random
 * numbers.  These have the mean and the standard deviation of what they
 * replace, tensor by tensor, so that signals keep their size; norms and biases
 * stay. They are made when they are asked for and never written anywhere. */
#ifndef SAC_NETWORK_RANDOM_WEIGHTS_H
#define SAC_NETWORK_RANDOM_WEIGHTS_H

#include "network/network.h"

/* Weights of convolutions and of products with constants, from the output to
 * the input, each once.  Returns: array of int, values of the graph. */
GArray *sac_random_weights_list (const SacGraph *graph);

/* weights: of that list.  The same numbers for a seed, whichever weights are
 * taken along.  Errors: those of reading the weights, cancelled.
 * Returns: a new network. */
SacNetwork *sac_random_weights_new (SacNetwork *network,
                                    const int *weights,
                                    size_t count,
                                    uint64_t seed,
                                    SacJob *job,
                                    GError **error);

#endif
