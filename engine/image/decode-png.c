/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* PNG through libpng.
 *
 * Checksums and the end mark are checked, so a cut or changed file is an error.
 * Errors leave libpng by longjmp; nothing between it and the setjmp owns
 * memory: all of it hangs on the Reader. */
#include "image/decoders.h"

#include "base/error.h"
#include "base/limits.h"
#include "image/orient.h"
#include "image/png-values.h"

#include <inttypes.h>
#include <math.h>
#include <png.h>
#include <setjmp.h>
#include <string.h>

/* Text and other chunks are not used; a larger one is a trick. */
#define CHUNK_BYTES_MAX ((png_alloc_size_t)16 << 20)

/* zlib packs at most 1032 bytes into one. */
#define DEFLATE_RATIO_MAX 1040

typedef struct {
  png_structp png;
  png_infop info;
  FILE *file; /* NULL: the data is in memory */
  const uint8_t *data;
  size_t size, used;
  SacJob *job;
  SacImage *image;
  SacRowTarget *target; /* in place of the image, or NULL */
  uint32_t *row;        /* for it */
  SacPngValues *grey;   /* in place of both, or NULL */
  gint64 count_max;     /* of its pixels */
  uint8_t *samples;     /* for it */
  bool has_alpha;
  bool is_fine; /* 16 bits a sample */
  int orientation;
  GError *reason;
} Reader;

G_NORETURN static void
fail (Reader *reader)
{
  png_longjmp (reader->png, 1);
}

G_NORETURN static void
on_error (png_structp png, png_const_charp text)
{
  Reader *reader = png_get_error_ptr (png);

  if (reader->reason == NULL)
    reader->reason =
      g_error_new (SAC_ERROR, SAC_ERROR_DAMAGED,
                   "the PNG is damaged or cut off (%s); get a fresh copy",
                   text);
  png_longjmp (png, 1);
}

static void
on_warning (png_structp png, png_const_charp text)
{
}

static void
on_read (png_structp png, png_bytep to, size_t count)
{
  Reader *reader = png_get_io_ptr (png);

  if (count > reader->size - reader->used)
    png_error (png, "the file ends too early");
  if (reader->file == NULL)
    memcpy (to, reader->data + reader->used, count);
  else if (fread (to, 1, count, reader->file) != count)
    png_error (png, "the file ends too early");
  reader->used += count;
}

static void
check_plausible (Reader *reader)
{
  guint64 width = png_get_image_width (reader->png, reader->info);
  guint64 height = png_get_image_height (reader->png, reader->info);
  gint64 pixels_max = reader->grey != NULL     ? reader->count_max
                      : reader->target != NULL ? SAC_LIMIT_STORED_PIXELS
                                               : SAC_LIMIT_IMAGE_PIXELS;
  guint64 raw = (png_get_rowbytes (reader->png, reader->info) + 1) * height;

  if (width * height > (guint64)pixels_max)
    reader->reason = g_error_new (SAC_ERROR, SAC_ERROR_TOO_LARGE,
                                  "the PNG has %" PRIu64 " x %" PRIu64
                                  " pixels, beyond the limit of %" PRId64,
                                  width, height, pixels_max);
  else if (raw / DEFLATE_RATIO_MAX > reader->size)
    reader->reason = g_error_new (SAC_ERROR, SAC_ERROR_DAMAGED,
                                  "the PNG claims %" PRIu64 " x %" PRIu64
                                  " pixels, which its %zu bytes cannot hold",
                                  width, height, reader->size);
  if (reader->reason != NULL)
    fail (reader);
}

/* Whatever is stored becomes one of our words a pixel, with coverage in place
 * of the 0xff where there is any.  16 bits keep their upper 8, as in Pillow. */
static void
set_transforms (Reader *reader)
{
  png_structp png = reader->png;

  reader->is_fine = png_get_bit_depth (png, reader->info) == 16;
  reader->has_alpha =
    (png_get_color_type (png, reader->info) & PNG_COLOR_MASK_ALPHA) != 0 ||
    png_get_valid (png, reader->info, PNG_INFO_tRNS) != 0;
  png_set_expand (png);
  png_set_strip_16 (png);
  png_set_gray_to_rgb (png);
  if (G_BYTE_ORDER == G_LITTLE_ENDIAN) {
    png_set_bgr (png);
    png_set_filler (png, 0xff, PNG_FILLER_AFTER);
  } else {
    png_set_swap_alpha (png);
    png_set_filler (png, 0xff, PNG_FILLER_BEFORE);
  }
}

