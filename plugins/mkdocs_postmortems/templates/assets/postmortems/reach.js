/* What the theme leaves out for those who read with a keyboard or by ear. */

(() => {
  "use strict";

  /* The menu of a narrow screen is a box that a label ticks: the theme opens it with Enter once the label has the focus. */
  function startMenu() {
    const menu = document.getElementById("__drawer");
    const button = document.querySelector(".md-header label[for=__drawer]");
    if (!menu || !button) return;
    const first = () => [...document.querySelectorAll(".md-sidebar--primary a")].find((link) => getComputedStyle(link).visibility === "visible");
    const tell = () => button.setAttribute("aria-expanded", String(menu.checked));
    for (const [key, value] of Object.entries({ role: "button", tabindex: "0", "aria-label": "Menu" })) button.setAttribute(key, value);
    menu.addEventListener("change", () => {
      tell();
      if (menu.checked && document.activeElement === button) first()?.focus({ preventScroll: true });
    });
    button.addEventListener("keydown", (event) => {
      if (event.key !== " ") return;
      event.preventDefault();
      button.click();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.checked) return;
      menu.click();
      button.focus();
    });
    tell();
  }

  /* Without a script each of them is a stop of the Tab key; where all of it is in sight, one for nothing. */
  const scrollers = ".pm-scroll, .md-typeset__scrollwrap";
  const sizes = new ResizeObserver((seen) => {
    for (const scroller of new Set(seen.map((entry) => entry.target.closest(scrollers)))) {
      if (scroller === document.activeElement) continue;
      if (scroller.scrollWidth > scroller.clientWidth) scroller.tabIndex = 0;
      else scroller.removeAttribute("tabindex");
    }
  });

  function complete() {
    const search = document.querySelector(".md-search");
    search?.setAttribute("aria-label", search.querySelector("input")?.getAttribute("aria-label") ?? "Search");
    sizes.disconnect();
    for (const scroller of document.querySelectorAll(scrollers)) for (const part of [scroller, ...scroller.children]) sizes.observe(part);
    for (const back of document.querySelectorAll(".md-sidebar--primary .md-nav__title:not([for=__drawer])")) back.tabIndex = 0;
    for (const nav of document.querySelectorAll(".md-code__nav")) nav.setAttribute("role", "none");
    /* A page without headings has no link over the navigation. */
    const place = document.querySelector("[data-md-component=skip]");
    const article = document.querySelector(".pm-page");
    if (place && article && !place.children.length) {
      article.id ||= "page";
      article.tabIndex = -1;
      const link = document.createElement("a");
      link.className = "md-skip";
      link.href = `#${article.id}`;
      link.textContent = "Skip to content";
      place.append(link);
    }
  }

  startMenu();
  /* The theme adds to the page in the same turn; what it adds is looked at behind it. */
  if (window.document$) document$.subscribe(() => requestAnimationFrame(complete));
  else complete();
})();
