//! The papers of an order: which there are and what is missing, all of them as one file, and each as a page to print.

mod sheet;

use domain::Code;
use domain::attachment::AttachmentKind;
use domain::organisation::Role;
use domain::wire::{Paper, PaperItem, PaperStatus, Papers};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use web_sys::{File, HtmlInputElement};

use super::order::procedure::{TAKEN, look_at};
use super::sign_in_first;
use crate::api;
use crate::components::icon::{Icon, icon};
use crate::components::loading::loading_lines;
use crate::components::markup::element;
use crate::components::problem::{load_failure, nothing_here, refusal};
use crate::components::state::remark_badge;
use crate::components::toast::Toast;
use crate::format;
use crate::language::{language, t, told};
use crate::load::{Load, load};
use crate::pages::set_title;
use crate::route::Route;
use crate::state::State;

/// `{order}/papers`, or `{order}/papers/{paper}`.
pub fn page(of: String) -> AnyView {
    let mut parts = of.splitn(3, '/');
    let order = parts.next().unwrap_or_default().to_owned();
    match parts.nth(1) {
        Some(paper) => one(order, paper.to_owned()),
        None => all(order),
    }
}

fn gone(error: &api::ApiError, again: Callback<()>) -> AnyView {
    if matches!(error.code(), Some(Code::NotFound | Code::NotAllowed)) {
        let back = nothing_here(&error.sentence(), Route::Orders.path(), t!(orders.see_orders));
        return view! { <h1>{t!(papers.title)}</h1>{back} }.into_any();
    }
    load_failure(error.sentence(), again)
}

// ---- what there is ------------------------------------------------------------------------------------------------

fn all(order: String) -> AnyView {
    let state = State::get();
    let order = StoredValue::new(order);
    let role = Memo::new(move |_| state.role());
    let known = Memo::new(move |_| state.session_known.get());
    let loaded = load(move || role.get().map(|_| order.get_value()).unwrap_or_default(), api::papers);
    let inside = move || match (role.get(), loaded.value.get(), loaded.error.get()) {
        (None, ..) if !known.get() => loading_lines(8),
        (None, ..) => sign_in_first(t!(papers.title), Route::papers(&order.get_value(), "").path()),
        (Some(role), Some(papers), _) => whole(state, role, order.get_value(), loaded, &papers),
        (Some(_), None, Some(error)) => gone(&error, loaded.on_retry()),
        (Some(_), None, None) => loading_lines(8),
    };
    view! { {inside} }.into_any()
}

fn whole(state: State, role: Role, order: String, loaded: Load<Papers>, papers: &Papers) -> AnyView {
    let row = |item: &PaperItem| line(state, role, &order, loaded, item);
    let made: Vec<AnyView> = papers.items.iter().filter(|item| item.paper.is_some()).map(row).collect();
    let brought: Vec<AnyView> = papers.items.iter().filter(|item| item.attachment.is_some()).map(row).collect();
    let brought = (!brought.is_empty()).then(|| {
        view! {
            <h2 id="brought">{t!(papers.brought)}</h2>
            <ul class="papers" role="list" aria-labelledby="brought">{brought}</ul>
            <p class="muted">{t!(papers.files_taken)}</p>
        }
        .into_any()
    });
    let packet = papers.packet.then(|| {
        view! {
            <p class="packet">
                <a class="btn do" id="packet" href=api::packet_address(&order) download="">{icon(Icon::File)}{t!(papers.packet)}</a>
                <span class="muted">{t!(papers.packet_how)}</span>
            </p>
        }
        .into_any()
    });
    let back = Route::Order(order.clone()).path();
    view! {
        <p class="crumbs"><a href=back><span class="num">{papers.number.clone()}</span></a></p>
        <h1 tabindex="-1">{t!(papers.title)}</h1>
        {packet}
        <h2 id="made">{t!(papers.made)}</h2>
        <p class="muted">{t!(papers.made_how)}</p>
        <ul class="papers" role="list" aria-labelledby="made">{made}</ul>
        {brought}
    }
    .into_any()
}

fn line(state: State, role: Role, order: &str, loaded: Load<Papers>, item: &PaperItem) -> AnyView {
    let doing = match (item.paper, item.attachment) {
        (Some(paper), _) if item.count > 0 => Some(
            view! {
                <a class="btn" href=Route::papers(order, paper.code()).path() aria-label=format!("{} {}", t!(papers.open), item.name)>{t!(papers.open)}</a>
                <a class="btn plain" href=api::workbook_address(order, paper.code()) download="" aria-label=format!("{} {}", t!(papers.workbook), item.name)>{t!(papers.workbook)}</a>
            }
            .into_any(),
        ),
        (_, Some(kind)) if kind.brought_by(role) && !kind.precedes_approval() => Some(bringing(state, order, loaded, kind)),
        _ => None,
    };
    let count = item.attachment.filter(|_| item.count > 0);
    let count = count.map(|_| {
        view! { <small class="muted">{t!(papers.files, count = format::count(item.count))}</small> }.into_any()
    });
    view! {
        <li data-status=item.status.code()>
            <b>{item.name.clone()}</b>
            {remark_badge(tone(item.status), item.status.word(language()).to_owned())}
            {count}
            {item.said.clone().map(|said| view! { <small class="muted said">{said}</small> }.into_any())}
            <span class="does">{doing}</span>
        </li>
    }
    .into_any()
}

