//! Rosters stay with their union, and what is personal is not kept for ever.

use diesel::prelude::*;
use domain::id::{OrderId, RosterId};
use domain::order_life::State;
use domain::wire::{ListPreview, ListRow, NewRoster, Order, Recipients, Roster, RosterSummary, Rosters};
use reqwest::Method;
use server::clock;
use server::store::retention::{Purged, purge};

use crate::delivery_lists::listed;
use crate::site::{Answer, Person, Site, new_sale_id};

const DAY: i64 = 24 * 60 * 60 * 1000;

pub fn new_roster() -> NewRoster {
    let row = |name: &str, phone: &str, address: &str| ListRow {
        name: name.into(),
        department: "办公室".into(),
        phone: phone.into(),
        address: address.into(),
        ..ListRow::default()
    };
    let rows = vec![row("张三", "13800000001", "宁波市镇海区示例路1号"), row("李四", "", "")];
    NewRoster { id: RosterId(new_sale_id().0), as_of: "2026-10-01".into(), rows }
}

impl Person {
    pub async fn keep_roster(&self, roster: &NewRoster) -> Answer {
        Answer::to(self.request(Method::POST, "/rosters").json(roster)).await
    }

    pub async fn kept_roster(&self) -> RosterId {
        self.keep_roster(&new_roster()).await.json::<RosterSummary>().id
    }
}

#[tokio::test]
async fn a_roster_is_read_from_a_file_and_kept_for_its_union() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let file = "单位,姓名,联系电话\n办公室,张三,１３８００００００８８\n办公室,李四,\n".as_bytes();
    let list: ListPreview = officer.preview("?purpose=roster", file).await.json();
    assert_eq!(list.errors, []);
    let roster = NewRoster { rows: list.rows, ..new_roster() };
    let kept: RosterSummary = officer.keep_roster(&roster).await.json();
    assert_eq!((kept.people, &*kept.as_of), (2, "2026-10-01"));
    assert_eq!(officer.keep_roster(&roster).await.json::<RosterSummary>(), kept, "sending it twice is once");
    let path = format!("/rosters/{}", kept.id);
    let chair: Roster = site.sign_in("zhenhai.chair").await.get(&path).await.json();
    let told: Vec<_> = chair.members.iter().map(|it| (&*it.name, it.phone.as_deref())).collect();
    assert_eq!(told, [("张三", Some("138****0088")), ("李四", None)]);
    assert_eq!(officer.get("/rosters").await.json::<Rosters>().items, [kept]);
    let other = site.sign_in("yinzhou.officer").await;
    other.get(&path).await.refused(404, "not_found");
    assert!(other.get("/rosters").await.json::<Rosters>().items.is_empty());
    other.keep_roster(&roster).await.refused_at(409, "id_taken", "id");
    for login in ["ningbo.city", "zhenhai.district", "qingyuan.merchant"] {
        site.sign_in(login).await.get(&path).await.refused(403, "not_allowed");
    }
}

#[tokio::test]
async fn a_roster_with_a_wrong_cell_is_refused_whole() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let mut roster = new_roster();
    roster.rows[0].phone = "1380000".into();
    officer.keep_roster(&roster).await.refused_at(422, "bad_field", "rows[0].phone");
    roster.rows.clear();
    officer.keep_roster(&roster).await.refused_at(422, "no_rows", "rows");
    assert!(officer.get("/rosters").await.json::<Rosters>().items.is_empty());
}

/// An order with a list of three, taken as far as `state`.
async fn order_in(site: &Site, state: State) -> OrderId {
    let officer = site.sign_in("zhenhai.officer").await;
    let placed = officer.place(&listed()).await.orders();
    let order = officer.order(placed[0].id).await;
    site.carry(order, state, "zhenhai").await.summary.id
}

#[tokio::test]
async fn phones_go_when_the_rule_says_so_and_names_stay() {
    let site = Site::open().await;
    let officer = site.sign_in("zhenhai.officer").await;
    let (accepted, shipped) = (order_in(&site, State::Accepted).await, order_in(&site, State::Shipped).await);
    let roster = officer.kept_roster().await;
    let bought = site.retail_order_in(State::Accepted, &[("庆元香菇", 2)]).await.summary.id;
    let mut db = site.home().connect();
    let mut purge_at = |days_later: i64| {
        let now = clock::now() + days_later * DAY;
        db.transaction(|db| Ok::<_, diesel::result::Error>(purge(db, 90, now).expect("the database answers")))
            .expect("committed")
    };
    assert_eq!(purge_at(89), Purged::default());
    assert_eq!(purge_at(91), Purged { recipients: 3, points: 3, members: 1 });
    assert_eq!(purge_at(91), Purged::default(), "again it changes nothing");
    drop(db);
    let phones = async |order: OrderId| {
        let list: Recipients = officer.get(&format!("/orders/{order}/recipients")).await.json();
        list.items.into_iter().map(|it| (it.name, it.phone.is_some())).collect::<Vec<_>>()
    };
    let named = |known: bool| ["张三", "李四", "王五"].map(|name| (name.to_owned(), known));
    assert_eq!(phones(accepted).await, named(false));
    assert_eq!(phones(shipped).await, named(true), "what has not been accepted still needs its phones");
    let place = |order: Order| (!order.points[0].address.is_empty(), !order.points[0].phone.is_empty());
    assert_eq!(place(officer.order(accepted).await), (true, false), "the papers of a union name where its goods went");
    assert_eq!(place(officer.order(shipped).await), (true, true));
    assert_eq!(place(site.sign_in("buyer").await.order(bought).await), (false, false), "where a person lives goes");
    let roster: Roster = officer.get(&format!("/rosters/{roster}")).await.json();
    assert_eq!(
        (&*roster.members[0].name, &roster.members[0].phone, &roster.members[0].address),
        ("张三", &None, &None)
    );
}
