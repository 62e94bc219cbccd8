//! From the draft to what is sent: what it comes to, what is still wrong with it, and where a refusal belongs.

use domain::basket::by_merchant;
use domain::id::OrderId;
use domain::occasion::Occasion;
use domain::order::{
    Budget, Exception, check_minimum, parse_address, parse_contact, parse_head_count, parse_phone, parse_reason,
};
use domain::plan::{Limits, Spent};
use domain::wire::{NewLine, NewOrder, NewOrders, NewPoint, ProductCard};
use domain::{Money, Quantity, Say};

use super::draft::{Answers, Draft};
use super::entry::Entry;
use crate::components::error_summary::FormError;
use crate::format::quantity;
use crate::language::{t, told};

/// The ids of the controls: the error summary, the fields and the browser tests hold on to them.
pub mod control {
    use domain::id::ProductId;

    pub const OCCASION: &str = "occasion";
    pub const HEAD_COUNT: &str = "head-count";
    pub const PER_HEAD: &str = "per-head";
    pub const REASON: &str = "reason";
    pub const ADDRESS: &str = "address";
    pub const CONTACT: &str = "contact";
    pub const PHONE: &str = "phone";
    /// The list of people, where the goods are delivered by one.
    pub const LIST: &str = "list";
    /// The heading above the goods: where a refusal leads that names no control.
    pub const GOODS: &str = "goods";

    pub fn line_per_head(product: ProductId) -> String {
        format!("each-{product}")
    }

    pub fn line_total(product: ProductId) -> String {
        format!("total-{product}")
    }
}

/// What the whole procurement comes to. Sums leave out what cannot be read yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bill {
    pub total: Money,
    /// None until head-count and standard are both good.
    pub budget: Option<Budget>,
    pub merchants: usize,
    /// Goods that are no usual gift of a union, by name.
    pub unusual: Vec<String>,
    /// Goods of which more is wanted than there is, by name.
    pub short: Vec<String>,
    /// By how much it takes the union's year over its caps.
    pub over_year: Option<Money>,
}

/// What the union may spend this year, and what it has; none until that is known.
pub type Year = Option<(Limits, Spent)>;

/// By how much another procurement, all of it assistance goods, goes over the year's caps.
fn over_year(year: Year, total: Money) -> Option<Money> {
    let (limits, spent) = year?;
    limits.exceeded_by(Spent { assistance: spent.assistance.checked_add(total)?, ..spent })
}

impl Bill {
    pub fn is_over(&self) -> bool {
        self.budget.is_some_and(|budget| budget.is_exceeded_by(self.total))
    }

    /// Whether there is something a union may do but must give a reason for.
    pub fn needs_reason(&self) -> bool {
        self.over_year.is_some()
            || Exception::of(self.budget, self.total, self.unusual.first().map(|name| Say::same(name))).is_some()
    }

    /// How much of the budget is spent, in basis points.
    pub fn used_bp(&self) -> i64 {
        let Some(budget) = self.budget else { return 0 };
        let used = i128::from(self.total.fen()) * 10_000 / i128::from(budget.total().fen());
        // A ten-thousandth too much is still too much: the bar must not look full and in order.
        i64::try_from(used).unwrap_or(i64::MAX).max(if self.is_over() { 10_001 } else { 0 })
    }
}

/// The head-count, once it reads as one.
pub fn heads(answers: &Answers) -> Option<i64> {
    parse_head_count(&answers.head_count).ok()
}

/// What a line costs: the price at that quantity and the amount; none until the quantity is known.
pub fn line_price(card: &ProductCard, entry: &Entry, heads: Option<i64>) -> Option<(Money, Money)> {
    let quantity = entry.quantity(heads).ok().flatten()?;
    let price = card.ladder.unit_price(quantity);
    Some((price, price.checked_times(quantity)?))
}

pub fn bill(draft: &Draft, goods: &[ProductCard], year: Year) -> Bill {
    let heads = heads(&draft.answers);
    let standard = Money::parse(&draft.answers.per_head).ok();
    let lines = || priced_lines(draft, goods);
    let amounts = lines().filter_map(|(card, entry)| line_price(card, entry, heads)).map(|(_, amount)| amount);
    let names = |wanted: &dyn Fn(&ProductCard, &Entry) -> bool| {
        lines().filter(|(card, entry)| wanted(card, entry)).map(|(card, _)| card.name.clone()).collect()
    };
    let total = Money::checked_sum(amounts).unwrap_or(Money::LIMIT);
    Bill {
        total,
        over_year: over_year(year, total),
        budget: heads.zip(standard).and_then(|(heads, standard)| Budget::new(heads, standard).ok()),
        merchants: by_merchant(lines().collect(), |(card, _)| card.merchant.id).len(),
        unusual: names(&|card, _| !card.union_gift_ok),
        short: names(&|card, entry| entry.quantity(heads).is_ok_and(|it| it.is_some_and(|it| it > card.available))),
    }
}

