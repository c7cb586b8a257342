/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Thin bent lines: hairs, streaks, ticks of a ruler. */
#ifndef SAC_IMAGE_PHANTOM_STROKE_H
#define SAC_IMAGE_PHANTOM_STROKE_H

#define SAC_PHANTOM_STROKE_POINTS 24

typedef struct {
  float x[SAC_PHANTOM_STROKE_POINTS], y[SAC_PHANTOM_STROKE_POINTS];
  int count;
  float width;                    /* half of it */
  float tip;                      /* its share at the end; above 1: a bulb */
  float depth;                    /* how dark it is */
  float left, top, right, bottom; /* nothing of it lies outside */
} SacPhantomStroke;

typedef struct {
  float x, y, angle; /* where it begins, and to where: 256 make a turn */
  float bend;        /* how far the angle drifts */
  float length;
} SacPhantomPath;

/* Lays the points and the bounds; width and tip are set. */
void sac_phantom_stroke_lay (SacPhantomStroke *stroke,
                             const SacPhantomPath *path);

/* How much of the place it covers, 0 to 1.  ret_streak: 1 along its middle
 * line.
 */
float sac_phantom_stroke_cover (const SacPhantomStroke *stroke,
                                float x,
                                float y,
                                float soft,
                                float *ret_streak);

#endif
