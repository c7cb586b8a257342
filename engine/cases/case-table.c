/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "cases/case-table.h"

#include "base/error.h"
#include "base/limits.h"

#include <string.h>
#include <sys/stat.h>

struct SacCaseTable {
  GPtrArray *cells; /* of char *, row by row, the names first */
  guint column_count;
  int id_column;
  int label_column; /* -1: none */
  GHashTable *rows; /* image in lower case -> row + 1 */
};

/* The earlier, the surer. */
static const char *const id_names[] = {
  "image_id", "isic_id",   "image_name", "image",    "img_id",
  "filename", "file_name", "file",       "slide_id", "slide",
  "case_id",  "case",      "name",       "id",
};
static const char *const label_names[] = {
  "dx",     "diagnosis", "diagnosis_1", "label",
  "target", "class",     "category",    "benign_malignant",
};

void
sac_case_table_free (SacCaseTable *table)
{
  if (table == NULL)
    return;
  g_ptr_array_unref (table->cells);
  g_hash_table_unref (table->rows);
  g_free (table);
}

guint
sac_case_table_count_columns (const SacCaseTable *table)
{
  return table->column_count;
}

guint
sac_case_table_count_rows (const SacCaseTable *table)
{
  return table->cells->len / table->column_count - 1;
}

const char *
sac_case_table_get_column (const SacCaseTable *table, guint column)
{
  return table->cells->pdata[column];
}

const char *
sac_case_table_get (const SacCaseTable *table, guint row, guint column)
{
  return table->cells->pdata[(row + 1) * table->column_count + column];
}

/* Where the reader is in the text. */
typedef struct {
  const char *at, *end;
  char delimiter;
  guint line;
} Reader;

/* Whichever of them the first line has most of. */
static char
find_delimiter (const char *text, const char *end)
{
  static const char known[] = {',', ';', '\t'};
  guint counts[G_N_ELEMENTS (known)] = {0}, best = 0;

  for (const char *at = text; at < end && *at != '\n'; at++)
    for (guint i = 0; i < G_N_ELEMENTS (known); i++)
      counts[i] += *at == known[i];
  for (guint i = 1; i < G_N_ELEMENTS (known); i++)
    if (counts[i] > counts[best])
      best = i;
  return known[best];
}

/* What stands between quotes; a doubled one stands for itself. */
static bool
read_quoted (Reader *reader, GString *cell, GError **error)
{
  guint first_line = reader->line;

  for (reader->at++; reader->at < reader->end; reader->at++) {
    if (*reader->at == '"' &&
        (reader->at + 1 == reader->end || reader->at[1] != '"')) {
      reader->at++;
      return true;
    }
    reader->at += *reader->at == '"';
    reader->line += *reader->at == '\n';
    g_string_append_c (cell, *reader->at);
  }
  g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
               "line %u: a quote is opened and not closed", first_line);
  return false;
}

/* Returns: a new string, the next cell; the reader stands behind it, at the
 * delimiter or the end of the line.  NULL with DAMAGED. */
static char *
read_cell (Reader *reader, GError **error)
{
  g_autoptr (GString) cell = g_string_new (NULL);

  if (reader->at < reader->end && *reader->at == '"' &&
      !read_quoted (reader, cell, error))
    return NULL;
  while (reader->at < reader->end && *reader->at != reader->delimiter &&
         *reader->at != '\n')
    g_string_append_c (cell, *reader->at++);

  g_autofree char *valid = g_utf8_make_valid (cell->str, (gssize)cell->len);

  return g_strdup (g_strstrip (valid));
}

/* Cells of one line; empty lines have none.  Returns: false with DAMAGED or
 * TOO_LARGE. */
static bool
read_line (Reader *reader, GPtrArray *cells, GError **error)
{
  guint first = cells->len;

  for (;;) {
    char *cell = read_cell (reader, error);

    if (cell == NULL)
      return false;
    if (cells->len >= SAC_LIMIT_CASE_CELLS) {
      g_free (cell);
      g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                   "there are more than %u cells", SAC_LIMIT_CASE_CELLS);
      return false;
    }
    g_ptr_array_add (cells, cell);
    if (reader->at == reader->end || *reader->at++ == '\n')
      break;
  }
  reader->line++;
  if (cells->len == first + 1 && *(char *)cells->pdata[first] == '\0')
    g_ptr_array_set_size (cells, (int)first);
  return true;
}

static bool
read_rows (SacCaseTable *table, Reader *reader, GError **error)
{
  while (reader->at < reader->end) {
    guint first = table->cells->len, line = reader->line;

    if (!read_line (reader, table->cells, error))
      return false;

    guint count = table->cells->len - first;

    if (table->column_count == 0)
      table->column_count = count;
    if (count > table->column_count) {
      g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
                   "line %u has %u cells, and the first line names %u columns",
                   line, count, table->column_count);
      return false;
    }
    for (; count > 0 && count < table->column_count; count++)
      g_ptr_array_add (table->cells, g_strdup (""));
  }
  return true;
}

