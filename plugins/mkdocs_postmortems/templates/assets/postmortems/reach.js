/* What the theme leaves out for those who read with a keyboard or by ear. */

(() => {
  "use strict";

  function complete() {
    const search = document.querySelector(".md-search");
    search?.setAttribute("aria-label", search.querySelector("input")?.getAttribute("aria-label") ?? "Search");
    for (const table of document.querySelectorAll(".md-typeset__scrollwrap")) table.tabIndex = 0;
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

  /* The theme adds to the page in the same turn; what it adds is looked at behind it. */
  if (window.document$) document$.subscribe(() => requestAnimationFrame(complete));
  else complete();
})();
