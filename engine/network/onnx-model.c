/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* ModelProto and FunctionProto. */
#include "base/error.h"
#include "base/limits.h"
#include "network/onnx.h"

#include <string.h>

/* Field numbers of onnx.proto. */
enum {
  MODEL_PRODUCER = 2,
  MODEL_PRODUCER_VERSION = 3,
  MODEL_GRAPH = 7,
  MODEL_OPSET = 8,
  MODEL_METADATA = 14,
  MODEL_FUNCTION = 25,
  FUNCTION_NAME = 1,
  FUNCTION_INPUT = 4,
  FUNCTION_OUTPUT = 5,
  FUNCTION_NODE = 7,
  FUNCTION_OPSET = 9,
  FUNCTION_DOMAIN = 10,
  FUNCTION_DEFAULT = 11,
};

/* Functions and opset versions are few; a million of them is an attack. */
#define FUNCTION_COUNT 10000
#define OPSET_COUNT 1000

static bool
reserve_function (SacOnnxReader *reader,
                  SacWire wire,
                  SacOnnxFunction *function,
                  GError **error)
{
  return (function->inputs =
            sac_onnx_reserve_fields (reader, wire, FUNCTION_INPUT,
                                     sizeof (char *), SAC_LIMIT_VALUE_COUNT,
                                     error)) != NULL &&
         (function->outputs =
            sac_onnx_reserve_fields (reader, wire, FUNCTION_OUTPUT,
                                     sizeof (char *), SAC_LIMIT_VALUE_COUNT,
                                     error)) != NULL &&
         (function->nodes =
            sac_onnx_reserve_fields (reader, wire, FUNCTION_NODE,
                                     sizeof (SacOnnxNode), SAC_LIMIT_NODE_COUNT,
                                     error)) != NULL &&
         (function->defaults =
            sac_onnx_reserve_fields (reader, wire, FUNCTION_DEFAULT,
                                     sizeof (SacOnnxAttribute),
                                     SAC_LIMIT_ATTRIBUTE_COUNT, error)) !=
           NULL &&
         (function->opsets.items =
            sac_onnx_reserve_fields (reader, wire, FUNCTION_OPSET,
                                     sizeof (SacOnnxOpset), OPSET_COUNT,
                                     error)) != NULL;
}

static bool
read_function_field (SacOnnxReader *reader,
                     const SacField *field,
                     SacOnnxFunction *function,
                     GError **error)
{
  switch (field->number) {
  case FUNCTION_NAME:
    return sac_onnx_read_name (reader, field, "a function's name",
                               &function->name, error);
  case FUNCTION_DOMAIN:
    return sac_onnx_read_domain (reader, field, &function->domain, error);
  case FUNCTION_INPUT:
    return sac_onnx_read_name (reader, field, "a function's input",
                               &function->inputs[function->input_count++],
                               error);
  case FUNCTION_OUTPUT:
    return sac_onnx_read_name (reader, field, "a function's output",
                               &function->outputs[function->output_count++],
                               error);
  case FUNCTION_NODE:
    return sac_field_is (field, SAC_WIRE_BYTES, "a node", error) &&
           sac_onnx_read_node (reader, field->bytes,
                               &function->nodes[function->node_count++], error);
  case FUNCTION_DEFAULT:
    return sac_field_is (field, SAC_WIRE_BYTES, "an attribute", error) &&
           sac_onnx_read_attribute (reader, field->bytes,
                                    &function
                                       ->defaults[function->default_count++],
                                    error);
  case FUNCTION_OPSET:
    return sac_field_is (field, SAC_WIRE_BYTES, "an opset", error) &&
           sac_onnx_read_opset (reader, field->bytes,
                                &function->opsets
                                   .items[function->opsets.count++],
                                error);
  default:
    return true;
  }
}

static bool
read_function (SacOnnxReader *reader,
               SacWire wire,
               SacOnnxFunction *ret_function,
               GError **error)
{
  *ret_function = (SacOnnxFunction){.name = "", .domain = ""};
  if (!reserve_function (reader, wire, ret_function, error))
    return false;
  while (sac_wire_more (&wire)) {
    SacField field;

    if (!sac_wire_next (&wire, &field, error) ||
        !read_function_field (reader, &field, ret_function, error))
      return false;
  }
  return true;
}

