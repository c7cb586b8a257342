/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/thread.h"

#ifdef __linux__
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

void
sac_thread_step_back (int steps)
{
#ifdef __linux__
  /* Linux keeps this for each thread, against POSIX. */
  id_t thread = (id_t)syscall (SYS_gettid);

  setpriority (PRIO_PROCESS, thread,
               getpriority (PRIO_PROCESS, thread) + steps);
#endif
}
