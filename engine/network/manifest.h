/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* model.json: what a network's inputs and outputs mean.
 *
 * Missing parts come, in this order, from Hugging Face's config.json and
 * preprocessor_config.json beside the network, from ONNX metadata, from the
 * graph itself; what is then still unknown keeps a plain default, and `guessed`
 * says so.  Unknown keys are kept in `json`. */
#ifndef SAC_NETWORK_MANIFEST_H
#define SAC_NETWORK_MANIFEST_H

#include "network/network.h"

#include <json-glib/json-glib.h>

typedef enum {
  SAC_RESIZE_NONE,         /* pixels as they are; with mpp, at that spacing */
  SAC_RESIZE_SQUASH,       /* to resize_width x resize_height, aspect lost */
  SAC_RESIZE_SHORTER_SIDE, /* shorter side to resize_width, longer side
                              floor (long * size / short + 0.5) */
  SAC_RESIZE_LONGER_SIDE,  /* longer side to resize_width, padded right and
                              bottom to the input size (SAM) */
} SacResizeMode;

typedef struct {
  char *name;
  char *role;        /* "image", "dermoscopy", "clinical", "tile", "bag" */
  SacType type;      /* of the graph's input */
  int width, height; /* of the network's input; 0: any */
  bool bgr;
  bool nhwc;
  SacResizeMode resize;
  int resize_width, resize_height;
  bool truncate; /* SHORTER_SIDE: longer side floor (long * size / short), as
                    torchvision and Hugging Face do */
  int filter;    /* a SacFilter of image/resize.h */
  bool center_crop;
  int channel_count; /* 1 or 3 */
  double scale;      /* of 0..255 pixels, before mean and std */
  double mean[4], std[4];
  double mpp; /* micrometres per input pixel; 0: not bound to one */
  /* Of a bag: whose features of tiles it takes; NULL where nothing states it.
   */
  char *encoder;        /* a model's id */
  char *encoder_value;  /* NULL: that model's only output */
  char *encoder_sha256; /* that its network must have; NULL: not stated */
  bool guessed;         /* nothing states the preprocessing */
} SacManifestInput;

typedef enum {
  SAC_ACTIVATION_SOFTMAX,
  SAC_ACTIVATION_SIGMOID,
  SAC_ACTIVATION_NONE,
} SacActivation;

typedef struct {
  char *id;
  char *name;
} SacLabel;

typedef struct {
  char *name; /* the network's output value */
  SacActivation activation;
  double temperature; /* logits are divided by it before the activation */
  SacLabel *labels;
  size_t label_count; /* 0: classes are shown by number */
} SacManifestOutput;

typedef struct {
  char *tensor;
  char *layout; /* "NCHW", "NHWC", "NLC", "LNC" */
  int prefix_tokens;
  int grid_rows, grid_columns; /* 0: from the tensor */
} SacManifestCam;

typedef struct {
  char *tensor;
  char *kind; /* "global", "window", "local", "cross", "mil" */
  int heads;  /* 0: from the tensor */
  int prefix_tokens;
  int grid_rows, grid_columns;
  int kernel; /* local: side of the neighbourhood */
} SacManifestAttention;

typedef struct {
  char *id;
  char *name;
  char *file;   /* of the network, beside the manifest */
  char *sha256; /* expected; NULL: not stated */
  char *licence;
  char *citation;
  SacManifestInput *inputs; /* one per graph input, in the graph's order */
  size_t input_count;
  SacManifestOutput *outputs; /* one per graph output, in the graph's order */
  size_t output_count;
  SacManifestCam *cam; /* NULL: found by the program */
  SacManifestAttention *attention;
  size_t attention_count; /* 0: found by the program */
  JsonObject *json;       /* the whole file; NULL: there was none */
  char *hash;             /* SHA-256 of the file; NULL: there was none */
  bool guessed; /* an input's preprocessing, or all labels, are defaults */
} SacManifest;

/* folder: where the network lies, NULL: nowhere; json_path: model.json, or NULL
 * for the fallbacks.  Errors name the file and the key: UNREADABLE, DAMAGED,
 * MISMATCH (names a value that the network does not have). */
SacManifest *sac_manifest_new (const char *json_path,
                               const char *folder,
                               SacNetwork *network,
                               GError **error);
void sac_manifest_free (SacManifest *manifest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacManifest, sac_manifest_free)

#endif
