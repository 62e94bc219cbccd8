//! The list as it is kept in the browser beside the draft: of 5,000 people some 400 KB, a tenth of what there is room for.

use domain::delivery_list::Column;
use domain::fields;
use domain::id::AccountId;
use domain::sheet::Origin;
use domain::wire::{CellOrigin, ListPreview, ListRow};
use serde::Serialize;

/// What was read from a file, whoever chose it, and how far the officer has come with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Kept {
    pub account_id: AccountId,
    pub by_list: bool,
    pub taken: bool,
    pub file: String,
    pub header_row: i64,
    pub columns: Vec<Column>,
    pub left_out: Vec<i64>,
    pub computed: i64,
    rows: Vec<(i64, Vec<String>)>,
}
fields!(Kept: account_id, by_list, taken, file, header_row, columns, left_out, computed, rows);

impl Kept {
    pub fn new(account_id: AccountId, by_list: bool, taken: bool, file: String, list: &ListPreview) -> Kept {
        Kept {
            account_id,
            by_list,
            taken,
            file,
            header_row: list.header_row,
            columns: list.columns.clone(),
            left_out: list.left_out.clone(),
            computed: list.computed,
            rows: list.rows.iter().map(packed).collect(),
        }
    }

    pub fn rows(&self) -> Vec<ListRow> {
        self.rows.iter().map(unpacked).collect()
    }
}

/// The cells in the order of the columns, without those that are empty at the end; behind them what was not simply written.
fn packed(row: &ListRow) -> (i64, Vec<String>) {
    let mut texts: Vec<String> = Column::ALL.iter().map(|column| row.text(*column).to_owned()).collect();
    let origin = |it: &CellOrigin| format!("{}:{}", it.column.code(), it.origin.code());
    texts.extend(row.origins.iter().map(origin));
    while texts.last().is_some_and(String::is_empty) {
        texts.pop();
    }
    (row.row, texts)
}

fn unpacked((number, texts): &(i64, Vec<String>)) -> ListRow {
    let mut row = ListRow { row: *number, ..ListRow::default() };
    for (column, text) in Column::ALL.iter().zip(texts) {
        row.write(*column, text.clone());
    }
    for text in texts.iter().skip(Column::ALL.len()) {
        let parts = text.split_once(':');
        let origin = parts.and_then(|(column, origin)| {
            Some(CellOrigin { column: Column::from_code(column)?, origin: Origin::from_code(origin)? })
        });
        row.origins.extend(origin);
    }
    row
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::api;

    #[test]
    fn a_list_reads_back_as_it_was_kept() {
        let mut row = ListRow { row: 5, name: "张三".into(), sets: "2".into(), ..ListRow::default() };
        row.origins.push(CellOrigin { column: Column::Sets, origin: Origin::Computed });
        let plain = ListRow { row: 6, name: "李\t四".into(), phone: "1380000".into(), ..ListRow::default() };
        let list = ListPreview {
            sheet: "名单".into(),
            header_row: 4,
            columns: vec![Column::Name, Column::Sets],
            rows: vec![row, plain],
            errors: Vec::new(),
            warnings: Vec::new(),
            points: Vec::new(),
            left_out: vec![9],
            computed: 1,
        };
        let kept = Kept::new(AccountId(Uuid::from_u128(1)), true, false, "名单.xlsx".into(), &list);
        let text = serde_json::to_string(&kept).expect("plain texts");
        let read = api::parse::<Kept>(&text).expect("what was written");
        assert_eq!(read, kept);
        assert_eq!(read.rows(), list.rows);
    }
}
