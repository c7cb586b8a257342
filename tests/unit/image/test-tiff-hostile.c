/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* TIFFs made to hurt: each is opened and looked at in a process of its own that
 * may take 200 MiB more than it has and a second of processor time. */
#include "base/error.h"
#include "image/source.h"
#include "support.h"

#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <tiffio.h>
#include <unistd.h>
#include <zlib.h>

#define MEMORY_BYTES ((rlim_t)200 << 20)
#define SECONDS 1

#ifdef __SANITIZE_ADDRESS__
#define IS_SANITIZED 1
#elif defined(__SANITIZE_THREAD__)
#define IS_SANITIZED 1
#else
#define IS_SANITIZED 0
#endif

typedef struct {
  uint16_t tag, type;
  uint32_t count, value;
} Entry;

/* Classic, little-endian; data stand from byte 8 on, then the directories. */
static GByteArray *
begin_file (const void *data, size_t size)
{
  GByteArray *file = g_byte_array_new ();

  g_byte_array_append (file, (const guint8 *)"II*\0\0\0\0\0", 8);
  if (size > 0)
    g_byte_array_append (file, data, (guint)size);
  if (file->len % 2 != 0)
    g_byte_array_append (file, (const guint8 *)"", 1);
  return file;
}

/* next: of the following directory; G_MAXUINT32: right behind this one. */
static void
add_directory (GByteArray *file,
               const Entry *entries,
               uint16_t count,
               uint32_t next)
{
  uint32_t at = file->len;

  if (next == G_MAXUINT32)
    next = at + 2 + 12u * count + 4;
  if (memcmp (file->data + 4, "\0\0\0\0", 4) == 0)
    memcpy (file->data + 4, &at, 4);
  g_byte_array_append (file, (const guint8 *)&count, 2);
  for (int i = 0; i < count; i++)
    g_byte_array_append (file, (const guint8 *)&entries[i], 12);
  g_byte_array_append (file, (const guint8 *)&next, 4);
}

/* What is lied about; the rest is a small grey picture. */
typedef struct {
  uint32_t width, height, rows, tile;
  uint16_t bits, samples, compression, photometric, planar;
  const void *data;
  size_t size;
  uint32_t blocks; /* 0: one; else all the same */
  Entry more[3];   /* in the order of tags, above 400 */
  uint32_t next;
} Picture;

static GByteArray *
make_picture (const Picture *picture)
{
  static const uint8_t zeros[4096];
  GByteArray *file = begin_file (picture->data != NULL ? picture->data : zeros,
                                 picture->data != NULL ? picture->size : 4096);
  uint32_t size = picture->data != NULL ? (uint32_t)picture->size : 4096;
  uint32_t count = MAX (picture->blocks, 1), offsets = 8, sizes = size;
  bool tiled = picture->tile > 0;
  Entry entries[16];
  uint16_t used = 0;

  if (count > 1) {
    uint32_t first = 8;

    offsets = file->len;
    for (uint32_t i = 0; i < count; i++)
      g_byte_array_append (file, (const guint8 *)&first, 4);
    sizes = file->len;
    for (uint32_t i = 0; i < count; i++)
      g_byte_array_append (file, (const guint8 *)&size, 4);
  }
#define ADD(tag, type, number, value)                                          \
  entries[used++] = (Entry){tag, type, number, value}
  ADD (TIFFTAG_IMAGEWIDTH, 4, 1, picture->width);
  ADD (TIFFTAG_IMAGELENGTH, 4, 1, picture->height);
  ADD (TIFFTAG_BITSPERSAMPLE, 3, 1, MAX (picture->bits, 1));
  ADD (TIFFTAG_COMPRESSION, 3, 1, MAX (picture->compression, 1));
  ADD (TIFFTAG_PHOTOMETRIC, 3, 1, picture->photometric);
  if (!tiled)
    ADD (TIFFTAG_STRIPOFFSETS, 4, count, offsets);
  ADD (TIFFTAG_SAMPLESPERPIXEL, 3, 1, MAX (picture->samples, 1));
  if (!tiled) {
    ADD (TIFFTAG_ROWSPERSTRIP, 4, 1, picture->rows);
    ADD (TIFFTAG_STRIPBYTECOUNTS, 4, count, sizes);
  }
  ADD (TIFFTAG_PLANARCONFIG, 3, 1, MAX (picture->planar, 1));
  if (tiled) {
    ADD (TIFFTAG_TILEWIDTH, 4, 1, picture->tile);
    ADD (TIFFTAG_TILELENGTH, 4, 1, picture->tile);
    ADD (TIFFTAG_TILEOFFSETS, 4, count, offsets);
    ADD (TIFFTAG_TILEBYTECOUNTS, 4, count, sizes);
  }
  for (size_t i = 0; i < G_N_ELEMENTS (picture->more); i++)
    if (picture->more[i].tag != 0)
      entries[used++] = picture->more[i];
#undef ADD
  add_directory (file, entries, used, picture->next);
  return file;
}

