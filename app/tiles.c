/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "tiles.h"

#include "scene/tile-decode.h"
#include "texture.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

/* Of all windows together.  Linked panes of a large screen are 240 tiles of
 * 256 KiB; what a view needs beyond it stays while it is looked at. */
#define DEFAULT_BUDGET_BYTES ((size_t)64 << 20)

/* A texture is uploaded when it is first drawn.  So many fit into a frame. */
#define NEW_TEXTURES_PER_FRAME 128

/* One is shown, one was shown in the frame before, one is being painted. */
#define SURFACE_COUNT 3

/* Textures not drawn for so many frames are dropped; their pixels stay in the
 * store. */
#define KEPT_FRAMES 120

/* While more tiles are to come, those that are there are shown after so long:
 * drawing each one by itself would keep the processors from the others.  Until
 * then it is looked so often whether they have all come. */
#define GATHER_US 60000
#define LOOK_US 6000

typedef struct {
  guint64 serial; /* of the tile */
  GdkTexture *texture;
  guint last_frame;
} Entry;

struct _SacTiles {
  GObject parent_instance;
  SacTileStore *store; /* NULL after shutting down */
  GSource *wake_up;
  GHashTable *textures; /* serial -> Entry */
  GdkTexture *hatching; /* NULL: not needed yet */
  GskRenderNode *node;  /* NULL: none kept */
  SacTilesView node_view;
  SacTilesPicture picture;                  /* surface NULL: none kept */
  cairo_surface_t *surfaces[SURFACE_COUNT]; /* NULL: none yet */
  gint64 gathering_us; /* when the first tile came that is not shown; 0: none */
  gint64 frame_time;
  guint frame;
  guint made_in_frame;
  guint64 upload_count;
  bool view_changed;
  char *problem; /* the first since forget; NULL: none */
};

G_DEFINE_FINAL_TYPE (SacTiles, sac_tiles, G_TYPE_OBJECT)

enum { ARRIVED, SIGNAL_COUNT };
static guint signals[SIGNAL_COUNT];

static void
entry_free (Entry *entry)
{
  g_object_unref (entry->texture);
  g_free (entry);
}

static gboolean
dispatch_wake_up (GSource *source, GSourceFunc callback, gpointer data)
{
  g_source_set_ready_time (source, -1);
  return callback (data);
}

static GSourceFuncs wake_up_funcs = {.dispatch = dispatch_wake_up};

static void
drop_pictures (SacTiles *tiles)
{
  g_clear_pointer (&tiles->node, gsk_render_node_unref);
  g_clear_pointer (&tiles->picture.surface, cairo_surface_destroy);
  g_clear_pointer (&tiles->picture.pieces, g_array_unref);
}

/* True while it is better to wait for more tiles. */
static bool
is_gathering (SacTiles *tiles)
{
  gint64 now = g_get_monotonic_time ();

  if (tiles->store == NULL || sac_tile_store_get_pending (tiles->store) == 0)
    return false;
  if (tiles->gathering_us == 0)
    tiles->gathering_us = now;
  return now - tiles->gathering_us < GATHER_US;
}

static gboolean
on_wake_up (gpointer data)
{
  SacTiles *tiles = data;

  if (is_gathering (tiles)) {
    g_source_set_ready_time (tiles->wake_up, g_get_monotonic_time () + LOOK_US);
    return G_SOURCE_CONTINUE;
  }
  tiles->gathering_us = 0;
  tiles->view_changed = true;
  g_clear_pointer (&tiles->node, gsk_render_node_unref);
  g_signal_emit (tiles, signals[ARRIVED], 0);
  return G_SOURCE_CONTINUE;
}

/* On a decode thread. */
static void
on_ready (void *data)
{
  g_source_set_ready_time (data, 0);
}

static GPtrArray *all; /* of SacTiles with a store, not owned; NULL: none yet */
static size_t budget = DEFAULT_BUDGET_BYTES; /* of all of them */

static void
share_budget (void)
{
  for (guint i = 0; i < all->len; i++) {
    SacTiles *tiles = g_ptr_array_index (all, i);

    sac_tile_store_set_budget (tiles->store, budget / all->len);
  }
}

void
sac_tiles_set_budget (size_t bytes)
{
  budget = bytes;
  if (all != NULL)
    share_budget ();
}

