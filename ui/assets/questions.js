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
  const FILTERS = ['project', 'type', 'label', 'component'];

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
    split(search, revision) {
      const params = new URLSearchParams(search || '');
      const tab = ['flow', 'quality'].includes(params.get('tab')) ? params.get('tab') : 'dora';
      const asked = new URLSearchParams(pick(params, [...PERIOD, ...FILTERS]));
      asked.set('tab', tab);
      const view = { query: '?' + asked, revision };
      return [
        tab === 'dora' ? changed('dora', view) : clientside.no_update,
        tab === 'flow' ? changed('flow', view) : clientside.no_update,
        changed('period', { query: pick(params, PERIOD), revision }),
      ];
    },

    quality(search, revision, synced) {
      if (new URLSearchParams(search || '').get('tab') !== 'quality') return clientside.no_update;
      return changed('quality', { revision, synced });
    },

    async detail(search, revision) {
      const params = new URLSearchParams(search || '');
      if (!params.get('metric')) return clientside.no_update;
      const panel = document.querySelector('.detail');
      const parts = panel && panel.dataset.parts; // the table's script is fetched when the first detail opens
      if (parts && !window.dash_ag_grid) await load(parts);
      return changed('detail', { query: pick(params, [...PERIOD, ...FILTERS, 'metric', 'tab']), revision });
    },
  };
})();
