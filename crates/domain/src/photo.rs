//! Photos of goods: which files are taken, how large they may be, and where their pictures are found.
//!
//! The browser asks the same before it sends twelve megabytes over a phone's network.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Code, Refusal, say};

/// How many photos a product has at most.
pub const MOST: usize = 8;

/// The largest file, in megabytes.
pub const LARGEST_MB: usize = 12;

/// The same in bytes.
pub const LARGEST_FILE: usize = LARGEST_MB * 1024 * 1024;

/// How many bytes of a file tell what it is.
pub const HEAD: usize = 64;

/// The widths a photo is kept in. Each is there for every photo; a photo that is smaller is kept as it is, since enlarging
/// it would only cost bytes.
pub const WIDTHS: [u32; 3] = [320, 640, 1280];

/// More than any phone takes by itself, in millions of pixels.
pub const MOST_MEGAPIXELS: u64 = 60;

/// Smaller than this there is nothing to see.
pub const LEAST_SIDE: u32 = 240;

/// How many times the shorter side fits into the longer one at most.
pub const LONGEST: u32 = 3;

// ---- the file -----------------------------------------------------------------------------------------------------

/// What is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Jpeg,
    Png,
    WebP,
}

/// What a file is, by its first [`HEAD`] bytes: neither its name nor what its sender calls it is asked.
///
/// # Errors
/// [`Code::BadPhoto`] with what to do instead.
pub fn check_head(head: &[u8]) -> Result<Format, Refusal> {
    match head {
        [] => Err(bad(say!("文件是空的，请换一张照片", "The file is empty; please choose another photo"))),
        [0xff, 0xd8, 0xff, ..] => Ok(Format::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Ok(Format::Png),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Ok(Format::WebP),
        [_, _, _, _, b'f', b't', b'y', b'p', brands @ ..] => Err(iso_media(brands)),
        [b'G', b'I', b'F', b'8', ..] => Err(bad(say!(
            "GIF 动图用不了，请传 JPEG、PNG 或 WebP 照片",
            "GIF pictures are not taken; please send a JPEG, PNG or WebP photo"
        ))),
        [b'%', b'P', b'D', b'F', ..] => Err(bad(say!(
            "这是 PDF 文件，不是照片；请传 JPEG、PNG 或 WebP 照片",
            "This is a PDF and no photo; please send a JPEG, PNG or WebP photo"
        ))),
        _ if is_markup(head) => Err(bad(say!(
            "SVG 图形用不了，请传 JPEG、PNG 或 WebP 照片",
            "SVG drawings are not taken; please send a JPEG, PNG or WebP photo"
        ))),
        _ => Err(bad(say!(
            "认不出这是什么照片，请传 JPEG、PNG 或 WebP",
            "This is no photo we know; please send JPEG, PNG or WebP"
        ))),
    }
}

/// A file of ISO's media format, which names its kind and those it is compatible with. Source: ISO/IEC 14496-12 and 23008-12.
fn iso_media(brands: &[u8]) -> Refusal {
    let (brands, _) = brands.as_chunks::<4>();
    let has = |kinds: &[&[u8; 4]]| brands.iter().any(|brand| kinds.contains(&brand));
    if has(&[b"avif", b"avis"]) {
        bad(say!(
            "AVIF 照片还用不了，请存成 JPEG 再传",
            "AVIF photos are not taken yet; please save it as JPEG and send that"
        ))
    } else if has(&[b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"]) {
        bad(say!(
            "这是 HEIC 照片，很多手机和电脑打不开。请在 iPhone 的“设置→相机→格式”里选“兼容性最佳”再拍一张，或者存成 JPEG 再传",
            "This is a HEIC photo, which many phones and computers cannot show. On the iPhone choose Settings → Camera → Formats → Most Compatible and take it again, or save it as JPEG and send that"
        ))
    } else {
        bad(say!(
            "这像是一段视频，请传 JPEG、PNG 或 WebP 照片",
            "This looks like a video; please send a JPEG, PNG or WebP photo"
        ))
    }
}

fn is_markup(head: &[u8]) -> bool {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    text.starts_with(b"<svg") || text.starts_with(b"<?xml") || text.starts_with(b"<!DOCTYPE svg")
}

fn bad(sentence: crate::Say) -> Refusal {
    Refusal::new(Code::BadPhoto, sentence)
}

/// A file that begins as a photo and does not go on as one.
pub fn broken() -> Refusal {
    bad(say!(
        "这张照片不完整或已损坏，请重新拍一张，或换一张再传",
        "This photo is damaged or not whole; please take it again or choose another"
    ))
}

/// # Errors
/// [`Code::TooLarge`] beyond [`LARGEST_FILE`].
pub fn check_weight(bytes: usize) -> Result<(), Refusal> {
    if bytes <= LARGEST_FILE { Ok(()) } else { Err(too_heavy()) }
}

/// What is said of a file beyond [`LARGEST_FILE`].
pub fn too_heavy() -> Refusal {
    Refusal::new(
        Code::TooLarge,
        say!(
            "一张照片最大 {LARGEST_MB} MB，请在手机里选小一些的尺寸再传",
            "A photo has at most {LARGEST_MB} MB; please choose a smaller size on the phone"
        ),
    )
}

// ---- the picture --------------------------------------------------------------------------------------------------

/// Whether a picture of this many pixels can be shown; asked before any of them is decoded.
///
/// # Errors
/// [`Code::BadPhoto`] for a picture too large, too small or too long.
pub fn check_size(width: u32, height: u32) -> Result<(), Refusal> {
    let (short, long) = (width.min(height), width.max(height));
    if u64::from(width) * u64::from(height) > MOST_MEGAPIXELS * 1_000_000 {
        let ten_thousands = MOST_MEGAPIXELS * 100;
        return Err(bad(say!(
            "这张照片有 {width} × {height} 像素，最多 {ten_thousands} 万像素；请在手机里选小一些的尺寸",
            "This photo has {width} × {height} pixels, more than {MOST_MEGAPIXELS} million; please choose a smaller size"
        )));
    }
    if short < LEAST_SIDE {
        return Err(bad(say!(
            "这张照片只有 {width} × {height} 像素，看不清；每边至少 {LEAST_SIDE} 像素",
            "This photo has only {width} × {height} pixels; each side needs at least {LEAST_SIDE}"
        )));
    }
    if u64::from(long) > u64::from(short) * u64::from(LONGEST) {
        return Err(bad(say!(
            "这张图太长（{width} × {height} 像素），长边最多是短边的 {LONGEST} 倍；请裁成几张再传",
            "This picture is too long ({width} × {height} pixels), at most {LONGEST} times its shorter side; please cut it into several"
        )));
    }
    Ok(())
}

/// The size of a picture in one of the [`WIDTHS`]: never larger than it is.
pub fn size_at(width: u32, (whole_width, whole_height): (u32, u32)) -> (u32, u32) {
    if whole_width <= width {
        return (whole_width, whole_height);
    }
    let height = (u64::from(whole_height) * u64::from(width) + u64::from(whole_width) / 2) / u64::from(whole_width);
    (width, u32::try_from(height).unwrap_or(u32::MAX).max(1))
}

// ---- the photos of a product --------------------------------------------------------------------------------------

/// Whether there is room for `more` beside those a product has.
///
/// # Errors
/// [`Code::TooManyPhotos`].
pub fn check_room(have: usize, more: usize) -> Result<(), Refusal> {
    if have + more <= MOST {
        return Ok(());
    }
    Err(Refusal::new(
        Code::TooManyPhotos,
        say!(
            "一个产品最多 {MOST} 张照片，已经有 {have} 张；请先移除几张",
            "A product has at most {MOST} photos and this one has {have}; please remove some first"
        ),
    ))
}

/// What a photo is known by: the first half of the SHA-256 of the file that was uploaded, in hexadecimal digits. Half of
/// it, because every card of a list carries one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
#[cfg_attr(
    not(target_arch = "wasm32"),
    derive(utoipa::ToSchema),
    schema(value_type = String, pattern = "^[0-9a-f]{32}$")
)]
pub struct PhotoHash(String);
crate::read::by_way_of!(PhotoHash: String);

