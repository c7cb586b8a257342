/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "scene/tile-cache.h"

guint
sac_tile_name_hash (const void *pointer)
{
  const SacTileName *name = pointer;
  guint64 hash = (guint64)GPOINTER_TO_SIZE (name->source);

  hash = hash * 0x9e3779b97f4a7c15u + (guint64)name->tile.level;
  hash = hash * 0x9e3779b97f4a7c15u + (guint64)name->tile.column;
  hash = hash * 0x9e3779b97f4a7c15u + (guint64)name->tile.row;
  return (guint)(hash ^ hash >> 32);
}

gboolean
sac_tile_name_equal (const void *a, const void *b)
{
  const SacTileName *left = a, *right = b;

  return left->source == right->source &&
         left->tile.level == right->tile.level &&
         left->tile.column == right->tile.column &&
         left->tile.row == right->tile.row;
}

SacTileEntry *
sac_tile_entry_new (const SacTileName *name,
                    SacImage *image,
                    const char *message)
{
  SacTileEntry *entry = g_new0 (SacTileEntry, 1);

  entry->name = *name;
  sac_source_ref (name->source);
  entry->image = image != NULL ? sac_image_ref (image) : NULL;
  entry->message = g_strdup (message);
  entry->link.data = entry;
  return entry;
}

void
sac_tile_entry_free (SacTileEntry *entry)
{
  sac_source_unref (entry->name.source);
  g_clear_pointer (&entry->image, sac_image_unref);
  g_free (entry->message);
  g_free (entry);
}

static size_t
get_bytes (const SacTileEntry *entry)
{
  return sizeof *entry +
         (entry->image != NULL ? sac_image_get_bytes (entry->image) : 0);
}

void
sac_tile_cache_init (SacTileCache *cache)
{
  cache->entries = g_hash_table_new (sac_tile_name_hash, sac_tile_name_equal);
  g_queue_init (&cache->lru);
  cache->bytes = 0;
  cache->last_serial = 0;
}

static void
remove_entry (SacTileCache *cache, SacTileEntry *entry)
{
  g_queue_unlink (&cache->lru, &entry->link);
  g_hash_table_remove (cache->entries, &entry->name);
  cache->bytes -= get_bytes (entry);
  sac_tile_entry_free (entry);
}

void
sac_tile_cache_clear (SacTileCache *cache)
{
  while (cache->lru.head != NULL)
    remove_entry (cache, cache->lru.head->data);
  g_hash_table_unref (cache->entries);
}

SacTileEntry *
sac_tile_cache_find (const SacTileCache *cache, const SacTileName *name)
{
  return g_hash_table_lookup (cache->entries, name);
}

void
sac_tile_cache_take (SacTileCache *cache, SacTileEntry *entry)
{
  if (g_hash_table_contains (cache->entries, &entry->name)) {
    sac_tile_entry_free (entry);
    return;
  }
  entry->serial = ++cache->last_serial;
  g_hash_table_insert (cache->entries, &entry->name, entry);
  /* What nobody has asked for goes first. */
  if (entry->is_byproduct)
    g_queue_push_tail_link (&cache->lru, &entry->link);
  else
    g_queue_push_head_link (&cache->lru, &entry->link);
  cache->bytes += get_bytes (entry);
}

void
sac_tile_cache_use (SacTileCache *cache, SacTileEntry *entry, guint64 view)
{
  entry->view = view;
  entry->is_byproduct = false;
  g_queue_unlink (&cache->lru, &entry->link);
  g_queue_push_head_link (&cache->lru, &entry->link);
}

void
sac_tile_cache_evict (SacTileCache *cache, size_t budget, guint64 view)
{
  GList *l = cache->lru.tail;

  while (cache->bytes > budget && l != NULL) {
    SacTileEntry *entry = l->data;

    l = l->prev;
    if (!entry->is_pinned && (entry->is_byproduct || entry->view + 1 < view))
      remove_entry (cache, entry);
  }
}

void
sac_tile_cache_forget (SacTileCache *cache, const SacSource *source)
{
  for (GList *l = cache->lru.head; l != NULL;) {
    SacTileEntry *entry = l->data;

    l = l->next;
    if (entry->name.source == source)
      remove_entry (cache, entry);
  }
}
