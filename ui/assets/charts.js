// Charts: asked for when they come near the window, drawn in the colours of the theme, clicked through to their issues.
(function () {
  'use strict';
  const root = document.documentElement;
  const all = (selector, inside) => Array.from((inside || document).querySelectorAll(selector));
  const NEAR = 500; // px below the window
  const IDLE = 3000; // ms after the page is loaded
  const STILL = 1000; // ms since somebody touched the page

  // ── the library: 1.4 MB that only charts need ────────────────────────────────────────────────────────────────────
  let library = null;

  function plotly() {
    if (window.Plotly) return Promise.resolve(window.Plotly);
    if (!library) {
      library = new Promise((done, failed) => {
        const script = document.createElement('script');
        script.src = window._dashPlotlyJSURL;
        script.onload = () => done(window.Plotly);
        script.onerror = () => { library = null; failed(new Error('could not load the charts library')); };
        document.head.appendChild(script);
      });
    }
    return library;
  }

  // It takes a second to be read, so that happens when nobody waits for anything, and not before a first chart.
  let touched = 0;
  ['pointerdown', 'keydown', 'wheel'].forEach((what) => window.addEventListener(what, () => { touched = performance.now(); }, { capture: true, passive: true }));
  const whenIdle = (work) => (window.requestIdleCallback ? window.requestIdleCallback(work, { timeout: 5000 }) : setTimeout(work));

  function loadAhead() {
    if (window.Plotly || library || !document.querySelector('.chart-card')) return;
    if (navigator.connection && navigator.connection.saveData) return;
    if (performance.now() - touched < STILL) setTimeout(() => whenIdle(loadAhead), STILL);
    else plotly().catch(() => {});
  }

  window.addEventListener('load', () => setTimeout(() => whenIdle(loadAhead), IDLE));

  // ── which charts are asked for ───────────────────────────────────────────────────────────────────────────────────
  const near = new Set();

  function ask(card) {
    const view = window.throughline_view;
    const set_props = window.dash_clientside && window.dash_clientside.set_props;
    const pane = card.closest('[data-pane]');
    if (!view || !set_props || (pane && pane.hidden) || !near.has(card)) return;
    const asked = view.query + ' ' + view.revision;
    if (card.dataset.asked === asked) return;
    card.dataset.asked = asked;
    const { chart, place } = card.dataset;
    set_props({ area: 'chart-ask', chart, place }, { data: { query: view.query, revision: view.revision, chart } });
    plotly().catch(() => {}); // on its way while the server answers
  }

  const watcher = new IntersectionObserver((entries) => entries.forEach((entry) => {
    if (entry.isIntersecting) { near.add(entry.target); ask(entry.target); } else near.delete(entry.target);
  }), { rootMargin: NEAR + 'px 0px' });

  window.addEventListener('throughline-view', () => setTimeout(() => near.forEach(ask)));

  // ── colours of the theme ─────────────────────────────────────────────────────────────────────────────────────────
  function painted(value, style) {
    if (typeof value === 'string') {
      if (!value.startsWith('var(')) return value;
      return style.getPropertyValue(value.slice(4, -1)).trim() || '#888';
    }
    if (Array.isArray(value)) return value.length && typeof value[0] === 'object' ? value.map((each) => painted(each, style)) : value.slice();
    if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, painted(each, style)]));
    return value;
  }

  // What a narrow chart cannot hold: fewer dates, a smaller margin, names of lines without their unit.
  function fitted(figure, width) {
    if (width >= 520) return figure;
    const layout = figure.layout;
    layout.margin.l = Math.min(layout.margin.l, 36);
    if (layout.xaxis.type === 'date') layout.xaxis.nticks = 4;
    if (layout.xaxis.type !== 'date' && layout.xaxis.ticktext) { // names of places stand upright
      layout.xaxis.tickangle = -90;
      layout.xaxis.ticktext = layout.xaxis.ticktext.map((words) => words.replace(/<br>/g, ' '));
    }
    if (layout.xaxis.type === 'date' && layout.xaxis.tickvals) ['tickvals', 'ticktext'].forEach((name) => { layout.xaxis[name] = layout.xaxis[name].filter((_, n) => n % 2 === 0); });
    if (layout.xaxis.type === 'category') layout.xaxis.nticks = 6;
    const named = new Set(figure.data.filter((trace) => trace.showlegend).map((trace) => trace.name)).size;
    if (layout.showlegend && named > 4) { // two columns of names, above a chart as tall as before
      Object.assign(layout.legend, { entrywidthmode: 'fraction', entrywidth: 0.46, font: { size: 10 } });
      layout.height = Math.min(layout.height, 320) + 16 * Math.ceil(named / 2);
    }
    figure.data.forEach((trace) => {
      if (trace.mode === 'markers+text') trace.mode = 'markers'; // no room for names
      if (!trace.mode || !trace.mode.startsWith('markers') || !trace.marker) return;
      trace.marker.size = Array.isArray(trace.marker.size) ? trace.marker.size.map((each) => each * 0.7) : trace.marker.size * 0.85;
    });
    return figure;
  }

  const wanted = (node) => fitted(painted(JSON.parse(node.dataset.figure), getComputedStyle(root)), node.clientWidth);
  const CONFIG = { displayModeBar: false, responsive: true, scrollZoom: false, doubleClick: false, showTips: false };

  async function draw(node) {
    const mark = root.getAttribute('data-bs-theme') + node.dataset.figure;
    if (node.drawn === mark || !node.clientWidth) return;
    node.drawn = mark;
    const Plotly = await plotly().catch(() => null);
    if (!Plotly || node.drawn !== mark || !document.contains(node)) { if (!Plotly) node.drawn = null; return; }
    const figure = wanted(node);
    await Plotly.react(node, figure.data, figure.layout, CONFIG);
    if (node.dataset.listening) return;
    node.dataset.listening = '1';
    node.on('plotly_click', (event) => pick(node, event));
    node.on('plotly_hover', (event) => { if (token(event)) node.dataset.over = '1'; });
    node.on('plotly_unhover', () => { delete node.dataset.over; });
  }

  // ── a point's issues ─────────────────────────────────────────────────────────────────────────────────────────────
  const token = (event) => { const point = event.points && event.points.find((each) => each.customdata); return point && String(point.customdata); };

  function go(chart, pick) {
    window.dispatchEvent(new CustomEvent('throughline-go', { detail: { metric: null, chart, pick } }));
  }

  function pick(node, event) {
    const found = token(event);
    if (found) go(node.dataset.name, found);
  }

  // ── the same as a table ──────────────────────────────────────────────────────────────────────────────────────────
  function shown(value) {
    if (value === null || value === undefined) return '–';
    if (typeof value === 'number') return value.toLocaleString('en', { maximumFractionDigits: 2 });
    return String(value).replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)$/, '$1 $2');
  }

  function cell(tag, words, right) {
    const node = document.createElement(tag);
    node.textContent = words;
    if (right) node.className = 'right';
    return node;
  }

  function tabulate(details) {
    const place = details.querySelector('.chart-table');
    if (!place || place.built === details.dataset.table) return;
    place.built = details.dataset.table;
    const { columns, rows, picks, more } = JSON.parse(details.dataset.table);
    const numeric = columns.map((_, n) => rows.some((row) => typeof row[n] === 'number'));
    const table = document.createElement('table');
    table.className = 'plain-table';
    const head = table.createTHead().insertRow();
    columns.forEach((title, n) => { const th = cell('th', title, numeric[n]); th.scope = 'col'; head.append(th); });
    const body = table.createTBody();
    rows.forEach((row, at) => {
      const line = body.insertRow();
      row.forEach((value, n) => {
        const td = cell('td', '', numeric[n]);
        if (n === 0 && picks[at]) {
          const link = cell('a', shown(value));
          const params = new URLSearchParams(location.search);
          params.delete('metric');
          params.set('chart', details.dataset.name);
          params.set('pick', picks[at]);
          link.href = '?' + params;
          link.dataset.nav = 'link';
          td.append(link);
        } else td.textContent = shown(value);
        line.append(td);
      });
    });
    place.replaceChildren(table);
    if (more) { const note = cell('p', more); note.className = 'muted'; place.append(note); }
  }

  document.addEventListener('toggle', (event) => {
    if (event.target.matches && event.target.matches('details[data-table]') && event.target.open) tabulate(event.target);
  }, true);

  // ── as a picture ─────────────────────────────────────────────────────────────────────────────────────────────────
  async function picture(button) {
    const inner = button.closest('.chart-inner');
    const node = inner && inner.querySelector('.chart-figure');
    if (!node) return;
    const Plotly = await plotly();
    const style = getComputedStyle(root);
    const figure = painted(JSON.parse(node.dataset.figure), style);
    const dates = document.getElementById('period-dates');
    const about = [dates && dates.textContent, inner.querySelector('.chart-reading') && inner.querySelector('.chart-reading').textContent].filter(Boolean).join(' · ');
    const plain = (words) => words.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
    figure.layout.paper_bgcolor = style.getPropertyValue('--tl-card').trim();
    figure.layout.margin = { ...figure.layout.margin, t: figure.layout.margin.t + 64, l: 64, r: Math.max(figure.layout.margin.r, 40) };
    figure.layout.title = { text: '<b>' + plain(node.dataset.title) + '</b><br><span style="font-size:12px">' + plain(about) + '</span>', x: 0.02, xanchor: 'left', y: 0.97, yanchor: 'top', font: { size: 16, color: style.getPropertyValue('--tl-text').trim() } };
    const height = Math.max(560, (figure.layout.height || 0) + 80);
    delete figure.layout.height;
    const address = await Plotly.toImage({ data: figure.data, layout: figure.layout }, { format: 'png', width: 1120, height, scale: 2 });
    const link = document.createElement('a');
    link.href = address;
    link.download = button.dataset.png + '.png';
    link.click();
  }

  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-png]');
    if (button) picture(button);
  });

  // ── the page changes ─────────────────────────────────────────────────────────────────────────────────────────────
  function look() {
    all('.chart-card').forEach((card) => { if (!card.dataset.watched) { card.dataset.watched = '1'; watcher.observe(card); } });
    all('.chart-figure[data-figure]').forEach(draw);
    all('details[data-table][open]').forEach(tabulate);
  }

  let asked = 0;
  const soon = () => { cancelAnimationFrame(asked); asked = requestAnimationFrame(look); };
  new MutationObserver((changes) => {
    // what the library draws is no news
    if (changes.some((change) => !(change.target.closest && change.target.closest('.js-plotly-plot')))) soon();
  }).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['data-figure', 'data-table', 'hidden'] });
  window.addEventListener('throughline-theme', soon);
  window.addEventListener('throughline-view', soon);
  soon();
})();
