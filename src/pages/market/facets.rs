//! The choices beside the list: when it is on the market, brand, county, category, price, certificate, gift. A column at
//! the desk, a dialog on the phone, which the browser keeps the focus in.

use domain::product::{Brand, Category, CertificationKind, PriceBand};
use domain::region::Prefecture;
use domain::wire::{Facet, Facets};
use gloo::events::EventListener;
use leptos::html;
use leptos::prelude::*;

use super::filter::{Filter, Of, name};
use super::shelf::{List, Shelf};
use crate::components::screen::WIDE;
use crate::language::t;

/// What the panel shows and tells. `on_choose` gets the filter as it would be after the choice.
#[derive(Clone, Copy)]
pub struct Panel {
    pub shelf: Shelf,
    pub open: RwSignal<bool>,
    pub on_choose: Callback<Filter>,
}

/// The panel, and what each further choice would leave.
#[derive(Clone, Copy)]
struct Choices {
    panel: Panel,
    filter: Memo<Filter>,
    facets: Memo<Option<Facets>>,
}

/// How many products a choice leads to, with the other choices in force.
fn count(facets: Option<&Facets>, of: Of, key: &str) -> i64 {
    let Some(facets) = facets else { return 0 };
    let of_key = |all: &[Facet]| all.iter().find(|it| it.key == key).map(|it| it.count);
    let count = match of {
        Of::Brand => of_key(&facets.brands),
        Of::Prefecture => of_key(&facets.prefectures),
        Of::County => facets.counties.iter().find(|it| it.key == key).map(|it| it.count),
        Of::Category => of_key(&facets.categories),
        Of::Season => of_key(&facets.seasons),
        Of::Certification => of_key(&facets.certifications),
        Of::Gift => of_key(&facets.gift),
        Of::Price => of_key(&facets.prices),
    };
    count.unwrap_or(0)
}

#[inline(never)]
pub fn facets(it: Panel) -> AnyView {
    let facets = Memo::new(move |_| it.shelf.list.with(List::facets));
    let it = Choices { panel: it, filter: it.shelf.filter, facets };
    let wide = watch_width();
    (move || if wide.get() { column(it) } else { drawer(it) }).into_any()
}

fn watch_width() -> RwSignal<bool> {
    let query = window().match_media(WIDE).ok().flatten();
    let wide = RwSignal::new(query.as_ref().is_none_or(|query| query.matches()));
    let listener = query.map(|query| {
        EventListener::new(&query.clone(), "change", move |_| {
            wide.try_set(query.matches());
        })
    });
    // Kept by the page, and gone with it.
    StoredValue::new_local(listener);
    wide
}

fn column(it: Choices) -> AnyView {
    view! { <section class="facets" aria-label=t!(market.filter)>{choices(it)}</section> }.into_any()
}

fn drawer(it: Choices) -> AnyView {
    let node = NodeRef::<html::Dialog>::new();
    let open = it.panel.open;
    Effect::new(move |_| {
        let wanted = open.get();
        let Some(dialog) = node.get() else { return };
        if wanted && !dialog.open() {
            // Refused only when the element is not in the document, and then nobody has opened it.
            let _ = dialog.show_modal();
        } else if !wanted && dialog.open() {
            dialog.close();
        }
    });
    // A press on the page behind it is one on the dialog itself, outside of what it holds.
    let beside = move |event: leptos::ev::MouseEvent| {
        if event.target() == event.current_target() {
            open.set(false);
        }
    };
    let see = move || t!(market.see_so_many, count = it.panel.shelf.total());
    let clear = move |_| it.panel.on_choose.run(it.filter.with_untracked(Filter::without_choices));
    view! {
        <dialog class="drawer" node_ref=node aria-label=t!(market.filter) on:close=move |_| open.set(false) on:click=beside>
            <div class="facets">
                <div class="f-top">
                    <b>{t!(market.filter)}</b>
                    <button class="btn plain" type="button" on:click=move |_| open.set(false)>{t!(market.close)}</button>
                </div>
                {choices(it)}
                <div class="f-end">
                    <button class="btn do" type="button" on:click=move |_| open.set(false)>{see}</button>
                    <button class="btn" type="button" on:click=clear>{t!(market.clear)}</button>
                </div>
            </div>
        </dialog>
    }
    .into_any()
}

