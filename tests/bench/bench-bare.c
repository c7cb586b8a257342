/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What GTK itself takes on this machine, beside bench-viewer's figures:
 *
 *   bench-bare start   process start to an empty window that answers
 *   bench-bare pan     frames in which two pictures of 1400 x 900 move by a
 *                      pixel, without anything being painted or uploaded */
#include "bare-pictures.h"
#include "frames.h"

#include <adwaita.h>
#include <stdio.h>
#include <unistd.h>

#define WIDTH 1400
#define HEIGHT 900

/* The program's own first window is as large. */
#define WINDOW_WIDTH 1280
#define WINDOW_HEIGHT 800

static void
bench_pan (void)
{
  GtkWidget *window = gtk_window_new ();
  GtkWidget *pictures = bare_pictures_new (WIDTH, HEIGHT);
  Recorder *recorder = recorder_new (bare_pictures_step, pictures);

  gtk_window_set_default_size (GTK_WINDOW (window), 2 * WIDTH, HEIGHT);
  gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
  gtk_window_set_child (GTK_WINDOW (window), pictures);
  gtk_window_present (GTK_WINDOW (window));
  wait_until_idle (window);
  recorder_run (recorder, pictures, 120);
  recorder_print (recorder, "gtk pan");
  recorder_free (recorder);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
on_activate (GApplication *application, gpointer data)
{
  GtkWidget *window =
    adw_application_window_new (GTK_APPLICATION (application));

  gtk_window_set_default_size (GTK_WINDOW (window), WINDOW_WIDTH,
                               WINDOW_HEIGHT);
  gtk_window_present (GTK_WINDOW (window));
  wait_until_idle (window);
  printf ("{\"measure\": \"gtk start\", \"ms\": %.0f}\n", get_age_ms ());
  fflush (stdout);
  _exit (0);
}

int
main (int argc, char **argv)
{
  const char *measure = argc > 1 ? argv[1] : "";

  if (g_str_equal (measure, "start")) {
    g_autoptr (AdwApplication) application =
      adw_application_new ("org.saccade.Bare", G_APPLICATION_NON_UNIQUE);

    g_signal_connect (application, "activate", G_CALLBACK (on_activate), NULL);
    return g_application_run (G_APPLICATION (application), 0, NULL);
  }
  gtk_init ();
  if (g_str_equal (measure, "pan"))
    bench_pan ();
  else
    g_printerr ("usage: bench-bare start|pan\n");
  return 0;
}
