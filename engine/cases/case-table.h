/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a table of text says of images: one row an image, found by its name.
 *
 * Commas, semicolons or tabs between cells, quotes around those that have some
 * inside, the columns' names in the first line.  One of these names the image:
 * "image_id", "isic_id", "image", ... as ISIC, HAM10000 and slide sets do. */
#ifndef SAC_CASES_CASE_TABLE_H
#define SAC_CASES_CASE_TABLE_H

#include <glib.h>
#include <stdbool.h>

typedef struct SacCaseTable SacCaseTable;

/* Errors: UNREADABLE, UNSUPPORTED when no column names images (says which are
 * known), DAMAGED (with the line), TOO_LARGE. */
SacCaseTable *sac_case_table_read (const char *path, GError **error);

/* From memory; `name` stands in messages. */
SacCaseTable *sac_case_table_parse (const char *text,
                                    gsize size,
                                    const char *name,
                                    GError **error);
void sac_case_table_free (SacCaseTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacCaseTable, sac_case_table_free)

guint sac_case_table_count_columns (const SacCaseTable *table);
const char *sac_case_table_get_column (const SacCaseTable *table, guint column);
guint sac_case_table_count_rows (const SacCaseTable *table);

/* UTF-8, may be empty. */
const char *
sac_case_table_get (const SacCaseTable *table, guint row, guint column);

/* The row of an image, called by its file's name without the ending, or with
 * it; upper and lower case are the same.  Of several the first.  Returns: -1
 * when there is none. */
int sac_case_table_find (const SacCaseTable *table, const char *stem);

/* What the row says that the image shows: the cell of a column called "dx",
 * "diagnosis", "label", ..., or, among columns that hold one 1 and otherwise 0,
 * the name of the one with the 1.  Returns: NULL when it says nothing. */
const char *sac_case_table_get_label (const SacCaseTable *table, guint row);

#endif
