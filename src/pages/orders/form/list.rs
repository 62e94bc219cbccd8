//! By a list of people: an office's spreadsheet is read, corrected here row by row with the law's own sentences, and becomes
//! the delivery points and recipients of the procurement when its officer says so.

mod kept;
mod table;

use domain::delivery_list::{
    CellError, Column, Point, Purpose, Recipient, check_row, pieces_by_bundle, points, repeated, share_out,
};
use domain::id::{AccountId, ProductId};
use domain::order::MAX_POINTS;
use domain::sheet::{LARGEST_MB, check_weight};
use domain::wire::{Bundle, ListPreview, ListRow, NewOrders, NewPoint, NewRecipient, ProductCard, Session};
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::{File, Url};

use self::kept::Kept;
use super::check::heads;
use super::draft::Draft;
use super::entry::Entry;
use super::{Form, Line, control};
use crate::api;
use crate::components::chosen::chosen_file;
use crate::components::download::download;
use crate::components::error_summary::FormError;
use crate::components::field::{Choice, Control, Field, field};
use crate::components::focus::focus;
use crate::components::problem::{refusal, words};
use crate::format::quantity;
use crate::language::{t, told};
use crate::state::{ORDER_LIST_KEY as KEY, State, forget, keep, kept};

/// One address, or a list: what the chips hold.
const ONE: &str = "one";
const MANY: &str = "many";

/// Points shown before all are asked for.
const FIRST_POINTS: usize = 12;

/// How long typing must rest before the whole list is kept again.
const REST: std::time::Duration = std::time::Duration::from_millis(400);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Idle,
    /// In percent; at a hundred the server reads.
    Sending(u32),
    Refused(String),
}

/// A row's person, or what is wrong with its cells.
type Checked = Result<Recipient, Vec<CellError>>;

/// What a list comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Summary {
    good: usize,
    wrong: usize,
    /// Rows that name somebody again, and the row that did so first; both as the file counts.
    again: Vec<(i64, i64)>,
    points: Vec<Point>,
}

#[derive(Clone, Copy)]
pub struct List {
    state: State,
    account_id: AccountId,
    way: RwSignal<String>,
    step: RwSignal<Step>,
    over: RwSignal<bool>,
    file: RwSignal<String>,
    /// The file without its rows; none until one has been read.
    read: RwSignal<Option<ListPreview>>,
    rows: RwSignal<Vec<ListRow>>,
    checked: RwSignal<Vec<Checked>>,
    /// Told to be imported: only then it goes with the order.
    taken: RwSignal<bool>,
    /// Places of the rows that were wrong when only those were asked for: a row does not vanish under who corrects it.
    only: RwSignal<Option<Vec<usize>>>,
    all_points: RwSignal<bool>,
    marking: RwSignal<Option<String>>,
    summary: Memo<Summary>,
    /// What the goods were put together as.
    bundles: StoredValue<Vec<Bundle>>,
    resting: StoredValue<Option<TimeoutHandle>>,
}

impl List {
    /// Begins with what this person has left off.
    pub fn begin(state: State, account_id: AccountId, bundles: Vec<Bundle>) -> List {
        let checked = RwSignal::new(Vec::<Checked>::new());
        let rows = RwSignal::new(Vec::<ListRow>::new());
        let summary = Memo::new(move |_| rows.with_untracked(|rows| checked.with(|checked| summed(rows, checked))));
        let list = List {
            state,
            account_id,
            way: RwSignal::new(ONE.to_owned()),
            step: RwSignal::new(Step::Idle),
            over: RwSignal::new(false),
            file: RwSignal::new(String::new()),
            read: RwSignal::new(None),
            rows,
            checked,
            taken: RwSignal::new(false),
            only: RwSignal::new(None),
            all_points: RwSignal::new(false),
            marking: RwSignal::new(None),
            summary,
            bundles: StoredValue::new(bundles),
            resting: StoredValue::new(None),
        };
        if let Some(left_off) = kept::<Kept>(KEY).filter(|kept| kept.account_id == account_id) {
            list.go_on(&left_off);
        }
        list.keep_as_typed();
        list
    }

