/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* One parameter of a method's table: what it is, what it takes, its value.  A
 * value that the parameter does not take is refused with the range and goes
 * nowhere.
 *
 * Signal "changed" (const char *text): the reader gave a value that the
 * parameter takes; showing by program does not emit it. */
#ifndef SAC_APP_PARAM_ROW_H
#define SAC_APP_PARAM_ROW_H

#include "explain/method.h"

#include <gtk/gtk.h>

#define SAC_TYPE_PARAM_ROW (sac_param_row_get_type ())
G_DECLARE_FINAL_TYPE (SacParamRow, sac_param_row, SAC, PARAM_ROW, GtkWidget)

/* param: of a table, which outlives the row. */
GtkWidget *sac_param_row_new (const SacMethodParam *param);

const SacMethodParam *sac_param_row_get_param (SacParamRow *row);

void sac_param_row_show (SacParamRow *row, const char *text);

/* As if the reader had typed it. */
void sac_param_row_enter (SacParamRow *row, const char *text);

/* Why the last value was refused; NULL: it was not. */
const char *sac_param_row_get_trouble (SacParamRow *row);

/* What a value is called: the name of a choice in the reader's language; any
 * other text is called itself. */
const char *sac_param_get_shown (const SacMethodParam *param, const char *text);

/* "a whole number from 1 to 1000", in the reader's language.  Returns: a new
 * string. */
char *sac_param_dup_range (const SacMethodParam *param);

#endif
