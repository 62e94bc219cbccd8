//! The form of a report: at a booth one sale at a time, in an office a whole month from a spreadsheet. It keeps itself, and what is
//! submitted without a network waits.

use domain::channel::Channel;
use domain::report::{Places, parse_seller};
use domain::uscc::Uscc;
use domain::wire::{NewReport, NewReportLine, ReportChoices, Session};
use domain::{Code, Money};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::draft::{self, Draft, Texts, is_begun};
use super::outbox::{self, Outbox, Outcome, Waiting, WaitingFile, line_of};
use super::{editor, evidence, sheet};
use crate::api::{self, ApiError};
use crate::components::error_summary::{FormError, error_summary};
use crate::components::field::{Choice, Control, Field, field};
use crate::components::loading::loading_lines;
use crate::components::problem::{load_failure, refusal};
use crate::components::toast::Toast;
use crate::format;
use crate::language::{as_written, language, t, told};
use crate::load::{Load, load};
use crate::pages::set_title;
use crate::route::Route;
use crate::router::{Go, Here};
use crate::state::State;

const CHANNEL: &str = "channel";
const SELLER: &str = "seller";
const USCC: &str = "seller-uscc";

#[derive(Clone, Copy)]
pub struct Form {
    pub state: State,
    here: Here,
    outbox: Outbox,
    /// What cannot be typed: whose it is, its identifier, and which submission.
    fixed: StoredValue<Draft>,
    channel: RwSignal<String>,
    seller: RwSignal<String>,
    uscc: RwSignal<String>,
    note: RwSignal<String>,
    /// The fields of the line that is being typed.
    pub line: StoredValue<Vec<RwSignal<String>>>,
    pub lines: RwSignal<Vec<Texts>>,
    pub files: RwSignal<Vec<WaitingFile>>,
    pub evidence: RwSignal<Vec<String>>,
    pub places: RwSignal<Places>,
    /// How often sending was tried, and how often a line was to be added.
    sent: RwSignal<u32>,
    pub pressed: RwSignal<u32>,
    busy: RwSignal<bool>,
    refused: RwSignal<Option<ApiError>>,
    sure: RwSignal<Vec<Money>>,
}

pub fn page(state: State, who: &Session) -> AnyView {
    set_title(t!(reports.new));
    let here = Here::get();
    let who = who.clone();
    let choices: Load<ReportChoices> = load(|| "choices".to_owned(), |_| api::report_choices());
    if let Some(known) = draft::choices_kept() {
        choices.start_with("choices".to_owned(), known);
    }
    Effect::new(move |_| {
        choices.value.with(|choices| choices.iter().for_each(draft::keep_choices));
    });
    // A report that came back is read once, and then stands in the draft as any other.
    let from = here.param("from");
    let returned = load(move || from.clone(), api::report);
    let wants_returned = !here.param("from").is_empty();
    // Drawn once: what is chosen among may come anew while somebody types.
    let ready = Memo::new(move |_| {
        choices.value.with(Option::is_some) && (!wants_returned || returned.value.with(Option::is_some))
    });
    let inside = move || {
        if !ready.get() {
            return match choices.error.get().or_else(|| returned.error.get()) {
                Some(error) => load_failure(error.sentence(), choices.on_retry()),
                None => loading_lines(10),
            };
        }
        let Some(choices) = choices.value.get_untracked() else { return loading_lines(10) };
        let draft = match returned.value.get_untracked() {
            Some(report) => {
                let known = Draft::left_off(who.account_id)
                    .filter(|draft| draft.id == report.summary.id && draft.attempt == report.attempt + 1);
                known.unwrap_or_else(|| Draft::of_returned(who.account_id, &report))
            }
            None => Draft::left_off(who.account_id).filter(|draft| draft.attempt == 1).unwrap_or_else(|| {
                Draft::new(who.account_id, choices.seller.as_deref().unwrap_or(&who.organisation.name))
            }),
        };
        let form = Form::begin(state, here, draft, &choices);
        whole(form, &choices)
    };
    view! { {inside} }.into_any()
}