    fn go_on(self, left_off: &Kept) {
        self.way.set(if left_off.by_list { MANY } else { ONE }.to_owned());
        if left_off.columns.is_empty() {
            return;
        }
        self.file.set(left_off.file.clone());
        self.show(ListPreview {
            sheet: String::new(),
            header_row: left_off.header_row,
            columns: left_off.columns.clone(),
            rows: left_off.rows(),
            errors: Vec::new(),
            warnings: Vec::new(),
            points: Vec::new(),
            left_out: left_off.left_out.clone(),
            computed: left_off.computed,
        });
        self.taken.set(left_off.taken);
    }

    /// A rest in typing, and leaving the page, keep the list; what is chosen is kept at once.
    fn keep_as_typed(self) {
        Effect::new(move |_| {
            self.way.track();
            self.taken.track();
            self.read.track();
            self.keep_now();
        });
        let hidden = window_event_listener_untyped("pagehide", move |_| self.keep_now());
        on_cleanup(move || {
            hidden.remove();
            if self.resting.try_get_value().flatten().is_some() {
                self.keep_now();
            }
        });
    }

    fn keep_soon(self) {
        self.resting.update_value(|resting| {
            if let Some(waiting) = resting.take() {
                waiting.clear();
            }
            *resting = set_timeout_with_handle(move || self.keep_now(), REST).ok();
        });
    }

    pub fn keep_now(self) {
        // Who has signed out leaves nothing behind.
        let here = |session: &Option<Session>| session.as_ref().is_some_and(|it| it.account_id == self.account_id);
        if !self.state.session.with_untracked(here) {
            return;
        }
        self.resting.set_value(None);
        let Some(Some(read)) = self.read.try_get_untracked() else {
            if self.is_by_list_untracked() {
                keep(KEY, &Kept::new(self.account_id, true, false, String::new(), &nothing()));
            } else {
                forget(KEY);
            }
            return;
        };
        let list = self.rows.with_untracked(|rows| ListPreview { rows: rows.clone(), ..read });
        let (by_list, taken) = (self.is_by_list_untracked(), self.taken.get_untracked());
        keep(KEY, &Kept::new(self.account_id, by_list, taken, self.file.get_untracked(), &list));
    }

    fn is_by_list_untracked(self) -> bool {
        self.way.try_with_untracked(|way| way == MANY).unwrap_or_default()
    }

    pub fn is_by_list(self) -> bool {
        self.way.with(|way| way == MANY)
    }

    /// Sent and taken: nothing is kept any more.
    pub fn done(self) {
        self.read.set(None);
        self.way.set(ONE.to_owned());
        forget(KEY);
    }

    /// In place of what is said of the one address.
    pub fn amend(self, errors: &mut Vec<FormError>) {
        if !self.is_by_list() {
            return;
        }
        let of_address = [control::ADDRESS, control::CONTACT, control::PHONE];
        errors.retain(|error| !of_address.contains(&error.control.as_str()));
        let count = self.summary.with(|summary| summary.points.len());
        let sentence = match (self.read.with(Option::is_some), self.taken.get()) {
            (false, _) => t!(roster.need_file).to_owned(),
            (true, false) => t!(roster.need_take).to_owned(),
            (true, true) if count > MAX_POINTS => t!(roster.too_many_points, count = count, most = MAX_POINTS),
            (true, true) => return,
        };
        errors.push(FormError { control: control::LIST.to_owned(), sentence });
    }

    /// The points and people of the list, and what goes where: every line is shared out by what the points' bundles hold of it, or
    /// else by sets.
    pub fn put_into(self, body: &mut NewOrders) {
        if !self.is_by_list_untracked() {
            return;
        }
        let points = self.summary.with_untracked(|summary| summary.points.clone());
        for line in body.orders.iter_mut().flat_map(|order| &mut order.lines) {
            line.by_point = share_out(line.quantity, &untrack(|| self.weights(line.product_id)));
        }
        let mut at = Vec::new();
        for (index, point) in points.iter().enumerate() {
            at.extend(point.people.iter().map(|person| (*person, index as i64 + 1)));
        }
        at.sort_unstable();
        body.recipients = self.checked.with_untracked(|checked| {
            let people = checked.iter().filter_map(|row| row.as_ref().ok());
            people.zip(at).map(|(person, (_, point))| recipient(person, point)).collect()
        });
        body.points = points
            .into_iter()
            .map(|Point { address, contact, phone, people, .. }| NewPoint {
                address,
                contact,
                phone,
                recipients: people.len() as i64,
            })
            .collect();
    }