/// Not what a photo is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoPhotoHash;

impl PhotoHash {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PhotoHash {
    type Err = NoPhotoHash;

    fn from_str(text: &str) -> Result<PhotoHash, NoPhotoHash> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() == 32 && text.bytes().all(is_digit) { Ok(PhotoHash(text.to_owned())) } else { Err(NoPhotoHash) }
    }
}

impl TryFrom<String> for PhotoHash {
    type Error = &'static str;

    fn try_from(text: String) -> Result<PhotoHash, &'static str> {
        text.parse().map_err(|NoPhotoHash| "not the hash of a photo")
    }
}

impl From<PhotoHash> for String {
    fn from(hash: PhotoHash) -> String {
        hash.0
    }
}

impl fmt::Display for PhotoHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a photo is found in one of the [`WIDTHS`].
pub fn address(hash: &PhotoHash, width: u32) -> String {
    format!("/photos/{hash}-{width}.webp")
}

/// What the last part of an [`address`] names.
pub fn parse_file_name(name: &str) -> Option<(PhotoHash, u32)> {
    let (hash, width) = name.strip_suffix(".webp")?.split_once('-')?;
    // As it is written, and no other way: one picture has one address.
    let width = WIDTHS.into_iter().find(|known| known.to_string() == width)?;
    Some((hash.parse().ok()?, width))
}

