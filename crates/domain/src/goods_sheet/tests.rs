use uuid::Uuid;

use super::*;
use crate::Money;
use crate::product::{Category, PriceBreak, SeasonMonths};
use crate::sheet::{Cell, Row};

fn counties() -> Vec<County> {
    vec![County { id: "qingyuan".into(), names: vec!["庆元".into(), "Qingyuan".into()] }]
}

fn held(number: u128, name: &str) -> Held {
    let step = |from, fen| PriceBreak {
        from_quantity: Quantity::new(from).expect("a small quantity"),
        unit_price_fen: Money::from_fen(fen),
    };
    let form = wire::GoodsForm {
        name: name.into(),
        name_en: String::new(),
        county: "qingyuan".into(),
        category: Category::Mushroom,
        brand: None,
        spec: "200g/袋".into(),
        unit: "袋".into(),
        ladder: vec![step(1, 4_800), step(10, 4_600)],
        minimum_order: 1,
        available: 500,
        season_months: SeasonMonths::from_bits(0x0FFF),
        shelf_life_days: Some(365),
        cold_chain: false,
        certification_kind: None,
        certification: None,
        certification_number: None,
        union_gift_ok: true,
        batch: None,
        best_before: None,
        description: "晒干装袋。".into(),
        description_en: String::new(),
    };
    Held { id: ProductId(Uuid::from_u128(number)), edition: 3, form }
}

/// The rows of a workbook as they were sent out, a title above them.
fn sent(goods: &[Held], reader: Language) -> Sheet {
    let heading = Column::all().into_iter().map(|column| Cell::written(column.word(reader))).collect();
    let mut rows =
        vec![Row { number: 1, cells: vec![Cell::written("示例商户的产品")] }, Row { number: 2, cells: heading }];
    for (number, held) in (3..).zip(goods) {
        let shown = texts(&held.form, &counties(), reader);
        let cell = |column| match column {
            Column::Id => held.id.to_string(),
            Column::Edition => held.edition.to_string(),
            Column::Status => "在售".into(),
            Column::AvailableRead => held.form.available.to_string(),
            Column::Of(field) => shown.get(field).to_owned(),
        };
        rows.push(Row { number, cells: Column::all().into_iter().map(|it| Cell::written(cell(it))).collect() });
    }
    Sheet { name: "产品".into(), rows }
}

fn write(sheet: &mut Sheet, row: usize, column: Column, text: &str) {
    let place = Column::all().into_iter().position(|it| it == column).expect("a column");
    sheet.rows[row + 2].cells[place] = Cell::written(text);
}

fn compared(sheet: &Sheet, held: &[Held]) -> Comparison {
    let sheet = GoodsSheet::find(std::slice::from_ref(sheet)).expect("a sheet of goods");
    compare(&sheet, held, &counties(), Language::Zh)
}

#[test]
fn what_comes_back_as_it_was_sent_changes_nothing() {
    let goods = [held(1, "灰树花"), held(2, "香菇")];
    for reader in [Language::Zh, Language::En] {
        let comparison = compared(&sent(&goods, reader), &goods);
        assert_eq!((comparison.changes.len(), comparison.unchanged, comparison.problems.len()), (0, 2, 0));
    }
}

#[test]
fn each_changed_cell_is_told_before_and_after() {
    let goods = [held(1, "灰树花"), held(2, "香菇")];
    let mut sheet = sent(&goods, Language::Zh);
    write(&mut sheet, 1, Column::Of(Field::Price), "52");
    write(&mut sheet, 1, Column::Of(Field::UnionGift), "否");
    let Comparison { changes, unchanged, problems } = compared(&sheet, &goods);
    assert_eq!((changes.len(), unchanged, problems.len()), (1, 1, 0));
    assert_eq!((changes[0].row, changes[0].id), (4, Some(goods[1].id)));
    let told = |field, before: &str, after: &str| (field, before.to_owned(), after.to_owned());
    assert_eq!(changes[0].fields, [told(Field::Price, "48.00", "52.00"), told(Field::UnionGift, "是", "否")]);
}

#[test]
fn what_was_sold_since_the_download_stays_sold() {
    let mut goods = [held(1, "灰树花")];
    let mut sheet = sent(&goods, Language::Zh);
    goods[0].form.available = 450;
    assert_eq!(compared(&sheet, &goods).unchanged, 1, "a sale is no difference");
    write(&mut sheet, 0, Column::Of(Field::Available), "600");
    let change = compared(&sheet, &goods).changes.remove(0);
    assert_eq!((change.stock, change.form.available), (100, 550));
    write(&mut sheet, 0, Column::Of(Field::Available), "20");
    let problem = compared(&sheet, &goods).problems.remove(0);
    assert_eq!((problem.row, problem.field), (3, Some(Field::Available)));
}

