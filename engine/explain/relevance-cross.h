/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Relevance between several images: attention within each and between them
 * (Chefer, Gur and Wolf, ICCV 2021, the rules for two modalities). */
#ifndef SAC_EXPLAIN_RELEVANCE_CROSS_H
#define SAC_EXPLAIN_RELEVANCE_CROSS_H

#include "explain/attention-run.h"

/* True where the last attention of the request's input is asked by another. */
bool sac_relevance_cross_applies (const SacAttentionRun *self);

/* The map on the request's input.  Errors: UNDEFINED (tokens of one image
 * change between rounds, or it is not known whose they are). */
SacMap *
sac_relevance_cross_make (SacAttentionRun *self, SacJob *job, GError **error);

#endif
