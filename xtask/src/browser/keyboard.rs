//! What can be done without a mouse: everything that can be used is reached by Tab in the order of the page, with a focus
//! that is seen; the keys of the pages do what their help says; the matrix as a file filters while one types.

use super::devtools::Browser;
use super::page::complaints;
use anyhow::{Context as _, Result};
use serde_json::{Value, json};

/// On longer pages only so many places are walked through: the rest are rows of the same list.
const STEPS_MAX: u64 = 150;

/// What can be reached by Tab, marked with a number each in the order of the page.
const MARK: &str = r#"(() => {
  const seen = e => e.checkVisibility({ checkVisibilityCSS: true, contentVisibilityAuto: true }) && e.getClientRects().length > 0;
  const all = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]")]
    .filter(e => e.tabIndex >= 0 && !e.disabled && !e.closest("dialog:not([open])") && seen(e));
  all.forEach((e, i) => { e.dataset.place = i; });
  // Tab begins at the top, also where a page puts the focus into a field of its own accord.
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute("tabindex");
  document.activeElement?.blur?.();
  return all.length;
})()"#;

/// What has the focus now, and whether that can be seen.
const FOCUS: &str = r#"(() => {
  const e = document.activeElement;
  const style = getComputedStyle(e), box = e.getBoundingClientRect();
  const shown = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  return { place: e.dataset.place === undefined ? null : Number(e.dataset.place), tag: e.tagName,
    text: (e.textContent ?? "").trim().slice(0, 40), shown, inside: box.width > 0 && box.bottom > 0 && box.right > 0 };
})()"#;

/// Walks through each page by Tab.
pub(super) fn walk(browser: &mut Browser, address: &str, pages: &[String]) -> Result<Vec<String>> {
    plain(browser)?;
    let mut faults = Vec::new();
    for path in pages {
        browser.open(&format!("http://{address}{path}"))?;
        let count = browser.evaluate(MARK)?.as_u64().context("no count")?;
        for expected in 0..count.min(STEPS_MAX) {
            browser.press("Tab")?;
            let focus = browser.evaluate(FOCUS)?;
            let text = &focus["text"];
            let Some(place) = focus["place"].as_u64() else {
                faults.push(format!(
                    "{path}: Tab number {} leads to {} {text}, which nothing can be done with",
                    expected + 1,
                    focus["tag"]
                ));
                break;
            };
            if place != expected {
                faults.push(format!(
                    "{path}: Tab number {} leads to place {place} ({text}), not {expected}",
                    expected + 1
                ));
                break;
            }
            if focus["shown"] != true || focus["inside"] != true {
                faults.push(format!("{path}: the focus on {text} cannot be seen"));
            }
        }
        let _ = browser.take_events();
    }
    println!("{} pages walked through by Tab", pages.len());
    Ok(faults)
}

pub(super) fn plain(browser: &mut Browser) -> Result<()> {
    browser.call("Emulation.setScriptExecutionDisabled", json!({"value": false}))?;
    browser.call("Emulation.clearDeviceMetricsOverride", json!({}))?;
    browser.call(
        "Emulation.setDeviceMetricsOverride",
        json!({"width": 1280, "height": 900, "deviceScaleFactor": 1, "mobile": false}),
    )?;
    Ok(())
}