#[test]
fn a_sheet_that_was_applied_changes_nothing_once_more() {
    let mut goods = [held(1, "灰树花")];
    let mut sheet = sent(&goods, Language::Zh);
    write(&mut sheet, 0, Column::Of(Field::Available), "600");
    write(&mut sheet, 0, Column::Of(Field::Price), "52");
    let change = compared(&sheet, &goods).changes.remove(0);
    goods[0] = Held { edition: 4, form: change.form, ..goods[0].clone() };
    let Comparison { changes, unchanged, problems } = compared(&sheet, &goods);
    assert_eq!((changes.len(), unchanged, problems.len()), (0, 1, 0));
}

#[test]
fn a_row_that_somebody_else_has_changed_is_named() {
    let mut goods = [held(1, "灰树花"), held(2, "香菇")];
    let mut sheet = sent(&goods, Language::Zh);
    for held in &mut goods {
        held.edition += 1;
    }
    write(&mut sheet, 0, Column::Of(Field::Price), "52");
    let Comparison { changes, unchanged, problems } = compared(&sheet, &goods);
    assert_eq!((changes.len(), unchanged), (0, 1), "a row nobody touched is no quarrel");
    assert_eq!((problems.len(), problems[0].row, problems[0].field), (1, 3, None));
}

#[test]
fn a_row_without_an_id_is_a_new_product_once() {
    let goods = [held(1, "灰树花")];
    let mut sheet = sent(&[held(1, "灰树花"), held(2, "笋干"), held(3, "笋干")], Language::Zh);
    write(&mut sheet, 1, Column::Id, "");
    write(&mut sheet, 2, Column::Id, "");
    let Comparison { changes, problems, .. } = compared(&sheet, &goods);
    assert_eq!((changes.len(), changes[0].id, changes[0].stock), (1, None, 500));
    assert_eq!((problems.len(), problems[0].row, problems[0].field), (1, 5, Some(Field::Name)));
}

#[test]
fn wrong_rows_and_cells_are_named() {
    let goods = [held(1, "灰树花"), held(2, "香菇")];
    let mut sheet = sent(&[held(1, "灰树花"), held(1, "灰树花"), held(9, "别家的"), held(2, "香菇")], Language::Zh);
    write(&mut sheet, 3, Column::Of(Field::Price2), "49");
    let place = Column::all().into_iter().position(|it| it == Column::Of(Field::Spec)).expect("a column");
    let mut broken = sheet.clone();
    broken.rows[2].cells[place].origin = Origin::Fault;
    let problems = |sheet| {
        let problems = compared(sheet, &goods).problems;
        problems.into_iter().map(|it| (it.row, it.field)).collect::<Vec<_>>()
    };
    assert_eq!(problems(&sheet), [(4, None), (5, None), (6, Some(Field::Price2))]);
    assert_eq!(problems(&broken)[0], (3, Some(Field::Spec)));
}

#[test]
fn columns_that_are_not_there_leave_their_fields_alone() {
    let goods = [held(1, "灰树花")];
    let mut sheet = sent(&goods, Language::Zh);
    let kept = [Column::Id, Column::Edition, Column::Of(Field::Price)];
    let places: Vec<usize> =
        kept.iter().filter_map(|it| Column::all().iter().position(|column| column == it)).collect();
    for row in &mut sheet.rows[1..] {
        row.cells = places.iter().map(|place| row.cells[*place].clone()).collect();
    }
    assert_eq!(compared(&sheet, &goods).unchanged, 1);
    sheet.rows[2].cells[2] = Cell::written("50");
    let change = compared(&sheet, &goods).changes.remove(0);
    assert_eq!((change.fields.len(), change.form.available), (1, 500));
}

#[test]
fn a_file_without_goods_says_what_to_do() {
    let code = |sheet: Sheet| GoodsSheet::find(&[sheet]).map_err(|refusal| refusal.code);
    let list = Sheet { name: "名单".into(), rows: vec![Row { number: 1, cells: vec![Cell::written("姓名")] }] };
    assert_eq!(code(list), Err(Code::NoHeader));
    assert_eq!(code(sent(&[], Language::Zh)), Err(Code::NoRows));
}

#[test]
fn a_row_that_breaks_a_newer_rule_is_left_in_peace_until_it_is_touched() {
    let mut old = held(1, "灰树花");
    old.form.certification_kind = Some(crate::product::CertificationKind::Gi);
    let goods = [old];
    let mut sheet = sent(&goods, Language::Zh);
    write(&mut sheet, 0, Column::Of(Field::Price), "48");
    assert_eq!(compared(&sheet, &goods).unchanged, 1, "48 is 48.00");
    write(&mut sheet, 0, Column::Of(Field::Price), "49");
    let problem = compared(&sheet, &goods).problems.remove(0);
    assert_eq!(problem.field, Some(Field::CertificationNumber));
}
