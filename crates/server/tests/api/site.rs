//! A market of its own for each test: the real server on a free port over a fresh database, and the people who use it.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Duration;

use domain::id::{OrderId, ProductId, ReturnId, SaleId};
use domain::occasion::Occasion;
use domain::order_life::State;
use domain::payment::PaymentMethod;
use domain::wire::{
    AcceptanceLine, ActionBody, Delivery, InvoiceDue, NewInvoice, NewLine, NewOrder, NewOrders, NewPayment, NewPoint,
    NewRetailOrders, NewReversal, NewTransfer, Order, OrderSummary, Orders, Problem, Products, ReturnLine, SaleEntry,
    Sales, SignIn, SignUp, Tally,
};
use reqwest::header::{CONTENT_TYPE, COOKIE, HeaderMap, HeaderValue, SET_COOKIE};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use server::config::Serve;
use server::database::DatabaseUrl;
use server::serve::Server;
use tokio::sync::OnceCell;

use crate::home::{Home, Snapshot};

pub const PASSWORD: &str = "shanhai-2026";

/// What [`Site::changes_since`] says when nothing has changed.
pub const NOTHING: [&str; 0] = [];

/// A test that waits this long waits for ever; no assertion depends on it.
pub const TOO_LONG: Duration = Duration::from_secs(60);

// ---- the site -----------------------------------------------------------------------------------------------------

/// One running server with its files.
pub struct Site {
    server: Server,
    home: Home,
    http: Client,
    flags: Vec<&'static str>,
    /// The database is a copy of the template's, and so are its sessions.
    copied: bool,
}

impl Site {
    /// A market with its catalogue and accounts and an empty ledger.
    pub async fn open() -> Site {
        Site::open_with(&["--no-sample"]).await
    }

