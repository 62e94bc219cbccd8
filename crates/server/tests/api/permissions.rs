//! The whole table of permissions against the whole interface: every endpoint, by everybody, on one's own thing and on
//! another's.
//!
//! The endpoints and the acts they ask for are read from the interface's own description; what should come of it is read
//! off [`may`]. An endpoint that is new fails here until [`Call::verdict`] knows how it is called.

use std::collections::BTreeSet;
use std::fmt;

use domain::id::{OrderId, SaleId};
use domain::order_life::State;
use domain::organisation::Role;
use domain::permission::{Act, Whose, may};
use domain::photo::PhotoHash;
use domain::wire::{ActionBody, Orders, Photos, Sales};
use reqwest::Method;

use crate::delivery_lists::GBK_LIST;
use crate::document::{Document, Operation};
use crate::photos::jpeg;
use crate::rosters::new_roster;
use crate::site::{Answer, PASSWORD, Person, Site, acceptance, basket, new_sale_id, payment, product, retail_basket};

// ---- what should come of it ---------------------------------------------------------------------------------------

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Done,
    SignInNeeded,
    NotAllowed,
    NotFound,
}

/// What the table says of a call, read without the server's help.
fn verdict(who: Option<Role>, acts: &[Act], act: Act, whose: Whose) -> Verdict {
    let ever = |act: &Act| Whose::ALL.into_iter().any(|whose| may(who, *act, whose));
    match who {
        _ if may(who, act, whose) => Verdict::Done,
        None => Verdict::SignInNeeded,
        // Who may not come in learns nothing; who may is not told of orders they may not see.
        Some(_) if !acts.iter().any(ever) => Verdict::NotAllowed,
        Some(_) if of_order(act) && !may(who, Act::SeeOrder, whose) => Verdict::NotFound,
        Some(_) => Verdict::NotAllowed,
    }
}

fn of_order(act: Act) -> bool {
    // Another union's roster is answered as one that does not exist, as its orders are.
    matches!(act, Act::SeeOrder | Act::SeeRecipients | Act::SeeRoster) || state_for(act).is_some()
}

/// The state in which it is the act's turn, for an act on an order.
fn state_for(act: Act) -> Option<State> {
    match act {
        Act::SubmitOrder => Some(State::Draft),
        Act::ApproveOrder | Act::SendBackOrder => Some(State::Submitted),
        Act::ConfirmOrder => Some(State::Approved),
        Act::ShipOrder | Act::RecordPayment => Some(State::Confirmed),
        Act::AcceptOrder => Some(State::Shipped),
        // Submitted orders can be cancelled too, but then the merchant does not know of them.
        Act::CancelOrder => Some(State::Approved),
        _ => None,
    }
}

/// What the union has not approved is not yet its merchant's.
fn seen_as(who: Option<Role>, act: Act, whose: Whose) -> Whose {
    match (who, state_for(act)) {
        (Some(Role::Merchant), Some(State::Draft | State::Submitted)) => Whose::Anothers,
        _ => whose,
    }
}

// ---- what comes of it ---------------------------------------------------------------------------------------------

fn login_of(role: Role) -> &'static str {
    match role {
        Role::UnionOfficer => "zhenhai.officer",
        Role::UnionChair => "zhenhai.chair",
        Role::Merchant => "qingyuan.merchant",
        Role::CityCoordinator => "ningbo.city",
        Role::DistrictCoordinator => "zhenhai.district",
        Role::Buyer => "buyer",
    }
}

/// The district, and the goods of one merchant, in which the people of [`login_of`] have their things, or have none.
fn place_of(whose: Whose) -> (&'static str, &'static str) {
    match whose {
        Whose::Own => ("zhenhai", "庆元香菇"),
        Whose::Anothers => ("yinzhou", "龙泉香菇"),
    }
}

/// One act, tried by one person on one kind of thing.
struct Call<'a> {
    site: &'a Site,
    document: &'a Document,
    operation: Operation<'a>,
    act: Act,
    who: Option<Role>,
    whose: Whose,
}

