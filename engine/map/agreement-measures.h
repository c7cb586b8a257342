/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The measures of agreement: one table, in the order of SacAgreementKind. */
#ifndef SAC_MAP_AGREEMENT_MEASURES_H
#define SAC_MAP_AGREEMENT_MEASURES_H

#include "map/agreement-side.h"
#include "map/agreement.h"

struct SacAgreementPair {
  const AgreementSide *a, *b; /* the same cells of the same grid */
};

/* Returns: NULL when the measure is defined for these two, else why not:
 * constant, English, marked for translation. */
const char *agreement_explain_undefined (SacAgreementKind kind,
                                         const SacAgreementPair *pair);
/* Of what is defined. */
double agreement_measure (SacAgreementKind kind, const SacAgreementPair *pair);

#endif
