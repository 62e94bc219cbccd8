use std::io::{Cursor, Read as _, Write as _};

use domain::Code;
use domain::sheet::{LARGEST_FILE, Origin, Row, Sheet};
use proptest::prelude::*;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::read;

/// Made by LibreOffice: two titles, a blank row, departments merged over thirty rows, phones as numbers, a formula.
const XLSX: &[u8] = include_bytes!("../../tests/api/files/list.xlsx");
const XLS: &[u8] = include_bytes!("../../tests/api/files/list.xls");
const ODS: &[u8] = include_bytes!("../../tests/api/files/list.ods");
const GBK: &[u8] = include_bytes!("../../tests/api/files/list-gbk.csv");
const PASSWORD: &[u8] = include_bytes!("../../tests/api/files/password.xlsx");

fn texts(row: &Row) -> Vec<&str> {
    row.cells.iter().map(|cell| cell.text.as_str()).collect()
}

fn row(sheet: &Sheet, number: i64) -> &Row {
    sheet.rows.iter().find(|row| row.number == number).expect("a row with something in it")
}

#[track_caller]
fn check_refused(file: &[u8], code: Code, zh: &str) {
    let refusal = read(file).expect_err("refused");
    assert_eq!(refusal.code, code, "{refusal}");
    assert!(refusal.sentence.zh.contains(zh), "{refusal}");
    assert!(!refusal.sentence.en.is_empty() && refusal.sentence.en != refusal.sentence.zh);
}

/// The smallest workbook there is, with one sheet.
fn workbook(sheet: &str) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let parts = [
        ("[Content_Types].xml", r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#),
        (
            "_rels/.rels",
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
        ),
        (
            "xl/workbook.xml",
            r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
        ),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
        ),
        ("xl/worksheets/sheet1.xml", sheet),
    ];
    for (name, text) in parts {
        zip.start_file(name, SimpleFileOptions::default()).expect("a zip in memory");
        zip.write_all(text.as_bytes()).expect("a zip in memory");
    }
    zip.finish().expect("a zip in memory").into_inner()
}

fn sheet_of(rows: &str) -> String {
    format!(
        r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>"#
    )
}

#[test]
fn a_list_reads_the_same_from_every_kind_of_workbook() {
    let sheets = [XLSX, XLS, ODS].map(|file| read(file).expect("a good file").remove(0));
    for sheet in &sheets {
        assert_eq!(sheet.rows.len(), 303, "two titles, the header and 300 people; the blank row is left out");
        assert_eq!(texts(row(sheet, 2))[1], "2026-11-24", "a day is ISO text");
        assert_eq!(texts(row(sheet, 4)), ["收货地址", "单位", "姓　名", "手机号码", "套数", "备注"]);
        assert_eq!(texts(row(sheet, 5))[..5], ["宁波市镇海区示例路1号", "办公室", "赵示一", "13800000001", "1"]);
        let merged = &row(sheet, 34).cells[1];
        assert_eq!((merged.text.as_str(), merged.origin), ("办公室", Origin::Merged));
        assert_eq!(row(sheet, 35).cells[1].origin, Origin::Written);
        assert_eq!(texts(row(sheet, 10))[3], "１３８０００００００６", "a number as text stays as it was written");
        let computed = &row(sheet, 54).cells[4];
        assert_eq!((computed.text.as_str(), computed.origin), ("2", Origin::Computed));
    }
    let [xlsx, xls, ods] = sheets.map(|sheet| sheet.rows);
    assert_eq!(xlsx, xls);
    assert_eq!(xlsx, ods);
}

#[test]
fn a_text_reads_the_same_in_every_encoding() {
    let expected = read(GBK).expect("a good file");
    assert_eq!(texts(row(&expected[0], 4))[..4], ["序号", "部门", "姓名", "联系电话"]);
    assert_eq!(expected[0].rows.len(), 303);
    assert_eq!(expected[0].rows.last().map(|row| row.number), Some(304));
    let text = encoding_rs::GBK.decode(GBK).0.into_owned();
    let with_mark = [b"\xEF\xBB\xBF", text.as_bytes()].concat();
    let utf_16 = |mark: [u8; 2], bytes: fn(u16) -> [u8; 2]| {
        mark.into_iter().chain(text.encode_utf16().flat_map(bytes)).collect::<Vec<u8>>()
    };
    let files = [
        text.clone().into_bytes(),
        with_mark,
        utf_16([0xFF, 0xFE], u16::to_le_bytes),
        utf_16([0xFE, 0xFF], u16::to_be_bytes),
        text.replace(',', "\t").into_bytes(),
        encoding_rs::GB18030.encode(&text.replace(',', ";").replace("\r\n", "\n")).0.into_owned(),
    ];
    for file in files {
        assert_eq!(read(&file).expect("a good file"), expected);
    }
}

