// Takes the URL apart into the questions that callbacks answer. A question that has not changed is not asked again.
(function () {
  'use strict';
  const clientside = (window.dash_clientside = window.dash_clientside || {});
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  const last = {};
  const pick = (params, names) => {
    const kept = new URLSearchParams();
    names.forEach((name) => params.getAll(name).forEach((value) => kept.append(name, value)));
    return '?' + kept;
  };
  const PERIOD = ['period', 'from', 'to'];
  const FILTERS = ['project', 'type', 'label', 'component', 'filter', 'set'];

  // The tabs as the page has them; what only one tab asks is named in its link.
  const tabs = () => Array.from(document.querySelectorAll('#header-tabs a[data-tab]'));
  const opened = (params) => {
    const known = tabs().map((link) => link.dataset.tab);
    const nav = document.getElementById('header-tabs');
    return known.includes(params.get('tab')) ? params.get('tab') : nav && nav.dataset.default;
  };
  const own = (tab) => {
    const link = tabs().find((each) => each.dataset.tab === tab);
    return link && link.dataset.own ? link.dataset.own.split(' ') : [];
  };

  // The header, the banners and the progress of a sync are renewed when the numbers have been asked for.
  const AFTER_THE_NUMBERS = 200; // ms
  let saves = 0;
  function tellSaved() {
    saves += 1;
    clientside.set_props('store-saved', { data: saves });
  }

  function changed(name, view) {
    if (same(last[name], view)) return clientside.no_update;
    last[name] = view;
    return view;
  }

  const loading = {};
  function load(address) {
    if (!loading[address]) {
      loading[address] = new Promise((done, failed) => {
        const script = document.createElement('script');
        script.src = address;
        script.onload = done;
        script.onerror = () => { delete loading[address]; failed(new Error('could not load ' + address)); };
        document.head.appendChild(script);
      });
    }
    return loading[address];
  }

  clientside.throughline = {
    split(search, revision, synced) {
      const params = new URLSearchParams(search || '');
      const tab = opened(params);
      const asked = new URLSearchParams(pick(params, [...PERIOD, ...FILTERS, ...own(tab)]));
      asked.set('tab', tab);
      const view = { query: '?' + asked, revision };
      window.throughline_view = view; // charts that are near ask with it: ui/assets/charts.js
      window.dispatchEvent(new CustomEvent('throughline-view'));
      if (tab === 'quality') view.synced = synced; // a sync that failed changes what it says, not the data
      return [
        ...tabs().map((link) => (link.dataset.tab === tab ? changed(tab, view) : clientside.no_update)),
        changed('period', { query: pick(params, [...PERIOD, ...FILTERS]), revision }),
      ];
    },

    /* The revision that the page shows: what following the sync found, or what a save has just made. */
    revision(followed, mapped, defined, known) {
      const triggered = (id) => clientside.callback_context.triggered.some((each) => each.prop_id === id + '.data');
      const results = [triggered('mapping-result') && mapped, triggered('definitions-result') && defined];
      const saved = results.find((result) => result && result.page);
      if (saved) setTimeout(tellSaved, AFTER_THE_NUMBERS);
      const found = saved ? saved.page : followed;
      return found && found !== known ? found : clientside.no_update;
    },

    async detail(search, revision) {
      const params = new URLSearchParams(search || '');
      if (!params.get('metric') && !params.get('chart') && !params.get('issue')) return clientside.no_update;
      const panel = document.querySelector('.detail');
      const parts = panel && panel.dataset.parts; // the table's script is fetched when the first detail opens
      if (parts && !window.dash_ag_grid) await load(parts);
      const named = [...own(opened(params)), ...(params.get('metric') ? ['metric'] : ['chart', 'pick']), 'issue'];
      return changed('detail', { query: pick(params, [...PERIOD, ...FILTERS, ...named, 'tab']), revision });
    },
  };
})();