/// As the stylesheet calls the tones of orders (style/parts.css, `.state`).
fn tone(status: PaperStatus) -> &'static str {
    match status {
        PaperStatus::Complete => "accepted",
        PaperStatus::Open => "submitted",
        PaperStatus::Missing => "short",
        PaperStatus::NotNeeded => "cancelled",
    }
}

fn bringing(state: State, order: &str, loaded: Load<Papers>, kind: AttachmentKind) -> AnyView {
    let (busy, refused) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let order = StoredValue::new(order.to_owned());
    let choose = move |event: leptos::ev::Event| {
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        let file = input.as_ref().and_then(|input| input.files()?.get(0));
        if let Some(input) = &input {
            // The same file may be chosen again.
            input.set_value("");
        }
        if let Some(file) = file.filter(|_| !busy.get_untracked()) {
            busy.set(true);
            refused.set(None);
            spawn_local(send(state, order.get_value(), loaded, kind, file, busy, refused));
        }
    };
    let word = kind.word(language());
    view! {
        {move || refused.get().map(refusal)}
        <label class="btn plain">
            <input class="sr" type="file" id=format!("add-{}", kind.code()) accept=TAKEN on:change=choose />
            {move || if busy.get() { t!(papers.sending).to_owned() } else { t!(papers.add, kind = word) }}
        </label>
    }
    .into_any()
}

async fn send(
    state: State,
    order: String,
    loaded: Load<Papers>,
    kind: AttachmentKind,
    file: File,
    busy: RwSignal<bool>,
    refused: RwSignal<Option<String>>,
) {
    let sentence = match (look_at(&file).await, order.parse()) {
        (Some(refusal), _) => Some(told(refusal.sentence)),
        (None, Ok(id)) => api::add_attachment(id, kind, &file, &file.name()).await.err().map(|error| {
            state.note(&error);
            error.sentence()
        }),
        // What the papers were shown of has an identifier.
        (None, Err(_)) => None,
    };
    // The reader may have left the page meanwhile.
    if busy.try_set(false).is_some() {
        return;
    }
    if sentence.is_none() {
        state.say(Toast::new(t!(papers.added, kind = kind.word(language()))));
        loaded.reload();
    }
    refused.set(sentence);
}

// ---- one of them --------------------------------------------------------------------------------------------------

fn one(order: String, paper: String) -> AnyView {
    let state = State::get();
    let (order, paper) = (StoredValue::new(order), StoredValue::new(paper));
    let signed_in = Memo::new(move |_| state.role().is_some());
    let known = Memo::new(move |_| state.session_known.get());
    let here = move || Route::papers(&order.get_value(), &paper.get_value());
    let key = move || match (signed_in.get(), here()) {
        (true, Route::Papers(of)) => of,
        _ => String::new(),
    };
    let loaded = load(key, api::paper);
    Effect::new(move |_| {
        loaded.value.with(|it| {
            if let Some(it) = it {
                set_title(&format!("{} {}", it.number, it.title));
            }
        });
    });
    let inside = move || match (signed_in.get(), loaded.value.get(), loaded.error.get()) {
        (false, ..) if !known.get() => loading_lines(12),
        (false, ..) => sign_in_first(t!(papers.title), here().path()),
        (true, Some(it), _) => to_print(&order.get_value(), &it),
        (true, None, Some(error)) => gone(&error, loaded.on_retry()),
        (true, None, None) => loading_lines(12),
    };
    view! { {inside} }.into_any()
}

fn to_print(order: &str, paper: &Paper) -> AnyView {
    view! {
        <nav class="pbar no-print" aria-label=t!(papers.print)>
            <a class="btn" href=Route::papers(order, "").path()>{t!(papers.back)}</a>
            <a class="btn" href=api::workbook_address(order, paper.kind.code()) download="">{t!(papers.workbook)}</a>
            <button class="btn do" type="button" id="print" on:click=|_| drop(window().print())>
                {icon(Icon::Print)}{t!(papers.print)}
            </button>
            <small class="muted">{t!(papers.hint)}</small>
        </nav>
        {element(sheet::markup(paper))}
    }
    .into_any()
}
