use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::id::OrganisationId;
use crate::product::{PriceBreak, SeasonMonths};
use crate::region::Prefecture;

fn id(number: u128) -> ProductId {
    ProductId(Uuid::from_u128(number))
}

fn ladder(fen: i64) -> PriceLadder {
    steps(&[(1, fen)])
}

fn steps(steps: &[(i64, i64)]) -> PriceLadder {
    let step = |(from, fen): &(i64, i64)| PriceBreak {
        from_quantity: Quantity::new(*from).expect("a quantity"),
        unit_price_fen: Money::from_fen(*fen),
    };
    PriceLadder::new(steps.iter().map(step).collect()).expect("a ladder")
}

fn candidate(number: u128, category: Category, behind_bp: i64, fen: i64) -> Candidate {
    Candidate {
        product: id(number),
        category,
        behind_bp,
        ladder: ladder(fen),
        minimum_order: Quantity::ONE,
        available: Quantity::new(1_000).expect("a quantity"),
    }
}

/// What makes a bundle better, in the order of the law; none when it is not allowed.
fn rank(candidates: &[Candidate], quantities: &[i64], heads: i64, budget: i64) -> Option<(i64, i64, i64)> {
    let (mut worth, mut cost, mut goods) = (0, 0, 0);
    let mut categories = Vec::new();
    for (candidate, quantity) in candidates.iter().zip(quantities).filter(|(_, quantity)| **quantity > 0) {
        let whole = Quantity::new(quantity * heads).ok()?;
        if whole < candidate.minimum_order || whole > candidate.available || categories.contains(&candidate.category) {
            return None;
        }
        categories.push(candidate.category);
        let fen = candidate.ladder.unit_price(whole).fen() * quantity;
        (worth, cost, goods) = (worth + fen * candidate.behind_bp, cost + fen, goods + 1);
    }
    let allowed = PROPOSED_GOODS.contains(&(goods as usize)) && cost <= budget && cost * 100 >= budget * 97;
    allowed.then_some((worth, cost, -goods))
}

/// The best rank by trying every bundle there is.
fn by_trying_all(candidates: &[Candidate], heads: i64, budget: i64) -> Option<(i64, i64, i64)> {
    let ways = (MOST_OF_ONE as u64 + 1).pow(candidates.len() as u32);
    let quantities = |way: u64| {
        let digit = |place: usize| (way / (MOST_OF_ONE as u64 + 1).pow(place as u32) % (MOST_OF_ONE as u64 + 1)) as i64;
        (0..candidates.len()).map(digit).collect::<Vec<_>>()
    };
    (0..ways).filter_map(|way| rank(candidates, &quantities(way), heads, budget)).max()
}

fn rank_of(proposal: &Proposal, candidates: &[Candidate], heads: i64, budget: i64) -> Option<(i64, i64, i64)> {
    let quantity = |candidate: &Candidate| {
        let goods = proposal.goods.iter().find(|goods| goods.product == candidate.product);
        goods.map_or(0, |goods| goods.quantity)
    };
    rank(candidates, &candidates.iter().map(quantity).collect::<Vec<_>>(), heads, budget)
}

fn any_candidate() -> impl Strategy<Value = (usize, i64, i64, i64, i64, i64)> {
    (0..5_usize, 0..4_i64, 1..60_i64, 1..40_i64, 1..60_i64, 0..30_i64)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Against every bundle there is: the first proposal is the best of all, each next the best without the goods before.
    #[test]
    fn proposals_are_the_best_there_are(
        raw in prop::collection::vec(any_candidate(), 0..6),
        heads in 1..12_i64,
        budget in 20..180_i64,
    ) {
        let make = |(number, (category, behind, fen, minimum, available, dearer)): (usize, &(usize, i64, i64, i64, i64, i64))| {
            Candidate {
                product: id(number as u128 + 1),
                category: Category::ALL[*category],
                behind_bp: behind * 2_500,
                ladder: if *dearer == 0 { ladder(*fen) } else { steps(&[(1, fen + dearer), (12, *fen)]) },
                minimum_order: Quantity::new(*minimum).expect("a quantity"),
                available: Quantity::new(*available).expect("a quantity"),
            }
        };
        let mut left: Vec<Candidate> = raw.iter().enumerate().map(make).collect();
        let proposals = propose(&left, heads, Money::from_fen(budget), 3);
        for number in 0..3 {
            let best = by_trying_all(&left, heads, budget);
            let found = proposals.get(number);
            prop_assert_eq!(found.and_then(|proposal| rank_of(proposal, &left, heads, budget)), best);
            let Some(proposal) = found else { break };
            left.retain(|candidate| proposal.goods.iter().all(|goods| goods.product != candidate.product));
        }
    }
}

