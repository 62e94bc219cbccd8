//! The least a page of Leptos with a router is: what the market's first visit is compared with.

use leptos::prelude::*;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;

fn main() {
    leptos::mount::mount_to_body(|| {
        view! {
            <Router>
                <Routes fallback=|| "Not found">
                    <Route path=path!("/") view=|| view! { <p>"Hello"</p> } />
                </Routes>
            </Router>
        }
    });
}
