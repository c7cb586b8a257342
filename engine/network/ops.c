/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/ops.h"

#include <string.h>

#define OP(symbol) extern const SacOp sac_op_##symbol;
#include "network/ops/list.h"
#undef OP

#define OP(symbol) &sac_op_##symbol,
static const SacOp *const ops[] = {
#include "network/ops/list.h"
  NULL,
};
#undef OP

const SacOp *const *
sac_ops_get_all (void)
{
  return ops;
}

static bool
same_domain (const char *a, const char *b)
{
  const char *x = a == NULL || strcmp (a, "ai.onnx") == 0 ? "" : a;
  const char *y = b == NULL || strcmp (b, "ai.onnx") == 0 ? "" : b;

  return strcmp (x, y) == 0;
}

const SacOp *
sac_ops_find (const char *domain, const char *name)
{
  for (size_t i = 0; ops[i] != NULL; i++) {
    if (strcmp (ops[i]->name, name) == 0 &&
        same_domain (ops[i]->domain, domain))
      return ops[i];
  }
  return NULL;
}
