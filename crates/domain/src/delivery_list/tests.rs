use proptest::prelude::*;

use super::*;
use crate::sheet::Cell;

fn sheet(rows: &[&[&str]]) -> Sheet {
    let row = |(index, cells): (usize, &&[&str])| Row {
        number: index as i64 + 1,
        cells: cells.iter().map(|text| Cell::written(*text)).collect(),
    };
    let rows = rows.iter().enumerate().map(row).filter(|row| !row.cells.iter().all(Cell::is_blank)).collect();
    Sheet { name: "名单".to_owned(), rows }
}

fn find(rows: &[&[&str]]) -> Result<DeliveryList, Refusal> {
    DeliveryList::find(&[sheet(rows)], Purpose::Delivery)
}

fn row(name: &str, phone: &str, address: &str) -> ListRow {
    ListRow { row: 37, name: name.into(), phone: phone.into(), address: address.into(), ..ListRow::default() }
}

fn good() -> ListRow {
    row("张三", "13800000001", "宁波市镇海区示例路1号")
}

fn person(address: &str, sets: i64, marked: bool) -> Recipient {
    let read = check_row(&row("张三", "13800000001", address), Purpose::Delivery, &[]).expect("a good row");
    Recipient { sets, marked, ..read }
}

/// The one thing wrong with a row, as a person reads it.
#[track_caller]
fn check_wrong(change: impl FnOnce(&mut ListRow), zh: &str, en: &str) {
    let mut row = good();
    change(&mut row);
    let wrong = check_row(&row, Purpose::Delivery, &[]).expect_err("refused");
    let [CellError { column, sentence }] = wrong.as_slice() else { panic!("{wrong:?}") };
    assert_eq!(format!("第 {} 行 {}: {}", row.row, column.zh(), sentence.zh), zh);
    assert_eq!(format!("Row {} {}: {}", row.row, column.en(), sentence.en), en);
}

#[test]
fn the_header_is_found_below_titles_and_its_columns_in_any_order() {
    let list = find(&[
        &["镇海区示例单位工会春节慰问品名单"],
        &["填表人：办公室", "联系电话：0574-87180000"],
        &[],
        &["序号", "送货地址", "姓　名", "科室", "联系电话（必填）", "份数"],
        &["1", "宁波市镇海区示例路1号", "张三", "办公室", "13800000001", "2"],
    ])
    .expect("a good list");
    assert_eq!((list.header_row, list.rows.len()), (4, 1));
    assert_eq!(list.columns, [Column::Name, Column::Department, Column::Phone, Column::Address, Column::Sets]);
    let read = &list.rows[0];
    assert_eq!((read.row, &*read.name, &*read.department, &*read.sets), (5, "张三", "办公室", "2"));
}

#[test]
fn columns_have_many_names() {
    for (heading, column) in [
        ("单位", Column::Department),
        ("所在部门*", Column::Department),
        ("手机号码", Column::Phone),
        ("收货人手机号", Column::Phone),
        ("收货人", Column::Name),
        ("Delivery address", Column::Address),
        ("NAME", Column::Name),
        ("Ｐｈｏｎｅ", Column::Phone),
        ("Qty.", Column::Sets),
        ("数量（套）", Column::Sets),
        ("套餐名称", Column::Bundle),
        ("Bundle name", Column::Bundle),
        ("备 注", Column::Note),
    ] {
        assert_eq!(Column::recognise(heading).map(|it| it.0), Some(column), "{heading}");
    }
    assert_eq!(Column::recognise("序号"), None);
}

#[test]
fn a_column_of_contacts_is_the_names_where_there_are_no_others() {
    let list = find(&[&["联系人", "电话", "地址"], &["张三", "13800000001", "宁波市镇海区示例路1号"]]).expect("a list");
    assert_eq!(list.rows[0].name, "张三");
    let list = find(&[&["联系人", "姓名", "电话", "地址"], &["是", "李四", "13800000001", "宁波市镇海区示例路1号"]])
        .expect("a list");
    assert!(check_row(&list.rows[0], Purpose::Delivery, &[]).is_ok_and(|it| it.marked && it.name == "李四"));
}

