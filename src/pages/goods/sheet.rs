//! Many goods at once: out as a workbook, in with every difference shown, and applied together or not at all.

use domain::goods::Status;
use domain::sheet::{LARGEST_MB, check_weight};
use domain::wire::{ChangedRow, GoodsPreview, RowProblem};
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::File;

use super::back;
use crate::api;
use crate::components::chosen::chosen_file;
use crate::components::focus::focus;
use crate::components::problem::refusal;
use crate::components::toast::Toast;
use crate::format;
use crate::language::{as_written, language, t, told};
use crate::pages::set_title;
use crate::route::Route;
use crate::router::{Go, Here};
use crate::state::State;

/// What is shown of a long list; all of it is applied.
const MOST_SHOWN: usize = 200;

const TAKEN: &str = ".xlsx,.xls,.ods,.csv,.tsv,.txt,.et";

#[derive(Clone, Copy)]
struct Desk {
    state: State,
    here: Here,
    file: RwSignal<Option<File>, LocalStorage>,
    preview: RwSignal<Option<GoodsPreview>>,
    /// In percent, while it is on its way.
    sending: RwSignal<Option<u32>>,
    refused: RwSignal<Option<String>>,
}

pub fn page(state: State) -> AnyView {
    set_title(t!(goods.by_sheet));
    let desk = Desk {
        state,
        here: Here::get(),
        file: RwSignal::new_local(None),
        preview: RwSignal::new(None),
        sending: RwSignal::new(None),
        refused: RwSignal::new(None),
    };
    let of = |status: &Status| {
        let word = t!(goods.download_of, status = status.word(language()));
        view! { <a href=api::goods_sheet(status.code()) download="">{word}</a> }.into_any()
    };
    let of_each: Vec<AnyView> = Status::ALL.iter().map(of).collect();
    let progress = move || {
        desk.sending.get().map(|percent| {
            let words = if percent < 100 { t!(roster.uploading, percent = percent) } else { t!(roster.reading).to_owned() };
            view! { <progress max="100" value=percent aria-label=t!(goods.progress)></progress>" "<span class="num muted">{words}</span> }
                .into_any()
        })
    };
    view! {
        {back()}
        <div class="o-head"><h1>{t!(goods.by_sheet)}</h1><p class="muted">{t!(goods.sheet_words)}</p></div>
        <section class="gd-sheet" aria-labelledby="out">
            <h2 id="out">{t!(goods.out)}</h2>
            <p class="tb"><a class="btn" id="download-goods" href=api::goods_sheet("") download="">{t!(goods.download)}</a>{of_each}</p>
            <h2>{t!(goods.in_again)}</h2>
            <p>
                <label class="btn tea">
                    <input class="sr" type="file" id="goods-file" accept=TAKEN on:change=move |event| desk.choose(&event) />
                    {t!(goods.choose_file)}
                </label>
            </p>
            <p class="faint">{t!(goods.kinds, largest = LARGEST_MB)}</p>
            <div aria-live="polite">{progress}{move || desk.refused.get().map(refusal)}</div>
        </section>
        {move || desk.preview.get().map(|preview| desk.differences(&preview))}
    }
    .into_any()
}

impl Desk {
    fn choose(self, event: &web_sys::Event) {
        if let Some(file) = chosen_file(event) {
            self.preview(file);
        }
    }

