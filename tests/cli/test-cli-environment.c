/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Variables that force OpenBLAS to slow kernels are undone. */
#include "command.h"
#include "support.h"

#include <sys/resource.h>

#define CORE "OPENBLAS_CORETYPE"
#define CACHE "OPENBLAS_L2_SIZE"

typedef struct {
  const char *name, *value;
} Setting;

/* Returns: what OpenBLAS' kernels were made for. */
static char *
run_bench (const char **ret_said)
{
  g_autoptr (Command) command =
    command_run ("bench", "derm-vit", "--repeat", "1", "--threads", "1", NULL);

  command_assert_status (command, 0);

  g_autoptr (JsonNode) node = command_get_json (command, 0);
  JsonObject *object = json_node_get_object (node);

  g_assert_true (json_object_has_member (object, "blas"));
  *ret_said = g_intern_string (command->err);
  return g_strdup (json_object_get_string_member (object, "blas"));
}

/* With every other processor forced, the one that is found stays. */
static void
test_undone (void)
{
  static const Setting settings[] = {
    {CORE, "Haswell"},
    {CORE, "Nehalem"},
    {CACHE, "512"},
  };
  const char *said;
  g_autofree char *expected = run_bench (&said);

  g_assert_cmpstr (said, ==, "");
  for (size_t i = 0; i < G_N_ELEMENTS (settings); i++) {
    g_autofree char *core = NULL;

    g_setenv (settings[i].name, settings[i].value, true);
    core = run_bench (&said);
    g_unsetenv (settings[i].name);
    g_assert_cmpstr (core, ==, expected);
    g_assert_cmpstr (said, ==, "");
  }
}

/* Where there is little memory, a failure is said and the program ends:
 * OpenBLAS' own threads would wait for memory for ever. */
static void
test_little_memory (void)
{
  struct rlimit before, little;

  if (getrlimit (RLIMIT_AS, &before) != 0) {
    g_test_skip ("this system does not limit memory");
    return;
  }
  for (rlim_t mib = 160; mib <= 640; mib += 80) {
    little = before;
    little.rlim_cur = mib << 20;
    g_assert_cmpint (setrlimit (RLIMIT_AS, &little), ==, 0);

    g_autoptr (Command) command = command_run ("bench", "derm-vit", "--repeat",
                                               "1", "--threads", "1", NULL);

    g_assert_cmpint (setrlimit (RLIMIT_AS, &before), ==, 0);
    /* That it came back is what counts; below some size the system cannot
     * even load the program. */
    g_assert_nonnull (command);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  command_set_program (argv[argc - 1]);
  g_unsetenv (CORE); /* the machine's own */
  g_unsetenv (CACHE);
  g_test_add_func ("/cli-environment/undone", test_undone);
  g_test_add_func ("/cli-environment/little-memory", test_little_memory);
  return g_test_run ();
}
