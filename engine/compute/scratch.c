/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#define _GNU_SOURCE
#include "compute/scratch.h"

#include <glib.h>
#include <sys/mman.h>

/* What pages are asked in; a thread's buffer only grows. */
#define GRAIN ((gsize)2 << 20)

typedef struct {
  void *data;
  gsize bytes;
} Buffer;

static void
buffer_free (gpointer data)
{
  Buffer *buffer = data;

  g_aligned_free (buffer->data);
  g_free (buffer);
}

static GPrivate own = G_PRIVATE_INIT (buffer_free);
static GPrivate outer = G_PRIVATE_INIT (buffer_free);
static GPrivate inner = G_PRIVATE_INIT (buffer_free);
static GPrivate shared = G_PRIVATE_INIT (buffer_free);

static void
grow (Buffer *buffer, gsize bytes)
{
  gsize rounded = (bytes + GRAIN - 1) / GRAIN * GRAIN;

  g_aligned_free (buffer->data);
  buffer->data = g_aligned_alloc (1, rounded, GRAIN);
  buffer->bytes = rounded;
#ifdef MADV_HUGEPAGE
  madvise (buffer->data, rounded, MADV_HUGEPAGE); /* only ever a hint */
#endif
}

static float *
get_room (GPrivate *place, size_t count)
{
  Buffer *buffer = g_private_get (place);

  if (buffer == NULL) {
    buffer = g_new0 (Buffer, 1);
    g_private_set (place, buffer);
  }
  if (buffer->bytes < count * sizeof (float))
    grow (buffer, count * sizeof (float));
  return buffer->data;
}

float *
sac_scratch (size_t count)
{
  return get_room (&own, count);
}

float *
sac_scratch_outer (size_t count)
{
  return get_room (&outer, count);
}

float *
sac_scratch_inner (size_t count)
{
  return get_room (&inner, count);
}

float *
sac_scratch_shared (size_t count)
{
  return get_room (&shared, count);
}
