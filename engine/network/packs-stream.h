/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Packing weights from their file piece by piece, on the pool, so that they are
 * never in memory beside their packed form. */
#ifndef SAC_NETWORK_PACKS_STREAM_H
#define SAC_NETWORK_PACKS_STREAM_H

#include "network/packs.h"

/* Whether the weights are packed as they stand, a matrix or panels of filters.
 */
bool sac_pack_can_stream (const SacPackSpec *spec);

/* packed: zero-filled.  job: looked at all the time; may be NULL.  Errors:
 * those of reading the weights, CANCELLED. */
bool sac_pack_stream (const SacPackSpec *spec,
                      float *packed,
                      const SacJob *job,
                      GError **error);

#endif
