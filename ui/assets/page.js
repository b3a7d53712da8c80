// What the page does by itself: the URL is the state; menus, theme, ages and focus follow it. No data lives here.
(function () {
  'use strict';
  const FILTERS = ['project', 'type', 'label', 'component', 'filter']; // see filters.js
  const root = document.documentElement;
  const all = (selector, inside) => Array.from((inside || document).querySelectorAll(selector));
  const one = (selector) => document.querySelector(selector);
  const query = () => new URLSearchParams(location.search);
  // What the panel from the right is about: a metric, or a point of a chart.
  const DETAIL = ['metric', 'chart', 'pick', 'issue'];
  const CLOSED = { metric: null, chart: null, pick: null, issue: null };
  const subject = (params) => (params.get('issue') ? 'issue ' + params.get('issue') : null) || params.get('metric') || (params.get('chart') ? 'chart ' + params.get('chart') + ' ' + (params.get('pick') || '') : null);
  const set = (node, name, value) => { if (node.getAttribute(name) !== value) node.setAttribute(name, value); };

  // The tabs are those of the bar: the one it names first is what opens without a name.
  const tabs = () => all('#header-tabs a[data-tab]');
  const firstTab = () => { const nav = one('#header-tabs'); return nav ? nav.dataset.default : null; };
  const openTab = (params) => (tabs().some((link) => link.dataset.tab === params.get('tab')) ? params.get('tab') : firstTab());
  const own = (tab) => {
    const link = tabs().find((each) => each.dataset.tab === tab);
    return link && link.dataset.own ? link.dataset.own.split(' ') : [];
  };

  // ── the URL ──────────────────────────────────────────────────────────────────────────────────────────────────────
  function canonical(params) {
    const tidy = new URLSearchParams();
    const tab = openTab(params);
    if (tab && tab !== firstTab()) tidy.set('tab', tab);
    if (params.get('from') || params.get('to')) {
      tidy.set('from', params.get('from') || '');
      tidy.set('to', params.get('to') || '');
    } else if (['7d', '90d'].includes(params.get('period'))) tidy.set('period', params.get('period'));
    FILTERS.forEach((name) => [...new Set(params.getAll(name))].sort().forEach((value) => tidy.append(name, value)));
    [...new Set(params.getAll('set'))].sort().forEach((value) => tidy.append('set', value));
    own(tab).forEach((name) => { if (params.get(name)) tidy.set(name, params.get(name)); });
    if (params.get('metric')) tidy.set('metric', params.get('metric'));
    else if (params.get('chart')) ['chart', 'pick'].forEach((name) => { if (params.get(name)) tidy.set(name, params.get(name)); });
    if (params.get('issue')) tidy.set('issue', params.get('issue'));
    if (params.get('wall') === '1') tidy.set('wall', '1');
    return tidy;
  }

  function go(params) {
    const text = canonical(params).toString();
    const target = location.pathname + (text ? '?' + text : '');
    if (target !== location.pathname + location.search) {
      history.pushState({}, '', target);
      window.dispatchEvent(new CustomEvent('_dashprivate_pushstate')); // what dcc.Location listens to
      const said = one('#page-notices');
      if (said) said.hidden = true; // a message belongs to what was asked before
    }
    paint();
  }

  window.throughlineAddress = canonical; // link.js writes the same addresses

  function navigate(changes) {
    const params = query();
    Object.entries(changes).forEach(([name, value]) => {
      params.delete(name);
      (Array.isArray(value) ? value : [value]).forEach((each) => { if (each) params.append(name, each); });
    });
    go(params);
  }

  // ── the page follows the URL ─────────────────────────────────────────────────────────────────────────────────────
  let opener = null;
  let pressed = null; // what had the focus when the panel opened

  function paint() {
    const params = query();
    const tab = openTab(params);
    if (tab) set(root, 'data-tab', tab);
    const astray = one('#page-no-such-tab');
    if (astray && tab) astray.hidden = !params.get('tab') || params.get('tab') === tab;
    all('[data-pane]').forEach((pane) => { const away = pane.dataset.pane !== tab; if (pane.hidden !== away) pane.hidden = away; });
    all('a[data-nav="tab"]').forEach((link) => {
      const target = canonical(params);
      DETAIL.forEach((name) => target.delete(name));
      if (link.dataset.tab !== tab) own(tab).forEach((name) => target.delete(name)); // two tabs may ask under one name
      target.set('tab', link.dataset.tab);
      const text = canonical(target).toString();
      set(link, 'href', text ? '?' + text : location.pathname);
      if (link.dataset.tab !== tab) link.removeAttribute('aria-current');
      else if (!link.hasAttribute('aria-current')) {
        set(link, 'aria-current', 'page');
        const row = link.closest('.tabs'); // a long row shows the open tab
        if (row) row.scrollLeft = link.offsetLeft - row.offsetLeft - (row.clientWidth - link.offsetWidth) / 2;
      }
    });
    paintPeriod(params);
    window.dispatchEvent(new CustomEvent('throughline-paint'));
    paintDetail(subject(params));
    const kept = canonical(params);
    DETAIL.forEach((name) => kept.delete(name));
    all('a[data-keep-query]').forEach((link) => set(link, 'href', link.dataset.keepQuery + '?' + kept));
    paintAges();
  }

  function paintPeriod(params) {
    const chosen = params.get('from') || params.get('to') ? '' : params.get('period') || '30d';
    all('[data-period]').forEach((button) => set(button, 'aria-pressed', String(button.dataset.period === chosen)));
  }

  function paintDetail(about) {
    const before = root.getAttribute('data-detail');
    const panel = one('.detail');
    if (!panel) return;
    if (about && !panel.dataset.shown) pressed = document.activeElement;
    all('.bar, .page, .skip, .sync-bar').forEach((part) => { part.inert = Boolean(about); });
    if (about) {
      const body = one('[data-detail-of]');
      set(panel, 'data-ready', String(Boolean(body && body.dataset.detailOf === about)));
      if (before !== about || !panel.dataset.shown) {
        opener = about;
        panel.dataset.shown = '1';
        panel.focus({ preventScroll: true });
        panel.scrollTop = 0;
      }
      set(root, 'data-detail', about);
    } else if (before) {
      root.removeAttribute('data-detail');
      delete panel.dataset.shown;
      const link = opener && one('.pane:not([hidden]) [data-metric="' + CSS.escape(opener) + '"] .card-open');
      const there = pressed && pressed !== document.body && document.contains(pressed) && pressed.checkVisibility();
      if (there) pressed.focus({ preventScroll: true });
      else if (link) link.focus({ preventScroll: true });
      opener = null;
    }
  }

  function age(instant) {
    const minutes = Math.floor((Date.now() - new Date(instant)) / 60000);
    if (!Number.isFinite(minutes)) return null;
    if (minutes < 1) return 'just now';
    if (minutes < 60) return minutes + ' min ago';
    if (minutes < 48 * 60) return Math.floor(minutes / 60) + ' h ago';
    return Math.floor(minutes / 1440) + ' days ago';
  }

  function paintAges() {
    all('time[data-age]').forEach((node) => {
      const words = age(node.getAttribute('datetime'));
      if (words && node.textContent !== words) node.textContent = words;
    });
  }

  // ── menus ────────────────────────────────────────────────────────────────────────────────────────────────────────
  const opened = () => one('.menu-button[aria-expanded="true"]');

  function openMenu(button) {
    closeMenu(false);
    const panel = button.nextElementSibling;
    set(button, 'aria-expanded', 'true');
    if (button.dataset.menu === 'period') fillDates(panel);
    panel.style.removeProperty('--shift');
    const over = panel.getBoundingClientRect().right - (window.innerWidth - 8);
    if (over > 0) panel.style.setProperty('--shift', -over + 'px');
    const first = ['input[type="search"]', '[aria-pressed="true"]', 'button, a'].map((each) => panel.querySelector(each)).find(Boolean);
    if (first) first.focus({ preventScroll: true });
    window.dispatchEvent(new CustomEvent('throughline-menu', { detail: { menu: button.dataset.menu, open: true } }));
  }

  function closeMenu(back) {
    const button = opened();
    if (!button) return false;
    set(button, 'aria-expanded', 'false');
    window.dispatchEvent(new CustomEvent('throughline-menu', { detail: { menu: button.dataset.menu, open: false } }));
    if (back) button.focus({ preventScroll: true });
    return true;
  }

  function type(input, value) { // so that React, which owns the input, agrees
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(input, value);
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }

  function fillDates(panel) {
    const shown = one('[data-first]');
    const [first, last] = all('input[type="date"]', panel);
    const params = query();
    if (first) type(first, params.get('from') || (shown && shown.dataset.first) || '');
    if (last) type(last, params.get('to') || (shown && shown.dataset.last) || '');
    sayDates(panel);
  }

  // Browsers write 11/12 or 12/11 after their language, so the days are also said in words.
  function sayDates(panel) {
    const said = panel.querySelector('.dates-said');
    const [first, last] = all('input[type="date"]', panel).map((input) => input.value);
    if (!said) return;
    const words = window.throughlineDay || String;
    const days = Math.round((Date.parse(last) - Date.parse(first)) / 864e5) + 1;
    said.textContent = !first || !last ? ''
      : days < 1 ? 'The last day lies before the first.'
        : words(first) + ' – ' + words(last) + ', ' + days + (days === 1 ? ' day' : ' days')
          + (days > 366 ? ': at most 366 days can be shown.' : '');
    const show = panel.querySelector('[data-dates]'); // dates that are no period cannot be shown
    if (show) show.disabled = Boolean(first && last) && (days < 1 || days > 366);
  }

  function showDates(panel) {
    const [first, last] = all('input[type="date"]', panel).map((input) => input.value);
    const show = panel.querySelector('[data-dates]');
    if (show && show.disabled) return;
    const target = query();
    target.delete('period');
    target.set('from', first);
    target.set('to', last);
    if (!first && !last) { target.delete('from'); target.delete('to'); }
    go(target);
    closeMenu(true);
  }

  // ── theme and link ───────────────────────────────────────────────────────────────────────────────────────────────
  const dark = matchMedia('(prefers-color-scheme: dark)');

  function paintTheme() {
    const choice = root.getAttribute('data-theme-choice') || 'auto';
    set(root, 'data-bs-theme', choice === 'dark' || (choice === 'auto' && dark.matches) ? 'dark' : 'light');
    const button = one('[data-theme-toggle]');
    const words = 'Theme: ' + (choice === 'auto' ? 'automatic' : choice);
    if (button) { set(button, 'title', words); set(button, 'aria-label', words); }
    window.dispatchEvent(new CustomEvent('throughline-theme'));
  }

  function nextTheme() {
    const order = ['auto', 'light', 'dark'];
    const next = order[(order.indexOf(root.getAttribute('data-theme-choice')) + 1) % 3];
    root.setAttribute('data-theme-choice', next);
    try { localStorage.setItem('throughline-theme', next); } catch (e) { /* storage is off */ }
    paintTheme();
  }

  // On a phone the banner and the rare buttons are folded away until they are asked for.
  function unfold(button) {
    const open = !root.hasAttribute('data-unfolded');
    root.toggleAttribute('data-unfolded', open);
    set(button, 'aria-expanded', String(open));
  }

  // ── what people do ───────────────────────────────────────────────────────────────────────────────────────────────
  function follow(event, link) {
    if (event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return; // a new tab is a new tab
    event.preventDefault();
    event.stopPropagation();
    closeMenu(false);
    if (link.dataset.nav === 'home') go(new URLSearchParams());
    else go(new URLSearchParams(new URL(link.href, location.href).search));
  }

  document.addEventListener('click', (event) => {
    const at = (selector) => event.target.closest(selector);
    const link = at('a[data-nav]');
    if (link) return follow(event, link);
    const button = at('.menu-button');
    if (button) return button.getAttribute('aria-expanded') === 'true' ? closeMenu(true) : openMenu(button);
    const panel = at('.menu-panel');
    if (at('[data-period]')) { navigate({ period: at('[data-period]').dataset.period, from: null, to: null }); return closeMenu(true); }
    if (at('[data-dates]')) return showDates(panel);
    if (at('[data-close-detail]')) return navigate(CLOSED);
    if (at('[data-press]')) return document.getElementById(at('[data-press]').dataset.press).click();
    if (at('[data-copy]')) return closeMenu(true); // link.js copies
    if (at('[data-fold]')) return unfold(at('[data-fold]'));
    if (at('[data-theme-toggle]')) return nextTheme();
    if (!panel) closeMenu(false);
    return undefined;
  }, true);

  document.addEventListener('input', (event) => {
    if (event.target.matches && event.target.matches('.dates input')) sayDates(event.target.closest('.menu-panel'));
  });

  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      if (one('.modal.show')) return; // a dialog closes itself first
      if (closeMenu(true)) { event.preventDefault(); return; }
      if (root.getAttribute('data-detail')) { event.preventDefault(); navigate(CLOSED); }
      return;
    }
    const panel = event.target.closest && event.target.closest('.menu-panel');
    if (panel && event.key === 'Enter' && event.target.type === 'date') return showDates(panel);
    if (panel && (event.key === 'ArrowDown' || event.key === 'ArrowUp') && event.target.type !== 'date') {
      const stops = all('input[type="search"], .preset, .option:not([hidden]), a', panel);
      const next = stops[stops.indexOf(document.activeElement) + (event.key === 'ArrowDown' ? 1 : -1)];
      if (next) { event.preventDefault(); next.focus(); }
    }
    return undefined;
  });

  document.addEventListener('focusin', (event) => {
    const button = opened();
    if (button && !button.parentElement.contains(event.target)) closeMenu(false);
    if (root.getAttribute('data-detail') && !one('.modal.show')) {
      const layer = one('.detail-layer');
      if (layer && !layer.contains(event.target) && document.body.contains(event.target)) one('.detail').focus();
    }
  });

  window.addEventListener('throughline-go', (event) => navigate(event.detail)); // a point of a chart
  window.addEventListener('popstate', () => { closeMenu(false); paint(); });
  dark.addEventListener('change', paintTheme);
  setInterval(paintAges, 20000);

  // ── a page left open asks for news while it is looked at, and at once when somebody comes back after a while ────────
  const NEWS = 300000;
  let heard = Date.now();

  function watch() {
    const set_props = window.dash_clientside && window.dash_clientside.set_props;
    if (!set_props || !document.getElementById('page-main')) return;
    set_props('sync-watch', { disabled: document.hidden });
    if (!document.hidden && Date.now() - heard > NEWS) set_props('sync-watch', { n_intervals: Date.now() });
    heard = Date.now();
  }

  document.addEventListener('visibilitychange', watch);

  let asked = 0;
  new MutationObserver((changes) => {
    const said = one('#page-notices');
    if (said && changes.some((change) => said.contains(change.target))) said.hidden = false;
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(() => { paint(); paintTheme(); });
  }).observe(document.body, { childList: true, characterData: true, subtree: true });
  paint();
  paintTheme();
})();
