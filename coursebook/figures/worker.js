/* Draws the charts of a page on a thread of their own, so that no chart keeps its page from answering.

   A message asks for a chart in a state: { id, name, narrow, dark, values, scale, still, use }, and the first one for a chart
   brings its specification along (`spec`). The answer has the same `id`, and either
     picture  an ImageBitmap, `scale` pixels to a CSS pixel, which is quick and enough while a control moves, or
     svg      the chart as SVG, for a chart at rest, with what its status line says (`line`) and its tooltips (`hints`).
   A picture is in the colours of the page, light or dark; SVG is always in the light ones, and the page's style sheet
   gives it the others. */
{
  const { View, CanvasRenderer, CanvasHandler, renderModule, parse, Error: onlyErrors } = self.vega;

  const STATUS = /^status(_\w+)?_marks$/;  // the layer may have got a number, where charts stand below one another

  class Chart {
    constructor(name, { vega, narrow }) {
      this.name = name;
      this.specs = { wide: vega, narrow: patched(vega, narrow) };
      this.drawings = {};
    }

    /* One for each width: that for another screen, zoom or mode takes the place of the one before. */
    drawing(width, scale, dark) {
      const kept = this.drawings[width];
      if (kept?.scale === scale && kept.dark === dark) return kept;
      kept?.view.finalize();
      return (this.drawings[width] = new Drawing(this.specs[width], scale, dark));
    }

    async drawn({ narrow, dark, values, scale, still, use = "live" }) {
      const drawing = this.drawing(narrow ? "narrow" : "wide", scale, dark);
      await drawing.run(values);
      if (!still) return { picture: await createImageBitmap(drawing.canvas) };
      const svg = await drawing.view.toSVG();
      const { root } = drawing.view.scenegraph();
      return {
        svg: svg.replace(/(?<= id=")|(?<=url\(#)/g, `${this.name}-${use}-`),
        line: texts(root, STATUS).join(" "),
        hints: hints(root, ...place(drawing.view)),
      };
    }
  }

  /* A chart on a canvas, of which each step draws anew what has changed. */
  class Drawing {
    /* Vega would warn of the extent of an empty layer, but a choice that leaves a layer empty is a state of the
       chart and no fault. */
    constructor(spec, scale, dark) {
      Object.assign(this, { scale, dark });
      const drawing = this, renderer = `canvas ${Drawing.count++}`;
      class Renderer extends CanvasRenderer {
        resize(width, height, origin) {
          drawing.canvas = this.canvas();
          if (dark) darken(this.context());
          return super.resize(width, height, origin, scale);
        }
      }
      renderModule(renderer, { headless: Renderer, handler: CanvasHandler });
      this.view = new View(parse(spec, null, { ast: true }), { expr: self.vegaExpressions, renderer, logLevel: onlyErrors });
      /* Vega would only write a step's fault to the console, and answer with the chart as it was. */
      this.view.error = (fault) => { throw fault; };
      this.view.initialize();
    }

    run(values) {
      for (const [signal, value] of Object.entries(values)) this.view.signal(signal, value);
      return this.view.runAsync();
    }

    static count = 0;
  }

  /* Each colour that is set from now on is the dark page's. */
  function darken(context) {
    for (const style of ["fillStyle", "strokeStyle"]) {
      const { set } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(context), style);
      const setDark = function (colour) { set.call(this, self.darkColours[colour] ?? colour); };
      Object.defineProperty(context, style, { set: setDark, configurable: true });
    }
  }

  function patched(spec, changes) {
    const copy = structuredClone(spec);
    for (const [path, value] of changes) {
      const last = path.at(-1);
      path.slice(0, -1).reduce((node, key) => node[key], copy)[last] = value;
    }
    return copy;
  }

  /* What the marks of such a name say in a chart that is drawn. */
  function texts(node, name) {
    const own = node.marktype === "text" && name.test(node.name) ? node.items.map(({ text }) => [text].flat().join(" ")) : [];
    return [...own, ...(node.items ?? []).flatMap((item) => texts(item, name))];
  }

  /* Where a drawing's own zero lies on the chart. */
  function place(view) {
    const [x, y] = view.origin(), { left, top } = view.padding();
    return [x + left, y + top];
  }

  /* Where on the chart each mark with a tooltip is, and what it says, in drawing order: the last lies above. */
  function hints(node, left, top) {
    return (node.items ?? []).flatMap((item) => {
      const own = item.tooltip ? [{ box: moved(item.bounds, left, top), tooltip: item.tooltip }] : [];
      return [...own, ...hints(item, left + (item.x ?? 0), top + (item.y ?? 0))];
    });
  }

  const moved = ({ x1, y1, x2, y2 }, left, top) => [x1 + left, y1 + top, x2 + left, y2 + top];

  const charts = new Map();

  async function answer(request) {
    const { name, spec } = request;
    if (spec) charts.set(name, new Chart(name, spec));
    return charts.get(name).drawn(request);
  }

  self.onmessage = async ({ data }) => {
    const given = await answer(data).catch((fault) => ({ fault: `${data.name}: ${fault}` }));
    self.postMessage({ id: data.id, ...given }, given.picture ? [given.picture] : []);
  };
}
