# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""Counts the results that meson wrote (JUnit), prints failures and skips with
their reasons, and ends with `N passed, N failed, N skipped`.

Meson's JUnit drops why a test was skipped; the programs' own output, which lies
beside each NAME.xml as NAME.txt, has it.  It also drops that a program ended
early; NAME.json, one object a program, has that."""
import json
import os
import re
import sys
import xml.etree.ElementTree as ElementTree


def text_of(element):
    return " ".join(((element.get("message") or "") + " " + (element.text or "")).split())


def read_reasons(path):
    """{name of a test: why it was skipped} from the programs' TAP."""
    if not os.path.exists(path):
        return {}
    with open(path, errors="replace") as log:
        return dict(re.findall(r"^ok \d+ (\S+) # SKIP (.*)$", log.read(), re.M))


def read_broken(path):
    """{program: how it ended} of those that did not end well."""
    if not os.path.exists(path):
        return {}
    with open(path, errors="replace") as log:
        programs = [json.loads(line) for line in log]
    return {p["name"]: p["result"] for p in programs if p["result"] not in ("OK", "SKIP", "EXPECTEDFAIL")}


def read(path):
    reasons = read_reasons(os.path.splitext(path)[0] + ".txt")
    broken = read_broken(os.path.splitext(path)[0] + ".json")
    for suite in ElementTree.parse(path).getroot().iter("testsuite"):
        for case in suite.iter("testcase"):
            name = f"{suite.get('name')}: {case.get('name')}"
            failed = [e for e in case if e.tag in ("failure", "error")]
            skipped = [e for e in case if e.tag == "skipped"]
            if failed:
                broken.pop(suite.get("name").split(".", 1)[-1], None)
                broken.pop(case.get("name"), None)
                yield name, "failed", text_of(failed[0])
            elif skipped:
                why = reasons.get(case.get("name").split()[-1], "")
                yield name, "skipped", text_of(skipped[0]) or why
            else:
                yield name, "passed", ""
    for name, result in broken.items():
        yield name, "failed", f"the program ended early ({result.lower()})"


def main():
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    broken = int(sys.argv[1])
    for path in sys.argv[2:]:
        for name, result, why in read(path):
            counts[result] += 1
            if result != "passed":
                print(f"{result}: {name} {why}".rstrip())
    counts["failed"] = max(counts["failed"], broken)
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 1 if counts["failed"] or not counts["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
