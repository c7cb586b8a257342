/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Write-ahead log, held exclusively: then SQLite keeps its index in memory and
 * the database may lie on any file system that can lock.  A commit is handed to
 * the system at once, which outlives the program; once a second one is made to
 * reach the disk, and all before it with it. */
#include "slide/run-store.h"

#include "base/error.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/output.h"

#include <sqlite3.h>
#include <string.h>

#define APPLICATION_ID 0x53616331 /* "Sac1" */
#define BUSY_MS 1000
#define SYNC_MICROSECONDS G_USEC_PER_SEC
#define IDENTITY "identity"

struct SacRunStore {
  sqlite3 *database;
  sqlite3_stmt *put;
  char *path;
  JsonObject *identity;
  gint64 last_sync;
};

static bool
fail (const SacRunStore *store, int status, GError **error)
{
  switch (status & 0xff) {
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "%s: another process is at work in this folder; wait for it "
                 "or "
                 "choose another",
                 store->path);
    return false;
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
    g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
                 "%s: is damaged (%s); begin again in another folder",
                 store->path, sqlite3_errmsg (store->database));
    return false;
  default:
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNWRITABLE,
                 "%s: cannot be written (%s); what is there stays: make room "
                 "and run the same again to go on",
                 store->path, sqlite3_errmsg (store->database));
    return false;
  }
}

static bool
execute (SacRunStore *store, const char *text, GError **error)
{
  int status = sqlite3_exec (store->database, text, NULL, NULL, NULL);

  return status == SQLITE_OK || fail (store, status, error);
}

static sqlite3_stmt *
prepare (SacRunStore *store, const char *text, GError **error)
{
  sqlite3_stmt *statement = NULL;
  int status = sqlite3_prepare_v2 (store->database, text, -1, &statement, NULL);

  if (status != SQLITE_OK)
    fail (store, status, error);
  return statement;
}

/* The one number that the statement gives of two others; 0 without. */
static gint64
count_between (SacRunStore *store, const char *text, size_t first, size_t end)
{
  sqlite3_stmt *statement = prepare (store, text, NULL);
  gint64 number = 0;

  if (statement != NULL) {
    sqlite3_bind_int64 (statement, 1, (gint64)first);
    sqlite3_bind_int64 (statement, 2, (gint64)end);
    if (sqlite3_step (statement) == SQLITE_ROW)
      number = sqlite3_column_int64 (statement, 0);
  }
  sqlite3_finalize (statement);
  return number;
}

static gint64
get_number (SacRunStore *store, const char *text)
{
  return count_between (store, text, 0, 0);
}

size_t
sac_run_store_count (SacRunStore *store, size_t first, size_t end)
{
  return (size_t)count_between (store,
                                "SELECT count(*) FROM batch WHERE number >= ? "
                                "AND number < ?",
                                first, end);
}

char *
sac_run_store_get_note (SacRunStore *store, const char *key)
{
  sqlite3_stmt *statement =
    prepare (store, "SELECT value FROM meta WHERE key = ?", NULL);
  char *text = NULL;

  if (statement == NULL)
    return NULL;
  sqlite3_bind_text (statement, 1, key, -1, SQLITE_STATIC);
  if (sqlite3_step (statement) == SQLITE_ROW)
    text = g_strdup ((const char *)sqlite3_column_text (statement, 0));
  sqlite3_finalize (statement);
  return text;
}

bool
sac_run_store_set_note (SacRunStore *store,
                        const char *key,
                        const char *text,
                        GError **error)
{
  sqlite3_stmt *statement =
    prepare (store, "INSERT OR REPLACE INTO meta VALUES (?, ?)", error);

  if (statement == NULL)
    return false;
  sqlite3_bind_text (statement, 1, key, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 2, text, -1, SQLITE_STATIC);

  int status = sqlite3_step (statement);

  sqlite3_finalize (statement);
  return status == SQLITE_DONE || fail (store, status, error);
}

/* "grid.stride": the path to the first difference. */
static char *
compare_members (JsonObject *a, JsonObject *b, const char *skip)
{
  g_autoptr (GList) names = json_object_get_members (a);

  if (json_object_get_size (a) != json_object_get_size (b))
    return g_strdup ("number of entries");
  for (GList *l = names; l != NULL; l = l->next) {
    JsonNode *left = json_object_get_member (a, l->data);
    JsonNode *right = json_object_get_member (b, l->data);

    if (g_strcmp0 (skip, l->data) == 0)
      continue;
    if (right == NULL)
      return g_strdup (l->data);
    if (JSON_NODE_HOLDS_OBJECT (left) && JSON_NODE_HOLDS_OBJECT (right)) {
      g_autofree char *rest =
        compare_members (json_node_get_object (left),
                         json_node_get_object (right), NULL);

      if (rest != NULL)
        return g_strconcat (l->data, ".", rest, NULL);
      continue;
    }

    g_autofree char *left_text = json_to_string (left, FALSE);
    g_autofree char *right_text = json_to_string (right, FALSE);

    if (strcmp (left_text, right_text) != 0)
      return g_strdup (l->data);
  }
  return NULL;
}

