/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* WebP through gdk-pixbuf, where it has a loader for it.
 *
 * Its loader may give half an image for a cut file without a word, and take
 * memory before anyone is asked.  So the header is read here first: size,
 * completeness, and kinds that are better refused. */
#include "image/decoders.h"

#include "base/error.h"
#include "base/limits.h"
#include "image/orient.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <string.h>

#define CHUNK_BYTES ((size_t)1 << 18)

typedef struct {
  gint64 width, height;
} Size;

static uint32_t
read_16 (const uint8_t *at)
{
  return (uint32_t)at[0] | (uint32_t)at[1] << 8;
}

static uint32_t
read_24 (const uint8_t *at)
{
  return read_16 (at) | (uint32_t)at[2] << 16;
}

static uint32_t
read_32 (const uint8_t *at)
{
  return read_16 (at) | read_16 (at + 2) << 16;
}

static bool
refuse_cut (GError **error)
{
  g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
               "the WebP is damaged or cut off; get a fresh copy");
  return false;
}

static bool
check_webp (const uint8_t *data, size_t size, Size *ret_size, GError **error)
{
  if (size < 30 || (uint64_t)read_32 (data + 4) + 8 > size)
    return refuse_cut (error);
  if (memcmp (data + 12, "VP8X", 4) == 0) {
    if ((data[20] & 0x02) != 0) {
      g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
                   "an animated WebP; save one of its frames as PNG");
      return false;
    }
    *ret_size = (Size){read_24 (data + 24) + 1, read_24 (data + 27) + 1};
  } else if (memcmp (data + 12, "VP8L", 4) == 0) {
    uint32_t packed = read_32 (data + 21);

    *ret_size = (Size){(packed & 0x3fff) + 1, (packed >> 14 & 0x3fff) + 1};
  } else if (memcmp (data + 12, "VP8 ", 4) == 0) {
    *ret_size =
      (Size){read_16 (data + 26) & 0x3fff, read_16 (data + 28) & 0x3fff};
  } else {
    return refuse_cut (error);
  }
  return true;
}

static bool
feed (GdkPixbufLoader *loader, GBytes *file, SacJob *job, GError **error)
{
  gsize size;
  const uint8_t *data = g_bytes_get_data (file, &size);

  for (size_t done = 0; done < size; done += CHUNK_BYTES)
    if (!sac_job_check (job, error) ||
        !gdk_pixbuf_loader_write (loader, data + done,
                                  MIN (CHUNK_BYTES, size - done), error))
      return false;
  return true;
}

/* Returns: a new reference; NULL with gdk-pixbuf's own error. */
static GdkPixbuf *
load (GBytes *file, SacJob *job, GError **error)
{
  g_autoptr (GdkPixbufLoader) loader =
    gdk_pixbuf_loader_new_with_type ("webp", error);

  if (loader == NULL)
    return NULL;
  if (!feed (loader, file, job, error)) {
    gdk_pixbuf_loader_close (loader, NULL);
    return NULL;
  }
  if (!gdk_pixbuf_loader_close (loader, error))
    return NULL;

  GdkPixbuf *pixbuf = gdk_pixbuf_loader_get_pixbuf (loader);

  if (pixbuf != NULL)
    return g_object_ref (pixbuf);
  g_set_error (error, GDK_PIXBUF_ERROR, GDK_PIXBUF_ERROR_CORRUPT_IMAGE,
               "it holds no image");
  return NULL;
}

static void
copy_row (const uint8_t *in, uint32_t *out, int width, int channels)
{
  for (int x = 0; x < width; x++, in += channels) {
    unsigned alpha = channels == 4 ? in[3] : 255;

    out[x] = sac_pixel (sac_decoders_over_white (in[0], alpha),
                        sac_decoders_over_white (in[1], alpha),
                        sac_decoders_over_white (in[2], alpha));
  }
}

static SacImage *
convert (GdkPixbuf *pixbuf, GError **error)
{
  int width = gdk_pixbuf_get_width (pixbuf);
  SacImage *image =
    sac_image_new (width, gdk_pixbuf_get_height (pixbuf), error);

  if (image == NULL)
    return NULL;

  const uint8_t *pixels = gdk_pixbuf_read_pixels (pixbuf);
  size_t stride = (size_t)gdk_pixbuf_get_rowstride (pixbuf);
  const char *profile = gdk_pixbuf_get_option (pixbuf, "icc-profile");
  const char *orientation = gdk_pixbuf_get_option (pixbuf, "orientation");

  for (int y = 0; y < image->height; y++)
    copy_row (pixels + (size_t)y * stride,
              image->pixels + (size_t)y * (size_t)width, width,
              gdk_pixbuf_get_n_channels (pixbuf));
  if (profile != NULL) {
    gsize size;
    guchar *icc = g_base64_decode (profile, &size);

    image->icc = g_bytes_new_take (icc, size);
  }
  return sac_orient_apply (image, orientation != NULL ? atoi (orientation) : 1,
                           error);
}

static bool
check_limits (const Size *size, GError **error)
{
  if (size->width * size->height <= SAC_LIMIT_IMAGE_PIXELS)
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
               "the WebP has %" G_GINT64_FORMAT " x %" G_GINT64_FORMAT
               " pixels, beyond the limit of %" G_GINT64_FORMAT,
               size->width, size->height, SAC_LIMIT_IMAGE_PIXELS);
  return false;
}

static void
translate_error (GError *reason, GError **error)
{
  if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_propagate_error (error, reason);
    return;
  }
  if (g_error_matches (reason, GDK_PIXBUF_ERROR, GDK_PIXBUF_ERROR_UNKNOWN_TYPE))
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
                 "a WebP image, for which gdk-pixbuf has no loader here; save "
                 "it as PNG");
  else
    g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
                 "the WebP is damaged (%s); get a fresh copy", reason->message);
  g_error_free (reason);
}

static SacImage *
decode_webp (GBytes *file, SacJob *job, GError **error)
{
  gsize bytes;
  const uint8_t *data = g_bytes_get_data (file, &bytes);
  Size size = {0};

  if (!check_webp (data, bytes, &size, error) || !check_limits (&size, error))
    return NULL;

  GError *reason = NULL;
  g_autoptr (GdkPixbuf) pixbuf = load (file, job, &reason);

  if (pixbuf != NULL)
    return convert (pixbuf, error);
  translate_error (reason, error);
  return NULL;
}

static bool
sniff_webp (const uint8_t *head, size_t size)
{
  return size >= 12 && memcmp (head, "RIFF", 4) == 0 &&
         memcmp (head + 8, "WEBP", 4) == 0;
}

static bool
has_webp (void)
{
  GSList *formats = gdk_pixbuf_get_formats ();
  bool found = false;

  for (GSList *link = formats; link != NULL && !found; link = link->next) {
    g_autofree char *name = gdk_pixbuf_format_get_name (link->data);

    found = g_str_equal (name, "webp");
  }
  g_slist_free (formats);
  return found;
}

const SacDecoder sac_decoder_webp = {"WebP", sniff_webp, decode_webp, NULL,
                                     has_webp};
