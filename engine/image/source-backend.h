/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* For the files that implement sources, and no others.
 *
 * A backend fills the public part in open and leaves its own state in `state`.
 * read is called from several threads at once. */
#ifndef SAC_IMAGE_SOURCE_BACKEND_H
#define SAC_IMAGE_SOURCE_BACKEND_H

#include "image/source.h"

typedef struct {
  const char *name;
  /* Returns: true with the file's state to use; false without an error when
   * the file is not of this kind; false with one when it is, but damaged. */
  bool (*open) (SacSource *source,
                const char *path,
                SacJob *job,
                GError **error);
  SacImage *(*read) (SacSource *source,
                     int level,
                     int64_t x,
                     int64_t y,
                     int width,
                     int height,
                     SacColors colors,
                     SacJob *job,
                     GError **error);
  char *(*hash) (SacSource *source); /* a new string */
  void (*close) (SacSource *source);
} SacSourceBackend;

struct SacSource {
  const SacSourceBackend *backend;
  void *state;
  char *path;
  char *format;
  bool is_slide;
  bool has_profile;
  double mpp;
  double objective;
  SacSourceLevel *levels;
  int level_count;
  /* private to source.c */
  gatomicrefcount ref_count;
  GMutex mutex;
  char *hash;
};

#endif
