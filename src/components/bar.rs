//! A bar of progress: the fill is what is done, the tick is where time stands.
//!
//! Shares are basis points (10,000 = all of it), so no float is needed to show a tenth of a percent.

use leptos::prelude::*;

const ALL: i64 = 10_000;

/// `8420` → `84.2`, for the custom properties the stylesheet multiplies by one percent.
pub fn percent(basis_points: i64) -> String {
    let sign = if basis_points < 0 { "-" } else { "" };
    let tenths = (basis_points.saturating_abs() + 5) / 10;
    format!("{sign}{}.{}", tenths / 10, tenths % 10)
}

/// What is done against a target, with the time that has passed. The stretch between is hatched when time is ahead.
#[inline(never)]
pub fn progress_bar(done_bp: i64, time_bp: i64, name: String) -> AnyView {
    let class = if done_bp < time_bp { "bar behind" } else { "bar" };
    view! {
        <span class=class role="img" aria-label=name style:--v=percent(done_bp) style:--t=percent(time_bp)><i></i></span>
    }
    .into_any()
}

/// A plain share, as beside a name in a list. The number stands next to it as text, so it is not spoken again.
#[inline(never)]
pub fn share_bar(share_bp: i64) -> AnyView {
    view! { <span class="bar" aria-hidden="true" style:--v=percent(share_bp)></span> }.into_any()
}

/// What is used of a budget. Past the whole of it the bar turns wrong; the words beside it must change too.
#[inline(never)]
pub fn budget_bar(used_bp: Signal<i64>, name: Signal<String>) -> AnyView {
    let over = Signal::derive(move || used_bp.get() > ALL);
    view! {
        <span
            class="bar big"
            class:over=over
            role="img"
            aria-label=move || name.get()
            style:--v=move || percent(used_bp.get())
        ></span>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn basis_points_are_rounded_to_a_tenth_of_a_percent() {
        assert_eq!(percent(8_420), "84.2");
        assert_eq!(percent(8_996), "90.0");
        assert_eq!(percent(12_345), "123.5");
        assert_eq!(percent(-50), "-0.5");
    }
}
