//! The few line icons the app uses, drawn on a 24-unit grid in the colour of the text beside them.

use leptos::prelude::*;

use super::markup::element;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    Search,
    Basket,
    Person,
    Leave,
    Theme,
    Plus,
    Tick,
    Warn,
    Filter,
    File,
    Print,
    Shelf,
    Hills,
    House,
    Chart,
}

impl Icon {
    pub fn markup(self) -> String {
        format!("<svg class=\"i\" viewBox=\"0 0 24 24\" aria-hidden=\"true\">{}</svg>", self.strokes())
    }

    fn strokes(self) -> &'static str {
        match self {
            Self::Search => "<circle cx='10.5' cy='10.5' r='6.5'/><path d='m15.5 15.5 5 5'/>",
            Self::Basket => "<path d='M3 9h18l-2 11H5L3 9Zm5 0 3-6m5 6-3-6M9 13v4m6-4v4'/>",
            Self::Person => "<circle cx='12' cy='8' r='4'/><path d='M4 21c1-5 4-7 8-7s7 2 8 7'/>",
            Self::Leave => "<path d='M10 4H4v16h6M9 12h12m-4-4 4 4-4 4'/>",
            Self::Theme => "<circle cx='12' cy='12' r='8'/><path d='M12 4a8 8 0 0 1 0 16Z' fill='currentColor'/>",
            Self::Plus => "<path d='M12 5v14M5 12h14'/>",
            Self::Tick => "<path d='m4 12.5 5.5 5.5L20 7'/>",
            Self::Warn => "<path d='M12 3 2 21h20L12 3Zm0 7v5m0 3v.5'/>",
            Self::Filter => "<path d='M3 6h18M6 12h12M10 18h4'/>",
            Self::File => "<path d='M6 2h8l5 5v15H6zM14 2v5h5M9 13h7M9 17h7'/>",
            Self::Print => "<path d='M7 9V3h10v6M7 17H4V9h16v8h-3M7 14h10v7H7z'/>",
            Self::Shelf => "<path d='M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z'/>",
            Self::Hills => "<path d='m2 19 6-10 4 6 3-4 7 8M2 22q2-1.5 4 0t4 0 4 0 4 0 4 0'/>",
            Self::House => "<path d='M3 11 12 4l9 7M6 9v11h12V9M10 20v-6h4v6'/>",
            Self::Chart => "<path d='M4 4v16h16M8 16l4-6 3 3 5-7'/>",
        }
    }
}

/// Decoration only: the words beside it, or the label of its button, say what it means.
#[inline(never)]
pub fn icon(icon: Icon) -> AnyView {
    element(icon.markup())
}
