//! What the provider's steps cost in instructions, which no other load on the machine changes.
//!
//! `scripts/instructions` runs it. The release binary runs under callgrind and is driven by the
//! Terraform stand-in of `tests/it`. A call is counted with all that it causes in the process,
//! TLS, HTTP/2 and the call to the API included, and is the mean of several: a change of 5 % shows.
//! Counts depend on the CPU's features, so only those of one machine can be compared.
//!
//! The stand-in speaks over a unix socket, so there is nothing to count on Windows; but it compiles.

#[cfg(unix)]
#[path = "../../tests/it/host/mod.rs"]
#[allow(dead_code, unused_imports, reason = "tests need more of it")]
mod host;
#[cfg(unix)]
#[path = "../../examples/sandbox/api/mod.rs"]
mod sandbox;
#[path = "../shared/mod.rs"]
mod shared;

#[cfg(unix)]
mod callgrind;
#[cfg(unix)]
mod steps;

fn main() {
    if shared::arguments().is_none() {
        println!("The benchmark runs under `cargo bench` only.");
        return;
    }
    #[cfg(unix)]
    steps::count();
    #[cfg(not(unix))]
    println!("There is no valgrind for this system.");
}
