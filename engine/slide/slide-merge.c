/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "slide/slide-merge.h"

#include "base/error.h"
#include "base/json.h"
#include "slide/run-store.h"
#include "slide/slide-shard.h"

#include <string.h>

/* Kept from the first shard; the time is that of the earliest. */
static const char *const notes[] = {"created", "request"};

typedef struct {
  SacRunStore *out;
  JsonObject *identity; /* of the whole */
  SacSlideShard shard;  /* the first one's */
  bool *seen;           /* by shard */
  size_t batches;
  SacJob *job;
} Merging;

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
       const SacSlideShard *shard,
       const char *out,
       GError **error)
{
  self->identity = make_whole (sac_run_store_get_identity (store), error);
  if (self->identity == NULL)
    return false;
  self->shard = *shard;
  self->seen = g_new0 (bool, shard->count);
  self->out = sac_run_store_open (out, self->identity, error);
  return self->out != NULL;
}

static bool
check_shard (Merging *self,
             SacRunStore *store,
             const char *folder,
             const SacSlideShard *shard,
             GError **error)
{
  g_autofree char *difference =
    sac_run_store_compare (self->identity, sac_run_store_get_identity (store),
                           "shard");

  if (difference != NULL || shard->count != self->shard.count) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "%s: belongs to another run: it differs in \"%s\"", folder,
                 difference != NULL ? difference : "shard");
    return false;
  }
  if (self->seen[shard->number - 1]) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "%s: is shard %zu once more; give each shard once", folder,
                 shard->number);
    return false;
  }
  self->seen[shard->number - 1] = true;
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
  SacSlideShard shard;

  if (store == NULL ||
      !sac_slide_shard_read (&shard, sac_run_store_get_identity (store), folder,
                             error))
    return false;
  if (self->out == NULL && !begin (self, store, &shard, out, error))
    return false;
  return check_shard (self, store, folder, &shard, error) &&
         copy_notes (self, store, error) &&
         sac_run_store_each (store, copy_batch, self, NULL, error);
}

static bool
check_complete (const Merging *self, GError **error)
{
  for (size_t i = 0; i < self->shard.count; i++)
    if (!self->seen[i]) {
      g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                   "shard %zu of %zu is missing", i + 1, self->shard.count);
      return false;
    }
  if (self->batches == self->shard.batch_count)
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "the shards have %zu of %zu batches: run those that were "
               "interrupted to their end",
               self->batches, self->shard.batch_count);
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