    /// The same with other flags.
    pub async fn open_with(flags: &[&'static str]) -> Site {
        Site::start(Home::copy_of(&template().await.database), flags.to_vec(), true).await
    }

    /// A market with the sample orders of two years, and the accounts as in [`Site::open`].
    pub async fn open_sample() -> Site {
        Site::start(Home::copy_of(sample().await), vec!["--no-sample"], true).await
    }

    /// A market that fills its own empty database.
    pub async fn open_empty(flags: &[&'static str]) -> Site {
        Site::start(Home::empty(), flags.to_vec(), false).await
    }

    async fn start(home: Home, flags: Vec<&'static str>, copied: bool) -> Site {
        let server = Server::start(serve_config(&home, &flags)).await.expect("the server starts");
        Site { server, home, http: client(), flags, copied }
    }

    /// Another server on the same database; its own files are elsewhere.
    pub async fn beside(&self) -> Site {
        Site::start(self.home.beside(), self.flags.clone(), self.copied).await
    }

    /// Stops the server and starts another over the same files.
    pub async fn restart(self) -> Site {
        let Site { server, home, flags, copied, .. } = self;
        server.stop().await.expect("the server stops");
        Site::start(home, flags, copied).await
    }

    /// Stops the server and leaves its database.
    pub async fn close(self) -> Home {
        self.server.stop().await.expect("the server stops");
        self.home
    }

    pub fn address(&self) -> std::net::SocketAddr {
        self.server.address
    }

    /// Where /readyz and /metrics are, when they have an address of their own.
    pub fn metrics_address(&self) -> std::net::SocketAddr {
        self.server.metrics_address.expect("an address of their own")
    }

    pub fn home(&self) -> &Home {
        &self.home
    }

    /// Somebody who has not signed in.
    pub fn visitor(&self) -> Person {
        Person { http: self.http.clone(), base: format!("http://{}", self.address()), cookie: None }
    }

    /// The person of an account, signed in. A copied database starts with the sessions of the usual ones, because checking
    /// a password is slow by intent; `sessions.rs` asks for all of them afresh.
    pub async fn sign_in(&self, login: &str) -> Person {
        if self.copied
            && let Some(cookie) = template().await.sessions.get(login)
        {
            return Person { cookie: Some(cookie.clone()), ..self.visitor() };
        }
        self.sign_in_afresh(login).await
    }

    /// Signs in with the password and keeps the cookie of the answer.
    pub async fn sign_in_afresh(&self, login: &str) -> Person {
        let visitor = self.visitor();
        let answer = visitor.try_password(login, PASSWORD).await;
        Person { cookie: Some(answer.cookie()), ..visitor }
    }

    /// An order of the union of `district`, taken as far as `state`; its goods are all of one merchant.
    pub async fn order_in(&self, state: State, district: &str, goods: &[(&str, i64)]) -> Order {
        let officer = self.sign_in(&format!("{district}.officer")).await;
        let placed = officer.place(&basket(&[goods])).await.orders();
        let order = officer.order(placed[0].id).await;
        self.carry(order, state, district).await
    }

    /// Takes an order of the union of `district` as far as `state`; everything is accepted.
    pub async fn carry(&self, mut order: Order, state: State, district: &str) -> Order {
        let officer = self.sign_in(&format!("{district}.officer")).await;
        let chair = self.sign_in(&format!("{district}.chair")).await;
        let merchant = self.sign_in(&merchant_of(&order)).await;
        let id = order.summary.id;
        while order.summary.state != state {
            let answer = match order.summary.state {
                State::Submitted => {
                    if officer.procedure(id).await.missing.is_some() {
                        officer.compare(id, &crate::plan::comparison()).await;
                        officer.attach(id, "meeting_decision", "纪要.pdf", crate::attachments::pdf("1")).await;
                    }
                    chair.approve(id).await
                }
                State::Approved => merchant.confirm(id).await,
                State::Confirmed if order.points.len() > 1 => merchant.ship_to_all(&order).await,
                State::Confirmed => merchant.ship(id).await,
                State::Shipped if order.points.len() > 1 => officer.accept_at_all(&order).await,
                State::Shipped => officer.accept(id, &whole(&order)).await,
                State::Accepted if order.invoices.is_empty() => {
                    let due = merchant.order(id).await.invoice_due.expect("what to invoice");
                    merchant.act(id, &ActionBody::Invoice { invoice: invoice(&new_invoice_number(), &due) }).await
                }
                State::Accepted => {
                    let amount = order.invoices[0].amount_fen.fen();
                    officer.act(id, &ActionBody::Transfer { transfer: transfer(&new_invoice_number(), amount) }).await
                }
                stuck => panic!("no way from {} to {}", stuck.code(), state.code()),
            };
            order = answer.order();
        }
        order
    }

    /// An order of the private buyer of the samples, taken as far as `state`; everything is accepted.
    pub async fn retail_order_in(&self, state: State, goods: &[(&str, i64)]) -> Order {
        let buyer = self.sign_in("buyer").await;
        let placed = buyer.buy(&retail_basket(&[goods])).await.orders();
        let mut order = buyer.order(placed[0].id).await;
        let (merchant, id) = (self.sign_in(&merchant_of(&order)).await, order.summary.id);
        while order.summary.state != state {
            let answer = match order.summary.state {
                State::Approved => merchant.confirm(id).await,
                State::Confirmed => merchant.ship(id).await,
                State::Shipped => buyer.accept(id, &whole(&order)).await,
                stuck => panic!("no way from {} to {}", stuck.code(), state.code()),
            };
            order = answer.order();
        }
        order
    }

    /// Everything the market shows: the goods, every order, the ledger and the figures.
    pub async fn picture(&self) -> Picture {
        let city = self.sign_in("ningbo.city").await;
        let mut seen = BTreeMap::new();
        for card in self.visitor().all_products("").await {
            seen.insert(format!("product {}", card.name), to_value(&card));
        }
        for summary in city.all_orders().await {
            let order = city.order(summary.id).await;
            seen.insert(format!("order {}", summary.number), to_value(&order));
        }
        for entry in city.all_sales("").await {
            seen.insert(format!("entry {}", entry.sequence), to_value(&entry));
        }
        let mut tally = to_value(&city.tally("").await);
        tally.as_object_mut().expect("an object").remove("as_of_ms");
        seen.insert("the tally".to_owned(), tally);
        Picture(seen)
    }

    /// What is no longer as it was.
    pub async fn changes_since(&self, before: &Picture) -> Vec<String> {
        let (before, now) = (&before.0, &self.picture().await.0);
        let changed = now.iter().filter(|(name, value)| before.get(*name) != Some(value));
        let gone = before.keys().filter(|name| !now.contains_key(*name)).map(|name| format!("{name} is gone"));
        changed.map(|(name, _)| name.clone()).chain(gone).collect()
    }

    /// How many pieces of a product can still be sold.
    pub async fn available(&self, name: &str) -> i64 {
        let products: Products = self.visitor().get(&format!("/products?ids={}", product(name).id)).await.json();
        products.items[0].available.get()
    }
}

pub struct Picture(BTreeMap<String, Value>);

fn to_value(shown: &impl Serialize) -> Value {
    serde_json::to_value(shown).expect("an answer is JSON")
}

// ---- files --------------------------------------------------------------------------------------------------------

/// A database filled once by the server itself, and the cookies of the people who have signed in to it.
pub struct Template {
    pub database: Snapshot,
    pub sessions: HashMap<String, String>,
}

const USUAL_LOGINS: &[&str] = &[
    "ningbo.city",
    "ningbo.deputy",
    "zhenhai.district",
    "yinzhou.district",
    "zhenhai.officer",
    "zhenhai.chair",
    "yinzhou.officer",
    "yinzhou.chair",
    "qingyuan.merchant",
    "longquan.merchant",
    "changshan.merchant",
    "qingtian.merchant",
    "buyer",
    "operator",
    "street.reporter",
    "shop.reporter",
];

pub async fn template() -> &'static Template {
    static TEMPLATE: OnceCell<Template> = OnceCell::const_new();
    TEMPLATE.get_or_init(fill_template).await
}

async fn fill_template() -> Template {
    let site = Site::open_empty(&["--no-sample"]).await;
    let mut sessions = HashMap::new();
    for login in USUAL_LOGINS {
        let cookie = site.sign_in_afresh(login).await.cookie.expect("a cookie");
        sessions.insert((*login).to_owned(), cookie);
    }
    Template { database: site.close().await.snapshot(), sessions }
}

/// The same with the sample orders up to now.
async fn sample() -> &'static Snapshot {
    static SAMPLE: OnceCell<Snapshot> = OnceCell::const_new();
    let fill = || async {
        let home = Home::copy_of(&template().await.database);
        let mut db = home.connect();
        let data = server::data::read(data_folder()).expect("the data folder");
        diesel::Connection::transaction(&mut db, |db| server::sample::place_orders(db, &data, server::clock::now()))
            .expect("the sample orders keep all rules");
        drop(db);
        home.snapshot()
    };
    SAMPLE.get_or_init(fill).await
}

