/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Slots and steps in the making: what the forward steps and the reverse sweep
 * share. */
#ifndef SAC_NETWORK_PLAN_MAKER_H
#define SAC_NETWORK_PLAN_MAKER_H

#include "network/plan-private.h"

typedef struct {
  SacPlan *plan;
  int *value_slots;    /* per value: its elements, or -1 */
  int *gradient_slots; /* per value: its gradient, or -1 */
  bool *written;       /* per value: its gradient has been added to */
  bool *is_wanted;     /* per value: its gradient is asked for */
  bool *shares;        /* per value: its gradient is somebody else's too */
  int *saved;          /* per node: buffer of what forward leaves, or -1 */
} SacPlanMaker;

/* Returns: the new buffer's or slot's index. */
int sac_plan_add_buffer (SacPlan *plan, SacBufferKind kind, size_t bytes);
int sac_plan_add_slot (SacPlan *plan, int value, int buffer);
int sac_plan_add_arena_slot (SacPlan *plan, int value);
/* Returns: -1 for no bytes. */
int sac_plan_add_scratch (SacPlan *plan, size_t bytes);

/* Slots of the values; -1 where `keeps` says that the op does not want them. */
const int *sac_plan_list_slots (const SacPlanMaker *maker,
                                const int *slots,
                                const int *values,
                                size_t count,
                                uint32_t keeps);

/* A forward step, with new slots for what it makes.  saves: what it leaves for
 * the gradient is kept. */
void sac_plan_add_forward (SacPlanMaker *maker, size_t node, bool saves);

/* The steps after the last forward one. */
void sac_plan_add_reverse_sweep (SacPlanMaker *maker);

#endif