static bool
read_metadata (SacOnnxReader *reader,
               const SacField *field,
               SacOnnxModel *model,
               GError **error)
{
  const char *key, *value;

  if (!sac_field_is (field, SAC_WIRE_BYTES, "a metadata entry", error) ||
      !sac_onnx_read_pair (reader, field->bytes, &key, &value, error))
    return false;
  g_hash_table_insert (model->metadata, (char *)key, (char *)value);
  return true;
}

static bool
read_graph_once (SacOnnxReader *reader,
                 const SacField *field,
                 bool *has_graph,
                 SacOnnxModel *model,
                 GError **error)
{
  if (!sac_field_is (field, SAC_WIRE_BYTES, "the graph", error))
    return false;
  if (*has_graph) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
                 "byte %zu: a second piece of the graph; save the network "
                 "again in one piece",
                 field->offset);
    return false;
  }
  *has_graph = true;
  return sac_onnx_read_graph (reader, field->bytes, &model->graph, error);
}

typedef struct {
  const char *producer;
  const char *version;
  bool has_graph;
} ModelParts;

static bool
read_model_field (SacOnnxReader *reader,
                  const SacField *field,
                  ModelParts *parts,
                  SacOnnxModel *model,
                  GError **error)
{
  switch (field->number) {
  case MODEL_PRODUCER:
    return sac_onnx_read_name (reader, field, "the producer's name",
                               &parts->producer, error);
  case MODEL_PRODUCER_VERSION:
    return sac_onnx_read_name (reader, field, "the producer's version",
                               &parts->version, error);
  case MODEL_GRAPH:
    return read_graph_once (reader, field, &parts->has_graph, model, error);
  case MODEL_OPSET:
    return sac_field_is (field, SAC_WIRE_BYTES, "an opset", error) &&
           sac_onnx_read_opset (reader, field->bytes,
                                &model->opsets.items[model->opsets.count++],
                                error);
  case MODEL_METADATA:
    return read_metadata (reader, field, model, error);
  case MODEL_FUNCTION:
    return sac_field_is (field, SAC_WIRE_BYTES, "a function", error) &&
           read_function (reader, field->bytes,
                          &model->functions[model->function_count++], error);
  default:
    return true;
  }
}

static SacWire
start (const SacOnnxReader *reader)
{
  gsize size;

  if (reader->skeleton == NULL) {
    const void *data = g_bytes_get_data (reader->bytes, &size);

    return sac_wire_new (data, size);
  }
  size = sac_content_get_size (sac_skeleton_get_content (reader->skeleton));
  return sac_wire_new (sac_skeleton_get_data (reader->skeleton), size);
}

bool
sac_onnx_read_model (SacOnnxReader *reader,
                     SacOnnxModel *ret_model,
                     GError **error)
{
  SacWire wire = start (reader);
  ModelParts parts = {.producer = "", .version = ""};

  ret_model->opsets.items =
    sac_onnx_reserve_fields (reader, wire, MODEL_OPSET, sizeof (SacOnnxOpset),
                             OPSET_COUNT, error);
  if (ret_model->opsets.items == NULL)
    return false;
  ret_model->functions =
    sac_onnx_reserve_fields (reader, wire, MODEL_FUNCTION,
                             sizeof (SacOnnxFunction), FUNCTION_COUNT, error);
  if (ret_model->functions == NULL)
    return false;
  while (sac_wire_more (&wire)) {
    SacField field;

    if (!sac_wire_next (&wire, &field, error) ||
        !read_model_field (reader, &field, &parts, ret_model, error))
      return false;
  }
  if (!parts.has_graph) {
    g_set_error_literal (error, SAC_ERROR, SAC_ERROR_DAMAGED,
                         "there is no graph in it");
    return false;
  }

  g_autofree char *producer = g_strjoin (*parts.version != '\0' ? " " : "",
                                         parts.producer, parts.version, NULL);

  ret_model->producer =
    sac_store_text (reader->store, producer, strlen (producer));
  return true;
}
