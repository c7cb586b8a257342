/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute/amx.h"

#include <glib.h>

#if defined __x86_64__ && defined __linux__
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Leaf 1, ecx. */
#define HAS_XGETBV (1u << 27)
/* Leaf 7, edx, and its part 1, eax. */
#define HAS_AMX_BF16 (1u << 22)
#define HAS_AMX_TILE (1u << 24)
#define HAS_AVX512_BF16 (1u << 5)
/* Of XCR0: the tiles' configuration and their data. */
#define STATE_TILES (3u << 17)

/* Linux: arch_prctl (ARCH_REQ_XCOMP_PERM, XFEATURE_XTILE_DATA). */
#define ASK_STATE 0x1023
#define TILE_DATA 18

static unsigned
get_states (void)
{
  unsigned low, high;

  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

static bool
processor_can (void)
{
  unsigned a, b, c, d;

  if (!__get_cpuid (1, &a, &b, &c, &d) || (c & HAS_XGETBV) == 0)
    return false;
  if (!__get_cpuid_count (7, 0, &a, &b, &c, &d) || (d & HAS_AMX_BF16) == 0 ||
      (d & HAS_AMX_TILE) == 0)
    return false;
  return __get_cpuid_count (7, 1, &a, &b, &c, &d) && (a & HAS_AVX512_BF16) != 0;
}

static bool
find_out (void)
{
  return processor_can () && (get_states () & STATE_TILES) == STATE_TILES &&
         syscall (SYS_arch_prctl, ASK_STATE, TILE_DATA) == 0;
}
#else
static bool
find_out (void)
{
  return false;
}
#endif

bool
sac_amx_can (void)
{
  static gsize answer; /* 1: no, 2: yes */

  if (g_once_init_enter (&answer))
    g_once_init_leave (&answer, find_out () ? 2 : 1);
  return answer == 2;
}
