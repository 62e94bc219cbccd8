use leptos::prelude::*;

pub fn page() -> AnyView {
    view! { <h1>"采购单"</h1> }.into_any()
}
