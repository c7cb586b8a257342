/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The format: "\x93NUMPY", version major and minor, length of the header
 * (2 bytes, from version 2.0 on 4, little-endian), the header, the elements.
 * The header is a Python dictionary literal with the keys 'descr',
 * 'fortran_order' and 'shape' in any order. */
#include "tensor/npy.h"

#include "base/error.h"
#include "base/output.h"

#include <gio/gio.h>
#include <string.h>

#define MAGIC "\x93NUMPY"
#define MAGIC_SIZE 6
#define HEADER_LIMIT 65536 /* NumPy writes 128 bytes */

static const struct {
  const char *code; /* as in 'descr', without the byte order */
  SacType type;
  size_t size;
} formats[] = {
  {"f4", SAC_TYPE_FLOAT, 4},   {"f8", SAC_TYPE_DOUBLE, 8},
  {"f2", SAC_TYPE_FLOAT16, 2}, {"i8", SAC_TYPE_INT64, 8},
  {"i4", SAC_TYPE_INT32, 4},   {"i2", SAC_TYPE_INT16, 2},
  {"i1", SAC_TYPE_INT8, 1},    {"u8", SAC_TYPE_UINT64, 8},
  {"u4", SAC_TYPE_UINT32, 4},  {"u2", SAC_TYPE_UINT16, 2},
  {"u1", SAC_TYPE_UINT8, 1},   {"b1", SAC_TYPE_BOOL, 1},
};

/* The header while it is read. */
typedef struct {
  const char *next, *end;
  const char *name; /* of the file, for messages */
  SacType type;
  size_t element_size;
  bool is_swapped; /* the other end of a number comes first */
  bool fortran_order;
  SacShape shape;
  bool has_type, has_order, has_shape;
} Header;

static bool
damaged (const char *name, const char *what, GError **error)
{
  g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
               "%s is not a good .npy file: %s", name, sac_sentence (what));
  return false;
}

static void
skip_spaces (Header *header)
{
  while (header->next < header->end && g_ascii_isspace (*header->next))
    header->next++;
}

static bool
take (Header *header, char wanted)
{
  skip_spaces (header);
  if (header->next == header->end || *header->next != wanted)
    return false;
  header->next++;
  return true;
}

/* A string in either kind of quotes, without escapes, shorter than `size`. */
static bool
take_string (Header *header, char *ret_text, size_t size)
{
  skip_spaces (header);
  if (header->next == header->end ||
      (*header->next != '\'' && *header->next != '"'))
    return false;

  char quote = *header->next++;
  const char *stop =
    memchr (header->next, quote, (size_t)(header->end - header->next));

  if (stop == NULL || (size_t)(stop - header->next) >= size)
    return false;
  memcpy (ret_text, header->next, (size_t)(stop - header->next));
  ret_text[stop - header->next] = '\0';
  header->next = stop + 1;
  return true;
}

static bool
take_word (Header *header, const char *word)
{
  size_t size = strlen (word);

  skip_spaces (header);
  if ((size_t)(header->end - header->next) < size ||
      memcmp (header->next, word, size) != 0)
    return false;
  header->next += size;
  return true;
}

static bool
take_type (Header *header, GError **error)
{
  char text[16];

  if (!take_string (header, text, sizeof text))
    return damaged (header->name, "its 'descr' is not a simple type", error);
  bool has_order = text[0] != '\0' && strchr ("<>=|", text[0]) != NULL;

  for (size_t i = 0; i < G_N_ELEMENTS (formats); i++)
    if (strcmp (text + has_order, formats[i].code) == 0 &&
        (text[0] != '|' || formats[i].size == 1)) {
      header->type = formats[i].type;
      header->element_size = formats[i].size;
      header->is_swapped = text[0] == '>';
      header->has_type = true;
      return true;
    }

  g_autofree char *shown = g_strescape (text, NULL);

  g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
               "%s has elements of type \"%s\"; supported are numbers (f2 f4 "
               "f8 i1 i2 i4 i8 u1 u2 u4 u8) and b1",
               header->name, shown);
  return false;
}

