#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""needed.py FOLDER SUITE...: the files that the tests of these suites are run with or depend on, below the build
folder."""
import json
import os
import subprocess
import sys

folder, suites = os.path.realpath(sys.argv[1]), set(sys.argv[2:])


def introspect(what):
    return json.loads(subprocess.check_output(["meson", "introspect", what, folder]))


targets = {target["id"]: target["filename"] for target in introspect("--targets")}
made = {name for names in targets.values() for name in names}
needed = set()
for test in introspect("--tests"):
    if suites & {suite.rsplit(":", 1)[-1] for suite in test["suite"]}:
        paths = {os.path.join(folder, word) for word in test["cmd"]}
        paths |= {name for target in test["depends"] for name in targets[target]}
        needed |= {os.path.relpath(path, folder) for path in paths & made}
print("\n".join(sorted(needed)))
