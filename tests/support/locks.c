/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* GLib's locks once more, over pthreads.
 *
 * GLib makes them of futexes, which the thread sanitizer cannot see: every
 * access that a GMutex guards would look like a race.  Linked only into builds
 * with that sanitizer, where these stand before GLib's own. */
#include <glib.h>
#include <pthread.h>
#include <stdlib.h>

/* The lock behind a zero-filled GMutex or GCond is made at its first use. */
static void *
ensure (gpointer *place, size_t size, void (*init) (void *))
{
  void *present = __atomic_load_n (place, __ATOMIC_ACQUIRE);

  if (present != NULL)
    return present;

  void *made = calloc (1, size);
  void *expected = NULL;

  init (made);
  if (__atomic_compare_exchange_n (place, &expected, made, 0, __ATOMIC_ACQ_REL,
                                   __ATOMIC_ACQUIRE))
    return made;
  free (made);
  return expected;
}

static void
init_mutex (void *mutex)
{
  pthread_mutex_init (mutex, NULL);
}

static void
init_cond (void *cond)
{
  pthread_cond_init (cond, NULL);
}

static pthread_mutex_t *
mutex_of (GMutex *mutex)
{
  return ensure (&mutex->p, sizeof (pthread_mutex_t), init_mutex);
}

static pthread_cond_t *
cond_of (GCond *cond)
{
  return ensure (&cond->p, sizeof (pthread_cond_t), init_cond);
}

void
g_mutex_init (GMutex *mutex)
{
  mutex->p = NULL;
}

void
g_mutex_clear (GMutex *mutex)
{
  if (mutex->p != NULL)
    pthread_mutex_destroy (mutex->p);
  free (mutex->p);
  mutex->p = NULL;
}

void
g_mutex_lock (GMutex *mutex)
{
  pthread_mutex_lock (mutex_of (mutex));
}

void
g_mutex_unlock (GMutex *mutex)
{
  pthread_mutex_unlock (mutex_of (mutex));
}

gboolean
g_mutex_trylock (GMutex *mutex)
{
  return pthread_mutex_trylock (mutex_of (mutex)) == 0;
}

void
g_cond_init (GCond *cond)
{
  cond->p = NULL;
}

void
g_cond_clear (GCond *cond)
{
  if (cond->p != NULL)
    pthread_cond_destroy (cond->p);
  free (cond->p);
  cond->p = NULL;
}

/* `end` is of the monotonic clock, what pthreads wait for is of the real one.
 */
gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end)
{
  gint64 real = g_get_real_time () + end - g_get_monotonic_time ();
  struct timespec until = {
    .tv_sec = real / G_USEC_PER_SEC,
    .tv_nsec = real % G_USEC_PER_SEC * 1000,
  };

  return pthread_cond_timedwait (cond_of (cond), mutex_of (mutex), &until) == 0;
}

/* The older forms, which OpenSlide uses. */
GMutex *
g_mutex_new (void)
{
  return g_new0 (GMutex, 1);
}

void
g_mutex_free (GMutex *mutex)
{
  g_mutex_clear (mutex);
  g_free (mutex);
}

GCond *
g_cond_new (void)
{
  return g_new0 (GCond, 1);
}

void
g_cond_free (GCond *cond)
{
  g_cond_clear (cond);
  g_free (cond);
}

G_GNUC_BEGIN_IGNORE_DEPRECATIONS
gboolean
g_cond_timed_wait (GCond *cond, GMutex *mutex, GTimeVal *end)
{
  struct timespec until = {0};

  if (end == NULL)
    return pthread_cond_wait (cond_of (cond), mutex_of (mutex)) == 0;
  until.tv_sec = end->tv_sec;
  until.tv_nsec = end->tv_usec * 1000;
  return pthread_cond_timedwait (cond_of (cond), mutex_of (mutex), &until) == 0;
}
G_GNUC_END_IGNORE_DEPRECATIONS

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  pthread_cond_wait (cond_of (cond), mutex_of (mutex));
}

void
g_cond_signal (GCond *cond)
{
  pthread_cond_signal (cond_of (cond));
}

void
g_cond_broadcast (GCond *cond)
{
  pthread_cond_broadcast (cond_of (cond));
}

#undef g_atomic_ref_count_init
#undef g_atomic_ref_count_inc
#undef g_atomic_ref_count_dec

void
g_atomic_ref_count_init (gatomicrefcount *count)
{
  *count = 1;
}

void
g_atomic_ref_count_inc (gatomicrefcount *count)
{
  __atomic_add_fetch (count, 1, __ATOMIC_SEQ_CST);
}

gboolean
g_atomic_ref_count_dec (gatomicrefcount *count)
{
  return __atomic_sub_fetch (count, 1, __ATOMIC_ACQ_REL) == 0;
}
