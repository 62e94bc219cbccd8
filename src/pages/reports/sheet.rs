//! Sales from a spreadsheet: read, corrected here row by row with the law's own sentences, and put beside the other lines.

use domain::Money;
use domain::report::LineField as Asked;
use domain::report_sheet::check_row;
use domain::sheet::{LARGEST_MB, check_weight};
use domain::wire::{NewReportLine, SalesPreview, SalesRow};
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::{File, Url};

use super::draft::{Texts, texts_of};
use super::form::Form;
use crate::api;
use crate::components::chosen::chosen_file;
use crate::components::dateline::Day;
use crate::components::download::download;
use crate::components::focus::focus;
use crate::components::problem::refusal;
use crate::format;
use crate::language::{language, t, told};

const TAKEN: &str = ".xlsx,.xls,.ods,.csv,.tsv,.txt,.et";

/// Wrong rows shown at once; the next come when these are right.
const MOST_SHOWN: usize = 50;

/// The browser has begun to keep a file by then.
const KEPT: std::time::Duration = std::time::Duration::from_secs(40);

#[derive(Clone, Copy)]
struct Sheet {
    form: Form,
    /// In percent, while it is on its way.
    sending: RwSignal<Option<u32>>,
    refused: RwSignal<Option<String>>,
    read: RwSignal<Option<SalesPreview>>,
    rows: RwSignal<Vec<SalesRow>>,
    /// Places of the rows that were wrong when they were read: a row does not vanish under who corrects it.
    wrong: RwSignal<Vec<usize>>,
}

pub fn section(form: Form) -> AnyView {
    let it = Sheet {
        form,
        sending: RwSignal::new(None),
        refused: RwSignal::new(None),
        read: RwSignal::new(None),
        rows: RwSignal::new(Vec::new()),
        wrong: RwSignal::new(Vec::new()),
    };
    let progress = move || {
        it.sending.get().map(|percent| {
            let words = if percent < 100 { t!(roster.uploading, percent = percent) } else { t!(roster.reading).to_owned() };
            view! { <progress max="100" value=percent aria-label=words.clone()></progress>" "<span class="num muted">{words}</span> }
                .into_any()
        })
    };
    view! {
        <details class="rp-sheet">
            <summary>{t!(reports.by_sheet)}</summary>
            <p class="muted">{t!(reports.sheet_words, largest = LARGEST_MB)}</p>
            <p class="tb">
                <label class="btn">
                    <input class="sr" type="file" id="sales-file" accept=TAKEN on:change=move |event| it.choose(&event) />
                    {t!(reports.choose_file)}
                </label>
                <a class="btn plain" href=api::sales_template() download="">{t!(reports.template)}</a>
            </p>
            <div aria-live="polite">{progress}{move || it.refused.get().map(refusal)}</div>
            {move || it.read.get().map(|read| it.shown(&read))}
        </details>
    }
    .into_any()
}

impl Sheet {
    fn choose(self, event: &web_sys::Event) {
        if let Some(file) = chosen_file(event) {
            self.preview(file);
        }
    }

    fn preview(self, file: File) {
        self.read.set(None);
        self.refused.set(None);
        // Sizes of files are floats in JavaScript.
        if let Err(refusal) = check_weight(file.size() as usize) {
            return self.refused.set(Some(told(refusal.sentence)));
        }
        self.sending.set(Some(0));
        spawn_local(async move {
            let on_progress = move |percent| {
                // The page may be gone by now.
                let _ = self.sending.try_set(Some(percent));
            };
            let answer = api::preview_sales(&file, on_progress).await;
            if self.sending.try_set(None).is_some() {
                return;
            }
            match answer {
                Ok(mut read) => {
                    self.rows.set(std::mem::take(&mut read.rows));
                    self.mark_wrong();
                    self.read.set(Some(read));
                    request_animation_frame(|| focus("sales-read"));
                }
                Err(error) => {
                    self.form.state.note(&error);
                    self.refused.set(Some(error.sentence()));
                }
            }
        });
    }

    /// A row as a line, empty cells filled from the fields of the line above.
    fn check(self, row: &SalesRow) -> Result<NewReportLine, Vec<domain::report::FieldError>> {
        let today = Day::today().iso().parse().unwrap_or_default();
        let rest = |asked: Asked| match asked {
            Asked::SoldOn | Asked::County | Asked::Category | Asked::District | Asked::Brand => {
                self.form.line.with_value(|line| line[asked as usize].get())
            }
            _ => String::new(),
        };
        self.form.places.with(|places| check_row(row, rest, places, today))
    }

    fn mark_wrong(self) {
        let wrong = untrack(move || {
            self.rows.with(|rows| {
                rows.iter().enumerate().filter(|(_, row)| self.check(row).is_err()).map(|(at, _)| at).collect()
            })
        });
        self.wrong.set(wrong);
    }

