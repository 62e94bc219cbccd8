//! Photos of goods: what a phone sends becomes pictures everybody sees, and what is no photo becomes a sentence.

use std::io::Cursor;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use domain::photo::{LARGEST_FILE, MOST, PhotoHash, WIDTHS, address};
use domain::wire::{Photo, PhotoOrder, Photos, Product, Products};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use reqwest::header::{ACCEPT_LANGUAGE, CONTENT_TYPE, ORIGIN};
use reqwest::{Body, Method};

use crate::audit::said;
use crate::home::Home;
use crate::process::{Process, SHANHAI};
use crate::site::{Answer, Person, Site, address as address_of, product};

const MERCHANT: &str = "qingyuan.merchant";
const GOODS: &str = "庆元香菇";

// ---- people and what they do --------------------------------------------------------------------------------------

impl Person {
    pub async fn upload(&self, goods: &str, file: impl Into<Body>) -> Answer {
        let path = format!("/products/{}/photos", product(goods).id);
        Answer::to(self.request(Method::POST, &path).body(file)).await
    }

    pub async fn remove_photo(&self, goods: &str, hash: &PhotoHash) -> Answer {
        let path = format!("/products/{}/photos/{hash}", product(goods).id);
        Answer::to(self.request(Method::DELETE, &path)).await
    }

    pub async fn arrange_photos(&self, goods: &str, hashes: Vec<PhotoHash>) -> Answer {
        let path = format!("/products/{}/photos", product(goods).id);
        Answer::to(self.request(Method::PUT, &path).json(&PhotoOrder { hashes })).await
    }

    async fn photos(&self, goods: &str) -> Vec<Photo> {
        self.get(&format!("/products/{}", product(goods).id)).await.json::<Product>().photos
    }

    /// The photo that lists show.
    async fn listed_photo(&self, goods: &str) -> Option<PhotoHash> {
        let products: Products = self.get(&format!("/products?ids={}", product(goods).id)).await.json();
        products.items[0].photo.clone()
    }

    async fn file(&self, path: &str) -> Answer {
        Answer::to(self.request_anywhere(Method::GET, path)).await
    }

    /// The picture of a photo in one of the widths, decoded.
    async fn picture(&self, photo: &Photo, width: u32) -> DynamicImage {
        let answer = self.file(&address(&photo.hash, width)).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, Some("image/webp")));
        image::load_from_memory_with_format(&answer.body, ImageFormat::WebP).expect("a picture")
    }
}

#[track_caller]
fn added(answer: &Answer) -> Vec<Photo> {
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json::<Photos>().items
}

// ---- files --------------------------------------------------------------------------------------------------------

/// Red at the left, blue at the right, and a little of `shade` in both.
fn halves(width: u32, height: u32, shade: u8) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| if x < width / 2 { Rgb([230, shade, 20]) } else { Rgb([20, shade, 230]) })
}

fn encoded(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    image.into().write_to(&mut file, format).expect("a file");
    file.into_inner()
}

pub fn jpeg(width: u32, height: u32) -> Vec<u8> {
    encoded(halves(width, height, 20), ImageFormat::Jpeg)
}

fn of_shade(shade: u8) -> Vec<u8> {
    encoded(halves(300, 300, shade), ImageFormat::Jpeg)
}

fn webp(width: u32, height: u32) -> Vec<u8> {
    webp::Encoder::from_image(&halves(width, height, 20).into()).expect("colours").encode(80.0).to_vec()
}

