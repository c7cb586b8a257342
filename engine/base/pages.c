/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#define _DEFAULT_SOURCE /* madvise */
#include "base/pages.h"

#include <sys/mman.h>
#include <unistd.h>

static void *
map (size_t size, int flags)
{
  void *memory = mmap (NULL, size, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

  return memory != MAP_FAILED ? memory : NULL;
}

void *
sac_pages_new (size_t size)
{
  void *memory = map (size, 0);

  if (memory != NULL)
    madvise (memory, size, MADV_HUGEPAGE); /* only ever a hint */
  return memory;
}

void *
sac_pages_new_sparse (size_t size)
{
  return map (size, MAP_NORESERVE);
}

void
sac_pages_drop (void *memory, size_t from, size_t to)
{
  size_t page = (size_t)sysconf (_SC_PAGESIZE);

  from = (from + page - 1) / page * page;
  to = to / page * page;
  if (from < to)
    madvise ((char *)memory + from, to - from, MADV_DONTNEED);
}

void
sac_pages_free (void *memory, size_t size)
{
  if (memory != NULL)
    munmap (memory, size);
}