#[test]
fn what_is_missing_of_a_header_is_named() {
    let refused = |rows: &[&[&str]]| find(rows).expect_err("refused");
    let refusal = refused(&[&["名单"], &["姓名", "部门", "地址"], &["张三", "办公室", "宁波市"]]);
    assert_eq!(refusal.code, Code::NoHeader);
    assert!(refusal.sentence.zh.starts_with("第 2 行像是表头，但缺少这几列：手机。"), "{refusal}");
    assert!(refusal.sentence.en.contains("missing: Phone."), "{}", refusal.sentence.en);
    let refusal = refused(&[&["张三", "13800000001"]]);
    assert!(
        refusal.sentence.zh.contains("找不到表头") && refusal.sentence.zh.contains("姓名、手机、地址"),
        "{refusal}"
    );
    assert_eq!(refused(&[&["姓名", "电话", "地址"]]).code, Code::NoRows);
    let roster = sheet(&[&["姓名", "部门"], &["张三", "办公室"]]);
    assert!(DeliveryList::find(&[roster], Purpose::Roster).is_ok(), "a roster needs only names");
}

#[test]
fn the_sheet_with_the_list_is_found_among_others() {
    let cover = sheet(&[&["填写说明"], &["姓名", "必填"]]);
    let list = sheet(&[&["姓名", "手机", "地址"], &["张三", "13800000001", "宁波市镇海区示例路1号"]]);
    assert_eq!(DeliveryList::find(&[cover, list], Purpose::Delivery).expect("a list").rows.len(), 1);
}

#[test]
fn sums_signatures_and_repeated_headers_are_nobody() {
    let head: &[&str] = &["姓名", "部门", "手机", "地址", "套数"];
    let list = find(&[
        head,
        &["张三", "办公室", "13800000001", "宁波市镇海区示例路1号", "1"],
        head,
        &["李四", "办公室", "", "", "1"],
        &["合计", "", "", "", "2"],
        &["", "制表：办公室", "", "", ""],
    ])
    .expect("a list");
    assert_eq!(list.rows.iter().map(|row| row.row).collect::<Vec<_>>(), [2, 4], "a name alone is somebody, and wrong");
    assert_eq!(list.left_out, [5, 6]);
}

#[test]
fn no_more_rows_than_a_list_has() {
    let mut rows: Vec<&[&str]> = vec![&["姓名", "手机", "地址"]];
    rows.resize(MOST_ROWS + 1, &["张三", "13800000001", "宁波市镇海区示例路1号"]);
    assert_eq!(find(&rows).map(|list| list.rows.len()), Ok(MOST_ROWS));
    rows.push(&["张三", "13800000001", "宁波市镇海区示例路1号"]);
    assert_eq!(find(&rows).map_err(|refusal| refusal.code), Err(Code::TooManyRows));
}

#[test]
fn a_wrong_cell_is_told_by_row_and_column() {
    check_wrong(|row| row.phone = "1380000000".into(), "第 37 行 手机: 少一位", "Row 37 Phone: 1 digit short");
    check_wrong(|row| row.phone = "138 0000 00".into(), "第 37 行 手机: 少两位", "Row 37 Phone: 2 digits short");
    check_wrong(|row| row.phone = "1380000000123".into(), "第 37 行 手机: 多两位", "Row 37 Phone: 2 digits too many");
    check_wrong(
        |row| row.phone = "13800000001/13800000002".into(),
        "第 37 行 手机: 只写一个电话",
        "Row 37 Phone: One phone only",
    );
    check_wrong(|row| row.phone.clear(), "第 37 行 手机: 没有写手机", "Row 37 Phone: The phone is missing");
    check_wrong(|row| row.name = "　".into(), "第 37 行 姓名: 没有写姓名", "Row 37 Name: The name is missing");
    check_wrong(|row| row.name = "123".into(), "第 37 行 姓名: 这不像姓名", "Row 37 Name: This is no name");
    check_wrong(
        |row| row.address = "镇海".into(),
        "第 37 行 地址: 地址太短，请写到门牌号",
        "Row 37 Address: The address is too short; include the house number",
    );
    check_wrong(
        |row| row.sets = "一套".into(),
        "第 37 行 套数: 套数只写整数，例如 1",
        "Row 37 Sets: Whole numbers only, such as 1",
    );
    check_wrong(
        |row| row.sets = "0".into(),
        "第 37 行 套数: 0 套的请删去这一行",
        "Row 37 Sets: Remove the row of who gets none",
    );
    check_wrong(
        |row| row.origins.push(CellOrigin { column: Column::Note, origin: Origin::NoValue }),
        "第 37 行 备注: 公式没有结果，请直接写上内容",
        "Row 37 Remarks: The formula has no result; please write what it stands for",
    );
}

