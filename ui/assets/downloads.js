// How CSV files are written is remembered in this browser, and put into a link to one when it is followed. No data lives here.
(function () {
  'use strict';
  const KEY = 'throughline-csv';
  const PLAIN = 'plain';
  let chosen = PLAIN;
  try { chosen = localStorage.getItem(KEY) || PLAIN; } catch (e) { /* storage is off */ }

  function show() {
    document.querySelectorAll('[data-csv-style]').forEach((each) => {
      const pressed = String(each.dataset.csvStyle === chosen);
      if (each.getAttribute('aria-pressed') !== pressed) each.setAttribute('aria-pressed', pressed);
    });
  }

  function choose(style) {
    chosen = style;
    try { localStorage.setItem(KEY, chosen); } catch (e) { /* storage is off */ }
    show();
  }

  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-csv-style]');
    if (button) choose(button.dataset.csvStyle);
  });

  const clientside = (window.dash_clientside = window.dash_clientside || {});
  clientside.downloads = { // the same choice in the panel of background exports
    remembered: () => chosen,
    remember(style, format) { // and whether it has nothing to say for the format
      if (clientside.callback_context.triggered_id === 'background-style' && style) choose(style);
      return format !== 'csv';
    },
  };

  function write(event) { // before the browser follows the link, or copies its address
    const link = event.target.closest && event.target.closest('a[href*="/export/"]');
    if (!link) return;
    const to = new URL(link.href, location.href);
    if (to.origin !== location.origin || !to.pathname.endsWith('.csv')) return;
    to.searchParams.delete('csv');
    if (chosen !== PLAIN) to.searchParams.append('csv', chosen);
    const address = to.pathname + to.search;
    if (link.getAttribute('href') !== address) link.setAttribute('href', address);
  }

  ['pointerdown', 'click', 'keydown', 'contextmenu'].forEach((kind) => document.addEventListener(kind, write, true));
  new MutationObserver(show).observe(document.documentElement, { childList: true, subtree: true });
})();
