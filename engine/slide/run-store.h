/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a run over a slide has so far, in a file of its output folder: a SQLite
 * database with one row a batch and a checksum for each.
 *
 * A batch is there as a whole or not at all.  A killed program loses no batch
 * that sac_run_store_put has returned from; a machine that stops loses at most
 * those of its last second.  One process at a time has a store open. */
#ifndef SAC_SLIDE_RUN_STORE_H
#define SAC_SLIDE_RUN_STORE_H

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stdint.h>

#define SAC_RUN_STORE_FILE "run.sqlite"

typedef struct SacRunStore SacRunStore;

/* identity: everything that decides what the batches hold; kept by the store
 * that begins.  Begins a store in an empty folder, which is made, or goes on
 * with the one there.  Errors: MISMATCH (the folder holds the run of another
 * identity: says what differs; or other files), UNWRITABLE, DAMAGED. */
SacRunStore *
sac_run_store_open (const char *folder, JsonObject *identity, GError **error);

/* One that is there.  Errors: UNREADABLE where there is none. */
SacRunStore *sac_run_store_open_existing (const char *folder, GError **error);

/* What it was begun with.  Borrowed. */
JsonObject *sac_run_store_get_identity (const SacRunStore *store);

void sac_run_store_free (SacRunStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacRunStore, sac_run_store_free)

/* Replaces what there was.  Errors: UNWRITABLE; the store is then as before and
 * can be written again when there is room. */
bool sac_run_store_put (SacRunStore *store,
                        size_t batch,
                        const void *data,
                        size_t size,
                        GError **error);

/* One batch.  NULL: it is not there, or its checksum does not hold. */
GBytes *sac_run_store_get (SacRunStore *store, size_t batch);

/* Calls func for every batch whose checksum holds, in order, until it returns
 * false with an error.  ret_damaged: how many did not hold; NULL: not wanted.
 */
typedef bool (*SacRunStoreFunc) (
  size_t batch, const uint8_t *data, size_t size, void *user, GError **error);
bool sac_run_store_each (SacRunStore *store,
                         SacRunStoreFunc func,
                         void *user,
                         size_t *ret_damaged,
                         GError **error);

/* How many rows there are with numbers in [first, end), sound or not. */
size_t sac_run_store_count (SacRunStore *store, size_t first, size_t end);

/* Notes beside the batches.  NULL: there is none; else a new string. */
char *sac_run_store_get_note (SacRunStore *store, const char *key);
bool sac_run_store_set_note (SacRunStore *store,
                             const char *key,
                             const char *text,
                             GError **error);

/* The first member in which two identities differ, as "grid.stride"; NULL: they
 * are equal.  skip: a member of the root that may differ, or NULL.  Returns: a
 * new string. */
char *sac_run_store_compare (JsonObject *a, JsonObject *b, const char *skip);

#endif