static bool
take_size (Header *header, int64_t *ret_size)
{
  int64_t size = 0;
  const char *start = header->next;

  for (; header->next < header->end && g_ascii_isdigit (*header->next);
       header->next++) {
    if (__builtin_mul_overflow (size, (int64_t)10, &size) ||
        __builtin_add_overflow (size, (int64_t)(*header->next - '0'), &size))
      return false;
  }
  if (header->next == start)
    return false;
  take (header, 'L'); /* Python 2 wrote long numbers so */
  *ret_size = size;
  return true;
}

/* "()", "(3,)", "(3, 4)" */
static bool
take_shape (Header *header, GError **error)
{
  SacShape shape = {0};

  if (!take (header, '('))
    return damaged (header->name, "its 'shape' is not a tuple", error);
  while (!take (header, ')')) {
    if (shape.rank == SAC_LIMIT_RANK) {
      g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                   "%s has more than %d dimensions", header->name,
                   SAC_LIMIT_RANK);
      return false;
    }
    skip_spaces (header);
    if (!take_size (header, &shape.dims[shape.rank]))
      return damaged (header->name, "its 'shape' has a size that is no number",
                      error);
    shape.rank++;
    if (!take (header, ',')) {
      if (shape.rank == 1 || !take (header, ')'))
        return damaged (header->name, "its 'shape' is not a tuple", error);
      break;
    }
  }
  header->shape = shape;
  header->has_shape = true;
  return true;
}

static bool
take_entry (Header *header, GError **error)
{
  char key[16];

  if (!take_string (header, key, sizeof key) || !take (header, ':'))
    return damaged (header->name, "its header is not a dictionary", error);
  if (strcmp (key, "descr") == 0 && !header->has_type)
    return take_type (header, error);
  if (strcmp (key, "shape") == 0 && !header->has_shape)
    return take_shape (header, error);
  if (strcmp (key, "fortran_order") == 0 && !header->has_order) {
    header->has_order = true;
    header->fortran_order = take_word (header, "True");
    if (!header->fortran_order && !take_word (header, "False"))
      return damaged (header->name,
                      "its 'fortran_order' is neither True nor "
                      "False",
                      error);
    return true;
  }
  return damaged (header->name, "its header has an unknown or repeated key",
                  error);
}

static bool
parse_header (Header *header, GError **error)
{
  if (!take (header, '{'))
    return damaged (header->name, "its header is not a dictionary", error);
  while (!take (header, '}')) {
    if (!take_entry (header, error))
      return false;
    if (!take (header, ',')) {
      if (!take (header, '}'))
        return damaged (header->name, "its header does not end", error);
      break;
    }
  }
  skip_spaces (header);
  if (header->next != header->end)
    return damaged (header->name, "its header has more than a dictionary",
                    error);
  if (!header->has_type || !header->has_order || !header->has_shape)
    return damaged (header->name,
                    "its header lacks 'descr', 'fortran_order' or 'shape'",
                    error);
  return true;
}

/* Finds the header's text; ret_start is where the elements begin. */
static bool
find_header (const uint8_t *data,
             size_t size,
             Header *header,
             size_t *ret_start,
             GError **error)
{
  if (size < MAGIC_SIZE + 2 || memcmp (data, MAGIC, MAGIC_SIZE) != 0)
    return damaged (header->name, "it does not begin as one", error);

  unsigned version = data[MAGIC_SIZE];

  if (version < 1 || version > 3 || data[MAGIC_SIZE + 1] != 0) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
                 "%s is of .npy version %u.%u; supported are 1.0 to 3.0",
                 header->name, version, data[MAGIC_SIZE + 1]);
    return false;
  }

  size_t length_size = version == 1 ? 2 : 4;
  size_t start = MAGIC_SIZE + 2 + length_size;
  size_t length = 0;

  if (size < start)
    return damaged (header->name, "it ends inside its header", error);
  for (size_t i = 0; i < length_size; i++)
    length |= (size_t)data[MAGIC_SIZE + 2 + i] << (8 * i);
  if (length > HEADER_LIMIT)
    return damaged (header->name, "its header is longer than 64 KiB", error);
  if (length > size - start)
    return damaged (header->name, "it ends inside its header", error);
  header->next = (const char *)data + start;
  header->end = header->next + length;
  *ret_start = start + length;
  return true;
}