impl Form {
    fn begin(state: State, here: Here, draft: Draft, choices: &ReportChoices) -> Form {
        let text = |text: &str| RwSignal::new(text.to_owned());
        let form = Form {
            state,
            here,
            outbox: Outbox::open(state, draft.account_id),
            channel: text(&draft.channel),
            seller: text(choices.seller.as_deref().unwrap_or(&draft.seller)),
            uscc: text(&draft.seller_uscc),
            note: text(&draft.note),
            line: StoredValue::new(draft.line.iter().map(|line| text(line)).collect()),
            lines: RwSignal::new(draft.lines.clone()),
            files: RwSignal::new(draft.files.clone()),
            evidence: RwSignal::new(draft.evidence.clone()),
            places: RwSignal::new(draft::places(choices)),
            sent: RwSignal::new(0),
            pressed: RwSignal::new(0),
            busy: RwSignal::new(false),
            refused: RwSignal::new(None),
            sure: RwSignal::new(Vec::new()),
            fixed: StoredValue::new(draft),
        };
        Effect::new(move |before: Option<()>| {
            let draft = form.draft();
            // What was just read need not be written.
            if before.is_some() {
                draft.keep();
            }
        });
        form
    }

    /// What stands in the form.
    fn draft(self) -> Draft {
        Draft {
            channel: self.channel.get(),
            seller: self.seller.get(),
            seller_uscc: self.uscc.get(),
            note: self.note.get(),
            line: self.texts(),
            lines: self.lines.get(),
            files: self.files.get(),
            evidence: self.evidence.get(),
            ..self.fixed.get_value()
        }
    }

    /// Everything that keeps it from being sent, in the order of the form.
    fn errors(self) -> Vec<FormError> {
        let mut errors = Vec::new();
        let mut say = |control: &str, sentence: Option<String>| {
            errors.extend(sentence.map(|sentence| FormError { control: control.to_owned(), sentence }));
        };
        say(CHANNEL, self.channel_error());
        say(SELLER, self.seller_error());
        say(USCC, self.uscc_error());
        errors.extend(editor::errors(self));
        let wrong = self.places.with(|places| {
            self.lines.with(|lines| lines.iter().filter(|texts| draft::read(texts, places).is_err()).count())
        });
        if wrong > 0 {
            let sentence = t!(reports.lines_wrong, count = wrong);
            errors.push(FormError { control: "entered".to_owned(), sentence });
        }
        errors
    }

    fn channel_error(self) -> Option<String> {
        self.channel.with(|code| Channel::from_code(code).is_none()).then(|| t!(reports.choose_channel).to_owned())
    }

    fn seller_error(self) -> Option<String> {
        self.seller.with(|text| parse_seller(text).err()).map(told)
    }

    fn uscc_error(self) -> Option<String> {
        let code = self.uscc.get();
        if code.trim().is_empty() { None } else { Uscc::parse(&code).err().map(|error| told(error.say())) }
    }

    /// The report as it is to be sent; none while something is wrong.
    fn report(self) -> Option<NewReport> {
        let draft = self.draft();
        let begun = is_begun(&draft.line).then_some(&draft.line);
        let lines: Option<Vec<NewReportLine>> = self
            .places
            .with(|places| draft.lines.iter().chain(begun).map(|texts| draft::read(texts, places).ok()).collect());
        Some(NewReport {
            id: draft.id,
            attempt: draft.attempt,
            channel: draft.channel()?,
            lines: lines?,
            seller: draft.seller,
            seller_uscc: draft.seller_uscc,
            note: draft.note,
            evidence: draft.evidence,
            sure_fen: self.sure.get(),
        })
    }

    fn press(self) {
        self.sent.update(|sent| *sent += 1);
        if self.busy.get_untracked() || untrack(move || !self.errors().is_empty()) {
            return;
        }
        let Some(report) = untrack(move || self.report()).filter(|report| !report.lines.is_empty()) else { return };
        let waiting = Waiting {
            account_id: self.fixed.with_value(|fixed| fixed.account_id),
            report,
            files: self.files.get_untracked(),
            at_ms: format::now_ms(),
            refused: None,
            unusual_fen: Vec::new(),
        };
        self.refused.set(None);
        // First it is kept, and then sent: what is submitted is not lost, whatever becomes of the tab.
        if !outbox::put(waiting.clone()) {
            return self.state.say(Toast::new(t!(reports.no_room)));
        }
        self.busy.set(true);
        spawn_local(async move {
            let outcome = outbox::send_first(waiting.clone()).await;
            if self.busy.try_set(false).is_some() {
                return;
            }
            self.settle(waiting, outcome).await;
        });
    }

