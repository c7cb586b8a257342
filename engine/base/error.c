/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/error.h"

GQuark
sac_error_quark (void)
{
  return g_quark_from_static_string ("sac-error-quark");
}
