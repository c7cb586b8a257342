/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Images for the tests of engine/image, and how to look at them. */
#ifndef SAC_TESTS_PICTURES_H
#define SAC_TESTS_PICTURES_H

#include "image/image.h"

/* A ramp, hard edges and noise: the rule of tests/golden/resize/make.py. */
SacImage *picture_new (int width, int height);

/* SHA-256 of the RGB bytes.  Returns: a new string. */
char *picture_digest (const SacImage *image);

/* Fails the test where the images differ in size or by more than `tolerance`
 * levels.  Returns: the number of samples that differ at all. */
size_t picture_compare (const SacImage *got,
                        const SacImage *expected,
                        int tolerance,
                        const char *what);

/* sRGB's primaries and white with a plain gamma. */
GBytes *picture_profile_new (double gamma);

/* A file below tests/golden. */
GBytes *picture_load (const char *name);

#endif
