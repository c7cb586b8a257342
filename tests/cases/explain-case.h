/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* One reference case opened for the tests of the methods. */
#ifndef SAC_TESTS_EXPLAIN_CASE_H
#define SAC_TESTS_EXPLAIN_CASE_H

#include "case.h"
#include "explain/method.h"

typedef struct {
  char *folder;
  JsonParser *parser;
  JsonObject *root;
  SacModel *model;
} ExplainCase;

/* Opens fixtures/models/NAME.  Returns: NULL after skipping the test, because
 * the data or an op is not there. */
ExplainCase *explain_case_new (const char *name);
void explain_case_free (ExplainCase *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExplainCase, explain_case_free)

double explain_case_tolerance (const ExplainCase *self, const char *section);

/* Those of a section; given back to case_free_inputs(). */
SacTensor **explain_case_read_inputs (const ExplainCase *self,
                                      JsonObject *section);

/* A plan without wishes for the shapes of a section's inputs. */
SacPlan *explain_case_plan (const ExplainCase *self, JsonObject *section);

/* Checks the case's own run, then each of its extra ones. */
void explain_case_each_run (const ExplainCase *self,
                            void (*check) (const ExplainCase *self,
                                           JsonObject *section));

/* Adds a test PREFIX/NAME for every case of the index; one test that is
 * skipped when there is none. */
void explain_case_add_all (const char *prefix, GTestDataFunc func);

#endif
