/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/json.h"

#include "base/error.h"
#include "base/hash.h"
#include "base/limits.h"

#include <glib/gstdio.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

static bool
refuse (const char *name, int line, const char *why, GError **error)
{
  g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED, "%s: line %d: %s", name,
               line, sac_sentence (why));
  return false;
}

/* The end of the string that starts at `text`, at its closing quote; `end` when
 * it has none. */
static const char *
skip_string (const char *text, const char *end)
{
  for (text++; text < end && *text != '"'; text++) {
    if (*text == '\\' && text + 1 < end)
      text++;
  }
  return text;
}

/* The last character of the number that starts at `text`.  *ret_wide: it is a
 * whole number beyond 64 bits, of which json-glib would make another. */
static const char *
skip_number (const char *text, const char *end, bool *ret_wide)
{
  guint64 value = 0;
  bool wide = false, whole = true;

  for (; text < end && (g_ascii_isalnum (*text) || strchr (".+-", *text));
       text++) {
    if (!g_ascii_isdigit (*text))
      whole = false;
    wide = wide || value > (guint64)(G_MAXINT64 - 9) / 10;
    if (whole && !wide)
      value = value * 10 + (guint64)(*text - '0');
  }
  *ret_wide = whole && wide;
  return text - 1;
}

/* What json-glib would let through or change, or would follow too deep. */
static bool
check_text (const char *text, gsize size, const char *name, GError **error)
{
  const char *end = text + size;
  int depth = 0;
  int line = 1;
  bool wide = false;

  for (; text < end; text++) {
    if (*text == '"')
      text = skip_string (text, end);
    else if (g_ascii_isdigit (*text))
      text = skip_number (text, end, &wide);
    else if (*text == '[' || *text == '{')
      depth++;
    else if (*text == ']' || *text == '}')
      depth--;
    else if (*text == '\n')
      line++;
    else if (!g_ascii_isalnum (*text) && strchr (":,+-. \t\r", *text) == NULL)
      return refuse (name, line, "is not JSON", error);
    if (wide)
      return refuse (name, line, "has a whole number beyond 64 bits", error);
    if (depth > SAC_LIMIT_JSON_DEPTH)
      return refuse (name, line, "is nested too deep", error);
  }
  return true;
}

static bool
check_size (guint64 size, const char *name, GError **error)
{
  if (size <= SAC_LIMIT_JSON_BYTES)
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
               "%s: has %" PRIu64
               " bytes; a JSON file of more than %zu is not read",
               name, size, SAC_LIMIT_JSON_BYTES);
  return false;
}

/* The parser quotes what it finds in the file. */
static char *
make_line (const char *text)
{
  char *line = g_utf8_make_valid (text, -1);

  for (char *at = line; *at != '\0'; at++)
    if (g_ascii_iscntrl (*at))
      *at = ' ';
  return line;
}

JsonObject *
sac_json_parse (const char *text, gsize size, const char *name, GError **error)
{
  if (!check_size (size, name, error))
    return NULL;
  if (size >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0) {
    text += 3;
    size -= 3;
  }
  if (!g_utf8_validate (text, size, NULL)) {
    refuse (name, 1, "is not UTF-8 text", error);
    return NULL;
  }
  if (!check_text (text, size, name, error))
    return NULL;

  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) reason = NULL;

  if (!json_parser_load_from_data (parser, text, size, &reason)) {
    g_autofree char *line = make_line (reason->message);

    g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED, "%s: is not JSON (%s)",
                 name, line);
    return NULL;
  }

  JsonNode *root = json_parser_get_root (parser);

  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root)) {
    refuse (name, 1, "is not a JSON object", error);
    return NULL;
  }
  return json_node_dup_object (root);
}

static bool
read_contents (const char *path,
               char **ret_text,
               gsize *ret_size,
               GError **error)
{
  GStatBuf status;
  bool exists = g_stat (path, &status) == 0;
  g_autoptr (GError) reason = NULL;

  /* Anything but a regular file could make us wait for ever. */
  if (exists && !S_ISREG (status.st_mode)) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNREADABLE, "%s: is not a file",
                 path);
    return false;
  }
  if (exists && !check_size (status.st_size, path, error))
    return false;
  if (!g_file_get_contents (path, ret_text, ret_size, &reason)) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNREADABLE,
                 "%s: cannot be read (%s)", path, reason->message);
    return false;
  }
  return true;
}

JsonObject *
sac_json_read (const char *path, char **ret_sha256, GError **error)
{
  g_autofree char *text = NULL;
  gsize size = 0;

  if (!read_contents (path, &text, &size, error))
    return NULL;

  JsonObject *object = sac_json_parse (text, size, path, error);

  if (object != NULL && ret_sha256 != NULL)
    *ret_sha256 = sac_hash_bytes (text, size);
  return object;
}

void
sac_json_set_number (JsonObject *object, const char *member, double value)
{
  if (isfinite (value))
    json_object_set_double_member (object, member, value);
  else
    json_object_set_null_member (object, member);
}

void
sac_json_add_number (JsonArray *array, double value)
{
  if (isfinite (value))
    json_array_add_double_element (array, value);
  else
    json_array_add_null_element (array);
}

JsonArray *
sac_json_numbers_new (const double *values, gsize count)
{
  JsonArray *array = json_array_new ();

  for (gsize i = 0; i < count; i++)
    sac_json_add_number (array, values[i]);
  return array;
}

void
sac_json_set_numbers (JsonObject *object,
                      const char *member,
                      const double *values,
                      gsize count)
{
  json_object_set_array_member (object, member,
                                sac_json_numbers_new (values, count));
}

char *
sac_json_to_text (JsonObject *object, bool pretty)
{
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);

  json_node_set_object (root, object);

  g_autofree char *text = json_to_string (root, pretty);

  return g_strconcat (text, pretty ? "\n" : "", NULL);
}
