/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/hash.h"

#include "base/error.h"

#define BLOCK_BYTES ((size_t)1 << 20)

static bool
add_stream (GChecksum *checksum,
            GInputStream *stream,
            SacJob *job,
            GError **error)
{
  g_autofree guint8 *block = g_malloc (BLOCK_BYTES);

  for (;;) {
    gssize got = g_input_stream_read (stream, block, BLOCK_BYTES, NULL, error);

    if (got <= 0)
      return got == 0;
    g_checksum_update (checksum, block, got);
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
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  if (stream != NULL &&
      add_stream (checksum, G_INPUT_STREAM (stream), job, &reason))
    return g_strdup (g_checksum_get_string (checksum));
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
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, data, size);
}
