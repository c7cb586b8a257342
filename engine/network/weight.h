/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Elements of a tensor that lie in a file, in one piece. */
#ifndef SAC_NETWORK_WEIGHT_H
#define SAC_NETWORK_WEIGHT_H

#include "network/content.h"
#include "tensor/rest.h"

/* Floating tensors of that many bytes in the file rest there until they are
 * needed; smaller ones, and all integers, are there at once, so that shapes and
 * indices can be looked at without asking. */
#define SAC_WEIGHT_REST_BYTES ((size_t)64 << 10)

/* offset: of the elements, whose form is that of `type` and whose extent has
 * been checked.  name: for the messages of a later reading.  Errors here do not
 * name the file.  Returns: a new tensor. */
SacTensor *sac_weight_new (SacContent *content,
                           size_t offset,
                           SacType type,
                           const SacShape *shape,
                           const char *name,
                           GError **error);

#endif
