/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/sha256.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>
#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

#define BLOCK 64

/* The first 32 bits of the fractional parts of the cube roots of the first 64
 * primes. */
static const uint32_t constants[64] __attribute__ ((aligned (16))) = {
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
  0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
  0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
  0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
  0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
  0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
  0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
  0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
  0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t
turn (uint32_t x, int bits)
{
  return x >> bits | x << (32 - bits);
}

static void
fill_schedule (uint32_t w[64], const uint8_t *block)
{
  for (int i = 0; i < 16; i++)
    w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
           (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
  for (int i = 16; i < 64; i++) {
    uint32_t a = w[i - 15], b = w[i - 2];

    w[i] = w[i - 16] + (turn (a, 7) ^ turn (a, 18) ^ a >> 3) + w[i - 7] +
           (turn (b, 17) ^ turn (b, 19) ^ b >> 10);
  }
}

void
sac_sha256_plain (uint32_t state[8], const uint8_t *blocks, size_t count)
{
  for (; count > 0; count--, blocks += BLOCK) {
    uint32_t w[64], s[8];

    fill_schedule (w, blocks);
    memcpy (s, state, sizeof s);
    for (int i = 0; i < 64; i++) {
      uint32_t e = s[4], a = s[0];
      uint32_t first = s[7] + (turn (e, 6) ^ turn (e, 11) ^ turn (e, 25)) +
                       ((e & s[5]) ^ (~e & s[6])) + constants[i] + w[i];
      uint32_t second = (turn (a, 2) ^ turn (a, 13) ^ turn (a, 22)) +
                        ((a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]));

      memmove (s + 1, s, 7 * sizeof *s);
      s[4] += first;
      s[0] = first + second;
    }
    for (int i = 0; i < 8; i++)
      state[i] += s[i];
  }
}

#if defined(__x86_64__)

/* The instructions keep the state as ABEF and CDGH, and do two rounds each;
 * msg1 and msg2 make the next four words of the schedule from the last sixteen.
 */
__attribute__ ((target ("sha,sse4.1"))) static void
add_blocks_sha (uint32_t state[8], const uint8_t *blocks, size_t count)
{
  const __m128i big_endian =
    _mm_set_epi64x (0x0c0d0e0f08090a0b, 0x0405060700010203);
  __m128i abcd = _mm_loadu_si128 ((const __m128i *)state);
  __m128i efgh = _mm_loadu_si128 ((const __m128i *)(state + 4));
  __m128i badc = _mm_shuffle_epi32 (abcd, 0xb1);
  __m128i hgfe = _mm_shuffle_epi32 (efgh, 0x1b);
  __m128i abef = _mm_alignr_epi8 (badc, hgfe, 8);
  __m128i cdgh = _mm_blend_epi16 (hgfe, badc, 0xf0);

  for (; count > 0; count--, blocks += BLOCK) {
    __m128i start_abef = abef, start_cdgh = cdgh, w[4];

    for (int i = 0; i < 16; i++) {
      __m128i *now = &w[i % 4];

      if (i < 4) {
        *now = _mm_shuffle_epi8 (_mm_loadu_si128 (
                                   (const __m128i *)(blocks + 16 * i)),
                                 big_endian);
      } else {
        __m128i last = w[(i + 3) % 4];
        __m128i middle = _mm_alignr_epi8 (last, w[(i + 2) % 4], 4);

        *now =
          _mm_add_epi32 (_mm_sha256msg1_epu32 (*now, w[(i + 1) % 4]), middle);
        *now = _mm_sha256msg2_epu32 (*now, last);
      }

      __m128i sum =
        _mm_add_epi32 (*now,
                       _mm_load_si128 ((const __m128i *)(constants + 4 * i)));

      cdgh = _mm_sha256rnds2_epu32 (cdgh, abef, sum);
      abef = _mm_sha256rnds2_epu32 (abef, cdgh, _mm_shuffle_epi32 (sum, 0x0e));
    }
    abef = _mm_add_epi32 (abef, start_abef);
    cdgh = _mm_add_epi32 (cdgh, start_cdgh);
  }

  __m128i feba = _mm_shuffle_epi32 (abef, 0x1b);
  __m128i dchg = _mm_shuffle_epi32 (cdgh, 0xb1);

  _mm_storeu_si128 ((__m128i *)state, _mm_blend_epi16 (feba, dchg, 0xf0));
  _mm_storeu_si128 ((__m128i *)(state + 4), _mm_alignr_epi8 (dchg, feba, 8));
}

/* Leaf 7, EBX bit 29; gcc 12's __builtin_cpu_supports does not know it.  Asked
 * once: in a virtual machine the question is slow. */
static bool
has_sha (void)
{
  static gsize answer;

  if (g_once_init_enter (&answer)) {
    unsigned a, b, c, d;
    bool has = __builtin_cpu_supports ("sse4.1") &&
               __get_cpuid_count (7, 0, &a, &b, &c, &d) && (b >> 29 & 1) != 0;

    g_once_init_leave (&answer, has ? 1 : 2);
  }
  return answer == 1;
}

void
sac_sha256_blocks (uint32_t state[8], const uint8_t *blocks, size_t count)
{
  if (has_sha ())
    add_blocks_sha (state, blocks, count);
  else
    sac_sha256_plain (state, blocks, count);
}

#else

void
sac_sha256_blocks (uint32_t state[8], const uint8_t *blocks, size_t count)
{
  sac_sha256_plain (state, blocks, count);
}

#endif

void
sac_sha256_init (SacSha256 *sha)
{
  /* The same of the square roots of the first 8 primes. */
  *sha = (SacSha256){.state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                               0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
}

void
sac_sha256_add (SacSha256 *sha, const void *data, size_t size)
{
  const uint8_t *at = data;
  size_t kept = sha->size % BLOCK;

  sha->size += size;
  if (kept > 0) {
    size_t more = size < BLOCK - kept ? size : BLOCK - kept;

    memcpy (sha->block + kept, at, more);
    at += more;
    size -= more;
    if (kept + more < BLOCK)
      return;
    sac_sha256_blocks (sha->state, sha->block, 1);
  }
  sac_sha256_blocks (sha->state, at, size / BLOCK);
  if (size % BLOCK > 0)
    memcpy (sha->block, at + size / BLOCK * BLOCK, size % BLOCK);
}

void
sac_sha256_end (SacSha256 *sha, char ret_text[SAC_SHA256_DIGITS + 1])
{
  static const char digits[] = "0123456789abcdef";
  uint64_t bits = sha->size * 8;
  uint8_t tail[2 * BLOCK] = {0x80};
  size_t kept = sha->size % BLOCK;
  size_t padding = (kept < BLOCK - 8 ? BLOCK : 2 * BLOCK) - kept;

  for (int i = 0; i < 8; i++)
    tail[padding - 1 - i] = (uint8_t)(bits >> 8 * i);
  sac_sha256_add (sha, tail, padding);
  for (int i = 0; i < SAC_SHA256_DIGITS; i++)
    ret_text[i] = digits[sha->state[i / 8] >> (28 - 4 * (i % 8)) & 0xf];
  ret_text[SAC_SHA256_DIGITS] = '\0';
}