pub fn data_folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../data"))
}

/// What stands behind `shanhai serve` on the command line.
pub fn serve_flags(home: &Home, flags: &[&str]) -> Vec<String> {
    let path = |path: PathBuf| path.to_str().expect("a path that is text").to_owned();
    let mut arguments = vec!["--listen".into(), "127.0.0.1:0".into(), "--database-url".into(), address(home)];
    arguments.extend(["--app".into(), path(home.path().join("app")), "--data".into(), path(data_folder().into())]);
    if !flags.contains(&"--photos") {
        arguments.extend(["--photos".into(), path(home.path().join("photos"))]);
    }
    if !flags.contains(&"--attachments") {
        arguments.extend(["--attachments".into(), path(home.path().join("attachments"))]);
    }
    arguments.extend(flags.iter().map(|flag| (*flag).to_owned()));
    arguments
}

/// The address of its database as `--database-url` takes it.
pub fn address(home: &Home) -> String {
    match home.url() {
        DatabaseUrl::Postgres(address) => address.clone(),
        sqlite => sqlite.to_string(),
    }
}

fn serve_config(home: &Home, flags: &[&str]) -> Serve {
    Serve::from_flags(serve_flags(home, flags)).expect("flags the server knows")
}

// ---- people -------------------------------------------------------------------------------------------------------

