"""The page of who may do what, from the table that decides."""

from __future__ import annotations


def permissions_page() -> str:
    """Role × action: what the page and the terminal note in the audit log, and routes of the API."""
    from api.application import Programs
    from data.values.callers import Role, least_role
    from data.values.permissions import CALLBACKS, COMMANDS, PAGES, Action

    def marks(action: Action) -> str:
        return " | ".join("yes" if action.scope in role.scopes else "" for role in Role)

    def row(where: str, what: str, action: Action) -> str:
        return f"| `{where}` | {what} | {marks(action)} | {action.noted} |"

    out = [
        "# Who may do what\n",
        "The table that decides (`data/values/permissions.py`). What is in no row is for admins only. Everything that "
        "is not listed here only looks, which every role may. How people get a role: [people](people.md).\n",
        "## In the page\n",
        f"| callback or address | when | {' | '.join(Role)} | in the audit log |",
        "|---|---|---|---|---|---|",
    ]
    for name, callback in CALLBACKS.items():
        rows = {**callback.by, **({} if callback.other.noted == "" else {"anything else": callback.other})}
        out += [row(name, trigger, action) for trigger, action in rows.items() if action.noted]
    out += [row(name, "", action) for name, action in PAGES.items() if action.noted]
    out += [
        "\n## In the terminal\n",
        "Whoever may run commands may read the files of the state folder, so no role is asked for. These are noted:\n",
        "| command | in the audit log |\n|---|---|",
        *(f"| `{name}` | {action.noted} |" for name, action in COMMANDS.items() if action.noted),
        "\n## In the API\n",
        "People need the role, tokens the scope. What changes something or fetches a file is noted.\n",
        "| route | scope | at least |\n|---|---|---|",
    ]
    server = Programs().application
    for rule in sorted(server.url_map.iter_rules(), key=lambda each: each.rule):
        scope = getattr(server.view_functions[rule.endpoint], "scope")  # noqa: B009 - a mark on the function
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            path = rule.rule.replace("<", "{").replace(">", "}")
            who = f"{scope} | {least_role(scope)}" if scope else "none | the sender shows the secret of its source"
            out.append(f"| `{method} {path}` | {who} |")
    return "\n".join(out) + "\n"
