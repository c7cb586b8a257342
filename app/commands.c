/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "commands.h"

#include <glib/gi18n.h>

/* Of shortcuts: with a title what fits a screen 600 pixels high. */
#define COLUMN_ROWS 11

static const char *const group_titles[SAC_COMMAND_GROUP_COUNT] = {
  [SAC_COMMAND_FILE] = N_ ("File"),
  [SAC_COMMAND_CASES] = N_ ("Cases"),
  [SAC_COMMAND_VIEW] = N_ ("View"),
  [SAC_COMMAND_ANNOTATION] = N_ ("Annotation"),
  [SAC_COMMAND_EXPLANATION] = N_ ("Explanation"),
  [SAC_COMMAND_DISPLAY] = N_ ("Map Display"),
  [SAC_COMMAND_PANES] = N_ ("Panes"),
  [SAC_COMMAND_WINDOW] = N_ ("Window"),
};

static const SacCommand commands[] = {
  {"win.open", "<Control>o", N_ ("Open…"), SAC_COMMAND_FILE},
  {"win.open-model", "<Control><Shift>o", N_ ("Open Model…"), SAC_COMMAND_FILE},
  {"win.open-other", "<Control><Alt>p", N_ ("Open the Other Image of a Pair…"),
   SAC_COMMAND_FILE, .need = SAC_NEED_IMAGE},
  {"win.show-other", "<Control><Alt>x", N_ ("Show the Other Image of the Pair"),
   SAC_COMMAND_FILE, .need = SAC_NEED_OTHER},
  {"win.exchange-roles", "<Control><Alt>r",
   N_ ("Exchange the Roles of the Pair"), SAC_COMMAND_FILE,
   .need = SAC_NEED_OTHER},
  {"win.open-map", "<Control>m", N_ ("Open Map…"), SAC_COMMAND_FILE,
   .need = SAC_NEED_IMAGE},
  {"win.open-demo::demo:story", "<Control><Alt>e", N_ ("Open the Demo"),
   SAC_COMMAND_FILE},
  {"win.open-demo::demo:dermoscopy", "<Control>d", N_ ("Open Demo Lesion"),
   SAC_COMMAND_FILE},
  {"win.open-demo::demo:slide", "<Control><Alt>w", N_ ("Open Demo Slide"),
   SAC_COMMAND_FILE},
  {"win.reload", "<Control>r F5", N_ ("Reload"), SAC_COMMAND_FILE},
  {"win.choose-page", "<Control><Shift>a", N_ ("Choose a Page of the File"),
   SAC_COMMAND_FILE, .need = SAC_NEED_PAGES},
  {"win.step-page(1)", "<Alt>Page_Down", N_ ("Next Page of the File"),
   SAC_COMMAND_FILE, .need = SAC_NEED_PAGES},
  {"win.step-page(-1)", "<Alt>Page_Up", N_ ("Previous Page of the File"),
   SAC_COMMAND_FILE, .need = SAC_NEED_PAGES},
  {"win.save-figure", "<Control>s", N_ ("Save Figure…"), SAC_COMMAND_FILE,
   .need = SAC_NEED_PAIR},
  {"win.save-pane", "<Control><Shift>s", N_ ("Save Pane…"), SAC_COMMAND_FILE,
   .need = SAC_NEED_MAP},
  {"win.save-scene", "<Control><Alt>v", N_ ("Save View as Scene…"),
   SAC_COMMAND_FILE, .need = SAC_NEED_IMAGE},
  {"win.copy-provenance", "<Control><Shift>c", N_ ("Copy Provenance"),
   SAC_COMMAND_FILE, .need = SAC_NEED_MAP},

  {"win.open-folder", "<Control><Alt>o", N_ ("Open Folder…"),
   SAC_COMMAND_CASES},
  {"win.close-folder", "<Control><Shift>w", N_ ("Close Folder"),
   SAC_COMMAND_CASES, .need = SAC_NEED_CASES},
  {"win.case::next", "Page_Down", N_ ("Next Case"), SAC_COMMAND_CASES, true,
   .need = SAC_NEED_CASES},
  {"win.case::previous", "Page_Up", N_ ("Previous Case"), SAC_COMMAND_CASES,
   true, .need = SAC_NEED_CASES},
  {"win.case::first", "<Control>Home", N_ ("First Case"), SAC_COMMAND_CASES,
   true, .need = SAC_NEED_CASES},
  {"win.case::last", "<Control>End", N_ ("Last Case"), SAC_COMMAND_CASES, true,
   .need = SAC_NEED_CASES},
  {"win.find-case", "<Control>f", N_ ("Find Case"), SAC_COMMAND_CASES,
   .need = SAC_NEED_CASES},
  {"win.case-details", "<Control>i", N_ ("Show What Is Known of the Case"),
   SAC_COMMAND_CASES, .need = SAC_NEED_CASES},

  {"win.zoom-in", "plus equal KP_Add", N_ ("Zoom In"), SAC_COMMAND_VIEW, true,
   .need = SAC_NEED_IMAGE},
  {"win.zoom-out", "minus KP_Subtract", N_ ("Zoom Out"), SAC_COMMAND_VIEW, true,
   .need = SAC_NEED_IMAGE},
  {"win.zoom-fit", "0 KP_0 Home", N_ ("Whole Image"), SAC_COMMAND_VIEW, true,
   .need = SAC_NEED_IMAGE},
  {"win.zoom-all", "<Control>0 <Control>KP_0",
   N_ ("Whole Image and What Was Not Scanned"), SAC_COMMAND_VIEW,
   .need = SAC_NEED_BOUNDS},
  {"win.zoom-tissue", "9 KP_9", N_ ("Fit Tissue"), SAC_COMMAND_VIEW, true,
   .need = SAC_NEED_IMAGE},
  {"win.zoom-actual", "1 KP_1", N_ ("Image Pixels, 1:1"), SAC_COMMAND_VIEW,
   true, .need = SAC_NEED_IMAGE},
  {"win.zoom-map", "m", N_ ("What the Models See"), SAC_COMMAND_VIEW, true,
   .need = SAC_NEED_IMAGE},
  {"win.magnify(1.25)", "2 KP_2", N_ ("Magnify 1.25×"), SAC_COMMAND_VIEW, true,
   .need = SAC_NEED_POWER},
  {"win.magnify(2.5)", "3 KP_3", N_ ("Magnify 2.5×"), SAC_COMMAND_VIEW, true,
   .need = SAC_NEED_POWER},
  {"win.magnify(5.0)", "4 KP_4", N_ ("Magnify 5×"), SAC_COMMAND_VIEW, true,
   .need = SAC_NEED_POWER},
  {"win.magnify(10.0)", "5 KP_5", N_ ("Magnify 10×"), SAC_COMMAND_VIEW, true,
   .need = SAC_NEED_POWER},
  {"win.magnify(20.0)", "6 KP_6", N_ ("Magnify 20×"), SAC_COMMAND_VIEW, true,
   .need = SAC_NEED_POWER},
  {"win.magnify(40.0)", "7 KP_7", N_ ("Magnify 40×"), SAC_COMMAND_VIEW, true,
   .need = SAC_NEED_POWER},
  {"win.pan::left", "Left", N_ ("Move Left"), SAC_COMMAND_VIEW, true,
   .need = SAC_NEED_IMAGE},
  {"win.pan::right", "Right", N_ ("Move Right"), SAC_COMMAND_VIEW, true,
   .need = SAC_NEED_IMAGE},
  {"win.pan::up", "Up", N_ ("Move Up"), SAC_COMMAND_VIEW, true,
   .need = SAC_NEED_IMAGE},
  {"win.pan::down", "Down", N_ ("Move Down"), SAC_COMMAND_VIEW, true,
   .need = SAC_NEED_IMAGE},
  {"win.pan-page::left", "<Control>Page_Up", N_ ("Move Left by a Page"),
   SAC_COMMAND_VIEW, true, .need = SAC_NEED_IMAGE},
  {"win.pan-page::right", "<Control>Page_Down", N_ ("Move Right by a Page"),
   SAC_COMMAND_VIEW, true, .need = SAC_NEED_IMAGE},
  {"win.pan-page::up", "<Shift>Page_Up", N_ ("Move Up by a Page"),
   SAC_COMMAND_VIEW, true, .need = SAC_NEED_IMAGE},
  {"win.pan-page::down", "<Shift>Page_Down", N_ ("Move Down by a Page"),
   SAC_COMMAND_VIEW, true, .need = SAC_NEED_IMAGE},
  {"win.turn(1)", "period", N_ ("Turn Right"), SAC_COMMAND_VIEW, true,
   .need = SAC_NEED_IMAGE},
  {"win.turn(-1)", "comma", N_ ("Turn Left"), SAC_COMMAND_VIEW, true,
   .need = SAC_NEED_IMAGE},
  {"win.turn-slightly(5)", "greater", N_ ("Turn Right by 5°"), SAC_COMMAND_VIEW,
   true, .need = SAC_NEED_IMAGE},
  {"win.turn-slightly(-5)", "less", N_ ("Turn Left by 5°"), SAC_COMMAND_VIEW,
   true, .need = SAC_NEED_IMAGE},
  {"win.flip", "f", N_ ("Mirror"), SAC_COMMAND_VIEW, true,
   .need = SAC_NEED_IMAGE},
  {"win.upright", "u", N_ ("As in the File"), SAC_COMMAND_VIEW, true,
   .need = SAC_NEED_IMAGE},
  {"win.overview", "n", N_ ("Show the Overview"), SAC_COMMAND_VIEW, true,
   .need = SAC_NEED_IMAGE},
  {"win.slide-images", "<Control><Alt>i", N_ ("Show Label and Macro Images"),
   SAC_COMMAND_VIEW, .need = SAC_NEED_SLIDE},
  {"win.tone", "y", N_ ("Brightness and Contrast…"), SAC_COMMAND_VIEW, true,
   .need = SAC_NEED_IMAGE},
  {"win.plain-tone", "<Shift>y", N_ ("Brightness and Contrast as in the File"),
   SAC_COMMAND_VIEW, true, .need = SAC_NEED_IMAGE},
  {"win.cursor::left", "<Control>Left", N_ ("Cursor One Cell Left"),
   SAC_COMMAND_VIEW, true, .need = SAC_NEED_MAP},
  {"win.cursor::right", "<Control>Right", N_ ("Cursor One Cell Right"),
   SAC_COMMAND_VIEW, true, .need = SAC_NEED_MAP},
  {"win.cursor::up", "<Control>Up", N_ ("Cursor One Cell Up"), SAC_COMMAND_VIEW,
   true, .need = SAC_NEED_MAP},
  {"win.cursor::down", "<Control>Down", N_ ("Cursor One Cell Down"),
   SAC_COMMAND_VIEW, true, .need = SAC_NEED_MAP},

  {"win.undo", "<Control>z", N_ ("Undo"), SAC_COMMAND_ANNOTATION,
   .need = SAC_NEED_UNDO},
  {"win.redo", "<Control><Shift>z <Control>y", N_ ("Redo"),
   SAC_COMMAND_ANNOTATION, .need = SAC_NEED_REDO},
  {"win.tool::look", "q", N_ ("Move the Image"), SAC_COMMAND_ANNOTATION, true,
   .need = SAC_NEED_IMAGE},
  {"win.tool::edit", "d", N_ ("Select and Change"), SAC_COMMAND_ANNOTATION,
   true, .need = SAC_NEED_IMAGE},
  {"win.tool::rectangle", "b", N_ ("Draw Rectangle"), SAC_COMMAND_ANNOTATION,
   true, .need = SAC_NEED_IMAGE},
  {"win.tool::polygon", "g", N_ ("Draw Polygon"), SAC_COMMAND_ANNOTATION, true,
   .need = SAC_NEED_IMAGE},
  {"win.tool::point", "t", N_ ("Draw Point"), SAC_COMMAND_ANNOTATION, true,
   .need = SAC_NEED_IMAGE},
  {"win.tool::ruler", "j", N_ ("Draw Ruler"), SAC_COMMAND_ANNOTATION, true,
   .need = SAC_NEED_IMAGE},
  {"win.next-class", "k", N_ ("Next Class"), SAC_COMMAND_ANNOTATION, true,
   .need = SAC_NEED_IMAGE},
  {"win.show-annotations", "i", N_ ("Show Annotations"), SAC_COMMAND_ANNOTATION,
   true, .need = SAC_NEED_IMAGE},
  {"win.delete-annotation", "Delete", N_ ("Delete Annotation"),
   SAC_COMMAND_ANNOTATION, true, .need = SAC_NEED_IMAGE},
  {"win.delete-all-annotations", "<Control>Delete",
   N_ ("Delete All Annotations"), SAC_COMMAND_ANNOTATION, true,
   .need = SAC_NEED_IMAGE},
  {"win.open-annotations", "<Control><Alt>a", N_ ("Open Annotations or Mask…"),
   SAC_COMMAND_ANNOTATION, .need = SAC_NEED_IMAGE},
  {"win.save-annotations", "<Control>e", N_ ("Save Annotations"),
   SAC_COMMAND_ANNOTATION, .need = SAC_NEED_IMAGE},
  {"win.save-annotations-as", "<Control><Shift>e", N_ ("Save Annotations As…"),
   SAC_COMMAND_ANNOTATION, .need = SAC_NEED_IMAGE},
  {"win.move-from-qupath", "<Control><Alt>q",
   N_ ("Move Annotations That Count from the Scanned Part"),
   SAC_COMMAND_ANNOTATION, .need = SAC_NEED_BOUNDS},
  {"win.save-for-qupath", "<Control><Alt><Shift>q",
   N_ ("Save Annotations for QuPath…"), SAC_COMMAND_ANNOTATION,
   .need = SAC_NEED_BOUNDS},
  {"win.case-annotations", "<Control><Alt>c", N_ ("Load Annotations of Cases"),
   SAC_COMMAND_ANNOTATION, .need = SAC_NEED_CASES},

  {"win.explain-here", "e", N_ ("Explain Here"), SAC_COMMAND_EXPLANATION, true,
   .need = SAC_NEED_IMAGE},
  {"win.explain-default", "w", N_ ("Explain Where the Model Chooses"),
   SAC_COMMAND_EXPLANATION, true, .need = SAC_NEED_IMAGE},
  {"win.ask-here", "<Shift>e", N_ ("Attention from Here"),
   SAC_COMMAND_EXPLANATION, true, .need = SAC_NEED_MAP},
  {"win.match-classes", "l", N_ ("Same Class in All Panes"),
   SAC_COMMAND_EXPLANATION, true},
  {"win.predicted-class", "p", N_ ("Predicted Class"), SAC_COMMAND_EXPLANATION,
   true},
  {"win.choose::model", "<Alt>m", N_ ("Choose Model"), SAC_COMMAND_EXPLANATION},
  {"win.choose::method", "<Alt>t", N_ ("Choose Method"),
   SAC_COMMAND_EXPLANATION},
  {"win.choose::settings", "<Alt>s", N_ ("Settings of the Method"),
   SAC_COMMAND_EXPLANATION},
  {"win.reset-settings", "<Alt><Shift>s", N_ ("Settings Back to the Defaults"),
   SAC_COMMAND_EXPLANATION},
  {"win.choose::class", "<Alt>c", N_ ("Choose Class"), SAC_COMMAND_EXPLANATION},
  {"win.choose::layer", "<Alt>l", N_ ("Choose Layer"), SAC_COMMAND_EXPLANATION},
  {"win.scan-layers", "<Control>l", N_ ("Map of Every Stage…"),
   SAC_COMMAND_EXPLANATION, .need = SAC_NEED_MAP},
  {"win.choose::head", "<Alt>h", N_ ("Choose Attention Head"),
   SAC_COMMAND_EXPLANATION},
  {"win.run-slide", "<Control><Shift>r", N_ ("Run over the Slide…"),
   SAC_COMMAND_EXPLANATION, .need = SAC_NEED_IMAGE},
  {"win.pause-run", "<Control><Shift>p", N_ ("Pause or Resume the Run"),
   SAC_COMMAND_EXPLANATION},
  {"win.runs", "<Control>u", N_ ("Runs over Slides"), SAC_COMMAND_EXPLANATION},
  {"win.faithfulness", "<Control>g", N_ ("Faithfulness of the Maps…"),
   SAC_COMMAND_EXPLANATION, .need = SAC_NEED_MAP},
  {"win.sanity", "<Control>h", N_ ("Check the Methods"),
   SAC_COMMAND_EXPLANATION, .need = SAC_NEED_MAP},
  {"win.retry", "r", N_ ("Try Again"), SAC_COMMAND_EXPLANATION, true},
  {"win.stop", "Escape", N_ ("Stop"), SAC_COMMAND_EXPLANATION, true,
   .need = SAC_NEED_WORK},

  {"win.show-maps", "h", N_ ("Show Maps"), SAC_COMMAND_DISPLAY, true},
  {"win.peek", "v", N_ ("Look under the Maps, While Held"), SAC_COMMAND_DISPLAY,
   true, .need = SAC_NEED_IMAGE},
  {"win.smooth", "s", N_ ("Smooth between Cells"), SAC_COMMAND_DISPLAY, true},
  {"win.opacity::up", "bracketright", N_ ("More Opaque"), SAC_COMMAND_DISPLAY,
   true},
  {"win.opacity::down", "bracketleft", N_ ("More Transparent"),
   SAC_COMMAND_DISPLAY, true},
  {"win.scale::own", "F6", N_ ("Own Scale"), SAC_COMMAND_DISPLAY},
  {"win.scale::shared", "F7", N_ ("Shared Scale"), SAC_COMMAND_DISPLAY},
  {"win.scale::percentile", "F8", N_ ("Ranks"), SAC_COMMAND_DISPLAY},
  {"win.scale::stretched", "<Shift>F8", N_ ("Stretched Scale"),
   SAC_COMMAND_DISPLAY},
  {"win.keep-scale", "<Shift>F7", N_ ("Keep the Scale for the Next Images"),
   SAC_COMMAND_DISPLAY},
  {"win.whole-scale", "<Shift>F6", N_ ("Colours to the Ends of the Map"),
   SAC_COMMAND_DISPLAY, .need = SAC_NEED_MAP},
  {"win.contour", "o", N_ ("Line at a Value"), SAC_COMMAND_DISPLAY, true,
   .need = SAC_NEED_MAP},
  {"win.contour-level::up", "braceright", N_ ("Line at a Higher Value"),
   SAC_COMMAND_DISPLAY, true, .need = SAC_NEED_MAP},
  {"win.contour-level::down", "braceleft", N_ ("Line at a Lower Value"),
   SAC_COMMAND_DISPLAY, true, .need = SAC_NEED_MAP},
  {"win.next-colors", "c", N_ ("Next Colours"), SAC_COMMAND_DISPLAY, true},

  {"win.panes::1", "<Alt>1", N_ ("One Pane"), SAC_COMMAND_PANES},
  {"win.panes::2", "<Alt>2", N_ ("Two Panes"), SAC_COMMAND_PANES},
  {"win.panes::3", "<Alt>3", N_ ("Three Panes"), SAC_COMMAND_PANES},
  {"win.panes::4", "<Alt>4", N_ ("Four Panes"), SAC_COMMAND_PANES},
  {"win.panes::6", "<Alt>6", N_ ("Six Panes"), SAC_COMMAND_PANES},
  {"win.panes::9", "<Alt>9", N_ ("Nine Panes"), SAC_COMMAND_PANES},
  {"win.next-pane", "<Alt>Right", N_ ("Next Pane"), SAC_COMMAND_PANES},
  {"win.previous-pane", "<Alt>Left", N_ ("Previous Pane"), SAC_COMMAND_PANES},
  {"win.compare::side", "<Control>1", N_ ("Side by Side"), SAC_COMMAND_PANES},
  {"win.compare::swipe", "<Control>2", N_ ("Swipe"), SAC_COMMAND_PANES,
   .need = SAC_NEED_PANES},
  {"win.compare::lens", "<Control>3", N_ ("Lens"), SAC_COMMAND_PANES,
   .need = SAC_NEED_PANES},
  {"win.compare::flicker", "<Control>4", N_ ("Flicker"), SAC_COMMAND_PANES,
   .need = SAC_NEED_PANES},
  {"win.compare::difference", "<Control>5", N_ ("Difference"),
   SAC_COMMAND_PANES, .need = SAC_NEED_PANES},
  {"win.compare::agreement", "<Control>6", N_ ("Agreement of the Top Cells"),
   SAC_COMMAND_PANES, .need = SAC_NEED_PANES},
  {"win.compare-step::less", "<Shift>Left", N_ ("Comparison: Less"),
   SAC_COMMAND_PANES, true},
  {"win.compare-step::more", "<Shift>Right", N_ ("Comparison: More"),
   SAC_COMMAND_PANES, true},
  {"win.outline-disagreement", "<Shift>o",
   N_ ("Outline Where A and B Disagree"), SAC_COMMAND_PANES, true,
   .need = SAC_NEED_PANES},
  {"win.square-lens", "<Control>7", N_ ("Square Lens"), SAC_COMMAND_PANES},
  {"win.make-reference", "a", N_ ("Compare with This Pane"), SAC_COMMAND_PANES,
   true},
  {"win.swap-panes", "x", N_ ("Swap A and B"), SAC_COMMAND_PANES, true,
   .need = SAC_NEED_PANES},

  {"win.side-panel", "F9", N_ ("Side Panel"), SAC_COMMAND_WINDOW},
  {"win.fullscreen", "F11", N_ ("Full Screen"), SAC_COMMAND_WINDOW},
  {"win.presentation", "<Shift>F11", N_ ("Presentation"), SAC_COMMAND_WINDOW},
  {"app.appearance::system", "<Control><Alt>s", N_ ("Follow the System"),
   SAC_COMMAND_WINDOW},
  {"app.appearance::light", "<Control><Alt>l", N_ ("Light"),
   SAC_COMMAND_WINDOW},
  {"app.appearance::dark", "<Control><Alt>d", N_ ("Dark"), SAC_COMMAND_WINDOW},
  {"app.new-window", "<Control>n", N_ ("New Window"), SAC_COMMAND_WINDOW},
  {"win.context-menu", "Menu <Shift>F10", N_ ("Menu of the Picture"),
   SAC_COMMAND_WINDOW, true, SAC_NEED_IMAGE},
  {"win.cell-table", "<Control>t", N_ ("Table of Cells"), SAC_COMMAND_WINDOW,
   .need = SAC_NEED_MAP},
  {"win.commands", "<Control>k", N_ ("Find a Command…"), SAC_COMMAND_WINDOW},
  {"win.preferences", "<Control>comma", N_ ("Preferences"), SAC_COMMAND_WINDOW},
  {"win.shortcuts", "<Control>question F1", N_ ("Keyboard Shortcuts"),
   SAC_COMMAND_WINDOW},
  {"win.about", "<Control>F1", N_ ("About Saccade"), SAC_COMMAND_WINDOW},
  {"window.close", "<Control>w", N_ ("Close Window"), SAC_COMMAND_WINDOW},
  {"app.quit", "<Control>q", N_ ("Quit"), SAC_COMMAND_WINDOW},
  {NULL},
};

