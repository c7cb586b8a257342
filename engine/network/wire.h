/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The protobuf wire format, walked in place.
 *
 * A walk covers the fields of one message and never leaves its bytes; nested
 * messages are walks of their own.  Nothing is allocated.  Errors are DAMAGED
 * and name the byte offset in the file. */
#ifndef SAC_NETWORK_WIRE_H
#define SAC_NETWORK_WIRE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  const uint8_t *file; /* where offsets count from */
  const uint8_t *at;
  const uint8_t *end;
} SacWire;

typedef enum {
  SAC_WIRE_VARINT = 0,
  SAC_WIRE_FIXED64 = 1,
  SAC_WIRE_BYTES = 2,
  SAC_WIRE_FIXED32 = 5,
} SacWireKind;

typedef struct {
  uint32_t number;
  SacWireKind kind;
  uint64_t value; /* of all kinds but BYTES */
  SacWire bytes;  /* the content of BYTES */
  size_t offset;  /* of the field in the file */
} SacField;

SacWire sac_wire_new (const void *data, size_t size);

static inline size_t
sac_wire_size (const SacWire *wire)
{
  return wire->end - wire->at;
}

static inline bool
sac_wire_more (const SacWire *wire)
{
  return wire->at < wire->end;
}

/* Takes the next field; only when there is more. */
bool sac_wire_next (SacWire *wire, SacField *ret_field, GError **error);

/* Number of fields with that number; checks the whole message on the way. */
bool sac_wire_count (SacWire wire,
                     uint32_t number,
                     size_t *ret_count,
                     GError **error);

/* Fails unless the field has that kind; `what` names it. */
bool sac_field_is (const SacField *field,
                   SacWireKind kind,
                   const char *what,
                   GError **error);

/* Values of one field of a repeated number, packed (BYTES) or not; `kind` is
 * that of one value. */
bool sac_field_count_values (const SacField *field,
                             SacWireKind kind,
                             size_t *ret_count,
                             GError **error);

/* Takes the next value of such a field, that is of field->bytes when packed. */
bool sac_field_next_value (SacField *field,
                           SacWireKind kind,
                           uint64_t *ret_value,
                           GError **error);

#endif
