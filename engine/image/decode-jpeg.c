/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* JPEG through libjpeg.
 *
 * libjpeg goes on after damage with a warning and grey pixels.  Warnings that
 * mean missing data are errors here, so that no half image ever reaches a
 * model. Errors leave libjpeg by longjmp to the one setjmp below; nothing
 * between the two owns memory: all of it hangs on the Reader. */
#include "image/decoders.h"

#include "base/error.h"
#include "base/limits.h"
#include "image/orient.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

#if G_BYTE_ORDER == G_LITTLE_ENDIAN
#define PIXEL_COLORS JCS_EXT_BGRA
#else
#define PIXEL_COLORS JCS_EXT_ARGB
#endif

/* Real progressive files have about ten scans; each costs a pass over the
 * whole image, so a file of many is an attack on time. */
#define SCANS_MAX 100

#define MARKER_EXIF (JPEG_APP0 + 1)
#define MARKER_ICC (JPEG_APP0 + 2)

typedef struct {
  struct jpeg_error_mgr errors; /* first: libjpeg hands back its address */
  struct jpeg_progress_mgr progress;
  struct jpeg_decompress_struct decoder;
  jmp_buf escape;
  SacJob *job;
  SacImage *image;
  SacRowTarget *target; /* in place of the image, or NULL */
  uint32_t *row;        /* for it */
  uint8_t *inks;        /* one CMYK row, or NULL */
  int orientation;
  GError *reason;
} Reader;

G_NORETURN static void
fail (Reader *reader)
{
  longjmp (reader->escape, 1);
}

G_GNUC_PRINTF (3, 4)
G_NORETURN static void
fail_with (Reader *reader, SacErrorCode code, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  reader->reason = g_error_new_valist (SAC_ERROR, code, format, arguments);
  va_end (arguments);
  fail (reader);
}

G_NORETURN static void
on_error (j_common_ptr common)
{
  Reader *reader = (Reader *)common->err;
  char text[JMSG_LENGTH_MAX];

  common->err->format_message (common, text);
  switch (common->err->msg_code) {
  case JERR_OUT_OF_MEMORY:
    fail_with (reader, SAC_ERROR_TOO_LARGE,
               "there is not enough memory for this JPEG");
  case JERR_BAD_PRECISION:
  case JERR_SOF_UNSUPPORTED:
  case JERR_ARITH_NOTIMPL:
  case JERR_CONVERSION_NOTIMPL:
    fail_with (reader, SAC_ERROR_UNSUPPORTED,
               "a kind of JPEG that cannot be read (%s); save it as an "
               "ordinary "
               "8-bit JPEG or PNG",
               text);
  default:
    fail_with (reader, SAC_ERROR_DAMAGED,
               "the JPEG is damaged or cut off (%s); get a fresh copy", text);
  }
}

static bool
means_missing_data (int code)
{
  return code == JWRN_HIT_MARKER || code == JWRN_JPEG_EOF ||
         code == JWRN_HUFF_BAD_CODE || code == JWRN_ARITH_BAD_CODE ||
         code == JWRN_MUST_RESYNC;
}

static void
on_message (j_common_ptr common, int level)
{
  if (level < 0 && means_missing_data (common->err->msg_code))
    on_error (common);
}

static void
on_progress (j_common_ptr common)
{
  Reader *reader = (Reader *)common->err;

  if (reader->decoder.input_scan_number > SCANS_MAX)
    fail_with (reader, SAC_ERROR_DAMAGED,
               "the JPEG has more than %d scans, as no camera writes",
               SCANS_MAX);
  if (!sac_job_check (reader->job, &reader->reason))
    fail (reader);
}

/* Huffman codes spend at least one bit on a block of 8 x 8 samples, and odd
 * sampling factors at most halve the blocks.  So a small file that claims a
 * huge image is found out before any memory is taken. */