    async fn settle(self, waiting: Waiting, outcome: Outcome) {
        match outcome {
            Outcome::Done(report) => {
                Draft::forget();
                self.state.say(Toast::new(t!(reports.submitted, number = report.summary.number)));
                self.here.go(&Route::Reports(report.summary.id.to_string()).path(), Go::On);
            }
            Outcome::Later => {
                let next = untrack(move || self.draft()).next();
                next.keep();
                self.state.say(Toast::new(t!(reports.kept_waiting)));
                self.begin_next(next);
                self.outbox.flush();
            }
            Outcome::Refused(error) => {
                // It goes back into the form; its files stay with the browser.
                outbox::take_back(&waiting);
                self.state.note(&error);
                if error.is(Code::AmountUnusual) {
                    let places: Vec<usize> = error.fields().iter().filter_map(|(field, _)| line_of(field)).collect();
                    let amounts = places.iter().filter_map(|place| waiting.report.lines.get(*place));
                    let amounts: Vec<Money> = amounts.map(|line| line.amount_fen).collect();
                    // Pressing once more confirms them.
                    self.sure.set(amounts);
                }
                self.refused.set(Some(error));
            }
        }
    }

    fn begin_next(self, next: Draft) {
        self.type_line(&next.line);
        self.lines.set(Vec::new());
        self.files.set(Vec::new());
        self.evidence.set(Vec::new());
        self.note.set(String::new());
        self.sure.set(Vec::new());
        self.sent.set(0);
        self.pressed.set(0);
        self.fixed.set_value(next);
        request_animation_frame(|| crate::components::focus::focus("waiting"));
    }
}

fn whole(form: Form, choices: &ReportChoices) -> AnyView {
    let errors: Signal<Vec<FormError>> = Memo::new(move |_| form.errors()).into();
    let again = form.fixed.with_value(|fixed| fixed.attempt > 1);
    let title = if again { t!(reports.correct) } else { t!(reports.new) };
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        form.press();
    };
    view! {
        <div class="o-head"><h1>{title}</h1><p class="muted">{t!(reports.new_words)}</p></div>
        {waiting(form.outbox)}
        {error_summary(errors, form.sent.into())}
        <form novalidate on:submit=send id="report-form" class="rp-form">
            {head(form, choices)}
            <section aria-labelledby="this-sale">
                <h2 id="this-sale">{t!(reports.this_sale)}</h2>
                {editor::fields(form, choices)}
            </section>
            {editor::entered(form)}
            {sheet::section(form)}
            {evidence::section(form)}
            {field(Field::new("report-note", t!(reports.note), form.note).hint(t!(reports.note_hint)), Control::Long { rows: 2 })}
            {move || form.refused.get().map(|error| refusals(&error))}
            <div class="rp-send">
                <p>{t!(reports.sum)}" "<b class="num" id="report-sum">{move || format::yuan(editor::sum(form))}</b></p>
                <button class="btn do" type="submit" id="submit-report" aria-busy=move || form.busy.get().then_some("true")>
                    {move || label(form)}
                </button>
            </div>
            <p class="hint">{t!(reports.draft_kept)}</p>
        </form>
    }
    .into_any()
}

fn label(form: Form) -> &'static str {
    match (form.busy.get(), form.sure.with(|sure| !sure.is_empty())) {
        (true, _) => t!(reports.sending),
        (false, true) => t!(reports.confirm_and_submit),
        (false, false) => t!(reports.submit),
    }
}