/* `to` and `from` do not overlap; `from` need not be aligned. */
#define WIDEN(stored, read)                                                    \
  for (size_t i = 0; i < count; i++) {                                         \
    read value;                                                                \
                                                                               \
    memcpy (&value, from + i * sizeof value, sizeof value);                    \
    ((stored *)to)[i] = (stored)value;                                         \
  }

static void
widen (SacType type, void *to, const uint8_t *from, size_t count)
{
  switch (type) {
  case SAC_TYPE_FLOAT16:
    for (size_t i = 0; i < count; i++)
      ((float *)to)[i] =
        sac_half_to_float ((uint16_t)(from[2 * i] | from[2 * i + 1] << 8));
    break;
  case SAC_TYPE_INT32:
    WIDEN (int64_t, int32_t);
    break;
  case SAC_TYPE_INT16:
    WIDEN (int64_t, int16_t);
    break;
  case SAC_TYPE_INT8:
    WIDEN (int64_t, int8_t);
    break;
  case SAC_TYPE_UINT32:
    WIDEN (int64_t, uint32_t);
    break;
  case SAC_TYPE_UINT16:
    WIDEN (int64_t, uint16_t);
    break;
  case SAC_TYPE_UINT8:
    WIDEN (int64_t, uint8_t);
    break;
  case SAC_TYPE_BOOL:
    for (size_t i = 0; i < count; i++)
      ((uint8_t *)to)[i] = from[i] != 0;
    break;
  default: /* stored as in the file */
    memcpy (to, from, count * sac_kind_get_size (sac_type_get_kind (type)));
    break;
  }
}

/* The elements with the bytes of each the other way round.  Returns: NULL where
 * there is no memory. */
static uint8_t *
swap_bytes (const uint8_t *from, size_t count, size_t element_size)
{
  uint8_t *to = g_try_malloc_n (count, element_size);

  for (size_t i = 0; to != NULL && i < count; i++)
    for (size_t k = 0; k < element_size; k++)
      to[i * element_size + k] = from[(i + 1) * element_size - 1 - k];
  return to;
}

/* The elements of a Fortran-order file put into C order. */
static void
reorder (SacTensor *tensor, const void *fortran)
{
  const SacShape *shape = &tensor->shape;
  size_t element = sac_kind_get_size (sac_tensor_get_kind (tensor));
  size_t count = (size_t)sac_tensor_get_count (tensor);
  int64_t place[SAC_LIMIT_RANK] = {0};
  size_t strides[SAC_LIMIT_RANK], stride = 1, from = 0;

  for (int axis = 0; axis < shape->rank; axis++) {
    strides[axis] = stride;
    stride *= (size_t)shape->dims[axis];
  }
  for (size_t i = 0; i < count; i++) {
    memcpy ((char *)tensor->data + i * element,
            (const char *)fortran + from * element, element);
    for (int axis = shape->rank - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++place[axis] < shape->dims[axis])
        break;
      from -= strides[axis] * (size_t)shape->dims[axis];
      place[axis] = 0;
    }
  }
}

static SacTensor *
read_elements (const Header *header,
               const uint8_t *data,
               size_t size,
               GError **error)
{
  int64_t count;

  /* Checked by division, before anything is allocated. */
  if (!sac_shape_count (&header->shape, &count) ||
      (uint64_t)count > size / header->element_size ||
      (size_t)count * header->element_size != size) {
    g_autofree char *shape = sac_shape_to_string (&header->shape);

    g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
                 "%s has %zu bytes of elements, which is not what its shape "
                 "%s and type %s need",
                 header->name, size, shape, sac_type_get_name (header->type));
    return NULL;
  }

  g_autoptr (SacTensor) tensor =
    sac_tensor_new (header->type, &header->shape, error);
  g_autofree uint8_t *swapped = NULL;

  if (tensor == NULL) {
    g_prefix_error (error, "%s: ", header->name);
    return NULL;
  }
  if (header->is_swapped && count > 0) {
    swapped = swap_bytes (data, (size_t)count, header->element_size);
    if (swapped == NULL) {
      g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                   "%s: does not fit into memory", header->name);
      return NULL;
    }
    data = swapped;
  }
  if (!header->fortran_order) {
    widen (header->type, tensor->data, data, (size_t)count);
    return g_steal_pointer (&tensor);
  }

  g_autoptr (SacTensor) fortran =
    sac_tensor_new (header->type, &header->shape, error);

  if (fortran == NULL) {
    g_prefix_error (error, "%s: ", header->name);
    return NULL;
  }
  widen (header->type, fortran->data, data, (size_t)count);
  reorder (tensor, fortran->data);
  return g_steal_pointer (&tensor);
}

