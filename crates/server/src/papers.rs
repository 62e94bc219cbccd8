//! The whole file of an order as one archive: a list of contents, the papers, and the files that were brought.
//!
//! It is written while it is sent. Papers are made first, since the list says what each of them hashes to; of the files at most one
//! is in memory, and nothing waits for a reader that has gone.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::attachment::AttachmentKind;
use domain::wire::{Attachment, Paper, PaperItem, PaperStatus};
use futures::Stream;
use sha2::{Digest as _, Sha256};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use zip::write::{SimpleFileOptions, ZipWriter};
use zip::{CompressionMethod, DateTime};

use crate::attachments;
use crate::clock::{self, Ms};
use crate::error::{Error, Result, busy};
use crate::password::hex;
use crate::pieces::{self, Pieces};
use crate::spreadsheet::paper::workbook;
use crate::store::papers::Packet;

/// How many archives may be on their way at once: each holds a thread until its reader has it.
const SENT_AT_ONCE: usize = 8;

/// The bound of sending archives.
#[derive(Debug)]
pub struct Packets(Arc<Semaphore>);

impl Default for Packets {
    fn default() -> Packets {
        Packets(Arc::new(Semaphore::new(SENT_AT_ONCE)))
    }
}

impl Packets {
    /// A place for one archive, to be held until it is sent.
    ///
    /// # Errors
    /// That too many are on their way.
    pub fn place(&self) -> Result<OwnedSemaphorePermit> {
        Arc::clone(&self.0).try_acquire_owned().map_err(|_| busy())
    }
}

/// A paper as it goes into the archive.
#[derive(Debug)]
struct Made {
    name: String,
    title: String,
    rows: usize,
    workbook: Vec<u8>,
}

/// What an archive is made of, once all its papers are made.
#[derive(Debug)]
pub struct Contents {
    papers: Vec<Made>,
    /// Under the names they have there.
    files: Vec<(String, Attachment, PathBuf)>,
    list: String,
    made_at: Ms,
}

/// Makes the papers and the list of contents, on a thread that may work for long.
///
/// # Errors
/// When a file that has a row is not there, before anything is sent.
pub fn contents(packet: &Packet, folder: &Path, now: Ms) -> Result<Contents> {
    let broken = |error: anyhow::Error| Error::Broken(error);
    let mut papers = Vec::new();
    for (number, paper) in (1..).zip(&packet.papers) {
        let workbook = workbook(paper).map_err(|error| broken(error.into()))?;
        let name = format!("{number:02} {}.xlsx", paper.title);
        papers.push(Made { name, title: paper.title.clone(), rows: rows_of(paper), workbook });
    }
    let mut files = Vec::new();
    for kind in AttachmentKind::ALL {
        for file in packet.files.iter().filter(|file| file.kind == *kind) {
            let path = attachments::path(folder, &file.sha256);
            std::fs::metadata(&path)
                .map_err(|error| broken(anyhow::Error::new(error).context(format!("{}", path.display()))))?;
            let number = papers.len() + files.len() + 1;
            files.push((format!("{number:02} {} {}", kind.zh(), file.name), file.clone(), path));
        }
    }
    let list = list(packet, &papers, &files, now);
    Ok(Contents { papers, files, list, made_at: now })
}

fn rows_of(paper: &Paper) -> usize {
    paper.tables.iter().map(|table| table.rows.len()).sum()
}

/// What is in it and what is not, for whoever opens it on any machine: a text, with lines and a mark as Windows wants them.
fn list(packet: &Packet, papers: &[Made], files: &[(String, Attachment, PathBuf)], now: Ms) -> String {
    let mut lines = vec![
        format!("{}　报销材料目录", packet.number),
        format!("采购单位：{}", packet.buyer),
        format!("供货单位：{}", packet.merchant),
        format!("生成日期：{}", clock::day(now)),
        String::new(),
    ];
    for made in papers {
        lines.push(made.name.clone());
        let hash = hex(&Sha256::digest(&made.workbook));
        lines.push(format!("    {}，{} 行，SHA-256 {hash}", made.title, made.rows));
    }
    for (name, file, _) in files {
        lines.push(name.clone());
        lines.push(format!("    {}，{} 字节，SHA-256 {}", file.kind.zh(), file.size_bytes, file.sha256));
    }
    lines.push(String::new());
    let open = |status: PaperStatus| packet.items.iter().filter(move |item| item.status == status);
    let told = |item: &PaperItem| match &item.said {
        Some(said) => format!("{}（{said}）", item.name),
        None => item.name.clone(),
    };
    lines.extend(open(PaperStatus::Missing).map(|item| format!("缺：{}", told(item))));
    lines.extend(open(PaperStatus::Open).map(|item| format!("还会变：{}", told(item))));
    lines.extend(open(PaperStatus::NotNeeded).map(|item| format!("不需要：{}", told(item))));
    if open(PaperStatus::Missing).next().is_none() {
        lines.push("材料齐全，没有缺的。".to_owned());
    }
    format!("\u{feff}{}\r\n", lines.join("\r\n"))
}

/// The archive, piece by piece. `permit` is held until the last of it is taken or its reader is gone.
pub fn archive(contents: Contents, permit: OwnedSemaphorePermit) -> impl Stream<Item = io::Result<Vec<u8>>> {
    pieces::stream("an archive", permit, move |pieces| write(&contents, pieces))
}

fn write(contents: &Contents, pieces: Pieces) -> zip::result::ZipResult<()> {
    let mut archive = ZipWriter::new_stream(pieces);
    // What goes in is packed already: workbooks, pictures, PDFs.
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let stored = stored.last_modified_time(moment(contents.made_at));
    archive.start_file("00 目录.txt", stored)?;
    archive.write_all(contents.list.as_bytes())?;
    for made in &contents.papers {
        archive.start_file(made.name.as_str(), stored)?;
        archive.write_all(&made.workbook)?;
    }
    for (name, _, path) in &contents.files {
        archive.start_file(name.as_str(), stored)?;
        io::copy(&mut std::fs::File::open(path)?, &mut archive)?;
    }
    archive.finish()?.into_inner().flush()?;
    Ok(())
}

/// In the time of Shanghai, since an archive knows no zones.
fn moment(at: Ms) -> DateTime {
    let day = clock::day(at);
    let year = u16::try_from(day.year()).unwrap_or_default();
    let (month, day) = (day.month().unsigned_abs(), day.day().unsigned_abs());
    DateTime::from_date_and_time(year, month, day, 12, 0, 0).unwrap_or_default()
}
