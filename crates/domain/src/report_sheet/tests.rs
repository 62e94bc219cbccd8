use jiff::civil::date;

use super::*;
use crate::report::tests::places;
use crate::sheet::Cell;

const TODAY: Date = date(2026, 11, 24);

fn sheet(rows: &[&str]) -> Sheet {
    let row = |(number, text): (i64, &&str)| Row { number, cells: text.split('|').map(Cell::written).collect() };
    Sheet { name: "销售明细".into(), rows: (1..).zip(rows).map(row).collect() }
}

fn none(_: LineField) -> String {
    String::new()
}

#[test]
fn a_table_below_its_titles_is_found_by_any_of_the_usual_names() {
    let found = SalesSheet::find(&[sheet(&[
        "2026年10月消费帮扶专营店销售明细",
        "填报单位：示例专营店||单位：元",
        "序号|时间|品名|产地（县）|种类|数量（盒）|销售额（元）|客户名称|区县|发票号",
        "1|2026/10/3|庆元香菇|庆元|菌菇|12|1,512.00|个人|镇海|",
        "2|2026/10/4|常山胡柚|常山县|果|30|1290|镇海区示例石化工会联合会|镇海区|24332000000012345678",
        "序号|时间|品名|产地（县）|种类|数量（盒）|销售额（元）|客户名称|区县|发票号",
        "|||||42|2802|||",
        "合计|||||42|2802|||",
        "制表：张示例",
    ])])
    .expect("sales");
    assert_eq!((found.header_row, found.rows.len()), (3, 3));
    assert_eq!(found.left_out, [8, 9]);
    let lines: Vec<_> = found.rows.iter().map(|row| check_row(row, none, &places(), TODAY)).collect();
    assert_eq!(lines[0].as_ref().map(|line| line.amount_fen.fen()), Ok(151_200));
    assert_eq!(lines[1].as_ref().map(|line| line.county.as_str()), Ok("changshan"));
    assert!(lines[2].is_err(), "a row with an amount and no product is asked about, not left out");
}

#[test]
fn amounts_are_in_wan_where_the_heading_says_so() {
    let found = SalesSheet::find(&[sheet(&[
        "日期|产品|产地|类别|数量|金额（万元）|业绩归属",
        "2026-10-03|庆元香菇|庆元|菌菇|1200|15.12|镇海",
    ])])
    .expect("sales");
    let line = check_row(&found.rows[0], none, &places(), TODAY).expect("right");
    assert_eq!(line.amount_fen.fen(), 15_120_000);
}

#[test]
fn a_missing_column_is_filled_in_for_all_rows() {
    let found = SalesSheet::find(&[sheet(&["产品|数量|金额", "庆元香菇|10|1260"])]).expect("sales");
    assert_eq!(found.columns, [LineField::Product, LineField::Quantity, LineField::Amount]);
    let wrong = check_row(&found.rows[0], none, &places(), TODAY).expect_err("much is missing");
    assert_eq!(wrong.len(), 4);
    let rest = |field| {
        let text = match field {
            LineField::SoldOn => "2026-10-03",
            LineField::County => "庆元",
            LineField::Category => "菌菇",
            LineField::District => "镇海区",
            _ => "",
        };
        text.to_owned()
    };
    assert!(check_row(&found.rows[0], rest, &places(), TODAY).is_ok());
}

#[test]
fn what_is_no_table_of_sales_is_told_what_it_lacks() {
    let refused = |rows: &[&str]| SalesSheet::find(&[sheet(rows)]).expect_err("refused");
    let nothing = refused(&["姓名|手机|地址", "张三|13800000001|宁波"]);
    assert_eq!(nothing.code, Code::NoHeader);
    let half = refused(&["日期|产品|产地|类别", "2026-10-03|庆元香菇|庆元|菌菇"]);
    assert!(half.sentence.zh.contains("第 1 行") && half.sentence.zh.contains("金额"), "{}", half.sentence.zh);
    assert_eq!(refused(&["日期|产品|金额", "合计||100"]).code, Code::NoRows);
}

#[test]
fn a_merged_amount_is_nobodys() {
    let mut of = sheet(&["日期|产品|产地|类别|数量|金额|业绩归属", "2026-10-03|庆元香菇|庆元|菌菇|1|126|镇海"]);
    of.rows[1].cells[5].origin = Origin::Merged;
    let found = SalesSheet::find(&[of]).expect("sales");
    let wrong = check_row(&found.rows[0], none, &places(), TODAY).expect_err("refused");
    assert_eq!(wrong[0].field, LineField::Amount);
    let mut row = found.rows[0].clone();
    row.write(LineField::Amount, "126".into());
    assert!(check_row(&row, none, &places(), TODAY).is_ok());
}