#[test]
fn counties_furthest_behind_come_first_and_then_the_budget() {
    let goods = [
        candidate(1, Category::Tea, 0, 10_000),
        candidate(2, Category::Honey, 0, 10_000),
        candidate(3, Category::Mushroom, 5_000, 9_800),
        candidate(4, Category::Fruit, 9_000, 10_000),
        candidate(5, Category::Pastry, 9_000, 9_500),
        candidate(6, Category::Condiment, 0, 10_000),
    ];
    let proposals = propose(&goods, 10, Money::from_yuan(300), 3);
    let products = |proposal: &Proposal| proposal.goods.iter().map(|goods| goods.product).collect::<Vec<_>>();
    assert_eq!(
        proposals.iter().map(products).collect::<Vec<_>>(),
        [vec![id(4), id(3), id(5)], vec![id(2), id(1), id(6)]]
    );
    assert_eq!(proposals[0].per_head, Money::from_fen(29_300), "all of the budget would help less");
}

#[test]
fn prices_and_bounds_are_those_of_everybodys_quantity() {
    let mut bulk = candidate(1, Category::Tea, 0, 1);
    bulk.ladder = steps(&[(1, 6_000), (100, 5_000)]);
    let mut rare = candidate(2, Category::Honey, 0, 5_000);
    rare.available = Quantity::new(100).expect("a quantity");
    let goods = [bulk, rare, candidate(3, Category::Fruit, 0, 5_000)];
    // A hundred people reach the better price, and a hundred jars are just there.
    let proposals = propose(&goods, 100, Money::from_yuan(150), 3);
    assert_eq!(proposals.len(), 1);
    assert_eq!(proposals[0].goods.iter().map(|goods| goods.unit_price.fen()).collect::<Vec<_>>(), [5_000; 3]);
    assert_eq!(propose(&goods, 99, Money::from_yuan(150), 3), [], "one fewer, and the price is another");
    assert_eq!(propose(&goods, 101, Money::from_yuan(150), 3), [], "one more, and there are too few jars");
}

#[test]
fn without_goods_that_fit_nothing_is_proposed() {
    assert_eq!(propose(&[], 10, Money::from_yuan(300), 3), []);
    let only = [candidate(1, Category::Tea, 1, 30_000)];
    assert_eq!(propose(&only, 10, Money::from_yuan(300), 3), [], "one product is no bundle");
    assert_eq!(propose(&only, 1_000_000, Money::from_yuan(300), 3), [], "more than can be ordered");
}

#[test]
fn ten_thousand_goods_are_bounded_and_those_furthest_behind_are_kept() {
    let goods: Vec<Candidate> = (0..10_000_u128)
        .map(|number| {
            let category = Category::ALL[number as usize % Category::ALL.len()];
            candidate(number, category, (number % 9_973) as i64, 3_001 + (number as i64 * 37) % 7_919)
        })
        .collect();
    let per_head = Money::from_yuan(300);
    let left: Vec<&Candidate> = goods.iter().collect();
    let mut groups = choices(&left, 100, per_head);
    bound(&mut groups, &left, 30_001);
    let kept: usize = groups.iter().map(Vec::len).sum();
    assert!(kept * PROPOSED_GOODS.end() * 30_001 <= MOST_STEPS, "{kept}");
    for group in &groups {
        let least = group.iter().map(|choice| left[choice.candidate].behind_bp).min().expect("a choice");
        assert!(least > 9_000, "{least}");
    }
}

#[test]
fn bundles_are_proposed_up_to_a_standard() {
    assert_eq!(check_wanted(100, MOST_PER_HEAD), Ok(()));
    for (heads, per_head) in [(0, Money::from_yuan(300)), (1, Money::from_yuan(2_001)), (1, Money::ZERO)] {
        assert!(check_wanted(heads, per_head).is_err(), "{heads} {per_head:?}");
    }
}

// ---- what bundles come to -----------------------------------------------------------------------------------------