    fn on_progress(self) -> impl Fn(u32) + 'static {
        move |percent| {
            // The page may be gone by now.
            let _ = self.sending.try_set(Some(percent));
        }
    }

    fn preview(self, file: File) {
        self.preview.set(None);
        self.refused.set(None);
        // Sizes of files are floats in JavaScript.
        if let Err(refusal) = check_weight(file.size() as usize) {
            return self.refused.set(Some(told(refusal.sentence)));
        }
        self.sending.set(Some(0));
        spawn_local(async move {
            let answer = api::preview_goods(&file, self.on_progress()).await;
            if self.sending.try_set(None).is_some() {
                return;
            }
            match answer {
                Ok(preview) => {
                    self.file.set(Some(file));
                    self.preview.set(Some(preview));
                    request_animation_frame(|| focus("differences"));
                }
                Err(error) => {
                    self.state.note(&error);
                    self.refused.set(Some(error.sentence()));
                }
            }
        });
    }

    fn apply(self, digest: String) {
        let Some(file) = self.file.get_untracked().filter(|_| self.sending.with_untracked(Option::is_none)) else {
            return;
        };
        self.sending.set(Some(0));
        self.refused.set(None);
        spawn_local(async move {
            let answer = api::apply_goods(&file, &digest, self.on_progress()).await;
            if self.sending.try_set(None).is_some() {
                return;
            }
            match answer {
                Ok(done) => {
                    let words = t!(goods.applied, changed = done.changed, added = done.added);
                    self.state.say(Toast::new(words));
                    self.here.go(&Route::Goods(String::new()).path(), Go::On);
                }
                Err(error) => {
                    self.state.note(&error);
                    self.refused.set(Some(error.sentence()));
                }
            }
        });
    }

    fn differences(self, it: &GoodsPreview) -> AnyView {
        let added = it.changed.iter().filter(|row| row.new).count();
        let changed = it.changed.len() - added;
        let sums = t!(goods.sums, changed = changed, added = added, unchanged = it.unchanged);
        let digest = it.digest.clone();
        let way_on = match (it.problems.is_empty(), it.changed.is_empty()) {
            (false, _) => view! { <p class="note wrong" role="alert">{t!(goods.put_right, count = it.problems.len())}</p> }.into_any(),
            (true, true) => view! { <p class="note">{t!(goods.nothing_differs)}</p> }.into_any(),
            (true, false) => view! {
                <p>
                    <button class="btn do" type="button" id="apply-goods" aria-busy=move || self.sending.with(Option::is_some).then_some("true") on:click=move |_| self.apply(digest.clone())>
                        {t!(goods.apply, count = it.changed.len())}
                    </button>
                </p>
            }
            .into_any(),
        };
        view! {
            <section class="gd-diff" aria-labelledby="differences">
                <h2 id="differences" tabindex="-1">{t!(goods.differences)}</h2>
                <p>{sums}</p>
                {way_on}
                {(!it.problems.is_empty()).then(|| problems(&it.problems))}
                {(!it.changed.is_empty()).then(|| rows(&it.changed))}
            </section>
        }
        .into_any()
    }
}

fn more(count: usize) -> Option<AnyView> {
    let left = count.checked_sub(MOST_SHOWN).filter(|left| *left > 0)?;
    Some(view! { <p class="muted">{t!(goods.more, count = format::so_many(left))}</p> }.into_any())
}

fn problems(all: &[RowProblem]) -> AnyView {
    let row = |it: &RowProblem| {
        let cell = it.field.map_or(t!(goods.whole_row), |field| field.word(language()));
        view! { <tr><th scope="row" class="num">{it.row}</th><td>{cell}</td><td>{it.sentence.clone()}</td></tr> }
            .into_any()
    };
    let rows: Vec<AnyView> = all.iter().take(MOST_SHOWN).map(row).collect();
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=t!(goods.problems)>
            <table class="gd-t" id="goods-problems">
                <caption>{t!(goods.problems)}</caption>
                <thead>
                    <tr><th scope="col">{t!(goods.row)}</th><th scope="col">{t!(goods.cell)}</th><th scope="col">{t!(goods.problem)}</th></tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {more(all.len())}
    }
    .into_any()
}

fn rows(all: &[ChangedRow]) -> AnyView {
    let rows: Vec<AnyView> = all.iter().take(MOST_SHOWN).map(changed).collect();
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=t!(goods.differences)>
            <table class="gd-t" id="goods-changes">
                <caption>{t!(goods.differences)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t!(goods.row)}</th>
                        <th scope="col">{t!(goods.product)}</th>
                        <th scope="col">{t!(goods.what_changes)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {more(all.len())}
    }
    .into_any()
}

fn changed(it: &ChangedRow) -> AnyView {
    let cells: Vec<AnyView> = match it.new {
        true => vec![view! { <li>{t!(goods.new_draft)}</li> }.into_any()],
        false => it
            .fields
            .iter()
            .map(|cell| {
                let before = if cell.before.is_empty() { t!(goods.empty).to_owned() } else { cell.before.clone() };
                let after = if cell.after.is_empty() { t!(goods.empty).to_owned() } else { cell.after.clone() };
                view! {
                    <li><span>{cell.field.word(language())}</span>" "<del>{before}</del>" "<span aria-hidden="true">"→"</span>" "<ins>{after}</ins></li>
                }
                .into_any()
            })
            .collect(),
    };
    view! {
        <tr>
            <th scope="row" class="num">{it.row}</th>
            <td lang=as_written()>{it.name.clone()}</td>
            <td><ul role="list">{cells}</ul></td>
        </tr>
    }
    .into_any()
}