#[test]
fn cells_are_read_as_people_write_them() {
    let mut row = row(" 张　三 ", "+86 １３８ ００００ ０００１", "宁波市镇海区示例路１号（东门）");
    row.sets = "２ 套".into();
    let read = check_row(&row, Purpose::Delivery, &[]).expect("a good row");
    assert_eq!((&*read.name, &*read.phone, read.sets), ("张三", "13800000001", 2));
    assert_eq!(read.address, "宁波市镇海区示例路1号(东门)");
    row.phone = "0574-87180000".into();
    row.name = "Li  Si".into();
    row.sets.clear();
    let read = check_row(&row, Purpose::Delivery, &[]).expect("a good row");
    assert_eq!((&*read.name, &*read.phone, read.sets), ("Li Si", "0574-87180000", 1));
}

#[test]
fn merged_sets_are_nobodys_and_a_merged_department_is_everybodys() {
    let mut row = good();
    row.sets = "3".into();
    row.origins = [Column::Sets, Column::Department].map(|column| CellOrigin { column, origin: Origin::Merged }).into();
    let wrong = check_row(&row, Purpose::Delivery, &[]).expect_err("refused");
    assert_eq!(wrong.iter().map(|it| it.column).collect::<Vec<_>>(), [Column::Sets]);
    row.write(Column::Sets, "1".into());
    assert!(check_row(&row, Purpose::Delivery, &[]).is_ok(), "written anew it is as good as any");
}

#[test]
fn a_bundle_is_one_of_those_there_are() {
    let bundles = ["山珍 A".to_owned(), "山珍 B".to_owned()];
    let mut row = good();
    row.bundle = "山珍a".into();
    let chosen = |row: &ListRow, bundles: &[String]| check_row(row, Purpose::Delivery, bundles).map(|it| it.bundle);
    assert_eq!(chosen(&row, &bundles), Ok(Some("山珍 A".to_owned())));
    row.bundle.clear();
    assert!(chosen(&row, &bundles).is_err());
    assert_eq!(chosen(&row, &bundles[..1]), Ok(Some("山珍 A".to_owned())), "there is no other");
    assert_eq!(chosen(&row, &[]), Ok(None));
}

#[test]
fn the_same_person_twice_is_told_and_kept() {
    let one = person("宁波市镇海区示例路1号", 1, false);
    let other = Recipient { name: "李四".into(), ..one.clone() };
    let people = [(5, &one), (6, &other), (9, &one)];
    assert_eq!(repeated(people), [(9, 5)]);
    assert_eq!(same_person(5).zh, "和第 5 行是同一个人");
}

#[test]
fn one_address_in_several_spellings_is_one_point() {
    let people = [
        person("宁波市镇海区示例路1号", 1, false),
        person("宁波市北仑区示例港路8号", 1, false),
        person("宁波市 镇海区，示例路１号", 2, true),
        person("宁波市镇海区示例路1号。", 1, true),
    ];
    let points = points(&people);
    assert_eq!(
        points.iter().map(|point| (point.people.clone(), point.sets)).collect::<Vec<_>>(),
        [(vec![0, 2, 3], 4), (vec![1], 1)]
    );
    assert_eq!(points[0].address, "宁波市镇海区示例路1号", "as it stands first");
}

