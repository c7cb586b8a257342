/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What the command line says where a number has no meaning or a name no single
 * one; and that it says it in any locale, to any output. */
#include "command.h"
#include "support.h"

#include <gio/gio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEMO "demo:dermoscopy"

static const char *program;

/* A folder with the network of a shipped model and its manifest, in which the
 * first `from` became `to`. */
static char *
make_model (const char *id, const char *from, const char *to)
{
  g_autofree char *source =
    g_build_filename (g_getenv ("SACCADE_MODELS"), id, NULL);
  g_autofree char *network = g_build_filename (source, "model.onnx", NULL);
  g_autofree char *manifest = g_build_filename (source, "model.json", NULL);
  char *folder = test_folder_new ();
  g_autofree char *link = g_build_filename (folder, "model.onnx", NULL);
  g_autofree char *copy = g_build_filename (folder, "model.json", NULL);
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (manifest, &text, NULL, NULL));

  const char *at = strstr (text, from);

  g_assert_nonnull (at);

  g_autofree char *changed = g_strdup_printf ("%.*s%s%s", (int)(at - text),
                                              text, to, at + strlen (from));

  g_assert_true (g_file_set_contents (copy, changed, -1, NULL));
  g_assert_cmpint (symlink (network, link), ==, 0);
  return folder;
}

/* A scale that overflows: every score is NaN. */
static char *
make_broken_model (const char *id)
{
  return make_model (id, "0.00392156862745098", "1e38");
}

static JsonObject *
first_output (JsonNode *root)
{
  JsonArray *outputs =
    json_object_get_array_member (json_node_get_object (root), "outputs");

  return json_array_get_object_element (outputs, 0);
}

static void
test_no_top (void)
{
  char *model = make_broken_model ("derm-resnet18");
  g_autoptr (Command) command = command_run ("predict", model, DEMO, NULL);

  command_assert_status (command, 0);

  g_autoptr (JsonNode) root = command_get_json (command, 0);

  g_assert_true (json_object_get_null_member (first_output (root), "top"));
  test_folder_remove (model);
}

static void
test_no_predicted_class (void)
{
  char *model = make_broken_model ("derm-resnet18");
  g_autoptr (Command) command =
    command_run ("explain", model, DEMO, "--method", "grad-cam", "--out",
                 "cli-test-out", NULL);

  command_assert_status (command, 1);
  command_assert_error (command, "not finite");
  test_folder_remove (model);
}

/* No method may show such a run as a map without evidence. */
static void
test_not_finite (void)
{
  static const char *const methods[] = {"grad-cam",          "grad-cam++",
                                        "layercam",          "hirescam",
                                        "relevance",         "attention",
                                        "attention-grad-cam"};
  char *model = make_broken_model ("derm-vit");
  char *folder = test_folder_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++) {
    g_autoptr (Command) command =
      command_run ("explain", model, DEMO, "--class", "mel", "--method",
                   methods[i], "--out", folder, NULL);

    command_assert_status (command, 0);

    g_autoptr (JsonNode) root = command_get_json (command, 0);
    JsonObject *summary =
      json_object_get_object_member (json_node_get_object (root), "summary");

    g_test_message ("%s", methods[i]);
    g_assert_cmpstr (json_object_get_string_member (summary, "evidence"), ==,
                     "not-finite");
  }
  test_folder_remove (folder);
  test_folder_remove (model);
}

static void
test_two_classes_of_a_name (void)
{
  char *model = make_model ("derm-resnet18", "\"bcc\"", "\"akiec\"");
  g_autoptr (Command) named =
    command_run ("explain", model, DEMO, "--class", "akiec", "--method",
                 "grad-cam", "--out", "cli-test-out", NULL);
  char *folder = test_folder_new ();
  g_autoptr (Command) numbered =
    command_run ("explain", model, DEMO, "--class", "1", "--method", "grad-cam",
                 "--out", folder, NULL);

  command_assert_status (named, 1);
  command_assert_error (named, "2 classes called");
  command_assert_status (numbered, 0);
  test_folder_remove (folder);
  test_folder_remove (model);
}

static void
test_guessed (void)
{
  g_autofree char *bare = g_build_filename (g_getenv ("SACCADE_MODELS"),
                                            "derm-vit", "model.onnx", NULL);
  char *folder = test_folder_new ();
  g_autofree char *link = g_build_filename (folder, "bare.onnx", NULL);
  const char *models[] = {"derm-vit", link};

  g_assert_cmpint (symlink (bare, link), ==, 0);
  for (int i = 0; i < 2; i++) {
    g_autoptr (Command) command =
      command_run ("predict", models[i], DEMO, NULL);

    command_assert_status (command, 0);

    g_autoptr (JsonNode) root = command_get_json (command, 0);

    g_assert_cmpint (json_object_get_boolean_member (json_node_get_object (
                                                       root),
                                                     "guessed"),
                     ==, i);
  }
  test_folder_remove (folder);
}

/* `line` behind the program's name, as a shell runs it.  Returns: the status;
 * *ret_err: free with g_free. */
static int
run_line (const char *before, const char *line, char **ret_err)
{
  g_autofree char *text = g_strdup_printf ("%s '%s' %s", before, program, line);
  char *words[] = {"/bin/sh", "-c", text, NULL};
  int status = 0;

  g_assert_true (g_spawn_sync (NULL, words, NULL, G_SPAWN_DEFAULT, NULL, NULL,
                               NULL, ret_err, &status, NULL));
  return WEXITSTATUS (status);
}

static void
test_plain_locale (void)
{
  g_autofree char *err = NULL;

  g_assert_cmpint (run_line ("LC_ALL=C", "info /nonexistent/母斑.jpg", &err),
                   ==, 1);
  g_assert_nonnull (strstr (err, "/nonexistent/母斑.jpg"));
}

static void
test_full_help (void)
{
  static const char *const lines[] = {"--help >/dev/full",
                                      "--version >/dev/full"};

  if (!g_file_test ("/dev/full", G_FILE_TEST_EXISTS)) {
    g_test_skip ("/dev/full is not here");
    return;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_autofree char *err = NULL;

    g_assert_cmpint (run_line ("", lines[i], &err), ==, 1);
    g_assert_nonnull (strstr (err, "cannot be written"));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  program = argv[argc - 1];
  command_set_program (program);
  g_test_add_func ("/cli-numbers/no-top", test_no_top);
  g_test_add_func ("/cli-numbers/no-predicted-class", test_no_predicted_class);
  g_test_add_func ("/cli-numbers/not-finite", test_not_finite);
  g_test_add_func ("/cli-numbers/two-classes-of-a-name",
                   test_two_classes_of_a_name);
  g_test_add_func ("/cli-numbers/guessed", test_guessed);
  g_test_add_func ("/cli-numbers/plain-locale", test_plain_locale);
  g_test_add_func ("/cli-numbers/full-help", test_full_help);
  return g_test_run ();
}