static const char *const need_sentences[] = {
  [SAC_NEED_IMAGE] = N_ ("Needs an image: open one first."),
  [SAC_NEED_BOUNDS] = N_ ("Needs a slide whose file tells what was scanned."),
  [SAC_NEED_SLIDE] = N_ ("Needs a whole slide."),
  [SAC_NEED_POWER] =
    N_ ("Needs an image whose file tells its magnification or how large its "
        "pixels are."),
  [SAC_NEED_MAP] = N_ ("Needs a finished map in the active pane."),
  [SAC_NEED_PAIR] = N_ ("Needs finished maps in panes A and B."),
  [SAC_NEED_PANES] = N_ ("Needs more than one pane."),
  [SAC_NEED_WORK] = N_ ("Nothing is being worked on."),
  [SAC_NEED_OTHER] =
    N_ ("Needs a second image: open the other one of the pair first."),
  [SAC_NEED_PAGES] = N_ ("Needs a file of several pages."),
  [SAC_NEED_UNDO] = N_ ("No change of annotations is there to undo."),
  [SAC_NEED_REDO] = N_ ("Nothing has been undone."),
  [SAC_NEED_CASES] = N_ ("Needs a case list: open a folder first."),
};

const SacCommand *
sac_commands_get_all (void)
{
  return commands;
}

