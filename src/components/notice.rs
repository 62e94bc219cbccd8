//! Two strips between the head and the page: that there is no network, and that there is a newer version.

use leptos::prelude::*;

use crate::language::t;
use crate::live;

/// Stands always, or a screen reader would not announce what comes into it.
#[inline(never)]
pub fn notices(offline: RwSignal<bool>, update: RwSignal<bool>, on_update: Callback<()>) -> AnyView {
    let offline =
        live::view(move || offline.get().then(|| view! { <p class="strip off">{t!(frame.offline)}</p> }.into_any()));
    let update = live::view(move || {
        update.get().then(|| {
            view! {
                <p class="strip">
                    {t!(frame.update)}
                    <button class="btn plain" type="button" on:click=move |_| on_update.run(())>{t!(frame.update_now)}</button>
                </p>
            }
            .into_any()
        })
    });
    view! { <div class="strips" role="status">{offline}{update}</div> }.into_any()
}
