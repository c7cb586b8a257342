/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/error.h"
#include "image/source-backend.h"
#include "scene/tile-store.h"

#include "support.h"

#include <math.h>
#include <stdatomic.h>

/* A slide whose pixels are known everywhere: red grows with x, green with y, 16
 * level-0 pixels a step, so that the mean over any area is known too. */
typedef struct {
  int delay_us;
  SacRect fault; /* level 0: what touches it cannot be read */
  atomic_int read_count;
  atomic_int reading;
  atomic_int most_reading;
  atomic_llong largest_read; /* pixels */
  GMutex gate;               /* held by a test to stop all reads */
  GMutex log_mutex;
  GArray *log; /* of Read, in order */
} Slide;

typedef struct {
  int level;
  int64_t x, y;
  int width, height;
} Read;

static void
note_read (Slide *slide, const Read *read)
{
  long long area = (long long)read->width * read->height;
  int reading = atomic_fetch_add (&slide->reading, 1) + 1;
  int most = atomic_load (&slide->most_reading);
  long long largest = atomic_load (&slide->largest_read);

  atomic_fetch_add (&slide->read_count, 1);
  while (reading > most &&
         !atomic_compare_exchange_weak (&slide->most_reading, &most, reading))
    continue;
  while (area > largest &&
         !atomic_compare_exchange_weak (&slide->largest_read, &largest, area))
    continue;
  g_mutex_lock (&slide->log_mutex);
  g_array_append_vals (slide->log, read, 1);
  g_mutex_unlock (&slide->log_mutex);
}

static SacImage *
draw (const SacSource *source, const Read *read, GError **error)
{
  SacImage *image = sac_image_new (read->width, read->height, error);
  double downsample = source->levels[read->level].downsample;

  for (int y = 0; image != NULL && y < read->height; y++)
    for (int x = 0; x < read->width; x++) {
      double red = (double)(read->x + x) * downsample / 16;
      double green = (double)(read->y + y) * downsample / 16;

      image->pixels[y * read->width + x] =
        sac_pixel ((unsigned)fmin (red, 255), (unsigned)fmin (green, 255), 9);
    }
  return image;
}

static SacImage *
slide_read (SacSource *source,
            int level,
            int64_t x,
            int64_t y,
            int width,
            int height,
            SacJob *job,
            GError **error)
{
  Slide *slide = source->state;
  Read read = {level, x, y, width, height};
  double downsample = source->levels[level].downsample;
  SacRect rect = {(double)x * downsample, (double)y * downsample,
                  width * downsample, height * downsample};
  SacRect bad = sac_rect_intersect (&rect, &slide->fault);
  SacImage *image = NULL;

  note_read (slide, &read);
  g_mutex_lock (&slide->gate);
  g_mutex_unlock (&slide->gate);
  if (slide->delay_us > 0)
    g_usleep ((gulong)slide->delay_us);
  if (sac_rect_is_empty (&bad))
    image = draw (source, &read, error);
  else
    g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED, "a broken place");
  atomic_fetch_sub (&slide->reading, 1);
  return image;
}

static void
slide_close (SacSource *source)
{
  Slide *slide = source->state;

  g_array_unref (slide->log);
  g_mutex_clear (&slide->gate);
  g_mutex_clear (&slide->log_mutex);
  g_free (slide);
}

static const SacSourceBackend backend = {
  .name = "test",
  .read = slide_read,
  .close = slide_close,
};

/* Levels of width x height and of each downsample given, 0 at the end. */
static SacSource *
slide_new (int64_t width, int64_t height, const int *downsamples)
{
  SacSource *source = sac_source_new (&backend, "test-slide");
  Slide *slide = g_new0 (Slide, 1);

  g_mutex_init (&slide->gate);
  g_mutex_init (&slide->log_mutex);
  slide->log = g_array_new (FALSE, FALSE, sizeof (Read));
  source->state = slide;
  source->format = g_strdup ("test");
  source->is_slide = true;
  source->mpp = 0.5;
  while (downsamples[source->level_count] > 0)
    source->level_count++;
  source->levels = g_new0 (SacSourceLevel, source->level_count);
  for (int i = 0; i < source->level_count; i++)
    source->levels[i] = (SacSourceLevel){
      .width = (width + downsamples[i] - 1) / downsamples[i],
      .height = (height + downsamples[i] - 1) / downsamples[i],
      .downsample = downsamples[i],
      .tile_width = 256,
      .tile_height = 256,
    };
  return source;
}