static void
put_rows (Reader *reader)
{
  png_uint_32 height = png_get_image_height (reader->png, reader->info);
  png_uint_32 width = png_get_image_width (reader->png, reader->info);

  for (png_uint_32 y = 0; y < height; y++) {
    if (!sac_job_check (reader->job, &reader->reason))
      fail (reader);
    png_read_row (reader->png, (png_bytep)reader->row, NULL);
    if (reader->has_alpha)
      reader->target->clear |= sac_decoders_lay_over_white (reader->row, width);
    if (!reader->target->put (reader->target, reader->row, &reader->reason))
      fail (reader);
  }
}

static void
read_rows (Reader *reader)
{
  SacImage *image = reader->image;
  int passes = png_set_interlace_handling (reader->png);

  png_read_update_info (reader->png, reader->info);
  if (png_get_rowbytes (reader->png, reader->info) !=
      (size_t)png_get_image_width (reader->png, reader->info) * 4)
    png_error (reader->png, "a row has an unexpected size");
  if (reader->target != NULL) {
    put_rows (reader);
    return;
  }
  for (int pass = 0; pass < passes; pass++)
    for (int y = 0; y < image->height; y++) {
      if (!sac_job_check (reader->job, &reader->reason))
        fail (reader);
      png_read_row (reader->png,
                    (png_bytep)(image->pixels + (size_t)y * image->width),
                    NULL);
    }
}

static void
keep_profile (Reader *reader)
{
  png_charp name;
  png_bytep profile;
  png_uint_32 size;
  int compression;

  *(reader->target != NULL ? &reader->target->is_fine
                           : &reader->image->is_fine) = reader->is_fine;
  if (png_get_iCCP (reader->png, reader->info, &name, &compression, &profile,
                    &size) != 0 &&
      size <= SAC_LIMIT_ICC_BYTES)
    *(reader->target != NULL ? &reader->target->icc : &reader->image->icc) =
      g_bytes_new (profile, size);
}

static int
find_orientation (const Reader *reader)
{
  png_uint_32 size;
  png_bytep exif;

  if (png_get_eXIf_1 (reader->png, reader->info, &size, &exif) == 0)
    return 1;
  return sac_orient_find (exif, size);
}

static bool
begin_target (Reader *reader)
{
  png_uint_32 width = png_get_image_width (reader->png, reader->info);
  png_uint_32 height = png_get_image_height (reader->png, reader->info);

  /* Before all else: whoever holds small pictures whole reads them anyhow. */
  if (!reader->target->begin (reader->target, width, height, &reader->reason))
    return false;
  if (png_get_interlace_type (reader->png, reader->info) !=
      PNG_INTERLACE_NONE) {
    reader->reason =
      g_error_new (SAC_ERROR, SAC_ERROR_TOO_LARGE,
                   "an interlaced PNG of %u x %u pixels can only be read "
                   "whole; save it without interlacing or as a tiled TIFF",
                   (unsigned)width, (unsigned)height);
    return false;
  }
  reader->row = g_new (uint32_t, width);
  return true;
}

static unsigned
get_sample (const uint8_t *samples, size_t index, int bytes)
{
  return bytes == 1
           ? samples[index]
           : (unsigned)samples[2 * index] << 8 | samples[2 * index + 1];
}

/* Samples of all pixels to numbers.  Returns: false where one has a colour. */
static bool
take_grey (Reader *reader, int channels, int bytes)
{
  SacPngValues *grey = reader->grey;
  size_t count = (size_t)grey->width * (size_t)grey->height;
  bool has_alpha = channels % 2 == 0;
  int colors = channels - has_alpha;

  grey->most = bytes == 1 ? 255 : 65535;
  for (size_t i = 0; i < count; i++) {
    size_t first = i * (size_t)channels;
    unsigned value = get_sample (reader->samples, first, bytes);

    for (int c = 1; c < colors; c++)
      if (get_sample (reader->samples, first + (size_t)c, bytes) != value)
        return false;
    grey->values[i] =
      has_alpha &&
          get_sample (reader->samples, first + (size_t)colors, bytes) == 0
        ? NAN
        : (float)value;
  }
  return true;
}

