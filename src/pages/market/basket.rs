//! The basket: goods by merchant, each of whom becomes an order of its own.

use domain::basket::by_merchant;
use domain::id::ProductId;
use domain::permission::{Act, Whose, may};
use domain::wire::{Named, ProductCard, Products};
use domain::{Money, Quantity};
use leptos::prelude::*;

use super::product::who_buys;
use super::stepper::{Stepper, stepper, wanted};
use crate::api;
use crate::components::focus::focus;
use crate::components::label::mini_label;
use crate::components::loading::loading_lines;
use crate::components::price::price_text;
use crate::components::problem::{load_failure, nothing_here};
use crate::components::toast::Toast;
use crate::format::so_many;
use crate::language::{as_written, t};
use crate::load::{Load, load};
use crate::route::Route;
use crate::state::State;

/// The goods of one merchant.
type Group = (Named, Vec<ProductCard>);

/// What the basket holds, and what the server says of it today.
#[derive(Clone, Copy)]
struct Desk {
    state: State,
    goods: Load<Products>,
    groups: Memo<Vec<Group>>,
    /// Products in the basket that are not on sale any more.
    gone: Memo<Vec<ProductId>>,
    /// Numbers as they are being typed, which need not be numbers yet.
    drafts: RwSignal<Vec<(ProductId, String)>>,
}

pub fn page() -> AnyView {
    let desk = Desk::new(State::get());
    let is_empty = Memo::new(move |_| desk.state.basket.with(|basket| basket.lines.is_empty()));
    let body = move || match (is_empty.get(), desk.goods.error.get(), desk.goods.value.with(Option::is_some)) {
        (true, ..) => nothing_here(t!(basket.empty), Route::Products.path(), t!(basket.go_choose)),
        (false, Some(error), false) => load_failure(error.sentence(), desk.goods.on_retry()),
        (false, None, false) => loading_lines(6),
        (false, _, true) => contents(desk),
    };
    view! { <div class="bk-head"><h1>{t!(frame.basket)}</h1></div>{body} }.into_any()
}

impl Desk {
    fn new(state: State) -> Self {
        let ids =
            Memo::new(move |_| state.basket.with(|it| it.lines.iter().map(|it| it.product_id).collect::<Vec<_>>()));
        let asked = move || ids.with(|ids| ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(","));
        let goods = load(asked, api::products_by_id);
        let known = move |id: &ProductId| {
            goods.value.with(|it| it.as_ref().and_then(|it| it.items.iter().find(|it| it.id == *id).cloned()))
        };
        let groups = Memo::new(move |_| {
            let in_order: Vec<ProductCard> = ids.with(|ids| ids.iter().filter_map(known).collect());
            by_merchant(in_order, |product| product.merchant.clone())
        });
        // Only an answer to this very basket tells what is gone: something put in since is merely not loaded yet.
        let gone = Memo::new(move |_| {
            let fresh = goods.answered.with(|answered| *answered == asked());
            if !fresh {
                Vec::new()
            } else {
                ids.with(|ids| ids.iter().filter(|id| known(id).is_none()).copied().collect())
            }
        });
        Self { state, goods, groups, gone, drafts: RwSignal::new(Vec::new()) }
    }

    /// The number as shown: being typed, or as the basket has it.
    fn text(self, id: ProductId) -> String {
        let draft = self.drafts.with(|drafts| drafts.iter().find(|it| it.0 == id).map(|it| it.1.clone()));
        draft.unwrap_or_else(|| self.state.in_basket(id).get().to_string())
    }

    /// Keeps what is typed, and takes it over as soon as it is a quantity. Zero is not: taking out has its own button.
    fn type_in(self, id: ProductId, text: String) {
        if let Some(quantity) = Quantity::parse(&text).ok().filter(|quantity| !quantity.is_zero()) {
            self.state.change_basket(|basket| basket.set(id, quantity));
        }
        self.drafts.update(|drafts| {
            drafts.retain(|draft| draft.0 != id);
            drafts.push((id, text));
        });
    }

    /// Forgets a draft that the basket has taken over; one that it could not stays to be put right.
    fn leave(self, id: ProductId) {
        let taken = |text: &str| Quantity::parse(text).is_ok_and(|quantity| !quantity.is_zero());
        self.drafts.update(|drafts| drafts.retain(|(of, text)| *of != id || !taken(text)));
    }

