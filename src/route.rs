//! Every address of the app, once. Links are written with `Route::path`, `router.rs` reads them with `Route::parse`, and
//! nothing else spells an address.

use crate::language::t;

const PRODUCTS: &str = "products";
const COUNTIES: &str = "counties";
const BRANDS: &str = "brands";
const SEASONS: &str = "seasons";
const BASKET: &str = "basket";
const CHECKOUT: &str = "checkout";
const HELPED: &str = "helped";
const SIGN_IN: &str = "sign-in";
const SIGN_UP: &str = "sign-up";
const ORDERS: &str = "orders";
const NEW: &str = "new";
const DASHBOARD: &str = "dashboard";
const LEDGER: &str = "ledger";
const BEHIND: &str = "behind";
const WALL: &str = "wall";
const PLAN: &str = "plan";
const ACCEPT: &str = "accept";
const GOODS: &str = "goods";
const DESK: &str = "desk";
const PAPERS: &str = "papers";
const REPORTS: &str = "reports";
pub const STATEMENT: &str = "statement";
pub const JOIN: &str = "join";
pub const APPLICATIONS: &str = "applications";
pub const TARGETS: &str = "targets";
pub const CLOSING: &str = "closing";
pub const REVERSALS: &str = "reversals";
pub const COUNTING_RULES: &str = "counting-rules";
pub const BULLETIN: &str = "bulletin";
pub const EXPORTS: &str = "exports";

/// Ids are text here: whether one exists is the server's to say, and a wrong one is an ordinary "not found".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    Home,
    Products,
    Product(String),
    County(String),
    Brand(String),
    Seasons,
    Basket,
    Checkout,
    Helped,
    SignIn,
    SignUp,
    NewOrder,
    Orders,
    Order(String),
    /// Those of an order, or one of them: `{order}/papers`, `{order}/papers/sign_off`.
    Papers(String),
    /// The code of a delivery point.
    Accept(String),
    Dashboard,
    /// Who is behind, and what would help.
    Behind,
    /// The figures for a screen on a wall.
    Wall,
    Ledger,
    /// Sales made elsewhere: all of them when nothing is named; else one of them, or `new`.
    Reports(String),
    /// The year when nothing is named; else the bundles of an occasion, or `rules`.
    Plan(String),
    /// A merchant's own goods when nothing is named; else one of them, `new`, or `sheet`.
    Goods(String),
    /// Where a working day begins when nothing is named; else [`STATEMENT`], [`JOIN`] or [`APPLICATIONS`].
    Desk(String),
    /// What the year's figures rest on and what is made of them: [`TARGETS`], [`CLOSING`], [`REVERSALS`], [`COUNTING_RULES`],
    /// [`BULLETIN`] or [`EXPORTS`].
    Office(String),
    NotFound,
}

impl Route {
    pub fn path(&self) -> String {
        match self {
            Self::Home => "/".to_owned(),
            Self::Products => format!("/{PRODUCTS}"),
            Self::Product(id) => format!("/{PRODUCTS}/{id}"),
            Self::County(id) => format!("/{COUNTIES}/{id}"),
            Self::Brand(code) => format!("/{BRANDS}/{code}"),
            Self::Seasons => format!("/{SEASONS}"),
            Self::Basket => format!("/{BASKET}"),
            Self::Checkout => format!("/{CHECKOUT}"),
            Self::Helped => format!("/{HELPED}"),
            Self::SignIn => format!("/{SIGN_IN}"),
            Self::SignUp => format!("/{SIGN_UP}"),
            Self::NewOrder => format!("/{ORDERS}/{NEW}"),
            Self::Orders => format!("/{ORDERS}"),
            Self::Order(of) | Self::Papers(of) => format!("/{ORDERS}/{of}"),
            Self::Accept(code) => format!("/{ACCEPT}/{code}"),
            Self::Dashboard => format!("/{DASHBOARD}"),
            Self::Behind => format!("/{BEHIND}"),
            Self::Wall => format!("/{WALL}"),
            Self::Ledger => format!("/{LEDGER}"),
            Self::Reports(part) if part.is_empty() => format!("/{REPORTS}"),
            Self::Reports(part) => format!("/{REPORTS}/{part}"),
            Self::Plan(part) if part.is_empty() => format!("/{PLAN}"),
            Self::Plan(part) => format!("/{PLAN}/{part}"),
            Self::Goods(part) if part.is_empty() => format!("/{GOODS}"),
            Self::Goods(part) => format!("/{GOODS}/{part}"),
            Self::Desk(part) if part.is_empty() => format!("/{DESK}"),
            Self::Desk(part) | Self::Office(part) => format!("/{part}"),
            Self::NotFound => "/not-found".to_owned(),
        }
    }

    /// The papers of an order, or the one with this code.
    pub fn papers(order: &str, paper: &str) -> Self {
        let slash = if paper.is_empty() { "" } else { "/" };
        Self::Papers(format!("{order}/{PAPERS}{slash}{paper}"))
    }