char *
sac_run_store_compare (JsonObject *a, JsonObject *b, const char *skip)
{
  return compare_members (a, b, skip);
}

/* Tables and identity are there together or not at all. */
static bool
begin (SacRunStore *store, JsonObject *identity, GError **error)
{
  g_autofree char *text = sac_json_to_text (identity, false);
  g_autofree char *id =
    g_strdup_printf ("PRAGMA application_id = %d", APPLICATION_ID);

  return execute (store, "BEGIN IMMEDIATE", error) &&
         execute (store, id, error) &&
         execute (store,
                  "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT "
                  "NULL);"
                  "CREATE TABLE batch (number INTEGER PRIMARY KEY, data BLOB "
                  "NOT NULL, sha256 TEXT NOT NULL)",
                  error) &&
         sac_run_store_set_note (store, IDENTITY, text, error) &&
         execute (store, "COMMIT", error);
}

static bool
read_identity (SacRunStore *store, GError **error)
{
  g_autofree char *text = sac_run_store_get_note (store, IDENTITY);

  if (text == NULL ||
      get_number (store, "PRAGMA application_id") != APPLICATION_ID) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "%s: is not the state of a run; choose another folder",
                 store->path);
    return false;
  }
  store->identity = sac_json_parse (text, strlen (text), store->path, error);
  return store->identity != NULL;
}

static bool
check_identity (SacRunStore *store, JsonObject *identity, GError **error)
{
  /* As it reads after writing: numbers lose their kinds. */
  g_autofree char *text = sac_json_to_text (identity, false);
  g_autoptr (JsonObject) own =
    sac_json_parse (text, strlen (text), store->path, error);

  if (own == NULL)
    return false;

  g_autofree char *difference =
    sac_run_store_compare (own, store->identity, NULL);

  if (difference == NULL)
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "%s: holds another run, which differs in \"%s\"; choose another "
               "folder, or ask for the same again to go on with it",
               store->path, difference);
  return false;
}

static SacRunStore *
open_file (const char *folder, int flags, GError **error)
{
  g_autoptr (SacRunStore) store = g_new0 (SacRunStore, 1);

  store->path = g_build_filename (folder, SAC_RUN_STORE_FILE, NULL);

  int status = sqlite3_open_v2 (store->path, &store->database, flags, NULL);

  if (status != SQLITE_OK) {
    g_set_error (error, SAC_ERROR,
                 flags & SQLITE_OPEN_CREATE ? SAC_ERROR_UNWRITABLE
                                            : SAC_ERROR_UNREADABLE,
                 "%s: cannot be opened (%s); name the folder of a run",
                 store->path, sqlite3_errstr (status));
    return NULL;
  }
  sqlite3_busy_timeout (store->database, BUSY_MS);
  if (!execute (store,
                "PRAGMA locking_mode = EXCLUSIVE;"
                "PRAGMA journal_mode = WAL;"
                "PRAGMA synchronous = FULL",
                error))
    return NULL;
  return g_steal_pointer (&store);
}

/* Anything but the store itself belongs to somebody else. */
static bool
check_folder (const char *folder, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (!g_str_has_prefix (name, SAC_RUN_STORE_FILE)) {
      g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                   "%s: holds other files (%s) and no run; choose an empty "
                   "folder",
                   folder, name);
      return false;
    }
  return true;
}

SacRunStore *
sac_run_store_open (const char *folder, JsonObject *identity, GError **error)
{
  g_autofree char *path = g_build_filename (folder, SAC_RUN_STORE_FILE, NULL);

  if (!sac_output_make_folder (folder, error))
    return NULL;
  if (!g_file_test (path, G_FILE_TEST_EXISTS) && !check_folder (folder, error))
    return NULL;

  g_autoptr (SacRunStore) store =
    open_file (folder, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, error);

  if (store == NULL)
    return NULL;
  if (get_number (store, "SELECT count(*) FROM sqlite_master") == 0 &&
      !begin (store, identity, error))
    return NULL;
  if (!read_identity (store, error) || !check_identity (store, identity, error))
    return NULL;
  return g_steal_pointer (&store);
}

