//! One product: what it is, what it costs at which quantity, where it is from and whom that county is paired with.

use domain::organisation::Role;
use domain::product::{CertificationKind, PriceLadder};
use domain::region::PairingStatus;
use domain::wire::{API, PairedDistrict, Product, ProductCard};
use domain::{Code, Money, Quantity};
use leptos::prelude::*;

use super::ahead::product_path;
use super::filter::{Filter, Of};
use super::goods::shelf;
use super::photos::pictures;
use super::stepper::{Stepper, stepper, wanted};
use crate::components::loading::loading_lines;
use crate::components::price::price_text;
use crate::components::problem::{load_failure, nothing_here};
use crate::components::season::season_months;
use crate::format;
use crate::language::{chosen, language, t};
use crate::load::{load_seen, slow};
use crate::pages::set_title;
use crate::route::Route;
use crate::state::State;

pub fn page(id: String) -> AnyView {
    let product = load_seen::<Product>(move || id.clone(), product_path);
    // What is typed outlives an answer that says anew what is known.
    let text = RwSignal::new(String::new());
    let slow = slow(product.busy);
    Effect::new(move |_| product.value.with(|product| product.iter().for_each(|it| set_title(&it.card.name))));
    let body = move || match (product.error.get(), product.value.get()) {
        (Some(error), _) if error.is(Code::NotFound) => gone(),
        (Some(error), None) => failed(load_failure(error.sentence(), product.on_retry())),
        (error, Some(product_now)) => {
            let stale = error.map(|error| load_failure(error.sentence(), product.on_retry()));
            view! { {stale}{article(&product_now, text)} }.into_any()
        }
        (None, None) => coming(slow),
    };
    body.into_any()
}

/// No heading yet: the reader is led to it once it is there.
fn coming(slow: RwSignal<bool>) -> AnyView {
    let slowly = move || slow.get().then(|| view! { <p class="note watch">{t!(product.slowly)}</p> }.into_any());
    view! { <div class="pd-coming">{slowly}{loading_lines(8)}</div> }.into_any()
}

fn failed(instead: AnyView) -> AnyView {
    view! { <h1>{t!(product.title)}</h1>{instead} }.into_any()
}

fn gone() -> AnyView {
    view! {
        <h1>{t!(product.gone)}</h1>
        {nothing_here(t!(product.gone_because), Route::Products.path(), t!(product.see_all))}
    }
    .into_any()
}

fn article(it: &Product, text: RwSignal<String>) -> AnyView {
    let card = &it.card;
    let buy = Buy::new(card, text);
    let may_buy = Memo::new(move |_| buy.state.may_buy());
    let buying = move || if may_buy.get() { buy_controls(buy) } else { who_buys(buy.state.role()) };
    let bar = move || may_buy.get().then(|| buy_bar(buy));
    view! {
        {crumbs(card)}
        <article class="pd">
            {pictures(it)}
            <div class="pd-main">
                {from(card)}
                <h1>{card.name.clone()}</h1>
                <p class="lead-t">{it.description.clone()}</p>
                <p class="c-tags">{tags(it)}</p>
                <div class="buy" id="buy">{price_now(buy)} {ladder(buy)} {buying}</div>
            </div>
            {season(card)}
            <div class="pd-2">{facts(it)} {helped(it)}</div>
            {related(it)}
        </article>
        {bar}
    }
    .into_any()
}

fn of_county(card: &ProductCard) -> String {
    Route::County(card.county.clone()).path()
}

fn crumbs(card: &ProductCard) -> AnyView {
    let of_category = Filter::only(Of::Category, card.category.code()).address();
    view! {
        <nav class="crumbs" aria-label=t!(product.where_you_are)>
            <a href=Route::Products.path()>{t!(product.all)}</a>
            <a href=of_category>{card.category.word(language())}</a>
            <a href=of_county(card)>{card.county_short.clone()}</a>
            <span aria-current="page">{card.name.clone()}</span>
        </nav>
    }
    .into_any()
}

