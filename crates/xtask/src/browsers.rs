//! The oldest browsers the market is made for: those that know cascade layers (2022). Newer CSS and JavaScript is lowered to what
//! they know, and what cannot be lowered is found here.

use anyhow::{Result, ensure};

/// For Lightning CSS.
pub const FOR_CSS: &str = "chrome >= 100, safari >= 15.4, firefox >= 100";

/// The same for esbuild, which stops at what it cannot lower.
pub const FOR_SCRIPTS: &str = "--target=chrome100,safari15.4,firefox100";

/// What Lightning CSS leaves as it stands, and since when all three know it. Decoration that older ones may skip is not here.
const TOO_NEW: [(&str, &str); 13] = [
    (":has(", "Chrome 105, Firefox 121"),
    ("@container", "Chrome 105, Safari 16"),
    ("@scope", "Chrome 118, Safari 17.4"),
    ("@starting-style", "Chrome 117, Safari 17.5"),
    ("@property", "Safari 16.4, Firefox 128"),
    ("color-mix(", "Chrome 111, Safari 16.2"),
    ("light-dark(", "Chrome 123, Safari 17.5"),
    ("dvh", "Chrome 108"),
    ("svh", "Chrome 108"),
    ("lvh", "Chrome 108"),
    ("subgrid", "Chrome 117, Safari 16"),
    ("field-sizing", "Chrome 123"),
    (":popover-open", "Chrome 114, Safari 17"),
];

/// # Errors
/// Naming what a browser of 2022 would skip.
pub fn check_css(css: &str) -> Result<()> {
    for (feature, known_since) in TOO_NEW {
        ensure!(
            !css.contains(feature),
            "the CSS uses `{feature}`, known since {known_since}; browsers of 2022 would skip the rule"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_older_browsers_skip_is_told_and_what_they_know_is_not() {
        check_css("@layer a{p:is(a,b):focus-visible{aspect-ratio:1;color:var(--ink)}}").expect("known in 2022");
        let told = check_css("@layer a{p:has(a){color:red}}").expect_err("newer").to_string();
        assert!(told.contains(":has("), "{told}");
    }
}
