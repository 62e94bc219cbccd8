//! The gift bundles of one occasion: put together or proposed, chosen by so many people each, and ordered in one go.

use domain::bundle::{MOST_BUNDLES, Problem, TotalLine, Totals, check_wanted, totals};
use domain::fields;
use domain::id::{AccountId, ProductId};
use domain::occasion::Occasion;
use domain::order::parse_head_count;
use domain::permission::{Act, Whose, may};
use domain::wire::{
    Bundle, BundleGoods, BundleLine, BundlePlan, BundleProposals, NewBundlePlan, ProposedBundle, Session, WantedBundles,
};
use domain::{Money, Quantity};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Serialize;

use super::is_over;
use crate::api;
use crate::components::bar::{budget_bar, share_bar};
use crate::components::field::{Choice, Control, Field, field};
use crate::components::focus::focus;
use crate::components::loading::loading_lines;
use crate::components::problem::{load_failure, refusal};
use crate::components::toast::Toast;
use crate::format;
use crate::language::{language, t, told};
use crate::load::{Load, load};
use crate::pages::orders::form::{HandedOver, begin_with};
use crate::pages::set_title;
use crate::route::Route;
use crate::router::{Go, Here};
use crate::state::{State, forget, keep, kept};

/// What is being put together, so that a closed window costs nothing; one for each occasion.
const KEY: &str = "shanhai.bundles-draft.1";

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Draft {
    account_id: AccountId,
    revision: i64,
    per_head: String,
    bundles: Vec<Bundle>,
}
fields!(Draft: account_id, revision, per_head, bundles);

fn key_of(occasion: Occasion) -> String {
    format!("{KEY}.{}", occasion.code())
}

pub fn page(state: State, who: &Session, occasion: Occasion) -> AnyView {
    let word = occasion.word(language());
    set_title(&t!(plan.bundles_of, occasion = word));
    // Goods of the basket, and of what is being put together, are asked for beside what is kept.
    let draft = kept::<Draft>(&key_of(occasion)).filter(|draft| draft.account_id == who.account_id);
    let mut ids: Vec<String> =
        state.basket.with_untracked(|basket| basket.lines.iter().map(|line| line.product_id.to_string()).collect());
    for line in draft.iter().flat_map(|draft| &draft.bundles).flat_map(|bundle| &bundle.lines) {
        ids.push(line.product_id.to_string());
    }
    let question = format!("{}{}", occasion.code(), crate::route::query(&[("goods", &ids.join(","))]));
    let plan: Load<BundlePlan> = load(move || question.clone(), api::bundles);
    let revision = Memo::new(move |_| plan.value.with(|plan| plan.as_ref().map(|plan| plan.revision)));
    let (who, draft) = (StoredValue::new(who.clone()), StoredValue::new(draft));
    let inside = move || match (revision.get(), plan.error.get()) {
        (Some(_), _) => who.with_value(|who| whole(state, plan, who, draft.try_update_value(Option::take).flatten())),
        (None, Some(error)) => load_failure(error.sentence(), plan.on_retry()),
        (None, None) => loading_lines(8),
    };
    view! {
        <div class="o-head">
            <p class="crumbs"><a href=Route::Plan(String::new()).path()>{t!(plan.title)}</a><span>{word}</span></p>
            <h1>{t!(plan.bundles_of, occasion = word)}</h1>
        </div>
        {inside}
    }
    .into_any()
}

// ---- what is being put together -----------------------------------------------------------------------------------

#[derive(Clone, Copy, PartialEq, Eq)]
struct Line {
    product: ProductId,
    quantity: RwSignal<i64>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Edited {
    name: RwSignal<String>,
    heads: RwSignal<String>,
    lines: RwSignal<Vec<Line>>,
}

impl Edited {
    fn new(bundle: &Bundle) -> Edited {
        let line = |line: &BundleLine| Line { product: line.product_id, quantity: RwSignal::new(line.quantity) };
        Edited {
            name: RwSignal::new(bundle.name.clone()),
            heads: RwSignal::new(if bundle.head_count > 0 { bundle.head_count.to_string() } else { String::new() }),
            lines: RwSignal::new(bundle.lines.iter().map(line).collect()),
        }
    }