SacRunStore *
sac_run_store_open_existing (const char *folder, GError **error)
{
  g_autoptr (SacRunStore) store =
    open_file (folder, SQLITE_OPEN_READWRITE, error);

  if (store == NULL || !read_identity (store, error))
    return NULL;
  return g_steal_pointer (&store);
}

JsonObject *
sac_run_store_get_identity (const SacRunStore *store)
{
  return store->identity;
}

void
sac_run_store_free (SacRunStore *store)
{
  if (store == NULL)
    return;
  sqlite3_finalize (store->put);
  sqlite3_close (store->database);
  g_clear_pointer (&store->identity, json_object_unref);
  g_free (store->path);
  g_free (store);
}

/* The checksum is of the number, too: a row under another's number is none. */
static char *
get_checksum (size_t batch, const void *data, size_t size)
{
  g_autofree char *inner = sac_hash_bytes (data, size);
  g_autofree char *text = g_strdup_printf ("%zu %s", batch, inner);

  return sac_hash_bytes (text, strlen (text));
}

bool
sac_run_store_put (SacRunStore *store,
                   size_t batch,
                   const void *data,
                   size_t size,
                   GError **error)
{
  g_autofree char *checksum = get_checksum (batch, data, size);
  gint64 now = g_get_monotonic_time ();
  bool sync = now - store->last_sync >= SYNC_MICROSECONDS;

  if (store->put == NULL) {
    store->put =
      prepare (store, "INSERT OR REPLACE INTO batch VALUES (?, ?, ?)", error);
    if (store->put == NULL)
      return false;
  }
  if (!execute (store,
                sync ? "PRAGMA synchronous = FULL"
                     : "PRAGMA synchronous = NORMAL",
                error))
    return false;
  sqlite3_bind_int64 (store->put, 1, (gint64)batch);
  sqlite3_bind_blob64 (store->put, 2, data, size, SQLITE_STATIC);
  sqlite3_bind_text (store->put, 3, checksum, -1, SQLITE_STATIC);

  int status = sqlite3_step (store->put);

  sqlite3_reset (store->put);
  sqlite3_clear_bindings (store->put);
  if (status != SQLITE_DONE)
    return fail (store, status, error);
  if (sync)
    store->last_sync = now;
  return true;
}

GBytes *
sac_run_store_get (SacRunStore *store, size_t batch)
{
  sqlite3_stmt *statement =
    prepare (store, "SELECT data, sha256 FROM batch WHERE number = ?", NULL);
  GBytes *bytes = NULL;

  if (statement == NULL)
    return NULL;
  sqlite3_bind_int64 (statement, 1, (gint64)batch);
  if (sqlite3_step (statement) == SQLITE_ROW) {
    const void *data = sqlite3_column_blob (statement, 0);
    size_t size = (size_t)sqlite3_column_bytes (statement, 0);
    const char *stated = (const char *)sqlite3_column_text (statement, 1);
    g_autofree char *checksum = get_checksum (batch, data, size);

    if (g_strcmp0 (stated, checksum) == 0)
      bytes = g_bytes_new (data, size);
  }
  sqlite3_finalize (statement);
  return bytes;
}

static bool
take_row (sqlite3_stmt *statement,
          SacRunStoreFunc func,
          void *user,
          size_t *damaged,
          GError **error)
{
  size_t batch = (size_t)sqlite3_column_int64 (statement, 0);
  const void *data = sqlite3_column_blob (statement, 1);
  size_t size = (size_t)sqlite3_column_bytes (statement, 1);
  const char *stated = (const char *)sqlite3_column_text (statement, 2);
  g_autofree char *checksum = get_checksum (batch, data, size);

  if (g_strcmp0 (stated, checksum) == 0)
    return func (batch, data, size, user, error);
  (*damaged)++;
  return true;
}

bool
sac_run_store_each (SacRunStore *store,
                    SacRunStoreFunc func,
                    void *user,
                    size_t *ret_damaged,
                    GError **error)
{
  sqlite3_stmt *statement =
    prepare (store, "SELECT number, data, sha256 FROM batch ORDER BY number",
             error);
  size_t damaged = 0;
  int status;

  if (statement == NULL)
    return false;
  while ((status = sqlite3_step (statement)) == SQLITE_ROW)
    if (!take_row (statement, func, user, &damaged, error)) {
      sqlite3_finalize (statement);
      return false;
    }
  sqlite3_finalize (statement);
  if (ret_damaged != NULL)
    *ret_damaged = damaged;
  return status == SQLITE_DONE || fail (store, status, error);
}
