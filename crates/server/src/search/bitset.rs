//! A set of positions, one bit each.

/// Sets are only combined with sets over the same things, so their lengths are equal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Bitset(Vec<u64>);

const BITS: usize = u64::BITS as usize;

impl Bitset {
    pub fn none(len: usize) -> Bitset {
        Bitset(vec![0; len.div_ceil(BITS)])
    }

    pub fn all(len: usize) -> Bitset {
        let mut all = Bitset(vec![u64::MAX; len.div_ceil(BITS)]);
        if let Some(last) = all.0.last_mut().filter(|_| !len.is_multiple_of(BITS)) {
            *last >>= BITS - len % BITS;
        }
        all
    }

    pub fn insert(&mut self, at: usize) {
        self.0[at / BITS] |= 1 << (at % BITS);
    }

    pub fn remove(&mut self, at: usize) {
        self.0[at / BITS] &= !(1 << (at % BITS));
    }

    pub fn contains(&self, at: usize) -> bool {
        self.0[at / BITS] & 1 << (at % BITS) != 0
    }

    /// Keeps what is in `other` too.
    pub fn keep(&mut self, other: &Bitset) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word &= other);
    }

    /// Adds what is in `other`.
    pub fn add(&mut self, other: &Bitset) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word |= other);
    }

    pub fn count(&self) -> i64 {
        self.count_common(self)
    }

    /// How many are in both.
    pub fn count_common(&self, other: &Bitset) -> i64 {
        let common = self.0.iter().zip(&other.0).map(|(a, b)| (a & b).count_ones());
        i64::from(common.sum::<u32>())
    }

    /// What is in both, from a position on, in rising order.
    pub fn common_from<'a>(&'a self, other: &'a Bitset, from: usize) -> impl Iterator<Item = usize> + 'a {
        let first = from / BITS;
        let words = self.0.iter().zip(&other.0).enumerate().skip(first);
        words.flat_map(move |(index, (a, b))| {
            let wanted = if index == first { u64::MAX << (from % BITS) } else { u64::MAX };
            ones(a & b & wanted).map(move |bit| index * BITS + bit)
        })
    }
}

/// The set bits of a word, lowest first.
fn ones(word: u64) -> impl Iterator<Item = usize> {
    let rest = |word: u64| (word != 0).then_some(word);
    std::iter::successors(rest(word), move |word| rest(word & (word - 1))).map(|word| word.trailing_zeros() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn multiples_of(step: usize, len: usize) -> Bitset {
        let mut set = Bitset::none(len);
        (0..len).step_by(step).for_each(|at| set.insert(at));
        set
    }

    #[test]
    fn all_holds_every_position_and_none_beyond() {
        for len in [0, 1, 63, 64, 65, 127, 128, 130] {
            let all = Bitset::all(len);
            assert_eq!(all.count(), len as i64);
            assert!(all.common_from(&all, 0).eq(0..len), "{len}");
            assert_eq!(all, multiples_of(1, len));
        }
    }

    #[test]
    fn what_two_sets_share_is_counted_and_visited_in_order() {
        let (twos, threes) = (multiples_of(2, 200), multiples_of(3, 200));
        for from in [0, 1, 6, 63, 64, 66, 191, 192, 199, 200, 1000] {
            let expected = (from..200).filter(|at| at % 6 == 0);
            assert!(twos.common_from(&threes, from).eq(expected), "from {from}");
        }
        assert_eq!(twos.count_common(&threes), 34);
        let (mut both, mut either) = (twos.clone(), twos.clone());
        both.keep(&threes);
        either.add(&threes);
        assert_eq!((both.count(), either.count()), (34, 100 + 67 - 34));
        both.remove(6);
        assert_eq!(both.count(), 33);
        assert!(both.contains(12) && !both.contains(6) && !both.contains(64));
    }
}
