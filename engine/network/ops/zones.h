/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Which side of a kink each element lay on: a few bits an element, packed into
 * words, kept for the gradient instead of the elements themselves. */
#ifndef SAC_NETWORK_OPS_ZONES_H
#define SAC_NETWORK_OPS_ZONES_H

#include <stddef.h>
#include <stdint.h>

/* Elements in a word.  Loops that fill zones on the pool are cut at multiples
 * of it: SAC_ELEMENTS_CHUNK is one. */
#define SAC_ZONES_IN_WORD(bits) (32 / (bits))

/* bits: of one element; divides 32. */
static inline size_t
sac_zones_bytes (int64_t count, int bits)
{
  return (size_t)((count + SAC_ZONES_IN_WORD (bits) - 1) /
                  SAC_ZONES_IN_WORD (bits)) *
         sizeof (uint32_t);
}

/* For one element after the other: the first of a word clears it. */
static inline void
sac_zones_put (uint32_t *words, int64_t element, int bits, uint32_t zone)
{
  int64_t in_word = SAC_ZONES_IN_WORD (bits);
  uint32_t *word = &words[element / in_word];

  if (element % in_word == 0)
    *word = 0;
  *word |= zone << (element % in_word * bits);
}

static inline uint32_t
sac_zones_get (const uint32_t *words, int64_t element, int bits)
{
  int64_t in_word = SAC_ZONES_IN_WORD (bits);

  return words[element / in_word] >> (element % in_word * bits) &
         ((1u << bits) - 1);
}

#endif
