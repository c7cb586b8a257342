/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "markup.h"

#include "markup-tools.h"

#include <glib/gi18n.h>

struct _SacMarkup {
  GObject parent_instance;
  SacAnnotationHistory *history;
  GArray *bounds; /* of SacRect; as of bounds_serial */
  guint64 bounds_serial;
  bool has_bounds;
  SacTool tool;
  bool is_hidden;
  int selected, ring, point; /* -1: none */
  int class_index;
  SacAnnotation *draft;
  SacMarkupTools *tools;
};

G_DEFINE_FINAL_TYPE (SacMarkup, sac_markup, G_TYPE_OBJECT)

enum { CHANGED, STATE, SIGNAL_COUNT };
static guint signals[SIGNAL_COUNT];

static const char *const tool_names[SAC_TOOL_COUNT] = {
  [SAC_TOOL_LOOK] = "look",           [SAC_TOOL_EDIT] = "edit",
  [SAC_TOOL_RECTANGLE] = "rectangle", [SAC_TOOL_POLYGON] = "polygon",
  [SAC_TOOL_POINT] = "point",         [SAC_TOOL_RULER] = "ruler",
};

const char *
sac_tool_get_name (SacTool tool)
{
  return tool_names[tool];
}

bool
sac_tool_find (const char *name, SacTool *ret_tool)
{
  for (int i = 0; i < SAC_TOOL_COUNT; i++)
    if (g_str_equal (tool_names[i], name)) {
      *ret_tool = (SacTool)i;
      return true;
    }
  return false;
}

SacMarkup *
sac_markup_new (void)
{
  return g_object_new (SAC_TYPE_MARKUP, NULL);
}

SacMarkupTools *
sac_markup_get_tools (SacMarkup *markup)
{
  return markup->tools;
}

static void
tell_state (SacMarkup *markup)
{
  g_signal_emit (markup, signals[STATE], 0);
}

static void
tell_changed (SacMarkup *markup)
{
  g_signal_emit (markup, signals[CHANGED], 0);
}

static void
forget_selection (SacMarkup *markup)
{
  markup->selected = markup->ring = markup->point = -1;
}

void
sac_markup_take_set (SacMarkup *markup, SacAnnotations *set)
{
  sac_annotation_history_free (markup->history);
  markup->history = sac_annotation_history_new_take (set);
  markup->has_bounds = false;
  markup->class_index = -1;
  forget_selection (markup);
  g_clear_pointer (&markup->draft, sac_annotation_free);
  tell_changed (markup);
  tell_state (markup);
}

const SacAnnotations *
sac_markup_get_set (SacMarkup *markup)
{
  return sac_annotation_history_get_set (markup->history);
}

const SacAnnotationHistory *
sac_markup_get_history (SacMarkup *markup)
{
  return markup->history;
}

void
sac_markup_mark_saved (SacMarkup *markup)
{
  sac_annotation_history_mark_saved (markup->history);
  tell_state (markup);
}

const SacRect *
sac_markup_get_bounds (SacMarkup *markup)
{
  guint64 serial = sac_annotation_history_get_serial (markup->history);
  const SacAnnotations *set = sac_markup_get_set (markup);

  if (!markup->has_bounds || serial != markup->bounds_serial) {
    g_array_set_size (markup->bounds, set->items->len);
    for (guint i = 0; i < set->items->len; i++)
      g_array_index (markup->bounds, SacRect, i) =
        sac_annotation_get_bounds (set->items->pdata[i]);
    markup->bounds_serial = serial;
    markup->has_bounds = true;
  }
  return (const SacRect *)(const void *)markup->bounds->data;
}

SacTool
sac_markup_get_tool (SacMarkup *markup)
{
  return markup->tool;
}

void
sac_markup_set_tool (SacMarkup *markup, SacTool tool)
{
  if (markup->tool == tool)
    return;
  markup->tool = tool;
  /* Nobody draws what is not seen. */
  if (tool != SAC_TOOL_LOOK)
    markup->is_hidden = false;
  g_clear_pointer (&markup->draft, sac_annotation_free);
  tell_state (markup);
}

bool
sac_markup_is_shown (SacMarkup *markup)
{
  return !markup->is_hidden;
}

void
sac_markup_set_shown (SacMarkup *markup, bool shown)
{
  markup->is_hidden = !shown;
  tell_state (markup);
}

int
sac_markup_get_selected (SacMarkup *markup)
{
  return markup->selected;
}

