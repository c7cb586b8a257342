/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Loops for the vectors of the processor at hand. */
#ifndef SAC_BASE_WIDE_H
#define SAC_BASE_WIDE_H

/* Before a function whose loop is worth compiling for wide vectors too; the
 * dynamic linker picks the widest that the processor has.  It picks before the
 * thread sanitizer is ready, which ends such a program at once. */
#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__clang__) &&    \
  !defined(__SANITIZE_THREAD__)
#define SAC_WIDE                                                               \
  __attribute__ ((                                                             \
    target_clones ("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define SAC_WIDE
#endif

#endif