    /// The address with a query: `Route::Products.with(&[("brand", "sanqu_wei"), ("q", "椪柑")])`.
    /// A pair without a value is left out, so an empty filter is the bare address.
    pub fn with(&self, query: &[(&str, &str)]) -> String {
        self.path() + self::query(query).as_str()
    }

    pub fn parse(pathname: &str) -> Self {
        let parts: Vec<&str> = pathname.split('/').filter(|part| !part.is_empty()).collect();
        match parts.as_slice() {
            [] => Self::Home,
            [PRODUCTS] => Self::Products,
            [PRODUCTS, id] => Self::Product((*id).to_owned()),
            [COUNTIES, id] => Self::County((*id).to_owned()),
            [BRANDS, code] => Self::Brand((*code).to_owned()),
            [SEASONS] => Self::Seasons,
            [BASKET] => Self::Basket,
            [CHECKOUT] => Self::Checkout,
            [HELPED] => Self::Helped,
            [SIGN_IN] => Self::SignIn,
            [SIGN_UP] => Self::SignUp,
            [ORDERS] => Self::Orders,
            [ORDERS, NEW] => Self::NewOrder,
            [ORDERS, id] => Self::Order((*id).to_owned()),
            [ORDERS, id, PAPERS] => Self::Papers(format!("{id}/{PAPERS}")),
            [ORDERS, id, PAPERS, paper] => Self::Papers(format!("{id}/{PAPERS}/{paper}")),
            [ACCEPT, code] => Self::Accept((*code).to_owned()),
            [DASHBOARD] => Self::Dashboard,
            [BEHIND] => Self::Behind,
            [WALL] => Self::Wall,
            [LEDGER] => Self::Ledger,
            [REPORTS] => Self::Reports(String::new()),
            [REPORTS, part] => Self::Reports((*part).to_owned()),
            [PLAN] => Self::Plan(String::new()),
            [PLAN, part] => Self::Plan((*part).to_owned()),
            [GOODS] => Self::Goods(String::new()),
            [GOODS, part] => Self::Goods((*part).to_owned()),
            [DESK] => Self::Desk(String::new()),
            [part @ (STATEMENT | JOIN | APPLICATIONS)] => Self::Desk((*part).to_owned()),
            [part @ (TARGETS | CLOSING | REVERSALS | COUNTING_RULES | BULLETIN | EXPORTS)] => {
                Self::Office((*part).to_owned())
            }
            _ => Self::NotFound,
        }
    }

    /// What the window is called until the page knows better (a product's name, an order's number).
    pub fn title(&self) -> &'static str {
        match self {
            Self::Home => t!(home.title),
            Self::County(_) => t!(places.county),
            Self::Brand(_) => t!(places.brand),
            Self::Seasons => t!(places.seasons),
            Self::Products => t!(frame.title_products),
            Self::Product(_) => t!(frame.title_product),
            Self::Basket => t!(frame.basket),
            Self::Checkout => t!(buying.checkout),
            Self::Helped => t!(buying.helped),
            Self::SignIn => t!(frame.sign_in),
            Self::SignUp => t!(buying.sign_up),
            Self::NewOrder => t!(frame.new_order),
            Self::Orders => t!(frame.orders),
            Self::Order(_) => t!(frame.title_order),
            Self::Papers(_) => t!(papers.title),
            Self::Accept(_) => t!(fulfil.accept_title),
            Self::Dashboard => t!(frame.title_dashboard),
            Self::Behind => t!(overview.behind_title),
            Self::Wall => t!(wall.title),
            Self::Ledger => t!(frame.title_ledger),
            Self::Reports(_) => t!(reports.title),
            Self::Plan(_) => t!(plan.title),
            Self::Goods(_) => t!(goods.title),
            Self::Desk(part) if part == JOIN => t!(desk.join),
            Self::Desk(_) => t!(desk.title),
            Self::Office(_) => t!(office.title),
            Self::NotFound => t!(frame.no_such_page),
        }
    }

    /// The class of <body>: what a page changes about the frame around it (style/*.css).
    pub fn body_class(&self) -> &'static str {
        match self {
            Self::Home => "p-home has-tabs",
            Self::Products => "p-list has-tabs",
            Self::Product(_) => "p-prod",
            Self::Basket => "p-basket has-tabs",
            Self::NewOrder => "p-form",
            Self::Checkout => "p-checkout has-tabs",
            Self::Helped => "p-helped has-tabs",
            Self::Order(_) | Self::Accept(_) => "p-order has-tabs",
            Self::Ledger => "p-ledger has-tabs",
            Self::Papers(_) => "p-papers has-tabs",
            Self::Wall => "p-wall",
            _ => "has-tabs",
        }
    }

    /// A product and a new order end in a bar of their own at the thumb, where the tabs would stand; a wall has no thumb.
    pub fn has_tabs(&self) -> bool {
        !matches!(self, Self::Product(_) | Self::NewOrder | Self::Wall)
    }
}

