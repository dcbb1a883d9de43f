"""Writes the bill of materials: which library in which version is in the binaries.

The tool goes by what Cargo has resolved, so it lists macros and switched-off options too: nothing that
is linked is missing.
"""

from releasing.project import ROOT, asset, dated_environment, dist, run, say, target_folder

TOOL = ("cargo-cyclonedx", "0.5.9")


def write():
    """One document for the release, with the libraries of every platform."""
    # The tool puts its file beside Cargo.toml, and nowhere else.
    draft = ROOT / "sbom-draft.json"
    options = ["--format=json", "--spec-version=1.5", "--target=all", "--no-build-deps"]
    options.append(f"--override-filename={draft.stem}")
    try:
        run([tool(), "cyclonedx", *options], env=dated_environment())
        # It calls our own package by the path of the checkout.
        text = draft.read_text().replace(ROOT.as_uri(), "file://.")
    finally:
        draft.unlink(missing_ok=True)
    dist().mkdir(parents=True, exist_ok=True)
    asset("sbom.cdx.json").write_text(text)


def tool():
    name, version = TOOL
    home = target_folder() / "release-tools" / f"{name}-{version}"
    program = home / "bin" / name
    if not program.exists():
        say(f"building {name} {version}, which takes some minutes ...")
        run(["cargo", "install", "--locked", "--root", home, f"{name}@{version}"])
    return program