/* Zeros, packed. */
static guint8 *
pack_zeros (size_t size, size_t *ret_packed)
{
  uLongf packed = compressBound (size);
  guint8 *to = g_malloc (packed);
  g_autofree guint8 *zeros = g_malloc0 (size);

  g_assert_cmpint (compress2 (to, &packed, zeros, size, 9), ==, Z_OK);
  *ret_packed = packed;
  return to;
}

static GByteArray *
make_bomb (uint32_t width,
           uint32_t height,
           uint32_t rows,
           uint32_t tile,
           uint16_t samples)
{
  size_t block =
    tile > 0 ? (size_t)tile * tile * samples : (size_t)width * rows * samples;
  uint32_t side = MAX (tile, 1);
  size_t packed;
  g_autofree guint8 *data = pack_zeros (block, &packed);
  Picture picture = {
    .width = width,
    .height = height,
    .rows = rows,
    .tile = tile,
    .bits = 8,
    .samples = samples,
    .photometric = samples == 3 ? 2 : 1,
    .compression = COMPRESSION_ADOBE_DEFLATE,
    .data = data,
    .size = packed,
    .blocks = tile > 0 ? ((width - 1) / side + 1) * ((height - 1) / side + 1)
                       : (height - 1) / rows + 1,
  };

  return make_picture (&picture);
}

static GByteArray *
make_tile_bomb (void)
{
  return make_bomb (56320, 56320, 0, 5632, 3);
}

static GByteArray *
make_strip_bomb (void)
{
  return make_bomb (8190, 8190, 8190, 0, 1);
}

static GByteArray *
make_row_bomb (void)
{
  return make_bomb (60000, 60000, 300, 0, 3);
}

/* A thousand directories that share one table of a million blocks. */
static GByteArray *
make_shared_tables (void)
{
  Picture picture = {.width = 16000,
                     .height = 16000,
                     .tile = 16,
                     .bits = 8,
                     .photometric = 1,
                     .blocks = 1000000};
  GByteArray *file = make_picture (&picture);
  uint32_t at;
  uint16_t count;

  memcpy (&at, file->data + 4, 4);
  memcpy (&count, file->data + at, 2);

  g_autofree Entry *entries = g_memdup2 (file->data + at + 2, 12u * count);

  g_byte_array_set_size (file, at);
  for (int i = 0; i < 1000; i++)
    add_directory (file, entries, count, G_MAXUINT32);
  return file;
}

static GByteArray *
make_loop (void)
{
  Picture picture = {.width = 64,
                     .height = 64,
                     .rows = 64,
                     .bits = 8,
                     .photometric = 1};
  GByteArray *file = make_picture (&picture);
  uint32_t at;

  memcpy (&at, file->data + 4, 4);
  memcpy (file->data + file->len - 4, &at, 4);
  return file;
}