    fn remove(self, product: &ProductCard) {
        let id = product.id;
        self.drafts.update(|drafts| drafts.retain(|draft| draft.0 != id));
        self.state.take_out_of_basket(id, t!(basket.taken_out, name = product.name), || ());
    }

    fn check(self, product: &ProductCard) -> Result<Quantity, String> {
        wanted(product, &self.text(product.id))
    }

    /// The first product whose quantity must be changed, and how many there are.
    fn problems(self) -> (Option<ProductId>, usize) {
        self.groups.with(|groups| {
            let goods = groups.iter().flat_map(|(_, goods)| goods);
            let wrong: Vec<ProductId> = goods.filter(|it| self.check(it).is_err()).map(|it| it.id).collect();
            (wrong.first().copied(), wrong.len())
        })
    }

    /// None while the number is none.
    fn amount(self, product: &ProductCard) -> Option<Money> {
        let quantity = Quantity::parse(&self.text(product.id)).ok()?;
        product.ladder.unit_price(quantity).checked_times(quantity)
    }

    fn sum(self, goods: &[ProductCard]) -> Option<Money> {
        let amounts: Option<Vec<Money>> = goods.iter().map(|product| self.amount(product)).collect();
        Money::checked_sum(amounts?)
    }

    fn total(self) -> Option<Money> {
        let sums: Option<Vec<Money>> =
            self.groups.with(|groups| groups.iter().map(|(_, goods)| self.sum(goods)).collect());
        Money::checked_sum(sums?)
    }
}

fn yuan(amount: Option<Money>) -> String {
    amount.map_or_else(|| "—".to_owned(), |amount| amount.to_string())
}

fn contents(desk: Desk) -> AnyView {
    let groups = move || desk.groups.get().into_iter().map(|group| merchant(desk, group)).collect::<Vec<_>>();
    let failure = move || desk.goods.error.get().map(|error| load_failure(error.sentence(), desk.goods.on_retry()));
    view! { <div class="bk"><div>{failure}{move || gone(desk)}{groups}</div>{side(desk)}</div> }.into_any()
}

fn gone(desk: Desk) -> Option<AnyView> {
    let ids = desk.gone.get();
    if ids.is_empty() {
        return None;
    }
    let sentence = match ids.len() {
        1 => t!(basket.one_gone).to_owned(),
        count => t!(basket.some_gone, count = count),
    };
    let remove = move |_| {
        let ids = desk.gone.get_untracked();
        desk.state.change_basket(|basket| basket.lines.retain(|line| !ids.contains(&line.product_id)));
        desk.state.say(Toast::new(t!(basket.gone_taken_out)));
    };
    Some(
        view! {
            <div class="note watch" role="alert">
                <p>{sentence}</p>
                <p><button class="btn" type="button" on:click=remove>{t!(basket.take_out_gone)}</button></p>
            </div>
        }
        .into_any(),
    )
}

fn merchant(desk: Desk, (merchant, goods): Group) -> AnyView {
    let lines: Vec<AnyView> = goods.iter().map(|product| line(desk, product)).collect();
    let id = format!("m-{}", merchant.id);
    let named_by = id.clone();
    view! {
        <section class="bk-m" aria-labelledby=named_by>
            <header>
                <h2 id=id lang=as_written()>{merchant.name}</h2>
                <p class="muted">{t!(basket.subtotal)}<span class="num">{move || yuan(desk.sum(&goods))}</span></p>
            </header>
            {lines}
        </section>
    }
    .into_any()
}

fn number_id(id: ProductId) -> String {
    format!("n-{id}")
}

fn line(desk: Desk, product: &ProductCard) -> AnyView {
    let id = product.id;
    let card = StoredValue::new(product.clone());
    let check = Memo::new(move |_| card.with_value(|product| desk.check(product)));
    let error_id = format!("e-{id}");
    let number = Stepper {
        id: number_id(id),
        name: product.name.clone(),
        unit: product.unit.clone(),
        least: product.minimum_order.max(Quantity::ONE),
        text: Signal::derive(move || desk.text(id)),
        on_text: Callback::new(move |text| desk.type_in(id, text)),
        on_leave: Callback::new(move |()| desk.leave(id)),
        invalid: Signal::derive(move || check.with(Result::is_err)),
        error_id: error_id.clone(),
    };
    let sentence = move || {
        let id = error_id.clone();
        check.get().err().map(|sentence| view! { <span class="error" id=id>{sentence}</span> }.into_any())
    };
    let unit_price = move || {
        let quantity = desk.state.in_basket(id);
        card.with_value(|product| format!("{}/{}", price_text(product.ladder.unit_price(quantity)), product.unit))
    };
    let remove = move |_| card.with_value(|product| desk.remove(product));
    view! {
        <div class="bk-line">
            {mini_label(product.category, &product.county_short, &product.name)}
            <div class="nm">
                <a href=Route::Product(id.to_string()).path()>{product.name.clone()}</a>
                <small>{product.spec.clone()}" · "<span class="num">{unit_price}</span></small>
                <div class="field" role="status">{sentence}</div>
            </div>
            {stepper(number)}
            <div class="sum">
                <span class="num">{move || yuan(card.with_value(|product| desk.amount(product)))}</span>
                <button class="btn plain" type="button" aria-label=t!(basket.take_out_product, name = product.name) on:click=remove>
                    {t!(basket.take_out)}
                </button>
            </div>
        </div>
    }
    .into_any()
}

