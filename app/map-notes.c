/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map-notes.h"

#include <glib/gi18n.h>
#include <stdbool.h>
#include <string.h>

#define PLACES_MOST 4

/* Each %s stands for a number or a name, in the same order in all languages. */
static const char *const templates[] = {
  N_ ("The map was made on an image of %s x %s pixels; it is scaled to this "
      "one."),
  N_ ("The file has %s x %s cells; shown is its own smaller copy of %s x %s."),
  N_ ("The file has %s x %s cells; shown are their means on a grid of %s x "
      "%s."),
  N_ ("Of the %s attention blocks found %s are counted."),
  N_ ("Of the %s attention blocks up to this one the first %s are left out."),
  N_ ("Blocks from %s on are left out: its token grid is not known."),
  N_ ("Earlier blocks are left out: %s."),
  N_ ("The run is not finite: node %s is the first that gives NaN or "
      "infinity."),
  N_ ("The run is not finite: input %s holds NaN or infinity."),
  N_ ("The run is not finite: every node by itself gives finite numbers, which "
      "may be too large for faster algorithms (--exact)."),
  N_ ("the logit of %s less that of %s"),
  N_ ("the logit of %s"),
  N_ ("the probability of %s"),
  N_ ("the log-probability of %s"),
  N_ ("The network ends in %s; what is explained is the score that goes into "
      "it."),
};

/* What stands at the places of the template.  Returns: how many, -1 where the
 * sentence is not of its kind; new strings. */
static int
match (const char *sentence, const char *template, char **ret_parts)
{
  g_auto (GStrv) fixed = g_strsplit (template, "%s", PLACES_MOST + 1);
  int count = (int)g_strv_length (fixed) - 1;
  const char *at = sentence + strlen (fixed[0]);

  if (!g_str_has_prefix (sentence, fixed[0]))
    return -1;
  for (int i = 0; i < count; i++) {
    const char *next = fixed[i + 1];
    bool is_last = i + 1 == count;
    const char *end = is_last
                        ? at + strlen (at) - MIN (strlen (next), strlen (at))
                        : strstr (at, next);

    if (end == NULL || end == at || !g_str_has_prefix (end, next)) {
      while (i-- > 0)
        g_free (ret_parts[i]);
      return -1;
    }
    ret_parts[i] = g_strndup (at, (gsize)(end - at));
    at = end + strlen (next);
  }
  return count;
}

static char *
fill (const char *template, char *const *parts, int count)
{
  g_auto (GStrv) fixed = g_strsplit (template, "%s", PLACES_MOST + 1);
  GString *text = g_string_new (fixed[0]);

  for (int i = 0; i < count && fixed[i + 1] != NULL; i++)
    g_string_append_printf (text, "%s%s", parts[i], fixed[i + 1]);
  return g_string_free (text, FALSE);
}

const char *
sac_map_note_translate_with (const char *sentence,
                             const char *(*translate) (const char *text))
{
  const char *whole = translate (sentence);

  if (whole != sentence && !g_str_equal (whole, sentence))
    return whole;
  for (gsize i = 0; i < G_N_ELEMENTS (templates); i++) {
    char *parts[PLACES_MOST] = {NULL};
    int count = match (sentence, templates[i], parts);

    if (count < 0)
      continue;

    g_autofree char *text = fill (translate (templates[i]), parts, count);

    for (int k = 0; k < count; k++)
      g_free (parts[k]);
    return g_intern_string (text);
  }
  return sentence;
}

static const char *
translate (const char *text)
{
  return gettext (text);
}

const char *
sac_map_note_translate (const char *sentence)
{
  return sac_map_note_translate_with (sentence, translate);
}
