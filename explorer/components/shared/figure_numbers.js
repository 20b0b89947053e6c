// The numbers that a figure shows.

// One row for each point: the trace's name, x, y and, if there is one, z. If a trace is drawn from other values than it
// shows (a logarithm, a code), its `meta` names the attribute with the values shown.
export function rowsOf(traces) {
  const rows = [];
  for (const trace of traces.filter(({ mode }) => mode !== "none")) {
    const { name = "", x = [], y = [] } = trace;
    const z = trace[trace.meta?.shows ?? "z"];
    if (z && typeof z !== "string" && typeof z[0] === "object") {
      z.forEach((row, i) => Array.from(row).forEach((value, j) => rows.push([name, x[j] ?? j, y[i] ?? i, value])));
    } else {
      const length = Math.max(x.length, y.length);
      for (let i = 0; i < length; i += 1) rows.push([name, x[i] ?? i, y[i], z?.[i]]);
    }
  }
  return rows;
}

export function csv(traces) {
  const quote = (value) => (/[",\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value ?? ""));
  return [["trace", "x", "y", "z"], ...rowsOf(traces)].map((row) => row.map(quote).join(",")).join("\r\n");
}
