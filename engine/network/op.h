/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What an op is: one const struct per ONNX operator, listed in ops.c.
 *
 * Checking happens once, in infer; forward and gradient cannot fail.  infer
 * reads the attributes, checks everything (types, shapes, values of constant
 * inputs, limits), fills the types and shapes of the outputs and leaves what
 * the kernels need in params.  forward and gradient see params and tensors
 * only.  What only the run's own data can break (an index computed from the
 * image) is reported through sac_call_fault.  A new op is a file in ops/ (or an
 * entry in one) and a line in ops.c.
 */
#ifndef SAC_NETWORK_OP_H
#define SAC_NETWORK_OP_H

#include "base/job.h"
#include "network/graph.h"
#include "tensor/tensor.h"

/* What is known about a value while planning. */
typedef struct {
  SacType type;
  SacShape shape;            /* bound: no size is negative */
  const SacTensor *constant; /* its elements when known already, else NULL */
} SacValueInfo;

typedef struct {
  const SacNode *node;
  int opset; /* of the node's domain */
  size_t input_count;
  const SacValueInfo *const *inputs; /* NULL: an optional input left out */
  size_t output_count;
  SacValueInfo *outputs; /* infer fills type and shape; those of an output the
                            node leaves out (value -1) are filled as well */

  /* Results besides the outputs. */
  void *params;           /* from sac_infer_params */
  size_t workspace_bytes; /* scratch for one forward call */
  size_t gradient_workspace_bytes;
  size_t saved_bytes; /* what forward leaves for gradient besides the elements
                         named by the saves_... masks (see SacCall) */
  double cost; /* multiply-adds of one forward call, for progress and to judge
                  what is worth folding; 0: one per element of the outputs */
  bool alias;  /* output 0 has the elements of input 0 unchanged, only another
                  shape: the plan may share the memory and skip forward */
  uint32_t passes;  /* bit i: dX of input i, where it has the shape of the one
                       output that has a gradient, is that gradient as it is: the
                       plan lets one be the other where it can, and then says
                       that this dX is not wanted */
  GPtrArray *owned; /* private: what params points to */
} SacInfer;

/* Zero-filled memory that lives as long as the plan's step; infer may call it
 * several times (arrays that params points to) and sets infer->params. */
void *sac_infer_alloc (SacInfer *infer, size_t size);

/* Sets an error of the form "node NAME (OP, opset N): MESSAGE" and returns
 * false, so that infer can `return sac_infer_fail (...)`. */
bool sac_infer_fail (const SacInfer *infer,
                     int code,
                     GError **error,
                     const char *format,
                     ...) G_GNUC_PRINTF (4, 5);

/* One execution. */
typedef struct {
  const void *params;
  size_t input_count;
  const SacTensor *const *inputs; /* NULL where left out */
  size_t output_count;
  SacTensor *const *outputs; /* NULL where nobody wants it */
  void *workspace;           /* 64-byte aligned, not cleared */
  void *saved; /* saved_bytes, 64-byte aligned, not cleared: to be filled for
                  gradient.  NULL when no gradient will follow */
  const SacJob *job;  /* long kernels may look at it between chunks and return
                         early: the run then reports the cancellation */
  const char **fault; /* NULL, or where sac_call_fault leaves its sentence; the
                         caller sets it to NULL and looks at it afterwards */
} SacCall;

/* The elements themselves make the answer impossible (an index that was
 * computed lies beyond its axis, an integer is divided by zero): the run ends
 * with an error that names the node and says `why`, a literal without a full
 * stop.  From the calling thread only.  What the outputs hold then does not
 * matter, but the kernel must stay inside its memory. */
static inline void
sac_call_fault (const SacCall *call, const char *why)
{
  if (call->fault != NULL && *call->fault == NULL)
    *call->fault = why;
}

/* One reverse step: given dY for each output, adds to dX of each input, or, if
 * the op `sets`, sets it. */
typedef struct {
  const void *params;
  size_t input_count;
  const SacTensor *const *inputs; /* NULL where left out, or not asked for by
                                     the masks; shapes: see input_shapes */
  const SacShape *input_shapes;
  size_t output_count;
  const SacTensor *const *outputs; /* NULL unless saves_outputs */
  const SacShape *output_shapes;
  const SacTensor *const
    *output_gradients;               /* dY; NULL means zero, but not of all */
  SacTensor *const *input_gradients; /* add dX here; NULL: not wanted */
  /* Of an op that sets, else NULL: what dX is besides its own part, NULL for
     nothing.  Never dX itself, but maybe the dX of an input before it, where
     both are one value. */
  const SacTensor *const *sums;
  const void *saved; /* what forward left; NULL: saved_bytes is 0 */
  void *workspace;
  const SacJob *job;
} SacGradientCall;

