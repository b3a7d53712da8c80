// How the table of issues shows a key: as a link to Jira, and only to an address of the web.
(function () {
  'use strict';
  const parts = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  parts.IssueLink = function (props) {
    const url = (props.data && props.data.url) || '';
    const words = props.value || '';
    if (!/^https?:\/\//i.test(url)) return words;
    return window.React.createElement('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, words);
  };

  const clientside = (window.dash_clientside = window.dash_clientside || {});
  clientside.issue_table = {
    // what the buttons and the search box ask for, as the table's own filter: it then asks the server again
    narrow(which, text) {
      const model = {};
      if (which && which !== 'all') model.which = { filterType: 'text', type: 'equals', filter: which };
      if (text && text.trim()) model.text = { filterType: 'text', type: 'contains', filter: text.trim().slice(0, 200) };
      return model;
    },
  };
})();
