//! 验收照片: what was short or broken, as it lay there. They are sent at once and stand with the acceptance.

use domain::attachment::{AttachmentKind, HEAD, Head, LARGEST_FILE, LARGEST_MB, check_head, too_heavy};
use domain::id::{AttachmentId, OrderId};
use domain::permission::{Act, Whose, may};
use domain::wire::{Attachment, Attachments};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, HtmlInputElement};

use super::act::Desk;
use crate::api;
use crate::components::problem::refusal;
use crate::format;
use crate::language::{as_written, t, told};
use crate::load::{Load, load};

/// Whether photos are added where they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    More,
    NoMore,
}

#[derive(Clone, Copy)]
struct Photos {
    desk: Desk,
    order: OrderId,
    /// The point that is being counted, which goes before their names.
    point: Option<i64>,
    loaded: Load<Attachments>,
    /// How many are still to be sent.
    left: RwSignal<usize>,
    refused: RwSignal<Vec<String>>,
}

/// The photos of an order's acceptance; nothing for who may not see them, and nothing where there are none and none are taken.
pub fn photos(desk: Desk, order: OrderId, point: Option<i64>, takes: Takes) -> Option<AnyView> {
    let role = desk.state.session.with_untracked(|session| session.as_ref().map(|it| it.role));
    if !may(role, Act::SeeAttachments, Whose::Own) {
        return None;
    }
    let adds = takes == Takes::More && role.is_some_and(|role| AttachmentKind::AcceptancePhoto.brought_by(role));
    let loaded = load(move || order.to_string(), api::attachments);
    let (left, refused) = (RwSignal::new(0), RwSignal::new(Vec::new()));
    let it = Photos { desk, order, point, loaded, left, refused };
    let all = Memo::new(move |_| {
        let is_photo = |file: &&Attachment| file.kind == AttachmentKind::AcceptancePhoto && file.format.is_picture();
        let items = loaded.value.get().map(|all| all.items).unwrap_or_default();
        items.iter().filter(is_photo).cloned().collect::<Vec<_>>()
    });
    let list = move || {
        let items: Vec<AnyView> = all.get().iter().map(|photo| figure(it, photo)).collect();
        (!items.is_empty()).then(|| view! { <ul class="proof" role="list">{items}</ul> }.into_any())
    };
    if adds {
        return Some(view! { <div class="proofs" id="photos">{adding(it)}{list}</div> }.into_any());
    }
    let inside = move || {
        let list = list()?;
        Some(view! { <section class="proofs" aria-labelledby="photos"><h2 id="photos">{t!(acts.photos)}</h2>{list}</section> }.into_any())
    };
    Some(view! { {inside} }.into_any())
}

fn figure(it: Photos, photo: &Attachment) -> AnyView {
    let (id, name) = (photo.id, photo.name.clone());
    let address = api::attachment_address(id);
    let picture = address.clone();
    let spoken = t!(acts.remove_photo, name = name);
    let remove = photo.removable.then(|| {
        view! { <button class="btn plain" type="button" aria-label=spoken on:click=move |_| take_away(it, id)>{t!(acts.remove)}</button> }
            .into_any()
    });
    view! {
        <li>
            <a href=address download=name.clone()>
                <img src=picture alt=name.clone() loading="lazy" decoding="async" width="160" height="120" />
            </a>
            <small><span lang=as_written()>{name}</span>" "<span class="muted">{format::date_time(photo.added_at_ms)}</span></small>
            {remove}
        </li>
    }
    .into_any()
}

fn adding(it: Photos) -> AnyView {
    let choose = move |event: web_sys::Event| {
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        let Some(input) = input else { return };
        let files = input.files();
        let files: Vec<File> =
            files.iter().flat_map(|files| (0..files.length()).filter_map(|place| files.get(place))).collect();
        // The same photo may be chosen again.
        input.set_value("");
        if it.left.get_untracked() == 0 && !files.is_empty() {
            it.left.set(files.len());
            it.refused.set(Vec::new());
            spawn_local(send(it, files));
        }
    };
    let words = move || match it.left.get() {
        0 => t!(acts.add_photos).to_owned(),
        count => t!(acts.sending_photos, count = count),
    };
    let refused = move || it.refused.get().into_iter().map(refusal).collect::<Vec<_>>();
    view! {
        <p class="muted">{t!(acts.photos_how, largest = LARGEST_MB)}</p>
        <div role="alert">{refused}</div>
        // Without `capture`, so that a phone offers its camera and what it has photographed already.
        <label class="btn">
            <input class="sr" type="file" id="add-photos" accept="image/jpeg,image/png,image/webp" multiple on:change=choose />
            <span aria-live="polite">{words}</span>
        </label>
    }
    .into_any()
}

/// One after the other: a phone in a stockroom has one bar.
async fn send(it: Photos, files: Vec<File>) {
    for file in files {
        let name = file.name();
        let sent = match look_at(&file).await {
            Some(sentence) => Err(sentence),
            None => {
                let named =
                    it.point.map_or_else(|| name.clone(), |point| t!(acts.photo_of_point, point = point, name = name));
                let answer = api::add_attachment(it.order, AttachmentKind::AcceptancePhoto, &file, &named).await;
                answer.map_err(|error| {
                    it.desk.state.note(&error);
                    error.sentence()
                })
            }
        };
        // The reader may have left the page meanwhile.
        if it.left.try_update(|left| *left -= 1).is_none() {
            return;
        }
        match sent {
            Ok(all) => it.loaded.put(all),
            Err(sentence) => {
                it.refused.update(|refused| refused.push(t!(acts.of_file, name = name, sentence = sentence)))
            }
        }
    }
}

/// What can be said of a photo before twelve megabytes are sent.
async fn look_at(file: &File) -> Option<String> {
    // The size of a file is a float in JavaScript.
    if file.size() as usize > LARGEST_FILE {
        return Some(told(too_heavy().sentence));
    }
    let head = file.slice_with_i32_and_i32(0, i32::try_from(HEAD).unwrap_or_default()).ok()?;
    let bytes = JsFuture::from(head.array_buffer()).await.ok()?;
    match check_head(&js_sys::Uint8Array::new(&bytes).to_vec()) {
        Err(refusal) => Some(told(refusal.sentence)),
        Ok(Head::Known(format)) if format.is_picture() => None,
        Ok(_) => Some(t!(acts.no_picture).to_owned()),
    }
}

fn take_away(it: Photos, id: AttachmentId) {
    spawn_local(async move {
        match api::remove_attachment(id).await {
            Ok(()) => it.loaded.reload(),
            Err(error) => {
                it.desk.state.note(&error);
                let _ = it.refused.try_set(vec![error.sentence()]);
            }
        }
    });
}