void
sac_markup_select (SacMarkup *markup, int index)
{
  if (index == markup->selected)
    return;
  forget_selection (markup);
  markup->selected = index;
  tell_state (markup);
}

const SacAnnotation *
sac_markup_get_selection (SacMarkup *markup)
{
  return markup->selected >= 0
           ? sac_markup_get_set (markup)->items->pdata[markup->selected]
           : NULL;
}

void
sac_markup_get_vertex (SacMarkup *markup, int *ret_ring, int *ret_point)
{
  *ret_ring = markup->ring;
  *ret_point = markup->point;
}

void
sac_markup_select_vertex (SacMarkup *markup, int ring, int point)
{
  if (markup->ring == ring && markup->point == point)
    return;
  markup->ring = ring;
  markup->point = point;
  tell_state (markup);
}

const SacAnnotation *
sac_markup_get_draft (SacMarkup *markup)
{
  return markup->draft;
}

void
sac_markup_take_draft (SacMarkup *markup, SacAnnotation *draft)
{
  if (markup->draft == draft)
    return;
  sac_annotation_free (markup->draft);
  markup->draft = draft;
  tell_state (markup);
}

int
sac_markup_get_class (SacMarkup *markup)
{
  return markup->class_index;
}

static void
begin (SacMarkup *markup, const char *title, const char *key)
{
  sac_annotation_history_begin (markup->history, title, key);
}

static void
end (SacMarkup *markup)
{
  sac_annotation_history_end (markup->history);
  tell_changed (markup);
}

void
sac_markup_insert_take (SacMarkup *markup,
                        SacAnnotation *item,
                        const char *title)
{
  guint count = sac_markup_get_set (markup)->items->len;

  begin (markup, title, NULL);

  bool done =
    sac_annotation_history_insert (markup->history, count, item, NULL);

  end (markup);
  sac_markup_select (markup, done ? (int)count : -1);
}

void
sac_markup_replace_take (SacMarkup *markup,
                         SacAnnotation *item,
                         const char *title,
                         const char *key)
{
  g_return_if_fail (markup->selected >= 0);
  begin (markup, title, key);
  sac_annotation_history_replace (markup->history, (guint)markup->selected,
                                  item, NULL);
  end (markup);
}

void
sac_markup_seal (SacMarkup *markup)
{
  sac_annotation_history_seal (markup->history);
}

/* Without the chosen vertex.  Returns: NULL where too few would be left. */
static SacAnnotation *
copy_without_vertex (SacMarkup *markup)
{
  const SacAnnotation *item = sac_markup_get_selection (markup);

  if (markup->ring < 0 || item->kind == SAC_ANNOTATION_POINT ||
      item->kind == SAC_ANNOTATION_RECTANGLE)
    return NULL;

  g_autoptr (SacAnnotation) copy = sac_annotation_copy (item);
  GArray *ring = copy->rings->pdata[markup->ring];

  g_array_remove_index (ring, (guint)markup->point);
  /* A hole of two corners is no hole. */
  if (markup->ring > 0 && ring->len < 3)
    g_ptr_array_remove_index (copy->rings, (guint)markup->ring);
  return sac_annotation_finish (copy) ? g_steal_pointer (&copy) : NULL;
}

void
sac_markup_delete (SacMarkup *markup)
{
  if (markup->selected < 0)
    return;

  SacAnnotation *copy = copy_without_vertex (markup);

  if (copy != NULL) {
    sac_markup_replace_take (markup, copy, N_ ("Delete Vertex"), NULL);
    sac_markup_select_vertex (markup, -1, -1);
    return;
  }

  guint index = (guint)markup->selected;

  forget_selection (markup);
  begin (markup, N_ ("Delete Annotation"), NULL);
  sac_annotation_history_remove (markup->history, index);
  end (markup);
  tell_state (markup);
}

void
sac_markup_delete_all (SacMarkup *markup)
{
  guint count = sac_markup_get_set (markup)->items->len;

  forget_selection (markup);
  begin (markup, N_ ("Delete All Annotations"), NULL);
  while (count > 0)
    sac_annotation_history_remove (markup->history, --count);
  end (markup);
  tell_state (markup);
}

void
sac_markup_move_all (SacMarkup *markup, double dx, double dy)
{
  const SacAnnotations *set = sac_markup_get_set (markup);

  begin (markup, N_ ("Move All Annotations"), NULL);
  for (guint i = 0; i < set->items->len; i++) {
    SacAnnotation *copy = sac_annotation_copy (set->items->pdata[i]);

    sac_annotation_move (copy, dx, dy);
    sac_annotation_history_replace (markup->history, i, copy, NULL);
  }
  end (markup);
}