pub fn client() -> Client {
    Client::builder().no_proxy().read_timeout(TOO_LONG).build().expect("a client")
}

/// Somebody with a browser: signed in when there is a cookie.
#[derive(Clone)]
pub struct Person {
    pub http: Client,
    pub base: String,
    pub cookie: Option<String>,
}

impl Person {
    /// A request below `/api/v1`, with the cookie.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.request_anywhere(method, &format!("/api/v1{path}"))
    }

    pub fn request_anywhere(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.cookie {
            Some(cookie) => request.header(COOKIE, cookie),
            None => request,
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        Answer::to(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: &impl Serialize) -> Answer {
        Answer::to(self.request(Method::POST, path).json(body)).await
    }

    pub async fn put(&self, path: &str, body: &impl Serialize) -> Answer {
        Answer::to(self.request(Method::PUT, path).json(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        Answer::to(self.request(Method::DELETE, path)).await
    }

    pub async fn try_password(&self, login: &str, password: &str) -> Answer {
        self.post("/sessions", &SignIn { login: login.into(), password: password.into() }).await
    }

    pub async fn sign_out(&self) -> Answer {
        Answer::to(self.request(Method::DELETE, "/sessions/current")).await
    }

    pub async fn place(&self, body: &NewOrders) -> Answer {
        self.post("/orders", body).await
    }

    pub async fn sign_up(&self, login: &str, password: &str) -> Answer {
        self.post("/accounts", &SignUp { login: login.into(), password: password.into() }).await
    }

    pub async fn buy(&self, body: &NewRetailOrders) -> Answer {
        self.post("/retail-orders", body).await
    }

    pub async fn record_payment(&self, id: OrderId, body: &NewPayment) -> Answer {
        self.post(&format!("/orders/{id}/payment"), body).await
    }

    pub async fn act(&self, id: OrderId, body: &ActionBody) -> Answer {
        self.post(&format!("/orders/{id}/actions"), body).await
    }

    pub async fn submit(&self, id: OrderId, goods: Option<&[(&str, i64)]>) -> Answer {
        self.act(id, &ActionBody::Submit { lines: goods.map(new_lines), exception_reason: None }).await
    }

    pub async fn approve(&self, id: OrderId) -> Answer {
        self.act(id, &ActionBody::Approve {}).await
    }

    pub async fn send_back(&self, id: OrderId, reason: &str) -> Answer {
        self.act(id, &ActionBody::SendBack { reason: reason.into() }).await
    }

    pub async fn confirm(&self, id: OrderId) -> Answer {
        self.act(id, &ActionBody::Confirm { lines: Vec::new() }).await
    }

    pub async fn ship(&self, id: OrderId) -> Answer {
        self.act(id, &shipment("YZ0001")).await
    }

    /// To every point what is for it.
    async fn ship_to_all(&self, order: &Order) -> Answer {
        let mut answer = None;
        for point in &order.points {
            let (carrier, tracking_no) = ("邮政快递".to_owned(), format!("YZ000{}", point.point));
            let body = ActionBody::Ship { carrier, tracking_no, point: Some(point.point), lines: Vec::new() };
            answer = Some(self.act(order.summary.id, &body).await);
        }
        answer.expect("a point")
    }

    /// At every point what has come to it.
    async fn accept_at_all(&self, order: &Order) -> Answer {
        let mut answer = None;
        for point in &order.points {
            let whole = |line: &domain::wire::PointLine| AcceptanceLine {
                line: line.line,
                accepted: line.quantity.get(),
                short: 0,
                rejected: 0,
                reason: None,
            };
            let lines = point.lines.iter().map(whole).collect();
            answer = Some(self.act(order.summary.id, &ActionBody::Accept { point: Some(point.point), lines }).await);
        }
        answer.expect("a point")
    }

    /// Counts the goods in: accepted and rejected pieces of every line.
    pub async fn accept(&self, id: OrderId, counted: &[(i64, i64)]) -> Answer {
        self.act(id, &ActionBody::Accept { point: None, lines: acceptance(counted) }).await
    }

    pub async fn cancel(&self, id: OrderId, reason: &str) -> Answer {
        self.act(id, &ActionBody::Cancel { reason: reason.into() }).await
    }

    pub async fn reverse(&self, sale: SaleId, id: SaleId, reason: &str) -> Answer {
        self.post(&format!("/sales/{sale}/reversal"), &NewReversal { id, reason: reason.into() }).await
    }

    pub async fn order(&self, id: OrderId) -> Order {
        self.get(&format!("/orders/{id}")).await.json()
    }

    pub async fn tally(&self, query: &str) -> Tally {
        self.get(&format!("/tally{query}")).await.json()
    }

    /// Every product that matches, page by page; `query` is empty or begins with `&`.
    pub async fn all_products(&self, query: &str) -> Vec<domain::wire::ProductCard> {
        let page = |page: Products| (page.items, page.next);
        self.all(&format!("/products?limit=100{query}"), page).await
    }

    /// Every order the person may see, newest first.
    pub async fn all_orders(&self) -> Vec<OrderSummary> {
        self.all("/orders?limit=100", |page: Orders| (page.items, page.next)).await
    }

    /// Every entry that matches, newest first; `query` is empty or begins with `&`.
    pub async fn all_sales(&self, query: &str) -> Vec<SaleEntry> {
        self.all(&format!("/sales?limit=100{query}"), |page: Sales| (page.items, page.next)).await
    }

    /// Every item of a list, page by page. `path` already has a query.
    pub async fn all<P: DeserializeOwned, T>(
        &self,
        path: &str,
        parts: impl Fn(P) -> (Vec<T>, Option<String>),
    ) -> Vec<T> {
        let (mut items, mut next) = parts(self.get(path).await.json());
        while let Some(after) = next {
            let further = format!("{path}&{}", query(&[("after", &after)]));
            let (more, further) = parts(self.get(&further).await.json());
            assert!(!more.is_empty(), "a cursor leads to something");
            items.extend(more);
            next = further;
        }
        items
    }
}

/// Pairs as they stand in an address after the question mark.
pub fn query(pairs: &[(&str, &str)]) -> String {
    let address = reqwest::Url::parse_with_params("http://localhost", pairs).expect("an address");
    address.query().unwrap_or_default().to_owned()
}

// ---- answers ------------------------------------------------------------------------------------------------------

/// What came back, whole.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub async fn to(request: RequestBuilder) -> Answer {
        Answer::try_to(request).await.expect("the server answers")
    }

    /// # Errors
    /// When the connection breaks before the whole answer is here.
    pub async fn try_to(request: RequestBuilder) -> reqwest::Result<Answer> {
        Answer::read(request.send().await?).await
    }

    async fn read(response: Response) -> reqwest::Result<Answer> {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Answer { status, headers, body: response.bytes().await?.to_vec() })
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value: &HeaderValue| value.to_str().expect("a header of text"))
    }

    /// The body of an answer that is no refusal.
    #[track_caller]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        assert!((200..300).contains(&self.status), "{} {}", self.status, self.text());
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in {}", self.text()))
    }

    /// The body, where it is no refusal.
    pub fn if_done<T: DeserializeOwned>(&self) -> Option<T> {
        (200..300).contains(&self.status).then(|| self.json())
    }

    /// The order an act answers with.
    #[track_caller]
    pub fn order(&self) -> Order {
        self.json()
    }

    /// The orders a basket became.
    #[track_caller]
    pub fn orders(&self) -> Vec<OrderSummary> {
        let orders: Orders = self.json();
        assert_eq!(self.status, 201);
        orders.items
    }

    /// The session cookie, as the browser sends it back.
    #[track_caller]
    pub fn cookie(&self) -> String {
        assert_eq!(self.status, 201, "{}", self.text());
        let cookie = self.headers.get(SET_COOKIE).expect("a cookie").to_str().expect("text");
        cookie.split(';').next().unwrap_or_default().to_owned()
    }

    /// A refusal with this status and code, whole and well-formed.
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) -> Problem {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.header(CONTENT_TYPE.as_str()), Some("application/problem+json"), "{}", self.text());
        let mut problem: Problem = serde_json::from_slice(&self.body).expect("a problem");
        // Each request has an id of its own; without it two problems can be compared.
        assert_eq!(problem.request_id.take().as_deref(), self.header("x-request-id"));
        assert_eq!((problem.code.as_str(), problem.status), (code, status), "{problem:?}");
        assert_eq!(problem.r#type, format!("urn:shanhai:problem:{code}"));
        assert!(!problem.title.is_empty() && !problem.detail.is_empty(), "{problem:?}");
        problem
    }

    /// The same, about this field.
    #[track_caller]
    pub fn refused_at(&self, status: u16, code: &str, field: &str) -> Problem {
        let problem = self.refused(status, code);
        assert_eq!(problem.field.as_deref(), Some(field), "{problem:?}");
        problem
    }
}

