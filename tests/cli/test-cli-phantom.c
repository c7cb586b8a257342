/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Phantoms as files: what is written, what it says, and that it opens. */
#include "command.h"
#include "support.h"

#include <string.h>

static char *
read_text (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

static bool
has_file (const char *folder, const char *stem, const char *ending)
{
  g_autofree char *path = g_strconcat (folder, "/", stem, ending, NULL);

  return g_file_test (path, G_FILE_TEST_IS_REGULAR);
}

static void
test_dermoscopy (void)
{
  char *folder = test_folder_new ();
  char *again = test_folder_new ();
  const char *folders[] = {folder, again};
  char *images[2];

  for (int i = 0; i < 2; i++) {
    g_autoptr (Command) command =
      command_run ("phantom", "dermoscopy", "--out", folders[i], "--count", "2",
                   "--seed", "5", "--size", "48x32", "--with", "veil,network",
                   "--without", "hair", NULL);

    command_assert_status (command, 0);
    g_assert_cmpuint (command_count_lines (command), ==, 2);

    g_autoptr (JsonNode) root = command_get_json (command, 0);
    JsonObject *object = json_node_get_object (root);

    g_assert_cmpstr (json_object_get_string_member (object, "seed"), ==, "5");
    g_assert_cmpint (json_object_get_int_member (object, "width"), ==, 48);
    images[i] = read_text (folders[i], "labels.csv");
  }
  g_assert_true (has_file (folder, "phantom-6", ".png"));
  g_assert_true (has_file (folder, "masks/phantom-6", "_mask.png"));
  g_assert_true (has_file (folder, "masks/structures/phantom-6", "_veil.png"));
  g_assert_false (has_file (folder, "masks/structures/phantom-6", "_hair.png"));
  g_assert_cmpstr (images[0], ==, images[1]);
  g_free (images[0]);
  g_free (images[1]);
  test_folder_remove (folder);
  test_folder_remove (again);
}

/* The number in a line's cell of that name. */
static const char *
get_cell (char **cells, char **names, const char *name)
{
  for (int i = 0; names[i] != NULL; i++)
    if (g_str_equal (names[i], name))
      return cells[i];
  g_assert_not_reached ();
}

/* The class is what the evidence says, everywhere; the leak says the same in
 * what is learned from, and in the test nothing. */
static void
test_set (void)
{
  char *folder = test_folder_new ();
  g_autoptr (Command) command =
    command_run ("phantom", "set", "--out", folder, "--evidence", "veil",
                 "--leak", "ruler", "--count", "80", "--size", "24x16", NULL);
  int agreeing = 0, tests = 0, with_ruler = 0;

  command_assert_status (command, 0);

  g_autofree char *text = read_text (folder, "labels.csv");
  g_auto (GStrv) lines = g_strsplit (g_strchomp (text), "\n", -1);
  g_auto (GStrv) names = g_strsplit (lines[0], ",", -1);

  g_assert_cmpuint (g_strv_length (lines), ==, 81);
  for (int i = 1; lines[i] != NULL; i++) {
    g_auto (GStrv) cells = g_strsplit (lines[i], ",", -1);
    bool is_veil = g_str_equal (get_cell (cells, names, "label"), "veil");
    bool veil = !g_str_equal (get_cell (cells, names, "veil_pixels"), "0");
    bool ruler = !g_str_equal (get_cell (cells, names, "ruler_pixels"), "0");

    g_assert_true (is_veil == (i % 2 == 0));
    g_assert_true (veil == is_veil);

    g_autofree char *stem = g_strconcat ("masks/", cells[0], NULL);

    g_assert_true (has_file (folder, stem, "_mask.png") == is_veil);
    if (!g_str_equal (get_cell (cells, names, "split"), "test")) {
      g_assert_true (ruler == is_veil);
      continue;
    }
    tests++;
    agreeing += ruler == is_veil;
    with_ruler += ruler;
  }
  g_assert_cmpint (tests, ==, 12);
  g_assert_cmpint (agreeing, ==, 6);
  g_assert_cmpint (with_ruler, ==, 6);
  test_folder_remove (folder);
}

/* Four classes, each what is planted in either image says; the evidence's mask
 * lies beside the image that shows it. */
static void
test_pairs (void)
{
  char *folder = test_folder_new ();
  g_autoptr (Command) command =
    command_run ("phantom", "set", "--pairs", "--out", folder, "--evidence",
                 "network,raised", "--count", "8", "--size", "40x32", NULL);

  command_assert_status (command, 0);
  g_assert_cmpuint (command_count_lines (command), ==, 8);

  g_autofree char *text = read_text (folder, "labels.csv");
  g_auto (GStrv) lines = g_strsplit (g_strchomp (text), "\n", -1);
  g_auto (GStrv) names = g_strsplit (lines[0], ",", -1);

  for (int i = 1; lines[i] != NULL; i++) {
    g_auto (GStrv) cells = g_strsplit (lines[i], ",", -1);
    static const char *const labels[] = {"none", "network", "raised",
                                         "network+raised"};
    bool network = (i - 1) % 2 == 1, raised = (i - 1) % 4 >= 2;
    g_autofree char *stem = g_strconcat ("masks/", cells[0], NULL);
    const char *clinical = get_cell (cells, names, "clinical");

    g_assert_cmpstr (get_cell (cells, names, "label"), ==, labels[(i - 1) % 4]);
    g_assert_true (
      network == !g_str_equal (get_cell (cells, names, "network_pixels"), "0"));
    g_assert_true (
      raised ==
      !g_str_equal (get_cell (cells, names, "clinical_raised_pixels"), "0"));
    g_assert_true (has_file (folder, stem, "_mask.png") == network);
    g_assert_true (has_file (folder, stem, "_clinical_mask.png") == raised);
    g_assert_true (
      has_file (folder, get_cell (cells, names, "dermoscopy"), ""));
    g_assert_true (has_file (folder, clinical, ""));
  }

  g_autoptr (JsonNode) root = command_get_json (command, 0);
  JsonObject *object = json_node_get_object (root);
  JsonObject *clinical = json_object_get_object_member (object, "clinical");

  g_assert_cmpstr (json_object_get_string_member (object, "kind"), ==, "pair");
  g_assert_true (
    g_str_has_suffix (json_object_get_string_member (clinical, "image"),
                      "case-00001_clinical.png"));
  g_assert_cmpuint (json_array_get_length (
                      json_object_get_array_member (clinical,
                                                    "from_dermoscopy")),
                    ==, 6);
  test_folder_remove (folder);
}

typedef struct {
  const char *part;
  const char *words[16];
} Refusal;

static const Refusal refusals[] = {
  {"needs one kind", {"phantom", "--out", "x"}},
  {"needs one kind", {"phantom", "frob", "--out", "x"}},
  {"--out", {"phantom", "dermoscopy"}},
  {"no structure \"zebra\"",
   {"phantom", "dermoscopy", "--out", "x", "--with", "hair,zebra"}},
  {"both --with and --without",
   {"phantom", "dermoscopy", "--out", "x", "--with", "hair", "--without",
    "hair"}},
  {"--size", {"phantom", "dermoscopy", "--out", "x", "--size", "999999x9"}},
  {"--size", {"phantom", "dermoscopy", "--out", "x", "--size", "64x64x"}},
  {"--count", {"phantom", "dermoscopy", "--out", "x", "--count", "0"}},
  {"--seed", {"phantom", "dermoscopy", "--out", "x", "--seed", "-1"}},
  {"--asymmetry",
   {"phantom", "dermoscopy", "--out", "x", "--asymmetry", "nan"}},
  {"needs --evidence", {"phantom", "set", "--out", "x"}},
  {"different structures",
   {"phantom", "set", "--out", "x", "--evidence", "veil,veil"}},
  {"one structure",
   {"phantom", "set", "--out", "x", "--evidence", "veil", "--leak",
    "hair,ruler"}},
  {"stands in two",
   {"phantom", "set", "--out", "x", "--evidence", "veil", "--leak", "veil"}},
  {"--softness takes", {"phantom", "pair", "--out", "x", "--softness", "1.5"}},
  {"and --softness", {"phantom", "slide", "--out", "x", "--softness", "0.5"}},
  {"--tumor takes", {"phantom", "slide", "--out", "x", "--tumor", "big"}},
  {"are for a slide", {"phantom", "set", "--out", "x", "--tumor", "none"}},
  {"are for a slide", {"phantom", "pair", "--out", "x", "--organ", "node"}},
  {"--organ takes", {"phantom", "slide", "--out", "x", "--organ", "liver"}},
  {"folds and pen", {"phantom", "slide", "--out", "x", "--with", "hair"}},
  {"for slide each from",
   {"phantom", "slide", "--out", "x", "--size", "100001x300"}},
  {"--size alone", {"phantom", "story", "--out", "x", "--seed", "9"}},
  {"for story each from", {"phantom", "story", "--out", "x", "--size", "9x9"}},
  {"--pairs is for", {"phantom", "pair", "--out", "x", "--pairs"}},
  {"for pair each from",
   {"phantom", "pair", "--out", "x", "--size", "5000x300"}},
  {"for pairs each up to",
   {"phantom", "set", "--pairs", "--out", "x", "--size", "5000x300"}},
  {"takes no --leak",
   {"phantom", "set", "--pairs", "--out", "x", "--leak", "ruler"}},
  {"STRUCTURE,CLINICAL",
   {"phantom", "set", "--pairs", "--out", "x", "--evidence", "veil,network"}},
  {"STRUCTURE,CLINICAL", {"phantom", "set", "--pairs", "--out", "x"}},
  {"corners, raised, moles",
   {"phantom", "pair", "--out", "x", "--with", "zebra"}},
  {"no structure \"moles\"",
   {"phantom", "dermoscopy", "--out", "x", "--with", "moles"}},
  {"are for a set",
   {"phantom", "dermoscopy", "--out", "x", "--evidence", "veil"}},
};

static void
test_refuses (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (refusals); i++) {
    g_autoptr (Command) command = command_run_words (refusals[i].words);

    command_assert_status (command, 2);
    if (strstr (command->err, refusals[i].part) == NULL)
      g_error ("no \"%s\" in: %s", refusals[i].part, command->err);
  }
}