/// Whether these are the photos a product has, in another order.
///
/// # Errors
/// [`Code::Overtaken`]: somebody has added or removed one meanwhile.
pub fn check_order(stored: &[PhotoHash], wanted: &[PhotoHash]) -> Result<(), Refusal> {
    let sorted = |hashes: &[PhotoHash]| {
        let mut hashes = hashes.to_vec();
        hashes.sort();
        hashes
    };
    if sorted(stored) == sorted(wanted) {
        return Ok(());
    }
    Err(Refusal::new(
        Code::Overtaken,
        say!(
            "照片刚刚有变动，请刷新页面后再排",
            "The photos have changed meanwhile; reload the page and arrange them again"
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(digit: char) -> PhotoHash {
        digit.to_string().repeat(32).parse().expect("32 digits")
    }

    #[track_caller]
    fn refused(head: &[u8], saying: &str) {
        let refusal = check_head(head).expect_err("refused");
        assert_eq!(refusal.code, Code::BadPhoto);
        assert!(refusal.sentence.zh.contains(saying), "{refusal}");
    }

    #[test]
    fn a_file_is_what_its_first_bytes_say() {
        assert_eq!(check_head(b"\xff\xd8\xff\xe0\x00\x10JFIF"), Ok(Format::Jpeg));
        assert_eq!(check_head(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), Ok(Format::Png));
        assert_eq!(check_head(b"RIFF\x10\0\0\0WEBPVP8 "), Ok(Format::WebP));
        refused(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "兼容性最佳");
        refused(b"\0\0\0\x18ftypmif1\0\0\0\0mif1", "兼容性最佳");
        refused(b"\0\0\0\x1cftypmif1\0\0\0\0mif1avif", "AVIF");
        refused(b"\0\0\0\x18ftypmp42\0\0\0\0isom", "视频");
        refused(b"GIF89a", "GIF");
        refused(b"%PDF-1.7", "PDF");
        refused(b"\xef\xbb\xbf\n <svg xmlns", "SVG");
        refused(b"<?xml version", "SVG");
        refused(b"", "空的");
        for unknown in [&b"hello"[..], b"\xff", b"\xff\xd8", b"RIFF\0\0\0\0WAVE", b"BM", b"\0\0\0\x18fty", b"<html>"] {
            refused(unknown, "认不出");
        }
    }

    #[test]
    fn a_photo_is_neither_too_large_nor_too_small_nor_too_long() {
        for (width, height) in [(240, 240), (4032, 3024), (8192, 6144), (720, 240), (240, 720)] {
            assert_eq!(check_size(width, height), Ok(()), "{width} × {height}");
        }
        for (width, height, why) in [
            (60_000, 60_000, "6000 万像素"),
            (u32::MAX, u32::MAX, "6000 万像素"),
            (239, 240, "看不清"),
            (0, 0, "看不清"),
            (721, 240, "太长"),
            (750, 8000, "太长"),
        ] {
            let refusal = check_size(width, height).expect_err("refused");
            assert!(refusal.sentence.zh.contains(why), "{width} × {height}: {refusal}");
        }
    }

    #[test]
    fn a_photo_is_never_enlarged() {
        assert_eq!(size_at(640, (4032, 3024)), (640, 480));
        assert_eq!(size_at(640, (3024, 4032)), (640, 853));
        assert_eq!(size_at(1280, (500, 400)), (500, 400));
        assert_eq!(size_at(320, (320, 960)), (320, 960));
    }

    #[test]
    fn the_largest_file_has_twelve_megabytes() {
        assert_eq!(check_weight(LARGEST_FILE), Ok(()));
        assert_eq!(check_weight(LARGEST_FILE + 1).map_err(|refusal| refusal.code), Err(Code::TooLarge));
    }

    #[test]
    fn a_product_has_eight_photos() {
        assert_eq!(check_room(7, 1), Ok(()));
        assert_eq!(check_room(7, 2).map_err(|refusal| refusal.code), Err(Code::TooManyPhotos));
    }

    #[test]
    fn one_picture_has_one_address() {
        let a = hash('a');
        for width in WIDTHS {
            let address = address(&a, width);
            let name = address.strip_prefix("/photos/").expect("below /photos/");
            assert_eq!(parse_file_name(name), Some((a.clone(), width)));
        }
        let digits = a.as_str();
        for name in [
            format!("{digits}-321.webp"),
            format!("{digits}-0320.webp"),
            format!("{digits}-+320.webp"),
            format!("{digits}-320.jpg"),
            format!("{digits}-320.webp.webp"),
            format!("{}-320.webp", digits.to_uppercase()),
            format!("{}-320.webp", &digits[1..]),
            "../../etc/passwd-320.webp".to_owned(),
            String::new(),
        ] {
            assert_eq!(parse_file_name(&name), None, "{name}");
        }
    }

    #[test]
    fn an_order_names_every_photo_once() {
        let stored = [hash('a'), hash('b')];
        assert_eq!(check_order(&stored, &[hash('b'), hash('a')]), Ok(()));
        for wanted in [&[hash('a')][..], &[hash('a'), hash('a')], &[hash('a'), hash('c')], &[]] {
            let code = check_order(&stored, wanted).map_err(|refusal| refusal.code);
            assert_eq!(code, Err(Code::Overtaken), "{wanted:?}");
        }
    }
}
