/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* From an ONNX file as it is written to a graph: names resolved, functions and
 * constant conditions inlined, nodes sorted, constants folded, ops found. */
#ifndef SAC_NETWORK_GRAPH_BUILD_H
#define SAC_NETWORK_GRAPH_BUILD_H

#include "base/job.h"
#include "network/fold.h"
#include "network/onnx.h"

/* The graph lives in the reader's store but for three parts that
 * sac_graph_finish frees.  Errors: DAMAGED, UNSUPPORTED, TOO_LARGE, cancelled;
 * they name the node, its op and opset. */
bool sac_graph_build (SacOnnxReader *reader,
                      const SacOnnxModel *model,
                      SacGraph *ret_graph,
                      SacJob *job,
                      GError **error);
void sac_graph_finish (SacGraph *graph);

/* Versions of ONNX's own domain. */
#define SAC_OPSET_MIN 7
#define SAC_OPSET_MAX 25

/* The domain of the ops that only we write. */
#define SAC_DOMAIN_OWN "saccade"

/* The rest is between graph-build.c and the files graph-*.c. */

typedef struct {
  SacOnnxReader *reader;
  const SacOnnxModel *model;
  SacJob *job;
  GArray *values;        /* SacValue */
  GArray *nodes;         /* SacNode */
  GHashTable *names;     /* of the whole graph: name -> index + 2 */
  GHashTable *reserved;  /* names of the outermost graph, or NULL */
  GHashTable *functions; /* set of SacOnnxFunction, by domain and name */
  GHashTable *ops;       /* of ONNX's own domain: name -> SacOp */
  SacFoldBudget budget;
  GHashTable *branches; /* first byte of a sub-graph -> SacOnnxGraph; each is
                           read once, however often it is inlined */
  GHashTable *declared; /* name -> SacOnnxValue with a shape, or NULL */
  GArray *ranks;        /* of graph-rank.c, by value, or NULL */
  guint ranked;         /* nodes that it has seen */
  size_t expanded;      /* nodes, and the parts of calls, so far */
} SacGraphBuilder;

/* Where names mean something: the outermost graph, the body of a function at
 * one call, a branch of an If. */
typedef struct SacScope {
  const struct SacScope *outer; /* asked next; NULL: names end here */
  GHashTable *names;            /* name -> index + 2 */
  GHashTable *renames; /* name -> that in the whole graph; NULL: none */
  const char *prefix;  /* of all other names in the whole graph; NULL: the
                          outermost graph, names are themselves */
  const SacOnnxFunction *function;  /* around us, or NULL */
  const SacOnnxAttribute *bindings; /* of its call */
  size_t binding_count;
  int function_depth;
  int graph_depth;
} SacScope;

#define SAC_VALUE_LEFT_OUT -1
#define SAC_VALUE_UNKNOWN -2

/* Returns: a value, LEFT_OUT for "" and for a function's input that the call
 * leaves out, UNKNOWN. */
int sac_scope_find (const SacScope *scope, const char *name);

/* A new value of that name.  Returns: its index, or -1 with DAMAGED when there
 * is one already, TOO_LARGE. */
int sac_scope_define (SacGraphBuilder *builder,
                      SacScope *scope,
                      const char *name,
                      GError **error);

/* What `name`, when it is defined in that scope, is called in the whole graph.
 * Returns: NULL with TOO_LARGE. */
const char *sac_scope_global_name (SacGraphBuilder *builder,
                                   const SacScope *scope,
                                   const char *name,
                                   GError **error);

/* Version of the domain in force; 0 when the file states none. */
int64_t sac_scope_get_opset (const SacGraphBuilder *builder,
                             const SacScope *scope,
                             const char *domain);

/* The node's attributes with a function's references filled in.
 * Returns: node->attribute_count places in the store, of which ret_count are
 * used; NULL with DAMAGED. */
SacOnnxAttribute *sac_scope_bind_attributes (SacGraphBuilder *builder,
                                             const SacScope *scope,
                                             const SacOnnxNode *node,
                                             size_t *ret_count,
                                             GError **error);

/* Sorts nodes and adds them, or what they stand for, to the graph. */
bool sac_graph_add_nodes (SacGraphBuilder *builder,
                          SacScope *scope,
                          const SacOnnxNode *nodes,
                          size_t count,
                          GError **error);

/* Adds a node that stands for itself. */
bool sac_graph_add_node (SacGraphBuilder *builder,
                         SacScope *scope,
                         const SacOnnxNode *node,
                         GError **error);

/* Adds a node that gives `value` another name. */
bool sac_graph_add_identity (SacGraphBuilder *builder,
                             SacScope *scope,
                             int value,
                             const char *name,
                             GError **error);

/* Adds an If between two values: values[1] when values[0] is true, else
 * values[2].  node: the If as it is written. */
bool sac_graph_add_choice (SacGraphBuilder *builder,
                           SacScope *scope,
                           const SacOnnxNode *node,
                           const int *values,
                           const char *name,
                           GError **error);

/* Adds what the initialisers of a graph define. */
bool sac_graph_add_initializers (SacGraphBuilder *builder,
                                 SacScope *scope,
                                 const SacOnnxGraph *graph,
                                 GError **error);

/* Lets everything that depends on the elements of an input compute in float32
 * where the file says double. */
bool sac_graph_narrow (SacGraphBuilder *builder, GError **error);

/* An order in which each node comes after those that it reads from; the file's
 * own where that is one.  Returns: `count` indices, free with g_free; NULL when
 * there is a cycle, and in ret_cycle a node that leads to it. */
size_t *
sac_graph_sort (const SacOnnxNode *nodes, size_t count, size_t *ret_cycle);

/* Sets the error "node NAME (OP, opset N): MESSAGE"; returns false. */
bool sac_graph_fail (const SacGraphBuilder *builder,
                     const SacScope *scope,
                     const SacOnnxNode *node,
                     int code,
                     GError **error,
                     const char *format,
                     ...) G_GNUC_PRINTF (6, 7);

#endif
