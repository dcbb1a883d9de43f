//! Compiles `proto/` with protox, so that no `protoc` has to be installed.
//!
//! Two sets of code come out: `server/` for the plugin, `client/` for the stand-in host of the tests.

use std::{env, error::Error, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=proto");
    let descriptors = protox::compile(PROTOS, ["proto"])?;
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR for build scripts")?);
    for (side, server) in [("server", true), ("client", false)] {
        let folder = out.join(side);
        fs::create_dir_all(&folder)?;
        tonic_prost_build::configure()
            .build_server(server)
            .build_client(!server)
            .out_dir(folder)
            .compile_fds(descriptors.clone())?;
    }
    Ok(())
}

const PROTOS: [&str; 4] =
    ["tfplugin5.proto", "grpc_controller.proto", "grpc_stdio.proto", "grpc_broker.proto"];