fn from(card: &ProductCard) -> AnyView {
    let brand = card.brand.map(|brand| {
        let href = Filter::only(Of::Brand, brand.code()).address();
        view! { <a href=href>{brand.word(language())}</a>" · " }.into_any()
    });
    let county = t!(product.county_of, prefecture = card.prefecture.word(language()), county = card.county_short);
    view! { <p class="pd-from">{brand}<a href=of_county(card)>{county}</a></p> }.into_any()
}

fn tags(it: &Product) -> Vec<AnyView> {
    let class = if it.card.certification_kind == Some(CertificationKind::Gi) { "tag gi" } else { "tag" };
    let certificate = it.certification.clone().map(|name| view! { <span class=class>{name}</span> }.into_any());
    let delivery = if it.card.cold_chain {
        view! { <span class="tag cold">{t!(product.cold_chain)}</span> }.into_any()
    } else {
        view! { <span class="tag">{t!(product.no_cold_chain)}</span> }.into_any()
    };
    let gift = if it.card.union_gift_ok { t!(product.gift) } else { t!(product.no_gift) };
    let gift = view! { <span class="tag">{gift}</span> }.into_any();
    certificate.into_iter().chain([delivery, gift]).collect()
}

// ---- buying -------------------------------------------------------------------------------------------------------

/// The quantity as it is typed, and what follows from it.
#[derive(Clone, Copy)]
struct Buy {
    state: State,
    card: StoredValue<ProductCard>,
    text: RwSignal<String>,
    wanted: Memo<Result<Quantity, String>>,
}

impl Buy {
    fn new(card: &ProductCard, text: RwSignal<String>) -> Self {
        if text.with_untracked(String::is_empty) {
            text.set(card.minimum_order.max(Quantity::ONE).get().to_string());
        }
        let card = StoredValue::new(card.clone());
        let wanted = Memo::new(move |_| text.with(|text| card.with_value(|card| wanted(card, text))));
        Self { state: State::get(), card, text, wanted }
    }

    /// The quantity that prices are shown for, even one that cannot be ordered.
    fn quantity(self) -> Quantity {
        self.text.with(|text| Quantity::parse(text)).unwrap_or(Quantity::ONE).max(Quantity::ONE)
    }

    fn unit_price(self) -> Money {
        let quantity = self.quantity();
        self.card.with_value(|card| card.ladder.unit_price(quantity))
    }

    fn unit(self) -> String {
        self.card.with_value(|card| card.unit.clone())
    }

    fn sold_out(self) -> bool {
        self.card.with_value(|card| card.available.is_zero())
    }

    fn put(self) {
        match self.wanted.get_untracked() {
            Ok(quantity) => self.card.with_value(|card| self.state.add_to_basket(card, quantity)),
            // The sentence stands beside the number; the reader is led there.
            Err(_) => focus_number(),
        }
    }
}

const NUMBER: &str = "quantity";

