/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Brightness, contrast and gamma of what is shown.  Models never see them. */
#ifndef SAC_IMAGE_TONE_H
#define SAC_IMAGE_TONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A level v in [0, 1] becomes ((v - 1/2) contrast + 1/2 + brightness) ^
 * (1 / gamma), cut off at 0 and 1; the same for red, green and blue. */
typedef struct {
  double brightness; /* [-1, 1]; 0: as it is */
  double contrast;   /* [SAC_TONE_LEAST, SAC_TONE_MOST]; 1: as it is */
  double gamma;      /* the same; above 1 shadows are brighter */
} SacTone;

#define SAC_TONE_LEAST 0.2
#define SAC_TONE_MOST 5.0

extern const SacTone sac_tone_plain;

bool sac_tone_is_plain (const SacTone *tone);
bool sac_tone_equal (const SacTone *a, const SacTone *b);

void sac_tone_fill_table (const SacTone *tone, uint8_t ret_table[256]);

/* Changes `count` pixels 0x??RRGGBB; the top byte stays. */
void sac_tone_apply (const uint8_t table[256], uint32_t *pixels, size_t count);

#endif
