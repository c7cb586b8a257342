/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "app-support.h"

#include "canvas.h"

#include <string.h>

/* Far longer than anything takes on a slow and busy machine. */
#define PATIENCE_US (300 * G_USEC_PER_SEC)

static SacApplication *running;

static gboolean
on_running (gpointer status)
{
  *(int *)status = g_test_run ();
  g_application_quit (G_APPLICATION (running));
  return G_SOURCE_REMOVE;
}

int
app_run_tests (void)
{
  g_autoptr (SacApplication) application = sac_application_new ();
  int status = 1;

  running = application;
  g_application_set_flags (G_APPLICATION (application),
                           G_APPLICATION_NON_UNIQUE | G_APPLICATION_IS_SERVICE |
                             G_APPLICATION_HANDLES_OPEN);
  g_application_hold (G_APPLICATION (application));
  g_timeout_add (0, on_running, &status);
  g_application_run (G_APPLICATION (application), 0, NULL);
  return status;
}

/* GTK 4.8 lets a tooltip come half a second after the pointer has moved, also
 * when the surface it lay over is gone by then: it asks for the pointer there
 * and for the widget below it, is told by both that there is no surface, and
 * shows nothing.  The pointer being where it is by chance, any test may meet
 * that. */
static bool
is_late (const char *message)
{
  static const char *const late[] =
    {"gdk_surface_get_device_position: assertion 'GDK_IS_SURFACE (surface)'",
     "_gtk_widget_find_at_coords: assertion 'GDK_IS_SURFACE (surface)'"};

  for (gsize i = 0; i < G_N_ELEMENTS (late); i++)
    if (strstr (message, late[i]) != NULL)
      return true;
  return false;
}

static gboolean
is_fatal (const char *domain,
          GLogLevelFlags level,
          const char *message,
          gpointer data)
{
  return !is_late (message);
}

/* GTK 4.8 leaves a widget out of one frame, and says so, when its size is asked
 * for between layout and drawing, as with a toast that comes while something
 * else goes. */
static GLogWriterOutput
write_log (GLogLevelFlags level,
           const GLogField *fields,
           gsize count,
           gpointer data)
{
  for (gsize i = 0; i < count; i++)
    if (strcmp (fields[i].key, "MESSAGE") == 0 &&
        g_str_has_prefix (fields[i].value, "Trying to snapshot ") &&
        g_str_has_suffix (fields[i].value, " without a current allocation"))
      return G_LOG_WRITER_HANDLED;
  return g_log_writer_default (level, fields, count, data);
}

static GLogFunc usual_log;

/* GLib's own tells the harness that the program fails. */
static void
on_log (const char *domain,
        GLogLevelFlags level,
        const char *message,
        gpointer data)
{
  if (!is_late (message))
    usual_log (domain, level, message, data);
}

/* GLib forgets the fatal handler with each case. */
SacApplication *
app_start (void)
{
  if (usual_log == NULL) {
    usual_log = g_log_set_default_handler (on_log, NULL);
    g_log_set_writer_func (write_log, NULL, NULL);
  }
  g_test_log_set_fatal_handler (is_fatal, NULL);
  return running;
}

static gboolean
on_late (gpointer data)
{
  *(bool *)data = true;
  return G_SOURCE_REMOVE;
}

void
app_run_for (int milliseconds)
{
  bool late = false;

  g_timeout_add (milliseconds, on_late, &late);
  while (!late)
    g_main_context_iteration (NULL, TRUE);
}

static void
fail_late (gint64 end,
           const char *name,
           const char *file,
           int line,
           const char *function)
{
  g_autofree char *message = NULL;

  if (g_get_monotonic_time () < end)
    return;
  message = g_strdup_printf ("waited in vain: %s", name);
  g_assertion_message (G_LOG_DOMAIN, file, line, function, message);
}