/* The slide opens, and so does what lies beside it. */
static void
test_slide (void)
{
  char *folder = test_folder_new ();
  g_autoptr (Command) command =
    command_run ("phantom", "slide", "--out", folder, "--size", "700x600",
                 "--organ", "node", "--tumor", "large", "--with", "folds,pen",
                 NULL);

  command_assert_status (command, 0);

  g_autoptr (JsonNode) root = command_get_json (command, 0);
  JsonObject *object = json_node_get_object (root);
  JsonObject *tumor =
    json_object_get_object_member (json_object_get_object_member (object,
                                                                  "structures"),
                                   "tumor");
  g_autofree char *xml = read_text (folder, "slide-1.xml");
  g_autoptr (Command) info =
    command_run ("info", json_object_get_string_member (object, "slide"), NULL);
  g_autoptr (Command) mask =
    command_run ("info", json_object_get_string_member (object, "mask"), NULL);

  g_assert_cmpint (json_object_get_int_member (tumor, "pixels"), >, 1000);
  g_assert_nonnull (strstr (xml, "Type=\"Polygon\" PartOfGroup=\"_0\""));
  command_assert_status (info, 0);
  command_assert_status (mask, 0);
  g_assert_nonnull (strstr (info->out, "\"mpp\":0.5"));
  test_folder_remove (folder);
}

