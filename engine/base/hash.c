/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/hash.h"

#include "base/error.h"
#include "base/sha256.h"

#define BLOCK_BYTES ((size_t)1 << 20)

static char *
end (SacSha256 *sha)
{
  char *text = g_malloc (SAC_SHA256_DIGITS + 1);

  sac_sha256_end (sha, text);
  return text;
}

static bool
add_stream (SacSha256 *sha, GInputStream *stream, SacJob *job, GError **error)
{
  g_autofree guint8 *block = g_malloc (BLOCK_BYTES);

  for (;;) {
    gssize got = g_input_stream_read (stream, block, BLOCK_BYTES, NULL, error);

    if (got <= 0)
      return got == 0;
    sac_sha256_add (sha, block, (size_t)got);
    if (!sac_job_check (job, error))
      return false;
  }
}

char *
sac_hash_file (const char *path, SacJob *job, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) reason = NULL;
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, &reason);
  SacSha256 sha;

  sac_sha256_init (&sha);
  if (stream != NULL &&
      add_stream (&sha, G_INPUT_STREAM (stream), job, &reason))
    return end (&sha);
  if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_propagate_error (error, g_steal_pointer (&reason));
  else
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNREADABLE,
                 "%s: cannot be read (%s)", path, reason->message);
  return NULL;
}

char *
sac_hash_bytes (const void *data, size_t size)
{
  SacSha256 sha;

  sac_sha256_init (&sha);
  sac_sha256_add (&sha, data, size);
  return end (&sha);
}