// ---- what it comes to ---------------------------------------------------------------------------------------------

/// 三家供货，提交后分成 3 张采购单、3 张发票
fn split_sentence(merchants: usize) -> String {
    match merchants {
        0 => String::new(),
        1 => t!(basket.one_supplier).to_owned(),
        _ => t!(basket.split, suppliers = so_many(merchants), count = merchants),
    }
}

fn side(desk: Desk) -> AnyView {
    let kinds = move || desk.groups.with(|groups| groups.iter().map(|(_, goods)| goods.len()).sum::<usize>());
    let merchants = move || desk.groups.with(Vec::len);
    view! {
        <section class="bk-side" aria-labelledby="total">
            <h2 id="total">{t!(basket.total)}</h2>
            <p class="tot num" role="status">{move || yuan(desk.total())}</p>
            <dl>
                <div><dt>{t!(basket.products)}</dt><dd>{move || t!(basket.kinds, count = kinds())}</dd></div>
                <div><dt>{t!(basket.suppliers)}</dt><dd>{move || t!(basket.merchants, count = merchants())}</dd></div>
            </dl>
            <p>{move || split_sentence(merchants())}</p>
            {move || way_on(desk)}
        </section>
    }
    .into_any()
}

/// The one thing to do next: put something right, wait for the network, sign in, or order.
fn way_on(desk: Desk) -> AnyView {
    let (first, count) = desk.problems();
    if let Some(first) = first {
        let lead = move |_| focus(&number_id(first));
        let words = match count {
            1 => t!(basket.see_wrong).to_owned(),
            _ => t!(basket.see_all_wrong, count = count),
        };
        return view! {
            <p>{t!(basket.fix_quantities)}</p>
            <button class="btn do" type="button" on:click=lead>{words}</button>
        }
        .into_any();
    }
    if !desk.gone.with(Vec::is_empty) || desk.groups.with(Vec::is_empty) || !desk.state.session_known.get() {
        return ().into_any();
    }
    if desk.state.offline.get() {
        return view! { <p class="note watch" role="status">{t!(basket.offline)}</p> }.into_any();
    }
    let order = Route::NewOrder.path();
    match desk.state.role() {
        role if may(role, Act::PlaceOrder, Whose::Own) => {
            view! { <a class="btn do" href=order>{t!(basket.order_for_union)}</a> }.into_any()
        }
        None => {
            let sign_in = Route::SignIn.with(&[("next", &order)]);
            view! {
                <a class="btn do" href=Route::Checkout.path()>{t!(buying.buy)}</a>
                <p class="muted">{t!(buying.buy_how)}</p>
                <a class="btn" href=sign_in>{t!(basket.order_for_union)}</a>
                <p class="muted">{t!(basket.sign_in_how)}</p>
            }
            .into_any()
        }
        role if may(role, Act::PlaceRetailOrder, Whose::Own) => {
            view! { <a class="btn do" href=Route::Checkout.path()>{t!(buying.buy)}</a> }.into_any()
        }
        other => who_buys(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_split_is_said_before_it_happens() {
        assert_eq!(split_sentence(1), "一家供货，提交后是 1 张采购单、1 张发票。");
        assert_eq!(split_sentence(2), "两家供货，提交后分成 2 张采购单、2 张发票。");
        assert_eq!(split_sentence(3), "三家供货，提交后分成 3 张采购单、3 张发票。");
        assert_eq!(split_sentence(12), "12 家供货，提交后分成 12 张采购单、12 张发票。");
    }
}
