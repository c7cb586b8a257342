/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A plain main for every fuzz target: gives it each file named on the command
 * line, each file below a folder named there, and changed copies of both.
 *
 *   fuzz-onnx [--changes=N] [PATH | shared:PATH]...
 *
 * shared: is the folder of test data that may be absent.  The changes are the
 * same in every run.  A file that takes too long or too much memory ends the
 * program, with its name.  A target alone links with libFuzzer as well. */
#include "support.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define FILE_BYTES ((gsize)4 << 20)
#define MEMORY_BYTES ((rlim_t)2 << 30)
#define SECONDS 120

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static struct {
  int changes;
  guint file_count;
} replay;

static void
give (const char *path, const uint8_t *data, size_t size)
{
  /* At the end of its own block, so that a sanitizer sees a read beyond it. */
  g_autofree uint8_t *copy = g_memdup2 (data, size);

  alarm (SECONDS);
  LLVMFuzzerTestOneInput (copy != NULL ? copy : (const uint8_t *)"", size);
  alarm (0);
}

/* One to four changes of a kind that breaks parsers: a byte, a run of bytes
 * left out or doubled, the end cut off. */
static void
change (GRand *random, GByteArray *bytes)
{
  for (int i = g_rand_int_range (random, 1, 5); i > 0 && bytes->len > 1; i--) {
    guint at = g_rand_int_range (random, 0, bytes->len);
    guint run = g_rand_int_range (random, 1, 17);
    guint size = MIN (bytes->len - at, run);

    switch (g_rand_int_range (random, 0, 6)) {
    case 0:
      g_byte_array_remove_range (bytes, at, size);
      break;
    case 1: {
      g_autofree guint8 *again = g_memdup2 (bytes->data + at, size);

      g_byte_array_append (bytes, again, size);
      break;
    }
    case 2:
      g_byte_array_set_size (bytes, at);
      break;
    case 3:
      bytes->data[at] ^= 1 << g_rand_int_range (random, 0, 8);
      break;
    default:
      bytes->data[at] = g_rand_int (random);
      break;
    }
  }
}

static void
replay_file (const char *path)
{
  g_autofree char *content = NULL;
  gsize size;

  if (!g_file_get_contents (path, &content, &size, NULL) || size > FILE_BYTES)
    return;
  g_print ("%s\n", path);
  replay.file_count++;
  give (path, (const uint8_t *)content, size);

  g_autoptr (GRand) random = g_rand_new_with_seed (size);

  for (int i = 0; i < replay.changes; i++) {
    g_autoptr (GByteArray) bytes = g_byte_array_new ();

    g_byte_array_append (bytes, (const guint8 *)content, size);
    change (random, bytes);
    give (path, bytes->data, bytes->len);
  }
}

static void
replay_path (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  if (dir == NULL) {
    replay_file (path);
    return;
  }
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    replay_path (child);
  }
}

static void
replay_argument (const char *argument)
{
  if (!g_str_has_prefix (argument, "shared:")) {
    replay_path (argument);
    return;
  }

  g_autofree char *path = test_shared_path (argument + strlen ("shared:"));

  if (path != NULL)
    replay_path (path);
  else
    g_print ("skipped: %s is not here\n", argument);
}

int
main (int argc, char **argv)
{
  const char *const option = "--changes=";

#ifndef __SANITIZE_ADDRESS__
  const struct rlimit memory = {MEMORY_BYTES, MEMORY_BYTES};

  setrlimit (RLIMIT_AS, &memory);
#endif
  for (int i = 1; i < argc; i++) {
    if (g_str_has_prefix (argv[i], option))
      replay.changes = atoi (argv[i] + strlen (option));
    else
      replay_argument (argv[i]);
  }
  g_print ("%u files\n", replay.file_count);
  return replay.file_count > 0 ? 0 : 1;
}
