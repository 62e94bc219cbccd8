use leptos::prelude::*;

pub fn page() -> AnyView {
    view! { <h1>"产品"</h1> }.into_any()
}
