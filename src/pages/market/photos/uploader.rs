//! Where a merchant brings photos to a product, from the camera or the gallery of a phone, and puts them in order.
//!
//! Files are sent one after another. One that the network has lost waits here and is sent again without being chosen again;
//! one that is no photo is told so before it is sent.

use domain::id::ProductId;
use domain::photo::{HEAD, LARGEST_MB, MOST, PhotoHash, check_head, check_room, check_weight};
use domain::wire::{Photo, PhotoOrder, Photos};
use domain::{Code, Refusal};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::File;

use crate::api::{self, ApiError};
use crate::components::dialog::{Ask, Weight, dialog};
use crate::components::photo::{Place, photo};
use crate::components::problem::{refusal, words};
use crate::components::toast::Toast;
use crate::language::{t, told};
use crate::state::State;

/// Whose photos they are, and where the page shows them.
#[derive(Clone, Debug)]
pub struct Uploading {
    pub product: ProductId,
    pub name: String,
    pub photos: RwSignal<Vec<Photo>>,
}

/// A file on its way.
#[derive(Clone)]
struct Entry {
    number: u32,
    file: File,
    step: RwSignal<Step>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Waiting,
    /// In percent; at a hundred the server makes the pictures.
    Sending(u32),
    /// Sending it again would be refused again.
    Refused(String),
    /// Sending it again may do.
    Failed(String),
}

#[derive(Clone, Copy)]
struct Desk {
    state: State,
    product: ProductId,
    name: StoredValue<String>,
    photos: RwSignal<Vec<Photo>>,
    queue: RwSignal<Vec<Entry>, LocalStorage>,
    /// One file at a time is sent, one change of the order at a time is made.
    sending: RwSignal<bool>,
    changing: RwSignal<bool>,
    refused: RwSignal<Option<String>>,
    numbers: StoredValue<u32>,
    removing: RwSignal<Option<PhotoHash>>,
}

pub fn view(it: Uploading) -> AnyView {
    let desk = Desk {
        state: State::get(),
        product: it.product,
        name: StoredValue::new(it.name),
        photos: it.photos,
        queue: RwSignal::new_local(Vec::new()),
        sending: RwSignal::new(false),
        changing: RwSignal::new(false),
        refused: RwSignal::new(None),
        numbers: StoredValue::new(0),
        removing: RwSignal::new(None),
    };
    let count = move || desk.photos.with(Vec::len);
    view! {
        <h2 id="uploader">{t!(photos.title)}" "<span class="num muted">{move || format!("{} / {MOST}", count())}</span></h2>
        {shelf(desk)}
        {move || desk.refused.get().map(refusal)}
        {on_their_way(desk)}
        {chooser(desk)}
        {removal(desk)}
    }
    .into_any()
}

// ---- choosing -----------------------------------------------------------------------------------------------------

fn chooser(desk: Desk) -> AnyView {
    let buttons = move || {
        if desk.photos.with(Vec::len) >= MOST {
            return view! { <p class="muted">{t!(photos.full, most = MOST)}</p> }.into_any();
        }
        view! { <p class="choose">{camera(desk)} {files(desk)}</p> }.into_any()
    };
    view! { {buttons} <p class="faint">{t!(photos.hint, largest = LARGEST_MB, most = MOST)}</p> }.into_any()
}

/// What is asked for decides what comes: an iPhone hands out its HEIC photos as JPEG to who takes nothing else.
const TAKEN: &str = "image/jpeg,image/png,image/webp";

/// Only drawn where a finger points: a desk's camera sees no goods.
fn camera(desk: Desk) -> AnyView {
    view! {
        <label class="btn tea camera">
            <input class="sr" type="file" accept=TAKEN capture="environment" on:change=move |event| desk.choose(&event) />
            {t!(photos.take)}
        </label>
    }
    .into_any()
}

fn files(desk: Desk) -> AnyView {
    view! {
        <label class="btn tea">
            <input class="sr" type="file" accept=TAKEN multiple on:change=move |event| desk.choose(&event) />
            {t!(photos.choose)}
        </label>
    }
    .into_any()
}

impl Desk {
    fn choose(self, event: &web_sys::Event) {
        let input = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
        let Some(input) = input else { return };
        let chosen = input.files();
        let files = (0..).map_while(|place| chosen.as_ref().and_then(|files| files.get(place)));
        files.for_each(|file| self.line_up(file));
        // The same file can be chosen again, after it was refused for want of room.
        input.set_value("");
        self.send_next();
    }