static void
read_grey (Reader *reader)
{
  png_structp png = reader->png;
  SacPngValues *grey = reader->grey;
  int passes;

  grey->width = (int)png_get_image_width (png, reader->info);
  grey->height = (int)png_get_image_height (png, reader->info);
  png_set_expand (png);
  passes = png_set_interlace_handling (png);
  png_read_update_info (png, reader->info);

  size_t row_bytes = png_get_rowbytes (png, reader->info);
  int channels = png_get_channels (png, reader->info);
  int bytes = png_get_bit_depth (png, reader->info) == 16 ? 2 : 1;

  if (row_bytes != (size_t)grey->width * (size_t)(channels * bytes))
    png_error (png, "a row has an unexpected size");
  reader->samples = g_try_malloc_n ((size_t)grey->height, row_bytes);
  grey->values = g_try_new (float, (size_t)grey->width *(size_t)grey->height);
  if (reader->samples == NULL || grey->values == NULL)
    fail (reader);
  for (int pass = 0; pass < passes; pass++)
    for (int y = 0; y < grey->height; y++) {
      if (!sac_job_check (reader->job, &reader->reason))
        fail (reader);
      png_read_row (png, reader->samples + (size_t)y * row_bytes, NULL);
    }
  png_read_end (png, reader->info);
  if (take_grey (reader, channels, bytes))
    return;
  reader->reason = g_error_new (SAC_ERROR, SAC_ERROR_UNSUPPORTED,
                                "the PNG is coloured, and colours are no "
                                "numbers; take the .npy or .tif of "
                                "the map, or save its values in grey");
  fail (reader);
}

static void
read_image (Reader *reader)
{
  png_set_read_fn (reader->png, reader, on_read);
  png_set_user_limits (reader->png, SAC_LIMIT_IMAGE_SIDE, SAC_LIMIT_IMAGE_SIDE);
  png_set_chunk_malloc_max (reader->png, CHUNK_BYTES_MAX);
  png_read_info (reader->png, reader->info);
  check_plausible (reader);
  if (reader->grey != NULL) {
    read_grey (reader);
    return;
  }
  set_transforms (reader);
  if (reader->target == NULL)
    reader->image =
      sac_image_new (png_get_image_width (reader->png, reader->info),
                     png_get_image_height (reader->png, reader->info),
                     &reader->reason);
  if (reader->target != NULL ? !begin_target (reader) : reader->image == NULL)
    fail (reader);
  read_rows (reader);
  png_read_end (reader->png, reader->info);
  keep_profile (reader);
  reader->orientation = find_orientation (reader);
}

/* Returns: false when something jumped.  Apart from its caller because the
 * locals of a function that calls setjmp are not safe after the jump. */
static bool
run_reader (Reader *reader)
{
  if (setjmp (png_jmpbuf (reader->png)) != 0)
    return false;
  read_image (reader);
  return true;
}

static bool
decode (Reader *reader, GError **error)
{
  reader->png = png_create_read_struct (PNG_LIBPNG_VER_STRING, reader, on_error,
                                        on_warning);
  reader->info =
    reader->png != NULL ? png_create_info_struct (reader->png) : NULL;

  bool done = reader->info != NULL && run_reader (reader);

  png_destroy_read_struct (&reader->png, &reader->info, NULL);
  g_free (reader->row);
  g_free (reader->samples);
  if (done)
    return true;
  if (reader->reason == NULL)
    reader->reason = g_error_new (SAC_ERROR, SAC_ERROR_TOO_LARGE,
                                  "there is not enough memory for this PNG");
  g_propagate_error (error, reader->reason);
  return false;
}

static SacImage *
decode_png (GBytes *file, SacJob *job, GError **error)
{
  Reader reader = {.job = job};

  reader.data = g_bytes_get_data (file, &reader.size);
  if (!decode (&reader, error)) {
    sac_image_unref (reader.image);
    return NULL;
  }
  if (reader.has_alpha)
    reader.image->clear =
      sac_decoders_lay_over_white (reader.image->pixels,
                                   (size_t)reader.image->width *
                                     (size_t)reader.image->height);
  return sac_orient_apply (reader.image, reader.orientation, error);
}

bool
sac_png_values_read (GBytes *file,
                     gint64 count_max,
                     SacPngValues *ret_values,
                     SacJob *job,
                     GError **error)
{
  Reader reader = {.job = job, .grey = ret_values, .count_max = count_max};

  *ret_values = (SacPngValues){0};
  reader.data = g_bytes_get_data (file, &reader.size);
  if (decode (&reader, error))
    return true;
  g_clear_pointer (&ret_values->values, g_free);
  return false;
}

static bool
read_png_rows (FILE *file, SacRowTarget *target, SacJob *job, GError **error)
{
  Reader reader = {.job = job, .file = file, .target = target};

  reader.size = (size_t)sac_decoders_measure (file);
  if (!decode (&reader, error))
    return false;
  target->orientation = reader.orientation;
  return true;
}

static bool
sniff_png (const uint8_t *head, size_t size)
{
  return size >= 8 && memcmp (head, "\x89PNG\r\n\x1a\n", 8) == 0;
}

const SacDecoder sac_decoder_png = {"PNG", sniff_png, decode_png,
                                    read_png_rows};
