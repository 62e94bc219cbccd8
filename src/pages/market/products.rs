//! The list of products. What it is narrowed by stands in the address and nowhere else.

use domain::product::{Searching, Sort};
use leptos::html;
use leptos::prelude::*;

use super::cards::cards;
use super::facets::Panel;
use super::filter::{Condition, Filter};
use super::pager::pager;
use super::shelf::Shelf;
use crate::area;
use crate::components::icon::{Icon, icon};
use crate::components::loading::loading_cards;
use crate::components::markup::{Escaped, element, put};
use crate::components::problem::load_failure;
use crate::components::screen::is_wide;
use crate::language::{language, t};
use crate::live;
use crate::pages::set_title;
use crate::route::param;
use crate::router::{Go, Here};

pub fn page() -> AnyView {
    let here = Here::get();
    let filter = live::memo(move || here.search.with(|search| read(search)));
    let shelf = Shelf::new(filter);
    let on_choose = Callback::new(move |filter: Filter| here.go(&filter.address(), Go::Narrow));
    // The heading and the filters in force are those of the list that is shown: both change with it and not before, in one frame.
    let answered = Memo::new(move |before: Option<&Filter>| match before {
        Some(before) if !shelf.is_fresh() && shelf.error.with(Option::is_none) => before.clone(),
        _ => filter.get(),
    });
    let heading = live::memo(move || shelf.list.with(|list| answered.with(|it| it.heading(list.county_names()))));
    live::effect(move || heading.with(|heading| set_title(heading)));
    let panel = Panel { shelf, open: RwSignal::new(false), on_choose };
    let choices =
        live::memo(move || shelf.list.with(|list| answered.with(|it| in_force(&it.choices(list.county_names())))));
    view! {
        <div class="l-head">
            <div>
                <h1>{live::text(move || heading.get())}</h1>
                <p class="muted" role="status">{live::text(move || count_sentence(shelf))}</p>
            </div>
            {live::view(move || choices.with(|choices| (!choices.is_empty()).then(|| element(choices.clone()))))}
        </div>
        {tools(panel)}
        <div class="l-body"><div class="f-col">{facets_part(panel)}</div>{results(shelf)}</div>
    }
    .into_any()
}

/// The filter of an address.
pub fn read(search: &str) -> Filter {
    Filter::read(|key| param(search, key))
}

/// The choices: at once where there is room for them, on the phone when they are asked for.
fn facets_part(panel: Panel) -> AnyView {
    let part = RwSignal::new(None::<area::Slot>);
    live::effect(move || {
        if (panel.open.get() || is_wide()) && part.with_untracked(Option::is_none) {
            part.set(Some(area::facets(panel)));
        }
    });
    live::view(move || part.get().and_then(area::Slot::view))
}

fn count_sentence(shelf: Shelf) -> String {
    if shelf.error.with(Option::is_some) {
        return String::new();
    }
    let nearest = shelf.list.with(|list| list.nearest.is_some());
    // The count of the list that is still shown stands until the next is there, unless that takes long.
    let told = shelf.is_fresh() || (shelf.total() > 0 && !shelf.slow.get());
    match (told, shelf.total()) {
        (false, _) => t!(market.looking).to_owned(),
        (true, 0) if nearest => t!(market.nearest_instead).to_owned(),
        (true, 0) => t!(market.none).to_owned(),
        (true, 1) => t!(market.one).to_owned(),
        (true, total) => t!(market.so_many, count = total),
    }
}

// ---- what is in force ---------------------------------------------------------------------------------------------

/// The filters in force. Words that are searched for stand in the search box, where they can be taken away too.
fn in_force(choices: &[Condition]) -> String {
    let clear = if choices.len() > 1 { t!(market.clear) } else { "" };
    chips(t!(market.in_force), choices, clear)
}

/// Conditions as markup, each a link to the list without it, and under the name `clear` one to the list without any.
fn chips(name: &str, conditions: &[Condition], clear: &str) -> String {
    if conditions.is_empty() {
        return String::new();
    }
    let mut chips = format!("<ul class=\"chips\" role=\"list\" aria-label=\"{}\">", Escaped(name));
    for it in conditions {
        put(
            &mut chips,
            format_args!(
                "<li><a href=\"{}\" data-narrows><span class=\"sr\">{}</span>{}<span aria-hidden=\"true\"> ×</span></a></li>",
                Escaped(&it.without.address()),
                t!(market.without),
                Escaped(&it.name)
            ),
        );
    }
    if !clear.is_empty() {
        let all = Filter::default().address();
        put(&mut chips, format_args!("<li><a class=\"clear\" href=\"{all}\" data-narrows>{clear}</a></li>"));
    }
    chips.push_str("</ul>");
    chips
}

/// The button of the drawer on the phone; the order of the list; pictures or table.
fn tools(panel: Panel) -> AnyView {
    let chosen = move || panel.shelf.filter.with(Filter::count);
    let number = live::view(move || (chosen() > 0).then(|| view! { <b>{chosen().to_string()}</b> }.into_any()));
    view! {
        <div class="tools">
            <button class="btn f-btn" type="button" aria-haspopup="dialog" on:click=move |_| panel.open.set(true)>
                {icon(Icon::Filter)}{t!(market.filter)}" "{number}
            </button>
            {sorting(panel)}
            <div class="tabset view" role="radiogroup" aria-label=t!(market.view)>
                {view_tab(panel, "", t!(market.pictures))} {view_tab(panel, "table", t!(market.table))}
            </div>
        </div>
    }
    .into_any()
}