// ---- bodies -------------------------------------------------------------------------------------------------------

/// A basket with an ample budget: each inner list is one order of goods by name.
pub fn basket(orders: &[&[(&str, i64)]]) -> NewOrders {
    let order = |goods: &&[(&str, i64)]| NewOrder { id: new_order_id(), lines: new_lines(goods) };
    NewOrders {
        occasion: Occasion::NewYear,
        head_count: 100,
        per_head_budget_fen: 5_000_000,
        points: vec![NewPoint {
            address: "宁波市镇海区示例路1号".into(),
            contact: "王示例".into(),
            phone: "13800000001".into(),
            recipients: 100,
        }],
        exception_reason: None,
        orders: orders.iter().map(order).collect(),
        recipients: Vec::new(),
    }
}

/// A private buyer's basket, as [`basket`].
pub fn retail_basket(orders: &[&[(&str, i64)]]) -> NewRetailOrders {
    let NewOrders { orders, .. } = basket(orders);
    NewRetailOrders {
        district: "yinzhou".into(),
        payment_method: PaymentMethod::BankTransfer,
        delivery: Delivery {
            address: "宁波市鄞州区示例路9弄9号".into(),
            contact: "赵示例".into(),
            phone: "13800000009".into(),
        },
        orders,
    }
}

