//! The trace of an item as SVG: columns from cause to result, one box each, an arrow for each link.

use maud::{Markup, html};
use views::{RefKind, TraceChain, TraceNode, Verdict};

use crate::address::address;
use crate::source::At;

const BOX_WIDTH: usize = 178;
const BOX_HEIGHT: usize = 48;
const COLUMN_STEP: usize = BOX_WIDTH + 62;
const ROW_STEP: usize = BOX_HEIGHT + 16;
const TITLE_CHARS_MAX: usize = 24;

/// Draws `chain`. Without JavaScript, every box is a link; titles are whole in the tooltip.
pub(crate) fn chain_svg(chain: &TraceChain, at: &At) -> Markup {
    let columns = chain.nodes.iter().map(|node| node.column).max().map_or(0, |last| last.saturating_add(1));
    let heights: Vec<usize> =
        (0..columns).map(|column| chain.nodes.iter().filter(|node| node.column == column).count()).collect();
    let tallest = heights.iter().copied().max().unwrap_or(0);
    let (width, height) =
        (columns * COLUMN_STEP - columns.min(1) * 62 + 8, tallest * ROW_STEP - tallest.min(1) * 16 + 8);
    let places = places(chain, &heights, tallest);
    html! {
        div.card.chain {
            svg viewBox={ "0 0 " (width) " " (height) } width=(width) height=(height) role="img"
                aria-label={ "Trace in " (columns) " steps with " (chain.nodes.len()) " items" } {
                @for edge in &chain.edges {
                    @if let (Some((x1, y1)), Some((x2, y2))) = (places.get(edge.from), places.get(edge.to)) {
                        path.edge.suspect[!edge.sound] d=(curve(*x1, *y1, *x2, *y2)) { title { (edge.label) } }
                    }
                }
                @for (i, (node, (x, y))) in chain.nodes.iter().zip(&places).enumerate() {
                    @match address(&node.id, at) {
                        Some(url) => a href=(url) { (node_box(node, *x, *y, chain.focus == Some(i))) },
                        None => (node_box(node, *x, *y, chain.focus == Some(i))),
                    }
                }
            }
            @if chain.left_out > 0 { p.sub { (chain.left_out) " more are not drawn; they are in the lists below." } }
        }
    }
}

/// The upper left corner of each box, columns centred.
fn places(chain: &TraceChain, heights: &[usize], tallest: usize) -> Vec<(usize, usize)> {
    let mut next = vec![0usize; heights.len()];
    chain
        .nodes
        .iter()
        .map(|node| {
            let height = heights.get(node.column).copied().unwrap_or(0);
            let row = next.get(node.column).copied().unwrap_or(0);
            if let Some(next) = next.get_mut(node.column) {
                *next += 1;
            }
            (
                4 + node.column * COLUMN_STEP,
                4 + row * ROW_STEP + (tallest - height.min(tallest)) * ROW_STEP / 2,
            )
        })
        .collect()
}

/// An arrow from the right side of one box to the left side of another.
fn curve(x1: usize, y1: usize, x2: usize, y2: usize) -> String {
    let (x1, y1, y2) = (x1 + BOX_WIDTH, y1 + BOX_HEIGHT / 2, y2 + BOX_HEIGHT / 2);
    let bend = x2.saturating_sub(x1) / 2;
    format!("M{x1} {y1} C{} {y1} {} {y2} {x2} {y2}", x1 + bend, x2.saturating_sub(bend))
}

fn node_box(node: &TraceNode, x: usize, y: usize, me: bool) -> Markup {
    let bad = node.verdict.blocks();
    let mark = if bad || node.verdict == Verdict::Advisory || node.id.kind == RefKind::Run {
        node.verdict.shape()
    } else {
        ""
    };
    html! {
        g.node.me[me].bad[bad].(node.verdict.as_str()) {
            title { (node.id.id) " " (node.title) }
            rect x=(x) y=(y) width=(BOX_WIDTH) height=(BOX_HEIGHT) rx="6" {}
            text.nid x=(x + 11) y=(y + 19) {
                (shorten(&node.id.id, 17))
                @if !mark.is_empty() || !node.note.is_empty() { tspan.mark dx="7" { (mark) " " (node.note) } }
            }
            text x=(x + 11) y=(y + 37) { (shorten(&node.title, TITLE_CHARS_MAX)) }
        }
    }
}

/// At most `max` characters, cut with an ellipsis.
fn shorten(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(max.saturating_sub(1)).collect();
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use views::sample::Sample;

    use super::*;

    #[test]
    fn every_node_is_a_box_and_every_edge_an_arrow() {
        let chain = Sample::default().item().chain;
        let svg = chain_svg(&chain, &At::default()).into_string();
        assert_eq!(svg.matches("<rect").count(), chain.nodes.len());
        assert_eq!(svg.matches("class=\"edge").count(), chain.edges.len());
        assert_eq!(svg.matches("edge suspect").count(), 1);
    }

    #[test]
    fn broken_and_empty_chains_are_drawn_as_far_as_they_go() {
        assert!(chain_svg(&TraceChain::default(), &At::default()).into_string().contains("<svg"));
        let mut chain = Sample { hostile: true }.item().chain;
        for edge in &mut chain.edges {
            edge.to = 99;
        }
        let svg = chain_svg(&chain, &At::default()).into_string();
        assert!(!svg.contains("class=\"edge") && !svg.contains("<script"));
    }
}
