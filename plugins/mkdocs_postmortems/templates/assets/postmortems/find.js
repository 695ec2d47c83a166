/* What a query means, in terms of an index that takes every word for the beginning of others. */

/* The words of a query, but for those that tell no page from another. */
function split(query, small) {
  const words = query.split(/\s+/).map((word) => word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "")).filter(Boolean);
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

/* The words inside a name, as Pagefind takes it apart; it leaves out single letters. */
function inside(name) {
  const apart = name.replace(/(\p{Ll})(?=\p{Lu})|(\p{Lu})(?=\p{Lu}\p{Ll})|(\p{L})(?=\p{N})|(\p{N})(?=\p{L})/gu, "$& ");
  return apart.split(/[^\p{L}\p{M}\p{N}'’]+/u).filter((word) => word.length > 1);
}

/* The pages that hold a word, or a name of which it is a part, with their scores and with what finds them there.

   Pagefind knows a name as a whole, without its signs, and each word inside it, at the same place: "orders_daily" is a part of "warehouse.orders_daily"
   where its words share a place. Without its signs "12:34" begins like "12345", so a name with signs is no beginning of a longer whole. */
async function named(pagefind, name, filters) {
  const parts = inside(name);
  const signs = /[^\p{L}\p{M}\p{N}'’]/u.test(name);
  const words = parts.length <= INSIDE && (signs || /\p{Ll}\p{Lu}/u.test(name)) ? parts : [];
  if (words.length < 2) return new Map([...(await holders(pagefind, name, filters))].map(([id, score]) => [id, { score, terms: [name] }]));
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
export async function find(pagefind, query, { filters, small }) {
  const words = /^".+"$/.test(query) ? [] : split(query, small);
  if (!words.length) {
    const { results, filters: counts } = await pagefind.search(query || null, { filters });
    return { all: results, some: [], missing: [], counts: Object.keys(counts).length ? counts : undefined };
  }
  const held = await Promise.all(words.map((word) => named(pagefind, word, filters)));
  const known = words.filter((_, place) => held[place].size);
  const missing = words.filter((_, place) => !held[place].size);
  if (!known.length) return { all: [], some: [], missing };
  const found = new Map();
  words.forEach((word, place) => {
    for (const [id, { score, terms }] of held[place]) {
      const page = found.get(id) ?? { id, words: [], terms: [], apart: false, score: 0 };
      page.words.push(word);
      page.terms.push(...terms);
      page.apart ||= terms.length > 1;
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
  const data = async ({ id, terms: own }) => {
    const terms = own.join(" ");
    if (!excerpts.has(terms)) excerpts.set(terms, pagefind.search(terms, { filters }));
    return (await excerpts.get(terms)).results.find((result) => result.id === id).data();
  };
  const shown = (page) => ({ id: page.id, data: () => data(page) });
  return {
    all: [...all, ...apart.map(shown)],
    some: some.map(shown),
    missing,
    counts: !apart.length && all.length === whole.results.length ? whole.filters : undefined,
  };
}