SacTiles *
sac_tiles_new (void)
{
  return g_object_new (SAC_TYPE_TILES, NULL);
}

SacTileStore *
sac_tiles_get_store (SacTiles *tiles)
{
  return tiles->store;
}

bool
sac_tiles_is_settled (SacTiles *tiles)
{
  return !tiles->view_changed && g_source_get_ready_time (tiles->wake_up) < 0 &&
         sac_tile_store_is_settled (tiles->store);
}

void
sac_tiles_look_elsewhere (SacTiles *tiles)
{
  tiles->view_changed = true;
}

static gboolean
is_old (gpointer key, gpointer value, gpointer data)
{
  const Entry *entry = value;
  const SacTiles *tiles = data;

  return tiles->frame - entry->last_frame > KEPT_FRAMES;
}

void
sac_tiles_begin (SacTiles *tiles, gint64 frame)
{
  if (frame != tiles->frame_time) {
    tiles->frame_time = frame;
    tiles->frame++;
    tiles->made_in_frame = 0;
    g_hash_table_foreach_remove (tiles->textures, is_old, tiles);
  }
  if (!tiles->view_changed || tiles->store == NULL)
    return;
  tiles->view_changed = false;
  g_clear_pointer (&tiles->node, gsk_render_node_unref);
  sac_tile_store_begin (tiles->store);
}

GdkTexture *
sac_tiles_get_texture (SacTiles *tiles, const SacTile *tile)
{
  Entry *entry = g_hash_table_lookup (tiles->textures, &tile->serial);

  if (entry == NULL && tiles->made_in_frame >= NEW_TEXTURES_PER_FRAME) {
    g_source_set_ready_time (tiles->wake_up, 0);
    return NULL;
  }
  if (entry == NULL) {
    entry = g_new0 (Entry, 1);
    entry->serial = tile->serial;
    entry->texture = sac_texture_new_for_image (tile->image);
    tiles->made_in_frame++;
    tiles->upload_count++;
    g_hash_table_insert (tiles->textures, &entry->serial, entry);
  }
  entry->last_frame = tiles->frame;
  return entry->texture;
}

guint64
sac_tiles_get_upload_count (SacTiles *tiles)
{
  return tiles->upload_count;
}

GdkTexture *
sac_tiles_get_hatching (SacTiles *tiles)
{
  if (tiles->hatching == NULL) {
    g_autoptr (SacImage) image =
      sac_tile_hatched (SAC_TILE_SIDE, SAC_TILE_SIDE, NULL);

    tiles->hatching = sac_texture_new_for_image (image);
  }
  return tiles->hatching;
}

bool
sac_tiles_view_equal (const SacTilesView *a, const SacTilesView *b)
{
  return a->camera.x == b->camera.x && a->camera.y == b->camera.y &&
         a->camera.scale == b->camera.scale &&
         a->camera.rotation == b->camera.rotation &&
         a->camera.mirror == b->camera.mirror && a->width == b->width &&
         a->height == b->height && a->device_scale == b->device_scale &&
         sac_tone_equal (&a->tone, &b->tone);
}

GskRenderNode *
sac_tiles_find_node (SacTiles *tiles, const SacTilesView *view)
{
  return tiles->node != NULL && sac_tiles_view_equal (&tiles->node_view, view)
           ? gsk_render_node_ref (tiles->node)
           : NULL;
}

void
sac_tiles_keep_node (SacTiles *tiles,
                     const SacTilesView *view,
                     GskRenderNode *node)
{
  g_clear_pointer (&tiles->node, gsk_render_node_unref);
  tiles->node = gsk_render_node_ref (node);
  tiles->node_view = *view;
}

const SacTilesPicture *
sac_tiles_get_picture (SacTiles *tiles)
{
  return tiles->picture.surface != NULL ? &tiles->picture : NULL;
}

void
sac_tiles_keep_picture (SacTiles *tiles,
                        const SacTilesView *view,
                        cairo_surface_t *surface,
                        GArray *pieces)
{
  g_clear_pointer (&tiles->picture.surface, cairo_surface_destroy);
  g_clear_pointer (&tiles->picture.pieces, g_array_unref);
  tiles->upload_count++;
  tiles->picture.view = *view;
  tiles->picture.surface = cairo_surface_reference (surface);
  tiles->picture.pieces = g_array_ref (pieces);
}

