# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""Counts the results that meson wrote (JUnit), prints failures and skips with
their reasons, and ends with `N passed, N failed, N skipped`."""
import sys
import xml.etree.ElementTree as ElementTree


def text_of(element):
    return " ".join(((element.get("message") or "") + " " + (element.text or "")).split())


def read(path):
    for suite in ElementTree.parse(path).getroot().iter("testsuite"):
        for case in suite.iter("testcase"):
            name = f"{suite.get('name')}: {case.get('name')}"
            failed = [e for e in case if e.tag in ("failure", "error")]
            skipped = [e for e in case if e.tag == "skipped"]
            if failed:
                yield name, "failed", text_of(failed[0])
            elif skipped:
                yield name, "skipped", text_of(skipped[0])
            else:
                yield name, "passed", ""


def main():
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for path in sys.argv[1:]:
        for name, result, why in read(path):
            counts[result] += 1
            if result != "passed":
                print(f"{result}: {name} {why}".rstrip())
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 1 if counts["failed"] or not counts["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