/// Where the photo was taken and by whom, as a phone writes it: orientation 6 (turn a quarter to the right), a name, and a
/// place in degrees.
fn exif() -> Vec<u8> {
    let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        let mut entry = [tag.to_be_bytes(), kind.to_be_bytes()].concat();
        entry.extend(count.to_be_bytes());
        entry.extend(value);
        entry
    };
    let mut tiff = b"MM\0\x2a\0\0\0\x08".to_vec();
    tiff.extend(3_u16.to_be_bytes());
    tiff.extend(entry(0x0112, 3, 1, [0, 6, 0, 0]));
    tiff.extend(entry(0x013b, 2, 16, 92_u32.to_be_bytes()));
    tiff.extend(entry(0x8825, 4, 1, 50_u32.to_be_bytes()));
    tiff.extend([0; 4]);
    // The place: latitude in three fractions.
    tiff.extend(2_u16.to_be_bytes());
    tiff.extend(entry(0x0001, 2, 2, *b"N\0\0\0"));
    tiff.extend(entry(0x0002, 5, 3, 108_u32.to_be_bytes()));
    tiff.extend([0; 12]);
    tiff.extend(b"GPS-SECRET-NAME\0");
    for part in [29_u32, 1, 52, 1, 3210, 100] {
        tiff.extend(part.to_be_bytes());
    }
    tiff
}

/// A segment behind the first two bytes of a JPEG.
fn with_segment(jpeg: &[u8], marker: u8, content: &[u8]) -> Vec<u8> {
    let (start, rest) = jpeg.split_at(2);
    let length = u16::try_from(content.len() + 2).expect("a short segment").to_be_bytes();
    [start, &[0xff, marker], &length, content, rest].concat()
}

/// A PNG that says it is this large and holds next to nothing.
fn promising_png(width: u32, height: u32) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
    header.extend([8, 2, 0, 0, 0]);
    for (kind, content) in
        [(b"IHDR", header), (b"IDAT", b"\x78\x9c\x63\0\0\0\x01\0\x01".to_vec()), (b"IEND", Vec::new())]
    {
        let named = [kind.as_slice(), &content].concat();
        file.extend(u32::try_from(content.len()).expect("short").to_be_bytes());
        file.extend(&named);
        file.extend(crc(&named).to_be_bytes());
    }
    file
}

/// The check sum of PNG, bit by bit. Source: the PNG specification, annex D.
fn crc(bytes: &[u8]) -> u32 {
    let step = |sum: u32, _: u32| if sum & 1 == 1 { 0xedb8_8320 ^ (sum >> 1) } else { sum >> 1 };
    !bytes.iter().fold(u32::MAX, |sum, byte| (0..8).fold(sum ^ u32::from(*byte), step))
}

// ---- what is taken ------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_photo_becomes_pictures_in_three_widths() {
    let site = Site::open().await;
    let merchant = site.sign_in(MERCHANT).await;
    let photos = added(&merchant.upload(GOODS, jpeg(1600, 1200)).await);
    assert_eq!(photos.iter().map(|photo| (photo.width, photo.height)).collect::<Vec<_>>(), [(1600, 1200)]);
    let visitor = site.visitor();
    assert_eq!(visitor.photos(GOODS).await, photos, "everybody sees it at once");
    assert_eq!(visitor.listed_photo(GOODS).await.as_ref(), Some(&photos[0].hash));
    assert_eq!(visitor.listed_photo("庆元竹筷").await, None);
    for (width, height) in [(320, 240), (640, 480), (1280, 960)] {
        let answer = visitor.file(&address(&photos[0].hash, width)).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, Some("image/webp")));
        assert_eq!(answer.header("cache-control"), Some("public, max-age=31536000, immutable"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        let picture = image::load_from_memory(&answer.body).expect("a picture");
        assert_eq!((picture.width(), picture.height()), (width, height));
    }
    let picture = visitor.picture(&photos[0], 640).await.into_rgb8();
    let (left, right) = (picture.get_pixel(100, 240), picture.get_pixel(540, 240));
    assert!(left[0] > 200 && left[2] < 60 && right[2] > 200 && right[0] < 60, "{left:?} {right:?}");
}