impl Call<'_> {
    /// Sends the request, after making the thing it needs; none where nobody has a thing of their own.
    async fn verdict(&self) -> Option<Verdict> {
        let (district, goods) = place_of(self.whose);
        let person = self.person().await;
        let answer = match (self.operation.id(), self.whose) {
            ("follow_public_total", Whose::Own) => return Some(self.stream("/public-total/events").await),
            ("follow_tally", _) => return Some(self.stream(&format!("/tally/events?district={district}")).await),
            ("list_orders", _) => return Some(self.listed(&person).await),
            ("see_order", _) => person.get(&format!("/orders/{}", self.order(State::Approved).await)).await,
            ("act_on_order", _) => self.act_on_order(&person).await,
            ("see_roster", _) => {
                let officer = self.site.sign_in(&format!("{district}.officer")).await;
                person.get(&format!("/rosters/{}", officer.kept_roster().await)).await
            }
            ("list_recipients", _) => {
                person.get(&format!("/orders/{}/recipients", self.order(State::Approved).await)).await
            }
            ("upload_photo", _) => person.upload(goods, jpeg(300, 300)).await,
            ("arrange_photos", _) => person.arrange_photos(goods, vec![self.photo().await]).await,
            ("remove_photo", _) => person.remove_photo(goods, &self.photo().await).await,
            ("record_payment", _) => person.record_payment(self.order(State::Confirmed).await, &payment()).await,
            ("see_tally", _) => person.get(&format!("/tally?district={district}")).await,
            ("list_sales", _) => person.get(&format!("/sales?district={district}")).await,
            ("reverse_sale", _) => person.reverse(self.sale().await, new_sale_id(), "重复").await,
            // Goods are everybody's, a session and a new order can only be one's own.
            (
                "sign_up"
                | "sign_in"
                | "see_session"
                | "sign_out"
                | "list_products"
                | "suggest_products"
                | "see_product"
                | "see_checkout"
                | "place_retail_orders"
                | "see_helped"
                | "see_product_qr"
                | "place_orders"
                | "keep_roster"
                | "list_rosters"
                | "preview_delivery_list"
                | "mark_delivery_list"
                | "download_delivery_list_template"
                | "list_festivals"
                | "see_seasons"
                | "list_festival_goods"
                | "see_public_total"
                | "follow_public_total"
                | "see_county"
                | "see_brand",
                Whose::Anothers,
            ) => {
                return None;
            }
            ("sign_up", Whose::Own) => person.sign_up(&new_sale_id().to_string(), PASSWORD).await,
            ("see_checkout", Whose::Own) => person.get("/checkout").await,
            ("place_retail_orders", Whose::Own) => person.buy(&retail_basket(&[&[("庆元香菇", 2)]])).await,
            ("see_helped", Whose::Own) => person.get("/helped").await,
            ("sign_in", Whose::Own) => person.try_password("haishu.officer", PASSWORD).await,
            ("see_session", Whose::Own) => person.get("/sessions/current").await,
            ("sign_out", Whose::Own) => person.sign_out().await,
            ("suggest_products", Whose::Own) => person.get("/products/suggestions?q=qy").await,
            ("list_products", Whose::Own) => person.get("/products").await,
            ("see_product", Whose::Own) => person.get(&format!("/products/{}", product("庆元香菇").id)).await,
            ("see_product_qr", Whose::Own) => person.get(&format!("/products/{}/qr.svg", product("庆元香菇").id)).await,
            ("list_festivals", Whose::Own) => person.get("/festivals").await,
            ("see_seasons", Whose::Own) => person.get("/seasons?year=2027").await,
            ("list_festival_goods", Whose::Own) => person.get("/seasons/dragon_boat?year=2027").await,
            ("see_public_total", Whose::Own) => person.get("/public-total").await,
            ("see_county", Whose::Own) => person.get("/counties/qingyuan").await,
            ("see_brand", Whose::Own) => person.get("/brands/sanqu_wei").await,
            ("keep_roster", Whose::Own) => person.keep_roster(&new_roster()).await,
            ("list_rosters", Whose::Own) => person.get("/rosters").await,
            ("preview_delivery_list", Whose::Own) => person.preview("", GBK_LIST).await,
            ("mark_delivery_list", Whose::Own) => person.marked(&[]).await,
            ("download_delivery_list_template", Whose::Own) => person.get("/delivery-lists/template.xlsx").await,
            ("place_orders", Whose::Own) => person.place(&basket(&[&[("庆元香菇", 50)]])).await,
            (unknown, _) => panic!("say in `Call::verdict` of permissions.rs how {unknown} is called"),
        };
        self.document.expect_described(self.operation, &answer);
        Some(self.read(&answer))
    }

    async fn person(&self) -> Person {
        match self.who {
            None => self.site.visitor(),
            // The session that ends must not be one that others need.
            Some(role) if self.act == Act::SignOut => self.site.sign_in_afresh(login_of(role)).await,
            Some(role) => self.site.sign_in(login_of(role)).await,
        }
    }

    fn read(&self, answer: &Answer) -> Verdict {
        let verdict = self.read_status(answer.status);
        match verdict {
            Verdict::Done => return verdict,
            Verdict::SignInNeeded => answer.refused(401, "sign_in_needed"),
            Verdict::NotAllowed => answer.refused(403, "not_allowed"),
            Verdict::NotFound => answer.refused(404, "not_found"),
        };
        verdict
    }

    fn read_status(&self, status: u16) -> Verdict {
        match status {
            200..300 => Verdict::Done,
            401 => Verdict::SignInNeeded,
            403 => Verdict::NotAllowed,
            404 => Verdict::NotFound,
            other => panic!("{self} is answered {other}"),
        }
    }

    /// A stream that is let in never ends: only its beginning is looked at.
    async fn stream(&self, path: &str) -> Verdict {
        let request = self.person().await.request(Method::GET, path);
        self.read_status(request.send().await.expect("the server answers").status().as_u16())
    }

    /// What may not be seen is missing from a list.
    async fn listed(&self, person: &Person) -> Verdict {
        let id = self.order(State::Approved).await;
        let answer = person.get("/orders").await;
        self.document.expect_described(self.operation, &answer);
        match self.read(&answer) {
            Verdict::Done if answer.json::<Orders>().items.iter().all(|order| order.id != id) => Verdict::NotFound,
            verdict => verdict,
        }
    }

    async fn act_on_order(&self, person: &Person) -> Answer {
        let body = match self.act {
            Act::SubmitOrder => ActionBody::Submit { lines: None, exception_reason: None },
            Act::ApproveOrder => ActionBody::Approve {},
            Act::SendBackOrder => ActionBody::SendBack { reason: "重算".into() },
            Act::ConfirmOrder => ActionBody::Confirm {},
            Act::ShipOrder => ActionBody::Ship { carrier: "邮政快递".into(), tracking_no: "YZ0001".into() },
            Act::AcceptOrder => ActionBody::Accept { lines: acceptance(&[(50, 0)]) },
            Act::CancelOrder => ActionBody::Cancel { reason: "不要了".into() },
            unknown => panic!("say in `Call::act_on_order` of permissions.rs how {} is done", unknown.code()),
        };
        let state = state_for(self.act).expect("an act on an order has its turn");
        person.act(self.order(state).await, &body).await
    }

    /// A new order in this state.
    async fn order(&self, state: State) -> OrderId {
        let (district, goods) = place_of(self.whose);
        if (self.who, self.whose) == (Some(Role::Buyer), Whose::Own) {
            // What a person orders is never without approval.
            let state = if matches!(state, State::Draft | State::Submitted) { State::Approved } else { state };
            return self.site.retail_order_in(state, &[(goods, 50)]).await.summary.id;
        }
        let reached = if state == State::Draft { State::Submitted } else { state };
        let id = self.site.order_in(reached, district, &[(goods, 50)]).await.summary.id;
        if state == State::Draft {
            let chair = self.site.sign_in(&format!("{district}.chair")).await;
            chair.send_back(id, "重算").await.order();
        }
        id
    }

    /// The only photo of the goods.
    async fn photo(&self) -> PhotoHash {
        let (_, goods) = place_of(self.whose);
        let merchant = self.site.sign_in(&product(goods).merchant.replace('-', ".")).await;
        merchant.upload(goods, jpeg(300, 300)).await.json::<Photos>().items.remove(0).hash
    }

    /// A new entry of the ledger.
    async fn sale(&self) -> SaleId {
        let id = self.order(State::Accepted).await;
        let sales: Sales = self.site.sign_in("ningbo.city").await.get("/sales").await.json();
        sales.items.into_iter().find(|sale| sale.order_id == Some(id)).expect("what was accepted is sold").id
    }
}