fn goods(number: u128, merchant: u128, county: &str, ladder: PriceLadder) -> wire::BundleGoods {
    wire::BundleGoods {
        card: wire::ProductCard {
            id: id(number),
            name: "香菇".to_owned(),
            spec: "500g".to_owned(),
            unit: "盒".to_owned(),
            brand: None,
            county: county.to_owned(),
            county_short: county.to_owned(),
            prefecture: Prefecture::Lishui,
            category: Category::Mushroom,
            photo: None,
            certification_kind: None,
            ladder,
            minimum_order: Quantity::new(10).expect("a quantity"),
            available: Quantity::new(60).expect("a quantity"),
            season_months: SeasonMonths::from_bits(0x0FFF),
            cold_chain: false,
            union_gift_ok: true,
            merchant: wire::Named { id: OrganisationId(Uuid::from_u128(merchant)), name: "商户".to_owned() },
        },
        on_sale: true,
        fits: true,
    }
}

fn bundle(head_count: i64, lines: &[(u128, i64)]) -> wire::Bundle {
    let line = |(number, quantity): &(u128, i64)| wire::BundleLine { product_id: id(*number), quantity: *quantity };
    wire::Bundle { name: "一".to_owned(), head_count, lines: lines.iter().map(line).collect() }
}

#[test]
fn what_two_bundles_share_is_bought_together_at_the_price_of_both() {
    let known = [
        goods(1, 7, "庆元", steps(&[(1, 1_000), (50, 900)])),
        goods(2, 8, "常山", ladder(2_000)),
        goods(3, 8, "常山", ladder(333)),
    ];
    let bundles = [bundle(30, &[(1, 1), (2, 1)]), bundle(20, &[(1, 1), (3, 2)])];
    let totals = totals(&bundles, &known);
    assert_eq!(totals.per_head, [Money::from_fen(2_900), Money::from_fen(1_566)]);
    assert_eq!(totals.total, Money::from_fen(50 * 900 + 30 * 2_000 + 40 * 333));
    assert_eq!((totals.head_count, totals.orders), (50, 2));
    let counties = [("常山".to_owned(), Money::from_fen(73_320)), ("庆元".to_owned(), Money::from_fen(45_000))];
    assert_eq!(totals.counties, counties);
    assert!(totals.lines.iter().all(|line| line.problems.is_empty()));
}

#[test]
fn what_nobody_has_chosen_yet_is_priced_as_if_everybody_did() {
    let known = [goods(1, 7, "庆元", ladder(2_000)), goods(2, 8, "常山", steps(&[(1, 1_000), (50, 900)]))];
    let totals = totals(&[bundle(50, &[(1, 1)]), bundle(0, &[(2, 1)])], &known);
    assert_eq!(totals.per_head, [Money::from_fen(2_000), Money::from_fen(900)]);
    assert_eq!((totals.total, totals.orders), (Money::from_fen(100_000), 1), "and costs nothing");
}

#[test]
fn what_speaks_against_goods_is_said_of_them() {
    let mut late = goods(2, 7, "庆元", ladder(1_000));
    (late.fits, late.on_sale, late.card.union_gift_ok) = (false, false, false);
    let known = [goods(1, 7, "庆元", ladder(1_000)), late];
    let problems = |heads: i64| {
        let totals = totals(&[bundle(heads, &[(1, 1), (2, 1)])], &known);
        totals.lines.into_iter().map(|line| line.problems).collect::<Vec<_>>()
    };
    let least = problems(9);
    assert!(matches!(least[0][..], [Problem::BelowMinimum(_)]), "{least:?}");
    assert!(matches!(
        least[1][..],
        [Problem::NotOnSale, Problem::BelowMinimum(_), Problem::DoesNotFit, Problem::UnusualGift]
    ));
    assert_eq!(problems(61)[0], [Problem::NotEnough(Quantity::new(60).expect("a quantity"))]);
    // Nobody has chosen yet: there is nothing to order, and so nothing too little.
    assert_eq!(problems(0)[0], []);
}

#[test]
fn bundles_that_are_kept_are_few_and_have_names() {
    let body =
        |bundles: Vec<wire::Bundle>| wire::NewBundlePlan { revision: 0, per_head_fen: Money::from_yuan(300), bundles };
    let fields = |body: &wire::NewBundlePlan| {
        let refusals = check_plan(body).err().unwrap_or_default();
        refusals.into_iter().filter_map(|refusal| refusal.field).collect::<Vec<_>>()
    };
    let good = bundle(3, &[(1, 1)]);
    assert_eq!(fields(&body(vec![good.clone(); 3])), [""; 0]);
    assert_eq!(fields(&body(vec![good.clone(); 4])), ["bundles"]);
    let mut bad = bundle(-1, &[(1, 0), (1, 1)]);
    bad.name = " ".to_owned();
    assert_eq!(
        fields(&body(vec![good, bad])),
        ["bundles[1].name", "bundles[1].head_count", "bundles[1].lines[0].quantity", "bundles[1].lines[1].product_id"]
    );
}
