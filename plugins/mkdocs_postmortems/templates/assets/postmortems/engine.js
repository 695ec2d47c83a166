/* The index of the search, and what is found in it, in groups. */

import { find } from "./find.js";

const HANDBOOK = "Handbook";

let fail;

/* Pagefind takes a piece that did not arrive for one without words, and would say that nothing was found. */
function watch(folder) {
  const load = window.fetch;
  window.fetch = async (...asked) => {
    const answer = await load(...asked).catch((error) => error);
    const address = new URL(asked[0].url ?? asked[0], location.href).href;
    if (!answer.ok && address.startsWith(folder)) fail(new Error(`${address} could not be loaded`));
    if (answer instanceof Error) throw answer;
    return answer;
  };
}

/* Open the index of a site. Whatever is asked of it fails once a piece did not arrive, as after a build that put others in their place. */
export async function open(base) {
  const folder = new URL("search/data/", base);
  if (!fail) watch(folder.href);
  const lost = new Promise((_, reject) => (fail = reject));
  lost.catch(() => {});
  const whole = (work) => Promise.race([lost, work]);
  const guide = await whole(fetch(new URL("guide.json", folder), { cache: "no-cache" }).then((answer) => answer.json()));
  const [first, ...others] = guide.parts;
  const program = await import(new URL(`${first}/pagefind.js`, folder));
  /* Without a worker: it is a second copy of the program, and a query takes milliseconds. */
  const pagefind = program.createInstance({ noWorker: true });
  const options = { baseUrl: base.pathname };
  await whole(pagefind.options({ ...options, excerptLength: 24 }));
  const merge = (name) => pagefind.mergeIndex(new URL(`${name}/`, folder).href, options);
  const last = others.pop();
  await whole(Promise.all(others.map(merge)));
  const small = new Set(guide.small.split(" "));
  /* The pages of the handbook by their names in the index, once it is asked: searches that overtake each other wait for the same. */
  let handbook;
  let dates;

  async function ask() {
    await merge(last);
    return new Set((await pagefind.search(null, { filters: { part: HANDBOOK } })).results.map(({ id }) => id));
  }

  /* How many results each word of each facet has; of a handbook that was not asked, nobody knows. */
  const unasked = (counts) => (last && !handbook ? { ...counts, part: { ...counts.part, [HANDBOOK]: NaN } } : counts);

  async function sorted(results, newest, manual) {
    const { byDate, load } = await import("./order.js");
    dates ??= load(folder, guide.parts.slice(0, -1));
    const known = await dates;
    if (!results.every(({ id }) => manual.has(id) || known.has(id))) throw new Error("a build put other pages in place of these");
    return byDate(results, known, newest);
  }

  /* Incidents with all words, the handbook where these do not fill the page or by its name, incidents with some words. */
  async function groups(query, { filters, sort, enough: many }) {
    const before = handbook && (await handbook);
    let found = await find(pagefind, query, { filters, small });
    const { part, ...narrowed } = filters;
    if (last && !before && !Object.keys(narrowed).length && (part || found.all.length < many)) {
      handbook ??= ask();
      await handbook;
      found = await find(pagefind, query, { filters, small });
    }
    /* Another search may have asked it meanwhile. */
    const manual = (await handbook) ?? new Set();
    const incidents = ({ id }) => part || !manual.has(id);
    const held = found.all.filter(incidents);
    const all = sort ? await sorted(held, sort === "newest", manual) : held;
    const enough = all.length >= many;
    const book = enough ? [] : found.all.filter((result) => !incidents(result));
    return {
      ...found,
      counts: found.counts && unasked(found.counts),
      groups: [
        { title: "", results: all },
        { title: "In the handbook", results: book.slice(0, many / 2) },
        { title: "Incidents with some of the words", results: enough ? [] : found.some.filter(incidents) },
        { title: "More in the handbook", results: book.slice(many / 2) },
      ],
    };
  }

  return {
    search: (query, options) => whole(groups(query, options)),
    counts: async () => unasked(await whole(pagefind.filters())),
  };
}
