//! Where the fifteen counties and the twelve districts lie, as tiles.
//!
//! How they were laid: by the coordinates of each seat of government, columns from west to east and rows from north to south,
//! then moved by one tile at most so that none lies on another and every tile touches a true neighbour. 开化 is the north-west of
//! Quzhou, 庆元 the south of Lishui; 前湾新区 lies on Hangzhou Bay, 北仑 at the sea, 宁海 and 象山 in the south.

/// A tile: the region's id, its row and its column, both counted from 1.
pub type Tile = (&'static str, u8, u8);

pub const COUNTIES: [Tile; 15] = [
    ("kaihua", 1, 1),
    ("changshan", 2, 1),
    ("kecheng", 2, 2),
    ("qujiang", 2, 3),
    ("longyou", 2, 4),
    ("jiangshan", 3, 1),
    ("suichang", 3, 2),
    ("songyang", 3, 3),
    ("liandu", 3, 4),
    ("jinyun", 3, 5),
    ("longquan", 4, 2),
    ("yunhe", 4, 3),
    ("jingning", 4, 4),
    ("qingtian", 4, 5),
    ("qingyuan", 5, 2),
];

pub const DISTRICTS: [Tile; 12] = [
    ("qianwan", 1, 1),
    ("cixi", 1, 2),
    ("yuyao", 2, 1),
    ("jiangbei", 2, 2),
    ("zhenhai", 2, 3),
    ("beilun", 2, 4),
    ("haishu", 3, 1),
    ("gaoxin", 3, 2),
    ("yinzhou", 3, 3),
    ("fenghua", 4, 2),
    ("ninghai", 5, 2),
    ("xiangshan", 5, 3),
];

/// Row and column of a region; none for one that has no place, such as a zone of a mountain city.
pub fn place(id: &str) -> Option<(u8, u8)> {
    let of = |tiles: &[Tile]| tiles.iter().find(|tile| tile.0 == id).map(|tile| (tile.1, tile.2));
    of(&COUNTIES).or_else(|| of(&DISTRICTS))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_tile_lies_on_another() {
        for tiles in [&COUNTIES[..], &DISTRICTS[..]] {
            let places: BTreeSet<(u8, u8)> = tiles.iter().map(|tile| (tile.1, tile.2)).collect();
            assert_eq!(places.len(), tiles.len());
            let touches = |a: &Tile, b: &Tile| a.1.abs_diff(b.1).max(a.2.abs_diff(b.2)) == 1;
            assert!(tiles.iter().all(|tile| tiles.iter().any(|other| touches(tile, other))), "an island");
        }
    }
}
