//! What a merchant has typed of a product so far, kept in the browser until it is saved, and what is wrong with it.

use domain::fields;
use domain::goods::{County, Field, Texts, texts};
use domain::id::{AccountId, ProductId};
use domain::language::Language;
use domain::wire::{GoodsChoices, GoodsForm, GoodsItem};
use serde::Serialize;

/// One draft: whoever signs in next on this computer begins afresh.
pub use crate::state::GOODS_DRAFT_KEY as KEY;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Draft {
    pub account_id: AccountId,
    /// The product; of a new one the id it will have, so that saving it twice is once.
    pub id: ProductId,
    pub new: bool,
    /// What was read when the writing began.
    pub edition: i64,
    pub available_read: i64,
    /// In the order of [`Field::ALL`].
    pub typed: Vec<String>,
}
fields!(Draft: account_id, id, new, edition, available_read, typed);

impl Draft {
    pub fn begin(account_id: AccountId, id: ProductId, held: Option<&GoodsItem>, choices: &GoodsChoices) -> Draft {
        let shown = match held {
            Some(held) => written(&held.goods, choices),
            None => blank(choices),
        };
        Draft {
            account_id,
            id,
            new: held.is_none(),
            edition: held.map_or(0, |held| held.edition),
            available_read: held.map_or(0, |held| held.goods.available),
            typed: Field::ALL.iter().map(|field| shown.get(*field).to_owned()).collect(),
        }
    }
}

/// What was typed, by field.
pub fn typed(in_order: &[String]) -> Texts {
    let mut texts = Texts::default();
    for (field, text) in Field::ALL.iter().zip(in_order) {
        texts.set(*field, text);
    }
    texts
}

/// Counties as the form's list names them: by id.
pub fn counties(choices: &GoodsChoices) -> Vec<County> {
    let county = |id: &String| County { id: id.clone(), names: vec![id.clone()] };
    choices.counties.iter().map(|it| county(&it.id)).collect()
}

/// What is chosen from a list stands as its code, whatever the language.
fn written(form: &GoodsForm, choices: &GoodsChoices) -> Texts {
    let mut typed = texts(form, &counties(choices), Language::En);
    typed.set(Field::Category, form.category.code());
    typed.set(Field::Brand, form.brand.map_or("", |brand| brand.code()));
    typed.set(Field::CertificationKind, form.certification_kind.map_or("", |kind| kind.code()));
    typed
}

fn blank(choices: &GoodsChoices) -> Texts {
    let mut typed = Texts::default();
    typed.set(Field::County, choices.county.clone().unwrap_or_default());
    typed.set(Field::MinimumOrder, "1");
    typed.set(Field::Season, "1-12");
    typed.set(Field::ColdChain, "no");
    typed.set(Field::UnionGift, "yes");
    typed
}

#[cfg(test)]
mod tests {
    use domain::goods::read;
    use domain::product::{Brand, Category, CertificationKind, PriceBreak, SeasonMonths};
    use domain::wire::GoodsCounty;
    use domain::{Money, Quantity};
    use uuid::Uuid;

    use super::*;
    use crate::api;

    fn choices() -> GoodsChoices {
        let counties = vec![GoodsCounty { id: "qingyuan".into(), name: "庆元".into() }];
        GoodsChoices { counties, county: Some("qingyuan".into()), licences: Vec::new() }
    }

    fn held() -> GoodsItem {
        let step = |from, fen| PriceBreak {
            from_quantity: Quantity::new(from).expect("small"),
            unit_price_fen: Money::from_fen(fen),
        };
        GoodsItem {
            id: ProductId(Uuid::from_u128(1)),
            status: domain::goods::Status::OnSale,
            edition: 3,
            revision: 9,
            goods: GoodsForm {
                name: "庆元灰树花".into(),
                name_en: String::new(),
                county: "qingyuan".into(),
                category: Category::Mushroom,
                brand: Some(Brand::LishuiShangeng),
                spec: "200g/袋".into(),
                unit: "袋".into(),
                ladder: vec![step(1, 123_450), step(10, 120_000)],
                minimum_order: 1,
                available: 1_500,
                season_months: SeasonMonths::from_bits(0b1100_0000_0111),
                shelf_life_days: None,
                cold_chain: true,
                certification_kind: Some(CertificationKind::Gi),
                certification: None,
                certification_number: Some("AGI-示例".into()),
                union_gift_ok: false,
                batch: None,
                best_before: Some("2027-06-30".into()),
                description: "晒干装袋。".into(),
                description_en: String::new(),
            },
            brand_shown: true,
            photo: None,
            photos: Vec::new(),
        }
    }

    #[test]
    fn what_the_form_shows_of_a_product_is_the_product() {
        let draft = Draft::begin(AccountId(Uuid::from_u128(7)), held().id, Some(&held()), &choices());
        assert_eq!(read(&typed(&draft.typed), &counties(&choices())), Ok(held().goods));
        let text = serde_json::to_string(&draft).expect("plain texts");
        assert_eq!(api::parse::<Draft>(&text).expect("what was written"), draft);
    }

    #[test]
    fn a_new_product_begins_with_what_can_be_known() {
        let draft = Draft::begin(AccountId(Uuid::from_u128(7)), held().id, None, &choices());
        let wrong = read(&typed(&draft.typed), &counties(&choices())).expect_err("there is more to say");
        let fields: Vec<Field> = wrong.into_iter().map(|error| error.field).collect();
        assert!(!fields.contains(&Field::County) && !fields.contains(&Field::Season), "{fields:?}");
        assert_eq!(fields.first(), Some(&Field::Name));
    }
}