void
app_wait_at (AppCondition condition,
             gpointer data,
             const char *name,
             const char *file,
             int line,
             const char *function)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_US;

  while (!condition (data)) {
    fail_late (end, name, file, line, function);
    app_run_for (5);
  }
}

static gboolean
on_look (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

void
app_catch_at (AppCondition condition,
              gpointer data,
              const char *name,
              const char *file,
              int line,
              const char *function)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_US;
  guint timer = g_timeout_add (5, on_look, NULL);

  while (!condition (data)) {
    fail_late (end, name, file, line, function);
    g_main_context_iteration (NULL, TRUE);
  }
  g_source_remove (timer);
}

static bool
is_set (gpointer flag)
{
  return *(bool *)flag;
}

/* All that is ready has been done, drawing included. */
static void
wait_for_idle (void)
{
  bool is_idle = false;

  g_idle_add_full (G_PRIORITY_LOW, on_late, &is_idle, NULL);
  app_wait_until (is_set, &is_idle);
}

/* Draws a frame and lets what follows from it happen.  Sizes are asked of the
 * display and come back as events. */
static bool
is_settled (gpointer window)
{
  SacDocument *document = sac_window_get_document (window);
  GtkWidget *canvas = app_find (window, SAC_TYPE_CANVAS, 0);
  int width = gtk_widget_get_width (canvas);
  int height = gtk_widget_get_height (canvas);

  gtk_widget_queue_draw (canvas);
  gtk_test_widget_wait_for_draw (canvas);
  gdk_display_sync (gtk_widget_get_display (canvas));
  wait_for_idle ();
  return gtk_widget_get_width (canvas) == width &&
         gtk_widget_get_height (canvas) == height &&
         !sac_viewport_is_moving (sac_document_get_viewport (document)) &&
         sac_tiles_is_settled (sac_document_get_tiles (document));
}

void
app_settle (SacWindow *window)
{
  wait_for_idle ();
  app_wait_until (is_settled, window);
}

static bool
has_no_windows (gpointer application)
{
  return gtk_application_get_windows (application) == NULL;
}

/* Places of objects, all of which are gone. */
static bool
are_gone (gpointer places)
{
  for (guint i = 0; i < ((GPtrArray *)places)->len; i++)
    if (*(gpointer *)((GPtrArray *)places)->pdata[i] != NULL)
      return false;
  return true;
}

void
app_stop (SacApplication *application)
{
  GList *windows = gtk_application_get_windows (GTK_APPLICATION (application));
  g_autoptr (GList) copy = g_list_copy (windows);
  g_autoptr (GPtrArray) alive = g_ptr_array_new_with_free_func (g_free);

  for (GList *link = copy; link != NULL; link = link->next) {
    gpointer *place = g_new (gpointer, 1);

    *place = link->data;
    g_object_add_weak_pointer (link->data, place);
    g_ptr_array_add (alive, place);
    gtk_window_close (link->data);
  }
  app_wait_until (has_no_windows, application);
  app_wait_until (are_gone, alive);
}

SacPaneState *
app_get_pane (SacWindow *window, guint index)
{
  return sac_document_get_pane (sac_window_get_document (window), index);
}

bool
app_is_at_rest (gpointer window)
{
  return !sac_document_is_busy (sac_window_get_document (window));
}

bool
app_has_maps (gpointer window)
{
  const GError *reason;
  SacComparison *comparison =
    sac_document_get_comparison (sac_window_get_document (window));

  for (guint i = 0;
       i < sac_document_get_pane_count (sac_window_get_document (window));
       i++) {
    if (sac_pane_state_get_map (app_get_pane (window, i)) == NULL ||
        sac_pane_state_is_stale (app_get_pane (window, i)))
      return false;
  }
  return app_is_at_rest (window) &&
         sac_comparison_get (comparison, &reason) != NULL;
}

