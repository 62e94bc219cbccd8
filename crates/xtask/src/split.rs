//! The app in parts. What Cargo built as one WebAssembly file is cut along the seams of src/area.rs: the main file is what
//! everybody fetches, and each area follows when a page of it is first opened.
//!
//! Trunk knows nothing of this. It builds the whole, with its page, CSS and pictures; then the parts take the place of its
//! script and WebAssembly, in a folder of their own whose name changes with them.

use crate::project::Project;
use crate::{browsers, dist, sections, shell, tools};
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The feature of the root package that makes the seams.
pub const FEATURE: &str = "split";

/// The profile of Cargo.toml the app is released with; index.html names it to Trunk.
pub const PROFILE: &str = "wasm-release";

/// The linker leaves its relocations in the file: by them the cutter knows who calls whom. And Leptos forgets the exact types
/// of views, which costs a little time for each and saves a fifth of the file (measured: 409 KB to 333 KB in one part).
const FLAGS: &str = "-Clink-args=--emit-relocs --cfg=erase_components";

/// In the exports of wasm-streams, which comes with Leptos for server functions. We have none; with all that these use,
/// they would be 5 KB of the first visit.
const UNUSED_EXPORTS: &str = "intounderlying";

/// What rustc 1.95 writes into WebAssembly, all of it known to the oldest browsers of browsers.rs. Not `--all-features`: binaryen 132 then writes what no browser loads yet.
const WASM_FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-sign-ext",
    "--enable-nontrapping-float-to-int",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Gives a Trunk build the flags. The variable for WebAssembly alone, because Trunk's hook starts Cargo for this machine,
/// whose linker has no such option; RUSTFLAGS would hide it, so what it says moves into it.
pub fn set_flags(trunk: &mut Command) {
    let given = std::env::var("RUSTFLAGS").unwrap_or_default();
    trunk.env_remove("RUSTFLAGS");
    let all = format!("{given} {FLAGS} {}", short_paths());
    trunk.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", all.trim());
}

/// A panic says where it happened. Where Cargo keeps the sources of libraries on this machine is nobody's business, and long.
fn short_paths() -> String {
    let cargo =
        std::env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    cargo.map(|cargo| format!("--remap-path-prefix={}=", cargo.join("registry/src").display())).unwrap_or_default()
}

/// Replaces what Trunk made of `whole` by its parts.
pub fn split(project: &Project, whole: &Path) -> Result<()> {
    let parts = take_apart(project, whole, project.built().join("split"))?;
    let folder = format!("app-{:016x}", dist::fingerprint(&parts, &[""])?);
    copy_files(&parts, &project.dist().join(&folder))?;
    replace_in_page(&project.dist(), &folder)
}

/// Makes the parts of `whole`, working in `folder`, and gives the folder that holds them and nothing else.
pub fn take_apart(project: &Project, whole: &Path, folder: PathBuf) -> Result<PathBuf> {
    let work = Work::in_folder(folder)?;
    cut(project, whole, &work)?;
    bind(project, &work)?;
    shrink(project, &work)?;
    bundle(project, &work)?;
    Ok(work.parts)
}

/// Where each stage leaves its files.
struct Work {
    /// The app in one file, without what nobody calls.
    whole: PathBuf,
    /// From the cutter: app.wasm, a file for each area, and the script that fetches those.
    cut: PathBuf,
    /// From wasm-bindgen: app.js and app_bg.wasm.
    bound: PathBuf,
    /// What the browser gets.
    parts: PathBuf,
}

impl Work {
    /// Empty: files of an earlier build would be taken for parts of this one.
    fn in_folder(folder: PathBuf) -> Result<Work> {
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("could not empty {}", folder.display()))?;
        }
        let work = Work {
            whole: folder.join("whole.wasm"),
            cut: folder.join("cut"),
            bound: folder.join("bound"),
            parts: folder.join("parts"),
        };
        for folder in [&work.cut, &work.bound, &work.parts] {
            make_folder(folder)?;
        }
        Ok(work)
    }
}

fn cut(project: &Project, whole: &Path, work: &Work) -> Result<()> {
    let built = fs::read(whole).with_context(|| format!("the app's build left no {}", whole.display()))?;
    fs::write(&work.whole, sections::without_exports(&built, UNUSED_EXPORTS)?)
        .with_context(|| format!("could not write {}", work.whole.display()))?;
    let mut cut = tools::command_with_tools(project, "wasm-split-cli")?;
    cut.args(["--out-name", "app"]).arg(&work.whole).arg(&work.cut);
    shell::run(&mut cut, "cutting the app into parts")
}

