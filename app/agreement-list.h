/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* How far the two maps agree, a number a row, each with what it means. */
#ifndef SAC_APP_AGREEMENT_LIST_H
#define SAC_APP_AGREEMENT_LIST_H

#include "document.h"

#define SAC_TYPE_AGREEMENT_LIST (sac_agreement_list_get_type ())
G_DECLARE_FINAL_TYPE (
  SacAgreementList, sac_agreement_list, SAC, AGREEMENT_LIST, GtkWidget)

/* Once. */
void sac_agreement_list_set_document (SacAgreementList *list,
                                      SacDocument *document);

#endif
