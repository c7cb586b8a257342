/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What several test programs need. */
#ifndef SAC_TESTS_SUPPORT_H
#define SAC_TESTS_SUPPORT_H

#include <glib.h>
#include <stdbool.h>

/* Third-party data for tests lies in $SACCADE_SHARED, or in a folder `shared`
 * beside the checkout.  Returns: the path of `name` below it (free with
 * g_free), or NULL after marking the running test as skipped. */
char *test_shared (const char *name);

/* The same outside a test, where there is nothing to skip. */
char *test_shared_path (const char *name);

/* A file below the source tree's tests/ folder.  Returns: a new string. */
char *test_file (const char *name);

/* A new empty folder, removed with all its content by test_folder_remove. */
char *test_folder_new (void);
void test_folder_remove (char *folder);

/* Fails the test unless |a - b| <= tolerance * max |b|; says where. */
void test_assert_close (const float *got,
                        const float *expected,
                        size_t count,
                        double tolerance,
                        const char *what);

/* Fails unless an error of that domain and code is set whose message has the
 * given part; clears it. */
void
test_assert_error (GError **error, GQuark domain, int code, const char *part);

#endif
