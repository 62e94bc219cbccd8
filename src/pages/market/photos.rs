//! The photos on a product's page: everybody looks at them, and the product's merchant brings them there.

pub mod uploader;

use domain::permission::{Act, may, whose_product};
use domain::wire::{Photo, Product, ProductCard, Session};
use leptos::prelude::*;
use leptos::reactive::computed::ScopedFuture;
use leptos::task::spawn_local;

use self::uploader::Uploading;
use crate::area;
use crate::components::label::label;
use crate::components::photo::{Place, photo};
use crate::language::t;
use crate::state::State;

/// The pictures of a product, and for its merchant what changes them.
pub fn pictures(it: &Product) -> AnyView {
    let photos = RwSignal::new(it.photos.clone());
    let card = StoredValue::new(it.card.clone());
    let gallery = move || photos.with(|photos| card.with_value(|card| gallery(card, photos)));
    let session = State::get().session;
    let own = Memo::new(move |_| {
        session.with(|who| who.as_ref().is_some_and(|who| card.with_value(|card| manages(who, card))))
    });
    let uploader = move || own.get().then(|| uploader_of(card, photos));
    let wide = move || own.get() || photos.with(|photos| !photos.is_empty());
    view! { <div class="pd-pic" class:wide=wide>{gallery} {uploader}</div> }.into_any()
}

fn manages(who: &Session, card: &ProductCard) -> bool {
    may(Some(who.role), Act::UploadPhoto, whose_product(who.role, who.organisation.id, card.merchant.id))
}

/// One photo large and the others small below it; the drawn label while there is none.
fn gallery(card: &ProductCard, photos: &[Photo]) -> AnyView {
    let name = card.name.clone();
    if photos.is_empty() {
        return view! {
            {label(card.category, &card.county_short, &name)}
            <p class="faint">{t!(photos.drawn)}</p>
        }
        .into_any();
    }
    let chosen = RwSignal::new(0_usize);
    let hashes = StoredValue::new(photos.iter().map(|photo| photo.hash.clone()).collect::<Vec<_>>());
    let large = move || {
        let place = chosen.get();
        let alt = match place {
            0 => name.clone(),
            _ => format!("{name} · {}", nth(place, hashes.with_value(Vec::len))),
        };
        hashes.with_value(|hashes| hashes.get(place).map(|hash| photo(hash, Place::Large, alt)))
    };
    let thumbs = (photos.len() > 1).then(|| thumbs(photos, chosen));
    view! { <div class="gallery">{large} {thumbs}</div> }.into_any()
}

fn nth(place: usize, count: usize) -> String {
    t!(photos.nth, place = place + 1, count = count)
}

fn thumbs(photos: &[Photo], chosen: RwSignal<usize>) -> AnyView {
    let count = photos.len();
    let thumb = |(place, it): (usize, &Photo)| {
        let is_chosen = move || (chosen.get() == place).then_some("true");
        view! {
            <li>
                <button type="button" aria-label=nth(place, count) aria-current=is_chosen on:click=move |_| chosen.set(place)>
                    {photo(&it.hash, Place::Thumb, String::new())}
                </button>
            </li>
        }
        .into_any()
    };
    let thumbs: Vec<AnyView> = photos.iter().enumerate().map(thumb).collect();
    view! { <ul class="thumbs" role="list">{thumbs}</ul> }.into_any()
}

/// The uploader, once the part of the app it belongs to is there: buyers never fetch it.
fn uploader_of(card: StoredValue<ProductCard>, photos: RwSignal<Vec<Photo>>) -> AnyView {
    let uploading = card.with_value(|card| Uploading { product: card.id, name: card.name.clone(), photos });
    let part = StoredValue::new_local(None);
    let there = RwSignal::new(false);
    spawn_local(ScopedFuture::new_untracked(async move {
        let view = area::uploader(uploading).await;
        // The page may be gone by now.
        if part.try_set_value(Some(view)).is_none() {
            there.set(true);
        }
    }));
    let view = move || there.get().then(|| part.try_update_value(Option::take)).flatten();
    view! { <section class="uploader" aria-labelledby="uploader">{view}</section> }.into_any()
}
