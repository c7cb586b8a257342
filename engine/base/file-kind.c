/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/file-kind.h"

#include <string.h>

#define N_(text) text

typedef struct {
  size_t offset;
  size_t size;
  const char *bytes;
  const char *phrase;
} Magic;

#define MAGIC(offset, bytes, phrase)                                           \
  {                                                                            \
    offset, sizeof (bytes) - 1, bytes, phrase                                  \
  }

/* First match wins: the particular before the general. */
static const Magic magics[] = {
  MAGIC (0, "\xff\xd8\xff", "a JPEG image"),
  MAGIC (0, "\x89PNG\r\n\x1a\n", "a PNG image"),
  MAGIC (0, "GIF8", "a GIF image"),
  MAGIC (8, "WEBP", "a WebP image"),
  MAGIC (0, "BM", "a BMP image"),
  MAGIC (4, "ftypavif", "an AVIF image"),
  MAGIC (4, "ftypavis", "an AVIF image"),
  MAGIC (4, "ftyphei", "a HEIC photograph"),
  MAGIC (4, "ftypmif1", "a HEIC photograph"),
  MAGIC (4, "ftypcrx", "a camera raw file"),
  MAGIC (4, "ftyp", "a video"),
  MAGIC (0, "\x1a\x45\xdf\xa3", "a video"),
  MAGIC (0, "\0\0\0\x0cjP  ", "a JPEG 2000 image"),
  MAGIC (0, "\xff\x4f\xff\x51", "a JPEG 2000 image"),
  MAGIC (0, "\0\0\0\x0cJXL ", "a JPEG XL image"),
  MAGIC (0, "\xff\x0a", "a JPEG XL image"),
  MAGIC (0, "8BPS", "a Photoshop document"),
  MAGIC (8, "CR\x02", "a camera raw file"),
  MAGIC (0, "II*\0", "a TIFF image"),
  MAGIC (0, "MM\0*", "a TIFF image"),
  MAGIC (0, "II+\0", "a TIFF image"),
  MAGIC (0, "MM\0+", "a TIFF image"),
  MAGIC (128, "DICM", "a DICOM file"),
  MAGIC (0, "%PDF-", "a PDF document"),
  MAGIC (0, "%!PS", "a PostScript document"),
  MAGIC (0, "\x93NUMPY", "a NumPy array"),
  MAGIC (0, "\x89HDF\r\n\x1a\n", "an HDF5 file"),
  MAGIC (0, "SQLite format 3", "an SQLite database"),
  MAGIC (0, "PK\x03\x04", "a ZIP archive or an office document"),
  MAGIC (0, "\x80\x02", "a Python pickle, as older PyTorch saves"),
  MAGIC (0, "\x80\x03", "a Python pickle"),
  MAGIC (0, "\x80\x04\x95", "a Python pickle"),
  MAGIC (4, "TFL3", "a TensorFlow Lite network"),
  MAGIC (4, "\0\0\0\0{\"", "weights in the safetensors format"),
  MAGIC (0, "GGUF", "weights in the GGUF format"),
  MAGIC (0, "\xd0\xcf\x11\xe0", "an office document"),
  MAGIC (0, "\x1f\x8b", "a gzip archive"),
  MAGIC (0, "7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
  MAGIC (0, "Rar!", "a RAR archive"),
  MAGIC (0,
         "\xfd"
         "7zXZ",
         "an xz archive"),
  MAGIC (257, "ustar", "a tar archive"),
  MAGIC (0,
         "\x7f"
         "ELF",
         "a program"),
  MAGIC (0, "ZISRAWFILE", "a Zeiss CZI slide"),
  MAGIC (0, "NDPI", "a Hamamatsu slide"),
};

/* Markup is recognised behind white space and a byte order mark. */
static const Magic markups[] = {
  MAGIC (0, "<!doctype html", "an HTML page"),
  MAGIC (0, "<html", "an HTML page"),
  MAGIC (0, "<svg", "an SVG drawing"),
  MAGIC (0, "<?xml", "an XML file"),
  MAGIC (0, "{", "a JSON file"),
};

static bool
is_at (const Magic *magic, const uint8_t *head, size_t size)
{
  return magic->offset + magic->size <= size &&
         memcmp (head + magic->offset, magic->bytes, magic->size) == 0;
}

static const char *
find_markup (const uint8_t *head, size_t size)
{
  size_t skip = size >= 3 && memcmp (head, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

  while (skip < size && g_ascii_isspace (head[skip]))
    skip++;
  for (size_t i = 0; i < G_N_ELEMENTS (markups); i++)
    if (size - skip >= markups[i].size &&
        g_ascii_strncasecmp ((const char *)head + skip, markups[i].bytes,
                             markups[i].size) == 0)
      return markups[i].phrase;
  return NULL;
}

static bool
is_all (const uint8_t *head, size_t size, bool (*accept) (uint8_t byte))
{
  for (size_t i = 0; i < size; i++)
    if (!accept (head[i]))
      return false;
  return true;
}

static bool
is_zero (uint8_t byte)
{
  return byte == 0;
}

static bool
is_text (uint8_t byte)
{
  return g_ascii_isspace (byte) || (byte >= 0x20 && byte != 0x7f);
}

/* PyTorch's archives begin with a member NAME/data.pkl, whose own name stands
 * behind the 30 bytes of its header; its length 26 bytes behind the start. */
static bool
is_torch (const uint8_t *head, size_t size)
{
  static const char end[] = "/data.pkl";
  size_t length = size >= 30 ? head[26] + 256u * head[27] : 0;

  return size >= 30 && memcmp (head, "PK\x03\x04", 4) == 0 &&
         length >= sizeof end - 1 && 30 + length <= size &&
         memcmp (head + 30 + length - (sizeof end - 1), end, sizeof end - 1) ==
           0;
}

const char *
sac_file_kind_find (const uint8_t *head, size_t size)
{
  if (size == 0)
    return N_ ("an empty file");
  if (is_torch (head, size))
    return N_ ("weights or a network of PyTorch (.pt, .pth)");
  for (size_t i = 0; i < G_N_ELEMENTS (magics); i++)
    if (is_at (&magics[i], head, size))
      return magics[i].phrase;

  const char *markup = find_markup (head, size);

  if (markup != NULL)
    return markup;
  if (is_all (head, size, is_zero))
    return N_ ("a file of zeros, as an interrupted copy leaves it");
  return is_all (head, size, is_text) ? N_ ("a text file") : NULL;
}

bool
sac_file_kind_is_tiff (const uint8_t *head, size_t size)
{
  return size >= 4 &&
         (memcmp (head, "II*\0", 4) == 0 || memcmp (head, "MM\0*", 4) == 0 ||
          memcmp (head, "II+\0", 4) == 0 || memcmp (head, "MM\0+", 4) == 0);
}

bool
sac_file_kind_is_dicom (const uint8_t *head, size_t size)
{
  return size >= 132 && memcmp (head + 128, "DICM", 4) == 0;
}
