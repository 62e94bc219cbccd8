use leptos::prelude::*;

pub fn page() -> AnyView {
    view! { <h1>"采购篮"</h1> }.into_any()
}
