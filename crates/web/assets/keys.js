"use strict";
// Keys for those who have them; every page is complete without this file.
(() => {
  const places = { o: "/", f: "/findings", i: "/items", m: "/matrix", k: "/risk", s: "/soup", a: "/anomalies", d: "/documents", r: "/releases", l: "/ledger", c: "/clauses" };
  const time = new URLSearchParams([...new URLSearchParams(location.search)].filter(([name]) => ["at", "ledger_at", "as_of"].includes(name)));
  const rows = () => [...document.querySelectorAll("main tbody tr, main details.row > summary")].filter(row => row.offsetParent);
  let going = false, current = -1;
  const move = step => {
    const all = rows();
    if (!all.length) return;
    all[current]?.classList.remove("at");
    current = Math.max(0, Math.min(all.length - 1, current + step));
    const row = all[current];
    row.classList.add("at");
    (row.matches("summary") ? row : row.querySelector("a") ?? row).focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) {
      if (event.key === "Escape") event.target.blur?.();
      return;
    }
    if (going) {
      going = false;
      const place = places[event.key];
      if (place) { event.preventDefault(); location.href = place + (time.size ? `?${time}` : ""); }
      return;
    }
    switch (event.key) {
      case "/": { const box = document.getElementById("q"); if (box) { event.preventDefault(); box.focus(); box.select(); } break; }
      case "g": going = true; break;
      case "j": move(1); break;
      case "k": move(-1); break;
      case "t": { const bar = document.querySelector("details.inputs"); if (bar) { bar.open = !bar.open; bar.querySelector("input:not([type=hidden])")?.focus(); event.preventDefault(); } break; }
      case "?": document.getElementById("keys")?.showModal(); break;
    }
  });
  // What is folded on the screen is open on paper.
  addEventListener("beforeprint", () => document.querySelectorAll("details.row").forEach(row => { row.open = true; }));
})();
