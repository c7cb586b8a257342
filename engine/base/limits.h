/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Every maximum of the engine, each with its reason.  A size that a file
 * states is compared with these before it is believed. */
#ifndef SAC_BASE_LIMITS_H
#define SAC_BASE_LIMITS_H

/* Tensors: ONNX vision models stay at rank 7 (windowed attention); one spare.
 */
#define SAC_LIMIT_RANK 8

/* One value of a network.  SAM's global attention at 1024 px needs 0.8 GB for
 * one block; nothing in the papers needs more than twice that. */
#define SAC_LIMIT_VALUE_BYTES ((size_t)2 << 30)

/* An attention whose probabilities are asked for as they are: those of a
 * ViT-L at 518 px take 120 MB; of larger ones reductions can be had. */
#define SAC_LIMIT_ATTENTION_BYTES ((size_t)256 << 20)

/* All values that one run keeps alive at once. */
#define SAC_LIMIT_ARENA_BYTES ((size_t)8 << 30)

/* What a run may keep of the forward pass for its gradients before it computes
 * parts of it twice: a ViT-B/16 at 224 px keeps some 0.15 GB, SAM's ViT-B at
 * 1024 px would keep 0.9 GB. */
#define SAC_LIMIT_KEPT_BYTES ((size_t)256 << 20)

/* Plans that a network keeps for the next equal request, and what they may hold
 * between them: a method makes two or three. */
#define SAC_LIMIT_PLAN_COUNT 8
#define SAC_LIMIT_PLAN_BYTES ((size_t)512 << 20)

/* A constant computed while loading or planning: larger ones are left to the
 * run, so that a small file cannot grow into a large model. */
#define SAC_LIMIT_FOLDED_BYTES ((size_t)256 << 20)

/* Network files.  Swin-T, the longest of the papers, has 6,333 nodes. */
#define SAC_LIMIT_NODE_COUNT 1000000
#define SAC_LIMIT_VALUE_COUNT 4000000
#define SAC_LIMIT_ATTRIBUTE_COUNT 256
/* What a network's nodes and attributes take in memory, weights apart: a node
 * is some 500 bytes, so that two million fit. */
#define SAC_LIMIT_GRAPH_BYTES ((size_t)1 << 30)
#define SAC_LIMIT_NAME_BYTES ((size_t)64 << 10)
#define SAC_LIMIT_MESSAGE_DEPTH 64
#define SAC_LIMIT_SUBGRAPH_DEPTH 4
/* The largest message that protobuf's own tools write. */
#define SAC_LIMIT_NETWORK_BYTES ((size_t)2 << 30)
#define SAC_LIMIT_EXTERNAL_BYTES ((gint64)64 << 30)

/* Flat images: 2^30 pixels are 4 GiB decoded, the largest photograph by far. */
#define SAC_LIMIT_IMAGE_PIXELS ((gint64)1 << 30)
#define SAC_LIMIT_IMAGE_SIDE (1 << 20)

/* Flat images beyond so many pixels, 256 MiB, are kept in a temporary file
 * instead; beyond the second, 17 GB of it, they are refused.  JPEG ends there.
 */
#define SAC_LIMIT_HELD_PIXELS ((gint64)1 << 26)
#define SAC_LIMIT_STORED_PIXELS ((gint64)1 << 32)

/* What a progressive JPEG, which cannot be read row by row, may need for that:
 * 180 megapixels. */
#define SAC_LIMIT_JPEG_BYTES ((gint64)512 << 20)

/* What libwebp may keep of a lossless WebP, all of whose pixels it holds until
 * the last is read: 134 megapixels. */
#define SAC_LIMIT_WEBP_BYTES ((gint64)512 << 20)

/* A colour profile: printers' largest are a few MiB. */
#define SAC_LIMIT_ICC_BYTES ((size_t)16 << 20)

/* A manifest or another JSON side file. */
#define SAC_LIMIT_JSON_BYTES ((gsize)16 << 20)
#define SAC_LIMIT_JSON_DEPTH 64

/* A block read from a slide at once: OpenSlide 3.4.1 cuts larger ones into
 * 4096-pixel surfaces and slows down well before that. */
#define SAC_LIMIT_BLOCK_SIDE 4096

/* Annotations: a slide with every nucleus outlined has some millions of points.
 * Coordinates beyond the second lie on no image. */
#define SAC_LIMIT_ANNOTATION_BYTES ((gint64)64 << 20)
#define SAC_LIMIT_ANNOTATION_POINTS 8000000
#define SAC_LIMIT_COORDINATE 1e9

/* What may be undone: 64 MiB of points.  A mask is looked at on a grid of at
 * most so many cells a side, a thirtieth of a millimetre on a slide. */
#define SAC_LIMIT_HISTORY_POINTS ((guint64)1 << 22)
#define SAC_LIMIT_MASK_SIDE 4096

/* Folders as case lists: the largest sets of dermoscopy have 400,000 images.
 * Tables of text beside them are a tenth of that; pictures that must be decoded
 * whole get no thumbnail beyond a size that takes a second. */
#define SAC_LIMIT_CASE_FILES 1000000u
#define SAC_LIMIT_CASE_TABLE_BYTES ((gsize)64 << 20)
#define SAC_LIMIT_CASE_CELLS (1u << 23)
#define SAC_LIMIT_THUMBNAIL_BYTES ((gint64)32 << 20)

/* Tables of scores: a million tiles with ten classes are some 200 MB of text.
 */
#define SAC_LIMIT_TABLE_BYTES ((gint64)256 << 20)
#define SAC_LIMIT_TABLE_NUMBERS ((guint)1 << 25)

/* TIFFs read by regions.  A strip or tile is decoded whole, and takes so much
 * as samples and as pixels: 50,000 by 380 of RGB.  Beyond that many pixels in
 * all no scanner goes. */
#define SAC_LIMIT_TIFF_PIECE_BYTES ((uint64_t)128 << 20)
#define SAC_LIMIT_TIFF_PIXELS ((uint64_t)1 << 40)

/* Decoded pieces of one of them kept for the next read: the strips behind a row
 * of tiles of a picture 50,000 pixels wide. */
#define SAC_LIMIT_TIFF_KEPT_BYTES ((size_t)128 << 20)

/* The smaller copy of one that has none, made when it is first shown whole. */
#define SAC_LIMIT_OVERVIEW_PIXELS ((uint64_t)1 << 24)

/* TIFFs up to so many pixels, 256 MiB, are held whole like other pictures; but
 * beyond the second only if their files are no less than a 64th of them. */
#define SAC_LIMIT_FLAT_TIFF_PIXELS ((uint64_t)1 << 26)
#define SAC_LIMIT_DENSE_TIFF_PIXELS ((uint64_t)1 << 24)

/* Tiles of one run over a slide: 200,000 px a side in steps of 50. */
#define SAC_LIMIT_SLIDE_TILES ((gint64)1 << 24)

/* What the numbers of all of them may take: sixteen classes for each. */
#define SAC_LIMIT_SLIDE_NUMBER_BYTES ((size_t)256 << 20)

/* A map's own grid.  A 200,000 px slide at stride 16 has 12,500 cells a side.
 */
#define SAC_LIMIT_MAP_CELLS ((gint64)1 << 28)

#endif
