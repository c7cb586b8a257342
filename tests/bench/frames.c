/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "frames.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

double
now_ms (void)
{
  return g_get_monotonic_time () / 1000.0;
}

double
get_age_ms (void)
{
  g_autofree char *stat = NULL, *uptime = NULL;
  guint64 ticks;
  char *rest;

  g_file_get_contents ("/proc/self/stat", &stat, NULL, NULL);
  g_file_get_contents ("/proc/uptime", &uptime, NULL, NULL);
  rest = strrchr (stat, ')');
  for (int field = 2; field < 22; field++)
    rest = strchr (rest + 1, ' ');
  ticks = g_ascii_strtoull (rest, NULL, 10);
  return g_ascii_strtod (uptime, NULL) * 1000 -
         ticks * 1000.0 / sysconf (_SC_CLK_TCK);
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double left = *(const double *)a, right = *(const double *)b;

  return (left > right) - (left < right);
}

double
get_percentile (GArray *values, double share)
{
  g_array_sort (values, compare_doubles);
  return values->len == 0
           ? 0
           : g_array_index (values, double,
                            (guint)fmin (share * values->len, values->len - 1));
}

static gboolean
on_idle (gpointer done)
{
  *(bool *)done = true;
  return G_SOURCE_REMOVE;
}

void
wait_until_idle (GtkWidget *window)
{
  bool done = false;

  gtk_test_widget_wait_for_draw (window);
  g_idle_add (on_idle, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
}

Recorder *
recorder_new (void (*step) (gpointer data), gpointer data)
{
  Recorder *recorder = g_new0 (Recorder, 1);

  recorder->step = step;
  recorder->data = data;
  recorder->costs = g_array_new (FALSE, FALSE, sizeof (double));
  recorder->gaps = g_array_new (FALSE, FALSE, sizeof (double));
  return recorder;
}

void
recorder_free (Recorder *recorder)
{
  g_array_unref (recorder->costs);
  g_array_unref (recorder->gaps);
  g_free (recorder);
}

static void
on_before_paint (GdkFrameClock *clock, Recorder *recorder)
{
  recorder->began = now_ms ();
}

static void
on_update (GdkFrameClock *clock, Recorder *recorder)
{
  if (recorder->step != NULL)
    recorder->step (recorder->data);
}

static void
on_after_paint (GdkFrameClock *clock, Recorder *recorder)
{
  double end = now_ms (), cost = end - recorder->began;
  double gap = end - recorder->last;

  g_array_append_val (recorder->costs, cost);
  if (recorder->last > 0)
    g_array_append_val (recorder->gaps, gap);
  recorder->last = end;
}

void
recorder_run (Recorder *recorder, GtkWidget *widget, int frames)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (widget);
  gulong handlers[] = {
    g_signal_connect (clock, "before-paint", G_CALLBACK (on_before_paint),
                      recorder),
    g_signal_connect (clock, "update", G_CALLBACK (on_update), recorder),
    g_signal_connect (clock, "after-paint", G_CALLBACK (on_after_paint),
                      recorder),
  };
  guint wanted = recorder->costs->len + (guint)frames;

  gdk_frame_clock_begin_updating (clock);
  while (recorder->costs->len < wanted)
    g_main_context_iteration (NULL, TRUE);
  gdk_frame_clock_end_updating (clock);
  for (gsize i = 0; i < G_N_ELEMENTS (handlers); i++)
    g_signal_handler_disconnect (clock, handlers[i]);
  recorder->last = 0;
}

void
recorder_print (const Recorder *recorder, const char *measure)
{
  printf ("{\"measure\": \"%s\", \"frames\": %u, \"cost_p50_ms\": %.1f, "
          "\"cost_p95_ms\": %.1f, \"interval_p50_ms\": %.1f, "
          "\"interval_p95_ms\": %.1f, \"interval_worst_ms\": %.1f}\n",
          measure, recorder->costs->len, get_percentile (recorder->costs, 0.5),
          get_percentile (recorder->costs, 0.95),
          get_percentile (recorder->gaps, 0.5),
          get_percentile (recorder->gaps, 0.95),
          get_percentile (recorder->gaps, 1));
}
