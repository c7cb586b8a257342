/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/number-table.h"

#include "base/error.h"
#include "base/limits.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define COLUMNS_MAX 4096
#define FIELD_BYTES_MAX 65536
#define SHOWN_BYTES 60 /* of a field, in a message */

typedef struct {
  const char *at, *end;
  const char *name;
  size_t line;
  char separator;
} Scanner;

static bool
fail (const Scanner *scanner,
      SacErrorCode code,
      const char *why,
      GError **error)
{
  g_set_error (error, SAC_ERROR, code, "%s: line %zu: %s", scanner->name,
               scanner->line, sac_sentence (why));
  return false;
}

/* One field, without its quotes; stands behind it afterwards. */
static char *
take_field (Scanner *scanner, GError **error)
{
  GString *field = g_string_new (NULL);
  bool quoted = scanner->at < scanner->end && *scanner->at == '"';
  bool open = quoted;

  for (scanner->at += quoted; scanner->at < scanner->end; scanner->at++) {
    char c = *scanner->at;

    if (open && c == '"') {
      open = scanner->at + 1 < scanner->end && scanner->at[1] == '"';
      if (!open)
        continue;
      scanner->at++;
    } else if (c == '\n' || (!open && c == scanner->separator)) {
      break;
    }
    if (c == '\0' || field->len == FIELD_BYTES_MAX) {
      fail (scanner, SAC_ERROR_DAMAGED,
            c == '\0' ? "holds bytes that are no text"
                      : sac_sentence ("has a field of more than 64 KiB"),
            error);
      g_string_free (field, TRUE);
      return NULL;
    }
    g_string_append_c (field, c);
  }
  if (open) {
    fail (scanner, SAC_ERROR_DAMAGED, "has a quote that does not end", error);
    g_string_free (field, TRUE);
    return NULL;
  }
  return g_strstrip (g_string_free (field, FALSE));
}

/* The fields of one line, stripped; the scanner goes to the next. */
static GPtrArray *
take_line (Scanner *scanner, GError **error)
{
  g_autoptr (GPtrArray) fields = g_ptr_array_new_with_free_func (g_free);

  for (;;) {
    char *field = take_field (scanner, error);

    if (field == NULL)
      return NULL;
    g_ptr_array_add (fields, field);
    if (fields->len > COLUMNS_MAX) {
      fail (scanner, SAC_ERROR_TOO_LARGE, "has more than 4096 fields", error);
      return NULL;
    }
    if (scanner->at == scanner->end || *scanner->at++ == '\n')
      break;
  }
  return g_steal_pointer (&fields);
}

static bool
is_blank (const GPtrArray *fields)
{
  return fields->len == 1 && *(const char *)fields->pdata[0] == '\0';
}

/* The parts of a field that is a list, or the field alone. */
static char **
split_list (const char *field)
{
  size_t length = strlen (field);

  if (length < 2 || strchr ("[(", field[0]) == NULL ||
      strchr ("])", field[length - 1]) == NULL)
    return g_strdupv ((char *[]){(char *)field, NULL});

  g_autofree char *inside = g_strndup (field + 1, length - 2);

  /* numpy parts by blanks alone */
  g_strdelimit (inside, ",\t", ' ');

  g_auto (GStrv) parts = g_strsplit (inside, " ", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (char **part = parts; *part != NULL; part++) {
    if (**part != '\0')
      g_strv_builder_add (builder, *part);
  }
  return g_strv_builder_end (builder);
}

/* The texts of one row, lists spread out; names: as many as there are fields,
 * spread likewise into ret_names where that is wanted. */
static GPtrArray *
spread (const GPtrArray *fields, const GPtrArray *names, GPtrArray *ret_names)
{
  GPtrArray *texts = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < fields->len; i++) {
    g_autofree char **parts = split_list (fields->pdata[i]);
    bool is_list = g_strcmp0 (parts[0], fields->pdata[i]) != 0;

    for (guint k = 0; parts[k] != NULL; k++) {
      g_ptr_array_add (texts, parts[k]);
      if (ret_names != NULL)
        g_ptr_array_add (ret_names,
                         is_list ? g_strdup_printf ("%s[%u]",
                                                    (char *)names->pdata[i], k)
                                 : g_strdup (names->pdata[i]));
    }
  }
  return texts;
}

static bool
is_missing (const char *text)
{
  static const char *const words[] = {"", "nan", "none", "na", "n/a", "null"};

  for (size_t i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_ascii_strcasecmp (text, words[i]) == 0)
      return true;
  return false;
}

/* Returns: false, and NaN, for what is no number, or one that float32, which
 * maps are of, does not reach. */
static bool
parse_number (const char *text, double *ret_number)
{
  char *end;

  *ret_number = g_ascii_strtod (text, &end);
  if (end != text && *end == '\0' && fabs (*ret_number) <= FLT_MAX)
    return true;
  *ret_number = NAN;
  return false;
}

/* The same with a comma for the point. */
static bool
parse_with_comma (const char *text, double *ret_number)
{
  g_autofree char *copy = g_strdup (text);
  char *comma = strchr (copy, ',');

  *ret_number = NAN;
  if (comma == NULL || strchr (copy, '.') != NULL)
    return false;
  *comma = '.';
  return parse_number (copy, ret_number);
}