#[tokio::test]
async fn jpeg_png_and_webp_are_taken_whatever_they_are_called() {
    let site = Site::open().await;
    let merchant = site.sign_in(MERCHANT).await;
    let small = halves(400, 300, 20);
    let grey = DynamicImage::from(small.clone()).into_luma8();
    let deep = DynamicImage::from(small.clone()).into_rgb16();
    for (file, called) in [
        (jpeg(400, 300), "text/html"),
        (encoded(small, ImageFormat::Png), "image/jpeg"),
        (webp(400, 300), "application/json"),
        (encoded(grey.clone(), ImageFormat::Png), "image/svg+xml"),
        (encoded(grey, ImageFormat::Jpeg), ""),
        (encoded(deep, ImageFormat::Png), "multipart/form-data"),
    ] {
        let path = format!("/products/{}/photos", product(GOODS).id);
        let request = merchant.request(Method::POST, &path).header(CONTENT_TYPE, called).body(file);
        let photos = added(&Answer::to(request).await);
        let last = photos.last().expect("a photo");
        assert_eq!((last.width, last.height), (400, 300));
        for (width, shown) in [(320, (320, 240)), (640, (400, 300)), (1280, (400, 300))] {
            let picture = site.visitor().picture(last, width).await;
            assert_eq!((picture.width(), picture.height()), shown, "it is never enlarged");
        }
    }
    assert_eq!(merchant.photos(GOODS).await.len(), 6);
}

#[tokio::test]
async fn what_can_be_seen_through_stands_on_white() {
    let site = Site::open().await;
    let cut_out =
        RgbaImage::from_fn(300, 300, |x, _| if x < 150 { Rgba([200, 0, 0, 255]) } else { Rgba([0, 0, 0, 0]) });
    let photos = added(&site.sign_in(MERCHANT).await.upload(GOODS, encoded(cut_out, ImageFormat::Png)).await);
    let picture = site.visitor().picture(&photos[0], 320).await;
    assert!(!picture.color().has_alpha());
    let pixel = picture.into_rgb8().get_pixel(250, 150).0;
    assert!(pixel.iter().all(|tone| *tone > 245), "{pixel:?}");
}

#[tokio::test]
async fn a_photo_stands_upright_and_says_nothing_of_where_it_was_taken() {
    let site = Site::open().await;
    let exif = [b"Exif\0\0", exif().as_slice()].concat();
    let told = with_segment(&jpeg(600, 400), 0xe1, &exif);
    let told = with_segment(&told, 0xe1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>GPS-SECRET</x:xmpmeta>");
    let told = with_segment(&told, 0xfe, b"GPS-SECRET-COMMENT");
    let photos = added(&site.sign_in(MERCHANT).await.upload(GOODS, told).await);
    assert_eq!((photos[0].width, photos[0].height), (400, 600), "a quarter to the right");
    for width in WIDTHS {
        let body = site.visitor().file(&address(&photos[0].hash, width)).await.body;
        for secret in [&b"SECRET"[..], b"Exif", b"EXIF", b"XMP", b"xmpmeta", b"ICCP", b"MM\0\x2a"] {
            assert!(memchr::memmem::find(&body, secret).is_none(), "{}", String::from_utf8_lossy(secret));
        }
        // The simple kind of file: one chunk, which is the picture.
        assert_eq!((&body[..4], &body[8..16]), (&b"RIFF"[..], &b"WEBPVP8 "[..]));
    }
    let picture = site.visitor().picture(&photos[0], 640).await.into_rgb8();
    let (top, bottom) = (picture.get_pixel(200, 50), picture.get_pixel(200, 550));
    assert!(top[0] > 200 && bottom[2] > 200, "red above, blue below: {top:?} {bottom:?}");
}

#[tokio::test]
async fn colours_of_another_kind_become_those_of_every_screen() {
    let site = Site::open().await;
    let profile = moxcms::ColorProfile::new_display_p3().encode().expect("a profile");
    let plain = encoded(RgbImage::from_pixel(300, 300, Rgb([40, 180, 60])), ImageFormat::Jpeg);
    let chunk = [b"ICC_PROFILE\0\x01\x01", profile.as_slice()].concat();
    let merchant = site.sign_in(MERCHANT).await;
    added(&merchant.upload(GOODS, with_segment(&plain, 0xe2, &chunk)).await);
    let photos = added(&merchant.upload(GOODS, with_segment(&plain, 0xe2, b"ICC_PROFILE\0\x01\x01nonsense")).await);
    let mut greens = Vec::new();
    for photo in &photos {
        greens.push(site.visitor().picture(photo, 320).await.into_rgb8().get_pixel(150, 150).0);
    }
    let [wide, plain] = greens[..] else { panic!("two photos") };
    assert!(wide[0] + 15 < plain[0], "a green beyond sRGB has less red there: {wide:?} {plain:?}");
    assert!(plain[1].abs_diff(180) < 8, "a profile that does not read changes nothing: {plain:?}");
}

#[tokio::test]
async fn the_same_file_again_is_the_same_photo() {
    let site = Site::open().await;
    let merchant = site.sign_in(MERCHANT).await;
    let first = added(&merchant.upload(GOODS, jpeg(300, 300)).await);
    let again = merchant.upload(GOODS, jpeg(300, 300)).await;
    assert_eq!((again.status, again.json::<Photos>().items), (200, first.clone()));
    let at_once = futures::future::join_all((0..6).map(|_| merchant.upload("庆元竹筷", jpeg(300, 300)))).await;
    let mut statuses: Vec<u16> = at_once.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 200, 200, 200, 201]);
    assert_eq!(merchant.photos("庆元竹筷").await, first, "one photo of two products");
    assert_eq!(merchant.remove_photo(GOODS, &first[0].hash).await.json::<Photos>().items, []);
    assert_eq!(site.visitor().picture(&first[0], 320).await.width(), 300, "the other product keeps it");
}