    fn bundle(self) -> Bundle {
        let line = |line: &Line| BundleLine { product_id: line.product, quantity: line.quantity.get() };
        Bundle {
            name: self.name.get(),
            head_count: self.heads.with(|heads| parse_head_count(heads)).unwrap_or(0),
            lines: self.lines.with(|lines| lines.iter().map(line).collect()),
        }
    }
}

#[derive(Clone, Copy)]
struct Desk {
    state: State,
    plan: Load<BundlePlan>,
    who: StoredValue<Session>,
    occasion: Occasion,
    changes: bool,
    per_head: RwSignal<String>,
    sets: RwSignal<Vec<Edited>>,
    goods: RwSignal<Vec<BundleGoods>>,
    sums: Memo<Totals>,
    proposals: RwSignal<Option<BundleProposals>>,
    busy: RwSignal<bool>,
    refused: RwSignal<Option<String>>,
}

/// What one begins with where the union has said nothing: the middle of what unions give.
const USUAL: &str = "300";

fn whole(state: State, plan: Load<BundlePlan>, who: &Session, draft: Option<Draft>) -> AnyView {
    let Some(read) = plan.value.get_untracked() else { return ().into_any() };
    // What was begun on top of another version is not laid over this one.
    let draft = draft.filter(|draft| draft.revision == read.revision);
    let per_head = draft.as_ref().map(|draft| draft.per_head.clone());
    let per_head = per_head.or_else(|| read.per_head_fen.map(Money::yuan_short)).unwrap_or_else(|| USUAL.to_owned());
    let bundles = draft.map_or_else(|| read.bundles.clone(), |draft| draft.bundles);
    let sets = RwSignal::new(bundles.iter().map(Edited::new).collect::<Vec<_>>());
    let goods = RwSignal::new(read.goods.clone());
    let per_head = RwSignal::new(per_head);
    let now = Memo::new(move |_| sets.with(|sets| sets.iter().map(|set| set.bundle()).collect::<Vec<_>>()));
    let desk = Desk {
        state,
        plan,
        who: StoredValue::new(who.clone()),
        occasion: read.occasion,
        changes: may(Some(who.role), Act::KeepBundles, Whose::Own),
        per_head,
        sets,
        goods,
        sums: Memo::new(move |_| now.with(|now| goods.with(|goods| totals(now, goods)))),
        proposals: RwSignal::new(None),
        busy: RwSignal::new(false),
        refused: RwSignal::new(None),
    };
    let (account_id, revision, key) = (who.account_id, read.revision, key_of(read.occasion));
    Effect::new(move |before: Option<Draft>| {
        let draft = Draft { account_id, revision, per_head: per_head.get(), bundles: now.get() };
        if before.is_some_and(|before| before != draft) {
            keep(&key, &draft);
        }
        draft
    });
    let day = read.day.as_deref().map(|day| t!(plan.for_day, day = format::civil_day(day)));
    view! {
        <p class="muted">{day}</p>
        <div class="o-body">
            <div class="o-main">
                {proposing(desk)}
                <section aria-labelledby="sets">
                    <h2 id="sets" tabindex="-1">{t!(plan.our_bundles)}</h2>
                    {move || desk.sets.with(Vec::is_empty).then(|| view! { <p class="muted">{t!(plan.no_bundles)}</p> }.into_any())}
                    <div class="bd-sets">{move || desk.sets.get().into_iter().enumerate().map(|(place, it)| set(desk, place, it)).collect::<Vec<_>>()}</div>
                    {desk.changes.then(|| add_set(desk))}
                </section>
            </div>
            {side(desk)}
        </div>
    }
    .into_any()
}

fn budget(desk: Desk) -> Option<Money> {
    desk.per_head.with(|text| Money::parse(text).ok()).filter(|amount| *amount > Money::ZERO)
}

/// How many people there are to give to: those who have chosen, else all members.
fn heads(desk: Desk) -> i64 {
    let chosen = desk.sums.with(|sums| sums.head_count);
    if chosen > 0 { chosen } else { desk.who.with_value(|who| who.members).unwrap_or(100) }
}

// ---- proposals ----------------------------------------------------------------------------------------------------

fn proposing(desk: Desk) -> AnyView {
    let wanted = RwSignal::new(untrack(|| heads(desk)).to_string());
    let sent = RwSignal::new(0_u32);
    let no_heads = Memo::new(move |_| wanted.with(|text| parse_head_count(text).err().map(told)));
    let no_standard = Memo::new(move |_| {
        let amount = desk.per_head.with(|text| Money::parse(text)).map_err(|error| told(error.say()));
        amount.map_or_else(Some, |amount| check_wanted(1, amount).err().map(|refusal| told(refusal.sentence)))
    });
    let press = move |_| {
        sent.update(|sent| *sent += 1);
        let heads = parse_head_count(&wanted.get_untracked());
        let (Ok(head_count), Some(each)) = (heads, untrack(|| budget(desk))) else { return };
        if desk.busy.get_untracked() || no_standard.with_untracked(Option::is_some) {
            return;
        }
        let body = WantedBundles { occasion: desk.occasion, head_count, per_head_budget_fen: each.fen() };
        desk.busy.set(true);
        desk.refused.set(None);
        spawn_local(async move {
            let answer = api::propose_bundles(body).await;
            // The reader may have left the page meanwhile.
            if desk.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(proposals) => {
                    learn(desk, &proposals.goods);
                    desk.proposals.set(Some(proposals));
                    focus("proposals");
                }
                Err(error) => {
                    desk.state.note(&error);
                    desk.refused.set(Some(error.sentence()));
                }
            }
        });
    };
    let per_head = Field::new("per-head", t!(plan.each), desk.per_head).class("w-8").check(no_standard, sent.into());
    let head_count = Field::new("head-count", t!(plan.heads), wanted).class("w-8").check(no_heads, sent.into());
    view! {
        <section aria-labelledby="propose-title">
            <h2 id="propose-title">{t!(plan.propose_title)}</h2>
            <p class="muted">{t!(plan.propose_words)}</p>
            <div class="bd-ask">
                {field(head_count, Control::Number { unit: t!(orders.people) })}
                {field(per_head, Control::Amount { unit: t!(orders.yuan) })}
                <button class="btn tea" type="button" id="propose" aria-busy=move || desk.busy.get().then_some("true") on:click=press>
                    {t!(plan.propose)}
                </button>
            </div>
            {move || desk.refused.get().map(refusal)}
            {move || desk.proposals.get().map(|it| proposals(desk, &it, wanted))}
        </section>
    }
    .into_any()
}

