// Builds plotly.min.js beside this file: plotly.js with the traces that our figures are made of, and without what no figure
// has and what only its documentation needs; of d3 and culori it has what plotly.js calls. Plotly's own file for Python has all
// of that, is three times as long, and takes half a second more until the first figure.
//
//     node explorer/components/plotly/build.mjs
//
// needs Node.js 20.11 or newer, and npm; what it installs lies in a temporary folder and goes with it.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, sep } from "node:path";

const FILE = join(import.meta.dirname, "plotly.min.js");
const VERSION = "4.1.1"; // the one that the plotly of ../../../requirements.txt brings
const TRACES = ["bar", "box", "contour", "heatmap", "scatter", "scatter3d", "surface"];
// What plotly.js itself is built with.
const TOOLS = ["esbuild@0.28.2", "esbuild-plugin-environment@0.5.0", "esbuild-plugin-glsl@1.4.2", "stream-browserify@3.0.0"];

// Parts of the page around a figure, and drawings in space, that no figure has.
const WITHOUT = ["annotations3d", "images", "rangeselector", "rangeslider", "sliders", "updatemenus"];
const NOT_IN_SPACE = ["alpha_shape", "convex_hull", "delaunay_triangulate", "gl_cone3d", "gl_error3d", "gl_mesh3d", "gl_streamtube3d"];

// What plotly.js calls of culori, and of d3's sources, which import each other, what it needs then. The first and the last of
// these enclose the others.
const OF_CULORI = ["converter", "formatHex", "formatRgb", "wcagContrast", "wcagLuminance"];
const OF_D3 = [
  ...["start", "arrays/extent", "arrays/max", "arrays/min", "behavior/drag", "core/rebind", "event/", "format/round"],
  ...["interpolate/ease", "scale/linear", "selection/", "transition/", "end"],
];

const TEXT = String.raw`(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")`;
const DESCRIPTION = new RegExp(String.raw`\bdescription: (?:${TEXT}|\[(?:\s|,|${TEXT})*\]\s*\.join\(${TEXT}\))(?=\s*[,}])`, "g");

// Every replacement has to find what it replaces.
function replaced(text, from, to) {
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`plotly.js has no ${from} any more`);
  return changed;
}

// A bundle by webpack without the modules that nothing in it needs any more. The first one is its entry.
function needed(bundle) {
  const modules = bundle.split(/^(?=\/\*\*\*\/ \d+$)/m);
  const [before, entry, ...others] = modules;
  const end = others.at(-1).indexOf("/******/ \t});");
  const after = others.at(-1).slice(end);
  others.push(others.pop().slice(0, end).replace(/\/\*\*\*\/ \}\s*$/, "/***/ },\n\n"));
  const byId = new Map(others.map((text) => [text.match(/\d+/)[0], text]));
  const kept = new Set([entry]);
  for (const text of kept) for (const [, id] of text.matchAll(/__webpack_require__\((\d+)\)/g)) if (byId.has(id)) kept.add(byId.get(id));
  return before + [...kept].join("") + after;
}

// The text of these files of d3, each after all that it imports.
function partOfD3(folder, names) {
  const taken = new Set();
  const text = (path) => {
    const file = path.endsWith(sep) ? join(path, "index.js") : `${path}.js`;
    if (taken.has(file)) return "";
    taken.add(file);
    return readFileSync(file, "utf-8").replace(/^import "(.*)";$/gm, (_, name) => text(join(dirname(file), name)));
  };
  return names.map((name) => text(join(folder, name))).join("\n");
}

const shorter = {
  name: "shorter",
  setup(build) {
    build.onLoad({ filter: /culori.bundled.culori\.cjs$/ }, ({ path }) => ({
      contents: `import "culori/css"; export { ${OF_CULORI} } from "culori/fn";`,
      resolveDir: dirname(path),
    }));
    build.onLoad({ filter: /d3.d3\.js$/ }, ({ path }) => ({ contents: partOfD3(join(dirname(path), "src"), OF_D3) }));
    build.onLoad({ filter: /plotly\.js.(src|stackgl_modules).*\.js$/ }, ({ path }) => {
      let contents = readFileSync(path, "utf-8").replace(DESCRIPTION, "description: ''");
      if (/src.core\.js$/.test(path)) {
        for (const part of WITHOUT) contents = replaced(contents, `    require('./components/${part}'),\n`, "");
      }
      if (/stackgl_modules.index\.js$/.test(path)) {
        for (const part of NOT_IN_SPACE) contents = replaced(contents, new RegExp(`    ${part}: __webpack_require__\\(\\d+\\),\n`), "");
        // Node.js has buffers of its own, for which there is a library.
        contents = replaced(contents, "(__webpack_require__(5500)/* .Buffer */ .hp)", "{ isBuffer: () => false }");
        contents = needed(contents);
        // The canvas for a scene's texts, which are made triangles. Clearing it for each of them took 40 ms of the first drawing.
        contents = replaced(contents, "defaultCanvas.width = 8192", "defaultCanvas.width = 4096");
        contents = replaced(contents, "defaultCanvas.height = 1024", "defaultCanvas.height = 256");
        contents = replaced(contents, 'defaultCanvas.getContext("2d")', 'defaultCanvas.getContext("2d", { willReadFrequently: true })');
        // What lies under the pointer is drawn and read when the pointer asks for it. In every frame of a scene, reading it waited
        // for the graphics card.
        const pick = "if(pickDirty) {\n      pickDirty = false\n      renderPick()\n    }";
        contents = replaced(contents, `//If state changed, then redraw pick buffers\n    ${pick}`, "");
        contents = replaced(contents, "for(var i=0; i<numPick; ++i) {\n          var result", `${pick}\n        $&`);
        contents = replaced(contents, "this._readTimeout = setTimeout(this._readCallback, 1)", "this._readCallback()");
      }
      return { contents, loader: "js" };
    });
  },
};

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
    outfile: FILE,
    banner: { js: ["/**", `* plotly.js v${VERSION} with ${TRACES.join(", ")}`, ...licence.map((line) => `* ${line}`), "*/"].join("\n") },
    format: "iife",
    globalName: "Plotly",
    bundle: true,
    minify: true,
    target: "es2016",
    loader: { ".css": "empty" }, // a style sheet for maps
    plugins: [shorter, require("esbuild-plugin-glsl").glsl({ minify: true }), require("esbuild-plugin-environment").environmentPlugin({ NODE_DEBUG: false })],
    alias: { regl: "@plotly/regl", stream: "stream-browserify" },
    define: { global: "window", "define.amd": "false" },
  });
  // The minifier renames what it knows: such a name is of a file that is not in OF_D3. The one left is nowhere in d3 either.
  const unknown = new Set(readFileSync(FILE, "utf-8").match(/\bd3_\w+/g));
  unknown.delete("d3_scale_linearTickFormat");
  if (unknown.size) throw new Error(`d3 lacks ${[...unknown]}`);
} finally {
  rmSync(folder, { recursive: true });
}
