"""Gathers the licences of the libraries in a binary: most of them ask to travel along with it."""

from pathlib import Path

from releasing.project import Failure, metadata

# How files with licences, and with the names of who wrote what, begin.
FILES = ("LICEN", "COPYING", "COPYRIGHT", "NOTICE", "UNLICEN")
RULE = "=" * 100
HEAD = """\
This executable contains the libraries below, and parts of the Rust standard library (MIT or
Apache-2.0); on Linux also of musl (MIT), on Windows of MinGW-w64 (public domain and MIT).
"""


def of(target):
    """The licences of all that is linked into the binary for a target of Rust."""
    packages = linked(target)
    parts = [HEAD, *(f"{title(package)}: {package['license']}" for package in packages)]
    for text, owners in texts(packages).items():
        parts += ["", RULE, *owners, RULE, "", text]
    return "\n".join(parts) + "\n"


def title(package):
    return f"{package['name']} {package['version']}"


def linked(target):
    """The packages, without those that only build or test."""
    known = metadata("--filter-platform", target)
    packages = {package["id"]: package for package in known["packages"]}
    nodes = {node["id"]: node for node in known["resolve"]["nodes"]}
    root = known["resolve"]["root"]
    found, waiting = set(), [root]
    while waiting:
        node = nodes[waiting.pop()]
        needed = {needs["pkg"] for needs in node["deps"] if is_linked(needs)}
        waiting += needed - found
        found |= needed
    return sorted((packages[id] for id in found), key=lambda of: (of["name"], of["version"]))


def is_linked(dependency):
    return any(kind["kind"] is None for kind in dependency["dep_kinds"])


def texts(packages):
    """Each text once, with the packages that come with it; some only name their licence, above."""
    owners = {}
    for package in packages:
        if not package["license"]:
            raise Failure(f"{title(package)} does not say what its licence is")
        for file in sorted(Path(package["manifest_path"]).parent.iterdir()):
            if file.name.upper().startswith(FILES) and file.is_file():
                text = file.read_text(errors="replace").strip()
                owners.setdefault(text, []).append(title(package))
    return owners
