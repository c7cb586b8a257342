/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* SHA-256 (FIPS 180-4), with the processor's own instructions where it has
 * them: a model of 350 MB takes a fifth of a second instead of two. */
#ifndef SAC_BASE_SHA256_H
#define SAC_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
  uint32_t state[8];
  uint64_t size; /* bytes so far */
  uint8_t block[64];
} SacSha256;

#define SAC_SHA256_DIGITS 64

void sac_sha256_init (SacSha256 *sha);
void sac_sha256_add (SacSha256 *sha, const void *data, size_t size);

/* Ends the message.  ret_text: lower-case digits and a NUL. */
void sac_sha256_end (SacSha256 *sha, char ret_text[SAC_SHA256_DIGITS + 1]);

/* Blocks of 64 bytes into a state: in plain C, which is what the others are
 * compared with, and as the processor does it best. */
void sac_sha256_plain (uint32_t state[8], const uint8_t *blocks, size_t count);
void sac_sha256_blocks (uint32_t state[8], const uint8_t *blocks, size_t count);

#endif
