# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""Holds what keeps the tree tidy: the arrows between folders, headers that stand
alone, lengths, formatting, licences, translations.  Prints TAP."""
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

TOP = Path(sys.argv[1])

# A folder may include itself and these: the arrows of ARCHITECTURE.md.
ARROWS = {
    "base": set(),
    "compute": {"base"},
    "image": {"base"},
    "annotation": {"base", "image"},
    "cases": {"base", "image"},
    "phantom": {"base", "image", "annotation"},
    "tensor": {"base"},
    "network": {"base", "compute", "image", "tensor"},
    "map": {"base", "image", "tensor"},
    "explain": {"base", "image", "tensor", "network", "map"},
    "scene": {"base", "image", "annotation", "map"},
    "slide": {"base", "image", "annotation", "tensor", "network", "map", "explain"},
    "report": {"base", "image", "annotation", "tensor", "network", "map", "explain", "scene", "slide"},
}
# Tensor and image meet in these files of network/ only.
BRIDGES = {"preprocess.c", "preprocess.h", "preprocess-fit.h", "inputs.c", "inputs.h",
           "manifest-graph.c", "manifest-huggingface.c", "manifest-inputs.c"}  # manifests: names of filters
WINDOW_HEADERS = re.compile(r"^(gtk|gdk(?!-pixbuf)|adwaita|adw|gsk)\b")
LONG_FUNCTIONS = {}  # name -> reason; none today
LIMIT_FUNCTION = 100
LIMIT_FILE = 600


def tracked(*suffixes):
    listed = subprocess.run(["git", "-C", str(TOP), "ls-files", "-co", "--exclude-standard"],
                            capture_output=True, text=True)
    if listed.returncode == 0:
        files = [TOP / line for line in listed.stdout.splitlines()]
    else:
        files = [p for p in TOP.rglob("*") if "/build" not in str(p)]
    return sorted(p for p in files if p.suffix in suffixes and p.is_file())


def name(path):
    return str(path.relative_to(TOP))


def includes(path):
    return re.findall(r'^#include ["<]([^">]+)[">]', path.read_text(errors="replace"), re.M)


def check_arrows():
    for path in tracked(".c", ".h"):
        parts = path.relative_to(TOP).parts
        if parts[0] != "engine" or parts[1] not in ARROWS:
            continue
        own = parts[1]
        for include in includes(path):
            target = include.split("/")[0]
            if WINDOW_HEADERS.match(include):
                yield f"{name(path)} includes {include}: the engine has no window"
            if "/" in include and target in ARROWS and target != own and target not in ARROWS[own]:
                yield f"{name(path)} includes {include}: no arrow from {own} to {target}"
            if own == "network" and target == "image" and path.name not in BRIDGES:
                yield f"{name(path)} includes {include}: tensor and image meet in preprocess only"
            if target == "app":
                yield f"{name(path)} includes {include}: the engine does not know the app"


def check_slow_work():
    """The app's slow work goes through its worker: nobody else makes jobs."""
    allowed = {"app/worker.c", "app/cli/main.c", "engine/base/job.c", "engine/base/job.h",
               "engine/scene/tile-store.c", "engine/scene/tile-decode.c"}
    for path in tracked(".c", ".h"):
        if name(path).startswith("tests/") or name(path) in allowed:
            continue
        if "sac_job_new" in path.read_text(errors="replace"):
            yield f"{name(path)} makes a job: only the worker does"


def check_tooltips():
    """GTK's own call stops the X server for each, shown or not."""
    for path in tracked(".c"):
        if name(path).startswith("app/") and name(path) != "app/tooltip.c" and "gtk_widget_set_tooltip_" in path.read_text():
            yield f"{name(path)} sets a tooltip by itself: sac_tooltip_set() does"


def first_included():
    """Headers that a source includes before all else: the build has compiled these alone."""
    found = set()
    for path in tracked(".c"):
        first = re.search(r"^#include (.*)$", path.read_text(errors="replace"), re.M)
        if not first or not first.group(1).startswith('"'):
            continue
        folders = [path.parent, TOP / "engine", TOP / "app", TOP / "app" / "cli", TOP / "tests" / "support"]
        found |= set([folder / first.group(1).strip('"') for folder in folders
                      if (folder / first.group(1).strip('"')).exists()][:1])
    return found