/// Money that came in today, by the bank.
pub fn payment() -> NewPayment {
    NewPayment {
        method: PaymentMethod::BankTransfer,
        received_on: server::clock::day(server::clock::now()).to_string(),
        reference: Some("HD-0001".into()),
    }
}

pub fn new_lines(goods: &[(&str, i64)]) -> Vec<NewLine> {
    goods
        .iter()
        .map(|(name, quantity)| NewLine { product_id: product(name).id, quantity: *quantity, by_point: Vec::new() })
        .collect()
}

pub fn new_order_id() -> OrderId {
    OrderId(server::id::new())
}

pub fn new_sale_id() -> SaleId {
    SaleId(server::id::new())
}

/// Everything that is still to go to the only point, under this waybill.
pub fn shipment(tracking_no: &str) -> ActionBody {
    ActionBody::Ship { carrier: "邮政快递".into(), tracking_no: tracking_no.into(), point: None, lines: Vec::new() }
}

/// An invoice that says what it must.
pub fn invoice(number: &str, due: &InvoiceDue) -> NewInvoice {
    NewInvoice {
        number: number.into(),
        title: due.title.clone(),
        buyer_uscc: due.buyer_uscc.clone(),
        issued_on: today(),
        lines: due.lines.clone(),
    }
}

/// Twenty digits that no other invoice has.
pub fn new_invoice_number() -> String {
    let random = server::id::new().as_u128() % 100_000_000_000_000_000_000;
    format!("{random:020}")
}

