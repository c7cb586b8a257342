/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "markup-tools.h"

#include "annotation/measure.h"

#include <glib/gi18n.h>
#include <math.h>

/* While a finger draws a line, vertices come no closer than so many reaches. */
#define FREEHAND_REACHES 0.7

typedef enum {
  DRAG_NONE,
  DRAG_DRAW,
  DRAG_MOVE,
  DRAG_VERTEX,
} Drag;

struct SacMarkupTools {
  SacMarkup *markup;
  Drag drag;
  SacPoint start;       /* of the drag */
  SacAnnotation *moved; /* what is dragged, as it was */
  GArray *points;       /* of SacPoint: what is half drawn */
  bool has_moved;       /* the drag has left its start */
};

static const struct {
  SacAnnotationKind kind;
  const char *title;
} drawn[SAC_TOOL_COUNT] = {
  [SAC_TOOL_RECTANGLE] = {SAC_ANNOTATION_RECTANGLE, N_ ("Draw Rectangle")},
  [SAC_TOOL_POLYGON] = {SAC_ANNOTATION_POLYGON, N_ ("Draw Polygon")},
  [SAC_TOOL_POINT] = {SAC_ANNOTATION_POINT, N_ ("Draw Point")},
  [SAC_TOOL_RULER] = {SAC_ANNOTATION_RULER, N_ ("Draw Ruler")},
};

SacMarkupTools *
sac_markup_tools_new (SacMarkup *markup)
{
  SacMarkupTools *tools = g_new0 (SacMarkupTools, 1);

  tools->markup = markup;
  tools->points = g_array_new (FALSE, FALSE, sizeof (SacPoint));
  return tools;
}

void
sac_markup_tools_free (SacMarkupTools *tools)
{
  sac_annotation_free (tools->moved);
  g_array_unref (tools->points);
  g_free (tools);
}

static SacPoint *
get_point (const SacMarkupTools *tools, guint index)
{
  return &g_array_index (tools->points, SacPoint, index);
}

/* Another canvas may have dropped or ended it. */
static bool
is_drawing (SacMarkupTools *tools)
{
  if (sac_markup_get_draft (tools->markup) == NULL)
    g_array_set_size (tools->points, 0);
  return tools->points->len > 0;
}

static SacAnnotation *
new_item (SacMarkupTools *tools)
{
  return sac_annotation_new (drawn[sac_markup_get_tool (tools->markup)].kind,
                             "", sac_markup_get_class (tools->markup));
}

/* The item of the points so far and one more, which is not set yet. */
static SacAnnotation *
make_item (SacMarkupTools *tools, const SacPoint *tail)
{
  SacAnnotation *item = new_item (tools);
  GArray *ring = sac_annotation_add_ring (item);
  SacPoint first = *get_point (tools, 0);

  if (item->kind == SAC_ANNOTATION_RECTANGLE) {
    SacPoint last =
      tail != NULL ? *tail : *get_point (tools, tools->points->len - 1);
    SacPoint corners[] = {
      {fmin (first.x, last.x), fmin (first.y, last.y)},
      {fmax (first.x, last.x), fmin (first.y, last.y)},
      {fmax (first.x, last.x), fmax (first.y, last.y)},
      {fmin (first.x, last.x), fmax (first.y, last.y)},
    };

    g_array_append_vals (ring, corners, 4);
    return item;
  }
  g_array_append_vals (ring, tools->points->data, tools->points->len);
  if (tail != NULL)
    g_array_append_val (ring, *tail);
  return item;
}

static void
show_draft (SacMarkupTools *tools, const SacTouch *tail)
{
  SacPoint point = {tail != NULL ? tail->x : 0, tail != NULL ? tail->y : 0};

  sac_markup_take_draft (tools->markup,
                         make_item (tools, tail != NULL ? &point : NULL));
}

