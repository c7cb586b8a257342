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

/* Numbers of a by b's order, equal ones in a's.  sorted: becomes
 * their places. */
static void
order_both (const SacOrder *a, const SacOrder *b, uint32_t *sorted)
{
  g_autofree uint32_t *next =
    g_memdup2 (b->starts, (b->levels + 1) * sizeof *next);

  for (size_t i = 0; i < a->count; i++)
    sorted[next[b->codes[a->places[i]]]++] = a->places[i];
}

/* Pairs that are equal in both.  sorted: of order_both. */
static double
count_tied (const SacOrder *a, const SacOrder *b, const uint32_t *sorted)
{
  double pairs = 0;

  for (uint32_t level = 0; level < b->levels; level++) {
    size_t end = b->starts[level + 1];

    for (size_t start = b->starts[level], next; start < end; start = next) {
      for (next = start + 1;
           next < end && a->codes[sorted[next]] == a->codes[sorted[start]];
           next++)
        ;
      pairs += count_pairs (next - start);
    }
  }
  return pairs;
}

/* Ranks in b in the order of a, equal ones of a in b's order: what is equal in
 * either stands as it should: 0 to the count. */
static void
rank_in_order (const SacOrder *a, const uint32_t *sorted, uint32_t *ranks)
{
  g_autofree uint32_t *next =
    g_memdup2 (a->starts, (a->levels + 1) * sizeof *next);

  for (size_t rank = 0; rank < a->count; rank++)
    ranks[next[a->codes[sorted[rank]]]++] = (uint32_t)rank;
}

/* The same where nothing is equal. */
static void
rank_untied (const SacOrder *a, const uint32_t *codes, uint32_t *ranks)
{
  for (size_t i = 0; i < a->count; i++)
    ranks[i] = codes[a->places[i]];
}

/* So many are compared each with each. */
#define FEW_BITS 5
#define FEW (1 << FEW_BITS)

/* Of numbers below FEW: pairs of which the later one is lower. */
static int
count_swapped_few (const uint32_t *ranks, size_t count)
{
  int8_t few[2 * FEW], swapped[FEW] = {0};
  int sum = 0;

  /* Nothing is above what comes after the last. */
  memset (few, FEW, sizeof few);
  for (size_t i = 0; i < count; i++)
    few[i] = (int8_t)(ranks[i] % FEW);
  for (size_t apart = 1; apart < FEW; apart++) {
    for (size_t i = 0; i < FEW; i++)
      swapped[i] = (int8_t)(swapped[i] + (few[i] > few[i + apart]));
  }
  for (size_t i = 0; i < count; i++)
    sum += swapped[i];
  return sum;
}

/* Numbers below the border go to the front, of which they leave nothing but
 * the rest to the others, each as they stand.  Which one goes where is
 * anybody's guess: each goes to both, without a branch, and one of them is
 * written over. count: more than are below.  spare: room for them.  Returns:
 * pairs that changed places. */
static G_GNUC_NO_INLINE uint64_t
split (const uint32_t *from,
       uint32_t *to,
       uint32_t *spare,
       size_t count,
       uint32_t border)
{
  size_t low = 0, high = 0;
  uint64_t swapped = 0;

  for (size_t i = 0; i < count; i++) {
    uint32_t number = from[i];
    size_t is_high = number >= border;

    to[low] = number;
    spare[high] = number;
    swapped += high & (is_high - 1);
    high += is_high;
    low += 1 - is_high;
  }
  memcpy (to + low, spare, high * sizeof *to);
  return swapped;
}

/* So many parts at once where counts of 16 bits hold what is in all. */
#define PARTS_BITS 3
#define PARTS (1 << PARTS_BITS)
#define SPREAD_MOST (1 << 16)

typedef uint16_t PartCounts __attribute__ ((vector_size (2 * PARTS)));

