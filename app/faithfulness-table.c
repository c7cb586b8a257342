/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "faithfulness-table.h"
#include "faithfulness-run.h"
#include "param-row.h"

#include <glib/gi18n.h>
#include <math.h>

static double
get_deletion (const SacFaithfulnessSubject *subject, int b)
{
  return subject->figures[b].deletion_area;
}

static double
get_insertion (const SacFaithfulnessSubject *subject, int b)
{
  return subject->figures[b].insertion_area;
}

static double
get_aopc (const SacFaithfulnessSubject *subject, int b)
{
  return subject->figures[b].aopc;
}

static double
get_abpc (const SacFaithfulnessSubject *subject, int b)
{
  return subject->figures[b].abpc;
}

static double
get_drop (const SacFaithfulnessSubject *subject, int b)
{
  return subject->figures[b].drop;
}

static double
get_increase (const SacFaithfulnessSubject *subject, int b)
{
  return subject->figures[b].increase;
}

static double
get_infidelity (const SacFaithfulnessSubject *subject, int b)
{
  return subject->figures[b].infidelity.unexplained;
}

static double
get_correlation (const SacFaithfulnessSubject *subject, int b)
{
  return subject->figures[b].infidelity.correlation;
}

static double
get_road (const SacFaithfulnessSubject *subject, int b)
{
  return subject->road;
}

static const SacFaithfulnessNumber numbers[] = {
  {"deletion_area", N_ ("Deletion, area"),
   N_ ("Area under the score while the most relevant pixels are taken away: "
       "lower is more faithful."),
   get_deletion, true},
  {"insertion_area", N_ ("Insertion, area"),
   N_ ("Area under the score while the most relevant pixels are put back: "
       "higher is more faithful."),
   get_insertion, true},
  {"aopc", N_ ("AOPC"),
   N_ ("Mean of what the score has lost along the deletion: higher is more "
       "faithful."),
   get_aopc, true},
  {"abpc", N_ ("ABPC"),
   N_ ("Area between taking the least and the most relevant pixels first: "
       "higher is more faithful."),
   get_abpc, true},
  {"average_drop", N_ ("Drop"),
   N_ ("Share of the score that is lost when the image is seen through the map "
       "alone: lower is better."),
   get_drop, true},
  {"increase", N_ ("Increase"),
   N_ (
     "1 when the score rises so, else 0: the average over many images is what "
     "papers give."),
   get_increase, true},
  {"infidelity", N_ ("Infidelity, scaled"),
   N_ ("What the map's sums over hidden regions leave unexplained of what the "
       "score loses, as a share: 0 is best, 1 explains nothing."),
   get_infidelity, true},
  {"correlation", N_ ("Correlation of sums and losses"),
   N_ ("Of the map's sums over hidden regions with what the score loses: 1 is "
       "best."),
   get_correlation, true},
  {"road", N_ ("ROAD"),
   N_ ("Mean half difference of the score with the least and the most relevant "
       "pixels imputed from their neighbours: above 0 is faithful."),
   get_road, false},
  {NULL},
};

const char *
sac_faithfulness_get_baseline (const SacFaithfulnessReport *report,
                               int baseline)
{
  const char *text = report->baselines[baseline];

  for (const SacMethodParam *param = sac_faithfulness_settings.params;
       param->name != NULL; param++)
    if (param->choices != NULL)
      return sac_param_get_shown (param, text);
  return text;
}

const SacFaithfulnessNumber *
sac_faithfulness_numbers_get_all (void)
{
  return numbers;
}

/* One subject of a pane's report: the map, a control. */
typedef struct {
  const SacFaithfulnessEntry *entry;
  const char *settings;
  const char *name;
  const SacFaithfulnessSubject *subject;
} Line;

static void
append_number (GString *csv, double number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (csv, isnan (number) ? ""
                                       : g_ascii_formatd (text, sizeof text,
                                                          "%.9g", number));
}

/* A cell of text: quoted, quotes doubled (RFC 4180). */
static void
append_text (GString *csv, const char *text)
{
  g_autoptr (GString) cell = g_string_new (text);

  g_string_replace (cell, "\"", "\"\"", 0);
  g_string_append_printf (csv, "\"%s\",", cell->str);
}

static void
append_line (GString *csv,
             const Line *line,
             const char *baseline,
             const char *what,
             double x,
             double y)
{
  g_string_append_printf (csv, "%u,", line->entry->pane + 1);
  append_text (csv, line->entry->title);
  append_text (csv, line->entry->score);
  append_text (csv, line->settings);
  append_text (csv, line->name);
  append_text (csv, baseline);
  g_string_append_printf (csv, "%s,", what);
  append_number (csv, x);
  g_string_append_c (csv, ',');
  append_number (csv, y);
  g_string_append (csv, "\r\n");
}

static void
append_curves (GString *csv, const Line *line, int b)
{
  const SacFaithfulnessReport *report = line->entry->report;
  const SacFaithfulnessFigures *figures = &line->subject->figures[b];

  for (size_t i = 0; i < report->point_count; i++) {
    append_line (csv, line, report->baselines[b], "deletion", report->taken[i],
                 figures->deletion[i]);
    append_line (csv, line, report->baselines[b], "insertion", report->taken[i],
                 figures->insertion[i]);
  }
  for (const SacFaithfulnessNumber *number = numbers; number->name != NULL;
       number++)
    if (number->has_baseline)
      append_line (csv, line, report->baselines[b], number->name, NAN,
                   number->get (line->subject, b));
}

static void
append_subject (GString *csv, const Line *line)
{
  for (int b = 0; b < SAC_FAITHFULNESS_BASELINES; b++)
    append_curves (csv, line, b);
  for (int i = 0; i < SAC_FAITHFULNESS_ROAD_COUNT; i++) {
    append_line (csv, line, "imputed", "road_most",
                 sac_faithfulness_road_shares[i], line->subject->road_most[i]);
    append_line (csv, line, "imputed", "road_least",
                 sac_faithfulness_road_shares[i], line->subject->road_least[i]);
  }
  append_line (csv, line, "imputed", "road", NAN, line->subject->road);
}

char *
sac_faithfulness_dup_settings (const SacFaithfulnessReport *report)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (const SacMethodParam *param = sac_faithfulness_settings.params;
       param->name != NULL; param++)
    g_string_append_printf (text, "%s%s=%s", text->len > 0 ? " " : "",
                            param->name,
                            json_object_get_string_member (report->settings,
                                                           param->name));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
sac_faithfulness_run_to_csv (SacFaithfulnessRun *run)
{
  GString *csv = g_string_new ("pane,map,score,settings,subject,baseline,what,"
                               "share,value\r\n");

  for (guint i = 0; i < sac_faithfulness_run_get_count (run); i++) {
    const SacFaithfulnessEntry *entry = sac_faithfulness_run_get (run, i);
    const SacFaithfulnessReport *report = entry->report;

    if (report == NULL)
      continue;

    g_autofree char *set = sac_faithfulness_dup_settings (report);

    append_subject (csv, &(Line){entry, set, "map", report->map});
    if (report->centre != NULL)
      append_subject (csv, &(Line){entry, set, "centre", report->centre});
    for (size_t k = 0; k < report->random_count; k++)
      append_subject (csv, &(Line){entry, set, "random", &report->random[k]});
  }
  return g_string_free (csv, FALSE);
}