def check_headers_alone():
    built = first_included()
    compiler = os.environ.get("CC", "cc")
    packages = "json-glib-1.0 gio-2.0 gio-unix-2.0 cairo pangocairo libadwaita-1"
    flags = subprocess.run(["pkg-config", "--cflags", *packages.split()], capture_output=True, text=True).stdout.split()
    for path in tracked(".h"):
        if path.name == "list.h" or "kernels" in path.parts or path in built:
            continue
        where = ["-I", str(TOP / "engine"), "-I", str(TOP / "app"), "-I", str(TOP / "app" / "cli"), "-I",
                 str(TOP / "tests" / "support"), "-I", str(path.parent)]
        result = subprocess.run([compiler, "-fsyntax-only", "-std=gnu11", "-Wall", "-x", "c", *where, *flags,
                                 "-include", str(path), "/dev/null"], capture_output=True, text=True)
        if result.returncode != 0:
            yield f"{name(path)} does not compile alone: {result.stderr.splitlines()[0]}"


def check_in_meson():
    listed = "\n".join(p.read_text() for p in tracked(".build"))
    for path in tracked(".c"):
        stem = path.stem
        if path.name in listed or f"'{stem}'" in listed:
            continue
        if stem.startswith(("test-", "fuzz-", "check-")) and f"'{stem.split('-', 1)[1]}'" in listed:
            continue
        yield f"{name(path)} stands in no meson.build"


def functions():
    files = [str(p) for p in tracked(".c")]
    output = subprocess.run(["ctags", "--kinds-C=f", "--fields=+ne", "-f", "-", "--sort=no", *files],
                            capture_output=True, text=True).stdout
    for line in output.splitlines():
        fields = line.split("\t")
        found = dict(f.split(":", 1) for f in fields[3:] if ":" in f)
        if "line" in found and "end" in found:
            yield Path(fields[1]), fields[0], int(found["end"]) - int(found["line"]) + 1


def check_lengths():
    for path, function, lines in functions():
        if lines > LIMIT_FUNCTION and function not in LONG_FUNCTIONS:
            yield f"{name(path)}: {function} has {lines} lines, at most {LIMIT_FUNCTION}"
    for path in tracked(".c"):
        lines = path.read_text(errors="replace").count("\n")
        if lines > LIMIT_FILE and "tests/" not in name(path) and not name(path).endswith("color-map-data.c"):
            yield f"{name(path)} has {lines} lines: what is its second idea?"


def check_format():
    files = [str(p) for p in tracked(".c", ".h") if not p.name.endswith("-data.c")]
    result = subprocess.run(["clang-format", "--dry-run", "-Werror", *files], capture_output=True, text=True, cwd=TOP)
    seen = sorted({line.split(":")[0] for line in result.stderr.splitlines() if "error:" in line})
    for path in seen:
        yield f"{name(Path(path))} is not as clang-format makes it"


def check_licences():
    for path in tracked(".c", ".h", ".py", ".build", ".ui", ".css"):
        head = path.read_text(errors="replace")[:400]
        if "SPDX-License-Identifier: Apache-2.0" not in head or "The Saccade authors" not in head:
            yield f"{name(path)} lacks the SPDX or the copyright line"


def check_left_open():
    word = re.compile(r"\b(TO" r"DO|FIX" r"ME|X{3}|HA" r"CK)\b")
    for path in tracked(".c", ".h", ".ui", ".py", ".css"):
        if path == Path(__file__).resolve() or path.name == "check.py":
            continue
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            if word.search(line):
                yield f"{name(path)}:{number} leaves something open"


# The command line speaks English, and so does what is wrong with one node of a network.
SPOKEN_ENGLISH = ("app/cli/", "engine/network/ops/", "tests/")


def check_potfiles():
    potfiles = TOP / "po" / "POTFILES"
    listed = set(potfiles.read_text().split()) if potfiles.exists() else set()
    marked = re.compile(r'(?<![A-Za-z0-9_])(?:N_|_|C_|NC_|ngettext|sac_sentence)\s*\(\s*"|translatable="(?:yes|true)"')
    spoken = re.compile(r"\bg_set_error(?:_literal)?\s*\([^;]*?\"[^\"]*[a-z]{3} ")
    for path in tracked(".c", ".h", ".ui"):
        if name(path).startswith("tests/"):
            continue
        text = path.read_text(errors="replace")
        speaks = path.suffix == ".c" and not name(path).startswith(SPOKEN_ENGLISH) and spoken.search(text)
        if (marked.search(text) or speaks) and name(path) != "engine/base/error.h" and name(path) not in listed:
            yield f"{name(path)} has strings to translate but stands not in po/POTFILES"
    for entry in listed:
        if not entry.startswith("#") and not (TOP / entry).exists():
            yield f"po/POTFILES names {entry}, which is not there"


