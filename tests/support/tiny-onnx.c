/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "tiny-onnx.h"

#include <string.h>

/* Protocol buffers: a field is its number and kind, then a number, or a length
 * and bytes. */

static void
add_varint (GByteArray *to, guint64 value)
{
  do {
    guint8 byte = (value & 127) | (value > 127 ? 128 : 0);

    g_byte_array_append (to, &byte, 1);
    value >>= 7;
  } while (value > 0);
}

static void
add_number (GByteArray *to, int field, guint64 value)
{
  add_varint (to, field << 3);
  add_varint (to, value);
}

static void
add_text (GByteArray *to, int field, const char *text)
{
  add_varint (to, field << 3 | 2);
  add_varint (to, strlen (text));
  g_byte_array_append (to, (const guint8 *)text, strlen (text));
}

/* Takes message. */
static void
add_message (GByteArray *to, int field, GByteArray *message)
{
  add_varint (to, field << 3 | 2);
  add_varint (to, message->len);
  g_byte_array_append (to, message->data, message->len);
  g_byte_array_unref (message);
}

static GByteArray *
new_value (const TinyValue *value)
{
  GByteArray *shape = g_byte_array_new ();
  GByteArray *tensor = g_byte_array_new ();
  GByteArray *type = g_byte_array_new ();
  GByteArray *info = g_byte_array_new ();

  for (int i = 0; i < value->rank; i++) {
    GByteArray *dim = g_byte_array_new ();

    if (value->dims[i] < 0)
      add_text (dim, 2, "N");
    else
      add_number (dim, 1, value->dims[i]);
    add_message (shape, 1, dim);
  }
  add_number (tensor, 1, value->type);
  if (value->rank >= 0)
    add_message (tensor, 2, shape);
  else
    g_byte_array_unref (shape);
  add_message (type, 1, tensor);
  add_text (info, 1, value->name);
  add_message (info, 2, type);
  return info;
}

static GByteArray *
new_node (const TinyNode *node)
{
  GByteArray *message = g_byte_array_new ();

  add_text (message, 1, node->input);
  add_text (message, 2, node->output);
  add_text (message, 4, node->op_type);
  return message;
}

static GByteArray *
new_graph (const TinyOnnx *content)
{
  GByteArray *graph = g_byte_array_new ();

  for (int i = 0; content->nodes[i].op_type != NULL; i++)
    add_message (graph, 1, new_node (&content->nodes[i]));
  add_text (graph, 2, "tiny");
  for (int i = 0; content->inputs[i].name != NULL; i++)
    add_message (graph, 11, new_value (&content->inputs[i]));
  for (int i = 0; content->outputs[i].name != NULL; i++)
    add_message (graph, 12, new_value (&content->outputs[i]));
  return graph;
}

GBytes *
tiny_onnx_new (const TinyOnnx *content)
{
  GByteArray *model = g_byte_array_new ();
  GByteArray *opset = g_byte_array_new ();

  add_number (model, 1, 8);
  add_message (model, 7, new_graph (content));
  add_number (opset, 2, 13);
  add_message (model, 8, opset);
  for (int i = 0; content->metadata != NULL && content->metadata[i] != NULL;
       i += 2) {
    GByteArray *entry = g_byte_array_new ();

    add_text (entry, 1, content->metadata[i]);
    add_text (entry, 2, content->metadata[i + 1]);
    add_message (model, 14, entry);
  }
  return g_byte_array_free_to_bytes (model);
}

GBytes *
tiny_onnx_new_means (int size, const char *const *metadata)
{
  TinyValue inputs[] = {{"image", 1, 4, {1, 3, size, size}}, {NULL}};
  TinyValue outputs[] = {{"logits", 1, 2, {1, 3}}, {NULL}};
  TinyNode nodes[] = {{"GlobalAveragePool", "image", "pooled"},
                      {"Flatten", "pooled", "logits"},
                      {NULL}};

  return tiny_onnx_new (&(TinyOnnx){inputs, outputs, nodes, metadata});
}