SacWindow *
app_open (SacApplication *application, const char *path)
{
  g_application_activate (G_APPLICATION (application));

  SacWindow *window = SAC_WINDOW (
    gtk_application_get_active_window (GTK_APPLICATION (application)));

  gtk_window_set_default_size (GTK_WINDOW (window), 1000, 640);
  /* The demo is open already. */
  if (strcmp (path, SAC_DEMO_DERMOSCOPY) != 0)
    sac_document_open (sac_window_get_document (window), path);
  app_wait_until (app_has_maps, window);
  app_settle (window);
  return window;
}

typedef bool (*Matches) (GtkWidget *widget, gconstpointer data);

static GtkWidget *
find (GtkWidget *below, Matches matches, gconstpointer data, int *skip)
{
  for (GtkWidget *child = gtk_widget_get_first_child (below); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    if (matches (child, data) && (*skip)-- == 0)
      return child;

    GtkWidget *found = find (child, matches, data, skip);

    if (found != NULL)
      return found;
  }
  return NULL;
}

static bool
is_type (GtkWidget *widget, gconstpointer data)
{
  return G_TYPE_CHECK_INSTANCE_TYPE (widget, GPOINTER_TO_SIZE (data));
}

GtkWidget *
app_find (GtkWidget *below, GType type, int skip)
{
  return find (below, is_type, GSIZE_TO_POINTER (type), &skip);
}

static bool
has_label (GtkWidget *widget, gconstpointer part)
{
  return GTK_IS_LABEL (widget) && gtk_widget_get_mapped (widget) &&
         strstr (gtk_label_get_text (GTK_LABEL (widget)), part) != NULL;
}

GtkWidget *
app_find_label (GtkWidget *below, const char *part)
{
  int skip = 0;

  return find (below, has_label, part, &skip);
}

typedef struct {
  GtkWidget *window;
  const char *part;
} Sought;

static bool
is_shown (gpointer data)
{
  const Sought *sought = data;

  return app_find_label (sought->window, sought->part) != NULL;
}

static bool
is_not_shown (gpointer data)
{
  return !is_shown (data);
}

void
app_wait_for_label_at (gpointer window,
                       const char *part,
                       bool shall_show,
                       const char *file,
                       int line,
                       const char *function)
{
  g_autofree char *name = g_strdup_printf (shall_show ? "a label with \"%s\""
                                                      : "no label with \"%s\"",
                                           part);

  app_wait_at (shall_show ? is_shown : is_not_shown,
               &(Sought){GTK_WIDGET (window), part}, name, file, line,
               function);
}

static bool
is_button (GtkWidget *widget, gconstpointer label)
{
  return GTK_IS_BUTTON (widget) && gtk_widget_get_mapped (widget) &&
         g_strcmp0 (gtk_button_get_label (GTK_BUTTON (widget)), label) == 0;
}

GtkWidget *
app_find_button (GtkWidget *below, const char *label)
{
  int skip = 0;

  return find (below, is_button, label, &skip);
}

guint32 *
app_render (GtkWidget *widget, int *ret_width, int *ret_height)
{
  gtk_test_widget_wait_for_draw (widget);

  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  GtkSnapshot *snapshot = gtk_snapshot_new ();

  gdk_paintable_snapshot (paintable, snapshot, width, height);

  g_autoptr (GskRenderNode) node = gtk_snapshot_free_to_node (snapshot);

  *ret_width = width;
  *ret_height = height;
  /* Not drawn yet: black. */
  if (node == NULL)
    return g_new0 (guint32, MAX ((gsize)width * height, 1));

  GskRenderer *renderer =
    gtk_native_get_renderer (gtk_widget_get_native (widget));
  g_autoptr (GdkTexture) texture =
    gsk_renderer_render_texture (renderer, node,
                                 &GRAPHENE_RECT_INIT (0, 0, width, height));
  guint32 *pixels = g_new (guint32, (gsize)width * height);

  gdk_texture_download (texture, (guchar *)pixels, (gsize)width * 4);
  return pixels;
}