bool
sac_markup_tools_drop (SacMarkupTools *tools)
{
  bool any = is_drawing (tools);

  g_array_set_size (tools->points, 0);
  sac_markup_take_draft (tools->markup, NULL);
  return any;
}

/* Nothing without length or area is kept. */
static void
commit (SacMarkupTools *tools)
{
  SacTool tool = sac_markup_get_tool (tools->markup);
  g_autoptr (SacAnnotation) item = make_item (tools, NULL);
  bool is_flat = (item->kind == SAC_ANNOTATION_RULER &&
                  sac_annotation_get_length (item) == 0) ||
                 ((item->kind == SAC_ANNOTATION_RECTANGLE ||
                   item->kind == SAC_ANNOTATION_POLYGON) &&
                  sac_annotation_get_area (item) == 0);

  sac_markup_tools_drop (tools);
  if (!is_flat && sac_annotation_finish (item))
    sac_markup_insert_take (tools->markup, g_steal_pointer (&item),
                            drawn[tool].title);
}

bool
sac_markup_tools_end (SacMarkupTools *tools)
{
  if (!is_drawing (tools))
    return false;
  commit (tools);
  return true;
}

bool
sac_markup_tools_back (SacMarkupTools *tools)
{
  if (!is_drawing (tools))
    return false;
  g_array_set_size (tools->points, tools->points->len - 1);
  if (tools->points->len == 0)
    sac_markup_tools_drop (tools);
  else
    show_draft (tools, NULL);
  return true;
}

static void
add_point (SacMarkupTools *tools, const SacTouch *touch)
{
  SacPoint point = {touch->x, touch->y};

  g_array_append_val (tools->points, point);
  show_draft (tools, NULL);
}

static bool
is_near (const SacPoint *point, const SacTouch *touch, double reaches)
{
  return hypot (point->x - touch->x, point->y - touch->y) <=
         touch->reach * reaches;
}

static void
press_polygon (SacMarkupTools *tools, const SacTouch *touch)
{
  guint count = tools->points->len;

  if (count >= 3 &&
      (touch->again || is_near (get_point (tools, 0), touch, 1))) {
    commit (tools);
    tools->drag = DRAG_NONE;
  } else if (!touch->again) {
    add_point (tools, touch);
  }
}

static void
press_draw (SacMarkupTools *tools, const SacTouch *touch)
{
  SacTool tool = sac_markup_get_tool (tools->markup);

  tools->drag = DRAG_DRAW;
  if (!is_drawing (tools))
    sac_markup_select (tools->markup, -1);
  if (tool == SAC_TOOL_POLYGON)
    press_polygon (tools, touch);
  else if (!is_drawing (tools))
    add_point (tools, touch);
}

/* A copy of the selected item with one more vertex, which becomes the chosen
 * one. */
static bool
add_vertex (SacMarkupTools *tools, const SacTouch *touch)
{
  const SacAnnotation *item = sac_markup_get_selection (tools->markup);
  guint ring, point;
  SacPoint at = {touch->x, touch->y};

  if (item == NULL || item->kind == SAC_ANNOTATION_POINT ||
      sac_annotation_find_side (item, at.x, at.y, &ring, &point) > touch->reach)
    return false;

  SacAnnotation *copy = sac_annotation_copy (item);

  if (copy->kind == SAC_ANNOTATION_RECTANGLE)
    copy->kind = SAC_ANNOTATION_POLYGON;
  g_array_insert_val (copy->rings->pdata[ring], point, at);
  sac_markup_replace_take (tools->markup, copy, N_ ("Add Vertex"), NULL);
  sac_markup_select_vertex (tools->markup, (int)ring, (int)point);
  return true;
}

static bool
press_vertex (SacMarkupTools *tools, const SacTouch *touch)
{
  const SacAnnotation *item = sac_markup_get_selection (tools->markup);
  guint ring, point;

  if (item == NULL || sac_annotation_find_vertex (item, touch->x, touch->y,
                                                  &ring, &point) > touch->reach)
    return false;
  sac_markup_select_vertex (tools->markup, (int)ring, (int)point);
  return true;
}

