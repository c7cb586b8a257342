/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Working memory of one chunk, kept by its thread for the next. */
#ifndef SAC_COMPUTE_SCRATCH_H
#define SAC_COMPUTE_SCRATCH_H

#include <stddef.h>

/* Returns: room for count floats, 64-byte aligned, that may hold anything; the
 * calling thread's until its next call.  Freed with the thread. */
float *sac_scratch (size_t count);

/* The same, of its own, for chunks that call kernels which use the other. */
float *sac_scratch_outer (size_t count);

/* The same, for a kernel that chunks with either of the others call. */
float *sac_scratch_inner (size_t count);

/* The same, for what a loop prepares and all its chunks read. */
float *sac_scratch_shared (size_t count);

#endif