const SacCommand *
sac_commands_find (const char *action)
{
  for (const SacCommand *command = commands; command->action != NULL;
       command++) {
    if (g_str_equal (command->action, action))
      return command;
  }
  return NULL;
}

const char *
sac_command_get_group_title (const SacCommand *command)
{
  return _ (group_titles[command->group]);
}

const char *
sac_command_get_need (const SacCommand *command)
{
  return command->need != SAC_NEED_NOTHING ? _ (need_sentences[command->need])
                                           : NULL;
}

char *
sac_command_dup_key (const SacCommand *command)
{
  g_auto (GStrv) keys = g_strsplit (command->keys, " ", 2);
  guint key;
  GdkModifierType modifiers;

  if (keys[0] == NULL || !gtk_accelerator_parse (keys[0], &key, &modifiers))
    return NULL;
  return gtk_accelerator_get_label (key, modifiers);
}

void
sac_command_append (const SacCommand *command, GMenu *menu)
{
  g_autoptr (GMenuItem) item =
    g_menu_item_new (_ (command->title), command->action);
  g_auto (GStrv) keys = g_strsplit (command->keys, " ", 2);

  g_menu_item_set_attribute (item, "accel", "s", keys[0]);
  g_menu_append_item (menu, item);
}

void
sac_commands_set_accels (GtkApplication *application)
{
  for (const SacCommand *command = commands; command->action != NULL;
       command++) {
    g_auto (GStrv) keys = g_strsplit (command->keys, " ", -1);

    if (!command->is_plain)
      gtk_application_set_accels_for_action (application, command->action,
                                             (const char *const *)keys);
  }
}

