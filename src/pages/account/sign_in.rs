use leptos::prelude::*;

pub fn page() -> AnyView {
    view! { <h1>"登录"</h1> }.into_any()
}
