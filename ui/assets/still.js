// Builds what ui/components/still.py sends as a tree of plain values. Texts become text nodes; nothing is read as markup.
(function () {
  'use strict';
  const TAGS = new Set(('a article b br button code dd details div dl dt em h2 h3 h4 i img li nav ol p pre section small span strong ' +
    'summary table tbody td th thead time tr ul').split(' '));
  const PLAIN = new Set(['class', 'title', 'role', 'tabindex', 'scope', 'type', 'for', 'datetime', 'colspan', 'download', 'target', 'rel', 'alt', 'draggable', 'hidden', 'open', 'disabled']);
  const LINK = /^(\?|\/(?!\/)|#|https?:\/\/)/; // of this page, of this server, or of Jira
  const PICTURE = /^(data:image\/svg\+xml,|\/(?!\/))/;

  function build(part) {
    if (!Array.isArray(part)) return document.createTextNode(String(part));
    const [tag, attributes, ...inside] = part;
    const node = document.createElement(TAGS.has(tag) ? tag : 'span');
    Object.entries(attributes).forEach(([name, value]) => {
      if (name === 'style') Object.entries(value).forEach(([each, how]) => { node.style[each] = how; });
      else if (name === 'href') { if (LINK.test(value)) node.setAttribute(name, value); }
      else if (name === 'src') { if (PICTURE.test(value)) node.setAttribute(name, value); }
      else if (PLAIN.has(name) || /^(aria|data)-[a-z-]+$/.test(name)) node.setAttribute(name, value === true ? '' : value);
    });
    node.append(...inside.map(build));
    return node;
  }

  function look() {
    document.querySelectorAll('[data-tree]').forEach((place) => {
      if (place.built === place.dataset.tree) return;
      place.built = place.dataset.tree;
      place.replaceChildren(...JSON.parse(place.dataset.tree).map(build));
    });
  }

  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['data-tree'] });
  look();
})();