static int
find_column (const SacCaseTable *table, const char *const *names, guint count)
{
  for (guint i = 0; i < count; i++)
    for (guint column = 0; column < table->column_count; column++)
      if (g_ascii_strcasecmp (table->cells->pdata[column], names[i]) == 0)
        return (int)column;
  return -1;
}

/* "a/b/ISIC_1.jpg" is asked for as "isic_1". */
static char *
dup_key (const char *name, bool keep_ending)
{
  g_autofree char *base = g_path_get_basename (name);
  char *dot = strrchr (base, '.');

  if (!keep_ending && dot != NULL && dot != base)
    *dot = '\0';
  return g_ascii_strdown (base, -1);
}

static void
index_rows (SacCaseTable *table)
{
  for (guint row = 0; row < sac_case_table_count_rows (table); row++) {
    const char *id = sac_case_table_get (table, row, (guint)table->id_column);

    for (int keep = 0; keep < 2 && *id != '\0'; keep++) {
      g_autofree char *key = dup_key (id, keep);

      if (!g_hash_table_contains (table->rows, key))
        g_hash_table_insert (table->rows, g_steal_pointer (&key),
                             GUINT_TO_POINTER (row + 1));
    }
  }
}

static bool
fill (SacCaseTable *table, const char *text, gsize size, GError **error)
{
  Reader reader = {.at = text, .end = text + size, .line = 1};

  if (memchr (text, '\0', size) != NULL) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED, "this is no text");
    return false;
  }
  if (size >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0)
    reader.at += 3;
  reader.delimiter = find_delimiter (reader.at, reader.end);
  if (!read_rows (table, &reader, error))
    return false;
  table->id_column = find_column (table, id_names, G_N_ELEMENTS (id_names));
  table->label_column =
    find_column (table, label_names, G_N_ELEMENTS (label_names));
  if (table->id_column < 0) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
                 "no column names the images; it would be called image_id, "
                 "isic_id, image, filename or slide");
    return false;
  }
  index_rows (table);
  return true;
}

SacCaseTable *
sac_case_table_parse (const char *text,
                      gsize size,
                      const char *name,
                      GError **error)
{
  g_autoptr (SacCaseTable) table = g_new0 (SacCaseTable, 1);

  table->cells = g_ptr_array_new_with_free_func (g_free);
  table->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (!fill (table, text, size, error)) {
    g_prefix_error (error, "%s: ", name);
    return NULL;
  }
  return g_steal_pointer (&table);
}

SacCaseTable *
sac_case_table_read (const char *path, GError **error)
{
  struct stat status;
  g_autofree char *text = NULL;
  g_autoptr (GError) problem = NULL;
  gsize size;

  bool is_there = stat (path, &status) == 0;

  if (is_there && !S_ISREG (status.st_mode)) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNREADABLE, "%s: is not a file",
                 path);
    return NULL;
  }
  if (is_there && status.st_size > (off_t)SAC_LIMIT_CASE_TABLE_BYTES) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "%s: a table of cases may have %u MiB at most", path,
                 (guint)(SAC_LIMIT_CASE_TABLE_BYTES >> 20));
    return NULL;
  }
  if (!g_file_get_contents (path, &text, &size, &problem)) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNREADABLE, "%s: %s", path,
                 problem->message);
    return NULL;
  }
  return sac_case_table_parse (text, size, path, error);
}

int
sac_case_table_find (const SacCaseTable *table, const char *stem)
{
  g_autofree char *key = g_ascii_strdown (stem, -1);

  return (int)GPOINTER_TO_UINT (g_hash_table_lookup (table->rows, key)) - 1;
}

/* Whether the cell is a number that is 0, or 1. */
static bool
is_number (const char *cell, double value)
{
  char *end;
  double number = g_ascii_strtod (cell, &end);

  return end != cell && *end == '\0' && number == value;
}

const char *
sac_case_table_get_label (const SacCaseTable *table, guint row)
{
  const char *label = NULL;
  guint digits = 0;

  if (table->label_column >= 0) {
    label = sac_case_table_get (table, row, (guint)table->label_column);
    return *label != '\0' ? label : NULL;
  }
  for (guint column = 0; column < table->column_count; column++) {
    const char *cell = sac_case_table_get (table, row, column);

    if ((int)column == table->id_column)
      continue;
    if (is_number (cell, 1)) {
      if (label != NULL)
        return NULL;
      label = sac_case_table_get_column (table, column);
    }
    digits += is_number (cell, 1) || is_number (cell, 0);
  }
  return digits >= 2 ? label : NULL;
}
