/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a plan is made of, and the passes that make it, in their order.
 *
 * A slot is a tensor of the run: the elements of a value, or the gradient of
 * one.  A buffer is where a slot's elements lie; slots whose elements are the
 * same share one.  A step reads and writes slots.  Passes that fuse nodes or
 * change layouts belong between `want` and `steps`; they never touch ops. */
#ifndef SAC_NETWORK_PLAN_PRIVATE_H
#define SAC_NETWORK_PLAN_PRIVATE_H

#include "network/fold.h"
#include "network/plan.h"
#include "network/store.h"

typedef enum {
  SAC_BUFFER_ARENA,
  SAC_BUFFER_INPUT,    /* the caller's tensor */
  SAC_BUFFER_CONSTANT, /* the network's or the plan's */
  SAC_BUFFER_RESULT,   /* a tensor of its own that the result keeps */
} SacBufferKind;

typedef struct {
  SacBufferKind kind;
  size_t bytes;
  int first, last;     /* ARENA: steps between which it is in use; -1: never */
  size_t offset;       /* ARENA */
  int index;           /* INPUT: of the graph input.  RESULT: of the tensor */
  SacTensor *constant; /* CONSTANT; borrowed */
} SacBuffer;

typedef struct {
  SacType type;
  SacShape shape;
  int buffer;
} SacSlot;

typedef enum {
  SAC_STEP_FORWARD,
  SAC_STEP_SEED, /* output_gradients[0] = the cotangent, or what is made of
                    inputs[0], the target; the first step of the reverse sweep
                  */
  SAC_STEP_GRADIENT,
  SAC_STEP_ADD, /* input_gradients[0] += output_gradients[0] */
} SacStepKind;

/* Slots; -1 where the op gets NULL. */
typedef struct {
  SacStepKind kind;
  int node; /* of the graph, or -1 */
  const int *inputs;
  const int *outputs;
  const int *output_gradients;
  const int *input_gradients;
  const int *sums;  /* what they are added to; NULL unless the op sets */
  const int *clear; /* slots to be set to zero first */
  size_t clear_count;
  int workspace; /* buffer, or -1 */
  int saved;     /* buffer, or -1; the same in both directions */
  const SacShape *input_shapes;
  const SacShape *output_shapes;
  double cost;
  bool float32; /* no other kernels' products; see sac_plan_find_kinks() */
} SacStep;

/* What infer said about a node. */
typedef struct {
  bool inferred;
  bool folded; /* all outputs are constants of the plan */
  bool alias;
  void *params;
  GPtrArray *owned;
  size_t workspace_bytes;
  size_t gradient_workspace_bytes;
  size_t saved_bytes;
  uint32_t passes;
  double cost;
  GError *error; /* why it was not inferred; kept while planning */
} SacPlanNode;

typedef struct {
  const char *name; /* NULL: of a reduction */
  int value;
  int slot;
} SacPlanResult;

/* A reduction that was asked for. */
typedef struct {
  SacPlanReduction of;
  int value;     /* the probabilities */
  bool attached; /* it has a result */
  size_t index;  /* of values, or of gradients where it needs them */
} SacPlanReduced;

/* Nodes [first, end), one segment after the other. */
typedef struct {
  size_t first, end;
  bool again; /* what its gradients need is not kept: in the reverse sweep it
                 runs forward once more */
} SacPlanSegment;

struct SacPlan {
  gatomicrefcount ref_count;
  SacNetwork *network;
  const SacGraph *graph; /* the network's, or own_graph */
  SacGraph *own_graph;   /* after rewriting, or NULL */
  SacStore *store;       /* arrays of steps, folded tensors */
  SacValueInfo *infos;   /* per value; UNKNOWN type: not reached */
  SacPlanNode *nodes;    /* per node of the graph */

  /* What was asked for. */
  SacPlanResult *values;
  size_t value_count;
  SacPlanResult *gradients;
  size_t gradient_count;
  bool gradient_sums;
  bool has_kinks; /* see sac_plan_find_kinks() */
  int target;     /* value, or -1 */
  SacPlanReduced *reductions;
  size_t reduction_count;
  GArray *reducible; /* int: values of which reductions can be had */

  /* While planning: per value. */
  bool *carries; /* on a path from a `wrt` to the target */
  bool *needed;  /* its elements are */

  GArray *segments;      /* SacPlanSegment */
  size_t kept_bytes;     /* what gradients need of the forward pass */
  size_t repeated_count; /* forward steps in the reverse sweep */

  GArray *buffers;     /* SacBuffer */
  GArray *slots;       /* SacSlot */
  GArray *steps;       /* SacStep; the reverse sweep starts at `seed` */
  size_t seed;         /* step; the number of steps when there is none */
  size_t result_count; /* tensors behind RESULT buffers */
  size_t arena_bytes;
  size_t result_bytes;
  size_t operand_count; /* the most that one step has on any side */
  double cost;          /* of all steps */

  SacGraph decided_graph; /* where shapes have decided an If */

  GMutex arena_mutex; /* guards the one arena that is kept between runs */
  void *idle_arena;

  GMutex findings_mutex;
  GHashTable *findings; /* by name; see sac_plan_add_finding */

