//! Makes the package's JavaScript and its types around the compiled module.
//!
//! It does what the command `wasm-bindgen` does, through the library that this command is made of.
//! Cargo gives it the version that the module was compiled with, since a lock file can hold only
//! one of them; and it compiles in a fraction of the command's time, for which `make demo` would wait.
//!
//! usage: `pkg-bindgen MODULE OUT_NAME OUT_FOLDER`

use std::env::args;
use std::process::ExitCode;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let arguments: Vec<String> = args().skip(1).collect();
    let [module, out_name, out_folder] = arguments.as_slice() else {
        eprintln!("usage: pkg-bindgen MODULE OUT_NAME OUT_FOLDER");
        return ExitCode::from(2);
    };
    match generate(module, out_name, out_folder) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reasons) => {
            eprintln!("no JavaScript around `{module}`: {reasons}");
            ExitCode::FAILURE
        }
    }
}

/// Writes `<out_name>.js`, `.d.ts`, `_bg.wasm` and `_bg.wasm.d.ts`, for a page without a bundler.
fn generate(module: &str, out_name: &str, out_folder: &str) -> Result<(), String> {
    Bindgen::new()
        .input_path(module)
        .out_name(out_name)
        .typescript(true)
        // `init()` without an argument loads the module from beside the JavaScript.
        .omit_default_module_path(false)
        .web(true)
        .and_then(|bindgen| bindgen.generate(out_folder))
        .map_err(|error| format!("{error:#}"))
}
