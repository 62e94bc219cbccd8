//! Files that belong to an order or to a whole procurement: which are taken, who brings and sees them, and how they are called.
//!
//! The browser asks the same before it sends twelve megabytes.

use crate::code::coded;
use crate::language::Say;
use crate::organisation::Role;
use crate::{Code, Refusal, say};

/// The largest file, in megabytes.
pub const LARGEST_MB: usize = 12;

/// The same in bytes.
pub const LARGEST_FILE: usize = LARGEST_MB * 1024 * 1024;

/// How many files one order, or one procurement, has at most.
pub const MOST: usize = 40;

/// How many bytes of a file tell what it is.
pub const HEAD: usize = 16;

/// Longer names are cut; a file system allows 255 bytes, which are 85 characters.
const LONGEST_NAME: usize = 80;

coded! {
    /// What a file is for.
    pub enum AttachmentKind {
        MeetingDecision = "meeting_decision" "会议纪要" "Meeting decision",
        Comparison = "comparison" "比价材料" "Price comparison",
        AcceptancePhoto = "acceptance_photo" "验收照片" "Acceptance photo",
        Invoice = "invoice" "发票" "Invoice",
        BankSlip = "bank_slip" "银行回单" "Bank slip",
        Other = "other" "其他材料" "Other paper",
    }
}

coded! {
    /// Whether it belongs to one order or to all orders of its basket.
    pub enum AttachmentScope {
        Order = "order" "这张单" "This order",
        Procurement = "procurement" "整次采购" "The whole procurement",
    }
}

impl AttachmentKind {
    /// Whether people of this role bring files of this kind to their own orders.
    pub fn brought_by(self, role: Role) -> bool {
        use AttachmentKind::*;
        match role {
            Role::UnionOfficer => matches!(self, MeetingDecision | Comparison | AcceptancePhoto | BankSlip | Other),
            Role::Merchant => matches!(self, Invoice | Other),
            Role::Buyer => matches!(self, AcceptancePhoto | Other),
            _ => false,
        }
    }

    /// Whether people of this role see files of this kind that the other side of their order brought. What one's own side
    /// brought is always seen.
    ///
    /// What a union decided and what others offered it is nothing for the merchant who won.
    pub fn shown_to(self, role: Role) -> bool {
        use AttachmentKind::*;
        match role {
            Role::UnionOfficer | Role::UnionChair | Role::Buyer => true,
            Role::Merchant => matches!(self, AcceptancePhoto | Invoice | BankSlip),
            _ => false,
        }
    }

    /// Whether it belongs to what is decided before an order is approved, and is fixed from then on.
    pub fn precedes_approval(self) -> bool {
        matches!(self, AttachmentKind::MeetingDecision | AttachmentKind::Comparison)
    }

    /// Where it belongs when nobody says: what is decided is decided for a whole basket.
    pub fn usual_scope(self) -> AttachmentScope {
        if self.precedes_approval() { AttachmentScope::Procurement } else { AttachmentScope::Order }
    }
}

coded! {
    /// What is taken, known by its content.
    pub enum FileFormat {
        Pdf = "pdf" "PDF" "PDF",
        Jpeg = "jpg" "JPEG" "JPEG",
        Png = "png" "PNG" "PNG",
        WebP = "webp" "WebP" "WebP",
        Xlsx = "xlsx" "Excel 表格" "Excel workbook",
        Docx = "docx" "Word 文档" "Word document",
    }
}

impl FileFormat {
    /// What browsers are told it is. Source: IANA's registry of media types.
    pub fn media_type(self) -> &'static str {
        match self {
            FileFormat::Pdf => "application/pdf",
            FileFormat::Jpeg => "image/jpeg",
            FileFormat::Png => "image/png",
            FileFormat::WebP => "image/webp",
            FileFormat::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            FileFormat::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        }
    }

    pub fn is_picture(self) -> bool {
        matches!(self, FileFormat::Jpeg | FileFormat::Png | FileFormat::WebP)
    }

    fn extensions(self) -> &'static [&'static str] {
        match self {
            FileFormat::Pdf => &["pdf"],
            FileFormat::Jpeg => &["jpg", "jpeg"],
            FileFormat::Png => &["png"],
            FileFormat::WebP => &["webp"],
            FileFormat::Xlsx => &["xlsx"],
            FileFormat::Docx => &["docx"],
        }
    }
}

/// What the first bytes tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Head {
    Known(FileFormat),
    /// A zip archive; its parts tell the rest, see [`format_of_parts`].
    Zip,
}