static const int flat[] = {1, 0};
static const int fours[] = {1, 4, 16, 0};

static Slide *
get_slide (SacSource *source)
{
  return source->state;
}

/* What the store says of a tile once it is no longer missing. */
static SacTile
wait_for (SacTileStore *store, SacSource *source, SacTileKey key)
{
  gint64 end = g_get_monotonic_time () + 300 * G_USEC_PER_SEC;

  for (;;) {
    sac_tile_store_begin (store);
    SacTile tile = sac_tile_store_get (store, source, &key, 0);

    if (tile.state != SAC_TILE_MISSING)
      return tile;
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_usleep (500);
  }
}

static void
wait_until_idle (SacTileStore *store)
{
  gint64 end = g_get_monotonic_time () + 300 * G_USEC_PER_SEC;

  while (sac_tile_store_get_pending (store) > 0) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_usleep (500);
  }
}

/* A tile's pixels are the means of the slide over their areas; a fifth of each
 * line is looked at. */
static void
assert_pixels (SacSource *source, const SacTileKey *key, const SacTile *tile)
{
  SacRect rect = sac_tile_store_tile_rect (source, key);
  int width = tile->image->width, height = tile->image->height;
  double across = rect.width / width, down = rect.height / height;

  g_assert_cmpint (tile->state, ==, SAC_TILE_READY);
  for (int y = 0; y < height; y++)
    for (int x = y % 5; x < width; x += 5) {
      uint32_t pixel = tile->image->pixels[y * width + x];
      double red = fmin ((rect.x + (x + 0.5) * across) / 16, 255);
      double green = fmin ((rect.y + (y + 0.5) * down) / 16, 255);

      /* Grey levels are cut off by the slide, and rounded at each step. */
      if (fabs ((pixel >> 16 & 255) - red) > 1.6 ||
          fabs ((pixel >> 8 & 255) - green) > 1.6) {
        g_test_message ("level %d, pixel (%d, %d) is %08x, expected %.1f %.1f",
                        key->level, x, y, pixel, red, green);
        g_test_fail ();
        return;
      }
    }
}

static void
test_levels (void)
{
  SacTileStore *store = sac_tile_store_new (1 << 20, 1, NULL, NULL);
  g_autoptr (SacSource) source = slide_new (5000, 3000, fours);
  SacTileKey edge = {1, 9, 5};
  SacTileKey outside = {1, 10, 0};
  SacRect rect = sac_tile_store_tile_rect (source, &edge);

  /* 5000, 2500, 1250, 625, 313, 157. */
  g_assert_cmpint (sac_tile_store_get_level_count (store, source), ==, 6);
  g_assert_cmpint (sac_tile_store_choose_level (store, source, 3), ==, 0);
  g_assert_cmpint (sac_tile_store_choose_level (store, source, 0.51), ==, 0);
  g_assert_cmpint (sac_tile_store_choose_level (store, source, 0.5), ==, 1);
  g_assert_cmpint (sac_tile_store_choose_level (store, source, 0.126), ==, 2);
  g_assert_cmpint (sac_tile_store_choose_level (store, source, 1e-6), ==, 5);
  g_assert_cmpfloat (rect.x, ==, 4608);
  g_assert_cmpfloat (rect.y, ==, 2560);
  g_assert_cmpfloat (rect.width, ==, 392);
  g_assert_cmpfloat (rect.height, ==, 440);
  rect = sac_tile_store_tile_rect (source, &outside);
  g_assert_true (sac_rect_is_empty (&rect));
  g_assert_cmpint (sac_tile_store_get (store, source, &outside, 0).state, ==,
                   SAC_TILE_MISSING);
  g_assert_cmpuint (sac_tile_store_get_pending (store), ==, 0);
  sac_tile_store_free (store);
}