/// Each key of the help, tried.
pub(super) fn keys(browser: &mut Browser, address: &str) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    let mut hold = |browser: &mut Browser, what: &str, expression: &str| -> Result<()> {
        if !browser.until(expression)? {
            faults.push(format!("keys: {what}"));
        }
        Ok(())
    };
    browser.open(&format!("http://{address}/items"))?;
    for _ in 0..2 {
        browser.press("j")?;
    }
    hold(
        browser,
        "`j` twice is not at the second row",
        "[...document.querySelectorAll('main tbody tr')].findIndex(r => r.classList.contains('at')) === 1",
    )?;
    browser.press("k")?;
    hold(
        browser,
        "`k` does not go back",
        "[...document.querySelectorAll('main tbody tr')].findIndex(r => r.classList.contains('at')) === 0",
    )?;
    let target = browser.evaluate("document.activeElement.getAttribute('href')")?;
    browser.press("Enter")?;
    hold(
        browser,
        "Enter does not open the row",
        &format!("location.pathname + location.search === {target} && document.readyState === 'complete'"),
    )?;
    browser.open(&format!("http://{address}/items"))?;
    browser.press("/")?;
    hold(browser, "`/` does not go to the search", "document.activeElement.id === 'q'")?;
    for letter in "pediatric".chars() {
        browser.press(&letter.to_string())?;
    }
    browser.press("Enter")?;
    hold(
        browser,
        "the search does not narrow the list",
        "document.readyState === 'complete' && location.search.includes('q=pediatric') && document.querySelectorAll('main tbody tr').length > 0 && [...document.querySelectorAll('main tbody tr')].length < 100",
    )?;
    for (key, path) in [
        ("r", "/releases"),
        ("m", "/matrix"),
        ("l", "/ledger"),
        ("f", "/findings"),
        ("o", "/"),
        ("i", "/items"),
    ] {
        browser.press("g")?;
        browser.press(key)?;
        hold(
            browser,
            &format!("`g {key}` does not lead to {path}"),
            &format!("location.pathname === '{path}' && document.readyState === 'complete'"),
        )?;
    }
    browser.press("t")?;
    hold(
        browser,
        "`t` does not open the way through time",
        "document.querySelector('details.inputs').open && document.activeElement.matches('input[name=at]')",
    )?;
    browser.press("Escape")?;
    browser.press("?")?;
    hold(browser, "`?` does not show the keys", "document.getElementById('keys').open")?;
    browser.press("Escape")?;
    hold(browser, "Escape does not close the keys", "!document.getElementById('keys').open")?;
    // Back in time by the form, as one types it.
    browser.evaluate("document.querySelector('input[name=ledger_at]').value = '5'; document.querySelector('form.travel-form').requestSubmit()")?;
    hold(
        browser,
        "the form does not travel in time",
        "location.search.includes('ledger_at=5') && document.querySelector('.inputs.travelling') !== null && document.readyState === 'complete'",
    )?;
    faults.extend(complaints(&browser.take_events(), address).into_iter().map(|c| format!("keys: {c}")));
    Ok(faults)
}

/// The matrix as one file: typing narrows its rows to those that hold every word, clearing brings them back.
pub(super) fn matrix_file(browser: &mut Browser, address: &str) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    browser.open(&format!("http://{address}/matrix.html"))?;
    let state = "(() => { const rows = [...document.querySelectorAll('tbody tr')], shown = rows.filter(r => r.checkVisibility()); \
                 return { all: rows.length, shown: shown.length, \
                 fit: shown.filter(r => r.textContent.toLowerCase().includes('pediatric')).length, \
                 held: rows.filter(r => r.textContent.toLowerCase().includes('pediatric')).length }; })()";
    let before = browser.evaluate(state)?;
    browser.evaluate("document.getElementById('q').focus()")?;
    for letter in "pediatric".chars() {
        browser.press(&letter.to_string())?;
    }
    browser.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")?;
    let after = browser.evaluate(state)?;
    let number = |v: &Value, key: &str| v[key].as_u64().unwrap_or(0);
    if number(&before, "all") == 0 || number(&before, "shown") != number(&before, "all") {
        faults.push(format!("/matrix.html: not all rows are shown at first: {before}"));
    }
    let shown = number(&after, "shown");
    if shown == 0
        || shown >= number(&after, "all")
        || shown != number(&after, "held")
        || shown != number(&after, "fit")
    {
        faults.push(format!("/matrix.html: typing does not filter: {after}"));
    }
    browser.evaluate("(() => { const box = document.activeElement; box.value = ''; box.dispatchEvent(new Event('input', { bubbles: true })); })()")?;
    browser.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")?;
    let again = browser.evaluate(state)?;
    if number(&again, "shown") != number(&again, "all") {
        faults.push(format!("/matrix.html: clearing the filter does not bring the rows back: {again}"));
    }
    let said = complaints(&browser.take_events(), address);
    faults.extend(said.into_iter().map(|c| format!("/matrix.html: {c}")));
    println!("the live filter of the matrix: {shown} of {} rows", number(&after, "all"));
    Ok(faults)
}
