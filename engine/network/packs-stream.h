/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Packing a matrix from its file piece by piece, so that it is never in memory
 * beside its packed form. */
#ifndef SAC_NETWORK_PACKS_STREAM_H
#define SAC_NETWORK_PACKS_STREAM_H

#include "network/packs.h"

/* Whether the spec is a matrix that is packed as it stands. */
bool sac_pack_can_stream (const SacPackSpec *spec);

/* packed: zero-filled.  Errors: those of reading the weights, TOO_LARGE. */
bool sac_pack_stream (const SacPackSpec *spec, float *packed, GError **error);

#endif
