/* The full-text search: the box in the header and the page of results ask the same index. */

(() => {
  "use strict";

  const SHOWN = 6;
  const HINT = "Type to search in all postmortems.";
  /* Milliseconds after which a reader wonders. */
  const SLOW = 400;
  const FAILED = "The search could not be loaded. Reload the page to try again.";
  const base = new URL(JSON.parse(document.getElementById("__config").textContent).base.replace(/\/*$/, "/"), location.href);
  const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
  let engine;

  const module = (name) => import(new URL(`assets/postmortems/${name}.js`, base));

  /* Loaded when somebody begins to type, not before. */
  function load() {
    engine ??= Promise.all([module("engine"), module("hits")]).then(([{ open }]) => open(base));
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

  /* What is found, how much that is in words, and the first of it as the entries of a list. */
  function search(query, options, many = SHOWN) {
    return asked(async (index) => {
      const found = await index.search(query, { ...options, enough: SHOWN });
      const hits = found.groups.flatMap(({ title, results }) => results.map((result, place) => ({ result, title: place ? "" : title })));
      const { entries, told } = await module("hits");
      return { ...found, hits, told: told(found, Object.keys(options.filters).length > 0), first: await entries(hits.slice(0, many)) };
    });
  }

  /* Say that a search is under way, unless it is over in a moment; and that it failed. What it was to replace goes then: nobody may take it for an answer. */
  function watch(place, work, current, drop) {
    const waiting = setTimeout(() => current() && (place.textContent = "Searching…"), SLOW);
    const fail = () => {
      if (!current()) return;
      place.textContent = FAILED;
      drop();
    };
    return work.catch(fail).finally(() => clearTimeout(waiting));
  }

  /* Others in the place of the entries of a list. Who was among them with a keyboard stays there, or goes back to the field. */
  function replace(list, others, field) {
    const links = () => [...list.querySelectorAll("a")];
    const place = links().indexOf(document.activeElement);
    list.replaceChildren(...others);
    if (place >= 0) (links()[place] ?? field).focus();
  }

  function startBox(form) {
    const toggle = document.getElementById("__search");
    const input = form.elements.q;
    const box = form.closest(".md-search");
    const list = box.querySelector(".pm-results");
    const state = box.querySelector(".pm-search__state");
    let turn = 0;
    /* What the list holds, or will in a moment. */
    let wanted;

    function ask() {
      const mine = ++turn;
      wanted = input.value.trim();
      const drop = () => {
        replace(list, [], input);
        wanted = undefined;
      };
      return watch(state, answer(mine, wanted), () => mine === turn, drop);
    }

    async function answer(mine, words) {
      if (!words) {
        state.textContent = HINT;
        return list.replaceChildren();
      }
      await pause(120);
      if (mine !== turn) return;
      const found = await search(words, { filters: {} }, 5);
      if (mine !== turn) return;
      replace(list, found.first, input);
      const all = document.createElement(found.hits.length ? "a" : "span");
      all.textContent = found.told;
      if (found.hits.length) all.href = `${form.action}?q=${encodeURIComponent(words)}`;
      state.replaceChildren(all);
    }

    function open() {
      toggle.checked = true;
      if (input.value.trim() !== wanted) ask();
      load().catch(() => {});
    }

    input.addEventListener("focus", open);
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
    /* Who was quicker than this script has begun to type. */
    if (document.activeElement === input) open();
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
    const address = postmortems.addressing();

    function wanted() {
      const words = form.elements.q.value.trim();
      const filters = Object.fromEntries(facets.filter((select) => select.value).map((select) => [select.name, select.value]));
      return { words, filters, sort: form.elements.sort.value, asks: Boolean(words || Object.keys(filters).length) };
    }

    /* The page knows the words of the facets. How many results each has is loaded when somebody is about to choose, and leaves the results as they are. */
    async function count() {
      if (counting) return;
      counting = true;
      const mine = turn;
      const { words, filters, asks } = wanted();
      try {
        const counts = await asked((index) => index.counts());
        const found = asks ? await asked((index) => index.search(words, { filters, enough: SHOWN })) : { counts };
        const numbers = await offered(words, filters, found, counts);
        if (mine === turn) fill(numbers);
      } catch {
        counting = false;
      }
    }

    /* How many results each word of the facets has; of one in which somebody chose, how many it would have in place of that. */
    async function offered(words, filters, found, counts) {
      const numbers = { ...(found.counts ?? uncounted(counts)) };
      for (const name of Object.keys(filters)) {
        const others = Object.fromEntries(Object.entries(filters).filter(([other]) => other !== name));
        const asks = words || Object.keys(others).length;
        const beside = asks ? (await asked((index) => index.search(words, { filters: others, enough: SHOWN }))).counts : counts;
        numbers[name] = (beside ?? uncounted(counts))[name];
      }
      return numbers;
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

    function draw({ hits: all, first }, many) {
      [hits, shown] = [all, many];
      replace(list, first, form.elements.q);
      more.hidden = hits.length <= shown;
    }

    async function showMore(keyed) {
      const [own, from] = [hits, shown];
      /* Who presses twice wants them once, and a search that came meanwhile has others. */
      const late = () => own !== hits || from !== shown;
      try {
        const { entries } = await module("hits");
        const next = await entries(own.slice(from, from + SHOWN));
        if (late()) return;
        list.append(...next);
        shown += SHOWN;
        more.hidden = hits.length <= shown;
        if (keyed) list.querySelectorAll("a")[from]?.focus();
      } catch {
        if (!late()) ask(0, from + SHOWN);
      }
    }

    function ask(wait, many = SHOWN) {
      const mine = ++turn;
      const drop = () => many === SHOWN && draw({ hits: [], first: [] }, SHOWN);
      return watch(output, answer(mine, wait, many), () => mine === turn && wanted().asks, drop);
    }

    async function answer(mine, wait, many) {
      await pause(wait);
      if (mine !== turn) return;
      const { words, filters, sort, asks } = wanted();
      const query = new URLSearchParams({ ...(words && { q: words }), ...filters, ...(sort && { sort }) });
      /* After the pause: browsers refuse an address that changes with each of many letters. */
      address(query);
      clear.hidden = !Object.keys(filters).length && !sort;
      if (!asks) {
        draw({ hits: [], first: [] }, SHOWN);
        output.textContent = HINT;
      }
      const counts = counting && (await asked((index) => index.counts()));
      if (mine !== turn) return;
      const found = asks ? await search(words, { filters, sort }, many) : { counts };
      if (mine !== turn) return;
      const numbers = counts && (await offered(words, filters, found, counts));
      if (mine !== turn) return;
      /* All at once: nothing that is told may be out of step with what is shown. */
      if (asks) {
        draw(found, many);
        output.textContent = found.told;
      }
      if (numbers) fill(numbers);
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
    /* A browser may have kept a page of an earlier version. */
    page.querySelector(".pm-awaited")?.remove();
    form.addEventListener("input", (event) => ask(event.target.tagName === "INPUT" ? 150 : 0));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => {
      const words = form.elements.q.value;
      /* The button goes away, and must not take the focus of a keyboard along. */
      if (clear.matches(":focus-visible")) form.elements.q.focus();
      setTimeout(() => {
        form.elements.q.value = words;
        ask(0);
      });
    });
    more.querySelector("button").addEventListener("click", (event) => showMore(event.target.matches(":focus-visible")));
    for (const select of facets) {
      select.addEventListener("focus", count);
      select.closest("label").addEventListener("pointerenter", count);
    }
    ask(0);
    load().catch(() => {});
    if (!form.elements.q.value && document.activeElement === document.body) form.elements.q.focus();
  }

  document.querySelectorAll("form[data-pm-search-box]").forEach(startBox);
  document.querySelectorAll("[data-pm-search]").forEach(startPage);
})();