/// The lines whose product is on sale, with that product.
fn priced_lines<'a>(draft: &'a Draft, goods: &'a [ProductCard]) -> impl Iterator<Item = (&'a ProductCard, &'a Entry)> {
    draft.lines.iter().filter_map(|line| Some((goods.iter().find(|card| card.id == line.product_id)?, &line.entry)))
}

/// Everything that keeps the form from being sent, from top to bottom, in the domain's own sentences.
pub fn check(draft: &Draft, goods: &[ProductCard], year: Year) -> Vec<FormError> {
    let answers = &draft.answers;
    let mut errors = Vec::new();
    let mut put = |control: &str, wrong: Option<String>| {
        errors.extend(wrong.map(|sentence| FormError { control: control.to_owned(), sentence }));
    };
    let chosen = Occasion::from_code(&answers.occasion).is_some();
    put(control::OCCASION, (!chosen).then(|| t!(orders.choose_occasion).to_owned()));
    put(control::HEAD_COUNT, parse_head_count(&answers.head_count).err().map(told));
    put(control::PER_HEAD, parse_standard(&answers.per_head).err());
    let heads = heads(answers);
    for (card, entry) in priced_lines(draft, goods) {
        let typed_into = match entry {
            Entry::PerHead(_) => control::line_per_head(card.id),
            Entry::Total(_) => control::line_total(card.id),
        };
        put(&typed_into, line_error(card, entry, heads));
    }
    if bill(draft, goods, year).needs_reason() {
        put(control::REASON, parse_reason(&answers.reason).err().map(|refusal| told(refusal.sentence)));
    }
    put(control::ADDRESS, parse_address(&answers.address).err().map(told));
    put(control::CONTACT, parse_contact(&answers.contact).err().map(told));
    put(control::PHONE, parse_phone(&answers.phone).err().map(told));
    errors
}

fn parse_standard(text: &str) -> Result<Money, String> {
    let standard = Money::parse(text)
        .map_err(|error| t!(orders.about, what = t!(orders.per_head), sentence = told(error.say())))?;
    Budget::new(1, standard).map(Budget::per_head).map_err(|refusal| told(refusal.sentence))
}

fn line_error(card: &ProductCard, entry: &Entry, heads: Option<i64>) -> Option<String> {
    let wrong = match entry.quantity(heads) {
        Err(sentence) => Some(sentence),
        Ok(Some(quantity)) => check_minimum(quantity, card.minimum_order, &Say::same(&card.unit)).err().map(told),
        Ok(None) => None,
    };
    wrong.map(|sentence| t!(orders.about, what = card.name, sentence = sentence))
}

/// What is worth knowing of a line that is not wrong: more is wanted than there is.
pub fn line_warning(card: &ProductCard, entry: &Entry, heads: Option<i64>) -> Option<String> {
    let wanted = entry.quantity(heads).ok().flatten()?;
    let missing = Quantity::checked_sub(wanted, card.available).filter(|missing| !missing.is_zero())?;
    let (left, missing) = (quantity(card.available, &card.unit), quantity(missing, &card.unit));
    Some(t!(orders.too_few, left = left, missing = missing))
}

/// The body of the request, once nothing is wrong any more.
pub fn body(draft: &Draft, goods: &[ProductCard], year: Year) -> Option<NewOrders> {
    let answers = &draft.answers;
    let heads = heads(answers);
    let order_of = |card: &ProductCard| draft.orders.iter().find(|(merchant, _)| *merchant == card.merchant.id);
    let lines: Vec<(OrderId, NewLine)> = priced_lines(draft, goods)
        .map(|(card, entry)| {
            let (_, order) = order_of(card)?;
            let quantity = entry.quantity(heads).ok().flatten()?.get();
            Some((*order, NewLine { product_id: card.id, quantity, by_point: Vec::new() }))
        })
        .collect::<Option<_>>()?;
    let orders = by_merchant(lines, |(order, _)| *order).into_iter();
    let reason = answers.reason.trim();
    let asked = bill(draft, goods, year).needs_reason() && !reason.is_empty();
    Some(NewOrders {
        occasion: Occasion::from_code(&answers.occasion)?,
        head_count: heads?,
        per_head_budget_fen: parse_standard(&answers.per_head).ok()?.fen(),
        points: vec![NewPoint {
            address: answers.address.clone(),
            contact: answers.contact.clone(),
            phone: answers.phone.clone(),
            recipients: heads?,
        }],
        exception_reason: asked.then(|| reason.to_owned()),
        orders: orders.map(|(id, lines)| NewOrder { id, lines: lines.into_iter().map(|it| it.1).collect() }).collect(),
        recipients: Vec::new(),
    })
}

