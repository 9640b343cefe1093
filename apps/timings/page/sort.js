// Tables sort by their headers: ascending, descending, as it was. Without this script they stand as they are.
"use strict";

function key(row, column) {
    const cell = row.cells[column];
    if (cell.dataset.value !== undefined) return Number(cell.dataset.value);
    return cell.classList.contains("absent") ? null : cell.textContent;
}

// What is absent comes last either way.
function compare(a, b, sign) {
    if (a === null || b === null) return (a === null) - (b === null);
    if (typeof a === "number" && typeof b === "number") return sign * (a - b);
    return sign * String(a).localeCompare(String(b), undefined, { numeric: true });
}

const next = { none: "ascending", ascending: "descending", descending: "none" };

for (const table of document.querySelectorAll("table")) {
    const body = table.tBodies[0];
    const original = [...body.rows];
    if (original.length < 2) continue;
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
        const button = document.createElement("button");
        button.type = "button";
        button.append(...head.childNodes);
        head.append(button);
        head.setAttribute("aria-sort", "none");
        button.addEventListener("click", () => {
            const order = next[head.getAttribute("aria-sort")];
            for (const other of heads) other.setAttribute("aria-sort", "none");
            head.setAttribute("aria-sort", order);
            const sign = order === "descending" ? -1 : 1;
            const rows = original.map((row) => ({ row, key: key(row, column) }));
            if (order !== "none") rows.sort((a, b) => compare(a.key, b.key, sign));
            body.append(...rows.map(({ row }) => row));
        });
    });
}
