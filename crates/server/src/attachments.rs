//! Papers of orders, from the file somebody sends to the one that is given out again, byte for byte.
//!
//! A file is known by its SHA-256 and lies under it, complete and on the disk before anybody hears of it, and never changes; the
//! same paper of two orders is one file.

use std::io::{Cursor, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::attachment::{self, AttachmentKind, FileFormat, HEAD, Head};
use sha2::{Digest as _, Sha256};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::database::Trouble;
use crate::error::{Error, Result, busy, of_trouble};
use crate::password::hex;
use crate::photos::keep_file;

/// How many files may be on their way at once: each is held in memory until it is on the disk.
const RECEIVED_AT_ONCE: usize = 16;

/// The folder of the files, and the bound of receiving them.
#[derive(Debug)]
pub struct Attachments {
    folder: PathBuf,
    receiving: Arc<Semaphore>,
}

/// A file that is on the disk and has no row yet.
#[derive(Debug, Clone)]
pub struct Kept {
    pub format: FileFormat,
    pub size_bytes: i64,
    pub sha256: String,
    pub name: String,
}

impl Kept {
    /// What a file's row says of it, once it is kept.
    pub fn of(file: &[u8], format: FileFormat, name: &str) -> Kept {
        let size_bytes = i64::try_from(file.len()).unwrap_or(i64::MAX);
        Kept { format, size_bytes, sha256: hex(&Sha256::digest(file)), name: name.to_owned() }
    }
}

impl Attachments {
    /// The folder is made when the first file comes.
    pub fn new(folder: PathBuf) -> Attachments {
        Attachments { folder, receiving: Arc::new(Semaphore::new(RECEIVED_AT_ONCE)) }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A place for one file, to be held until it is kept.
    ///
    /// # Errors
    /// That too many are on their way.
    pub fn receive(&self) -> Result<OwnedSemaphorePermit> {
        Arc::clone(&self.receiving).try_acquire_owned().map_err(|_| busy())
    }

    /// Looks what a file is, and keeps it. Its row is the caller's to write, afterwards.
    ///
    /// # Errors
    /// [`domain::Code::BadAttachment`] when it is none we take, or that it could not be kept.
    pub async fn keep(&self, file: Vec<u8>, kind: AttachmentKind, sent_name: &str) -> Result<Kept> {
        let (folder, sent_name) = (self.folder.clone(), sent_name.to_owned());
        let keeping = tokio::task::spawn_blocking(move || {
            let format = format_of(&file)?;
            let kept = Kept::of(&file, format, &attachment::file_name(&sent_name, kind, format));
            keep_file(&path(&folder, &kept.sha256), &file).map_err(|error| {
                let error = anyhow::Error::new(error).context(format!("cannot keep a file in {}", folder.display()));
                tracing::error!(error = format!("{error:#}"), "the folder of attachments");
                Error::from(of_trouble(Trouble::Failing))
            })?;
            Ok(kept)
        });
        keeping.await.map_err(|error| Error::Broken(error.into()))?
    }

    /// The content of a file that has a row.
    ///
    /// # Errors
    /// When it cannot be read, or is not there.
    pub async fn content(&self, sha256: &str) -> Result<Vec<u8>> {
        let path = path(&self.folder, sha256);
        let read = tokio::fs::read(&path).await;
        read.map_err(|error| {
            if error.kind() == ErrorKind::NotFound {
                tracing::error!(path = %path.display(), "an attachment has a row and no file");
            }
            Error::Broken(anyhow::Error::new(error).context(format!("{}", path.display())))
        })
    }
}

/// # Errors
/// [`domain::Code::BadAttachment`].
fn format_of(file: &[u8]) -> Result<FileFormat> {
    match attachment::check_head(file.get(..HEAD).unwrap_or(file))? {
        Head::Known(format) => Ok(format),
        // Only the list of parts is read, so that no part can be larger than it says.
        Head::Zip => {
            let archive = zip::ZipArchive::new(Cursor::new(file)).map_err(|_| attachment::broken())?;
            let names = archive.file_names().collect::<Result<Vec<_>, _>>().map_err(|_| attachment::broken())?;
            Ok(attachment::format_of_parts(names.iter().map(|name| name.as_ref()))?)
        }
    }
}

/// `ab/abcd…`: a folder for each pair of digits, so that none grows large.
pub fn path(folder: &Path, sha256: &str) -> PathBuf {
    folder.join(sha256.get(..2).unwrap_or_default()).join(sha256)
}