static void
add_shortcut (GtkShortcutController *controller,
              const SacCommand *command,
              const char *key)
{
  g_autofree char *name = NULL;
  g_autoptr (GVariant) target = NULL;

  if (!g_action_parse_detailed_name (command->action, &name, &target, NULL))
    g_assert_not_reached ();

  GtkShortcut *shortcut =
    gtk_shortcut_new (gtk_shortcut_trigger_parse_string (key),
                      gtk_named_action_new (name));

  gtk_shortcut_set_arguments (shortcut, target);
  gtk_shortcut_controller_add_shortcut (controller, shortcut);
}

GtkEventController *
sac_commands_new_key_controller (void)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();

  /* After the focused widget, so that sliders and menus keep their keys. */
  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_BUBBLE);
  for (const SacCommand *command = commands; command->action != NULL;
       command++) {
    g_auto (GStrv) keys = g_strsplit (command->keys, " ", -1);

    for (gsize i = 0; command->is_plain && keys[i] != NULL; i++)
      add_shortcut (GTK_SHORTCUT_CONTROLLER (controller), command, keys[i]);
  }
  return controller;
}

GMenuModel *
sac_commands_new_group_menu (SacCommandGroup group)
{
  GMenu *menu = g_menu_new ();

  for (const SacCommand *command = commands; command->action != NULL;
       command++) {
    if (command->group == group)
      sac_command_append (command, menu);
  }
  return G_MENU_MODEL (menu);
}

