//! What stands where something is still coming: grey shapes of the right size, and one spoken sentence.

use crate::language::t;
use leptos::prelude::*;

/// As many skeletons of a product card as the list will roughly hold.
#[inline(never)]
pub fn loading_cards(count: usize) -> AnyView {
    let bones: Vec<AnyView> = (0..count)
        .map(|_| {
            view! {
                <li class="card" aria-hidden="true">
                    <span class="bone pic"></span><span class="bone line"></span><span class="bone line short"></span>
                </li>
            }
            .into_any()
        })
        .collect();
    view! { <p class="sr" role="status">{t!(frame.loading_products)}</p><ul class="shelf" role="list">{bones}</ul> }
        .into_any()
}

/// Lines of text or rows of a table.
#[inline(never)]
pub fn loading_lines(count: usize) -> AnyView {
    let bones: Vec<AnyView> =
        (0..count).map(|_| view! { <span class="bone line" aria-hidden="true"></span> }.into_any()).collect();
    view! { <div class="bones"><p class="sr" role="status">{t!(frame.loading)}</p>{bones}</div> }.into_any()
}
