//! Photos of goods, from the file a merchant sends to the pictures browsers show.
//!
//! A photo is known by the hash of the file that was sent. Its pictures lie in one folder, each complete and on the disk before
//! anybody hears of it, and never change; so several servers may share the folder, and a copy of it needs no care.

mod jpeg;
mod picture;

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use domain::Refusal;
use domain::photo::{self, PhotoHash, WIDTHS};
use sha2::{Digest as _, Sha256};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use self::picture::{Pictures, Sent};
use crate::database::Trouble;
use crate::error::{Error, Result, busy, of_trouble};
use crate::id;
use crate::password::hex;
use crate::store::photos::NewPhoto;

/// How many files may be on their way at once: each is held in memory until its pictures are made.
const RECEIVED_AT_ONCE: usize = 16;

/// How many millions of pixels may be decoded at once: one photo as large as they may be, or two that phones take. So much
/// of memory it costs: nine bytes for each pixel in the worst case, where a JPEG comes in several scans.
const MEGAPIXELS_AT_ONCE: u32 = photo::MOST_MEGAPIXELS as u32;

/// Photos of any size keep a core busy: only two at a time.
const LEAST_SHARE: u32 = MEGAPIXELS_AT_ONCE / 2;

/// The folder of the pictures, and the bounds of making them.
#[derive(Debug)]
pub struct Photos {
    folder: PathBuf,
    receiving: Arc<Semaphore>,
    decoding: Arc<Semaphore>,
}

impl Photos {
    /// The folder is made when the first photo comes.
    pub fn new(folder: PathBuf) -> Photos {
        let decoding = Arc::new(Semaphore::new(MEGAPIXELS_AT_ONCE as usize));
        Photos { folder, receiving: Arc::new(Semaphore::new(RECEIVED_AT_ONCE)), decoding }
    }

    /// A place for one file, to be held until its pictures are made.
    ///
    /// # Errors
    /// That too many are on their way.
    pub fn receive(&self) -> Result<OwnedSemaphorePermit> {
        Arc::clone(&self.receiving).try_acquire_owned().map_err(|_| busy())
    }

    /// Makes the pictures of a file and keeps them. Its row is the caller's to write, afterwards.
    ///
    /// # Errors
    /// What is wrong with the file, or that the pictures could not be kept.
    pub async fn keep(&self, file: Vec<u8>) -> Result<NewPhoto> {
        let sent = blocking(move || Sent::look_at(file)).await??;
        let permit = self.may_decode(&sent).await?;
        let folder = self.folder.clone();
        let kept = blocking(move || {
            // Held by the work and not by who waits for it, since work goes on when nobody waits any more.
            let _permit = permit;
            make_and_keep(&sent, &folder)
        });
        kept.await?
    }

    async fn may_decode(&self, sent: &Sent) -> Result<OwnedSemaphorePermit> {
        let share = sent.megapixels().clamp(LEAST_SHARE, MEGAPIXELS_AT_ONCE);
        let permit = Arc::clone(&self.decoding).acquire_many_owned(share).await;
        permit.map_err(|error| Error::Broken(error.into()))
    }

    /// The picture of a photo in one of the widths; none when there is none.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub async fn picture(&self, hash: &PhotoHash, width: u32) -> Result<Option<Vec<u8>>> {
        let path = path(&self.folder, hash, width);
        match tokio::fs::read(&path).await {
            Ok(picture) => Ok(Some(picture)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::Broken(error.into())).with_path(&path),
        }
    }
}

/// Runs on a thread that may work for long. A decoder that panics has met a file it cannot read, like one that says so.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| {
        tracing::error!(%error, "a photo was given up");
        photo::broken().into()
    })
}

fn make_and_keep(sent: &Sent, folder: &Path) -> Result<NewPhoto> {
    let hash = hash_of(sent.file())?;
    let pictures = Pictures::of(sent)?;
    keep_files(folder, &hash, &pictures).map_err(|error| {
        let error = anyhow::Error::new(error).context(format!("cannot keep a photo in {}", folder.display()));
        tracing::error!(error = format!("{error:#}"), "the folder of photos");
        Error::from(of_trouble(Trouble::Failing))
    })?;
    Ok(NewPhoto { hash, width: pictures.width, height: pictures.height })
}

fn hash_of(file: &[u8]) -> Result<PhotoHash> {
    let digest = Sha256::digest(file);
    let (half, _) = digest.split_at(16);
    hex(half).parse().map_err(|_| Error::Broken(anyhow::anyhow!("a hash is no hash")))
}

// ---- the folder ---------------------------------------------------------------------------------------------------

/// `ab/abcd…-640.webp`: a folder for each pair of digits, so that none grows large.
pub fn path(folder: &Path, hash: &PhotoHash, width: u32) -> PathBuf {
    let (first_digits, _) = hash.as_str().split_at(2);
    folder.join(first_digits).join(format!("{hash}-{width}.webp"))
}

/// The files of a photo, one for each width.
pub fn paths(folder: &Path, hash: &PhotoHash) -> [PathBuf; WIDTHS.len()] {
    WIDTHS.map(|width| path(folder, hash, width))
}

fn keep_files(folder: &Path, hash: &PhotoHash, pictures: &Pictures) -> io::Result<()> {
    for (path, picture) in paths(folder, hash).iter().zip(&pictures.files) {
        keep_file(path, picture)?;
    }
    Ok(())
}

/// Writes a file that is never seen half: it gets its name when it is whole and on the disk.
pub fn keep_file(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let part = folder.join(format!("{}.part", id::new()));
    let written = File::create_new(&part)
        .and_then(|mut file| file.write_all(content).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&part, path));
    if written.is_err() {
        // It may not even be there.
        let _ = fs::remove_file(&part);
    }
    written?;
    sync_names(folder)
}

/// A name is on the disk once its folder is, and a new folder once the one above is.
fn sync_names(folder: &Path) -> io::Result<()> {
    for folder in folder.ancestors().take(2).filter(|folder| !folder.as_os_str().is_empty()) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

trait WithPath<T> {
    fn with_path(self, path: &Path) -> Result<T>;
}

impl<T> WithPath<T> for Result<T> {
    fn with_path(self, path: &Path) -> Result<T> {
        match self {
            Err(Error::Broken(error)) => {
                Err(error).with_context(|| format!("{}", path.display())).map_err(Error::Broken)
            }
            other => other,
        }
    }
}

/// A refusal that is none of the law's: the file is a photo, and this program cannot read it.
fn unreadable() -> Refusal {
    Refusal::new(
        domain::Code::BadPhoto,
        domain::say!(
            "这张照片的格式比较特殊，打不开；请另存为普通的 JPEG 再传",
            "This photo is of an unusual kind that cannot be read; please save it as an ordinary JPEG and send that"
        ),
    )
}