GMenuModel *
sac_commands_new_menu (void)
{
  GMenu *menu = g_menu_new ();

  for (int group = 0; group < SAC_COMMAND_GROUP_COUNT; group++) {
    g_autoptr (GMenuModel) part = sac_commands_new_group_menu (group);

    g_menu_append_submenu (menu, _ (group_titles[group]), part);
  }
  return G_MENU_MODEL (menu);
}

static void
append_shortcut (GString *xml, const SacCommand *command)
{
  g_autofree char *keys = g_markup_escape_text (command->keys, -1);
  g_autofree char *title = g_markup_escape_text (_ (command->title), -1);

  g_string_append_printf (xml,
                          "<child><object class=\"GtkShortcutsShortcut\">"
                          "<property name=\"accelerator\">%s</property>"
                          "<property "
                          "name=\"title\">%s</property></object></child>",
                          keys, title);
}

static void
open_group (GString *xml, const char *title)
{
  g_autofree char *escaped = g_markup_escape_text (title, -1);

  g_string_append_printf (xml,
                          "<child><object class=\"GtkShortcutsGroup\">"
                          "<property name=\"title\">%s</property>",
                          escaped);
}

/* Returns: how many rows a column of the group has.  GTK neither splits a group
 * nor scrolls, so that a long one would make the window higher than the screen;
 * and it moves short ones up, so that parts have to be of one length. */