    // ---- the file ----

    fn choose(self, file: File) {
        if matches!(self.step.get_untracked(), Step::Sending(_)) {
            return;
        }
        // Sizes of files are floats in JavaScript.
        if let Err(refusal) = check_weight(file.size() as usize) {
            return self.step.set(Step::Refused(told(refusal.sentence)));
        }
        self.step.set(Step::Sending(0));
        spawn_local(async move {
            let name = file.name();
            let on_progress = move |percent| {
                // The page may be gone by now.
                let _ = self.step.try_set(Step::Sending(percent));
            };
            match api::preview_list(&file, on_progress).await {
                Ok(list) => {
                    if self.step.try_set(Step::Idle).is_none() {
                        self.file.set(name);
                        self.show(list);
                        request_animation_frame(|| focus(control::LIST));
                    }
                }
                Err(error) => {
                    let mut sentence = error.sentence();
                    sentence.insert_str(0, &format!("{name}\n"));
                    let _ = self.step.try_set(Step::Refused(sentence));
                }
            }
        });
    }

    fn show(self, mut list: ListPreview) {
        let rows = std::mem::take(&mut list.rows);
        let names = self.names(&list.columns);
        let checked: Vec<Checked> = rows.iter().map(|row| check_row(row, Purpose::Delivery, &names)).collect();
        self.taken.set(false);
        self.only.set(None);
        self.all_points.set(false);
        self.rows.set(rows);
        self.checked.set(checked);
        self.read.set(Some(list));
    }

    fn remove(self) {
        self.read.set(None);
        self.rows.set(Vec::new());
        self.checked.set(Vec::new());
        self.taken.set(false);
        request_animation_frame(|| focus(control::LIST));
    }

    // ---- the rows ----

    /// Writes a cell and reads its row again.
    fn write(self, index: usize, column: Column, text: String) {
        let names = self.names_now();
        let Some(checked) = self.rows.try_update_untracked(|rows| {
            let row = rows.get_mut(index)?;
            row.write(column, text);
            Some(check_row(row, Purpose::Delivery, &names))
        }) else {
            return;
        };
        if let Some(checked) = checked {
            self.checked.update(|all| all[index] = checked);
            self.keep_soon();
        }
    }

    /// The names a row may write for its bundle: where the file has no such column, only that of the one bundle there is.
    fn names(self, columns: &[Column]) -> Vec<String> {
        self.bundles.with_value(|bundles| match bundles.len() {
            0 => Vec::new(),
            2.. if !columns.contains(&Column::Bundle) => Vec::new(),
            _ => bundles.iter().map(|bundle| bundle.name.clone()).collect(),
        })
    }

    fn names_now(self) -> Vec<String> {
        self.read.with_untracked(|read| read.as_ref().map(|read| self.names(&read.columns))).unwrap_or_default()
    }

    /// How many pieces of a product the list comes to at each point, by the bundles its people are given.
    fn pieces(self, product: ProductId) -> Option<Vec<i64>> {
        self.bundles.with_value(|bundles| {
            let within = |bundle: &Bundle| -> i64 {
                bundle.lines.iter().filter(|line| line.product_id == product).map(|line| line.quantity).sum()
            };
            let contents =
                |name: Option<&str>| bundles.iter().find(|bundle| Some(bundle.name.as_str()) == name).map_or(0, within);
            let people: Vec<Recipient> =
                self.checked.with(|checked| checked.iter().filter_map(|row| row.as_ref().ok()).cloned().collect());
            let pieces = self.summary.with(|summary| pieces_by_bundle(&summary.points, &people, contents));
            // Of what is in no bundle, or where nobody names one, sets say more than nothing.
            pieces.iter().any(|pieces| *pieces > 0).then_some(pieces)
        })
    }

