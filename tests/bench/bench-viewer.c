/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a reader feels in the window, in numbers: one JSON object a measure.
 *
 *   bench-viewer start              process start to a window that answers
 *   bench-viewer open FILE          a slide, to its first whole view
 *   bench-viewer cold FILE          views of places not seen before
 *   bench-viewer pan FILE           frames while two linked canvases move
 *   bench-viewer fling FILE         the same, thrown, over places not seen
 *   bench-viewer memory FILE FILE   two slides open and looked at
 *   bench-viewer rest FILE          the processor's work while nothing happens
 *   bench-viewer alive FILE         how long the main loop is kept waiting
 * while models run and slow tiles come
 *   bench-viewer alive-gtk FILE     the same with GTK's own pictures in place
 * of the canvases
 *
 * Canvases are 1400 x 900; the script beside it gives it a screen for two. */
#include "application.h"
#include "bare-pictures.h"
#include "canvas.h"
#include "frames.h"
#include "image/source.h"
#include "renderer.h"
#include "stage.h"
#include "tensor/gemm-environment.h"
#include "window.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define WIDTH 1400
#define HEIGHT 900

#define WATCH_MS 5

static double
get_resident_mib (const char *field)
{
  g_autofree char *status = NULL;

  g_file_get_contents ("/proc/self/status", &status, NULL, NULL);
  return g_ascii_strtod (strstr (status, field) + strlen (field), NULL) / 1024;
}

