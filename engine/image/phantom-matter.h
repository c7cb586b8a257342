/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What the parts of a dermoscopy phantom share.
 *
 * Light comes back from the skin weakened by what lies in it (Beer and
 * Lambert): melanin, which swallows blue most, and blood, which swallows green.
 * Every structure only adds to one of the two, or lays something over.  Lengths
 * are in thousandths of the picture's shorter side, so that the size does not
 * change the picture. */
#ifndef SAC_IMAGE_PHANTOM_MATTER_H
#define SAC_IMAGE_PHANTOM_MATTER_H

#include "image/noise.h"
#include "image/phantom-dermoscopy.h"

typedef struct {
  uint64_t seed;
  unsigned shown; /* structures, as bits */
  float width, height;
  float soft; /* half the side of a sample */
  float asymmetry, irregularity, softness;
} SacPhantomFrame;

/* Millimetres that the shorter side of a dermoscopy phantom shows. */
#define SAC_PHANTOM_FIELD_MM 18.0

/* What the seed and the parameters decide; samples: of a pixel, along a side.
 */
void sac_phantom_frame_plan (SacPhantomFrame *frame,
                             const SacPhantomDermoscopyParams *params,
                             int samples);

/* What the light meets at one place. */
typedef struct {
  float melanin, blood;
  float veil;     /* share of blue-grey haze from pigment lying deep */
  float scar;     /* share of white */
  float ink;      /* share of black laid over */
  float dimming;  /* share of the light that is lost */
  float shine;    /* added light */
  unsigned found; /* structures with a part in it, as bits */
} SacPhantomMatter;

typedef struct {
  float x, y, radius;
} SacPhantomDisc;

/* Amounts below this are none, so that masks have an edge. */
#define SAC_PHANTOM_LEAST 0.04f

static inline bool
sac_phantom_shows (const SacPhantomFrame *frame, SacPhantomStructure structure)
{
  return (frame->shown >> structure & 1) != 0;
}

/* The amount of a structure, entered where it counts. */
static inline float
sac_phantom_enter (SacPhantomMatter *matter,
                   SacPhantomStructure structure,
                   float amount)
{
  if (amount < SAC_PHANTOM_LEAST)
    return 0;
  matter->found |= 1u << structure;
  return amount;
}

/* A number in [low, high) that the seed chooses; `what` is one of SEED_. */
static inline float
sac_phantom_pick (
  const SacPhantomFrame *frame, int what, int which, float low, float high)
{
  uint64_t hash = sac_noise_hash (frame->seed + 161, what, which);

  return low + (high - low) * sac_noise_unit (hash, 0);
}

/* Fractal noise whose octaves lie at angles to each other, so that the lattice
 * does not show. */
float sac_phantom_cloud (uint64_t seed, float x, float y, int octaves);

/* How far inside the disc, 1 at its middle, with a ragged edge; -1 far from it.
 */
float sac_phantom_inside (const SacPhantomDisc *disc,
                          uint64_t seed,
                          float x,
                          float y);

/* structures: bits for each pixel of the image.  Returns: a new image, white
 * where the bit `which` is set, black elsewhere. */
SacImage *sac_phantom_mask_new (const SacImage *image,
                                const uint16_t *structures,
                                int which,
                                GError **error);

/* Between the 256 steps of sac_noise_direction. */
void sac_phantom_turn (float angle, float *ret_x, float *ret_y);

#endif
