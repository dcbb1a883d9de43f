"""Packs what was built into the files that the registries expect."""

import hashlib
import json
import shutil
import zipfile
from time import gmtime

from releasing import notices
from releasing.project import (
    NAME, ROOT, SUMS, TARGETS, Failure, asset, binary, commit_time, dist, say, version,
)

EXECUTABLE, READABLE = 0o100755, 0o100644


def pack(wanted):
    """Makes all files anew: of these binaries, which must be there, or of all that are."""
    platforms = wanted or [name for name in TARGETS if binary(name).is_file()]
    missing = [name for name in platforms or TARGETS if not binary(name).is_file()]
    if missing:
        raise Failure(f"version {version()} was not built for {', '.join(missing)}")
    forget_what_was_packed()
    for platform in platforms:
        zip_binary(platform)
    shutil.copy(ROOT / "terraform-registry-manifest.json", asset("manifest.json"))
    write_sums()
    write_index(platforms)
    for file in assets() + mirror_files():
        say(f"{file.stat().st_size:>10,} bytes  {file.name}")


def assets():
    return sorted(dist().glob(f"{NAME}_*"))


def mirror_files():
    """What makes a network mirror of the folder; no registry takes these files."""
    return sorted([*dist().glob("index.json"), *dist().glob("[0-9]*.json")])


def forget_what_was_packed():
    for file in assets() + mirror_files():
        if file != asset("sbom.cdx.json"):
            file.unlink()


def zip_binary(platform):
    content = binary(platform)
    with zipfile.ZipFile(asset(f"{platform}.zip"), "w") as box:
        add(box, content.name, content.read_bytes(), EXECUTABLE)
        add(box, "LICENSE", (ROOT / "LICENSE").read_bytes(), READABLE)
        add(box, "THIRD-PARTY-NOTICES", notices.of(TARGETS[platform]).encode(), READABLE)


def add(box, name, content, mode):
    entry = zipfile.ZipInfo(name, gmtime(commit_time())[:6])
    entry.create_system = 3  # Unix: the mode below counts on whatever machine this runs
    entry.external_attr = mode << 16
    box.writestr(entry, content, zipfile.ZIP_DEFLATED, compresslevel=9)


def write_sums():
    lines = [f"{checksum(file)}  {file.name}\n" for file in assets()]
    asset(SUMS).write_text("".join(lines))


def checksum(file):
    return hashlib.sha256(file.read_bytes()).hexdigest()


def write_index(platforms):
    """The network mirror protocol: the versions, and where this one's zips are."""
    archives = {platform: archive(asset(f"{platform}.zip")) for platform in platforms}
    write_json("index.json", {"versions": {version(): {}}})
    write_json(f"{version()}.json", {"archives": archives})


def archive(file):
    return {"url": file.name, "hashes": [f"zh:{checksum(file)}"]}


def write_json(name, content):
    (dist() / name).write_text(json.dumps(content, indent=2, sort_keys=True) + "\n")
