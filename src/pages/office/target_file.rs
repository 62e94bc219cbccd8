//! The task sheet as a spreadsheet: a template out, a file in, every difference shown, and all of them taken together.

use domain::sheet::{LARGEST_MB, check_weight};
use domain::target::parse_document;
use domain::wire::{TargetChange, TargetPreview, TargetProblem, TargetSheet};
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::File;

use super::targets::sum;
use crate::api;
use crate::components::chosen::chosen_file;
use crate::components::field::{Control, Field, field};
use crate::components::focus::focus;
use crate::components::problem::refusal;
use crate::components::toast::Toast;
use crate::format;
use crate::language::{language, t, told};
use crate::load::Load;
use crate::state::State;

const TAKEN: &str = ".xlsx,.xls,.ods,.csv,.tsv,.txt,.et";

#[derive(Clone, Copy)]
struct Desk {
    state: State,
    sheet: Load<TargetSheet>,
    year: StoredValue<String>,
    file: RwSignal<Option<File>, LocalStorage>,
    preview: RwSignal<Option<TargetPreview>>,
    document: RwSignal<String>,
    sent: RwSignal<u32>,
    /// In percent, while it is on its way.
    sending: RwSignal<Option<u32>>,
    refused: RwSignal<Option<String>>,
}

pub fn part(state: State, sheet: Load<TargetSheet>, year: String) -> AnyView {
    let template = api::target_template(&year);
    let desk = Desk {
        state,
        sheet,
        year: StoredValue::new(year),
        file: RwSignal::new_local(None),
        preview: RwSignal::new(None),
        document: RwSignal::new(String::new()),
        sent: RwSignal::new(0),
        sending: RwSignal::new(None),
        refused: RwSignal::new(None),
    };
    let progress = move || {
        desk.sending.get().map(|percent| {
            let words = if percent < 100 { t!(roster.uploading, percent = percent) } else { t!(roster.reading).to_owned() };
            view! { <progress max="100" value=percent aria-label=t!(goods.progress)></progress>" "<span class="num muted">{words}</span> }
                .into_any()
        })
    };
    view! {
        <section class="sec gd-sheet" aria-labelledby="target-file-h">
            <h2 id="target-file-h">{t!(office.by_sheet)}</h2>
            <p class="muted">{t!(office.by_sheet_words)}</p>
            <p class="tb">
                <a class="btn" href=template download="">{t!(office.template)}</a>
                <label class="btn tea">
                    <input class="sr" type="file" id="target-file" accept=TAKEN on:change=move |event| desk.choose(&event) />
                    {t!(goods.choose_file)}
                </label>
            </p>
            <p class="faint">{t!(goods.kinds, largest = LARGEST_MB)}</p>
            <div aria-live="polite">{progress}{move || desk.refused.get().map(refusal)}</div>
            {move || desk.preview.get().map(|preview| desk.differences(&preview))}
        </section>
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
            let answer = api::preview_targets(&file, &self.year.get_value(), self.on_progress()).await;
            if self.sending.try_set(None).is_some() {
                return;
            }
            match answer {
                Ok(preview) => {
                    self.file.set(Some(file));
                    self.preview.set(Some(preview));
                    request_animation_frame(|| focus("target-differences"));
                }
                Err(error) => {
                    self.state.note(&error);
                    self.refused.set(Some(error.sentence()));
                }
            }
        });
    }

    fn take(self, digest: String) {
        self.sent.update(|sent| *sent += 1);
        let Ok(document) = self.document.with_untracked(|document| parse_document(document)) else { return };
        let Some(file) = self.file.get_untracked().filter(|_| self.sending.with_untracked(Option::is_none)) else {
            return;
        };
        self.sending.set(Some(0));
        self.refused.set(None);
        spawn_local(async move {
            let year = self.year.get_value();
            let of = [("year", year.as_str()), ("digest", digest.as_str()), ("document", document.as_str())];
            let answer = api::take_targets(&file, &of, self.on_progress()).await;
            if self.sending.try_set(None).is_some() {
                return;
            }
            match answer {
                Ok(taken) => {
                    self.state.say(Toast::new(t!(office.taken, count = taken.added)));
                    self.preview.set(None);
                    self.sheet.reload();
                }
                Err(error) => {
                    self.state.note(&error);
                    self.refused.set(Some(error.sentence()));
                }
            }
        });
    }

    fn differences(self, it: &TargetPreview) -> AnyView {
        let digest = it.digest.clone();
        let sums: Vec<AnyView> = it.sums.iter().map(sum).collect();
        let words =
            t!(office.differences_sum, changed = it.changed.len(), unchanged = it.unchanged, left_out = it.left_out);
        let way_on = match (it.problems.is_empty(), it.changed.is_empty()) {
            (false, _) => {
                view! { <p class="note wrong" role="alert">{t!(office.put_right, count = it.problems.len())}</p> }
                    .into_any()
            }
            (true, true) => view! { <p class="note">{t!(office.nothing_differs)}</p> }.into_any(),
            (true, false) => {
                let count = it.changed.len();
                let error = Memo::new(move |_| {
                    parse_document(&self.document.get()).err().map(|refusal| told(refusal.sentence))
                });
                let document =
                    Field::new("sheet-document", t!(plan.document), self.document).check(error, self.sent.into());
                view! {
                    {field(document, Control::Text)}
                    <p>
                        <button class="btn do" type="button" id="take-targets" aria-busy=move || self.sending.with(Option::is_some).then_some("true") on:click=move |_| self.take(digest.clone())>
                            {t!(office.take, count = count)}
                        </button>
                    </p>
                }
                .into_any()
            }
        };
        view! {
            <h3 id="target-differences" tabindex="-1">{t!(goods.differences)}</h3>
            <p>{words}</p>
            {sums}
            {(!it.problems.is_empty()).then(|| problems(&it.problems))}
            {(!it.changed.is_empty()).then(|| changes(&it.changed))}
            {way_on}
        }
        .into_any()
    }
}

