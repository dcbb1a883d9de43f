"""What all steps know of the project, and how they run other programs."""

import functools
import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAME = "terraform-provider-whatsapp"
SUMS = "SHA256SUMS"

# What Rust calls the platform that Terraform calls so.
TARGETS = {
    "linux_amd64": "x86_64-unknown-linux-musl",
    "linux_arm64": "aarch64-unknown-linux-musl",
    "windows_amd64": "x86_64-pc-windows-gnu",
    "darwin_amd64": "x86_64-apple-darwin",
    "darwin_arm64": "aarch64-apple-darwin",
}

# Seconds from the beginning of 1980 to the end of 2107.
ZIP_TIMES = range(315_532_800, 4_354_819_200)
# What people set for other builds, and what would undo settings that a release relies on.
UNDOING = re.compile(r"(.*_)?RUSTFLAGS|CARGO_BUILD_TARGET|CARGO_PROFILE_RELEASE_.*")


class Failure(Exception):
    """Ends the script with a message for its user."""


def say(text):
    print(text, file=sys.stderr, flush=True)


def forget_settings_of_other_builds():
    for name in filter(UNDOING.fullmatch, list(os.environ)):
        say(f"NOT USED: {name}={os.environ.pop(name)}")


def run(command, given=b"", **options):
    """Runs a program in the project's folder, with these bytes as its standard input."""
    try:
        finished = subprocess.run(command, cwd=ROOT, input=given, **options)
    except FileNotFoundError as cause:
        raise Failure(f"{command[0]} is not installed") from cause
    if finished.returncode != 0:
        raise Failure(f"{command[0]} failed with exit code {finished.returncode}")
    return finished


def dated_environment():
    """For programs that write a time into what they make: it is that of the commit."""
    return {**os.environ, "SOURCE_DATE_EPOCH": str(commit_time())}


def output(command):
    return run(command, stdout=subprocess.PIPE).stdout.decode()


def metadata(*options):
    """What Cargo knows of the package and, unless `--no-deps` is given, of all that it needs."""
    return json.loads(output(["cargo", "metadata", "--locked", "--format-version=1", *options]))


@functools.cache
def version():
    (package,) = metadata("--no-deps")["packages"]
    return package["version"]


@functools.cache
def target_folder():
    return Path(metadata("--no-deps")["target_directory"])


def dist():
    """Where the files of the release lie."""
    given = os.environ.get("RELEASE_ASSETS")
    return Path(given).absolute() if given else target_folder() / "dist"


def binary(platform):
    """Where the binary for a platform is laid, under the name that Terraform looks for in a zip."""
    return dist() / "bin" / platform / f"{NAME}_v{version()}{suffix(platform)}"


def suffix(platform):
    return ".exe" if platform.startswith("windows") else ""


def asset(rest):
    """The path of a file of this release."""
    return dist() / f"{NAME}_{version()}_{rest}"


def commit_time():
    """Seconds since 1970: the same commit makes the same files, on whatever day."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if not given and not (ROOT / ".git").exists():
        raise Failure("this is no git checkout: let SOURCE_DATE_EPOCH name the time of the source")
    try:
        seconds = int(given or output(["git", "log", "-1", "--format=%ct"]))
    except ValueError as cause:
        raise Failure(f"SOURCE_DATE_EPOCH is no whole number: {given!r}") from cause
    if seconds not in ZIP_TIMES:
        raise Failure(f"SOURCE_DATE_EPOCH is {seconds}, but a zip can hold 1980 to 2107 only")
    return seconds