static bool
press_edit (SacMarkupTools *tools, const SacTouch *touch)
{
  if (press_vertex (tools, touch)) {
    tools->drag = DRAG_VERTEX;
  } else if (touch->again && add_vertex (tools, touch)) {
    tools->drag = DRAG_VERTEX;
  } else {
    int found = sac_annotations_find_at (sac_markup_get_set (tools->markup),
                                         touch->x, touch->y, touch->reach);

    sac_markup_select (tools->markup, found);
    sac_markup_select_vertex (tools->markup, -1, -1);
    tools->drag = found >= 0 ? DRAG_MOVE : DRAG_NONE;
  }
  if (tools->drag == DRAG_NONE)
    return false;
  sac_annotation_free (tools->moved);
  tools->moved = sac_annotation_copy (sac_markup_get_selection (tools->markup));
  return true;
}

bool
sac_markup_tools_press (SacMarkupTools *tools, const SacTouch *touch)
{
  SacTool tool = sac_markup_get_tool (tools->markup);

  tools->drag = DRAG_NONE;
  tools->has_moved = false;
  tools->start = (SacPoint){touch->x, touch->y};
  if (tool == SAC_TOOL_LOOK)
    return false;
  if (tool == SAC_TOOL_EDIT)
    return press_edit (tools, touch);
  press_draw (tools, touch);
  return true;
}

/* The corners beside the one that moved follow it. */
static void
keep_rectangle (GArray *ring, guint moved)
{
  SacPoint *points = (SacPoint *)(void *)ring->data;
  SacPoint *opposite = &points[(moved + 2) % 4];
  SacPoint *next = &points[(moved + 1) % 4], *before = &points[(moved + 3) % 4];
  /* Which coordinate the side to the next corner shares. */
  bool along_x = next->y != opposite->y || next->x == opposite->x;

  *next = along_x ? (SacPoint){opposite->x, points[moved].y}
                  : (SacPoint){points[moved].x, opposite->y};
  *before = along_x ? (SacPoint){points[moved].x, opposite->y}
                    : (SacPoint){opposite->x, points[moved].y};
}

static SacAnnotation *
copy_moved_vertex (
  const SacAnnotation *item, int ring_index, int point, double dx, double dy)
{
  SacAnnotation *copy = sac_annotation_copy (item);
  GArray *ring = copy->rings->pdata[ring_index];
  SacPoint *at = &g_array_index (ring, SacPoint, point);

  at->x += dx;
  at->y += dy;
  if (copy->kind == SAC_ANNOTATION_RECTANGLE)
    keep_rectangle (ring, (guint)point);
  return copy;
}

static SacAnnotation *
copy_moved (const SacAnnotation *item, double dx, double dy)
{
  SacAnnotation *copy = sac_annotation_copy (item);

  sac_annotation_move (copy, dx, dy);
  return copy;
}

/* Puts the selected item, or its vertex, so far from where `from` has it. */
static void
put (SacMarkupTools *tools, const SacAnnotation *from, double dx, double dy)
{
  int ring, point;

  sac_markup_get_vertex (tools->markup, &ring, &point);
  if (ring >= 0)
    sac_markup_replace_take (tools->markup,
                             copy_moved_vertex (from, ring, point, dx, dy),
                             N_ ("Move Vertex"), "vertex");
  else
    sac_markup_replace_take (tools->markup, copy_moved (from, dx, dy),
                             N_ ("Move Annotation"), "move");
}

