/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A source gives the pixels of a region at a level: a flat image, a slide, or a
 * synthetic picture.
 *
 * Reference counted; reading is safe from several threads at once.  Label and
 * macro images are never touched. */
#ifndef SAC_IMAGE_SOURCE_H
#define SAC_IMAGE_SOURCE_H

#include "base/job.h"
#include "image/geometry.h"
#include "image/image.h"

typedef struct SacSource SacSource;

typedef struct {
  int64_t width, height;
  double downsample;           /* level-0 pixels per pixel, >= 1 */
  int tile_width, tile_height; /* of the file; 0: no tiles */
  bool made; /* not in the file, but averaged from a finer level */
} SacSourceLevel;

/* Behind the path of a TIFF: which of its pages, from 1 on. */
#define SAC_SOURCE_PAGE "#page="

typedef struct {
  char *name; /* the file's; UTF-8, NULL: none */
  int64_t width, height;
  bool apart; /* neither like the first nor a level of it: perhaps a label */
} SacSourcePage;

typedef enum {
  SAC_COLORS_FILE,    /* the file's own values: what models see */
  SAC_COLORS_DISPLAY, /* in sRGB where the file has a profile */
} SacColors;

/* path: a file, of a TIFF with pages also "FILE#page=2"; or "demo:dermoscopy",
 * "demo:slide": pictures drawn by the program (image/phantom.h), the slide also
 * of any size and as slow and damaged as wanted:
 * "demo:slide:100000x80000,step=2,delay=20,faults=5,pattern=4096,border=900",
 * where step is from level to level, delay in milliseconds a read, faults are
 * of 1000 blocks, pattern is for image/phantom-pattern.h, and the bounds lie
 * border pixels within the edges.  Errors:
 * UNREADABLE (missing, no permission), UNSUPPORTED (says what it looks like;
 * DICOM says that OpenSlide 4 is needed where it is older), DAMAGED, TOO_LARGE.
 */
SacSource *sac_source_open (const char *path, SacJob *job, GError **error);
SacSource *sac_source_ref (SacSource *source);
void sac_source_unref (SacSource *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacSource, sac_source_unref)

/* Over an image in memory. */
SacSource *sac_source_new_for_image (SacImage *image, const char *name);

const char *sac_source_get_path (const SacSource *source);
const char *sac_source_get_format (const SacSource *source); /* "JPEG", "Aperio"
                                                              */
bool sac_source_is_slide (const SacSource *source);
int64_t sac_source_get_width (const SacSource *source); /* level 0 */
int64_t sac_source_get_height (const SacSource *source);
int sac_source_get_level_count (const SacSource *source);
const SacSourceLevel *sac_source_get_level (const SacSource *source, int level);
double sac_source_get_mpp (const SacSource *source); /* mean of x and y; 0: not
                                                        known */
/* That mean, of what is known of both; 0: neither is. */
double sac_source_join_mpp (double x, double y);
double sac_source_get_objective (const SacSource *source); /* 0: not known */
bool sac_source_has_profile (const SacSource *source);
/* The file has 16 bits a sample: pixels are the upper 8. */
bool sac_source_is_fine (const SacSource *source);
/* SAC_CLEAR_PIXELS, SAC_OPAQUE_WHITE, as in SacImage; of PNG and WebP. */
unsigned sac_source_get_clear (const SacSource *source);

/* Level 0: the part of the image that was scanned, where the file tells of one;
 * else the whole image.  It changes no coordinate. */
SacRect sac_source_get_bounds (const SacSource *source);

/* What a reader of the pixels should know: parts that the file leaves out and
 * that show as background, other pages.  Sentences without a full stop; NULL
 * ends them. */
const char *const *sac_source_get_notes (const SacSource *source);

/* The pictures of the file, of which page_number (from 1 on) is the one that is
 * open; those apart come last and are for readers who ask for them.  Returns:
 * array of SacSourcePage, empty where the file is one picture (page 0). */
const GPtrArray *sac_source_get_pages (const SacSource *source);
int sac_source_get_page_number (const SacSource *source);

/* The file of a path that may name a page (ret_page, may be NULL; else 1).
 * Returns: a new string. */
char *sac_source_split_page (const char *path, int *ret_page);

/* Identity for provenance: "sha256:..." of the file that was opened, for slides
 * "quickhash-1:..." as OpenSlide defines it, for the program's own pictures
 * their name and seed, with "#page=2" behind it for other pages.  A slide
 * without a quickhash is read through at the first call. */
const char *sac_source_get_hash (SacSource *source);

/* Pixels [x, x + width) x [y, y + height) of a level, in that level's pixels;
 * what lies outside the image is white.  width and height are at most
 * SAC_LIMIT_BLOCK_SIDE for slides.
 * Errors: DAMAGED names the region; the source stays usable for others. */
SacImage *sac_source_read (SacSource *source,
                           int level,
                           int64_t x,
                           int64_t y,
                           int width,
                           int height,
                           SacColors colors,
                           SacJob *job,
                           GError **error);

/* The coarsest level whose downsample is at most `downsample`, give or take one
 * in a hundred, because writers round sizes; level 0 when none is. */
int sac_source_choose_level (const SacSource *source, double downsample);

/* A level-0 region (may reach outside: white) resampled to width x height with
 * a filter of image/resize.h.  Of flat images level 0 is used, so that the
 * result is what resizing the whole image would give; of slides the level just
 * finer than needed, read in blocks, so that memory stays bounded. */
SacImage *sac_source_read_region (SacSource *source,
                                  const SacRect *region,
                                  int width,
                                  int height,
                                  int filter,
                                  SacColors colors,
                                  SacJob *job,
                                  GError **error);

#endif
