// SPDX-License-Identifier: Apache-2.0
// Copyright (c) The Saccade authors
//
// Parsed once for all files of the window: three quarters of the time that one
// of them takes to compile.  Each still includes what it uses.
#include <adwaita.h>
#include <gtk/gtk.h>