static double
get_cpu_ms (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000.0 +
         (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000.0;
}

/* Until all tiles of a view are there and on screen; draws no more often than
 * the window does by itself. */
static void
wait_for_view (Stage *stage)
{
  gtk_widget_queue_draw (stage->canvases[0]);
  gtk_test_widget_wait_for_draw (stage->canvases[0]);
  while (!sac_tiles_is_settled (sac_document_get_tiles (stage->document)))
    g_main_context_iteration (NULL, TRUE);
  gtk_test_widget_wait_for_draw (stage->canvases[0]);
}

static void
on_activate (GApplication *application, gpointer data)
{
  wait_until_idle (GTK_WIDGET (
    gtk_application_get_active_window (GTK_APPLICATION (application))));
  printf ("{\"measure\": \"start\", \"ms\": %.0f}\n", get_age_ms ());
  fflush (stdout);
  _exit (0);
}

/* The program as it is started by hand.  It answers when the window has been
 * drawn and the main loop has nothing more urgent to do. */
static void
bench_start (void)
{
  sac_gemm_clear_environment ();
  sac_renderer_settle ();

  g_autoptr (SacApplication) application = sac_application_new ();

  g_application_set_flags (G_APPLICATION (application),
                           G_APPLICATION_NON_UNIQUE);
  g_signal_connect_after (application, "activate", G_CALLBACK (on_activate),
                          NULL);
  g_application_run (G_APPLICATION (application), 0, NULL);
}

static void
bench_open (const char *path)
{
  GArray *alone = g_array_new (FALSE, FALSE, sizeof (double));
  GArray *shown = g_array_new (FALSE, FALSE, sizeof (double));
  Stage stage;

  stage_open (&stage, "demo:slide:3000x2000,pattern=300", WIDTH, HEIGHT);
  for (int i = 0; i < 7; i++) {
    double start = now_ms (), ms;
    g_autoptr (GError) error = NULL;
    g_autoptr (SacSource) source = sac_source_open (path, NULL, &error);

    g_assert_no_error (error);
    ms = now_ms () - start;
    g_array_append_val (alone, ms);
    start = now_ms ();
    sac_document_open (stage.document, path);
    while (sac_document_is_opening (stage.document))
      g_main_context_iteration (NULL, TRUE);
    sac_document_stop (stage.document);
    wait_for_view (&stage);
    ms = now_ms () - start;
    g_array_append_val (shown, ms);
    sac_document_open (stage.document, "demo:slide:3000x2000,pattern=300");
    while (sac_document_is_opening (stage.document))
      g_main_context_iteration (NULL, TRUE);
    sac_document_stop (stage.document);
    wait_for_view (&stage);
  }
  printf ("{\"measure\": \"open\", \"source_ms\": %.1f, \"view_ms\": %.1f, "
          "\"worst_ms\": %.1f}\n",
          get_percentile (alone, 0.5), get_percentile (shown, 0.5),
          get_percentile (shown, 1));
  stage_close (&stage);
}

/* Somewhere on the slide, another place each time. */
static void
go_to (Stage *stage, int place, double scale)
{
  SacSource *source = sac_document_get_source (stage->document);
  double width = WIDTH / scale, height = HEIGHT / scale;
  double x = fmod (0.13 + place * 0.618034, 1) *
             fmax (sac_source_get_width (source) - width, 0);
  double y = fmod (0.37 + place * 0.414214, 1) *
             fmax (sac_source_get_height (source) - height, 0);
  SacRect rect = {x, y, width, height};

  sac_viewport_show_rect (stage->viewport, &rect);
}

/* Of three scales; a file that has each fourth size only has to give four times
 * as many pixels for the middle one. */
static void
bench_cold (const char *path)
{
  static const double scales[] = {1, 0.5, 0.25};
  GArray *times[G_N_ELEMENTS (scales)];
  Stage stage;

  for (gsize i = 0; i < G_N_ELEMENTS (scales); i++)
    times[i] = g_array_new (FALSE, FALSE, sizeof (double));

  stage_open (&stage, path, WIDTH, HEIGHT);
  sac_viewport_set_animated (stage.viewport, false);
  for (int i = 0; i < 27; i++) {
    double start = now_ms (), ms;

    go_to (&stage, i, scales[i % G_N_ELEMENTS (scales)]);
    wait_for_view (&stage);
    ms = now_ms () - start;
    g_array_append_val (times[i % G_N_ELEMENTS (scales)], ms);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (scales); i++)
    printf ("{\"measure\": \"cold\", \"scale\": %.2f, \"p50_ms\": %.1f, "
            "\"worst_ms\": %.1f}\n",
            scales[i], get_percentile (times[i], 0.5),
            get_percentile (times[i], 1));
  stage_close (&stage);
}

typedef struct {
  Stage *stage;
  double dx, dy;
} Motion;

static void
step (gpointer data)
{
  const Motion *motion = data;

  if (motion->dx != 0 || motion->dy != 0)
    sac_viewport_pan (motion->stage->viewport, motion->dx, motion->dy);
}

/* speed: pixels a frame.  Over ground seen before, when it is slow. */
static void
bench_pan (const char *path, const char *measure, double speed)
{
  const double scales[] = {1, 0.75, 0.55};
  Stage stage;

  stage_open (&stage, path, WIDTH, HEIGHT);
  sac_viewport_set_animated (stage.viewport, false);

  Motion motion = {.stage = &stage};
  Recorder *recorder = recorder_new (step, &motion);

  for (gsize i = 0; i < G_N_ELEMENTS (scales); i++) {
    go_to (&stage, (int)i + 3, scales[i]);
    wait_for_view (&stage);
    motion.dx = -speed;
    motion.dy = -rint (speed / 2);
    recorder_run (recorder, stage.canvases[0], 40);
    motion.dx = -motion.dx;
    motion.dy = -motion.dy;
    recorder_run (recorder, stage.canvases[0], 40);
  }
  recorder_print (recorder, measure);
  recorder_free (recorder);
  stage_close (&stage);
}

static void
bench_memory (const char *first, const char *second)
{
  const char *paths[] = {first, second};
  Stage stages[2];
  double before = get_resident_mib ("VmRSS:"), most = 0;

  for (int i = 0; i < 2; i++) {
    stage_open (&stages[i], paths[i], WIDTH, HEIGHT);
    sac_viewport_set_animated (stages[i].viewport, false);
  }
  for (int step = 0; step < 30; step++)
    for (int i = 0; i < 2; i++) {
      go_to (&stages[i], step, step % 3 == 0 ? 1 : step % 3 == 1 ? 0.55 : 0.3);
      wait_for_view (&stages[i]);
      most = fmax (most, get_resident_mib ("VmRSS:"));
    }
  printf ("{\"measure\": \"memory\", \"empty_mib\": %.0f, \"rest_mib\": %.0f, "
          "\"most_mib\": %.0f, "
          "\"of_files_mib\": %.0f}\n",
          before, get_resident_mib ("VmRSS:"), most,
          get_resident_mib ("RssFile:"));
  for (int i = 0; i < 2; i++)
    stage_close (&stages[i]);
}

static void
bench_rest (const char *path)
{
  Stage stage;
  double start;

  stage_open (&stage, path, WIDTH, HEIGHT);
  stage_run_for (1500);
  start = get_cpu_ms ();
  stage_run_for (5000);
  printf ("{\"measure\": \"rest\", \"cpu_percent\": %.2f}\n",
          (get_cpu_ms () - start) / 5000 * 100);
  stage_close (&stage);
}

/* What the main thread did up to a moment, in milliseconds. */
typedef struct {
  double wall;
  double processor; /* its own time on a processor */
  double canvases;  /* of wall: the canvases' own work for frames */
} Account;

typedef struct {
  Account last;
  Account longest; /* of one wait */
  GArray *gaps;
} Watch;

static double canvases_ms;
static void (*snapshot_canvas) (GtkWidget *widget, GtkSnapshot *snapshot);

static void
snapshot_in_time (GtkWidget *widget, GtkSnapshot *snapshot)
{
  double start = now_ms ();

  snapshot_canvas (widget, snapshot);
  canvases_ms += now_ms () - start;
}

static void
time_canvases (void)
{
  GtkWidgetClass *class = g_type_class_ref (SAC_TYPE_CANVAS);

  snapshot_canvas = class->snapshot;
  class->snapshot = snapshot_in_time;
}

static Account
take_account (void)
{
  struct timespec spent;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &spent);
  return (Account){now_ms (), spent.tv_sec * 1e3 + spent.tv_nsec / 1e6,
                   canvases_ms};
}