    /// In which proportion a product goes to the points.
    fn weights(self, product: ProductId) -> Vec<i64> {
        let by_sets = || self.summary.with(|summary| summary.points.iter().map(|point| point.sets).collect());
        self.pieces(product).unwrap_or_else(by_sets)
    }

    fn wrong_rows(self) -> Vec<usize> {
        self.checked.with_untracked(|checked| {
            checked.iter().enumerate().filter(|(_, row)| row.is_err()).map(|(index, _)| index).collect()
        })
    }

    fn take(self) {
        self.only.set(None);
        self.taken.set(true);
        request_animation_frame(|| focus(control::LIST));
    }

    fn mark(self) {
        self.marking.set(None);
        let (rows, bundles) = (self.rows.get_untracked(), self.names_now());
        spawn_local(async move {
            match api::marked_list(rows, bundles).await {
                Ok(file) => {
                    if let Ok(address) = Url::create_object_url_with_blob(&file) {
                        download(&address, t!(roster.marked_name));
                        // The browser has begun to keep the file by then.
                        set_timeout(move || drop(Url::revoke_object_url(&address)), REST * 100);
                    }
                }
                Err(error) => {
                    let _ = self.marking.try_set(Some(error.sentence()));
                }
            }
        });
    }
}

fn nothing() -> ListPreview {
    ListPreview {
        sheet: String::new(),
        header_row: 0,
        columns: Vec::new(),
        rows: Vec::new(),
        errors: Vec::new(),
        warnings: Vec::new(),
        points: Vec::new(),
        left_out: Vec::new(),
        computed: 0,
    }
}

fn summed(rows: &[ListRow], checked: &[Checked]) -> Summary {
    let people: Vec<&Recipient> = checked.iter().filter_map(|row| row.as_ref().ok()).collect();
    let numbered = rows.iter().zip(checked).filter_map(|(row, it)| Some((row.row, it.as_ref().ok()?)));
    Summary {
        good: people.len(),
        wrong: checked.len() - people.len(),
        again: repeated(numbered),
        points: points(&people),
    }
}

fn recipient(person: &Recipient, point: i64) -> NewRecipient {
    let Recipient { name, department, phone, sets, bundle, .. } = person.clone();
    NewRecipient { department, name, phone, point, sets, bundle }
}

// ---- the view -----------------------------------------------------------------------------------------------------

/// The question how the goods are delivered; `one` is what is asked of the one address.
pub fn delivery(form: Form, one: impl Fn() -> AnyView + Send + Sync + 'static) -> AnyView {
    let list = form.list;
    let ways = vec![Choice::new(ONE, t!(roster.one)), Choice::new(MANY, t!(roster.many))];
    let way = Field::new("delivery-way", t!(roster.how), list.way);
    let by_list = Memo::new(move |_| list.is_by_list());
    let inside = move || if by_list.get() { by_list_view(form) } else { one() };
    view! { {field(way, Control::Chips(ways))} {inside} }.into_any()
}

fn by_list_view(form: Form) -> AnyView {
    let list = form.list;
    let there = Memo::new(move |_| list.read.with(Option::is_some));
    let inside = move || match (there.get(), list.taken.get()) {
        (false, _) => chooser(list),
        (true, false) => correcting(list),
        (true, true) => taken(form),
    };
    let error = form.error_at(control::LIST);
    let said = move || {
        let sentence = error.get().filter(|_| form.sent.get() > 0)?;
        Some(view! { <p class="error">{sentence}</p> }.into_any())
    };
    view! { <div class="by-list" id=control::LIST tabindex="-1" role="group" aria-label=t!(roster.many)>{said}{inside}</div> }.into_any()
}

const TAKEN: &str = ".xlsx,.xls,.ods,.csv,.tsv,.txt,.et";