  GMutex constants_mutex;
  bool holds_constants; /* those of its buffers are not at rest */
};

/* Larger arenas are not kept between runs. */
#define SAC_PLAN_IDLE_BYTES ((size_t)256 << 20)

/* A reference that does not keep the network alive: the network's own. */
SacPlan *sac_plan_hold (SacPlan *plan);
void sac_plan_let_go (SacPlan *plan);

/* What the plan holds by itself between runs: constants and an arena. */
size_t sac_plan_count_bytes (const SacPlan *plan);

static inline SacStep *
sac_plan_step (const SacPlan *plan, size_t index)
{
  return &g_array_index (plan->steps, SacStep, index);
}

static inline SacPlanSegment *
sac_plan_segment (const SacPlan *plan, size_t index)
{
  return &g_array_index (plan->segments, SacPlanSegment, index);
}

static inline SacSlot *
sac_plan_slot (const SacPlan *plan, int index)
{
  return &g_array_index (plan->slots, SacSlot, index);
}

static inline SacBuffer *
sac_plan_buffer (const SacPlan *plan, int index)
{
  return &g_array_index (plan->buffers, SacBuffer, index);
}

/* 1. Binds shapes, asks every node it can, folds. */
bool sac_plan_infer (SacPlan *plan,
                     const SacShape *input_shapes,
                     SacJob *job,
                     GError **error);

/* 2. Turns the names of the request into values, and fails when one of them
 * cannot be computed for these shapes. */
bool
sac_plan_resolve (SacPlan *plan, const SacPlanRequest *request, GError **error);

/* Whether the node looks at no more than the shape of an input. */
bool sac_plan_only_shape (const SacNode *node, size_t input);

/* Asks a node that has changed. */
void sac_plan_ask (SacPlan *plan, size_t node);

/* Marks the values that a gradient may go back through.  varies: one per value,
 * all false. */
void sac_plan_find_varying (const SacPlan *plan, bool *varies);

/* Whether slopes on the way back jump where a sum passes some number: then all
 * products that the gradient goes back through are float32's, as the errors of
 * other kernels, ten times as large, would put more sums on the other side of
 * it.  To be asked before nodes are put in the place of others. */
bool sac_plan_find_kinks (const SacPlan *plan);

/* 3. Puts one node in the place of several where nothing that was asked for is
 * lost: see rewrite.h. */

/* 4. Finds the values that carry a gradient. */
bool sac_plan_find_paths (SacPlan *plan, GError **error);

typedef enum {
  SAC_EDGE_NONE,   /* nothing flows back here */
  SAC_EDGE_FLOW,   /* a gradient does */
  SAC_EDGE_BROKEN, /* it would, but we cannot */
} SacEdge;

/* Whether a gradient flows back through a node to one of its inputs. */
SacEdge sac_plan_edge (const SacPlan *plan, size_t node, size_t input);

/* 5. Finds the values whose elements are needed. */
void sac_plan_want (SacPlan *plan);

bool sac_plan_saves (uint32_t mask, size_t index);

/* Whether a gradient flows back through a node to one of its inputs, and on to
 * something that was asked for. */
bool sac_plan_flows (const SacPlan *plan, size_t node, size_t input);

/* Of which inputs a gradient step of the node needs the elements; of the
 * outputs it is the op's mask.  ret_saved: one place per input. */
void sac_plan_list_saved (const SacPlan *plan, size_t node, bool *ret_saved);

/* Marks the values whose elements a gradient step of the node needs.  marks:
 * one per value. */
void sac_plan_mark_saved (const SacPlan *plan, size_t node, bool *marks);

/* Whether output 0 of the node is its input 0 under another shape, and nothing
 * else of it is wanted. */
bool sac_plan_is_alias (const SacPlan *plan, size_t node);

/* Whether the node is computed forward, and whether a gradient goes back
 * through it. */
bool sac_plan_runs (const SacPlan *plan, size_t node);
bool sac_plan_has_gradient (const SacPlan *plan, size_t node);

/* 6. Cuts the nodes into segments, of which as many are run again in the
 * reverse sweep as have to be for `budget` bytes to hold what is kept.
 * 0: SAC_LIMIT_KEPT_BYTES. */
void sac_plan_cut (SacPlan *plan, size_t budget);

/* 7. Makes slots and steps. */
void sac_plan_make_steps (SacPlan *plan);

/* 8. Gives buffers their lifetime and place.  Errors: TOO_LARGE. */
bool sac_plan_place (SacPlan *plan, GError **error);

/* Brings the constants of all buffers, at the first run.  Errors: UNREADABLE
 * (the file has changed), TOO_LARGE, cancelled. */
bool sac_plan_hold_constants (SacPlan *plan, SacJob *job, GError **error);
void sac_plan_drop_constants (SacPlan *plan);

/* Replaces the node when it is an If whose condition is known. */
void sac_plan_choose (SacPlan *plan, size_t node);

/* Checks a tensor or shape for a graph input.  type: UNKNOWN is not checked. */
bool sac_plan_check_input (const SacGraph *graph,
                           size_t input,
                           SacType type,
                           const SacShape *shape,
                           GError **error);

#endif
