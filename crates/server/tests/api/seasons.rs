//! What can be on the table at a festival.

use std::collections::BTreeSet;

use domain::festival::Festival;
use domain::product::Category;
use domain::wire::{FestivalGoods, Festivals, ProductCard, Seasons};

use crate::site::{Person, Site, product};

const DRAGON_BOAT: &str = "/seasons/dragon_boat?year=2027";

async fn all_goods(visitor: &Person, path: &str) -> Vec<ProductCard> {
    visitor.all(path, |page: FestivalGoods| (page.items, page.next)).await
}

#[tokio::test]
async fn festivals_are_told_with_their_last_days_to_order() {
    let site = Site::open().await;
    let festivals: Festivals = site.visitor().get("/festivals").await.json();
    assert_eq!(festivals.items.len(), 3 * Festival::ALL.len());
    assert!(festivals.items.is_sorted_by_key(|festival| festival.day.clone()));
    let dragon_boat = festivals.items.iter().find(|it| it.day == "2027-06-09").expect("the fifth of the fifth month");
    assert_eq!(dragon_boat.festival, Festival::DragonBoat);
    let (usual, cold) = (dragon_boat.usual.clone().expect("a rule"), dragon_boat.cold_chain.clone().expect("a rule"));
    assert_eq!((&*usual.last_day_to_order, &*usual.first_delivery), ("2027-05-28", "2027-06-02"));
    assert_eq!((&*cold.last_day_to_order, &*cold.first_delivery), ("2027-06-03", "2027-06-06"));
}

#[tokio::test]
async fn on_the_table_is_what_is_in_season_and_keeps() {
    let site = Site::open().await;
    let visitor = site.visitor();
    let goods: FestivalGoods = visitor.get(&format!("{DRAGON_BOAT}&limit=100")).await.json();
    let all = all_goods(&visitor, &format!("{DRAGON_BOAT}&limit=100")).await;
    assert_eq!(all.len() as i64, goods.total);
    let there = |name: &str| all.iter().any(|card| card.name == name);
    assert!(there("莲都枇杷"), "loquats ripen in May and June and keep for the three days of delivery");
    assert!(there("龙泉青瓷茶杯"), "a cup does not spoil");
    assert!(!there("庆元甜橘柚"), "a fruit of winter");
    site.home()
        .run(&format!("update products set shelf_life_days = 2 where product_id = '{}'", product("莲都枇杷").id));
    let fewer: FestivalGoods = visitor.get(DRAGON_BOAT).await.json();
    assert_eq!(fewer.total, goods.total - 1, "what keeps for two days is bad by then");
}

#[tokio::test]
async fn what_must_be_ordered_soonest_comes_first_and_nothing_twice() {
    let site = Site::open().await;
    let visitor = site.visitor();
    let all = all_goods(&visitor, &format!("{DRAGON_BOAT}&limit=7")).await;
    let shelf = |card: &ProductCard| (card.cold_chain, card.season_months.is_all_year());
    assert!(all.is_sorted_by_key(shelf), "outside the cold chain first, and there what has a season");
    let ids: BTreeSet<_> = all.iter().map(|card| card.id).collect();
    assert_eq!(ids.len(), all.len());
    let at_once: FestivalGoods = visitor.get(&format!("{DRAGON_BOAT}&limit=100")).await.json();
    assert_eq!(at_once.items[..], all[..at_once.items.len()]);
}

#[tokio::test]
async fn the_overview_counts_what_the_lists_hold() {
    let site = Site::open().await;
    let visitor = site.visitor();
    let seasons: Seasons = visitor.get("/seasons?year=2027").await.json();
    assert_eq!((seasons.year, seasons.years.clone(), seasons.festivals.len()), (2027, vec![2026, 2027, 2028], 7));
    assert_eq!(seasons.rows.len(), Category::ALL.len(), "every category has goods");
    for (place, day) in seasons.festivals.iter().enumerate() {
        let goods = all_goods(&visitor, &format!("/seasons/{}?year=2027&limit=100", day.festival.code())).await;
        for row in &seasons.rows {
            let listed = goods.iter().filter(|card| card.category == row.category).count();
            assert_eq!(row.goods[place], listed as i64, "{} at {}", row.category.code(), day.festival.code());
        }
    }
}

#[tokio::test]
async fn without_a_year_the_next_one_is_meant() {
    let site = Site::open().await;
    let goods: FestivalGoods = site.visitor().get("/seasons/dragon_boat").await.json();
    assert!(goods.festival.days_left >= 0, "{:?}", goods.festival);
}

#[tokio::test]
async fn what_nobody_knows_is_refused_in_words() {
    let site = Site::open().await;
    let visitor = site.visitor();
    visitor.get("/seasons?year=2099").await.refused_at(422, "bad_field", "year");
    visitor.get("/seasons/dragon_boat?year=2099").await.refused_at(422, "bad_field", "year");
    visitor.get("/seasons/easter?year=2027").await.refused(404, "not_found");
    for after in ["x", "9~x", "99999999999999999999~x", "~", "0~%00"] {
        let answer = visitor.get(&format!("{DRAGON_BOAT}&after={after}")).await;
        assert!([200, 422].contains(&answer.status), "{after}: {}", answer.text());
    }
    visitor.get(&format!("{DRAGON_BOAT}&after=x")).await.refused_at(422, "bad_field", "after");
}