/// Takes over what is known of goods.
fn learn(desk: Desk, goods: &[BundleGoods]) {
    desk.goods.update(|known| {
        known.retain(|old| goods.iter().all(|new| new.card.id != old.card.id));
        known.extend(goods.iter().cloned());
    });
}

fn proposals(desk: Desk, it: &BundleProposals, wanted: RwSignal<String>) -> AnyView {
    if it.items.is_empty() {
        return view! { <p class="note watch" id="proposals" tabindex="-1">{t!(plan.no_proposals)}</p> }.into_any();
    }
    let cards: Vec<AnyView> =
        it.items.iter().enumerate().map(|(place, proposal)| proposal_card(desk, place, proposal, it, wanted)).collect();
    view! {
        <h3 id="proposals" tabindex="-1">{t!(plan.proposed, count = it.items.len())}</h3>
        <ol class="bd-props" role="list">{cards}</ol>
    }
    .into_any()
}

fn proposal_card(
    desk: Desk,
    place: usize,
    proposal: &ProposedBundle,
    of: &BundleProposals,
    wanted: RwSignal<String>,
) -> AnyView {
    let line = |line: &domain::wire::ProposedLine| {
        let card = of.goods.iter().find(|goods| goods.card.id == line.product_id).map(|goods| &goods.card)?;
        let so_many = Quantity::new(line.quantity).map(|it| format::quantity(it, &card.unit)).unwrap_or_default();
        let cost = Money::from_fen(line.unit_price_fen.fen() * line.quantity);
        Some(
            view! {
                <li>
                    <span>{card.name.clone()}<small>{card.county_short.clone()}" · "{so_many}</small></span>
                    <span class="num">{format::yuan(cost)}</span>
                </li>
            }
            .into_any(),
        )
    };
    let lines: Vec<AnyView> = proposal.lines.iter().filter_map(line).collect();
    let name = t!(plan.bundle_named, number = place + 1);
    let bundle = StoredValue::new(Bundle {
        name: String::new(),
        head_count: 0,
        lines: proposal
            .lines
            .iter()
            .map(|line| BundleLine { product_id: line.product_id, quantity: line.quantity })
            .collect(),
    });
    let take = move |_| {
        let first = desk.sets.with_untracked(Vec::is_empty);
        let number = desk.sets.with_untracked(Vec::len) + 1;
        let mut bundle = bundle.get_value();
        bundle.name = t!(plan.bundle_named, number = number);
        // The first is everybody's until others stand beside it.
        bundle.head_count = if first { parse_head_count(&wanted.get_untracked()).unwrap_or(0) } else { 0 };
        desk.sets.update(|sets| sets.push(Edited::new(&bundle)));
        focus("sets");
    };
    let full = move || desk.sets.with(|sets| sets.len() >= MOST_BUNDLES);
    let use_it = desk.changes.then(|| {
        view! {
            <button class="btn" type="button" id=format!("take-{place}") disabled=full on:click=take>{t!(plan.take)}</button>
        }
        .into_any()
    });
    view! {
        <li class="bd-prop">
            <h4>{name}<b class="num">{format::yuan(proposal.per_head_fen)}</b></h4>
            <ul role="list">{lines}</ul>
            {use_it}
        </li>
    }
    .into_any()
}

