//! The foot of every page: a ridgeline, and how the figures above it are counted.

use crate::language::t;
use leptos::prelude::*;

/// Three ranges, far to near: the hills of the nameplate, drawn once for all pages.
const RIDGES: &str = concat!(
    "<path class='r1' d='M0 60V35C67 35 67 41 133 41S200 22 267 22S333 43 400 43S467 27 533 27S600 34 667 34",
    "S733 43 800 43S867 28 933 28S1000 43 1067 43S1133 31 1200 31V60Z'/>",
    "<path class='r2' d='M0 60V43C75 43 75 36 150 36S225 36 300 36S375 53 450 53S525 56 600 56S675 47 750 47",
    "S825 50 900 50S975 30 1050 30S1125 35 1200 35V60Z'/>",
    "<path class='r3' d='M0 60V62C86 62 86 60 171 60S257 54 343 54S429 46 514 46S600 60 686 60S771 60 857 60",
    "S943 58 1029 58S1114 44 1200 44V60Z'/>"
);

#[inline(never)]
pub fn foot(on_theme: Callback<()>) -> AnyView {
    view! {
        <footer class="foot">
            <svg class="ridges" viewBox="0 0 1200 60" preserveAspectRatio="none" aria-hidden="true" inner_html=RIDGES></svg>
            <div class="wrap">
                <p>
                    {t!(frame.foot_before)}<strong>{t!(frame.foot_accepted)}</strong>{t!(frame.foot_after)}
                </p>
                <button class="btn plain foot-theme" type="button" on:click=move |_| on_theme.run(())>{t!(frame.turn_theme)}</button>
            </div>
        </footer>
    }
    .into_any()
}