    fn line_up(self, file: File) {
        let on_their_way = self.queue.with_untracked(|queue| {
            let comes = |entry: &&Entry| !matches!(entry.step.get_untracked(), Step::Refused(_));
            queue.iter().filter(comes).count()
        });
        let have = self.photos.with_untracked(Vec::len) + on_their_way;
        let step = match check_room(have, 1) {
            Ok(()) => Step::Waiting,
            Err(refusal) => Step::Refused(told(refusal.sentence)),
        };
        let number = self.numbers.get_value();
        self.numbers.set_value(number.wrapping_add(1));
        self.queue.update(|queue| queue.push(Entry { number, file, step: RwSignal::new(step) }));
    }
}

// ---- sending ------------------------------------------------------------------------------------------------------

impl Desk {
    /// Sends what waits, one file after another, until nothing does or the page is gone.
    fn send_next(self) {
        if self.sending.get_untracked() {
            return;
        }
        let waiting = |entry: &&Entry| entry.step.get_untracked() == Step::Waiting;
        let Some(entry) = self.queue.with_untracked(|queue| queue.iter().find(waiting).cloned()) else { return };
        self.sending.set(true);
        entry.step.set(Step::Sending(0));
        spawn_local(async move {
            let sent = send(self.product, &entry).await;
            if self.sending.try_set(false).is_some() {
                return;
            }
            self.sent(&entry, sent);
            self.send_next();
        });
    }

    fn sent(self, entry: &Entry, sent: Result<Photos, Unsent>) {
        match sent {
            Ok(photos) => {
                self.photos.set(photos.items);
                self.forget(entry.number);
                self.state.say(Toast::new(t!(photos.added)));
            }
            Err(Unsent::NoPhoto(refusal)) => entry.step.set(Step::Refused(told(refusal.sentence))),
            Err(Unsent::NotTaken(error)) => {
                self.state.note(&error);
                let for_good = matches!(error.code(), Some(Code::BadPhoto | Code::TooLarge | Code::NotAllowed));
                let sentence = error.sentence();
                entry.step.set(if for_good { Step::Refused(sentence) } else { Step::Failed(sentence) });
            }
        }
    }

    fn again(self, entry: &Entry) {
        entry.step.set(Step::Waiting);
        self.send_next();
    }

    fn forget(self, number: u32) {
        self.queue.update(|queue| queue.retain(|entry| entry.number != number));
    }
}

/// Why a file is not a photo of the product.
enum Unsent {
    /// Found out here, before it was sent.
    NoPhoto(Refusal),
    /// By the server, or the network.
    NotTaken(ApiError),
}

async fn send(product: ProductId, entry: &Entry) -> Result<Photos, Unsent> {
    let Entry { file, step, .. } = entry;
    check(file).await.map_err(Unsent::NoPhoto)?;
    let step = *step;
    let on_progress = move |percent| {
        // The page may be gone by now.
        let _ = step.try_set(Step::Sending(percent));
    };
    api::upload_photo(product, file, on_progress).await.map_err(Unsent::NotTaken)
}

/// What the server would refuse after megabytes were sent.
async fn check(file: &File) -> Result<(), Refusal> {
    // Sizes of files are floats in JavaScript.
    check_weight(file.size() as usize)?;
    let head = match file.slice_with_i32_and_i32(0, HEAD as i32) {
        Ok(head) => JsFuture::from(head.array_buffer()).await,
        Err(error) => Err(error),
    };
    // A file that cannot be read is the server's to judge.
    let Ok(head) = head else { return Ok(()) };
    check_head(&js_sys::Uint8Array::new(&head).to_vec()).map(drop)
}

fn on_their_way(desk: Desk) -> AnyView {
    let entries = move || desk.queue.with(|queue| queue.iter().map(|entry| line(desk, entry)).collect::<Vec<_>>());
    view! { <ul class="sending" role="list" aria-live="polite">{entries}</ul> }.into_any()
}

fn line(desk: Desk, entry: &Entry) -> AnyView {
    let name = entry.file.name();
    let (step, entry) = (entry.step, StoredValue::new_local(entry.clone()));
    let body = move || match step.get() {
        Step::Waiting => view! { <span class="muted">{t!(photos.waiting)}</span> }.into_any(),
        Step::Sending(percent) => progress(percent),
        Step::Refused(sentence) => {
            view! { <div class="error">{words(sentence)}</div> {dismissal(desk, entry)} }.into_any()
        }
        Step::Failed(sentence) => {
            let again = move |_| entry.with_value(|entry| desk.again(entry));
            view! {
                <div class="error">{words(sentence)}</div>
                <button class="btn" type="button" on:click=again>{t!(photos.again)}</button>
                {dismissal(desk, entry)}
            }
            .into_any()
        }
    };
    view! { <li><span class="file">{name}</span> {body}</li> }.into_any()
}