// ---- what is refused ----------------------------------------------------------------------------------------------

#[tokio::test]
async fn what_is_no_photo_is_refused_with_what_to_do() {
    let site = Site::open().await;
    let merchant = site.sign_in(MERCHANT).await;
    let svg = br#"<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>"#;
    for (file, saying) in [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec(), "兼容性最佳"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heix".to_vec(), "兼容性最佳"),
        (b"\0\0\0\x1cftypavif\0\0\0\0mif1avif".to_vec(), "存成 JPEG"),
        (b"\0\0\0\x18ftypisom\0\0\0\0mp42".to_vec(), "视频"),
        (b"GIF89a\x01\0\x01\0\0\0\0;".to_vec(), "GIF"),
        (svg.to_vec(), "SVG"),
        (b"%PDF-1.4\n".to_vec(), "PDF"),
        (b"<html><img src=x onerror=alert(1)>".to_vec(), "认不出"),
        (b"MZ\x90\0".to_vec(), "认不出"),
        (Vec::new(), "空的"),
        (jpeg(100, 1000), "看不清"),
        (jpeg(300, 1000), "太长"),
        (promising_png(60_000, 60_000), "万像素"),
        (promising_png(u32::MAX >> 1, 1), "太大"),
        // As many pixels as may be, and none of them there.
        (promising_png(7_000, 7_000), "不完整或已损坏"),
        (b"\xff\xd8\xff".to_vec(), "不完整或已损坏"),
        (b"RIFF\x04\0\0\0WEBP".to_vec(), "不完整或已损坏"),
    ] {
        let problem = merchant.upload(GOODS, file).await.refused(422, "bad_photo");
        assert!(problem.detail.contains(saying), "{saying}: {}", problem.detail);
    }
    assert_eq!(merchant.photos(GOODS).await, []);

    let path = format!("/products/{}/photos", product(GOODS).id);
    let heic = merchant.request(Method::POST, &path).body(b"\0\0\0\x18ftypheic\0\0\0\0".to_vec());
    let problem = Answer::to(heic.header(ACCEPT_LANGUAGE, "en")).await.refused(422, "bad_photo");
    assert!(problem.detail.contains("Most Compatible"), "{}", problem.detail);
}

