//! Moving a market between databases, and keeping copies of it in files, photos and attachments among them: `shanhai copy`, `backup` and
//! `restore`.

use std::fmt;
use std::fs::{self, File};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use diesel::connection::SimpleConnection as _;
use sha2::{Digest as _, Sha256};

use crate::database::{DatabaseUrl, Db, Trouble, connect_to_file, connect_to_fill, connect_to_read, trouble_of};
use crate::store::copy::{self, Outcome, Report};
use crate::{attachments, photos};

/// Copies everything from one database into another, empty one.
///
/// # Errors
/// A sentence for the operator; the target is then as it was.
pub fn copy(from: &DatabaseUrl, to: &DatabaseUrl) -> anyhow::Result<Outcome> {
    let mut source = connect_to_read(from)?;
    let mut target = connect_to_fill(to)?;
    copy::copy(&mut source, &mut target).map_err(advised).with_context(|| format!("cannot copy {from} to {to}"))
}

/// Says what to do about a fault that has a remedy.
fn advised(error: anyhow::Error) -> anyhow::Error {
    match trouble_of(&error) {
        // Of two databases it may be either's disk, and a full one of some kinds says no more than that.
        Some(Trouble::Corrupt) => error.context("reading or writing failed on the disk; check its room and its health"),
        Some(trouble) => error.context(trouble.advice()),
        None => error,
    }
}

// ---- backup -------------------------------------------------------------------------------------------------------

/// Writes everything a database holds at this moment into a new SQLite file, and its checksum beside it. Others may go on
/// writing to the database.
///
/// # Errors
/// A sentence for the operator; nothing of the file is left then.
pub fn backup(url: &DatabaseUrl, file: &Path) -> anyhow::Result<Report> {
    let checksum_file = checksum_file(file)?;
    for taken in [file, &checksum_file] {
        ensure!(!taken.exists(), "{} is there already and is kept; choose another name", taken.display());
    }
    let mut source = connect_to_read(url)?;
    let part = Part::create(file)?;
    let made = fill(&mut source, &part).map_err(advised).and_then(|report| {
        part.finish(file, &checksum_file)?;
        Ok(report)
    });
    made.with_context(|| format!("cannot write the backup {}; nothing of it was kept", file.display()))
}

fn fill(source: &mut Db, part: &Part) -> anyhow::Result<Report> {
    let mut target = connect_to_fill(&DatabaseUrl::Sqlite(part.path.clone()))?;
    // What fails is removed whole, so neither a second file for the transaction nor the disk's word for each step is
    // needed; and a file that is not in WAL mode can be read where nothing may be written.
    target.batch_execute("pragma journal_mode = delete; pragma journal_mode = memory; pragma synchronous = off")?;
    match copy::copy(source, &mut target)? {
        Outcome::Copied(report) | Outcome::AlreadyThere(report) => Ok(report),
    }
}

/// A file that is being written, removed when it is not finished.
struct Part {
    path: PathBuf,
    folder: PathBuf,
}

impl Part {
    fn create(file: &Path) -> anyhow::Result<Part> {
        let folder = match file.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        ensure!(folder.is_dir(), "there is no folder {}; make it first", folder.display());
        let path = with_suffix(file, ".part");
        // It will hold password hashes and addresses: its owner's business.
        match File::options().write(true).create_new(true).mode(0o600).open(&path) {
            Ok(_) => Ok(Part { path, folder }),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => bail!(
                "{} is there already: another backup is being written, or one was killed; if none is running, remove it",
                path.display()
            ),
            Err(error) => Err(error).with_context(|| {
                format!("cannot write into the folder {}; check its owner, mode and mount", folder.display())
            }),
        }
    }