static void
test_ready (void)
{
  SacTileStore *store = sac_tile_store_new (64 << 20, 2, NULL, NULL);
  g_autoptr (SacSource) source = slide_new (3000, 2000, flat);
  SacTileKey key = {0, 3000 / SAC_TILE_SIDE, 2000 / SAC_TILE_SIDE};

  g_assert_cmpint (sac_tile_store_peek (store, source, &key).state, ==,
                   SAC_TILE_MISSING);
  g_assert_cmpuint (sac_tile_store_get_pending (store), ==, 0);
  g_assert_cmpint (sac_tile_store_get (store, source, &key, 0).state, ==,
                   SAC_TILE_MISSING);

  SacTile tile = wait_for (store, source, key);

  assert_pixels (source, &key, &tile);
  g_assert_cmpint (tile.image->width, ==, 3000 % SAC_TILE_SIDE);
  g_assert_cmpint (tile.image->height, ==, 2000 % SAC_TILE_SIDE);
  g_assert_cmpuint (tile.serial, >, 0);

  SacTile again = sac_tile_store_peek (store, source, &key);

  g_assert_true (again.image == tile.image);
  g_assert_cmpuint (again.serial, ==, tile.serial);
  g_assert_cmpint (atomic_load (&get_slide (source)->read_count), ==, 1);
  sac_tile_store_free (store);
}

/* Levels that the file has not are box averages of the next finer one. */
static void
test_virtual_levels (void)
{
  SacTileStore *store = sac_tile_store_new (64 << 20, 2, NULL, NULL);
  g_autoptr (SacSource) many = slide_new (4000, 3001, fours);
  g_autoptr (SacSource) single = slide_new (4000, 3001, flat);
  SacSource *const slides[] = {many, single};

  for (size_t i = 0; i < 2; i++)
    for (int level = 0; level < 4; level++)
      for (int column = 0; column < 2; column++) {
        SacTileKey key = {level, column, column};
        SacRect rect = sac_tile_store_tile_rect (slides[i], &key);

        if (sac_rect_is_empty (&rect))
          continue;

        SacTile tile = wait_for (store, slides[i], key);

        assert_pixels (slides[i], &key, &tile);
      }
  sac_tile_store_free (store);
}

static void
test_whole_file_levels (void)
{
  SacTileStore *store = sac_tile_store_new (64 << 20, 1, NULL, NULL);
  g_autoptr (SacSource) source = slide_new (16384, 12288, fours);
  SacTileKey key = {2, 3, 1};
  SacTile tile = wait_for (store, source, key);
  const Read *read = &g_array_index (get_slide (source)->log, Read, 0);

  assert_pixels (source, &key, &tile);
  g_assert_cmpint (read->level, ==, 1);
  g_assert_cmpint (read->x, ==, 3 * SAC_TILE_SIDE);
  g_assert_cmpint (read->y, ==, SAC_TILE_SIDE);
  g_assert_cmpint (read->width, ==, SAC_TILE_SIDE);
  sac_tile_store_free (store);
}

/* A slide of one level: the overview is put together from bounded reads, and
 * what was made on the way is kept. */
static void
test_deep_level (void)
{
  SacTileStore *store = sac_tile_store_new (256 << 20, 2, NULL, NULL);
  g_autoptr (SacSource) source = slide_new (12000, 7000, flat);
  Slide *slide = get_slide (source);
  SacTileKey key = {6, 0, 0};
  SacTile tile = wait_for (store, source, key);
  int reads = atomic_load (&slide->read_count);

  assert_pixels (source, &key, &tile);
  g_assert_cmpint (tile.image->width, ==, 188);
  g_assert_cmpint (tile.image->height, ==, 110);
  g_assert_cmpint (atomic_load (&slide->largest_read), <=, 4096 * 4096);
  /* Of four tiles a side each. */
  g_assert_cmpint (reads, ==, 12 * 7);

  SacTileKey finer = {3, 1, 0};

  tile = wait_for (store, source, finer);
  assert_pixels (source, &finer, &tile);
  g_assert_cmpint (atomic_load (&slide->read_count), ==, reads);
  sac_tile_store_free (store);
}

