//! The list as it is shown: the page that the address asks for, the pages after it, and how it is found again by whoever
//! comes back to it.

use std::cell::RefCell;
use std::sync::Arc;

use domain::fields;
use domain::id::ProductId;
use domain::wire::{Facets, Mark, ProductCard};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::filter::Filter;
use crate::api::{self, ApiError};
use crate::cache;
use crate::components::focus::is_searching;
use crate::live;
use crate::load::slow;
use crate::router::Here;
use crate::state::State;

/// So many pages come by themselves as one scrolls; then a button stands there, and what is below the list can be reached.
const BY_THEMSELVES: usize = 4;

/// One answer with what was added to it.
#[derive(Clone, Debug, Default)]
pub struct List {
    /// The question that is answered; empty before the first answer.
    pub of: String,
    /// The first page as it was told, by which a later answer is known to be the same.
    text: Option<Arc<str>>,
    pub items: Vec<Item>,
    next: Option<String>,
    pub total: i64,
    pub counties: Vec<CountyName>,
    /// What was looked for instead, when nothing was found.
    pub nearest: Option<String>,
    /// How many pages stand after the first.
    pages: usize,
}

/// A product, and where its name holds what was searched for, in characters.
#[derive(Clone, Debug)]
pub struct Item {
    pub product: Arc<ProductCard>,
    pub marks: Marks,
}

pub type Marks = Arc<[Mark]>;

/// An answer, as far as the list itself reads it; the choices beside it read the rest for themselves ([`List::facets`]).
struct Page {
    items: Vec<ProductCard>,
    marks: Vec<Vec<Mark>>,
    next: Option<String>,
    total: i64,
    facets: Counties,
    nearest: Option<String>,
}
fields!(Page: items, marks, next, total, facets, nearest);

struct Counties {
    counties: Vec<CountyName>,
}
fields!(Counties: counties);

/// What a county is called, which comes with the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountyName {
    pub key: String,
    pub name: String,
}
fields!(CountyName: key, name);

struct Choices {
    facets: Facets,
}
fields!(Choices: facets);

fn items(page: &mut Page) -> Vec<Item> {
    let marks = std::mem::take(&mut page.marks).into_iter().chain(std::iter::repeat_with(Vec::new));
    let products = std::mem::take(&mut page.items).into_iter().zip(marks);
    products.map(|(product, marks)| Item { product: product.into(), marks: marks.into() }).collect()
}

impl List {
    fn first(of: String, text: Arc<str>) -> Result<Self, ApiError> {
        let mut page: Page = api::parse(&text)?;
        Ok(Self {
            of,
            text: Some(text),
            items: items(&mut page),
            next: page.next,
            total: page.total,
            counties: page.facets.counties,
            nearest: page.nearest,
            pages: 0,
        })
    }

    fn is_told_by(&self, text: &Arc<str>) -> bool {
        self.text.as_ref().is_some_and(|known| Arc::ptr_eq(known, text))
    }

    fn append(&mut self, mut page: Page) {
        let more = items(&mut page);
        // A product that moved in the order meanwhile stands there already.
        let new = more.into_iter().filter(|it| self.find(it.product.id).is_none()).collect::<Vec<_>>();
        self.items.extend(new);
        self.next = page.next;
        self.pages += 1;
    }

    /// The same list asked for again: what is new stands at its head, and who has scrolled stays where they are.
    fn refresh(&mut self, fresh: List) {
        let pages = self.pages;
        let (next, rest) = if pages == 0 {
            (fresh.next.clone(), Vec::new())
        } else {
            let beyond = self.items.drain(..).skip(super::filter::PAGE);
            (self.next.take(), beyond.filter(|it| fresh.find(it.product.id).is_none()).collect())
        };
        *self = List { next, pages, ..fresh };
        self.items.extend(rest);
    }

    /// How many products each further choice would leave; none before the first answer.
    pub fn facets(&self) -> Option<Facets> {
        api::parse(self.text.as_ref()?).ok().map(|it: Choices| it.facets)
    }

    /// The names of counties; none before the first answer.
    pub fn county_names(&self) -> Option<&[CountyName]> {
        (!self.of.is_empty()).then_some(self.counties.as_slice())
    }

    pub fn find(&self, id: ProductId) -> Option<&Item> {
        self.items.iter().find(|it| it.product.id == id)
    }
}

/// The list, how it stands, and what it is asked for.
#[derive(Clone, Copy)]
pub struct Shelf {
    pub filter: Memo<Filter>,
    pub list: RwSignal<List>,
    pub busy: RwSignal<bool>,
    pub slow: RwSignal<bool>,
    /// Cards that are not seen are still to be drawn, so the end of the list only seems near.
    pub drawing: RwSignal<bool>,
    pub error: RwSignal<Option<ApiError>>,
    pub more_busy: RwSignal<bool>,
    pub more_error: RwSignal<Option<ApiError>>,
    again: Trigger,
    /// Gives up the question that was overtaken.
    asking: StoredValue<Option<web_sys::AbortController>, LocalStorage>,
}

/// Where the server answers the first page of a list.
pub fn path_of(query: &str) -> String {
    format!("/products{query}")
}

