//! The bulletin as a document for Word and WPS: the parts of Office Open XML (ECMA-376) such a page needs, and no more. It is
//! written here and not by a library: six short files, against a dependency with its own archive and image readers.

use std::io::{Cursor, Write as _};

use domain::wire::{Bulletin, BulletinParagraph, BulletinTable};
use zip::CompressionMethod;
use zip::result::ZipResult;
use zip::write::{SimpleFileOptions, ZipWriter};

pub const MEDIA_TYPE: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;

const TYPES: &str = r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>"#;

const RELATIONS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>"#;

const RELATIONS_OF_DOCUMENT: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#;

const WORD: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

/// Fonts and sizes of official documents: 方正小标宋 at size two for the title, 仿宋 at size three for the text, with lines of 28 points
/// and an indent of two characters. Source: GB/T 9704—2012, 7.3.
fn styles() -> String {
    let style = |id: &str, name: &str, paragraph: &str, run: &str| {
        format!(
            r#"<w:style w:type="paragraph" w:styleId="{id}"><w:name w:val="{name}"/><w:pPr>{paragraph}</w:pPr><w:rPr>{run}</w:rPr></w:style>"#
        )
    };
    let font = |name: &str, half_points: u32| {
        format!(
            r#"<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="{name}"/><w:sz w:val="{half_points}"/>"#
        )
    };
    [
        format!(r#"{HEAD}<w:styles xmlns:w="{WORD}">"#),
        style(
            "Title",
            "Title",
            r#"<w:spacing w:after="360"/><w:jc w:val="center"/>"#,
            &font("方正小标宋简体", 44),
        ),
        style(
            "Text",
            "Body Text",
            r#"<w:spacing w:line="560" w:lineRule="exact"/><w:ind w:firstLineChars="200" w:firstLine="640"/><w:jc w:val="both"/>"#,
            &font("仿宋", 32),
        ),
        style("Caption", "Caption", r#"<w:keepNext/><w:spacing w:before="240" w:after="120"/><w:jc w:val="center"/>"#, &font("黑体", 28)),
        style("Cell", "Cell", r#"<w:spacing w:before="40" w:after="40"/>"#, &font("仿宋", 21)),
        "</w:styles>".to_owned(),
    ]
    .concat()
}

/// The bulletin as a .docx file.
///
/// # Errors
/// Only when memory cannot be written to.
pub fn document(bulletin: &Bulletin) -> ZipResult<Vec<u8>> {
    let mut file = ZipWriter::new(Cursor::new(Vec::new()));
    let packed = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let mut part = |name: &str, text: &str| -> ZipResult<()> {
        file.start_file(name, packed)?;
        file.write_all(text.as_bytes())?;
        Ok(())
    };
    part("[Content_Types].xml", &format!("{HEAD}{TYPES}"))?;
    part("_rels/.rels", &format!("{HEAD}{RELATIONS}"))?;
    part("docProps/core.xml", &core(&bulletin.title))?;
    part("word/_rels/document.xml.rels", &format!("{HEAD}{RELATIONS_OF_DOCUMENT}"))?;
    part("word/styles.xml", &styles())?;
    part("word/document.xml", &body(bulletin))?;
    Ok(file.finish()?.into_inner())
}

fn core(title: &str) -> String {
    let title = escaped(title);
    format!(
        r#"{HEAD}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title></cp:coreProperties>"#
    )
}

fn body(bulletin: &Bulletin) -> String {
    let mut text = format!(r#"{HEAD}<w:document xmlns:w="{WORD}"><w:body>"#);
    text.push_str(&paragraph("Title", "", &bulletin.title));
    for BulletinParagraph { pieces } in &bulletin.paragraphs {
        let whole: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
        text.push_str(&paragraph("Text", "", &whole));
    }
    text.push_str(&paragraph("Caption", "", &bulletin.table.caption));
    text.push_str(&table(&bulletin.table));
    // A4, with the margins of official documents.
    text.push_str(r#"<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1587" w:header="851" w:footer="992" w:gutter="0"/></w:sectPr></w:body></w:document>"#);
    text
}

fn paragraph(style: &str, properties: &str, text: &str) -> String {
    let text = escaped(text);
    format!(
        r#"<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>"#
    )
}

/// In twentieths of a point; the page has room for 8,845.
const FIRST_COLUMN: usize = 1_845;
const COLUMN: usize = 1_400;

fn table(table: &BulletinTable) -> String {
    let width = |place: usize| if place == 0 { FIRST_COLUMN } else { COLUMN };
    let lines = ["top", "left", "bottom", "right", "insideH", "insideV"]
        .map(|side| format!(r#"<w:{side} w:val="single" w:sz="4" w:space="0" w:color="808080"/>"#))
        .concat();
    let cell = |(place, text): (usize, &str)| {
        let side = if place == 0 { "left" } else { "right" };
        let inside = paragraph("Cell", &format!(r#"<w:jc w:val="{side}"/>"#), text);
        let width = width(place);
        format!(r#"<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{inside}</w:tc>"#)
    };
    let row = |properties: &str, cells: Vec<&str>| {
        let cells: String = cells.into_iter().enumerate().map(cell).collect();
        format!("<w:tr><w:trPr>{properties}</w:trPr>{cells}</w:tr>")
    };
    let grid: String =
        (0..table.columns.len()).map(|place| format!(r#"<w:gridCol w:w="{}"/>"#, width(place))).collect();
    // The header is repeated on every page.
    let head = row(r#"<w:cantSplit/><w:tblHeader/>"#, table.columns.iter().map(String::as_str).collect());
    let rows: String = table
        .rows
        .iter()
        .map(|line| row("<w:cantSplit/>", line.cells.iter().map(|cell| cell.text.as_str()).collect()))
        .collect();
    format!(
        r#"<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/><w:jc w:val="center"/><w:tblBorders>{lines}</w:tblBorders></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{head}{rows}</w:tbl>"#
    )
}

/// Text as it stands between tags; what XML cannot hold at all is left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c if c.is_control() && !matches!(c, '\t' | '\n') => {}
            c => out.push(c),
        }
    }
    out
}
