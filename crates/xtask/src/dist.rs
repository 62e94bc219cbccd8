//! dist/, after Trunk: compressed copies beside the files, their sizes, and whether it is what a browser needs.

use anyhow::{Context, Result, bail, ensure};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Read;
use std::path::{Path, PathBuf};

/// What gets smaller. Pictures are compressed already.
const COMPRESSIBLE: [&str; 8] = ["wasm", "js", "css", "html", "svg", "json", "txt", "webmanifest"];

/// In brotli, in bytes. Everybody fetches the main part before the first page shows; with more in it, the first visit
/// would be above what tests/browser/weight.rs allows.
const MAIN_AT_MOST: u64 = 126_000;
const AREA_AT_LEAST: u64 = 5_000;
/// As src/area.rs names them.
const AREAS: [&str; 4] = ["market", "shop", "desk", "office"];

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

/// A hash over names and contents of files, and of all files below folders; what is missing counts as empty. std's hasher
/// may change with the compiler, which then costs one more build.
pub fn fingerprint(root: &Path, inputs: &[&str]) -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    for input in inputs {
        let path = root.join(input);
        input.hash(&mut hasher);
        let files = if path.is_dir() { files(&path)? } else { vec![path] };
        for file in files.iter().filter(|file| file.is_file()) {
            file.strip_prefix(root)?.hash(&mut hasher);
            fs::read(file).with_context(|| format!("could not read {}", file.display()))?.hash(&mut hasher);
        }
    }
    Ok(hasher.finish())
}

pub fn print_sizes(dist: &Path) -> Result<()> {
    let mut raw_total = 0;
    println!("{:>12} {:>12}  {:<9} file in dist/", "size", "in brotli", "part");
    for file in files(dist)?.iter().filter(|file| !is_copy(file)) {
        let raw = size(file)?;
        let (small, part) = (size_as_sent(file)?, Part::of(file));
        raw_total += raw;
        let name = file.strip_prefix(dist)?.display();
        println!("{:>12} {:>12}  {:<9} {name}", spell(raw), spell(small), part.name());
    }
    println!(
        "{:>12} in all; {} in brotli for the first page, before its data and pictures",
        spell(raw_total),
        spell(first_visit(dist)?)
    );
    Ok(())
}

/// What everybody fetches for the first page, in brotli, before its data and pictures.
pub fn first_visit(dist: &Path) -> Result<u64> {
    let files = files(dist)?;
    let first = files.iter().filter(|file| !is_copy(file) && Part::of(file).is_fetched_first());
    first.map(|file| size_as_sent(file)).sum()
}

fn size_as_sent(file: &Path) -> Result<u64> {
    if is_compressible(file) { size(&compressed(file)) } else { size(file) }
}

/// What a file is to whoever waits for it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Main,
    Area(String),
    /// What several areas use and the main part does not.
    Shared,
    Script,
    Style,
    /// Of the pages that are not the list.
    LaterStyle,
    Sprite,
    Page,
    Other,
}

impl Part {
    fn of(file: &Path) -> Part {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        match name.rsplit_once('.') {
            Some(("app_bg", "wasm")) => Part::Main,
            Some((stem, "wasm")) => match stem.strip_prefix("split_") {
                Some(area) => Part::Area(area.to_string()),
                None => Part::Shared,
            },
            Some((_, "js")) => Part::Script,
            Some((stem, "css")) if stem.starts_with("later-") => Part::LaterStyle,
            Some((_, "css")) => Part::Style,
            Some(("motifs", "svg")) => Part::Sprite,
            Some(("index", "html")) => Part::Page,
            _ => Part::Other,
        }
    }

    fn name(&self) -> &str {
        match self {
            Part::Main => "main",
            Part::Area(name) => name,
            Part::Shared => "shared",
            Part::Script => "script",
            Part::Style => "style",
            Part::LaterStyle => "later",
            Part::Sprite => "sprite",
            Part::Page => "page",
            Part::Other => "",
        }
    }

    fn is_fetched_first(&self) -> bool {
        matches!(self, Part::Main | Part::Script | Part::Style | Part::Sprite | Part::Page)
    }
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
        "dist/index.html has integrity attributes, but the files were changed after Trunk"
    );
    let files = files(dist)?;
    files.iter().filter(|file| !is_copy(file)).try_for_each(|file| check_file(file))?;
    check_parts(&sizes_by_part(&files)?)?;
    println!("dist/ is well formed: {} files, and all that index.html names.", files.len());
    Ok(())
}