#[test]
fn characters_outside_gbk_are_read_from_gb18030() {
    let file = encoding_rs::GB18030.encode("姓名,手机\n𠮷示例,13800000001\n").0.into_owned();
    assert_eq!(texts(&read(&file).expect("a good file")[0].rows[1]), ["𠮷示例", "13800000001"]);
}

#[test]
fn rows_are_counted_as_the_program_that_shows_them_counts() {
    let sheets = read("姓名,地址\n\n\"张\n三\",\"a\nb\"\n李四,=\"0574\"\n".as_bytes()).expect("a good file");
    let numbers: Vec<i64> = sheets[0].rows.iter().map(|row| row.number).collect();
    assert_eq!(numbers, [1, 3, 4], "a cell of several lines is one row");
    assert_eq!(texts(&sheets[0].rows[2]), ["李四", "0574"]);
}

#[test]
fn what_a_file_is_its_content_says() {
    check_refused(b"", Code::NoRows, "空的");
    check_refused(b"%PDF-1.7 1 0 obj", Code::WrongFileType, "PDF");
    check_refused(b"\x89PNG\r\n\x1a\n0000", Code::WrongFileType, "图片");
    check_refused(b"Rar!\x1a\x07\x00 and more", Code::WrongFileType, "压缩包");
    check_refused(b" <html><table><tr><td>1</td></tr></table>", Code::WrongFileType, "网页");
    check_refused(b"\x7fELF\x02\x01\x01\x00\x00\x00", Code::WrongFileType, "认不出");
    check_refused(b"\xff\xff\xff\xff\x80", Code::WrongFileType, "认不出");
    check_refused(b"\n , ,\n\n", Code::NoRows, "空的");
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("word/document.xml", SimpleFileOptions::default()).expect("a zip in memory");
    check_refused(&zip.finish().expect("a zip in memory").into_inner(), Code::WrongFileType, "Word");
    check_refused(&vec![b'1'; LARGEST_FILE + 1], Code::TooLarge, "12 MB");
}

#[test]
fn a_workbook_with_a_password_is_told_from_a_damaged_one() {
    check_refused(PASSWORD, Code::FileProtected, "密码");
    check_refused(&with_file_pass(XLS), Code::FileProtected, "密码");
    for file in [XLSX, ODS, XLS, PASSWORD] {
        check_refused(&file[..file.len() / 2], Code::FileDamaged, "损坏");
    }
}

/// An old workbook as Excel encrypts it: the record after the first says so.
fn with_file_pass(file: &[u8]) -> Vec<u8> {
    let mut container = cfb::CompoundFile::open(Cursor::new(file.to_vec())).expect("a real file");
    let mut records = Vec::new();
    container.open_stream("/Workbook").expect("a workbook").read_to_end(&mut records).expect("in memory");
    let first = 4 + usize::from(u16::from_le_bytes([records[2], records[3]]));
    records.splice(first..first, [0x2F, 0, 2, 0, 0, 0]);
    let mut stream = container.create_stream("/Workbook").expect("a container in memory");
    stream.write_all(&records).expect("in memory");
    stream.flush().expect("in memory");
    drop(stream);
    container.into_inner().into_inner()
}

#[test]
fn a_formula_is_taken_at_its_last_result_and_never_reckoned() {
    let rows = r#"<row r="1"><c r="A1" t="str"><f>"a"&amp;"b"</f><v>ab</v></c><c r="B1"><f>1+1</f></c><c r="C1" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>"#;
    let sheets = read(&workbook(&sheet_of(rows))).expect("a good file");
    let cells: Vec<_> = sheets[0].rows[0].cells.iter().map(|cell| (cell.text.as_str(), cell.origin)).collect();
    assert_eq!(cells, [("ab", Origin::Computed), ("", Origin::NoValue), ("#DIV/0!", Origin::Fault)]);
}

#[test]
fn a_bomb_is_refused_while_it_is_counted() {
    let mut zip = ZipWriter::new_append(Cursor::new(workbook(&sheet_of("")))).expect("a zip in memory");
    zip.start_file("xl/media/image1.png", SimpleFileOptions::default()).expect("a zip in memory");
    for _ in 0..200 {
        zip.write_all(&vec![0; 1024 * 1024]).expect("a zip in memory");
    }
    let bomb = zip.finish().expect("a zip in memory").into_inner();
    assert!(bomb.len() < 1024 * 1024, "200 MB in {} bytes", bomb.len());
    check_refused(&bomb, Code::UnfoldsTooFar, "100 MB");
}