static void
test_bad_tile (void)
{
  SacTileStore *store = sac_tile_store_new (64 << 20, 2, NULL, NULL);
  g_autoptr (SacSource) source = slide_new (2048, 2048, flat);
  SacTileKey bad = {0, 600 / SAC_TILE_SIDE, 0}, good = {0, 0, 0},
             coarse = {2, 0, 0};

  get_slide (source)->fault = (SacRect){600, 100, 10, 10};

  SacTile tile = wait_for (store, source, bad);

  g_assert_cmpint (tile.state, ==, SAC_TILE_BAD);
  g_assert_null (tile.image);
  g_assert_nonnull (strstr (tile.message, "a broken place"));
  tile = wait_for (store, source, good);
  assert_pixels (source, &good, &tile);

  /* The coarser tile is good but for the part of the bad one: grey there. */
  tile = wait_for (store, source, coarse);
  g_assert_cmpint (tile.state, ==, SAC_TILE_READY);
  g_assert_cmpint (tile.image->width, ==, SAC_TILE_SIDE);

  uint32_t inside = tile.image->pixels[100 / 4 * SAC_TILE_SIDE + 600 / 4];
  uint32_t outside = tile.image->pixels[200 * SAC_TILE_SIDE + 200];

  g_assert_cmpuint (inside >> 16 & 255, ==, inside & 255);
  g_assert_cmpuint (outside & 255, ==, 9);
  g_assert_cmpuint (outside >> 16 & 255, ==, 50);

  /* Repaired and reloaded, it is asked for anew. */
  get_slide (source)->fault = (SacRect){0};
  sac_tile_store_forget (store, source);
  tile = wait_for (store, source, bad);
  assert_pixels (source, &bad, &tile);
  sac_tile_store_free (store);
}

static uint32_t
get_pixel (const SacTile *tile, int x, int y)
{
  return tile->image->pixels[y * tile->image->width + x];
}

/* The file's tiles lie across ours: one of them costs itself, not the four of
 * ours that it touches, and the reason is told. */
static void
test_bad_part (void)
{
  SacTileStore *store = sac_tile_store_new (64 << 20, 2, NULL, NULL);
  g_autoptr (SacSource) source = slide_new (2048, 2048, flat);
  SacTileKey key = {0, 2, 0}, beside = {0, 3, 0};

  source->levels[0].tile_width = source->levels[0].tile_height = 240;
  /* In the third tile of the first row, from 480 to 720. */
  get_slide (source)->fault = (SacRect){600, 100, 10, 10};

  SacTile tile = wait_for (store, source, key);

  g_assert_cmpint (tile.state, ==, SAC_TILE_READY);
  g_assert_nonnull (strstr (tile.message, "a broken place"));
  /* The test slide has no blue but 9. */
  for (int y = 0; y < SAC_TILE_SIDE; y++)
    for (int x = 0; x < SAC_TILE_SIDE; x++)
      g_assert_true (((get_pixel (&tile, x, y) & 255) == 9) ==
                     (x + 512 >= 720 || y >= 240));
  tile = wait_for (store, source, beside);
  assert_pixels (source, &beside, &tile);
  g_assert_null (tile.message);

  /* Seen from farther away it is told as well. */
  tile = wait_for (store, source, (SacTileKey){2, 0, 0});
  g_assert_cmpint (tile.state, ==, SAC_TILE_READY);
  g_assert_nonnull (tile.message);
  sac_tile_store_free (store);
}

/* Nothing at all can be read: it ends soon. */
static void
test_broken_slide (void)
{
  SacTileStore *store = sac_tile_store_new (64 << 20, 2, NULL, NULL);
  g_autoptr (SacSource) source = slide_new (200000, 200000, flat);
  SacTileKey key = {9, 0, 0};

  get_slide (source)->fault = (SacRect){0, 0, 1e9, 1e9};
  g_assert_cmpint (wait_for (store, source, key).state, ==, SAC_TILE_BAD);
  g_assert_cmpint (atomic_load (&get_slide (source)->read_count), <, 200);
  sac_tile_store_free (store);
}

