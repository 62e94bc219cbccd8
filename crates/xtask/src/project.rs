//! Where things are. Every path the other modules use is named here once.

use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

#[derive(Debug)]
pub struct Project {
    root: PathBuf,
    tools: PathBuf,
}

impl Project {
    /// Asks the environment, not the compiler, for the folder: when clones share a target folder, the path baked into a
    /// binary may be another clone's.
    pub fn find() -> Result<Project> {
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR").context("please start this as `cargo xtask …`")?;
        let root = Path::new(&manifest).ancestors().nth(2).context("crates/xtask has moved; see project.rs")?;
        let tools = match std::env::var_os("SHANHAI_TOOLS") {
            Some(folder) if !folder.is_empty() => std::path::absolute(PathBuf::from(folder))?,
            _ => root.join(".tools"),
        };
        Ok(Project { root: root.to_path_buf(), tools })
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What a browser gets: Trunk's output and the `.br` files beside it.
    pub fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// Small results that are not Cargo's. Not in `target`, which may be elsewhere; not in `style/`, which `trunk serve`
    /// watches: writing there would start the build again.
    pub fn built(&self) -> PathBuf {
        self.root.join(".built")
    }

    pub fn tools(&self) -> &Path {
        &self.tools
    }

    /// The pinned npm packages, as committed.
    pub fn npm_pins(&self) -> PathBuf {
        self.root.join("crates/xtask/npm")
    }

    pub fn node_modules(&self) -> PathBuf {
        self.tools.join("npm/node_modules")
    }

    /// The accessibility checker that the browser tests put into each page.
    pub fn axe(&self) -> PathBuf {
        self.node_modules().join("axe-core/axe.min.js")
    }
}
