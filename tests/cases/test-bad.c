/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Malformed, hostile and unusual files, each loaded, planned and run in a
 * process of its own under a limit of memory and time.  What is to happen with
 * each stands in bad.json beside them. */
#include "case.h"
#include "support.h"

#include "base/error.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define MEMORY_BYTES ((rlim_t)1 << 30)
#define TOLERANCE 1e-4

/* The sanitizer's own tables are far larger than any limit. */
#ifdef __SANITIZE_ADDRESS__
#define LIMITS_MEMORY false
#define SECONDS 60
#else
#define LIMITS_MEMORY true
#define SECONDS 10
#endif

static char *folder;

/* Returns: true with the outputs compared, false with an error. */
static bool
load_and_run (JsonObject *entry, double *ret_worst, GError **error)
{
  g_autofree char *path =
    g_build_filename (folder, json_object_get_string_member (entry, "file"),
                      NULL);
  g_autoptr (SacNetwork) network = sac_network_load (path, NULL, error);
  JsonArray *outputs = case_get_array (entry, "outputs");

  *ret_worst = 0;
  if (network == NULL || !json_object_has_member (entry, "inputs"))
    return network != NULL;

  const SacGraph *graph = sac_network_get_graph (network);
  g_autofree SacShape *shapes = g_new (SacShape, graph->input_count + 1);
  SacTensor **inputs =
    case_read_inputs (network, folder, case_get_array (entry, "inputs"));
  const SacTensor *const *given = (const SacTensor *const *)inputs;

  if (!sac_plan_bind (network, given, shapes, error))
    return false;

  const SacPlanRequest request = {.input_shapes = shapes};
  const SacRunParams params = {.inputs = given};
  g_autoptr (SacPlan) plan = sac_plan_new (network, &request, NULL, error);
  g_autoptr (SacResult) result =
    plan != NULL ? sac_plan_run (plan, &params, NULL, error) : NULL;

  for (guint i = 0; result != NULL && i < json_array_get_length (outputs);
       i++) {
    JsonObject *output = json_array_get_object_element (outputs, i);
    g_autoptr (SacTensor) expected =
      case_read_array (folder, json_object_get_string_member (output, "file"));
    const SacTensor *got =
      sac_result_get_value (result,
                            json_object_get_string_member (output, "name"));

    *ret_worst = fmax (*ret_worst, case_compare (got, expected));
  }
  case_free_inputs (network, inputs);
  return result != NULL;
}

/* The child's answer: "R" and the message, "C" when all outputs are right, "W"
 * and how far off they are. */
static char *
describe_run (JsonObject *entry)
{
  g_autoptr (GError) error = NULL;
  double worst;

  if (!load_and_run (entry, &worst, &error)) {
    g_assert_nonnull (error);
    return g_strdup_printf ("R%s", error->message);
  }
  g_assert_no_error (error);
  return worst <= TOLERANCE ? g_strdup ("C") : g_strdup_printf ("W%g", worst);
}

static void G_GNUC_NORETURN
run_child (JsonObject *entry, int pipe_end)
{
  const struct rlimit memory = {MEMORY_BYTES, MEMORY_BYTES};
  const struct rlimit seconds = {SECONDS, SECONDS};

  if (LIMITS_MEMORY)
    setrlimit (RLIMIT_AS, &memory);
  setrlimit (RLIMIT_CPU, &seconds);
  /* What waits for ever; on a busy machine the processor's time is not the
   * clock's. */
  alarm (30 * SECONDS);

  g_autofree char *answer = describe_run (entry);
  size_t size = strlen (answer);

  _exit (write (pipe_end, answer, size) == (ssize_t)size ? 0 : 1);
}

static char *
read_all (int pipe_end)
{
  GString *text = g_string_new (NULL);
  char block[4096];
  ssize_t got;

  while ((got = read (pipe_end, block, sizeof block)) > 0)
    g_string_append_len (text, block, got);
  return g_string_free (text, FALSE);
}

/* Returns: the answer, or NULL when the child died. */
static char *
run_apart (JsonObject *entry, int *ret_status)
{
  int ends[2];

  g_assert_cmpint (pipe (ends), ==, 0);

  pid_t child = fork ();

  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    run_child (entry, ends[1]);
  close (ends[1]);

  g_autofree char *answer = read_all (ends[0]);

  close (ends[0]);
  while (waitpid (child, ret_status, 0) < 0)
    g_assert_cmpint (errno, ==, EINTR);
  return *ret_status == 0 ? g_steal_pointer (&answer) : NULL;
}

static bool
is_one_line (const char *message)
{
  if (*message == '\0' || !g_utf8_validate (message, -1, NULL))
    return false;
  for (const char *at = message; *at != '\0'; at++) {
    if ((guchar)*at < 0x20)
      return false;
  }
  return true;
}

static bool
is_expected (const char *expectation, const char *answer)
{
  bool refused = answer[0] == 'R', right = answer[0] == 'C';

  if (strcmp (expectation, "refuse") == 0)
    return refused;
  if (strcmp (expectation, "correct") == 0)
    return right;
  if (strcmp (expectation, "refuse_or_correct") == 0)
    return refused || right;
  return strcmp (expectation, "no_crash") == 0;
}

static void
test_file_entry (const void *data)
{
  JsonObject *entry = (JsonObject *)data;
  const char *expectation = json_object_get_string_member (entry, "expect");
  int status;
  g_autofree char *answer = run_apart (entry, &status);

  if (answer == NULL) {
    g_test_message ("the program died: status %d, signal %d", status,
                    WIFSIGNALED (status) ? WTERMSIG (status) : 0);
    g_test_fail ();
    return;
  }
  g_test_message ("%s", answer);
  if (!is_expected (expectation, answer)) {
    g_test_message ("expected to %s", expectation);
    g_test_fail ();
  }
  if (answer[0] == 'R' && !is_one_line (answer + 1)) {
    g_test_message ("the message is not one line of text");
    g_test_fail ();
  }
}

static void
test_absent (void)
{
  g_free (test_shared ("fixtures/bad/bad.json"));
}

static void
add_files (const char *list)
{
  JsonParser *parser = case_read_json (list); /* entries live with the tests */
  JsonArray *entries = json_node_get_array (json_parser_get_root (parser));

  folder = g_path_get_dirname (list);
  for (guint i = 0; i < json_array_get_length (entries); i++) {
    JsonObject *entry = json_array_get_object_element (entries, i);
    g_autofree char *path =
      g_strconcat ("/bad/", json_object_get_string_member (entry, "file"),
                   NULL);

    g_test_add_data_func (path, entry, test_file_entry);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_autofree char *list = test_shared_path ("fixtures/bad/bad.json");

  if (list != NULL)
    add_files (list);
  else
    g_test_add_func ("/bad", test_absent);
  return g_test_run ();
}
