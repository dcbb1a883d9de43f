"""What all steps know of the project, and how they run other programs."""

import functools
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAME = "terraform-provider-whatsapp"

# What Rust calls the platform that Terraform calls so.
TARGETS = {
    "linux_amd64": "x86_64-unknown-linux-musl",
    "linux_arm64": "aarch64-unknown-linux-musl",
    "windows_amd64": "x86_64-pc-windows-gnu",
    "darwin_amd64": "x86_64-apple-darwin",
    "darwin_arm64": "aarch64-apple-darwin",
}


class Failure(Exception):
    """Ends the script with a message for its user."""


def say(text):
    print(text, file=sys.stderr, flush=True)


def run(command, given=b"", **options):
    """Runs a program in the project's folder, with these bytes as its standard input."""
    try:
        finished = subprocess.run(command, cwd=ROOT, input=given, **options)
    except FileNotFoundError as cause:
        raise Failure(f"{command[0]} is not installed") from cause
    if finished.returncode != 0:
        raise Failure(f"{command[0]} failed with exit code {finished.returncode}")
    return finished


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
    return int(given or output(["git", "log", "-1", "--format=%ct"]))
