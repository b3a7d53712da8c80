// Definitions that this view chooses live in the address, as set=name:value. No data lives here.
(function () {
  'use strict';
  const clientside = (window.dash_clientside = window.dash_clientside || {});
  const one = (selector) => document.querySelector(selector);
  let last = null;
  let back = null; // the control to return to once the panel has been drawn again

  function go(params) { // ui/assets/page.js follows links that it knows
    const link = document.createElement('a');
    link.href = '?' + params;
    link.dataset.nav = 'link';
    link.hidden = true;
    document.body.append(link);
    link.click();
    link.remove();
  }

  function choose(name, value) {
    const params = new URLSearchParams(location.search);
    const kept = params.getAll('set').filter((each) => name !== '*' && !each.startsWith(name + ':') && each !== name);
    params.delete('set');
    kept.forEach((each) => params.append('set', each));
    if (value !== null) params.append('set', name + ':' + value);
    go(params);
  }

  clientside.definitions = {
    ask(search, revision) {
      const asked = new URLSearchParams();
      new URLSearchParams(search || '').getAll('set').sort().forEach((each) => asked.append('set', each));
      const view = { query: '?' + asked, revision };
      if (!asked.size && (last === null || last.query === '?')) return clientside.no_update; // nothing to say, nothing to ask
      if (JSON.stringify(last) === JSON.stringify(view)) return clientside.no_update;
      last = view;
      return view;
    },
    saved(result) {
      if (result && result.state === 'saved') choose('*', null);
      return clientside.no_update;
    },
  };

  // ── boxes for lists, numbers and texts ──────────────────────────────────────────────────────────────────────────────
  function part(tag, properties, ...inside) {
    const node = Object.assign(document.createElement(tag), properties);
    node.append(...inside);
    return node;
  }

  function fill(box) {
    const { title, hint, kind, value } = box.dataset;
    const parts = [];
    if (kind === 'list') {
      const none = value && value === box.dataset.nothing;
      const chosen = none ? [] : (value || box.dataset.follows || '').split(',').filter(Boolean);
      const choices = JSON.parse(box.dataset.choices || '[]');
      const known = choices.map(([id]) => id);
      chosen.filter((id) => !known.includes(id)).forEach((id) => choices.push([id, id]));
      parts.push(...choices.map(([id, words]) => part('label', { className: 'switch-box' },
        part('input', { type: 'checkbox', value: id, checked: chosen.includes(id) }), words)));
      if (!choices.length) parts.push(part('span', { className: 'muted', textContent: 'There is nothing to choose from yet.' }));
    } else {
      const input = part('input', { type: kind === 'number' ? 'number' : 'text', value, className: 'form-control', step: 'any', min: '0' });
      input.setAttribute('aria-label', title);
      parts.push(input);
      if (hint) parts.push(part('span', { className: 'switch-help', textContent: hint }));
    }
    const apply = part('button', { type: 'button', className: 'btn-quiet', textContent: 'Use in this view' });
    apply.dataset.apply = box.dataset.setEdit;
    box.replaceChildren(part('div', { className: 'switch-inputs' }, ...parts), apply);
  }

  function apply(box) {
    const boxes = Array.from(box.querySelectorAll('input[type="checkbox"]'));
    const text = box.querySelector('input:not([type="checkbox"])');
    let value = boxes.length ? boxes.filter((each) => each.checked).map((each) => each.value).join(',') : text ? text.value.trim() : '';
    const sorted = (words) => words.split(',').sort().join(',');
    if (boxes.length && sorted(value) === sorted(box.dataset.follows || '')) value = ''; // as Jira says
    else if (boxes.length && !value) value = box.dataset.nothing || '';
    if (boxes.length && sorted(value) === sorted(box.dataset.saved)) value = box.dataset.saved;
    const saved = box.dataset.saved === value;
    box.closest('details').open = false;
    back = '[data-definition="' + CSS.escape(box.dataset.setEdit) + '"] summary';
    choose(box.dataset.setEdit, saved ? null : value);
  }

  document.addEventListener('toggle', (event) => {
    const box = event.target.open && event.target.querySelector && event.target.querySelector('[data-set-edit]');
    if (!box) return;
    fill(box);
    const first = box.querySelector('input');
    if (first) first.focus({ preventScroll: true });
  }, true);

  document.addEventListener('click', (event) => {
    const at = (selector) => event.target.closest(selector);
    const choice = at('[data-set-name]');
    if (choice) {
      const { setName, setValue, setSaved } = choice.dataset;
      back = '[data-set-name="' + CSS.escape(setName) + '"][data-set-value="' + CSS.escape(setValue) + '"]';
      return choose(setName, setValue === setSaved ? null : setValue);
    }
    const away = at('[data-unset]');
    if (away) {
      const home = away.closest('[data-definition]');
      back = home ? '[data-definition="' + CSS.escape(home.dataset.definition) + '"] summary' : null;
      return choose(away.dataset.unset, null);
    }
    if (at('[data-apply]')) return apply(at('[data-set-edit]'));
    return undefined;
  });

  document.addEventListener('keydown', (event) => {
    const box = event.key === 'Enter' && event.target.closest && event.target.closest('[data-set-edit]');
    if (box && event.target.matches('input')) { event.preventDefault(); apply(box); }
  });

  new MutationObserver(() => {
    if (!back || document.activeElement !== document.body) return;
    const target = one(back);
    if (target) { back = null; target.focus({ preventScroll: true }); }
  }).observe(document.body, { childList: true, subtree: true });
})();
