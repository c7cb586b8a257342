/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Wrong usage ends with 2, bad input with 1 and one line that says what is
 * wrong; nothing half written stays behind. */
#include "command.h"
#include "support.h"

#include "base/output.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
  const char *name;
  int status;
  const char *part; /* of the line on standard error; usage adds a second */
  const char *words[12];
} ErrorCase;

static const char *program;

#define DEMO "demo:dermoscopy"
#define OUT "/nonexistent-folder/out"

static const ErrorCase cases[] = {
  {"no-command", 2, "Usage", {NULL}},
  {"unknown-command", 2, "frobnicate", {"frobnicate"}},
  {"unknown-option", 2, "Unknown option", {"info", "--frobnicate"}},
  {"info-without-file", 2, "give one file", {"info"}},
  {"methods-with-argument", 2, "unexpected", {"methods", "x"}},
  {"predict-without-image", 2, "at least one", {"predict", "derm-vit"}},
  {"threads", 2, "--threads", {"predict", "m", "i", "--threads", "-1"}},
  {"explain-without-method",
   2,
   "--method",
   {"explain", "derm-vit", DEMO, "--out", OUT}},
  {"explain-unknown-method",
   2,
   "no method \"frob\"",
   {"explain", "derm-vit", DEMO, "--method", "frob", "--out", OUT}},
  {"compare-without-colon",
   2,
   "MODEL:METHOD",
   {"compare", DEMO, "--left", "derm-vit", "--right", "derm-vit:attention",
    "--out", "f.png"}},
  {"compare-suffix",
   2,
   "FILE.png",
   {"compare", DEMO, "--left", "a:grad-cam", "--right", "b:grad-cam", "--out",
    "f.gif"}},
  {"render-size",
   2,
   "--size takes",
   {"render", "s.json", "--size", "10x0", "--out", "f.png"}},
  {"render-suffix",
   2,
   ".png",
   {"render", "s.json", "--size", "10x10", "--out", "f.jpg"}},
  {"render-missing",
   1,
   "/nonexistent.json",
   {"render", "/nonexistent.json", "--size", "10x10", "--out", "f.png"}},
  {"run-target-alone",
   2,
   "belong together",
   {"run", "derm-vit", "--target", "logits:0"}},

  {"missing-file", 1, "/nonexistent", {"info", "/nonexistent.jpg"}},
  {"missing-model", 1, "nosuch", {"predict", "nosuch", DEMO}},
  {"missing-image", 1, "/nonexistent", {"predict", "derm-vit", "/nonexistent"}},
  {"no-such-class",
   1,
   "akiec",
   {"explain", "derm-vit", DEMO, "--method", "grad-cam", "--class", "zebra",
    "--out", OUT}},
  {"class-out-of-range",
   1,
   "7",
   {"explain", "derm-vit", DEMO, "--method", "grad-cam", "--class", "7",
    "--out", OUT}},
  {"no-such-layer",
   1,
   "no/such/value",
   {"explain", "derm-resnet18", DEMO, "--method", "grad-cam", "--layer",
    "no/such/value", "--out", "cli-test-out"}},
  {"no-attention",
   1,
   "attention",
   {"explain", "derm-resnet18", DEMO, "--method", "rollout", "--out",
    "cli-test-out"}},
  {"no-such-head",
   1,
   "head",
   {"explain", "derm-vit", DEMO, "--method", "attention", "--head", "99",
    "--out", "cli-test-out"}},
  {"unknown-param",
   2,
   "zebra",
   {"explain", "derm-vit", DEMO, "--method", "grad-cam", "--param", "zebra=1",
    "--out", "cli-test-out"}},
  {"param-out-of-range",
   2,
   "must be a whole number",
   {"explain", "derm-vit", DEMO, "--method", "grad-cam,smoothgrad", "--param",
    "samples=0", "--out", "cli-test-out"}},
  {"region-outside",
   1,
   "outside",
   {"predict", "derm-vit", DEMO, "--region", "90000,90000,10,10"}},
  {"unwritable",
   1,
   "cannot be written",
   {"explain", "derm-vit", DEMO, "--method", "grad-cam", "--out",
    "/proc/nowhere"}},
  {"unwritable-figure",
   1,
   "cannot be written",
   {"compare", DEMO, "--left", "derm-resnet18:grad-cam", "--right",
    "derm-vit:attention", "--out", "/proc/f.png"}},
  {"head-without-heads",
   2,
   "--head",
   {"explain", "derm-vit", DEMO, "--method", "grad-cam", "--head", "1", "--out",
    OUT}},
  {"refusal-names-the-model",
   1,
   "attention of derm-resnet18:",
   {"compare", DEMO, "--left", "derm-vit:attention", "--right",
    "derm-resnet18:attention", "--out", "f.png"}},
  {"run-missing-input", 1, "--input", {"run", "derm-vit"}},
  {"run-missing-array",
   1,
   "/nonexistent.npy",
   {"run", "derm-vit", "--input", "image=/nonexistent.npy"}},
};

