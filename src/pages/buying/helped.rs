//! What somebody's buying helped: the card to keep, and the figures behind it.

use domain::organisation::Role;
use domain::permission::{Act, Whose, may};
use domain::wire::{Helped, Session};
use domain::{Language, Money};
use leptos::prelude::*;

use super::card::card;
use super::picture::{save_png, save_svg};
use crate::api;
use crate::components::loading::loading_lines;
use crate::components::problem::{load_failure, nothing_here};
use crate::components::toast::Toast;
use crate::format;
use crate::language::{language, t};
use crate::load::{Load, load};
use crate::route::Route;
use crate::state::State;

pub fn page() -> AnyView {
    let state = State::get();
    let who = Memo::new(move |_| state.session.get());
    let may_see = move || may(who.with(|who| who.as_ref().map(|who| who.role)), Act::SeeHelped, Whose::Own);
    let helped: Load<Helped> =
        load(move || if may_see() { "helped".to_owned() } else { String::new() }, |_| api::helped());
    let inside = move || {
        let Some(who) = who.get() else {
            return if state.session_known.get() { sign_in_first() } else { loading_lines(8) };
        };
        match (helped.value.get(), helped.error.get()) {
            (Some(it), _) if it.total_fen > Money::ZERO => whole(state, &who, &it),
            (Some(_), _) => nothing_here(t!(buying.helped_nothing), Route::Products.path(), t!(orders.go_choose)),
            (None, Some(error)) => load_failure(error.sentence(), helped.on_retry()),
            (None, None) if !may_see() => {
                nothing_here(t!(buying.helped_nothing), Route::Products.path(), t!(frame.see_all_products))
            }
            (None, None) => loading_lines(8),
        }
    };
    let heading = move || title(who.with(|who| who.as_ref().map(|who| who.role)));
    view! { <div class="hp-head"><h1>{heading}</h1></div>{inside} }.into_any()
}

fn title(role: Option<Role>) -> &'static str {
    match role {
        None | Some(Role::Buyer) => t!(buying.helped_title),
        Some(_) => t!(buying.helped_union_title),
    }
}

fn sign_in_first() -> AnyView {
    let sign_in = Route::SignIn.with(&[("next", &Route::Helped.path())]);
    nothing_here(t!(buying.helped_sign_in), sign_in, t!(frame.sign_in))
}

fn whole(state: State, who: &Session, it: &Helped) -> AnyView {
    let whose = if who.role == Role::Buyer { "" } else { &who.organisation.name };
    let svg = StoredValue::new(card(it, title(Some(who.role)), whose));
    let described =
        t!(buying.card_description, title = title(Some(who.role)), amount = format::yuan_short(it.total_fen));
    let not_saved = move || state.say(Toast::new(t!(buying.not_saved)));
    view! {
        <div class="hp">
            <figure class="hp-card">
                <div role="img" aria-label=described inner_html=svg.get_value()></div>
                <figcaption class="tb">
                    <button class="btn do" type="button" id="save-png" on:click=move |_| svg.with_value(|svg| save_png(svg, not_saved))>
                        {t!(buying.save_png)}
                    </button>
                    <button class="btn" type="button" id="save-svg" on:click=move |_| svg.with_value(|svg| save_svg(svg))>
                        {t!(buying.save_svg)}
                    </button>
                </figcaption>
            </figure>
            <div>
                <dl class="hp-sums">
                    <div><dt>{t!(buying.this_year, year = it.year)}</dt><dd class="num">{format::yuan(it.year_fen)}</dd></div>
                    <div><dt>{t!(buying.all_years)}</dt><dd class="num">{format::yuan(it.total_fen)}</dd></div>
                </dl>
                {tables(it)}
                <p class="muted">{t!(buying.counted, date = format::date(it.as_of_ms))}</p>
            </div>
        </div>
    }
    .into_any()
}

/// A row of either table: a name, this year's amount and that of all years.
type Row = (String, Money, Money);

fn tables(it: &Helped) -> AnyView {
    let county = |county: &domain::wire::HelpedCounty| {
        let name = if language() == Language::Zh { &county.name } else { &county.name_en };
        (name.clone(), county.year_fen, county.total_fen)
    };
    let counties = it.counties.iter().map(county).collect();
    let merchants = it.merchants.iter().map(|it| (it.name.clone(), it.year_fen, it.total_fen)).collect();
    view! {
        {table(t!(buying.by_county), t!(buying.county), it.year, counties)}
        {table(t!(buying.by_merchant), t!(buying.merchant), it.year, merchants)}
    }
    .into_any()
}

fn table(caption: &'static str, head: &'static str, year: i16, rows: Vec<Row>) -> AnyView {
    let row = |(name, of_year, total): Row| {
        view! {
            <tr>
                <th scope="row">{name}</th>
                <td class="n">{of_year.yuan()}</td>
                <td class="n">{total.yuan()}</td>
            </tr>
        }
        .into_any()
    };
    let rows: Vec<AnyView> = rows.into_iter().map(row).collect();
    view! {
        <table class="hp-t">
            <caption>{caption}</caption>
            <thead>
                <tr>
                    <th scope="col">{head}</th>
                    <th scope="col" class="n">{t!(buying.this_year, year = year)}</th>
                    <th scope="col" class="n">{t!(buying.all_years)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}