/* Returns: NaN for what is missing or no number. */
static double
take_number (SacNumberTable *table,
             guint column,
             const char *text,
             const Scanner *scanner)
{
  double number = NAN;
  char point = strchr (text, '.') != NULL ? '.' : '\0';

  if (is_missing (text))
    return NAN;

  bool good = parse_number (text, &number);

  if (!good && scanner->separator == ';') {
    good = parse_with_comma (text, &number);
    point = ',';
  }
  if (good && point != '\0') {
    good = table->points[column] == '\0' || table->points[column] == point;
    table->points[column] = point;
  }
  if (good) {
    table->has_numbers[column] = true;
    return number;
  }
  if (table->text[column] == NULL) {
    table->text[column] =
      g_utf8_make_valid (text, (gssize)MIN (strlen (text), SHOWN_BYTES));
    table->text_line[column] = scanner->line;
  }
  return NAN;
}

static void
add_row (SacNumberTable *table, const GPtrArray *texts, const Scanner *scanner)
{
  for (guint i = 0; i < texts->len; i++) {
    double number = take_number (table, i, texts->pdata[i], scanner);

    table->varies[i] |= strcmp (texts->pdata[i], table->first[i]) != 0;
    g_array_append_val (table->numbers, number);
  }
  table->row_count++;
}

/* The first row says how long lists are. */
static void
begin (SacNumberTable *table, const GPtrArray *texts)
{
  table->text = g_new0 (char *, texts->len + 1);
  table->text_line = g_new0 (size_t, texts->len + 1);
  table->has_numbers = g_new0 (bool, texts->len + 1);
  table->points = g_new0 (char, texts->len + 1);
  table->varies = g_new0 (bool, texts->len + 1);
  table->first = g_new0 (char *, texts->len + 1);
  for (guint i = 0; i < texts->len; i++)
    table->first[i] = g_strdup (texts->pdata[i]);
}

static bool
take_row (Scanner *scanner,
          const GPtrArray *header,
          SacNumberTable *table,
          GError **error)
{
  g_autoptr (GPtrArray) fields = take_line (scanner, error);

  if (fields == NULL)
    return false;
  if (is_blank (fields))
    return true;
  if (fields->len != header->len)
    return fail (scanner, SAC_ERROR_DAMAGED,
                 "has not as many fields as the first line has names", error);

  bool is_first = table->first == NULL;
  g_autoptr (GPtrArray) texts =
    spread (fields, header, is_first ? table->names : NULL);

  if (is_first)
    begin (table, texts);
  if (texts->len != table->names->len)
    return fail (scanner, SAC_ERROR_DAMAGED,
                 "has a list of another length than the first row has", error);
  if (texts->len > COLUMNS_MAX ||
      table->numbers->len + texts->len > SAC_LIMIT_TABLE_NUMBERS)
    return fail (scanner, SAC_ERROR_TOO_LARGE,
                 "the table has more numbers than can be held", error);
  add_row (table, texts, scanner);
  return true;
}

/* Names in lower case; what is no UTF-8 is replaced. */
static GPtrArray *
take_header (Scanner *scanner, GError **error)
{
  GPtrArray *header = take_line (scanner, error);

  for (guint i = 0; header != NULL && i < header->len; i++) {
    g_autofree char *name = header->pdata[i];
    g_autofree char *valid = g_utf8_make_valid (name, -1);

    header->pdata[i] = g_utf8_strdown (valid, -1);
  }
  return header;
}

static char
find_separator (const char *text, size_t size)
{
  const char *newline = memchr (text, '\n', size);
  size_t length = newline != NULL ? (size_t)(newline - text) : size;

  for (const char *separator = "\t;"; *separator != '\0'; separator++) {
    if (memchr (text, *separator, length) != NULL)
      return *separator;
  }
  return ',';
}

SacNumberTable *
sac_number_table_parse (const char *text,
                        size_t size,
                        const char *name,
                        GError **error)
{
  bool has_mark = size >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0;
  Scanner scanner = {.at = text + (has_mark ? 3 : 0),
                     .end = text + size,
                     .name = name,
                     .line = 1,
                     .separator = find_separator (text, size)};
  g_autoptr (SacNumberTable) table = g_new0 (SacNumberTable, 1);

  table->names = g_ptr_array_new_with_free_func (g_free);
  table->numbers = g_array_new (FALSE, FALSE, sizeof (double));

  g_autoptr (GPtrArray) header = take_header (&scanner, error);

  if (header == NULL)
    return NULL;
  while (scanner.at < scanner.end) {
    scanner.line++;
    if (!take_row (&scanner, header, table, error))
      return NULL;
  }
  if (table->row_count == 0 || table->names->len < 2) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
                 "%s: is no table: a line of names and lines of numbers are "
                 "needed",
                 name);
    return NULL;
  }
  return g_steal_pointer (&table);
}

void
sac_number_table_free (SacNumberTable *table)
{
  if (table == NULL)
    return;
  for (guint i = 0; table->first != NULL && i < table->names->len; i++) {
    g_free (table->first[i]);
    g_free (table->text[i]);
  }
  g_ptr_array_unref (table->names);
  g_array_unref (table->numbers);
  g_free (table->first);
  g_free (table->text);
  g_free (table->text_line);
  g_free (table->has_numbers);
  g_free (table->points);
  g_free (table->varies);
  g_free (table);
}

int
sac_number_table_find (const SacNumberTable *table, const char *const *names)
{
  for (; *names != NULL; names++) {
    for (guint i = 0; i < table->names->len; i++) {
      if (strcmp (table->names->pdata[i], *names) == 0)
        return (int)i;
    }
  }
  return -1;
}
