//! Orders, for the union that buys, its chair, the merchant that sells and the coordinator alike.

pub mod accept;
pub mod form;
pub mod list;
pub mod order;
pub mod papers;

use domain::channel::Channel;
use domain::occasion::Occasion;
use domain::organisation::Role;
use gloo::events::EventListener;
use leptos::prelude::*;

use crate::components::focus::focus;
use crate::components::problem::nothing_here;
use crate::language::{language, t};
use crate::route::Route;

/// A page of orders shows nothing to somebody unknown, but leads back to itself.
fn sign_in_first(title: &'static str, back: String) -> AnyView {
    let sign_in = Route::SignIn.with(&[("next", &back)]);
    view! { <h1>{title}</h1>{nothing_here(t!(orders.sign_in_first), sign_in, t!(frame.sign_in))} }.into_any()
}

/// What is given: 春节慰问品, Gifts for Spring Festival. 生日慰问 and 困难慰问 say 慰问 themselves. Without an occasion a
/// person has bought something.
fn gift(occasion: Option<Occasion>) -> String {
    let Some(occasion) = occasion else { return t!(buying.bought_privately).to_owned() };
    let occasion = occasion.word(language());
    t!(orders.gift, occasion = occasion.strip_suffix(t!(orders.gift_ending)).unwrap_or(occasion))
}

/// What the orders of the market are called by who reads of them.
fn title(role: Role) -> &'static str {
    match role {
        Role::UnionOfficer => t!(frame.my_orders),
        Role::Buyer => t!(buying.my_orders),
        _ => t!(frame.orders),
    }
}

/// The word that a union has for something, or a person.
fn word_of(channel: Channel, of_union: &'static str, of_person: &'static str) -> &'static str {
    if channel == Channel::UnionProcurement { of_union } else { of_person }
}

/// A link to a place on this page that takes the focus along and makes no place in the history.
fn jump(id: &'static str, words: &'static str, class: &'static str) -> AnyView {
    let go = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        focus(id);
    };
    view! { <a class=class href=format!("#{id}") on:click=go>{words}</a> }.into_any()
}

/// Somebody else may have acted while the reader was away: `then` runs whenever they come back to this window.
pub fn on_return(then: impl Fn() + Clone + 'static) {
    let again = then.clone();
    let focused = EventListener::new(&window(), "focus", move |_| then());
    let seen = EventListener::new(&document(), "visibilitychange", move |_| {
        if !document().hidden() {
            again();
        }
    });
    // Both stop listening when the page is left.
    let _ = StoredValue::new_local([focused, seen]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gift_is_named_once() {
        let named = [Some(Occasion::SpringFestival), Some(Occasion::Birthday), None].map(gift);
        assert_eq!(named, ["春节慰问品", "生日慰问品", "个人订购"]);
    }
}
