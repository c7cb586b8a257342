/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/skeleton.h"

#include "base/error.h"
#include "base/pages.h"
#include "network/weight.h"
#include "network/wire.h"

/* The longest header of a field, and what is read at once. */
#define HEADER_BYTES 20
#define READ_BYTES ((size_t)16 << 10)

/* Messages on the way from a model to raw data; each by the numbers of the
 * fields that lead on. */
typedef enum {
  MODEL,
  GRAPH,
  NODE,
  ATTRIBUTE,
  TENSOR,
  RAW,
  NOTHING,
} Kind;

static const struct {
  Kind from;
  uint32_t number;
  Kind to;
} ways[] = {
  {MODEL, 7, GRAPH},      /* graph */
  {GRAPH, 1, NODE},       /* node */
  {GRAPH, 5, TENSOR},     /* initializer */
  {NODE, 5, ATTRIBUTE},   /* attribute */
  {ATTRIBUTE, 5, TENSOR}, /* t */
  {TENSOR, 4, RAW},       /* float_data, which lie as raw ones do */
  {TENSOR, 9, RAW},       /* raw_data */
};

struct SacSkeleton {
  SacContent *content;
  uint8_t *data;
  size_t size;
  size_t present; /* everything before is there, or left out */
  GArray *gaps;   /* size_t: where something was left out, rising */
};

void
sac_skeleton_free (SacSkeleton *skeleton)
{
  if (skeleton == NULL)
    return;
  sac_content_unref (skeleton->content);
  sac_pages_free (skeleton->data, skeleton->size);
  g_array_unref (skeleton->gaps);
  g_free (skeleton);
}

const void *
sac_skeleton_get_data (const SacSkeleton *skeleton)
{
  return skeleton->data;
}

SacContent *
sac_skeleton_get_content (const SacSkeleton *skeleton)
{
  return skeleton->content;
}

static int
compare_offsets (const void *left, const void *right)
{
  size_t a = *(const size_t *)left, b = *(const size_t *)right;

  return (a > b) - (a < b);
}

bool
sac_skeleton_lacks (const SacSkeleton *skeleton, size_t offset)
{
  return g_array_binary_search (skeleton->gaps, &offset, compare_offsets, NULL);
}

/* Makes everything before `end` present. */
static bool
read_until (SacSkeleton *skeleton, size_t end, GError **error)
{
  size_t start = skeleton->present;
  size_t wanted = MIN (MAX (end, start + READ_BYTES), skeleton->size);

  if (end <= start)
    return true;
  skeleton->present = wanted;
  return sac_content_read (skeleton->content, start, wanted - start,
                           skeleton->data + start, error);
}

static Kind
follow (Kind from, const SacField *field)
{
  for (size_t i = 0; i < G_N_ELEMENTS (ways); i++) {
    if (ways[i].from == from && ways[i].number == field->number &&
        field->kind == SAC_WIRE_BYTES)
      return ways[i].to;
  }
  return NOTHING;
}

/* Leaves out what `wire` covers, but for what is there already. */
static void
leave_out (SacSkeleton *skeleton, const SacWire *wire)
{
  size_t start = wire->at - wire->file;

  g_array_append_val (skeleton->gaps, start);
  skeleton->present = MAX (skeleton->present, (size_t)(wire->end - wire->file));
}

/* A message that is damaged is left as it is: who reads it will say so.
 * Returns: false when the file cannot be read. */
static bool
walk (SacSkeleton *skeleton, SacWire wire, Kind kind, GError **error)
{
  while (sac_wire_more (&wire)) {
    size_t offset = wire.at - wire.file;
    size_t left = sac_wire_size (&wire);
    SacField field;

    if (!read_until (skeleton, offset + MIN (left, HEADER_BYTES), error))
      return false;
    if (!sac_wire_next (&wire, &field, NULL))
      return true;

    Kind next = follow (kind, &field);
    bool is_long = field.kind == SAC_WIRE_BYTES &&
                   sac_wire_size (&field.bytes) >= SAC_WEIGHT_REST_BYTES;

    if (next == RAW && is_long)
      leave_out (skeleton, &field.bytes);
    else if (next != RAW && next != NOTHING && is_long &&
             !walk (skeleton, field.bytes, next, error))
      return false;
    if (!read_until (skeleton, wire.at - wire.file, error))
      return false;
  }
  return true;
}

SacSkeleton *
sac_skeleton_new (SacContent *content, GError **error)
{
  g_autoptr (SacSkeleton) skeleton = g_new0 (SacSkeleton, 1);

  skeleton->content = sac_content_ref (content);
  skeleton->gaps = g_array_new (FALSE, FALSE, sizeof (size_t));
  skeleton->size = sac_content_get_size (content);
  if (skeleton->size == 0)
    return g_steal_pointer (&skeleton);
  skeleton->data = sac_pages_new_sparse (skeleton->size);
  if (skeleton->data == NULL) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "there is no memory to read its %zu bytes", skeleton->size);
    return NULL;
  }

  SacWire wire = sac_wire_new (skeleton->data, skeleton->size);

  if (!walk (skeleton, wire, MODEL, error) ||
      !read_until (skeleton, skeleton->size, error))
    return NULL;
  return g_steal_pointer (&skeleton);
}
