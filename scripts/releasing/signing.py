"""Signs the checksums as both registries ask for: detached, binary, and by no elliptic curve."""

import os

from releasing.project import SUMS, Failure, asset, output, run, say

# RFC 4880, section 9.1, and the only kinds that Terraform's registry takes.
ALGORITHMS = {"1": "RSA", "17": "DSA"}
# Taken away at once: no other program that is started here is to find it, and build scripts of
# strangers are among them.
PASSPHRASE = os.environb.pop(b"GPG_PASSPHRASE", b"")


def sign_if_there_is_a_key():
    if os.environ.get("GPG_FINGERPRINT"):
        sign()
    else:
        say("NOT SIGNED: GPG_FINGERPRINT is not set")


def sign():
    key = os.environ.get("GPG_FINGERPRINT")
    if not key:
        raise Failure("GPG_FINGERPRINT is not set: it names the key that signs")
    sums, signature = asset(SUMS), asset(f"{SUMS}.sig")
    signature.unlink(missing_ok=True)
    refuse_unfit_key(key)
    how = ["--pinentry-mode=loopback", "--passphrase-fd=0", f"--local-user={key}"]
    # A person's own settings for gpg may say armour.
    where = ["--no-armor", f"--output={signature}"]
    run(["gpg", "--batch", "--quiet", *how, *where, "--detach-sign", sums], given=PASSPHRASE)
    try:
        refuse_unfit_signature(signature, sums)
    except Failure:
        signature.unlink()
        raise


def refuse_unfit_key(key):
    listed = output(["gpg", "--batch", "--with-colons", "--list-secret-keys", key])
    keys = [line.split(":") for line in listed.splitlines() if line.startswith("sec:")]
    if len(keys) != 1:
        raise Failure(f"GPG_FINGERPRINT names {len(keys)} keys: {key}")
    refuse_unfit(f"the key {key}", keys[0][3])


def refuse_unfit_signature(signature, sums):
    """Which of its subkeys signs is decided by gpg, and each may be of another kind."""
    said = output(["gpg", "--batch", "--quiet", "--status-fd=1", "--verify", signature, sums])
    valid = [line.split() for line in said.splitlines() if line.startswith("[GNUPG:] VALIDSIG ")]
    if len(valid) != 1:
        raise Failure(f"gpg finds {len(valid)} valid signatures in {signature.name}")
    refuse_unfit(f"the subkey {valid[0][2]}, which signed,", valid[0][8])


def refuse_unfit(what, algorithm):
    if algorithm not in ALGORITHMS:
        raise Failure(f"{what} is neither RSA nor DSA; the registries take no other")
