/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The natural logarithm without branches or calls, so that loops over it become
 * vector code. */
#ifndef SAC_MAP_LOGARITHM_H
#define SAC_MAP_LOGARITHM_H

#include <stdint.h>
#include <string.h>

static inline double
sac_double_of_bits (uint64_t bits)
{
  double number;

  memcpy (&number, &bits, sizeof number);
  return number;
}

/* x: positive and normal.  x = 2^e m with m within a root of 2 of 1, and with
 * s = (m - 1) / (m + 1), log m = 2 s (1 + s^2 / 3 + s^4 / 5 + ...); what is
 * left out is below 1e-17.  Off by 2e-16 of the larger of 1 and the result. */
static inline double
sac_log (double x)
{
  static const double log_2_high = 0.693147180369123816490;
  static const double log_2_low = 1.90821492927058770002e-10;
  const uint64_t root_half = 0x3fe6a09e667f3bcd, one = 0x3ff0000000000000;
  uint64_t bits;

  memcpy (&bits, &x, sizeof bits);
  bits += one - root_half;

  /* 2^52 more has the exponent as its last digits. */
  double e = sac_double_of_bits (0x4330000000000000 | bits >> 52) -
             (4503599627370496.0 + 1023);
  double m = sac_double_of_bits ((bits & 0xfffffffffffff) + root_half);
  double s = (m - 1) / (m + 1), z = s * s;
  double rest = 1.0 / 19;

  for (int k = 17; k >= 3; k -= 2)
    rest = rest * z + 1.0 / k;
  return e * log_2_high + (2 * s + (2 * s * z * rest + e * log_2_low));
}

#endif