def check_translations():
    for path in sorted((TOP / "po").glob("*.po")):
        result = subprocess.run(["msgfmt", "--statistics", "-c", "-o", "/dev/null", str(path)], capture_output=True,
                                text=True, env={**os.environ, "LC_ALL": "C"})
        if result.returncode != 0:
            yield f"{name(path)}: {result.stderr.splitlines()[0]}"
        elif "untranslated" in result.stderr or "fuzzy" in result.stderr:
            yield f"{name(path)} is not complete: {result.stderr.strip()}"
        for entry in path.read_text().split("\n\n"):
            if "<PRI" in entry and "c-format" not in entry:  # gettext does not find it then
                yield f"{name(path)}: {entry.splitlines()[0]} needs the flag c-format"


def check_translations_current():
    """Every string of the sources stands in each translation."""
    potfiles = TOP / "po" / "POTFILES"
    if not potfiles.exists():
        return
    calls = re.findall(r"--keyword=[\w:]+", (TOP / "po" / "meson.build").read_text())
    wanted = subprocess.run(["xgettext", "--from-code=UTF-8", "-k_", "-kN_", "-kC_:1c,2", "-kNC_:1c,2",
                             "-kngettext:1,2", *calls, "-f", "po/POTFILES", "-o", "-"], capture_output=True, cwd=TOP).stdout
    for path in sorted((TOP / "po").glob("*.po")):
        merged = subprocess.run(["msgmerge", "-q", "-N", "-o", "-", str(path), "/dev/stdin"], input=wanted,
                                capture_output=True).stdout
        left = subprocess.run(["msgattrib", "--untranslated", "--no-obsolete"], input=merged, capture_output=True).stdout
        count = left.count(b"\nmsgid ") - 1
        if count > 0:
            yield f"{name(path)} lacks {count} strings of the sources"


def check_sizes():
    total = 0
    for path in (p for p in (TOP / "data").rglob("*") if p.is_file()):
        size = path.stat().st_size
        total += size
        if size > 12_000_000:
            yield f"{name(path)} is over 12 MB"
    if total > 60_000_000:
        yield f"data/ holds {total} bytes, at most 60 MB"


NEVER = "For research and demonstration only. **Not a medical device; never for diagnosis.**"


def check_card(folder, manifest):
    """The card says what it is for, whose terms hold, how good the model is and where it fails."""
    card = (folder / "CARD.md").read_text()
    if NEVER not in card:
        yield f"{name(folder)}/CARD.md does not say what the model is not for"
    if f"Licence of the weights: {manifest['licence']}." not in card:
        yield f"{name(folder)}/CARD.md has another licence than model.json"
    if "HAM10000" in card and manifest["licence"] != "CC-BY-NC-4.0":
        yield f"{name(folder)}: weights from HAM10000 carry its licence, CC-BY-NC-4.0"
    if not re.search(r"^## Known failures and limits\n\n- \w", card, re.M):
        yield f"{name(folder)}/CARD.md names no known failure"
    if f"{manifest['metrics']['test']['accuracy']:.3f}" not in card:
        yield f"{name(folder)}/CARD.md lacks the accuracy that model.json has"


def check_models():
    """Every shipped model has its file, its card, and references with logits; `cases/models` computes them again."""
    for folder in sorted(path for path in (TOP / "data" / "models").iterdir() if path.is_dir()):
        lacking = [file for file in ("model.onnx", "model.json", "CARD.md") if not (folder / file).exists()]
        if lacking:
            yield f"{name(folder)} lacks {', '.join(lacking)}"
            continue
        manifest = json.loads((folder / "model.json").read_text())
        if hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest() != manifest["sha256"]:
            yield f"{name(folder)}/model.onnx is not the file that model.json speaks of"
        references = manifest.get("reference", [])
        for reference in references:
            for file in reference.get("files", [reference.get("file")]):
                if not (folder / str(file)).exists() or not reference.get("logits"):
                    yield f"{name(folder)}: the reference {file} is not there, or has no logits"
        if len(references) < 2:
            yield f"{name(folder)} has fewer than two references"
        yield from check_card(folder, manifest)


# Who brings each library that the build asks for: the runtime (org.gnome.Platform with org.freedesktop.Platform below
# it), or a module of the manifest.
FROM_RUNTIME = {"glib-2.0", "gio-2.0", "gio-unix-2.0", "json-glib-1.0", "cairo", "cairo-xlib", "pangocairo", "libjpeg", "libpng", "libwebp",
                "libtiff-4", "lcms2", "sqlite3", "threads", "gtk4", "gtk4-x11", "libadwaita-1", "epoxy"}