    fn shown(self, read: &SalesPreview) -> AnyView {
        let checked = Memo::new(move |_| {
            self.rows.with(|rows| {
                let good: Vec<Money> = rows.iter().filter_map(|row| Some(self.check(row).ok()?.amount_fen)).collect();
                (rows.len() - good.len(), good.len(), Money::checked_sum(good).unwrap_or(Money::LIMIT))
            })
        });
        let missing: Vec<&str> = Asked::ALL
            .iter()
            .filter(|asked| asked.is_needed() && !read.columns.contains(asked))
            .map(|asked| asked.word(language()))
            .collect();
        let missing = (!missing.is_empty()).then(|| {
            view! { <p class="note watch">{t!(reports.missing_columns, columns = missing.join(t!(parts.comma)))}</p> }.into_any()
        });
        let left_out = (!read.left_out.is_empty()).then(|| {
            let rows = read.left_out.iter().take(20).map(ToString::to_string).collect::<Vec<_>>().join(t!(parts.comma));
            view! { <p class="faint">{t!(reports.left_out, rows = rows)}</p> }.into_any()
        });
        let sums = move || {
            let (wrong, good, amount) = checked.get();
            t!(reports.sheet_sums, good = format::count(good as i64), amount = format::yuan(amount), wrong = wrong)
        };
        let rows = move || {
            let wrong = self.wrong.get();
            wrong.iter().take(MOST_SHOWN).map(|at| self.wrong_row(*at)).collect::<Vec<_>>()
        };
        let more = move || {
            let left = self.wrong.with(Vec::len).saturating_sub(MOST_SHOWN);
            (left > 0).then(|| view! { <p class="muted">{t!(reports.more_wrong, count = left)}</p> }.into_any())
        };
        let any_wrong = move || checked.get().0 > 0;
        let mark = move || {
            any_wrong().then(|| {
                view! { <button class="btn plain" type="button" id="mark-sales" on:click=move |_| self.mark()>{t!(reports.marked)}</button> }
                    .into_any()
            })
        };
        let take = move || {
            let (wrong, good, _) = checked.get();
            (wrong == 0 && good > 0).then(|| {
                view! {
                    <button class="btn tea" type="button" id="take-sales" on:click=move |_| self.take()>
                        {t!(reports.take_rows, count = format::count(good as i64))}
                    </button>
                }
                .into_any()
            })
        };
        view! {
            <section aria-labelledby="sales-read">
                <h3 id="sales-read" tabindex="-1">{sums}</h3>
                {missing}{left_out}
                <ul class="rp-wrong" role="list">{rows}</ul>
                {more}
                <p class="tb">{take}{mark}</p>
            </section>
        }
        .into_any()
    }

    /// A row with a control for each cell that is wrong.
    fn wrong_row(self, at: usize) -> AnyView {
        let Some(row) = self.rows.with_untracked(|rows| rows.get(at).cloned()) else { return ().into_any() };
        let said = Memo::new(move |_| {
            let row = self.rows.with(|rows| rows.get(at).cloned());
            let wrong = row.and_then(|row| self.check(&row).err()).unwrap_or_default();
            wrong.into_iter().map(|it| (it.field, told(it.sentence))).collect::<Vec<_>>()
        });
        // The controls stay, whether or not what is typed into them is right by now.
        let asked: Vec<Asked> = said.get_untracked().into_iter().map(|(asked, _)| asked).collect();
        let number = row.row;
        let cells: Vec<AnyView> = asked.into_iter().map(|asked| self.cell(&row, at, asked, said)).collect();
        let product = row.text(Asked::Product).to_owned();
        let fine = move || {
            said.with(Vec::is_empty).then(|| view! { <small class="ok">{t!(reports.row_right)}</small> }.into_any())
        };
        view! { <li><p><b>{t!(reports.row, row = number)}</b>" "{product}" "{fine}</p>{cells}</li> }.into_any()
    }

    fn cell(self, row: &SalesRow, at: usize, asked: Asked, said: Memo<Vec<(Asked, String)>>) -> AnyView {
        let id = format!("sales-{at}-{}", asked.code());
        let error_id = format!("{id}-error");
        let sentence =
            Memo::new(move |_| said.with(|said| said.iter().find(|it| it.0 == asked).map(|it| it.1.clone())));
        let text = row.text(asked).to_owned();
        let write = move |event: web_sys::Event| {
            let typed = event_target_value(&event);
            self.rows.update(|rows| {
                if let Some(row) = rows.get_mut(at) {
                    row.write(asked, typed);
                }
            });
        };
        let described = error_id.clone();
        view! {
            <div class="field" class:bad=move || sentence.with(Option::is_some)>
                <label for=id.clone()>{asked.word(language())}</label>
                <span class="error" id=error_id>{move || sentence.get()}</span>
                <input id=id type="text" autocomplete="off" aria-describedby=described
                    aria-invalid=move || sentence.with(Option::is_some).then_some("true")
                    prop:value=text on:input=write />
            </div>
        }
        .into_any()
    }

    /// Puts every row beside the lines of the report.
    fn take(self) {
        let lines: Vec<Texts> = untrack(move || {
            self.rows
                .with(|rows| rows.iter().filter_map(|row| self.check(row).ok().map(|line| texts_of(&line))).collect())
        });
        self.form.lines.update(|all| all.extend(lines));
        self.read.set(None);
        self.rows.set(Vec::new());
        self.wrong.set(Vec::new());
        request_animation_frame(|| focus("entered"));
    }

    fn mark(self) {
        let rows = self.rows.get_untracked();
        spawn_local(async move {
            match api::marked_sales(rows).await {
                Ok(file) => {
                    if let Ok(address) = Url::create_object_url_with_blob(&file) {
                        download(&address, t!(reports.marked_name));
                        set_timeout(move || drop(Url::revoke_object_url(&address)), KEPT);
                    }
                }
                Err(error) => {
                    let _ = self.refused.try_set(Some(error.sentence()));
                }
            }
        });
    }
}