/* What is no longer looked at is not decoded. */
static void
test_stale_requests (void)
{
  SacTileStore *store = sac_tile_store_new (64 << 20, 1, NULL, NULL);
  g_autoptr (SacSource) source = slide_new (16384, 16384, fours);
  Slide *slide = get_slide (source);
  SacTileKey wanted = {0, 20, 20};

  g_mutex_lock (&slide->gate);
  sac_tile_store_begin (store);
  for (int i = 0; i < 40; i++)
    sac_tile_store_get (store, source, &(SacTileKey){0, i % 8, i / 8}, i);
  g_assert_cmpuint (sac_tile_store_get_pending (store), ==, 40);
  while (atomic_load (&slide->read_count) == 0)
    g_usleep (500);

  /* One is being decoded; the other 39 are forgotten. */
  sac_tile_store_begin (store);
  sac_tile_store_get (store, source, &wanted, 0);
  g_assert_cmpuint (sac_tile_store_get_pending (store), ==, 2);
  g_mutex_unlock (&slide->gate);
  wait_until_idle (store);
  g_assert_cmpint (atomic_load (&slide->read_count), ==, 2);
  g_assert_cmpint (wait_for (store, source, wanted).state, ==, SAC_TILE_READY);
  g_assert_cmpint (atomic_load (&slide->read_count), ==, 2);
  sac_tile_store_free (store);
}

static void
test_order (void)
{
  SacTileStore *store = sac_tile_store_new (64 << 20, 1, NULL, NULL);
  g_autoptr (SacSource) source = slide_new (16384, 16384, fours);
  Slide *slide = get_slide (source);
  const int64_t columns[] = {9, 7, 6, 8};

  g_mutex_lock (&slide->gate);
  sac_tile_store_begin (store);
  sac_tile_store_get (store, source, &(SacTileKey){0, 0, 0}, 0);
  while (atomic_load (&slide->read_count) == 0)
    g_usleep (500);
  for (size_t i = 0; i < G_N_ELEMENTS (columns); i++)
    sac_tile_store_get (store, source, &(SacTileKey){0, columns[i], 1},
                        (double)columns[i]);
  sac_tile_store_get (store, source, &(SacTileKey){4, 0, 0}, 100);
  g_mutex_unlock (&slide->gate);
  wait_until_idle (store);

  g_assert_cmpuint (slide->log->len, ==, 6);
  g_assert_cmpint (g_array_index (slide->log, Read, 1).level, ==, 2);
  for (guint i = 2; i < 6; i++)
    g_assert_cmpint (g_array_index (slide->log, Read, i).x, ==,
                     (int64_t)(i + 4) * SAC_TILE_SIDE);
  sac_tile_store_free (store);
}

/* A slow overview leaves the other threads to what is asked for beside it. */
static void
test_deep_does_not_block (void)
{
  SacTileStore *store = sac_tile_store_new (64 << 20, 2, NULL, NULL);
  g_autoptr (SacSource) slow = slide_new (65536, 65536, flat);
  g_autoptr (SacSource) quick = slide_new (2048, 2048, flat);
  SacTileKey overview = {7, 0, 0};
  gint64 end = g_get_monotonic_time () + 300 * G_USEC_PER_SEC;

  get_slide (slow)->delay_us = 20000;
  for (bool done = false; !done; g_usleep (500)) {
    done = true;
    sac_tile_store_begin (store);
    g_assert_cmpint (sac_tile_store_get (store, slow, &overview, 0).state, ==,
                     SAC_TILE_MISSING);
    for (int i = 0; i < 16; i++)
      done &=
        sac_tile_store_get (store, quick, &(SacTileKey){0, i % 4, i / 4}, i)
          .state == SAC_TILE_READY;
    g_assert_cmpint (g_get_monotonic_time (), <, end);
  }
  g_assert_cmpint (atomic_load (&get_slide (slow)->most_reading), <=, 1);
  /* Not waited for: closing gives the overview up. */
  sac_tile_store_free (store);
}