#[tokio::test]
async fn a_photo_that_is_cut_off_is_refused() {
    let site = Site::open().await;
    let merchant = site.sign_in(MERCHANT).await;
    for whole in [jpeg(400, 300), encoded(halves(400, 300, 20), ImageFormat::Png), webp(400, 300)] {
        for part in [1, 10, 50, 90, 99] {
            let length = (whole.len() * part / 100).max(20);
            merchant.upload(GOODS, whole[..length].to_vec()).await.refused(422, "bad_photo");
        }
        added(&merchant.upload(GOODS, whole).await);
    }
}

#[tokio::test]
async fn no_damage_to_a_photo_is_a_fault_of_ours() {
    let site = Site::open().await;
    let merchant = site.sign_in(MERCHANT).await;
    let mut random = StdRng::seed_from_u64(20_261_127);
    let photos = [jpeg(320, 240), encoded(halves(320, 240, 20), ImageFormat::Png), webp(320, 240)];
    for round in 0..120 {
        let mut file = photos[round % photos.len()].clone();
        for _ in 0..random.random_range(1..20) {
            let at = random.random_range(0..file.len());
            file[at] = random.random();
        }
        let answer = merchant.upload(GOODS, file).await;
        match answer.status {
            // Some damage is only a few wrong pixels.
            200 | 201 => drop(merchant.remove_photo(GOODS, &answer.json::<Photos>().items[0].hash).await),
            _ => drop(answer.refused(422, "bad_photo")),
        }
    }
}

#[tokio::test]
async fn a_photo_has_at_most_twelve_megabytes() {
    let site = Site::open().await;
    let merchant = site.sign_in(MERCHANT).await;
    // What follows a picture, as films follow the photos of phones, belongs to the file.
    let mut file = jpeg(300, 300);
    file.resize(LARGEST_FILE, 0);
    added(&merchant.upload(GOODS, file.clone()).await);
    file.push(0);
    let problem = merchant.upload(GOODS, file).await.refused(413, "too_large");
    assert!(problem.detail.contains("12 MB"), "{}", problem.detail);
    // No other body may be so large.
    let order = Body::from(vec![b' '; 300 * 1024]);
    let path = format!("/products/{}/photos", product(GOODS).id);
    let request = merchant.request(Method::PUT, &path).header(CONTENT_TYPE, "application/json").body(order);
    Answer::to(request).await.refused(413, "too_large");
}

#[tokio::test]
async fn what_hides_behind_a_photo_is_not_served() {
    let site = Site::open().await;
    let hidden = b"<script>alert(document.cookie)</script>PK\x03\x04";
    let mut behind = jpeg(300, 300);
    behind.extend(hidden);
    let inside = with_segment(&jpeg(310, 300), 0xfe, hidden);
    let merchant = site.sign_in(MERCHANT).await;
    added(&merchant.upload(GOODS, behind).await);
    let photos = added(&merchant.upload(GOODS, inside).await);
    for photo in photos {
        let body = site.visitor().file(&address(&photo.hash, 640)).await.body;
        assert!(memchr::memmem::find(&body, b"script").is_none() && memchr::memmem::find(&body, b"PK").is_none());
    }
}

#[tokio::test]
async fn a_product_has_at_most_eight_photos() {
    let site = Site::open().await;
    let merchant = site.sign_in(MERCHANT).await;
    let shades: Vec<u8> = (0..12).map(|shade| shade * 20).collect();
    let uploads = shades.iter().map(|shade| merchant.upload(GOODS, of_shade(*shade)));
    let answers = futures::future::join_all(uploads).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), MOST);
    for refused in answers.iter().filter(|answer| answer.status != 201) {
        refused.refused(409, "too_many_photos");
    }
    let photos = merchant.photos(GOODS).await;
    assert_eq!(photos.len(), MOST);
    merchant.remove_photo(GOODS, &photos[3].hash).await;
    added(&merchant.upload(GOODS, jpeg(300, 301)).await);
}