static int
get_column_rows (SacCommandGroup group)
{
  int count = 0;

  for (const SacCommand *command = commands; command->action != NULL; command++)
    count += command->group == group;

  int parts = (count + COLUMN_ROWS - 1) / COLUMN_ROWS;

  return (count + parts - 1) / parts;
}

static void
append_group (GString *xml, SacCommandGroup group)
{
  const char *title = _ (group_titles[group]);
  g_autofree char *more = g_strdup_printf (_ ("%s, continued"), title);
  int rows = get_column_rows (group);
  int count = 0;

  open_group (xml, title);
  for (const SacCommand *command = commands; command->action != NULL;
       command++) {
    if (command->group != group)
      continue;
    if (count > 0 && count % rows == 0) {
      g_string_append (xml, "</object></child>");
      open_group (xml, more);
    }
    append_shortcut (xml, command);
    count++;
  }
  g_string_append (xml, "</object></child>");
}

/* Sections of pages of two columns each. */
static const struct {
  const char *name, *title;
  SacCommandGroup first, last;
} sections[] = {
  {"image", N_ ("Image"), SAC_COMMAND_FILE, SAC_COMMAND_VIEW},
  {"annotations", N_ ("Annotations"), SAC_COMMAND_ANNOTATION,
   SAC_COMMAND_ANNOTATION},
  {"maps", N_ ("Maps"), SAC_COMMAND_EXPLANATION, SAC_COMMAND_DISPLAY},
  {"window", N_ ("Window"), SAC_COMMAND_PANES, SAC_COMMAND_WINDOW},
};

/* GTK 4.8 fills a shortcuts window from a description only. */
GtkWidget *
sac_commands_new_shortcuts_window (void)
{
  g_autoptr (GString) xml = g_string_new (
    "<interface><object class=\"GtkShortcutsWindow\" id=\"window\">"
    "<property name=\"modal\">1</property>");

  for (gsize i = 0; i < G_N_ELEMENTS (sections); i++) {
    g_autofree char *title = g_markup_escape_text (_ (sections[i].title), -1);

    g_string_append_printf (xml,
                            "<child><object class=\"GtkShortcutsSection\">"
                            "<property name=\"section-name\">%s</property>"
                            "<property name=\"title\">%s</property>"
                            "<property name=\"max-height\">%d</property>",
                            sections[i].name, title, COLUMN_ROWS + 1);
    for (int group = sections[i].first; group <= (int)sections[i].last; group++)
      append_group (xml, group);
    g_string_append (xml, "</object></child>");
  }
  g_string_append (xml, "</object></interface>");

  g_autoptr (GtkBuilder) builder =
    gtk_builder_new_from_string (xml->str, xml->len);

  return GTK_WIDGET (gtk_builder_get_object (builder, "window"));
}