fn sizes_by_part(files: &[PathBuf]) -> Result<Vec<(Part, u64)>> {
    let parts = files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "wasm"));
    parts.map(|file| Ok((Part::of(file), size(&compressed(file))?))).collect()
}

fn check_parts(sizes: &[(Part, u64)]) -> Result<()> {
    let size_of = |wanted: &Part| sizes.iter().find(|(part, _)| part == wanted).map_or(0, |(_, size)| *size);
    let main = size_of(&Part::Main);
    ensure!(main > 0, "dist/ has no main part (app-…/app_bg.wasm)");
    ensure!(
        main <= MAIN_AT_MOST,
        "the main part of the app is {} in brotli and may be {}: has a page of src/area.rs been reached some other way?",
        spell(main),
        spell(MAIN_AT_MOST)
    );
    for area in AREAS {
        let size = size_of(&Part::Area(area.to_string()));
        ensure!(
            size > AREA_AT_LEAST,
            "the part `{area}` is {} in brotli, so its pages have fallen into the main part: something other than \
             src/area.rs uses them",
            spell(size)
        );
    }
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
pub fn local_files_named_in(page: &str) -> impl Iterator<Item = &str> {
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
pub fn spell(bytes: u64) -> String {
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
    fn files_are_told_apart_by_their_names() {
        let part = |name: &str| Part::of(&Path::new("dist/app-0123456789abcdef").join(name));
        assert_eq!(part("app_bg.wasm"), Part::Main);
        assert_eq!(part("split_desk.wasm"), Part::Area("desk".to_string()));
        assert_eq!(part("chunk_4.wasm"), Part::Shared);
        assert_eq!(part("app.js"), Part::Script);
        assert_eq!(part("favicon.svg"), Part::Other);
        assert!(part("motifs.svg").is_fetched_first());
        assert!(!part("split_desk.wasm").is_fetched_first());
    }

    fn check_parts_of(main: u64, desk: u64, office: u64) -> Result<()> {
        let area = |name: &str| Part::Area(name.to_string());
        let [market, shop] = [(area("market"), 21_000), (area("shop"), 36_000)];
        let [desk, office] = [(area("desk"), desk), (area("office"), office)];
        check_parts(&[(Part::Main, main), market, shop, desk, (Part::Shared, 20), office])
    }

    #[test]
    fn a_main_part_that_grew_or_an_area_that_fell_into_it_is_told() {
        check_parts_of(MAIN_AT_MOST, 5_001, 90_000).expect("within bounds");
        let grown = check_parts_of(MAIN_AT_MOST + 1, 50_000, 50_000).expect_err("too large").to_string();
        assert!(grown.contains(&spell(MAIN_AT_MOST)), "{grown}");
        let fallen = check_parts_of(100_000, 50_000, 300).expect_err("empty").to_string();
        assert!(fallen.contains("`office` is 300 B"), "{fallen}");
        assert!(check_parts(&[(Part::Main, 100_000)]).is_err());
        assert!(check_parts(&[]).is_err());
    }

    fn check_fingerprint(change: impl FnOnce(&Path), expected_to_differ: bool) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = folder.path();
        fs::create_dir_all(root.join("src/pages")).expect("a folder");
        fs::write(root.join("src/pages/one.rs"), "one").expect("a file");
        fs::write(root.join("index.html"), "<p>").expect("a file");
        let before = fingerprint(root, &["src", "index.html", "absent"]).expect("a fingerprint");
        change(root);
        let after = fingerprint(root, &["src", "index.html", "absent"]).expect("a fingerprint");
        assert_eq!(before != after, expected_to_differ);
    }

    #[test]
    fn a_changed_renamed_or_new_input_changes_the_fingerprint() {
        let change = |path: &'static str, text: &'static str| {
            move |root: &Path| fs::write(root.join(path), text).expect("a file")
        };
        check_fingerprint(change("src/pages/one.rs", "two"), true);
        check_fingerprint(change("absent", ""), true);
        let rename = |root: &Path| fs::rename(root.join("src/pages/one.rs"), root.join("src/one.rs")).expect("renamed");
        check_fingerprint(rename, true);
    }

    #[test]
    fn what_is_no_input_or_has_the_same_content_does_not() {
        check_fingerprint(|root| fs::write(root.join("README.md"), "hello").expect("a file"), false);
        check_fingerprint(|root| fs::write(root.join("index.html"), "<p>").expect("a file"), false);
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