void
sac_markup_add_set (SacMarkup *markup,
                    const SacAnnotations *set,
                    const char *title)
{
  SacAnnotations *own = sac_annotation_history_get_set (markup->history);
  bool good = true;

  begin (markup, title, NULL);
  for (guint i = 0; i < set->items->len && good; i++) {
    SacAnnotation *copy = sac_annotation_copy (set->items->pdata[i]);

    if (copy->class_index >= 0) {
      const SacAnnotationClass *class = set->classes->pdata[copy->class_index];

      copy->class_index =
        sac_annotations_add_class (own, class->name, class->rgb);
    }
    good = sac_annotation_history_insert (markup->history, own->items->len,
                                          copy, NULL);
  }
  end (markup);
}

void
sac_markup_set_name (SacMarkup *markup, const char *name)
{
  const SacAnnotation *item = sac_markup_get_selection (markup);

  if (item == NULL || g_str_equal (item->name, name))
    return;

  SacAnnotation *copy = sac_annotation_copy (item);

  g_free (copy->name);
  copy->name = g_strdup (name);
  sac_markup_replace_take (markup, copy, N_ ("Name Annotation"), "name");
}

void
sac_markup_set_class (SacMarkup *markup, const char *name)
{
  SacAnnotations *set = sac_annotation_history_get_set (markup->history);
  const SacAnnotation *item = sac_markup_get_selection (markup);

  markup->class_index =
    *name == '\0' ? -1
                  : sac_annotations_add_class (set, name,
                                               sac_annotation_choose_rgb (
                                                 set->classes->len));
  if (item != NULL && item->class_index != markup->class_index) {
    SacAnnotation *copy = sac_annotation_copy (item);

    copy->class_index = markup->class_index;
    sac_markup_replace_take (markup, copy, N_ ("Change Class"), NULL);
  }
  tell_state (markup);
}

void
sac_markup_set_rgb (SacMarkup *markup, guint class_index, guint32 rgb)
{
  const SacAnnotationClass *class =
    sac_markup_get_set (markup)->classes->pdata[class_index];

  if (class->rgb == rgb)
    return;
  begin (markup, N_ ("Colour of Class"), NULL);
  sac_annotation_history_set_class (markup->history, class_index, class->name,
                                    rgb);
  end (markup);
}

/* What came back or changed is what the reader looks for. */
static void
select_again (SacMarkup *markup, int index)
{
  forget_selection (markup);
  if (index >= 0 && (guint)index < sac_markup_get_set (markup)->items->len)
    markup->selected = index;
  tell_changed (markup);
  tell_state (markup);
}

const char *
sac_markup_undo (SacMarkup *markup)
{
  const char *title = sac_annotation_history_get_undo (markup->history);
  int index;

  if (title == NULL)
    return NULL;
  sac_annotation_history_undo (markup->history, &index);
  select_again (markup, index);
  return _ (title);
}

const char *
sac_markup_redo (SacMarkup *markup)
{
  const char *title = sac_annotation_history_get_redo (markup->history);
  int index;

  if (title == NULL)
    return NULL;
  sac_annotation_history_redo (markup->history, &index);
  select_again (markup, index);
  return _ (title);
}

static void
sac_markup_finalize (GObject *object)
{
  SacMarkup *markup = SAC_MARKUP (object);

  sac_markup_tools_free (markup->tools);
  sac_annotation_history_free (markup->history);
  sac_annotation_free (markup->draft);
  g_array_unref (markup->bounds);
  G_OBJECT_CLASS (sac_markup_parent_class)->finalize (object);
}

static void
sac_markup_class_init (SacMarkupClass *klass)
{
  static const char *const names[] = {"changed", "state"};

  G_OBJECT_CLASS (klass)->finalize = sac_markup_finalize;
  for (guint i = 0; i < SIGNAL_COUNT; i++)
    signals[i] = g_signal_new (names[i], SAC_TYPE_MARKUP, G_SIGNAL_RUN_LAST, 0,
                               NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sac_markup_init (SacMarkup *markup)
{
  markup->history = sac_annotation_history_new_take (sac_annotations_new ());
  markup->bounds = g_array_new (FALSE, TRUE, sizeof (SacRect));
  markup->class_index = -1;
  markup->tools = sac_markup_tools_new (markup);
  forget_selection (markup);
}
