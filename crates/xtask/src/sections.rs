//! Two sections of a WebAssembly file, rewritten. The linker keeps whatever is exported with all that it uses, and a
//! library's `#[wasm_bindgen]` is exported whether the app wants it or not. And wasm-bindgen names what the app imports from
//! its script at length, with a hash that no compression shortens, once in the file and once in the script.

use std::collections::HashMap;

use anyhow::{Context, Result, bail, ensure};

const HEADER: &[u8] = b"\0asm\x01\0\0\0";
const IMPORTS: u8 = 2;
const EXPORTS: u8 = 7;

/// The file without the exports whose names contain `word`. All else keeps its place within its section, which is what
/// the relocations count by.
pub fn without_exports(wasm: &[u8], word: &str) -> Result<Vec<u8>> {
    rewritten(wasm, EXPORTS, &|section| thin(section, word))
}

/// The file and the script that binds it, with short names for what the file imports from the module `from`.
pub fn with_short_imports(wasm: &[u8], script: &str, from: &str) -> Result<(Vec<u8>, String)> {
    let mut short = HashMap::new();
    for (at, name) in imported(wasm, from)?.into_iter().enumerate() {
        // No identifier of wasm-bindgen's is like this.
        short.insert(name, format!("_{at}"));
    }
    let wasm = rewritten(wasm, IMPORTS, &|section| rename(section, from, &short))?;
    Ok((wasm, with_identifiers_renamed(script, &short)))
}

fn rewritten(wasm: &[u8], which: u8, rewrite: &dyn Fn(&[u8]) -> Result<Vec<u8>>) -> Result<Vec<u8>> {
    let mut written = HEADER.to_vec();
    for_each_section(wasm, &mut |kind, section| {
        let other = if kind == which { Some(rewrite(section)?) } else { None };
        let section = other.as_deref().unwrap_or(section);
        written.push(kind);
        push_number(&mut written, section.len());
        written.extend_from_slice(section);
        Ok(())
    })?;
    Ok(written)
}

fn for_each_section(wasm: &[u8], see: &mut dyn FnMut(u8, &[u8]) -> Result<()>) -> Result<()> {
    let mut reader = Reader { rest: wasm.strip_prefix(HEADER).context("this is not WebAssembly")? };
    while !reader.rest.is_empty() {
        let kind = reader.byte()?;
        let length = reader.number()?;
        see(kind, reader.take(length)?)?;
    }
    Ok(())
}

fn imported(wasm: &[u8], from: &str) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for_each_section(wasm, &mut |kind, section| {
        if kind == IMPORTS {
            for import in imports(section)?.iter().filter(|import| import.module == from) {
                names.push(import.name.to_owned());
            }
        }
        Ok(())
    })?;
    Ok(names)
}

struct Import<'a> {
    module: &'a str,
    name: &'a str,
    /// What is imported: a kind and its type.
    what: &'a [u8],
}

fn imports(section: &[u8]) -> Result<Vec<Import<'_>>> {
    let mut reader = Reader { rest: section };
    (0..reader.number()?)
        .map(|_| {
            let (module, name, what) = (reader.text()?, reader.text()?, reader.rest);
            match reader.byte()? {
                0 => drop(reader.number()?),
                1 => {
                    reader.byte()?;
                    reader.limits()?;
                }
                2 => reader.limits()?,
                3 => drop(reader.take(2)?),
                other => bail!("the WebAssembly file imports something of an unknown kind, {other}"),
            }
            Ok(Import { module, name, what: &what[..what.len() - reader.rest.len()] })
        })
        .collect()
}

fn rename(section: &[u8], from: &str, short: &HashMap<String, String>) -> Result<Vec<u8>> {
    let all = imports(section)?;
    let mut renamed = Vec::new();
    push_number(&mut renamed, all.len());
    for import in all {
        let name = short.get(import.name).filter(|_| import.module == from).map_or(import.name, String::as_str);
        for text in [import.module, name] {
            push_number(&mut renamed, text.len());
            renamed.extend_from_slice(text.as_bytes());
        }
        renamed.extend_from_slice(import.what);
    }
    Ok(renamed)
}

fn with_identifiers_renamed(script: &str, short: &HashMap<String, String>) -> String {
    let is_of_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let mut renamed = String::with_capacity(script.len());
    let mut rest = script;
    while let Some(start) = rest.find(is_of_word) {
        let (between, from_word) = rest.split_at(start);
        let end = from_word.find(|c| !is_of_word(c)).unwrap_or(from_word.len());
        let (word, after) = from_word.split_at(end);
        renamed.push_str(between);
        renamed.push_str(short.get(word).map_or(word, String::as_str));
        rest = after;
    }
    renamed + rest
}

