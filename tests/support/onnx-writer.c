/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "onnx-writer.h"

#include <string.h>

void
onnx_put_varint (GByteArray *bytes, guint64 value)
{
  do {
    guint8 byte = (value & 0x7f) | (value > 0x7f ? 0x80 : 0);

    g_byte_array_append (bytes, &byte, 1);
    value >>= 7;
  } while (value != 0);
}

void
onnx_put_int (GByteArray *bytes, guint number, gint64 value)
{
  onnx_put_varint (bytes, number << 3);
  onnx_put_varint (bytes, (guint64)value);
}

void
onnx_put_bytes (GByteArray *bytes, guint number, const void *data, gsize size)
{
  onnx_put_varint (bytes, number << 3 | 2);
  onnx_put_varint (bytes, size);
  g_byte_array_append (bytes, data, size);
}

void
onnx_put_text (GByteArray *bytes, guint number, const char *text)
{
  onnx_put_bytes (bytes, number, text, strlen (text));
}

void
onnx_put_message (GByteArray *bytes, guint number, GByteArray *inner)
{
  onnx_put_bytes (bytes, number, inner->data, inner->len);
  g_byte_array_unref (inner);
}

static void
put_float (GByteArray *bytes, guint number, float value)
{
  onnx_put_varint (bytes, number << 3 | 5);
  g_byte_array_append (bytes, (const guint8 *)&value, sizeof value);
}

static const struct {
  const char *name;
  int type;
} types[] = {
  {"float", 1},   {"int32", 6},  {"int64", 7}, {"bool", 9}, {"float16", 10},
  {"double", 11}, {"string", 8}, {"uint8", 2}, {"int8", 3},
};

static int
find_type (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++) {
    if (strcmp (types[i].name, name) == 0)
      return types[i].type;
  }
  g_error ("no such type: %s", name);
}

/* An element as raw data hold it; float16 takes the bits as an integer. */
static void
append_element (GByteArray *raw, int type, const char *text)
{
  double number = g_ascii_strtod (text, NULL);
  float single = number;
  gint64 integer = g_ascii_strtoll (text, NULL, 0);

  if (type == 1)
    g_byte_array_append (raw, (const guint8 *)&single, 4);
  else if (type == 11)
    g_byte_array_append (raw, (const guint8 *)&number, 8);
  else
    g_byte_array_append (raw, (const guint8 *)&integer,
                         type == 7    ? 8
                         : type == 6  ? 4
                         : type == 10 ? 2
                                      : 1);
}

static GByteArray *
make_tensor (const char *name,
             const char *type_name,
             const char *dims,
             char *const *elements)
{
  GByteArray *tensor = g_byte_array_new ();
  GByteArray *raw = g_byte_array_new ();
  int type = find_type (type_name);
  g_auto (GStrv) sizes = g_strsplit (dims, ",", -1);

  for (gsize i = 0; strcmp (dims, "-") != 0 && sizes[i] != NULL; i++)
    onnx_put_int (tensor, 1, g_ascii_strtoll (sizes[i], NULL, 10));
  onnx_put_int (tensor, 2, type);
  for (gsize i = 0; elements[i] != NULL; i++)
    append_element (raw, type, elements[i]);
  onnx_put_text (tensor, 8, name);
  onnx_put_message (tensor, 9, raw);
  return tensor;
}

static GByteArray *
make_value (char *const *words)
{
  GByteArray *value = g_byte_array_new ();
  GByteArray *type = g_byte_array_new ();
  GByteArray *tensor = g_byte_array_new ();
  GByteArray *shape = g_byte_array_new ();
  g_auto (GStrv) sizes =
    g_strsplit (words[2] != NULL ? words[2] : "*", ",", -1);

  onnx_put_text (value, 1, words[0]);
  if (words[1] != NULL)
    onnx_put_int (tensor, 1, find_type (words[1]));
  for (gsize i = 0; strchr ("*-", *sizes[0]) == NULL && sizes[i] != NULL; i++) {
    GByteArray *size = g_byte_array_new ();

    if (strcmp (sizes[i], "?") == 0)
      onnx_put_text (size, 2, "symbol");
    else
      onnx_put_int (size, 1, g_ascii_strtoll (sizes[i], NULL, 10));
    onnx_put_message (shape, 1, size);
  }
  if (strcmp (sizes[0], "*") != 0)
    onnx_put_message (tensor, 2, shape);
  else
    g_byte_array_unref (shape);
  onnx_put_message (type, 1, tensor);
  onnx_put_message (value, 2, type);
  return value;
}