/// What a file is, by its first [`HEAD`] bytes: neither its name nor what its sender calls it is asked.
///
/// # Errors
/// [`Code::BadAttachment`] with what to do instead.
pub fn check_head(head: &[u8]) -> Result<Head, Refusal> {
    use FileFormat::*;
    match head {
        [] => Err(bad(say!("文件是空的，请换一个", "The file is empty; please choose another"))),
        [b'%', b'P', b'D', b'F', b'-', ..] => Ok(Head::Known(Pdf)),
        [0xff, 0xd8, 0xff, ..] => Ok(Head::Known(Jpeg)),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Ok(Head::Known(Png)),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Ok(Head::Known(WebP)),
        [b'P', b'K', 3, 4, ..] => Ok(Head::Zip),
        [b'M', b'Z', ..] | [0x7f, b'E', b'L', b'F', ..] | [b'#', b'!', ..] => Err(bad(say!(
            "这是一个程序，不是材料，不管叫什么名字都不收；请传 PDF、照片、xlsx 或 docx",
            "This is a program and no paper, whatever it is called; please send a PDF, a photo, xlsx or docx"
        ))),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => Err(bad(say!(
            "这是旧版的 doc、xls，或加了密码的文件；请去掉密码，另存为 docx、xlsx 或 PDF 再传",
            "This is an old doc or xls, or a file with a password; please save it without one as docx, xlsx or PDF"
        ))),
        _ => Err(unknown()),
    }
}

/// What a zip archive is, by the names of its parts. Source: ECMA-376 part 2, OPC.
///
/// # Errors
/// [`Code::BadAttachment`] for any other archive, and for one that carries macros.
pub fn format_of_parts<'a>(names: impl Iterator<Item = &'a str>) -> Result<FileFormat, Refusal> {
    let (mut types, mut workbook, mut document, mut macros) = (false, false, false, false);
    for name in names {
        types |= name == "[Content_Types].xml";
        workbook |= name == "xl/workbook.xml";
        document |= name == "word/document.xml";
        macros |= name.to_ascii_lowercase().ends_with("vbaproject.bin");
    }
    match (types, workbook, document) {
        _ if macros => Err(bad(say!(
            "文件里带宏，不收；请另存为不带宏的 xlsx、docx 或 PDF 再传",
            "The file carries macros and is not taken; please save it as xlsx, docx or PDF without them"
        ))),
        (true, true, false) => Ok(FileFormat::Xlsx),
        (true, false, true) => Ok(FileFormat::Docx),
        _ => Err(bad(say!(
            "压缩包不收，请把里面的文件一个一个传",
            "Archives are not taken; please send the files in it one by one"
        ))),
    }
}

fn unknown() -> Refusal {
    bad(say!(
        "认不出这是什么文件，请传 PDF、JPEG、PNG、WebP、xlsx 或 docx",
        "This is no file we know; please send PDF, JPEG, PNG, WebP, xlsx or docx"
    ))
}

/// A file that begins as one of ours and does not go on as one.
pub fn broken() -> Refusal {
    bad(say!("文件不完整或已损坏，请重新导出后再传", "The file is damaged or not whole; please export it again"))
}

fn bad(sentence: Say) -> Refusal {
    Refusal::new(Code::BadAttachment, sentence)
}

/// The refusal of a file beyond [`LARGEST_FILE`].
pub fn too_heavy() -> Refusal {
    Refusal::new(
        Code::TooLarge,
        say!(
            "一个文件最大 {LARGEST_MB} MB，请压缩或分开传",
            "A file has at most {LARGEST_MB} MB; please shrink or split it"
        ),
    )
}

/// # Errors
/// [`Code::TooManyAttachments`] when there is no room for one more beside `held`.
pub fn check_room(held: usize) -> Result<(), Refusal> {
    if held < MOST {
        return Ok(());
    }
    Err(Refusal::new(
        Code::TooManyAttachments,
        say!(
            "已经有 {MOST} 个附件，请把零散的合成一个 PDF",
            "There are {MOST} files already; please join some into one PDF"
        ),
    ))
}

/// The name a file is kept and given out under: without folders and signs that mean something to a file system, and ending as its
/// content does, so that nobody opens a picture as a program.
pub fn file_name(sent: &str, kind: AttachmentKind, format: FileFormat) -> String {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let harmless = |c: &char| !c.is_control() && !is_direction(*c) && !r#"<>:"|?*"#.contains(*c);
    let name: String = last.chars().filter(harmless).collect();
    let name = name.trim().trim_start_matches('.');
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let fits = format.extensions().iter().any(|known| known.eq_ignore_ascii_case(extension));
    // What is no ending of ours stays part of the name: 2026.11 is no kind of file.
    let stem = if fits { stem } else { name };
    let stem: String = stem.chars().take(LONGEST_NAME).collect();
    let stem = if stem.trim().is_empty() { kind.zh() } else { stem.trim() };
    format!("{stem}.{}", format.code())
}

