/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The calling thread takes part in its own loop.  Helpers wait until a loop is
 * posted, take chunks from an atomic counter, and report when there are none
 * left.  A loop is over when every helper that joined it has reported:
 * `helpers_inside` is that count, changed under `mutex`.
 *
 * To sleep and be woken takes as long as a short loop, so both sides look for a
 * while before they sleep: the layers of a network follow each other at once,
 * and a helper that has to be woken for each would miss most of them. */
#include "base/pool.h"

#include <glib.h>
#include <stdatomic.h>
#include <stdbool.h>

/* What a helper looks for the next loop, and a caller for the helpers' end,
 * before they sleep; some loops of a small network. */
#define LOOK_MICROSECONDS 60
/* Looks before the processor is offered to others. */
#define LOOKS 16

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
  Loop *loop; /* posted and still open to helpers, or NULL */
  /* Changed under the mutex; looked at without it. */
  atomic_size_t loop_number; /* so that a helper joins each loop once */
  atomic_size_t helpers_inside;
  /* Only who sleeps is woken: that costs as much as a short chunk. */
  size_t sleeping;      /* helpers; changed under the mutex */
  bool caller_waits;    /* the same */
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

static inline void
rest (void)
{
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause ();
#endif
}

/* Whoever holds the mutex lets go of it at once, sooner than one could sleep.
 */
static void
lock (void)
{
  for (int i = 0; i < LOOKS; i++) {
    if (g_mutex_trylock (&pool.mutex))
      return;
    rest ();
  }
  g_mutex_lock (&pool.mutex);
}

/* Until the number is another than `old`, or for a while. */
static void
look_for_change (atomic_size_t *number, size_t old)
{
  gint64 end = g_get_monotonic_time () + LOOK_MICROSECONDS;

  do {
    for (int i = 0; i < LOOKS; i++) {
      if (atomic_load (number) != old)
        return;
      rest ();
    }
    g_thread_yield (); /* whom we wait for may have no other */
  } while (g_get_monotonic_time () < end);
}

static bool
is_wanted (size_t self)
{
  return self + 1 < sac_pool_get_threads ();
}

static void
join_loop (size_t self, size_t *seen)
{
  while (pool.loop == NULL || pool.loop_number == *seen || !is_wanted (self)) {
    *seen = pool.loop_number;
    g_mutex_unlock (&pool.mutex);
    if (is_wanted (self))
      look_for_change (&pool.loop_number, *seen);
    lock ();
    if (pool.loop_number == *seen) {
      pool.sleeping++;
      g_cond_wait (&pool.posted, &pool.mutex);
      pool.sleeping--;
    }
  }
  *seen = pool.loop_number;
  pool.helpers_inside++;
}

static void *
helper_main (void *data)
{
  size_t self = GPOINTER_TO_SIZE (data);
  size_t seen = 0;

  g_mutex_lock (&pool.mutex);
  for (;;) {
    join_loop (self, &seen);
    Loop *loop = pool.loop;

    g_mutex_unlock (&pool.mutex);
    take_chunks (loop);
    lock ();
    pool.helpers_inside--;
    if (pool.caller_waits)
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

/* None joins any more. */
static void
wait_for_helpers (void)
{
  for (size_t inside = pool.helpers_inside; inside > 0;
       inside = pool.helpers_inside) {
    look_for_change (&pool.helpers_inside, inside);
    if (pool.helpers_inside < inside)
      continue;
    g_mutex_lock (&pool.mutex);
    pool.caller_waits = true;
    if (pool.helpers_inside == inside)
      g_cond_wait (&pool.finished, &pool.mutex);
    pool.caller_waits = false;
    g_mutex_unlock (&pool.mutex);
  }
}

static void
run_shared (Loop *loop, size_t threads)
{
  lock ();
  ensure_helpers (threads - 1);
  pool.loop = loop;
  pool.loop_number++;

  bool anyone = pool.sleeping > 0;

  g_mutex_unlock (&pool.mutex);
  if (anyone)
    g_cond_broadcast (&pool.posted);

  take_chunks (loop);

  lock ();
  pool.loop = NULL;
  g_mutex_unlock (&pool.mutex);
  wait_for_helpers ();
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

void
sac_pool_stay_out (void)
{
  inside_loop = true;
}
