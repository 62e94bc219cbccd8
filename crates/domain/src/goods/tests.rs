use jiff::civil::date;

use super::*;

fn counties() -> Vec<County> {
    vec![County { id: "qingyuan".into(), names: vec!["庆元".into(), "庆元县".into(), "Qingyuan".into()] }]
}

pub(crate) fn typed() -> Texts {
    let mut texts = Texts::default();
    for (field, text) in [
        (Field::Name, "庆元灰树花"),
        (Field::County, "庆元县"),
        (Field::Category, "菌菇"),
        (Field::Brand, "Lishui Shangeng"),
        (Field::Spec, "200g/袋"),
        (Field::Unit, "袋"),
        (Field::Price, "４８"),
        (Field::From2, "10"),
        (Field::Price2, "46.5"),
        (Field::MinimumOrder, "1"),
        (Field::Available, "1,200"),
        (Field::Season, "11-3"),
        (Field::ShelfLife, "365"),
        (Field::ColdChain, "否"),
        (Field::UnionGift, "yes"),
        (Field::BestBefore, "2027-06-30"),
        (Field::Description, "段木栽培，晒干装袋。"),
    ] {
        texts.set(field, text);
    }
    texts
}

/// The fields that are wrong once `field` says `text`.
fn wrong_with(changes: &[(Field, &str)]) -> Vec<Field> {
    let mut texts = typed();
    for (field, text) in changes {
        texts.set(*field, *text);
    }
    let wrong = read(&texts, &counties()).err().unwrap_or_default();
    wrong.into_iter().map(|error| error.field).collect()
}

#[test]
fn what_is_shown_reads_back_as_it_was_in_both_languages() {
    let form = read(&typed(), &counties()).expect("a product");
    assert_eq!((form.available, form.ladder.len(), form.union_gift_ok), (1_200, 2, true));
    for reader in [Language::Zh, Language::En] {
        let shown = texts(&form, &counties(), reader);
        assert_eq!(read(&shown, &counties()).as_ref(), Ok(&form), "{reader:?}");
    }
}

#[test]
fn every_wrong_field_is_named_at_once() {
    let wrong = read(&Texts::default(), &counties()).expect_err("nothing is typed");
    let fields: Vec<Field> = wrong.iter().map(|error| error.field).collect();
    let needed: Vec<Field> = Field::ALL.iter().copied().filter(|field| field.is_needed()).collect();
    assert_eq!(fields, needed);
}

#[test]
fn a_field_that_does_not_fit_is_the_one_that_is_named() {
    for (changes, field) in [
        (&[(Field::Name, " ")][..], Field::Name),
        (&[(Field::County, "宁海")], Field::County),
        (&[(Field::Category, "水果罐头")], Field::Category),
        (&[(Field::Brand, "五常大米")], Field::Brand),
        (&[(Field::Unit, "一袋二百克那么大的袋子")], Field::Unit),
        (&[(Field::Price, "0")], Field::Price),
        (&[(Field::From2, "1")], Field::From2),
        (&[(Field::Price2, "48")], Field::Price2),
        (&[(Field::Price2, "")], Field::Price2),
        (&[(Field::From2, "")], Field::From2),
        (&[(Field::MinimumOrder, "0")], Field::MinimumOrder),
        (&[(Field::Available, "-1")], Field::Available),
        (&[(Field::Season, "13")], Field::Season),
        (&[(Field::ShelfLife, "0")], Field::ShelfLife),
        (&[(Field::ColdChain, "也许")], Field::ColdChain),
        (&[(Field::CertificationKind, "最好")], Field::CertificationKind),
        (&[(Field::CertificationNumber, "AGI-1")], Field::CertificationKind),
        (&[(Field::BestBefore, "明年夏天")], Field::BestBefore),
        (&[(Field::DescriptionEn, "It cures colds.")], Field::DescriptionEn),
    ] {
        assert_eq!(wrong_with(changes), [field], "{changes:?}");
    }
}

#[test]
fn organic_green_and_geographical_indications_need_their_number() {
    for kind in ["有机", "绿色食品", "地理标志"] {
        assert_eq!(wrong_with(&[(Field::CertificationKind, kind)]), [Field::CertificationNumber], "{kind}");
        assert!(wrong_with(&[(Field::CertificationKind, kind), (Field::CertificationNumber, "示例-1")]).is_empty());
    }
    assert!(wrong_with(&[(Field::CertificationKind, "文化遗产")]).is_empty());
}

#[test]
fn food_is_not_said_to_cure_anything() {
    for word in HEALTH_CLAIMS {
        assert_eq!(wrong_with(&[(Field::Description, &format!("本品{word}，人人夸。"))]), [Field::Description]);
    }
    assert_eq!(health_claim("BOOSTS IMMUNITY every day"), Some("boosts immunity"));
    assert_eq!(health_claim("煲汤煮粥容易酥烂"), None);
}

#[test]
fn a_product_goes_on_sale_and_off_and_on_again() {
    let after = |status: Status, step| status.after(step).map_err(|refusal| refusal.code);
    assert_eq!(after(Status::Draft, Step::Offer), Ok(Status::OnSale));
    assert_eq!(after(Status::OnSale, Step::Withdraw), Ok(Status::Withdrawn));
    assert_eq!(after(Status::Withdrawn, Step::Offer), Ok(Status::OnSale));
    for (status, step) in
        [(Status::Draft, Step::Withdraw), (Status::Withdrawn, Step::Withdraw), (Status::OnSale, Step::Offer)]
    {
        assert_eq!(after(status, step), Err(Code::OutOfTurn));
    }
    for status in Status::ALL {
        assert!(status.after(status.next()).is_ok(), "{}", status.code());
    }
}

#[test]
fn what_is_past_its_day_does_not_go_on_sale() {
    let form = read(&typed(), &counties()).expect("a product");
    let goods = Goods::parse(&form, &counties()).expect("a product");
    assert_eq!(goods.check_offer(date(2027, 6, 30)), Ok(()));
    assert_eq!(goods.check_offer(date(2027, 7, 1)).map_err(|refusal| refusal.code), Err(Code::BadField));
}

#[test]
fn a_licence_warns_thirty_days_before_its_last_and_ends_the_day_after() {
    let licence = Licence { brand: Brand::SanquWei, number: "SQW-1".into(), valid_to: date(2027, 3, 31) };
    for (day, standing, left) in [
        (date(2027, 2, 28), Standing::InForce, 31),
        (date(2027, 3, 1), Standing::EndsSoon, 30),
        (date(2027, 3, 31), Standing::EndsSoon, 0),
        (date(2027, 4, 1), Standing::Ended, -1),
        (date(2026, 3, 31), Standing::InForce, 365),
    ] {
        assert_eq!((licence.standing(day), licence.days_left(day)), (standing, left), "{day}");
    }
}

#[test]
fn a_licence_is_recorded_with_its_number_and_a_day_that_is_not_over() {
    let parse = |number: &str, valid_to: &str| {
        let body = wire::NewLicence { brand: Brand::SanquWei, number: number.into(), valid_to: valid_to.into() };
        let wrong = Licence::parse(&body, date(2026, 11, 27)).err().unwrap_or_default();
        wrong.into_iter().filter_map(|refusal| refusal.field).collect::<Vec<_>>()
    };
    assert!(parse("SQW-1", "2026-11-27").is_empty());
    assert_eq!(parse(" ", "明年"), ["number", "valid_to"]);
    assert_eq!(parse("SQW-1", "2026-11-26"), ["valid_to"]);
    assert_eq!(parse("SQW-1", "明年"), ["valid_to"]);
}