/* Numbers from `start` on go to the part that they belong to, 1 << part_bits
 * long, each as they stand.  Returns: pairs that changed places. */
static G_GNUC_NO_INLINE uint64_t
spread (const uint32_t *from,
        uint32_t *to,
        size_t count,
        uint32_t start,
        int part_bits)
{
  /* By part: those below it, which see one more above them. */
  static const PartCounts below[PARTS] = {{0},
                                          {1},
                                          {1, 1},
                                          {1, 1, 1},
                                          {1, 1, 1, 1},
                                          {1, 1, 1, 1, 1},
                                          {1, 1, 1, 1, 1, 1},
                                          {1, 1, 1, 1, 1, 1, 1}};
  PartCounts above = {0};
  uint16_t seen[PARTS] = {0};
  uint32_t next[PARTS];
  uint64_t swapped = 0;

  for (uint32_t part = 0; part < PARTS; part++)
    next[part] = part << part_bits;
  for (size_t i = 0; i < count; i++) {
    uint32_t number = from[i], part = (number - start) >> part_bits;

    to[next[part]++] = number;
    swapped += seen[part];
    above += below[part];
    memcpy (seen, &above, sizeof seen);
  }
  return swapped;
}

/* One block of 1 << bits numbers, or fewer at the end, into parts of
 * `part_bits` bits.  spare: room for the block. */
static uint64_t
divide (const uint32_t *from,
        uint32_t *to,
        uint32_t *spare,
        size_t count,
        uint32_t start,
        int bits,
        int part_bits)
{
  size_t part = (size_t)1 << part_bits;

  if (count <= part) {
    memcpy (to, from, count * sizeof *to);
    return 0;
  }
  if (bits - part_bits == PARTS_BITS)
    return spread (from, to, count, start, part_bits);
  return split (from, to, spare, count, start + (uint32_t)part);
}

/* Pairs of which the later one is lower, among the numbers from 0 to the count,
 * by parts, parts of those, and so on.  room: for twice the count; it and ranks
 * are lost. */
static uint64_t
count_swapped (uint32_t *ranks, size_t count, uint32_t *room)
{
  uint32_t *from = ranks, *to = room, *spare = room + count;
  uint64_t swapped = 0;
  int bits = FEW_BITS;

  while ((size_t)1 << bits < count)
    bits++;
  while (bits > FEW_BITS) {
    bool can_spread =
      bits - PARTS_BITS >= FEW_BITS && (size_t)1 << bits <= SPREAD_MOST;
    int part_bits = bits - (can_spread ? PARTS_BITS : 1);
    size_t size = (size_t)1 << bits;
    uint32_t *last = from;

    for (size_t start = 0; start < count; start += size)
      swapped +=
        divide (from + start, to + start, spare, MIN (size, count - start),
                (uint32_t)start, bits, part_bits);
    from = to;
    to = last;
    bits = part_bits;
  }
  for (size_t start = 0; start < count; start += FEW)
    swapped += count_swapped_few (from + start, MIN (FEW, count - start));
  return swapped;
}

/* Pairs in the same order in both, less those that are the other way round. */
double
sac_order_kendall (const SacOrder *a, const SacOrder *b, uint32_t *room)
{
  double all = count_pairs (a->count), tied = 0;
  double untied_a = all - a->tied_pairs, untied_b = all - b->tied_pairs;
  uint32_t *ranks = room, *sorted = room + a->count;

  if (a->tied_pairs > 0 || b->tied_pairs > 0) {
    order_both (a, b, sorted);
    tied = count_tied (a, b, sorted);
    rank_in_order (a, sorted, ranks);
  } else {
    rank_untied (a, b->codes, ranks);
  }

  double ordered = untied_a + untied_b - all + tied;
  double swapped = (double)count_swapped (ranks, a->count, room + a->count);

  return CLAMP ((ordered - 2 * swapped) / (sqrt (untied_a) * sqrt (untied_b)),
                -1, 1);
}
