/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "worker.h"

#include "base/pool.h"
#include "base/thread.h"

/* Behind the window and the tiles of what is looked at. */
#define STEPS_BACK 9

/* One request from push to answer.  Main thread -> engine thread -> main
 * thread: whoever has it is the only one that touches it, but for the job. */
typedef struct {
  SacWorker *worker;
  const SacWork *work;
  gpointer request;
  GObject *owner;
  SacWorkDone done;
  SacJob *job;
  gpointer result;
  GError *error;
} Errand;

struct SacWorker {
  GThread *thread;
  GMainContext *context; /* where answers go */
  GMutex mutex;          /* guards what follows */
  GCond changed;
  GQueue waiting; /* of Errand */
  GList *jobs;    /* of all errands that are not answered */
  bool stopping;
};

static void
errand_free (Errand *errand)
{
  errand->work->free_request (errand->request);
  g_object_unref (errand->owner);
  sac_job_unref (errand->job);
  g_clear_error (&errand->error);
  g_free (errand);
}

/* GSourceFunc, on the main thread. */
static gboolean
answer (gpointer data)
{
  Errand *errand = data;
  SacWorker *worker = errand->worker;

  g_mutex_lock (&worker->mutex);
  worker->jobs = g_list_remove (worker->jobs, errand->job);
  g_mutex_unlock (&worker->mutex);

  if (errand->result != NULL && sac_job_is_cancelled (errand->job)) {
    g_clear_pointer (&errand->result, errand->work->free_result);
    sac_job_check (errand->job, &errand->error);
  }
  errand->done (errand->owner, errand->result, errand->error);
  errand_free (errand);
  return G_SOURCE_REMOVE;
}

static Errand *
next_errand (SacWorker *worker)
{
  g_mutex_lock (&worker->mutex);
  while (g_queue_is_empty (&worker->waiting) && !worker->stopping)
    g_cond_wait (&worker->changed, &worker->mutex);

  Errand *errand = g_queue_pop_head (&worker->waiting);

  g_mutex_unlock (&worker->mutex);
  return errand;
}

static gpointer
engine_thread (gpointer data)
{
  SacWorker *worker = data;
  Errand *errand;

  sac_thread_step_back (STEPS_BACK);
  while ((errand = next_errand (worker)) != NULL) {
    if (sac_job_check (errand->job, &errand->error))
      errand->result =
        errand->work->run (errand->request, errand->job, &errand->error);
    g_assert ((errand->result == NULL) == (errand->error != NULL));

    /* Redrawing must not starve answers, so they come before it. */
    GSource *source = g_idle_source_new ();

    g_source_set_priority (source, G_PRIORITY_DEFAULT);
    g_source_set_callback (source, answer, errand, NULL);
    g_source_attach (source, worker->context);
    g_source_unref (source);
  }
  return NULL;
}

static guint wanted_threads; /* 0: not said */

/* One processor is left to whoever waits for the answer and looks around
 * meanwhile. */
static void
set_threads (void)
{
  sac_pool_set_threads (
    wanted_threads > 0 ? wanted_threads : MAX (2, g_get_num_processors ()) - 1);
}

void
sac_worker_use_threads (guint count)
{
  wanted_threads = count;
  set_threads ();
}

SacWorker *
sac_worker_new (void)
{
  SacWorker *worker = g_new0 (SacWorker, 1);

  set_threads ();
  worker->context = g_main_context_ref_thread_default ();
  g_mutex_init (&worker->mutex);
  g_cond_init (&worker->changed);
  g_queue_init (&worker->waiting);
  worker->thread = g_thread_new ("engine", engine_thread, worker);
  return worker;
}

static bool
has_unanswered (SacWorker *worker)
{
  g_mutex_lock (&worker->mutex);

  bool any = worker->jobs != NULL;

  g_mutex_unlock (&worker->mutex);
  return any;
}

void
sac_worker_free (SacWorker *worker)
{
  if (worker == NULL)
    return;
  g_mutex_lock (&worker->mutex);
  worker->stopping = true;
  for (GList *link = worker->jobs; link != NULL; link = link->next)
    sac_job_cancel (link->data);
  g_cond_signal (&worker->changed);
  g_mutex_unlock (&worker->mutex);
  g_thread_join (worker->thread);
  while (has_unanswered (worker))
    g_main_context_iteration (worker->context, TRUE);
  g_mutex_clear (&worker->mutex);
  g_cond_clear (&worker->changed);
  g_main_context_unref (worker->context);
  g_free (worker);
}

SacJob *
sac_worker_push (SacWorker *worker,
                 const SacWork *work,
                 gpointer request,
                 gpointer owner,
                 SacWorkDone done)
{
  Errand *errand = g_new0 (Errand, 1);

  errand->worker = worker;
  errand->work = work;
  errand->request = request;
  errand->owner = g_object_ref (owner);
  errand->done = done;
  errand->job = sac_job_new (NULL);

  SacJob *job = sac_job_ref (errand->job);

  g_mutex_lock (&worker->mutex);
  worker->jobs = g_list_prepend (worker->jobs, errand->job);
  g_queue_push_tail (&worker->waiting, errand);
  g_cond_signal (&worker->changed);
  g_mutex_unlock (&worker->mutex);
  return job;
}