/* Tables inside the directory's own tables, all of them the first one. */
static GByteArray *
make_sub_loop (void)
{
  Picture picture = {.width = 64,
                     .height = 64,
                     .rows = 64,
                     .bits = 8,
                     .photometric = 1,
                     .more = {{TIFFTAG_SUBIFD, 4, 60000, 0}}};
  GByteArray *file = make_picture (&picture);
  uint32_t at, end = file->len;

  memcpy (&at, file->data + 4, 4);
  for (int i = 0; i < 60000; i++)
    g_byte_array_append (file, (const guint8 *)&at, 4);
  memcpy (file->data + end - 4 - 4, &end, 4);
  return file;
}

static GByteArray *
make_long_chain (void)
{
  Picture picture = {.width = 64,
                     .height = 64,
                     .rows = 64,
                     .bits = 8,
                     .photometric = 1,
                     .next = G_MAXUINT32};
  GByteArray *file = make_picture (&picture);
  uint32_t at;
  uint16_t count;

  memcpy (&at, file->data + 4, 4);
  memcpy (&count, file->data + at, 2);

  g_autofree Entry *entries = g_memdup2 (file->data + at + 2, 12u * count);

  for (int i = 0; i < 60000; i++)
    add_directory (file, entries, count, G_MAXUINT32);
  return file;
}

static const uint8_t jpeg_of_65500[] = {0xff, 0xd8, 0xff, 0xc0, 0, 17,   8,
                                        0xff, 0xdc, 0xff, 0xdc, 3, 1,    0x22,
                                        0,    2,    0x11, 0,    3, 0x11, 0,
                                        0xff, 0xda, 0,    12,   3, 1,    0,
                                        2,    0,    3,    0,    0, 63,   0,
                                        1,    2,    3,    4};

typedef struct {
  const char *what;
  GByteArray *(*make) (void); /* NULL: the picture */
  Picture picture;
  bool refused; /* at opening: there is nothing to be seen */
} Hostile;

static const Hostile hostiles[] = {
  {"no-pixels", NULL, {0, 64, 64, .bits = 8}},
  {"too-wide", NULL, {0x90000000u, 64, 64, .bits = 8}},
  {"widest-lzw",
   NULL,
   {0x7fffffff, 0x7fffffff, 1, .bits = 8, .compression = 5}},
  {"widest-tiles",
   NULL,
   {0x7fffffff, 0x7fffffff, .tile = 16, .bits = 8, .compression = 5}},
  {"samples", NULL, {64, 64, 64, .bits = 8, .samples = 65529}},
  {"samples-apart",
   NULL,
   {64, 64, 64, .bits = 8, .samples = 65529, .planar = 2}},
  {"bits-7", NULL, {64, 64, 64, .bits = 7}},
  {"bits-64", NULL, {64, 64, 64, .bits = 64}},
  {"tile-24", NULL, {64, 64, .tile = 24, .bits = 8}},
  {"tile-huge", NULL, {64, 64, .tile = 0x7ffffff0, .bits = 8}},
  {"tile-65536", NULL, {64, 64, .tile = 65536, .bits = 8, .compression = 5}},
  {"rows-most", NULL, {60000, 60000, 0xffffffffu, .bits = 8, .compression = 5}},
  {"rows-none", NULL, {60000, 60000, 0, .bits = 8, .compression = 8}},
  {"fax", NULL, {60000, 60000, 60000, .bits = 1, .compression = 4}},
  {"fax-strips",
   NULL,
   {60000, 60000, 60, .bits = 1, .compression = 4, .blocks = 1000}},
  {"jpeg-inside-larger",
   NULL,
   {256, 256, 256, .bits = 8, .samples = 3, .photometric = 6, .compression = 7,
    .data = jpeg_of_65500, .size = sizeof jpeg_of_65500}},
  {"old-jpeg-inside-larger",
   NULL,
   {256, 256, 256, .bits = 8, .samples = 3, .photometric = 6, .compression = 6,
    .data = jpeg_of_65500, .size = sizeof jpeg_of_65500,
    .more = {{TIFFTAG_JPEGPROC, 3, 1, 1},
             {TIFFTAG_JPEGIFOFFSET, 4, 1, 8},
             {TIFFTAG_JPEGIFBYTECOUNT, 4, 1, sizeof jpeg_of_65500}}}},
  {"profile-huge",
   NULL,
   {64, 64, 64, .bits = 8, .photometric = 1,
    .more = {{TIFFTAG_ICCPROFILE, 7, 0x7fffffff, 8}}}},
  {"tables-huge",
   NULL,
   {64, 64, 64, .bits = 8, .photometric = 1,
    .more = {{34665, 4, 0x7fffffff, 8}, {65000, 12, 0x1fffffff, 8}}}},
  {"children-huge",
   NULL,
   {64, 64, 64, .bits = 8, .photometric = 1,
    .more = {{TIFFTAG_SUBIFD, 4, 0x3fffffff, 8}}}},
  {"short-strip", NULL, {1000000, 1000000, 1000000, .bits = 8}, true},
  {"short-tiles", NULL, {60000, 60000, .tile = 1024, .bits = 8}, true},
  {"loop", make_loop, {0}},
  {"children-loop", make_sub_loop, {0}},
  {"long-chain", make_long_chain, {0}},
  {"shared-tables", make_shared_tables, {0}},
  {"tile-bomb", make_tile_bomb, {0}},
  {"strip-bomb", make_strip_bomb, {0}},
  {"row-bomb", make_row_bomb, {0}},
};