fn problems(all: &[TargetProblem]) -> AnyView {
    let row = |it: &TargetProblem| {
        let cell = it.column.map_or(t!(goods.whole_row), |column| column.word(language()));
        view! { <tr><td>{it.sheet.clone()}</td><th scope="row" class="num">{it.row}</th><td>{cell}</td><td>{it.sentence.clone()}</td></tr> }
            .into_any()
    };
    let rows: Vec<AnyView> = all.iter().map(row).collect();
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=t!(goods.problems)>
            <table class="ofc-t" id="target-problems">
                <thead>
                    <tr>
                        <th scope="col">{t!(office.sheet)}</th>
                        <th scope="col">{t!(goods.row)}</th>
                        <th scope="col">{t!(goods.cell)}</th>
                        <th scope="col">{t!(goods.problem)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn changes(all: &[TargetChange]) -> AnyView {
    let row = |it: &TargetChange| {
        let before = it.before_fen.map_or_else(|| t!(office.no_target).to_owned(), |amount| amount.yuan());
        view! {
            <tr>
                <th scope="row" class="num">{it.row}</th>
                <td>{it.scope.word(language())}" · "{it.name.clone()}</td>
                <td class="n"><del>{before}</del></td>
                <td class="n" data-fen=it.after_fen.fen().to_string()><ins>{format::yuan(it.after_fen)}</ins></td>
            </tr>
        }
        .into_any()
    };
    let rows: Vec<AnyView> = all.iter().map(row).collect();
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=t!(goods.differences)>
            <table class="ofc-t" id="target-changes">
                <thead>
                    <tr>
                        <th scope="col">{t!(goods.row)}</th>
                        <th scope="col">{t!(office.whom)}</th>
                        <th scope="col" class="n">{t!(office.before)}</th>
                        <th scope="col" class="n">{t!(office.after)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}
