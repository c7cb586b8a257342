/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The wheel over what scrolls. */
#ifndef SAC_APP_WHEEL_H
#define SAC_APP_WHEEL_H

#include <gtk/gtk.h>

/* Lets the wheel through to what the widget lies in: a slider in a panel would
 * change unnoticed when somebody scrolls the panel. */
void sac_wheel_pass (GtkWidget *widget);

#endif