fn chooser(list: List) -> AnyView {
    let choose = move |event: web_sys::Event| {
        if let Some(file) = chosen_file(&event) {
            list.choose(file);
        }
    };
    let dropped = move |event: web_sys::DragEvent| {
        event.prevent_default();
        list.over.set(false);
        let file = event.data_transfer().and_then(|it| it.files()).and_then(|files| files.get(0));
        file.into_iter().for_each(|file| list.choose(file));
    };
    let over = move |event: web_sys::DragEvent| {
        event.prevent_default();
        list.over.set(true);
    };
    let names: Vec<String> = list.bundles.with_value(|all| all.iter().map(|bundle| bundle.name.clone()).collect());
    let bundles = (names.len() > 1)
        .then(|| view! { <p>{t!(acts.list_bundles, names = names.join(t!(parts.comma)))}</p> }.into_any());
    let state = move || match list.step.get() {
        Step::Idle => None,
        Step::Sending(percent) => Some(progress(percent)),
        Step::Refused(sentence) => Some(not_read(sentence)),
    };
    view! {
        <div class="list-drop" class:over=move || list.over.get() on:drop=dropped on:dragover=over on:dragleave=move |_| list.over.set(false)>
            <label class="btn tea">
                <input class="sr" type="file" id="list-file" accept=TAKEN on:change=choose />
                {t!(roster.choose)}
            </label>
            <span class="muted">{t!(roster.drop)}</span>
            <a href=api::list_template() download="">{t!(roster.template)}</a>
            <p class="faint">{t!(roster.kinds, largest = LARGEST_MB)}</p>
            {bundles}
        </div>
        <div aria-live="polite">{state}</div>
    }
    .into_any()
}

fn not_read(sentence: String) -> AnyView {
    let (file, sentence) = sentence
        .split_once('\n')
        .map_or((String::new(), sentence.clone()), |(file, rest)| (file.to_owned(), rest.to_owned()));
    view! { <div class="note wrong" role="alert"><p><b>{t!(roster.not_read)}</b>" "{file}</p>{words(sentence)}</div> }
        .into_any()
}

fn progress(percent: u32) -> AnyView {
    let words = if percent < 100 { t!(roster.uploading, percent = percent) } else { t!(roster.reading).to_owned() };
    view! { <progress max="100" value=percent aria-label=t!(roster.progress)></progress> <span class="num muted">{words}</span> }
        .into_any()
}

/// What was read, what is wrong with it, and the rows.
fn correcting(list: List) -> AnyView {
    let wrong = Memo::new(move |_| list.summary.with(|summary| summary.wrong));
    let good = Memo::new(move |_| list.summary.with(|summary| summary.good));
    let tools = move || {
        (wrong.get() > 0 || list.only.with(Option::is_some)).then(|| {
            let narrow = move |_| list.only.update(|only| *only = only.is_none().then(|| list.wrong_rows()));
            view! {
                <div class="list-tools">
                    <button class="btn" type="button" id="only-wrong" aria-pressed=move || list.only.with(Option::is_some).to_string() on:click=narrow>
                        {t!(roster.only_wrong)}
                    </button>
                    <button class="btn" type="button" id="next-wrong" on:click=move |_| table::next_wrong(list)>{t!(roster.next_wrong)}</button>
                    <button class="btn" type="button" id="marked" on:click=move |_| list.mark()>{t!(roster.marked)}</button>
                </div>
            }
            .into_any()
        })
    };
    let import = move || match (good.get(), wrong.get()) {
        (0, _) => view! { <p class="muted">{t!(roster.none_good)}</p> }.into_any(),
        (good, wrong) => {
            let words = if wrong == 0 { t!(roster.take, count = good) } else { t!(roster.take_good, count = good) };
            view! { <button class="btn do" type="button" id="take-list" on:click=move |_| list.take()>{words}</button> }
                .into_any()
        }
    };
    view! {
        {heading(list)}
        {move || tools()}
        {move || list.marking.get().map(refusal)}
        {table::table(list)}
        <p class="tb">{import} <button class="btn" type="button" id="another-list" on:click=move |_| list.remove()>{t!(roster.remove)}</button></p>
    }
    .into_any()
}

