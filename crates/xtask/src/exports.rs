//! The exports of a WebAssembly file, thinned out. The linker keeps whatever is exported with all that it uses, and a
//! library's `#[wasm_bindgen]` is exported whether the app wants it or not.

use anyhow::{Context, Result, ensure};

const HEADER: &[u8] = b"\0asm\x01\0\0\0";
const EXPORTS: u8 = 7;

/// The file without the exports whose names contain `word`. All else keeps its place within its section, which is what
/// the relocations count by.
pub fn without(wasm: &[u8], word: &str) -> Result<Vec<u8>> {
    let rest = wasm.strip_prefix(HEADER).context("this is not WebAssembly")?;
    let mut reader = Reader { rest };
    let mut thinned = HEADER.to_vec();
    while !reader.rest.is_empty() {
        let kind = reader.byte()?;
        let length = reader.number()?;
        let section = reader.take(length)?;
        let fewer = if kind == EXPORTS { Some(thin(section, word)?) } else { None };
        let section = fewer.as_deref().unwrap_or(section);
        thinned.push(kind);
        push_number(&mut thinned, section.len());
        thinned.extend_from_slice(section);
    }
    Ok(thinned)
}

/// How many there are, then for each the length of its name, the name, a kind and an index.
fn thin(section: &[u8], word: &str) -> Result<Vec<u8>> {
    let mut reader = Reader { rest: section };
    let mut kept = Vec::new();
    for _ in 0..reader.number()? {
        let entry = reader.rest;
        let length = reader.number()?;
        let name = std::str::from_utf8(reader.take(length)?).context("the name of an export is not text")?;
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
        let thinned = without(&file(&["memory", &long, "stream_pull"]), "stream").expect("a whole file");
        assert_eq!(thinned, file(&["memory", &long]));
        assert_eq!(without(&file(&["memory"]), "stream").expect("a whole file"), file(&["memory"]));
    }

    #[test]
    fn what_is_no_whole_webassembly_file_is_an_error() {
        let whole = file(&["memory"]);
        assert!(without(&whole[1..], "x").is_err());
        assert!(without(&whole[..whole.len() - 1], "x").is_err());
        assert!(without(&[HEADER, &[EXPORTS, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80]].concat(), "x").is_err());
    }
}
