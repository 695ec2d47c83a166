/* The full-text search: the box in the header and the page of results ask the same index. */

(() => {
  "use strict";

  const SHOWN = 6;
  const HANDBOOK = "Handbook";
  const FAILED = "The search could not be loaded. Reload the page to try again.";
  const base = new URL(JSON.parse(document.getElementById("__config").textContent).base.replace(/\/*$/, "/"), location.href);
  const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
  let engine;
  let handbook;
  /* The pages of the handbook by their names in the index, once it was asked. */
  let manual = new Set();

  /* Loaded when somebody begins to type, not before. */
  function load() {
    engine ??= (async () => {
      const folder = new URL("search/data/", base);
      const guide = await fetch(new URL("guide.json", folder)).then((answer) => answer.json());
      const [first, ...others] = guide.parts;
      const [program, { find }] = await Promise.all([
        import(new URL(`${first}/pagefind.js`, folder)), import(new URL("assets/postmortems/find.js", base)),
      ]);
      /* Without a worker: it is a second copy of the program, and a query takes milliseconds. */
      const pagefind = program.createInstance({ noWorker: true });
      const options = { baseUrl: base.pathname };
      await pagefind.options({ ...options, excerptLength: 24 });
      const merge = (name) => pagefind.mergeIndex(new URL(`${name}/`, folder).href, options);
      const last = others.pop();
      handbook = last && (() => merge(last));
      await Promise.all(others.map(merge));
      const small = new Set(guide.small.split(" "));
      const byDate = async (results, newest) => (await import(new URL("assets/postmortems/order.js", base))).byDate(results, { folder, parts: guide.parts.slice(0, -1), newest });
      return { pagefind, byDate, find: (query, options) => find(pagefind, query, { ...options, small }) };
    })();
    return engine;
  }

  /* What is found, in groups: incidents with all words, the handbook where these do not fill the page or by its name, incidents with some words. */
  async function search(query, options) {
    const { pagefind, find, byDate } = await load();
    let found = await find(query, options);
    const { part, ...others } = options.filters;
    if (handbook && !Object.keys(others).length && (part || found.all.length < SHOWN)) {
      const merge = handbook;
      handbook = undefined;
      await merge();
      manual = new Set((await pagefind.search(null, { filters: { part: HANDBOOK } })).results.map(({ id }) => id));
      found = await find(query, options);
    }
    const incidents = ({ id }) => part || !manual.has(id);
    const all = options.sort ? await byDate(found.all.filter(incidents), options.sort === "newest") : found.all.filter(incidents);
    const enough = all.length >= SHOWN;
    const groups = [
      { title: "", results: all },
      { title: "In the handbook", results: enough ? [] : found.all.filter((result) => !incidents(result)).slice(0, SHOWN / 2) },
      { title: "Incidents with some of the words", results: enough ? [] : found.some.filter(incidents).slice(0, 2 * SHOWN) },
    ];
    return { ...found, groups, hits: groups.flatMap(({ title, results }) => results.map((result, place) => ({ result, title: place ? "" : title }))) };
  }

  /* How much was found, in words. */
  function told({ groups, hits, missing }) {
    const nobody = missing.length ? `Nothing holds ${missing.map((word) => `“${word}”`).join(" or ")}. ` : "";
    if (!hits.length) return missing.length > 1 || !nobody ? "Nothing was found. Fewer words find more." : nobody.trim();
    const [all, book, some] = groups.map(({ results }) => results.length);
    const parts = [
      all && postmortems.count(all, "result"),
      some && (all ? `${some} with some of the words` : `No incident has all of these words, ${some} ${some === 1 ? "has" : "have"} some`),
      book && `${book} in the handbook`,
    ];
    return nobody + parts.filter(Boolean).join(", ");
  }

  function element(name, className, ...content) {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.append(...content);
    return made;
  }

  /* An excerpt is text with marks; it is taken apart, so that nothing else can be in it. */
  function excerpt(html) {
    const nodes = new DOMParser().parseFromString(html, "text/html").body.childNodes;
    return [...nodes].map((node) => (node.nodeName === "MARK" ? element("mark", "", node.textContent) : node.textContent));
  }

  function day(date) {
    const [year, month, number] = date.slice(0, 10).split("-").map(Number);
    return new Date(Date.UTC(year, month - 1, number)).toLocaleDateString("en-GB", {
      day: "numeric", month: "short", year: "numeric", timeZone: "UTC",
    });
  }

  /* Severities of other names have their colours from the style of our pages, which those of the handbook lack. */
  const colours = JSON.parse(document.querySelector("[data-pm-colours]")?.dataset.pmColours ?? "{}");

  function badge(word) {
    const made = element("span", `pm-severity pm-severity--${word.toLowerCase()}`, word);
    const colour = Object.hasOwn(colours, word.toLowerCase()) && colours[word.toLowerCase()];
    if (colour) Object.assign(made.style, { background: `var(--pm-${colour}-soft)`, color: `var(--pm-${colour})` });
    return made;
  }

  /* The index knows a page as a file; the site knows it as a folder. */
  const address = (url) => url.replace(/\.html(?=#|$)/, "/");

  /* One hit: the page, and the section of it that fits best. */
  function hit(data) {
    const weight = (part) => part.weighted_locations.reduce((sum, place) => sum + place.balanced_score, 0);
    const parts = [...data.sub_results].sort((one, other) => weight(other) - weight(one));
    const best = parts[0];
    const link = element("a", "pm-result", element("strong", "pm-result__title", data.meta.title));
    link.href = address(best ? best.url : data.url);
    const kind = element("span", "");
    if (data.meta.severity) kind.append(badge(data.meta.severity), " ");
    if (data.meta.date) kind.append(day(data.meta.date));
    if (!data.meta.severity) kind.append("Handbook");
    const about = element("span", "pm-meta pm-dotted", kind);
    if (best && best.anchor) about.append(" ", element("span", "", element("i", "", "· "), best.title));
    link.append(about, element("span", "pm-result__text", "… ", ...excerpt((best || data).excerpt), " …"));
    return element("li", "", link);
  }

  /* Some hits, each below the title of its group where that begins. */
  async function entries(hits) {
    const pages = await Promise.all(hits.map(({ result }) => result.data()));
    return pages.flatMap((page, place) => [...(hits[place].title ? [element("li", "pm-results__group", hits[place].title)] : []), hit(page)]);
  }

  function startBox(form) {
    const toggle = document.getElementById("__search");
    const input = form.elements.q;
    const box = form.closest(".md-search");
    const list = box.querySelector(".pm-results");
    const state = box.querySelector(".pm-search__state");
    let turn = 0;

    const ask = () => answer().catch(() => (state.textContent = FAILED));

    async function answer() {
      const words = input.value.trim();
      const mine = ++turn;
      if (!words) {
        list.replaceChildren();
        state.textContent = "Type to search in all postmortems.";
        return;
      }
      await pause(120);
      if (mine !== turn) return;
      const found = await search(words, { filters: {} });
      const shown = await entries(found.hits.slice(0, 5));
      if (mine !== turn) return;
      list.replaceChildren(...shown);
      const all = element(found.hits.length ? "a" : "span", "", told(found));
      if (found.hits.length) all.href = `${form.action}?q=${encodeURIComponent(words)}`;
      state.replaceChildren(all);
    }

    input.addEventListener("focus", () => {
      toggle.checked = true;
      ask();
      load().catch(() => {});
    });
    input.addEventListener("input", ask);
    toggle.addEventListener("change", () => (toggle.checked ? input.focus() : input.blur()));
    box.querySelector(".md-search__overlay").addEventListener("click", () => (toggle.checked = false));
    document.addEventListener("keydown", (event) => {
      const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
      if (event.key === "Escape" && toggle.checked) {
        toggle.checked = false;
        input.blur();
      } else if (["/", "s"].includes(event.key) && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        input.focus();
      } else if (["ArrowDown", "ArrowUp"].includes(event.key) && box.contains(document.activeElement)) {
        const stops = [input, ...list.querySelectorAll("a")];
        const next = stops[stops.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1)];
        if (next) {
          event.preventDefault();
          next.focus();
        }
      }
    });
    box.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !box.contains(event.relatedTarget)) toggle.checked = false;
    });
  }

  function startPage(page) {
    const form = page.querySelector("form");
    const list = page.querySelector(".pm-results");
    const more = page.querySelector(".pm-more");
    const output = form.querySelector("output");
    const clear = form.querySelector("[type=reset]");
    const facets = [...form.querySelectorAll("select")].filter((select) => select.name !== "sort");
    let found = { hits: [] };
    let shown = 0;
    let turn = 0;
    let counting = false;

    /* The page knows the words of the facets. How many results each has is loaded when somebody is about to choose. */
    function count() {
      if (counting) return;
      counting = true;
      ask(0);
    }

    function fill(counts) {
      for (const select of facets) {
        const chosen = select.value;
        const words = Object.entries(counts[select.name] ?? {}).filter(([word, number]) => number !== 0 || word === chosen);
        if (select.name === "part" && handbook) words.push([HANDBOOK, NaN]);
        words.sort(([one], [other]) => (select.name === "year" ? other.localeCompare(one) : one.localeCompare(other)));
        const options = words.map(([word, number]) => new Option(number >= 0 ? `${word} (${number.toLocaleString("en")})` : word, word));
        if (chosen && !words.some(([word]) => word === chosen)) options.push(new Option(`${chosen} (0)`, chosen));
        select.replaceChildren(new Option("All", ""), ...options);
        select.value = chosen;
        select.closest("label").hidden = !options.length;
      }
    }

    /* The words of the facets, where nobody knows how many results each has. */
    function uncounted(counts) {
      return Object.fromEntries(Object.entries(counts).map(([name, words]) => [name, Object.fromEntries(Object.keys(words).map((word) => [word, NaN]))]));
    }

    async function show(from) {
      const mine = turn;
      const next = await entries(found.hits.slice(from, from + SHOWN));
      if (mine !== turn) return;
      if (!from) list.replaceChildren();
      list.append(...next);
      shown = from + SHOWN;
      more.hidden = found.hits.length <= shown;
    }

    const ask = (wait) => answer(wait).catch(() => (output.textContent = FAILED));

    async function answer(wait) {
      const mine = ++turn;
      const words = form.elements.q.value.trim();
      const filters = Object.fromEntries(facets.filter((select) => select.value).map((select) => [select.name, select.value]));
      const sort = form.elements.sort.value;
      const query = new URLSearchParams({ ...(words && { q: words }), ...filters, ...(sort && { sort }) });
      history.replaceState(null, "", query.size ? `?${query}` : location.pathname);
      clear.hidden = !Object.keys(filters).length && !sort;
      counting ||= Object.keys(filters).length > 0;
      await pause(wait);
      if (mine !== turn) return;
      const { pagefind } = await load();
      const counts = counting && (await pagefind.filters());
      if (mine !== turn) return;
      if (!words && !Object.keys(filters).length) {
        found = { hits: [] };
        list.replaceChildren();
        more.hidden = true;
        output.textContent = "";
        if (counts) fill(counts);
        return;
      }
      const all = await search(words, { filters, sort });
      if (mine !== turn) return;
      found = all;
      if (counts) fill(found.counts ?? uncounted(counts));
      output.textContent = told(found);
      await show(0);
    }

    const query = new URLSearchParams(location.search);
    for (const field of form.elements) {
      if (!field.name || !query.get(field.name)) continue;
      const known = field.tagName !== "SELECT" || [...field.options].some((option) => option.value === query.get(field.name));
      if (!known && field.name !== "sort") field.append(new Option(query.get(field.name)));
      field.value = query.get(field.name);
    }
    form.hidden = false;
    form.addEventListener("input", (event) => ask(event.target.tagName === "INPUT" ? 150 : 0));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => {
      const words = form.elements.q.value;
      setTimeout(() => {
        form.elements.q.value = words;
        ask(0);
      });
    });
    more.querySelector("button").addEventListener("click", () => show(shown));
    for (const select of facets) {
      select.addEventListener("focus", count);
      select.closest("label").addEventListener("pointerenter", count);
    }
    ask(0);
    if (!form.elements.q.value) form.elements.q.focus();
  }

  document.querySelectorAll("form[data-pm-search-box]").forEach(startBox);
  document.querySelectorAll("[data-pm-search]").forEach(startPage);
})();