/// The fields the server refused as lines of the error summary, each leading to the control it is about.
pub fn refused(fields: &[(String, String)], sent: &NewOrders) -> Vec<FormError> {
    let error = |(field, sentence): &(String, String)| FormError {
        control: control_of(field, sent),
        sentence: sentence.clone(),
    };
    fields.iter().map(error).collect()
}

/// `orders[0].lines[2].quantity` counts within the body that was sent, so the body is asked what stood there.
fn control_of(field: &str, sent: &NewOrders) -> String {
    let control = match field {
        "occasion" => control::OCCASION,
        "head_count" => control::HEAD_COUNT,
        "per_head_budget_fen" => control::PER_HEAD,
        "exception_reason" => control::REASON,
        _ if !sent.recipients.is_empty() && of_list(field) => control::LIST,
        "points[0].address" => control::ADDRESS,
        "points[0].contact" => control::CONTACT,
        "points[0].phone" => control::PHONE,
        _ => {
            let places: Vec<usize> =
                field.split(|c: char| !c.is_ascii_digit()).filter_map(|it| it.parse().ok()).collect();
            let line = match places.as_slice() {
                [order, line] => sent.orders.get(*order).and_then(|order| order.lines.get(*line)),
                _ => None,
            };
            return line.map_or(control::GOODS.to_owned(), |line| control::line_total(line.product_id));
        }
    };
    control.to_owned()
}

fn of_list(field: &str) -> bool {
    field.starts_with("points") || field.starts_with("recipients") || field.ends_with(".by_point")
}