fn focus_number() {
    use leptos::wasm_bindgen::JsCast;
    let number = document().get_element_by_id(NUMBER).and_then(|it| it.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(number) = number {
        let _ = number.focus();
    }
}

fn price_now(buy: Buy) -> AnyView {
    let unit = buy.unit();
    // 5kg/箱 behind "¥49 / 箱" would say the unit twice.
    let spec = buy.card.with_value(|card| {
        let per_unit = card.spec.strip_suffix(unit.as_str()).and_then(|spec| spec.strip_suffix('/'));
        per_unit.unwrap_or(&card.spec).to_owned()
    });
    view! {
        <p class="price">
            <b class="num">{move || price_text(buy.unit_price())}</b>" / "{unit}" "<span class="muted">{spec}</span>
        </p>
    }
    .into_any()
}

/// One step of the ladder in words.
#[derive(Debug, PartialEq, Eq)]
struct Step {
    range: String,
    price: String,
    saving: String,
    from: Quantity,
}

/// The steps a buyer can reach: those that end below the minimum order are left out.
fn steps(ladder: &PriceLadder, least: Quantity, unit: &str) -> Vec<Step> {
    let list = ladder.list_price().fen();
    let steps = ladder.steps();
    let mut told = Vec::new();
    for (place, step) in steps.iter().enumerate() {
        let last = steps.get(place + 1).map(|next| next.from_quantity.get() - 1);
        if last.is_some_and(|last| last < least.get()) {
            continue;
        }
        let first = step.from_quantity.max(least);
        let range = match last {
            Some(last) if last == first.get() => format::quantity(first, unit),
            Some(last) => {
                let last = Quantity::new(last).unwrap_or(first);
                t!(product.range, first = first, last = format::quantity(last, unit))
            }
            None => t!(product.and_more, first = format::quantity(first, unit)),
        };
        // Rounded to a whole percent.
        let percent = ((list - step.unit_price_fen.fen()) * 200 + list) / (list * 2);
        let saving = if percent > 0 { t!(product.saves, percent = percent) } else { String::new() };
        told.push(Step { range, price: price_text(step.unit_price_fen), saving, from: step.from_quantity });
    }
    told
}

fn ladder(buy: Buy) -> AnyView {
    let steps = buy.card.with_value(|card| steps(&card.ladder, card.minimum_order, &card.unit));
    let current = Memo::new(move |_| {
        let quantity = buy.quantity();
        buy.card.with_value(|card| {
            let reached = card.ladder.steps().iter().rev().find(|step| step.from_quantity <= quantity);
            reached.map(|step| step.from_quantity)
        })
    });
    let row = |step: Step| {
        let is_current = move || current.get() == Some(step.from);
        view! {
            <tr class:cur=is_current aria-current=move || is_current().then_some("true")>
                <th scope="row">{step.range}</th>
                <td class="n"><b>{step.price}</b></td>
                <td class="n">{step.saving}</td>
            </tr>
        }
        .into_any()
    };
    let rows: Vec<AnyView> = steps.into_iter().map(row).collect();
    view! { <table class="ladder"><caption class="sr">{t!(product.prices)}</caption><tbody>{rows}</tbody></table> }
        .into_any()
}

fn buy_controls(buy: Buy) -> AnyView {
    if buy.sold_out() {
        return view! { <p class="note watch">{t!(product.sold_out)}</p> }.into_any();
    }
    let (name, unit, least, available) = buy.card.with_value(|card| {
        (card.name.clone(), card.unit.clone(), card.minimum_order.max(Quantity::ONE), card.available)
    });
    let stock =
        t!(product.in_stock, available = format::quantity(available, &unit), least = format::quantity(least, &unit));
    let number = Stepper {
        id: NUMBER.to_owned(),
        name,
        unit,
        least,
        text: buy.text.into(),
        on_text: Callback::new(move |text| buy.text.set(text)),
        on_leave: Callback::new(|()| ()),
        invalid: Signal::derive(move || buy.wanted.with(Result::is_err)),
        error_id: "quantity-error".to_owned(),
    };
    let sentence = move || match buy.wanted.get() {
        Ok(_) => view! { <span class="faint">{stock.clone()}</span> }.into_any(),
        Err(sentence) => view! { <span class="error" id="quantity-error">{sentence}</span> }.into_any(),
    };
    let already = move || {
        let quantity = buy.card.with_value(|card| buy.state.in_basket(card.id));
        (!quantity.is_zero()).then(|| in_basket(quantity, buy.unit()))
    };
    view! {
        <div class="act">
            <label for=NUMBER>{t!(product.quantity)}</label>
            {stepper(number)}
            <span class="field" role="status">{sentence}</span>
        </div>
        <div class="go"><button class="btn do" type="button" on:click=move |_| buy.put()>{t!(product.put)}</button></div>
        {already}
    }
    .into_any()
}

fn in_basket(quantity: Quantity, unit: String) -> AnyView {
    view! {
        <p class="muted">
            {t!(product.in_basket, quantity = format::quantity(quantity, &unit))}
            <a href=Route::Basket.path()>{t!(product.to_basket)}</a>
        </p>
    }
    .into_any()
}

/// The bar at the thumb of a phone, in place of the button further up.
fn buy_bar(buy: Buy) -> AnyView {
    if buy.sold_out() {
        return ().into_any();
    }
    let unit = buy.unit();
    view! {
        <section class="b-bar" aria-label=t!(product.buying)>
            <span><b class="num">{move || price_text(buy.unit_price())}</b>"/"{unit}</span>
            <button class="btn do" type="button" on:click=move |_| buy.put()>{t!(product.put)}</button>
        </section>
    }
    .into_any()
}

/// For those who are signed in and do not buy: who does.
pub(super) fn who_buys(role: Option<Role>) -> AnyView {
    let sentence = match role {
        Some(Role::UnionChair) => t!(product.chair_does_not_buy),
        Some(Role::Merchant) => t!(product.merchant_does_not_buy),
        _ => t!(product.coordinator_does_not_buy),
    };
    view! { <p class="note">{sentence}</p> }.into_any()
}

// ---- what is known of it ------------------------------------------------------------------------------------------

fn season(card: &ProductCard) -> AnyView {
    let now = format::this_month();
    view! {
        <section class="pd-s season-b" aria-labelledby="season">
            <h2 id="season">{t!(product.season)}</h2>
            {season_months(card.season_months, now)}
            <p>{format::season_now(card.season_months, now)}{t!(product.stop)}</p>
        </section>
    }
    .into_any()
}

fn fact(name: &'static str, value: AnyView) -> AnyView {
    view! { <div><dt>{name}</dt><dd>{value}</dd></div> }.into_any()
}

fn facts(it: &Product) -> AnyView {
    let card = &it.card;
    let shelf_life =
        it.shelf_life_days.map(|days| fact(t!(product.shelf_life), t!(product.days, days = days).into_any()));
    let delivery = if card.cold_chain { t!(product.by_cold_chain) } else { t!(product.without_cold_chain) };
    let available = t!(
        product.in_stock,
        available = format::quantity(card.available, &card.unit),
        least = format::quantity(card.minimum_order.max(Quantity::ONE), &card.unit)
    );
    view! {
        <section class="pd-s" aria-labelledby="facts">
            <h2 id="facts">{t!(product.facts)}</h2>
            <dl class="facts">
                {fact(t!(product.origin), origin(it))}
                {fact(t!(product.merchant), card.merchant.name.clone().into_any())}
                {licence(it)}
                {certificate(it)}
                {fact(t!(product.spec), card.spec.clone().into_any())}
                {shelf_life}
                {fact(t!(product.delivery), delivery.into_any())}
                {it.lead_days.map(|days| fact(t!(product.lead_time), lead_time(days)))}
                {fact(t!(product.stock), available.into_any())}
            </dl>
        </section>
    }
    .into_any()
}

/// The county, and the page that says where it lies and whom it is paired with.
fn origin(it: &Product) -> AnyView {
    let place = t!(product.county_of, prefecture = it.prefecture_name, county = it.county_name);
    view! { {place}" "<a href=of_county(&it.card)>{t!(product.see_county)}</a> }.into_any()
}

/// No document sets it, and the page says so.
fn lead_time(days: i64) -> AnyView {
    let assumption = view! { <br /><span class="small muted">{t!(product.lead_assumed)}</span> };
    view! { {t!(product.lead_days, days = days)} {assumption} }.into_any()
}

fn licence(it: &Product) -> Option<AnyView> {
    let (brand, licence) = (it.card.brand?, it.licence.as_ref()?);
    let until = t!(product.valid_to, day = format::civil_day(&licence.valid_to));
    let proof =
        view! { <span class="num">{licence.number.clone()}</span><br /><span class="tea">{until}</span> }.into_any();
    Some(fact(t!(product.licence), view! { {brand.word(language())}" "{proof} }.into_any()))
}

fn certificate(it: &Product) -> Option<AnyView> {
    let name = it.certification.clone()?;
    let number = match it.certification_number.clone() {
        Some(number) => view! { <span class="num">{number}</span> }.into_any(),
        None => view! { <span class="tag assumed">{t!(product.no_number)}</span> }.into_any(),
    };
    Some(fact(t!(product.certificate), view! { {name}" "{number} }.into_any()))
}

// ---- whom it helps ------------------------------------------------------------------------------------------------

/// What has been bought of it and accepted, whom its county is paired with, and how to hand the page on.
fn helped(it: &Product) -> AnyView {
    let bought = it.bought;
    let figure = match Quantity::new(bought.quantity) {
        Ok(quantity) if !quantity.is_zero() => {
            let by = t!(product.by_unions, count = bought.buyers);
            view! {
                <p class="fig">
                    <span class="k">{t!(product.bought, year = bought.year)}</span>
                    <span class="v">{format::quantity(quantity, &it.card.unit)}</span>
                    <span class="d">{by}</span>
                </p>
            }
            .into_any()
        }
        _ => view! { <p>{t!(product.not_bought, year = bought.year)}</p> }.into_any(),
    };
    view! {
        <section class="pd-s" aria-labelledby="helped">
            <h2 id="helped">{t!(product.helped)}</h2>
            {figure}
            {pairings(it)}
            {code(it)}
        </section>
    }
    .into_any()
}

/// A picture that a phone reads from a screen or a poster.
fn code(it: &Product) -> AnyView {
    let src = format!("{API}/products/{}/qr.svg", it.card.id);
    view! {
        <figure class="qr">
            <img src=src alt=t!(product.code_alt) width="132" height="132" loading="lazy" />
            <figcaption class="muted">{t!(product.code)}</figcaption>
        </figure>
    }
    .into_any()
}

fn pairings(it: &Product) -> AnyView {
    let assumed = it.pairings.iter().any(|pair| pair.status == PairingStatus::Assumed);
    let caveat = assumed.then(|| view! { <p class="muted">{t!(product.assumed)}</p> }.into_any());
    if it.pairings.is_empty() {
        return view! { <p>{t!(product.unpaired, county = it.county_name)}</p> }.into_any();
    }
    let districts: Vec<AnyView> = it.pairings.iter().map(paired).collect();
    view! {
        <h3>{t!(product.pairings)}</h3>
        <ul class="who" role="list">{districts}</ul>
        {caveat}
    }
    .into_any()
}

fn paired(pair: &PairedDistrict) -> AnyView {
    let (class, word) = match pair.status {
        PairingStatus::Verified => ("tag", t!(product.paired)),
        PairingStatus::Assumed => ("tag assumed", t!(product.paired_assumed)),
    };
    view! { <li><span>{chosen(&pair.name, &pair.name_en)}</span><span><i class=class>{word}</i></span></li> }.into_any()
}

fn related(it: &Product) -> Option<AnyView> {
    if it.related.is_empty() {
        return None;
    }
    let goods = RwSignal::new(it.related.clone());
    let county = it.card.county_short.clone();
    let all = t!(product.all_of_county, county = county);
    let all_of_county = Filter::only(Of::County, &it.card.county).address();
    let more = t!(product.more_of_county, county = county);
    Some(
        view! {
            <section class="sec" aria-labelledby="related">
                <div class="sec-h"><h2 id="related">{more}</h2><a href=all_of_county>{all}</a></div>
                {shelf(goods.into())}
            </section>
        }
        .into_any(),
    )
}

#[cfg(test)]
mod tests {
    use domain::product::PriceBreak;

    use super::*;

    fn ladder() -> PriceLadder {
        let step = |(from, fen)| PriceBreak {
            from_quantity: Quantity::new(from).expect("small"),
            unit_price_fen: Money::from_fen(fen),
        };
        PriceLadder::new([(1, 4900), (10, 4700), (50, 4500), (200, 4300)].map(step).to_vec()).expect("a ladder")
    }

    #[test]
    fn the_ladder_is_told_with_what_it_saves() {
        let told = steps(&ladder(), Quantity::ONE, "箱");
        let lines: Vec<String> = told.iter().map(|it| format!("{} {} {}", it.range, it.price, it.saving)).collect();
        assert_eq!(lines, ["1 — 9 箱 ¥49 ", "10 — 49 箱 ¥47 省 4%", "50 — 199 箱 ¥45 省 8%", "200 箱起 ¥43 省 12%"]);
    }

    #[test]
    fn steps_below_the_minimum_order_are_out_of_reach() {
        let least = Quantity::new(12).expect("small");
        let told = steps(&ladder(), least, "箱");
        assert_eq!(told[0].range, "12 — 49 箱");
        assert_eq!(told.len(), 3);
    }
}
