//! Workbooks that are zip files. All that is in one is unpacked once and counted before anything of it is read: the sizes
//! that its directory tells are its maker's.

use std::io::{Cursor, Read as _};

use domain::sheet::{self, Sheet, UNFOLDED_MB};
use domain::{Refusal, say};
use zip::ZipArchive;
use zip::result::ZipError;

use super::{ods, xlsx};

/// A workbook of forty sheets with pictures has some two hundred.
const MOST_FILES: usize = 2_000;

pub(super) type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

pub(super) fn read(file: &[u8]) -> Result<Vec<Sheet>, Refusal> {
    let mut archive = ZipArchive::new(Cursor::new(file)).map_err(|_| sheet::damaged())?;
    if archive.len() > MOST_FILES {
        return Err(sheet::unfolds_too_far());
    }
    measure(&mut archive)?;
    let has = |name: &str| archive.index_for_name(name).is_some();
    if has("xl/workbook.bin") {
        return Err(sheet::wrong_type(say!(
            "这是 xlsb 格式的表格，请另存为 xlsx",
            "This is a workbook in the xlsb format"
        )));
    }
    if has("word/document.xml") || has("ppt/presentation.xml") {
        return Err(sheet::wrong_type(say!("这是 Word 或演示文稿，不是表格", "This is a document or a presentation")));
    }
    if has("content.xml") && has("mimetype") {
        return ods::read(file, &mut archive);
    }
    if has("[Content_Types].xml") || has("xl/workbook.xml") {
        return xlsx::read(file, &mut archive);
    }
    Err(sheet::wrong_type(say!("这是压缩包，请先解压", "This is an archive; please unpack it first")))
}

/// Unpacks everything and keeps nothing.
fn measure(archive: &mut Archive<'_>) -> Result<(), Refusal> {
    let most = UNFOLDED_MB * 1024 * 1024;
    let (mut unfolded, mut piece) = (0, vec![0; 64 * 1024]);
    for index in 0..archive.len() {
        let mut packed = archive.by_index(index).map_err(|error| match error {
            ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => sheet::protected(),
            _ => sheet::damaged(),
        })?;
        loop {
            match packed.read(&mut piece) {
                Ok(0) => break,
                Ok(read) => unfolded += read,
                Err(_) => return Err(sheet::damaged()),
            }
            if unfolded > most {
                return Err(sheet::unfolds_too_far());
            }
        }
    }
    Ok(())
}
