//! The monthly bulletin and the counting rule it names.

use std::io::{Cursor, Read as _};

use domain::order_life::State;
use domain::region::PairKind;
use domain::wire::{Bulletin, CountingRules, Months, NewCountingRule};
use domain::{Money, bulletin};

use crate::sales::some_sales;
use crate::site::{Answer, Site};

pub fn new_counting_rule(version: &str, valid_from: &str) -> NewCountingRule {
    NewCountingRule {
        version: version.into(),
        valid_from: valid_from.into(),
        document: "示例〔2026〕9号".into(),
        text: "按验收认定。".into(),
        text_en: "Counted at acceptance.".into(),
    }
}

fn today() -> jiff::civil::Date {
    server::clock::day(server::clock::now())
}

/// The paragraphs of a .docx, read from its parts.
fn paragraphs(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let mut archive = zip::ZipArchive::new(Cursor::new(answer.body.clone())).expect("an archive");
    for part in ["[Content_Types].xml", "_rels/.rels", "word/styles.xml", "docProps/core.xml"] {
        let mut text = String::new();
        archive.by_name(part).expect(part).read_to_string(&mut text).expect("text");
        let mut reader = quick_xml::Reader::from_str(&text);
        while !matches!(
            reader.read_event().unwrap_or_else(|error| panic!("{part}: {error}")),
            quick_xml::events::Event::Eof
        ) {}
    }
    let mut document = String::new();
    archive.by_name("word/document.xml").expect("a document").read_to_string(&mut document).expect("text");
    let of_paragraph = document.split("<w:p>").skip(1).map(|paragraph| {
        let runs = paragraph.split("<w:t xml:space=\"preserve\">").skip(1);
        runs.map(|run| run.split("</w:t>").next().unwrap_or_default()).collect::<String>()
    });
    of_paragraph.map(|text| text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")).collect()
}

fn numbers(text: &str) -> Vec<String> {
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '%');
    text.split(|c| !is_part(c))
        .map(|part| part.trim_matches(['.', ',']).to_owned())
        .filter(|it| !it.is_empty())
        .collect()
}

