//! The coordinator's pages are for coordinators; everybody else is told so and shown the way on.

use domain::organisation::Role;
use domain::permission::{Act, Whose, may};
use leptos::prelude::*;

use crate::components::loading::loading_lines;
use crate::components::problem::nothing_here;
use crate::language::t;
use crate::route::Route;
use crate::router::Here;
use crate::state::{State, home_of};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Visitor {
    NotKnownYet,
    Nobody,
    Coordinator,
    Another(Role),
}

fn visitor(known: bool, role: Option<Role>) -> Visitor {
    match role {
        _ if !known => Visitor::NotKnownYet,
        None => Visitor::Nobody,
        Some(_) if may(role, Act::SeeSales, Whose::Own) => Visitor::Coordinator,
        Some(role) => Visitor::Another(role),
    }
}

/// `page` for coordinators; its title and a sentence for all others.
#[inline(never)]
pub fn coordinators_only(title: &'static str, page: fn() -> AnyView) -> AnyView {
    let state = State::get();
    let here = Here::get();
    let who = Memo::new(move |_| visitor(state.session_known.get(), state.role()));
    let shown = move || match who.get() {
        Visitor::Coordinator => page(),
        Visitor::NotKnownYet => view! { <h1>{title}</h1>{loading_lines(6)} }.into_any(),
        Visitor::Nobody => {
            let sign_in = Route::SignIn.with(&[("next", &untrack(|| here.address()))]);
            view! { <h1>{title}</h1>{nothing_here(t!(figures.for_coordinators_sign_in), sign_in, t!(figures.go_sign_in))} }
                .into_any()
        }
        Visitor::Another(role) => {
            let home = home_of(role).path();
            view! { <h1>{title}</h1>{nothing_here(t!(figures.for_coordinators), home, t!(figures.see_orders))} }
                .into_any()
        }
    };
    view! { <div class="d-page">{shown}</div> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_coordinators_are_let_in() {
        assert_eq!(visitor(false, Some(Role::CityCoordinator)), Visitor::NotKnownYet);
        assert_eq!(visitor(true, None), Visitor::Nobody);
        for role in Role::ALL {
            let let_in = matches!(role, Role::CityCoordinator | Role::DistrictCoordinator);
            assert_eq!(visitor(true, Some(*role)) == Visitor::Coordinator, let_in);
        }
    }
}
