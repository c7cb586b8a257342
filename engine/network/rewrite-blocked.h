/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Private to rewrite-blocked*.c: convolutions and what lies between them become
 * units, each a blocked op in the place of one or several nodes. */
#ifndef SAC_NETWORK_REWRITE_BLOCKED_H
#define SAC_NETWORK_REWRITE_BLOCKED_H

#include "network/ops/blocked-activation.h"
#include "network/rewrite.h"

typedef struct {
  const SacOp *op;
  const void *params; /* in the plan's store */
  size_t params_size;
  const int *inputs; /* values of the network, in their plain form */
  size_t input_count;
  bool reads_plain; /* even where there is a blocked form */
  int first;        /* node that lends its name */
  int node;         /* the one that is replaced: it makes the output */
  int output;       /* value, in its plain form */
  SacBlockedSize size;
  bool has_twin; /* the output can have a blocked form */
  bool has_mean; /* it makes the mean of its images, too, blocked alone */
  int mean;      /* value, in its plain form, which nobody reads */
  SacBlockedSize mean_size;
} SacBlockedUnit;

typedef struct {
  SacPlan *plan;
  SacRewrite *rewrite;
  bool exact;
  GArray *units; /* SacBlockedUnit */
  bool *taken;   /* per node: it is part of a unit */
  bool *keeps;   /* per value: a gradient to it is asked for, so that all who
                    read it read the plain form */
  bool *blocked; /* per value: a unit makes it, and can make the blocked form */
  bool *varies;  /* per value: a gradient may go back through what makes it */
} SacBlocking;

/* A float32 image that can be blocked. */
bool sac_blocking_is_image (const SacBlocking *blocking, int value);

/* What the value is another name of, so that nobody has to make it: the input
 * of Identity, Dropout or an empty Pad. */
int sac_blocking_resolve (const SacBlocking *blocking, int value);

/* It can be read in its blocked form. */
bool sac_blocking_is_blocked (const SacBlocking *blocking, int value);

/* A constant scalar. */
bool sac_blocking_get_scalar (const SacBlocking *blocking,
                              int value,
                              float *ret_number);

/* A constant of `count` float32 elements: its copy, freed with the plan, in
 * whole blocks.  Returns: NULL when it is none. */
float *sac_blocking_copy_constant (const SacBlocking *blocking,
                                   int value,
                                   size_t count);

/* The unit reads the value in its blocked form. */
bool sac_blocking_reads_blocked (const SacBlocking *blocking,
                                 const SacBlockedUnit *unit,
                                 int value);

/* Takes the nodes and adds the unit. */
void sac_blocking_add (SacBlocking *blocking,
                       const SacBlockedUnit *unit,
                       const int *nodes,
                       size_t node_count);

/* Nodes of one unit, in the order they are found. */
#define SAC_BLOCKING_NODES 12

typedef struct {
  int value; /* where it has got to */
  int nodes[SAC_BLOCKING_NODES];
  size_t node_count;
} SacBlockingChain;

bool sac_blocking_go_on (SacBlockingChain *chain, int node, int value);

/* The function that node applies to its first input, alone. */
bool sac_blocking_match_function (const SacBlocking *blocking,
                                  int node,
                                  SacBlockedActivation *ret_activation);

/* x f (x), from the node that begins with f: SiLU and HardSwish.  The chain
 * then ends with the product. */
bool sac_blocking_match_gate (const SacBlocking *blocking,
                              int node,
                              SacBlockingChain *chain,
                              SacBlockedActivation *ret_activation);

/* Takes a function of the chain's value, which nobody else reads, into it. */
void sac_blocking_end_chain (const SacBlocking *blocking,
                             SacBlockingChain *chain,
                             SacBlockedActivation *ret_activation);

/* Takes GELU of the chain's value, which nobody else reads, into it: with the
 * error function or quick, in parts. */
void sac_blocking_match_gelu (const SacBlocking *blocking,
                              SacBlockingChain *chain,
                              SacBlockedActivation *ret_activation);

/* y = x scale + shift of a BatchNormalization with known numbers, in whole
 * blocks. */
typedef struct {
  float *scale, *shift;
} SacBlockingNorm;

bool sac_blocking_match_norm (const SacBlocking *blocking,
                              int node,
                              SacBlockingNorm *ret_norm);

/* Layer normalisation of x along one axis, with known numbers in whole blocks,
 * or NULL for 1 and 0. */
typedef struct {
  int x;    /* value */
  int axis; /* not negative */
  size_t columns;
  float *scale, *bias;
  float epsilon;
} SacBlockingLayerNorm;

/* From LayerNormalization, or from the mean that its parts begin with. */
bool sac_blocking_match_layer_norm (const SacBlocking *blocking,
                                    int node,
                                    SacBlockingChain *ret_chain,
                                    SacBlockingLayerNorm *ret_norm);

/* Each tries to make a unit that begins with the node. */
void sac_blocking_match_conv (SacBlocking *blocking, int node);
void sac_blocking_match_channels_last (SacBlocking *blocking, int node);
bool sac_blocking_match_channel_norm (SacBlocking *blocking, int node);
void sac_blocking_match_other (SacBlocking *blocking, int node);

/* After all units are known. */
void sac_blocking_join_units (SacBlocking *blocking);

#endif
