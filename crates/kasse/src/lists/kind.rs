//! What a list is, and which columns such a list has.
//!
//! Invariant: the names of columns are the contract's: they may be added to, never changed.

/// What a list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ListKind {
    /// Open items.
    OpenItems,
    /// Mandates.
    Mandates,
    /// Old references.
    Aliases,
}

impl ListKind {
    pub(super) const ALL: [ListKind; 3] = [ListKind::OpenItems, ListKind::Mandates, ListKind::Aliases];

    /// Columns that must be there.
    pub(super) fn required(self) -> &'static [&'static str] {
        match self {
            ListKind::OpenItems => {
                &["kassenzeichen", "posten", "art", "faellig", "betrag", "schuldner", "anschrift", "mandat"]
            }
            ListKind::Mandates => &["mandat", "kassenzeichen", "inhaber", "iban", "bic", "unterschrieben", "status"],
            ListKind::Aliases => &["altes_kassenzeichen", "kassenzeichen"],
        }
    }

    /// Columns that may be there.
    pub(super) fn optional(self) -> &'static [&'static str] {
        match self {
            ListKind::OpenItems => &["gezahlt", "mahngebuehr", "saeumniszuschlag"],
            ListKind::Mandates => &[
                "letzte_nutzung",
                "art",
                "einmalig",
                "alte_iban",
                "alte_mandatsreferenz",
                "glaeubiger_id",
                "alte_glaeubiger_id",
            ],
            ListKind::Aliases => &[],
        }
    }

    /// Columns without which a line is no row.
    pub(super) fn keys(self) -> &'static [&'static str] {
        match self {
            ListKind::OpenItems => &["kassenzeichen", "schuldner"],
            ListKind::Mandates => &["kassenzeichen", "iban"],
            ListKind::Aliases => &["altes_kassenzeichen", "kassenzeichen"],
        }
    }

    /// Columns of which a row has two at least; the last one holds a name.
    pub(super) fn telling(self) -> &'static [&'static str] {
        match self {
            ListKind::OpenItems => &["kassenzeichen", "posten", "faellig", "schuldner"],
            ListKind::Mandates => &["kassenzeichen", "mandat", "iban", "inhaber"],
            ListKind::Aliases => &["altes_kassenzeichen", "kassenzeichen"],
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            ListKind::OpenItems => "open items",
            ListKind::Mandates => "mandates",
            ListKind::Aliases => "old references",
        }
    }
}