static void
put_list (GByteArray *bytes, guint number, const char *list)
{
  g_auto (GStrv) names = g_strsplit (list, ",", -1);

  for (gsize i = 0; names[i] != NULL; i++)
    onnx_put_text (bytes, number, strcmp (names[i], "_") == 0 ? "" : names[i]);
}

static void
put_value (GByteArray *attribute,
           const char *kind,
           const char *text,
           GHashTable *graphs)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);

  if (strcmp (kind, "i") == 0) {
    onnx_put_int (attribute, 3, g_ascii_strtoll (text, NULL, 10));
    onnx_put_int (attribute, 20, 2);
  } else if (strcmp (kind, "f") == 0) {
    put_float (attribute, 2, g_ascii_strtod (text, NULL));
    onnx_put_int (attribute, 20, 1);
  } else if (strcmp (kind, "s") == 0) {
    onnx_put_text (attribute, 4, text);
    onnx_put_int (attribute, 20, 3);
  } else if (strcmp (kind, "is") == 0) {
    for (gsize i = 0; parts[i] != NULL; i++)
      onnx_put_int (attribute, 8, g_ascii_strtoll (parts[i], NULL, 10));
    onnx_put_int (attribute, 20, 7);
  } else if (strcmp (kind, "fs") == 0) {
    for (gsize i = 0; parts[i] != NULL; i++)
      put_float (attribute, 7, g_ascii_strtod (parts[i], NULL));
    onnx_put_int (attribute, 20, 6);
  } else if (*kind == 'r') {
    onnx_put_text (attribute, 21, text);
    onnx_put_int (attribute, 20, strcmp (kind, "rf") == 0 ? 1 : 2);
  } else if (strcmp (kind, "t") == 0) {
    g_auto (GStrv) tensor = g_strsplit (text, ":", 3);
    g_auto (GStrv) elements = g_strsplit (tensor[2], ",", -1);

    onnx_put_message (attribute, 5,
                      make_tensor ("", tensor[0], tensor[1], elements));
    onnx_put_int (attribute, 20, 4);
  } else if (strcmp (kind, "g") == 0) {
    GByteArray *graph = g_hash_table_lookup (graphs, text);

    g_assert_nonnull (graph);
    onnx_put_bytes (attribute, 6, graph->data, graph->len);
    onnx_put_int (attribute, 20, 5);
  } else {
    g_error ("no such kind of attribute: %s", kind);
  }
}

/* words: name, op, inputs, "->", outputs, attributes. */
static GByteArray *
make_node (char *const *words, GHashTable *graphs)
{
  GByteArray *node = g_byte_array_new ();
  const char *colon = strchr (words[1], ':');
  gsize i = 2;

  for (; words[i] != NULL && strcmp (words[i], "->") != 0; i++)
    put_list (node, 1, words[i]);
  g_assert_nonnull (words[i]);
  if (words[i + 1] != NULL && strchr (words[i + 1], '=') == NULL)
    put_list (node, 2, words[++i]);
  if (strcmp (words[0], "_") != 0)
    onnx_put_text (node, 3, words[0]);
  onnx_put_text (node, 4, colon != NULL ? colon + 1 : words[1]);
  if (colon != NULL) {
    g_autofree char *domain = g_strndup (words[1], colon - words[1]);

    onnx_put_text (node, 7, domain);
  }
  for (i++; words[i] != NULL; i++) {
    GByteArray *attribute = g_byte_array_new ();
    g_auto (GStrv) key = g_strsplit (words[i], "=", 2);
    g_auto (GStrv) value = g_strsplit (key[1], ":", 2);

    onnx_put_text (attribute, 1, key[0]);
    put_value (attribute, value[0], value[1], graphs);
    onnx_put_message (node, 5, attribute);
  }
  return node;
}

static GByteArray *
make_opset (char *const *words)
{
  GByteArray *opset = g_byte_array_new ();

  onnx_put_text (opset, 1, words[1] != NULL ? words[0] : "");
  onnx_put_int (opset, 2,
                g_ascii_strtoll (words[1] != NULL ? words[1] : words[0], NULL,
                                 10));
  return opset;
}

