/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The bytes as the cells of a mask, the first as its width: its outlines put
 * back on the same grid are the same mask. */
#include "annotation/mask.h"
#include "annotation/rasterize.h"

#define CLASS_COUNT 3
#define CELLS_MAX 4096

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_class (const SacMask *mask, const SacAnnotations *set, int class_index)
{
  size_t count = (size_t)mask->rows * (size_t)mask->columns;
  g_autofree float *shares = g_new (float, count);
  SacGeometry geometry = {.seen = mask->place};

  g_assert_true (sac_annotations_rasterize (set, class_index, &geometry,
                                            mask->rows, mask->columns, shares,
                                            NULL, NULL));
  for (size_t i = 0; i < count; i++)
    g_assert_cmpfloat (shares[i], ==, mask->cells[i] == class_index + 1);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  int columns = size > 0 ? 1 + data[0] % 64 : 1;
  int rows = (int)(MIN (size, CELLS_MAX) / (size_t)columns);
  g_autofree uint8_t *cells = g_new0 (uint8_t, CELLS_MAX);
  g_autoptr (GPtrArray) classes = g_ptr_array_new ();
  SacAnnotationClass names[CLASS_COUNT] = {{(char *)"a", 0},
                                           {(char *)"b", 1},
                                           {(char *)"c", 2}};
  SacMask mask = {rows,
                  columns,
                  cells,
                  classes,
                  {0, 0, columns * 4.0, rows * 4.0}};

  if (size < 2 || rows == 0)
    return 0;
  for (int i = 0; i < rows * columns && (size_t)i + 1 < size; i++)
    cells[i] = data[i + 1] % (CLASS_COUNT + 1);
  for (int i = 0; i < CLASS_COUNT; i++)
    g_ptr_array_add (classes, &names[i]);

  g_autoptr (SacAnnotations) set = sac_mask_to_annotations (&mask, NULL, NULL);

  for (int i = 0; i < CLASS_COUNT; i++)
    check_class (&mask, set, i);
  return 0;
}
