/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Small models of tiles that a test writes, and runs with them. */
#ifndef SAC_TESTS_PROBE_H
#define SAC_TESTS_PROBE_H

#include "slide/slide-run.h"

/* Gives each tile's mean red, green and blue, 0 to 255, as three classes. */
#define PROBE_MEAN                                                             \
  "opset 13\n"                                                                 \
  "input image float ?,3,SIDE,SIDE\n"                                          \
  "node _ GlobalAveragePool image -> p\n"                                      \
  "node _ Flatten p -> rgb\n"                                                  \
  "output rgb float ?,3\n"

/* A convolution, its mean, and two classes "no" and "yes" made of it. */
#define PROBE_NETWORK                                                          \
  "opset 13\n"                                                                 \
  "input image float ?,3,SIDE,SIDE\n"                                          \
  "noise w 16,3,3,3\n"                                                         \
  "noise head 2,16\n"                                                          \
  "init b float 2 0.1 -0.1\n"                                                  \
  "node _ Conv image,w -> c kernel_shape=is:3,3 pads=is:1,1,1,1 "              \
  "strides=is:4,4\n"                                                           \
  "node _ Relu c -> features\n"                                                \
  "node _ GlobalAveragePool features -> p\n"                                   \
  "node _ Flatten p -> flat\n"                                                 \
  "node _ Gemm flat,head,b -> logits transB=i:1\n"                             \
  "output logits float ?,2\n"

typedef struct {
  const char *id;
  const char *network; /* SIDE is replaced */
  int side;
  double mpp;           /* 0: not stated */
  const char *role;     /* NULL: "tile" */
  const char *manifest; /* its text, instead of one made of the above */
} ProbeParams;

SacModel *probe_model_new (const ProbeParams *params);

/* A run into a new folder, or into that of `folder`; fails the test on errors.
 */
SacSlideRun *probe_run_new (SacSource *source,
                            SacModel *model,
                            const SacSlideParams *wishes,
                            const char *folder);

/* Runs all of it. */
void probe_run_go (SacSlideRun *run);

/* A slide, a model of its tiles and a folder for runs. */
typedef struct {
  SacSource *source;
  SacModel *model;
  SacSlideParams wishes; /* what runs are asked for besides */
  char *folder;
} ProbeStage;

void probe_stage_init (ProbeStage *self, const char *slide);
void probe_stage_finish (ProbeStage *self);

/* A run into a folder of that name; the second runs all of it. */
SacSlideRun *probe_stage_begin (const ProbeStage *self, const char *name);
SacSlideRun *probe_stage_complete (const ProbeStage *self, const char *name);

/* Fails the test unless both hold the same bits for every tile. */
void probe_assert_same (SacSlideRun *a, SacSlideRun *b);

#endif
