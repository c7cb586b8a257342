#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
#
# Runs a test program on a display and a session bus of its own, in an empty
# home.  Skips, with the reason, where there is no Xvfb.
#
#   run-display.sh RENDERER PROGRAM [ARGUMENT...]
set -eu

renderer=$1
shift
skip() {
  echo "1..0 # SKIP $1"
  exit 0
}
command -v Xvfb >/dev/null 2>&1 || skip "Xvfb is not installed"
command -v dbus-run-session >/dev/null 2>&1 || skip "dbus-run-session is not installed"

folder=$(mktemp -d)
server=
clean() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  [ -z "$server" ] || wait "$server" 2>/dev/null || true
  rm -rf "$folder"
}
trap clean EXIT
trap 'exit 1' HUP INT TERM

# The server itself picks a number that is free.  Two that start at the same
# moment may pick the same one, and the second of them ends without a word.
mkfifo "$folder/number"
number=
for attempt in 1 2 3 4 5; do
  Xvfb -displayfd 3 -screen 0 1400x900x24 -nolisten tcp \
    3>"$folder/number" >/dev/null 2>&1 &
  server=$!
  read -r number <"$folder/number" && break
  wait "$server" 2>/dev/null || true
  server=
  sleep "0.$attempt"
done
[ -n "$number" ] || {
  echo "Bail out! Xvfb does not start"
  exit 1
}

export DISPLAY=":$number" GDK_BACKEND=x11 GSK_RENDERER="$renderer"
export LIBGL_ALWAYS_SOFTWARE=1 GTK_A11Y=test GSETTINGS_BACKEND=memory
export HOME="$folder" XDG_RUNTIME_DIR="$folder" XDG_CONFIG_HOME="$folder/config"
export XDG_DATA_HOME="$folder/data" XDG_CACHE_HOME="$folder/cache"
export XDG_STATE_HOME="$folder/state"
unset WAYLAND_DISPLAY
dbus-run-session -- "$@"