/// A transfer of today.
pub fn transfer(slip_no: &str, amount_fen: i64) -> NewTransfer {
    NewTransfer { slip_no: slip_no.into(), paid_on: today(), amount_fen }
}

/// So many pieces of a line at a point, sent back.
pub fn returned(point: i64, line: i64, quantity: i64, reason: &str) -> ActionBody {
    let id = ReturnId(server::id::new());
    ActionBody::Return { id, lines: vec![ReturnLine { point, line, quantity }], reason: reason.into() }
}

fn today() -> String {
    server::clock::day(server::clock::now()).to_string()
}

/// Lines of an acceptance: accepted and rejected pieces, a reason where some are rejected.
pub fn acceptance(counted: &[(i64, i64)]) -> Vec<AcceptanceLine> {
    let line = |(index, (accepted, rejected)): (usize, &(i64, i64))| AcceptanceLine {
        line: index as i64 + 1,
        accepted: *accepted,
        short: 0,
        rejected: *rejected,
        reason: (*rejected > 0).then(|| "外箱破损".into()),
    };
    counted.iter().enumerate().map(line).collect()
}

/// Where the order goes, without what the server added.
pub fn delivery(order: &Order) -> Delivery {
    let point = &order.points[0];
    Delivery { address: point.address.clone(), contact: point.contact.clone(), phone: point.phone.clone() }
}

/// Everything accepted.
pub fn whole(order: &Order) -> Vec<(i64, i64)> {
    order.lines.iter().map(|line| (line.quantity.get(), 0)).collect()
}

// ---- the catalogue as its file has it -----------------------------------------------------------------------------

/// A line of `data/products.csv`, read without the server's help.
#[derive(Debug, serde::Deserialize)]
pub struct CatalogueRow {
    pub id: ProductId,
    /// `qingyuan-merchant`
    pub merchant: String,
    pub brand: String,
    pub county: String,
    pub category: String,
    pub name: String,
    pub price_yuan: String,
    /// `10:84.00;50:81.00`
    pub breaks: String,
    pub minimum_order: i64,
    pub available: i64,
}

impl CatalogueRow {
    /// What one piece costs when this many are bought, in fen.
    pub fn price_fen(&self, quantity: i64) -> i64 {
        let steps = self.breaks.split(';').filter_map(|step| step.split_once(':'));
        let mut reached = steps.filter(|(from, _)| from.parse::<i64>().expect("a quantity") <= quantity);
        let yuan = reached.next_back().map_or(self.price_yuan.as_str(), |(_, yuan)| yuan);
        yuan.replace('.', "").parse().expect("yuan with two decimals")
    }
}

pub static CATALOGUE: LazyLock<Vec<CatalogueRow>> = LazyLock::new(|| {
    let mut file = csv::Reader::from_path(data_folder().join("products.csv")).expect("the catalogue");
    file.deserialize().collect::<Result<_, _>>().expect("lines of the catalogue")
});

/// A product of the file by its name.
pub fn product(name: &str) -> &'static CatalogueRow {
    CATALOGUE.iter().find(|row| row.name == name).unwrap_or_else(|| panic!("no {name} in products.csv"))
}

/// The login of the merchant that an order is for.
fn merchant_of(order: &Order) -> String {
    let first = order.lines.first().expect("an order has lines");
    product(&first.name).merchant.replace('-', ".")
}
