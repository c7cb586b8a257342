/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The bytes as a kept view; what is taken can be kept again. */

#include "scene/view-state.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_auto (SacViewState) state = {0};
  g_auto (SacViewState) again = {0};
  bool is_read =
    sac_view_state_parse ((const char *)data, size, "fuzz", &state, &error);

  g_assert_true (is_read == (error == NULL));
  if (!is_read)
    return 0;
  g_assert_cmpuint (state.pane_count, >=, 1);
  g_assert_cmpuint (state.pane_count, <=, SAC_VIEW_PANES_MOST);
  g_assert_cmpuint (state.active, <, state.pane_count);
  g_assert_cmpfloat (state.camera.scale, >, 0);

  g_autofree char *text = sac_view_state_to_text (&state);

  g_assert_true (
    sac_view_state_parse (text, strlen (text), "fuzz", &again, &error));
  return 0;
}
