/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/phantom-stroke.h"

#include "image/phantom-matter.h"

/* Samples are at most so wide, in thousandths of the shorter side: of a picture
 * of 20 pixels. */
#define SOFT_MOST 25.0f

static void
find_bounds (SacPhantomStroke *stroke)
{
  float reach = stroke->width * MAX (1, stroke->tip) + SOFT_MOST;

  stroke->left = stroke->top = INFINITY;
  stroke->right = stroke->bottom = -INFINITY;
  for (int i = 0; i < stroke->count; i++) {
    stroke->left = MIN (stroke->left, stroke->x[i] - reach);
    stroke->right = MAX (stroke->right, stroke->x[i] + reach);
    stroke->top = MIN (stroke->top, stroke->y[i] - reach);
    stroke->bottom = MAX (stroke->bottom, stroke->y[i] + reach);
  }
}

void
sac_phantom_stroke_lay (SacPhantomStroke *stroke, const SacPhantomPath *path)
{
  float x = path->x, y = path->y;
  float step = path->length / (float)(stroke->count - 1);

  for (int i = 0; i < stroke->count; i++) {
    float part = (float)i / (float)(stroke->count - 1), dx, dy;

    stroke->x[i] = x;
    stroke->y[i] = y;
    sac_phantom_turn (path->angle + path->bend * part, &dx, &dy);
    x += dx * step;
    y += dy * step;
  }
  find_bounds (stroke);
}

static float
find_distance (
  const SacPhantomStroke *stroke, int i, float x, float y, float *ret_part)
{
  float ax = stroke->x[i], ay = stroke->y[i];
  float bx = stroke->x[i + 1] - ax, by = stroke->y[i + 1] - ay;
  float part =
    sac_noise_clamp (((x - ax) * bx + (y - ay) * by) / (bx * bx + by * by), 0,
                     1);
  float dx = x - ax - part * bx, dy = y - ay - part * by;

  *ret_part = ((float)i + part) / (float)(stroke->count - 1);
  return dx * dx + dy * dy;
}

float
sac_phantom_stroke_cover (const SacPhantomStroke *stroke,
                          float x,
                          float y,
                          float soft,
                          float *ret_streak)
{
  float best = INFINITY, at = 0;

  *ret_streak = 0;
  if (x < stroke->left || x > stroke->right || y < stroke->top ||
      y > stroke->bottom)
    return 0;
  for (int i = 0; i < stroke->count - 1; i++) {
    float part, distance = find_distance (stroke, i, x, y, &part);

    if (distance < best) {
      best = distance;
      at = part;
    }
  }
  best = sqrtf (best);

  float width = stroke->width * (1 + (stroke->tip - 1) * at * at);

  /* One that is finer than a sample is paler instead. */
  float drawn = MAX (width, soft);

  *ret_streak = 1 - sac_noise_step (0, drawn * 0.5f, best);
  return width / drawn *
         (1 - sac_noise_step (drawn - soft, drawn + soft + 0.4f, best));
}