static void
drag_draw (SacMarkupTools *tools, const SacTouch *touch)
{
  SacTool tool = sac_markup_get_tool (tools->markup);

  if (!is_drawing (tools))
    return;
  if (tool == SAC_TOOL_POLYGON) {
    if (!is_near (get_point (tools, tools->points->len - 1), touch,
                  FREEHAND_REACHES))
      add_point (tools, touch);
  } else if (tool == SAC_TOOL_POINT) {
    *get_point (tools, 0) = (SacPoint){touch->x, touch->y};
    show_draft (tools, NULL);
  } else {
    show_draft (tools, touch);
  }
}

void
sac_markup_tools_drag (SacMarkupTools *tools, const SacTouch *touch)
{
  bool left = !is_near (&tools->start, touch, 0.5);

  /* A hand that trembles moves nothing. */
  if (!tools->has_moved && !left)
    return;
  tools->has_moved = true;
  if (tools->drag == DRAG_DRAW)
    drag_draw (tools, touch);
  else if (tools->drag != DRAG_NONE &&
           sac_markup_get_selected (tools->markup) >= 0)
    put (tools, tools->moved, touch->x - tools->start.x,
         touch->y - tools->start.y);
}

static void
release_draw (SacMarkupTools *tools, const SacTouch *touch)
{
  SacTool tool = sac_markup_get_tool (tools->markup);

  if (!is_drawing (tools))
    return;
  if (tool == SAC_TOOL_POINT) {
    commit (tools);
  } else if (tool == SAC_TOOL_POLYGON) {
    /* A line drawn around something and back is all of it. */
    if (tools->has_moved && tools->points->len > 3 &&
        is_near (get_point (tools, 0), touch, 2))
      commit (tools);
  } else if (tools->has_moved || !is_near (get_point (tools, 0), touch, 0.5)) {
    add_point (tools, touch);
    commit (tools);
  }
}

void
sac_markup_tools_release (SacMarkupTools *tools, const SacTouch *touch)
{
  if (tools->drag == DRAG_DRAW)
    release_draw (tools, touch);
  else
    sac_markup_seal (tools->markup);
  tools->drag = DRAG_NONE;
}

void
sac_markup_tools_cancel (SacMarkupTools *tools)
{
  if (tools->drag == DRAG_DRAW)
    sac_markup_tools_drop (tools);
  else
    sac_markup_seal (tools->markup);
  tools->drag = DRAG_NONE;
}

void
sac_markup_tools_hover (SacMarkupTools *tools, const SacTouch *touch)
{
  if (tools->drag == DRAG_NONE && is_drawing (tools))
    show_draft (tools, touch);
}

bool
sac_markup_tools_nudge (SacMarkupTools *tools, double dx, double dy)
{
  const SacAnnotation *item = sac_markup_get_selection (tools->markup);

  if (item == NULL)
    return false;
  put (tools, item, dx, dy);
  return true;
}

void
sac_markup_tools_step (SacMarkupTools *tools, int by)
{
  int count = (int)sac_markup_get_set (tools->markup)->items->len;
  int selected = sac_markup_get_selected (tools->markup);

  if (count == 0)
    return;
  /* From nothing to the first, or the last. */
  selected =
    selected < 0 ? (by > 0 ? 0 : count - 1) : (selected + by + count) % count;
  sac_markup_select (tools->markup, selected);
}

void
sac_markup_tools_step_vertex (SacMarkupTools *tools, int by)
{
  const SacAnnotation *item = sac_markup_get_selection (tools->markup);
  int ring, point;

  if (item == NULL)
    return;
  sac_markup_get_vertex (tools->markup, &ring, &point);
  if (ring < 0) {
    sac_markup_select_vertex (tools->markup, 0, 0);
    return;
  }

  int rings = (int)item->rings->len;
  int count = (int)((const GArray *)item->rings->pdata[ring])->len;

  point += by;
  if (point < 0 || point >= count) {
    ring = (ring + by + rings) % rings;
    count = (int)((const GArray *)item->rings->pdata[ring])->len;
    point = by > 0 ? 0 : count - 1;
  }
  sac_markup_select_vertex (tools->markup, ring, point);
}
