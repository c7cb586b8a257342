/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "library.h"

/* Loaded models that no pane shows but that are kept, because readers go back
 * and forth between a few. */
#define KEPT_MODELS 6

typedef struct {
  char *id;
  SacLoaded *loaded;
} Kept;

struct _SacLibrary {
  GObject parent_instance;
  GPtrArray *entries; /* of SacModelEntry */
  GPtrArray *files;   /* of char * */
  GQueue kept;        /* of Kept, the last used first */
};

G_DEFINE_FINAL_TYPE (SacLibrary, sac_library, G_TYPE_OBJECT)

enum { LISTED, SIGNAL_COUNT };
static guint signals[SIGNAL_COUNT];

static void
kept_free (Kept *kept)
{
  g_free (kept->id);
  sac_loaded_unref (kept->loaded);
  g_free (kept);
}

static void
on_listed (gpointer owner, gpointer result, const GError *error)
{
  SacLibrary *library = owner;

  if (result == NULL)
    return;
  g_ptr_array_unref (library->entries);
  library->entries = result;
  g_signal_emit (library, signals[LISTED], 0);
}

SacLibrary *
sac_library_new (SacWorker *worker)
{
  SacLibrary *library = g_object_new (SAC_TYPE_LIBRARY, NULL);

  sac_job_unref (
    sac_worker_push (worker, &sac_work_list, NULL, library, on_listed));
  return library;
}

GPtrArray *
sac_library_get_entries (SacLibrary *library)
{
  return library->entries;
}

const SacModelEntry *
sac_library_find (SacLibrary *library, const char *id)
{
  for (guint i = 0; i < library->entries->len; i++) {
    const SacModelEntry *entry = g_ptr_array_index (library->entries, i);

    if (g_strcmp0 (entry->id, id) == 0)
      return entry;
  }
  return NULL;
}

GPtrArray *
sac_library_get_files (SacLibrary *library)
{
  return library->files;
}

void
sac_library_add_file (SacLibrary *library, const char *path)
{
  if (g_ptr_array_find_with_equal_func (library->files, path, g_str_equal,
                                        NULL))
    return;
  g_ptr_array_add (library->files, g_strdup (path));
  g_signal_emit (library, signals[LISTED], 0);
}

SacLoaded *
sac_library_get_loaded (SacLibrary *library, const char *id)
{
  for (GList *link = library->kept.head; link != NULL; link = link->next) {
    Kept *kept = link->data;

    if (g_strcmp0 (kept->id, id) != 0)
      continue;
    g_queue_unlink (&library->kept, link);
    g_queue_push_head_link (&library->kept, link);
    return kept->loaded;
  }
  return NULL;
}

void
sac_library_keep (SacLibrary *library, const char *id, SacLoaded *loaded)
{
  if (sac_library_get_loaded (library, id) != NULL)
    return;

  Kept *kept = g_new0 (Kept, 1);

  kept->id = g_strdup (id);
  kept->loaded = sac_loaded_ref (loaded);
  g_queue_push_head (&library->kept, kept);
  if (library->kept.length > KEPT_MODELS)
    kept_free (g_queue_pop_tail (&library->kept));
}

static void
sac_library_finalize (GObject *object)
{
  SacLibrary *library = SAC_LIBRARY (object);

  g_ptr_array_unref (library->entries);
  g_ptr_array_unref (library->files);
  g_queue_clear_full (&library->kept, (GDestroyNotify)kept_free);
  G_OBJECT_CLASS (sac_library_parent_class)->finalize (object);
}

static void
sac_library_class_init (SacLibraryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = sac_library_finalize;
  signals[LISTED] = g_signal_new ("listed", SAC_TYPE_LIBRARY, G_SIGNAL_RUN_LAST,
                                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sac_library_init (SacLibrary *library)
{
  library->entries = g_ptr_array_new ();
  library->files = g_ptr_array_new_with_free_func (g_free);
  g_queue_init (&library->kept);
}