/// Only the main part speaks with the browser; the areas call into it.
fn bind(project: &Project, work: &Work) -> Result<()> {
    let mut bind = tools::command_with_tools(project, "wasm-bindgen")?;
    // The linker's exports stay: they are what the areas hold on to.
    bind.args(["--target", "web", "--no-typescript", "--keep-lld-exports", "--out-name", "app", "--out-dir"]);
    bind.arg(&work.bound).arg(work.cut.join("app.wasm"));
    shell::run(&mut bind, "wasm-bindgen")?;
    let (wasm, script) = (work.bound.join("app_bg.wasm"), work.bound.join("app.js"));
    let bound = (fs::read(&wasm), fs::read_to_string(&script));
    let (short, renamed) = sections::with_short_imports(
        &bound.0.context("wasm-bindgen wrote no app_bg.wasm")?,
        &bound.1.context("wasm-bindgen wrote no app.js")?,
        "./app_bg.js",
    )?;
    fs::write(&wasm, short)
        .and_then(|()| fs::write(&script, renamed))
        .context("could not write what wasm-bindgen wrote")
}

fn shrink(project: &Project, work: &Work) -> Result<()> {
    let areas = dist::files(&work.cut)?.into_iter().filter(|file| is_area(file));
    // The main part takes as long as several others, so it comes first.
    let files: Vec<PathBuf> = [work.bound.join("app_bg.wasm")].into_iter().chain(areas).collect();
    let next = AtomicUsize::new(0);
    let one_after_another = || -> Result<()> {
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            shrink_file(project, file, &work.parts)?;
        }
        Ok(())
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(one_after_another)).collect();
        workers.into_iter().try_for_each(|worker| worker.join().expect("it returns its errors and does not panic"))
    })
}

/// What travels is packed, and packing finds again by itself what `-Oz` and a local for each repeated expression would write once: they
/// make the file smaller and what is sent of it larger (the main part 127.4 KB with `-Oz` alone, 125.7 KB so). Below 1 KB lies the
/// end of the stack, so no address is computed from there.
const SMALL_ON_THE_WIRE: [&str; 4] = ["-Os", "--skip-pass=local-cse", "--low-memory-unused", "--converge"];

fn shrink_file(project: &Project, file: &Path, into: &Path) -> Result<()> {
    let name = file.file_name().with_context(|| format!("{} has no name", file.display()))?;
    let mut shrink = tools::command_with_tools(project, "wasm-opt")?;
    shrink.args(SMALL_ON_THE_WIRE).args(WASM_FEATURES).arg(file).arg("-o").arg(into.join(name));
    // It warns of the names the cutter leaves for data, and then throws them away.
    shell::run_quietly(&mut shrink, "wasm-opt")
}

/// Every WebAssembly file of the cutter's but the main one, which wasm-bindgen has rewritten.
fn is_area(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "wasm") && !file.ends_with("app.wasm")
}

/// wasm-bindgen's script, the one that fetches the areas and any snippets as one small file: one request instead of three.
fn bundle(project: &Project, work: &Work) -> Result<()> {
    let loader = "__wasm_split.js";
    fs::copy(work.cut.join(loader), work.bound.join(loader))
        .with_context(|| format!("the cutter wrote no {loader}"))?;
    let mut bundle = tools::esbuild(project);
    bundle.args(["--bundle", "--minify", "--format=esm", "--log-level=warning", browsers::FOR_SCRIPTS]);
    // wasm-bindgen lists the loader's module once for each area, with the same value each time.
    bundle.arg("--log-override:duplicate-object-key=silent");
    bundle.arg(work.bound.join("app.js")).arg(format!("--outfile={}", work.parts.join("app.js").display()));
    shell::run(&mut bundle, "minifying the script")
}

fn copy_files(from: &Path, to: &Path) -> Result<()> {
    make_folder(to)?;
    for file in dist::files(from)? {
        let copy = to.join(file.strip_prefix(from)?);
        fs::copy(&file, &copy).with_context(|| format!("could not write {}", copy.display()))?;
    }
    Ok(())
}

fn replace_in_page(dist: &Path, folder: &str) -> Result<()> {
    let page_file = dist.join("index.html");
    let page = fs::read_to_string(&page_file).context("Trunk wrote no dist/index.html")?;
    let (page, replaced) = name_the_parts(&page, folder)?;
    let page = without_comments(&page);
    for name in replaced {
        fs::remove_file(dist.join(&name)).with_context(|| format!("could not remove dist/{name}"))?;
    }
    fs::write(&page_file, page).context("could not write dist/index.html")
}

