/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The bytes of an ONNX file without its weights: everything is at its offset,
 * but long raw data of tensors are left out and take no memory. */
#ifndef SAC_NETWORK_SKELETON_H
#define SAC_NETWORK_SKELETON_H

#include "network/content.h"

typedef struct SacSkeleton SacSkeleton;

/* Errors: UNREADABLE, TOO_LARGE (memory); they do not name the file. */
SacSkeleton *sac_skeleton_new (SacContent *content, GError **error);
void sac_skeleton_free (SacSkeleton *skeleton);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacSkeleton, sac_skeleton_free)

/* As long as the file; borrowed. */
const void *sac_skeleton_get_data (const SacSkeleton *skeleton);
SacContent *sac_skeleton_get_content (const SacSkeleton *skeleton);

/* Whether the piece that starts at `offset` was left out. */
bool sac_skeleton_lacks (const SacSkeleton *skeleton, size_t offset);

#endif
