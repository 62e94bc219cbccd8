//! dist/, after Trunk: compressed copies beside the files, their sizes, and whether it is what a browser needs.

use anyhow::{Context, Result, bail, ensure};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// What gets smaller. Pictures are compressed already.
const COMPRESSIBLE: [&str; 8] = ["wasm", "js", "css", "html", "svg", "json", "txt", "webmanifest"];

/// Every file below the folder, in one order on every machine.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(next) = waiting.pop() {
        let entries = fs::read_dir(&next).with_context(|| format!("could not list {}", next.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() { waiting.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    Ok(found)
}

/// Writes `x.br` beside each `x`: compressing this well takes seconds, too long to do while somebody waits for the page.
pub fn compress(dist: &Path) -> Result<()> {
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    for file in files(dist)?.iter().filter(|file| is_compressible(file)) {
        let content = fs::read(file).with_context(|| format!("could not read {}", file.display()))?;
        let parameters = brotli::enc::BrotliEncoderParams { size_hint: content.len(), ..parameters.clone() };
        let mut small = Vec::new();
        brotli::BrotliCompress(&mut content.as_slice(), &mut small, &parameters)
            .with_context(|| format!("could not compress {}", file.display()))?;
        fs::write(compressed(file), small).with_context(|| format!("could not write beside {}", file.display()))?;
    }
    Ok(())
}

pub fn print_sizes(dist: &Path) -> Result<()> {
    let (mut raw_total, mut small_total) = (0, 0);
    println!("{:>12} {:>12}  file in dist/", "size", "in brotli");
    for file in files(dist)?.iter().filter(|file| !is_copy(file)) {
        let raw = size(file)?;
        let small = if is_compressible(file) { size(&compressed(file))? } else { raw };
        raw_total += raw;
        small_total += small;
        println!("{:>12} {:>12}  {}", spell(raw), spell(small), file.strip_prefix(dist)?.display());
    }
    println!("{:>12} {:>12}  in all", spell(raw_total), spell(small_total));
    Ok(())
}

/// A dist/ that a browser can load as far as files can tell; whether it does is for the browser tests.
pub fn check(dist: &Path) -> Result<()> {
    let page = fs::read_to_string(dist.join("index.html")).context("dist/index.html is missing")?;
    for name in local_files_named_in(&page) {
        ensure!(dist.join(name).is_file(), "dist/index.html names /{name}, which is not in dist/");
    }
    for wanted in [".js", ".wasm", ".css"] {
        ensure!(
            local_files_named_in(&page).any(|name| name.ends_with(wanted)),
            "dist/index.html names no {wanted} file; are the data-trunk links in index.html?"
        );
    }
    ensure!(!page.contains("data-trunk"), "dist/index.html still has a data-trunk link that Trunk did not replace");
    ensure!(
        !page.contains("integrity="),
        "dist/index.html has integrity attributes, but the scripts were minified later"
    );
    let files = files(dist)?;
    files.iter().filter(|file| !is_copy(file)).try_for_each(|file| check_file(file))?;
    println!("dist/ is well formed: {} files, and all that index.html names.", files.len());
    Ok(())
}

fn check_file(file: &Path) -> Result<()> {
    let content = fs::read(file).with_context(|| format!("could not read {}", file.display()))?;
    if file.extension().is_some_and(|extension| extension == "wasm") && !content.starts_with(b"\0asm") {
        bail!("{} is not WebAssembly", file.display());
    }
    if is_compressible(file) {
        let small = fs::File::open(compressed(file)).with_context(|| format!("{} has no .br copy", file.display()))?;
        let mut again = Vec::new();
        brotli::Decompressor::new(small, 64 * 1024)
            .read_to_end(&mut again)
            .with_context(|| format!("the .br copy of {} cannot be read", file.display()))?;
        ensure!(again == content, "the .br copy of {} is of another version", file.display());
    }
    Ok(())
}

/// "name" for each quoted "/name.extension" of the page.
fn local_files_named_in(page: &str) -> impl Iterator<Item = &str> {
    page.split(['"', '\'']).filter_map(|quoted| quoted.strip_prefix('/')).filter(|name| {
        let last = name.rsplit('/').next().unwrap_or(name);
        last.contains('.')
            && !name.starts_with('/')
            && !name.contains(|c: char| c.is_whitespace() || c == '<' || c == '?')
    })
}

fn is_compressible(file: &Path) -> bool {
    file.extension().is_some_and(|extension| COMPRESSIBLE.iter().any(|wanted| extension == *wanted))
}

fn is_copy(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "br")
}

fn compressed(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_os_string();
    name.push(".br");
    PathBuf::from(name)
}

fn size(file: &Path) -> Result<u64> {
    Ok(fs::metadata(file).with_context(|| format!("{} is missing", file.display()))?.len())
}

/// KB are 1000 bytes here, as in the browser's tools.
fn spell(bytes: u64) -> String {
    if bytes < 1000 { format!("{bytes} B") } else { format!("{}.{} KB", bytes / 1000, bytes % 1000 / 100) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_spelled_in_thousands() {
        assert_eq!(spell(999), "999 B");
        assert_eq!(spell(1000), "1.0 KB");
        assert_eq!(spell(306_284), "306.2 KB");
    }

    #[test]
    fn the_page_names_its_own_files_only() {
        let page = r#"<link href="/site-1.css"><a href="/orders">x</a><a href="https://example.org/a.js">
            <script>import init from '/market-2.js'; init('/market-2_bg.wasm')</script><p>"1 / 2. x"</p>"#;
        assert_eq!(local_files_named_in(page).collect::<Vec<_>>(), ["site-1.css", "market-2.js", "market-2_bg.wasm"]);
    }

    #[test]
    fn a_compressed_copy_of_another_version_is_noticed() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("a.txt");
        fs::write(&file, "one").expect("a file");
        assert!(check_file(&file).is_err());
        compress(folder.path()).expect("compressed");
        check_file(&file).expect("the same");
        fs::write(&file, "two").expect("a file");
        assert!(check_file(&file).is_err());
    }
}
