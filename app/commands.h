/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Everything that a reader can do, in one table: accelerators, menus, the
 * searchable list and the shortcuts window are made from it. */
#ifndef SAC_APP_COMMANDS_H
#define SAC_APP_COMMANDS_H

#include <adwaita.h>
#include <stdbool.h>

typedef enum {
  SAC_COMMAND_FILE,
  SAC_COMMAND_CASES,
  SAC_COMMAND_VIEW,
  SAC_COMMAND_ANNOTATION,
  SAC_COMMAND_EXPLANATION,
  SAC_COMMAND_DISPLAY,
  SAC_COMMAND_PANES,
  SAC_COMMAND_WINDOW,
  SAC_COMMAND_GROUP_COUNT,
} SacCommandGroup;

/* Without what a command can do nothing: its action is disabled then. */
typedef enum {
  SAC_NEED_NOTHING,
  SAC_NEED_IMAGE,
  SAC_NEED_BOUNDS, /* an image of which only a part was scanned */
  SAC_NEED_SLIDE,  /* a whole slide */
  SAC_NEED_POWER,  /* an image of known magnification */
  SAC_NEED_MAP,    /* in the active pane */
  SAC_NEED_PAIR,   /* maps in A and in B */
  SAC_NEED_PANES,  /* A and B */
  SAC_NEED_WORK,   /* something to stop */
  SAC_NEED_CASES,  /* a case list */
  SAC_NEED_OTHER,  /* the other image of a pair */
  SAC_NEED_PAGES,  /* a file of several pages */
  SAC_NEED_UNDO,   /* a change of annotations */
  SAC_NEED_REDO,   /* one that was undone */
} SacCommandNeed;

typedef struct {
  const char *action; /* detailed name: "win.pan::left" */
  const char *keys;   /* accelerators, separated by spaces */
  const char *title;  /* marked for translation */
  SacCommandGroup group;
  /* A key without a modifier that means something to other widgets too: it is
   * taken only when they leave it. */
  bool is_plain;
  SacCommandNeed need;
} SacCommand;

/* Ends with a NULL action. */
const SacCommand *sac_commands_get_all (void);
/* action: the detailed name.  NULL: there is none. */
const SacCommand *sac_commands_find (const char *action);

/* All translated.  Need: a sentence, NULL: none.  Key: the first, as people
 * write it; a new string. */
const char *sac_command_get_group_title (const SacCommand *command);
const char *sac_command_get_need (const SacCommand *command);
char *sac_command_dup_key (const SacCommand *command);

void sac_command_append (const SacCommand *command, GMenu *menu);

/* Accelerators with modifiers. */
void sac_commands_set_accels (GtkApplication *application);

/* Plain keys, for a widget that all others are in. */
GtkEventController *sac_commands_new_key_controller (void);

/* Returns: a new menu. */
GMenuModel *sac_commands_new_menu (void);

/* Of one group.  Returns: a new menu. */
GMenuModel *sac_commands_new_group_menu (SacCommandGroup group);

/* Returns: a new window, not shown. */
GtkWidget *sac_commands_new_shortcuts_window (void);

#endif
