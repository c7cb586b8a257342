/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/escape.h"

#include "base/error.h"
#include "network/network.h"

#include <string.h>

#define SHOWN_BYTES 200

/* Line and paragraph separators print, but break the line they stand in. */
static bool
is_shown (gunichar letter)
{
  GUnicodeType type = g_unichar_type (letter);

  return g_unichar_isprint (letter) && type != G_UNICODE_LINE_SEPARATOR &&
         type != G_UNICODE_PARAGRAPH_SEPARATOR;
}

static void
append_letter (GString *text, const char *at, size_t size, bool shown)
{
  if (shown) {
    g_string_append_len (text, at, size);
    return;
  }
  for (size_t i = 0; i < size; i++)
    g_string_append_printf (text, "\\x%02X", (guint8)at[i]);
}

/* Stops after the letter with which `limit` bytes are reached. */
static char *
escape (const char *name, size_t limit)
{
  GString *text = g_string_new (NULL);
  const char *at = name;

  while (*at != '\0' && text->len < limit) {
    gunichar letter = g_utf8_get_char_validated (at, -1);
    bool valid = letter != (gunichar)-1 && letter != (gunichar)-2;
    size_t size = valid ? (size_t)(g_utf8_next_char (at) - at) : 1;

    append_letter (text, at, size, valid && is_shown (letter));
    at += size;
  }
  if (*at != '\0')
    g_string_append (text, "...");
  return g_string_free (text, FALSE);
}

char *
sac_network_escape (const char *name)
{
  return escape (name, SIZE_MAX);
}

char *
sac_escape_short (const char *name)
{
  return escape (name, SHOWN_BYTES);
}

char *
sac_escape_node (const SacNode *node, int opset)
{
  const char *label = node->label != NULL ? node->label : node->name;
  g_autofree char *name = sac_escape_short (label != NULL ? label : "");
  g_autofree char *op_type = sac_escape_short (node->op_type);
  g_autofree char *domain =
    sac_escape_short (node->domain != NULL ? node->domain : "");

  const char *dot = *domain != '\0' ? "." : "";

  if (*name == '\0')
    return g_strdup_printf (sac_sentence ("a node (%s%s%s, opset %d)"), domain,
                            dot, op_type, opset);
  return g_strdup_printf (sac_sentence ("node %s (%s%s%s, opset %d)"), name,
                          domain, dot, op_type, opset);
}