static bool
is_free (cairo_surface_t *surface, int width, int height)
{
  return surface == NULL || cairo_image_surface_get_width (surface) != width ||
         cairo_image_surface_get_height (surface) != height ||
         cairo_surface_get_reference_count (surface) == 1;
}

cairo_surface_t *
sac_tiles_take_surface (SacTiles *tiles, int width, int height)
{
  int i = 0;

  while (i + 1 < SURFACE_COUNT && !is_free (tiles->surfaces[i], width, height))
    i++;

  cairo_surface_t *surface = tiles->surfaces[i];

  if (surface != NULL && is_free (surface, width, height) &&
      cairo_image_surface_get_width (surface) == width &&
      cairo_image_surface_get_height (surface) == height)
    return cairo_surface_reference (surface);
  if (surface != NULL)
    cairo_surface_destroy (surface);
  tiles->surfaces[i] =
    cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  return cairo_surface_reference (tiles->surfaces[i]);
}

void
sac_tiles_forget (SacTiles *tiles, SacSource *source)
{
  if (tiles->store != NULL)
    sac_tile_store_forget (tiles->store, source);
  g_hash_table_remove_all (tiles->textures);
  drop_pictures (tiles);
  g_clear_pointer (&tiles->problem, g_free);
}

void
sac_tiles_tell_problem (SacTiles *tiles, const char *message)
{
  if (tiles->problem != NULL)
    return;
  tiles->problem = g_strdup (message);
  g_source_set_ready_time (tiles->wake_up, 0);
}

const char *
sac_tiles_get_problem (SacTiles *tiles)
{
  return tiles->problem;
}

void
sac_tiles_shut_down (SacTiles *tiles)
{
  if (g_ptr_array_remove_fast (all, tiles))
    share_budget ();
  /* Its threads may wake us up until they are gone. */
  g_clear_pointer (&tiles->store, sac_tile_store_free);
  if (tiles->wake_up != NULL)
    g_source_destroy (tiles->wake_up);
  g_clear_pointer (&tiles->wake_up, g_source_unref);
  drop_pictures (tiles);
  for (int i = 0; i < SURFACE_COUNT; i++)
    g_clear_pointer (&tiles->surfaces[i], cairo_surface_destroy);
  g_hash_table_remove_all (tiles->textures);
}

static void
sac_tiles_finalize (GObject *object)
{
  SacTiles *tiles = SAC_TILES (object);

  sac_tiles_shut_down (tiles);
  g_hash_table_unref (tiles->textures);
  g_clear_object (&tiles->hatching);
  g_free (tiles->problem);
  G_OBJECT_CLASS (sac_tiles_parent_class)->finalize (object);
}

/* GTK's pictures of a whole window come and go with every frame.  The C library
 * would give each back to the system, which has to clear it for the next one.
 */
static void
keep_large_blocks (void)
{
#ifdef __GLIBC__
  mallopt (M_MMAP_THRESHOLD, 32 << 20);
  mallopt (M_TRIM_THRESHOLD, 24 << 20);
#endif
}

static void
sac_tiles_class_init (SacTilesClass *klass)
{
  keep_large_blocks ();
  G_OBJECT_CLASS (klass)->finalize = sac_tiles_finalize;
  signals[ARRIVED] = g_signal_new ("arrived", SAC_TYPE_TILES, G_SIGNAL_RUN_LAST,
                                   0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sac_tiles_init (SacTiles *tiles)
{
  tiles->textures = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL,
                                           (GDestroyNotify)entry_free);
  tiles->wake_up = g_source_new (&wake_up_funcs, sizeof (GSource));
  g_source_set_priority (tiles->wake_up, G_PRIORITY_DEFAULT);
  g_source_set_callback (tiles->wake_up, on_wake_up, tiles, NULL);
  g_source_attach (tiles->wake_up, NULL);
  tiles->store = sac_tile_store_new (budget, 0, on_ready, tiles->wake_up);
  if (all == NULL)
    all = g_ptr_array_new ();
  g_ptr_array_add (all, tiles);
  share_budget ();
}
