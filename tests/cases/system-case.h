/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The networks of tests/cases/systems and what is asked of each: a case has
 * runs, which are inputs of some shape, and a run has maps. */
#ifndef SAC_TESTS_SYSTEM_CASE_H
#define SAC_TESTS_SYSTEM_CASE_H

#include "case.h"
#include "network/model.h"

typedef struct SystemCases SystemCases;

/* Reads all cases; the models are opened when they are first used. */
SystemCases *system_cases_new (void);
void system_cases_free (SystemCases *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SystemCases, system_cases_free)

/* What a family of tests is about, and the function for one of them. */
typedef struct {
  const char *name;
  /* NULL: once for each run.  Else a member of the run, an array: once for each
   * of its elements, named after its `method`. */
  const char *each;
  GTestDataFunc func;
} SystemTests;

/* Adds a test /systems/CASE/RUN/NAME for every run of every case. */
void system_cases_add (SystemCases *self, const SystemTests *tests);

/* A run with its inputs made, for the data that a test is given. */
typedef struct {
  SacModel *model;
  SacNetwork *network;
  const SacGraph *graph;
  JsonObject *json;  /* of the run */
  JsonObject *entry; /* of `each`; NULL: the test is about the run */
  SacTensor **tensors;
  SacShape *shapes;
  const char **names; /* of the inputs, NULL-terminated */
} SystemRun;

SystemRun *system_run_new (const void *data);
void system_run_free (SystemRun *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SystemRun, system_run_free)

const SacTensor *const *system_run_inputs (const SystemRun *self);

/* A plan without wishes. */
SacPlan *system_run_plan (const SystemRun *self);

#endif