fn heading(list: List) -> AnyView {
    let file = move || {
        list.read
            .with(|read| read.as_ref().map(|read| t!(roster.of_file, file = list.file.get(), row = read.header_row)))
    };
    let counts = move || {
        list.summary.with(|summary| {
            let good = match summary.good {
                1 => t!(roster.one_good).to_owned(),
                count => t!(roster.good, count = count),
            };
            let wrong = match summary.wrong {
                0 => None,
                1 => Some(t!(roster.one_wrong).to_owned()),
                count => Some(t!(roster.wrong, count = count)),
            };
            let again = match summary.again.len() {
                0 => None,
                1 => Some(t!(roster.one_again).to_owned()),
                count => Some(t!(roster.again, count = count)),
            };
            let said = [("", Some(good)), ("wrong", wrong), ("watch", again)];
            said.into_iter()
                .filter_map(|(class, words)| Some((class, words?)))
                .map(|(class, words)| view! { <li class=class>{words}</li> }.into_any())
                .collect::<Vec<_>>()
        })
    };
    let notes = move || {
        list.read.with(|read| {
            let Some(read) = read else { return Vec::new() };
            let mut notes = Vec::new();
            if !read.left_out.is_empty() {
                let rows: Vec<String> = read.left_out.iter().take(20).map(i64::to_string).collect();
                notes.push(t!(roster.left_out, rows = rows.join(t!(parts.comma))));
            }
            if read.computed > 0 {
                notes.push(t!(roster.computed, count = read.computed));
            }
            notes.into_iter().map(|words| view! { <p class="small muted">{words}</p> }.into_any()).collect()
        })
    };
    view! { <p><b>{file}</b></p><ul class="list-sum" role="list" aria-live="polite" id="list-counts">{counts}</ul>{notes} }
        .into_any()
}

// ---- what it comes to ---------------------------------------------------------------------------------------------

/// Imported: the points, and what goes to each.
fn taken(form: Form) -> AnyView {
    let list = form.list;
    let said = move || list.summary.with(|it| t!(roster.taken, count = it.good, points = it.points.len()));
    let left = move || {
        let wrong = list.summary.with(|summary| summary.wrong);
        (wrong > 0).then(|| view! { <p class="warn">{t!(roster.left_behind, count = wrong)}</p> }.into_any())
    };
    let rows = move || {
        let all = list.all_points.get();
        let most = if all { usize::MAX } else { FIRST_POINTS };
        let parts = form.goods.with_value(|goods| form.draft.with(|draft| shares(list, draft, goods)));
        list.summary.with(|summary| {
            summary
                .points
                .iter()
                .enumerate()
                .take(most)
                .map(|(index, point)| point_row(point, &parts, index))
                .collect::<Vec<_>>()
        })
    };
    let more = move || {
        let count = list.summary.with(|summary| summary.points.len());
        (count > FIRST_POINTS && !list.all_points.get()).then(|| {
            view! { <button class="btn" type="button" on:click=move |_| list.all_points.set(true)>{t!(roster.show_all, count = count)}</button> }
                .into_any()
        })
    };
    view! {
        <p id="list-taken"><b>{said}</b></p>
        {left}
        {heads_differ(form)}
        {pieces_differ(form)}
        <div class="scroll" tabindex="0" role="region" aria-label=t!(roster.points_table)>
            <table role="table" class="list-points" id="list-points">
                <thead role="rowgroup"><tr role="row">
                    <th role="columnheader" scope="col">{t!(roster.point)}</th>
                    <th role="columnheader" scope="col">{t!(roster.called)}</th>
                    <th role="columnheader" scope="col" class="n">{t!(roster.heads)}</th>
                    <th role="columnheader" scope="col" class="n">{t!(roster.sets)}</th>
                    <th role="columnheader" scope="col">{t!(roster.goods)}</th>
                </tr></thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
        <p class="tb">
            {more}
            <button class="btn" type="button" id="edit-list" on:click=move |_| list.taken.set(false)>{t!(roster.edit)}</button>
            <button class="btn" type="button" on:click=move |_| list.remove()>{t!(roster.remove)}</button>
        </p>
    }
    .into_any()
}