/// How many there are, then for each the length of its name, the name, a kind and an index.
fn thin(section: &[u8], word: &str) -> Result<Vec<u8>> {
    let mut reader = Reader { rest: section };
    let mut kept = Vec::new();
    for _ in 0..reader.number()? {
        let entry = reader.rest;
        let name = reader.text()?;
        reader.byte()?;
        reader.number()?;
        if !name.contains(word) {
            kept.push(&entry[..entry.len() - reader.rest.len()]);
        }
    }
    let mut thinned = Vec::new();
    push_number(&mut thinned, kept.len());
    thinned.extend(kept.concat());
    Ok(thinned)
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        ensure!(length <= self.rest.len(), "the WebAssembly file ends too early");
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8> {
        Ok(self.take(1)?[0])
    }

    fn text(&mut self) -> Result<&'a str> {
        let length = self.number()?;
        std::str::from_utf8(self.take(length)?).context("a name in the WebAssembly file is not text")
    }

    /// The least, and where the first bit says so the most.
    fn limits(&mut self) -> Result<()> {
        let flags = self.byte()?;
        self.number()?;
        if flags & 1 == 1 {
            self.number()?;
        }
        Ok(())
    }

    /// Seven bits a byte, lowest first; the eighth says that more follow.
    fn number(&mut self) -> Result<usize> {
        let mut number = 0;
        for shift in (0..32).step_by(7) {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        anyhow::bail!("the WebAssembly file has a number that does not end")
    }
}

fn push_number(bytes: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(exports: &[&str]) -> Vec<u8> {
        let mut section = Vec::new();
        push_number(&mut section, exports.len());
        for (index, name) in exports.iter().enumerate() {
            push_number(&mut section, name.len());
            section.extend(name.as_bytes());
            section.push(0);
            // An index of two bytes, as in files with many functions.
            push_number(&mut section, 300 + index);
        }
        let mut file = [HEADER, &[1, 2, 9, 9, EXPORTS]].concat();
        push_number(&mut file, section.len());
        file.extend(section);
        file.extend([10, 1, 0]);
        file
    }

    #[test]
    fn the_named_exports_go_and_all_else_stays() {
        let long = "a".repeat(200);
        let thinned = without_exports(&file(&["memory", &long, "stream_pull"]), "stream").expect("a whole file");
        assert_eq!(thinned, file(&["memory", &long]));
        assert_eq!(without_exports(&file(&["memory"]), "stream").expect("a whole file"), file(&["memory"]));
    }

    #[test]
    fn what_is_no_whole_webassembly_file_is_an_error() {
        let whole = file(&["memory"]);
        assert!(without_exports(&whole[1..], "x").is_err());
        assert!(without_exports(&whole[..whole.len() - 1], "x").is_err());
        assert!(without_exports(&[HEADER, &[EXPORTS, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80]].concat(), "x").is_err());
    }
    fn importing(names: &[(&str, &str)]) -> Vec<u8> {
        let mut section = Vec::new();
        push_number(&mut section, names.len());
        for (module, name) in names {
            for text in [module, name] {
                push_number(&mut section, text.len());
                section.extend(text.as_bytes());
            }
            section.extend([0, 0x83, 0x02]);
        }
        let mut file = [HEADER, &[1, 2, 9, 9, IMPORTS]].concat();
        push_number(&mut file, section.len());
        file.extend(section);
        file.extend([10, 1, 0]);
        file
    }

    #[test]
    fn imports_of_the_script_get_short_names_in_both_and_nothing_else_does() {
        let wasm = importing(&[("./a.js", "__wbg_get_1f"), ("./b.js", "__wbg_get_1f"), ("./a.js", "__wbg_get_1f2")]);
        let script = "import0 = { __wbg_get_1f: function(a) {}, __wbg_get_1f2: 1 }; wasm.__wbg_get_1f3; \"./a.js\"";
        let (wasm, script) = with_short_imports(&wasm, script, "./a.js").expect("a whole file");
        assert_eq!(wasm, importing(&[("./a.js", "_0"), ("./b.js", "__wbg_get_1f"), ("./a.js", "_1")]));
        assert_eq!(script, "import0 = { _0: function(a) {}, _1: 1 }; wasm.__wbg_get_1f3; \"./a.js\"");
    }
}
