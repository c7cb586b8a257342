/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "cli.h"

#include "tensor/gemm-environment.h"

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* In the order of `saccade-cli --help`. */
static const CliCommand *const commands[] = {
  &cli_info,         &cli_run,     &cli_predict, &cli_explain,
  &cli_compare,      &cli_measure, &cli_slide,   &cli_merge,
  &cli_faithfulness, &cli_sanity,  &cli_render,  &cli_methods,
  &cli_models,       &cli_phantom, &cli_bench,   NULL,
};

static SacJob *interrupted; /* for the signal handler: set once, before it */

static void
on_interrupt (int number)
{
  sac_job_cancel (interrupted);
  signal (number, SIG_DFL); /* a second one ends the program at once */
}

static void
print_help (FILE *stream)
{
  fputs ("Usage: saccade-cli COMMAND [ARGUMENTS]\n\n", stream);
  for (size_t i = 0; commands[i] != NULL; i++)
    fprintf (stream, "  %-12s %s\n", commands[i]->name, commands[i]->summary);
  fputs ("\n'saccade-cli COMMAND --help' tells a command's arguments.\n"
         "Exit status: 0 success, 1 an error of the input, 2 wrong usage.\n"
         "For research and audit. Not for diagnosis.\n",
         stream);
}

/* Returns: the exit status; 1 when standard output took nothing. */
static int
end_output (void)
{
  if (fflush (stdout) == 0 && ferror (stdout) == 0)
    return 0;
  fprintf (stderr, "saccade-cli: standard output cannot be written (%s)\n",
           g_strerror (errno));
  return 1;
}

static const CliCommand *
find_command (const char *name)
{
  for (size_t i = 0; commands[i] != NULL; i++) {
    if (strcmp (commands[i]->name, name) == 0)
      return commands[i];
  }
  return NULL;
}

static int
run_command (const CliCommand *command, int argc, char **argv)
{
  g_autoptr (SacJob) job = sac_job_new (NULL);
  g_autoptr (GError) error = NULL;

  interrupted = job;
  signal (SIGINT, on_interrupt);
  signal (SIGTERM, on_interrupt);
  if (command->run (argc, argv, job, &error)) {
    g_assert (error == NULL);
    return 0;
  }
  g_assert (error != NULL);
  cli_report (command->name, error);
  if (error->domain != CLI_USAGE)
    return 1;
  g_printerr ("Usage: %s %s\n", g_get_prgname (), command->usage);
  return 2;
}

int
main (int argc, char **argv)
{
  sac_gemm_clear_environment ();

  /* File names in the user's encoding; numbers and sentences as every program
   * that reads ours expects them. */
  setlocale (LC_ALL, "");
  setlocale (LC_NUMERIC, "C");
  setlocale (LC_MESSAGES, "C");

  if (argc < 2) {
    print_help (stderr);
    return 2;
  }
  if (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0) {
    print_help (stdout);
    return end_output ();
  }
  if (strcmp (argv[1], "--version") == 0) {
    puts ("saccade-cli " SAC_VERSION);
    return end_output ();
  }

  const CliCommand *command = find_command (argv[1]);

  if (command == NULL) {
    g_printerr ("saccade-cli: unknown command \"%s\"; --help lists them\n",
                argv[1]);
    return 2;
  }
  g_autofree char *name = g_strconcat ("saccade-cli ", command->name, NULL);

  g_set_prgname (name); /* what a command's own --help begins with */
  return run_command (command, argc - 1, argv + 1);
}
