/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "worker.h"

#include "base/pool.h"

/* Requests are numbers; the answer is the number doubled.  Odd ones fail, and
 * BLOCKING ones run until they are cancelled. */
#define BLOCKING 1000

static GThread *main_thread;
static int requests_alive;
static int results_alive;

static gpointer
run (gpointer request, SacJob *job, GError **error)
{
  int number = *(int *)request;
  int *result;

  g_assert_true (g_thread_self () != main_thread);
  while (number == BLOCKING && sac_job_check (job, error))
    g_usleep (1000);
  if (number == BLOCKING)
    return NULL;
  if (number % 2 != 0) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "odd");
    return NULL;
  }
  result = g_new (int, 1);
  *result = number * 2;
  g_atomic_int_inc (&results_alive);
  return result;
}

static void
free_request (gpointer request)
{
  g_atomic_int_add (&requests_alive, -1);
  g_free (request);
}

static void
free_result (gpointer result)
{
  g_atomic_int_add (&results_alive, -1);
  g_free (result);
}

static const SacWork work = {run, free_request, free_result};

/* The owner: answers in the order in which they came; -1 failed, -2 was
 * cancelled. */
static GArray *answers;

static void
on_done (gpointer owner, gpointer result, const GError *error)
{
  int answer = result != NULL ? *(int *)result : -1;

  g_assert_true (g_thread_self () == main_thread);
  g_assert_true (G_IS_OBJECT (owner));
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    answer = -2;
  g_array_append_val (answers, answer);
  if (result != NULL)
    free_result (result);
}

static SacJob *
push (SacWorker *worker, GObject *owner, int number)
{
  int *request = g_new (int, 1);

  *request = number;
  requests_alive++;
  return sac_worker_push (worker, &work, request, owner, on_done);
}

static void
wait_for (guint count)
{
  while (answers->len < count)
    g_main_context_iteration (NULL, TRUE);
}

typedef struct {
  SacWorker *worker;
  GObject *owner;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  answers = g_array_new (FALSE, FALSE, sizeof (int));
  fixture->worker = sac_worker_new ();
  fixture->owner = g_object_new (G_TYPE_OBJECT, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  sac_worker_free (fixture->worker);
  g_assert_finalize_object (fixture->owner);
  g_assert_cmpint (requests_alive, ==, 0);
  g_assert_cmpint (results_alive, ==, 0);
  g_array_unref (answers);
}

static void
assert_answer (guint index, int expected)
{
  g_assert_cmpint (g_array_index (answers, int, index), ==, expected);
}

static void
test_order (Fixture *fixture, gconstpointer data)
{
  const int numbers[] = {2, 3, 4, 10};

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    sac_job_unref (push (fixture->worker, fixture->owner, numbers[i]));
  wait_for (4);
  assert_answer (0, 4);
  assert_answer (1, -1);
  assert_answer (2, 8);
  assert_answer (3, 20);
}

static void
test_cancel_running (Fixture *fixture, gconstpointer data)
{
  SacJob *job = push (fixture->worker, fixture->owner, BLOCKING);

  sac_job_unref (push (fixture->worker, fixture->owner, 6));
  g_usleep (5000);
  sac_job_cancel (job);
  sac_job_unref (job);
  wait_for (2);
  assert_answer (0, -2);
  assert_answer (1, 12);
}

/* A result that is there but not yet delivered is dropped too. */
static void
test_cancel_finished (Fixture *fixture, gconstpointer data)
{
  SacJob *job = push (fixture->worker, fixture->owner, 8);

  while (g_atomic_int_get (&results_alive) == 0)
    g_usleep (100);
  sac_job_cancel (job);
  sac_job_unref (job);
  wait_for (1);
  assert_answer (0, -2);
}

static void
test_free_while_busy (Fixture *fixture, gconstpointer data)
{
  sac_job_unref (push (fixture->worker, fixture->owner, BLOCKING));
  sac_job_unref (push (fixture->worker, fixture->owner, 2));
  g_usleep (2000);
  sac_worker_free (g_steal_pointer (&fixture->worker));
  g_assert_cmpuint (answers->len, ==, 2);
  assert_answer (0, -2);
  assert_answer (1, -2);
}

/* The window keeps a processor, where there is more than one. */
static void
test_threads (Fixture *fixture, gconstpointer data)
{
  guint processors = g_get_num_processors ();

  g_assert_cmpuint (sac_pool_get_threads (), ==,
                    processors > 1 ? processors - 1 : 1);
}

#define ADD(path, function)                                                    \
  g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  main_thread = g_thread_self ();
  ADD ("/worker/order", test_order);
  ADD ("/worker/cancel-running", test_cancel_running);
  ADD ("/worker/cancel-finished", test_cancel_finished);
  ADD ("/worker/free-while-busy", test_free_while_busy);
  ADD ("/worker/threads", test_threads);
  return g_test_run ();
}