/// For each of the goods its name, and how much of it goes to each point.
fn shares(list: List, draft: &Draft, goods: &[ProductCard]) -> Vec<(String, String, Vec<i64>)> {
    let heads = heads(&draft.answers);
    let share = |line: &super::draft::DraftLine| {
        let card = goods.iter().find(|card| card.id == line.product_id)?;
        let ordered = line.entry.quantity(heads).ok().flatten()?;
        Some((card.name.clone(), card.unit.clone(), share_out(ordered.get(), &list.weights(card.id))))
    };
    draft.lines.iter().filter_map(share).collect()
}

/// The lines of which the list, by its bundles, comes to another quantity than is ordered: which, how many by the list.
fn parted(form: Form) -> Vec<(Line, ProductCard, i64)> {
    let heads = form.draft.with(|draft| heads(&draft.answers));
    let line = |line: Line| {
        let card = form.card(line)?;
        let listed: i64 = form.list.pieces(card.id)?.iter().sum();
        let ordered = line.entry.with(|entry| entry.quantity(heads).ok().flatten())?;
        (ordered.get() != listed).then_some((line, card, listed))
    };
    form.lines.get().into_iter().filter_map(line).collect()
}

/// What the rows' bundles come to and what is ordered should say the same.
fn pieces_differ(form: Form) -> AnyView {
    let parted = Memo::new(move |_| {
        let lines = parted(form);
        lines.into_iter().map(|(line, card, listed)| (line.product_id, card, listed)).collect::<Vec<_>>()
    });
    let order_listed = move |_| {
        for (line, _, listed) in untrack(|| self::parted(form)) {
            line.entry.set(Entry::Total(listed.to_string()));
        }
    };
    let inside = move || {
        let parted = parted.get();
        let one = |(_, card, listed): &(ProductId, ProductCard, i64)| {
            let listed = domain::Quantity::new(*listed).map(|listed| quantity(listed, &card.unit)).unwrap_or_default();
            t!(roster.pieces, name = card.name, pieces = listed)
        };
        (!parted.is_empty()).then(|| {
            let goods = parted.iter().map(one).collect::<Vec<_>>().join(t!(parts.comma));
            view! {
                <p class="warn">
                    {t!(acts.pieces_differ, goods = goods)}" "
                    <button class="btn" type="button" id="use-pieces" on:click=order_listed>{t!(acts.use_pieces)}</button>
                </p>
            }
            .into_any()
        })
    };
    view! { <div class="list-heads" aria-live="polite">{inside}</div> }.into_any()
}

fn point_row(point: &Point, parts: &[(String, String, Vec<i64>)], index: usize) -> AnyView {
    let goods: Vec<AnyView> = parts
        .iter()
        .filter_map(|(name, unit, parts)| {
            let pieces = domain::Quantity::new(*parts.get(index)?).ok().filter(|pieces| !pieces.is_zero())?;
            let words = t!(roster.pieces, name = name, pieces = quantity(pieces, unit));
            Some(view! { <div>{words}</div> }.into_any())
        })
        .collect();
    view! {
        <tr role="row">
            <td role="cell">{point.address.clone()}</td>
            <td role="cell">{point.contact.clone()}" "<span class="num">{point.phone.clone()}</span></td>
            <td role="cell" class="n" data-u=t!(roster.heads)>{point.people.len()}</td>
            <td role="cell" class="n" data-u=t!(roster.sets)>{point.sets}</td>
            <td role="cell">{goods}</td>
        </tr>
    }
    .into_any()
}

/// The list and the head-count above should say the same; which of them is right is the officer's to know.
fn heads_differ(form: Form) -> AnyView {
    let inside = move || {
        let listed = form.list.summary.with(|summary| summary.good);
        let heads = form.draft.with(|draft| heads(&draft.answers))?;
        (heads != listed as i64).then(|| {
            let use_listed = move |_| form.answers.head_count.set(listed.to_string());
            view! {
                <p class="warn">
                    {t!(roster.heads_differ, listed = listed, heads = heads)}" "
                    <button class="btn" type="button" id="use-listed" on:click=use_listed>{t!(roster.use_listed, listed = listed)}</button>
                </p>
            }
            .into_any()
        })
    };
    view! { <div class="list-heads" aria-live="polite">{inside}</div> }.into_any()
}