static gboolean
on_watch (gpointer data)
{
  Watch *watch = data;
  Account now = take_account ();
  Account wait = {now.wall - watch->last.wall - WATCH_MS,
                  now.processor - watch->last.processor,
                  now.canvases - watch->last.canvases};

  if (wait.wall > watch->longest.wall)
    watch->longest = wait;
  g_array_append_val (watch->gaps, wait.wall);
  watch->last = now;
  return G_SOURCE_CONTINUE;
}

/* Both panes explain another place, and another view is gone to. */
static void
ask (Stage *stage, int round)
{
  SacFocus focus = {true, 3000 + round * 1000, 3000 + round * 700};

  go_to (stage, round, round % 2 == 0 ? 1 : 0.4);
  for (guint pane = 0; pane < 2; pane++) {
    sac_pane_state_set_focus (sac_document_get_pane (stage->document, pane),
                              &focus);
    sac_pane_state_retry (sac_document_get_pane (stage->document, pane));
  }
}

static void
watch_rounds (Stage *stage,
              const char *measure,
              Recorder *recorder,
              GtkWidget *moving)
{
  Watch watch = {.last = take_account (),
                 .gaps = g_array_new (FALSE, FALSE, sizeof (double))};
  guint source =
    g_timeout_add_full (G_PRIORITY_HIGH, WATCH_MS, on_watch, &watch, NULL);

  for (int i = 0; i < 12; i++) {
    ask (stage, i);
    recorder_run (recorder, moving, 25);
  }
  g_source_remove (source);
  printf ("{\"measure\": \"%s\", \"frame_p95_ms\": %.1f, "
          "\"waits_p99_ms\": %.1f, \"longest_wait_ms\": %.1f, "
          "\"of_it_processor_ms\": %.1f, \"of_it_canvases_ms\": %.1f}\n",
          measure, get_percentile (recorder->gaps, 0.95),
          get_percentile (watch.gaps, 0.99), watch.longest.wall,
          watch.longest.processor, watch.longest.canvases);
  g_array_unref (watch.gaps);
  recorder_free (recorder);
}

/* With the canvases, or with two pictures in their place that GTK alone
 * moves. */
static void
bench_alive (const char *path, bool with_canvases)
{
  Stage stage;

  time_canvases ();
  stage_open (&stage, path, WIDTH, HEIGHT);
  sac_viewport_set_animated (stage.viewport, false);

  Motion motion = {.stage = &stage, .dx = -30};
  GtkWidget *pictures = bare_pictures_new (WIDTH, HEIGHT);

  if (with_canvases) {
    watch_rounds (&stage, "alive", recorder_new (step, &motion),
                  stage.canvases[0]);
    g_object_ref_sink (pictures);
    g_object_unref (pictures);
  } else {
    gtk_window_set_child (GTK_WINDOW (stage.window), pictures);
    stage_run_for (100);
    watch_rounds (&stage, "gtk alive",
                  recorder_new (bare_pictures_step, pictures), pictures);
  }
  stage_close (&stage);
}

int
main (int argc, char **argv)
{
  const char *measure = argc > 1 ? argv[1] : "";
  const char *path = argc > 2 ? argv[2] : "demo:slide:100000x100000";

  if (g_str_equal (measure, "start"))
    bench_start ();
  gtk_init ();
  if (g_str_equal (measure, "open"))
    bench_open (path);
  else if (g_str_equal (measure, "cold"))
    bench_cold (path);
  else if (g_str_equal (measure, "pan"))
    bench_pan (path, measure, 9);
  else if (g_str_equal (measure, "fling"))
    bench_pan (path, measure, 70);
  else if (g_str_equal (measure, "memory"))
    bench_memory (path, argc > 3 ? argv[3] : path);
  else if (g_str_equal (measure, "rest"))
    bench_rest (path);
  else if (g_str_equal (measure, "alive"))
    bench_alive (path, true);
  else if (g_str_equal (measure, "alive-gtk"))
    bench_alive (path, false);
  else
    g_printerr ("usage: bench-viewer "
                "start|open|cold|pan|fling|memory|rest|alive|alive-gtk "
                "[FILE...]\n");
  return 0;
}
