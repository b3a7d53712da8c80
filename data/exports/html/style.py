"""The report's style, as it stands inside the file: light or dark like the reader's system, black on white on paper."""

_DARK = """
  color-scheme: dark; --bg: #0f1216; --text: #e6e9ee; --muted: #9aa4b2; --line: #262c35; --strong: #3a424e;
  --accent: #93abff; --better: #56c98b; --worse: #f4848a;
  --elite: #56c98b; --high: #e2b94b; --medium: #f29a5f; --low: #f4848a;
"""
CSS = f"""
:root {{
  color-scheme: light; --bg: #fff; --text: #171c26; --muted: #5a6372; --line: #e3e6eb; --strong: #c9cfd8;
  --accent: #2c4cc0; --better: #1b7d46; --worse: #b92632;
  --elite: #1b7d46; --high: #856100; --medium: #ac4608; --low: #b92632;
}}
@media screen and (prefers-color-scheme: dark) {{ :root {{ {_DARK} }} }}
* {{ box-sizing: border-box; }}
body {{ margin: 0 auto; max-width: 1008px; padding: 32px 24px; background: var(--bg); color: var(--text);
  font: 14px/20px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif; }}
h1 {{ font-size: 24px; line-height: 32px; margin: 0; letter-spacing: -0.01em; }}
h2 {{ font-size: 16px; line-height: 24px; margin: 32px 0 8px; padding-bottom: 4px; border-bottom: 1px solid var(--strong); break-after: avoid; }}
h3 {{ font-size: 14px; line-height: 20px; margin: 0; }}
p {{ margin: 4px 0; }}
a {{ color: var(--accent); }}
code {{ font: 12px/16px ui-monospace, Menlo, Consolas, "Liberation Mono", monospace; overflow-wrap: anywhere; }}
.muted {{ color: var(--muted); }}
.warn {{ border: 1px solid var(--strong); border-radius: 8px; padding: 8px 12px; margin: 12px 0; }}
table {{ width: 100%; border-collapse: collapse; }}
th {{ text-align: left; font-size: 12px; line-height: 16px; font-weight: 500; color: var(--muted); vertical-align: bottom; }}
tbody th {{ color: inherit; font-size: inherit; line-height: inherit; font-weight: 600; vertical-align: top; }}
th, td {{ padding: 6px 16px 6px 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: break-word; }}
th:last-child, td:last-child {{ padding-right: 0; }}
thead {{ display: table-header-group; }}
tr {{ break-inside: avoid; }}
.num {{ text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }}
.numbers tbody {{ break-inside: avoid; }}
.numbers th, .numbers td {{ border-bottom: 0; padding-bottom: 0; }} .numbers thead th {{ padding-bottom: 4px; }}
.numbers tbody tr:first-child > * {{ border-top: 1px solid var(--line); }}
.numbers td.said {{ padding: 2px 0 8px; font-size: 12px; line-height: 16px; }}
.numbers th:first-child {{ width: 27%; }} .numbers td:nth-child(2) {{ width: 18%; }}
.numbers svg {{ width: 100%; height: auto; min-width: 96px; max-width: 160px; }}
td.value {{ font-size: 16px; font-weight: 600; white-space: nowrap; font-variant-numeric: tabular-nums; }}
td.value small {{ font-size: 12px; font-weight: 400; color: var(--muted); }}
td.value .muted {{ font-weight: 400; white-space: normal; }}
td .muted, th .muted {{ font-size: 12px; line-height: 16px; font-weight: 400; }}
.better {{ color: var(--better); font-weight: 500; }} .worse {{ color: var(--worse); font-weight: 500; }}
.tier {{ white-space: nowrap; font-weight: 500; }} .tier::before {{ content: "● "; font-size: 10px; }}
.tier-elite {{ color: var(--elite); }} .tier-high {{ color: var(--high); }}
.tier-medium {{ color: var(--medium); }} .tier-low {{ color: var(--low); }}
ul {{ margin: 0; padding: 0; list-style: none; }}
li {{ padding: 10px 0; border-bottom: 1px solid var(--line); break-inside: avoid; }}
li p {{ margin: 0; }}
dl {{ display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 4px 24px; margin: 8px 0; }}
dt {{ color: var(--muted); max-width: 34ch; }} dd {{ margin: 0; overflow-wrap: anywhere; }}
dt, dd {{ break-inside: avoid; }}
svg {{ display: block; }}
.course {{ fill: none; stroke: var(--muted); stroke-width: 1.5; stroke-linejoin: round; stroke-linecap: round; }}
.point {{ fill: var(--muted); }} .signal {{ fill: var(--accent); }}
.limit {{ stroke: var(--muted); stroke-width: 1; opacity: 0.7; }} .dashed {{ stroke-dasharray: 3 3; }}
.shade {{ fill: var(--muted); opacity: 0.14; }}
.entry {{ display: flex; gap: 24px; justify-content: space-between; }}
.entry > svg {{ flex: none; }}
.wide {{ overflow-x: auto; }}
@media (max-width: 640px) {{
  body {{ padding: 16px 12px; }}
  .spark {{ display: none; }} .entry {{ flex-direction: column; gap: 8px; }}
  dl {{ grid-template-columns: minmax(0, 1fr); gap: 0; }} dd {{ margin-bottom: 8px; }}
  .numbers, .numbers tbody, .numbers tr, .numbers th, .numbers td {{ display: block; border: 0 !important; padding: 0 !important; text-align: left; width: auto !important; }}
  .numbers thead {{ display: none; }} .numbers td:empty {{ display: none; }} .numbers .num {{ display: inline; margin-right: 12px; }}
  .numbers tbody {{ padding: 12px 0 !important; border-bottom: 1px solid var(--line) !important; }}
  .numbers td[data-is]::before {{ content: attr(data-is) " "; color: var(--muted); }}
}}
@page {{ size: A4; margin: 15mm 14mm; }}
@media print {{
  body {{ max-width: none; padding: 0; font-size: 10pt; line-height: 14pt; }}
  a {{ color: inherit; text-decoration: none; }}
  h2 {{ margin-top: 20pt; }}
  .wide {{ overflow: visible; }}
  * {{ print-color-adjust: exact; -webkit-print-color-adjust: exact; }}
}}
"""
