//! Makes Rust of `locales/`: one function for each word of the screen, so that a key that does not exist does not compile.

use std::error::Error;
use std::path::PathBuf;

use leptos_i18n_build::{Config, TranslationsInfos};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let generated = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("Cargo sets OUT_DIR")?).join("i18n");
    let config = Config::new("zh-CN")?.add_locale("en")?.add_namespaces([
        "frame", "parts", "market", "product", "basket", "home", "places", "buying", "photos", "account", "orders",
        "fulfil", "papers", "figures", "overview", "wall", "plan", "roster", "goods", "desk", "acts", "reports",
        "office",
    ])?;
    let words = TranslationsInfos::parse(config)?;
    words.emit_diagnostics();
    words.rerun_if_locales_changed();
    words.generate_i18n_module(generated)?;
    Ok(())
}
