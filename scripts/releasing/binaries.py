"""Builds the binaries: for Linux without any library of the system, so that they run in every image."""

import json
import os
import platform
import shutil
import sys
from pathlib import Path

from releasing.project import NAME, TARGETS, Failure
from releasing.project import binary, dated_environment, run, say, suffix, target_folder

# On this system these can be built.
SYSTEMS = {"Linux": ("linux_", "windows_"), "Darwin": ("darwin_",)}
# A C compiler for every platform, and what lends it to Cargo.
CROSS_COMPILER = ["cargo-zigbuild==0.24.0", "ziglang==0.17.1"]


def build(wanted):
    """Builds for these platforms; for all that this machine can build for if none is named."""
    possible = [name for name in TARGETS if name.startswith(SYSTEMS.get(platform.system(), ()))]
    for name in wanted:
        if name not in TARGETS:
            raise Failure(f"{name} is no platform of a release: {', '.join(TARGETS)}")
        if name not in possible:
            raise Failure(f"{name} cannot be built on {platform.system()}: see --help")
    if not wanted:
        for name in TARGETS:
            if name not in possible:
                say(f"LEFT OUT: {name} is built on another kind of machine: see --help")
    for name in wanted or possible:
        build_one(name)


def build_one(name):
    target = TARGETS[name]
    say(f"building for {name} ({target})")
    run(["rustup", "target", "add", target])
    run(["cargo", "fetch", "--locked", "--target", target])
    with_what = ["build"] if name.startswith("darwin") else ["zigbuild"]
    # A list in JSON is one in TOML.
    flags = json.dumps(paths_of_nobody(), ensure_ascii=False)
    remapped = f"target.'cfg(all())'.rustflags = {flags}"
    options = ["--release", "--locked", "--target", target, "--config", remapped]
    run(["cargo", *with_what, *options], env=environment(name))

    there = binary(name)
    shutil.rmtree(there.parent, ignore_errors=True)
    there.parent.mkdir(parents=True)
    shutil.copy(target_folder() / target / "release" / f"{NAME}{suffix(name)}", there)


def paths_of_nobody():
    """Panics name the place in the source: it should not tell where somebody keeps a checkout."""
    # One folder for each registry, which Cargo has made by now.
    home = Path(os.environ.get("CARGO_HOME") or Path.home() / ".cargo")
    sources = sorted((home / "registry" / "src").glob("*"))
    places = [(source, "crates") for source in sources] + [(target_folder(), "target")]
    return [f"--remap-path-prefix={place}={name}" for place, name in places]


def environment(name):
    variables = dated_environment()  # the linker for Windows writes the time into the binary
    if name.startswith("darwin"):
        return variables
    variables["PATH"] = os.pathsep.join([str(cross_compiler()), variables["PATH"]])
    if name.startswith("linux"):
        # The cross compiler would link too, but it cannot pack relocations: see .cargo/config.toml.
        triple = TARGETS[name].upper().replace("-", "_")
        variables[f"CARGO_TARGET_{triple}_LINKER"] = "rust-lld"
    return variables


def cross_compiler():
    """The folder of its programs, which are fetched at first."""
    home = target_folder() / "release-tools" / "zig"
    complete = home / "complete"  # says what is in there, written last
    if not complete.exists() or complete.read_text() != str(CROSS_COMPILER):
        say(f"fetching {' and '.join(CROSS_COMPILER)} from PyPI (about 100 MB) ...")
        shutil.rmtree(home, ignore_errors=True)
        run([sys.executable, "-m", "venv", home])
        run([home / "bin" / "python3", "-m", "pip", "install", "--quiet", *CROSS_COMPILER])
        complete.write_text(str(CROSS_COMPILER))
    return home / "bin"
