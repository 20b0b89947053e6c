// The numbers that a figure shows.

// One row for each point: the trace's name, x, y and, if there is one, z. If a trace is drawn from other values than it
// shows (a logarithm), its `meta` names the attribute with the values shown; if z are codes, it lists their meanings.
export function rowsOf(traces) {
  const rows = [];
  for (const trace of traces.filter(({ mode }) => mode !== "none")) {
    const { x = [], y = [], meta } = trace;
    const name = nameOf(trace);
    const z = trace[meta?.shows ?? "z"];
    const meaning = (value) => meta?.codes?.[value] ?? value;
    if (z && typeof z !== "string" && typeof z[0] === "object") {
      z.forEach((row, i) => Array.from(row).forEach((value, j) => rows.push([name, x[j] ?? j, y[i] ?? i, meaning(value)])));
    } else {
      const length = Math.max(x.length, y.length);
      for (let i = 0; i < length; i += 1) rows.push([name, x[i] ?? i, y[i], z?.[i]]);
    }
  }
  return rows;
}

// As it is written, without its markup; plotly calls a trace that has none "trace 0".
const nameOf = ({ name = "" }) => (/^trace \d+$/.test(name) ? "" : name.replaceAll(/<[^>]*>/g, ""));

export function csv(traces) {
  const quote = (value) => (/[",\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value ?? ""));
  return [["trace", "x", "y", "z"], ...rowsOf(traces)].map((row) => row.map(quote).join(",")).join("\r\n");
}
