//! From the bytes of a file to pictures in three widths: decoded within limits, upright, in the colours every screen knows, and
//! with nothing else of the file in them.
//!
//! Pictures are WebP: Chromium has shown it since 32 and Safari since 14, below what the app itself needs (100 and 15.4). AVIF is
//! a quarter smaller, but Safari shows it since 16, and its encoder takes many times as long (see ARCHITECTURE.md).

use std::io::Cursor;

use domain::photo::{self, Format, HEAD, WIDTHS, size_at};
use domain::{Code, Refusal, say};
use image::error::ImageError;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage};

use super::{jpeg, unreadable};
use crate::error::{Error, Result};

/// What a decoder may allocate: four bytes a pixel and some room. A PNG of 16 bits a channel has fewer pixels.
const MOST_MEMORY: u64 = photo::MOST_MEGAPIXELS * 4_000_000 + (16 << 20);

/// Of libwebp's 0 to 100: below it leaves of tea begin to smear, above it files only grow.
const QUALITY: f32 = 76.0;

/// A file whose header has been read and whose picture has not.
#[derive(Debug)]
pub struct Sent {
    file: Vec<u8>,
    format: Format,
    width: u32,
    height: u32,
}

impl Sent {
    /// Reads the header.
    ///
    /// # Errors
    /// A refusal of the file.
    pub fn look_at(file: Vec<u8>) -> Result<Sent> {
        photo::check_weight(file.len())?;
        let format = photo::check_head(file.get(..HEAD).unwrap_or(&file))?;
        match format {
            Format::Jpeg => jpeg::check_whole(&file)?,
            Format::WebP => check_riff_whole(&file)?,
            // Its decoder says so itself.
            Format::Png => {}
        }
        let (width, height) = decoder(&file, format)?.dimensions();
        photo::check_size(width, height)?;
        Ok(Sent { file, format, width, height })
    }

    pub fn file(&self) -> &[u8] {
        &self.file
    }

    /// Rounded up.
    pub fn megapixels(&self) -> u32 {
        let pixels = u64::from(self.width) * u64::from(self.height);
        u32::try_from(pixels.div_ceil(1_000_000)).unwrap_or(u32::MAX)
    }
}

/// A RIFF file says how long it is.
fn check_riff_whole(file: &[u8]) -> Result<(), Refusal> {
    let length = file.get(4..8).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes);
    let whole = length.is_some_and(|length| file.len() as u64 >= u64::from(length) + 8);
    if whole { Ok(()) } else { Err(photo::broken()) }
}

fn decoder(file: &[u8], format: Format) -> Result<impl ImageDecoder + '_, Refusal> {
    let format = match format {
        Format::Jpeg => ImageFormat::Jpeg,
        Format::Png => ImageFormat::Png,
        Format::WebP => ImageFormat::WebP,
    };
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    reader.into_decoder().map_err(refusal)
}

fn refusal(error: ImageError) -> Refusal {
    tracing::debug!(%error, "a photo cannot be decoded");
    match error {
        ImageError::Limits(_) => Refusal::new(
            Code::BadPhoto,
            say!(
                "这张照片解开后太大，请存成 JPEG 或选小一些的尺寸再传",
                "Unpacked, this photo is too large; please save it as JPEG or choose a smaller size"
            ),
        ),
        ImageError::Unsupported(_) => unreadable(),
        _ => photo::broken(),
    }
}

/// A photo in every width.
#[derive(Debug)]
pub struct Pictures {
    /// Of the whole photo, upright.
    pub width: u32,
    pub height: u32,
    /// WebP, in the order of [`WIDTHS`].
    pub files: [Vec<u8>; WIDTHS.len()],
}

