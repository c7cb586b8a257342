/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Rewriting a plan's graph: several nodes are computed by one.
 *
 * Rewriting happens between `resolve`, which says what has to stay, and
 * `find_paths`.  The plan then has a graph of its own, a shallow copy in which
 * values and nodes keep their indices: the node that makes the last value of
 * the group is replaced, and the others are not run because nobody reads them
 * any more.  New values come after all others.  Lists of consumers in the copy
 * are those of the network; who reads what is asked here.
 *
 * A rewriter walks over live nodes, checks that what would disappear is private
 * (read once and not asked for), and replaces.  It costs O(nodes) for all. */
#ifndef SAC_NETWORK_REWRITE_H
#define SAC_NETWORK_REWRITE_H

#include "network/plan-private.h"

typedef struct {
  SacPlan *plan;
  bool *live;   /* per node: it is needed, and not known already */
  bool *pinned; /* per value: asked for by name */
  /* Live nodes that read value v, each once: readers[starts[v]] up to
     readers[starts[v + 1]]. */
  size_t *starts;
  int *readers;
  size_t value_count; /* of the above */
  int64_t looks_left; /* elements of constants that may still be looked at, so
                         that planning does not take long */
} SacRewrite;

SacRewrite *sac_rewrite_new (SacPlan *plan);
void sac_rewrite_free (SacRewrite *rewrite);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacRewrite, sac_rewrite_free)

/* Returns: the live node that makes the value, or -1. */
int sac_rewrite_producer (const SacRewrite *rewrite, int value);

size_t sac_rewrite_reader_count (const SacRewrite *rewrite, int value);

/* Returns: the reader of a private value, or -1. */
int sac_rewrite_only_reader (const SacRewrite *rewrite, int value);

/* A live node by that name of ONNX's own ops. */
bool sac_rewrite_is (const SacRewrite *rewrite, int node, const char *op_type);

/* Attributes of a node that its op has taken already, so that their kinds are
 * right.
 * Returns: NULL, or `fallback`, where the node has none of that name. */
const SacAttribute *sac_rewrite_attribute (const SacNode *node,
                                           const char *name);
int64_t
sac_rewrite_int (const SacNode *node, const char *name, int64_t fallback);
float
sac_rewrite_number (const SacNode *node, const char *name, float fallback);

/* Elements of a known tensor of integers; NULL when the input is left out or
 * not known. */
const int64_t *sac_rewrite_integers (const SacRewrite *rewrite,
                                     const SacNode *node,
                                     size_t input,
                                     size_t *ret_count);

/* Where a Slice in steps of one begins along each axis of its input.
 * Returns: false when that is not known, or it goes in other steps. */
bool sac_rewrite_read_slice (const SacRewrite *rewrite,
                             const SacNode *node,
                             int64_t *ret_starts);

/* The node's first output has the elements of its first input, and nobody wants
 * another. */
bool sac_rewrite_is_alias (const SacRewrite *rewrite, int node);

/* Returns: a value that no node of the network makes, float32. */
int sac_rewrite_add_value (SacPlan *plan, const char *name, SacShape shape);

/* An op of ours, which no file can name.  What the attribute points to lives in
 * the plan's store. */
typedef struct {
  const SacOp *op;
  SacAttribute attribute;
  const int *inputs;
  size_t input_count;
} SacRewriteOp;

/* Returns: node `index` as that op, with the name and the outputs it has, all
 * else in the plan's store. */
SacNode sac_rewrite_node (SacPlan *plan, size_t index, const SacRewriteOp *of);

/* Node `index` becomes `node`, which lives in the plan's store; the outputs
 * that both have keep their type and shape.
 * Returns: false, and nothing has changed, when the op does not take it. */
bool sac_rewrite_replace (SacPlan *plan,
                          size_t index,
                          const SacNode *node,
                          GError **error);

/* Computes attention without all its probabilities at once, and attaches the
 * reductions that were asked for.  Errors: TOO_LARGE (probabilities are asked
 * for as a whole, and are too many), UNSUPPORTED (a reduction is asked for of
 * what cannot be reduced). */
bool sac_rewrite_attention (SacPlan *plan, GError **error);

/* Computes convolutions, with what follows them, and what lies between them on
 * blocked images (ops/blocked.h). */
bool sac_rewrite_blocked (SacPlan *plan, GError **error);

/* Layer normalisation along the last axis, whole or in parts, with known
 * numbers. */
void sac_rewrite_norm (SacPlan *plan);

/* Products with constant weights take in what follows them. */
void sac_rewrite_linear (SacPlan *plan);

/* Computes nothing at places of an axis that nobody reads. */
void sac_rewrite_places (SacPlan *plan);

/* Joins what only moves elements: windows that are cut and shifted, queries,
 * keys and values taken out of one product. */
void sac_rewrite_movement (SacPlan *plan);

#endif
