// The faults of the page that is open, as a list of sentences. An expression: a function of how the page is shown.
async look => {
  const faults = [];
  const say = text => faults.length < 40 && faults.push(text);
  const visible = element => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true, contentVisibilityAuto: true })
    && element.getClientRects().length > 0;
  const name = element => {
    const text = (element.textContent ?? "").trim().replace(/\s+/g, " ").slice(0, 40);
    return `<${element.tagName.toLowerCase()}${element.id ? `#${element.id}` : ""}${typeof element.className === "string" && element.className
      ? `.${element.className.trim().replace(/\s+/g, ".")}` : ""}>${text ? ` "${text}"` : ""}`;
  };

  // Nothing is wider than the screen; what may be wide scrolls in a box of its own.
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width) {
    const wide = [...document.querySelectorAll("body *")].filter(e => visible(e) && e.getBoundingClientRect().right > width + 0.5)
      .filter(e => { for (let p = e.parentElement; p; p = p.parentElement) if (getComputedStyle(p).overflowX !== "visible") return false; return true; });
    say(`${document.documentElement.scrollWidth - width} px wider than the screen: ${wide.slice(-2).map(name).join(", ")}`);
  }
  // Text that is cut off without a way to see it.
  for (const e of document.querySelectorAll("main *")) {
    const style = getComputedStyle(e);
    if (style.overflowX === "hidden" && e.scrollWidth > e.clientWidth + 1 && visible(e) && !e.closest("svg")) say(`cut off: ${name(e)}`);
  }
  // Boxes that scroll sideways can be reached by keyboard, or hold something that can.
  for (const e of document.querySelectorAll("main *")) {
    if (visible(e) && e.scrollWidth > e.clientWidth + 1 && ["auto", "scroll"].includes(getComputedStyle(e).overflowX)
      && e.tabIndex < 0 && !e.querySelector("a[href], button, input, summary")) say(`scrolls, and no key reaches it: ${name(e)}`);
  }

  // Head, headings, landmarks.
  if (!document.documentElement.lang) say("the page has no language");
  if (!document.title.trim()) say("the page has no title");
  const headings = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter(visible);
  const first = headings.filter(h => h.tagName === "H1").length;
  if (first !== 1) say(`${first} headings of the first level`);
  let level = 0;
  for (const heading of headings) {
    const here = Number(heading.tagName[1]);
    if (here > level + 1) say(`${name(heading)} follows a heading of level ${level}`);
    if (!heading.textContent.trim()) say("a heading is empty");
    level = here;
  }
  if (document.querySelectorAll("main").length !== 1) say("not exactly one main landmark");
  for (const nav of document.querySelectorAll("nav")) if (!nav.ariaLabel && !nav.getAttribute("aria-labelledby")) say(`${name(nav)} has no label`);
  if (!document.querySelector("nav")) say("no navigation landmark");
  const ids = new Map();
  for (const e of document.querySelectorAll("[id]")) ids.set(e.id, (ids.get(e.id) ?? 0) + 1);
  for (const [id, count] of ids) if (count > 1) say(`the id ${id} stands there ${count} times`);

  // Names of what can be used or seen.
  const label = e => (e.ariaLabel ?? "").trim() || (e.getAttribute("aria-labelledby") ?? "").split(/\s+/).map(i => document.getElementById(i)?.textContent ?? "").join("").trim()
    || [...(e.labels ?? [])].map(l => l.textContent).join("").trim() || e.title.trim();
  for (const e of document.querySelectorAll("input:not([type=hidden]), select, textarea")) if (!label(e)) say(`a field without label: ${e.name}`);
  for (const e of document.querySelectorAll("a[href], button, summary")) {
    const within = [...e.querySelectorAll("img[alt], svg[aria-label], svg title")].map(p => p.alt ?? p.ariaLabel ?? p.textContent).join("").trim();
    if (!e.textContent.trim() && !within && !(e.ariaLabel ?? "").trim()) say(`nothing to read on ${name(e)} ${e.getAttribute("href") ?? ""}`);
  }
  for (const e of document.querySelectorAll("img")) {
    if (!e.hasAttribute("alt")) say(`a picture without text: ${e.src}`);
    if (e.complete && e.naturalWidth === 0) say(`a picture that is none: ${e.src}`);
  }
  for (const e of document.querySelectorAll("svg")) if (visible(e) && e.getAttribute("aria-hidden") !== "true" && e.role !== "img" && !e.ariaLabel && !e.querySelector("a, title")) say(`a drawing without name: ${name(e)}`);
  for (const table of document.querySelectorAll("main table")) {
    const head = table.querySelectorAll("thead th").length, cells = table.querySelector("tbody tr")?.cells ?? [];
    if (table.querySelector("tbody tr") && head === 0 && !table.querySelector("th")) say(`a table without headings: ${name(table)}`);
    const across = [...cells].reduce((n, c) => n + c.colSpan, 0);
    if (head > 0 && cells.length > 0 && across !== head) say(`${head} headings over ${across} columns: ${name(table)}`);
  }

  // Contrast as WCAG 2.2 AA has it (1.4.3), of every text that is seen; in the colours that were asked for.
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const known = new Map();
  const colour = text => {
    if (!known.has(text)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = text;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
      known.set(text, [r, g, b, a / 255]);
    }
    return known.get(text);
  };
  const over = (top, below) => [0, 1, 2].map(i => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const ground = element => {
    const layers = [];
    for (let e = element; e; e = e.parentElement) {
      const c = colour(getComputedStyle(e).backgroundColor);
      if (c[3] > 0) layers.push(c);
      if (c[3] === 1) break;
    }
    return layers.reverse().reduce((below, top) => over(top, below), look.dark ? [18, 18, 18, 1] : [255, 255, 255, 1]);
  };
  const luminance = c => {
    const [r, g, b] = c.map(v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) => { const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
  const paper = luminance(ground(document.body));
  if (look.dark ? paper > 0.1 : paper < 0.8) say(`the page is not ${look.dark ? "dark" : "light"}`);
  const pale = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const e = node.parentElement;
    if (!node.data.trim() || e.closest("svg, dialog, .skip, script, style") || !visible(e)) continue;
    const style = getComputedStyle(e), below = ground(e);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
    const found = ratio(over(colour(style.color), below), below);
    if (found < (large ? 3 : 4.5)) {
      const kind = `${style.color} on ${below.slice(0, 3).map(Math.round)}`;
      if (!pale.has(kind)) { pale.add(kind); say(`contrast ${found.toFixed(2)} of ${name(e)} (${kind})`); }
    }
    if (parseFloat(style.fontSize) < 10) say(`text of ${style.fontSize}: ${name(e)}`);
  }
  // What a finger has to hit is 24 px in both directions, or has room around it (2.5.8); links in text are exempt.
  if (width < 600) {
    for (const e of document.querySelectorAll("button, summary, input:not([type=hidden]), nav a, .btn")) {
      const box = e.getBoundingClientRect();
      if (visible(e) && (box.height < 23.5 || box.width < 23.5)) say(`${Math.round(box.width)} by ${Math.round(box.height)} px to touch: ${name(e)}`);
    }
  }
  if (!document.fonts.check("15px Inter")) say("the face of the pages did not load");
  return faults;
}
