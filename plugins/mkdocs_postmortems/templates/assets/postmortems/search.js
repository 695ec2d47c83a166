/* The full-text search: the box in the header and the page of results ask the same index. */

(() => {
  "use strict";

  const SHOWN = 6;
  const HINT = "Type to search in all postmortems.";
  /* Letters of a page that are told where no word was asked for. */
  const BEGIN = 180;
  /* Milliseconds after which a reader wonders. */
  const SLOW = 400;
  /* Letters of a word that are told; a token that somebody pasted may have thousands. */
  const LONG = 40;
  const FAILED = "The search could not be loaded. Reload the page to try again.";
  const base = new URL(JSON.parse(document.getElementById("__config").textContent).base.replace(/\/*$/, "/"), location.href);
  const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
  let engine;

  /* Loaded when somebody begins to type, not before. */
  function load() {
    engine ??= import(new URL("assets/postmortems/engine.js", base)).then(({ open }) => open(base));
    return engine;
  }

  /* Something of the index, which is opened once more where a build replaced it meanwhile. */
  async function asked(work) {
    const mine = load();
    try {
      return await work(await mine);
    } catch {
      if (engine === mine) engine = undefined;
      return work(await load());
    }
  }

  async function search(query, options) {
    const found = await asked((index) => index.search(query, { ...options, enough: SHOWN }));
    return { ...found, hits: found.groups.flatMap(({ title, results }) => results.map((result, place) => ({ result, title: place ? "" : title }))) };
  }

  /* Say that a search is under way, unless it is over in a moment; and that it failed. */
  function watch(place, work, current) {
    const waiting = setTimeout(() => current() && (place.textContent = "Searching…"), SLOW);
    return work.catch(() => current() && (place.textContent = FAILED)).finally(() => clearTimeout(waiting));
  }

  /* How much was found, in words. What a filter hides may be there all the same. */
  function told({ groups, hits, missing }, narrowed = false) {
    const quoted = (word) => `“${word.length > LONG ? `${word.slice(0, LONG)}…` : word}”`;
    const within = narrowed ? " with these filters" : "";
    const nobody = missing.length ? `Nothing holds ${missing.map(quoted).join(" or ")}${within}. ` : "";
    if (!hits.length) return missing.length === 1 ? nobody.trim() : `Nothing was found${within || ". Fewer words find more"}.`;
    const [all, book, some] = groups.map(({ results }) => results.length);
    const parts = [
      all && postmortems.count(all, "result"),
      some && (all ? `${some} with some of the words` : `No incident has all of these words, ${some} ${some === 1 ? "has" : "have"} some`),
      book && `${book}${all || some ? " more" : ""} in the handbook`,
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

  /* The text around the words of a query; where a facet alone was asked for, how a page begins behind its title. */
  function telling({ excerpt: html }, { content, meta }) {
    if (html.includes("<mark>")) return ["… ", ...excerpt(html), " …"];
    const text = content.slice(content.startsWith(meta.title) ? meta.title.length : 0).replace(/^[.\s]+/, "");
    return text.length > BEGIN ? [text.slice(0, BEGIN).replace(/\s+\S*$/, ""), " …"] : [text];
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
    if (best?.anchor && best.title !== data.meta.title) about.append(" ", element("span", "", element("i", "", "· "), best.title));
    link.append(about, element("span", "pm-result__text", ...telling(best ?? data, data)));
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

    function ask() {
      const [work, mine] = [answer(), turn];
      return watch(state, work, () => mine === turn);
    }

    async function answer() {
      const words = input.value.trim();
      const mine = ++turn;
      if (!words) {
        state.textContent = HINT;
        return list.replaceChildren();
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
    /* How the page shows the words of the facets. */
    const titles = Object.fromEntries(facets.map((select) => [select.name, new Map([...select.options].map(({ value, text }) => [value, text]))]));
    let hits = [];
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
        const { name, value: chosen } = select;
        const numbers = { ...(chosen && { [chosen]: 0 }), ...counts[name] };
        const words = Object.entries(numbers).filter(([word, number]) => number !== 0 || word === chosen);
        const options = words.map(([word, number]) => {
          const title = titles[name].get(word) ?? word;
          return new Option(number >= 0 ? `${title} (${number.toLocaleString("en")})` : title, word);
        });
        options.sort((one, other) => (name === "year" ? other.value.localeCompare(one.value) : one.text.localeCompare(other.text)));
        select.replaceChildren(new Option("All", ""), ...options);
        select.value = chosen;
        select.closest("label").hidden = !options.length;
      }
    }

    /* The words of the facets, where nobody knows how many results each has. */
    function uncounted(counts) {
      return Object.fromEntries(Object.entries(counts).map(([name, words]) => [name, Object.fromEntries(Object.keys(words).map((word) => [word, NaN]))]));
    }

    function show(next) {
      list.append(...next);
      shown += SHOWN;
      more.hidden = hits.length <= shown;
    }

    async function showMore() {
      const [mine, from] = [turn, shown];
      const next = await entries(hits.slice(from, from + SHOWN));
      /* Who presses twice wants them once. */
      if (mine === turn && from === shown) show(next);
    }

    function ask(wait) {
      const [work, mine] = [answer(wait), turn];
      return watch(output, work, () => mine === turn && location.search);
    }

    async function answer(wait) {
      const mine = ++turn;
      const words = form.elements.q.value.trim();
      const filters = Object.fromEntries(facets.filter((select) => select.value).map((select) => [select.name, select.value]));
      const sort = form.elements.sort.value;
      const query = new URLSearchParams({ ...(words && { q: words }), ...filters, ...(sort && { sort }) });
      history.replaceState(null, "", query.size ? `?${query}` : location.pathname);
      clear.hidden = !Object.keys(filters).length && !sort;
      await pause(wait);
      if (mine !== turn) return;
      const counts = await asked(async (index) => counting && index.counts());
      if (mine !== turn) return;
      const asking = words || Object.keys(filters).length;
      const found = asking ? await search(words, { filters, sort }) : { hits: [], counts };
      const first = await entries(found.hits.slice(0, SHOWN));
      if (mine !== turn) return;
      /* All at once: nothing that is told may be out of step with what is shown. */
      [hits, shown] = [found.hits, 0];
      list.replaceChildren();
      show(first);
      if (counts) fill(found.counts ?? uncounted(counts));
      output.textContent = asking ? told(found, Object.keys(filters).length > 0) : HINT;
    }

    const query = new URLSearchParams(location.search);
    for (const field of form.elements) {
      if (!field.name || !query.get(field.name)) continue;
      const asked = query.get(field.name);
      const known = field.tagName === "SELECT" ? postmortems.choice(field, asked) : { value: asked };
      if (!known && field.name !== "sort") field.append(new Option(asked));
      field.value = known ? known.value : asked;
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
    more.querySelector("button").addEventListener("click", () => showMore().catch(() => (output.textContent = FAILED)));
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
