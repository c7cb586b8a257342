/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/pool.h"
#include "support.h"

#define CHUNKS 1000

static void
count_chunk (size_t index, void *data)
{
  int *counts = data;

  counts[index]++;
}

/* Each chunk exactly once, whatever the number of threads. */
static void
test_every_chunk_once (void)
{
  for (size_t threads = 1; threads <= 5; threads++) {
    int counts[CHUNKS] = {0};

    sac_pool_set_threads (threads);
    for (int round = 0; round < 50; round++)
      sac_pool_run (CHUNKS, count_chunk, counts);
    for (int i = 0; i < CHUNKS; i++)
      g_assert_cmpint (counts[i], ==, 50);
  }
}

/* Long enough that helpers have gone to sleep, or about to, and chunks so long
 * that the caller sleeps until they end. */
static void
pause_chunk (size_t index, void *data)
{
  int *counts = data;

  g_usleep (index % 2 * 400);
  counts[index]++;
}

static void
test_pauses (void)
{
  int counts[4] = {0};

  for (int round = 0; round < 60; round++) {
    sac_pool_set_threads (1 + (size_t)round % 4);
    sac_pool_run (G_N_ELEMENTS (counts), pause_chunk, counts);
    g_usleep ((gulong)round * 7);
  }
  for (size_t i = 0; i < G_N_ELEMENTS (counts); i++)
    g_assert_cmpint (counts[i], ==, 60);
}

static void
test_empty (void)
{
  sac_pool_set_threads (4);
  sac_pool_run (0, count_chunk, NULL);
}

static void
run_inner (size_t index, void *data)
{
  int (*counts)[8] = data;

  sac_pool_run (8, count_chunk, counts[index]);
}

static void
test_loop_inside_a_chunk (void)
{
  int counts[16][8] = {0};

  sac_pool_set_threads (3);
  sac_pool_run (16, run_inner, counts);
  for (int i = 0; i < 16; i++) {
    for (int k = 0; k < 8; k++)
      g_assert_cmpint (counts[i][k], ==, 1);
  }
}

static gpointer
run_loops (gpointer data)
{
  for (int round = 0; round < 200; round++)
    sac_pool_run (CHUNKS, count_chunk, data);
  return NULL;
}

static void
test_two_callers (void)
{
  static int first[CHUNKS], second[CHUNKS];
  GThread *thread;

  sac_pool_set_threads (3);
  thread = g_thread_new ("other", run_loops, first);
  run_loops (second);
  g_thread_join (thread);
  for (int i = 0; i < CHUNKS; i++) {
    g_assert_cmpint (first[i], ==, 200);
    g_assert_cmpint (second[i], ==, 200);
  }
}

static void
test_default (void)
{
  sac_pool_set_threads (0);
  g_assert_cmpuint (sac_pool_get_threads (), ==, g_get_num_processors ());
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pool/every-chunk-once", test_every_chunk_once);
  g_test_add_func ("/pool/pauses", test_pauses);
  g_test_add_func ("/pool/empty", test_empty);
  g_test_add_func ("/pool/loop-inside-a-chunk", test_loop_inside_a_chunk);
  g_test_add_func ("/pool/two-callers", test_two_callers);
  g_test_add_func ("/pool/default", test_default);
  return g_test_run ();
}