static void
check_plausible (Reader *reader, size_t file_bytes)
{
  const struct jpeg_decompress_struct *decoder = &reader->decoder;
  gint64 pixels_max =
    reader->target != NULL ? SAC_LIMIT_STORED_PIXELS : SAC_LIMIT_IMAGE_PIXELS;
  guint64 blocks = (guint64)((decoder->image_width + 7) / 8) *
                   ((decoder->image_height + 7) / 8);

  if ((guint64)decoder->image_width * decoder->image_height >
      (guint64)pixels_max)
    fail_with (reader, SAC_ERROR_TOO_LARGE,
               "the JPEG has %u x %u pixels, beyond the limit of "
               "%" PRId64,
               decoder->image_width, decoder->image_height, pixels_max);
  if (!decoder->arith_code && blocks / 16 > file_bytes)
    fail_with (reader, SAC_ERROR_DAMAGED,
               "the JPEG claims %u x %u pixels, which its %zu bytes cannot "
               "hold",
               decoder->image_width, decoder->image_height, file_bytes);
}

/* Adobe's CMYK is stored inverted and says so by its own marker.  Without the
 * marker the polarity is anybody's guess, and a guess could give a negative. */
static void
choose_colors (Reader *reader)
{
  struct jpeg_decompress_struct *decoder = &reader->decoder;

  switch (decoder->jpeg_color_space) {
  case JCS_GRAYSCALE:
  case JCS_YCbCr:
  case JCS_RGB:
    decoder->out_color_space = PIXEL_COLORS;
    return;
  case JCS_CMYK:
  case JCS_YCCK:
    if (!decoder->saw_Adobe_marker)
      break;
    decoder->out_color_space = JCS_CMYK;
    return;
  default:
    break;
  }
  fail_with (reader, SAC_ERROR_UNSUPPORTED,
             "the JPEG has %d colour components whose meaning it does not "
             "state; save it as RGB",
             decoder->num_components);
}

/* Ink by ink, without a profile, as Pillow converts it. */
static void
convert_inks (const uint8_t *inks, uint32_t *out, int width)
{
  for (int x = 0; x < width; x++) {
    unsigned black = inks[4 * x + 3], levels[3];

    for (int i = 0; i < 3; i++) {
      unsigned product = (255u - inks[4 * x + i]) * black + 128;

      levels[i] = black - ((product + (product >> 8)) >> 8);
    }
    out[x] = sac_pixel (levels[0], levels[1], levels[2]);
  }
}

static void
read_rows (Reader *reader)
{
  struct jpeg_decompress_struct *decoder = &reader->decoder;
  int width = (int)decoder->image_width;

  while (decoder->output_scanline < decoder->output_height) {
    uint32_t *row = reader->target != NULL
                      ? reader->row
                      : reader->image->pixels +
                          (size_t)decoder->output_scanline * (size_t)width;
    JSAMPROW to = reader->inks != NULL ? reader->inks : (JSAMPROW)row;

    jpeg_read_scanlines (decoder, &to, 1);
    if (reader->inks != NULL)
      convert_inks (reader->inks, row, width);
    if (reader->target != NULL &&
        !reader->target->put (reader->target, row, &reader->reason))
      fail (reader);
  }
}

/* Profiles of CMYK files describe inks, not what the pixels are now. */
static void
keep_profile (Reader *reader)
{
  SacRowTarget *target = reader->target;
  GBytes **icc = target != NULL ? &target->icc : &reader->image->icc;
  JOCTET *profile = NULL;
  unsigned size = 0;

  *(target != NULL ? &target->from_inks : &reader->image->from_inks) =
    reader->inks != NULL;
  if (reader->inks == NULL &&
      jpeg_read_icc_profile (&reader->decoder, &profile, &size) &&
      size <= SAC_LIMIT_ICC_BYTES)
    *icc = g_bytes_new (profile, size);
  free (profile);
}

static int
find_orientation (const struct jpeg_decompress_struct *decoder)
{
  const struct jpeg_marker_struct *marker = decoder->marker_list;

  for (; marker != NULL; marker = marker->next)
    if (marker->marker == MARKER_EXIF && marker->data_length > 6 &&
        memcmp (marker->data, "Exif\0\0", 6) == 0)
      return sac_orient_find (marker->data + 6, marker->data_length - 6);
  return 1;
}

