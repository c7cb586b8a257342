/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/order.h"

#include <glib.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

/* A number and its bits as a whole number of the same order. */
typedef struct {
  uint32_t key, place;
} Keyed;

/* Digits of 11, 11 and 10 bits. */
#define DIGIT_BITS 11
#define DIGITS 3
#define BUCKETS (1 << DIGIT_BITS)

static uint32_t
key_of (float value)
{
  uint32_t bits;

  if (isnan (value))
    return 0;
  value += 0.0f; /* of both zeros the positive one */
  memcpy (&bits, &value, sizeof bits);
  return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

static uint32_t
digit_of (uint32_t key, int digit)
{
  return key >> (digit * DIGIT_BITS) & (BUCKETS - 1);
}

/* By one digit, equal ones as they stand.  counts: how many have each digit.
 * Returns: false when all have the same, and nothing was done. */
static bool
sort_digit (
  const Keyed *from, Keyed *to, size_t count, int digit, uint32_t *counts)
{
  uint32_t start = 0;

  if (counts[digit_of (from[0].key, digit)] == count)
    return false;
  for (int i = 0; i < BUCKETS; i++) {
    uint32_t own = counts[i];

    counts[i] = start;
    start += own;
  }
  for (size_t i = 0; i < count; i++)
    to[counts[digit_of (from[i].key, digit)]++] = from[i];
  return true;
}

/* Returns: a new array, sorted digit by digit from the lowest one. */
static Keyed *
sort (const float *values, size_t count)
{
  Keyed *sorted = g_new (Keyed, count);
  g_autofree Keyed *other = g_new (Keyed, count);
  g_autofree uint32_t *counts = g_new0 (uint32_t, DIGITS * BUCKETS);

  for (size_t i = 0; i < count; i++) {
    uint32_t key = key_of (values[i]);

    sorted[i] = (Keyed){key, (uint32_t)i};
    for (int digit = 0; digit < DIGITS; digit++)
      counts[digit * BUCKETS + (int)digit_of (key, digit)]++;
  }
  for (int digit = 0; digit < DIGITS && count > 0; digit++) {
    if (sort_digit (sorted, other, count, digit, counts + digit * BUCKETS)) {
      Keyed *last = sorted;

      sorted = other;
      other = last;
    }
  }
  return sorted;
}

void
sac_order_places (const float *values, size_t count, uint32_t *ret_places)
{
  g_autofree Keyed *sorted = sort (values, count);

  for (size_t i = 0; i < count; i++)
    ret_places[i] = sorted[i].place;
}

static double
count_pairs (size_t count)
{
  return (double)count * (double)(count - 1) / 2;
}

void
sac_order_init (SacOrder *order, const float *values, size_t count)
{
  g_autofree Keyed *sorted = sort (values, count);

  *order = (SacOrder){.count = count,
                      .places = g_new (uint32_t, count),
                      .codes = g_new (uint32_t, count),
                      .starts = g_new (uint32_t, count + 1)};
  for (size_t i = 0; i < count; i++) {
    if (i == 0 || sorted[i].key != sorted[i - 1].key)
      order->starts[order->levels++] = (uint32_t)i;
    order->places[i] = sorted[i].place;
    order->codes[sorted[i].place] = order->levels - 1;
  }
  order->starts[order->levels] = (uint32_t)count;
  for (uint32_t level = 0; level < order->levels; level++)
    order->tied_pairs +=
      count_pairs (order->starts[level + 1] - order->starts[level]);
}

void
sac_order_clear (SacOrder *order)
{
  g_clear_pointer (&order->places, g_free);
  g_clear_pointer (&order->codes, g_free);
  g_clear_pointer (&order->starts, g_free);
}

void
sac_order_ranks (const SacOrder *order, double *ret_ranks)
{
  for (size_t i = 0; i < order->count; i++) {
    uint32_t level = order->codes[i];

    ret_ranks[i] =
      (1.0 + order->starts[level] + order->starts[level + 1]) / 2.0;
  }
}

/* Which numbers have been seen, a bit for each by its order: words of 64 bits,
 * blocks of 16 words, groups of 32 blocks.  How many are seen before a word
 * within its block, before a block within its group, and before a group, is
 * kept, so that counting those below a number looks at one place of each and
 * adding one goes through few of each. */
#define WORD 64
#define WORDS 16
#define BLOCK (WORDS * WORD)
#define BLOCKS 32
#define GROUP (BLOCKS * BLOCK)

typedef struct {
  uint64_t *words;
  uint16_t *in_block;     /* of each word */
  uint32_t *in_group;     /* of each block */
  uint32_t *before_group; /* of each group */
  size_t group_count;
} Seen;

static void
seen_init (Seen *seen, size_t count)
{
  seen->group_count = count / GROUP + 1;
  seen->words = g_new0 (uint64_t, seen->group_count * (GROUP / WORD));
  seen->in_block = g_new0 (uint16_t, seen->group_count * (GROUP / WORD));
  seen->in_group = g_new0 (uint32_t, seen->group_count * BLOCKS);
  seen->before_group = g_new0 (uint32_t, seen->group_count);
}

static void
seen_clear (Seen *seen)
{
  g_free (seen->words);
  g_free (seen->in_block);
  g_free (seen->in_group);
  g_free (seen->before_group);
}

/* Bits that are set: sums of two, four and eight, and of the eight bytes. */
static uint32_t
count_bits (uint64_t word)
{
  word -= word >> 1 & 0x5555555555555555u;
  word = (word & 0x3333333333333333u) + (word >> 2 & 0x3333333333333333u);
  word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0fu;
  return (uint32_t)((word * 0x0101010101010101u) >> 56);
}

static uint32_t
count_below (const Seen *seen, uint32_t bit)
{
  uint32_t word = bit / WORD;
  uint64_t below = ((uint64_t)1 << bit % WORD) - 1;

  return seen->before_group[bit / GROUP] + seen->in_group[bit / BLOCK] +
         seen->in_block[word] + count_bits (seen->words[word] & below);
}

/* From the place after the last 0: a 1 for each behind one's own. */
#define ONES_4 1, 1, 1, 1
#define ONES_16 ONES_4, ONES_4, ONES_4, ONES_4
static const uint16_t behind_word[2 * WORDS] = {[WORDS] = ONES_16};
static const uint32_t behind_block[2 * BLOCKS] = {[BLOCKS] = ONES_16, ONES_16};

/* All of a block and a group are gone through: without a branch each takes a
 * few vectors. */
static void
add_bit (Seen *seen, uint32_t bit)
{
  uint32_t word = bit / WORD, block = bit / BLOCK, group = bit / GROUP;
  uint16_t *restrict in_block = seen->in_block + (size_t)block * WORDS;
  uint32_t *restrict in_group = seen->in_group + (size_t)group * BLOCKS;
  const uint16_t *words = behind_word + WORDS - 1 - word % WORDS;
  const uint32_t *blocks = behind_block + BLOCKS - 1 - block % BLOCKS;

  seen->words[word] |= (uint64_t)1 << bit % WORD;
  for (size_t i = 0; i < WORDS; i++)
    in_block[i] = (uint16_t)(in_block[i] + words[i]);
  for (size_t i = 0; i < BLOCKS; i++)
    in_group[i] += blocks[i];
  for (size_t i = group + 1; i < seen->group_count; i++)
    seen->before_group[i]++;
}

/* Going up a, each number meets those below it in a: pairs that b has in the
 * same order less those that it has the other way round. */
double
sac_order_kendall (const SacOrder *a, const SacOrder *b, const uint32_t *codes)
{
  double all = count_pairs (a->count);
  int64_t balance = 0;
  Seen seen;
  /* The bit that the next number of each level of b has. */
  g_autofree uint32_t *next =
    g_memdup2 (b->starts, (b->levels + 1) * sizeof *next);

  seen_init (&seen, a->count);
  for (uint32_t level = 0; level < a->levels; level++) {
    uint32_t start = a->starts[level], end = a->starts[level + 1];

    for (uint32_t i = start; i < end; i++) {
      uint32_t code = codes[a->places[i]];
      uint32_t below = count_below (&seen, b->starts[code]);
      uint32_t equal = next[code] - b->starts[code];

      balance += (int64_t)below - (int64_t)(start - below - equal);
    }
    for (uint32_t i = start; i < end; i++)
      add_bit (&seen, next[codes[a->places[i]]]++);
  }
  seen_clear (&seen);
  return CLAMP ((double)balance /
                  (sqrt (all - a->tied_pairs) * sqrt (all - b->tied_pairs)),
                -1, 1);
}