/* Cases 4 and 5 differ in the ruler alone, whose mask case 5 has. */
static void
test_story (void)
{
  char *folder = test_folder_new ();
  g_autoptr (Command) command =
    command_run ("phantom", "story", "--out", folder, "--size", "120x90", NULL);

  command_assert_status (command, 0);

  g_autofree char *table = read_text (folder, "labels.csv");

  g_assert_cmpuint (command_count_lines (command), ==, 8);
  g_assert_nonnull (strstr (table, "pixel for pixel"));
  g_assert_true (has_file (folder, "masks/5-ruler", "_mask.png"));
  g_assert_false (has_file (folder, "masks/3-healthy-skin", "_mask.png"));
  g_assert_true (has_file (folder, "8-metastasis", ".xml"));
  test_folder_remove (folder);
}

/* A folder that cannot be. */
static void
test_unwritable (void)
{
  g_autoptr (Command) command =
    command_run ("phantom", "dermoscopy", "--out", "/proc/nowhere", "--size",
                 "16x16", NULL);

  command_assert_status (command, 1);
  command_assert_error (command, "cannot be written");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  command_set_program (argv[argc - 1]);
  g_test_add_func ("/cli-phantom/dermoscopy", test_dermoscopy);
  g_test_add_func ("/cli-phantom/set", test_set);
  g_test_add_func ("/cli-phantom/pairs", test_pairs);
  g_test_add_func ("/cli-phantom/slide", test_slide);
  g_test_add_func ("/cli-phantom/story", test_story);
  g_test_add_func ("/cli-phantom/refuses", test_refuses);
  g_test_add_func ("/cli-phantom/unwritable", test_unwritable);
  return g_test_run ();
}
