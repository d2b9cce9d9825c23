//! Turns placed pages into the bytes of a PDF.
//!
//! Must not know what a letter is. Invariant: only this module uses the PDF library. Everything it writes claims
//! PDF/A-2a and PDF/UA-1, and the library refuses a file that does not conform.

use std::num::NonZeroU16;

use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::error::KrillaError;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, Node, TableHeaderScope, Tag, TagGroup, TagKind, TagTree,
};
use krilla::text::{GlyphId, KrillaGlyph};
use krilla::{Document, SerializeSettings};

use crate::font::Face;
use crate::layout::{Element, Kind, Layout, Op, PAGE};
use crate::model::Meta;
use crate::{Code, Error, Printed, Um};

/// The thickness of a rule.
const RULE: Um = 100;

/// Thousandths of a millimetre as points of 1/72 inch: the only place where a position on paper is not a whole number.
#[expect(clippy::float_arithmetic, reason = "PDF measures in points; whole numbers end here")]
fn points(length: Um) -> f32 {
    length as f32 * (72.0 / 25_400.0)
}

/// A fraction, such as an advance in relation to an em.
#[expect(clippy::float_arithmetic, reason = "PDF measures glyphs in parts of an em; whole numbers end here")]
fn part(of: i64, whole: i64) -> f32 {
    of as f32 / whole as f32
}

/// Writes placed pages.
pub(crate) fn pdf(meta: &Meta, layout: Layout) -> Result<Printed, Error> {
    let failed = |why: &dyn std::fmt::Display| Error::Pdf(why.to_string());
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|why| Error::Pdf(format!("{why:?}")))?;
    let mut document = Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    let mut content: Vec<Vec<Identifier>> = vec![Vec::new(); layout.elements.len()];
    for ops in &layout.pages {
        let settings =
            PageSettings::from_wh(points(PAGE.0), points(PAGE.1)).ok_or_else(|| failed(&"a page without size"))?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        draw(&mut surface, &layout, ops, &mut content);
        surface.finish();
        page.finish();
    }
    document.set_tag_tree(structure(&layout, &mut content));
    document.set_outline(contents(&layout));
    document.set_metadata(
        Metadata::new()
            .title(meta.title.clone())
            .authors(vec![meta.author.clone()])
            .creation_date(date(meta))
            .creator("einmal".to_owned())
            .language("de-DE".to_owned()),
    );
    let pages = layout.pages.len();
    let bytes = document.finish().map_err(|why| match why {
        KrillaError::Validation(broken) => {
            failed(&broken.iter().map(|(rule, _)| format!("{rule:?}")).collect::<Vec<_>>().join(", "))
        }
        other => failed(&other),
    })?;
    Ok(Printed { bytes, pages, missing: layout.fonts.missing() })
}

/// The date of the document, which an archive requires (ISO 19005-2, 6.6.3).
fn date(meta: &Meta) -> DateTime {
    let day = meta.date;
    DateTime::new(day.year().unsigned_abs()).month(day.month().unsigned_abs()).day(day.day().unsigned_abs())
}

/// Draws a page. Consecutive content of one element is marked as one piece.
fn draw(surface: &mut Surface<'_>, layout: &Layout, ops: &[Op], content: &mut [Vec<Identifier>]) {
    let tag = |op: &Op| match op {
        Op::Text { tag, .. } => *tag,
        Op::Rule { .. } => None,
        Op::Code { tag, .. } => Some(*tag),
    };
    for same in ops.chunk_by(|one, next| tag(one) == tag(next)) {
        let element = same.first().and_then(tag);
        let mark = match element {
            Some(_) => ContentTag::Other,
            None => ContentTag::Artifact(Artifact::with_kind(ArtifactType::PaginationOther)),
        };
        let identifier = surface.start_tagged(mark);
        same.iter().for_each(|op| draw_one(surface, layout, op));
        surface.end_tagged();
        if let Some(own) = element.and_then(|element| content.get_mut(element)) {
            own.push(identifier);
        }
    }
}

fn draw_one(surface: &mut Surface<'_>, layout: &Layout, op: &Op) {
    match op {
        Op::Text { x, y, size, strong, text, .. } => {
            let face = layout.fonts.face(*strong);
            let start = Point::from_xy(points(*x), points(*y));
            surface.draw_glyphs(start, &glyphs(face, text), face.embedded.clone(), text, points(*size), false);
        }
        Op::Rule { x, y, width } => {
            let mut path = PathBuilder::new();
            push(&mut path, *x, *y, *width, RULE);
            fill(surface, path);
        }
        Op::Code { x, y, module, code, .. } => fill(surface, modules(code, *x, *y, *module)),
    }
}

fn glyphs(face: &Face, text: &str) -> Vec<KrillaGlyph> {
    text.char_indices()
        .map(|(at, letter)| {
            let (glyph, advance) = face.glyph(letter);
            let range = at..at + letter.len_utf8();
            KrillaGlyph::new(GlyphId::new(glyph), part(advance, face.em()), 0.0, 0.0, 0.0, range, None)
        })
        .collect()
}

fn push(path: &mut PathBuilder, x: Um, y: Um, width: Um, height: Um) {
    if let Some(rect) = Rect::from_ltrb(points(x), points(y), points(x + width), points(y + height)) {
        path.push_rect(rect);
    }
}

fn fill(surface: &mut Surface<'_>, path: PathBuilder) {
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}

/// All dark modules as one path, so that no viewer draws gaps between them.
fn modules(code: &Code, x: Um, y: Um, module: Um) -> PathBuilder {
    let mut path = PathBuilder::new();
    let at = |count: usize| Um::try_from(count).unwrap_or_default() * module;
    for (line, first, count) in code.runs() {
        push(&mut path, x + at(first), y + at(line), at(count), module);
    }
    path
}

/// The document's structure, for people who have it read aloud.
fn structure(layout: &Layout, content: &mut [Vec<Identifier>]) -> TagTree {
    let mut tree = TagTree::new().with_lang(Some("de-DE".to_owned()));
    for root in &layout.roots {
        if let Some(group) = group(&layout.elements, *root, content) {
            tree.push(group);
        }
    }
    tree
}

fn group(elements: &[Element], id: usize, content: &mut [Vec<Identifier>]) -> Option<TagGroup> {
    let element = elements.get(id)?;
    let own = content.get_mut(id).map(std::mem::take).unwrap_or_default();
    let mut nodes: Vec<Node> = own.into_iter().map(Node::from).collect();
    nodes.extend(element.children.iter().filter_map(|child| group(elements, *child, content)).map(Node::from));
    Some(TagGroup::with_children(kind(&element.kind), nodes))
}

fn kind(kind: &Kind) -> TagKind {
    match kind {
        Kind::Section => Tag::Section.into(),
        Kind::Heading(level, title) => {
            Tag::Hn(NonZeroU16::new(*level).unwrap_or(NonZeroU16::MIN), Some(title.clone())).into()
        }
        Kind::Paragraph => Tag::P.into(),
        Kind::Table => Tag::Table.into(),
        Kind::Row => Tag::TR.into(),
        Kind::Head => Tag::TH(TableHeaderScope::Column).into(),
        Kind::Cell => Tag::TD.into(),
        Kind::Figure(alt) => Tag::Figure(Some(alt.clone())).into(),
    }
}

fn contents(layout: &Layout) -> Outline {
    let mut outline = Outline::new();
    for entry in &layout.entries {
        let place = XyzDestination::new(entry.page, Point::from_xy(0.0, 0.0));
        outline.push_child(OutlineNode::new(entry.text.clone(), place));
    }
    outline
}
