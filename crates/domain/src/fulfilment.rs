//! From the merchant's word to the last counted box: what is confirmed, shipped, counted in and returned, point by point.

use crate::Quantity;

/// Letters and digits that are not taken for one another on paper: no 0 and O, no 1, I and L, no U beside V, no 8 beside B.
const CODE_LETTERS: &[u8; 29] = b"2345679ABCDEFGHJKMNPQRSTVWXYZ";
const CODE_LENGTH: usize = 10;

/// The code that opens the acceptance of a point, from 64 random bits: 48 of them are in it. Who holds it must still sign in,
/// so it is kept as short as can be typed.
pub fn point_code(mut random: u64) -> String {
    let letters = CODE_LETTERS.len() as u64;
    let mut letter = || {
        let letter = CODE_LETTERS[(random % letters) as usize];
        random /= letters;
        char::from(letter)
    };
    (0..CODE_LENGTH).map(|_| letter()).collect()
}

/// Reads a code as typed: in any case, with the spaces and hyphens people put in.
pub fn parse_point_code(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_uppercase()).collect()
}

/// Divides `total` in the proportion of `parts`, whole pieces, with nothing left: what is left over by rounding down goes to
/// those who lost most by it, the first of equals first (the method of largest remainders). Where all parts are zero, the
/// first has everything.
pub fn spread(total: Quantity, parts: &[Quantity]) -> Vec<Quantity> {
    let sum: i64 = parts.iter().map(|part| part.get()).sum();
    if sum == 0 {
        return (0..parts.len()).map(|index| if index == 0 { total } else { Quantity::ZERO }).collect();
    }
    // A million times a million is far below what 64 bits hold.
    let shares: Vec<i64> = parts.iter().map(|part| total.get() * part.get()).collect();
    let mut left = total.get() - shares.iter().map(|share| share / sum).sum::<i64>();
    let mut by_loss: Vec<usize> = (0..parts.len()).collect();
    by_loss.sort_by_key(|index| std::cmp::Reverse(shares[*index] % sum));
    let mut pieces: Vec<i64> = shares.iter().map(|share| share / sum).collect();
    for index in by_loss {
        if left == 0 {
            break;
        }
        pieces[index] += 1;
        left -= 1;
    }
    pieces.into_iter().map(|count| Quantity::new(count).expect("a part of a quantity is one")).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pieces(counts: &[i64]) -> Vec<Quantity> {
        counts.iter().map(|count| Quantity::new(*count).expect("small")).collect()
    }

    proptest! {
        #[test]
        fn what_is_divided_is_all_given_out_and_nobody_gets_more_than_their_share(
            total in 0..2_000_i64, parts in prop::collection::vec(0..1_000_i64, 1..20),
        ) {
            let sum: i64 = parts.iter().sum();
            let given = spread(Quantity::new(total).expect("small"), &pieces(&parts));
            prop_assert_eq!(given.iter().map(|part| part.get()).sum::<i64>(), total);
            for (part, given) in parts.iter().zip(&given) {
                prop_assert!(sum == 0 || (given.get() * sum - total * part).abs() < sum);
                prop_assert!(total > sum || sum == 0 || given.get() <= *part, "a part grows when there is less");
            }
        }
    }

    #[test]
    fn what_is_short_is_short_everywhere() {
        assert_eq!(spread(Quantity::new(119).expect("small"), &pieces(&[60, 40, 20])), pieces(&[59, 40, 20]));
        assert_eq!(spread(Quantity::ONE, &pieces(&[0, 5, 5])), pieces(&[0, 1, 0]));
        assert_eq!(spread(Quantity::ONE, &pieces(&[0, 0])), pieces(&[1, 0]));
    }

    #[test]
    fn codes_are_short_and_read_back() {
        let code = point_code(0x1234_5678_9abc_def0);
        assert_eq!((code.len(), point_code(0).as_str()), (CODE_LENGTH, "2222222222"));
        assert_ne!(code, point_code(0x1234_5678_9abc_def1));
        assert_eq!(parse_point_code(&format!(" {}-{} ", &code[..5].to_lowercase(), &code[5..])), code);
    }
}
