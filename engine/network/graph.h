/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A network's graph as read from its file: values, and nodes in an order in
 * which each comes after the nodes it reads from.
 *
 * Immutable once loaded.  Values and nodes are named by index; -1 is "none".
 * Functions of the model are inlined, names are unique, every value is a graph
 * input, a constant, or made by exactly one node. */
#ifndef SAC_NETWORK_GRAPH_H
#define SAC_NETWORK_GRAPH_H

#include "tensor/tensor.h"

typedef struct SacOp SacOp;

typedef enum {
  SAC_ATTRIBUTE_INT,
  SAC_ATTRIBUTE_FLOAT,
  SAC_ATTRIBUTE_STRING,
  SAC_ATTRIBUTE_TENSOR,
  SAC_ATTRIBUTE_INTS,
  SAC_ATTRIBUTE_FLOATS,
  SAC_ATTRIBUTE_STRINGS,
  SAC_ATTRIBUTE_OTHER, /* sub-graphs and types: kept only to be named */
} SacAttributeKind;

typedef struct {
  const char *name;
  SacAttributeKind kind;
  int64_t i;
  float f;
  const char *s; /* NUL-terminated; s_size bytes before the NUL */
  size_t s_size;
  SacTensor *tensor;
  const int64_t *ints;
  const float *floats;
  const char *const *strings;
  size_t count; /* of ints, floats or strings */
} SacAttribute;

typedef struct {
  const char *name; /* as in the file; may be any bytes but NUL: escape it when
                       it is shown (sac_network_escape) */
  SacType type;     /* as declared, or UNKNOWN */
  bool has_shape;   /* the file declares `shape` */
  SacShape shape;   /* -1 for symbolic sizes */
  int producer;     /* node, or -1 */
  SacTensor *constant; /* an initialiser, or what constant nodes gave */
  bool is_input;
  bool is_output;
  bool is_data;   /* depends on the elements of an input, not only on shapes */
  bool is_double; /* the file says double; `type` is what we compute in */
  const int *consumers; /* nodes that read it, each once, in order */
  size_t consumer_count;
} SacValue;

typedef struct {
  const char *name;  /* "" when the file gives none */
  const char *label; /* for messages: the name, else that of its first output */
  const char *op_type;
  const char *domain; /* "" for ONNX's own */
  int opset;
  const SacOp *op;
  const int *inputs; /* values; -1 for an optional input left out */
  size_t input_count;
  const int *outputs;
  size_t output_count;
  const SacAttribute *attributes;
  size_t attribute_count;
} SacNode;

typedef struct {
  const SacValue *values;
  size_t value_count;
  const SacNode *nodes;
  size_t node_count;
  const int *inputs; /* without those that are initialisers too */
  size_t input_count;
  const int *outputs;
  size_t output_count;
  int opset;            /* of ONNX's own domain */
  const char *producer; /* "pytorch 1.13.0", or "" */
  GHashTable *names;    /* private: value name -> index + 2 */
} SacGraph;

/* Returns: the node's attribute of that name, or NULL. */
const SacAttribute *sac_node_attribute (const SacNode *node, const char *name);

/* Returns: the value of that name, or -1. */
int sac_graph_find_value (const SacGraph *graph, const char *name);

/* The value before the nodes that change neither the elements of `value` nor
 * their order: of squeezed or flattened scores the scores. */
int sac_graph_skip_shaping (const SacGraph *graph, int value);

#endif