/// Every sentence of a refusal: the same field may stand in several lines.
fn refusals(error: &ApiError) -> AnyView {
    let fields = error.fields();
    if fields.len() < 2 {
        return refusal(error.sentence());
    }
    let say = |(field, sentence): &(String, String)| match line_of(field) {
        Some(line) => t!(reports.of_line, line = line + 1, sentence = sentence),
        None => sentence.clone(),
    };
    let rows: Vec<AnyView> = fields.iter().take(20).map(|it| view! { <li>{say(it)}</li> }.into_any()).collect();
    view! { <div class="note wrong" role="alert"><ul>{rows}</ul></div> }.into_any()
}

fn head(form: Form, choices: &ReportChoices) -> AnyView {
    let sent = form.sent;
    let named = |id: &'static str, label: &'static str, value, error: Memo<Option<String>>| {
        Field::new(id, label, value).check(error, sent.into())
    };
    let channels = Channel::ALL.iter().rev().map(|it| Choice::new(it.code(), it.word(language()))).collect();
    let channel = named(CHANNEL, t!(reports.channel), form.channel, Memo::new(move |_| form.channel_error()));
    let seller = match choices.seller.clone() {
        Some(own) => view! { <p>{t!(reports.seller)}" "<b lang=as_written()>{own}</b></p> }.into_any(),
        None => {
            let seller = named(SELLER, t!(reports.seller), form.seller, Memo::new(move |_| form.seller_error()));
            let uscc = named(USCC, t!(reports.seller_uscc), form.uscc, Memo::new(move |_| form.uscc_error()));
            view! {
                {field(seller.hint(t!(reports.seller_hint)), Control::Text)}
                <details class="rp-more"><summary>{t!(reports.more_of_seller)}</summary>{field(uscc.class("w-16"), Control::Text)}</details>
            }
            .into_any()
        }
    };
    view! { <section class="rp-head" aria-label=t!(reports.channel)>{field(channel, Control::Chips(channels))}{seller}</section> }
        .into_any()
}

/// What waits to be sent, with why the server has not taken it where it has said so.
pub fn waiting(outbox: Outbox) -> AnyView {
    let inside = move || {
        let all = outbox.waiting.get();
        let rows: Vec<AnyView> = all.iter().map(|it| waits(outbox, it)).collect();
        (!rows.is_empty()).then(|| {
            view! {
                <section class="rp-wait" id="waiting" tabindex="-1" aria-labelledby="waiting-h">
                    <h2 id="waiting-h">{t!(reports.waiting, count = rows.len())}</h2>
                    <p class="muted">{t!(reports.waiting_words)}</p>
                    <ul role="list">{rows}</ul>
                    <button class="btn" type="button" id="send-now" on:click=move |_| outbox.flush()>{t!(reports.send_now)}</button>
                </section>
            }
            .into_any()
        })
    };
    view! { <div aria-live="polite">{inside}</div> }.into_any()
}

fn waits(outbox: Outbox, it: &Waiting) -> AnyView {
    let first = it.report.lines.first().map(|line| line.product.clone()).unwrap_or_default();
    let (confirmed, back) = (it.clone(), it.clone());
    let refused = it.refused.clone().map(|sentence| {
        let confirm = (!it.unusual_fen.is_empty()).then(|| {
            view! { <button class="btn" type="button" on:click=move |_| outbox.confirm(confirmed.clone())>{t!(reports.confirm_and_submit)}</button> }
                .into_any()
        });
        view! {
            <div class="note wrong">{crate::components::problem::words(sentence)}</div>
            <p class="tb">
                {confirm}
                <button class="btn plain" type="button" on:click=move |_| to_form(&back)>{t!(reports.back_to_form)}</button>
            </p>
        }
        .into_any()
    });
    view! {
        <li data-report=it.report.id.to_string()>
            <p>
                <b lang=as_written()>{first}</b>" "<b class="num">{format::yuan(it.amount())}</b>
                <small class="muted">{t!(reports.lines_and_files, lines = it.report.lines.len(), files = it.files.len())}" "{format::date_time(it.at_ms)}</small>
            </p>
            {refused}
        </li>
    }
    .into_any()
}

/// A report the server refuses becomes the draft again.
fn to_form(it: &Waiting) {
    let draft = Draft::of_waiting(it);
    draft.keep();
    outbox::take_back(it);
    let _ = window().location().set_href(&Route::Reports(super::NEW.to_owned()).path());
}
