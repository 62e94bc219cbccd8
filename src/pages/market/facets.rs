//! The choices beside the list: counties by prefecture, categories. A column at the desk, a drawer on the phone.

use domain::region::Prefecture;
use domain::wire::Facets;
use leptos::html;
use leptos::prelude::*;

use super::filter::{Filter, category_name};

/// What the panel shows and tells. `on_choose` gets the filter as it would be after the choice.
#[derive(Clone, Copy)]
pub struct Panel {
    pub facets: Signal<Option<Facets>>,
    pub filter: Signal<Filter>,
    pub total: Signal<i64>,
    pub open: RwSignal<bool>,
    pub on_choose: Callback<Filter>,
}

/// One choice: its key and its name.
type Choice = (String, String);
/// Which list of the facets a choice belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Counties,
    Categories,
}

impl Panel {
    fn counties(self, of: Prefecture) -> Vec<Choice> {
        self.facets.with(|facets| {
            let counties = facets.iter().flat_map(|facets| &facets.counties);
            counties.filter(|it| it.prefecture == of).map(|it| (it.key.clone(), it.name.clone())).collect()
        })
    }

    fn categories(self) -> Vec<Choice> {
        self.facets.with(|facets| {
            let categories = facets.iter().flat_map(|facets| &facets.categories);
            categories.map(|it| (it.key.clone(), category_name(&it.key))).collect()
        })
    }

    fn count(self, of: Of, key: &str) -> i64 {
        self.facets.with(|facets| {
            let Some(facets) = facets else { return 0 };
            let found = match of {
                Of::Counties => facets.counties.iter().find(|it| it.key == key).map(|it| it.count),
                Of::Categories => facets.categories.iter().find(|it| it.key == key).map(|it| it.count),
            };
            found.unwrap_or(0)
        })
    }

    fn is_chosen(self, of: Of, key: &str) -> bool {
        self.filter.with(|filter| match of {
            Of::Counties => filter.counties.iter().any(|it| it == key),
            Of::Categories => filter.categories.iter().any(|it| it == key),
        })
    }

    fn choose(self, of: Of, key: &str) {
        let filter = self.filter.with_untracked(|filter| match of {
            Of::Counties => filter.toggling_county(key),
            Of::Categories => filter.toggling_category(key),
        });
        self.on_choose.run(filter);
    }
}

#[inline(never)]
pub fn facets(it: Panel) -> AnyView {
    let close = NodeRef::<html::Button>::new();
    let open = it.open;
    // The drawer takes the focus with it; at the desk nothing opens and nothing moves.
    Effect::new(move |_| {
        if open.get()
            && let Some(close) = close.get_untracked()
        {
            request_animation_frame(move || drop(close.focus()));
        }
    });
    let lishui = Memo::new(move |_| it.counties(Prefecture::Lishui));
    let quzhou = Memo::new(move |_| it.counties(Prefecture::Quzhou));
    let categories = Memo::new(move |_| it.categories());
    let clear = move |_| {
        let without = it.filter.with_untracked(|now| Filter {
            brand: now.brand.clone(),
            words: now.words.clone(),
            ..Filter::default()
        });
        it.on_choose.run(without);
    };
    view! {
        <button class="scrim" type="button" aria-label="关闭筛选" tabindex="-1" hidden=move || !open.get() on:click=move |_| open.set(false)></button>
        <section
            class="facets"
            class:open=move || open.get()
            id="facets"
            role=move || open.get().then_some("dialog")
            aria-label="筛选"
            on:keydown=move |event| if event.key() == "Escape" { open.set(false) }
        >
            <div class="f-top">
                <b>"筛选"</b>
                <button class="btn plain" type="button" node_ref=close on:click=move |_| open.set(false)>"关闭"</button>
            </div>
            <fieldset><legend>"产地 · 丽水"</legend><div class="cty">{move || chips(it, lishui.get())}</div></fieldset>
            <fieldset><legend>"产地 · 衢州"</legend><div class="cty">{move || chips(it, quzhou.get())}</div></fieldset>
            <fieldset><legend>"类别"</legend>{move || rows(it, categories.get())}</fieldset>
            <div class="f-end">
                <button class="btn do" type="button" on:click=move |_| open.set(false)>{move || format!("看 {} 款", it.total.get())}</button>
                <button class="btn" type="button" on:click=clear>"清空"</button>
            </div>
        </section>
    }
    .into_any()
}

fn chips(it: Panel, choices: Vec<Choice>) -> Vec<AnyView> {
    let chip = |(key, name): Choice| {
        let (input, count) = choice(it, Of::Counties, key);
        view! { <label class="chip">{input}<span>{name}<small>{count}</small></span></label> }.into_any()
    };
    choices.into_iter().map(chip).collect()
}

fn rows(it: Panel, choices: Vec<Choice>) -> Vec<AnyView> {
    let row = |(key, name): Choice| {
        let (input, count) = choice(it, Of::Categories, key);
        view! { <label class="choice">{input}<span>{name}</span><small>{count}</small></label> }.into_any()
    };
    choices.into_iter().map(row).collect()
}

/// The box to tick and how many products it leads to. What would lead to none cannot be chosen, only given up.
fn choice(it: Panel, of: Of, key: String) -> (AnyView, Signal<i64>) {
    let (counted, chosen, own) = (key.clone(), key.clone(), key);
    let count = Signal::derive(move || it.count(of, &counted));
    let checked = Memo::new(move |_| it.is_chosen(of, &chosen));
    let input = view! {
        <input
            type="checkbox"
            prop:checked=move || checked.get()
            disabled=move || count.get() == 0 && !checked.get()
            on:change=move |_| it.choose(of, &own)
        />
    };
    (input.into_any(), count)
}
