// What a browser can tell of a page that it shows; each is asked for by walking.py.
({
  // Everything that is folded is unfolded, so that it is looked at too.
  unfold() {
    document.querySelectorAll("details").forEach((one) => { one.open = true; });
    if (document.activeElement) document.activeElement.blur();
    window.scrollTo(0, 0);
  },
  async violations(rules) {
    const found = await axe.run(document, { runOnly: rules, resultTypes: ["violations"] });
    return found.violations.flatMap((rule) =>
      rule.nodes.slice(0, 3).map((node) => `${rule.id}: ${rule.help}: ${node.target} ${node.html.slice(0, 160)}`));
  },
  wide(width) {
    if (document.documentElement.scrollWidth <= width) return [];
    const beyond = (one) => {
      const box = one.getBoundingClientRect();
      return box.width && (box.right > width + 1 || box.left < -1) && !one.closest(".wide, .skip");
    };
    return [...document.querySelectorAll("body *")].filter(beyond).slice(0, 3)
      .map((one) => `wider than ${width} px: ${one.outerHTML.slice(0, 120)}`);
  },
  // Marks what can be used, and says how often Tab has to be pressed at most; of radio buttons of one name, one is
  // reached by it. From then on what has had the focus is noted.
  usable() {
    const asked = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
    const first = (one) => {
      if (one.type !== "radio") return true;
      const all = [...one.form.querySelectorAll(`input[type=radio][name="${one.name}"]`)];
      return (all.find((other) => other.checked) || all[0]) === one;
    };
    const found = [...document.querySelectorAll(asked)].filter((one) => one.getClientRects().length && first(one));
    found.forEach((one) => { one.dataset.usable = "1"; });
    document.addEventListener("focusin", ({ target: one }) => {
      delete one.dataset.usable;
      const style = getComputedStyle(one);
      if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 1) one.dataset.unseen = "1";
    });
    return found.length + 4 * found.filter(this.within).length;
  },
  // A field for a day has several stops of its own, and shows its focus within.
  within(one) {
    return ["date", "time", "month", "file"].includes(one.type);
  },
  missed() {
    const within = this.within;
    return [...document.querySelectorAll("[data-usable], [data-unseen]")].filter((one) => !within(one)).slice(0, 3)
      .map((one) => `not by keyboard: ${one.outerHTML.slice(0, 140)}`);
  },
})