SacTensor *
sac_npy_parse (GBytes *bytes, const char *name, GError **error)
{
  size_t size, start;
  const uint8_t *data = g_bytes_get_data (bytes, &size);
  Header header = {.name = name};

  if (!find_header (data, size, &header, &start, error) ||
      !parse_header (&header, error))
    return NULL;
  return read_elements (&header, data + start, size - start, error);
}

SacTensor *
sac_npy_read (const char *path, GError **error)
{
  g_autoptr (GError) reason = NULL;

  /* Opening a pipe would wait for its writer for ever. */
  if (g_file_test (path, G_FILE_TEST_EXISTS) &&
      !g_file_test (path, G_FILE_TEST_IS_REGULAR)) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNREADABLE,
                 "cannot read %s: it is not a file", path);
    return NULL;
  }

  GMappedFile *file = g_mapped_file_new (path, FALSE, &reason);

  if (file == NULL) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNREADABLE, "cannot read %s: %s",
                 path, reason->message);
    return NULL;
  }

  g_autoptr (GBytes) bytes = g_mapped_file_get_bytes (file);

  g_mapped_file_unref (file);
  return sac_npy_parse (bytes, path, error);
}

/* bfloat16 has no NumPy type and is written as f4, which holds it exactly. */
static size_t
find_format (SacType type)
{
  for (size_t i = 0; i < G_N_ELEMENTS (formats); i++) {
    if (formats[i].type == type)
      return i;
  }
  return 0;
}

/* Values fit their type already; the low bytes are theirs. */
static void
narrow (SacType type,
        size_t element_size,
        uint8_t *to,
        const void *from,
        size_t count)
{
  if (type == SAC_TYPE_FLOAT16) {
    for (size_t i = 0; i < count; i++) {
      uint16_t half = sac_float_to_half (((const float *)from)[i]);

      memcpy (to + 2 * i, &half, sizeof half);
    }
    return;
  }

  size_t stored = sac_kind_get_size (sac_type_get_kind (type));

  for (size_t i = 0; i < count; i++)
    memcpy (to + i * element_size, (const char *)from + i * stored,
            element_size);
}

/* The header is filled with spaces so that the elements start at a multiple
 * of 64, as NumPy does. */
static GByteArray *
make_header (const char *code, size_t element_size, const SacShape *shape)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_printf (text, "{'descr': '%c%s', 'fortran_order': False, 'shape': (",
                   element_size == 1 ? '|' : '<', code);
  for (int axis = 0; axis < shape->rank; axis++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT "%s",
                            axis > 0 ? ", " : "", shape->dims[axis],
                            shape->rank == 1 ? "," : "");
  g_string_append (text, "), }");
  while ((MAGIC_SIZE + 4 + text->len + 1) % 64 != 0)
    g_string_append_c (text, ' ');
  g_string_append_c (text, '\n');

  GByteArray *file = g_byte_array_new ();
  uint8_t prefix[4] = {1, 0, (uint8_t)(text->len & 0xff),
                       (uint8_t)(text->len >> 8)};

  g_byte_array_append (file, (const uint8_t *)MAGIC, MAGIC_SIZE);
  g_byte_array_append (file, prefix, sizeof prefix);
  g_byte_array_append (file, (const uint8_t *)text->str, (guint)text->len);
  return file;
}

bool
sac_npy_write (const char *path, const SacTensor *tensor, GError **error)
{
  size_t format = find_format (tensor->type);
  size_t element_size = formats[format].size;
  size_t count = (size_t)sac_tensor_get_count (tensor);
  g_autoptr (GByteArray) header =
    make_header (formats[format].code, element_size, &tensor->shape);
  size_t size = header->len + count * element_size;
  g_autofree uint8_t *file = g_try_malloc (size);

  if (file == NULL) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "there is no memory to write %s", path);
    return false;
  }
  memcpy (file, header->data, header->len);
  narrow (formats[format].type, element_size, file + header->len, tensor->data,
          count);
  return sac_output_write (path, file, size, error);
}