// ---- a bundle -----------------------------------------------------------------------------------------------------

fn set(desk: Desk, place: usize, it: Edited) -> AnyView {
    let changes = desk.changes;
    let each = move || desk.sums.with(|sums| sums.per_head.get(place).copied()).unwrap_or_default();
    let left = move || budget(desk).map(|budget| Money::from_fen(budget.fen() - each().fen()));
    let over = move || left().is_some_and(Money::is_negative);
    let words = move || {
        left().map(|left| match left.is_negative() {
            true => t!(plan.over_by, amount = format::yuan(left.negated())),
            false => t!(plan.left_of, amount = format::yuan(left)),
        })
    };
    let lines = move || it.lines.get().into_iter().map(|line| set_line(desk, it, line)).collect::<Vec<_>>();
    let name = Field::new(format!("name-{place}"), t!(plan.name), it.name).class("w-16");
    let chosen = Field::new(format!("chosen-{place}"), t!(plan.chosen), it.heads).class("w-8");
    let remove = move |_| {
        desk.sets.update(|sets| sets.retain(|set| *set != it));
        focus("sets");
    };
    let called = move || t!(plan.remove_bundle, name = it.name.get());
    view! {
        <fieldset class="bd-set" disabled=!changes>
            <legend class="sr">{move || it.name.get()}</legend>
            <div class="bd-ask">
                {field(name, Control::Text)}
                {field(chosen, Control::Number { unit: t!(orders.people) })}
            </div>
            <ul class="bd-lines" role="list">{lines}</ul>
            {changes.then(|| adding(desk, place, it))}
            <p class="bd-sum" class:over=over>
                <b class="num">{move || format::yuan(each())}</b>" "<span>{words}</span>
                {changes.then(|| view! { <button class="btn plain" type="button" aria-label=called on:click=remove>{t!(plan.remove)}</button> }.into_any())}
            </p>
        </fieldset>
    }
    .into_any()
}

fn set_line(desk: Desk, set: Edited, line: Line) -> AnyView {
    let id = line.product;
    let card =
        desk.goods.with_untracked(|goods| goods.iter().find(|goods| goods.card.id == id).map(|it| it.card.clone()));
    let Some(card) = card else { return ().into_any() };
    let total = move || desk.sums.with(|sums| sums.lines.iter().find(|line| line.product == id).cloned());
    let cost = move || total().map(|total| format::yuan(Money::from_fen(total.unit_price.fen() * line.quantity.get())));
    let problems = move || total().map(|total| problems(&total));
    let change = move |by: i64| {
        let now = line.quantity.get_untracked() + by;
        if now < 1 {
            set.lines.update(|lines| lines.retain(|other| other.product != id));
            focus("sets");
        } else if now <= 99 {
            line.quantity.set(now);
        }
    };
    let (fewer, more) = (t!(plan.fewer, name = card.name), t!(plan.more, name = card.name));
    view! {
        <li>
            <span>
                <a href=Route::Product(id.to_string()).path()>{card.name.clone()}</a>
                <small>{card.county_short.clone()}" · "{card.spec.clone()}</small>
                {problems}
            </span>
            <span class="bd-step">
                <button class="btn" type="button" aria-label=fewer on:click=move |_| change(-1)>"−"</button>
                <b class="num">{move || line.quantity.get()}</b>
                <button class="btn" type="button" aria-label=more on:click=move |_| change(1)>"+"</button>
            </span>
            <span class="num bd-cost">{cost}</span>
        </li>
    }
    .into_any()
}

