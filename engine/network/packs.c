/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/packs.h"

#include "base/error.h"
#include "base/pages.h"
#include "compute/product.h"
#include "network/packs-stream.h"
#include "tensor/rest.h"

#include <string.h>

/* Packings share pieces of memory of this size; larger ones have their own. */
#define PIECE_BYTES ((size_t)16 << 20)
#define ALIGNMENT ((size_t)64)

typedef struct {
  char *memory;
  size_t size;
} Piece;

struct SacPacks {
  GMutex mutex;
  GHashTable *table; /* SacPack, by its spec; owns them */
  GArray *pieces;    /* Piece */
  char *room;        /* what is left of the last shared piece */
  size_t room_size;
  size_t bytes;
};

struct SacPack {
  SacPacks *packs;
  SacPackSpec spec; /* its weights and scale are the pack's own */
  float *packed;    /* atomic; NULL until it is made */
};

static size_t
count_filters (const SacPackSpec *spec)
{
  return (size_t)spec->weights->shape.dims[0];
}

static size_t
count_factors (const SacPackSpec *spec)
{
  return (size_t)spec->weights->shape.dims[spec->scales_columns ? 1 : 0];
}

static guint
hash_pack (const void *key)
{
  const SacPackSpec *spec = &((const SacPack *)key)->spec;

  return g_direct_hash (spec->weights) * 31 + spec->algorithm * 2 +
         spec->reversed + (guint)(spec->first_y * 8 + spec->first_x) * 64;
}

static bool
same_shape (const SacConvShape *a, const SacConvShape *b)
{
  return a->channels == b->channels && a->filters == b->filters &&
         a->groups == b->groups && a->kernel_height == b->kernel_height &&
         a->kernel_width == b->kernel_width;
}

static gboolean
equal_packs (const void *first, const void *second)
{
  const SacPackSpec *a = &((const SacPack *)first)->spec;
  const SacPackSpec *b = &((const SacPack *)second)->spec;

  return a->weights == b->weights && a->algorithm == b->algorithm &&
         a->reversed == b->reversed && a->first_y == b->first_y &&
         a->first_x == b->first_x && a->step_y == b->step_y &&
         a->step_x == b->step_x && a->join_y == b->join_y &&
         a->join_x == b->join_x && a->low_y == b->low_y &&
         a->low_x == b->low_x && a->pad_y == b->pad_y && a->pad_x == b->pad_x &&
         a->sums == b->sums && same_shape (&a->shape, &b->shape) &&
         (a->scale == NULL) == (b->scale == NULL) &&
         (a->scale == NULL ||
          (a->scales_columns == b->scales_columns &&
           memcmp (a->scale, b->scale, count_factors (a) * sizeof (float)) ==
             0));
}

static void
free_pack (void *data)
{
  SacPack *pack = data;

  sac_tensor_unref (pack->spec.weights);
  g_free ((float *)pack->spec.scale);
  g_free (pack);
}

SacPacks *
sac_packs_new (void)
{
  SacPacks *packs = g_new0 (SacPacks, 1);

  g_mutex_init (&packs->mutex);
  packs->table =
    g_hash_table_new_full (hash_pack, equal_packs, free_pack, NULL);
  packs->pieces = g_array_new (FALSE, FALSE, sizeof (Piece));
  return packs;
}

void
sac_packs_free (SacPacks *packs)
{
  if (packs == NULL)
    return;
  for (guint i = 0; i < packs->pieces->len; i++) {
    const Piece *piece = &g_array_index (packs->pieces, Piece, i);

    sac_pages_free (piece->memory, piece->size);
  }
  g_array_unref (packs->pieces);
  g_hash_table_unref (packs->table);
  g_mutex_clear (&packs->mutex);
  g_free (packs);
}

SacPack *
sac_packs_find (SacPacks *packs, const SacPackSpec *spec)
{
  SacPack wanted = {.packs = packs, .spec = *spec};

  g_mutex_lock (&packs->mutex);

  SacPack *pack = g_hash_table_lookup (packs->table, &wanted);

  if (pack == NULL) {
    pack = g_memdup2 (&wanted, sizeof wanted);
    sac_tensor_ref (spec->weights);
    if (spec->scale != NULL)
      pack->spec.scale =
        g_memdup2 (spec->scale, count_factors (spec) * sizeof (float));
    g_hash_table_add (packs->table, pack);
  }
  g_mutex_unlock (&packs->mutex);
  return pack;
}

