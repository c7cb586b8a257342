/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* An ONNX file as it is written: messages turned into structs, nothing looked
 * up, inlined or sorted yet (that is graph-build.h's part).
 *
 * Everything lives in the store; texts are NUL-terminated copies.  Sub-graphs
 * stay unread until somebody wants one. */
#ifndef SAC_NETWORK_ONNX_H
#define SAC_NETWORK_ONNX_H

#include "network/external.h"
#include "network/graph.h"
#include "network/skeleton.h"
#include "network/store.h"
#include "network/wire.h"

/* Where the messages come from and where the structs go. */
typedef struct {
  SacStore *store;
  GBytes *bytes;         /* the .onnx file, or NULL */
  SacSkeleton *skeleton; /* instead of bytes: what is read of a file at once */
  SacExternal *external; /* NULL: external data is refused */
  size_t reserved_bytes; /* so far, of SAC_LIMIT_GRAPH_BYTES */
} SacOnnxReader;

typedef struct {
  SacAttribute attribute;
  const char *reference; /* in a function: the call's attribute to use */
  bool has_graph;
  SacWire graph; /* the sub-graph's bytes */
} SacOnnxAttribute;

typedef struct {
  const char *name;
  const char *op_type;
  const char *domain;  /* "" for ONNX's own */
  const char **inputs; /* "" where left out */
  size_t input_count;
  const char **outputs;
  size_t output_count;
  SacOnnxAttribute *attributes;
  size_t attribute_count;
} SacOnnxNode;

typedef struct {
  const char *name;
  bool has_type; /* a tensor's; others are refused by the reader */
  SacType type;
  bool has_shape;
  SacShape shape;
} SacOnnxValue;

typedef struct {
  const char *name;
  SacTensor *tensor;
} SacOnnxInitializer;

typedef struct {
  SacOnnxNode *nodes;
  size_t node_count;
  SacOnnxInitializer *initializers;
  size_t initializer_count;
  SacOnnxValue *inputs;
  size_t input_count;
  SacOnnxValue *outputs;
  size_t output_count;
  SacOnnxValue *values; /* value_info */
  size_t value_count;
} SacOnnxGraph;

typedef struct {
  const char *domain; /* "" for ONNX's own */
  int64_t version;
} SacOnnxOpset;

typedef struct {
  SacOnnxOpset *items;
  size_t count;
} SacOnnxOpsets;

typedef struct {
  const char *name;
  const char *domain;
  const char **inputs;
  size_t input_count;
  const char **outputs;
  size_t output_count;
  SacOnnxAttribute *defaults;
  size_t default_count;
  SacOnnxNode *nodes;
  size_t node_count;
  SacOnnxOpsets opsets;
} SacOnnxFunction;

typedef struct {
  const char *producer;
  SacOnnxOpsets opsets;
  SacOnnxGraph graph;
  SacOnnxFunction *functions;
  size_t function_count;
  GHashTable *metadata; /* key -> value, both in the store; owned */
} SacOnnxModel;

/* All of these: errors DAMAGED, UNSUPPORTED, TOO_LARGE, UNREADABLE. */

bool sac_onnx_read_model (SacOnnxReader *reader,
                          SacOnnxModel *ret_model,
                          GError **error);
bool sac_onnx_read_graph (SacOnnxReader *reader,
                          SacWire wire,
                          SacOnnxGraph *ret_graph,
                          GError **error);
bool sac_onnx_read_node (SacOnnxReader *reader,
                         SacWire wire,
                         SacOnnxNode *ret_node,
                         GError **error);
bool sac_onnx_read_attribute (SacOnnxReader *reader,
                              SacWire wire,
                              SacOnnxAttribute *ret_attribute,
                              GError **error);
/* ret_name: NULL when not wanted.  Returns: a tensor that the store owns; large
 * ones rest in the file (tensor/rest.h). */
SacTensor *sac_onnx_read_tensor (SacOnnxReader *reader,
                                 SacWire wire,
                                 bool may_be_external,
                                 const char **ret_name,
                                 GError **error);
bool sac_onnx_read_value (SacOnnxReader *reader,
                          SacWire wire,
                          SacOnnxValue *ret_value,
                          GError **error);
bool sac_onnx_read_opset (SacOnnxReader *reader,
                          SacWire wire,
                          SacOnnxOpset *ret_opset,
                          GError **error);
bool sac_onnx_read_pair (SacOnnxReader *reader,
                         SacWire wire,
                         const char **ret_key,
                         const char **ret_value,
                         GError **error);

/* A name: within SAC_LIMIT_NAME_BYTES and without NUL; `what` names it. */
bool sac_onnx_read_name (SacOnnxReader *reader,
                         const SacField *field,
                         const char *what,
                         const char **ret_name,
                         GError **error);

/* The same; "ai.onnx" becomes "". */
bool sac_onnx_read_domain (SacOnnxReader *reader,
                           const SacField *field,
                           const char **ret_domain,
                           GError **error);

/* Room for `count` items of `size` bytes, zero-filled, as long as the whole
 * stays within SAC_LIMIT_GRAPH_BYTES.  Returns: NULL with TOO_LARGE. */
void *sac_onnx_reserve (SacOnnxReader *reader,
                        size_t count,
                        size_t size,
                        GError **error);

/* A copy of a text that was made, not read, within the same limit. */
const char *
sac_onnx_keep_text (SacOnnxReader *reader, const char *text, GError **error);

/* The same for as many items as the message has fields of that number.
 * limit: what is too many. */
void *sac_onnx_reserve_fields (SacOnnxReader *reader,
                               SacWire wire,
                               uint32_t number,
                               size_t size,
                               size_t limit,
                               GError **error);

#endif
