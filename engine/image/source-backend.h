/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* For the files that implement sources, and no others.
 *
 * A backend fills the public part in open and leaves its own state in `state`.
 * read is called from several threads at once. */
#ifndef SAC_IMAGE_SOURCE_BACKEND_H
#define SAC_IMAGE_SOURCE_BACKEND_H

#include "image/color.h"
#include "image/source.h"

typedef struct {
  const char *name;
  /* Returns: true with the file's state to use; false without an error when
   * the file is not of this kind; false with one when it is, but damaged. */
  bool (*open) (SacSource *source,
                const char *path,
                SacJob *job,
                GError **error);
  /* The pixels must lie inside the level.  Values of the file: source.c makes
   * sRGB of them. */
  SacImage *(*read) (SacSource *source,
                     int level,
                     int64_t x,
                     int64_t y,
                     int width,
                     int height,
                     SacJob *job,
                     GError **error);
  char *(*hash) (SacSource *source); /* a new string */
  void (*close) (SacSource *source); /* only after a successful open */
} SacSourceBackend;

extern const SacSourceBackend sac_source_synthetic;
extern const SacSourceBackend sac_source_openslide;
extern const SacSourceBackend sac_source_tiff;
extern const SacSourceBackend sac_source_stored;
extern const SacSourceBackend sac_source_flat;

struct SacSource {
  const SacSourceBackend *backend;
  void *state;
  char *path;
  char *format;
  bool is_slide;
  bool is_fine;   /* 16 bits a sample, of which pixels are the upper 8 */
  unsigned clear; /* as in SacImage */
  SacColorTransform
    *to_srgb; /* NULL: the file's values are shown as they are */
  double mpp;
  double objective;
  SacRect bounds; /* level 0; empty: the whole image */
  SacSourceLevel *levels;
  int level_count;
  GPtrArray *notes; /* of char *, NULL at the end */
  GPtrArray *pages; /* of SacSourcePage */
  int page_number;  /* from 1 on; 0: the file is one picture */
  /* private to source.c */
  gatomicrefcount ref_count;
  GMutex mutex;
  char *hash;
};

/* Without levels and state yet. */
SacSource *sac_source_new (const SacSourceBackend *backend, const char *path);

/* Opens a file with one backend.  Returns: NULL without an error when the file
 * is not of its kind. */
SacSource *sac_source_try (const SacSourceBackend *backend,
                           const char *path,
                           SacJob *job,
                           GError **error);

/* Takes `levels` (count of them). */
void
sac_source_take_levels (SacSource *source, SacSourceLevel *levels, int count);

/* The open of sac_source_stored, for images of more than `held_max` pixels. */
bool sac_source_stored_open (SacSource *source,
                             const char *path,
                             int64_t held_max,
                             SacJob *job,
                             GError **error);

/* Makes `source` one over an image in memory; takes `hash`. */
void sac_source_flat_init (SacSource *source,
                           SacImage *image,
                           const char *format,
                           char *hash);

G_GNUC_PRINTF (2, 3)
void sac_source_add_note (SacSource *source, const char *format, ...);

/* Notes that `absent` of `count` tiles of a level show as background. */
void sac_source_note_absent (SacSource *source,
                             int level,
                             uint32_t absent,
                             uint32_t count);

/* The micrometres of a pixel across and down, 0: unknown.  Lengths are measured
 * with one number, so pixels that are not square are noted. */
void sac_source_set_mpp (SacSource *source, double x, double y);

/* Notes how CMYK became what is shown. */
void sac_source_note_inks (SacSource *source);

/* name may be empty. */
void sac_source_add_page (SacSource *source,
                          const char *name,
                          int64_t width,
                          int64_t height,
                          bool apart);

/* A new string. */
char *sac_source_name_hash (const char *kind, const char *digest, int page);

/* Passes on why a part could not be read, taken over: damage as
 * sac_source_set_damaged says it, anything else as it is. */
void sac_source_propagate (GError **error,
                           const SacSource *source,
                           int level,
                           const SacRect *region,
                           GError *reason);

/* "DAMAGED: the region ... cannot be read (what)". */
void sac_source_set_damaged (GError **error,
                             const SacSource *source,
                             int level,
                             const SacRect *region,
                             const char *what);

#endif