impl fmt::Display for Call<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Call { operation, act, who, whose, .. } = self;
        let who = who.map_or("nobody", Role::code);
        write!(f, "{who}, {} on {whose:?}, by {} {}", act.code(), operation.method, operation.path)
    }
}

// ---- both compared ------------------------------------------------------------------------------------------------

#[tokio::test]
async fn every_endpoint_answers_everybody_as_the_table_says() {
    let site = Site::open().await;
    let document = &Document::of(&site).await;
    for operation in document.operations() {
        let acts = operation.acts();
        for (act, who, whose) in combinations(&acts) {
            let call = Call { site: &site, document, operation, act, who, whose };
            let expected = verdict(who, &acts, act, seen_as(who, act, whose));
            if let Some(found) = call.verdict().await {
                assert_eq!(found, expected, "{call}");
            }
        }
    }
}

/// Each act, by nobody and by every role, on their own thing and on another's.
fn combinations(acts: &[Act]) -> Vec<(Act, Option<Role>, Whose)> {
    let everybody = || Role::ALL.iter().copied().map(Some).chain([None]);
    let mut all = Vec::new();
    for act in acts {
        all.extend(everybody().flat_map(|who| Whose::ALL.map(|whose| (*act, who, whose))));
    }
    all
}

#[tokio::test]
async fn every_act_of_the_table_has_its_endpoint() {
    let document = Document::of(&Site::open().await).await;
    let asked: BTreeSet<Act> = document.operations().into_iter().flat_map(Operation::acts).collect();
    assert_eq!(asked, Act::ALL.iter().copied().collect());
}
