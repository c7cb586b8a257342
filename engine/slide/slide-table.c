/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "slide/slide-table.h"

#include "base/error.h"
#include "base/output.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

void
sac_slide_table_get_place (const SacSlideRun *run,
                           size_t place,
                           int *ret_row,
                           int *ret_column)
{
  uint32_t columns = (uint32_t)sac_slide_run_get_grid (run)->columns;
  uint32_t tile = sac_slide_run_get_list (run)->tiles[place];

  *ret_row = (int)(tile / columns);
  *ret_column = (int)(tile % columns);
}

void
sac_slide_table_put_number (FILE *file, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  fputs (g_ascii_formatd (text, sizeof text, "%.9g", value), file);
}

static bool
write_all (SacSlideTable *table,
           SacSlideTableFunc write,
           const char *head,
           const char *tail,
           SacJob *job,
           GError **error)
{
  size_t count = sac_slide_run_get_list (table->run)->count;

  fputs (head, table->file);
  for (size_t i = 0; i < count; i++) {
    if (i % 4096 == 0 && !sac_job_check (job, error))
      return false;
    write (table, i);
  }
  fputs (tail, table->file);
  return true;
}

bool
sac_slide_table_write (SacSlideRun *run,
                       const char *path,
                       SacSlideTableFunc func,
                       void *data,
                       const char *const ends[2],
                       SacJob *job,
                       GError **error)
{
  char *temporary = sac_output_begin (path, error);
  FILE *file = temporary != NULL ? g_fopen (temporary, "we") : NULL;
  SacSlideTable table = {run, file, 0, data};

  if (temporary == NULL)
    return false;

  bool good =
    file != NULL && write_all (&table, func, ends[0], ends[1], job, error);
  bool cancelled = file != NULL && !good;
  bool failed = file == NULL || ferror (file) != 0;

  if (file != NULL && fclose (file) != 0)
    failed = true;
  if (good && !failed)
    return sac_output_commit (temporary, path, error);
  if (!cancelled)
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNWRITABLE,
                 "%s: cannot be written (%s); make room and run the same again",
                 path, g_strerror (errno));
  sac_output_discard (temporary);
  return false;
}

void
sac_slide_table_add_field (GString *line, const char *text)
{
  g_autofree char *doubled = NULL;

  if (strpbrk (text, ",\"\n\r") == NULL) {
    g_string_append_printf (line, ",%s", text);
    return;
  }

  g_auto (GStrv) parts = g_strsplit (text, "\"", -1);

  doubled = g_strjoinv ("\"\"", parts);
  g_string_append_printf (line, ",\"%s\"", doubled);
}

void
sac_slide_table_put_place (const SacSlideTable *table, size_t place)
{
  int row, column;

  sac_slide_table_get_place (table->run, place, &row, &column);

  SacRect tile =
    sac_tile_grid_get_tile (sac_slide_run_get_grid (table->run), row, column);
  const double numbers[4] = {tile.x, tile.y, tile.width, tile.height};

  for (int i = 0; i < 4; i++) {
    sac_slide_table_put_number (table->file, numbers[i]);
    putc (',', table->file);
  }
  fprintf (table->file, "%d,%d", row, column);
}
