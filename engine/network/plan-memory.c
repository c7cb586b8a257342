/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#define _DEFAULT_SOURCE /* madvise */
#include "network/plan-memory.h"

#include <sys/mman.h>

void *
sac_plan_memory_new (size_t size)
{
  void *memory = mmap (NULL, size, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  if (memory == MAP_FAILED)
    return NULL;
  madvise (memory, size, MADV_HUGEPAGE);
  return memory;
}

void
sac_plan_memory_free (void *memory, size_t size)
{
  if (memory != NULL)
    munmap (memory, size);
}
