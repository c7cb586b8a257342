/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Ops that are several others in one: while a network is loaded, a node of such
 * an op is replaced by the nodes it stands for, as if the file had defined the
 * op as a function.
 *
 * So each needs no kernel and no gradient of its own, and what lies inside has
 * a name, "NODE/scores" or "NODE/probabilities", by which it can be captured,
 * differentiated and recognised like the same thing written out. */
#ifndef SAC_NETWORK_DECOMPOSE_H
#define SAC_NETWORK_DECOMPOSE_H

#include "network/graph-build.h"

#define SAC_DOMAIN_MICROSOFT "com.microsoft"

/* The function while it is written.  The first error stays, and everything
 * after it does nothing. */
typedef struct {
  SacGraphBuilder *builder;
  const SacScope *scope;
  const SacOnnxNode *call;
  const SacOnnxAttribute *attributes; /* of the call */
  size_t attribute_count;
  GArray *nodes; /* SacOnnxNode */
  GError **error;
  bool failed;
} SacBody;

typedef struct {
  const char *domain; /* "" for ONNX's own */
  const char *op_type;
  int opset_min, opset_max; /* the decomposition is for these; 0: any */
  size_t inputs_min;
  const char *inputs; /* their names in the body: "x,bias" */
  const char *outputs;
  /* Whether this node is meant; NULL: all.  Only the call is known. */
  bool (*applies) (const SacBody *body);
  void (*write) (SacBody *body);
} SacDecomposition;

/* Tables, each ended by an entry without op_type. */
extern const SacDecomposition sac_decompose_attention[];
extern const SacDecomposition sac_decompose_fused[];
extern const SacDecomposition sac_decompose_norm[];
extern const SacDecomposition sac_decompose_place[];
extern const SacDecomposition sac_decompose_quantized[];
extern const SacDecomposition sac_decompose_simple[];
extern const SacDecomposition sac_decompose_volume[];

/* ret_function: what the node stands for, in the reader's store; NULL when it
 * stands for itself.  Errors: UNSUPPORTED, DAMAGED, TOO_LARGE. */
bool sac_decompose (SacGraphBuilder *builder,
                    const SacScope *scope,
                    const SacOnnxNode *node,
                    const SacOnnxFunction **ret_function,
                    GError **error);

/* Whether there is a decomposition for some version of the op. */
bool sac_decompose_knows (const char *domain, const char *op_type);

/* The rest is for the tables' own functions. */

/* True when the call has input i. */
bool sac_body_has (const SacBody *body, size_t input);
/* True when the call names output i. */
bool sac_body_wants (const SacBody *body, size_t output);
/* Rank of the call's input i as far as the file tells it, or -1. */
int sac_body_rank (const SacBody *body, size_t input);
/* Its shape, with -1 for unknown sizes, where the file states it for this very
 * value; else NULL. */
const SacShape *sac_body_shape (const SacBody *body, size_t input);

/* True when the call has input i, and it is known already. */
bool sac_body_is_constant (const SacBody *body, size_t input);

/* Attributes of the call; `fallback` when absent, an error when of another
 * kind. */
bool sac_body_has_attribute (const SacBody *body, const char *name);
int64_t sac_body_int (SacBody *body, const char *name, int64_t fallback);
float sac_body_float (SacBody *body, const char *name, float fallback);
const char *
sac_body_string (SacBody *body, const char *name, const char *fallback);
const float *
sac_body_floats (SacBody *body, const char *name, size_t *ret_count);
const int64_t *
sac_body_int_list (SacBody *body, const char *name, size_t *ret_count);

/* Adds a node of ONNX's own domain, or of SAC_DOMAIN_OWN when the name begins
 * with ':'.  edges: "a,b -> c,d"; "_" is one left out. */
void sac_body_node (SacBody *body, const char *op_type, const char *edges);

/* Attributes of the node added last. */
void sac_body_set_int (SacBody *body, const char *name, int64_t value);
void sac_body_set_float (SacBody *body, const char *name, float value);
void sac_body_set_string (SacBody *body, const char *name, const char *value);
void sac_body_set_ints (SacBody *body,
                        const char *name,
                        const int64_t *values,
                        size_t count);
#define sac_body_set_int_list(body, name, ...)                                 \
  sac_body_set_ints (body, name, (const int64_t[]){__VA_ARGS__},               \
                     sizeof ((const int64_t[]){__VA_ARGS__}) /                 \
                       sizeof (int64_t))
/* The call's attribute of that name, when it has it. */
void sac_body_pass (SacBody *body, const char *name);

/* Constants: a list of integers, and a number of the type of `like`. */
void sac_body_ints (SacBody *body,
                    const char *name,
                    const int64_t *values,
                    size_t count);
#define sac_body_int_constants(body, name, ...)                                \
  sac_body_ints (body, name, (const int64_t[]){__VA_ARGS__},                   \
                 sizeof ((const int64_t[]){__VA_ARGS__}) / sizeof (int64_t))
void sac_body_number (SacBody *body,
                      const char *name,
                      float value,
                      const char *like);

/* Ends the body with "node NAME (OP, opset N): MESSAGE". */
void sac_body_refuse (SacBody *body, int code, const char *format, ...)
  G_GNUC_PRINTF (3, 4);

/* Refuses the call when it has the input, by the name of what is missing. */
void sac_body_refuse_input (SacBody *body, size_t input, const char *what);
void sac_body_refuse_output (SacBody *body, size_t output, const char *what);

#endif
