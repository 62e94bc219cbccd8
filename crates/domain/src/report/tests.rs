use jiff::civil::date;
use uuid::Uuid;

use super::*;

const TODAY: Date = date(2026, 11, 24);

pub(crate) fn places() -> Places {
    let place = |id: &str, names: &[&str]| Place {
        id: id.to_owned(),
        names: names.iter().map(|name| (*name).to_owned()).collect(),
    };
    Places {
        counties: vec![place("qingyuan", &["庆元", "庆元县", "Qingyuan"]), place("changshan", &["常山", "常山县"])],
        districts: vec![place("zhenhai", &["镇海区", "镇海"]), place("yinzhou", &["鄞州区", "鄞州"])],
    }
}

fn line() -> NewReportLine {
    NewReportLine {
        sold_on: "2026-11-20".into(),
        county: "qingyuan".into(),
        brand: Some(Brand::LishuiShangeng),
        category: Category::Mushroom,
        product: "庆元香菇礼盒".into(),
        quantity: 100,
        amount_fen: Money::from_yuan(12_600),
        invoices: vec!["2433 2000 0000 1234 5678".into()],
        buyer: "镇海区示例石化工会联合会".into(),
        district: "zhenhai".into(),
        note: String::new(),
    }
}

fn report(lines: Vec<NewReportLine>) -> NewReport {
    NewReport {
        id: ReportId(Uuid::from_u128(1)),
        attempt: 1,
        channel: Channel::Fair,
        seller: "庆元示例菇业有限公司".into(),
        seller_uscc: String::new(),
        note: String::new(),
        lines,
        evidence: Vec::new(),
        sure_fen: Vec::new(),
    }
}

fn wrong_fields(body: &NewReport) -> Vec<String> {
    let wrong = Report::parse(body, TODAY).expect_err("wrong");
    wrong.into_iter().map(|it| it.field.unwrap_or_default()).collect()
}

#[test]
fn the_whole_life_is_one_table() {
    use ReportState::{Recognised, Returned, Submitted};
    use ReportStep::{Decide, Recognise, Return, Submit};
    let after = |from, step| ReportState::after(from, step).ok();
    assert_eq!(after(None, Submit), Some(Submitted));
    assert_eq!(after(Some(Returned), Submit), Some(Submitted));
    assert_eq!(after(Some(Submitted), Recognise), Some(Recognised));
    assert_eq!(after(Some(Submitted), Return), Some(Returned));
    assert_eq!(after(Some(Submitted), Decide), Some(Submitted));
    let states = [None, Some(Submitted), Some(Recognised), Some(Returned)];
    let allowed = states.iter().flat_map(|from| ReportStep::ALL.iter().filter_map(|step| after(*from, *step)));
    assert_eq!(allowed.count(), 5, "and nothing else");
    assert_eq!(ReportState::after(Some(Recognised), Return).map_err(|it| it.code), Err(Code::OutOfTurn));
}

#[test]
fn a_report_reads_as_it_is_typed() {
    let read = Report::parse(&report(vec![line(), line()]), TODAY).expect("right");
    assert_eq!(read.amount, Money::from_yuan(25_200));
    assert_eq!(read.lines[0].invoices, ["24332000000012345678"], "spaces are no part of a number");
    assert_eq!(read.districts(), [DistrictId::new("zhenhai")]);
}

#[test]
fn every_wrong_field_is_named_with_its_line() {
    let wrong = NewReportLine {
        sold_on: "2026-11-25".into(),
        quantity: 0,
        amount_fen: Money::from_fen(-1),
        product: " ".into(),
        county: String::new(),
        district: String::new(),
        invoices: vec!["12".into()],
        ..line()
    };
    let mut body = report(vec![line(), wrong]);
    body.seller_uscc = "9133".into();
    assert_eq!(
        wrong_fields(&body),
        [
            "seller_uscc",
            "lines[1].sold_on",
            "lines[1].product",
            "lines[1].county",
            "lines[1].quantity",
            "lines[1].amount_fen",
            "lines[1].district",
            "lines[1].invoices"
        ]
    );
    assert_eq!(wrong_fields(&report(Vec::new())), ["lines"]);
}

#[test]
fn so_many_lines_are_no_report() {
    let refused = Report::parse(&report(vec![line(); 5_001]), TODAY).expect_err("too many");
    assert_eq!((refused.len(), refused[0].code), (1, Code::TooManyRows));
    assert!(refused[0].sentence.zh.contains("5001"), "{}", refused[0].sentence.zh);
}

#[test]
fn union_procurement_is_what_unions_bought() {
    let mut body = report(vec![NewReportLine { buyer: "示例商贸公司".into(), ..line() }]);
    body.channel = Channel::UnionProcurement;
    assert_eq!(wrong_fields(&body), ["lines[0].buyer"]);
    body.lines = vec![line()];
    assert!(Report::parse(&body, TODAY).is_ok());
}