static void
test_case (gconstpointer data)
{
  const ErrorCase *self = data;
  g_autoptr (Command) command = command_run_words (self->words);

  command_assert_status (command, self->status);
  if (self->status == 1) {
    command_assert_error (command, self->part);
  } else {
    g_assert_nonnull (strstr (command->err, self->part));
    g_assert_cmpstr (command->out, ==, "");
  }
}

/* A text file, an empty file, and half a PNG, each under a good suffix. */
static void
test_bad_images (void)
{
  static const struct {
    const char *name, *content, *part;
    gsize size;
  } files[] = {
    {"text.jpg", "<html>hello</html>", "text.jpg", 18},
    {"empty.png", "", "empty.png", 0},
    {"half.png", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10", "half.png", 20},
    {"cut.tif", "II*\0\x08\0\0\0", "cut.tif", 8},
    {"cut.svs", "II*\0\x08\0\0\0", "cut.svs", 8},
  };
  char *folder = test_folder_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *path = g_build_filename (folder, files[i].name, NULL);

    g_assert_true (
      sac_output_write (path, files[i].content, files[i].size, NULL));

    g_autoptr (Command) info = command_run ("info", path, NULL);
    g_autoptr (Command) predict =
      command_run ("predict", "derm-vit", path, NULL);

    command_assert_status (info, 1);
    command_assert_error (info, files[i].part);
    command_assert_status (predict, 1);
    command_assert_error (predict, files[i].part);
  }
  test_folder_remove (folder);
}

/* A pipe would be waited for, for ever. */
static void
test_pipe (void)
{
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "pipe.npy", NULL);
  g_autofree char *input = g_strconcat ("image=", path, NULL);

  g_assert_cmpint (mkfifo (path, 0600), ==, 0);

  g_autoptr (Command) command =
    command_run ("run", "derm-vit", "--input", input, NULL);

  command_assert_status (command, 1);
  command_assert_error (command, "pipe.npy");
  test_folder_remove (folder);
}

/* The second image is missing: the first is still answered, status 1. */
static void
test_one_of_two_images (void)
{
  g_autoptr (Command) command =
    command_run ("predict", "derm-vit", DEMO, "/nonexistent", DEMO, NULL);

  command_assert_status (command, 1);
  g_assert_cmpuint (command_count_lines (command), ==, 2);
  g_assert_nonnull (strstr (command->err, "/nonexistent"));
}

/* Names of files are bytes, and need not be text: pictures and figures that
 * tell them are written all the same. */
static void
test_file_names (void)
{
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "a\xff\n'\".png", NULL);
  g_autofree char *golden = test_file ("golden/image/rgb.png");
  g_autofree char *picture = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (golden, &picture, &size, NULL));
  g_assert_true (sac_output_write (path, picture, size, NULL));

  g_autoptr (Command) explain =
    command_run ("explain", "planted-network", path, "--method", "gradient",
                 "--out", folder, NULL);

  command_assert_status (explain, 0);
  for (int i = 0; i < 3; i++) {
    const char *names[] = {"f.png", "f.pdf", "f.svg"};
    g_autofree char *figure = g_build_filename (folder, names[i], NULL);
    g_autoptr (Command) compare =
      command_run ("compare", path, "--left", "planted-network:gradient",
                   "--right", "planted-network:gradient-x-input", "--out",
                   figure, NULL);

    command_assert_status (compare, 0);
    g_assert_true (g_file_test (figure, G_FILE_TEST_IS_REGULAR));
  }
  test_folder_remove (folder);
}

/* Each command that the program lists tells its own arguments, and its name
 * with them. */