#[tokio::test]
async fn a_photo_comes_from_our_own_pages_and_goes_to_a_product_there_is() {
    let site = Site::open().await;
    let merchant = site.sign_in(MERCHANT).await;
    let path = format!("/products/{}/photos", product(GOODS).id);
    let foreign = merchant.request(Method::POST, &path).header(ORIGIN, "https://example.com").body(jpeg(300, 300));
    Answer::to(foreign).await.refused(403, "foreign_origin");
    for id in [server::id::new().to_string(), "1".to_owned()] {
        let request = merchant.request(Method::POST, &format!("/products/{id}/photos")).body(jpeg(300, 300));
        Answer::to(request).await.refused(404, "not_found");
    }
    let others = merchant.upload("龙泉香菇", jpeg(300, 300)).await.refused(403, "not_allowed");
    assert!(others.detail.contains("别家"), "{}", others.detail);
}

// ---- order and removal --------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_merchant_arranges_and_removes_photos() {
    let site = Site::open().await;
    let merchant = site.sign_in(MERCHANT).await;
    for shade in [0, 100, 200] {
        added(&merchant.upload(GOODS, of_shade(shade)).await);
    }
    let hashes = |photos: Vec<Photo>| photos.into_iter().map(|photo| photo.hash).collect::<Vec<_>>();
    let [a, b, c] = hashes(merchant.photos(GOODS).await).try_into().expect("three photos");
    let wanted = vec![c.clone(), a.clone(), b.clone()];
    for _ in 0..2 {
        let arranged: Photos = merchant.arrange_photos(GOODS, wanted.clone()).await.json();
        assert_eq!(hashes(arranged.items), wanted);
    }
    assert_eq!(hashes(site.visitor().photos(GOODS).await), wanted);
    assert_eq!(site.visitor().listed_photo(GOODS).await, Some(c.clone()), "lists follow at once");
    for stale in [vec![a.clone()], vec![a.clone(), a.clone(), b.clone()], Vec::new()] {
        merchant.arrange_photos(GOODS, stale).await.refused(409, "overtaken");
    }
    for _ in 0..2 {
        let left: Photos = merchant.remove_photo(GOODS, &c).await.json();
        assert_eq!(hashes(left.items), [a.clone(), b.clone()], "gone is gone, however often");
        assert_eq!(site.visitor().listed_photo(GOODS).await, Some(a.clone()));
    }
    let added = added(&merchant.upload(GOODS, of_shade(50)).await);
    assert_eq!(hashes(added)[..2], [a, b], "a new one stands last");
}

// ---- the pictures -------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_name_that_is_no_pictures_is_not_found() {
    let site = Site::open().await;
    let photos = added(&site.sign_in(MERCHANT).await.upload(GOODS, jpeg(300, 300)).await);
    let hash = &photos[0].hash;
    let unknown = "0".repeat(32);
    for name in [
        format!("{unknown}-320.webp"),
        format!("{hash}-321.webp"),
        format!("{hash}-320.jpg"),
        format!("{hash}.webp"),
        format!("{hash}-320.webp%00"),
        "..%2f..%2fshanhai.db".to_owned(),
        "%ff-320.webp".to_owned(),
    ] {
        let answer = site.visitor().file(&format!("/photos/{name}")).await;
        answer.refused(404, "not_found");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{name}");
    }
}

#[tokio::test]
async fn photos_outlive_a_restart_and_are_shared_by_servers() {
    let site = Site::open().await;
    let photos = added(&site.sign_in(MERCHANT).await.upload(GOODS, jpeg(300, 300)).await);
    let site = site.restart().await;
    assert_eq!(site.visitor().photos(GOODS).await, photos);
    assert_eq!(site.visitor().picture(&photos[0], 320).await.width(), 300);
    let kept: Vec<_> = std::fs::read_dir(site.home().path().join("photos")).expect("the folder").collect();
    assert_eq!(kept.len(), 1, "a folder named by the first digits");
}

// ---- bad days -----------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_folder_that_cannot_be_written_to_loses_nothing() {
    let site = Site::open_with(&["--no-sample", "--photos", "/dev/null/photos"]).await;
    let merchant = site.sign_in(MERCHANT).await;
    merchant.upload(GOODS, jpeg(300, 300)).await.refused(503, "storage_trouble");
    assert_eq!(merchant.photos(GOODS).await, [], "a photo without pictures is none");
}