/// The page with the parts in place of Trunk's files, and the names of those. Links that Trunk wants fetched first wait for the
/// start script; the areas get none, since nobody knows yet who will want them.
fn name_the_parts(page: &str, folder: &str) -> Result<(String, [String; 2])> {
    let script = trunks_file(page, ".js")?;
    let wasm = trunks_file(page, "_bg.wasm")?;
    let (before, rest) = page.split_once(TRUNKS_START).context("dist/index.html has no start script of Trunk's")?;
    let (_, after) = rest.split_once("</script>").context("the start script of dist/index.html does not end")?;
    let renamed = format!("{before}<script type=\"module\">{}</script>{after}", start_script(folder))
        .replace("rel=\"modulepreload\"", "rel=\"soon\"")
        .replace("rel=\"preload\"", "rel=\"soon\"")
        .replace(&format!("/{script}"), &format!("/{folder}/app.js"))
        .replace(&format!("/{wasm}"), &format!("/{folder}/app_bg.wasm"));
    Ok((renamed, [script.to_string(), wasm.to_string()]))
}

const TRUNKS_START: &str = "<script type=\"module\">\nimport init";

/// What the server has put into the page is painted first; only then is the app asked for, which would take the line from the
/// stylesheet. A page in a window nobody looks at is not painted, and starts at once.
fn start_script(folder: &str) -> String {
    format!(
        "const start=()=>{{\
         for(const it of document.querySelectorAll('link[rel=soon]'))it.rel=it.as?'preload':'modulepreload';\
         import('/{folder}/app.js').then(app=>app.default({{module_or_path:'/{folder}/app_bg.wasm'}}))}};\
         document.hidden?start():requestAnimationFrame(()=>setTimeout(start))"
    )
}

/// Comments are for whoever reads index.html here, and would travel with every page.
fn without_comments(page: &str) -> String {
    let mut rest = page;
    let mut kept = String::with_capacity(page.len());
    while let Some((before, after)) = rest.split_once("<!--") {
        kept.push_str(before.trim_end_matches(' '));
        rest = after.split_once("-->").map_or("", |(_, after)| after.trim_start());
    }
    kept + rest
}

fn trunks_file<'a>(page: &'a str, ending: &str) -> Result<&'a str> {
    dist::local_files_named_in(page)
        .find(|name| name.starts_with("market-") && name.ends_with(ending))
        .with_context(|| format!("dist/index.html names no market-….{ending}", ending = ending.trim_start_matches('.')))
}

fn make_folder(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("could not make the folder {}", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<link rel="stylesheet" href="/site-1.css"/><script type="module">
import init, * as bindings from '/market-2f.js';
const wasm = await init({ module_or_path: '/market-2f_bg.wasm' });
</script><link rel="modulepreload" href="/market-2f.js"><link rel="preload" href="/market-2f_bg.wasm" as="fetch">"#;

    #[test]
    fn the_parts_take_the_place_of_trunks_files_wherever_the_page_names_them() {
        let (page, replaced) = name_the_parts(PAGE, "app-9").expect("both are named");
        assert!(
            page.starts_with("<link rel=\"stylesheet\" href=\"/site-1.css\"/><script type=\"module\">const start="),
            "{page}"
        );
        let links =
            "<link rel=\"soon\" href=\"/app-9/app.js\"><link rel=\"soon\" href=\"/app-9/app_bg.wasm\" as=\"fetch\">";
        assert!(page.ends_with(&format!("</script>{links}")), "{page}");
        assert!(page.contains("import('/app-9/app.js')") && page.contains("'/app-9/app_bg.wasm'"), "{page}");
        assert!(!page.contains("market-"));
        assert_eq!(replaced, ["market-2f.js", "market-2f_bg.wasm"]);
    }

    #[test]
    fn a_page_that_starts_no_app_is_an_error() {
        assert!(name_the_parts("<script src='/theme.js'></script>", "app-9").is_err());
        assert!(name_the_parts("<script src='/market-2f.js'></script>", "app-9").is_err());
    }

    #[test]
    fn comments_stay_at_home() {
        assert_eq!(without_comments("<p>\n  <!-- why -->\n  <b><!-- more\n --></b>"), "<p>\n<b></b>");
        assert_eq!(without_comments("<!doctype html><p>"), "<!doctype html><p>");
    }

    #[test]
    fn an_area_is_any_wasm_but_the_main_one() {
        assert!(is_area(Path::new("cut/split_desk.wasm")));
        assert!(is_area(Path::new("cut/chunk_3.wasm")));
        assert!(!is_area(Path::new("cut/app.wasm")));
        assert!(!is_area(Path::new("cut/__wasm_split.js")));
    }

    #[test]
    fn trunk_is_given_the_flags_for_webassembly_alone() {
        let mut trunk = Command::new("trunk");
        set_flags(&mut trunk);
        let set = |name: &str| trunk.get_envs().find(|(key, _)| *key == name).map(|(_, value)| value);
        assert_eq!(set("RUSTFLAGS"), Some(None));
        let flags = set("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS").flatten().expect("set");
        assert!(flags.to_string_lossy().contains(FLAGS));
    }
}