static void
limit_process (void)
{
  long pages = 0;
  FILE *file = fopen ("/proc/self/statm", "r");

  g_assert_nonnull (file);
  g_assert_cmpint (fscanf (file, "%ld", &pages), ==, 1);
  fclose (file);
  mallopt (M_ARENA_MAX, 1);

  struct rlimit memory = {(rlim_t)pages * (rlim_t)sysconf (_SC_PAGESIZE) +
                            MEMORY_BYTES,
                          RLIM_INFINITY};
  struct rusage used;

  getrusage (RUSAGE_SELF, &used);

  struct rlimit time = {(rlim_t)used.ru_utime.tv_sec + 1 + SECONDS,
                        RLIM_INFINITY};

  if (IS_SANITIZED)
    return;
  setrlimit (RLIMIT_AS, &memory);
  setrlimit (RLIMIT_CPU, &time);
}

static double
get_seconds (void)
{
  struct rusage used;

  getrusage (RUSAGE_SELF, &used);
  return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

/* Opened, and a view of level 0 read. */
static void
look_at (const char *path, bool refused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacSource) source = sac_source_open (path, NULL, &error);
  g_autoptr (SacImage) image =
    source != NULL
      ? sac_source_read (source, 0, sac_source_get_width (source) / 2,
                         sac_source_get_height (source) / 2, 256, 256,
                         SAC_COLORS_DISPLAY, NULL, &error)
      : NULL;

  g_assert_true ((image == NULL) == (error != NULL));
  if (refused) {
    g_assert_null (source);
    g_assert_error (error, SAC_ERROR, SAC_ERROR_DAMAGED);
  }
  if (error != NULL)
    g_assert_null (strstr (error->message, "not enough memory"));
  g_printerr ("%s\n", error != NULL ? error->message : "read");
}

static void
test_hostile (const void *data)
{
  const Hostile *hostile = data;

  if (g_test_subprocess ()) {
    g_autofree char *path = g_strdup (g_getenv ("HOSTILE_TIFF"));

    limit_process ();

    double start = get_seconds ();

    look_at (path, hostile->refused);
    if (!IS_SANITIZED)
      g_assert_cmpfloat (get_seconds () - start, <, SECONDS);
    return;
  }

  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "hostile.tif", NULL);
  g_autoptr (GByteArray) file =
    hostile->make != NULL ? hostile->make () : make_picture (&hostile->picture);

  g_assert_true (g_file_set_contents (path, (const char *)file->data,
                                      (gssize)file->len, NULL));
  g_setenv ("HOSTILE_TIFF", path, TRUE);
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  test_folder_remove (folder);
  g_test_trap_assert_passed ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (hostiles); i++) {
    g_autofree char *path =
      g_strconcat ("/tiff-hostile/", hostiles[i].what, NULL);

    g_test_add_data_func (path, &hostiles[i], test_hostile);
  }
  return g_test_run ();
}