/// `?brand=sanqu_wei&q=…`, or nothing when no pair has a value. Requests to the server write theirs with it too.
pub fn query(pairs: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (key, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        text.push(if text.is_empty() { '?' } else { '&' });
        text.push_str(key);
        text.push('=');
        push_encoded(&mut text, value);
    }
    text
}

/// An address with its query, from the two parts a browser keeps: `/products` and `q=…`, with its mark or without.
pub fn with_query(pathname: &str, search: &str) -> String {
    match search.trim_start_matches('?') {
        "" => pathname.to_owned(),
        search => format!("{pathname}?{search}"),
    }
}

/// The value of a key of an address's query.
pub fn param(search: &str, key: &str) -> Option<String> {
    let mut pairs = search.trim_start_matches('?').split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|pair| pair.0 == key).map(|pair| decoded(pair.1))
}

/// A plus is a space, as forms write it. What is no sequence of two digits stays as it stands.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let digits = after.get(..2).filter(|two| two.iter().all(u8::is_ascii_hexdigit));
        let digits = digits.and_then(|two| std::str::from_utf8(two).ok());
        let coded = digits.filter(|_| *first == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(coded.unwrap_or(if *first == b'+' { b' ' } else { *first }));
        rest = if coded.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Percent-encodes UTF-8 byte by byte. The browser's own encoder would do, but then no address could be tested natively.
fn push_encoded(address: &mut String, value: &str) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b',') {
            address.push(char::from(byte));
        } else {
            address.push('%');
            address.push(char::from(HEX[usize::from(byte >> 4)]));
            address.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_leads_back_to_its_route() {
        let id = "0193b3c0-7c1e-7000-8000-000000000001".to_owned();
        for route in [
            Route::Home,
            Route::Products,
            Route::Product(id.clone()),
            Route::County("qingyuan".to_owned()),
            Route::Brand("sanqu_wei".to_owned()),
            Route::Seasons,
            Route::Basket,
            Route::Checkout,
            Route::Helped,
            Route::SignIn,
            Route::SignUp,
            Route::NewOrder,
            Route::Orders,
            Route::Order(id.clone()),
            Route::Papers(format!("{id}/papers")),
            Route::Papers(format!("{id}/papers/sign_off")),
            Route::Reports(String::new()),
            Route::Reports("new".to_owned()),
            Route::Plan(String::new()),
            Route::Plan("labour".to_owned()),
            Route::Goods(String::new()),
            Route::Goods("sheet".to_owned()),
            Route::Accept("ABCDE23456".to_owned()),
            Route::Desk(String::new()),
            Route::Desk(STATEMENT.to_owned()),
            Route::Desk(JOIN.to_owned()),
            Route::Desk(APPLICATIONS.to_owned()),
            Route::Office(TARGETS.to_owned()),
            Route::Office(COUNTING_RULES.to_owned()),
            Route::Dashboard,
            Route::Behind,
            Route::Wall,
            Route::Ledger,
        ] {
            assert_eq!(Route::parse(&route.path()), route);
        }
        assert_eq!(Route::parse("/nowhere/at/all"), Route::NotFound);
    }

    /// The server fills the frame by that table before the app is there to do it.
    #[test]
    fn the_table_of_pages_says_the_same() {
        use domain::page::{self, NOWHERE};
        for it in page::PAGES {
            let route = Route::parse(it.address);
            assert_eq!((route.title(), route.body_class()), (it.title, it.body_class), "{}", it.address);
        }
        assert_eq!((Route::NotFound.title(), Route::NotFound.body_class()), (NOWHERE.title, NOWHERE.body_class));
        assert!(page::at(&Route::Order("7".to_owned()).path()).is_some());
    }

    #[test]
    fn a_query_is_encoded_and_empty_values_are_left_out() {
        assert_eq!(Route::Products.with(&[("brand", ""), ("q", "椪 柑")]), "/products?q=%E6%A4%AA%20%E6%9F%91");
        assert_eq!(Route::SignIn.with(&[("next", "/orders/new")]), "/sign-in?next=%2Forders%2Fnew");
        assert_eq!(Route::Products.with(&[("q", "")]), "/products");
    }

    #[test]
    fn a_query_is_read_as_it_was_written() {
        for words in ["椪 柑", "100%25", "a+b&c=d", "%E6%", "100%"] {
            let address = Route::Products.with(&[("brand", "sanqu_wei"), ("q", words)]);
            let search = address.split_once('?').expect("a query").1;
            assert_eq!(param(search, "q").as_deref(), Some(words));
            assert_eq!(param(search, "brand").as_deref(), Some("sanqu_wei"));
            assert_eq!(param(search, "county"), None);
        }
        // As forms and people write it.
        assert_eq!(param("?q=a+b%", "q").as_deref(), Some("a b%"));
        assert_eq!(param("q=%+1%é", "q").as_deref(), Some("% 1%é"));
    }
}
