/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The program: one engine thread, any number of windows. */
#ifndef SAC_APP_APPLICATION_H
#define SAC_APP_APPLICATION_H

#include <adwaita.h>

#define SAC_TYPE_APPLICATION (sac_application_get_type ())
G_DECLARE_FINAL_TYPE (
  SacApplication, sac_application, SAC, APPLICATION, AdwApplication)

SacApplication *sac_application_new (void);

#endif