/* Bit i of saves_inputs: gradient needs the elements of input i (the plan keeps
 * them); the same for saves_outputs.  Bit i of saves_cross: it needs them only
 * for the gradient of another input that is in saves_cross too, as a product
 * does: with one constant factor nothing of the other is kept.  What is smaller
 * than the elements (a bit, an index) goes to `saved`. */
#define SAC_SAVE_NONE 0u
#define SAC_SAVE(i) (1u << (i))
#define SAC_SAVE_ALL 0xffffffffu

struct SacOp {
  const char *name;   /* as ONNX spells it */
  const char *domain; /* NULL: the ONNX domain "" or "ai.onnx" */
  int opset_min;      /* 0: any; first opset version that has the op */
  bool shape_only;    /* forward looks at the shapes of its inputs, never at
                         their elements (Shape, Size): the plan computes it */
  /* Bit i: of input i only type and shape matter; it is not computed for this,
     and may be NULL in calls. */
  uint32_t shape_inputs;
  size_t inputs_min, inputs_max; /* SIZE_MAX: no limit */
  size_t outputs_min, outputs_max;

  bool (*infer) (SacInfer *infer, GError **error);
  /* What the runs of all plans share and a first run has to make, like packed
     weights; called before each run, once for forward and once for gradient if
     that will follow.  From several threads at once.  NULL: nothing. */
  bool (*prepare) (const void *params,
                   bool gradient,
                   const SacJob *job,
                   GError **error);
  /* Which of several ways the op takes, for people.  NULL: there is one. */
  const char *(*algorithm) (const void *params, bool gradient);
  void (*forward) (const SacCall *call);

  /* NULL with zero_gradient: the derivative is zero or the output an integer
   * (Shape, Equal, Floor): a path through it carries nothing.  NULL without:
   * not differentiable here, and asking for a gradient along it is an error. */
  void (*gradient) (const SacGradientCall *call);
  bool zero_gradient;
  uint32_t saves_inputs;
  uint32_t saves_cross;
  uint32_t saves_outputs;
  /* Bit i: input i has a gradient; one along another float input that depends
     on the data is an error.  0 means all float inputs. */
  uint32_t gradient_inputs;
  /* gradient sets all elements of each dX, which hold anything before: to its
     own part plus what `sums` has.  Without, dX is cleared before somebody is
     the first to add to it. */
  bool sets;
};

/* Attributes: the ones below return the default when the attribute is absent
 * and fail (false) when it has the wrong kind. */
bool sac_infer_int (const SacInfer *infer,
                    const char *name,
                    int64_t fallback,
                    int64_t *ret_value,
                    GError **error);
bool sac_infer_float (const SacInfer *infer,
                      const char *name,
                      float fallback,
                      float *ret_value,
                      GError **error);
/* *ret_values is borrowed; NULL and 0 when absent. */
bool sac_infer_ints (const SacInfer *infer,
                     const char *name,
                     const int64_t **ret_values,
                     size_t *ret_count,
                     GError **error);
bool sac_infer_floats (const SacInfer *infer,
                       const char *name,
                       const float **ret_values,
                       size_t *ret_count,
                       GError **error);
/* *ret_value is borrowed; `fallback` when absent. */
bool sac_infer_string (const SacInfer *infer,
                       const char *name,
                       const char *fallback,
                       const char **ret_value,
                       GError **error);
const SacAttribute *sac_infer_attribute (const SacInfer *infer,
                                         const char *name);

/* Elements of an int64/int32 input that must be known while planning (shapes,
 * axes, repeats).  Fails when the input is absent, not an integer, of rank
 * above 1 or depends on the data. */
bool sac_infer_constant_ints (const SacInfer *infer,
                              size_t input,
                              const int64_t **ret_values,
                              size_t *ret_count,
                              GError **error);

/* True when the node has input i. */
static inline bool
sac_infer_has (const SacInfer *infer, size_t input)
{
  return input < infer->input_count && infer->inputs[input] != NULL;
}

/* Fails unless input i is present and of a floating type. */
bool sac_infer_need_float (const SacInfer *infer, size_t input, GError **error);
/* Fails unless all present inputs have one and the same type. */
bool sac_infer_same_types (const SacInfer *infer, GError **error);
/* Checks rank <= SAC_LIMIT_RANK, sizes, and SAC_LIMIT_VALUE_BYTES, then sets
 * output i. */
bool sac_infer_output (SacInfer *infer,
                       size_t output,
                       SacType type,
                       const SacShape *shape,
                       GError **error);

#endif