FROM_MODULES = {"openslide": "openslide", "openblas": "openblas"}
HARMLESS = ("--socket=wayland", "--socket=fallback-x11", "--share=ipc", "--device=dri", "--filesystem=")


def check_manifest_module(module):
    """A module of others: an archive of one content, and a build system that flatpak-builder knows."""
    title = f"flatpak module {module.get('name')}"
    if module.get("buildsystem") not in ("simple", "meson", "cmake-ninja"):
        yield f"{title}: the build system {module.get('buildsystem')} is none of those used here"
    if (module.get("buildsystem") == "simple") != ("build-commands" in module):
        yield f"{title}: build-commands belong to simple modules, and to all of them"
    for source in module["sources"]:
        if source["type"] == "dir":
            continue
        if source["type"] != "archive" or not source["url"].startswith("https://"):
            yield f"{title}: {source.get('url')} is no archive behind https"
        if not re.fullmatch("[0-9a-f]{64}", source.get("sha256", "")):
            yield f"{title}: the archive is not pinned by its SHA-256"


def check_manifest_options(module):
    """Options of our own build are those that there are."""
    known = dict(re.findall(r"^option\('(\w+)', type: '(\w+)'", (TOP / "meson_options.txt").read_text(), re.M))
    for option in module["config-opts"]:
        found = re.fullmatch(r"-D(\w+)=(\w+)", option)
        if not found or found[1] not in known:
            yield f"flatpak: {option} is no option of meson_options.txt"
        elif known[found[1]] == "boolean" and found[2] not in ("true", "false"):
            yield f"flatpak: {option} has to be true or false"


def check_flatpak():
    """The manifest cannot be built here; what can be known without building it is right."""
    manifest = json.loads((TOP / "flatpak" / "org.saccade.Saccade.json").read_text())
    desktop = (TOP / "data" / "org.saccade.Saccade.desktop.in").read_text()
    modules = {module["name"]: module for module in manifest["modules"]}
    if f"Exec={manifest['command']} " not in desktop or f"Icon={manifest['id']}\n" not in desktop:
        yield "flatpak: command or id is not the desktop file's"
    if (manifest["runtime"], manifest["sdk"]) != ("org.gnome.Platform", "org.gnome.Sdk"):
        yield "flatpak: the runtime is not GNOME's"
    for permission in manifest["finish-args"]:
        if not permission.startswith(HARMLESS) or (permission.startswith("--filesystem=") and not permission.endswith(":ro")):
            yield f"flatpak: {permission} is more than the program may do"
    wanted = set()
    for path in [TOP / "meson.build", TOP / "app" / "meson.build"]:
        wanted.update(re.findall(r"= dependency\('([^']+)'", path.read_text()))
    for library in sorted(wanted - FROM_RUNTIME):
        if FROM_MODULES.get(library) not in modules:
            yield f"flatpak: nothing brings {library}"
    if list(modules)[-1] != "saccade" or modules["saccade"]["sources"][0] != {**modules["saccade"]["sources"][0],
                                                                              "type": "dir", "path": ".."}:
        yield "flatpak: the last module has to be these sources"
    yield from check_manifest_options(modules["saccade"])
    for module in modules.values():
        yield from check_manifest_module(module)


CHECKS = [
    ("arrows between folders", check_arrows, None),
    ("slow work only through the worker", check_slow_work, None),
    ("tooltips only where they are wanted", check_tooltips, None),
    ("headers compile alone", check_headers_alone, None),
    ("every source file is built", check_in_meson, None),
    ("lengths of functions and files", check_lengths, "ctags"),
    ("formatting", check_format, "clang-format"),
    ("licence lines", check_licences, None),
    ("nothing left open", check_left_open, None),
    ("POTFILES is complete", check_potfiles, None),
    ("translations are complete", check_translations, "msgfmt"),
    ("translations are current", check_translations_current, "xgettext"),
    ("sizes of shipped data", check_sizes, None),
    ("cards of shipped models", check_models, None),
    ("flatpak manifest", check_flatpak, None),
]


def main():
    print(f"1..{len(CHECKS)}")
    failed = False
    for number, (title, check, tool) in enumerate(CHECKS, 1):
        if tool is not None and shutil.which(tool) is None:
            print(f"ok {number} {title} # SKIP {tool} is not installed")
            continue
        problems = list(check())
        for problem in problems:
            print(f"# {problem}")
        print(f"{'not ok' if problems else 'ok'} {number} {title}")
        failed = failed or bool(problems)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