impl Shelf {
    pub fn new(filter: Memo<Filter>) -> Self {
        let busy = RwSignal::new(false);
        let it = Self {
            filter,
            list: RwSignal::new(List::default()),
            busy,
            slow: slow(busy),
            drawing: RwSignal::new(false),
            error: RwSignal::new(None),
            more_busy: RwSignal::new(false),
            more_error: RwSignal::new(None),
            again: Trigger::new(),
            asking: StoredValue::new_local(None),
        };
        let state = State::get();
        it.come_back();
        it.show_seen(&it.question());
        let question = live::memo(move || filter.with(|filter| filter.query("")));
        live::effect(move || {
            it.again.track();
            it.ask(question.get(), state);
        });
        on_cleanup(move || it.leave());
        it
    }

    fn question(self) -> String {
        self.filter.with_untracked(|filter| filter.query(""))
    }

    /// What is shown answers what the address asks.
    pub fn is_fresh(self) -> bool {
        self.list.with(|list| self.filter.with(|filter| filter.query("") == list.of))
    }

    pub fn total(self) -> i64 {
        self.list.with(|list| list.total)
    }

    pub fn has_answer(self) -> bool {
        self.list.with(|list| !list.of.is_empty())
    }

    pub fn on_retry(self) -> Callback<()> {
        Callback::new(move |()| self.again.notify())
    }

    // ---- asking ----

    fn ask(self, of: String, state: State) {
        self.show_seen(&of);
        self.error.set(None);
        self.more_error.set(None);
        self.busy.set(true);
        let giving_up = web_sys::AbortController::new().ok();
        let signal = giving_up.as_ref().map(web_sys::AbortController::signal);
        self.asking.update_value(|asking| {
            if let Some(overtaken) = std::mem::replace(asking, giving_up) {
                overtaken.abort();
            }
        });
        spawn_local(async move {
            let path = path_of(&of);
            let answer = cache::fetch(path, is_searching(), signal).await;
            // The page may be gone, or ask for something else by now.
            if self.filter.try_with_untracked(|filter| filter.query("") == of) == Some(true) {
                self.settle(of, answer, state);
            }
        });
    }

    fn settle(self, of: String, answer: Result<Arc<str>, ApiError>, state: State) {
        self.busy.set(false);
        let known = |text| self.list.with_untracked(|list| list.of == of && list.is_told_by(text));
        let answer = match answer {
            Ok(text) if known(&text) => return,
            answer => answer.and_then(|text| List::first(of, text)),
        };
        match answer {
            Ok(fresh) => self.list.update(|list| if list.of == fresh.of { list.refresh(fresh) } else { *list = fresh }),
            Err(error) => {
                state.note(&error);
                self.error.set(Some(error));
            }
        }
    }

    /// Shows at once what was seen before.
    fn show_seen(self, of: &str) {
        if self.list.with_untracked(|list| list.of == of) {
            return;
        }
        if let Some(Ok(list)) = cache::seen(&path_of(of)).map(|text| List::first(of.to_owned(), text)) {
            self.list.set(list);
        }
    }

    // ---- further pages ----

    pub fn has_next(self) -> bool {
        self.list.with(|list| list.next.is_some())
    }

    /// Whether the next page comes by itself, once the reader is near the end.
    pub fn comes_by_itself(self) -> bool {
        self.list.with(|list| list.next.is_some() && list.pages < BY_THEMSELVES)
            && self.more_error.with(Option::is_none)
    }

    /// Asks for the next page; `then` is told how many products were there before it.
    pub fn load_more(self, then: fn(usize)) {
        let asked =
            self.list.with_untracked(|list| list.next.clone().map(|next| (list.of.clone(), next, list.items.len())));
        let Some((of, next, shown)) = asked.filter(|_| !self.more_busy.get_untracked()) else { return };
        let query = self.filter.with_untracked(|filter| filter.query(&next));
        self.more_busy.set(true);
        self.more_error.set(None);
        spawn_local(async move {
            let answer = cache::fetch(path_of(&query), false, None).await.and_then(|text| api::parse::<Page>(&text));
            self.more_busy.try_set(false);
            // The page may be gone by now, or show another list.
            if self.list.try_with_untracked(|list| list.of == of) != Some(true) {
                return;
            }
            match answer {
                Ok(page) => {
                    self.list.update(|list| list.append(page));
                    then(shown);
                }
                Err(error) => self.more_error.set(Some(error)),
            }
        });
    }
}

// ---- coming back --------------------------------------------------------------------------------------------------

/// So many lists are found again as they were left; older ones begin with their first page.
const MOST_LEFT: usize = 4;

thread_local! {
    /// Lists as they were left, so that going back from a product shows all of one at once.
    static LEFT: RefCell<Vec<List>> = const { RefCell::new(Vec::new()) };
}

impl Shelf {
    fn come_back(self) {
        let asked = self.question();
        let left = LEFT.with_borrow_mut(|left| left.iter().position(|it| it.of == asked).map(|at| left.remove(at)));
        // Only for the reader who went back: a link to the list shows its beginning.
        if let Some(list) = left.filter(|_| Here::get().came_back()) {
            self.list.set(list);
        }
    }

    fn leave(self) {
        let Some(list) = self.list.try_get_untracked().filter(|list| !list.of.is_empty()) else { return };
        LEFT.with_borrow_mut(|left| {
            left.retain(|it| it.of != list.of);
            if left.len() == MOST_LEFT {
                left.remove(0);
            }
            left.push(list);
        });
    }
}