fn text(bulletin: &Bulletin) -> String {
    let of =
        |it: &domain::wire::BulletinParagraph| it.pieces.iter().map(|piece| piece.text.as_str()).collect::<String>();
    bulletin.paragraphs.iter().map(of).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn the_document_says_the_numbers_of_the_interface() {
    let site = Site::open_sample().await;
    let city = site.sign_in("ningbo.city").await;
    let year = today().year() - 1;
    let bulletin: Bulletin = city.get(&format!("/bulletin?year={year}&month=10")).await.json();
    let answer = city.get(&format!("/bulletin.docx?year={year}&month=10")).await;
    let read = paragraphs(&answer);
    let told: Vec<String> = text(&bulletin).lines().map(str::to_owned).collect();
    assert_eq!(read[0], bulletin.title);
    assert_eq!(read[1..=told.len()], told[..], "the sentences are the same");
    let of_document: Vec<String> = read.iter().flat_map(|paragraph| numbers(paragraph)).collect();
    let figures = &bulletin.figures;
    let whole = bulletin::amount(figures.recognised_fen, domain::Language::Zh);
    let wanted = [whole, bulletin::percent(figures.completion_bp.expect("a target")), format!("{}笔", figures.entries)];
    for figure in wanted {
        for number in numbers(&figure) {
            assert!(of_document.contains(&number), "{number} of {figure} in {of_document:?}");
        }
    }
    let cells = bulletin.table.rows.iter().flat_map(|row| row.cells.iter());
    assert!(cells.map(|cell| &cell.text).all(|cell| read.contains(cell)), "the table is the same");

    // And these are the ledger's: the months' sums up to October.
    let tally = city.tally(&format!("?year={year}")).await;
    let until_october: i64 = tally.months_fen[..10].iter().sum();
    assert_eq!(figures.recognised_fen.fen(), until_october);
    assert_eq!(figures.month_fen.fen(), tally.months_fen[9]);
    let by_district: i64 = figures.by_district.iter().map(|place| place.amount_fen.fen()).sum();
    let by_county: i64 = figures.by_county.iter().map(|place| place.amount_fen.fen()).sum();
    let by_pair: i64 = figures.by_pair.iter().map(|pair| pair.amount_fen.fen()).sum();
    assert_eq!((by_district, by_county, by_pair), (until_october, until_october, until_october));
}

#[tokio::test]
async fn every_number_that_opens_opens_its_entries() {
    let site = Site::open_sample().await;
    let city = site.sign_in("ningbo.city").await;
    let year = today().year() - 1;
    let bulletin: Bulletin = city.get(&format!("/bulletin?year={year}&month=6")).await.json();
    let pieces = bulletin.paragraphs.iter().flat_map(|paragraph| paragraph.pieces.iter());
    let mut opened = 0;
    for piece in pieces {
        let Some(opens) = &piece.opens else {
            let ends_in_digit = |before: &str| before.ends_with(|last: char| last.is_ascii_digit());
            let amounts = ["万元", "亿元"].map(|unit| piece.text.split(unit).any(ends_in_digit));
            let is_target = piece.text.contains("年度任务");
            assert!(is_target || amounts == [false, false], "an amount that opens nothing: {}", piece.text);
            continue;
        };
        let sales: domain::wire::Sales = city.get(&format!("/sales?limit=1&{opens}")).await.json();
        let told = bulletin::amount(sales.amount_fen, domain::Language::Zh);
        let is_rate = piece.text.ends_with('%');
        assert!(
            is_rate || piece.text == told || piece.text == format!("{}笔", sales.entries),
            "{} opens {told}: {opens}",
            piece.text
        );
        opened += 1;
    }
    assert!(opened > 8, "{opened}");
    for row in &bulletin.table.rows {
        let opens = row.cells[1].opens.as_ref().expect("a filter");
        let sales: domain::wire::Sales = city.get(&format!("/sales?limit=1&{opens}")).await.json();
        assert_eq!(row.cells[1].text, sales.amount_fen.wan(2), "{opens}");
    }
}

#[tokio::test]
async fn an_assumed_pair_is_never_told_as_a_fact() {
    let site = Site::open().await;
    // Zhenhai and Longquan are only assumed to be a pair; Haishu and Qingyuan are one.
    some_sales(&site).await;
    let city = site.sign_in("ningbo.city").await;
    let month = today().month();
    let bulletin: Bulletin = city.get(&format!("/bulletin?month={month}")).await.json();
    let assumed = bulletin.figures.by_pair.iter().find(|pair| pair.kind == PairKind::Assumed).expect("a sum");
    assert!(assumed.amount_fen > Money::ZERO);
    assert!(
        bulletin
            .figures
            .verified_pairs
            .iter()
            .all(|pair| (&*pair.district_id, &*pair.county_id) != ("zhenhai", "longquan"))
    );
    let paragraphs = paragraphs(&city.get(&format!("/bulletin.docx?month={month}")).await);
    let amount = bulletin::amount(assumed.amount_fen, domain::Language::Zh);
    for told in [text(&bulletin), paragraphs.join("\n")] {
        assert!(told.contains(&format!("另有{amount}所涉结对关系待确认，未计入结对采购")), "{told}");
        assert!(!told.contains("镇海区采购龙泉"), "{told}");
    }
    // As soon as the pairing is confirmed, it is told.
    site.home().run("update pairings set status = 'verified' where district_id = 'zhenhai' and county_id = 'longquan'");
    let confirmed: Bulletin = city.get(&format!("/bulletin?month={month}")).await.json();
    assert!(text(&confirmed).contains("镇海区采购龙泉市产品"), "{}", text(&confirmed));
}

#[tokio::test]
async fn what_is_not_closed_is_preliminary_and_nothing_has_no_rate() {
    let site = Site::open().await;
    site.order_in(State::Accepted, "zhenhai", &[("庆元香菇", 120)]).await;
    let city = site.sign_in("ningbo.city").await;
    let (year, month) = (today().year(), today().month());
    let now: Bulletin = city.get("/bulletin").await.json();
    assert!(now.preliminary && text(&now).contains("未关账，数据为初步"), "{}", text(&now));
    assert!(text(&now).contains("上年同期为零，不计算同比"), "{}", text(&now));
    assert_eq!((now.year, now.month), (year, i64::from(month)));
    let of_last: Bulletin = city.get(&format!("/bulletin?year={}&month=1", year - 1)).await.json();
    assert!(of_last.preliminary);
    city.close(&format!("{}-01", year - 1)).await.json::<Months>();
    let closed: Bulletin = city.get(&format!("/bulletin?year={}&month=1", year - 1)).await.json();
    assert!(!closed.preliminary && text(&closed).contains("1月已关账"), "{}", text(&closed));
    let english = city.request(reqwest::Method::GET, "/bulletin").header("accept-language", "en");
    let english: Bulletin = Answer::to(english).await.json();
    assert!(text(&english).starts_with("From January"), "{}", text(&english));
    assert_eq!(english.figures.recognised_fen, now.figures.recognised_fen);
    let docx = city.request(reqwest::Method::GET, "/bulletin.docx").header("accept-language", "en");
    assert_eq!(paragraphs(&Answer::to(docx).await)[0], now.title, "the document is Chinese whoever reads");
    city.get(&format!("/bulletin?year={}&month=1", year + 1)).await.refused_at(422, "bad_field", "month");
    city.get("/bulletin?month=13").await.refused_at(422, "bad_field", "month");
    for login in ["zhenhai.district", "zhenhai.officer", "operator"] {
        site.sign_in(login).await.get("/bulletin").await.refused(403, "not_allowed");
    }
}

// ---- the counting rule --------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_new_version_counts_from_its_day_and_old_entries_keep_theirs() {
    let site = Site::open().await;
    let (city, operator) = (site.sign_in("ningbo.city").await, site.sign_in("operator").await);
    site.order_in(State::Accepted, "zhenhai", &[("庆元香菇", 120)]).await;
    let before: CountingRules = site.visitor().get("/counting-rules").await.json();
    let old = &before.items[0];
    assert_eq!((&*old.version, old.entries, old.amount_fen.fen(), old.in_force), ("2025-1", 1, 636_000, true));
    let tomorrow = today().tomorrow().expect("a day").to_string();
    let later: CountingRules = operator.post("/counting-rules", &new_counting_rule("2099-1", &tomorrow)).await.json();
    assert_eq!((&*later.items[0].version, later.items[0].in_force), ("2099-1", false));
    assert_eq!(later.items[1].valid_to.as_deref(), Some(today().to_string().as_str()));
    site.order_in(State::Accepted, "zhenhai", &[("庆元花菇", 60)]).await;
    assert_eq!(city.all_sales("").await[0].counting_rule, "2025-1", "its day has not come");

    let new = new_counting_rule("2026-9", &today().to_string());
    operator.post("/counting-rules", &new).await.json::<CountingRules>();
    site.order_in(State::Accepted, "yinzhou", &[("常山胡柚", 200)]).await;
    let rules: Vec<String> = city.all_sales("").await.into_iter().map(|entry| entry.counting_rule).collect();
    assert_eq!(rules, ["2026-9", "2025-1", "2025-1"], "old entries keep theirs");
    let after: CountingRules = site.visitor().get("/counting-rules").await.json();
    let told: Vec<_> = after.items.iter().map(|it| (&*it.version, it.entries, it.in_force)).collect();
    assert_eq!(told, [("2099-1", 0, false), ("2026-9", 1, true), ("2025-1", 2, false)]);
    assert_eq!(city.tally("").await.counting_rule, "2026-9");
    let mut db = site.home().connect();
    server::store::audit::audit(&mut db).expect("the ledger is read").expect("the ledger holds");
}

#[tokio::test]
async fn a_version_is_never_edited() {
    let site = Site::open().await;
    let operator = site.sign_in("operator").await;
    let tomorrow = today().tomorrow().expect("a day").to_string();
    let new = new_counting_rule("2099-1", &tomorrow);
    let first: CountingRules = operator.post("/counting-rules", &new).await.json();
    assert_eq!(operator.post("/counting-rules", &new).await.json::<CountingRules>(), first, "sent twice is once");
    let edited = NewCountingRule { text: "按下单认定。".into(), ..new.clone() };
    operator.post("/counting-rules", &edited).await.refused_at(409, "id_taken", "version");
    let same_day = new_counting_rule("2099-2", &tomorrow);
    operator.post("/counting-rules", &same_day).await.refused_at(422, "bad_field", "valid_from");
    let past = new_counting_rule("2099-3", &today().yesterday().expect("a day").to_string());
    operator.post("/counting-rules", &past).await.refused_at(422, "bad_field", "valid_from");
    for login in ["ningbo.city", "zhenhai.officer"] {
        site.sign_in(login).await.post("/counting-rules", &new).await.refused(403, "not_allowed");
    }
}