static char *
add_piece (SacPacks *packs, size_t size)
{
  Piece piece = {sac_pages_new (size), size};

  if (piece.memory != NULL)
    g_array_append_val (packs->pieces, piece);
  return piece.memory;
}

static size_t
get_size (size_t floats)
{
  return (floats * sizeof (float) + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}

/* Zero-filled.  Returns: NULL when there is no memory. */
static float *
take_memory (SacPacks *packs, size_t floats)
{
  size_t size = get_size (floats);

  if (size > PIECE_BYTES / 2)
    return (float *)(void *)add_piece (packs, size);
  if (size > packs->room_size) {
    char *piece = add_piece (packs, PIECE_BYTES);

    if (piece == NULL)
      return NULL;
    packs->room = piece;
    packs->room_size = PIECE_BYTES;
  }

  char *place = packs->room;

  packs->room += size;
  packs->room_size -= size;
  return (float *)(void *)place;
}

/* Undoes the last taking. */
static void
give_back_memory (SacPacks *packs, float *memory, size_t floats)
{
  size_t size = get_size (floats);

  if (size > PIECE_BYTES / 2) {
    sac_pages_free (memory, size);
    g_array_set_size (packs->pieces, packs->pieces->len - 1);
    return;
  }
  memset (memory, 0, size);
  packs->room -= size;
  packs->room_size += size;
}

static bool
takes_all (const SacPackSpec *spec)
{
  return spec->first_y == 0 && spec->first_x == 0 && spec->step_y == 1 &&
         spec->step_x == 1;
}

/* The taps that are taken, times the factor of their filter. */
static float *
select_taps (const SacPackSpec *spec)
{
  const SacShape *shape = &spec->weights->shape;
  size_t height = (size_t)shape->dims[2], width = (size_t)shape->dims[3];
  size_t channels = (size_t)shape->dims[1];
  size_t rows = spec->shape.kernel_height, columns = spec->shape.kernel_width;
  const float *from = sac_tensor_f32 (spec->weights);
  float *values =
    g_try_new (float, count_filters (spec) * channels * rows * columns);
  float *to = values;

  for (size_t f = 0; values != NULL && f < count_filters (spec); f++) {
    float scale = spec->scale != NULL ? spec->scale[f] : 1;

    for (size_t c = 0; c < channels; c++, from += height * width) {
      for (size_t i = 0; i < rows * columns; i++) {
        size_t y = spec->first_y + i / columns * spec->step_y;
        size_t x = spec->first_x + i % columns * spec->step_x;

        *to++ = from[y * width + x] * scale;
      }
    }
  }
  return values;
}

/* The tap that offset `index` of a joined convolution is for one part. */
static inline ptrdiff_t
joined_tap (
  size_t part, size_t index, size_t stride, ptrdiff_t low, ptrdiff_t pad)
{
  return (ptrdiff_t)part + pad - (ptrdiff_t)stride * (low + (ptrdiff_t)index);
}

static void
join_taps (const SacPackSpec *spec, size_t part, size_t channel, float *to)
{
  const SacShape *shape = &spec->weights->shape;
  ptrdiff_t height = shape->dims[2], width = shape->dims[3];
  size_t rows = spec->shape.kernel_height, columns = spec->shape.kernel_width;

  for (size_t f = 0; f < count_filters (spec); f++) {
    const float *from =
      sac_tensor_f32 (spec->weights) +
      ((ptrdiff_t)f * shape->dims[1] + (ptrdiff_t)channel) * height * width;
    float scale = spec->scale != NULL ? spec->scale[f] : 1;

    for (size_t i = 0; i < rows * columns; i++) {
      ptrdiff_t y = joined_tap (part / spec->join_x, i / columns, spec->join_y,
                                spec->low_y, spec->pad_y);
      ptrdiff_t x = joined_tap (part % spec->join_x, i % columns, spec->join_x,
                                spec->low_x, spec->pad_x);
      bool inside = y >= 0 && y < height && x >= 0 && x < width;

      *to++ = inside ? from[y * width + x] * scale : 0;
    }
  }
}

static float *
join_parts (const SacPackSpec *spec)
{
  size_t channels = (size_t)spec->weights->shape.dims[1];
  size_t taps = spec->shape.kernel_height * spec->shape.kernel_width;
  size_t one = count_filters (spec) * taps;
  float *values = g_try_new (float, spec->shape.filters *one);

  for (size_t i = 0; values != NULL && i < spec->shape.filters; i++)
    join_taps (spec, i / channels, i % channels, values + i * one);
  return values;
}

static float *
change_values (const SacPackSpec *spec)
{
  return spec->join_y > 0 ? join_parts (spec) : select_taps (spec);
}

/* Returns: false when there is no memory. */
static bool
pack_values (SacPack *pack)
{
  const SacPackSpec *spec = &pack->spec;
  bool changed = spec->scale != NULL || spec->join_y > 0 || !takes_all (spec);
  size_t count = sac_conv_packed_count (spec->algorithm, &spec->shape);
  g_autofree float *values = changed ? change_values (spec) : NULL;

  if (changed && values == NULL)
    return false;

  float *packed = take_memory (pack->packs, count);

  if (packed == NULL)
    return false;

  SacConvWeights weights = {
    .values = changed ? values : sac_tensor_f32 (spec->weights),
    .reversed = spec->reversed,
  };

  sac_conv_pack (spec->algorithm, &spec->shape, &weights, packed);
  pack->packs->bytes += count * sizeof (float);
  g_atomic_pointer_set (&pack->packed, packed);
  return true;
}

static bool make (SacPack *pack, const SacJob *job, GError **error);

/* Returns: false when there is no memory, or with an error. */
static bool
sum_rows (SacPack *pack, const SacJob *job, GError **error)
{
  const SacPackSpec *spec = &pack->spec;
  size_t count = sac_conv_packed_count (spec->algorithm, &spec->shape);

  if (!make (spec->whole, job, error))
    return false;

  float *packed = take_memory (pack->packs, count);

  if (packed == NULL)
    return false;
  if (!sac_product_pack_sums (packed, spec->whole->packed,
                              spec->shape.channels * spec->sums,
                              spec->shape.filters, spec->sums, job)) {
    give_back_memory (pack->packs, packed, count);
    return sac_job_check (job, error);
  }
  pack->packs->bytes += count * sizeof (float);
  g_atomic_pointer_set (&pack->packed, packed);
  return true;
}

/* Returns: false when there is no memory, or with an error. */
static bool
stream_values (SacPack *pack, const SacJob *job, GError **error)
{
  const SacPackSpec *spec = &pack->spec;
  size_t count = sac_conv_packed_count (spec->algorithm, &spec->shape);
  float *packed = take_memory (pack->packs, count);

  if (packed == NULL)
    return false;
  if (!sac_pack_stream (spec, packed, job, error)) {
    give_back_memory (pack->packs, packed, count);
    return false;
  }
  pack->packs->bytes += count * sizeof (float);
  g_atomic_pointer_set (&pack->packed, packed);
  return true;
}

static bool
hold_and_pack (SacPack *pack, GError **error)
{
  if (!sac_tensor_hold (pack->spec.weights, error))
    return false;

  bool good = pack_values (pack);

  sac_tensor_drop (pack->spec.weights);
  sac_tensor_rest (pack->spec.weights);
  return good;
}

static bool
make_one (SacPack *pack, const SacJob *job, GError **error)
{
  if (pack->spec.sums > 0)
    return sum_rows (pack, job, error);
  return sac_pack_can_stream (&pack->spec) ? stream_values (pack, job, error)
                                           : hold_and_pack (pack, error);
}

static bool
make (SacPack *pack, const SacJob *job, GError **error)
{
  g_autoptr (GError) reason = NULL;

  if (pack->packed != NULL || make_one (pack, job, &reason))
    return true;
  if (reason != NULL)
    g_propagate_error (error, g_steal_pointer (&reason));
  else
    g_set_error_literal (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                         "there is no memory for packed weights");
  return false;
}

bool
sac_pack_make (SacPack *pack, const SacJob *job, GError **error)
{
  if (g_atomic_pointer_get (&pack->packed) != NULL)
    return true;
  g_mutex_lock (&pack->packs->mutex);

  bool good = make (pack, job, error);

  g_mutex_unlock (&pack->packs->mutex);
  return good;
}

const float *
sac_pack_get (const SacPack *pack)
{
  return g_atomic_pointer_get (&((SacPack *)pack)->packed);
}

size_t
sac_packs_get_bytes (SacPacks *packs)
{
  g_mutex_lock (&packs->mutex);

  size_t bytes = packs->bytes;

  g_mutex_unlock (&packs->mutex);
  return bytes;
}