fn progress(percent: u32) -> AnyView {
    let words = if percent < 100 { t!(photos.sending, percent = percent) } else { t!(photos.making).to_owned() };
    view! { <progress max="100" value=percent aria-label=t!(photos.progress)></progress> <span class="num muted">{words}</span> }
        .into_any()
}

fn dismissal(desk: Desk, entry: StoredValue<Entry, LocalStorage>) -> AnyView {
    let forget = move |_| desk.forget(entry.with_value(|entry| entry.number));
    view! { <button class="btn plain" type="button" on:click=forget>{t!(photos.dismiss)}</button> }.into_any()
}

// ---- order and removal --------------------------------------------------------------------------------------------

fn shelf(desk: Desk) -> AnyView {
    let items = move || {
        desk.photos.with(|photos| {
            let count = photos.len();
            photos.iter().enumerate().map(|(place, photo)| item(desk, place, count, photo)).collect::<Vec<_>>()
        })
    };
    view! { <ol class="own-photos" role="list">{items}</ol> }.into_any()
}

fn item(desk: Desk, place: usize, count: usize, it: &Photo) -> AnyView {
    let alt = super::nth(place, count);
    let first = (place == 0).then(|| view! { <span class="tag gi">{t!(photos.first)}</span> }.into_any());
    let earlier = (place > 0).then(|| turn(desk, t!(photos.earlier), &alt, place, place - 1));
    let later = (place + 1 < count).then(|| turn(desk, t!(photos.later), &alt, place, place + 1));
    let hash = it.hash.clone();
    let remove_name = format!("{} · {alt}", t!(photos.remove));
    let remove = move |_| desk.removing.set(Some(hash.clone()));
    view! {
        <li>
            {photo(&it.hash, Place::Thumb, alt)}
            <span class="turns">
                {first} {earlier} {later}
                <button class="btn" type="button" aria-label=remove_name on:click=remove>{t!(photos.remove)}</button>
            </span>
        </li>
    }
    .into_any()
}

/// A button that changes places with a neighbour.
fn turn(desk: Desk, word: &'static str, photo: &str, from: usize, to: usize) -> AnyView {
    let name = format!("{word} · {photo}");
    view! {
        <button
            class="btn"
            type="button"
            aria-label=name
            aria-disabled=move || desk.changing.get().then_some("true")
            on:click=move |_| desk.swap(from, to)
        >
            {word}
        </button>
    }
    .into_any()
}

impl Desk {
    fn swap(self, from: usize, to: usize) {
        let mut hashes: Vec<PhotoHash> =
            self.photos.with_untracked(|photos| photos.iter().map(|photo| photo.hash.clone()).collect());
        if from.max(to) < hashes.len() {
            hashes.swap(from, to);
            self.change(api::arrange_photos(self.product, PhotoOrder { hashes }), None);
        }
    }

    fn remove(self, hash: PhotoHash) {
        self.change(api::remove_photo(self.product, hash), Some(t!(photos.removed)));
    }

    fn change(self, asked: impl Future<Output = Result<Photos, ApiError>> + 'static, done: Option<&'static str>) {
        if self.changing.get_untracked() {
            return;
        }
        self.changing.set(true);
        self.refused.set(None);
        spawn_local(async move {
            let answer = asked.await;
            if self.changing.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(photos) => {
                    self.photos.set(photos.items);
                    done.into_iter().for_each(|done| self.state.say(Toast::new(done)));
                }
                Err(error) => {
                    self.state.note(&error);
                    self.refused.set(Some(error.sentence()));
                }
            }
        });
    }
}

fn removal(desk: Desk) -> AnyView {
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(desk.removing.with(Option::is_some)));
    // Closed by Escape or the second button: nothing is asked any more.
    Effect::new(move |_| {
        if !open.get() {
            desk.removing.set(None);
        }
    });
    let confirm = Callback::new(move |()| {
        if let Some(hash) = desk.removing.get_untracked() {
            desk.remove(hash);
        }
        open.set(false);
    });
    let ask = Ask {
        title: t!(photos.remove_title, name = desk.name.get_value()),
        confirm: t!(photos.remove_confirm).to_owned(),
        keep: t!(photos.remove_keep),
        weight: Weight::Grave,
    };
    dialog(ask, open, confirm, view! { <p>{t!(photos.remove_note)}</p> }.into_any())
}
