/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The calling thread takes part in its own loop.  Helpers sleep on a condition
 * until a loop is posted, take chunks from an atomic counter, and report when
 * there are none left.  A loop is over when every helper that joined it has
 * reported: `helpers_inside` is that count, guarded by `mutex`. */
#include "base/pool.h"

#include <glib.h>
#include <stdatomic.h>
#include <stdbool.h>

typedef struct {
  SacPoolFunc func;
  void *data;
  size_t count;
  atomic_size_t next;
} Loop;

static struct {
  GMutex mutex;
  GCond posted;
  GCond finished;
  Loop *loop;          /* posted and still open to helpers, or NULL */
  guint64 loop_number; /* so that a helper joins each loop once */
  size_t helpers_inside;
  size_t helper_count;  /* threads that exist, without the caller */
  atomic_size_t wanted; /* 0: not set, use the number of processors */
} pool;

static GMutex busy; /* held by the thread whose loop is running */
static _Thread_local bool inside_loop;

static void
take_chunks (Loop *loop)
{
  inside_loop = true;
  for (;;) {
    size_t index = atomic_fetch_add (&loop->next, 1);

    if (index >= loop->count)
      break;
    loop->func (index, loop->data);
  }
  inside_loop = false;
}

static void
join_loop (size_t self, guint64 *seen)
{
  while (pool.loop == NULL || pool.loop_number == *seen ||
         self + 1 >= sac_pool_get_threads ())
    g_cond_wait (&pool.posted, &pool.mutex);
  *seen = pool.loop_number;
  pool.helpers_inside++;
}

static void *
helper_main (void *data)
{
  size_t self = GPOINTER_TO_SIZE (data);
  guint64 seen = 0;

  g_mutex_lock (&pool.mutex);
  for (;;) {
    join_loop (self, &seen);
    Loop *loop = pool.loop;

    g_mutex_unlock (&pool.mutex);
    take_chunks (loop);
    g_mutex_lock (&pool.mutex);
    if (--pool.helpers_inside == 0)
      g_cond_signal (&pool.finished);
  }
  return NULL;
}

void
sac_pool_set_threads (size_t count)
{
  atomic_store (&pool.wanted, count);
}

size_t
sac_pool_get_threads (void)
{
  size_t wanted = atomic_load (&pool.wanted);

  return wanted != 0 ? wanted : MAX (1, g_get_num_processors ());
}

/* Helpers stay for the life of the process; a smaller setting only idles them.
 */
static void
ensure_helpers (size_t count)
{
  while (pool.helper_count < count) {
    GThread *thread =
      g_thread_try_new ("sac-pool", helper_main,
                        GSIZE_TO_POINTER (pool.helper_count), NULL);

    if (thread == NULL)
      return; /* fewer threads: slower, not wrong */
    g_thread_unref (thread);
    pool.helper_count++;
  }
}

static void
run_shared (Loop *loop, size_t threads)
{
  g_mutex_lock (&pool.mutex);
  ensure_helpers (threads - 1);
  pool.loop = loop;
  pool.loop_number++;
  g_cond_broadcast (&pool.posted);
  g_mutex_unlock (&pool.mutex);

  take_chunks (loop);

  g_mutex_lock (&pool.mutex);
  pool.loop = NULL;
  while (pool.helpers_inside > 0)
    g_cond_wait (&pool.finished, &pool.mutex);
  g_mutex_unlock (&pool.mutex);
}

void
sac_pool_run (size_t count, SacPoolFunc func, void *data)
{
  size_t threads = MIN (sac_pool_get_threads (), count);

  if (threads < 2 || inside_loop || !g_mutex_trylock (&busy)) {
    for (size_t index = 0; index < count; index++)
      func (index, data);
    return;
  }

  Loop loop = {.func = func, .data = data, .count = count};

  run_shared (&loop, threads);
  g_mutex_unlock (&busy);
}
