/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Programs that are killed at any moment: what they had told to be done is
 * there, at most the batch they were at is lost, and the end is the same to the
 * bit.  A few kills by default, as many as SACCADE_CRASH_KILLS says. */
#include "probe.h"
#include "support.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SLIDE "demo:slide:4000x3000,pattern=512,delay=1"
#define USUAL_KILLS 12
#define LONGEST_MICROSECONDS 250000
#define SHORT_MICROSECONDS 40000 /* some batches */

static const char *program;

static SacSlideRun *
begin (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacSource) source = sac_source_open (SLIDE, NULL, &error);
  g_autoptr (SacModel) model =
    probe_model_new (&(ProbeParams){"probe", PROBE_NETWORK, 32, 1.0, NULL});

  g_assert_no_error (error);
  return probe_run_new (source, model, &(SacSlideParams){.batch_size = 8},
                        folder);
}

static void
tell (SacSlideRun *run, void *data)
{
  SacSlideProgress progress;
  guint64 done;

  sac_slide_run_get_progress (run, &progress);
  done = progress.done_count;
  if (write (STDOUT_FILENO, &done, sizeof done) != sizeof done)
    abort ();
}

/* Runs what is left and tells after each batch how many tiles are done. */
static int
be_child (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacSlideRun) run = begin (folder);

  sac_slide_run_go (run, tell, NULL, NULL, &error);
  g_assert_no_error (error);
  return 0;
}

/* The last number told; `told` when there is none. */
static guint64
read_told (int pipe, guint64 told)
{
  guint64 next;

  while (read (pipe, &next, sizeof next) == sizeof next)
    told = next;
  close (pipe);
  return told;
}

/* What the child had lying about goes with the test's own folder.
 *
 * after_first: the time counts from the first batch on, and not from the start,
 * most of which may be spent on getting ready.  Returns: tiles that it said
 * were done; 0 when it was too early to say. */
static guint64
run_and_kill (const char *folder, gulong microseconds, bool after_first)
{
  const char *const words[] = {program, "--child", folder, NULL};
  g_autofree char *parent = g_path_get_dirname (folder);
  g_auto (GStrv) environment =
    g_environ_setenv (g_get_environ (), "TMPDIR", parent, TRUE);
  g_autoptr (GError) error = NULL;
  GPid pid;
  guint64 told = 0;
  int out, status;

  g_spawn_async_with_pipes (NULL, (char **)words, environment,
                            G_SPAWN_DO_NOT_REAP_CHILD |
                              G_SPAWN_STDERR_TO_DEV_NULL,
                            NULL, NULL, &pid, NULL, &out, NULL, &error);
  g_assert_no_error (error);
  if (after_first && read (out, &told, sizeof told) != sizeof told)
    told = 0;
  g_usleep (microseconds);
  kill (pid, SIGKILL);
  waitpid (pid, &status, 0);
  return read_told (out, told);
}

static guint64
count_done (const char *folder)
{
  g_autoptr (SacSlideRun) run = begin (folder);
  SacSlideProgress progress;

  sac_slide_run_get_progress (run, &progress);
  g_assert_cmpuint (progress.repeated_count, ==, 0);
  return progress.done_count;
}

static void
test_kills (void)
{
  const char *wanted = g_getenv ("SACCADE_CRASH_KILLS");
  int kills = wanted != NULL ? atoi (wanted) : USUAL_KILLS;
  char *folder = test_folder_new ();
  g_autofree char *whole_folder = g_build_filename (folder, "whole", NULL);
  g_autofree char *torn_folder = g_build_filename (folder, "torn-0", NULL);
  g_autoptr (SacSlideRun) whole = begin (whole_folder);
  g_autoptr (SacSlideRun) torn = NULL;
  guint64 before = 0;
  int torn_count = 0;

  probe_run_go (whole);
  for (int i = 0; i < kills; i++) {
    bool after_first = i % 4 != 0;
    guint64 told =
      run_and_kill (torn_folder,
                    (gulong)g_test_rand_int_range (0, after_first
                                                        ? SHORT_MICROSECONDS
                                                        : LONGEST_MICROSECONDS),
                    after_first);
    guint64 done = count_done (torn_folder);

    /* Nothing told is lost; one batch may have been safe, but not yet told. */
    g_assert_cmpuint (done, >=, MAX (before, told));
    if (told > 0)
      g_assert_cmpuint (done, <=, told + 8);
    torn_count += told > 0 && done < sac_slide_run_get_list (whole)->count;
    before = done;
    if (done < sac_slide_run_get_list (whole)->count)
      continue;
    /* It came to its end: look, and begin another. */
    torn = begin (torn_folder);
    probe_assert_same (whole, torn);
    g_clear_pointer (&torn, sac_slide_run_free);
    g_free (torn_folder);
    torn_folder = g_strdup_printf ("%s/torn-%d", folder, i + 1);
    before = 0;
  }
  g_test_message ("%d of %d kills came in the middle", torn_count, kills);
  torn = begin (torn_folder);
  probe_run_go (torn);
  probe_assert_same (whole, torn);
  test_folder_remove (folder);
}

int
main (int argc, char **argv)
{
  program = argv[0];
  if (argc == 3 && strcmp (argv[1], "--child") == 0)
    return be_child (argv[2]);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/slide-crash/kills", test_kills);
  return g_test_run ();
}
