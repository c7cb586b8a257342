/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "slide/slide-merge.h"

#include "base/error.h"
#include "base/json.h"
#include "slide/run-store.h"

#include <string.h>

/* Kept from the first shard; the time is that of the earliest. */
static const char *const notes[] = {"created", "arguments"};

typedef struct {
  SacRunStore *out;
  JsonObject *identity; /* of the whole */
  gint64 shard_count;
  bool *seen; /* [shard_count] */
  size_t batches;
  SacJob *job;
} Merging;

static bool
read_shard (JsonObject *identity,
            const char *folder,
            gint64 *ret_shard,
            gint64 *ret_count,
            GError **error)
{
  JsonNode *node = json_object_get_member (identity, "shard");
  JsonArray *array = node != NULL && JSON_NODE_HOLDS_ARRAY (node)
                       ? json_node_get_array (node)
                       : NULL;

  if (array != NULL && json_array_get_length (array) == 2) {
    *ret_shard = json_array_get_int_element (array, 0);
    *ret_count = json_array_get_int_element (array, 1);
    if (*ret_shard >= 1 && *ret_shard <= *ret_count && *ret_count <= 1 << 20)
      return true;
  }
  g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
               "%s: does not say which shard it is", folder);
  return false;
}

/* The same but for the shard, which is all of it. */
static JsonObject *
make_whole (JsonObject *identity, GError **error)
{
  g_autofree char *text = sac_json_to_text (identity, false);
  JsonObject *whole = sac_json_parse (text, strlen (text), "run", error);
  JsonArray *shard = json_array_new ();

  json_array_add_int_element (shard, 1);
  json_array_add_int_element (shard, 1);
  if (whole != NULL)
    json_object_set_array_member (whole, "shard", shard);
  else
    json_array_unref (shard);
  return whole;
}

static bool
begin (Merging *self,
       SacRunStore *store,
       gint64 count,
       const char *out,
       GError **error)
{
  self->identity = make_whole (sac_run_store_get_identity (store), error);
  if (self->identity == NULL)
    return false;
  self->shard_count = count;
  self->seen = g_new0 (bool, count);
  self->out = sac_run_store_open (out, self->identity, error);
  return self->out != NULL;
}

static bool
check_shard (Merging *self,
             SacRunStore *store,
             const char *folder,
             gint64 shard,
             gint64 count,
             GError **error)
{
  g_autofree char *difference =
    sac_run_store_compare (self->identity, sac_run_store_get_identity (store),
                           "shard");

  if (difference != NULL || count != self->shard_count) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "%s: belongs to another run: it differs in \"%s\"", folder,
                 difference != NULL ? difference : "shard");
    return false;
  }
  if (self->seen[shard - 1]) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "%s: is shard %" G_GINT64_FORMAT
                 " once more; give each shard once",
                 folder, shard);
    return false;
  }
  self->seen[shard - 1] = true;
  return true;
}

static bool
copy_batch (
  size_t batch, const uint8_t *data, size_t size, void *user, GError **error)
{
  Merging *self = user;

  self->batches++;
  return sac_job_check (self->job, error) &&
         sac_run_store_put (self->out, batch, data, size, error);
}

static bool
copy_notes (Merging *self, SacRunStore *store, GError **error)
{
  for (size_t i = 0; i < G_N_ELEMENTS (notes); i++) {
    g_autofree char *own = sac_run_store_get_note (self->out, notes[i]);
    g_autofree char *text = sac_run_store_get_note (store, notes[i]);

    if (text == NULL || (own != NULL && strcmp (own, text) <= 0))
      continue;
    if (!sac_run_store_set_note (self->out, notes[i], text, error))
      return false;
  }
  return true;
}

static bool
add_shard (Merging *self, const char *folder, const char *out, GError **error)
{
  g_autoptr (SacRunStore) store = sac_run_store_open_existing (folder, error);
  gint64 shard, count;

  if (store == NULL || !read_shard (sac_run_store_get_identity (store), folder,
                                    &shard, &count, error))
    return false;
  if (self->out == NULL && !begin (self, store, count, out, error))
    return false;
  return check_shard (self, store, folder, shard, count, error) &&
         copy_notes (self, store, error) &&
         sac_run_store_each (store, copy_batch, self, NULL, error);
}

static bool
check_complete (const Merging *self, GError **error)
{
  gint64 tiles =
    json_object_get_int_member_with_default (self->identity, "tiles", 0);
  gint64 batch =
    json_object_get_int_member_with_default (self->identity, "batch", 1);
  gint64 wanted = (tiles + MAX (1, batch) - 1) / MAX (1, batch);

  for (gint64 i = 0; i < self->shard_count; i++)
    if (!self->seen[i]) {
      g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                   "shard %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
                   " is missing",
                   i + 1, self->shard_count);
      return false;
    }
  if ((gint64)self->batches == wanted)
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "the shards have %zu of %" G_GINT64_FORMAT
               " batches: run those that were interrupted to their end",
               self->batches, wanted);
  return false;
}

bool
sac_slide_merge (const char *const *folders,
                 const char *out,
                 SacJob *job,
                 GError **error)
{
  Merging self = {.job = job};
  bool good = true;

  for (size_t i = 0; good && folders[i] != NULL; i++)
    good = add_shard (&self, folders[i], out, error);
  good = good && check_complete (&self, error);
  sac_run_store_free (self.out);
  g_clear_pointer (&self.identity, json_object_unref);
  g_free (self.seen);
  return good;
}