/* All scans of a progressive file must be there before the first row is. */
static void
check_scans (Reader *reader)
{
  const struct jpeg_decompress_struct *decoder = &reader->decoder;
  gint64 bytes = 0;

  if (!jpeg_has_multiple_scans (&reader->decoder))
    return;
  for (int i = 0; i < decoder->num_components; i++)
    bytes += (gint64)decoder->comp_info[i].width_in_blocks *
             decoder->comp_info[i].height_in_blocks * DCTSIZE2 *
             (gint64)sizeof (JCOEF);
  if (bytes > SAC_LIMIT_JPEG_BYTES)
    fail_with (reader, SAC_ERROR_TOO_LARGE,
               "a progressive JPEG of %u x %u pixels can only be read whole, "
               "which takes more memory than the limit of %d MiB; save it as "
               "an ordinary (baseline) JPEG or a tiled TIFF",
               decoder->image_width, decoder->image_height,
               (int)(SAC_LIMIT_JPEG_BYTES >> 20));
}

static void
begin_rows (Reader *reader)
{
  struct jpeg_decompress_struct *decoder = &reader->decoder;

  if (reader->target == NULL) {
    reader->image = sac_image_new (decoder->image_width, decoder->image_height,
                                   &reader->reason);
    if (reader->image == NULL)
      fail (reader);
    return;
  }
  check_scans (reader);
  if (!reader->target->begin (reader->target, decoder->image_width,
                              decoder->image_height, &reader->reason))
    fail (reader);
  reader->row = g_new (uint32_t, decoder->image_width);
}

/* size: of the file, whether it is in memory at `data` or read from `file`. */
static void
read_image (Reader *reader, FILE *file, const uint8_t *data, size_t size)
{
  struct jpeg_decompress_struct *decoder = &reader->decoder;

  jpeg_create_decompress (decoder);
  decoder->progress = &reader->progress;
  jpeg_save_markers (decoder, MARKER_EXIF, 0xffff);
  jpeg_save_markers (decoder, MARKER_ICC, 0xffff);
  if (file != NULL)
    jpeg_stdio_src (decoder, file);
  else
    jpeg_mem_src (decoder, data, size);
  jpeg_read_header (decoder, TRUE);
  check_plausible (reader, size);
  choose_colors (reader);
  begin_rows (reader);
  if (decoder->out_color_space == JCS_CMYK)
    reader->inks = g_malloc ((size_t)decoder->image_width * 4);
  jpeg_start_decompress (decoder);
  read_rows (reader);
  keep_profile (reader);
  reader->orientation = find_orientation (decoder);
  /* Reads on to the end mark, and forgets the markers. */
  jpeg_finish_decompress (decoder);
}

/* Returns: false when something jumped.  Apart from its caller because the
 * locals of a function that calls setjmp are not safe after the jump. */
static bool
run_reader (Reader *reader, FILE *file, const uint8_t *data, size_t size)
{
  if (setjmp (reader->escape) != 0)
    return false;
  read_image (reader, file, data, size);
  return true;
}

static bool
decode (
  Reader *reader, FILE *file, const uint8_t *data, size_t size, GError **error)
{
  reader->decoder.err = jpeg_std_error (&reader->errors);
  reader->errors.error_exit = on_error;
  reader->errors.emit_message = on_message;
  reader->progress.progress_monitor = on_progress;

  bool done = run_reader (reader, file, data, size);

  jpeg_destroy_decompress (&reader->decoder);
  g_free (reader->inks);
  g_free (reader->row);
  if (!done)
    g_propagate_error (error, reader->reason);
  return done;
}

static SacImage *
decode_jpeg (GBytes *file, SacJob *job, GError **error)
{
  gsize size;
  const uint8_t *data = g_bytes_get_data (file, &size);
  Reader reader = {.job = job};

  if (decode (&reader, NULL, data, size, error))
    return sac_orient_apply (reader.image, reader.orientation, error);
  sac_image_unref (reader.image);
  return NULL;
}

static bool
read_jpeg_rows (FILE *file, SacRowTarget *target, SacJob *job, GError **error)
{
  Reader reader = {.job = job, .target = target};
  gint64 size = sac_decoders_measure (file);

  if (!decode (&reader, file, NULL, (size_t)size, error))
    return false;
  target->orientation = reader.orientation;
  return true;
}

static bool
sniff_jpeg (const uint8_t *head, size_t size)
{
  return size >= 3 && memcmp (head, "\xff\xd8\xff", 3) == 0;
}

const SacDecoder sac_decoder_jpeg = {"JPEG", sniff_jpeg, decode_jpeg,
                                     read_jpeg_rows};
