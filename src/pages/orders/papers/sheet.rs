//! A paper as a page: drawn as text, since a sheet may have thousands of rows and nothing on it moves.

use domain::page::SITE;
use domain::paper::{CellKind, words};
use domain::wire::{Paper, PaperColumn, PaperField, PaperFoot, PaperParty, PaperSigner, PaperTable};
use domain::{Money, money::group_thousands};

use crate::api;
use crate::components::markup::{Escaped, put};
use crate::components::masthead::MARK;

pub fn markup(paper: &Paper) -> String {
    let mut page = String::new();
    put(
        &mut page,
        format_args!(
            "<div class=\"sheets\" lang=\"zh-CN\" tabindex=\"0\" role=\"region\" aria-label=\"{}\">",
            Escaped(&paper.title)
        ),
    );
    page.push_str("<article class=\"a4\">");
    head(&mut page, paper);
    parties(&mut page, &paper.parties);
    for each in &paper.tables {
        table(&mut page, each);
    }
    terms(&mut page, &paper.terms);
    signers(&mut page, &paper.signers);
    foot(&mut page, paper);
    page.push_str("</article>");
    for annex in &paper.annexes {
        page.push_str("<article class=\"a4 annex\">");
        table(&mut page, annex);
        foot(&mut page, &Paper { foot: String::new(), ..paper.clone() });
        page.push_str("</article>");
    }
    page.push_str("</div>");
    page
}

fn head(page: &mut String, paper: &Paper) {
    put(
        page,
        format_args!(
            "<header><span class=\"logo\"><svg class=\"mark\" viewBox=\"0 0 40 40\" aria-hidden=\"true\">{MARK}</svg><b>{SITE}</b></span><h1>{}</h1><dl><div><dt>{}</dt><dd>{}</dd></div><div><dt>{}</dt><dd>{}</dd></div></dl></header>",
            Escaped(&paper.title),
            words::NUMBER,
            Escaped(&paper.number),
            words::DATE,
            Escaped(&paper.date)
        ),
    );
    page.push_str("<p class=\"mk\">");
    for mark in &paper.marks {
        labelled(page, "span", mark);
    }
    if let Some(stamp) = &paper.stamp {
        put(page, format_args!("<span class=\"bf\">{}</span>", Escaped(stamp)));
    }
    page.push_str("</p>");
}

fn labelled(page: &mut String, tag: &str, field: &PaperField) {
    let (label, text) = (Escaped(&field.label), Escaped(&field.text));
    put(page, format_args!("<{tag}>{label}{}<b>{text}</b></{tag}>", words::COLON));
}

fn parties(page: &mut String, parties: &[PaperParty]) {
    if parties.is_empty() {
        return;
    }
    put(page, format_args!("<div class=\"sides of-{}\">", parties.len()));
    for party in parties {
        put(page, format_args!("<table class=\"party\"><caption>{}</caption><tbody>", Escaped(&party.caption)));
        for PaperField { label, text } in &party.fields {
            put(page, format_args!("<tr><th scope=\"row\">{}</th><td>{}</td></tr>", Escaped(label), Escaped(text)));
        }
        page.push_str("</tbody></table>");
    }
    page.push_str("</div>");
}

fn table(page: &mut String, it: &PaperTable) {
    page.push_str("<section class=\"part\">");
    if let Some(code) = &it.square {
        let (src, words) = (api::square_address(code), words::SQUARE);
        put(
            page,
            format_args!(
                "<figure class=\"square\"><img src=\"{}\" alt=\"{words}\" width=\"90\" height=\"90\"><figcaption>{words}<br><b>{}</b></figcaption></figure>",
                Escaped(&src),
                Escaped(code)
            ),
        );
    }
    if let Some(caption) = &it.caption {
        put(page, format_args!("<h2>{}</h2>", Escaped(caption)));
    }
    for note in &it.notes {
        put(page, format_args!("<p class=\"says\">{}</p>", Escaped(note)));
    }
    page.push_str("<table class=\"items\"><colgroup>");
    let all: i64 = it.columns.iter().map(|column| column.width).sum();
    for column in &it.columns {
        // In tenths of a percent, since a percent is a fraction there.
        let share = column.width * 1_000 / all.max(1);
        put(page, format_args!("<col width=\"{}.{}%\">", share / 10, share % 10));
    }
    page.push_str("</colgroup><thead><tr>");
    for column in &it.columns {
        put(page, format_args!("<th scope=\"col\"{}>{}</th>", class_of(column.kind), Escaped(&column.title)));
    }
    page.push_str("</tr></thead><tbody>");
    let signed = it.columns.iter().any(|column| column.kind == CellKind::Blank);
    for row in &it.rows {
        page.push_str(if signed { "<tr class=\"to-sign\">" } else { "<tr>" });
        for (cell, column) in row.iter().zip(&it.columns) {
            put(page, format_args!("<td{}>", class_of(column.kind)));
            value(page, column.kind, cell);
            page.push_str("</td>");
        }
        page.push_str("</tr>");
    }
    put(
        page,
        format_args!("<tr class=\"blank\"><td colspan=\"{}\">{}</td></tr>", it.columns.len(), words::NOTHING_BELOW),
    );
    // What is summed stands once, at the end, and not below the part of every page.
    for each in &it.feet {
        below(page, &it.columns, each);
    }
    page.push_str("</tbody></table></section>");
}

