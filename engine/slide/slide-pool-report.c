/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "slide/slide-pool-report.h"

#include "base/json.h"
#include "slide/slide-report.h"
#include "slide/slide-run-private.h"
#include "slide/slide-table.h"

#include <stdlib.h>
#include <string.h>

char *
sac_slide_bag_name_class (const SacSlideBag *self, size_t class_index)
{
  return sac_slide_name_label (self->bag->output, class_index);
}

size_t
sac_slide_bag_choose_class (const SacSlideBag *self, const char *class_text)
{
  for (size_t c = 0; class_text != NULL && c < self->bag->class_count; c++) {
    g_autofree char *name = sac_slide_bag_name_class (self, c);

    if (strcmp (name, class_text) == 0)
      return c;
  }
  return self->bag->class_count - 1;
}

/* Lines come in the list's order, as instances do. */
typedef struct {
  const SacSlideBag *self;
  size_t next; /* instance */
} Lines;

static void
put (SacSlideTable *table, double value)
{
  putc (',', table->file);
  sac_slide_table_put_number (table->file, value);
}

static void
write_line (SacSlideTable *table, size_t place)
{
  Lines *lines = table->data;
  const SacBag *bag = lines->self->bag;
  size_t i = lines->next;

  if (i == bag->count || lines->self->places[i] != place)
    return;
  lines->next++;
  sac_slide_table_put_place (table, place);
  for (size_t b = 0; b < bag->branch_count; b++) {
    size_t at = b * bag->count + i;

    put (table, bag->attention[at]);
    put (table, (float)bag->count * bag->attention[at]);
    if (bag->raw == NULL)
      continue;
    put (table, bag->raw[at]);
    put (table, bag->percentile[at]);
  }
  for (size_t c = 0; bag->evidence != NULL && c < bag->class_count; c++)
    put (table, bag->evidence[c * bag->count + i]);
  putc ('\n', table->file);
}

static void
add_column (GString *head, const char *name, const char *class_name)
{
  g_autofree char *whole =
    class_name != NULL ? g_strconcat (name, ":", class_name, NULL) : NULL;

  sac_slide_table_add_field (head, whole != NULL ? whole : name);
}

bool
sac_slide_bag_write_csv (const SacSlideBag *self,
                         SacSlideRun *run,
                         const char *path,
                         SacJob *job,
                         GError **error)
{
  const SacBag *bag = self->bag;
  g_autoptr (GString) head = g_string_new ("x,y,w,h,row,column");
  Lines lines = {self, 0};

  for (size_t b = 0; b < bag->branch_count; b++) {
    g_autofree char *name =
      bag->branch_count > 1 ? sac_slide_bag_name_class (self, b) : NULL;

    add_column (head, "attention", name);
    add_column (head, "times_n", name);
    if (bag->raw == NULL)
      continue;
    add_column (head, "raw", name);
    add_column (head, "percentile", name);
  }
  for (size_t c = 0; bag->evidence != NULL && c < bag->class_count; c++) {
    g_autofree char *name = sac_slide_bag_name_class (self, c);

    add_column (head, "evidence", name);
  }
  g_string_append_c (head, '\n');

  const char *const ends[2] = {head->str, ""};

  return sac_slide_table_write (run, path, write_line, &lines, ends, job,
                                error);
}

typedef struct {
  size_t instance;
  float value;
} Ranked;

static int
compare (const void *a, const void *b)
{
  const Ranked *left = a, *right = b;

  if (left->value != right->value)
    return left->value < right->value ? 1 : -1;
  return (left->instance > right->instance) -
         (left->instance < right->instance);
}

static JsonArray *
list_top (const SacSlideBag *self,
          SacSlideRun *run,
          const float *values,
          size_t count)
{
  size_t n = self->bag->count;
  g_autofree Ranked *ranked = g_new (Ranked, n);
  JsonArray *array = json_array_new ();

  for (size_t i = 0; i < n; i++)
    ranked[i] = (Ranked){i, values[i]};
  qsort (ranked, n, sizeof (Ranked), compare);
  for (size_t i = 0; i < MIN (n, count); i++) {
    JsonObject *object = json_object_new ();
    int row, column;

    sac_slide_table_get_place (run, self->places[ranked[i].instance], &row,
                               &column);

    SacRect tile = sac_tile_grid_get_tile (&run->grid, row, column);

    json_object_set_int_member (object, "row", row);
    json_object_set_int_member (object, "column", column);
    sac_json_set_number (object, "x", tile.x);
    sac_json_set_number (object, "y", tile.y);
    sac_json_set_number (object, "value", ranked[i].value);
    json_array_add_object_element (array, object);
  }
  return array;
}

static JsonObject *
summarize_class (const SacSlideBag *self,
                 SacSlideRun *run,
                 size_t class_index,
                 size_t top_count)
{
  const SacBag *bag = self->bag;
  size_t branch = sac_bag_get_branch (bag, class_index);
  const float *evidence =
    bag->evidence != NULL ? bag->evidence + class_index * bag->count : NULL;
  g_autofree char *name = sac_slide_bag_name_class (self, class_index);
  JsonObject *object = json_object_new ();
  double sum = 0;

  for (size_t i = 0; evidence != NULL && i < bag->count; i++)
    sum += evidence[i];
  json_object_set_string_member (object, "id", name);
  sac_json_set_number (object, "logit", bag->scores[class_index]);
  sac_json_set_number (object, "probability", bag->probabilities[class_index]);
  sac_json_set_number (object, "effective_tiles", bag->effective[branch]);
  if (evidence != NULL) {
    sac_json_set_number (object, "bias", bag->bias[class_index]);
    sac_json_set_number (object, "evidence_sum", sum);
  }
  json_object_set_array_member (object, "top",
                                list_top (self, run,
                                          evidence != NULL
                                            ? evidence
                                            : bag->attention +
                                                branch * bag->count,
                                          top_count));
  return object;
}

JsonObject *
sac_slide_bag_summarize (const SacSlideBag *self,
                         SacSlideRun *run,
                         size_t pooling,
                         size_t top_count)
{
  JsonObject *object = sac_slide_run_describe_pooling (run, pooling);
  JsonArray *classes = json_array_new ();

  json_object_set_int_member (object, "tiles", (gint64)self->bag->count);
  if (self->bag->no_evidence != NULL)
    json_object_set_string_member (object, "no_evidence",
                                   self->bag->no_evidence);
  for (size_t c = 0; c < self->bag->class_count; c++)
    json_array_add_object_element (classes,
                                   summarize_class (self, run, c, top_count));
  json_object_set_array_member (object, "classes", classes);
  return object;
}