fn problems(line: &TotalLine) -> AnyView {
    let one = |problem: &Problem| {
        let class = if problem.blocks() { "error" } else { "warn" };
        view! { <em class=class>{told(problem.say())}</em> }.into_any()
    };
    line.problems.iter().map(one).collect::<Vec<_>>().into_any()
}

/// Goods of the basket and of other bundles that are not in this one.
fn adding(desk: Desk, place: usize, set: Edited) -> AnyView {
    let chosen = RwSignal::new(String::new());
    let offered = move || {
        let held = set.lines.get();
        let free = |goods: &BundleGoods| held.iter().all(|line| line.product != goods.card.id);
        let choice = |goods: &BundleGoods| {
            let price = format::yuan(goods.card.ladder.list_price());
            Choice::new(
                goods.card.id.to_string(),
                format!("{} · {} · {price}", goods.card.name, goods.card.county_short),
            )
        };
        desk.goods.with(|goods| goods.iter().filter(|goods| free(goods)).map(choice).collect::<Vec<_>>())
    };
    let add = move |_| {
        let Ok(product) = chosen.get_untracked().parse::<ProductId>() else { return };
        if set.lines.with_untracked(|lines| lines.iter().all(|line| line.product != product)) {
            set.lines.update(|lines| lines.push(Line { product, quantity: RwSignal::new(1) }));
        }
        chosen.set(String::new());
    };
    let select = move || {
        let choices = offered();
        let it = Field::new(format!("add-{place}"), t!(plan.add_goods), chosen).hint(t!(plan.add_hint));
        field(it, Control::Select { none: t!(plan.choose), choices })
    };
    view! {
        <div class="bd-ask">
            {select}
            <button class="btn" type="button" on:click=add>{t!(plan.add)}</button>
        </div>
    }
    .into_any()
}

fn add_set(desk: Desk) -> AnyView {
    let full = move || desk.sets.with(|sets| sets.len() >= MOST_BUNDLES);
    let press = move |_| {
        let number = desk.sets.with_untracked(Vec::len) + 1;
        let name = t!(plan.bundle_named, number = number);
        desk.sets.update(|sets| sets.push(Edited::new(&Bundle { name, head_count: 0, lines: Vec::new() })));
    };
    view! {
        <p class="tb">
            <button class="btn" type="button" id="add-bundle" disabled=full on:click=press>{t!(plan.add_bundle)}</button>
            <a class="btn plain" href=Route::Products.path()>{t!(plan.see_goods)}</a>
        </p>
    }
    .into_any()
}

// ---- what it comes to ---------------------------------------------------------------------------------------------

/// What everybody together may cost, and what is used of it, in basis points.
fn used(desk: Desk) -> (Option<Money>, i64) {
    let sums = desk.sums.get();
    let all = budget(desk).map(|each| Money::from_fen(each.fen().saturating_mul(sums.head_count)));
    let used = all.filter(|all| all.fen() > 0).map_or(0, |all| sums.total.fen().saturating_mul(10_000) / all.fen());
    (all, used)
}

fn side(desk: Desk) -> AnyView {
    let used_bp = Signal::derive(move || used(desk).1);
    let name = Signal::derive(move || t!(plan.used, percent = used_bp.get() / 100));
    let left = move || {
        let all = used(desk).0?;
        let heads = desk.sums.with(|sums| sums.head_count);
        let left = all.fen() - desk.sums.with(|sums| sums.total.fen());
        (heads > 0).then(|| format::yuan(Money::from_fen(left.div_euclid(heads))))
    };
    let row = |words: &'static str, id: &'static str, value: Signal<String>| {
        view! { <div><dt>{words}</dt><dd class="num" id=id>{move || value.get()}</dd></div> }.into_any()
    };
    let of = move |of: fn(&Totals) -> String| Signal::derive(move || desk.sums.with(of));
    view! {
        <aside class="o-side" aria-labelledby="bundle-sums">
            <h2 id="bundle-sums">{t!(plan.comes_to)}</h2>
            <p class="left" class:over=move || is_over(used_bp.get())>
                <span>{t!(plan.left_each)}</span><b class="num" id="left-per-head">{move || left().unwrap_or_else(|| "–".to_owned())}</b>
            </p>
            {budget_bar(used_bp, name)}
            <dl class="pl-sums">
                {row(t!(plan.heads), "bundle-heads", of(|sums| format::count(sums.head_count)))}
                {row(t!(plan.in_all), "bundle-total", of(|sums| format::yuan(sums.total)))}
                {row(t!(plan.becomes), "bundle-orders", of(becomes))}
            </dl>
            {move || desk.sums.with(counties)}
            {desk.changes.then(|| buttons(desk))}
        </aside>
    }
    .into_any()
}