fn class_of(kind: CellKind) -> &'static str {
    match kind {
        CellKind::Count | CellKind::Amount => " class=\"n\"",
        CellKind::Text | CellKind::Blank => "",
    }
}

fn value(page: &mut String, kind: CellKind, cell: &str) {
    match (kind, cell.parse::<i64>()) {
        (CellKind::Count, Ok(count)) => page.push_str(&group_thousands(&count.to_string())),
        (CellKind::Amount, Ok(fen)) => page.push_str(&Money::from_fen(fen).yuan()),
        _ => put(page, format_args!("{}", Escaped(cell))),
    }
}

fn below(page: &mut String, columns: &[PaperColumn], foot: &PaperFoot) {
    let last_of = |kind| columns.iter().rposition(|column| column.kind == kind);
    let Some(amount) = last_of(CellKind::Amount) else { return };
    let count = last_of(CellKind::Count).filter(|place| foot.count.is_some() && *place < amount);
    let label = Escaped(&foot.label);
    match &foot.capitals {
        Some(capitals) => {
            let span = count.unwrap_or(amount);
            put(
                page,
                format_args!(
                    "<tr class=\"tt\"><td colspan=\"{span}\"><span>{label}{}</span> <b>{}</b></td>",
                    words::IN_CAPITALS,
                    Escaped(capitals)
                ),
            );
        }
        None => put(page, format_args!("<tr><td colspan=\"{}\" class=\"n\">{label}</td>", count.unwrap_or(amount))),
    }
    if let (Some(place), Some(pieces)) = (count, foot.count) {
        put(page, format_args!("<td class=\"n\">{}</td>", group_thousands(&pieces.to_string())));
        for _ in place + 1..amount {
            page.push_str("<td></td>");
        }
    }
    let sign = if foot.capitals.is_some() { "¥" } else { "" };
    put(page, format_args!("<td class=\"n\">{sign}{}</td>", foot.amount_fen.yuan()));
    for _ in amount + 1..columns.len() {
        page.push_str("<td></td>");
    }
    page.push_str("</tr>");
}

fn terms(page: &mut String, terms: &[PaperField]) {
    if terms.is_empty() {
        return;
    }
    page.push_str("<ol class=\"terms\">");
    for PaperField { label, text } in terms {
        put(page, format_args!("<li><b>{}</b>&emsp;{}</li>", Escaped(label), Escaped(text)));
    }
    page.push_str("</ol>");
}

fn signers(page: &mut String, signers: &[PaperSigner]) {
    if signers.is_empty() {
        return;
    }
    page.push_str("<div class=\"seals\">");
    for PaperSigner { side, places, seal } in signers {
        put(page, format_args!("<div><b>{}</b>", Escaped(side)));
        for place in places {
            put(page, format_args!("<p>{}{}</p>", Escaped(place), words::COLON));
        }
        if *seal {
            put(page, format_args!("<span class=\"seal\">{}</span>", words::SEAL));
        }
        put(page, format_args!("<p class=\"dt\">{}</p></div>", words::DAY_TO_FILL_IN));
    }
    page.push_str("</div>");
}

fn foot(page: &mut String, paper: &Paper) {
    put(
        page,
        format_args!("<footer><span>{}</span><span>{}</span></footer>", Escaped(&paper.foot), Escaped(&paper.number)),
    );
}

#[cfg(test)]
mod tests {
    use domain::paper::PaperKind;

    use super::*;

    fn paper(rows: usize) -> Paper {
        let column = |title: &str, kind| PaperColumn { title: title.to_owned(), kind, width: 10 };
        let foot = PaperFoot {
            label: "sum".to_owned(),
            capitals: Some("five".to_owned()),
            count: Some(5),
            amount_fen: Money::from_fen(123_450),
            is_sum: true,
        };
        let row = vec!["<b>Li & Wang".to_owned(), "1200".to_owned(), "123450".to_owned(), String::new()];
        Paper {
            kind: PaperKind::SignOff,
            title: "sheet".to_owned(),
            number: "SH1".to_owned(),
            date: String::new(),
            marks: Vec::new(),
            stamp: None,
            parties: Vec::new(),
            tables: vec![PaperTable {
                caption: None,
                notes: Vec::new(),
                square: None,
                columns: vec![
                    column("name", CellKind::Text),
                    column("pieces", CellKind::Count),
                    column("amount", CellKind::Amount),
                    column("signature", CellKind::Blank),
                ],
                rows: vec![row; rows],
                feet: vec![foot],
            }],
            terms: Vec::new(),
            signers: Vec::new(),
            annexes: Vec::new(),
            foot: String::new(),
        }
    }

    #[test]
    fn what_people_wrote_is_no_markup_and_numbers_are_written_as_amounts() {
        let page = markup(&paper(1));
        assert!(
            page.contains(
                "<td>&lt;b&gt;Li &amp; Wang</td><td class=\"n\">1,200</td><td class=\"n\">1,234.50</td><td></td>"
            ),
            "{page}"
        );
    }

    #[test]
    fn every_row_of_a_table_fills_its_columns() {
        let page = markup(&paper(3));
        let (_, sum) = page.split_once("<tr class=\"tt\">").expect("a sum");
        // The label spans the first column; count, amount and the empty cell stand below theirs.
        assert!(sum.starts_with("<td colspan=\"1\">"), "{sum}");
        assert_eq!(sum.split("</tr>").next().unwrap_or_default().matches("<td").count(), 4);
        assert_eq!(page.matches("class=\"to-sign\"").count(), 3);
    }
}
