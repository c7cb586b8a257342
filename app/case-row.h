/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* One case in a list: what it looks like, what it is called, and whether
 * annotations or a mask lie beside it. */
#ifndef SAC_APP_CASE_ROW_H
#define SAC_APP_CASE_ROW_H

#include "cases.h"

#define SAC_TYPE_CASE_ROW (sac_case_row_get_type ())
G_DECLARE_FINAL_TYPE (SacCaseRow, sac_case_row, SAC, CASE_ROW, GtkWidget)

GtkWidget *sac_case_row_new (SacThumbnails *thumbnails);

/* Rows are used again: shows a case, asks for its picture; NULL: neither. */
void sac_case_row_set_case (SacCaseRow *row, const SacCase *one);

#endif
