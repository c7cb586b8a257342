/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Checks that the tests of all decoders share. */
#ifndef SAC_TESTS_DECODE_CHECK_H
#define SAC_TESTS_DECODE_CHECK_H

#include "base/error.h"
#include "image/decode.h"

/* Decodes tests/golden/image/NAME, or `file` in its place, and compares with
 * the line `key` of expected.txt there. */
void decode_check_golden (const char *name, const char *key, GBytes *file);

/* A file in ../shared against its digest; skips where there is none. */
typedef struct {
  const char *name, *digest;
} DecodeDigest;

void decode_check_shared (const DecodeDigest *digests, size_t count);

/* Every proper beginning of the file must be an error, or for want of a few
 * bytes at the end the very same image; none a crash. */
void decode_check_cuts (GBytes *file, size_t step);

/* Files with changed bytes: an image or an error, never a crash. */
void decode_check_changes (GBytes *file, int rounds);

/* Decoding fails with that code and a message with `part`. */
void decode_check_error (GBytes *file, SacErrorCode code, const char *part);

/* A copy that can be changed. */
GByteArray *decode_check_copy (GBytes *file);

/* Takes `array`. */
GBytes *decode_check_seal (GByteArray *array);

#endif