static void
test_budget (void)
{
  const size_t budget = 5 << 20;
  SacTileStore *store = sac_tile_store_new (budget, 2, NULL, NULL);
  g_autoptr (SacSource) source = slide_new (16384, 16384, fours);
  SacTileKey overview = {6, 0, 0};

  wait_for (store, source, overview);
  for (int i = 0; i < 64; i++)
    wait_for (store, source, (SacTileKey){0, i, 0});
  sac_tile_store_begin (store);
  sac_tile_store_begin (store);
  g_assert_cmpuint (sac_tile_store_get_bytes (store), <=, budget);
  g_assert_cmpuint (sac_tile_store_get_bytes (store), >, budget / 2);
  g_assert_cmpint (sac_tile_store_peek (store, source, &overview).state, ==,
                   SAC_TILE_READY);
  g_assert_cmpint (sac_tile_store_peek (store, source, &(SacTileKey){0, 63, 0})
                     .state,
                   ==, SAC_TILE_READY);
  g_assert_cmpint (sac_tile_store_peek (store, source, &(SacTileKey){0, 0, 0})
                     .state,
                   ==, SAC_TILE_MISSING);
  sac_tile_store_forget (store, source);
  g_assert_cmpuint (sac_tile_store_get_bytes (store), ==, 0);
  sac_tile_store_free (store);
}

/* A view larger than the budget is decoded once, not for ever. */
static void
test_small_budget (void)
{
  SacTileStore *store = sac_tile_store_new (1 << 20, 2, NULL, NULL);
  g_autoptr (SacSource) source = slide_new (4096, 4096, fours);
  int missing = 1;

  for (int round = 0; missing > 0; round++) {
    missing = 0;
    sac_tile_store_begin (store);
    for (int i = 0; i < 12; i++)
      missing +=
        sac_tile_store_get (store, source, &(SacTileKey){0, i % 4, i / 4}, i)
          .state == SAC_TILE_MISSING;
    g_assert_cmpint (round, <, 20000);
    g_usleep (500);
  }
  g_assert_cmpint (atomic_load (&get_slide (source)->read_count), ==, 12);
  sac_tile_store_free (store);
}

static void
test_forget_while_decoding (void)
{
  SacTileStore *store = sac_tile_store_new (64 << 20, 2, NULL, NULL);
  SacSource *source = slide_new (4096, 4096, fours);
  Slide *slide = get_slide (source);

  g_mutex_lock (&slide->gate);
  sac_tile_store_begin (store);
  for (int i = 0; i < 10; i++)
    sac_tile_store_get (store, source, &(SacTileKey){0, i % 8, i / 8}, i);
  while (atomic_load (&slide->read_count) < 2)
    g_usleep (500);
  sac_tile_store_forget (store, source);
  g_assert_cmpuint (sac_tile_store_get_pending (store), ==, 0);
  g_mutex_unlock (&slide->gate);
  while (atomic_load (&slide->reading) > 0)
    g_usleep (500);
  sac_tile_store_begin (store);
  g_assert_cmpuint (sac_tile_store_get_bytes (store), ==, 0);
  g_assert_cmpint (atomic_load (&slide->read_count), ==, 2);
  sac_source_unref (source);
  sac_tile_store_free (store);
}

static void
count_call (void *data)
{
  atomic_fetch_add ((atomic_int *)data, 1);
}

/* A call comes a moment after its tile. */
static void
wait_for_calls (atomic_int *calls, int count)
{
  gint64 end = g_get_monotonic_time () + 300 * G_USEC_PER_SEC;

  while (atomic_load (calls) < count) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_usleep (500);
  }
  g_assert_cmpint (atomic_load (calls), ==, count);
}

static void
test_ready_told_once (void)
{
  atomic_int calls = 0;
  SacTileStore *store = sac_tile_store_new (64 << 20, 2, count_call, &calls);
  g_autoptr (SacSource) source = slide_new (4096, 4096, fours);

  sac_tile_store_begin (store);
  for (int i = 0; i < 10; i++)
    sac_tile_store_get (store, source, &(SacTileKey){0, i % 8, i / 8}, i);
  wait_until_idle (store);
  wait_for_calls (&calls, 1);
  sac_tile_store_begin (store);
  g_assert_cmpint (atomic_load (&calls), ==, 1);
  sac_tile_store_get (store, source, &(SacTileKey){0, 7, 7}, 0);
  wait_until_idle (store);
  wait_for_calls (&calls, 2);
  sac_tile_store_free (store);
  g_assert_cmpint (atomic_load (&calls), ==, 2);
}

