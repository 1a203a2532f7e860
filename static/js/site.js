// Progressive enhancement only: every page works without this file.
(function () {
  "use strict";
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  // The choice is the person's and kept on the server; "system" follows the device.
  function apply(theme) {
    root.setAttribute("data-bs-theme", theme);
    document.dispatchEvent(new CustomEvent("themechange"));
  }
  function current() {
    const chosen = root.dataset.theme;
    return chosen === "light" || chosen === "dark" ? chosen : (dark.matches ? "dark" : "light");
  }
  apply(current());
  dark.addEventListener("change", () => apply(current()));

  // The button is a form that works without this file; with it the page need not load again.
  function themeButtons() {
    document.querySelectorAll("form[data-theme-toggle]").forEach((form) => {
      const name = () => (root.getAttribute("data-bs-theme") === "dark" ? "light" : "dark");
      form.elements.theme.value = name();
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
        root.dataset.theme = name();
        apply(current());
        form.elements.theme.value = name();
      });
    });
  }

  function menu() {
    const button = document.querySelector(".menu-btn");
    if (!button) return;
    button.addEventListener("click", () => {
      const open = button.getAttribute("aria-expanded") === "true";
      button.setAttribute("aria-expanded", String(!open));
      document.body.classList.toggle("menu-open", !open);
    });
  }

  // The five questions become tabs. Without a script, with ?all, and on paper all five are shown.
  function tabs() {
    const list = document.querySelector(".five[data-tabs]");
    const host = document.querySelector(".qpanes");
    if (!list || !host || new URLSearchParams(location.search).has("all")) return;
    const links = Array.from(list.querySelectorAll("a"));
    const show = (hash) => links.forEach((link) => {
      const on = link.hash === hash;
      link.setAttribute("aria-selected", String(on));
      link.tabIndex = on ? 0 : -1;
      host.querySelector(link.hash).classList.toggle("is-on", on);
    });
    list.setAttribute("role", "tablist");
    links.forEach((link, place) => {
      link.parentElement.setAttribute("role", "presentation");
      link.setAttribute("role", "tab");
      link.setAttribute("aria-controls", link.hash.slice(1));
      host.querySelector(link.hash).setAttribute("role", "tabpanel");
      link.addEventListener("click", (event) => {
        event.preventDefault();
        history.replaceState(null, "", link.hash);
        show(link.hash);
      });
      link.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        event.preventDefault();
        const next = links[(place + step + links.length) % links.length];
        next.focus();
        next.click();
      });
    });
    host.classList.add("tabs-on");
    const asked = links.some((link) => link.hash === location.hash);
    show(asked ? location.hash : list.dataset.tabs);
    document.addEventListener("reveal", (event) => {
      const pane = event.target.closest(".qpane");
      if (pane) show(`#${pane.id}`);
    });
  }

  // A finding opens its reasons, also where it lies in another of the five questions.
  function reveal() {
    const place = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (!place || !place.matches("details")) return;
    place.open = true;
    place.dispatchEvent(new CustomEvent("reveal", { bubbles: true }));
    place.scrollIntoView();
    place.querySelector("summary").focus({ preventScroll: true });
  }

  // What was sent after a session had ended comes back once: to the same person, on the same page.
  const KEPT = "unsent";
  const NOT_KEPT = ["hidden", "password", "file", "submit", "button", "select-multiple"];

  function fields(form) {
    const isKept = (field) => field.name && !NOT_KEPT.includes(field.type) && field.autocomplete !== "one-time-code";
    return Array.from(form.elements).filter(isKept);
  }

  function keep(event) {
    const form = event.target;
    const person = document.body.dataset.person;
    if (form.method !== "post" || !person) return;
    const values = fields(form).map(({ name, value, checked }) => ({ name, value, checked }));
    const place = Array.from(document.forms).indexOf(form);
    store({ person, path: location.pathname, place, values });
  }

  function store(kept) {
    try { sessionStorage.setItem(KEPT, JSON.stringify(kept)); } catch { /* then nothing comes back */ }
  }

  function taken() {
    try {
      const text = sessionStorage.getItem(KEPT);
      sessionStorage.removeItem(KEPT);
      return text ? JSON.parse(text) : null;
    } catch { return null; }
  }

  function giveBack() {
    const kept = taken();
    const door = document.querySelector("[data-kept]");
    if (!kept) return;
    if (door) {
      door.hidden = false;
      store({ ...kept, waits: true });
    } else if (kept.waits && kept.person === document.body.dataset.person && kept.path === location.pathname) {
      fill(document.forms[kept.place], kept.values);
    }
  }

  function fill(form, values) {
    if (!form) return;
    fields(form).forEach((field, place) => {
      const kept = values[place];
      if (!kept || kept.name !== field.name) return;
      if (["checkbox", "radio"].includes(field.type)) field.checked = kept.checked;
      else field.value = kept.value;
    });
    document.querySelector("[data-restored]").hidden = false;
  }

  // "/" goes to the search box of the page, else to the search page; never while somebody types.
  function searchKey(event) {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    const link = document.querySelector("[data-search]");
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing || !link) return;
    event.preventDefault();
    const box = document.querySelector("input[type=search]");
    if (box) box.focus();
    else location.assign(link.href);
  }

  // My day was opened: what is new on it counts as seen. Without a script there is a button.
  function seen() {
    const form = document.querySelector("form[data-seen]");
    if (!form) return;
    fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin", keepalive: true })
      .then((answer) => { form.hidden = answer.ok; })
      .catch(() => { form.hidden = false; });
  }

  window.addEventListener("hashchange", reveal);
  document.addEventListener("submit", keep);
  document.addEventListener("keydown", searchKey);
  document.addEventListener("DOMContentLoaded", () => {
    themeButtons();
    menu();
    tabs();
    reveal();
    giveBack();
    seen();
    document.querySelector("[data-focus]")?.focus();
  });
})();
