/* What a query means, in terms of an index that takes every word for the beginning of others. */

/* A sign of a script without spaces, as `unspaced.py` parts them for the index. */
export const UNSPACED = /[\u3040-\u30ff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]/;
const unspaced = () => import("./unspaced.js");

/* The point inside a number is another one in the index. */
const POINT = "\u2024";
const pointed = (text) => text.replaceAll(POINT, ".");

/* What is shown of a page, with each of its texts written otherwise. */
export function rewritten(data, write) {
  const { meta, content, excerpt, sub_results: parts } = data;
  const own = parts.map((part) => ({ ...part, title: write(part.title), excerpt: write(part.excerpt) }));
  return { ...data, meta: { ...meta, title: write(meta.title) }, content: write(content), excerpt: write(excerpt), sub_results: own };
}

/* What is shown of a page is written as the page has it, which few pages need more help for. */
async function shown(data) {
  const told = rewritten(data, pointed);
  return UNSPACED.test(data.content) ? (await unspaced()).readable(told) : told;
}

const written = ({ id, data }) => ({ id, data: async () => shown(await data()) });

/* The words of a query, but for those that tell no page from another. */
function split(query, small) {
  const words = query.split(/[\s\u3001-\u3003\u3008-\u3020\u30fb]+/).map((word) => word.replace(/^[^\p{L}\p{N}#]+|[^\p{L}\p{N}#+]+$/gu, "")).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const telling = words.filter((word) => !small.has(word.toLowerCase()));
  return [...new Set(telling.length ? telling : words)];
}

/* So many letters at most may be wrong at the end of a word, and so many at least have to be right. */
const WRONG = 4;
const RIGHT = 5;

/* The pages that hold a word, or one that begins like it, with their scores.

   Where no word begins like it, Pagefind takes the longest beginning of it that is a word: "orchestrator" finds "or". That shows in a longer word, which
   nobody writes: it is found at the same places of the page. It counts where little was left out, which somebody may still be typing. */
async function holders(pagefind, word, filters) {
  const ask = async (term) => (await pagefind.search(term, { filters })).results;
  const exactly = (term) => ask(`"${term}"`);
  const [near, exact] = await Promise.all([ask(word), exactly(word)]);
  const sure = new Set(exact.map(({ id }) => id));
  if (near.some(({ id }) => !sure.has(id))) {
    const places = new Map((await ask(word + word.at(-1).repeat(4))).map(({ id, words }) => [id, words.join()]));
    for (const { id, words } of near) if (words.join() !== places.get(id)) sure.add(id);
    if (near.some(({ id }) => !sure.has(id))) {
      const begun = [];
      for (let length = word.length - 1; length >= Math.max(RIGHT, word.length - WRONG); length--) begun.push(word.slice(0, length));
      const first = new Map((await Promise.all(begun.map(exactly))).flat().map(({ id, words }) => [id, words[0]]));
      for (const { id, words } of near) if (words.includes(first.get(id))) sure.add(id);
    }
  }
  return new Map(near.filter(({ id }) => sure.has(id)).map(({ id, score }) => [id, score]));
}

/* So many words at most are looked for inside a name. */
const INSIDE = 8;

/* What a name is made of beside letters and digits, where it is more than what Pagefind takes for a part of a word. */
const SIGN = new RegExp(`[^\\p{L}\\p{M}\\p{N}'’${POINT}]`, "u");

/* The words inside a name, as Pagefind takes it apart. It leaves out those of a single letter. */
function inside(name) {
  const apart = name.replace(/(\p{Ll})(?=\p{Lu})|(\p{Lu})(?=\p{Lu}\p{Ll})|(\p{L})(?=\p{N})|(\p{N})(?=\p{L})/gu, "$& ");
  return apart.split(new RegExp(`${SIGN.source}+`, "u")).filter(Boolean);
}

/* The pages in which a name, or a longer one that begins like it, stands where all of its words do. */
async function together(pagefind, name, words, filters) {
  const ask = async (term) => new Map((await pagefind.search(term, { filters })).results.map((result) => [result.id, result]));
  const [whole, exact, longer, ...parts] = await Promise.all([name, `"${name}"`, name + name.at(-1).repeat(4), ...words].map(ask));
  const found = new Map();
  for (const [id, { score, words: places }] of whole) {
    if (!exact.has(id) && places.join() === longer.get(id)?.words.join()) continue;
    if (places.some((place) => parts.every((pages) => pages.get(id)?.words.includes(place)))) found.set(id, { score, terms: [name] });
  }
  return found;
}

/* The pages that hold a word, or a name of which it is a part, with their scores and with what finds them there.

   Pagefind knows a name as a whole, without its signs, and each word inside it, at the same place: "orders_daily" is a part of "warehouse.orders_daily"
   where its words share a place. Without its signs "12:34" begins like "12345", so a name with signs is no beginning of a longer whole.
   What tells "us-east-1a" from "us-east-1b" is none of its words, so these count only where no page has the name itself. */
async function named(pagefind, name, filters) {
  const parts = inside(name);
  const telling = parts.filter((word) => word.length > 1);
  const signs = SIGN.test(name);
  const words = telling.length <= INSIDE && (signs || /\p{Ll}\p{Lu}/u.test(name)) ? telling : [];
  if (signs && words.length && words.length < parts.length) {
    const own = await together(pagefind, name, words, filters);
    if (own.size) return own;
  }
  if (words.length < 2) {
    const own = new Map([...(await holders(pagefind, name, filters))].map(([id, score]) => [id, { score, terms: [name] }]));
    const bare = name.replace(/[#+]/g, "");
    return own.size || bare === name || bare.length < 3 ? own : named(pagefind, bare, filters);
  }
  const ask = async (term) => (await pagefind.search(term, { filters })).results;
  const whole = signs ? (await ask(`"${name}"`)).map(({ id, score }) => [id, score]) : await holders(pagefind, name, filters);
  const found = new Map([...whole].map(([id, score]) => [id, { score, terms: [name] }]));
  const [end, ...begun] = await Promise.all([holders(pagefind, words.at(-1), filters), ...words.slice(0, -1).map((word) => ask(`"${word}"`))]);
  const sure = [...begun.map((results) => new Set(results.map(({ id }) => id))), end];
  const [first, ...others] = (await Promise.all(words.map(ask))).map((results) => new Map(results.map((result) => [result.id, result])));
  for (const [id, { score, words: places }] of first) {
    if (found.has(id) || !sure.every((pages) => pages.has(id)) || !others.every((pages) => pages.has(id))) continue;
    const shared = others.map((pages) => new Set(pages.get(id).words));
    if (places.some((place) => shared.every((own) => own.has(place)))) found.set(id, { score, terms: words });
  }
  return found;
}

/* The pages that hold all words of a query, and those that hold some of them, best first; the words that nobody writes.

   A query in quotation marks is looked for as it is. How many of the first each facet has is told where Pagefind knows it. */
export async function find(pagefind, typed, { filters, small }) {
  /* Letters as wide as a sign, and kana half as wide, are other spellings of the same. */
  const narrow = typed.replace(/[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff66-\uff9f]+/g, (wide) => wide.normalize("NFKC"));
  const query = narrow.replace(/(\d)\.(?=\d)/g, `$1${POINT}`);
  const words = /^"[^"]+"$/.test(query) && !UNSPACED.test(query) ? [] : split(query, small);
  if (!words.length) {
    const { results, filters: counts } = await pagefind.search(query || null, { filters });
    return { all: results.map(written), some: [], missing: [], counts: Object.keys(counts).length ? counts : undefined };
  }
  const ask = async (word) => (UNSPACED.test(word) ? (await unspaced()).holders : named)(pagefind, word, filters);
  const held = await Promise.all(words.map(ask));
  const known = words.filter((_, place) => held[place].size);
  const missing = words.filter((_, place) => !held[place].size).map(pointed);
  if (!known.length) return { all: [], some: [], missing };
  const found = new Map();
  words.forEach((word, place) => {
    for (const [id, { score, terms, place: start }] of held[place]) {
      const page = found.get(id) ?? { id, words: [], terms: [], apart: false, score: 0 };
      page.words.push(word);
      page.terms.push(...terms);
      page.place ??= start;
      page.apart ||= terms.join() !== word || start !== undefined;
      page.score += score;
      found.set(id, page);
    }
  });
  const whole = await pagefind.search(known.join(" "), { filters });
  const all = whole.results.filter(({ id }) => found.get(id)?.words.length === known.length && !found.get(id).apart);
  const apart = [...found.values()].filter((page) => page.words.length === known.length && page.apart);
  apart.sort((one, other) => other.score - one.score);
  const most = Math.max(...[...found.values()].map((page) => (page.words.length < known.length ? page.words.length : 0)));
  const some = [...found.values()].filter(({ words: own }) => own.length < known.length && own.length >= Math.min(most, known.length / 2));
  some.sort((one, other) => other.score * other.words.length - one.score * one.words.length);
  /* Their words are marked, and no others: what is shown of a page is asked for by these. */
  const excerpts = new Map();
  const data = async ({ id, terms: own, place, words: held }) => {
    /* One sign of a phrase finds the page; the text around the phrase is taken from it. */
    const terms = place === undefined ? own.join(" ") : held.find((word) => UNSPACED.test(word)).match(UNSPACED)[0];
    if (!excerpts.has(terms)) excerpts.set(terms, pagefind.search(terms, { filters }));
    const told = await (await excerpts.get(terms)).results.find((result) => result.id === id).data();
    return place === undefined ? shown(told) : (await unspaced()).around({ ...told, raw_content: pointed(told.raw_content) }, place, held.map(pointed));
  };
  const result = (page) => ({ id: page.id, data: () => data(page) });
  return {
    all: [...all.map(written), ...apart.map(result)],
    some: some.map(result),
    missing,
    counts: !apart.length && all.length === whole.results.length ? whole.filters : undefined,
  };
}
