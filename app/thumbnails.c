/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "thumbnails.h"

#include "texture.h"
#include "work-cases.h"

/* 36 KiB each, 18 MiB in all. */
#define KEPT_COUNT 512

typedef struct {
  char *path;
  GdkTexture *texture; /* NULL: nothing to be seen */
} Entry;

struct _SacThumbnails {
  GObject parent_instance;
  SacWorker *worker;  /* NULL until something is wanted */
  GHashTable *wanted; /* path -> SacJob */
  GHashTable *kept;   /* path -> its link in `order` */
  GQueue order;       /* of Entry, the one used last first */
  bool is_shut_down;
};

G_DEFINE_FINAL_TYPE (SacThumbnails, sac_thumbnails, G_TYPE_OBJECT)

enum { READY, SIGNAL_COUNT };
static guint signals[SIGNAL_COUNT];

static void
entry_free (Entry *entry)
{
  g_clear_object (&entry->texture);
  g_free (entry->path);
  g_free (entry);
}

SacThumbnails *
sac_thumbnails_new (void)
{
  return g_object_new (SAC_TYPE_THUMBNAILS, NULL);
}

static Entry *
look_up (SacThumbnails *thumbnails, const char *path)
{
  GList *link = g_hash_table_lookup (thumbnails->kept, path);

  if (link == NULL)
    return NULL;
  g_queue_unlink (&thumbnails->order, link);
  g_queue_push_head_link (&thumbnails->order, link);
  return link->data;
}

GdkTexture *
sac_thumbnails_get (SacThumbnails *thumbnails, const char *path)
{
  Entry *entry = look_up (thumbnails, path);

  return entry != NULL ? entry->texture : NULL;
}

static void
keep (SacThumbnails *thumbnails, const SacThumbnail *thumbnail)
{
  Entry *entry = g_new0 (Entry, 1);
  SacImage *image = thumbnail->image;

  entry->path = g_strdup (thumbnail->path);
  if (image != NULL)
    entry->texture = sac_texture_new_for_image (image);
  g_queue_push_head (&thumbnails->order, entry);
  g_hash_table_insert (thumbnails->kept, entry->path, thumbnails->order.head);
  if (thumbnails->order.length > KEPT_COUNT) {
    Entry *oldest = g_queue_pop_tail (&thumbnails->order);

    g_hash_table_remove (thumbnails->kept, oldest->path);
    entry_free (oldest);
  }
}

static void
on_made (gpointer owner, gpointer result, const GError *error)
{
  SacThumbnails *thumbnails = owner;
  SacThumbnail *thumbnail = result;

  /* Only for want of interest. */
  if (thumbnail == NULL)
    return;
  g_hash_table_remove (thumbnails->wanted, thumbnail->path);
  if (!thumbnails->is_shut_down &&
      look_up (thumbnails, thumbnail->path) == NULL)
    keep (thumbnails, thumbnail);
  if (!thumbnails->is_shut_down)
    g_signal_emit (thumbnails, signals[READY], 0, thumbnail->path);
  sac_thumbnail_free (thumbnail);
}

void
sac_thumbnails_want (SacThumbnails *thumbnails, const char *path)
{
  if (thumbnails->is_shut_down || look_up (thumbnails, path) != NULL ||
      g_hash_table_contains (thumbnails->wanted, path))
    return;
  if (thumbnails->worker == NULL)
    thumbnails->worker = sac_worker_new ();
  g_hash_table_insert (thumbnails->wanted, g_strdup (path),
                       sac_worker_push (thumbnails->worker, &sac_work_thumbnail,
                                        g_strdup (path), thumbnails, on_made));
}

void
sac_thumbnails_unwant (SacThumbnails *thumbnails, const char *path)
{
  SacJob *job = g_hash_table_lookup (thumbnails->wanted, path);

  if (job == NULL)
    return;
  sac_job_cancel (job);
  g_hash_table_remove (thumbnails->wanted, path);
}

void
sac_thumbnails_shut_down (SacThumbnails *thumbnails)
{
  thumbnails->is_shut_down = true;
  g_clear_pointer (&thumbnails->worker, sac_worker_free);
  g_hash_table_remove_all (thumbnails->wanted);
}

static void
sac_thumbnails_finalize (GObject *object)
{
  SacThumbnails *thumbnails = SAC_THUMBNAILS (object);

  sac_thumbnails_shut_down (thumbnails);
  g_hash_table_unref (thumbnails->wanted);
  g_hash_table_unref (thumbnails->kept);
  g_queue_clear_full (&thumbnails->order, (GDestroyNotify)entry_free);
  G_OBJECT_CLASS (sac_thumbnails_parent_class)->finalize (object);
}

static void
sac_thumbnails_class_init (SacThumbnailsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sac_thumbnails_finalize;
  signals[READY] =
    g_signal_new ("ready", SAC_TYPE_THUMBNAILS, G_SIGNAL_RUN_LAST, 0, NULL,
                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
sac_thumbnails_init (SacThumbnails *thumbnails)
{
  thumbnails->wanted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                              (GDestroyNotify)sac_job_unref);
  thumbnails->kept = g_hash_table_new (g_str_hash, g_str_equal);
}