    /// The checksum comes first: what stands under a backup's own name has one.
    fn finish(self, file: &Path, checksum_file: &Path) -> anyhow::Result<()> {
        let checksum = File::open(&self.path).and_then(|part| part.sync_all()).and_then(|()| checksum(&self.path));
        let checksum = checksum.with_context(|| format!("cannot read {} again", self.path.display()))?;
        write_checksum(&checksum, file, checksum_file)?;
        fs::rename(&self.path, file).with_context(|| {
            // Without its backup it would only stand in the next one's way.
            let _ = fs::remove_file(checksum_file);
            format!("cannot give the backup its name {}", file.display())
        })?;
        if let Err(error) = File::open(&self.folder).and_then(|folder| folder.sync_all()) {
            // Some network shares cannot; the file itself is on its disk.
            tracing::warn!(%error, "the backup is whole, but a power cut now could still lose its name");
        }
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        for suffix in ["", "-wal", "-shm", "-journal"] {
            // Most of them are not there, and of a finished backup none is.
            let _ = fs::remove_file(with_suffix(&self.path, suffix));
        }
    }
}

fn with_suffix(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

// ---- the checksum -------------------------------------------------------------------------------------------------

/// Where the checksum of a backup is: beside it.
fn checksum_file(file: &Path) -> anyhow::Result<PathBuf> {
    let name = file_name(file)?;
    // sha256sum writes such names in a way of its own.
    ensure!(!name.contains(['\\', '\n', '\r']), "a backup's name has no backslash and no line break");
    Ok(with_suffix(file, ".sha256"))
}

fn file_name(file: &Path) -> anyhow::Result<&str> {
    let name = file.file_name().with_context(|| format!("{} names no file", file.display()))?;
    name.to_str().context("the file's name is not UTF-8")
}

fn checksum(file: &Path) -> std::io::Result<String> {
    let mut opened = File::open(file)?;
    let mut digest = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match opened.read(&mut buffer)? {
            0 => break,
            read => digest.update(&buffer[..read]),
        }
    }
    Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// As `sha256sum` would, so that `sha256sum --check` reads it.
fn write_checksum(checksum: &str, file: &Path, checksum_file: &Path) -> anyhow::Result<()> {
    let line = format!("{checksum}  {}\n", file_name(file)?);
    let mut written =
        File::create_new(checksum_file).with_context(|| format!("cannot make {}", checksum_file.display()))?;
    written.write_all(line.as_bytes()).and_then(|()| written.sync_all()).with_context(|| {
        let _ = fs::remove_file(checksum_file);
        format!("cannot write {}", checksum_file.display())
    })
}

fn verify_checksum(file: &Path) -> anyhow::Result<()> {
    let checksum_file = checksum_file(file)?;
    let written = fs::read_to_string(&checksum_file).with_context(|| {
        format!(
            "cannot read {}, without which nobody knows whether the backup is whole; fetch it from where the backup \
             was made, or make it with sha256sum if you are sure of the file",
            checksum_file.display()
        )
    })?;
    let expected = written.split_whitespace().next().unwrap_or_default();
    let found = checksum(file).with_context(|| format!("cannot read {}", file.display()))?;
    ensure!(
        expected.eq_ignore_ascii_case(&found),
        "{} is not the file its checksum was made of: it was damaged or changed; fetch it again, or take another backup",
        file.display()
    );
    Ok(())
}

// ---- restore ------------------------------------------------------------------------------------------------------

/// Fills an empty database from a backup, once its checksum and its ledger are found right.
///
/// # Errors
/// A sentence for the operator; the database is then as it was.
pub fn restore(file: &Path, url: &DatabaseUrl) -> anyhow::Result<Outcome> {
    ensure!(file.is_file(), "there is no backup {}", file.display());
    verify_checksum(file)?;
    let mut source = connect_to_file(file)?;
    let audited = crate::store::audit::audit(&mut source)?;
    if let Err(parted) = audited {
        bail!("the ledger in {} does not hold: {parted}; take another backup", file.display());
    }
    let mut target = connect_to_fill(url)?;
    let copied = copy::copy(&mut source, &mut target).map_err(advised);
    copied.with_context(|| format!("cannot restore {} into {url}", file.display()))
}

// ---- photos and attachments -------------------------------------------------------------------------------------------------------

/// What became of the files that are no rows.
#[derive(Debug)]
pub struct Carried {
    what: &'static str,
    folder: PathBuf,
    files: usize,
    new: usize,
    missing: usize,
}

impl fmt::Display for Carried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Carried { what, folder, files, new, missing } = self;
        write!(f, "{what}: {files}, {new} of them new in {}", folder.display())?;
        if *missing > 0 { write!(f, "; {missing} MISSING, see the log") } else { Ok(()) }
    }
}