/// What a control holds, to tell whether a refused answer still stands.
pub fn answer_at(draft: &Draft, control: &str) -> String {
    let answers = &draft.answers;
    match control {
        control::OCCASION => answers.occasion.clone(),
        control::HEAD_COUNT => answers.head_count.clone(),
        control::PER_HEAD => answers.per_head.clone(),
        control::REASON => answers.reason.clone(),
        control::ADDRESS => answers.address.clone(),
        control::CONTACT => answers.contact.clone(),
        control::PHONE => answers.phone.clone(),
        _ => {
            let line = draft.lines.iter().find(|line| control::line_total(line.product_id) == control);
            line.map(|line| line.entry.total_text(heads(answers))).unwrap_or_default()
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::super::draft::DraftLine;
    use super::super::samples::{card, product_id, session};
    use super::*;

    /// Three goods of two merchants, 10 yuan each: one for each of 286 people, 30 yuan the standard.
    fn filled_in() -> (Draft, Vec<ProductCard>) {
        let goods = vec![card(1, 7), card(2, 8), card(3, 7)];
        let mut draft = Draft::new(&session());
        draft.answers.occasion = "spring_festival".to_owned();
        draft.answers.per_head = "30".to_owned();
        draft.lines = (1..=3)
            .map(|n| DraftLine {
                product_id: product_id(n),
                put_aside: Quantity::ONE,
                entry: Entry::PerHead("1".to_owned()),
            })
            .collect();
        let next = std::cell::Cell::new(0);
        draft.name_orders(&goods, || {
            next.set(next.get() + 1);
            OrderId(Uuid::from_u128(next.get()))
        });
        (draft, goods)
    }

    #[track_caller]
    fn check_wrong(change: impl FnOnce(&mut Draft, &mut Vec<ProductCard>), controls: &[&str]) {
        let (mut draft, mut goods) = filled_in();
        change(&mut draft, &mut goods);
        let errors = check(&draft, &goods, None);
        assert_eq!(errors.iter().map(|error| error.control.as_str()).collect::<Vec<_>>(), controls, "{errors:?}");
    }

    #[test]
    fn a_filled_in_form_is_what_the_domain_takes() {
        let (draft, goods) = filled_in();
        assert_eq!(check(&draft, &goods, None), []);
        let body = body(&draft, &goods, None).expect("complete");
        assert!(domain::order::Procurement::parse(&body).is_ok());
        let sizes: Vec<_> = body.orders.iter().map(|order| order.lines.len()).collect();
        assert_eq!(sizes, [2, 1], "one order for each merchant");
        assert_eq!(body.orders[0].lines[0].quantity, 286);
        assert_eq!(body.exception_reason, None);
    }

    #[test]
    fn every_control_that_is_wrong_is_named_from_top_to_bottom() {
        let total_2 = control::line_total(product_id(2));
        let each_1 = control::line_per_head(product_id(1));
        check_wrong(|draft, _| draft.answers.occasion.clear(), &["occasion"]);
        check_wrong(|draft, _| draft.answers.head_count = "0".into(), &["head-count"]);
        check_wrong(|draft, _| draft.lines[1].entry = Entry::Total("0".into()), &[&total_2]);
        check_wrong(|_, goods| goods[0].minimum_order = Quantity::new(300).expect("small"), &[&each_1]);
        check_wrong(
            |draft, _| {
                draft.answers = Answers { head_count: "286".into(), ..Answers::default() };
                draft.lines[0].entry = Entry::PerHead("x".into());
            },
            &["occasion", "per-head", &each_1, "address", "contact", "phone"],
        );
    }

    #[test]
    fn going_over_and_unusual_goods_need_a_reason() {
        check_wrong(|draft, _| draft.answers.per_head = "29.99".into(), &["reason"]);
        check_wrong(|_, goods| goods[2].union_gift_ok = false, &["reason"]);
        let (mut draft, mut goods) = filled_in();
        goods[2].union_gift_ok = false;
        draft.answers.reason = " 高温慰问 ".to_owned();
        let body = body(&draft, &goods, None).expect("complete");
        assert_eq!(body.exception_reason.as_deref(), Some("高温慰问"));
        assert_eq!(bill(&draft, &goods, None).unusual, [goods[2].name.clone()]);
    }

    #[test]
    fn the_bill_knows_what_is_spent() {
        let (mut draft, goods) = filled_in();
        let exact = bill(&draft, &goods, None);
        assert_eq!((exact.total, exact.used_bp(), exact.merchants), (Money::from_yuan(8_580), 10_000, 2));
        assert!(!exact.is_over());
        draft.lines[0].entry = Entry::Total("287".to_owned());
        let over = bill(&draft, &goods, None);
        assert!(over.is_over() && over.used_bp() > 10_000);
        draft.answers.head_count = String::new();
        assert_eq!(bill(&draft, &goods, None).budget, None);
    }

    #[test]
    fn more_than_there_is_warns_and_does_not_block() {
        let (draft, mut goods) = filled_in();
        goods[0].available = Quantity::new(200).expect("small");
        let warning = line_warning(&goods[0], &draft.lines[0].entry, Some(286)).expect("86 too many");
        assert_eq!(warning, "只剩 200 袋，还差 86 袋，能不能供要等商户确认");
        assert_eq!(check(&draft, &goods, None), []);
        assert_eq!(bill(&draft, &goods, None).short, [goods[0].name.clone()]);
    }

    #[test]
    fn going_over_the_years_caps_needs_a_reason() {
        let (limits, spent) = (
            Limits { members: 1, annual_cap: Some(Money::from_yuan(1_500)), ..Limits::default() },
            Spent { assistance: Money::from_yuan(1_000), other: Money::from_yuan(400) },
        );
        let over = |yuan: i64| over_year(Some((limits, spent)), Money::from_yuan(yuan));
        assert_eq!((over(100), over(101)), (None, Some(Money::from_yuan(1))));
        assert_eq!(over_year(None, Money::from_yuan(1_000_000)), None, "not known yet");
    }

    #[test]
    fn a_refusal_leads_to_the_control_it_is_about() {
        let (draft, goods) = filled_in();
        let sent = body(&draft, &goods, None).expect("complete");
        for (field, control) in [
            ("points[0].phone", control::PHONE.to_owned()),
            ("orders[0].lines[1].quantity", control::line_total(product_id(3))),
            ("orders[1].lines[0].product_id", control::line_total(product_id(2))),
            ("orders[9].lines[0].quantity", control::GOODS.to_owned()),
            ("", control::GOODS.to_owned()),
        ] {
            assert_eq!(control_of(field, &sent), control, "{field}");
        }
        assert_eq!(answer_at(&draft, &control::line_total(product_id(3))), "286");
    }
}
