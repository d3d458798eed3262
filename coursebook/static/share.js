/* The menu "Share, save or cite this chart", loaded when a reader opens one.

   Everything is made in the page, and nothing is sent: links, code and citations are copied, pictures and rows are files.
   A picture is drawn anew in light colours and says what a picture alone must: title, state, sources, licence, address. */
(() => {
  "use strict";

  const book = JSON.parse(document.getElementById("course-book").textContent);
  const FONT = "Arial, 'Liberation Sans', Helvetica, sans-serif", MARGIN = 20, LINE = 1.4, PNG_SCALE = 2;
  const made = (tag, values = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), values);
    element.append(...children);
    return element;
  };
  const escaped = (text) => text.replace(/[&<>"]/g, (one) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[one]);
  const plain = (text) => text.replace(/\s+/g, " ").trim();

  class Menu {
    constructor(menu, explorer, painter, { says, rowOf }) {
      Object.assign(this, { explorer, painter, says, rowOf });
      this.text = made("textarea", { readOnly: true, rows: 4, hidden: true, ariaLabel: "The text to copy" });
      this.status = made("p", {});
      this.status.setAttribute("role", "status");
      const copies = { link: "Link to this state", embed: "Code to embed it" };
      const cites = { citation: "Citation", bibtex: "BibTeX", ris: "RIS" };
      const files = { svg: "Picture (SVG)", png: "Picture (PNG)", csv: "Rows shown (CSV)" };
      menu.append(
        this.group("Copy", copies, (what) => this.copy(this[what])),
        this.group("Copy to cite", cites, (what) => this.copy(this[what])),
        this.group("Save", files, (what) => this.save(what)),
        this.text, this.status,
      );
    }

    group(legend, actions, act) {
      const buttons = Object.entries(actions).map(([what, label]) =>
        made("button", { type: "button", textContent: label, onclick: () => act(what).catch((fault) => this.fail(fault)) }));
      return made("fieldset", {}, made("legend", { textContent: legend }), ...buttons);
    }

    fail(fault) {
      this.status.textContent = "That did not work here: " + fault.message;
      console.error(fault);
    }

    /* From disk, and in a page inside another, the clipboard may be closed to us: then what is selected is copied. */
    async copy(text) {
      const button = document.activeElement;
      Object.assign(this.text, { hidden: false, value: text });
      this.text.select();
      let copied = true;
      try { await navigator.clipboard.writeText(text); } catch { copied = document.execCommand("copy"); }
      if (copied) button.focus();
      this.status.textContent = copied ? "Copied." : "Copy the text that is selected.";
    }

    // What is said of the chart -----------------------------------------------------------------------------------

    get title() { return plain(this.explorer.figure.querySelector(".caption-text").textContent); }

    get state() { return this.explorer.controls.map(({ text, words }) => `${text}: ${words}`).join(", "); }

    get sources() { return plain(this.explorer.root.querySelector(".explorer-sources").textContent); }

    get chart() { return plain(`${this.explorer.number}, ${this.state}`); }

    /* Where this figure stands in the book: on the web, where the page was got from; a copy on disk knows only what the
       book says of its address, or the place in it. */
    get address() {
      const home = document.querySelector(".embed-home")?.href ?? location.href;
      return published(new URL(this.explorer.address, home).href);
    }

    get link() { return this.address; }

    get embed() {
      const source = published(new URL(`embed/${this.explorer.name}.html${this.explorer.address}`, root()).href);
      const height = Math.ceil(this.explorer.figure.getBoundingClientRect().height) + 80;
      return `<iframe src="${escaped(source)}" title="${escaped(this.title)}" width="100%" height="${height}" style="border:0" loading="lazy"></iframe>\n`
        + "<script>addEventListener('message', ({ data, source }) => { for (const frame of document.querySelectorAll('iframe')) "
        + "if (frame.contentWindow === source && data > 0) frame.height = data; });<" + "/script>";
    }

    get citation() {
      return `Chart “${this.title}” (${this.chart}), in ${book.title} (version ${book.version}, ${book.year}). ${this.sources} ${this.address}`;
    }

    get bibtex() {
      const fields = { title: `{${this.title}}`, howpublished: `Chart in {${book.title}}, version ${book.version}`, year: book.year,
        url: this.address, note: `${this.chart}. ${this.sources}` };
      const lines = Object.entries(fields).map(([name, value]) => `  ${name} = {${value.replace(/(?<!\\)[%&#_$]/g, (sign) => (name === "url" ? sign : `\\${sign}`))}}`);
      return `@misc{${this.explorer.name}-${book.year},\n${lines.join(",\n")}\n}`;
    }

    get ris() {
      const lines = [["TY", "FIGURE"], ["TI", this.title], ["T2", book.title], ["ET", book.version], ["PY", book.year],
        ["UR", this.address], ["N1", `${this.chart}. ${this.sources}`], ["ER", ""]];
      return lines.map(([tag, value]) => `${tag}  - ${value}`).join("\r\n");
    }

    // Files -------------------------------------------------------------------------------------------------------

    async save(what) {
      const answer = await this.painter.ask({ ...await this.explorer.request({ still: true }), narrow: false, use: "file" });
      const { blob, note } = await { svg: () => this.svg(answer), png: () => this.png(answer), csv: () => this.csv(answer) }[what]();
      const name = [this.explorer.name, this.explorer.query].filter(Boolean).join("-").replace(/[^\w-]+/g, "-");
      const file = made("a", { href: URL.createObjectURL(blob), download: `${name}.${what}` });
      file.click();
      setTimeout(() => URL.revokeObjectURL(file.href), 60_000);
      this.status.textContent = `Saved as ${file.download}. ${note ?? ""}`;
    }

    picture({ svg }) {
      const [, width, height] = svg.match(/<svg[^>]* width="([\d.]+)" height="([\d.]+)"/) ?? svg.match(/viewBox="0 0 ([\d.]+) ([\d.]+)"/);
      const above = [...lines(this.title, 18, +width, "bold"), ...lines(this.chart, 13, +width)];
      const licence = `From ${book.title}, version ${book.version} (${book.year}). ${book.licence}. ${this.address}`;
      const below = [...lines(this.sources, 11, +width), ...lines(licence, 11, +width)];
      let y = MARGIN;
      const set = ({ text, size, weight }) => {
        y += size * LINE;
        return `<text x="${MARGIN}" y="${y - size * 0.3}" font-size="${size}" font-weight="${weight}" fill="#20262b">${escaped(text)}</text>`;
      };
      const head = above.map(set), top = (y += 10);
      y += +height + 10;
      const foot = below.map(set), size = { width: +width + 2 * MARGIN, height: Math.ceil(y + MARGIN) };
      const text = `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" viewBox="0 0 ${size.width} ${size.height}" font-family="${FONT}">`
        + `<title>${escaped(this.title)}</title><rect width="100%" height="100%" fill="#fff"/>${head.join("")}`
        + `<svg x="${MARGIN}" y="${top}" width="${width}" height="${height}">${svg}</svg>${foot.join("")}</svg>`;
      return { text: measured(text), ...size };
    }

    async svg(answer) { return { blob: new Blob([this.picture(answer).text], { type: "image/svg+xml" }) }; }

    async png(answer) {
      const { text, width, height } = this.picture(answer), image = new Image(width, height);
      image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(text);
      await image.decode();
      const canvas = made("canvas", { width: width * PNG_SCALE, height: height * PNG_SCALE });
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      return { blob: await new Promise((done) => canvas.toBlob(done, "image/png")) };
    }

    /* The rows are what the marks say of themselves. A chart whose marks say nothing gives its whole table. */
    async csv({ hints }) {
      const rows = new Map(hints.filter(({ tooltip }) => typeof tooltip === "object").map(({ tooltip }) => [this.says({ tooltip }), Object.fromEntries(this.rowOf(tooltip))]));
      const columns = [...new Set([...rows.values()].flatMap(Object.keys))];
      if (columns.length) return { blob: table([columns, ...[...rows.values()].map((row) => columns.map((name) => row[name] ?? ""))]), note: `${rows.size} rows.` };
      const cells = [...this.explorer.root.querySelectorAll(".explorer-table tr")].map((row) => [...row.cells].map((cell) => cell.textContent));
      return { blob: table(cells), note: "The chart does not tell which rows it shows now: this is the whole table." };
    }
  }

  const table = (rows) => new Blob(["\ufeff" + rows.map((row) => row.map(quoted).join(",")).join("\r\n") + "\r\n"], { type: "text/csv;charset=utf-8" });
  /* A number is written without the commas between thousands, which a spreadsheet may take for its decimal sign. */
  const ungrouped = (cell) => (/^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(cell) ? cell.replaceAll(",", "") : `${cell}`);
  const quoted = (cell) => (/[",\r\n]/.test(ungrouped(cell)) ? `"${ungrouped(cell).replace(/"/g, '""')}"` : ungrouped(cell));

  const root = () => new URL(document.documentElement.dataset.content_root || "./", location.href).href;
  const published = (address) => (location.protocol === "file:" ? book.base + address.slice(root().length) : address);

  /* A picture whose lines of words keep their length where another font stands in for this one. */
  function measured(text) {
    const place = made("div", { style: "position: absolute; visibility: hidden", innerHTML: text });
    document.body.append(place);
    for (const line of place.querySelectorAll("tspan, text:not(:has(tspan))")) {
      if (!line.textContent.trim()) continue;
      line.setAttribute("textLength", line.getComputedTextLength().toFixed(1));
      line.setAttribute("lengthAdjust", "spacingAndGlyphs");
    }
    const svg = new XMLSerializer().serializeToString(place.firstElementChild);
    place.remove();
    return svg;
  }

  /* A text in lines that are not wider than the picture. */
  function lines(text, size, width, weight = "normal") {
    const pen = document.createElement("canvas").getContext("2d"), found = [""];
    pen.font = `${weight} ${size}px ${FONT}`;
    for (const word of text.split(" ")) {
      const longer = `${found.at(-1)} ${word}`.trim();
      if (pen.measureText(longer).width <= width) found[found.length - 1] = longer; else found.push(word);
    }
    return found.filter(Boolean).map((line) => ({ text: line, size, weight }));
  }

  window.fillShareMenu = (...given) => new Menu(...given);
})();
