// The search box of the tab "Catalogue": what is typed becomes the address, and the address is what is listed.
(function () {
  'use strict';
  const WAIT = 250; // ms after the last letter
  const box = () => document.getElementById('catalogue-search');
  let timer = 0;

  function show(words) { // so that React, which owns the input, agrees
    const input = box();
    if (!input || input.value === words) return;
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(input, words);
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }

  function search() {
    clearTimeout(timer);
    const params = new URLSearchParams(location.search);
    const words = box().value.trim();
    if (words === (params.get('q') || '')) return;
    ['q', 'measure', 'metric', 'chart', 'pick'].forEach((name) => params.delete(name));
    if (words) params.set('q', words);
    // letter by letter is one step back, not many
    history.replaceState({}, '', location.pathname + '?' + params);
    window.dispatchEvent(new CustomEvent('_dashprivate_pushstate')); // what dcc.Location listens to
  }

  document.addEventListener('input', (event) => {
    if (event.target.id !== 'catalogue-search') return;
    clearTimeout(timer);
    timer = setTimeout(search, WAIT);
  });

  document.addEventListener('keydown', (event) => {
    if (event.target.id !== 'catalogue-search') return;
    if (event.key === 'Enter') { event.preventDefault(); search(); }
    if (event.key === 'Escape' && box().value) { event.preventDefault(); event.stopPropagation(); show(''); search(); }
  }, true);

  window.addEventListener('throughline-view', () => {
    if (box() && document.activeElement !== box()) show(new URLSearchParams(location.search).get('q') || '');
  });
})();
