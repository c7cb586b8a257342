/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The bytes as a table of cases, of which every cell is then read. */

#include "cases/case-table.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacCaseTable) table =
    sac_case_table_parse ((const char *)data, size, "fuzz", &error);

  g_assert_true ((table == NULL) == (error != NULL));
  for (guint row = 0; table != NULL && row < sac_case_table_count_rows (table);
       row++) {
    for (guint i = 0; i < sac_case_table_count_columns (table); i++) {
      const char *cell = sac_case_table_get (table, row, i);

      g_assert_true (g_utf8_validate (cell, -1, NULL));
      g_assert_cmpint (sac_case_table_find (table, cell), <=,
                       (int)sac_case_table_count_rows (table));
    }
    sac_case_table_get_label (table, row);
  }
  return 0;
}
