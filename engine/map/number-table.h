/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Text tables of numbers, as other programs write scores: a line of names, then
 * a line for each row, parted by commas, semicolons or tabs.
 *
 * A field may be a list, "[0, 0, 224, 224]" or "(0, 0)": it stands for as many
 * columns, called NAME[0], NAME[1] and so on.  An empty field, "nan", "None",
 * "null" and "N/A" are NaN; beyond 3.4e38, where float32 ends, is no number.
 * Between semicolons a number may have a comma for its point, but not in one
 * column now the one and now the other. */
#ifndef SAC_MAP_NUMBER_TABLE_H
#define SAC_MAP_NUMBER_TABLE_H

#include <glib.h>
#include <stdbool.h>

typedef struct {
  GPtrArray *names; /* of char *: lower case, UTF-8; one for each column */
  char **text; /* of a column the first field that is no number (its beginning,
                  UTF-8); NULL: none.  Such fields are NaN */
  size_t *text_line;
  bool *has_numbers;
  char *points; /* of a column's numbers: '.', ',' or 0 for neither */
  char **first; /* the first row's text */
  bool *varies; /* a column with another text in a later row */
  size_t row_count;
  GArray *numbers; /* of double: row_count * names->len, row by row */
} SacNumberTable;

/* name: stands in messages.  Errors: DAMAGED (with the line), UNSUPPORTED (no
 * table), TOO_LARGE. */
SacNumberTable *sac_number_table_parse (const char *text,
                                        size_t size,
                                        const char *name,
                                        GError **error);
void sac_number_table_free (SacNumberTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacNumberTable, sac_number_table_free)

static inline double
sac_number_table_get (const SacNumberTable *table, size_t row, guint column)
{
  return g_array_index (table->numbers, double,
                        row * table->names->len + column);
}

/* Index of the first column that has one of the names (NULL-terminated, in
 * order of preference); -1: none. */
int sac_number_table_find (const SacNumberTable *table,
                           const char *const *names);

#endif
