use leptos::prelude::*;

pub fn page() -> AnyView {
    view! { <h1>"山里的好货"</h1> }.into_any()
}