fn sorting(panel: Panel) -> AnyView {
    let choose = move |event: leptos::ev::Event| {
        let sort = event_target_value(&event);
        panel.on_choose.run(panel.shelf.filter.with_untracked(|filter| filter.with_sort(&sort)));
    };
    let list = NodeRef::<html::Select>::new();
    let options = live::memo(move || panel.shelf.filter.with(orders));
    live::effect(move || {
        if let Some(list) = list.get() {
            options.with(|options| list.set_inner_html(options));
        }
    });
    view! {
        <label class="sort"><span class="sr">{t!(market.sort)}</span><select node_ref=list on:change=choose></select></label>
    }
    .into_any()
}

/// In which order the list can be, as options; by relevance only where something is searched for.
fn orders(filter: &Filter) -> String {
    let searching = if filter.words.is_empty() { Searching::Nothing } else { Searching::Words };
    let in_force = Sort::in_force(Sort::from_code(&filter.sort), searching);
    let offered = Sort::ALL.iter().filter(|sort| searching == Searching::Words || **sort != Sort::Relevance);
    let mut options = String::new();
    for sort in offered {
        let selected = if *sort == in_force { " selected" } else { "" };
        let (code, word) = (sort.code(), sort.word(language()));
        put(&mut options, format_args!("<option value=\"{code}\"{selected}>{word}</option>"));
    }
    options
}

fn view_tab(panel: Panel, view: &'static str, name: &'static str) -> AnyView {
    let checked = live::memo(move || panel.shelf.filter.with(|filter| filter.view == view));
    let choose = move |_| panel.on_choose.run(panel.shelf.filter.with_untracked(|filter| filter.with_view(view)));
    view! {
        <label><input type="radio" name="view" prop:checked=checked on:change=choose /><span>{name}</span></label>
    }
    .into_any()
}

// ---- the list -----------------------------------------------------------------------------------------------------

fn results(shelf: Shelf) -> AnyView {
    let is_table = live::memo(move || shelf.filter.with(|filter| filter.view == "table"));
    let shown = live::memo(move || is_shown(shelf));
    let not_shown = live::memo(move || !shown.get());
    let no_cards = live::memo(move || !shown.get() || is_table.get());
    let nothing_yet = live::memo(move || !shelf.has_answer());
    let in_place_of_cards = live::view(move || match (shelf.error.get(), nothing_yet.get()) {
        (Some(error), _) => Some(load_failure(error.sentence(), shelf.on_retry())),
        (None, true) => Some(loading_cards(8)),
        (None, false) => None,
    });
    let nothing = live::memo(move || !nothing_yet.get() && shelf.total() == 0 && shelf.error.with(Option::is_none));
    let table = live::view(move || {
        let table = is_table.get().then(|| area::goods_table(shelf))?;
        Some(view! { <div hidden=not_shown>{live::view(move || table.view())}</div> }.into_any())
    });
    let busy = live::memo(move || !shelf.is_fresh());
    view! {
        <div class="res" aria-busy=move || busy.get().to_string()>
            <h2 class="sr">{t!(market.products)}</h2>
            {live::view(move || shelf.slow.get().then(slowly))}
            {in_place_of_cards}
            {live::view(move || nothing.get().then(|| nothing_found(shelf)))}
            {cards(shelf, no_cards)}
            {table}
            {pager(shelf, shown)}
        </div>
    }
    .into_any()
}

/// A list that answers another question stays only while the right one is on its way.
fn is_shown(shelf: Shelf) -> bool {
    shelf.list.with(|list| !list.items.is_empty()) && (shelf.is_fresh() || shelf.error.with(Option::is_none))
}

fn slowly() -> AnyView {
    view! { <p class="note watch" role="status">{t!(market.slowly)}</p> }.into_any()
}

/// Says what to give up, so that nobody has to guess which of the filters was one too many, and what was looked for instead.
fn nothing_found(shelf: Shelf) -> AnyView {
    let filter = shelf.filter.get();
    let (conditions, nearest) = shelf.list.with(|list| (filter.conditions(list.county_names()), list.nearest.clone()));
    let words_alone = filter.count() == 0 && !filter.words.is_empty();
    let advice = match &nearest {
        Some(words) if *words != filter.words => t!(market.nothing_but, words = filter.words, nearest = words),
        Some(words) => t!(market.nothing_so_filtered, words = words),
        None if words_alone => t!(market.nothing_for_words, words = filter.words),
        None => t!(market.nothing_at_once).to_owned(),
    };
    let links = (!words_alone).then(|| element(chips(t!(market.give_up_one), &conditions, "")));
    let instead = nearest.is_some().then(|| view! { <h2 class="near">{t!(market.nearest)}</h2> }.into_any());
    view! {
        <div class="empty">
            <p>{advice}</p>
            {links}
            <p><a class="btn" href=Filter::default().address()>{t!(market.see_all)}</a></p>
            {instead}
        </div>
    }
    .into_any()
}