/// 3 张采购单，3 张发票.
fn becomes(sums: &Totals) -> String {
    if sums.orders == 1 { t!(plan.one_order).to_owned() } else { t!(plan.some_orders, count = sums.orders) }
}

fn counties(sums: &Totals) -> AnyView {
    let whole = sums.total.fen().max(1);
    let row = |(county, amount): &(String, Money)| {
        let bp = amount.fen().saturating_mul(10_000) / whole;
        view! {
            <li><span>{county.clone()}</span>{share_bar(bp)}<span class="num">{format::yuan(*amount)}</span></li>
        }
        .into_any()
    };
    let rows: Vec<AnyView> = sums.counties.iter().map(row).collect();
    let title = (!rows.is_empty()).then(|| view! { <h3>{t!(plan.by_county)}</h3> }.into_any());
    view! { {title}<ul class="bd-counties" role="list">{rows}</ul> }.into_any()
}

/// Why nothing can be ordered yet.
fn not_yet(desk: Desk) -> Option<String> {
    desk.sums.with(|sums| {
        if sums.lines.iter().all(|line| line.quantity.is_zero()) {
            return Some(t!(plan.nobody_chose).to_owned());
        }
        let blocked = sums.lines.iter().any(|line| line.problems.iter().any(Problem::blocks));
        blocked.then(|| t!(plan.problems_first).to_owned())
    })
}

fn buttons(desk: Desk) -> AnyView {
    let here = Here::get();
    let said = RwSignal::new(None::<String>);
    let order = move |_| {
        said.set(untrack(|| not_yet(desk)));
        if said.with_untracked(Option::is_some) {
            return;
        }
        let sums = desk.sums.get_untracked();
        let goods = sums.lines.iter().filter(|line| !line.quantity.is_zero());
        let it = HandedOver {
            occasion: desk.occasion,
            head_count: sums.head_count,
            per_head: untrack(|| budget(desk)).unwrap_or_default(),
            goods: goods.map(|line| (line.product, line.quantity)).collect(),
            bundles: untrack(|| desk.sets.get().into_iter().map(Edited::bundle))
                .filter(|bundle| bundle.head_count > 0 && !bundle.lines.is_empty())
                .collect(),
        };
        desk.who.with_value(|who| begin_with(desk.state, who, &it));
        here.go(&Route::NewOrder.path(), Go::On);
    };
    view! {
        <div role="alert">{move || said.get().map(refusal)}</div>
        <p class="tb">
            <button class="btn do" type="button" id="order-it" on:click=order>{t!(plan.order_it)}</button>
            <button class="btn" type="button" id="keep-bundles" aria-busy=move || desk.busy.get().then_some("true") on:click=move |_| save(desk)>
                {t!(plan.keep)}
            </button>
        </p>
        <p class="muted">{t!(plan.keep_words)}</p>
    }
    .into_any()
}

fn save(desk: Desk) {
    let Some(revision) = desk.plan.value.with_untracked(|plan| plan.as_ref().map(|plan| plan.revision)) else { return };
    if desk.busy.get_untracked() {
        return;
    }
    let body = NewBundlePlan {
        revision,
        per_head_fen: untrack(|| budget(desk)).unwrap_or_default(),
        bundles: untrack(|| desk.sets.with(|sets| sets.iter().map(|set| set.bundle()).collect())),
    };
    desk.busy.set(true);
    desk.refused.set(None);
    spawn_local(async move {
        let answer = api::keep_bundles(desk.occasion, body).await;
        // The reader may have left the page meanwhile.
        if desk.busy.try_set(false).is_some() {
            return;
        }
        match answer {
            Ok(plan) => {
                forget(&key_of(desk.occasion));
                desk.plan.put(plan);
                desk.state.say(Toast::new(t!(plan.kept)));
            }
            Err(error) => {
                desk.state.note(&error);
                desk.refused.set(Some(error.sentence()));
            }
        }
    });
}
