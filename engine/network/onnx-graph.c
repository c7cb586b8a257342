/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* GraphProto and NodeProto. */
#include "base/error.h"
#include "base/limits.h"
#include "network/onnx.h"

/* Field numbers of onnx.proto. */
enum {
  GRAPH_NODE = 1,
  GRAPH_INITIALIZER = 5,
  GRAPH_INPUT = 11,
  GRAPH_OUTPUT = 12,
  GRAPH_VALUE = 13,
  GRAPH_SPARSE = 15,
  NODE_INPUT = 1,
  NODE_OUTPUT = 2,
  NODE_NAME = 3,
  NODE_OP_TYPE = 4,
  NODE_ATTRIBUTE = 5,
  NODE_DOMAIN = 7,
  NODE_OVERLOAD = 8,
};

static bool
read_node_field (SacOnnxReader *reader,
                 const SacField *field,
                 SacOnnxNode *node,
                 GError **error)
{
  const char *overload;

  switch (field->number) {
  case NODE_INPUT:
    return sac_onnx_read_name (reader, field, "a node's input",
                               &node->inputs[node->input_count++], error);
  case NODE_OUTPUT:
    return sac_onnx_read_name (reader, field, "a node's output",
                               &node->outputs[node->output_count++], error);
  case NODE_NAME:
    return sac_onnx_read_name (reader, field, "a node's name", &node->name,
                               error);
  case NODE_OP_TYPE:
    return sac_onnx_read_name (reader, field, "an op's name", &node->op_type,
                               error);
  case NODE_ATTRIBUTE:
    return sac_field_is (field, SAC_WIRE_BYTES, "an attribute", error) &&
           sac_onnx_read_attribute (reader, field->bytes,
                                    &node->attributes[node->attribute_count++],
                                    error);
  case NODE_DOMAIN:
    return sac_onnx_read_domain (reader, field, &node->domain, error);
  case NODE_OVERLOAD:
    if (!sac_onnx_read_name (reader, field, "an overload", &overload, error))
      return false;
    if (*overload == '\0')
      return true;
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
                 "byte %zu: overloaded functions are not supported",
                 field->offset);
    return false;
  default:
    return true;
  }
}

static bool
read_node_fields (SacOnnxReader *reader,
                  SacWire wire,
                  SacOnnxNode *node,
                  GError **error)
{
  node->inputs =
    sac_onnx_reserve_fields (reader, wire, NODE_INPUT, sizeof (char *),
                             SAC_LIMIT_VALUE_COUNT, error);
  if (node->inputs == NULL)
    return false;
  node->outputs =
    sac_onnx_reserve_fields (reader, wire, NODE_OUTPUT, sizeof (char *),
                             SAC_LIMIT_VALUE_COUNT, error);
  if (node->outputs == NULL)
    return false;
  node->attributes = sac_onnx_reserve_fields (reader, wire, NODE_ATTRIBUTE,
                                              sizeof (SacOnnxAttribute),
                                              SAC_LIMIT_ATTRIBUTE_COUNT, error);
  if (node->attributes == NULL)
    return false;
  while (sac_wire_more (&wire)) {
    SacField field;

    if (!sac_wire_next (&wire, &field, error) ||
        !read_node_field (reader, &field, node, error))
      return false;
  }
  return true;
}

bool
sac_onnx_read_node (SacOnnxReader *reader,
                    SacWire wire,
                    SacOnnxNode *ret_node,
                    GError **error)
{
  size_t offset = wire.at - wire.file;

  *ret_node = (SacOnnxNode){.name = "", .op_type = "", .domain = ""};
  if (!read_node_fields (reader, wire, ret_node, error))
    return false;
  if (*ret_node->op_type != '\0')
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
               "byte %zu: a node without an op", offset);
  return false;
}

static bool
read_graph_field (SacOnnxReader *reader,
                  const SacField *field,
                  SacOnnxGraph *graph,
                  GError **error)
{
  SacOnnxInitializer *initializer;

  switch (field->number) {
  case GRAPH_NODE:
    return sac_onnx_read_node (reader, field->bytes,
                               &graph->nodes[graph->node_count++], error);
  case GRAPH_INITIALIZER:
    initializer = &graph->initializers[graph->initializer_count++];
    initializer->tensor = sac_onnx_read_tensor (reader, field->bytes, true,
                                                &initializer->name, error);
    return initializer->tensor != NULL;
  case GRAPH_INPUT:
    return sac_onnx_read_value (reader, field->bytes,
                                &graph->inputs[graph->input_count++], error);
  case GRAPH_OUTPUT:
    return sac_onnx_read_value (reader, field->bytes,
                                &graph->outputs[graph->output_count++], error);
  case GRAPH_VALUE:
    return sac_onnx_read_value (reader, field->bytes,
                                &graph->values[graph->value_count++], error);
  case GRAPH_SPARSE:
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
                 "byte %zu: sparse initializers are not supported",
                 field->offset);
    return false;
  default:
    return true;
  }
}

static bool
is_message (uint32_t number)
{
  return number == GRAPH_NODE || number == GRAPH_INITIALIZER ||
         number == GRAPH_INPUT || number == GRAPH_OUTPUT ||
         number == GRAPH_VALUE;
}

static bool
reserve_graph (SacOnnxReader *reader,
               SacWire wire,
               SacOnnxGraph *graph,
               GError **error)
{
  return (graph->nodes =
            sac_onnx_reserve_fields (reader, wire, GRAPH_NODE,
                                     sizeof (SacOnnxNode), SAC_LIMIT_NODE_COUNT,
                                     error)) != NULL &&
         (graph->initializers =
            sac_onnx_reserve_fields (reader, wire, GRAPH_INITIALIZER,
                                     sizeof (SacOnnxInitializer),
                                     SAC_LIMIT_NODE_COUNT, error)) != NULL &&
         (graph->inputs =
            sac_onnx_reserve_fields (reader, wire, GRAPH_INPUT,
                                     sizeof (SacOnnxValue),
                                     SAC_LIMIT_NODE_COUNT, error)) != NULL &&
         (graph->outputs =
            sac_onnx_reserve_fields (reader, wire, GRAPH_OUTPUT,
                                     sizeof (SacOnnxValue),
                                     SAC_LIMIT_NODE_COUNT, error)) != NULL &&
         (graph->values =
            sac_onnx_reserve_fields (reader, wire, GRAPH_VALUE,
                                     sizeof (SacOnnxValue),
                                     SAC_LIMIT_VALUE_COUNT, error)) != NULL;
}

bool
sac_onnx_read_graph (SacOnnxReader *reader,
                     SacWire wire,
                     SacOnnxGraph *ret_graph,
                     GError **error)
{
  *ret_graph = (SacOnnxGraph){0};
  if (!reserve_graph (reader, wire, ret_graph, error))
    return false;
  while (sac_wire_more (&wire)) {
    SacField field;

    if (!sac_wire_next (&wire, &field, error))
      return false;
    if (is_message (field.number) &&
        !sac_field_is (&field, SAC_WIRE_BYTES, "a part of the graph", error))
      return false;
    if (!read_graph_field (reader, &field, ret_graph, error))
      return false;
  }
  return true;
}