typedef struct {
  GByteArray *model;
  GByteArray *graph;  /* the outermost */
  GByteArray *inner;  /* the sub-graph or function being written, or NULL */
  char *inner_name;   /* of a sub-graph; NULL for a function */
  GHashTable *graphs; /* name -> GByteArray */
  gboolean has_opset;
} Writer;

static void
begin_function (Writer *writer, char *const *words)
{
  g_auto (GStrv) name = g_strsplit (words[0], ":", 2);

  writer->inner = g_byte_array_new ();
  onnx_put_text (writer->inner, 10, name[0]);
  onnx_put_text (writer->inner, 1, name[1]);
  put_list (writer->inner, 4, words[1]);
  put_list (writer->inner, 5, words[3]);
}

static void
end_inner (Writer *writer)
{
  if (writer->inner_name != NULL)
    g_hash_table_insert (writer->graphs, g_steal_pointer (&writer->inner_name),
                         writer->inner);
  else
    onnx_put_message (writer->model, 25, writer->inner);
  writer->inner = NULL;
}

static void
write_part (Writer *writer, const char *word, char *const *rest)
{
  GByteArray *graph = writer->inner != NULL ? writer->inner : writer->graph;
  gboolean in_function = writer->inner != NULL && writer->inner_name == NULL;

  if (strcmp (word, "node") == 0)
    onnx_put_message (graph, in_function ? 7 : 1,
                      make_node (rest, writer->graphs));
  else if (strcmp (word, "init") == 0)
    onnx_put_message (graph, 5,
                      make_tensor (rest[0], rest[1], rest[2], rest + 3));
  else if (strcmp (word, "input") == 0)
    onnx_put_message (graph, 11, make_value (rest));
  else if (strcmp (word, "output") == 0)
    onnx_put_message (graph, 12, make_value (rest));
  else if (strcmp (word, "value") == 0)
    onnx_put_message (graph, 13, make_value (rest));
  else if (strcmp (word, "attribute") == 0)
    onnx_put_text (graph, 6, rest[0]);
  else
    g_error ("no such line: %s", word);
}

static void
write_line (Writer *writer, char *const *words)
{
  const char *word = words[0];

  if (strcmp (word, "opset") == 0) {
    onnx_put_message (writer->inner != NULL ? writer->inner : writer->model,
                      writer->inner != NULL ? 9 : 8, make_opset (words + 1));
    writer->has_opset |= writer->inner == NULL && words[2] == NULL;
  } else if (strcmp (word, "meta") == 0) {
    GByteArray *pair = g_byte_array_new ();

    onnx_put_text (pair, 1, words[1]);
    onnx_put_text (pair, 2, words[2]);
    onnx_put_message (writer->model, 14, pair);
  } else if (strcmp (word, "graph") == 0) {
    writer->inner = g_byte_array_new ();
    writer->inner_name = g_strdup (words[1]);
    onnx_put_text (writer->inner, 2, words[1]);
  } else if (strcmp (word, "function") == 0) {
    begin_function (writer, words + 1);
  } else if (strcmp (word, "end") == 0) {
    end_inner (writer);
  } else {
    write_part (writer, word, words + 1);
  }
}

/* Without the empty words of several spaces in a row. */
static char **
split_words (const char *line)
{
  g_auto (GStrv) all = g_strsplit (line, " ", -1);
  GPtrArray *words = g_ptr_array_new ();

  for (gsize i = 0; all[i] != NULL; i++) {
    if (*all[i] != '\0')
      g_ptr_array_add (words, g_strdup (all[i]));
  }
  g_ptr_array_add (words, NULL);
  g_ptr_array_add (words, NULL);
  return (char **)g_ptr_array_free (words, FALSE);
}

GBytes *
onnx_write (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  Writer writer = {
    .model = g_byte_array_new (),
    .graph = g_byte_array_new (),
    .graphs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                     (GDestroyNotify)g_byte_array_unref),
  };

  onnx_put_int (writer.model, 1, 8);
  onnx_put_text (writer.graph, 2, "graph");
  for (gsize i = 0; lines[i] != NULL; i++) {
    g_auto (GStrv) words = split_words (lines[i]);

    if (words[0] != NULL)
      write_line (&writer, words);
  }
  if (!writer.has_opset)
    onnx_put_message (writer.model, 8,
                      make_opset ((char *[]){"17", NULL, NULL}));
  onnx_put_message (writer.model, 7, writer.graph);
  g_hash_table_unref (writer.graphs);
  return g_byte_array_free_to_bytes (writer.model);
}