fn choices(it: Choices) -> AnyView {
    let months: Vec<AnyView> =
        t!(market.months).split('|').zip(1..).map(|(name, month)| month_chip(it, name, month)).collect();
    let brands: Vec<AnyView> = Brand::ALL.iter().map(|brand| row(it, Of::Brand, brand.code())).collect();
    let categories: Vec<AnyView> = Category::ALL.iter().map(|it_is| row(it, Of::Category, it_is.code())).collect();
    let prices: Vec<AnyView> = PriceBand::ALL.iter().map(|band| row(it, Of::Price, band.code())).collect();
    let kinds = CertificationKind::ALL.iter().map(|kind| row(it, Of::Certification, kind.code()));
    let kinds: Vec<AnyView> = kinds.chain([row(it, Of::Gift, "yes")]).collect();
    view! {
        {group(t!(market.season), view! { <div class="cty mon">{months}</div> }.into_any())}
        {group(t!(market.brand), brands.into_any())}
        {county_group(it, Prefecture::Lishui)}
        {county_group(it, Prefecture::Quzhou)}
        {group(t!(market.category), categories.into_any())}
        {group(t!(market.price), prices.into_any())}
        {group(t!(market.proof), kinds.into_any())}
    }
    .into_any()
}

#[inline(never)]
fn group(legend: &'static str, choices: AnyView) -> AnyView {
    view! { <fieldset><legend>{legend}</legend>{choices}</fieldset> }.into_any()
}

/// All of a prefecture, and its counties one by one.
fn county_group(it: Choices, of: Prefecture) -> AnyView {
    let counties = Memo::new(move |_| {
        it.facets.with(|facets| {
            let counties = facets.iter().flat_map(|facets| &facets.counties).filter(|county| county.prefecture == of);
            counties.map(|county| (county.key.clone(), county.name.clone())).collect::<Vec<_>>()
        })
    });
    let chips =
        move || counties.get().into_iter().map(|(key, name)| chip(it, Of::County, key, name)).collect::<Vec<_>>();
    let all = row(it, Of::Prefecture, of.code());
    let counties = view! { {all}<div class="cty">{chips}</div> }.into_any();
    group(
        match of {
            Prefecture::Lishui => t!(market.from_lishui),
            Prefecture::Quzhou => t!(market.from_quzhou),
        },
        counties,
    )
}

fn month_chip(it: Choices, name: &'static str, month: u32) -> AnyView {
    chip(it, Of::Season, month.to_string(), name.to_owned())
}

#[inline(never)]
fn chip(it: Choices, of: Of, key: String, name: String) -> AnyView {
    let (input, count) = choice(it, of, key);
    view! { <label class="chip">{input}<span>{name}<small>{count}</small></span></label> }.into_any()
}

#[inline(never)]
fn row(it: Choices, of: Of, key: &'static str) -> AnyView {
    let (input, count) = choice(it, of, key.to_owned());
    view! { <label class="choice">{input}<span>{name(None, of, key)}</span><small>{count}</small></label> }.into_any()
}

/// The box to tick and how many products it leads to. What would lead to none cannot be chosen, only given up.
fn choice(it: Choices, of: Of, key: String) -> (AnyView, Memo<i64>) {
    let (counted, chosen, own) = (key.clone(), key.clone(), key);
    let count = Memo::new(move |_| it.facets.with(|facets| count(facets.as_ref(), of, &counted)));
    let checked = Memo::new(move |_| it.filter.with(|filter| filter.of(of).contains(&chosen)));
    let input = view! {
        <input
            type="checkbox"
            prop:checked=move || checked.get()
            disabled=move || count.get() == 0 && !checked.get()
            on:change=move |_| it.panel.on_choose.run(it.filter.with_untracked(|filter| filter.toggling(of, &own)))
        />
    };
    (input.into_any(), count)
}
