// Builds plotly.min.js beside this file: plotly.js with the traces that our figures are made of, and no others. Plotly's
// own file for Python has all of them, is two and a half times as long, and takes half a second more until the first figure.
//
//     node explorer/components/plotly/build.mjs
//
// needs Node.js 20.11 or newer, and npm; what it installs lies in a temporary folder and goes with it.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const VERSION = "4.1.1"; // the one that the plotly of ../../../requirements.txt brings
const TRACES = ["bar", "box", "contour", "heatmap", "scatter", "scatter3d", "surface"];
// What plotly.js itself is built with.
const TOOLS = ["esbuild@0.28.2", "esbuild-plugin-environment@0.5.0", "esbuild-plugin-glsl@1.4.2", "stream-browserify@3.0.0"];

const folder = mkdtempSync(join(tmpdir(), "plotly-"));
try {
  execFileSync("npm", ["install", "--prefix", folder, `plotly.js@${VERSION}`, ...TOOLS], { stdio: "inherit" });
  const require = createRequire(join(folder, "entry.js"));
  const modules = TRACES.map((trace) => `require("plotly.js/lib/${trace}")`);
  writeFileSync(join(folder, "entry.js"), `module.exports = require("plotly.js/lib/core"); module.exports.register([${modules}]);`);
  const licence = readFileSync(join(folder, "node_modules/plotly.js/dist/plotly.min.js"), "utf-8").match(/Copyright.*|All rights.*|Licensed.*/g).slice(0, 3);
  await require("esbuild").build({
    absWorkingDir: folder,
    entryPoints: ["entry.js"],
    outfile: join(import.meta.dirname, "plotly.min.js"),
    banner: { js: ["/**", `* plotly.js v${VERSION} with ${TRACES.join(", ")}`, ...licence.map((line) => `* ${line}`), "*/"].join("\n") },
    format: "iife",
    globalName: "Plotly",
    bundle: true,
    minify: true,
    target: "es2016",
    loader: { ".css": "empty" }, // a style sheet for maps
    plugins: [require("esbuild-plugin-glsl").glsl({ minify: true }), require("esbuild-plugin-environment").environmentPlugin({ NODE_DEBUG: false })],
    alias: { regl: "@plotly/regl", stream: "stream-browserify" },
    define: { global: "window", "define.amd": "false" },
  });
} finally {
  rmSync(folder, { recursive: true });
}