/// A file of which a part comes at once and the rest after a while.
fn slowly(file: Vec<u8>, pause: Duration) -> Body {
    let (first, rest) = file.split_at(100);
    let parts = [(Duration::ZERO, first.to_vec()), (pause, rest.to_vec())];
    Body::wrap_stream(futures::stream::unfold(parts.into_iter(), async |mut parts| {
        let (pause, part) = parts.next()?;
        tokio::time::sleep(pause).await;
        Some((Ok::<_, std::io::Error>(part), parts))
    }))
}

#[tokio::test]
async fn a_slow_network_is_given_time_and_one_that_stands_still_is_not() {
    let second = ["--no-sample", "--body-timeout", "1", "--request-timeout", "1", "--photo-timeout", "30"];
    let site = Site::open_with(&second).await;
    let slow = slowly(jpeg(300, 300), Duration::from_millis(2500));
    added(&site.sign_in(MERCHANT).await.upload(GOODS, slow).await);

    let site = Site::open_with(&["--no-sample", "--photo-timeout", "1"]).await;
    let still = slowly(jpeg(300, 300), Duration::from_secs(600));
    site.sign_in(MERCHANT).await.upload(GOODS, still).await.refused(408, "too_slow");
}

#[tokio::test]
async fn too_many_photos_on_their_way_are_told_to_come_again() {
    let site = Site::open_with(&["--no-sample", "--photo-timeout", "3"]).await;
    let merchant = site.sign_in(MERCHANT).await;
    let still = |_| merchant.upload(GOODS, slowly(jpeg(300, 300), Duration::from_secs(600)));
    let answers = futures::future::join_all((0..20).map(still)).await;
    let count = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!((count(408), count(503)), (16, 4));
    added(&merchant.upload(GOODS, jpeg(300, 300)).await);
}

// ---- backup -------------------------------------------------------------------------------------------------------

fn shanhai(command: &str, file: &Path, home: &Home) -> String {
    let (url, photos) = (address_of(home), home.path().join("photos"));
    let flag = if command == "backup" { "--to" } else { "--from" };
    let mut program = Command::new(SHANHAI);
    program.args([command, flag]).arg(file).args(["--database-url", &url, "--photos"]).arg(photos);
    let output = program.output().expect("the program runs");
    assert!(output.status.success(), "{}", said(&output));
    said(&output)
}

#[tokio::test]
async fn photos_go_into_a_backup_and_come_back() {
    let site = Site::open().await;
    let merchant = site.sign_in(MERCHANT).await;
    added(&merchant.upload(GOODS, of_shade(0)).await);
    let photos = added(&merchant.upload(GOODS, of_shade(100)).await);
    let home = site.close().await;
    let folder = tempfile::tempdir().expect("a folder");
    let (first, second) = (folder.path().join("1.db"), folder.path().join("2.db"));
    assert!(shanhai("backup", &first, &home).contains("photos: 2, 2 of them new"));
    assert!(shanhai("backup", &second, &home).contains("photos: 2, 0 of them new"), "they are there from the first");

    let other = Home::empty();
    assert!(shanhai("restore", &second, &other).contains("photos: 2, 2 of them new"));
    let process = Process::start(&other);
    assert_eq!(process.visitor().photos(GOODS).await, photos);
    for photo in &photos {
        assert_eq!(process.visitor().picture(photo, 320).await.width(), 300);
    }
    std::fs::remove_dir_all(home.path().join("photos")).expect("lost");
    let told = shanhai("backup", &folder.path().join("3.db"), &home);
    assert!(told.contains("photos: 2, 0 of them new"), "a backup keeps what its market has lost: {told}");
    let lonely = tempfile::tempdir().expect("a folder");
    assert!(shanhai("backup", &lonely.path().join("4.db"), &home).contains("2 MISSING"));
}