/* Closed in the middle of work: what runs ends, what waits is dropped. */
static void
test_free_while_busy (void)
{
  for (int round = 0; round < 10; round++) {
    SacTileStore *store = sac_tile_store_new (64 << 20, 4, NULL, NULL);
    g_autoptr (SacSource) source = slide_new (30000, 30000, flat);

    get_slide (source)->delay_us = 1000;
    sac_tile_store_begin (store);
    sac_tile_store_get (store, source, &(SacTileKey){6, 0, 0}, 0);
    for (int i = 0; i < 500; i++)
      sac_tile_store_get (store, source, &(SacTileKey){0, i % 25, i / 25}, i);
    g_usleep ((gulong)round * 500);
    sac_tile_store_free (store);
    g_assert_cmpint (atomic_load (&get_slide (source)->read_count), <, 100);
  }
}

typedef struct {
  SacTileStore *store;
  SacSource *const *slides; /* two */
  int ready, bad;
} Flight;

/* One view of twelve tiles, some of them outside. */
static void
look (Flight *flight, int level, int left, int top)
{
  sac_tile_store_begin (flight->store);
  for (int i = 0; i < 12; i++) {
    SacSource *source = flight->slides[i % 2];
    SacTileKey key = {level, left + i % 3, top + i / 3};
    SacTile tile = sac_tile_store_get (flight->store, source, &key, i);

    flight->bad += tile.state == SAC_TILE_BAD;
    flight->ready += tile.state == SAC_TILE_READY;
    if (tile.state == SAC_TILE_READY && level < 2)
      assert_pixels (source, &key, &tile);
  }
}

/* A reader who flies over two slides, one of them partly broken, and rests now
 * and then, while six threads decode and the budget is tight: every tile shown
 * is right. */
static void
test_flight (void)
{
  g_autoptr (SacSource) many = slide_new (9000, 7000, fours);
  g_autoptr (SacSource) single = slide_new (8000, 8000, flat);
  SacSource *const slides[] = {many, single};
  Flight flight = {sac_tile_store_new (3 << 20, 6, NULL, NULL), slides, 0, 0};
  GRand *random = g_rand_new_with_seed (7);

  get_slide (single)->fault = (SacRect){1000, 1000, 150, 150};
  for (int view = 0; view < 200; view++) {
    int level = g_rand_int_range (random, 0, 4);
    int left = g_rand_int_range (random, 0, 6);
    int top = g_rand_int_range (random, 0, 6);

    look (&flight, level, left, top);
    if (view % 8 == 0) {
      wait_until_idle (flight.store);
      look (&flight, level, left, top);
    }
    if (view % 97 == 96)
      sac_tile_store_forget (flight.store, slides[view % 2]);
    g_usleep (2000);
  }
  look (&flight, 0, 3, 3);
  wait_until_idle (flight.store);
  look (&flight, 0, 3, 3);
  g_assert_cmpint (flight.ready, >, 50);
  g_assert_cmpint (flight.bad, >, 0);
  g_rand_free (random);
  sac_tile_store_free (flight.store);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tile-store/levels", test_levels);
  g_test_add_func ("/tile-store/ready", test_ready);
  g_test_add_func ("/tile-store/virtual-levels", test_virtual_levels);
  g_test_add_func ("/tile-store/whole-file-levels", test_whole_file_levels);
  g_test_add_func ("/tile-store/deep-level", test_deep_level);
  g_test_add_func ("/tile-store/bad-tile", test_bad_tile);
  g_test_add_func ("/tile-store/bad-part", test_bad_part);
  g_test_add_func ("/tile-store/broken-slide", test_broken_slide);
  g_test_add_func ("/tile-store/stale-requests", test_stale_requests);
  g_test_add_func ("/tile-store/order", test_order);
  g_test_add_func ("/tile-store/deep-does-not-block", test_deep_does_not_block);
  g_test_add_func ("/tile-store/budget", test_budget);
  g_test_add_func ("/tile-store/small-budget", test_small_budget);
  g_test_add_func ("/tile-store/forget-while-decoding",
                   test_forget_while_decoding);
  g_test_add_func ("/tile-store/ready-told-once", test_ready_told_once);
  g_test_add_func ("/tile-store/free-while-busy", test_free_while_busy);
  g_test_add_func ("/tile-store/flight", test_flight);
  return g_test_run ();
}