#[test]
fn a_day_is_read_as_people_write_it() {
    for text in
        ["2026-11-04", "2026/11/4", "2026.11.4", "2026年11月4日", "20261104", "２０２６-11-04", "2026-11-04 10:30"]
    {
        assert_eq!(parse_day(text, TODAY).ok(), Some(date(2026, 11, 4)), "{text}");
    }
    for (text, word) in
        [("2026-11-25", "还没到"), ("11月4日", "年月日"), ("46330", "年月日"), ("", "写上"), ("2006-01-01", "年份")]
    {
        let sentence = parse_day(text, TODAY).expect_err("refused").zh;
        assert!(sentence.contains(word), "{text}: {sentence}");
    }
}

#[test]
fn amounts_are_read_to_the_fen_in_yuan_and_in_wan() {
    let fen = |text: &str| read_amount(text).map(Money::fen).map_err(|it| it.zh.into_owned());
    assert_eq!(fen("12,600.50"), Ok(1_260_050));
    assert_eq!(fen("1.79万"), Ok(1_790_000));
    assert_eq!(fen("1.790001万元"), Ok(1_790_001));
    assert_eq!(fen("12万"), Ok(12_000_000));
    assert!(fen("1.7900011万元").is_err(), "finer than a fen");
    assert!(fen("-3万").is_err());
    assert!(fen("万").is_err());
}

#[test]
fn what_is_typed_and_what_is_sent_are_read_by_the_same_law() {
    let typed = |field| match field {
        LineField::SoldOn => "2026年11月20日",
        LineField::Product => "庆元香菇礼盒",
        LineField::County => "庆元县",
        LineField::Category => "菌菇",
        LineField::Brand => "丽水山耕",
        LineField::Quantity => "１００ 盒",
        LineField::Amount => "1.26万元",
        LineField::Buyer => "镇海区示例石化工会联合会",
        LineField::District => "镇海",
        LineField::Invoices => "2433 2000 0000 1234 5678",
        LineField::Note => "",
    };
    assert_eq!(
        read_line(|field| typed(field).to_owned(), &places(), TODAY),
        Ok(NewReportLine { sold_on: "2026-11-20".into(), ..line() })
    );
    let wrong = read_line(|_| String::new(), &places(), TODAY).expect_err("nothing was typed");
    let needed: Vec<LineField> = LineField::ALL.iter().copied().filter(|field| field.is_needed()).collect();
    assert_eq!(wrong.iter().map(|it| it.field).collect::<Vec<_>>(), needed);
}

#[test]
fn a_number_is_the_same_however_it_is_typed() {
    assert_eq!(plain_number("２４３３-2000 0000"), "243320000000");
    assert_eq!(plain_number("sh 20261124 0042"), "SH20261124-0042");
    assert_eq!(plain_number("№ ab-12"), "AB12");
}

#[test]
fn what_is_far_above_the_usual_is_asked_about_until_it_is_confirmed() {
    let usual = Some(Money::from_yuan(19_888));
    let mut body = report(vec![line(), NewReportLine { amount_fen: Money::from_yuan(17_900_000), ..line() }]);
    let check = |body: &NewReport, usual| check_usual(&Report::parse(body, TODAY).expect("right"), usual);
    let refused = check(&body, usual).expect_err("unusual");
    assert_eq!(refused.len(), 1);
    assert_eq!((refused[0].code, refused[0].field.as_deref()), (Code::AmountUnusual, Some("lines[1].amount_fen")));
    assert_eq!(refused[0].sentence.zh, "第 2 行 1,790.0 万元，是平时的 900 倍？没写错，请确认后再提交一次");
    assert_eq!(check(&body, None), Ok(()), "nothing is known of the usual");
    body.sure_fen = vec![Money::from_yuan(17_900_000)];
    assert_eq!(check(&body, usual), Ok(()));
    body.sure_fen = vec![Money::from_yuan(17_900_001)];
    assert!(check(&body, usual).is_err(), "another amount was confirmed");
}

#[test]
fn nothing_is_recognised_past_a_possible_double_or_without_any_ground() {
    let code = |open_pairs, same_pairs, evidence, reason| {
        check_recognition(Hindrances { open_pairs, same_pairs, evidence }, reason).err().map(|it| it.code)
    };
    assert_eq!(code(0, 0, 1, None), None);
    assert_eq!(code(1, 0, 1, Some("看过")), Some(Code::PairsOpen));
    assert_eq!(code(0, 1, 1, Some("看过")), Some(Code::SaidSame));
    assert_eq!(code(0, 0, 0, None), Some(Code::ReasonNeeded));
    assert_eq!(code(0, 0, 0, Some("现场核过")), None);
}
