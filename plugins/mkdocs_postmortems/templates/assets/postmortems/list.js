/* The filters of a long list. The page holds its first rows; all others come as data when somebody asks for them. */

(() => {
  "use strict";

  const SHOWN = 100;
  /* Milliseconds in which the next letter of a word may come. */
  const TYPING = 150;
  const FINISHED = ["done", "cancelled"];

  class List {
    constructor(form) {
      this.form = form;
      this.page = form.closest(".pm-page");
      this.place = this.page.querySelector("[data-pm-rows]");
      this.first = [...this.place.children];
      this.pager = this.page.querySelector("[data-pm-pager]");
      this.nothing = this.page.querySelector("[data-pm-nothing]");
      this.more = this.page.querySelector("[data-pm-more]");
      this.output = form.querySelector("output");
      this.words = form.querySelector(".pm-filter__words");
      this.clear = form.querySelector("[type=reset]");
      this.fields = [...form.elements].filter((field) => field.name);
      this.heads = [...this.page.querySelectorAll("th[data-pm-sort]")];
      this.order = "";
      this.shown = SHOWN;
      this.turn = 0;
      this.rows = form.dataset.rows ? null : this.first.map((row) => [JSON.parse(row.dataset.pmRow), row]);
    }

    start() {
      const query = new URLSearchParams(location.search);
      for (const field of this.fields) this.fill(field, query.get(field.name) ?? "");
      this.order = query.get("sort") ?? "";
      this.heads.forEach((head) => this.makeSortable(head));
      this.form.hidden = false;
      this.form.addEventListener("input", (event) => this.changed(event.target.name === "text" ? TYPING : 0));
      this.form.addEventListener("submit", (event) => event.preventDefault());
      this.form.addEventListener("reset", () => setTimeout(() => this.cleared()));
      this.more.querySelector("button").addEventListener("click", (event) => {
        const [before, keyed] = [this.place.children.length, event.target.matches(":focus-visible")];
        this.shown += SHOWN;
        this.draw();
        if (keyed) this.place.children[before]?.querySelector("a")?.focus();
      });
      this.address = postmortems.addressing();
      /* What is overdue is another question on another day. */
      document.addEventListener("postmortems:day", () => this.wanted.state === "overdue" && this.changed());
      this.changed();
    }

    /* A word may be asked for in any spelling, as in an address that somebody kept. One that nothing has any more finds nothing, and says so. */
    fill(field, value) {
      field.value = value;
      if (field.value || field.name === "sort" || !value.trim()) return;
      const meant = postmortems.choice(field, field.name === "owner" ? value.replace(/^@/, "") : value);
      if (!meant) field.append(new Option(`${value} (0)`, value));
      field.value = meant?.value ?? value;
    }

    /* The button goes away, and must not take the focus of a keyboard along; a finger wants no keyboard on the screen. */
    cleared() {
      if (this.clear.matches(":focus-visible")) this.fields[0].focus();
      this.order = "";
      this.changed();
    }

    makeSortable(head) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "pm-sort";
      button.append(...head.childNodes);
      button.addEventListener("click", () => {
        const key = head.dataset.pmSort;
        this.order = this.order === `-${key}` ? key : `-${key}`;
        this.changed();
      });
      head.append(button);
    }

    async load() {
      try {
        this.rows = await fetch(this.form.dataset.rows).then((answer) => answer.json());
      } finally {
        this.loading = undefined;
      }
    }

    /* Rows follow each letter. The address, and who listens, wait for the word: browsers refuse too many addresses, and nobody wants to hear every count. */
    async changed(wait = 0) {
      const mine = ++this.turn;
      const sort = this.form.elements.sort;
      if (sort) this.order = sort.value;
      this.wanted = Object.fromEntries(this.fields.filter((f) => f.value && f.name !== "sort").map((f) => [f.name, f.value]));
      this.shown = SHOWN;
      clearTimeout(this.waiting);
      if (wait) {
        this.output.setAttribute("aria-busy", "true");
        this.waiting = setTimeout(() => this.settle(), wait);
      } else this.settle();
      if (!this.rows && (this.order || Object.keys(this.wanted).length)) {
        this.output.textContent = "Loading…";
        this.loading ??= this.load();
        await this.loading.catch(() => {});
        /* Who changed the filter meanwhile is told what became of that. */
        if (mine !== this.turn) return;
        if (!this.rows) {
          this.output.textContent = "The other rows could not be loaded. Change the filter to try again.";
          this.clear.hidden = false;
          return;
        }
      }
      this.draw();
    }

    settle() {
      this.output.removeAttribute("aria-busy");
      const query = new URLSearchParams(this.wanted);
      if (this.order) query.set("sort", this.order);
      this.address(query);
    }

    draw() {
      const tests = this.tests();
      const asked = tests.length > 0;
      const found = this.rows ? this.sorted(this.rows.filter(([facets]) => tests.every((fits) => fits(facets)))) : null;
      const plain = !asked && !this.order;
      if (plain) this.place.replaceChildren(...this.first);
      else if (this.form.dataset.rows) this.place.innerHTML = found.slice(0, this.shown).map(([, html]) => html).join("");
      else this.place.replaceChildren(...found.slice(0, this.shown).map(([, row]) => row));
      postmortems.markOverdue(this.place);
      this.tell(found, asked, plain);
    }

    tell(found, asked, plain) {
      const noun = this.form.dataset.noun;
      const all = this.rows ? this.rows.length : Number(this.form.dataset.total);
      const few = asked && found.length !== all;
      this.output.textContent = few
        ? `${found.length.toLocaleString("en")} of ${postmortems.count(all, noun)}`
        : postmortems.count(all, noun);
      this.words.textContent = this.fields.filter((field) => field.value).map(List.said).join("; ");
      this.clear.hidden = plain;
      this.nothing.hidden = !asked || found.length > 0;
      this.more.hidden = plain || found.length <= this.shown;
      if (this.pager) this.pager.hidden = !plain;
      for (const head of this.heads) {
        const way = this.order === head.dataset.pmSort ? "ascending" : this.order === `-${head.dataset.pmSort}` ? "descending" : "";
        if (way || (!this.order && head.dataset.pmSort === "date")) head.setAttribute("aria-sort", way || "descending");
        else head.removeAttribute("aria-sort");
      }
    }

    /* What a field asks for, for paper, which shows no fields. */
    static said(field) {
      const name = field.closest("label").querySelector("span").textContent;
      const chosen = field.selectedOptions?.[0];
      return `${name}: ${chosen ? (chosen.dataset.name ?? chosen.textContent) : field.value}`;
    }

    /* What is asked of a row, worked out once: there may be tens of thousands. */
    tests() {
      const today = postmortems.today();
      return Object.entries(this.wanted).map(([name, value]) => {
        if (name === "text") {
          const words = postmortems.key(value).trim().split(/\s+/);
          return ({ text }) => words.every((word) => text.includes(word));
        }
        if (name === "state" && value === "open") return ({ state }) => !FINISHED.includes(state);
        if (name === "state" && value === "overdue") return ({ due }) => Boolean(due) && due < today;
        return ({ [name]: told }) => (Array.isArray(told) ? told.includes(value) : told === value);
      });
    }

    /* Rows that do not tell what is asked for come last, whichever way. */
    sorted(rows) {
      const key = this.order.replace(/^-/, "");
      if (!key) return rows;
      const way = this.order.startsWith("-") ? -1 : 1;
      return rows
        .map((row, place) => [row[0][key], place, row])
        .sort(([one, before], [other, after]) => {
          if (one === undefined || other === undefined) return (one === undefined) - (other === undefined) || before - after;
          return one < other ? -way : one > other ? way : before - after;
        })
        .map(([, , row]) => row);
    }
  }

  for (const form of document.querySelectorAll("form[data-pm-filter]")) new List(form).start();
})();
