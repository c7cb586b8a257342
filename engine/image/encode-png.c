/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* PNG through libpng.  The same image and texts give the same bytes: no time is
 * written, and filters and compression are fixed. */
#include "image/decode.h"

#include "base/error.h"

#include <png.h>
#include <setjmp.h>
#include <string.h>

#define COMPRESSION_LEVEL 6
#define KEY_BYTES_MAX 79

typedef struct {
  png_structp png;
  png_infop info;
  const SacImage *image;
  GByteArray *out;
  png_text *texts;
  int text_count;
  GPtrArray *values; /* of the texts, UTF-8 */
  char *complaint;
} Writer;

G_NORETURN static void
on_error (png_structp png, png_const_charp text)
{
  Writer *writer = png_get_error_ptr (png);

  writer->complaint = g_strdup (text);
  png_longjmp (png, 1);
}

static void
on_warning (png_structp png, png_const_charp text)
{
}

static void
on_write (png_structp png, png_bytep data, size_t count)
{
  Writer *writer = png_get_io_ptr (png);

  g_byte_array_append (writer->out, data, (guint)count);
}

static void
on_flush (png_structp png)
{
}

static void
add_texts (Writer *writer, const char *const *text)
{
  int count = 0;

  while (text != NULL && text[2 * count] != NULL)
    count++;
  writer->texts = g_new0 (png_text, count);
  writer->text_count = count;
  for (int i = 0; i < count; i++) {
    const char *key = text[2 * i];
    char *value = g_utf8_make_valid (text[2 * i + 1], -1);

    g_assert (strlen (key) <= KEY_BYTES_MAX && g_str_is_ascii (key));
    g_ptr_array_add (writer->values, value);
    writer->texts[i] = (png_text){
      .compression = g_str_is_ascii (value) ? PNG_TEXT_COMPRESSION_NONE
                                            : PNG_ITXT_COMPRESSION_NONE,
      .key = (char *)key,
      .text = value,
      .text_length = strlen (value),
      .itxt_length = strlen (value),
      .lang = (char *)"",
      .lang_key = (char *)"",
    };
  }
}

static void
write_header (Writer *writer)
{
  png_structp png = writer->png;
  const SacImage *image = writer->image;

  png_set_write_fn (png, writer, on_write, on_flush);
  png_set_user_limits (png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_compression_level (png, COMPRESSION_LEVEL);
  png_set_IHDR (png, writer->info, (png_uint_32)image->width,
                (png_uint_32)image->height, 8, PNG_COLOR_TYPE_RGB,
                PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                PNG_FILTER_TYPE_DEFAULT);
  png_set_text (png, writer->info, writer->texts, writer->text_count);
  if (image->icc != NULL) {
    gsize size;
    const void *profile = g_bytes_get_data (image->icc, &size);

    /* One that libpng finds unsound is left out with a warning. */
    png_set_benign_errors (png, 1);
    png_set_iCCP (png, writer->info, "icc", PNG_COMPRESSION_TYPE_BASE, profile,
                  (png_uint_32)size);
  }
  png_write_info (png, writer->info);
}

static void
write_rows (Writer *writer)
{
  png_structp png = writer->png;
  const SacImage *image = writer->image;

  if (G_BYTE_ORDER == G_LITTLE_ENDIAN) {
    png_set_bgr (png);
    png_set_filler (png, 0, PNG_FILLER_AFTER);
  } else {
    png_set_filler (png, 0, PNG_FILLER_BEFORE);
  }
  for (int y = 0; y < image->height; y++)
    png_write_row (png,
                   (png_const_bytep)(image->pixels + (size_t)y * image->width));
  png_write_end (png, NULL);
}

/* Returns: false when libpng jumped. */
static bool
run_writer (Writer *writer)
{
  if (setjmp (png_jmpbuf (writer->png)) != 0)
    return false;
  write_header (writer);
  write_rows (writer);
  return true;
}

GBytes *
sac_encode_png (const SacImage *image, const char *const *text, GError **error)
{
  g_autoptr (GPtrArray) values = g_ptr_array_new_with_free_func (g_free);
  Writer writer = {.image = image,
                   .out = g_byte_array_new (),
                   .values = values};

  add_texts (&writer, text);
  writer.png = png_create_write_struct (PNG_LIBPNG_VER_STRING, &writer,
                                        on_error, on_warning);
  writer.info = writer.png != NULL ? png_create_info_struct (writer.png) : NULL;

  bool done = writer.info != NULL && run_writer (&writer);

  png_destroy_write_struct (&writer.png, &writer.info);
  g_free (writer.texts);
  if (done)
    return g_byte_array_free_to_bytes (writer.out);
  g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
               "the image cannot be written as PNG (%s)",
               writer.complaint != NULL ? writer.complaint
                                        : sac_sentence ("no memory"));
  g_free (writer.complaint);
  g_byte_array_unref (writer.out);
  return NULL;
}
