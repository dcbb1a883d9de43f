"""Gathers the licences of the libraries in a binary: most of them ask to travel along with it."""

from pathlib import Path

from releasing.project import NAME, Failure, metadata, output

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
    """The libraries, without what only builds or tests, and without macros."""
    # `cargo metadata` has more: what an option would need that nobody has switched on.
    tree = ["cargo", "tree", "--locked", f"--target={target}", "--edges=normal,no-proc-macro"]
    lines = output([*tree, "--prefix=none", "--format={p}"]).splitlines()
    found = {" ".join(line.split()[:2]).replace(" v", " ") for line in lines}
    packages = metadata("--filter-platform", target)["packages"]
    libraries = (package for package in packages if package["name"] != NAME)
    return sorted((library for library in libraries if title(library) in found), key=title)


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
