/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "command-search.h"

#include <stdbool.h>
#include <string.h>

enum {
  SCORE_LETTERS = 1,
  SCORE_WITHIN = 4,
  SCORE_WORD = 8,
  SCORE_START = 10,
};

/* Letters strewn over a text say little when they are few. */
#define LETTERS_FROM 3

#define HIRAGANA_FIRST 0x3041
#define HIRAGANA_LAST 0x3096
#define KATAKANA_OFFSET 0x60

char *
sac_command_search_fold (const char *text)
{
  /* Decomposed, so that accents and voice marks are letters of their own. */
  g_autofree char *parts = g_utf8_normalize (text, -1, G_NORMALIZE_ALL);
  g_autofree char *folded = g_utf8_casefold (parts != NULL ? parts : "", -1);
  g_autoptr (GString) letters = g_string_new (NULL);

  for (const char *at = folded; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar letter = g_utf8_get_char (at);

    if (letter >= HIRAGANA_FIRST && letter <= HIRAGANA_LAST)
      letter += KATAKANA_OFFSET;
    if (!g_unichar_ismark (letter))
      g_string_append_unichar (letters, letter);
  }
  return g_strdup (letters->str);
}

static bool
has_letters_in_order (const char *text, const char *word)
{
  while (*word != '\0') {
    const char *found = g_utf8_strchr (text, -1, g_utf8_get_char (word));

    if (found == NULL)
      return false;
    text = g_utf8_next_char (found);
    word = g_utf8_next_char (word);
  }
  return true;
}

static bool
begins_word (const char *text, const char *at)
{
  return at == text ||
         !g_unichar_isalnum (g_utf8_get_char (g_utf8_prev_char (at)));
}

static int
score_word (const char *text, const char *word)
{
  const char *first = strstr (text, word);

  if (first == text)
    return SCORE_START;
  for (const char *at = first; at != NULL; at = strstr (at + 1, word)) {
    if (begins_word (text, at))
      return SCORE_WORD;
  }
  if (first != NULL)
    return SCORE_WITHIN;
  return g_utf8_strlen (word, -1) >= LETTERS_FROM &&
             has_letters_in_order (text, word)
           ? SCORE_LETTERS
           : 0;
}

int
sac_command_search_score (const char *text, const char *query)
{
  g_auto (GStrv) words = g_strsplit_set (query, " \t", -1);
  int sum = 1;

  for (gsize i = 0; words[i] != NULL; i++) {
    if (words[i][0] == '\0')
      continue;

    int score = score_word (text, words[i]);

    if (score == 0)
      return 0;
    sum += score;
  }
  return sum;
}