static void
test_help (void)
{
  g_autoptr (Command) all = command_run ("--help", NULL);
  g_auto (GStrv) lines = g_strsplit (all->out, "\n", -1);
  int found = 0;

  command_assert_status (all, 0);
  for (int i = 0; lines[i] != NULL; i++) {
    if (!g_str_has_prefix (lines[i], "  "))
      continue;

    g_auto (GStrv) words = g_strsplit (lines[i] + 2, " ", 2);
    g_autofree char *start =
      g_strdup_printf ("Usage:\n  saccade-cli %s [OPTION", words[0]);
    g_autoptr (Command) one = command_run (words[0], "--help", NULL);

    command_assert_status (one, 0);
    g_assert_true (g_str_has_prefix (one->out, start));
    found++;
  }
  g_assert_cmpint (found, >, 10);
}

/* What a command reads it does not write over, whatever it is called. */
static void
test_own_input (void)
{
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "gradient.png", NULL);
  g_autofree char *link = g_build_filename (folder, "link.png", NULL);
  g_autofree char *array = g_build_filename (folder, "a.npy", NULL);
  g_autofree char *input = g_strconcat ("image=", array, NULL);
  g_autofree char *output = g_strconcat ("logits=", array, NULL);
  g_autofree char *golden = test_file ("golden/image/rgb.png");
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  gsize size, size_after;

  g_assert_true (g_file_get_contents (golden, &before, &size, NULL));
  g_assert_true (sac_output_write (path, before, size, NULL));
  g_assert_true (sac_output_write (array, "", 0, NULL));
  g_assert_cmpint (symlink (path, link), ==, 0);

  const char *const *commands[] = {
    (const char *[]){"compare", link, "--left", "planted-network:gradient",
                     "--right", "planted-network:gradient", "--out", path,
                     NULL},
    (const char *[]){"explain", "planted-network", path, "--method", "gradient",
                     "--out", folder, NULL},
    (const char *[]){"run", "planted-network", "--input", input, "--output",
                     output, NULL},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++) {
    g_autoptr (Command) command = command_run_words (commands[i]);

    command_assert_status (command, 2);
    g_assert_nonnull (strstr (command->err, "would be written over"));
  }
  g_assert_true (g_file_get_contents (path, &after, &size_after, NULL));
  g_assert_cmpmem (before, size, after, size_after);
  test_folder_remove (folder);
}

/* A mask is not waited for either. */
static void
test_mask_pipe (void)
{
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "pipe.png", NULL);

  g_assert_cmpint (mkfifo (path, 0600), ==, 0);

  g_autoptr (Command) command =
    command_run ("measure", "planted-network", DEMO, "--mask", path, "--method",
                 "gradient", NULL);

  command_assert_status (command, 1);
  command_assert_error (command, "pipe.png");
  test_folder_remove (folder);
}

/* Standard output on a full disk (/dev/full) is told, not ignored. */
static void
test_full_disk (void)
{
  g_autofree char *line = NULL;
  char *words[] = {"/bin/sh", "-c", NULL, NULL};
  int status = 0;

  if (!g_file_test ("/dev/full", G_FILE_TEST_EXISTS)) {
    g_test_skip ("/dev/full is not here");
    return;
  }
  line = g_strdup_printf ("'%s' methods >/dev/full 2>/dev/null", program);
  words[2] = line;
  g_assert_true (g_spawn_sync (NULL, words, NULL, G_SPAWN_DEFAULT, NULL, NULL,
                               NULL, NULL, &status, NULL));
  g_assert_cmpint (WEXITSTATUS (status), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  program = argv[argc - 1];
  command_set_program (program);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/cli-errors/", cases[i].name, NULL);

    g_test_add_data_func (path, &cases[i], test_case);
  }
  g_test_add_func ("/cli-errors/bad-images", test_bad_images);
  g_test_add_func ("/cli-errors/pipe", test_pipe);
  g_test_add_func ("/cli-errors/one-of-two-images", test_one_of_two_images);
  g_test_add_func ("/cli-errors/file-names", test_file_names);
  g_test_add_func ("/cli-errors/help", test_help);
  g_test_add_func ("/cli-errors/own-input", test_own_input);
  g_test_add_func ("/cli-errors/mask-pipe", test_mask_pipe);
  g_test_add_func ("/cli-errors/full-disk", test_full_disk);
  return g_test_run ();
}