#[test]
fn a_workbook_is_not_believed_how_many_texts_it_shares() {
    for (count, read_well) in [("3", true), ("100000000000", false), ("18446744073709551615", false), ("x", false)] {
        let mut zip =
            ZipWriter::new_append(Cursor::new(workbook(&sheet_of(r#"<row r="1"><c r="A1" t="s"><v>0</v></c></row>"#))))
                .expect("a zip in memory");
        zip.start_file("xl/sharedStrings.xml", SimpleFileOptions::default()).expect("a zip in memory");
        let texts = format!(
            r#"<?xml version="1.0"?><!-- --><x:sst xmlns:x="a" uniqueCount="{count}"><x:si><x:t>a</x:t></x:si></x:sst>"#
        );
        zip.write_all(texts.as_bytes()).expect("a zip in memory");
        let file = zip.finish().expect("a zip in memory").into_inner();
        match read_well {
            true => assert_eq!(texts_of(&file), ["a"]),
            false => check_refused(&file, Code::FileDamaged, "损坏"),
        }
    }
}

fn texts_of(file: &[u8]) -> Vec<String> {
    texts(&read(file).expect("a good file")[0].rows[0]).into_iter().map(str::to_owned).collect()
}

#[test]
fn more_rows_than_a_list_has_are_refused() {
    let row = |n: u32| format!(r#"<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>"#);
    check_refused(&workbook(&sheet_of(&(1..=100_000).map(row).collect::<String>())), Code::TooManyRows, "5000");
    check_refused(&b"1,2\n".repeat(100_000), Code::TooManyRows, "5000");
    assert!(read(&b"1,2\n".repeat(5_001)).is_ok(), "with a header above them");
}

#[test]
fn cells_that_are_far_apart_cost_nothing() {
    let rows = r#"<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="B1048576"><v>2</v></c></row>"#;
    let sheets = read(&workbook(&sheet_of(rows))).expect("two cells");
    assert_eq!(sheets[0].rows.iter().map(|row| row.number).collect::<Vec<_>>(), [1, 1_048_576]);
    let wide = r#"<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>2</v></c></row>"#;
    check_refused(&workbook(&sheet_of(wide)), Code::WrongFileType, "200 列");
    check_refused(
        &ods_of(
            r#"<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="150" office:value-type="float" office:value="1"/></table:table-row>"#,
        ),
        Code::TooManyRows,
        "5000",
    );
}

/// LibreOffice's own workbook with another content.
fn ods_of(rows: &str) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let content = format!(
        r#"<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><office:body><office:spreadsheet><table:table table:name="S">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"#
    );
    let parts = [("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", &content)];
    for (name, text) in parts {
        zip.start_file(name, SimpleFileOptions::default()).expect("a zip in memory");
        zip.write_all(text.as_bytes()).expect("a zip in memory");
    }
    zip.finish().expect("a zip in memory").into_inner()
}

/// A workbook's parts unpacked, so that what is changed in them is not found by a checksum.
fn changed_inside(file: &[u8], part: usize, at: usize, byte: u8) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(Cursor::new(file)).expect("a real file");
    let mut to = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..from.len() {
        let mut packed = from.by_index(index).expect("a real file");
        let mut bytes = Vec::new();
        packed.read_to_end(&mut bytes).expect("a real file");
        if index == part % 20 && !bytes.is_empty() {
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        to.start_file(packed.name().unwrap_or_default(), SimpleFileOptions::default()).expect("in memory");
        to.write_all(&bytes).expect("in memory");
    }
    to.finish().expect("in memory").into_inner()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever was changed in a real file, it is read or refused.
    #[test]
    fn a_damaged_file_is_read_or_refused(
        kind in 0usize..5, at in any::<prop::sample::Index>(), bytes in prop::collection::vec(any::<u8>(), 1..40), cut in any::<bool>(),
    ) {
        let mut file = [XLSX, XLS, ODS, GBK, PASSWORD][kind].to_vec();
        let at = at.index(file.len());
        let end = (at + bytes.len()).min(file.len());
        file[at..end].copy_from_slice(&bytes[..end - at]);
        if cut {
            file.truncate(end);
        }
        let _ = read(&file);
    }

    #[test]
    fn a_workbook_with_strange_parts_is_read_or_refused(
        of_libre_office in any::<bool>(), part in any::<usize>(), at in any::<usize>(), byte in prop::sample::select(b"0123456789<>/\"=&ABZ:-".to_vec()),
    ) {
        let _ = read(&changed_inside(if of_libre_office { ODS } else { XLSX }, part, at, byte));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes);
    }
}