impl Pictures {
    /// # Errors
    /// A refusal where the file does not hold the picture it promises.
    pub fn of(sent: &Sent) -> Result<Pictures> {
        let mut decoder = decoder(&sent.file, sent.format)?;
        // A photo without either is shown as it is, and so is one whose note of it cannot be read.
        let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
        let profile = decoder.icc_profile().ok().flatten();
        let decoded = DynamicImage::from_decoder(decoder).map_err(refusal)?;
        let lies = is_lying(orientation);
        let whole = if lies { (sent.height, sent.width) } else { (sent.width, sent.height) };
        let [_, _, largest] = WIDTHS;
        let mut largest = scaled(opaque(decoded), turned(size_at(largest, whole), lies));
        largest.apply_orientation(orientation);
        if let Some(profile) = profile {
            largest = in_common_colours(largest, &profile);
        }
        let files = in_every_width(largest, whole)?;
        Ok(Pictures { width: whole.0, height: whole.1, files })
    }
}

/// Whether the camera was held upright, so that width and height change places.
fn is_lying(orientation: Orientation) -> bool {
    matches!(
        orientation,
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH
    )
}

fn turned((width, height): (u32, u32), lies: bool) -> (u32, u32) {
    if lies { (height, width) } else { (width, height) }
}

/// Eight bits a channel, and white behind what can be seen through.
fn opaque(image: DynamicImage) -> DynamicImage {
    if !image.color().has_alpha() {
        return image.into_rgb8().into();
    }
    let image = image.into_rgba8();
    let (width, height) = image.dimensions();
    let over_white = image.pixels().flat_map(|pixel| {
        let [red, green, blue, alpha] = pixel.0.map(u32::from);
        [red, green, blue].map(|tone| ((tone * alpha + 255 * (255 - alpha) + 127) / 255) as u8)
    });
    let pixels = over_white.collect();
    RgbImage::from_raw(width, height, pixels).map(DynamicImage::from).unwrap_or_default()
}

/// In two steps where it shrinks a lot: a plain average to twice the size first, which is many times as quick and leaves
/// enough for the finer one.
fn scaled(image: DynamicImage, (width, height): (u32, u32)) -> DynamicImage {
    if (image.width(), image.height()) == (width, height) {
        return image;
    }
    let image = if image.width() >= width * 4 { image.thumbnail_exact(width * 2, height * 2) } else { image };
    image.resize_exact(width, height, FilterType::Lanczos3)
}

/// From the colours of the profile (phones take photos in Display P3) to sRGB, which is what a picture without one is
/// taken for. A profile that does not read is one that nobody can follow.
fn in_common_colours(image: DynamicImage, profile: &[u8]) -> DynamicImage {
    let common = moxcms::ColorProfile::new_srgb();
    let transform = moxcms::ColorProfile::new_from_slice(profile).and_then(|own| {
        own.create_transform_8bit(
            moxcms::Layout::Rgb,
            &common,
            moxcms::Layout::Rgb,
            moxcms::TransformOptions::default(),
        )
    });
    let image = image.into_rgb8();
    let mut converted = RgbImage::new(image.width(), image.height());
    match transform.and_then(|transform| transform.transform(&image, &mut converted)) {
        Ok(()) => converted.into(),
        Err(error) => {
            tracing::debug!(%error, "the colours of a photo are taken as they are");
            image.into()
        }
    }
}

/// Each from the next larger one.
fn in_every_width(largest: DynamicImage, whole: (u32, u32)) -> Result<[Vec<u8>; WIDTHS.len()]> {
    let mut files = WIDTHS.map(|_| Vec::new());
    let mut image = largest;
    for (file, width) in files.iter_mut().zip(WIDTHS).rev() {
        image = scaled(image, size_at(width, whole));
        *file = webp_of(&image)?;
    }
    Ok(files)
}

fn webp_of(image: &DynamicImage) -> Result<Vec<u8>> {
    let encoded = webp::Encoder::from_image(image).map_err(|error| anyhow::anyhow!("WebP: {error}"))?;
    let encoded = encoded.encode_simple(false, QUALITY);
    Ok(encoded.map_err(|error| Error::Broken(anyhow::anyhow!("WebP: {error:?}")))?.to_vec())
}
