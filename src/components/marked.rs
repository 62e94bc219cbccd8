//! A name with the stretches marked that were searched for.

use domain::wire::Mark;

use super::markup::{Escaped, put};

/// As markup. `marks` are stretches in characters, one after the other, as the server counts them.
#[inline(never)]
pub fn marked(name: &str, marks: &[Mark]) -> String {
    let mut markup = String::with_capacity(name.len() + marks.len() * 16);
    for (text, is_marked) in stretches(name, marks) {
        let (before, after) = if is_marked { ("<mark>", "</mark>") } else { ("", "") };
        put(&mut markup, format_args!("{before}{}{after}", Escaped(text)));
    }
    markup
}

/// The name in pieces, and whether each is marked. Marks that lie outside of it or in each other are left out.
fn stretches<'a>(name: &'a str, marks: &[Mark]) -> Vec<(&'a str, bool)> {
    let byte = |place: u32| name.char_indices().nth(place as usize).map_or(name.len(), |(at, _)| at);
    let mut pieces = Vec::new();
    let mut at = 0;
    for [from, to] in marks {
        let (from, to) = (byte(*from), byte(*to));
        if from >= at && from < to {
            pieces.extend([(&name[at..from], false), (&name[from..to], true)]);
            at = to;
        }
    }
    pieces.push((&name[at..], false));
    pieces.retain(|(text, _)| !text.is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_counted_in_characters() {
        assert_eq!(stretches("庆元香菇", &[[0, 1], [2, 4]]), [("庆", true), ("元", false), ("香菇", true)]);
        assert_eq!(stretches("庆元香菇", &[]), [("庆元香菇", false)]);
        assert_eq!(stretches("", &[[0, 2]]), []);
    }

    #[test]
    fn marks_that_do_not_fit_are_left_out() {
        assert_eq!(stretches("香菇", &[[1, 9], [0, 1], [5, 6]]), [("香", false), ("菇", true)]);
    }
}
