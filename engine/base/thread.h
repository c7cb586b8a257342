/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Whose turn it is where there are fewer processors than threads with work. */
#ifndef SAC_BASE_THREAD_H
#define SAC_BASE_THREAD_H

/* Lowers the calling thread, and threads that it begins from now on, below the
 * one that draws: `steps` as of nice(1), 0 to 19.  For good: a thread cannot
 * raise itself again.  Without effect where the system has no such thing. */
void sac_thread_step_back (int steps);

#endif