/// Signs that turn the direction of what follows, by which `gpj.exe` is read as `exe.jpg`.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_first_bytes_say() {
        for (head, known) in [
            (b"%PDF-1.7".as_slice(), Head::Known(FileFormat::Pdf)),
            (b"\xff\xd8\xff\xe0", Head::Known(FileFormat::Jpeg)),
            (b"\x89PNG\r\n\x1a\n", Head::Known(FileFormat::Png)),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Head::Known(FileFormat::WebP)),
            (b"PK\x03\x04", Head::Zip),
        ] {
            assert_eq!(check_head(head), Ok(known));
        }
        for (head, word) in [
            (b"".as_slice(), "空"),
            (b"MZ\x90\0", "程序"),
            (b"\x7fELF\x02", "程序"),
            (b"#!/bin/sh", "程序"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "密码"),
            (b"GIF89a", "认不出"),
            (b"<html>", "认不出"),
            (b"%PDX", "认不出"),
        ] {
            let refusal = check_head(head).expect_err("refused");
            assert_eq!(refusal.code, Code::BadAttachment);
            assert!(refusal.sentence.zh.contains(word), "{}", refusal.sentence.zh);
        }
    }

    #[test]
    fn an_archive_is_what_its_parts_say() {
        let format = |names: &[&str]| format_of_parts(names.iter().copied()).map_err(|refusal| refusal.sentence.zh);
        assert_eq!(format(&["[Content_Types].xml", "xl/workbook.xml"]), Ok(FileFormat::Xlsx));
        assert_eq!(format(&["[Content_Types].xml", "_rels/.rels", "word/document.xml"]), Ok(FileFormat::Docx));
        let macros = format(&["[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"]);
        assert!(macros.expect_err("refused").contains("宏"));
        for archive in [&["a.exe"][..], &[], &["xl/workbook.xml"], &["[Content_Types].xml", "ppt/presentation.xml"]] {
            assert!(format(archive).expect_err("refused").contains("压缩包"), "{archive:?}");
        }
    }

    #[test]
    fn a_name_keeps_no_folder_and_ends_as_the_content_does() {
        let name = |sent: &str, format| file_name(sent, AttachmentKind::Other, format);
        for (sent, format, kept) in [
            ("会议纪要.pdf", FileFormat::Pdf, "会议纪要.pdf"),
            ("C:\\Users\\wang\\纪要.PDF", FileFormat::Pdf, "纪要.pdf"),
            ("../../etc/passwd", FileFormat::Pdf, "passwd.pdf"),
            ("photo.jpeg", FileFormat::Jpeg, "photo.jpg"),
            ("setup.exe", FileFormat::Pdf, "setup.exe.pdf"),
            ("2026.11", FileFormat::Xlsx, "2026.11.xlsx"),
            ("a\u{202e}fdp.pdf", FileFormat::Pdf, "afdp.pdf"),
            ("a\r\nb\".pdf", FileFormat::Pdf, "ab.pdf"),
            ("", FileFormat::Png, "其他材料.png"),
            (".pdf", FileFormat::Pdf, "pdf.pdf"),
        ] {
            assert_eq!(name(sent, format), kept, "{sent:?}");
        }
        assert_eq!(name(&"长".repeat(300), FileFormat::Pdf).chars().count(), LONGEST_NAME + 4);
    }

    #[test]
    fn a_merchant_sees_nothing_of_what_others_offered() {
        for kind in AttachmentKind::ALL {
            assert!(kind.shown_to(Role::UnionChair), "{}", kind.code());
            assert!(!kind.shown_to(Role::CityCoordinator), "{}", kind.code());
        }
        assert!(!AttachmentKind::Comparison.shown_to(Role::Merchant));
        assert!(!AttachmentKind::MeetingDecision.shown_to(Role::Merchant));
        assert!(AttachmentKind::Invoice.brought_by(Role::Merchant));
        assert!(!AttachmentKind::Invoice.brought_by(Role::UnionOfficer));
    }

    #[test]
    fn a_basket_has_room_for_so_many_files() {
        assert_eq!(check_room(MOST - 1), Ok(()));
        assert_eq!(check_room(MOST).map_err(|refusal| refusal.code), Err(Code::TooManyAttachments));
    }
}