/// Copies the photos that a backup names into `photos` beside it. A photo's files are there before its row, and never
/// change: taken after the backup they are all there, and what an earlier backup has brought need not be brought again.
///
/// # Errors
/// A sentence for the operator; the backup itself is whole.
pub fn photos_out(backup: &Path, folder: &Path) -> anyhow::Result<Carried> {
    carry_photos(backup, folder, &backup.with_file_name(PHOTOS))
}

/// Copies the photos of a backup to where the server looks for them.
///
/// # Errors
/// A sentence for the operator; the database itself is whole.
pub fn photos_back(backup: &Path, folder: &Path) -> anyhow::Result<Carried> {
    carry_photos(backup, &backup.with_file_name(PHOTOS), folder)
}

const PHOTOS: &str = "photos";

fn carry_photos(backup: &Path, from: &Path, to: &Path) -> anyhow::Result<Carried> {
    let hashes = crate::store::photos::hashes(&mut connect_to_file(backup)?)?;
    let paths = |folder: &Path| hashes.iter().map(|hash| photos::paths(folder, hash).to_vec()).collect::<Vec<_>>();
    carry(PHOTOS, from, to, paths)
}

/// As [`photos_out`], for the papers of orders.
///
/// # Errors
/// As [`photos_out`].
pub fn attachments_out(backup: &Path, folder: &Path) -> anyhow::Result<Carried> {
    carry_attachments(backup, folder, &backup.with_file_name(ATTACHMENTS))
}

/// As [`photos_back`], for the papers of orders.
///
/// # Errors
/// As [`photos_back`].
pub fn attachments_back(backup: &Path, folder: &Path) -> anyhow::Result<Carried> {
    carry_attachments(backup, &backup.with_file_name(ATTACHMENTS), folder)
}

const ATTACHMENTS: &str = "attachments";

fn carry_attachments(backup: &Path, from: &Path, to: &Path) -> anyhow::Result<Carried> {
    let hashes = crate::store::attachments::hashes(&mut connect_to_file(backup)?)?;
    let paths = |folder: &Path| hashes.iter().map(|hash| vec![attachments::path(folder, hash)]).collect::<Vec<_>>();
    carry(ATTACHMENTS, from, to, paths)
}

/// `paths` names the files of each thing in a folder.
fn carry(
    what: &'static str,
    from: &Path,
    to: &Path,
    paths: impl Fn(&Path) -> Vec<Vec<PathBuf>>,
) -> anyhow::Result<Carried> {
    let (sources, targets) = (paths(from), paths(to));
    let mut carried = Carried { what, folder: to.to_owned(), files: sources.len(), new: 0, missing: 0 };
    for (sources, targets) in sources.iter().zip(&targets) {
        match carry_files(sources, targets) {
            Ok(new) => carried.new += usize::from(new),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let missing = sources.first().map_or(from, |path| path);
                tracing::error!("{} is not there, with which one of the {what} is lost", missing.display());
                carried.missing += 1;
            }
            Err(error) => {
                return Err(error).with_context(|| {
                    format!(
                        "cannot copy {what} from {} to {}; what is copied stays, run it again",
                        from.display(),
                        to.display()
                    )
                });
            }
        }
    }
    Ok(carried)
}

/// Whether any of them had to be copied.
fn carry_files(from: &[PathBuf], to: &[PathBuf]) -> std::io::Result<bool> {
    let mut new = false;
    for (from, to) in from.iter().zip(to).filter(|(_, to)| !to.exists()) {
        photos::keep_file(to, &fs::read(from)?)?;
        new = true;
    }
    Ok(new)
}