#[test]
fn numbers_that_are_parted_are_other_numbers() {
    assert_ne!(key("示例路1-2号"), key("示例路12号"));
    assert_ne!(key("示例路1 2号"), key("示例路12号"));
    assert_eq!(key("示例路1-2号"), key("示例路 1－2 号"));
    assert_eq!(key("示例路22号3幢B座"), key("示例路22号-3幢b座"));
}

#[test]
fn who_is_marked_is_called() {
    let mut people = [person("宁波市镇海区示例路1号", 1, false), person("宁波市镇海区示例路1号", 1, false)];
    people[1].name = "李四".into();
    people[1].phone = "13800000002".into();
    assert_eq!(points(&people)[0].contact, "张三", "the first");
    people[1].marked = true;
    let point = &points(&people)[0];
    assert_eq!((&*point.contact, &*point.phone), ("李四", "13800000002"));
}

#[test]
fn pieces_are_counted_from_bundles() {
    let mut people = [
        person("宁波市镇海区示例路1号", 2, false),
        person("宁波市镇海区示例路1号", 1, false),
        person("宁波市北仑区示例港路8号", 3, false),
    ];
    people[0].bundle = Some("A".into());
    people[2].bundle = Some("A".into());
    let contents = |bundle: Option<&str>| if bundle == Some("A") { 4 } else { 0 };
    assert_eq!(pieces_by_bundle(&points(&people), &people, contents), [8, 12]);
}

#[test]
fn what_is_left_goes_to_those_that_lost_most() {
    assert_eq!(share_out(10, &[1, 1, 1]), [4, 3, 3]);
    assert_eq!(share_out(7, &[3, 2, 2]), [3, 2, 2]);
    assert_eq!(share_out(5, &[1, 2, 2]), [1, 2, 2]);
    assert_eq!(share_out(2, &[1, 100, 1]), [0, 2, 0]);
    assert_eq!(share_out(9, &[0, 0]), [9, 0]);
    assert_eq!(share_out(9, &[]), Vec::<i64>::new());
}

proptest! {
    #[test]
    fn nothing_is_lost_in_sharing_out(total in 0i64..1_000_000, weights in prop::collection::vec(0i64..5_000, 1..60)) {
        let parts = share_out(total, &weights);
        prop_assert_eq!(parts.iter().sum::<i64>(), total);
        let sum: i64 = weights.iter().sum();
        for (part, weight) in parts.iter().zip(&weights).filter(|_| sum > 0) {
            // Never more than one piece from the exact share.
            prop_assert!((part * sum - total * weight).abs() < sum);
        }
    }

    /// The pieces of a point are those of its people, whatever their addresses.
    #[test]
    fn everybody_is_at_one_point(addresses in prop::collection::vec(0usize..4, 0..80)) {
        let spellings = ["宁波市示例路1-2号", "宁波市 示例路１－２号", "宁波市示例路12号", "宁波市示例路3号"];
        let people: Vec<Recipient> = addresses.iter().map(|at| person(spellings[*at], 1, false)).collect();
        let points = points(&people);
        let mut seen: Vec<usize> = points.iter().flat_map(|point| point.people.clone()).collect();
        seen.sort_unstable();
        prop_assert_eq!(seen, (0..people.len()).collect::<Vec<_>>());
        prop_assert!(points.len() <= 3);
    }

    #[test]
    fn any_text_is_read_or_refused(texts in prop::collection::vec(".{0,30}", 8)) {
        let mut row = ListRow::default();
        for (column, text) in Column::ALL.iter().zip(texts) {
            row.write(*column, text);
        }
        if let Ok(read) = check_row(&row, Purpose::Delivery, &[]) {
            prop_assert!(!read.name.is_empty() && read.sets > 0);
            prop_assert!(parse_phone(&read.phone).is_ok() && parse_address(&read.address).is_ok());
        }
    }
}
